//! CLD-02, CLD-03. How hosts fail of which nothing is stated.

use crate::build::run;
use crate::theory::assert_within;
use walras::ids::Id;
use walras::journal::{Fact, Sink};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::model::{FailureTimes, Loss};
use walras::units::{SimTime, Span};

fn read(text: &str) -> Scenario {
    from_text("hosts.ron", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What loses what, together or not, and with which means in hours.
fn causes(scenario: &Scenario) -> Vec<(Vec<usize>, Loss, bool, f64, f64)> {
    let cause = |failures: &walras::scenario::model::Failures| {
        let FailureTimes::Drawn { time_to_failure, .. } = &failures.times else { panic!("drawn") };
        assert!(matches!(time_to_failure, Distribution::Exponential { .. }));
        let hosts = failures.hosts.iter().map(|host| host.index()).collect();
        let (up, down) = failures.times.means().expect("drawn");
        (hosts, failures.loss, failures.together, up / 3_600.0, down / 3_600.0)
    };
    scenario.failures.iter().map(cause).collect()
}

const MARKET: &str = r#"
    horizon: "1d",
    datacenters: [(id: "EU-RO-1", tier: T4)],
    fleet: [
        (count: 2, gpu_type: "NVIDIA A40", datacenter: "EU-RO-1"),
        (count: 1, gpu_type: "NVIDIA A40", datacenter: "EU-CZ-1"),
        (count: 2, gpu_type: "NVIDIA A40", cloud: COMMUNITY),
        (count: 1, gpu_type: "NVIDIA A40", cloud: COMMUNITY, power_failures: (
            time_to_failure: Exponential(mean: "10h"), time_to_repair: Exponential(mean: "1h"))),
    ],
"#;

/// Off unless it is asked for: then a scenario's own word on a group stands, and a site takes its hosts at
/// once.
#[test]
fn cld_02_cld_03_hosts_fail_by_their_cloud() {
    let stated = causes(&read(&format!("({MARKET})")));
    assert_eq!(stated, [(vec![5], Loss::Power, false, 10.0, 1.0)]);
    let all = causes(&read(&format!("({MARKET} rules: (host_failures: by_cloud))")));
    let year = 365.0 * 24.0;
    assert_eq!(
        all,
        [
            (vec![5], Loss::Power, false, 10.0, 1.0),
            (vec![2], Loss::Power, true, year - 1.6, 1.6),
            (vec![0, 1], Loss::Power, true, year - 0.4, 0.4),
            (vec![0, 1, 2], Loss::Power, false, 90.0 * 24.0, 0.5),
            (vec![3, 4], Loss::Power, false, 28.0 * 24.0, 3.0),
            (vec![3, 4], Loss::Network, false, 28.0 * 24.0, 3.0),
        ]
    );
}

/// A data center's own failures take its hosts of all groups, in place of its tier's.
#[test]
fn cld_02_a_data_center_states_how_it_fails_as_a_whole() {
    let text = r#"(
        horizon: "10h", rules: (host_failures: by_cloud, secure_mtbf: "100000d"),
        datacenters: [(id: "EU-RO-1", power_failures: (time_to_failure: "3h", time_to_repair: "1h"))],
        fleet: [
            (name: "a", gpu_type: "NVIDIA A40", datacenter: "EU-RO-1"),
            (name: "b", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
        ],
    )"#;
    let mut heard = crate::build::Heard::default();
    run(&read(text), 0, &mut heard);
    let down = heard.0.iter().filter_map(|(at, fact)| match fact {
        Fact::HostDown { host } => Some((at.micros() / 3_600_000_000, host.index())),
        _ => None,
    });
    assert_eq!(down.collect::<Vec<_>>(), [(3, 0), (3, 1), (7, 0), (7, 1)]);
}

/// How long a host is down.
#[derive(Default)]
struct Down {
    since: Option<SimTime>,
    sum: Span,
}

impl Sink for Down {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        match fact {
            Fact::HostDown { .. } => self.since = Some(at),
            Fact::HostUp { .. } => {
                let since = self.since.take().expect("it was down");
                self.sum = Span::from_micros(self.sum.micros() + (at - since).micros());
            }
            _ => {}
        }
    }
}

/// CLD-02. Over many years a data center of tier T3 is out for 1.6 h a year.
#[test]
fn cld_02_a_tier_is_out_for_as_long_as_it_says() {
    let text = r#"(
        horizon: "73000d", rules: (host_failures: by_cloud, secure_mtbf: "100000000d"),
        fleet: [(name: "h", gpu_type: "NVIDIA A40", datacenter: "EU-RO-1")],
    )"#;
    let scenario = read(text);
    let share = |replication| {
        let mut down = Down::default();
        run(&scenario, replication, &mut down);
        down.sum.as_seconds_f64() / (scenario.horizon - SimTime::ZERO).as_seconds_f64()
    };
    let shares: Vec<f64> = (0..30).map(share).collect();
    assert_within(&shares, 1.6 / (365.0 * 24.0));
}
