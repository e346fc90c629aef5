//! Savings plans in a storm (PLAN-01 to PLAN-08): bought for pods and before they come, and over while they
//! run.

use super::{ACCOUNTS, Act, PODS, Weather, instants};
use proptest::prelude::*;
use proptest::sample::select;
use walras::units::{Share, Span};

/// Terms of two minutes, of no hour and so for nothing, and of an hour, which is longer than a storm.
pub(super) fn terms() -> Vec<(Span, Share)> {
    [(120, 50_000_000), (3_600, 500_000_000)]
        .map(|(seconds, share)| (Span::from_seconds(seconds), Share::from_billionths(share)))
        .to_vec()
}

/// In some storms a few plans, mostly of the first scope.
pub(super) fn purchases(weather: Weather) -> BoxedStrategy<Vec<(u64, Act)>> {
    let scopes = if weather.mixed { vec![0, 0, 1, 2, 3] } else { vec![0] };
    let plan = (
        instants(weather),
        0..ACCOUNTS,
        select(scopes),
        1..=4_u32,
        select(vec![120, 120, 3_600, 77]),
        proptest::option::of(0..PODS),
    );
    let plan = plan.prop_map(|(at, account, scope, gpus, term, pod)| {
        // Whose pod it is, so that it is not always unknown.
        let account = pod.map_or(account, |pod| pod % ACCOUNTS);
        (at, Act::BuyPlan(account, scope, gpus, term, pod))
    });
    let plans = proptest::collection::vec(plan, 1..6);
    prop_oneof![1 => Just(Vec::new()), 1 => plans].boxed()
}
