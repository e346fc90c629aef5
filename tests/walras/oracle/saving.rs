//! Savings plans and spending limits of random scripts.

use super::random::{ACCOUNTS, HOSTS, MOST_GPUS, PODS, SECOND, bids, create};
use super::script::{Act, Buy};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::rules::LimitStep;
use walras::units::{Money, Span};

/// Limits of a pod or a few, to the nano-dollar or one beside it.
pub(super) fn limits() -> impl Strategy<Value = i128> {
    (
        select(vec![600_000_000, 1_200_000_000, 1_800_000_000, 13_000_000_000]),
        select(vec![0, 0, -1]),
    )
        .prop_map(|(limit, off)| limit + off)
}

/// ACCT-07. Mostly no limit, else one that grows within the script.
pub(super) fn steps() -> impl Strategy<Value = Vec<LimitStep>> {
    let step = |age: u64, paid: i128, limit| LimitStep {
        age: Span::from_seconds(age),
        paid: Money::from_nanos(paid * 10_000_000),
        limit,
    };
    let growing = (limits(), limits(), 0..300_i128).prop_map(move |(first, more, paid)| {
        let (first, more) = (Money::from_nanos(first), Money::from_nanos(first + more));
        let none = step(3_600, paid, None);
        vec![step(0, 0, Some(first)), step(1_800, paid, Some(more)), none]
    });
    prop_oneof![9 => Just(Vec::new()), 1 => growing]
}

prop_compose! {
    /// A savings plan of one of the terms that `rules` have, or of another.
    pub(super) fn buy()(
        account in 0..ACCOUNTS,
        host in 0..HOSTS,
        gpus in select(vec![0, 1, 1, 1, 2, MOST_GPUS]),
        hours in select(vec![1, 1, 1, 2, 3]),
        pod in proptest::option::of(0..PODS),
    ) -> Act {
        Act::Buy(Buy { account, host, gpus, term: hours * 3_600 * SECOND, pod })
    }
}

prop_compose! {
    /// What becomes of a request: nothing more, or a plan for it, bought in the instant before it is looked at
    /// or by its name once it runs; often for an hour, so that it ends while the pod runs.
    pub(super) fn saved(pod: usize)(
        create in any_create(pod),
        gpus in select(vec![1, 1, 2, MOST_GPUS]),
        hours in select(vec![1, 1, 1, 2]),
        after in select(vec![None, None, None, Some(0), Some(60 * SECOND), Some(17_500_000)]),
    ) -> Vec<(u64, Act)> {
        let (at, Act::Create(asked)) = &create else { return vec![create] };
        let Some(after) = after else { return vec![create] };
        let (account, host, pod) = (asked.account, asked.host, (0 < after).then_some(pod));
        let buy = Act::Buy(Buy { account, host, gpus, term: hours * 3_600 * SECOND, pod });
        vec![(*at + after, buy), create]
    }
}

/// A request in the first half hour.
fn any_create(pod: usize) -> impl Strategy<Value = (u64, Act)> {
    let sizes = ((0..HOSTS).collect(), vec![1, 1, 1, 2, MOST_GPUS, 0, 17]);
    create(pod, 1_800 * SECOND, sizes, bids().boxed())
}
