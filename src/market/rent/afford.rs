//! Whether an account affords a request, and at which price (POD-04, BILL-06, BILL-07, POD-13); its limit
//! is in [`super::limit`].

use super::limit;
use crate::ids::{ClassId, GpuTypeId, HostId, Id, PodId, ScopeId};
use crate::journal::fact::Refusal;
use crate::scenario::rules::ReserveScope;
use crate::turn::Turn;
use crate::units::{Money, Span};
use crate::world::waiting::Tier;

/// What a request would pay for compute somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Per GPU-hour.
    pub price: Money,
    /// PLAN-05. How many of its GPUs savings plans would cover, were it placed there now.
    pub covered: u32,
}

impl Offer {
    /// POD-13. Nothing: no GPU has to be paid.
    pub const FREE: Self = Self { price: Money::ZERO, covered: 0 };

    /// What `gpus` GPUs cost per hour.
    fn cost(self, gpus: u32) -> Money {
        self.price.times(gpus - self.covered)
    }
}

/// The price to pay per GPU-hour on `host` today: the bid under pay as bid, or else the price of its scope
/// up to the bid; on demand the list price, but for GPUs that a plan covers; zero GPUs cost nothing
/// (POD-13).
#[inline(always)] // on the way of every pod
pub fn offer_on(turn: &Turn<'_, '_>, pod: PodId, host: HostId) -> Offer {
    let row = &turn.world.pods[pod];
    if row.gpus == 0 {
        return without_gpus(turn, row.slots);
    }
    let on = &turn.world.fleet.hosts[host];
    match row.bid() {
        None => Offer {
            price: turn.world.fleet.price(on.class),
            covered: turn.world.would_cover(row.account, on.scope, row.gpus),
        },
        Some(bid) => {
            let price = turn.world.price_of_bid(pod, on.scope).unwrap_or(bid);
            Offer { price, covered: 0 }
        }
    }
}

/// POD-13, POD-14. What a pod without a GPU pays: per vCPU-hour, if it takes slots, else nothing.
fn without_gpus(turn: &Turn<'_, '_>, slots: u16) -> Offer {
    if 0 < slots { Offer { price: turn.rules().cpu_price, covered: 0 } } else { Offer::FREE }
}

/// POD-04. The least that the request could come to among the hosts named; none if there are none.
#[inline(always)] // on the way of every pod
pub fn cheapest(turn: &Turn<'_, '_>, pod: PodId) -> Option<Offer> {
    let row = &turn.world.pods[pod];
    if row.gpus == 0 {
        return Some(without_gpus(turn, row.slots));
    }
    let uncovered = |price| Offer { price, covered: 0 };
    match row.bid() {
        None if turn.world.may_cover(row.account) => cheapest_with_plans(turn, pod),
        None => turn.world.shapes.get(row.shape).lowest_price.map(uncovered),
        Some(bid) if turn.world.spot.is_none() => Some(uncovered(bid)),
        Some(bid) => Some(uncovered(cheapest_of_bid(turn, pod).unwrap_or(bid))),
    }
}

