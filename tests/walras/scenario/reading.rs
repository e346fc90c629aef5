//! Good scenarios: defaults, names, exact amounts.

use walras::scenario::model::{ActionKind, Cloud, Scenario};
use walras::scenario::{from_text, rules::Rules};
use walras::units::{Money, SimTime, Span};

fn read(text: &str) -> Scenario {
    from_text("test.ron", text).unwrap_or_else(|problems| panic!("\n{problems}"))
}

fn usd(text: &str) -> Money {
    Money::parse(text).unwrap()
}

const SMALL: &str = r#"(
    horizon: "10d",
    fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
    accounts: [(name: "alice", balance: 10)],
    script: [
        (at: "0s", account: "alice", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", volumeInGb: 40)),
        (at: "90s", account: "alice", do: StopPod(podId: "p")),
        (at: "100s", do: SetPrice(gpuTypeId: "NVIDIA RTX A6000", cloudType: SECURE, price: 0.89)),
        (at: "101s", do: HostDown(host: "h")),
    ],
)"#;

#[test]
fn a_small_scenario_is_small() {
    let scenario = read(SMALL);
    assert_eq!(scenario.title, "test");
    assert_eq!(scenario.rules, Rules::default());
    assert_eq!(scenario.horizon, SimTime::from_seconds(864_000));
    assert_eq!(scenario.hosts[0].gpus, 8);
    assert_eq!(scenario.hosts[0].download, 1_000_000_000);
    let scope = &scenario.scopes[0];
    assert_eq!((scope.cloud, scope.has_hosts), (Cloud::Secure, true));
    assert_eq!((scope.on_demand, scope.min_bid), (usd("0.79"), usd("0.49")));
    assert_eq!(scenario.pod_names, ["p"]);
    let ActionKind::CreatePod(pod) = &scenario.script[0].kind else { panic!("a creation") };
    assert_eq!((pod.demand.gpus, pod.demand.container_disk.get()), (1, 10));
    assert_eq!(scenario.type_lists, [[scenario.scopes[0].gpu_type]]);
}

/// As segments may: without end.
#[test]
fn a_scripted_request_may_wait_for_ever() {
    let patience = |stated: &str| {
        let pod = r#"gpuTypeId: "NVIDIA RTX A6000""#;
        let resume = r#"ResumePod(podId: "p", when_full: wait"#;
        let text = SMALL.replacen(pod, &format!("{pod}{stated}"), 1);
        let stop = r#"StopPod(podId: "p""#;
        let scenario = read(&text.replace(stop, &format!("{resume}{stated}")));
        let ActionKind::CreatePod(create) = &scenario.script[0].kind else { panic!("a creation") };
        let ActionKind::ResumePod { patience, .. } = scenario.script[1].kind else {
            panic!("a resume")
        };
        [create.patience, patience]
    };
    assert_eq!(patience(""), [Span::ZERO; 2]);
    assert_eq!(patience(r#", patience: "90s""#), [Span::SECOND * 90; 2]);
    assert_eq!(patience(", patience: None"), [Span::FOREVER; 2]);
    let bad = from_text("test.ron", &SMALL.replace("volumeInGb: 40", "patience: 5"));
    assert!(bad.unwrap_err().to_string().contains("or None"));
}

/// POD-16, NVOL-09. Speeds are the rules' unless a group or a data center states its own.
#[test]
fn speeds_of_hosts_and_data_centers() {
    let of = |scenario: &Scenario| {
        let speeds = scenario.datacenters.iter().map(|center| (center.name.clone(), center.speed));
        (scenario.hosts[0].upload, speeds.collect::<Vec<_>>())
    };
    const GBIT: u64 = 1_000_000_000;
    assert_eq!(of(&read(SMALL)), (GBIT, vec![("EU-RO-1".to_owned(), 25 * GBIT)]));
    let horizon = r#"horizon: "10d","#;
    let rules = r#"rules: (upload_gbps: 2, datacenter_gbps: 50),"#;
    let ruled = SMALL.replace(horizon, &format!("{horizon} {rules}"));
    assert_eq!(of(&read(&ruled)), (2 * GBIT, vec![("EU-RO-1".to_owned(), 50 * GBIT)]));
    let centers = r#"datacenters: ["OWN", (id: "EU-RO-1", datacenter_gbps: 200), (id: "NEW")],"#;
    let fleet = r#"(gpu_type: "NVIDIA A40", datacenter: "NEW"), (gpu_type: "NVIDIA A40", datacenter: "OWN")"#;
    let stated = ruled.replace(horizon, &format!("{horizon} {centers}"));
    let stated =
        stated.replace(r#""EU-RO-1")"#, &format!(r#""EU-RO-1", upload_gbps: 3), {fleet}"#));
    let all = [("EU-RO-1", 200), ("NEW", 50), ("OWN", 50)];
    let all = all.map(|(name, gbps)| (name.to_owned(), gbps * GBIT)).to_vec();
    assert_eq!(of(&read(&stated)), (3 * GBIT, all));
    let wrong = [
        (r#"(id: "EU-RO-1"), (id: "EU-RO-1")"#, "duplicate data center `EU-RO-1`"),
        (r#""EU-RO-1""#, "duplicate data center `EU-RO-1`"),
        (r#""OWN", (id: "OWN")"#, "duplicate data center `OWN`"),
        ("(datacenter_gbps: 1)", "missing field `id`"),
        (r#"(id: "OWN", datacenter_gbps: 0)"#, "no local speed"),
    ];
    for (centers, told) in wrong {
        let text = SMALL.replace(horizon, &format!("{horizon} datacenters: [{centers}],"));
        let problems = from_text("test.ron", &text).unwrap_err().to_string();
        assert!(problems.contains(told), "{problems}");
    }
    let slow = SMALL.replace(r#""EU-RO-1")"#, r#""EU-RO-1", upload_gbps: 0)"#);
    assert!(from_text("test.ron", &slow).unwrap_err().to_string().contains("no upload speed"));
}
