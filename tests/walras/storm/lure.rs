//! Providers who come to a storm, ask, and leave.

use super::HORIZON;
use proptest::prelude::*;
use proptest::sample::select;
use walras::ids::{HostId, Id, PoolId};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::model::{
    AskingChoice, Cloud, FailureTimes, Failures, HostSpec, JoinsIf, Loss, MarketPrice, Supply,
};
use walras::scenario::prices::{UtilizationRule, UtilizationTerms};
use walras::units::{Gb, Money, Share, Span};

/// The GPU type and the cloud of their hosts.
pub(super) const KIND: (usize, Cloud) = (0, Cloud::Community);

/// What draws providers to a market: GPUs of a host, how many are there at the start, mean seconds from one
/// invitation to the next, cost in cents, what they ask, how often they review and how long they stay.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lure {
    gpus: u32,
    at_start: u32,
    every: u32,
    cents: u32,
    asking: AskingChoice,
    review: u64,
    stays: u32,
    notice: u64,
    joins_if: JoinsIf,
    fails: bool,
}

fn asking() -> impl Strategy<Value = AskingChoice> {
    let share = |thousandths: i128| Share::from_billionths(thousandths * 1_000_000);
    let of = select(vec![MarketPrice::Median, MarketPrice::Lowest, MarketPrice::List]);
    let rule = UtilizationRule { target: 500_000, ..UtilizationRule::DEFAULT };
    let terms = UtilizationTerms { rule, floor: share(500), cap: share(2_000) };
    prop_oneof![
        select(vec![0.4, 0.5, 0.8])
            .prop_map(|usd| AskingChoice::Fixed(Distribution::Constant(usd))),
        of.prop_map(move |of| AskingChoice::FollowMarket { of, factor: share(900) }),
        Just(AskingChoice::MatchUtilization(terms)),
        Just(AskingChoice::CostPlus { margin: share(200) }),
    ]
}

prop_compose! {
    pub(super) fn lures()(
        gpus in select(vec![1, 2, 4]),
        at_start in 0..3_u32,
        every in select(vec![60, 200]),
        cents in select(vec![0, 10, 45]),
        asking in asking(),
        review in select(vec![60, 90]),
        stays in select(vec![100, 1_000]),
        notice in select(vec![0, 30]),
        joins_if in select(vec![JoinsIf::ItPays, JoinsIf::Always]),
        fails in any::<bool>(),
    ) -> Lure {
        Lure { gpus, at_start, every, cents, asking, review, stays, notice, joins_if, fails }
    }
}

fn exponential(mean: u32) -> Distribution {
    Distribution::Exponential { mean: f64::from(mean) }
}

impl Lure {
    /// They come to this market, which has a pool for them.
    pub(super) fn add_to(&self, scenario: &mut Scenario) {
        scenario.rules.host_price_interval = Span::from_seconds(1);
        let scope =
            scenario.scopes.iter().position(|scope| (scope.gpu_type.index(), scope.cloud) == KIND);
        let of_scope = |pool: &walras::scenario::model::Pool| Some(pool.scope.index()) == scope;
        let pool = scenario.pools.iter().position(of_scope).expect("a pool for them");
        scenario.hosts.push(HostSpec {
            name: "lured".into(),
            pool: PoolId::from_index(pool),
            gpus: self.gpus,
            vcpus: 16 * self.gpus,
            memory: Gb::new(64 * self.gpus),
            disk: Gb::new(200),
            cpu_slots: 4,
            download: 1_000_000_000,
            upload: 1_000_000_000,
            min_bid: None,
            price: None,
            joins_later: true,
            country: None,
            public_ip: true,
        });
        let failures = |loss| Failures {
            loss,
            hosts: Vec::new(),
            together: false,
            number: 0,
            times: FailureTimes::Drawn {
                time_to_failure: exponential(200),
                time_to_repair: exponential(30),
            },
        };
        scenario.supply.push(Supply {
            name: "lured".into(),
            patterns: vec![HostId::from_index(scenario.hosts.len() - 1)],
            at_start: self.at_start,
            invitations: Some(exponential(self.every)),
            joins_if: self.joins_if,
            cost: Distribution::Constant(f64::from(self.cents) / 100.0),
            asking: self.asking.clone(),
            price_step: Money::from_nanos(10_000_000),
            min_bid_share: Share::from_billionths(700_000_000),
            review_every: Span::from_seconds(self.review),
            lifetime: Some(exponential(self.stays)),
            unprofitable_for: Some(Span::from_seconds(HORIZON / 6)),
            notice: Span::from_seconds(self.notice),
            failures: if self.fails {
                [Loss::Power, Loss::Network].map(failures).into()
            } else {
                Vec::new()
            },
        });
    }
}
