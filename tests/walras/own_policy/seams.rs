//! The other seams: who gives way, what spot pods pay, what moves list prices.

use super::{RUN, audited_digest};
use walras::engine::{self, Engine, RunFailure};
use walras::experiment::{self, Options, manifest::Timing};
use walras::journal::Journal;
use walras::policy::clearing::clearing;
use walras::policy::list_price::list_price;
use walras::policy::registry::{BadName, NotRegistered};
use walras::policy::{Bids, Clearing, Evictable, Eviction, ListPrice, Priced, Registry, Use};
use walras::scenario::Scenario;
use walras::scenario::prices::UtilizationRule;
use walras::scenario::rules::{Rules, SpotClearing};
use walras::units::{Money, SimTime, Span};

/// A market too small for those who bid, and some who don't.
const MARKET: &str = r#"(
    horizon: "2d",
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 2, gpus: 8)],
    customers: [
        (
            name: "low", accounts: 5, balance: 5000, kind: spot(bid: 0.55),
            arrivals: Poisson(rate: "4/h"), gpu_type: "NVIDIA RTX A6000",
            gpus: Choice({1: 0.6, 2: 0.2, 4: 0.2}), duration: "90m", patience: "1h",
        ),
        (
            name: "high", accounts: 5, balance: 5000, kind: spot(bid: 0.65),
            arrivals: Poisson(rate: "2/h"), gpu_type: "NVIDIA RTX A6000",
            gpus: Choice({1: 0.6, 2: 0.4}), duration: "2h", patience: "1h",
        ),
        (
            name: "list", accounts: 5, balance: 5000,
            arrivals: Poisson(rate: "1/h"), gpu_type: "NVIDIA RTX A6000",
            gpus: Choice({1: 0.5, 3: 0.5}), duration: "3h", patience: "1h",
        ),
    ],
    rules: (spot_clearing: CLEARING),
    policies: (eviction: EVICTION, LIST_PRICE),
)"#;

/// Who gives way, what spot pods pay, what moves list prices.
type Choices<'a> = [&'a str; 3];
const PLAIN: Choices<'_> = ["lowest_bid", "pay_as_bid", "list_price: fixed"];

/// A copy of a built-in policy.
struct Largest;
impl Eviction for Largest {
    fn key(&self, candidate: &Evictable<'_>) -> i128 {
        -i128::from(candidate.gpus())
    }
}

/// Who bids most gives way first.
struct HighestBid;
impl Eviction for HighestBid {
    fn key(&self, candidate: &Evictable<'_>) -> i128 {
        -candidate.bid().nanos()
    }
}

/// A copy of a built-in one.
struct LowestWinner;
impl Clearing for LowestWinner {
    fn of_bids(&self, bids: &Bids) -> Option<Money> {
        Some(bids.lowest_winning)
    }
}

/// Halfway from the reserve to the lowest winning bid.
struct Halfway;
impl Clearing for Halfway {
    fn of_bids(&self, bids: &Bids) -> Option<Money> {
        let sum = bids.reserve + bids.lowest_winning;
        Some(Money::from_nanos(sum.nanos().div_euclid(2)))
    }
}

/// The rule of the built-in posted price, as it is by default.
struct Posted;
impl Clearing for Posted {
    fn is_posted(&self) -> bool {
        true
    }
    fn of_use(&self, seen: &Use) -> Option<Money> {
        let bounds = (seen.floor, seen.cap);
        Some(UtilizationRule::DEFAULT.next(seen.price, seen.utilization, bounds))
    }
}

/// Asks for more than anybody may pay, or for less than nothing.
struct Greedy(bool, Money);
impl Clearing for Greedy {
    fn is_posted(&self) -> bool {
        self.0
    }
    fn of_bids(&self, _: &Bids) -> Option<Money> {
        Some(self.1)
    }
    fn of_use(&self, _: &Use) -> Option<Money> {
        Some(self.1)
    }
}

/// The built-in rule with its usual terms.
struct ByUse;
impl ListPrice for ByUse {
    fn due(&self, after: Option<SimTime>) -> Option<SimTime> {
        Some(after.unwrap_or(SimTime::ZERO) + Span::MINUTE * 5)
    }
    fn price(&self, scope: &Priced) -> Money {
        let half = Money::from_nanos(scope.stated.nanos().div_euclid(2));
        let bounds = (half, scope.stated + scope.stated);
        UtilizationRule::DEFAULT.next(scope.price, scope.utilization, bounds)
    }
    fn asks_for_usage(&self) -> bool {
        true
    }
}

/// Falls below zero at one hour, and would be asked again in that instant.
struct Stuck;
impl ListPrice for Stuck {
    fn due(&self, _: Option<SimTime>) -> Option<SimTime> {
        Some(SimTime::ZERO + Span::HOUR)
    }
    fn price(&self, _: &Priced) -> Money {
        Money::from_nanos(-1)
    }
}

