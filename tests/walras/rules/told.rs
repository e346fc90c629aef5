//! What tables and figures say of teams, templates and images (TEAM-02, TMPL-03 to TMPL-05).

use walras::engine::{RunId, run_audited};
use walras::journal::Journal;
use walras::metrics::{Metrics, Subject};
use walras::scenario::load::from_text;
use walras::trace::{TableName, Traces};

const MARKET: &str = r#"(
    horizon: "1h",
    rules: (container_start: "0s", image_cache_gb: 6),
    fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
    accounts: [
        (name: "ada", balance: 100, team: "Ada's", members: [(name: "bo", role: Basic)]),
    ],
    templates: [(name: "T", owner: "ada", imageName: "t", layers: {"base": 3, "top": 2})],
    script: [
        (at: "0s", account: "ada", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", templateId: "T")),
        (at: "10s", account: "ada", do: CreatePod(name: "q", gpuTypeId: "NVIDIA RTX A6000",
            imageName: "u", layers: {"base": 3, "more": 1})),
        (at: "100s", account: "ada", do: CreatePod(name: "r", gpuTypeId: "NVIDIA RTX A6000", templateId: "T")),
        (at: "200s", account: "ada", do: TerminatePod(podId: "q")),
        (at: "300s", account: "ada", do: CreatePod(name: "s", gpuTypeId: "NVIDIA RTX A6000",
            imageName: "v", image_gb: 4)),
        (at: "400s", account: "ada", do: SetMember(member: "cy", role: Dev)),
        (at: "500s", account: "ada", member: "cy", do: SaveTemplate(id: "T", volumeInGb: 1)),
        (at: "600s", account: "ada", member: "bo", do: SaveTemplate(id: "T", volumeInGb: 2)),
        (at: "700s", account: "ada", do: ConvertToTeam(team: "Ours")),
    ],
)"#;

/// Rows of `events.csv`, shortened to time, event, account, pod, host and detail; figures of the market.
#[test]
fn tables_and_figures_tell_of_members_templates_and_images() {
    let scenario = from_text("told.ron", MARKET).unwrap_or_else(|found| panic!("{found}"));
    let directory = tempfile::tempdir().unwrap();
    let mut traces = Traces::create(directory.path(), &[TableName::Events], &scenario).unwrap();
    let mut metrics = Metrics::new(&scenario);
    let id = RunId { seed: 0, replication: 0 };
    run_audited(&scenario, id, &mut Journal::new(vec![&mut traces, &mut metrics])).unwrap();
    traces.finish().unwrap();
    let events = std::fs::read_to_string(directory.path().join("events.csv")).unwrap();
    let words = ["member", "template", "image_", "rejected"];
    let told = events.lines().skip(1).filter_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let [at, event, account, pod, host, .., detail] = cells[..] else { return None };
        let is_meant = words.iter().any(|word| event.contains(word));
        is_meant.then(|| format!("{at} {event} {account} {pod} {host} {detail}"))
    });
    let expected = [
        "0 image_pull_begun ada p h image=t; gb=5; shared_gb=0",
        "10 image_pull_begun ada q h image=u; gb=1; shared_gb=3",
        "40 image_pulled ada p h ",
        "40 image_pulled ada q h ",
        "100 image_cached ada r h image=t",
        "300 image_pull_begun ada s h image=v; gb=4; shared_gb=0",
        "332 image_evicted   h layer=more; gb=1",
        "332 image_pulled ada s h ",
        "400 member_set ada   member=cy; role=Dev",
        "500 member_acts ada   member=cy; operation=SaveTemplate",
        "500 template_saved ada   template=ada/T",
        "600 member_acts ada   member=bo; operation=SaveTemplate",
        "600 rejected ada   reason=not_permitted; operation=SaveTemplate; template=ada/T",
        "700 rejected ada   reason=illegal_state; operation=ConvertToTeam",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let summary = metrics.summary();
    let figure = |name| summary.value(name, Subject::Market).to_string();
    let expected = [
        ("image_starts", "4"),
        ("image_starts_cached", "1"),
        ("image_starts_cached_share", "0.25"),
        ("image_pulled", "10"),
        ("image_shared_pulls", "3"),
        ("image_layers_evicted", "1"),
    ];
    for (name, value) in expected {
        assert_eq!(figure(name), value, "{name}");
    }
}
