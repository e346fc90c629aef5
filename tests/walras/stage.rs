//! Contended markets as text: a script in, what happens out.
//!
//! ```text
//! host h
//! 0 create v gpus=2 bid=0.50
//! 118 create n gpus=2 bid=0.60
//! ---
//! 0 v placed on h, 2 × 0.5
//! ```
//!
//! The script is the oracle's, but all hosts have one GPU type, and stand in one scope a cloud: hosts
//! may say `cloud=COMMUNITY`, `disk=`; requests may say `cloud=`, `image=`, `named=` (see `images`), and need not name a host
//! or an account. Rules that concern the market alone can be set here, too, and hosts may set their
//! own `floor` and `own_price`, or be there `later`; they may leave, join and be maintained ([`hosts`]);
//! `record 300 0.43` is a recorded spot price from 300 s on. After `---` stands all that happens to pods, to
//! whom and at whose cost; with `tell prices`, what is published, too, and with `tell money`, what disks cost,
//! when accounts are drained and removed, and what is left to each. `profile NAME`, before all else, takes the
//! rules of a profile that comes with the program.

mod hosts;
mod images;
mod told;

use crate::oracle::{Script, scenario as separate_hosts};
use std::collections::BTreeMap;
use walras::ids::{DataCenterId, GpuTypeId, HostId, Id, PoolId, ScopeId};
use walras::scenario::Scenario;
use walras::scenario::demand::Clouds;
use walras::scenario::model::{Action, ActionKind, Cloud, Pool};
use walras::scenario::prices::PricePath;
use walras::scenario::rules::{
    BidPer, CommunityPricing, Displaced, Rules, SpotReserve, VcpuMemory, WaitingOrder,
};
use walras::units::{Gb, Money, SimTime, Span};

/// A market that was solved by hand.
pub(crate) struct Case<'a> {
    pub(crate) name: &'a str,
    script: &'a str,
    says: &'a str,
}

impl<'a> Case<'a> {
    /// Reads a file of cases.
    pub(crate) fn read(text: &'a str) -> Vec<Self> {
        let case = |case: &'a str| {
            let (name, rest) = case.split_once('\n').expect("a name, then a script");
            let (script, says) = rest.split_once("---\n").expect("a script, then what happens");
            Case { name, script, says: says.trim_end() }
        };
        text.split("\n=== ").skip(1).map(case).collect()
    }
    /// Holds what happens in each against what it says, and shows every one that differs.
    pub(crate) fn check_all(cases: &[Self]) {
        assert!(!cases.is_empty(), "there are cases");
        let mut wrong = String::new();
        for Case { name, script, says } in cases {
            let told = told::play(&scenario(script), script);
            if told != *says {
                wrong +=
                    &format!("=== {name}\n{script}---\n{says}\n--- but this happened\n{told}\n\n");
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}

/// `name=value` pairs of a line.
fn pairs(line: &str) -> BTreeMap<&str, &str> {
    line.split_whitespace().filter_map(|word| word.split_once('=')).collect()
}

/// The scenario that a script means.
pub(crate) fn scenario(text: &str) -> Scenario {
    let with_defaults = filled_in(text);
    let mut scenario = separate_hosts(&Script::parse(&with_defaults));
    pool_hosts(&mut scenario, text);
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["record", at, price] => record(&mut scenario, at, price),
            ["set", name, value] if hosts::RULES.contains(&name) => {
                hosts::set(&mut scenario.rules.hosts, name, value);
            }
            ["set", name, value] => set_market_rule(&mut scenario.rules, name, value),
            [_, "create", name, ..] => adjust_request(&mut scenario, name, &pairs(line)),
            [_, act, ..] if hosts::ACTS.contains(&act) => hosts::act(&mut scenario, line),
            ["host", name, "later", ..] => {
                let host = scenario.hosts.iter_mut().find(|host| host.name == name);
                host.expect("a host of that name").joins_later = true;
            }
            [at, act, host, amount] if HOST_ACTS.contains(&act) => {
                set_host(&mut scenario, at, (act, host, amount));
            }
            _ => {}
        }
    }
    scenario
}

