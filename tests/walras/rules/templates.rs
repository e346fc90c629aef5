//! Templates, and what pods are started with (TMPL-01 to TMPL-03, TMPL-06, POD-08, POD-23).

mod containers;

use crate::{build, harness};
use containers::{container, variable};
use walras::journal::Fact;
use walras::journal::fact::{ImagePullBegun, Item, MeterTerms, Named, Operation, Refusal};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;

const TEMPLATES: &str = r#"
    (name: "PyTorch", imageName: "pytorch", image_gb: 5, containerDiskInGb: 20, volumeInGb: 30,
        ports: "8888/http,22/tcp", env: {"A": "1", "SECRET": "{{ RUNPOD_SECRET_s }}"}),
    (name: "Stuck", command: exits),
    (name: "Shared", owner: "ada", kind: community, imageName: "shared", layers: {"base": 3, "top": 1}),
    (name: "Mine", owner: "ada", imageName: "mine", image_gb: 2, dockerArgs: "sleep infinity"),
"#;

fn text(script: &str) -> String {
    format!(
        r#"(
        horizon: "20m",
        rules: (container_start: "0s"),
        fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", vcpus: 64)],
        datacenters: [(id: "EU-RO-1", network_storage_gb: 100)],
        accounts: [(name: "ada", balance: 100), (name: "bob", balance: 100)],
        templates: [{TEMPLATES}],
        script: [{script}],
    )"#
    )
}