/// PLAN-05. The same of an account that has free places of savings plans: they may make a dearer GPU the
/// one that costs it least.
#[cold]
fn cheapest_with_plans(turn: &Turn<'_, '_>, pod: PodId) -> Option<Offer> {
    let row = &turn.world.pods[pod];
    let fleet = &turn.world.fleet;
    let offers = turn.world.shapes.get(row.shape).ask_tiers.iter().flat_map(|tier| {
        tier.classes.iter().map(move |class: &ClassId| {
            let scope = fleet.classes[*class].scope;
            let covered = turn.world.would_cover(row.account, scope, row.gpus);
            Offer { price: tier.price, covered }
        })
    });
    offers.min_by_key(|offer| offer.cost(row.gpus))
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

/// PLAN-05, POD-05. The tiers of an account that has free places of savings plans: what each GPU type costs
/// it where they are is lower, and they stand in order of what is to be paid.
#[cold]
pub fn tiers_with_plans(turn: &Turn<'_, '_>, pod: PodId, tiers: &[Tier]) -> Vec<Tier> {
    let row = &turn.world.pods[pod];
    let fleet = &turn.world.fleet;
    let mut whole: Vec<((usize, Money), Tier)> = Vec::new();
    let mut types: Vec<GpuTypeId> = Vec::new();
    for tier in tiers {
        for &class in &tier.classes {
            let scope = fleet.classes[class].scope;
            let gpu_type = fleet.scope_keys[scope.index()].0;
            // Tiers come in the order of the request's list.
            let place = types.iter().position(|known| *known == gpu_type).unwrap_or_else(|| {
                types.push(gpu_type);
                types.len() - 1
            });
            let covered = turn.world.would_cover(row.account, scope, row.gpus);
            let cost = Offer { price: tier.price, covered }.cost(row.gpus);
            match whole.iter_mut().find(|(key, _)| *key == (place, cost)) {
                Some((_, of)) => of.classes.push(class),
                None => {
                    let tier = Tier { price: tier.price, classes: vec![class] };
                    whole.push(((place, cost), tier));
                }
            }
        }
    }
    whole.sort_by_key(|(key, _)| *key);
    whole.into_iter().map(|(_, tier)| tier).collect()
}

/// POD-04. Whether the account may rent the pod at the lowest price among the hosts named; else why not.
pub fn may_rent_cheapest(turn: &mut Turn<'_, '_>, pod: PodId) -> Result<(), Refusal> {
    cheapest(turn, pod).map_or(Ok(()), |offer| may_rent(turn, pod, offer))
}

/// GEN-14. Whether the account may rent the pod at what it would pay now: its limit allows it (ACCT-06),
/// and it affords it.
#[inline(never)] // apart from the way of most, who are looked at once
pub fn may_rent(turn: &mut Turn<'_, '_>, pod: PodId, offer: Offer) -> Result<(), Refusal> {
    weigh(turn, pod, offer)
}

/// The same, where most requests come by.
#[inline(always)] // on the way of every pod
pub(super) fn weigh(turn: &mut Turn<'_, '_>, pod: PodId, offer: Offer) -> Result<(), Refusal> {
    turn.world.pods[pod].price = offer.price;
    let reserve = turn.rules().rent_reserve;
    let cost = turn.cost_for(pod, reserve, offer.covered);
    // The hour of the limit is mostly that which must be there.
    let hour = (reserve == Span::HOUR).then_some(cost);
    if !limit::allows_pod(turn, pod, (offer.covered, hour)) {
        Err(Refusal::SpendingLimit)
    } else if affords(turn, pod, (offer.covered, cost)) {
        Ok(())
    } else {
        Err(Refusal::NoFunds)
    }
}

/// BILL-06, BILL-07. Whether the account affords the pod at its price: one hour of it, which costs so much by
/// compute and by disks, is there, and R10 counted with it.
#[inline(always)] // on the way of every pod
fn affords(
    turn: &Turn<'_, '_>,
    pod: PodId,
    (covered, (compute, disks)): (u32, (Money, Money)),
) -> bool {
    let rules = turn.rules();
    let account = turn.world.pods[pod].account;
    let row = &turn.world.accounts[account];
    if row.is_drained() {
        return false;
    }
    // Nearly every account affords more than could be asked: R10 of the pod is no more than its cost
    // for a longer time.
    if rules.low_funds_reserve <= rules.rent_reserve {
        let beside = row.hour.max(row.reserve + row.promised + turn.accepted(account));
        let balance = turn.ledger_balance(account) + row.credit_line;
        let most = compute + disks + beside;
        if row.line.surely_covers(turn.now, balance, most, rules.month()) {
            return true;
        }
    }
    affords_exactly(turn, pod, covered)
}

/// The same of an account that is near what is needed.
#[cold]
fn affords_exactly(turn: &Turn<'_, '_>, pod: PodId, covered: u32) -> bool {
    let account = turn.world.pods[pod].account;
    turn.covers(account, needed(turn, pod, covered))
}

/// BILL-06, BILL-07. What must be there for the account to rent the pod at its price.
fn needed(turn: &Turn<'_, '_>, pod: PodId, covered: u32) -> Money {
    let rules = turn.rules();
    let sums = turn.sums_today(turn.world.pods[pod].account);
    let (compute, disks) = turn.cost_for(pod, rules.rent_reserve, covered);
    let (compute_line, disks_line) = turn.cost_for(pod, rules.low_funds_reserve, covered);
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
    // PLAN-04. Where plans may cover it, what it affords is no matter of the price alone.
    let plans = turn.world.may_cover(turn.world.pods[pod].account);
    let Some(lowest) = cheapest(turn, pod).filter(|_| !turn.world.aside.off && !plans) else {
        return;
    };
    let world = &mut turn.world;
    let row = &mut world.pods[pod];
    row.price = lowest.price;
    let (shape, account) = (row.shape, row.account);
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let tiers = &world.shapes.get(shape).ask_tiers;
    let mut prices: Vec<Money> = tiers.iter().map(|tier| tier.price).collect();
    prices.sort_unstable();
    let needed = needed(turn, pod, 0);
    let row = &turn.world.accounts[account];
    let balance = turn.ledger_balance(account) + row.credit_line;
    let until = row.line.surely_covered_until(balance, needed, turn.month());
    let until = until.min(limit::surely_until(turn, account));
    let afforded = prices
        .partition_point(|price| may_rent(turn, pod, Offer { price: *price, covered: 0 }).is_ok());
    let means = afforded.checked_sub(1).map(|last| prices[last]);
    if let Some(means) = means.filter(|_| turn.now < until) {
        turn.world.set_aside(pod, (means, until), turn.scenario);
    }
}
