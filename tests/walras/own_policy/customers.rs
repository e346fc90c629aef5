//! The seams of customers: what they bid, when they go on demand, how often they write checkpoints.

use super::{RUN, audited_digest};
use walras::engine::{self, RunFailure};
use walras::experiment::{self, Options, manifest::Timing};
use walras::journal::Journal;
use walras::policy::registry::{BadName, NotRegistered};
use walras::policy::{
    Answer, Bidding, Checkpoint, Checkpointing, Job, Move, Offer, Registry, Standing, Switching,
};
use walras::scenario::Scenario;
use walras::scenario::demand::{BidRule, Buying};
use walras::units::{Money, Share, SimTime, Span};

/// Too few GPUs for those who bid and those who don't, so that all lose some.
const MARKET: &str = r#"(
    horizon: "1d",
    rules: (displaced: resume),
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 2, gpus: 4)],
    customers: [
        (
            name: "bidders", accounts: 5, balance: 5000, kind: spot(BID),
            arrivals: Poisson(rate: "1.5/h"), gpu_type: "NVIDIA RTX A6000",
            gpus: Choice({1: 0.7, 2: 0.3}), duration: "2h", value: Uniform(low: 1, high: 4), volume_gb: 10,
            conduct: (deadline: "6h", progress: kept, switching: SWITCHING,
                on_refused: [retry(after: "10m", times: 20)], on_outbid: [retry(after: "10m", times: 20)]),
        ),
        (
            name: "savers", accounts: 5, balance: 5000, kind: spot(share: 0.8),
            arrivals: Poisson(rate: "1/h"), gpu_type: "NVIDIA RTX A6000", duration: "3h",
            patience: "2h", volume_gb: 10,
            checkpoint: (policy: CHECKPOINT, cost: "30s", mean_time_to_preemption: "1h"),
        ),
        (
            name: "labs", accounts: 5, balance: 5000, arrivals: Poisson(rate: "1/h"),
            gpu_type: "NVIDIA RTX A6000", gpus: 2, duration: "1h", patience: "1h",
        ),
    ],
)"#;

/// What customers bid, when they go on demand, how often they save.
type Choices<'a> = [&'a str; 3];
const PLAIN: Choices<'_> = ["share: 0.7", "never", "young"];

/// A copy of a built-in policy.
struct SevenTenths;
impl Bidding for SevenTenths {
    fn bid(&self, offer: &Offer) -> Money {
        Share::parse("0.7").expect("a share").of(offer.on_demand)
    }
}

/// A copy of one that looks at the market.
struct Sniper;
impl Bidding for Sniper {
    fn bid(&self, offer: &Offer) -> Money {
        offer.minimum_winning.or(offer.floor).unwrap_or_default()
    }
    fn looks_at_market(&self) -> bool {
        true
    }
}

/// As much as it likes, or less than nothing.
struct Greedy(Money);
impl Bidding for Greedy {
    fn bid(&self, _: &Offer) -> Money {
        self.0
    }
}

/// A copy of a built-in policy.
struct TwoLosses;
impl Switching for TwoLosses {
    fn next(&self, job: &Job) -> Answer {
        let lost = 2 <= job.losses;
        Answer::of(if lost { Move::OnDemand { to_the_end: true } } else { Move::Stay })
    }
}

/// A copy of one that runs by the deadline, with changeovers of two minutes.
struct LastMoment;
impl Switching for LastMoment {
    fn next(&self, job: &Job) -> Answer {
        let (Standing::Idle { .. }, Some(deadline)) = (job.on, job.deadline) else {
            return Answer::of(Move::Stay);
        };
        let needed = job.left.micros() + 4 * Span::MINUTE.micros();
        let safe = SimTime::from_micros(deadline.micros().saturating_sub(needed));
        match safe <= job.now {
            true => Answer::of(Move::OnDemand { to_the_end: true }),
            false => Answer { go: Move::Spot, again: Some(safe) },
        }
    }
    fn runs_by_deadline(&self) -> bool {
        true
    }
}

/// Never content with what it is on, and would be asked again at once.
struct Restless;
impl Switching for Restless {
    fn next(&self, job: &Job) -> Answer {
        let go = match job.on {
            Standing::OnDemand { .. } => Move::Spot,
            Standing::Idle { .. } | Standing::Spot => Move::OnDemand { to_the_end: false },
        };
        Answer { go, again: Some(job.now) }
    }
    fn runs_by_deadline(&self) -> bool {
        true
    }
}

/// After so much work.
struct Every(Span);
impl Checkpoint for Every {
    fn interval(&self, _: &Checkpointing) -> Option<Span> {
        Some(self.0)
    }
}

