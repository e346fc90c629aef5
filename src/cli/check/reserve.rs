//! What `walras check` says of a reserve that wanders where a floor keeps it from moving (SPOT-17).

use crate::ids::Id;
use crate::scenario::Scenario;
use crate::scenario::rules::{SpotReserve, Walk};
use crate::units::Money;

/// A sentence for each scope whose floors, as stated, keep the reserve where it is.
pub(super) fn kept_by_floors(scenario: &Scenario) -> Vec<String> {
    let SpotReserve::Walk(walk) = scenario.rules.spot_reserve else { return Vec::new() };
    if !scenario.rules.spot || !scenario.rules.spot_clearing.is_uniform() {
        return Vec::new();
    }
    let scopes = scenario.scopes.iter().enumerate().filter(|(_, scope)| scope.has_hosts);
    scopes.filter_map(|(index, _)| of_scope(scenario, index, walk)).collect()
}

fn of_scope(scenario: &Scenario, index: usize, walk: Walk) -> Option<String> {
    let scope = &scenario.scopes[index];
    let there = scenario.hosts.iter().filter(|host| {
        let pool = &scenario.pools[host.pool.index()];
        pool.scope.index() == index
    });
    let least: Option<Money> = there.filter_map(|host| host.min_bid).min();
    let floor = least.map_or(scope.min_bid, |least| least.min(scope.min_bid));
    let the_floor = format!(
        "the floor of {}, {}, is {floor}",
        scenario.gpu_types[scope.gpu_type.index()].display_name,
        scope.cloud.word(),
    );
    let (start, ceiling) = (walk.start.of(scope.on_demand), walk.ceiling.of(scope.on_demand));
    if ceiling < floor {
        let so = "there it never moves, nor matters";
        return Some(format!(
            "The reserve wanders up to {ceiling} at most, and {the_floor}: {so}."
        ));
    }
    let so = "there it moves only if a single step takes it over that";
    (start < floor).then(|| format!("The reserve starts at {start}, and {the_floor}: {so}."))
}
