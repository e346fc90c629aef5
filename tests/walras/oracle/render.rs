//! The same script as a checked scenario, for the simulator: every host has a pool of its own, and a GPU
//! type and scope of its own unless it is like another, so that a request finds the hosts that it names.

use super::moves::CENTERS;
use super::script::{Act, Buy, Create, Resume, Script};
use walras::ids::{
    AccountId, DataCenterId, GpuTypeId, HostId, Id, NetworkVolumeNameId, PodNameId, PoolId, ScopeId,
};
use walras::scenario::Scenario;
use walras::scenario::demand::{Demand, OnDone};
use walras::scenario::model::{
    AccountSpec, Action, ActionKind, AutoPay, Cloud, Command, CreatePod, DataCenter, GpuType,
    HostSpec, Image, Images, InputFile, Policies, Pool, Scope, Site, SpendingLimit, Teams,
};
use walras::scenario::rules::Profile;
use walras::units::{Gb, GpuTime, Money, SimTime, Span};

fn id<T: Id>(index: usize) -> T {
    T::from_index(index)
}
fn usd(nanos: i128) -> Money {
    Money::from_nanos(nanos)
}

/// The scenario that says what the script says.
pub(crate) fn scenario(script: &Script) -> Scenario {
    Scenario {
        title: "script".to_owned(),
        source: InputFile { path: "script".to_owned(), digest: String::new() },
        inputs: Vec::new(),
        texts: Vec::new(),
        overrides: Vec::new(),
        seed: 0,
        horizon: SimTime::from_micros(script.horizon),
        warm_up: SimTime::from_micros(script.warm_up),
        sample_every: None,
        start_unix_s: 0,
        profile: Profile::default(),
        rules: script.rules.clone(),
        policies: Policies { eviction: script.eviction, ..Policies::default() },
        list_prices: Vec::new(),
        spot_prices: Vec::new(),
        gpu_types: script.hosts.iter().map(|host| gpu_type(&host.name)).collect(),
        scopes: scopes(script),
        datacenters: CENTERS.map(|one| center(one, script.storage)).to_vec(),
        pools: (0..script.hosts.len())
            .map(|host| Pool {
                scope: id(2 * script.hosts[host].kind),
                datacenter: Some(id::<DataCenterId>(script.hosts[host].center)),
            })
            .collect(),
        hosts: hosts(script),
        failures: Vec::new(),
        supply: Vec::new(),
        accounts: accounts(script),
        teams: Teams::default(),
        templates: Vec::new(),
        images: Images::default(),
        segments: Vec::new(),
        type_lists: lists(script)
            .into_iter()
            .map(|kinds| kinds.into_iter().map(id::<GpuTypeId>).collect())
            .collect(),
        pod_names: script.pods.clone(),
        network_volume_names: script.volumes.clone(),
        sites: vec![
            Site::default(),
            Site { datacenter: Some(id::<DataCenterId>(0)), ..Site::default() },
        ],
        endpoints: Vec::new(),
        request_sources: Vec::new(),
        worker_discounts: Vec::new(),
        request_names: Vec::new(),
        script: actions(script),
    }
}

/// Those who have network storage have it in the first.
fn center((name, gbps): (&str, u32), storage: u32) -> DataCenter {
    DataCenter {
        name: name.to_owned(),
        speed: u64::from(gbps) * 1_000_000_000,
        network_storage: Gb::new(if name == CENTERS[0].0 { storage } else { 0 }),
        country: None,
        tier: walras::scenario::rules::Tier::T3,
    }
}

fn gpu_type(host: &str) -> GpuType {
    let name = format!("GPU of {host}");
    GpuType { display_name: name.clone(), name, memory: Gb::new(48), relative_speed: None }
}

/// Secure and community of each type; nobody is in the community cloud.
fn scopes(script: &Script) -> Vec<Scope> {
    let of = |host: usize, cloud| Scope {
        gpu_type: id(host),
        cloud,
        on_demand: usd(script.hosts[host].price),
        min_bid: usd(script.hosts[host].floor),
        has_hosts: cloud == Cloud::Secure && script.hosts[host].kind == host,
    };
    (0..script.hosts.len())
        .flat_map(|host| [of(host, Cloud::Secure), of(host, Cloud::Community)])
        .collect()
}