fn registry() -> Registry {
    let mut all = Registry::new();
    all.add_bidding("seven_tenths", || Box::new(SevenTenths)).unwrap();
    all.add_bidding("sniper", || Box::new(Sniper)).unwrap();
    all.add_bidding("poor", || Box::new(Greedy(Money::from_nanos(-1)))).unwrap();
    all.add_bidding("rich", || Box::new(Greedy(Money::from_dollars(i64::MAX)))).unwrap();
    all.add_switching("two_losses", || Box::new(TwoLosses)).unwrap();
    all.add_switching("last_moment", || Box::new(LastMoment)).unwrap();
    all.add_switching("restless", || Box::new(Restless)).unwrap();
    all.add_checkpoint("half_hourly", || Box::new(Every(Span::MINUTE * 30))).unwrap();
    all.add_checkpoint("endless", || Box::new(Every(Span::ZERO))).unwrap();
    all
}

fn text([bid, switching, checkpoint]: Choices<'_>) -> String {
    let text = MARKET.replace("BID", bid).replace("SWITCHING", switching);
    text.replace("CHECKPOINT", checkpoint)
}
fn read(choices: Choices<'_>) -> Scenario {
    let read = registry().from_text("market", &text(choices));
    read.unwrap_or_else(|problems| panic!("{problems}"))
}

fn digest(choices: Choices<'_>) -> String {
    digest_of(&read(choices))
}

fn digest_of(scenario: &Scenario) -> String {
    audited_digest(scenario, &registry())
}

/// `other` in place of the choice at `seam`.
fn with(seam: usize, other: &str) -> Choices<'_> {
    let mut choices = PLAIN;
    choices[seam] = other;
    choices
}

/// SPOT-01, SPOT-11. One that bids as a built-in one does is like it in every fact; one that does not is not.
#[test]
fn a_bidding_policy_decides() {
    let of = |bid| digest(with(0, bid));
    assert_eq!(of("policy: seven_tenths"), of("share: 0.7"));
    let sniper = of("policy: \"sniper\"");
    assert_eq!(sniper, of("minimum_winning: 0"));
    assert_ne!(sniper, of("policy: seven_tenths"));
    // Below nothing is nothing, and no bid is beyond what a scenario could state.
    assert_eq!(of("policy: poor"), of("bid: 0"));
    assert_eq!(of("policy: rich"), of("bid: 1000000000000"));
}

/// Likewise.
#[test]
fn a_switching_policy_decides() {
    let of = |switching| digest(with(1, switching));
    let losses = of("two_losses");
    assert_eq!(losses, of("after_losses(losses: 2)"));
    let last = of("last_moment");
    assert_eq!(last, of("greedy(changeover: \"2m\")"));
    let all = [losses, last, of("never"), of("uniform_progress()")];
    for (index, one) in all.iter().enumerate() {
        assert!(!all[index + 1..].contains(one), "{index}");
    }
}

/// One that is never content, and would be asked again at once, lets time go on.
#[test]
fn a_restless_switching_policy_lets_time_go_on() {
    let of = |switching| {
        let text = text(with(1, switching)).replace("horizon: \"1d\"", "horizon: \"90m\"");
        digest_of(&registry().from_text("market", &text).unwrap())
    };
    assert_ne!(of("restless"), of("last_moment"));
}

/// POD-20. Likewise; an interval is never empty.
#[test]
fn a_checkpoint_policy_decides() {
    let of = |policy| digest(with(2, policy));
    let half_hourly = of("half_hourly");
    assert_eq!(half_hourly, of("interval(\"30m\")"));
    assert_ne!(half_hourly, of("young"));
    assert_eq!(of("endless"), of("interval(\"1us\")"));
}

/// What registering gives is what the name means; a bid by it may stand in a step, too.
#[test]
fn a_name_means_the_choice_that_registering_gave() {
    let mut all = Registry::new();
    let sniper = all.add_bidding("sniper", || Box::new(Sniper)).unwrap();
    let last = all.add_switching("last_moment", || Box::new(LastMoment)).unwrap();
    let losses = all.add_switching("two_losses", || Box::new(TwoLosses)).unwrap();
    let half_hourly = all.add_checkpoint("half_hourly", || Box::new(Every(Span::HOUR))).unwrap();
    let scenario = read(["policy: sniper", "last_moment", "half_hourly"]);
    assert_eq!(scenario.segments[0].buying, Buying::Spot(sniper));
    assert_eq!(scenario.segments[0].conduct.as_ref().unwrap().switching, last);
    assert_eq!(scenario.segments[1].checkpoint.unwrap().policy, half_hourly);
    assert!(last.runs_by_deadline() && !losses.runs_by_deadline());
    let step = text(PLAIN).replace("on_refused: [", "on_refused: [spot(policy: sniper), ");
    let scenario = registry().from_text("market", &step).unwrap();
    let own: Vec<_> = scenario.own_policies().map(|own| own.name).collect();
    assert_eq!(own, ["sniper"]);
    assert_eq!(sniper, BidRule::Own(scenario.own_bids().next().unwrap()));
}

