//! Markets of customers who decide, drawn at random, with every invariant checked after every event; and what
//! must hold of their jobs however they go.

use super::told::read;
use crate::build::run_audited;
use crate::storm::config;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};
use walras::ids::{JobId, PodId};
use walras::journal::Fact;
use walras::journal::fact::{Book, Decision, JobBegun, JobEnd, JobEnded};
use walras::scenario::Scenario;
use walras::scenario::rules::SpotClearing;
use walras::units::{Money, SimTime};

const KINDS: [&str; 7] = [
    "on_demand",
    "spot(bid: 0.5)",
    "spot(share: 0.8)",
    "spot(minimum_winning: 0.01)",
    "spot(value_share: 0.9)",
    "spot(bid: 0.3, escalating: (times: 1.3))",
    "spot(share: 0.6, escalating: (times: 1.1, cap: 0.9))",
];
const STEPS: [&str; 12] = [
    r#"retry(after: "7m", times: 3)"#,
    r#"retry(after: Exponential(mean: "20m"), times: 5)"#,
    "raise_bid()",
    "raise_bid(times: 1.01, cap: 0.8)",
    "fewer_gpus",
    r#"other_type(["NVIDIA A40", "NVIDIA RTX A6000"])"#,
    "on_demand",
    "spot(share: 0.9)",
    r#"resume(patience: "5m", times: 2)"#,
    r#"resume(after: "1m", patience: None)"#,
    "deposit(amount: 10)",
    "leave",
];
const CAUSES: [&str; 8] = [
    "on_refused",
    "on_no_capacity",
    "on_bid_below_floor",
    "on_too_large",
    "on_no_funds",
    "on_abandoned",
    "on_outbid",
    "on_stopped",
];
const SWITCHING: [&str; 5] = [
    "never",
    "never",
    "after_losses(losses: 2)",
    r#"greedy(changeover: "2m")"#,
    "uniform_progress()",
];
const RULES: [&str; 11] = [
    "",
    "displaced: resume,",
    "displaced: terminate,",
    "minute_rounding: completed,",
    "grace_paid_by: nobody, interrupted_unit: waived,",
    "billing_starts: running,",
    "work_speed: relative,",
    r#"longest_run: "50m","#,
    "waiting_order: block,",
    "bid_per: pod, bid_tick: 0.01,",
    r#"bid_change: allowed, grace: "2m","#,
];

/// How customers with a volume save their work.
const SAVES: [&str; 3] = [
    "",
    r#"checkpoint: (policy: interval("10m"), cost: "20s", restart: "30s"),"#,
    r#"checkpoint: (policy: interval("4m"), on_sigterm: true),"#,
];

/// What a segment of customers states of its conduct.
fn conduct() -> impl Strategy<Value = String> {
    let list = prop::collection::vec(select(&STEPS[..]), 0..4);
    let lists = prop::collection::btree_map(select(&CAUSES[..]), list, 0..5);
    let switching = select(&SWITCHING[..]);
    let limits = select(vec![
        r#"deadline: "3h","#,
        r#"deadline: Uniform(low: "1h", high: "5h"), late: stay,"#,
        r#"deadline: "2h", budget: Uniform(low: 0.2, high: 3),"#,
    ]);
    (lists, switching, limits, select(vec!["lost", "kept"])).prop_map(
        |(lists, switching, limits, progress)| {
            let mut text = format!("{limits} progress: {progress}, switching: {switching},");
            for (cause, steps) in lists {
                text += &format!("{cause}: [{}],", steps.join(", "));
            }
            text
        },
    )
}

fn segment(number: usize, kind: &str, conduct: &str, sizes: (u32, u32, u32)) -> String {
    let (balance, volume, image) = sizes;
    // What goes on demand begins on spot.
    let kind =
        if kind == "on_demand" && !conduct.contains("switching: never") { KINDS[1] } else { kind };
    format!(
        r#"(name: "c{number}", accounts: 3, balance: {balance}, arrivals: Poisson(rate: "3/h"),
        gpu_type: "NVIDIA RTX A6000", gpus: Choice({{1: 0.6, 2: 0.3, 4: 0.1}}), volume_gb: {volume},
        image_gb: {image}, duration: LogNormal(median: "40m", p95: "2h"), value: Uniform(low: 0.5, high: 4),
        patience: Choice({{"0s": 0.5, "10m": 0.5}}), kind: {kind}, conduct: ({conduct})),"#
    )
}

