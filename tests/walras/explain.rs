//! Stories of scripted markets, word for word, and of shipped ones, to the nano-dollar.

mod sums;

use expect_test::expect_file;
use walras::engine::{self, RunId};
use walras::explain::{Explainer, Kind, Question, Unknown};
use walras::journal::Journal;
use walras::scenario::Scenario;
use walras::scenario::load::Override;

pub(crate) fn question(kind: Kind, name: &str) -> Question {
    Question { kind, name: name.to_owned() }
}

fn scenario(text: &str) -> Scenario {
    walras::scenario::from_text("story.ron", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The story of one entity of a run.
fn story(scenario: &Scenario, kind: Kind, name: &str) -> Result<String, Unknown> {
    let mut explainer = Explainer::new(scenario, &question(kind, name))?;
    let run = RunId { seed: scenario.seed, replication: 0 };
    let mut journal = Journal::new(vec![&mut explainer]);
    engine::run(scenario, run, &mut journal, &mut |_| {}).expect("a sound run");
    explainer.finish().map(|story| story.text)
}

/// A market of RTX A6000s on one host `h`, or what else `fleet` says, and what is done in it.
fn market(fleet: &str, accounts: &str, script: &str) -> Scenario {
    scenario(&format!(
        r#"(
            horizon: "6h",
            fleet: [{fleet}],
            accounts: [{accounts}],
            script: [{script}],
        )"#
    ))
}

const ONE_HOST: &str =
    r#"(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 2)"#;
const RICH: &str =
    r#"(name: "ada", balance: 100), (name: "bob", balance: 100), (name: "eve", balance: 100)"#;

/// Holds a story against the file of that name.
fn tells(scenario: &Scenario, kind: Kind, name: &str, file: &str) {
    let story = story(scenario, kind, name).unwrap_or_else(|unknown| panic!("{unknown}"));
    expect_file![format!("explain/{file}.txt")].assert_eq(&(story + "\n"));
}

/// A bid that waits behind an equal one, gets in when that one leaves, and gives way to a higher one.
fn bids() -> Scenario {
    let pod = |at: &str, account: &str, name: &str, gpus: u32, bid: &str| {
        format!(
            r#"(at: "{at}", account: "{account}", do: CreateSpotPod(name: "{name}", gpuTypeId: "NVIDIA RTX A6000",
                gpuCount: {gpus}, bidPerGpu: {bid}, patience: "2h", work: "1h", volumeInGb: 20)),"#
        )
    };
    let script = [
        pod("0s", "ada", "first", 2, "0.50"),
        pod("10m", "bob", "second", 1, "0.50"),
        pod("70m", "eve", "third", 2, "0.60"),
    ];
    market(ONE_HOST, RICH, &script.concat())
}

#[test]
fn a_bid_is_told_why_it_waits_and_who_displaces_it() {
    tells(&bids(), Kind::Pod, "second", "bid_waits");
}

/// SPOT-14, POD-24. Who gives way to nobody is told whether to the price or to the time for which it has run.
#[test]
fn a_price_and_a_longest_run_are_told_apart() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/aws_spot_2015.ron");
    let longest = Override::new("rules.longest_run", "6h");
    let scenario = walras::scenario::load(&path, &[longest]).unwrap_or_else(|all| panic!("{all}"));
    let all: String = (1..=60)
        .filter_map(|number| story(&scenario, Kind::Pod, &format!("pod-{number}")).ok())
        .collect();
    assert!(all.contains("the price has risen above its bid"));
    assert!(all.contains("it has held its GPUs for 6 h, the longest that a spot pod may"));
}

#[test]
fn a_newcomer_is_told_whom_it_displaces() {
    tells(&bids(), Kind::Pod, "third", "bid_displaces");
}

