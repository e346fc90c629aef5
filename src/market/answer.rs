//! What the platform's read operations answer (API-03, API-04, GPU-06).
//!
//! Nothing in here changes the market; a test, a policy of one's own or a program that drives a run
//! asks the same questions as a customer of the platform.

use crate::ids::{AccountId, GpuTypeId, HostId, Id, PodId};
use crate::scenario::demand::Clouds;
use crate::scenario::model::Cloud;
use crate::turn::Turn;
use crate::units::{Money, Span};
use crate::world::pod::PodState;

/// API-03. `desiredStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesiredStatus {
    /// V, I, R, G, D.
    Running,
    /// S, Q.
    Exited,
    /// Gone.
    Terminated,
}

/// API-03. What a pod answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodAnswer {
    /// The pod.
    pub pod: PodId,
    /// `machineId`: its host, once it has one.
    pub machine: Option<HostId>,
    /// `desiredStatus`; none while the request waits.
    pub desired_status: Option<DesiredStatus>,
    /// `runtime.uptimeInSeconds`: since container up; none unless it is up.
    pub uptime: Option<Span>,
    /// GPUs.
    pub gpus: u32,
}

/// `pod(podId)`: one pod's answer, RUNNING from the promise of its GPUs on (API-05); a pod that is not alive answers TERMINATED.
pub fn pod(turn: &Turn<'_, '_>, pod: PodId) -> PodAnswer {
    let Some(row) = turn.world.pods.get(pod) else {
        let desired_status = Some(DesiredStatus::Terminated);
        return PodAnswer { pod, machine: None, desired_status, uptime: None, gpus: 0 };
    };
    let desired_status = match row.state {
        PodState::Waiting => None,
        PodState::Reserved { .. }
        | PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Down { .. } => Some(DesiredStatus::Running),
        PodState::Stopped { .. } | PodState::Resuming { .. } => Some(DesiredStatus::Exited),
        PodState::Terminated | PodState::Refused => Some(DesiredStatus::Terminated),
    };
    let uptime = row.up_since.filter(|_| row.state.works()).map(|since| turn.now - since);
    PodAnswer { pod, machine: row.tied, desired_status, uptime, gpus: row.gpus }
}

/// `myself.pods`: an account's live pods, in order of creation.
pub fn my_pods(turn: &Turn<'_, '_>, account: AccountId) -> Vec<PodAnswer> {
    let mut pods = turn.world.accounts[account].pods.clone();
    pods.sort_unstable();
    pods.into_iter().map(|id| pod(turn, id)).collect()
}

/// GPU-06. `lowestPrice`: per GPU-hour, each none if no offered host could take the GPUs now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LowestPrice {
    /// `uninterruptablePrice`: the lowest on-demand price among hosts that could take them, free or by
    /// displacing spot.
    pub uninterruptable: Option<Money>,
    /// `minimumBidPrice`: the least bid that would win them.
    pub minimum_bid: Option<Money>,
}

/// GPU-06. The lowest prices at which `gpus` GPUs of a type could be had now.
pub fn lowest_price(
    turn: &Turn<'_, '_>,
    gpu_type: GpuTypeId,
    clouds: Clouds,
    gpus: u32,
) -> LowestPrice {
    let fleet = &turn.world.fleet;
    let mut answer = LowestPrice::default();
    for (scope, state) in fleet.scopes.iter() {
        let (of_type, cloud) = fleet.scope_keys[scope.index()];
        if of_type != gpu_type || !clouds.include(cloud) {
            continue;
        }
        for &host in &state.hosts {
            let tick = turn.rules().bid_tick;
            if let Some(bid) = turn.world.winning_bid_on(host, gpus, tick) {
                let price = fleet.price(fleet.hosts[host].class);
                let least =
                    |known: Option<Money>, new| known.map_or(new, |known: Money| known.min(new));
                answer.uninterruptable = Some(least(answer.uninterruptable, price));
                answer.minimum_bid = Some(least(answer.minimum_bid, bid));
            }
        }
    }
    answer
}

/// API-04. What `gpuTypes` says of a type beside its prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuTypeAnswer {
    /// `id`.
    pub id: String,
    /// `displayName`.
    pub display_name: String,
    /// `memoryInGb`.
    pub memory_in_gb: u32,
    /// `secureCloud`: whether any host of the type is there (GPU-01).
    pub secure_cloud: bool,
    /// `communityCloud`, likewise.
    pub community_cloud: bool,
}

/// API-04. `gpuTypes`: all types in use.
pub fn gpu_types(turn: &Turn<'_, '_>) -> Vec<GpuTypeAnswer> {
    let fleet = &turn.world.fleet;
    let any = |index: usize, cloud: Cloud| {
        let key = (GpuTypeId::from_index(index), cloud);
        let mut scopes = fleet.scopes.iter();
        scopes.any(|(id, state)| fleet.scope_keys[id.index()] == key && !state.hosts.is_empty())
    };
    let types = turn.scenario.gpu_types.iter().enumerate();
    let answers = types.map(|(index, gpu_type)| GpuTypeAnswer {
        id: gpu_type.name.clone(),
        display_name: gpu_type.display_name.clone(),
        memory_in_gb: gpu_type.memory.get(),
        secure_cloud: any(index, Cloud::Secure),
        community_cloud: any(index, Cloud::Community),
    });
    answers.collect()
}