/// A market of such customers beside others who ask once.
fn market() -> impl Strategy<Value = String> {
    let sizes = (select(vec![2_u32, 30, 1000]), select(vec![0_u32, 20]), select(vec![0_u32, 3]));
    let one = (select(&KINDS[..]), conduct(), sizes);
    let acts = prop::collection::vec((0..1200_u32, select(&["Host", "Network"][..])), 0..3);
    let rules = (select(&RULES[..]), select(&SAVES[..]));
    (prop::collection::vec(one, 1..4), rules, acts).prop_map(|(all, (rules, saves), acts)| {
        let segments: String = (0..)
            .zip(&all)
            .map(|(number, (kind, conduct, sizes))| segment(number, kind, conduct, *sizes))
            .collect();
        let segments = segments.replace("volume_gb: 20,", &format!("volume_gb: 20, {saves}"));
        let mut script = String::new();
        for (number, (minute, what)) in acts.iter().enumerate() {
            let (host, up) = (1 + number % 2, minute + 25);
            script += &format!(
                r#"(at: "{minute}m", do: {what}Down(host: "h-{host}")),
                (at: "{up}m", do: {what}Up(host: "h-{host}")),"#
            );
        }
        format!(
            r#"(
    horizon: "20h", sample_every: None, rules: ({rules}),
    fleet: [(prefix: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 2, gpus: 4),
        (prefix: "k", gpu_type: "NVIDIA A40", datacenter: "EU-RO-1", count: 1, gpus: 2)],
    customers: [{segments}
        (name: "others", accounts: 5, balance: 1000, arrivals: Poisson(rate: "4/h"),
        gpu_type: "NVIDIA RTX A6000", duration: "50m", kind: spot(share: 0.7)),
        (name: "labs", accounts: 5, balance: 1000, arrivals: Poisson(rate: "2/h"),
        gpu_type: ["NVIDIA RTX A6000", "NVIDIA A40"], gpus: 2, duration: "70m")],
    script: [{script}],
)"#
        )
    })
}

/// A market in which customers of every kind of bidding and switching decide.
pub(crate) fn deciding() -> Scenario {
    let conducts = [
        r#"on_refused: [retry(after: Exponential(mean: "20m"), times: 3), raise_bid(), fewer_gpus, on_demand],
            on_no_funds: [deposit(amount: 10, times: 2)],"#,
        r#"budget: Uniform(low: 0.2, high: 3), on_outbid: [resume(patience: "30m"), retry(), leave],
            on_stopped: [deposit(amount: 20), leave],"#,
        r#"late: stay, progress: kept, switching: after_losses(losses: 2), on_refused: [retry(after: "5m", times: 9)],"#,
        "progress: kept, switching: greedy(),",
        "progress: kept, switching: uniform_progress(),",
    ];
    let kinds = KINDS.iter().skip(1).zip(conducts.iter().cycle());
    let segments: String = (0..)
        .zip(kinds)
        .map(|(number, (kind, conduct))| {
            let conduct = format!(r#"deadline: "4h", {conduct}"#);
            segment(number, kind, &conduct, (30, 20, 3))
        })
        .collect();
    read(&format!(
        r#"(horizon: "3d", rules: (displaced: resume),
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 4, gpus: 4)],
    customers: [{segments}
        (name: "labs", accounts: 5, balance: 1000, arrivals: Poisson(rate: "3/h"),
        gpu_type: "NVIDIA RTX A6000", gpus: 2, duration: "70m")],
)"#
    ))
}

/// That market is no idle talk: every step is taken, and jobs end in every way.
#[test]
fn every_step_is_taken_and_every_end_is_met() {
    let (mut steps, mut ends) = (BTreeSet::new(), BTreeSet::new());
    for (_, fact) in run_audited(&deciding(), 0) {
        match fact {
            Fact::Decided(decided) => drop(steps.insert(decided.step.word())),
            Fact::JobEnded(ended) => drop(ends.insert(ended.end.word())),
            _ => {}
        }
    }
    assert_eq!(
        steps,
        Decision::WORDS.iter().copied().filter(|word| *word != "other_type").collect()
    );
    assert_eq!(ends, JobEnd::WORDS.iter().copied().collect());
}

/// What facts said of jobs.
#[derive(Default)]
struct Jobs {
    begun: BTreeMap<JobId, JobBegun>,
    ended: BTreeMap<JobId, (SimTime, JobEnded)>,
    /// What was posted for the pods of jobs.
    posted: Money,
}

fn jobs(scenario: &Scenario, facts: &[(SimTime, Fact)]) -> Jobs {
    let mut jobs = Jobs::default();
    let mut pods: BTreeSet<PodId> = BTreeSet::new();
    for (at, fact) in facts {
        match *fact {
            Fact::JobBegun(begun) => drop(jobs.begun.insert(begun.job, begun)),
            Fact::JobAsked(asked) => {
                assert!(!jobs.ended.contains_key(&asked.job), "nobody asks for a job that ended");
                pods.insert(asked.pod);
            }
            Fact::JobEnded(ended) => {
                assert!(jobs.ended.insert(ended.job, (*at, ended)).is_none(), "it ends once");
            }
            Fact::Posted(posting) => {
                let paid = matches!(posting.debit, Book::Customer(_));
                if paid
                    && posting
                        .usage
                        .and_then(|usage| usage.pod())
                        .is_some_and(|pod| pods.contains(&pod))
                {
                    jobs.posted += posting.amount;
                }
            }
            _ => {}
        }
    }
    assert!(!scenario.segments.is_empty());
    jobs
}

