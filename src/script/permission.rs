//! What the roles of a team may do (TEAM-02, TEAM-03).

use crate::ids::{AccountId, EndpointId, MemberId, NetworkVolumeNameId};
use crate::journal::Fact;
use crate::journal::fact::{MemberActs, Named, NetworkVolumeName, Operation, Refusal};
use crate::scenario::model::serverless::EndpointAction;
use crate::scenario::model::{ActionKind, Role};
use crate::turn::Turn;

/// TEAM-03. The rows of the table that the actions stand in; to see the bills is no action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    /// Connect to a pod, use it; submit and cancel jobs.
    Use,
    /// Create, start, stop, reset, terminate pods, and say what they bid.
    ManagePods,
    /// Create, resize, delete network volumes.
    ManageStorage,
    /// Create, update, delete endpoints; purge their queues.
    ManageEndpoints,
    /// Make and change templates.
    ManageTemplates,
    /// Deposit, automatic payment, savings plans.
    Pay,
    /// Members, roles, settings, conversion.
    ManageTeam,
    /// The platform's own: no customer's.
    Platform,
}

impl Right {
    /// What an operation needs.
    fn to(operation: Operation) -> Self {
        match operation {
            Operation::ConnectPod | Operation::SubmitJob | Operation::CancelJob => Self::Use,
            Operation::CreatePod
            | Operation::CreateSpotPod
            | Operation::StopPod
            | Operation::ResumePod
            | Operation::ResumeSpotPod
            | Operation::MovePod
            | Operation::ResetPod
            | Operation::TerminatePod
            | Operation::ChangeBid => Self::ManagePods,
            Operation::CreateEndpoint
            | Operation::UpdateEndpoint
            | Operation::DeleteEndpoint
            | Operation::PurgeQueue => Self::ManageEndpoints,
            Operation::CreateNetworkVolume
            | Operation::ResizeNetworkVolume
            | Operation::DeleteNetworkVolume => Self::ManageStorage,
            Operation::SaveTemplate => Self::ManageTemplates,
            Operation::Deposit | Operation::SetAutoPay | Operation::BuySavingsPlan => Self::Pay,
            Operation::ConvertToTeam | Operation::SetMember => Self::ManageTeam,
            Operation::Adjust
            | Operation::HostDown
            | Operation::HostUp
            | Operation::NetworkDown
            | Operation::NetworkUp
            | Operation::HostJoin
            | Operation::HostLeave
            | Operation::ScheduleMaintenance
            | Operation::SetPrice => Self::Platform,
        }
    }
    /// Whether a role has it.
    fn is_of(self, role: Role) -> bool {
        match self {
            Self::Use => role != Role::Billing,
            Self::ManagePods
            | Self::ManageStorage
            | Self::ManageEndpoints
            | Self::ManageTemplates => {
                matches!(role, Role::Dev | Role::Admin)
            }
            Self::Pay => matches!(role, Role::Billing | Role::Admin),
            Self::ManageTeam => role == Role::Admin,
            Self::Platform => false,
        }
    }
}

/// TEAM-02, GEN-14. Says that a member acts, and whether it may; else the action is refused, before any
/// other check. Who is no member yet, or of a personal account, may nothing.
pub(super) fn is_given(
    turn: &mut Turn<'_, '_>,
    (account, member): (AccountId, MemberId),
    kind: &ActionKind,
) -> bool {
    let (operation, whom) = named(kind);
    turn.state(Fact::MemberActs(MemberActs { account, member, operation }));
    let role = turn.world.teams.role(account, member);
    if role.is_some_and(|role| Right::to(operation).is_of(role)) {
        return true;
    }
    match whom {
        Some(whom) => turn.reject_named(account, operation, whom, Refusal::NotPermitted),
        None => turn.reject(Some(account), operation, None, Refusal::NotPermitted),
    }
    false
}

