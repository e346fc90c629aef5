//! Hosts fail at random (HOST-02 to HOST-04): when, for how long, and beside what the script does.

use crate::build::{self, Heard};
use crate::theory::assert_within;
use walras::ids::{HostId, Id};
use walras::journal::fact::EndReason;
use walras::journal::{Fact, Sink};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::model::{FailureTimes, Failures, Loss};
use walras::units::{SimTime, Span};

/// One host of one GPU with these failures, one pod with so much work, and a script.
fn market(failures: &str, script: &str) -> Scenario {
    let text = format!(
        r#"(
            horizon: "34h", sample_every: None, rules: (container_start: "0s"),
            fleet: [(name: "h", gpu_type: "NVIDIA A40", cloud: COMMUNITY, gpus: 1, {failures})],
            accounts: [(name: "a", balance: 100)],
            script: [
                (at: "1h", account: "a", do: CreatePod(
                    name: "p", gpuTypeId: "NVIDIA A40", containerDiskInGb: 0, work: "20h")),
                {script}
            ],
        )"#
    );
    from_text("failures", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// What hosts lost and got back, with the minute.
fn losses(scenario: &Scenario) -> Vec<(u64, &'static str)> {
    let facts = build::run_audited(scenario, 0);
    let named = facts.iter().filter_map(|(at, fact)| {
        let name = match fact {
            Fact::HostDown { .. } => "down",
            Fact::HostUp { .. } => "up",
            Fact::NetworkDown { .. } => "cut off",
            Fact::NetworkUp { .. } => "connected",
            Fact::Rejected { .. } => "refused",
            _ => return None,
        };
        Some((at.micros() / 60_000_000, name))
    });
    named.collect()
}

const POWER: &str = r#"power_failures: (time_to_failure: "10h", time_to_repair: "1h")"#;
const NETWORK: &str = r#"network_failures: (time_to_failure: "10h", time_to_repair: "1h")"#;

/// HOST-03: the pod starts again on its host after each failure, with its work lost, and is billed for no
/// minute without power.
#[test]
fn host_03_a_host_fails_after_its_time_and_is_back_after_another() {
    let scenario = market(POWER, "");
    let hours = |hours: u64| hours * 60;
    let expected = [(10, "down"), (11, "up"), (21, "down"), (22, "up"), (32, "down"), (33, "up")];
    assert_eq!(losses(&scenario), expected.map(|(at, name)| (hours(at), name)));

    let facts = build::run_audited(&scenario, 0);
    let end = facts.iter().find_map(|(_, fact)| match fact {
        Fact::RentalEnded(end) => Some(*end),
        _ => None,
    });
    let end = end.expect("the rental is alive at the horizon");
    assert_eq!(end.reason, EndReason::Alive);
    // 1 h to 34 h, without the three hours of outage; a minute begins at the horizon.
    let price = scenario.scopes.iter().find(|scope| scope.has_hosts).expect("a scope").on_demand;
    assert_eq!(end.compute.nanos() * 60, price.nanos() * (30 * 60 + 1));
}

/// HOST-04: the pod runs on without its network, and what it finished takes effect at the return.
#[test]
fn host_04_a_host_loses_its_network_and_its_pods_run_on() {
    let scenario = market(NETWORK, "");
    let cut = losses(&scenario);
    assert_eq!(cut[..3], [(600, "cut off"), (660, "connected"), (1_260, "cut off")]);
    // Its 20 hours are over at 21 h, in the instant of the second loss, which comes first.
    let facts = build::run_audited(&scenario, 0);
    let ended = facts.iter().find_map(|(at, fact)| match fact {
        Fact::RentalEnded(end) => Some((*at, end.reason)),
        _ => None,
    });
    assert_eq!(ended, Some((SimTime::from_seconds(22 * 3_600), EndReason::Completed)));
}

/// HOST-02: power and network fail separately, in one host at the same instants.
#[test]
fn host_02_power_and_network_fail_separately() {
    let both = losses(&market(&format!("{POWER}, {NETWORK}"), ""));
    let first = [(600, "down"), (600, "cut off"), (660, "up"), (660, "connected")];
    assert_eq!(both[..4], first);
}

/// HOST-02: a failure that finds the host without power leaves it at that, and its repair does not end what
/// the script began: neither before it nor since.
#[test]
fn host_02_a_repair_ends_no_loss_but_its_own() {
    let script = r#"
        (at: "9h", do: HostDown(host: "h")), (at: "12h", do: HostUp(host: "h")),
        (at: "21h10m", do: HostUp(host: "h")), (at: "21h20m", do: HostDown(host: "h")),
        (at: "23h", do: HostUp(host: "h")),
    "#;
    let expected = [
        (540, "down"),
        (720, "up"), // Not at 660, when the failure of 600 is repaired.
        (1_260, "down"),
        (1_270, "up"),
        (1_280, "down"),
        (1_380, "up"), // Not at 1,320.
        (1_920, "down"),
        (1_980, "up"),
    ];
    assert_eq!(losses(&market(POWER, script)), expected);
}

/// HOST-02: to set the flag by script while the host is down at random is refused.
#[test]
fn host_02_the_script_cannot_take_down_what_is_down() {
    let script = r#"(at: "10h30m", do: HostDown(host: "h")),"#;
    assert_eq!(losses(&market(POWER, script))[..3], [(600, "down"), (630, "refused"), (660, "up")]);
}

/// CLD-02: a rack fails at once, its hosts on their own besides, and a host is back when both are over.
#[test]
fn a_group_fails_together_and_a_host_is_back_when_all_causes_are_over() {
    let text = r#"(
        horizon: "34h", sample_every: None,
        fleet: [(prefix: "h", gpu_type: "NVIDIA A40", cloud: COMMUNITY, gpus: 1, count: 2,
            power_failures: [
                (time_to_failure: "10h", time_to_repair: "3h", together: true),
                (time_to_failure: "11h", time_to_repair: "1h"),
            ])],
    )"#;
    let scenario = from_text("rack", text).unwrap_or_else(|faults| panic!("{faults:?}"));
    // Their own failures of 11 h to 12 h and 23 h to 24 h lie within those of the rack.
    let twice = |minute, name| [(minute, name), (minute, name)];
    let expected = [twice(600, "down"), twice(780, "up"), twice(1_380, "down"), twice(1_560, "up")];
    assert_eq!(losses(&scenario), expected.concat());
}