/// SPOT-13. A recorded spot price of the first scope, from an instant on.
fn record(scenario: &mut Scenario, at: &str, price: &str) {
    let at = SimTime::ZERO + Span::parse(&format!("{at}s")).expect("seconds");
    let row = (at, Money::parse(price).expect("a price"));
    match scenario.spot_prices.first_mut() {
        Some((_, path)) => path.rows.push(row),
        None => {
            let path = PricePath { rows: vec![row] };
            scenario.spot_prices.push((ScopeId::from_index(0), path));
        }
    }
}

/// Rules of the market, beside those of billing.
const MARKET_RULES: [&str; 13] = [
    "bid_cap",
    "debt_limit_days",
    "image_cache_gb",
    "displaced",
    "waiting_order",
    "bid_per",
    "spot",
    "community_pricing",
    "vcpu_memory",
    "zero_gpu_vcpu",
    "longest_run",
    "spot_clearing",
    "spot_reserve",
];
/// What a host sets itself: its minimum bid, its price (HOST-13).
const HOST_ACTS: [&str; 2] = ["floor", "own_price"];

fn set_host(scenario: &mut Scenario, at: &str, (act, host, amount): (&str, &str, &str)) {
    let index = scenario.hosts.iter().position(|one| one.name == host);
    let amount = Money::parse(amount).expect("an amount");
    let (price, min_bid) = if act == "floor" { (None, Some(amount)) } else { (Some(amount), None) };
    let host = Some(HostId::from_index(index.expect("a host of that name")));
    let kind = ActionKind::SetPrice { scopes: Vec::new(), host, price, min_bid };
    let at = SimTime::ZERO + Span::parse(&format!("{at}s")).expect("seconds");
    scenario.script.push(Action { at, account: None, member: None, kind });
}

fn set_market_rule(rules: &mut Rules, name: &str, value: &str) {
    match (name, value) {
        ("bid_cap", times) => rules.bid_cap = Some(times.parse().expect("a number")),
        ("debt_limit_days", days) => rules.debt_limit_days = Some(days.parse().expect("a number")),
        ("displaced", "hibernate") => rules.displaced = Displaced::Hibernate,
        ("displaced", "resume") => rules.displaced = Displaced::Resume,
        ("displaced", "terminate") => rules.displaced = Displaced::Terminate,
        ("waiting_order", "block") => rules.waiting_order = WaitingOrder::Block,
        ("bid_per", "pod") => rules.bid_per = BidPer::Pod,
        ("spot", "false") => rules.spot = false,
        ("community_pricing", "host") => rules.community_pricing = CommunityPricing::Host,
        ("vcpu_memory", "requested") => rules.vcpu_memory = VcpuMemory::Requested,
        ("spot_clearing", name) => {
            rules.spot_clearing = ron::from_str(name).expect("a way to find the price");
        }
        ("spot_reserve", amount) => {
            rules.spot_reserve = SpotReserve::Amount(Money::parse(amount).expect("an amount"));
        }
        ("image_cache_gb", size) => rules.image_cache = Gb::new(size.parse().expect("whole GB")),
        ("longest_run", span) => rules.longest_run = Some(Span::parse(span).expect("a span")),
        ("zero_gpu_vcpu", count) => rules.zero_gpu_vcpu = count.parse().expect("a number"),
        _ => assert!(!MARKET_RULES.contains(&name), "no such choice: {name} {value}"),
    }
}

/// What goes without saying, as the oracle's script has it.
fn filled_in(text: &str) -> String {
    let mut filled = String::new();
    for (word, line) in [
        ("horizon ", "horizon 5000\n"),
        ("host ", "host h\n"),
        ("account ", "account a balance=100000\n"),
    ] {
        if !text.lines().any(|line| line.starts_with(word)) {
            filled.push_str(line);
        }
    }
    let named = |kind: &str| {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(kind));
        lines.find_map(|rest| rest.split_whitespace().next())
    };
    let (host, account) = (named("host ").unwrap_or("h"), named("account ").unwrap_or("a"));
    for line in text.lines() {
        let market = line.strip_prefix("set ").and_then(|rest| rest.split_whitespace().next());
        let acts = line.split_whitespace().nth(1).is_some_and(|act| {
            HOST_ACTS.contains(&act) || hosts::ACTS.contains(&act) && !line.starts_with("host ")
        });
        let record = line.starts_with("record ");
        if acts
            || record
            || line.starts_with("tell ")
            || market
                .is_some_and(|name| MARKET_RULES.contains(&name) || hosts::RULES.contains(&name))
        {
            continue;
        }
        filled.push_str(line);
        if line.contains(" create ") {
            for (key, value) in [("host", host), ("account", account)] {
                if !pairs(line).contains_key(key) {
                    filled += &format!(" {key}={value}");
                }
            }
        }
        filled.push('\n');
    }
    filled
}

