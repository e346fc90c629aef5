//! A storm as a checked scenario.

use super::crew::member_of;
use super::lure;
use super::{Act, Ask, HORIZON, Machine, PODS, Storm};
use crate::build;
use walras::ids::{
    AccountId, DataCenterId, GpuTypeId, HostId, Id, PodNameId, PoolId, ScopeId, TeamNameId,
};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{Clouds, Demand, OnDone};
use walras::scenario::model::{
    AccountSpec, Action, ActionKind, Cloud, Command, CreatePod, FailureTimes, Failures, GpuType,
    HostSpec, Image, Loss, Pool, Scope, Site, SpendingLimit,
};
use walras::units::{Gb, GpuTime, Money, SimTime, Span, Speed};

fn cents(cents: u32) -> Money {
    Money::from_nanos(i128::from(cents) * 10_000_000)
}
fn id<T: Id>(index: usize) -> T {
    T::from_index(index)
}

impl Storm {
    /// The scenario that says so.
    pub(crate) fn scenario(&self) -> Scenario {
        let mut scenario = build::market(0, 1, SimTime::from_seconds(HORIZON));
        scenario.rules = self.rules.clone();
        scenario.policies.placement = self.placement;
        scenario.policies.eviction = self.eviction;
        let name = |index: usize| format!("GPU type {index}");
        scenario.gpu_types = (0..2)
            .map(|of| GpuType {
                name: name(of),
                display_name: name(of),
                memory: Gb::new(48),
                relative_speed: Some(Speed::from_thousandths([1_000, 443][of])),
            })
            .collect();
        scenario.type_lists = vec![vec![id(0)], vec![id(1)], vec![id(1), id(0)]];
        self.add_hosts(&mut scenario);
        self.add_failures(&mut scenario);
        if let Some(lure) = &self.lure {
            lure.add_to(&mut scenario);
        }
        let account = |(index, balance): (usize, &u32)| AccountSpec {
            name: format!("account-{index}"),
            segment: None,
            balance: Some(cents(*balance)),
            auto_pay: None,
            low_balance: None,
            credit_line: Money::ZERO,
            spending_limit: SpendingLimit::Own(None),
            age: Span::ZERO,
        };
        scenario.accounts = self.balances.iter().enumerate().map(account).collect();
        scenario.datacenters[0].network_storage = Gb::new(3_000);
        scenario.sites.push(Site { datacenter: Some(id(0)), ..Site::default() });
        let name = |account: usize| format!("v{account}");
        scenario.network_volume_names = (0..self.balances.len()).map(name).collect();
        scenario.pod_names = (0..PODS).map(|pod| format!("p{pod}")).collect();
        scenario.teams = self.crew.teams();
        scenario.images = self.pulls.known();
        if !scenario.images.named.is_empty() {
            scenario.rules.image_cache = Gb::new(self.pulls.cache);
        }
        let action = |(place, (at, act)): (usize, &(u64, Act))| {
            let mut action = self.action(*at, act);
            action.member = action.account.and_then(|account| self.crew.speaks(place, account));
            if let (ActionKind::CreatePod(new), Some(image)) =
                (&mut action.kind, self.pulls.image(place))
            {
                new.image = image;
            }
            action
        };
        scenario.script = self.acts.iter().enumerate().map(action).collect();
        scenario
    }

