//! Rules of random markets.

use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::rules::{
    BidPer, BillingStarts, CommunityPricing, Displaced, GracePaidBy, NetworkVolumePodsStop,
    OutagePartialUnit, PriceChangeApplies, Rounding, Rules, VcpuMemory, WaitingOrder, WorkSpeed,
};
use walras::units::{Money, Span};

prop_compose! {
    pub(super) fn rules()(
        displaced in select(vec![
            Displaced::Stop, Displaced::Stop, Displaced::Resume, Displaced::Terminate,
        ]),
        waiting_order in select(vec![WaitingOrder::Skip, WaitingOrder::Skip, WaitingOrder::Block]),
        container_start in select(vec![0, 0, 5]),
        minute_rounding in select(vec![Rounding::Started, Rounding::Started, Rounding::Completed]),
        outage_partial_unit in select(vec![OutagePartialUnit::Kept, OutagePartialUnit::Forfeited]),
        statement in proptest::option::weighted(0.2, Just(Span::from_seconds(61))),
        drained_hold in select(vec![60, 172_800]),
        reserves in select(vec![(3_600, 600), (60, 0), (0, 0)]),
        tick in select(vec![1, 1, 1, 20_000_000]),
        network_volume_pods_stop in
            select(vec![NetworkVolumePodsStop::Refused, NetworkVolumePodsStop::Allowed]),
        hour_rounding in select(vec![Rounding::Started, Rounding::Completed]),
    ) -> Rules {
        Rules {
            network_volume_pods_stop,
            hour_rounding,
            network_volume_unit: Span::MINUTE,
            network_volume_price: Money::from_dollars(8),
            bid_tick: Money::from_nanos(tick),
            displaced,
            waiting_order,
            container_start: Span::from_seconds(container_start),
            minute_rounding,
            outage_partial_unit,
            statement_every: statement,
            drained_hold: Span::from_seconds(drained_hold),
            rent_reserve: Span::from_seconds(reserves.0),
            low_funds_reserve: Span::from_seconds(reserves.1),
            ..Rules::default()
        }
    }
}

prop_compose! {
    /// Rules with choices that are rare elsewhere.
    pub(super) fn odd_rules()(
        rules in rules(),
        community_pricing in select(vec![CommunityPricing::Host, CommunityPricing::Platform]),
        host_price_interval in select(vec![0, 60, 120]),
        vcpu_memory in select(vec![VcpuMemory::Requested, VcpuMemory::Proportional]),
        price_change_applies in select(vec![
            PriceChangeApplies::Running, PriceChangeApplies::NewRentals,
        ]),
        billing_starts in select(vec![BillingStarts::Placed, BillingStarts::Running]),
        grace_paid_by in select(vec![GracePaidBy::Victim, GracePaidBy::Nobody]),
        bid_per in select(vec![BidPer::Gpu, BidPer::Gpu, BidPer::Pod]),
        bid_tick in select(vec![1, 30_000_000]),
        grace in select(vec![5, 5, 0]),
        spot in proptest::bool::weighted(0.9),
        longest_run in proptest::option::weighted(0.4, select(vec![1, 60, 65, 125])),
        work_speed in select(vec![WorkSpeed::Equal, WorkSpeed::Relative]),
    ) -> Rules {
        Rules {
            community_pricing,
            host_price_interval: Span::from_seconds(host_price_interval),
            vcpu_memory,
            price_change_applies,
            billing_starts,
            grace_paid_by,
            bid_per,
            bid_tick: Money::from_nanos(bid_tick),
            grace: Span::from_seconds(grace),
            spot,
            longest_run: longest_run.map(Span::from_seconds),
            work_speed,
            ..rules
        }
    }
}