/// One GPU type, a scope and a pool a cloud, instead of one a host.
fn pool_hosts(scenario: &mut Scenario, text: &str) {
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("host ")).map(pairs).collect();
    let said = |index: usize, key: &str| lines.get(index).and_then(|line| line.get(key).copied());
    let cloud_of = |index: usize| match said(index, "cloud") {
        Some("COMMUNITY") => Cloud::Community,
        _ => Cloud::Secure,
    };
    let count = scenario.hosts.len();
    let former = std::mem::take(&mut scenario.scopes);
    let mut scopes = Vec::new();
    for cloud in [Cloud::Secure, Cloud::Community] {
        let first = (0..count).find(|host| cloud_of(*host) == cloud);
        let mut scope = former[2 * first.unwrap_or(0)].clone();
        (scope.gpu_type, scope.cloud) = (GpuTypeId::from_index(0), cloud);
        scope.has_hosts = first.is_some();
        scopes.push(scope);
    }
    scenario.pools = [Cloud::Secure, Cloud::Community]
        .into_iter()
        .enumerate()
        .filter(|(scope, _)| scopes[*scope].has_hosts)
        .map(|(scope, cloud)| Pool {
            scope: ScopeId::from_index(scope),
            datacenter: (cloud == Cloud::Secure).then(|| DataCenterId::from_index(0)),
        })
        .collect();
    for index in 0..count {
        let scope = usize::from(cloud_of(index) == Cloud::Community);
        let pool = scenario.pools.iter().position(|pool| pool.scope.index() == scope);
        let host = &mut scenario.hosts[index];
        host.pool = PoolId::from_index(pool.expect("a pool for each host"));
        host.min_bid = Some(former[2 * index].min_bid);
        if let Some(slots) = said(index, "cpu_slots") {
            host.cpu_slots = slots.parse().expect("a number");
        }
        if let Some(disk) = said(index, "disk") {
            host.disk = Gb::new(disk.parse().expect("whole GB"));
        }
    }
    for action in &mut scenario.script {
        match &mut action.kind {
            ActionKind::SetPrice { scopes, .. } => {
                let host = scopes[0].index() / 2;
                *scopes =
                    vec![ScopeId::from_index(usize::from(cloud_of(host) == Cloud::Community))];
            }
            ActionKind::CreatePod(create) => create.demand.types = 0,
            _ => {}
        }
    }
    scenario.scopes = scopes;
    scenario.gpu_types.truncate(1);
    scenario.type_lists = vec![vec![GpuTypeId::from_index(0)]];
}

/// What a request says beside the oracle's words.
fn adjust_request(scenario: &mut Scenario, name: &str, said: &BTreeMap<&str, &str>) {
    let names = scenario.pod_names.clone();
    let image = images::image(&mut scenario.images, said);
    let create = scenario.script.iter_mut().find_map(|action| match &mut action.kind {
        ActionKind::CreatePod(create) if names[create.name.index()] == name => Some(create),
        _ => None,
    });
    let create = create.expect("a request of that name");
    let number = |key: &str| said.get(key).map(|text| text.parse::<u32>().expect("a number"));
    match said.get("cloud") {
        Some(&"SECURE") => create.demand.clouds = Clouds::Secure,
        Some(&"COMMUNITY") => create.demand.clouds = Clouds::Community,
        _ => {}
    }
    create.image = image;
    create.demand.min_vcpus = number("min_vcpus").unwrap_or(0);
    create.demand.vcpus = number("cpus").map_or(0, |cpus| u16::try_from(cpus).expect("few vCPUs"));
    create.demand.deploy_cost =
        said.get("deploy_cost").map(|text| Money::parse(text).expect("an amount"));
}
