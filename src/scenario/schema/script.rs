//! What a scenario may script (API-01): actions and arguments under the platform's own names.

pub(crate) mod hosts;

use super::jobs::{CancelJobText, OfEndpointText, SubmitJobText};
use super::serverless::{CreateEndpointText, UpdateEndpointText};
use crate::scenario::text::Field;
use hosts::{HostJoinText, HostLeaveText, MaintenanceText, OfHostText, SetPriceText};
use serde::Deserialize;

/// A scripted action: `(at: "90s", account: "alice", do: StopPod(podId: "p"))`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ActionText {
    /// Duration since the start. Mandatory.
    pub(crate) at: Field,
    /// Text: the account that acts. Mandatory, but for what is the platform's own.
    pub(crate) account: Field,
    /// Text: the member of the team that acts for it (TEAM-02). Default: the owner.
    pub(crate) member: Field,
    /// [`DoText`]. Mandatory.
    pub(crate) r#do: Field,
}

/// What is done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum DoText {
    /// Pays in.
    Deposit(AmountText),
    /// Sets the automatic payment.
    SetAutoPay(super::AutoPayText),
    /// Buys a savings plan.
    BuySavingsPlan(BuySavingsPlanText),
    /// Credits or corrects; a negative amount takes (ACCT-09). The account is the one adjusted.
    Adjust(AmountText),
    /// Rents on demand.
    CreatePod(CreatePodText),
    /// Rents at a bid.
    CreateSpotPod(CreatePodText),
    /// Stops a pod.
    StopPod(OfPodText),
    /// Resumes a pod on demand.
    ResumePod(ResumePodText),
    /// Resumes a pod at a bid.
    ResumeSpotPod(ResumePodText),
    /// Takes a stopped pod to another host (POD-16).
    MovePod(MovePodText),
    /// Starts a pod's container anew.
    ResetPod(OfPodText),
    /// Sets the bid of a live spot pod.
    ChangeBid(ChangeBidText),
    /// Connects to a pod, without effect.
    ConnectPod(OfPodText),
    /// Ends a pod.
    TerminatePod(OfPodText),
    /// Makes a template, or changes one.
    SaveTemplate(super::templates::TemplateText),
    /// Makes a personal account a team.
    ConvertToTeam(ConvertToTeamText),
    /// Invites a member to the team, or changes its role.
    SetMember(SetMemberText),
    /// Makes a network volume.
    CreateNetworkVolume(CreateNetworkVolumeText),
    /// Lets a network volume grow.
    ResizeNetworkVolume(ResizeNetworkVolumeText),
    /// Deletes a network volume.
    DeleteNetworkVolume(OfNetworkVolumeText),
    /// Makes an endpoint.
    CreateEndpoint(Box<CreateEndpointText>),
    /// Changes an endpoint.
    UpdateEndpoint(Box<UpdateEndpointText>),
    /// Deletes an endpoint.
    DeleteEndpoint(OfEndpointText),
    /// Submits jobs to an endpoint.
    SubmitJob(SubmitJobText),
    /// Cancels a job.
    CancelJob(CancelJobText),
    /// Cancels all queued jobs of an endpoint.
    PurgeQueue(OfEndpointText),
    /// A host loses power.
    HostDown(OfHostText),
    /// A host's power returns.
    HostUp(OfHostText),
    /// A host is cut off.
    NetworkDown(OfHostText),
    /// A host is connected again.
    NetworkUp(OfHostText),
    /// A host joins.
    HostJoin(HostJoinText),
    /// A host leaves for good.
    HostLeave(HostLeaveText),
    /// Maintenance of a host is announced.
    ScheduleMaintenance(MaintenanceText),
    /// Prices change.
    SetPrice(SetPriceText),
}

/// An amount.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AmountText {
    /// USD. Mandatory.
    pub(crate) amount: Field,
}

/// A savings plan (PLAN-01 to PLAN-04).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct BuySavingsPlanText {
    /// `SECURE` or `COMMUNITY`. Mandatory.
    pub(crate) cloudType: Field,
    /// Text. Mandatory.
    pub(crate) gpuTypeId: Field,
    /// Whole number of GPUs that it covers. Default: 1.
    pub(crate) gpuCount: Field,
    /// Duration: one of the rules' `plan_discounts`, else it is refused. Mandatory.
    pub(crate) term: Field,
    /// Text: the pod to which its places go first. Default: none, they go to the next placements.
    pub(crate) podId: Field,
}