#[test]
fn an_account_is_told_of_its_last_dollars() {
    let fleet = ONE_HOST;
    let accounts = r#"(name: "ada", balance: 3, low_balance: 1)"#;
    let script = r#"
        (at: "1h", account: "ada", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", gpuCount: 2, volumeInGb: 20)),
        (at: "5h", account: "ada", do: ResumePod(podId: "p")),"#;
    let dry = market(fleet, accounts, script);
    tells(&dry, Kind::Account, "ada", "account_out_of_credit");
    tells(&dry, Kind::Pod, "p", "pod_out_of_credit");
}

#[test]
fn a_refusal_names_its_limit_and_the_figures() {
    let accounts = r#"(name: "ada", balance: 100, spending_limit: 1), (name: "bob", balance: 0.5), (name: "eve", balance: 100)"#;
    let create = |at: &str, account: &str, name: &str, rest: &str| {
        format!(
            r#"(at: "{at}", account: "{account}", do: CreatePod(name: "{name}", gpuTypeId: "NVIDIA RTX A6000"{rest})),"#
        )
    };
    let script = [
        create("1m", "ada", "one", ""),
        create("2m", "ada", "limited", ""),
        create("3m", "bob", "poor", ", volumeInGb: 100"),
        create("4m", "eve", "full", ", gpuCount: 2"),
        r#"(at: "5m", account: "ada", do: CreateSpotPod(name: "low", gpuTypeId: "NVIDIA RTX A6000", bidPerGpu: 0.1)),"#.to_owned(),
        r#"(at: "6m", account: "ada", do: Deposit(amount: 5)),"#.to_owned(),
    ];
    let scenario = market(ONE_HOST, accounts, &script.concat());
    tells(&scenario, Kind::Account, "ada", "account_refused");
    tells(&scenario, Kind::Pod, "poor", "pod_no_funds");
    tells(&scenario, Kind::Pod, "full", "pod_no_capacity");
}

#[test]
fn a_move_is_told_from_host_to_host() {
    let fleet =
        r#"(prefix: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 2, gpus: 1)"#;
    let script = r#"
        (at: "1m", account: "ada", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", volumeInGb: 100)),
        (at: "30m", account: "ada", do: StopPod(podId: "p")),
        (at: "31m", account: "bob", do: CreatePod(name: "q", gpuTypeId: "NVIDIA RTX A6000")),
        (at: "1h", account: "ada", do: ResumePod(podId: "p")),
        (at: "2h", account: "ada", do: MovePod(podId: "p")),"#;
    tells(&market(fleet, RICH, script), Kind::Pod, "p", "pod_moves");
}

#[test]
fn a_host_is_told_its_losses_its_guests_and_its_earnings() {
    let script = r#"
        (at: "1m", account: "ada", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", work: "2h")),
        (at: "1h", do: HostDown(host: "h")),
        (at: "90m", do: HostUp(host: "h")),
        (at: "2h", do: NetworkDown(host: "h")),
        (at: "3h", do: NetworkUp(host: "h")),"#;
    let lossy = market(ONE_HOST, RICH, script);
    tells(&lossy, Kind::Host, "h", "host");
    tells(&lossy, Kind::Pod, "p", "pod_through_losses");
}

/// Two GPUs, one of them a spot pod's, and an endpoint that needs both in turn.
fn endpoint() -> Scenario {
    scenario(
        r#"(
            horizon: "1h",
            start: "2024-03-04T06:30:00",
            fleet: [(name: "h", gpu_type: "NVIDIA RTX A5000", datacenter: "EU-RO-1", gpus: 2)],
            accounts: [(name: "ada", balance: 100), (name: "bob", balance: 100)],
            endpoints: [(name: "e", account: "ada", gpus: "NVIDIA RTX A5000", workers_max: 2)],
            script: [
                (at: "1m", account: "bob", do: CreateSpotPod(name: "spot", gpuTypeId: "NVIDIA RTX A5000", bidPerGpu: 0.9)),
                (at: "2m", account: "ada", do: SubmitJob(endpoint: "e", id: "cold", execution: "10s")),
                (at: "125s", account: "ada", do: SubmitJob(endpoint: "e", id: "behind", execution: "10s")),
                (at: "10m", do: HostDown(host: "h")),
            ],
        )"#,
    )
}

#[test]
fn a_request_is_told_its_cold_start_and_its_queue() {
    tells(&endpoint(), Kind::Request, "cold", "request_cold");
    tells(&endpoint(), Kind::Request, "behind", "request_behind");
}

#[test]
fn a_worker_and_its_victim_are_told() {
    tells(&endpoint(), Kind::Worker, "e-w2", "worker");
    tells(&endpoint(), Kind::Pod, "spot", "pod_displaced_by_worker");
    tells(&endpoint(), Kind::Endpoint, "e", "endpoint");
}

#[test]
fn who_is_not_there_is_told_who_is() {
    let scenario = bids();
    let unknown = |kind, name| story(&scenario, kind, name).unwrap_err().to_string();
    assert_eq!(
        unknown(Kind::Pod, "frist"),
        "there is no pod `frist` in this run: did you mean `first`?"
    );
    assert_eq!(
        unknown(Kind::Account, "aba"),
        "there is no account `aba` in this run: did you mean `ada`?"
    );
    // What is not near is not taken for what was meant.
    assert_eq!(
        unknown(Kind::Host, "k"),
        "there is no host `k` in this run: the scenario names one, `h`"
    );
    assert_eq!(
        unknown(Kind::Worker, "e-w1"),
        "there is no worker `e-w1` in this run: it has no endpoints"
    );
    let unknown_worker = story(&endpoint(), Kind::Worker, "e-w99").unwrap_err().to_string();
    assert_eq!(
        unknown_worker,
        "there is no worker `e-w99` in this run: those of the endpoint `e` are `e-w1` and so on"
    );
    assert_eq!(unknown(Kind::Pod, "pod-7"), "there is no pod `pod-7` in this run");
    assert_eq!(unknown(Kind::Request, "req-1"), "there is no request `req-1` in this run");
}

#[test]
fn the_readme_shows_a_real_story() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.ron");
    let quickstart =
        walras::scenario::load(&path, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let told = story(&quickstart, Kind::Pod, "pod-129").unwrap();
    let page = include_str!("../../README.md");
    assert!(page.contains(&told), "README.md shows another story than this:\n{told}");
}