fn scenario(script: &str) -> Scenario {
    from_text("t.ron", &text(script)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A request of this account, at this second, with this beside name and GPU type.
fn create(at: u64, account: &str, name: &str, says: &str) -> String {
    let pod = format!(r#"CreatePod(name: "{name}", gpuTypeId: "NVIDIA RTX A6000", {says})"#);
    format!(r#"(at: "{at}s", account: "{account}", do: {pod}),"#)
}

fn save(at: u64, account: &str, says: &str) -> String {
    format!(r#"(at: "{at}s", account: "{account}", do: SaveTemplate({says})),"#)
}

/// Why actions were refused: when, what, why.
fn refusals(script: &str) -> Vec<(u64, Operation, Refusal)> {
    let facts = build::run_audited(&scenario(script), 0);
    let refused = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Rejected { operation, reason, .. } => {
            Some((at.micros() / 1_000_000, *operation, *reason))
        }
        _ => None,
    });
    refused.collect()
}

/// Container disk, volume, and GB that were pulled at the first start, pod by pod in order of coming.
fn taken(script: &str) -> Vec<(u32, u32, u32)> {
    let mut pods = Vec::new();
    for (_, fact) in build::run_audited(&scenario(script), 0) {
        match fact {
            Fact::PodPlaced { pod, .. } => pods.push((pod, (0, 0, 0))),
            Fact::MeterOpened(MeterTerms { pod, item, quantity, .. }) => {
                let row = pods.iter_mut().rev().find(|row| row.0 == pod).expect("it was placed");
                match item {
                    Item::ContainerDisk => row.1.0 = quantity,
                    Item::Volume => row.1.1 = quantity,
                    _ => {}
                }
            }
            Fact::ImagePullBegun(ImagePullBegun { pod, gb, .. }) => {
                let row = pods.iter_mut().rev().find(|row| row.0 == pod).expect("it was placed");
                row.1.2 = gb.get();
            }
            _ => {}
        }
    }
    pods.into_iter().map(|(_, taken)| taken).collect()
}

#[test]
fn tmpl_01_a_request_states_what_its_template_does_not() {
    let script = [
        create(0, "bob", "a", r#"templateId: "PyTorch""#),
        create(100, "bob", "b", r#"templateId: "PyTorch", containerDiskInGb: 7, volumeInGb: 0"#),
        create(200, "bob", "c", r#"templateId: "PyTorch", imageName: "other", image_gb: 3"#),
        create(300, "bob", "d", r#"templateId: "ada/Shared""#),
        create(400, "bob", "e", r#"imageName: "pytorch""#),
        create(500, "bob", "f", ""),
    ];
    let expected = [(20, 30, 5), (7, 0, 0), (20, 30, 3), (10, 0, 4), (10, 0, 0), (10, 0, 0)];
    assert_eq!(taken(&script.concat()), expected);
}

/// Official ones, those shared and one's own may be used; another's private one is unknown, and so is one
/// that is yet to be made; templates are made before anybody asks in the same instant (GEN-11, GEN-14).
#[test]
fn tmpl_02_who_may_use_a_template() {
    let script = [
        create(0, "bob", "a", r#"templateId: "PyTorch""#),
        create(1, "bob", "b", r#"templateId: "ada/Shared""#),
        create(2, "ada", "c", r#"templateId: "ada/Mine""#),
        create(3, "ada", "d", r#"templateId: "Mine""#),
        create(4, "bob", "e", r#"templateId: "ada/Mine""#),
        create(5, "bob", "f", r#"templateId: "New""#),
        create(6, "bob", "g", r#"templateId: "New""#),
        save(6, "bob", r#"name: "New", imageName: "new", image_gb: 1"#),
        save(7, "ada", r#"id: "Shared", kind: private"#),
        create(8, "bob", "i", r#"templateId: "ada/Shared""#),
        save(9, "ada", r#"id: "Mine", kind: community"#),
        create(10, "bob", "j", r#"templateId: "ada/Mine""#),
    ];
    let unknown = |at| (at, Operation::CreatePod, Refusal::Unknown);
    assert_eq!(refusals(&script.concat()), [unknown(4), unknown(5), unknown(8)]);
}

/// A team's private templates are every member's.
#[test]
fn tmpl_02_a_private_template_is_its_teams() {
    let script = r#"(at: "0s", account: "ada", do: ConvertToTeam(team: "Ada's")),
        (at: "0s", account: "ada", do: SetMember(member: "dev", role: Dev)),
        (at: "1s", account: "ada", member: "dev", do: CreatePod(name: "p", templateId: "Mine",
            gpuTypeId: "NVIDIA RTX A6000")),
    "#;
    assert_eq!(refusals(script), []);
    assert_eq!(taken(script), [(10, 0, 2)]);
}

/// A change leaves a pod alone that was placed, when it resumes too, and counts for who asks after it.
#[test]
fn tmpl_02_a_change_does_not_touch_placed_pods() {
    let script = [
        create(0, "ada", "p", r#"templateId: "Mine", volumeInGb: 1"#),
        save(
            60,
            "ada",
            r#"id: "Mine", imageName: "pytorch", containerDiskInGb: 99, dockerArgs: "x""#,
        ),
        r#"(at: "70s", account: "ada", do: StopPod(podId: "p")),"#.to_owned(),
        r#"(at: "80s", account: "ada", do: ResumePod(podId: "p")),"#.to_owned(),
        create(100, "ada", "q", r#"templateId: "Mine""#),
    ];
    let script = script.concat();
    assert_eq!(taken(&script), [(10, 1, 2), (10, 0, 0), (99, 0, 5)]);
    let args = |seconds, name| container(&script, seconds, name).docker_args;
    assert_eq!([args(50, 0), args(90, 0), args(110, 1)], ["sleep infinity", "sleep infinity", "x"]);
}

/// Without an id one is made, with an id one's own is changed, what is left out stays; no two of an account
/// share a name, and two accounts may.
#[test]
fn tmpl_03_templates_are_made_and_changed() {
    let script = [
        save(1, "bob", r#"name: "Mine", image_gb: 1"#),
        save(2, "bob", r#"name: "Mine""#),
        save(3, "bob", r#"id: "Mine", name: "Shared""#),
        save(4, "bob", r#"name: "Mine", image_gb: 1"#),
        save(5, "bob", r#"id: "bob/Mine", containerDiskInGb: 5"#),
        save(6, "ada", r#"id: "Mine", name: "Shared""#),
        save(7, "bob", r#"id: "ada/Shared", volumeInGb: 1"#),
        save(8, "bob", r#"id: "PyTorch", volumeInGb: 1"#),
        save(9, "bob", r#"id: "Later", volumeInGb: 1"#),
        save(10, "bob", r#"name: "Later""#),
        save(11, "bob", r#"name: "Win", os: windows"#),
        save(12, "bob", r#"id: "Later", docker_daemon: true"#),
        save(13, "bob", r#"id: "Later", name: "Later", os: linux, docker_daemon: false"#),
        create(20, "bob", "p", r#"templateId: "Mine""#),
    ];
    let refused = |at, reason| (at, Operation::SaveTemplate, reason);
    let expected = [
        refused(2, Refusal::BadArgument),
        refused(4, Refusal::BadArgument),
        refused(6, Refusal::BadArgument),
        refused(7, Refusal::Unknown),
        refused(8, Refusal::Unknown),
        refused(9, Refusal::Unknown),
        // POD-23.
        refused(11, Refusal::BadArgument),
        refused(12, Refusal::BadArgument),
    ];
    assert_eq!(refusals(&script.concat()), expected);
    assert_eq!(taken(&script.concat()), [(5, 0, 0)]);
}

/// Case 48. A command that exits at once holds its GPUs, and never runs.
#[test]
fn pod_08_a_template_whose_command_exits_never_leaves_initializing() {
    let script = [
        create(0, "bob", "a", r#"templateId: "Stuck", containerDiskInGb: 0"#),
        create(0, "bob", "b", r#"templateId: "Stuck", containerDiskInGb: 0, command: ok"#),
        r#"(at: "600s", account: "bob", do: TerminatePod(podId: "a")),"#.to_owned(),
        r#"(at: "600s", account: "bob", do: TerminatePod(podId: "b")),"#.to_owned(),
    ];
    let outcome = harness::run(&scenario(&script.concat()));
    let [stuck, runs] = &outcome.rentals[..] else { panic!("two rentals") };
    assert_eq!((stuck.running, stuck.compute), (None, 131_666_666));
    assert_eq!((runs.running, runs.compute), (Some(0), 131_666_666));
}

/// Customers of a segment take what their template says when they arrive; one that is not for them any
/// more is unknown. What a trace's row states is not the template's.
#[test]
fn tmpl_02_customers_take_a_template_as_it_is_when_they_come() {
    let text = |template: &str, script: &str| {
        format!(
            r#"(
            horizon: "1h",
            fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
            accounts: [(name: "ada", balance: 100)],
            templates: [{TEMPLATES}],
            customers: [(
                name: "z", balance: 1000, gpu_type: "NVIDIA RTX A6000", duration: "5m", {template},
                arrivals: Renewal(gap: "10m"), until: "35m",
            )],
            script: [{script}],
        )"#
        )
    };
    let script = [
        save(900, "ada", r#"id: "Shared", volumeInGb: 8"#),
        save(1_500, "ada", r#"id: "Shared", kind: private"#),
    ];
    let read = |text: &str| from_text("t.ron", text);
    let scenario = read(&text(r#"template: "ada/Shared""#, &script.concat()));
    let facts = build::run_audited(&scenario.unwrap_or_else(|found| panic!("{found}")), 0);
    let told: Vec<String> = facts
        .iter()
        .filter_map(|(at, fact)| {
            let at = at.micros() / 1_000_000;
            match *fact {
                Fact::MeterOpened(MeterTerms { item: Item::Volume, quantity, .. }) => {
                    Some(format!("{at} volume {quantity}"))
                }
                Fact::ImagePullBegun(ImagePullBegun { gb, .. }) => Some(format!("{at} pulls {gb}")),
                Fact::ImageCached { .. } => Some(format!("{at} finds it")),
                Fact::Rejected { name: Some(Named::Generated(number)), reason, .. } => {
                    Some(format!("{at} pod-{number} {}", reason.word()))
                }
                _ => None,
            }
        })
        .collect();
    let expected = ["600 pulls 4", "1200 volume 8", "1200 finds it", "1800 pod-3 unknown"];
    assert_eq!(told, expected);
    let private = read(&text(r#"template: "ada/Mine""#, "")).expect_err("private").to_string();
    assert!(private.contains("a private template"), "{private}");
    let unknown = read(&text(r#"template: "Pytorch""#, "")).expect_err("unknown").to_string();
    assert!(unknown.contains("did you mean `PyTorch`"), "{unknown}");
}

/// A customer who decides leaves where its template is not for it any more: to ask again is of no use.
#[test]
fn tmpl_02_who_decides_leaves_without_its_template() {
    let script = save(60, "ada", r#"id: "Shared", kind: private"#);
    let text = format!(
        r#"(
        horizon: "1h",
        fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        accounts: [(name: "ada", balance: 100)],
        templates: [{TEMPLATES}],
        customers: [(
            name: "z", balance: 1000, gpu_type: "NVIDIA RTX A6000", duration: "5m", template: "ada/Shared",
            arrivals: Renewal(gap: "10m"), until: "15m", conduct: (on_refused: [retry(after: "1m", times: 3)]),
        )],
        script: [{script}],
    )"#
    );
    let scenario = from_text("t.ron", &text).unwrap_or_else(|found| panic!("{found}"));
    let told = build::run_audited(&scenario, 0).into_iter().filter_map(|(at, fact)| match fact {
        Fact::Rejected { reason, .. } => Some((at.micros() / 1_000_000, reason.word())),
        Fact::JobEnded(ended) => Some((at.micros() / 1_000_000, ended.end.word())),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [(600, "unknown"), (600, "left")]);
}

/// Names, sizes, ports and kinds that make no sense are told by the check.
#[test]
fn tmpl_01_tmpl_05_what_the_check_says() {
    let wrong = |script: String, with: &str| {
        let problems = from_text("t.ron", &text(&script)).expect_err(&script).to_string();
        assert!(problems.contains(with), "{script}: {problems}");
    };
    let of = |says: &str| create(0, "ada", "p", says);
    wrong(of(r#"templateId: "Pytorch""#), "did you mean `PyTorch`");
    wrong(of(r#"imageName: "pytorch", image_gb: 6"#), "image `pytorch` of two sizes");
    wrong(of(r#"imageName: "pytorch", layers: {"base": 3}"#), "image `pytorch` of two makes");
    wrong(of(r#"imageName: "n", layers: {"base": 4}"#), "layer `base` of two sizes");
    wrong(of(r#"imageName: "n", layers: {"base": 3}, image_gb: 3"#), "an image of two sizes");
    wrong(of(r#"imageName: "n", layers: {"l": 0}"#), "a layer of nothing");
    wrong(of(r#"layers: {"base": 3}"#), "layers of no image");
    wrong(of(r#"imageName: " ""#), "image without a name");
    wrong(of(r#"ports: "22""#), "unreadable port `22`");
    wrong(of(r#"ports: "22/udp""#), "unreadable port `22/udp`");
    wrong(of(r#"ports: "22/tcp,22/tcp""#), "port `22/tcp` twice");
    wrong(of("env: 3"), "no map");
    wrong(save(0, "ada", "volumeInGb: 3"), "missing field `name`");
    wrong(save(0, "ada", r#"name: "x", owner: "bob""#), "a template of another");
    wrong(save(0, "ada", r#"name: "x", kind: official"#), "an official template of an account");
    wrong(save(0, "ada", r#"id: "Myne""#), "unknown template `Myne`");
    let listed = |template: &str, with: &str| {
        let text = text("").replace(TEMPLATES, template);
        let problems = from_text("t.ron", &text).expect_err(template).to_string();
        assert!(problems.contains(with), "{template}: {problems}");
    };
    listed(r#"(name: "x", id: "x")"#, "an id of its own");
    listed("(image_gb: 1)", "missing field `name`");
    listed(r#"(name: "x"), (name: "x")"#, "duplicate template `x`");
    listed(r#"(name: "x", kind: private)"#, "a template of nobody");
    listed(r#"(name: "x", owner: "ada", kind: official)"#, "an official template of an account");
    listed(r#"(name: "x", owner: "eve")"#, "unknown account `eve`");
    listed(r#"(name: "x", os: windows)"#, "a template that is not offered");
    listed(r#"(name: "x", docker_daemon: true)"#, "a template that is not offered");
}

/// NVOL-06. A network volume takes the place of a template's volume; its pod's environment names it.
#[test]
fn tmpl_01_tmpl_06_a_network_volume_takes_the_place_of_a_templates_volume() {
    let volume = r#"CreateNetworkVolume(name: "data", size: 10, dataCenterId: "EU-RO-1")"#;
    let pod = create(1, "bob", "p", r#"templateId: "PyTorch", networkVolumeId: "data""#);
    let script = format!(r#"(at: "0s", account: "bob", do: {volume}), {pod}"#);
    assert_eq!(refusals(&script), []);
    assert_eq!(taken(&script), [(20, 0, 5)]);
    assert_eq!(variable(&container(&script, 60, 0), "RUNPOD_VOLUME_ID"), Some("data"));
}