    /// Scopes in pairs, pools where hosts are, hosts.
    fn add_hosts(&self, scenario: &mut Scenario) {
        let clouds = [Cloud::Secure, Cloud::Community];
        let kinds = (0..2_usize).flat_map(|of| clouds.map(|cloud| (of, cloud)));
        let kinds: Vec<(usize, Cloud)> = kinds.collect();
        let has = |kind: &(usize, Cloud)| {
            let lured = self.lure.is_some() && *kind == lure::KIND;
            lured || self.machines.iter().any(|(_, of, cloud, _)| (*of, *cloud) == *kind)
        };
        let scope = |kind: &(usize, Cloud)| Scope {
            gpu_type: id::<GpuTypeId>(kind.0),
            cloud: kind.1,
            on_demand: cents(if kind.1 == Cloud::Secure { 79 } else { 69 }),
            min_bid: cents(49),
            has_hosts: has(kind),
        };
        scenario.scopes = kinds.iter().map(scope).collect();
        let pooled: Vec<usize> = (0..kinds.len()).filter(|scope| has(&kinds[*scope])).collect();
        let pool = |scope: &usize| Pool {
            scope: id::<ScopeId>(*scope),
            datacenter: (kinds[*scope].1 == Cloud::Secure).then(|| id::<DataCenterId>(0)),
        };
        scenario.pools = pooled.iter().map(pool).collect();
        let host = |(index, machine): (usize, &Machine)| {
            let (gpus, of, cloud, floor) = *machine;
            let scope = kinds.iter().position(|kind| *kind == (of, cloud));
            let pool = pooled.iter().position(|pooled| Some(*pooled) == scope);
            HostSpec {
                name: format!("h{index}"),
                pool: id::<PoolId>(pool.expect("a pool for each host")),
                gpus,
                vcpus: 16 * gpus,
                memory: Gb::new(64 * gpus),
                disk: Gb::new(200),
                cpu_slots: 40,
                download: 1_000_000_000,
                upload: 1_000_000_000,
                min_bid: floor.map(cents),
                price: None,
                joins_later: self.machines.len() <= index + self.later,
                country: None,
                public_ip: true,
            }
        };
        scenario.hosts = self.machines.iter().enumerate().map(host).collect();
    }

    /// Each host loses its power and its network, both as often.
    fn add_failures(&self, scenario: &mut Scenario) {
        let Some((up, down, together)) = self.failures else { return };
        let exponential = |mean: u32| Distribution::Exponential { mean: f64::from(mean) };
        let one = |loss| Failures {
            loss,
            hosts: (0..scenario.hosts.len()).map(HostId::from_index).collect(),
            together,
            number: 0,
            times: FailureTimes::Drawn {
                time_to_failure: exponential(up),
                time_to_repair: exponential(down),
            },
        };
        scenario.failures = [Loss::Power, Loss::Network].map(one).into();
    }

    /// Whose pod it is.
    fn owner(pod: usize) -> AccountId {
        id(pod % super::ACCOUNTS)
    }

    fn action(&self, at: u64, act: &Act) -> Action {
        let name = |pod: usize| id::<PodNameId>(pod);
        let host = |host: usize| id::<HostId>(host % self.machines.len());
        let platform = |kind| (None, kind);
        let (account, kind) = match *act {
            Act::Create(pod, ask) => (Some(Self::owner(pod)), create(pod, &ask)),
            Act::Resume { pod, gpus, bid, when_full, patience } => {
                let patience = Span::from_seconds(patience);
                let (bid, pod_name) = (bid.map(cents), name(pod));
                let kind = ActionKind::ResumePod { pod: pod_name, bid, gpus, when_full, patience };
                (Some(Self::owner(pod)), kind)
            }
            Act::Move(pod, gpus, bid) => (Some(Self::owner(pod)), go(pod, gpus, bid)),
            Act::ChangeBid(pod, bid) => {
                let kind = ActionKind::ChangeBid { pod: name(pod), bid: cents(bid) };
                (Some(Self::owner(pod)), kind)
            }
            Act::Stop(pod) => (Some(Self::owner(pod)), ActionKind::StopPod { pod: name(pod) }),
            Act::Terminate(pod) => {
                (Some(Self::owner(pod)), ActionKind::TerminatePod { pod: name(pod) })
            }
            Act::Reset(pod) => (Some(Self::owner(pod)), ActionKind::ResetPod { pod: name(pod) }),
            Act::Deposit(account) => {
                (Some(id(account)), ActionKind::Deposit { amount: Money::from_dollars(10) })
            }
            Act::CreateVolume(account, size) => (Some(id(account)), create_volume(account, size)),
            Act::ResizeVolume(account, size) => {
                let (volume, size) = (id(account), Gb::new(size));
                (Some(id(account)), ActionKind::ResizeNetworkVolume { volume, size })
            }
            Act::DeleteVolume(account) => {
                (Some(id(account)), ActionKind::DeleteNetworkVolume { volume: id(account) })
            }
            Act::HostDown(of) => platform(ActionKind::HostDown { host: host(of) }),
            Act::HostUp(of) => platform(ActionKind::HostUp { host: host(of) }),
            Act::NetworkDown(of) => platform(ActionKind::NetworkDown { host: host(of) }),
            Act::NetworkUp(of) => platform(ActionKind::NetworkUp { host: host(of) }),
            Act::Leave(of, notice) => {
                let notice = Span::from_seconds(notice);
                platform(ActionKind::HostLeave { host: host(of), notice })
            }
            Act::Maintain(of, until, takes) => {
                let start = SimTime::from_micros(at) + Span::from_seconds(until);
                let end = start + Span::from_seconds(takes);
                platform(ActionKind::ScheduleMaintenance { host: host(of), start, end })
            }
            Act::Join(of) => platform(ActionKind::HostJoin {
                host: host(of),
                invited: of % 2 == 0,
                vetted: false,
            }),
            Act::Price(scope, price) => platform(set_price(scope, Some(cents(price)), None)),
            Act::OwnPrice(of, price) => platform(ActionKind::SetPrice {
                scopes: Vec::new(),
                host: Some(host(of)),
                price: Some(cents(price)),
                min_bid: None,
            }),
            Act::Floor(scope, floor) => platform(set_price(scope, None, Some(cents(floor)))),
            Act::BuyPlan(account, ..) => (Some(id(account)), buy_plan(act)),
            Act::Convert(account) => (Some(id(account)), convert(account)),
            Act::SetMember(account, member, role) => {
                let kind = ActionKind::SetMember { member: member_of(account, member), role };
                (Some(id(account)), kind)
            }
        };
        Action { at: SimTime::from_micros(at), account, member: None, kind }
    }
}