fn registry() -> Registry {
    let mut all = Registry::new();
    all.add_eviction("largest", || Box::new(Largest)).unwrap();
    all.add_eviction("highest_bid", || Box::new(HighestBid)).unwrap();
    all.add_clearing("lowest_winner", || Box::new(LowestWinner)).unwrap();
    all.add_clearing("halfway", || Box::new(Halfway)).unwrap();
    all.add_clearing("moved", || Box::new(Posted)).unwrap();
    let (rich, poor) = (Money::from_dollars(1000), Money::from_nanos(-1));
    all.add_clearing("dear", move || Box::new(Greedy(false, rich))).unwrap();
    all.add_clearing("cheap", move || Box::new(Greedy(false, poor))).unwrap();
    all.add_clearing("posted_dear", move || Box::new(Greedy(true, rich))).unwrap();
    all.add_clearing("posted_cheap", move || Box::new(Greedy(true, poor))).unwrap();
    all.add_list_price("by_use", || Box::new(ByUse)).unwrap();
    all.add_list_price("stuck", || Box::new(Stuck)).unwrap();
    all
}

fn text([eviction, clearing, list_price]: Choices<'_>) -> String {
    let text = MARKET.replace("EVICTION", eviction).replace("CLEARING", clearing);
    text.replace("LIST_PRICE", list_price)
}
fn read(choices: Choices<'_>) -> Scenario {
    let read = registry().from_text("market", &text(choices));
    read.unwrap_or_else(|problems| panic!("{problems}"))
}

fn digest(choices: Choices<'_>) -> String {
    audited_digest(&read(choices), &registry())
}

/// `other` in place of the choice at `seam`.
fn with(seam: usize, other: &str) -> Choices<'_> {
    let mut choices = PLAIN;
    choices[seam] = other;
    choices
}

/// SPOT-05. One that orders as a built-in one does is like it in every fact; one that does not is not.
#[test]
fn an_eviction_policy_decides() {
    let of = |name| digest(with(0, name));
    assert_eq!(of("largest"), of("fewest_pods"));
    let own = of("highest_bid");
    for name in ["lowest_bid", "youngest", "least_work_lost", "fewest_pods"] {
        assert_ne!(own, of(name), "{name}");
    }
}

/// SPOT-12, SPOT-13. A price made of bids is uniform, one made of use is posted.
#[test]
fn a_clearing_decides() {
    let of = |name| digest(with(1, name));
    assert_eq!(of("lowest_winner"), of("uniform_lowest_winning"));
    assert_eq!(of("moved"), of("posted"));
    let own = of("halfway");
    for name in ["pay_as_bid", "uniform_highest_losing", "uniform_lowest_winning", "posted"] {
        assert_ne!(own, of(name), "{name}");
    }
}

/// SPOT-12, SPOT-13, SPOT-17. Whatever it answers, no winner pays more than its bid, nor less than the
/// reserve; a posted price stays between its bounds. (The audit and the other policies' digests see it.)
#[test]
fn a_clearing_stays_within_bounds() {
    let of = |name| digest(with(1, name));
    assert_eq!(of("dear"), of("uniform_lowest_winning"));
    assert_ne!(of("cheap"), of("dear"));
    assert_ne!(of("posted_dear"), of("posted_cheap"));
    let prices = |name| {
        let scenario = read(with(1, name));
        let mut journal = Journal::default();
        let mut engine = Engine::begin_with(&scenario, RUN, &registry(), &mut journal).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        while engine.step() {
            seen.insert(engine.turn.world.fleet.scopes.iter().next().unwrap().1.spot_price);
        }
        seen.into_iter().map(|price| price.to_string()).collect::<Vec<_>>()
    };
    // The reserve is the floor, and the cap the on-demand price.
    assert_eq!(prices("cheap"), ["0.49"]);
    assert_eq!(prices("posted_cheap"), ["0.49"]);
    assert_eq!(prices("posted_dear"), ["0.49", "0.79"]);
}

/// GPU-03. Likewise, for all scopes or for some; a policy that would hold the clock lets it go on.
#[test]
fn a_list_price_moves() {
    let of = |text| digest(with(2, text));
    assert_eq!(of("list_price: by_use"), of("list_price: utilization()"));
    let scoped = "list_prices: [(gpu_type: \"NVIDIA RTX A6000\", list_price: by_use)]";
    assert_eq!(of(scoped), of("list_price: by_use"));
    let stuck = of("list_price: stuck");
    assert_ne!(stuck, of("list_price: by_use"));
    assert_ne!(stuck, of("list_price: fixed"));
}

/// What registering gives is what the name means, and says what is kept for it.
#[test]
fn a_name_means_the_choice_that_registering_gave() {
    let mut all = Registry::new();
    let largest = all.add_eviction("largest", || Box::new(Largest)).unwrap();
    let moved = all.add_clearing("moved", || Box::new(Posted)).unwrap();
    let halfway = all.add_clearing("halfway", || Box::new(Halfway)).unwrap();
    let by_use = all.add_list_price("by_use", || Box::new(ByUse)).unwrap();
    let scenario = read(["largest", "moved", "list_price: \"by_use\""]);
    assert_eq!(scenario.policies.eviction, largest);
    assert_eq!(scenario.rules.spot_clearing, moved);
    assert_eq!(scenario.list_prices[0].1, by_use);
    assert!(moved.is_posted() && moved.is_made_of_use() && !moved.is_uniform());
    assert!(halfway.is_uniform() && !halfway.is_posted());
    assert!(by_use.asks_for_usage());
}

