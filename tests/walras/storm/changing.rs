//! What plain storms lack: bids that change, pods that move, evictions by policy, hosts that fail, join and leave, crews, and
//! rules of other markets.

use super::{
    Act, PODS, Storm, Weather, crew, images, instants, lives, lure, moves, plain_storms, saving,
    volumes,
};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::model::EvictionChoice;
use walras::scenario::rules::{BidChange, Displaced, OutageStorage};

/// A market of this weather, in which bids may change, pods move, and whoever the policy says gives way.
pub(crate) fn storms(weather: Weather) -> impl Strategy<Value = Storm> {
    let change = (instants(weather), 0..PODS, select(vec![49, 50, 55, 60, 80]));
    let changes = proptest::collection::vec(change, 0..8);
    let eviction = select(EvictionChoice::ALL.to_vec());
    let bid_change = select(vec![BidChange::Refused, BidChange::Allowed, BidChange::Allowed]);
    let apart = (any::<bool>(), select(vec![OutageStorage::Free, OutageStorage::Charged]));
    let means = (select(vec![60, 300, 900]), select(vec![2, 60, 200]), any::<bool>());
    let failures = if weather.outages {
        proptest::option::weighted(0.3, means).boxed()
    } else {
        Just(None).boxed()
    };
    let lives = if weather.outages {
        proptest::option::weighted(0.4, lives::lives(weather)).boxed()
    } else {
        Just(None).boxed()
    };
    let lures = if weather.outages && weather.mixed {
        proptest::option::weighted(0.3, lure::lures()).boxed()
    } else {
        Just(None).boxed()
    };
    let more = (lures, moves::moves(weather), volumes::growths(weather));
    let extras = (images::pulls(weather), saving::purchases(weather), more);
    let rest = (failures, lives, crew::crews(weather), extras);
    (plain_storms(weather), eviction, (bid_change, apart), changes, rest).prop_map(
        |(mut storm, eviction, (bid_change, (hibernates, away)), changes, rest)| {
            let (failures, lives, (crew, joins), (pulls, buys, (lure, moves, growths))) = rest;
            (storm.failures, storm.crew, storm.pulls) = (failures, crew, pulls);
            storm.lure = lure;
            storm.acts.extend(joins.into_iter().chain(buys).chain(moves).chain(growths));
            storm.rules.plan_discounts = saving::terms();
            if let Some(lives) = lives {
                lives.happen_in(&mut storm);
            }
            storm.eviction = eviction;
            storm.rules.bid_change = bid_change;
            storm.rules.outage_storage = away;
            if hibernates && storm.rules.displaced == Displaced::Resume {
                storm.rules.displaced = Displaced::Hibernate;
            }
            let changes = changes.into_iter();
            storm.acts.extend(changes.map(|(at, pod, cents)| (at, Act::ChangeBid(pod, cents))));
            storm.acts.sort_by_key(|(at, _)| *at);
            storm
        },
    )
}
