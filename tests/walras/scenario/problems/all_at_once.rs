//! One look tells all: no problem hides another, and none makes up others that are not there.

use crate::scenario::{poisson, refused, segment};
use expect_test::expect;

/// The lines of what is said that name a problem and its place.
fn told(text: &str) -> String {
    let said = refused(text);
    let lines = said.lines().filter_map(|line| {
        let field = line.trim_start().strip_prefix("= note: field: ");
        line.strip_prefix("error: ").or(field).map(str::to_owned)
    });
    lines.collect::<Vec<_>>().chunks(2).map(|pair| pair.join(" at ") + "\n").collect()
}

const GPU: &str = "NVIDIA RTX A6000";

#[test]
fn parameters_at_fault_are_told_each() {
    let daily = r#"Poisson(rate: "1/h", profile: Daily(amplitude: 2, peak_hour: 25))"#;
    expect![[r#"
        `amplitude` is out of range at customers[0].arrivals.profile.amplitude
        `peak_hour` is out of range at customers[0].arrivals.profile.peak_hour
    "#]]
    .assert_eq(&told(&segment(daily, r#"duration: "1h""#)));
    let bursts = r#"Bursts(states: [(rate: "1/h", stay: "1us"), (rate: "1/h", stay: "1us")])"#;
    expect![[r#"
        the mean stay in a state is out of range at customers[0].arrivals.states[0].stay
        the mean stay in a state is out of range at customers[0].arrivals.states[1].stay
        `shape` is out of range at customers[0].duration.shape
        `scale` is out of range at customers[0].duration.scale
    "#]]
    .assert_eq(&told(&segment(bursts, r#"duration: Gamma(shape: 0, scale: "0s")"#)));
    let points = r#"Poisson(rate: "1/h", profile: Day([1, -1, "x"]))"#;
    expect![[r#"
        negative number at customers[0].arrivals.profile[1]
        unreadable value at customers[0].arrivals.profile[2]
    "#]]
    .assert_eq(&told(&segment(points, r#"duration: "1h""#)));
}

#[test]
fn all_that_no_host_has_is_told() {
    let asked =
        "min_vcpus: 900, min_memory_gb: 100000, volume_gb: 90000, gpus: Choice({1: 0.5, 9: 0.5})";
    expect![[r#"
        a pod larger than any host at customers[0].min_vcpus
        a pod larger than any host at customers[0].min_memory_gb
        a pod larger than any host at customers[0].volume_gb
        a pod larger than any host at customers[0].gpus
    "#]]
    .assert_eq(&told(&poisson(&format!(r#"duration: "1h", {asked}"#))));
    let script = format!(
        r#"(horizon: "1d", fleet: [(gpu_type: "{GPU}", cloud: COMMUNITY)], accounts: [(name: "ada")],
        script: [(at: "0s", account: "ada", do: CreatePod(name: "p", gpuTypeId: "{GPU}", gpuCount: 20,
            minVcpuCount: 900, minMemoryInGb: 90000, volumeInGb: 90000, bidPerGpu: 1))])"#
    );
    let expected = expect![[r#"
        a pod larger than any host at script[0].do.gpuCount
        a pod larger than any host at script[0].do.minVcpuCount
        a pod larger than any host at script[0].do.minMemoryInGb
        a pod larger than any host at script[0].do.volumeInGb
        a bid on demand at script[0].do.bidPerGpu
    "#]];
    expected.assert_eq(&told(&script));
    // Where the fleet is not known whole, at least what no host at all may have.
    expect![[r#"
        unknown choice `COMUNITY` at fleet[0].cloud
        a pod larger than any host at script[0].do.gpuCount
        a bid on demand at script[0].do.bidPerGpu
    "#]]
    .assert_eq(&told(&script.replace("cloud: COMMUNITY", "cloud: COMUNITY")));
}

#[test]
fn a_host_of_an_unknown_type_has_its_name() {
    let text = format!(
        r#"(horizon: "1d", fleet: [
        (name: "a", gpu_type: "NVIDIA RTX A600", cloud: COMMUNITY),
        (name: "a", gpu_type: "{GPU}", cloud: COMMUNITY),
        (name: "b", cloud: COMMUNITY),
    ], script: [(at: "0s", do: HostDown(host: "b"))])"#
    );
    expect![[r#"
        unknown GPU type `NVIDIA RTX A600` at fleet[0].gpu_type
        duplicate host `a` at fleet[1].name
        missing field `gpu_type` at fleet[2]
    "#]]
    .assert_eq(&told(&text));
}

/// What is not known of a fleet is held against nobody.
#[test]
fn a_fleet_that_is_unreadable_makes_up_no_other_problem() {
    let good =
        poisson(r#"duration: "1h", gpus: 4, min_vcpus: 200, min_memory_gb: 50, cloud: COMMUNITY"#);
    let stated = r#"datacenter: "EU-RO-1", gpus: 4"#;
    for (group, expected) in [
        ("gpus: 0, cloud: COMMUNITY", "GPUs out of range"),
        ("gpus: [], cloud: COMMUNITY", "empty list"),
        ("gpus: 4, cloud: COMMUNITY, vcpus: -1", "unreadable value"),
        ("gpus: 4, vcpus: 900, cloud: COMMUNITY, memory_gb: 1.5", "unreadable value"),
        ("gpus: 4, vcpus: 900, cloud: Community", "unknown choice `Community`"),
        ("gpus: 4, vcpus: 900", "these hosts stand nowhere"),
    ] {
        let said = told(&good.replace(stated, group));
        assert!(said.starts_with(expected) && said.lines().count() == 1, "{group}: {said}");
    }
}

/// It is never drawn.
#[test]
fn a_value_of_probability_zero_is_no_problem() {
    let text = poisson(r#"duration: "1h", gpus: Choice({0: 0.5, 16: 0.0, 4: 0.5})"#);
    assert!(walras::scenario::from_text("test.ron", &text).is_ok());
    assert!(told(&text.replace("16: 0.0, 4: 0.5", "16: 0.1, 4: 0.4")).starts_with("a pod larger"));
}