/// A request for GPUs.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct CreatePodText {
    /// Text: a name of its own; not of the form `pod-17`, which random demand takes. Mandatory.
    pub(crate) name: Field,
    /// Text, or a list of texts, preferred first. Mandatory.
    pub(crate) gpuTypeId: Field,
    /// `SECURE`, `COMMUNITY` or `ALL`. Default: `ALL`.
    pub(crate) cloudType: Field,
    /// Whole number. Default: 1.
    pub(crate) gpuCount: Field,
    /// Whole number, with `gpuCount: 0` on demand: it is a CPU pod (POD-14). Default: 0, none.
    pub(crate) vcpuCount: Field,
    /// Whole number. Default: 0.
    pub(crate) minVcpuCount: Field,
    /// Whole GB. Default: 0.
    pub(crate) minMemoryInGb: Field,
    /// Whole GB. Default: the template's, or 10.
    pub(crate) containerDiskInGb: Field,
    /// Whole GB. Default: the template's, or 0.
    pub(crate) volumeInGb: Field,
    /// Text: its network volume's name (NVOL-05); then `volumeInGb` is 0 or left out. Default: none.
    pub(crate) networkVolumeId: Field,
    /// Text: the data center (CLD-05). Default: anywhere, or that of the network volume.
    pub(crate) dataCenterId: Field,
    /// Text: the country's code, such as `"RO"` (CLD-05). Default: anywhere.
    pub(crate) countryCode: Field,
    /// `true` or `false`: whether the host has to have a public IP (CLD-05). Default: `false`.
    pub(crate) supportPublicIp: Field,
    /// Whole Mbit/s: the host's least download speed (CLD-05). Default: 0.
    pub(crate) minDownload: Field,
    /// Whole Mbit/s: the host's least upload speed (CLD-05). Default: 0.
    pub(crate) minUpload: Field,
    /// USD per GPU-hour (SPOT-01). Mandatory for CreateSpotPod, refused for CreatePod.
    pub(crate) bidPerGpu: Field,
    /// USD per hour: a ceiling on the compute price (API-02). Default: none.
    pub(crate) deployCost: Field,
    /// Simulator: duration that the request waits, or `None`: for ever. Default: `"0s"`, not at all.
    pub(crate) patience: Field,
    /// Simulator: work to do, a number of GPU-seconds, or a duration on the GPUs asked for.
    /// Default: it runs until told.
    pub(crate) work: Field,
    /// Simulator: `terminate` or `stop` when the work is done. Default: `terminate`.
    pub(crate) on_done: Field,
    /// Simulator: [`super::demand::CheckpointText`]. Default: no checkpoints.
    pub(crate) checkpoint: Field,
    /// Text: the id of a template, which says what is left out from here on (TMPL-01). Default: none.
    pub(crate) templateId: Field,
    /// Text: an image that hosts keep for others (TMPL-05). Default: the template's, or one of its own.
    pub(crate) imageName: Field,
    /// Simulator: whole GB of the image to pull. Default: the template's; or 0, the image is on every
    /// host; or what is said of a named image elsewhere.
    pub(crate) image_gb: Field,
    /// Simulator: map from the names of the image's layers to whole GB, instead of `image_gb`.
    pub(crate) layers: Field,
    /// Simulator: `ok`, `exits` or `unknown` (POD-08). Default: the template's, or `ok`.
    pub(crate) command: Field,
    /// Text. Default: the template's, or `"/workspace"`.
    pub(crate) volumeMountPath: Field,
    /// Text. Default: the template's, or `"bash -c /start.sh"`.
    pub(crate) dockerArgs: Field,
    /// Text such as `"8888/http,22/tcp"`. Default: the template's, or none.
    pub(crate) ports: Field,
    /// Map from names to texts. Default: the template's, or empty.
    pub(crate) env: Field,
}

/// A pod.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct OfPodText {
    /// Text: the pod's name. Mandatory.
    pub(crate) podId: Field,
}

/// A new bid (SPOT-16).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct ChangeBidText {
    /// Text: the pod's name. Mandatory.
    pub(crate) podId: Field,
    /// USD per GPU-hour (SPOT-01). Mandatory.
    pub(crate) bidPerGpu: Field,
}

/// A resume (POD-11, POD-12).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct ResumePodText {
    /// Text: the pod's name. Mandatory.
    pub(crate) podId: Field,
    /// USD per GPU-hour. Mandatory for ResumeSpotPod, refused for ResumePod.
    pub(crate) bidPerGpu: Field,
    /// Whole number. Default: as before.
    pub(crate) gpuCount: Field,
    /// Simulator: `refuse`, `wait`, `zero_gpu` or `move` (POD-12). Default: `refuse`.
    pub(crate) when_full: Field,
    /// Simulator: duration that it waits, or `None`: for ever; with `when_full: wait`. Default: `"0s"`.
    pub(crate) patience: Field,
}

/// A conversion (TEAM-01).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConvertToTeamText {
    /// Text: the team's name. Mandatory.
    pub(crate) team: Field,
}

/// A member and its role (TEAM-02).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SetMemberText {
    /// Text: who, known already or not. Mandatory.
    pub(crate) member: Field,
    /// `Basic`, `Billing`, `Dev` or `Admin` (TEAM-03). Mandatory.
    pub(crate) role: Field,
}

/// A new network volume (NVOL-01).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct CreateNetworkVolumeText {
    /// Text: a name of its own. Mandatory.
    pub(crate) name: Field,
    /// Whole GB, from 1 to the rules' `network_volume_max_gb`. Mandatory.
    pub(crate) size: Field,
    /// Text: the data center's id; one with network storage. Mandatory.
    pub(crate) dataCenterId: Field,
}

/// A network volume that grows (NVOL-04).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct ResizeNetworkVolumeText {
    /// Text: the network volume's name. Mandatory.
    pub(crate) networkVolumeId: Field,
    /// Whole GB: the new size, above the present one. Mandatory.
    pub(crate) size: Field,
}

/// A network volume.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct OfNetworkVolumeText {
    /// Text: the network volume's name. Mandatory.
    pub(crate) networkVolumeId: Field,
}

/// A move (POD-16).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct MovePodText {
    /// Text: the pod's name. Mandatory.
    pub(crate) podId: Field,
    /// Whole number. Default: as before.
    pub(crate) gpuCount: Field,
    /// USD per GPU-hour: the pod is a spot pod from then on. Default: on demand.
    pub(crate) bidPerGpu: Field,
}
