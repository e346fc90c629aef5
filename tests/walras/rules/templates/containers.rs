//! What a pod's container is started with (TMPL-06, API-03, CLD-05).

use super::{create, scenario};
use walras::engine::{Engine, RunId};
use walras::journal::Journal;
use walras::market::answer::{self, ContainerAnswer};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::model::Protocol;
use walras::units::SimTime;

/// What a pod's container is started with, at an instant.
pub(super) fn container(script: &str, seconds: u64, name: usize) -> ContainerAnswer {
    container_in(scenario(script), seconds, name)
}

fn container_in(mut scenario: Scenario, seconds: u64, name: usize) -> ContainerAnswer {
    scenario.horizon = SimTime::from_seconds(seconds);
    let mut journal = Journal::default();
    let mut engine =
        Engine::begin(&scenario, RunId { seed: 0, replication: 0 }, &mut journal).unwrap();
    while engine.step() {}
    let pod = engine.turn.world.named[name].expect("it lives");
    answer::container(&engine.turn, pod).expect("it lives")
}

pub(super) fn variable<'a>(answer: &'a ContainerAnswer, name: &str) -> Option<&'a str> {
    answer.env.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The predefined variables follow the pod's state at each start; its own are its request's, else its
/// template's; API-03 answers them, its image and, once it is up, its ports.
#[test]
fn tmpl_06_api_03_what_a_container_is_started_with() {
    let script = [
        create(0, "bob", "p", r#"templateId: "PyTorch", gpuCount: 4, volumeMountPath: "/data""#),
        r#"(at: "100s", account: "bob", do: StopPod(podId: "p")),"#.to_owned(),
        r#"(at: "200s", account: "bob", do: ResumePod(podId: "p", gpuCount: 2)),"#.to_owned(),
        r#"(at: "300s", account: "bob", do: StopPod(podId: "p")),"#.to_owned(),
        r#"(at: "400s", account: "bob", do: ResumePod(podId: "p", gpuCount: 0)),"#.to_owned(),
        create(
            500,
            "bob",
            "q",
            r#"templateId: "PyTorch", env: {"B": "2", "RUNPOD_GPU_COUNT": "9"}"#,
        ),
    ];
    let script = script.concat();
    let counts = |seconds| {
        let answer = container(&script, seconds, 0);
        let of = |name| variable(&answer, name).map(|text| text.parse::<u32>().unwrap());
        (of("RUNPOD_GPU_COUNT"), of("RUNPOD_CPU_COUNT"))
    };
    assert_eq!(counts(10), (Some(4), Some(32)));
    assert_eq!(counts(110), (None, None), "Stopped");
    assert_eq!(counts(210), (Some(2), Some(16)));
    assert_eq!(counts(410), (Some(0), Some(2)), "POD-13");
    let (starting, up) = (container(&script, 10, 0), container(&script, 50, 0));
    assert_eq!(starting.ports, None, "its image comes until 40 s");
    let ports = up.ports.clone().unwrap();
    assert_eq!(ports.len(), 2);
    assert_eq!((ports[0].port.protocol, ports[0].public), (Protocol::Http, None));
    let (address, outside) = ports[1].public.expect("a secure host has an address");
    for (name, value) in [
        ("RUNPOD_POD_ID", "p"),
        ("RUNPOD_POD_HOSTNAME", "p"),
        ("RUNPOD_API_KEY", "key-of-p"),
        ("RUNPOD_DC_ID", "EU-RO-1"),
        ("RUNPOD_PUBLIC_IP", &address.to_string()),
        ("RUNPOD_TCP_PORT_22", &outside.to_string()),
        ("A", "1"),
        ("SECRET", "{{ RUNPOD_SECRET_s }}"),
    ] {
        assert_eq!(variable(&up, name), Some(value), "{name}");
    }
    assert_eq!(up.image_name.as_deref(), Some("pytorch"));
    assert_eq!((up.docker_args.as_str(), up.mount_path.as_str()), ("bash -c /start.sh", "/data"));
    let own = container(&script, 560, 1);
    assert_eq!(variable(&own, "B"), Some("2"));
    assert_eq!(variable(&own, "A"), None, "the request's own replace the template's");
    assert_eq!(variable(&own, "RUNPOD_GPU_COUNT"), Some("1"), "predefined ones come over them");
}

/// CLD-05. A community host has the public address that it declares, or none. POD-14. A CPU pod has the vCPUs that it
/// asked for.
#[test]
fn tmpl_06_cld_05_a_community_host_has_the_address_that_it_declares() {
    for (declares, has_one) in [("public_ip: true,", true), ("", false)] {
        let text = format!(
            r#"(
            horizon: "20m",
            rules: (container_start: "0s"),
            fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, {declares} cpu_slots: 8)],
            accounts: [(name: "bob", balance: 100)],
            script: [(at: "0s", account: "bob", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000",
                gpuCount: 0, vcpuCount: 6, ports: "22/tcp"))],
        )"#
        );
        let scenario = from_text("t.ron", &text).unwrap_or_else(|problems| panic!("{problems}"));
        let answer = container_in(scenario, 10, 0);
        assert_eq!(variable(&answer, "RUNPOD_CPU_COUNT"), Some("6"));
        assert_eq!(variable(&answer, "RUNPOD_DC_ID"), None);
        for name in ["RUNPOD_PUBLIC_IP", "RUNPOD_TCP_PORT_22"] {
            assert_eq!(variable(&answer, name).is_some(), has_one, "{name} where {declares:?}");
        }
        assert_eq!(answer.ports.unwrap()[0].public.is_some(), has_one);
    }
}
