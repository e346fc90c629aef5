//! Customers who decide: what they answer to what happens, what they bid, when they go on demand, when they
//! leave, and what that comes to; worked by hand.

mod churn;
pub(crate) mod storm;
mod told;

use crate::build;
use std::path::Path;
use told::{read, tell};
use walras::metrics::summary::Value;
use walras::metrics::{Metrics, Subject};
use walras::scenario::{Override, Scenario, load};
use walras::units::Money;

/// A market and one customer, as text: what the customer says beside its bare needs, and
///
/// - `rival NAME FROM UNTIL [BID]`: a rival's pod on one A6000, on demand or at a bid;
/// - `hosts COUNT GPUS`: A6000s at 0.79, floor 0.49 (one host of one GPU unless it says); `more HOST`: a
///   further group of hosts;
/// - `rules RULES`, `script ACTIONS`, `horizon SPAN`.
///
/// Images are there, containers start at once; the customer comes at 100 s with 600 s of work on one GPU,
/// 100 USD, no disks.
fn scenario(case: &str) -> String {
    let (mut fleet, mut rules, mut script) = (String::new(), String::new(), String::new());
    let (mut needs, mut horizon, mut hosts) = (String::new(), "10h", "1 1");
    for line in case.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "rival" => script += &rival(rest),
            "script" => script += rest,
            "hosts" => hosts = rest,
            "more" => fleet += rest,
            "rules" => rules += rest,
            "horizon" => horizon = rest,
            _ => needs += line,
        }
    }
    let (count, gpus) = hosts.split_once(' ').unwrap();
    let default = |name: &str, value: &str| match needs.contains(&format!("{name}:")) {
        true => String::new(),
        false => format!("{name}: {value}, "),
    };
    let defaults = [
        default("balance", "100"),
        default("gpu_type", r#""NVIDIA RTX A6000""#),
        default("container_disk_gb", "0"),
        default("duration", r#""600s""#),
    ];
    format!(
        r#"(
    horizon: "{horizon}",
    sample_every: None,
    rules: (container_start: "0s", {rules}),
    fleet: [
        (prefix: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: {count}, gpus: {gpus}),
        {fleet}
    ],
    accounts: [(name: "rival", balance: 100000)],
    customers: [(
        name: "c", arrivals: Renewal(gap: "100s"), until: "150s", {}
        {needs}
    )],
    script: [{script}],
)"#,
        defaults.concat()
    )
}

fn rival(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let (name, from, until) = (words[0], words[1], words[2]);
    let (operation, bid) = match words.get(3) {
        Some(bid) => ("CreateSpotPod", format!(", bidPerGpu: {bid}")),
        None => ("CreatePod", String::new()),
    };
    format!(
        r#"(at: "{from}s", account: "rival", do: {operation}(name: "{name}",
            gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 0{bid})),
        (at: "{until}s", account: "rival", do: TerminatePod(podId: "{name}")),"#
    )
}