/// A policy that runs by the deadline needs one.
#[test]
fn who_runs_by_the_deadline_states_one() {
    let text = text(with(1, "last_moment")).replace("deadline: \"6h\", ", "");
    let problems = registry().from_text("market", &text).unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(problem.message, "no deadline to run by");
    assert_eq!(problem.field, "customers[0].conduct.switching");
}

#[test]
fn a_name_is_taken_within_its_seam() {
    let mut all = registry();
    let mut bid = |name| all.add_bidding(name, || Box::new(Sniper)).map(|_| ());
    assert_eq!(bid("value_share"), Err(BadName::Taken("value_share")));
    assert_eq!(bid("sniper"), Err(BadName::Taken("sniper")));
    assert_eq!(bid("greedy"), Ok(()));
    let mut switch = |name| all.add_switching(name, || Box::new(TwoLosses)).map(|_| ());
    assert_eq!(switch("uniform_progress"), Err(BadName::Taken("uniform_progress")));
    assert_eq!(switch("Two"), Err(BadName::Unwritable("Two")));
    let mut save = |name| all.add_checkpoint(name, || Box::new(Every(Span::HOUR))).map(|_| ());
    assert_eq!(save("interval"), Err(BadName::Taken("interval")));
    assert_eq!(save("half_hourly"), Err(BadName::Taken("half_hourly")));
}

/// An unknown name is a problem of the scenario, with the nearest that is known, own names included.
#[test]
fn an_unknown_name_is_shown_with_the_nearest() {
    let first = "customers[0].kind.policy";
    let second = "customers[0].conduct.switching";
    let third = "customers[1].checkpoint.policy";
    let cases = [
        (0, "policy: snipes", first, "sniper", ", seven_tenths, sniper, poor, rich"),
        (1, "last_momend", second, "last_moment", ", two_losses, last_moment, restless"),
        (1, "nevr", second, "never", ", two_losses, last_moment, restless"),
        (2, "half_hourli", third, "half_hourly", ", half_hourly, endless"),
        (2, "yung", third, "young", ", half_hourly, endless"),
    ];
    for (seam, choice, field, nearest, ends) in cases {
        let problems = |registry: &Registry| {
            let problems = registry.from_text("market", &text(with(seam, choice))).unwrap_err();
            problems.iter().next().unwrap().clone()
        };
        let found = problems(&registry());
        let name = choice.trim_start_matches("policy: ");
        assert_eq!(found.message, format!("unknown choice `{name}`"));
        assert_eq!((found.field.as_str(), found.nearest.as_deref()), (field, Some(nearest)));
        assert!(found.expected.ends_with(ends), "{}", found.expected);
        // Without the registry nobody has heard of them.
        assert!(!problems(&Registry::new()).expected.ends_with(ends));
    }
    let two = "policy: sniper, escalating: (times: 2)";
    let problems = registry().from_text("market", &text(with(0, two))).unwrap_err();
    assert_eq!(problems.iter().next().unwrap().field, "customers[0].kind.escalating");
}

/// A run without the registry says what it lacks, and begins not at all; the manifest names each once.
#[test]
fn a_run_needs_them_and_its_manifest_names_them() {
    let choices = ["policy: sniper", "last_moment", "half_hourly"];
    for (seam, name) in [(0, "sniper"), (1, "last_moment"), (2, "half_hourly")] {
        let scenario = read(with(seam, choices[seam]));
        let failure = engine::run(&scenario, RUN, &mut Journal::default(), &mut |_| {});
        let Err(RunFailure::Policy(NotRegistered(lacked))) = failure else { panic!("{failure:?}") };
        assert_eq!(lacked, name);
    }
    let scripted = r#"(horizon: "1h",
        fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        accounts: [(name: "ada", balance: 50)],
        script: [(at: "1m", account: "ada", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000",
            volumeInGb: 1, work: "30m", checkpoint: (policy: half_hourly)))])"#;
    let scenario = registry().from_text("script", scripted).unwrap();
    let failure = engine::run(&scenario, RUN, &mut Journal::default(), &mut |_| {});
    assert!(matches!(failure, Err(RunFailure::Policy(NotRegistered("half_hourly")))));
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("run");
    let options = Options { policies: registry(), ..Options::to(out.clone()) };
    let timing = |_| Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None };
    let scenario = read(choices);
    experiment::run_to_directory(&scenario, RUN, &options, &mut |_| true, &mut { timing }).unwrap();
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(
        manifest["own_policies"],
        serde_json::json!(choices.map(|choice| choice.trim_start_matches("policy: ")))
    );
}
