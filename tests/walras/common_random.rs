//! Common random numbers: whatever policy is chosen in whichever seam, the same customers come with the same
//! wishes and money, and the same hosts fail; so that a comparison of policies is a paired one.

mod endpoints;

use crate::build::Heard;
use walras::engine::{self, RunId};
use walras::ids::{AccountId, EndpointId, Id, ScopeId};
use walras::journal::fact::{Book, Item, JobBegun, Kind, RequestId, Requested};
use walras::journal::{Fact, Journal};
use walras::scenario::Scenario;
use walras::scenario::checkpointing::{CheckpointChoice, Checkpointing};
use walras::scenario::demand::conduct::Switching;
use walras::scenario::demand::{BidRule, Buying, FirstBid};
use walras::scenario::load::from_text;
use walras::scenario::model::{EvictionChoice, PlacementChoice};
use walras::scenario::prices::{
    DayFactors, ListPriceChoice, PricePath, UtilizationRule, UtilizationTerms,
};
use walras::scenario::rules::SpotClearing;
use walras::units::{Gb, GpuTime, Money, Share, SimTime, Span};

/// Mixed demand that presses a small fleet of unlike hosts, customers who decide among them, with outages.
const MARKET: &str = r#"(
    horizon: "5d",
    sample_every: None,
    rules: (displaced: resume),
    fleet: [
        (prefix: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 3, gpus: 8),
        (prefix: "small", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 4, gpus: 2,
            min_bid: 0.40),
        (prefix: "home", gpu_type: "NVIDIA GeForce RTX 4090", cloud: COMMUNITY, count: 4, gpus: 4,
            power_failures: (time_to_failure: Weibull(shape: 0.8, scale: "20h"), time_to_repair: "20m"),
            network_failures: (
                time_to_failure: Exponential(mean: "12h"),
                time_to_repair: LogNormal(median: "5m", p95: "40m"),
            )),
    ],
    customers: [
        (
            name: "labs", accounts: 5, balance: Uniform(low: 20, high: 2000),
            arrivals: Poisson(rate: "6/h", profile: Daily(amplitude: 0.7, peak_hour: 14)),
            gpu_type: ["NVIDIA RTX A6000", "NVIDIA GeForce RTX 4090"],
            gpus: Choice({1: 0.6, 2: 0.2, 4: 0.1, 8: 0.1}),
            duration: LogNormal(median: "2h", p95: "12h"),
            value: Uniform(low: 2, high: 8), patience: Exponential(mean: "30m"), volume_gb: 50,
        ),
        (
            name: "students", accounts: 9, balance: 100,
            deposits: (every: Exponential(mean: "1d"), amount: 25),
            arrivals: Bursts(states: [(rate: "1/h", stay: "5h"), (rate: "20/h", stay: "2h")]),
            gpu_type: "NVIDIA RTX A6000", gpus: Choice({1: 0.7, 2: 0.3}),
            duration: Exponential(mean: "90m"), patience: "6h", kind: spot(share: 0.75),
        ),
        (
            name: "deciders", accounts: 6, balance: 300, arrivals: Poisson(rate: "4/h"),
            gpu_type: "NVIDIA RTX A6000", gpus: Choice({1: 0.7, 2: 0.3}),
            duration: Exponential(mean: "1h"), value: Uniform(low: 0.5, high: 4), patience: "10m",
            kind: spot(share: 0.7),
            conduct: (
                deadline: Uniform(low: "3h", high: "6h"), budget: Uniform(low: 1, high: 5),
                progress: kept, on_refused: [retry(after: Exponential(mean: "20m"), times: 4)],
                on_abandoned: [retry(after: "9m", times: 3)], on_outbid: [retry(times: 9)],
            ),
        ),
    ],
    script: [
        (at: "20h", do: HostDown(host: "ro-2")), (at: "22h", do: HostUp(host: "ro-2")),
        (at: "30h", do: NetworkDown(host: "home-1")), (at: "31h", do: NetworkUp(host: "home-1")),
    ],
)"#;

/// What comes from outside the market.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outside {
    /// Whose, kind, GPUs, work, value.
    Arrival(AccountId, Kind, u32, Option<GpuTime>, Option<Money>),
    Job(JobBegun),
    Deposit(Book, Money),
    Failure(Fact),
    /// A submission to an endpoint.
    Request(EndpointId, RequestId, AccountId),
}

/// What came from outside, and what became of it: who got which GPUs when, and what each rental came to.
#[derive(PartialEq)]
struct Told {
    outside: Vec<(SimTime, Outside)>,
    became: Vec<(SimTime, Fact)>,
}

