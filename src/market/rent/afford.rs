//! Whether an account affords a request, and at which price (POD-04, BILL-06, BILL-07, POD-13).

use crate::ids::{HostId, PodId, ScopeId};
use crate::scenario::rules::ReserveScope;
use crate::turn::Turn;
use crate::units::Money;

/// The price to pay per GPU-hour on `host` today: the bid under pay as bid, or else the price of its scope
/// up to the bid; on demand the list price; zero GPUs cost nothing (POD-13).
pub fn price_on(turn: &Turn<'_, '_>, pod: PodId, host: HostId) -> Money {
    let row = &turn.world.pods[pod];
    if row.gpus == 0 {
        return Money::ZERO;
    }
    let on = &turn.world.fleet.hosts[host];
    match row.bid() {
        None => turn.world.fleet.price(on.class),
        Some(bid) => turn.world.price_of_bid(pod, on.scope).unwrap_or(bid),
    }
}

/// POD-04. The lowest price per GPU-hour that the request could come to among the hosts named; none if
/// there are none.
pub fn cheapest(turn: &Turn<'_, '_>, pod: PodId) -> Option<Money> {
    let row = &turn.world.pods[pod];
    if row.gpus == 0 {
        return Some(Money::ZERO);
    }
    match row.bid() {
        None => turn.world.shapes.get(row.shape).lowest_price,
        Some(bid) if turn.world.spot.is_none() => Some(bid),
        Some(bid) => Some(cheapest_of_bid(turn, pod).unwrap_or(bid)),
    }
}

/// SPOT-12, SPOT-14. The same of a bid where all of a scope pay one price.
#[cold]
fn cheapest_of_bid(turn: &Turn<'_, '_>, pod: PodId) -> Option<Money> {
    let shape = turn.world.shapes.get(turn.world.pods[pod].shape);
    let fleet = &turn.world.fleet;
    let offers = |scope: &&ScopeId| {
        let mut classes = fleet.scopes[**scope].classes.iter();
        classes.any(|class| fleet.admits(*class, shape.demand.site))
    };
    let named = shape.scopes.iter().filter(offers);
    named.filter_map(|scope| turn.world.price_of_bid(pod, *scope)).min()
}

/// POD-04. Whether the account affords the request at the lowest price among the hosts named.
pub fn affords_cheapest(turn: &mut Turn<'_, '_>, pod: PodId) -> bool {
    cheapest(turn, pod).is_none_or(|price| affords(turn, pod, price))
}

/// BILL-06, BILL-07. Whether the account can rent the pod at `price` per GPU-hour now: one hour of it
/// is there, and R10 counted with it.
pub fn affords(turn: &mut Turn<'_, '_>, pod: PodId, price: Money) -> bool {
    let rules = turn.rules();
    let pod_row = &mut turn.world.pods[pod];
    pod_row.price = price;
    let account = pod_row.account;
    let row = &turn.world.accounts[account];
    if row.is_drained() {
        return false;
    }
    let (compute, disks) = turn.cost_for(pod, rules.rent_reserve);
    let surely = |needed| {
        let balance = turn.ledger_balance(account) + row.credit_line;
        row.line.surely_covers(turn.now, balance, needed, rules.month())
    };
    // Nearly every account affords more than could be asked: R10 of the pod is no more than its cost
    // for a longer time.
    if rules.low_funds_reserve <= rules.rent_reserve
        && surely(
            compute + disks + row.hour.max(row.reserve + row.promised + turn.accepted(account)),
        )
    {
        return true;
    }
    let needed = needed(turn, pod);
    surely(needed) || needed <= turn.spendable(account, turn.paying_side())
}

/// BILL-06, BILL-07. What must be there for the account to rent the pod at its price.
fn needed(turn: &Turn<'_, '_>, pod: PodId) -> Money {
    let rules = turn.rules();
    let sums = turn.sums_today(turn.world.pods[pod].account);
    let (compute, disks) = turn.cost_for(pod, rules.rent_reserve);
    let (compute_line, disks_line) = turn.cost_for(pod, rules.low_funds_reserve);
    let mut hour = compute + if rules.rent_reserve_storage { disks } else { Money::ZERO };
    if rules.rent_reserve_scope == ReserveScope::Account {
        hour += sums.hour;
    }
    let accepted = turn.accepted(turn.world.pods[pod].account);
    hour.max(accepted + sums.reserve + sums.promised + compute_line + disks_line)
}

/// POD-06. A waiting request found GPUs too dear, though its account affords the cheapest it might get: it
/// is set aside by the highest price that it affords, for as long as it surely does not fare otherwise.
pub fn set_aside(turn: &mut Turn<'_, '_>, pod: PodId) {
    let Some(lowest) = cheapest(turn, pod).filter(|_| !turn.world.aside.off) else { return };
    let world = &mut turn.world;
    let row = &mut world.pods[pod];
    row.price = lowest;
    let (shape, account) = (row.shape, row.account);
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let tiers = &world.shapes.get(shape).ask_tiers;
    let mut prices: Vec<Money> = tiers.iter().map(|tier| tier.price).collect();
    prices.sort_unstable();
    let needed = needed(turn, pod);
    let row = &turn.world.accounts[account];
    let balance = turn.ledger_balance(account) + row.credit_line;
    let until = row.line.surely_covered_until(balance, needed, turn.month());
    let afforded = prices.partition_point(|price| affords(turn, pod, *price));
    let means = afforded.checked_sub(1).map(|last| prices[last]);
    if let Some(means) = means.filter(|_| turn.now < until) {
        turn.world.set_aside(pod, (means, until), turn.scenario);
    }
}