fn hosts(script: &Script) -> Vec<HostSpec> {
    let host = |(index, host): (usize, &super::script::Host)| HostSpec {
        name: host.name.clone(),
        pool: id::<PoolId>(index),
        gpus: host.gpus,
        vcpus: host.vcpus,
        memory: Gb::new(4_000),
        disk: Gb::new(host.disk),
        cpu_slots: host.slots,
        download: u64::from(host.download) * 1_000_000_000,
        upload: u64::from(host.upload) * 1_000_000_000,
        min_bid: None,
        price: None,
        joins_later: false,
        country: None,
        public_ip: true,
    };
    script.hosts.iter().enumerate().map(host).collect()
}

fn accounts(script: &Script) -> Vec<AccountSpec> {
    let accounts = script.accounts.iter();
    accounts
        .map(|account| AccountSpec {
            name: account.name.clone(),
            segment: None,
            balance: Some(usd(account.balance)),
            auto_pay: account.auto_pay.map(|(threshold, amount)| AutoPay {
                threshold: usd(threshold),
                amount: usd(amount),
            }),
            low_balance: account.low_balance.map(usd),
            credit_line: usd(account.credit_line),
            spending_limit: match account.spending_limit {
                None => SpendingLimit::ByHistory,
                Some(limit) => SpendingLimit::Own(limit.map(usd)),
            },
            age: Span::from_micros(account.age),
        })
        .collect()
}

/// Whose pod it is; the first account's if nobody ever asks for it.
fn owner(script: &Script, pod: usize) -> AccountId {
    let owner = script.actions.iter().find_map(|(_, act)| match act {
        Act::Create(create) if create.pod == pod => Some(create.account),
        _ => None,
    });
    id(owner.unwrap_or(0))
}

/// The same of a network volume.
fn owner_of_volume(script: &Script, volume: usize) -> AccountId {
    let owner = script.actions.iter().find_map(|(_, act)| match act {
        Act::CreateVolume(of, account, _) if *of == volume => Some(*account),
        _ => None,
    });
    id(owner.unwrap_or(0))
}

fn actions(script: &Script) -> Vec<Action> {
    let action = |(at, act): &(u64, Act)| {
        let (account, kind) = action(script, act);
        Action { at: SimTime::from_micros(*at), account, member: None, kind }
    };
    script.actions.iter().map(action).collect()
}