/// What a run of the market tells under policies as chosen.
fn told(choose: impl FnOnce(&mut Scenario)) -> Told {
    let mut scenario = from_text("market", MARKET).unwrap_or_else(|faults| panic!("{faults:?}"));
    choose(&mut scenario);
    Told::of(&scenario, heard(&scenario))
}

/// All that is stated in a run.
fn heard(scenario: &Scenario) -> Vec<(SimTime, Fact)> {
    let mut heard = Heard::default();
    let run = RunId { seed: 4, replication: 1 };
    let mut journal = Journal::new(vec![&mut heard]);
    engine::run(scenario, run, &mut journal, &mut |_| {}).expect("a sound run");
    heard.0
}

impl Told {
    /// What these facts of a scenario's run tell.
    fn of(scenario: &Scenario, heard: Vec<(SimTime, Fact)>) -> Self {
        // When those who decide ask, and how often, hangs on what they meet: their jobs come from outside.
        let decides = |asked: &Requested| {
            let segment =
                scenario.segments.iter().find(|segment| Some(segment.id) == asked.segment);
            segment.is_some_and(|segment| segment.conduct.is_some())
        };
        let from_outside = |(at, fact): &(SimTime, Fact)| {
            let came = match fact {
                Fact::PodRequested(new) if new.rental == 1 && !decides(new) => {
                    Outside::Arrival(new.account, new.kind, new.gpus, new.work, new.value)
                }
                Fact::JobBegun(begun) => Outside::Job(*begun),
                Fact::Posted(posting) if posting.item == Item::Deposit => {
                    Outside::Deposit(posting.credit, posting.amount)
                }
                Fact::HostDown { .. } | Fact::HostUp { .. } => Outside::Failure(*fact),
                Fact::NetworkDown { .. } | Fact::NetworkUp { .. } => Outside::Failure(*fact),
                Fact::RequestSubmitted(new) => {
                    Outside::Request(new.endpoint, new.request, new.account)
                }
                _ => return None,
            };
            Some((*at, came))
        };
        let outside = heard.iter().filter_map(from_outside).collect();
        let is_told = |fact: &Fact| {
            matches!(fact, Fact::PodPlaced { .. } | Fact::RentalEnded(_) | Fact::WorkerStopped(_))
        };
        let became = heard.into_iter().filter(|(_, fact)| is_told(fact)).collect();
        Self { outside, became }
    }
    /// A bid that is a share of a list price moves with it.
    fn without_bids(mut self) -> Self {
        for (_, came) in &mut self.outside {
            if let Outside::Arrival(_, Kind::Spot { bid }, ..) = came {
                *bid = Money::ZERO;
            }
        }
        self
    }
}

/// That all policies of a family meet the same, and that so many different things become of it.
fn all_meet_the_same(family: &str, told: &[Told], differ: usize) {
    let mut became: Vec<Vec<(SimTime, Fact)>> = Vec::new();
    for (index, one) in told.iter().enumerate() {
        assert!(one.outside == told[0].outside, "{family} {index} changes what comes from outside");
        if !became.contains(&one.became) {
            became.push(one.became.clone());
        }
    }
    assert!(differ <= became.len(), "{family}: only {} differ", became.len());
}

fn cents(cents: i128) -> Money {
    Money::from_nanos(cents * 10_000_000)
}
fn share(hundredths: i128) -> Share {
    Share::from_billionths(hundredths * 10_000_000)
}
/// A price of every third hour, about the floor and above.
fn recorded() -> PricePath {
    let row = |step: u64| {
        let dear = i128::from(step * 7 % 5);
        (SimTime::ZERO + Span::HOUR * (3 * step), cents(45 + 6 * dear))
    };
    PricePath { rows: (0..24).map(row).collect() }
}

/// That is so without any change, and there is enough of everything.
#[test]
fn much_comes_from_outside() {
    let Told { outside, .. } = told(|_| {});
    let count = |is: fn(&Outside) -> bool| outside.iter().filter(|(_, came)| is(came)).count();
    assert!(400 < count(|came| matches!(came, Outside::Arrival(..))));
    assert!(200 < count(|came| matches!(came, Outside::Job(_))));
    assert!(30 < count(|came| matches!(came, Outside::Deposit(..))));
    assert!(50 < count(|came| matches!(came, Outside::Failure(_))));
}

/// Swapping any policy leaves every arrival, size, value, deposit and failure as it was.
#[test]
fn no_placement_changes_what_comes_from_outside() {
    let all = PlacementChoice::ALL
        .map(|placement| told(|scenario| scenario.policies.placement = placement));
    // vCPUs come with the GPUs here: `dot_product` does as `best_fit`.
    all_meet_the_same("placement", &all, 9);
}