/// The operation that an action is, and the pod, network volume or template that it names.
fn named(kind: &ActionKind) -> (Operation, Option<Named>) {
    let volume =
        |name: NetworkVolumeNameId| Some(Named::NetworkVolume(NetworkVolumeName::Given(name)));
    match kind {
        ActionKind::Deposit { .. } => (Operation::Deposit, None),
        ActionKind::SetAutoPay { .. } => (Operation::SetAutoPay, None),
        ActionKind::Adjust { .. } => (Operation::Adjust, None),
        ActionKind::BuySavingsPlan { pod, .. } => {
            (Operation::BuySavingsPlan, pod.map(Named::Given))
        }
        ActionKind::CreatePod(new) if new.bid.is_some() => {
            (Operation::CreateSpotPod, Some(Named::Given(new.name)))
        }
        ActionKind::CreatePod(new) => (Operation::CreatePod, Some(Named::Given(new.name))),
        ActionKind::StopPod { pod } => (Operation::StopPod, Some(Named::Given(*pod))),
        ActionKind::ResumePod { pod, bid: Some(_), .. } => {
            (Operation::ResumeSpotPod, Some(Named::Given(*pod)))
        }
        ActionKind::ResumePod { pod, bid: None, .. } => {
            (Operation::ResumePod, Some(Named::Given(*pod)))
        }
        ActionKind::ResetPod { pod } => (Operation::ResetPod, Some(Named::Given(*pod))),
        ActionKind::ChangeBid { pod, .. } => (Operation::ChangeBid, Some(Named::Given(*pod))),
        ActionKind::ConnectPod { pod } => (Operation::ConnectPod, Some(Named::Given(*pod))),
        ActionKind::TerminatePod { pod } => (Operation::TerminatePod, Some(Named::Given(*pod))),
        ActionKind::CreateNetworkVolume { name, .. } => {
            (Operation::CreateNetworkVolume, volume(*name))
        }
        ActionKind::ResizeNetworkVolume { volume: name, .. } => {
            (Operation::ResizeNetworkVolume, volume(*name))
        }
        ActionKind::DeleteNetworkVolume { volume: name } => {
            (Operation::DeleteNetworkVolume, volume(*name))
        }
        ActionKind::SaveTemplate(save) => {
            (Operation::SaveTemplate, Some(Named::Template(save.template)))
        }
        ActionKind::Endpoint(action) => of_endpoint(action),
        ActionKind::MovePod { pod, .. } => (Operation::MovePod, Some(Named::Given(*pod))),
        ActionKind::ConvertToTeam { .. } => (Operation::ConvertToTeam, None),
        ActionKind::SetMember { .. } => (Operation::SetMember, None),
        ActionKind::HostDown { .. } => (Operation::HostDown, None),
        ActionKind::HostUp { .. } => (Operation::HostUp, None),
        ActionKind::NetworkDown { .. } => (Operation::NetworkDown, None),
        ActionKind::NetworkUp { .. } => (Operation::NetworkUp, None),
        ActionKind::HostJoin { .. } => (Operation::HostJoin, None),
        ActionKind::HostLeave { .. } => (Operation::HostLeave, None),
        ActionKind::ScheduleMaintenance { .. } => (Operation::ScheduleMaintenance, None),
        ActionKind::SetPrice { .. } => (Operation::SetPrice, None),
    }
}

/// The same of what is done with endpoints and their requests.
fn of_endpoint(action: &EndpointAction) -> (Operation, Option<Named>) {
    let endpoint = |endpoint: &EndpointId| Some(Named::Endpoint(*endpoint));
    match action {
        EndpointAction::Create(whose, _) => (Operation::CreateEndpoint, endpoint(whose)),
        EndpointAction::Update(whose, _) => (Operation::UpdateEndpoint, endpoint(whose)),
        EndpointAction::Delete(whose) => (Operation::DeleteEndpoint, endpoint(whose)),
        EndpointAction::Submit { endpoint: whose, name, .. } => {
            (Operation::SubmitJob, name.map(Named::Request).or_else(|| endpoint(whose)))
        }
        EndpointAction::Cancel(_, name) => (Operation::CancelJob, Some(Named::Request(*name))),
        EndpointAction::Purge(whose) => (Operation::PurgeQueue, endpoint(whose)),
        EndpointAction::SetPrice(..) => (Operation::SetPrice, None),
    }
}