/// Built-in members say of themselves what the rules say of their names.
#[test]
fn built_in_policies_are_what_their_choices_say() {
    let none = Registry::new();
    for spot_clearing in SpotClearing::ALL {
        let rules = Rules { spot_clearing, ..Rules::default() };
        let is_posted = clearing(&rules, &none).unwrap().is_posted();
        assert_eq!(is_posted, spot_clearing.is_posted(), "{spot_clearing:?}");
    }
    for name in ["list_price: utilization()", "list_price: time_of_day(factors: {8: 1.1})"] {
        let choice = read(with(2, name)).list_prices[0].1.clone();
        let asks = list_price(&choice, &none).unwrap().asks_for_usage();
        assert_eq!(asks, choice.asks_for_usage(), "{name}");
    }
}

/// A name is taken within its seam alone.
#[test]
fn a_name_is_taken_within_its_seam() {
    let mut all = registry();
    let mut evict = |name| all.add_eviction(name, || Box::new(Largest)).map(|_| ());
    assert_eq!(evict("fewest_pods"), Err(BadName::Taken("fewest_pods")));
    assert_eq!(evict("largest"), Err(BadName::Taken("largest")));
    assert_eq!(evict("by_use"), Ok(()));
    let mut clear = |name| all.add_clearing(name, || Box::new(Halfway)).map(|_| ());
    assert_eq!(clear("posted"), Err(BadName::Taken("posted")));
    assert_eq!(clear("Halfway"), Err(BadName::Unwritable("Halfway")));
    let mut price = |name| all.add_list_price(name, || Box::new(ByUse)).map(|_| ());
    assert_eq!(price("time_of_day"), Err(BadName::Taken("time_of_day")));
    assert_eq!(price("stuck"), Err(BadName::Taken("stuck")));
}

/// An unknown name is a problem of the scenario, with the nearest that is known, own names included.
#[test]
fn an_unknown_name_is_shown_with_the_nearest() {
    let unknown = |registry: &Registry, seam, name: &str| {
        let problems = registry.from_text("market", &text(with(seam, name))).unwrap_err();
        let problem = problems.iter().next().unwrap().clone();
        (problem.field, problem.message, problem.nearest, problem.expected)
    };
    let cases = [
        (0, "largesd", "policies.eviction", "largest", ", largest, highest_bid"),
        (0, "yungest", "policies.eviction", "youngest", ", largest, highest_bid"),
        (1, "halfwey", "rules.spot_clearing", "halfway", ", posted_dear, posted_cheap"),
        (1, "pay_as_bit", "rules.spot_clearing", "pay_as_bid", ", posted_dear, posted_cheap"),
        (2, "list_price: by_used", "policies.list_price", "by_use", "replayed, by_use, stuck"),
        (2, "list_price: fixd", "policies.list_price", "fixed", "replayed, by_use, stuck"),
    ];
    for (seam, name, field, nearest, ends) in cases {
        let found = unknown(&registry(), seam, name);
        let named = name.trim_start_matches("list_price: ");
        assert_eq!((found.0.as_str(), found.2.as_deref()), (field, Some(nearest)), "{name}");
        assert_eq!(found.1, format!("unknown choice `{named}`"));
        assert!(found.3.starts_with("one of ") && found.3.ends_with(ends), "{}", found.3);
        // Without the registry nobody has heard of them.
        let alone = unknown(&Registry::new(), seam, name);
        assert!(!alone.3.ends_with(ends), "{}", alone.3);
    }
}

/// A run without the registry says what it lacks, and begins not at all.
#[test]
fn a_run_without_the_registry_says_what_it_lacks() {
    let lacks = |choices| engine::run(&read(choices), RUN, &mut Journal::default(), &mut |_| {});
    for (seam, text, name) in [
        (0, "largest", "largest"),
        (1, "halfway", "halfway"),
        (1, "moved", "moved"),
        (2, "list_price: by_use", "by_use"),
    ] {
        let failure = lacks(with(seam, text));
        let Err(RunFailure::Policy(NotRegistered(lacked))) = failure else { panic!("{failure:?}") };
        assert_eq!(lacked, name);
    }
}

/// The manifest names each once.
#[test]
fn the_manifest_names_them() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("run");
    let options = Options { policies: registry(), ..Options::to(out.clone()) };
    let timing = |_| Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None };
    let scenario = read(["largest", "moved", "list_price: by_use"]);
    experiment::run_to_directory(&scenario, RUN, &options, &mut |_| true, &mut { timing }).unwrap();
    let text = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["own_policies"], serde_json::json!(["largest", "moved", "by_use"]));
}