#[test]
fn no_eviction_changes_what_comes_from_outside() {
    let all =
        EvictionChoice::ALL.map(|eviction| told(|scenario| scenario.policies.eviction = eviction));
    all_meet_the_same("eviction", &all, 4);
}

#[test]
fn no_clearing_changes_what_comes_from_outside() {
    let all = SpotClearing::ALL.map(|clearing| {
        told(|scenario| {
            scenario.rules.spot_clearing = clearing;
            let scopes = (0..scenario.scopes.len()).map(ScopeId::from_index);
            if clearing == SpotClearing::Trace {
                scenario.spot_prices = scopes.map(|scope| (scope, recorded())).collect();
            }
        })
    });
    all_meet_the_same("clearing", &all, 5);
}

#[test]
fn no_list_price_changes_what_comes_from_outside() {
    let day = vec![(Span::HOUR * 8, share(125)), (Span::HOUR * 22, share(80))];
    let rule = UtilizationRule::DEFAULT;
    let choices = [
        ListPriceChoice::Fixed,
        ListPriceChoice::TimeOfDay(DayFactors { clock: Span::ZERO, from: day }),
        ListPriceChoice::Utilization(UtilizationTerms { rule, floor: share(50), cap: share(200) }),
        ListPriceChoice::Replayed(recorded()),
    ];
    assert_eq!(choices.each_ref().map(ListPriceChoice::name), ListPriceChoice::ALL);
    let all = choices.map(|choice| {
        let moved = |scenario: &mut Scenario| {
            let scopes = (0..scenario.scopes.len()).map(ScopeId::from_index);
            scenario.list_prices = scopes.map(|scope| (scope, choice.clone())).collect();
        };
        told(moved).without_bids()
    });
    all_meet_the_same("list prices", &all, 4);
}

#[test]
fn no_bidding_changes_what_comes_from_outside() {
    let first = FirstBid::ShareOfOnDemand(share(65));
    let all = [
        BidRule::Fixed(cents(55)),
        BidRule::ShareOfOnDemand(share(80)),
        BidRule::MinimumWinning { margin: cents(1) },
        BidRule::ValueBased(share(90)),
        BidRule::Escalating { first, times: share(120), cap: share(100) },
    ];
    // One of each: a further one is missed here.
    let place = |rule| match rule {
        BidRule::Fixed(_) => 0,
        BidRule::ShareOfOnDemand(_) => 1,
        BidRule::MinimumWinning { .. } => 2,
        BidRule::ValueBased(_) => 3,
        BidRule::Escalating { .. } => 4,
        BidRule::Own(_) => unreachable!("none of ours"),
    };
    assert_eq!(all.map(place), [0, 1, 2, 3, 4]);
    let all = all.map(|rule| told(|scenario| scenario.segments[2].buying = Buying::Spot(rule)));
    all_meet_the_same("bidding", &all, 5);
}

#[test]
fn no_switching_changes_what_comes_from_outside() {
    let changeover = Span::MINUTE * 5;
    let all = [
        Switching::Never,
        Switching::AfterLosses(2),
        Switching::Greedy { changeover },
        Switching::UniformProgress { changeover },
    ];
    let place = |switching| match switching {
        Switching::Never => 0,
        Switching::AfterLosses(_) => 1,
        Switching::Greedy { .. } => 2,
        Switching::UniformProgress { .. } => 3,
        Switching::Own(_) => unreachable!("none of ours"),
    };
    assert_eq!(all.map(place), [0, 1, 2, 3]);
    let all = all.map(|switching| {
        told(|scenario| {
            let conduct = scenario.segments[2].conduct.as_mut();
            conduct.expect("they decide").switching = switching;
        })
    });
    all_meet_the_same("switching", &all, 4);
}

#[test]
fn no_checkpointing_changes_what_comes_from_outside() {
    let (cost, restart, on_sigterm) = (Span::MINUTE, Span::MINUTE, false);
    let all = CheckpointChoice::ALL.map(|policy| {
        told(|scenario| {
            for segment in &mut scenario.segments {
                segment.demand.volume = Gb::new(50);
                let mean_time_to_preemption = Span::HOUR * 5;
                let terms =
                    Checkpointing { policy, cost, restart, on_sigterm, mean_time_to_preemption };
                segment.checkpoint = Some(terms);
            }
        })
    });
    all_meet_the_same("checkpointing", &all, 4);
}