/// How long each host was without power.
struct Downtime {
    since: Vec<Option<SimTime>>,
    down: Vec<Span>,
    failures: u32,
}

impl Sink for Downtime {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::HostDown { host } => {
                self.since[host.index()] = Some(at);
                self.failures += 1;
            }
            Fact::HostUp { host } => self.end(host, at),
            Fact::RunEnded => {
                for host in 0..self.since.len() {
                    self.end(HostId::from_index(host), at);
                }
            }
            _ => {}
        }
    }
}

impl Downtime {
    fn end(&mut self, host: HostId, at: SimTime) {
        if let Some(since) = self.since[host.index()].take() {
            self.down[host.index()] += at - since;
        }
    }
}

/// The long-run availability of an alternating renewal process is MTTF / (MTTF + MTTR), whatever the
/// distributions (Barlow and Proschan, *Mathematical Theory of Reliability*); what is left of it, the share of
/// time down, lies within the 99 % interval over hosts. And a run costs two events a failure, however long it is.
#[test]
fn availability_of_hosts_agrees_with_renewal_theory() {
    const HOSTS: u32 = 300;
    let horizon = SimTime::ZERO + Span::DAY * 365;
    let hours = |hours: f64| hours * 3_600.0;
    let kinds = [
        (
            Distribution::Exponential { mean: hours(20.0) },
            Distribution::Exponential { mean: hours(5.0) },
        ),
        (
            Distribution::Weibull { shape: 0.7, scale: hours(30.0) },
            Distribution::LogNormal { mu: hours(2.0).ln(), sigma: 0.8 },
        ),
        (
            Distribution::Uniform { low: hours(10.0), high: hours(30.0) },
            Distribution::Constant(hours(1.0)),
        ),
    ];
    for (time_to_failure, time_to_repair) in kinds {
        let (up, down) = (time_to_failure.mean(), time_to_repair.mean());
        let mut scenario = build::market(HOSTS, 1, horizon);
        let hosts = (0..HOSTS as usize).map(HostId::from_index).collect();
        let failures = Failures {
            loss: Loss::Power,
            hosts,
            together: false,
            number: 0,
            times: FailureTimes::Drawn { time_to_failure, time_to_repair },
        };
        scenario.failures.push(failures);
        let none = (vec![None; HOSTS as usize], vec![Span::ZERO; HOSTS as usize]);
        let mut sink = Downtime { since: none.0, down: none.1, failures: 0 };
        let events = build::run(&scenario, 0, &mut sink);
        let length = (horizon - SimTime::ZERO).as_seconds_f64();
        let shares: Vec<f64> =
            sink.down.iter().map(|down| down.as_seconds_f64() / length).collect();
        assert_within(&shares, down / (up + down));
        // Besides two events a failure: the publications of prices that go and come with the hosts.
        let failures = u64::from(sink.failures);
        assert!(events <= 4 * failures + 100, "{events} events for {failures} failures");
    }
}

