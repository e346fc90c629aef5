//! Hosts that join, are judged, are maintained and leave.

use super::{Act, Storm, Weather, instants};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::rules::{CommunityJoins, HostRules};
use walras::units::{Share, Span};

/// What becomes of a market's hosts.
#[derive(Clone, Debug)]
pub(super) struct Lives {
    rules: HostRules,
    later: usize,
    acts: Vec<(u64, Act)>,
}

impl Lives {
    /// They live so in this market; one of its hosts at least is there from the start.
    pub(super) fn happen_in(self, storm: &mut Storm) {
        storm.rules.hosts = self.rules;
        storm.later = self.later.min(storm.machines.len() - 1);
        storm.acts.extend(self.acts);
    }
}

fn acts(weather: Weather) -> impl Strategy<Value = Vec<(u64, Act)>> {
    let host = || 0..4_usize;
    let act = prop_oneof![
        2 => (host(), select(vec![0, 0, 60, 125])).prop_map(|(of, notice)| Act::Leave(of, notice)),
        4 => (host(), select(vec![0, 60, 120]), select(vec![1, 60, 120]))
            .prop_map(|(of, until, takes)| Act::Maintain(of, until, takes)),
        3 => host().prop_map(Act::Join),
    ];
    proptest::collection::vec((instants(weather), act), 0..8)
}

prop_compose! {
    fn rules()(
        interval in select(vec![10, 60]),
        window in select(vec![120, 100_000]),
        forgiven in 0..2_u64,
        minimum in select(vec![0, 500, 900, 980]),
        joins in select(vec![CommunityJoins::Open, CommunityJoins::Invited]),
        vetting in select(vec![0, 60]),
        notice in select(vec![0, 60]),
        delist in select(vec![0, 30, 1_000]),
    ) -> HostRules {
        HostRules {
            community_joins: joins,
            vetting_time: Span::from_seconds(vetting),
            maintenance_notice: Span::from_seconds(notice),
            maintenance_delist: Span::from_seconds(delist),
            heartbeat_interval: Span::from_seconds(interval),
            reliability_buffer: Span::from_seconds(interval * forgiven),
            reliability_window: Span::from_seconds(window),
            listing_minimum: Share::from_billionths(minimum * 1_000_000),
            ..HostRules::default()
        }
    }
}

prop_compose! {
    /// How hosts may live in a market of this weather.
    pub(super) fn lives(weather: Weather)(
        rules in rules(), later in 0..2_usize, acts in acts(weather),
    ) -> Lives {
        Lives { rules, later, acts }
    }
}