/// Cases worked by hand: `=== name`, a market, `---`, what its customer does.
#[test]
fn customers_do_what_was_worked_out_by_hand() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/walras/customers/cases.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut wrong = String::new();
    let mut count = 0;
    for case in text.split("\n=== ").skip(1) {
        let (name, rest) = case.split_once('\n').unwrap();
        let (market, says) = rest.split_once("---\n").unwrap();
        let told = tell(&scenario(market));
        if told != says.trim_end() {
            wrong += &format!("=== {name}\n{market}---\n{says}\n--- but this happened\n{told}\n\n");
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(20 < count, "{count} cases");
}

/// Figures of the whole market.
fn figures<const N: usize>(scenario: &Scenario, names: [&str; N]) -> [Value; N] {
    let mut metrics = Metrics::new(scenario);
    build::run(scenario, 0, &mut metrics);
    let summary = metrics.summary();
    names.map(|name| summary.value(name, Subject::Market))
}

/// 600 s of work worth 0.10, at a bid of nine tenths of that: 0.09 are paid, 0.01 gained, whether the
/// customer decides or not. Done too late, its value is lost, and what was paid remains.
#[test]
fn a_job_s_gain_counts_once() {
    let usd = |text: &str| Value::Money(Money::parse(text).unwrap());
    let gain = ["welfare", "surplus"];
    for conduct in ["", "conduct: ()"] {
        let text = scenario(&format!("kind: spot(value_share: 0.9), value: 0.10, {conduct}"));
        assert_eq!(figures(&read(&text), gain), [usd("0.1"), usd("0.01")], "{conduct}");
    }
    let late = r#"value: 0.5, conduct: (deadline: "599.999999s", late: stay)"#;
    let late = read(&scenario(late));
    assert_eq!(figures(&late, gain), [usd("0"), usd("-0.131666666")]);
    let names = ["jobs", "jobs_in_time", "jobs_late", "jobs_paid", "job_makespan_mean"];
    let (none, one) = (Value::Count(0), Value::Count(1));
    let expected = [one, none, one, usd("0.131666666"), Value::Number(600.0)];
    assert_eq!(figures(&late, names), expected);
    // 300 s after the deadline half of the value is left of a job whose value fades in 600 s; at 600 s its
    // customer would have left.
    let fading = |conduct: &str| read(&scenario(&format!("value: 0.5, conduct: ({conduct})")));
    let half = fading(r#"deadline: "300s", fades: "600s""#);
    assert_eq!(figures(&half, gain), [usd("0.25"), usd("0.118333334")]);
    let gone = fading(r#"deadline: "300s", fades: "300s", late: stay"#);
    assert_eq!(figures(&gone, gain), [usd("0"), usd("-0.131666666")]);
    let third = fading(r#"deadline: "500s", fades: "150s""#);
    assert_eq!(figures(&third, gain), [usd("0.166666666"), usd("0.035")]);
    let left = fading(r#"deadline: "300s", fades: "200s""#);
    assert_eq!(figures(&left, ["jobs_left", "welfare"]), [Value::Count(1), usd("0")]);
    // At the horizon neither value nor cost of what is under way counts.
    let open = read(&scenario("horizon 5m\nvalue: 0.5, conduct: ()"));
    let names = ["surplus", "jobs_unfinished", "jobs_paid"];
    assert_eq!(figures(&open, names), [usd("0"), one, usd("0.052666666")]);
    // Two rentals of one job: its value counts once, both are paid.
    let twice =
        "kind: spot(bid: 0.60), value: 1, conduct: (on_outbid: [retry()])\nrival r 200 203 0.70";
    assert_eq!(figures(&read(&scenario(twice)), gain), [usd("1"), usd("0.88")]);
}

/// A value cannot fall from a deadline that is not stated.
#[test]
fn a_value_that_fades_needs_a_deadline() {
    let text = scenario(r#"value: 0.5, conduct: (fades: "1h")"#);
    let problems = walras::scenario::from_text("customers.ron", &text).unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(problem.message, "no deadline from which the value falls");
    assert_eq!(problem.field, "customers[0].conduct.fades");
}

/// The scenario that ships: one job, which uniform progress has done for half of what greedy pays, and which is
/// given up without either; with checkpoints on its volume instead of work that is kept, it is the same story.
#[test]
fn one_job_with_a_deadline_tells_the_rules_apart() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/deadline.ron");
    let run = |switching: &str, more: &[(&str, &str)]| {
        let sets = [&[("conduct.switching", switching)][..], more].concat();
        let set = |(field, value): &(&str, &str)| {
            Override::new(format!("customers[trainer].{field}"), *value)
        };
        let sets: Vec<Override> = sets.iter().map(set).collect();
        let scenario = load(&path, &sets).unwrap_or_else(|problems| panic!("{problems}"));
        let [jobs, in_time, paid] = figures(&scenario, ["jobs", "jobs_in_time", "jobs_paid"]);
        assert_eq!(jobs, Value::Count(1));
        (in_time, paid.as_f64().unwrap())
    };
    let saved = [
        ("conduct.progress", "lost"),
        ("volume_gb", "10"),
        ("checkpoint", r#"(policy: interval("15m"), cost: "30s", restart: "60s")"#),
    ];
    for more in [&[][..], &saved[..]] {
        let uniform = run("uniform_progress()", more);
        let greedy = run("greedy()", more);
        let never = run("never", more);
        assert_eq!([&uniform.0, &greedy.0, &never.0], [1, 1, 0].map(Value::Count).each_ref());
        assert!(uniform.1 < 0.62 * greedy.1 && greedy.1 < 3.5, "{uniform:?} {greedy:?}");
    }
}

/// A job every hour: whichever rule of Wu et al. it runs by, all 39 jobs are in time, and on average
/// they cost less than on demand (5 hours and 4 minutes at 0.65) by a third and more; at this bid uniform
/// progress pays less than greedy; without a rule most are late.
#[test]
fn deadlines_are_met_by_the_rules_of_wu() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/deadline.ron");
    let run = |switching: &str| {
        let field = "customers[trainer].conduct.switching".to_owned();
        let set = Override::new(field, switching);
        let until = "customers[trainer].until".to_owned();
        let hourly = Override::new(until, "40h");
        let scenario = load(&path, &[set, hourly]).unwrap_or_else(|problems| panic!("{problems}"));
        let names = ["jobs", "jobs_in_time", "jobs_paid_per_job_done"];
        let [jobs, in_time, cost] = figures(&scenario, names);
        assert_eq!(jobs, Value::Count(39));
        (in_time, cost.as_f64().unwrap())
    };
    let [uniform, greedy] = ["uniform_progress()", "greedy()"].map(run);
    assert_eq!([&uniform.0, &greedy.0], [&Value::Count(39); 2]);
    assert!(uniform.1 < 0.95 * greedy.1 && greedy.1 < 2.2, "{uniform:?} {greedy:?}");
    let (in_time, _) = run("never");
    assert!(in_time.as_f64().unwrap() < 8.0, "{in_time}");
}
