//! How hosts fail of which the scenario does not say how: by their cloud, and by the tier of their data
//! center (CLD-02, CLD-03).
//!
//! A secure host loses its power, its data center all of its hosts' at once: a year brings one outage of
//! the tier's downtime on average. A community host loses its power or its network, either half of the
//! time. Times are exponential.

use super::{Draft, Fleet};
use crate::ids::{HostId, Id};
use crate::rng::draw::Distribution;
use crate::scenario::model::{Cloud, FailureTimes, Failures, Loss};
use crate::scenario::rules::{HostFailures, HostRules, Tier};
use crate::units::Span;
use std::collections::BTreeMap;

/// Causes of data centers stand apart from those of their hosts, whose streams they else were.
const OF_DATACENTERS: u32 = 1 << 16;

/// What the scenario states of whole data centers, and under `by_cloud` what it does not state.
pub(super) fn add(fleet: &mut Fleet, has_own: &[bool], rules: &HostRules) {
    let by_cloud = rules.host_failures == HostFailures::ByCloud;
    let mut added = Vec::new();
    for (name, hosts) in sites(fleet) {
        let mut stated = fleet.datacenters.failures_of(&name);
        if stated.iter().all(|failures| failures.loss != Loss::Power) && by_cloud {
            let down = rules.tier_downtime[match fleet.datacenters.get(&name).tier {
                Tier::T3 => 0,
                Tier::T4 => 1,
            }];
            let up = Span::from_micros((Span::DAY * 365).micros().saturating_sub(down.micros()));
            stated.extend((!down.is_zero()).then(|| exponential(Loss::Power, up, down)));
        }
        added.extend(stated.into_iter().map(|failures| Failures {
            hosts: hosts.clone(),
            together: true,
            number: failures.number + OF_DATACENTERS,
            ..failures
        }));
    }
    if by_cloud {
        let without = |cloud| {
            let drafts = fleet.drafts.iter().zip(has_own).enumerate();
            let those = drafts.filter(move |(_, (draft, own))| draft.cloud == cloud && !**own);
            those.map(|(index, _)| HostId::from_index(index)).collect::<Vec<_>>()
        };
        let (secure, community) = (without(Cloud::Secure), without(Cloud::Community));
        added.push(Failures {
            hosts: secure,
            ..exponential(Loss::Power, rules.secure_mtbf, rules.secure_mttr)
        });
        let of_these = |failures| Failures { hosts: community.clone(), ..failures };
        added.extend(of_community(rules).map(of_these));
    }
    fleet.failures.extend(added.into_iter().filter(|failures| !failures.hosts.is_empty()));
}

/// CLD-03. How hosts of the community cloud fail, whichever these are.
pub(super) fn of_community(rules: &HostRules) -> [Failures; 2] {
    let halved = rules.community_mtbf * 2;
    [Loss::Power, Loss::Network].map(|loss| exponential(loss, halved, rules.community_mttr))
}

/// The hosts of each data center.
fn sites(fleet: &Fleet) -> BTreeMap<String, Vec<HostId>> {
    let mut sites: BTreeMap<String, Vec<HostId>> = BTreeMap::new();
    for (index, Draft { datacenter, .. }) in fleet.drafts.iter().enumerate() {
        if let Some(name) = datacenter {
            sites.entry(name.clone()).or_default().push(HostId::from_index(index));
        }
    }
    sites
}

fn exponential(loss: Loss, up: Span, down: Span) -> Failures {
    let of = |mean: Span| Distribution::Exponential { mean: mean.as_seconds_f64() };
    Failures {
        loss,
        hosts: Vec::new(),
        together: false,
        number: 0,
        times: FailureTimes::Drawn { time_to_failure: of(up), time_to_repair: of(down) },
    }
}