proptest! {
    #![proptest_config(config(60))]

    /// Every job ends once; what jobs came to is what was posted for their pods; nobody spends more than his
    /// budget, and nobody who leaves at his deadline is there after it.
    #[test]
    fn jobs_add_up_however_they_go(
        text in market(),
        clearing in prop::sample::select(vec![
            SpotClearing::PayAsBid,
            SpotClearing::UniformHighestLosing,
            SpotClearing::UniformLowestWinning,
            SpotClearing::Posted,
        ]),
    ) {
        let mut scenario = read(&text);
        scenario.rules.spot_clearing = clearing;
        let facts = run_audited(&scenario, 0);
        let jobs = jobs(&scenario, &facts);
        prop_assert!(jobs.begun.keys().eq(jobs.ended.keys()));
        let cut_off = facts.iter().any(|(_, fact)| matches!(fact, Fact::NetworkDown { .. }));
        let paid: Money = jobs.ended.values().map(|(_, ended)| ended.paid).sum();
        // What is terminated on a host that is cut off, is paid for after its job has ended.
        if cut_off {
            prop_assert!(paid <= jobs.posted, "{paid} of {}", jobs.posted);
        } else {
            prop_assert_eq!(paid, jobs.posted);
        }
        for (job, (at, ended)) in &jobs.ended {
            let begun = &jobs.begun[job];
            let within = begun.budget.is_none_or(|budget| ended.paid <= budget);
            prop_assert!(within || cut_off, "{:?} of {:?}", ended.paid, begun.budget);
            if ended.end == JobEnd::InTime {
                prop_assert!(begun.deadline.is_none_or(|deadline| *at <= deadline));
            }
        }
    }

    /// Wu et al.: a job whose work fits on demand is never late, whatever comes and goes on spot; and uniform
    /// progress and greedy pay no more than on demand would, but for changes of pods.
    #[test]
    fn who_runs_by_the_deadline_is_in_time(
        rivals in prop::collection::vec((50..9_000_u32, 1..2_500_u32), 0..8),
        slack in 105..4_000_u32,
        uniform in any::<bool>(),
    ) {
        let name = if uniform { "uniform_progress" } else { "greedy" };
        let mut lines = format!(
            "kind: spot(bid: 0.50), duration: \"3000s\",\nconduct: (deadline: \"{}s\", progress: kept, \
             switching: {name}(changeover: \"50s\"))\nrules container_start: \"40s\",\n",
            3_000 + slack
        );
        for (number, (from, long)) in rivals.iter().enumerate() {
            lines += &format!("rival r{number} {from} {} 0.60\n", from + long);
        }
        // What the market has in its case lines is said once.
        let text = super::scenario(&lines).replacen(r#"container_start: "0s", "#, "", 1);
        let scenario = read(&text);
        let jobs = jobs(&scenario, &run_audited(&scenario, 0));
        let (_, ended) = jobs.ended.values().next().expect("one job");
        prop_assert_eq!(ended.end, JobEnd::InTime);
    }
}

/// Whatever customers bid or do, the same jobs come: when, whose, how large, how worthy, until when.
#[test]
fn no_conduct_changes_what_comes() {
    let market = |kind: &str, conduct: &str| {
        let conduct = format!(
            r#"deadline: Uniform(low: "1h", high: "5h"), budget: Uniform(low: 0.2, high: 3), {conduct}"#
        );
        format!(
            r#"(horizon: "3d", sample_every: None,
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4)],
    customers: [{}],
)"#,
            segment(0, kind, &conduct, (100, 0, 0))
        )
    };
    let came = |text: &str| {
        let facts = run_audited(&read(text), 1);
        let jobs = facts.iter().filter_map(|(at, fact)| match fact {
            Fact::JobBegun(begun) => Some((*at, *begun)),
            _ => None,
        });
        let asked = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodRequested(_))).count();
        (jobs.collect::<Vec<_>>(), asked)
    };
    let (same, _) = came(&market(KINDS[1], ""));
    assert!(100 < same.len());
    let mut requests = BTreeSet::new();
    for kind in KINDS {
        for conduct in [
            "on_refused: [retry(after: Exponential(mean: \"20m\"), times: 4)],",
            "switching: after_losses(losses: 1), on_refused: [fewer_gpus, retry(after: \"9m\")],",
            "progress: kept, switching: uniform_progress(),",
        ] {
            if kind == "on_demand" && conduct.contains("switching") {
                continue;
            }
            let (jobs, asked) = came(&market(kind, &format!("{conduct} on_outbid: [leave]")));
            assert!(jobs == same, "{kind} {conduct}");
            requests.insert(asked);
        }
    }
    assert!(10 < requests.len(), "they do differ: {requests:?}");
}
