//! What a fleet costs, for whoever weighs it against what it attains.

use crate::ids::Id;
use crate::scenario::Scenario;
use crate::units::{Money, Price};

/// What all GPUs of the fleet come to in a month (GEN-02) at the list prices for use on demand with which the scenario
/// begins, a host's own price before its scope's (HOST-13): what the planner would pay who rents the fleet whole, or forgoes who
/// owns it. Hosts that come by script are counted, and of those that providers bring, what is there from the start.
pub(super) fn fleet_per_month(scenario: &Scenario) -> Money {
    let month = scenario.rules.month();
    let of_hosts = scenario.hosts_like().map(|(host, count)| {
        let scope = &scenario.scopes[scenario.pools[host.pool.index()].scope.index()];
        let price = Price::per_hour(host.price.unwrap_or(scope.on_demand));
        let alone = price.for_span(host.gpus, month);
        Money::from_nanos(alone.nanos() * i128::from(count))
    });
    of_hosts.sum()
}
