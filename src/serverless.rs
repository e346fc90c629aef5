//! Serverless endpoints: requests, workers, scaling (SLS, JOB, AIE).

use crate::agenda::{Class, Event};
use crate::ids::AccountId;
use crate::scenario::model::serverless::EndpointAction;
use crate::turn::Turn;

/// The class of what a script does to endpoints (SLS-28).
pub fn class(action: &EndpointAction) -> Class {
    match action {
        EndpointAction::Create(..) | EndpointAction::Update(..) => Class::SaveEndpoint,
        EndpointAction::Delete(_) => Class::DeleteEndpoint,
        EndpointAction::Submit { .. } => Class::SubmitJob,
        EndpointAction::Cancel(..) => Class::CancelJob,
        EndpointAction::Purge(_) => Class::PurgeQueue,
        EndpointAction::SetPrice(..) => Class::SetPrice,
    }
}

/// Does what the script says.
pub fn act(turn: &mut Turn<'_, '_>, account: Option<AccountId>, action: &EndpointAction) {
    let _ = (turn, account, action);
}

/// What is due of endpoints.
pub fn due(turn: &mut Turn<'_, '_>, event: Event) {
    let _ = (turn, event);
}