fn action(script: &Script, act: &Act) -> (Option<AccountId>, ActionKind) {
    let pod = |index: &usize| id::<PodNameId>(*index);
    let host = |index: &usize| id::<HostId>(*index);
    match act {
        Act::Create(create) => (Some(id(create.account)), create_pod(script, create)),
        Act::Resume(resume) => (Some(owner(script, resume.pod)), resume_pod(resume)),
        Act::ChangeBid(of, bid) => {
            (Some(owner(script, *of)), ActionKind::ChangeBid { pod: pod(of), bid: usd(*bid) })
        }
        Act::Stop(of) => (Some(owner(script, *of)), ActionKind::StopPod { pod: pod(of) }),
        Act::Terminate(of) => (Some(owner(script, *of)), ActionKind::TerminatePod { pod: pod(of) }),
        Act::Reset(of) => (Some(owner(script, *of)), ActionKind::ResetPod { pod: pod(of) }),
        Act::Deposit(to, amount) => (Some(id(*to)), ActionKind::Deposit { amount: usd(*amount) }),
        Act::Adjust(of, amount) => (Some(id(*of)), ActionKind::Adjust { amount: usd(*amount) }),
        Act::AutoPay(of, threshold, amount) => {
            let auto_pay = AutoPay { threshold: usd(*threshold), amount: usd(*amount) };
            (Some(id(*of)), ActionKind::SetAutoPay { auto_pay })
        }
        Act::Buy(buy) => (Some(id(buy.account)), buy_plan(script, buy)),
        Act::Price(of, price) => (
            None,
            ActionKind::SetPrice {
                scopes: vec![id::<ScopeId>(2 * script.hosts[*of].kind)],
                host: None,
                price: Some(usd(*price)),
                min_bid: None,
            },
        ),
        Act::Floor(of, floor) => (
            None,
            ActionKind::SetPrice {
                scopes: vec![id::<ScopeId>(2 * script.hosts[*of].kind)],
                host: None,
                price: None,
                min_bid: Some(usd(*floor)),
            },
        ),
        Act::CreateVolume(of, account, size) => {
            let (size, datacenter) = (Gb::new(*size), Some(id::<DataCenterId>(0)));
            let kind = ActionKind::CreateNetworkVolume { name: id(*of), size, datacenter };
            (Some(id(*account)), kind)
        }
        Act::ResizeVolume(of, size) => (
            Some(owner_of_volume(script, *of)),
            ActionKind::ResizeNetworkVolume { volume: id(*of), size: Gb::new(*size) },
        ),
        Act::DeleteVolume(of) => (
            Some(owner_of_volume(script, *of)),
            ActionKind::DeleteNetworkVolume { volume: id(*of) },
        ),
        Act::HostDown(of) => (None, ActionKind::HostDown { host: host(of) }),
        Act::HostUp(of) => (None, ActionKind::HostUp { host: host(of) }),
        Act::NetworkDown(of) => (None, ActionKind::NetworkDown { host: host(of) }),
        Act::NetworkUp(of) => (None, ActionKind::NetworkUp { host: host(of) }),
    }
}

fn buy_plan(script: &Script, buy: &Buy) -> ActionKind {
    ActionKind::BuySavingsPlan {
        scope: id::<ScopeId>(2 * script.hosts[buy.host].kind),
        gpus: buy.gpus,
        term: Span::from_micros(buy.term),
        pod: buy.pod.map(id::<PodNameId>),
    }
}

/// The lists of GPU types that requests name, each once.
fn lists(script: &Script) -> Vec<Vec<usize>> {
    let mut lists = Vec::new();
    for (_, act) in &script.actions {
        if let Act::Create(create) = act {
            let kinds = script.kinds(create);
            lists.extend((!lists.contains(&kinds)).then_some(kinds));
        }
    }
    lists
}

fn resume_pod(resume: &Resume) -> ActionKind {
    let (pod, bid, gpus) = (id(resume.pod), resume.bid.map(usd), resume.gpus);
    if resume.elsewhere {
        return ActionKind::MovePod { pod, bid, gpus };
    }
    let (when_full, patience) = (resume.when_full, Span::from_micros(resume.patience));
    ActionKind::ResumePod { pod, bid, gpus, when_full, patience }
}

fn create_pod(script: &Script, create: &Create) -> ActionKind {
    let kinds = script.kinds(create);
    let list = lists(script).iter().position(|list| *list == kinds).expect("a list of the script");
    ActionKind::CreatePod(Box::new(CreatePod {
        name: id(create.pod),
        bid: create.bid.map(usd),
        demand: Demand {
            vcpus: u16::try_from(create.cpus).expect("few vCPUs"),
            min_vcpus: create.vcpus,
            container_disk: Gb::new(create.disk),
            volume: Gb::new(create.volume),
            site: u32::from(create.network.is_some()),
            ..Demand::of_gpus(u32::try_from(list).expect("few lists"), create.gpus)
        },
        image: Image::Own(Gb::new(create.image)),
        template: None,
        command: if create.exits { Command::Exits } else { Command::Ok },
        container: None,
        patience: Span::from_micros(create.patience),
        work: create.work.map(|work| GpuTime::from_gpu_micros(u128::from(work))),
        on_done: if create.stops_when_done { OnDone::Stop } else { OnDone::Terminate },
        checkpoint: None,
        network_volume: create.network.map(id::<NetworkVolumeNameId>),
        is_amiss: create.network.is_some() && 0 < create.volume,
    }))
}