fn convert(account: usize) -> ActionKind {
    ActionKind::ConvertToTeam { team: id::<TeamNameId>(account) }
}

fn buy_plan(act: &Act) -> ActionKind {
    let Act::BuyPlan(_, scope, gpus, term, pod) = *act else { unreachable!("only for plans") };
    let (scope, pod) = (id::<ScopeId>(scope), pod.map(id::<PodNameId>));
    ActionKind::BuySavingsPlan { scope, gpus, term: Span::from_seconds(term), pod }
}

fn go(pod: usize, gpus: Option<u32>, bid: Option<u32>) -> ActionKind {
    ActionKind::MovePod { pod: id::<PodNameId>(pod), bid: bid.map(cents), gpus }
}

fn set_price(scope: usize, price: Option<Money>, min_bid: Option<Money>) -> ActionKind {
    ActionKind::SetPrice { scopes: vec![id::<ScopeId>(scope)], host: None, price, min_bid }
}

fn create_volume(account: usize, size: u32) -> ActionKind {
    let (size, datacenter) = (Gb::new(size), Some(id(0)));
    ActionKind::CreateNetworkVolume { name: id(account), size, datacenter }
}

fn create(pod: usize, ask: &Ask) -> ActionKind {
    let (container_disk, volume, image) = ask.sizes;
    let work = ask.work.filter(|_| 0 < ask.gpus);
    // POD-14. What asks for no GPU on demand asks for its vCPUs.
    let is_cpu_pod = ask.gpus == 0 && ask.bid.is_none();
    let (vcpus, min_vcpus) = if is_cpu_pod { (ask.vcpus, 0) } else { (0, ask.vcpus) };
    ActionKind::CreatePod(Box::new(CreatePod {
        name: id::<PodNameId>(pod),
        bid: ask.bid.map(cents),
        demand: Demand {
            clouds: if ask.network { Clouds::Secure } else { ask.clouds },
            site: u32::from(ask.network),
            vcpus: u16::try_from(vcpus).expect("few vCPUs"),
            min_vcpus,
            container_disk: Gb::new(container_disk),
            volume: Gb::new(if ask.network { 0 } else { volume }),
            ..Demand::of_gpus(ask.types, ask.gpus)
        },
        image: Image::Own(Gb::new(image)),
        template: None,
        command: if ask.exits { Command::Exits } else { Command::Ok },
        container: None,
        patience: Span::from_seconds(ask.patience),
        work: work.map(|seconds| GpuTime::new(ask.gpus, Span::from_seconds(seconds))),
        on_done: if ask.stops { OnDone::Stop } else { OnDone::Terminate },
        checkpoint: None,
        network_volume: ask.network.then(|| id(pod % super::ACCOUNTS)),
        is_amiss: false,
    }))
}
