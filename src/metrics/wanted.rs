//! Which facts the figures are made of. What a scenario has not, it says nothing of; and what is said of each
//! request to an endpoint is not asked for, but its end.

use super::{churn, endpoints, providers};
use crate::journal::Wanted;
use crate::scenario::Scenario;

/// Of every scenario.
const ALWAYS: &[&str] = &[
    "posted",
    "plan_bought",
    "plan_covers",
    "pod_requested",
    "pod_waits",
    "pod_placed",
    "pod_promised",
    "rental_ended",
    "checkpoint_overhead",
    "occupied",
    "host_down",
    "host_joined",
    "host_left",
    "price_published",
    "notice",
    "account_removed",
    "rejected",
    "warm_up_ended",
    "run_ended",
    "job_ended",
    "image_cached",
    "image_pull_begun",
    "image_evicted",
];

/// The facts of which the figures of a scenario are made.
pub(super) fn of(scenario: &Scenario) -> Wanted {
    let mut words = ALWAYS.to_vec();
    if providers::Providers::new(scenario).is_some() {
        words.extend(providers::WANTS);
    }
    if churn::Churn::new(scenario).is_some() {
        words.extend(churn::WANTS);
    }
    if !scenario.endpoints.is_empty() {
        words.extend(endpoints::Endpoints::wants(scenario));
    }
    Wanted::these(&words)
}
