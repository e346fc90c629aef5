//! One-shot auctions for single GPUs: what theory says of the highest losing bid (SPOT-12), and the
//! scenario that one can check by hand.

use crate::stage;
use crate::{build, storm::config};
use proptest::prelude::*;
use walras::ids::Id;
use walras::journal::Fact;
use walras::journal::fact::PodName;
use walras::scenario::load::from_text;
use walras::units::Money;

/// The floor of the stage's hosts, in cents.
const FLOOR: i128 = 49;

/// All bid at once for `gpus` GPUs: who wins, and what each winner pays per hour, in nano-dollars.
fn auction(clearing: &str, gpus: u32, cents: &[i128]) -> (Vec<usize>, i128) {
    let mut script = format!("set spot_clearing {clearing}\nhorizon 10\nhost h gpus={gpus}\n");
    for (index, bid) in cents.iter().enumerate() {
        script += &format!("0 create p{index} bid=0.{bid:02} patience=9\n");
    }
    let (mut winners, mut price) = (Vec::new(), 0);
    let mut names = std::collections::BTreeMap::new();
    let scenario = stage::scenario(&script);
    for (at, fact) in build::run_audited(&scenario, 0) {
        match fact {
            Fact::PodRequested(asked) => {
                let PodName::Given(name) = asked.name else { panic!("it has a name") };
                let name = &scenario.pod_names[name.index()];
                names.insert(asked.pod, name.trim_start_matches('p').parse::<usize>().unwrap());
            }
            Fact::PodPlaced { pod, .. } => winners.push(names[&pod]),
            Fact::PricePublished { quote, .. } if at.micros() == 0 => {
                price = quote.spot_price.map_or(0, Money::nanos);
            }
            _ => {}
        }
    }
    winners.sort_unstable();
    (winners, price)
}

/// What a bidder gains whose GPU-hour is worth `value` cents to it.
fn gain(bidder: usize, value: i128, (winners, price): &(Vec<usize>, i128)) -> i128 {
    if winners.contains(&bidder) { value * 10_000_000 - price } else { 0 }
}

proptest! {
    #![proptest_config(config(150))]

    /// Under the highest losing bid nobody gains by bidding anything else than what a GPU is worth.
    #[test]
    fn spot_12_truthful_bidding_is_never_worse(
        gpus in 1..=4_u32,
        values in proptest::collection::vec(40..80_i128, 1..=6),
        (who, other) in (any::<prop::sample::Index>(), 40..80_i128),
    ) {
        let bidder = who.index(values.len());
        let truthful = auction("uniform_highest_losing", gpus, &values);
        let mut bids = values.clone();
        bids[bidder] = other;
        let otherwise = auction("uniform_highest_losing", gpus, &bids);
        let value = values[bidder];
        prop_assert!(gain(bidder, value, &otherwise) <= gain(bidder, value, &truthful));
    }

    /// Who bid truthfully and won are those to whom the GPUs are worth most, by all assignments.
    #[test]
    fn spot_12_welfare_is_that_of_the_best_assignment(
        gpus in 1..=4_u32,
        values in proptest::collection::vec(40..80_i128, 1..=6),
        clearing in prop::sample::select(vec!["uniform_highest_losing", "uniform_lowest_winning"]),
    ) {
        let (winners, price) = auction(clearing, gpus, &values);
        let worth = |chosen: &mut dyn Iterator<Item = usize>| -> i128 {
            chosen.map(|index| values[index]).sum()
        };
        let best = (0..1_u32 << values.len())
            .filter(|set| set.count_ones() <= gpus)
            .map(|set| (0..values.len()).filter(move |index| set & (1 << index) != 0))
            .filter(|set| set.clone().all(|index| FLOOR <= values[index]))
            .map(|mut set| worth(&mut set))
            .max();
        prop_assert_eq!(best, Some(worth(&mut winners.iter().copied())));
        let lowest = winners.iter().map(|index| values[*index]).min();
        prop_assert!(lowest.is_none_or(|lowest| price <= lowest * 10_000_000));
    }
}

/// `scenarios/auction.ron` goes as the table at its head says.
#[test]
fn the_scenario_that_one_can_check_by_hand_goes_as_it_says() {
    let text = include_str!("../../../scenarios/auction.ron");
    let scenario = from_text("auction.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let facts = build::run_audited(&scenario, 0);
    let published = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::PricePublished { quote, .. } => Some((at.micros() / 1_000_000, quote.spot_price?)),
        _ => None,
    });
    let prices: Vec<(u64, String)> = published.map(|(at, price)| (at, price.to_string())).collect();
    let at = |second, price: &str| (second, price.to_owned());
    let expected = [
        at(0, "0.55"),
        at(3_600, "0.5"),
        at(7_200, "0.5"), // the least bid that would win has moved: who is outbid is in grace
        at(7_205, "0.6"),
        at(10_800, "0.5"),
        at(14_400, "0.3"),
    ];
    assert_eq!(prices, expected);
    let paid = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::RentalEnded(end) if at.micros() == 14_400_000_000 => Some(end.compute.to_string()),
        _ => None,
    });
    // 60 minutes at 0.55, 61 at 0.50 (that of 7,200 begins in the grace), 59 at 0.60, 60 at 0.50; what
    // came first of two stretches is rounded down by itself.
    assert_eq!(paid.collect::<Vec<_>>(), ["2.148333333", "2.148333333", "2.148333333"]);
}
