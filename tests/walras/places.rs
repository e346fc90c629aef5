//! Requests that demand a place or a line (CLD-05, NVOL-05): by hand, and against a scan of all hosts.

use crate::build;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;
use walras::ids::{DataCenterId, HostId, Id, PoolId};
use walras::journal::Fact;
use walras::journal::fact::Refusal;
use walras::scenario::Scenario;
use walras::scenario::demand::{Clouds, Demand};
use walras::scenario::load::from_text;
use walras::scenario::model::{
    AccountSpec, Action, ActionKind, Cloud, Command, CreatePod, DataCenter, HostSpec, Image, Pool,
    Scope, Site,
};
use walras::units::{Gb, Money, SimTime, Span};

/// Where each request of one GPU went, or why it was refused.
fn answers(scenario: &Scenario) -> Vec<Result<usize, Refusal>> {
    let mut answers = BTreeMap::new();
    for (_, fact) in build::run_audited(scenario, 0) {
        match fact {
            Fact::PodPlaced { pod, host, .. } => drop(answers.insert(pod, Ok(host.index()))),
            Fact::Rejected { pod: Some(pod), reason, .. } => {
                answers.insert(pod, Err(reason));
            }
            _ => {}
        }
    }
    answers.into_values().collect()
}

/// CLD-05. Each demand finds the one host that satisfies it, or none: secure hosts have a public IP and their
/// data center's country, community hosts what they declare; a data center is none of theirs.
#[test]
fn cld_05_a_request_goes_where_its_demands_are_met() {
    let ask = |number: usize, demand: &str| {
        format!(
            r#"(at: "{number}m", account: "a", do: CreatePod(name: "p{number}", gpuTypeId: "NVIDIA RTX A6000", {demand})),
            (at: "{number}m30s", account: "a", do: TerminatePod(podId: "p{number}")),"#
        )
    };
    let demands = [
        (r#"dataCenterId: "US-TX-1""#, Ok(1)),
        (r#"countryCode: "RO""#, Ok(0)),
        (r#"countryCode: "DE""#, Ok(2)),
        (r#"countryCode: "DE", supportPublicIp: true"#, Ok(3)),
        ("supportPublicIp: true, cloudType: COMMUNITY", Ok(3)),
        ("minDownload: 4000", Ok(1)),
        ("minUpload: 2000", Ok(2)),
        // 0.69 in the community cloud is less than 0.79: but for the demand it would go there.
        ("supportPublicIp: true, minDownload: 1000, cloudType: SECURE", Ok(0)),
        // One GPU of two is taken: none is left where it is demanded, though there are others.
        (r#"countryCode: "RO", gpuCount: 2"#, Err(Refusal::NoCapacity)),
    ];
    let script: String =
        demands.iter().enumerate().map(|(at, (demand, _))| ask(at, demand)).collect();
    let text = format!(
        r#"(
            horizon: "1h", rules: (upload_gbps: 1),
            fleet: [
                (name: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 2),
                (name: "us", gpu_type: "NVIDIA RTX A6000", datacenter: "US-TX-1", gpus: 2, download_gbps: 5),
                (name: "de", gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, country: "DE", upload_gbps: 2, gpus: 2),
                (name: "ip", gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, country: "DE", public_ip: true, gpus: 2),
            ],
            accounts: [(name: "a", balance: 1000)],
            script: [
                (at: "8m10s", account: "a", do: CreatePod(name: "q", gpuTypeId: "NVIDIA RTX A6000", cloudType: SECURE, dataCenterId: "EU-RO-1")),
                {}
            ],
        )"#,
        script.replace(r#"(at: "8m", "#, r#"(at: "8m20s", "#)
    );
    let scenario = from_text("places.ron", &text).unwrap_or_else(|problems| panic!("{problems}"));
    let mut found = answers(&scenario);
    // The one that takes a GPU of the last but one's host stands before the last.
    assert_eq!(found.remove(8), Ok(0));
    assert_eq!(found, demands.map(|(_, answer)| answer));
}

/// A host: cloud, data center, country, public IP, download and upload in Mbit/s, GPUs.
type Machine = (bool, usize, Option<usize>, bool, u64, u64, u32);

const COUNTRIES: [&str; 2] = ["RO", "US"];

fn machines() -> impl Strategy<Value = Vec<Machine>> {
    let speed = || select(vec![500, 1_000, 2_000]);
    let machine = (
        any::<bool>(),
        0..2_usize,
        proptest::option::of(0..2_usize),
        any::<bool>(),
        speed(),
        speed(),
        1..=2_u32,
    );
    proptest::collection::vec(machine, 1..7)
}
fn sites() -> impl Strategy<Value = Vec<Site>> {
    let speed = || select(vec![0, 0, 500, 1_000, 1_500, 3_000]);
    let list = || select(vec![vec![], vec![], vec![], vec![1], vec![0, 1]]);
    let site = (
        proptest::option::weighted(0.3, 0..2_usize),
        list(),
        proptest::option::weighted(0.3, select(COUNTRIES.to_vec())),
        proptest::bool::weighted(0.3),
        speed(),
        speed(),
    );
    let site = site.prop_map(|(datacenter, list, country, public_ip, download, upload)| Site {
        datacenter: datacenter.map(DataCenterId::from_index),
        datacenters: list.into_iter().map(DataCenterId::from_index).collect(),
        country: country.map(str::to_owned),
        public_ip,
        min_download: download * 1_000_000,
        min_upload: upload * 1_000_000,
    });
    proptest::collection::vec(site, 1..4)
}

/// A market of these hosts.
fn hosts(machines: &[Machine], sites: &[Site]) -> Scenario {
    let mut scenario = build::market(0, 1, SimTime::from_seconds(10_000));
    let scope = |cloud| Scope {
        cloud,
        has_hosts: machines.iter().any(|(secure, ..)| *secure == (cloud == Cloud::Secure)),
        on_demand: Money::from_nanos(790_000_000),
        ..scenario.scopes[0].clone()
    };
    scenario.scopes = vec![scope(Cloud::Secure), scope(Cloud::Community)];
    let center = |index: usize| DataCenter {
        name: format!("center {index}"),
        country: Some(COUNTRIES[index].to_owned()),
        ..scenario.datacenters[0].clone()
    };
    scenario.datacenters = vec![center(0), center(1)];
    let scope = |secure: bool| walras::ids::ScopeId::from_index(usize::from(!secure));
    let pool = |machine: &Machine| Pool {
        scope: scope(machine.0),
        datacenter: machine.0.then(|| DataCenterId::from_index(machine.1)),
    };
    let mut pools: Vec<Pool> = machines.iter().map(pool).collect();
    pools.sort_by_key(|pool| (pool.scope, pool.datacenter));
    pools.dedup();
    let host = |(index, machine): (usize, &Machine)| {
        let (secure, center, country, public_ip, download, upload, gpus) = *machine;
        let place = pools.iter().position(|other| *other == pool(machine));
        let country = if secure { Some(center) } else { country };
        HostSpec {
            name: format!("h{index}"),
            pool: PoolId::from_index(place.expect("each host has a pool")),
            gpus,
            vcpus: 8,
            memory: Gb::new(64),
            disk: Gb::new(1_000),
            cpu_slots: 0,
            download: download * 1_000_000,
            upload: upload * 1_000_000,
            min_bid: None,
            price: None,
            joins_later: false,
            country: country.map(|index| COUNTRIES[index].to_owned()),
            public_ip: secure || public_ip,
        }
    };
    scenario.hosts = machines.iter().enumerate().map(host).collect();
    scenario.pools = pools;
    scenario.sites.extend(sites.iter().cloned());
    scenario
}

/// The same, and requests on demand that come one after another.
fn market(machines: &[Machine], sites: &[Site], asks: &[(usize, u32, u64)]) -> Scenario {
    let mut scenario = hosts(machines, sites);
    scenario.accounts = vec![AccountSpec {
        name: "a".to_owned(),
        segment: None,
        balance: Some(Money::from_dollars(1_000_000)),
        auto_pay: None,
        low_balance: None,
        credit_line: Money::ZERO,
        spending_limit: walras::scenario::model::SpendingLimit::Own(None),
        age: walras::units::Span::ZERO,
    }];
    scenario.pod_names = (0..asks.len()).map(|pod| format!("p{pod}")).collect();
    let ask = |(index, (site, gpus, patience)): (usize, &(usize, u32, u64))| Action {
        at: SimTime::from_seconds(60 * (1 + index as u64)),
        account: Some(Id::from_index(0)),
        member: None,
        kind: ActionKind::CreatePod(Box::new(CreatePod {
            name: Id::from_index(index),
            bid: None,
            demand: Demand {
                clouds: Clouds::All,
                site: u32::try_from(site % scenario.sites.len()).expect("few"),
                ..Demand::of_gpus(0, *gpus)
            },
            image: Image::EVERYWHERE,
            template: None,
            container: None,
            command: Command::Ok,
            patience: Span::from_seconds(*patience),
            work: Some(walras::units::GpuTime::new(*gpus, Span::from_seconds(400))),
            on_done: walras::scenario::demand::OnDone::Terminate,
            checkpoint: None,
            network_volume: None,
            is_amiss: false,
        })),
    };
    scenario.script = asks.iter().enumerate().map(ask).collect();
    scenario
}

proptest! {
    #![proptest_config(crate::storm::config(400))]

    /// CLD-05. Whoever gets GPUs gets them where its demands are met; who is refused found no such host with
    /// GPUs enough free, and if none is big enough, that is what it is told; and nobody waits while such a
    /// host has them.
    #[test]
    fn cld_05_places_agree_with_a_scan_of_all_hosts(
        machines in machines(),
        sites in sites(),
        asks in proptest::collection::vec((0..4_usize, 1..=2_u32, select(vec![0, 0, 300])), 1..12),
    ) {
        let scenario = market(&machines, &sites, &asks);
        check(&scenario, &asks)?;
    }
}

/// What a scan of all hosts knows of the market.
fn check(scenario: &Scenario, asks: &[(usize, u32, u64)]) -> Result<(), TestCaseError> {
    let stands = |host: usize, ask: usize| {
        let spec = &scenario.hosts[host];
        let site = &scenario.sites[asks[ask].0 % scenario.sites.len()];
        let there = scenario.pools[spec.pool.index()].datacenter;
        site.datacenter.is_none_or(|center| there == Some(center))
            && (site.datacenters.is_empty()
                || there.is_some_and(|there| site.datacenters.contains(&there)))
            && (site.country.is_none() || site.country == spec.country)
            && (!site.public_ip || spec.public_ip)
            && site.min_download <= spec.download
            && site.min_upload <= spec.upload
    };
    let mut free: Vec<u32> = scenario.hosts.iter().map(|host| host.gpus).collect();
    let mut held: BTreeMap<walras::ids::PodId, (HostId, u32)> = BTreeMap::new();
    let mut number = BTreeMap::new();
    let mut waiting = BTreeMap::new();
    let fits = |free: &[u32], ask: usize| {
        (0..free.len()).any(|host| stands(host, ask) && asks[ask].1 <= free[host])
    };
    let mut now = SimTime::ZERO;
    for (at, fact) in build::run_audited(scenario, 0) {
        if now < at {
            for ask in waiting.values() {
                prop_assert!(!fits(&free, *ask), "{ask} waits at {now} beside free GPUs");
            }
            now = at;
        }
        match fact {
            Fact::PodRequested(asked) => {
                let ask = usize::try_from(asked.pod.number).expect("few");
                number.insert(asked.pod, ask);
                let site = asks[ask].0 % scenario.sites.len();
                let there = (0..free.len()).filter(|host| stands(*host, ask));
                let first = there.map(|host| scenario.hosts[host].pool).min();
                if 0 < site {
                    prop_assert_eq!(asked.pool, first.unwrap_or(PoolId::from_index(0)));
                }
            }
            Fact::PodWaits { pod } => drop(waiting.insert(pod, number[&pod])),
            Fact::PodPlaced { pod, host, gpus, .. } => {
                waiting.remove(&pod);
                prop_assert!(stands(host.index(), number[&pod]), "{pod:?} on {host:?}");
                free[host.index()] -= gpus;
                held.insert(pod, (host, gpus));
            }
            Fact::Rejected { pod: Some(pod), reason, .. } => {
                let ask = number[&pod];
                let mut big = (0..free.len()).filter(|host| stands(*host, ask)).peekable();
                let any = big.peek().is_some();
                let enough = big.any(|host| asks[ask].1 <= scenario.hosts[host].gpus);
                let right = if any && !enough { Refusal::TooLarge } else { Refusal::NoCapacity };
                prop_assert_eq!(reason, right);
                prop_assert!(!fits(&free, ask), "{ask} is refused beside free GPUs");
            }
            Fact::RentalEnded(end) => {
                waiting.remove(&end.pod);
                if let Some((host, gpus)) = held.remove(&end.pod) {
                    free[host.index()] += gpus;
                }
            }
            _ => {}
        }
    }
    Ok(())
}