/// Each host and each loss has a stream of its own.
#[test]
fn no_two_hosts_fail_alike() {
    let mut scenario = build::market(2, 1, SimTime::ZERO + Span::DAY * 9);
    for loss in [Loss::Power, Loss::Network] {
        let time_to_failure = Distribution::Exponential { mean: 36_000.0 };
        let time_to_repair = Distribution::Exponential { mean: 3_600.0 };
        scenario.failures.push(Failures {
            loss,
            hosts: (0..2).map(HostId::from_index).collect(),
            together: false,
            number: 0,
            times: FailureTimes::Drawn { time_to_failure, time_to_repair },
        });
    }
    let mut heard = Heard::default();
    build::run(&scenario, 0, &mut heard);
    let first = |wanted: fn(&Fact) -> bool| {
        heard.0.iter().find(|(_, fact)| wanted(fact)).map(|(at, _)| *at)
    };
    let firsts = [
        first(|fact| matches!(fact, Fact::HostDown { host } if host.index() == 0)),
        first(|fact| matches!(fact, Fact::HostDown { host } if host.index() == 1)),
        first(|fact| matches!(fact, Fact::NetworkDown { host } if host.index() == 0)),
        first(|fact| matches!(fact, Fact::NetworkDown { host } if host.index() == 1)),
    ];
    for (index, one) in firsts.iter().enumerate() {
        assert!(one.is_some() && !firsts[..index].contains(one), "{firsts:?}");
    }
}

/// Other repairs leave the times to failure as they are.
#[test]
fn other_repairs_leave_the_times_to_failure_as_they_are() {
    let held = |time_to_repair: &Distribution| {
        let mut scenario = build::market(1, 1, SimTime::ZERO + Span::DAY * 30);
        scenario.failures.push(Failures {
            loss: Loss::Power,
            hosts: (0..1).map(HostId::from_index).collect(),
            together: false,
            number: 0,
            times: FailureTimes::Drawn {
                time_to_failure: Distribution::Weibull { shape: 0.7, scale: 36_000.0 },
                time_to_repair: time_to_repair.clone(),
            },
        });
        let mut heard = Heard::default();
        build::run(&scenario, 0, &mut heard);
        let (mut since, mut held) = (SimTime::ZERO, Vec::new());
        for (at, fact) in heard.0 {
            match fact {
                Fact::HostDown { .. } => held.push(at - since),
                Fact::HostUp { .. } => since = at,
                _ => {}
            }
        }
        held
    };
    let [drawn, fixed] =
        [Distribution::Exponential { mean: 3_600.0 }, Distribution::Constant(60.0)]
            .map(|time| held(&time));
    let both = drawn.len().min(fixed.len());
    assert!(20 < both && drawn[..both] == fixed[..both]);
}
