//! What the platform's read operations answer (API-03, API-04, GPU-06).
//!
//! Nothing in here changes the market; a test, a policy of one's own or a program that drives a run
//! asks the same questions as a customer of the platform.

mod container;

pub use container::{ContainerAnswer, PortAnswer, container};

use crate::ids::{AccountId, DataCenterId, GpuTypeId, HostId, Id, PodId};
use crate::scenario::demand::Clouds;
use crate::scenario::model::Cloud;
use crate::turn::Turn;
use crate::units::{Bundle, Gb, Money, Span};
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

/// `pod(podId)`: one pod's answer, RUNNING from the promise of its GPUs on (API-05); a pod that is not
/// alive answers TERMINATED.
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

/// GPU-06. What `lowestPrice` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The GPU type.
    pub gpu_type: GpuTypeId,
    /// Acceptable clouds.
    pub clouds: Clouds,
    /// `dataCenterId`, if one is demanded.
    pub datacenter: Option<DataCenterId>,
    /// `gpuCount`.
    pub gpus: u32,
    /// `minVcpuCount` (POD-02).
    pub min_vcpus: u32,
    /// `minMemoryInGb` (POD-02).
    pub min_memory: Gb,
}

impl Wanted {
    /// So many GPUs of a type, wherever and with whatever comes with them.
    pub fn anywhere(gpu_type: GpuTypeId, clouds: Clouds, gpus: u32) -> Self {
        let (datacenter, min_vcpus, min_memory) = (None, 0, Gb::ZERO);
        Self { gpu_type, clouds, datacenter, gpus, min_vcpus, min_memory }
    }
    /// Whether a host is where it is wanted and gives enough.
    fn suits(&self, turn: &Turn<'_, '_>, host: HostId) -> bool {
        let row = &turn.world.fleet.hosts[host];
        let here = turn.scenario.pools[row.pool.index()].datacenter;
        let Bundle { vcpus, memory, .. } = turn.rules().gives(row.total, self.gpus);
        self.datacenter.is_none_or(|wanted| here == Some(wanted))
            && self.min_vcpus <= vcpus
            && self.min_memory.get() <= memory
    }
}

/// GPU-06. The lowest prices at which what is wanted could be had now; like the minimum winning bid,
/// it looks at no disk, and without spot there is none (SPOT-01).
pub fn lowest_price(turn: &Turn<'_, '_>, wanted: Wanted) -> LowestPrice {
    let fleet = &turn.world.fleet;
    let (tick, spot) = (turn.rules().bid_tick, turn.rules().spot);
    let mut answer = LowestPrice::default();
    for (scope, state) in fleet.scopes.iter() {
        let (of_type, cloud) = fleet.scope_keys[scope.index()];
        if of_type != wanted.gpu_type || !wanted.clouds.include(cloud) {
            continue;
        }
        for &host in state.hosts.iter().filter(|host| wanted.suits(turn, **host)) {
            if let Some(bid) = turn.world.winning_bid_on(host, wanted.gpus, tick) {
                let price = fleet.price(fleet.hosts[host].class);
                let least = |known: Option<Money>, new| known.into_iter().chain(new).min();
                answer.uninterruptable = least(answer.uninterruptable, Some(price));
                answer.minimum_bid = least(answer.minimum_bid, Some(bid).filter(|_| spot));
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
