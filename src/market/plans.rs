//! Savings plans (PLAN-01 to PLAN-08): bought, given places, earned, expired.
//!
//! A plan is a price and no reservation (PLAN-07): nothing of it is known to the fleet. Its places go to
//! placements of its account, and while a pod has one, its compute meter does not count that GPU (PLAN-05).
//! What a market without plans pays for them is a branch at a placement and one at the end of a rental.
//!
//! - A pod of which some GPUs are covered pays the price of its placement for the others. At the plan's end
//!   all of its GPUs that no plan covers cost the on-demand price of that instant (PLAN-06): a unit of a
//!   meter has one price.
//! - A Reserved pod has no place yet; what it must be able to pay is reckoned without (BILL-06).

use crate::agenda::{Class, Event};
use crate::ids::{AccountId, HostId, PlanId, PodId, ScopeId};
use crate::journal::Fact;
use crate::journal::fact::{
    Book, Item, Kind, Operation, PlanBought, PlanPlaces, Refusal, Subject, Usage,
};
use crate::market::charge::{self, post};
use crate::market::funds;
use crate::turn::Turn;
use crate::units::{Money, Price, Span};
use crate::world::plans::Plan;

/// What is to be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Who pays.
    pub account: AccountId,
    /// Of which GPUs.
    pub scope: ScopeId,
    /// How many.
    pub gpus: u32,
    /// For how long.
    pub term: Span,
    /// PLAN-04. The pod to which its places go first.
    pub pod: Option<PodId>,
}

/// Class 5: BuySavingsPlan (PLAN-01, PLAN-02, PLAN-04).
pub fn buy(turn: &mut Turn<'_, '_>, wish: Wish) {
    if let Err(reason) = try_to_buy(turn, wish) {
        turn.reject(Some(wish.account), Operation::BuySavingsPlan, wish.pod, reason);
    }
}

/// The same, if it is not to be refused; else nothing happens.
///
/// # Errors
/// Why it is refused (GEN-14).
pub fn try_to_buy(turn: &mut Turn<'_, '_>, wish: Wish) -> Result<(), Refusal> {
    let Wish { account, scope, gpus, term, pod } = wish;
    let price = price(turn, scope, term).filter(|_| 0 < gpus).ok_or(Refusal::BadArgument)?;
    let taken = pod.map_or(Some(0), |pod| places_of_named(turn, (pod, scope), gpus));
    let taken = taken.ok_or(Refusal::BadArgument)?;
    let hours = i128::from(term.micros() / Span::HOUR.micros());
    let paid = Money::from_nanos(price.nanos() * i128::from(gpus) * hours);
    if !affords(turn, wish, (paid, taken)) {
        return Err(Refusal::NoFunds);
    }
    if let Some(pod) = pod.filter(|_| 0 < taken) {
        // GEN-09. Compute comes before plans.
        post::collect(turn, pod, Item::Compute);
        post::post(turn);
    }
    let ends = turn.now.saturating_add(term);
    let plan = Plan::bought(turn.now, (account, scope), (gpus, price), (paid, ends));
    let plan = turn.world.plans.get_or_insert_default().add(plan);
    turn.state(Fact::PlanBought(PlanBought { plan, account, scope, gpus, price, paid, ends }));
    if !paid.is_zero() {
        let books = (Book::Customer(account), Book::Prepaid(plan));
        turn.book(Some(account), Item::SavingsPlan, None, books, paid);
    }
    turn.touch(account);
    turn.schedule(ends, Class::PlanExpires, Event::PlanExpires(plan));
    if let Some(pod) = pod.filter(|_| 0 < taken) {
        let begun = begun(turn, pod);
        take(turn, (plan, pod), (taken, begun), true);
        let price = Price::per_hour(turn.world.pods[pod].price);
        charge::cover(turn, pod, price);
        turn.recount(pod);
        turn.moved(pod);
    }
    Ok(())
}

/// PLAN-01. The price per GPU-hour of such a plan; none if there is no such term, or no such price.
pub fn price(turn: &Turn<'_, '_>, scope: ScopeId, term: Span) -> Option<Money> {
    let discount = turn.rules().plan_discounts.iter().find(|(known, _)| *known == term)?.1;
    let on_demand = turn.world.fleet.scopes[scope].on_demand;
    (Money::ZERO < on_demand).then(|| discount.rest().of(on_demand))
}

/// PLAN-04. How many places go to the pod named; none if it is not on GPUs of this scope on demand.
fn places_of_named(turn: &Turn<'_, '_>, (pod, scope): (PodId, ScopeId), gpus: u32) -> Option<u32> {
    let row = &turn.world.pods[pod];
    let host = row.state.holding()?;
    let fits = row.kind == Kind::OnDemand && 0 < row.gpus;
    (fits && turn.world.fleet.hosts[host].scope == scope)
        .then(|| gpus.min(row.gpus - turn.world.covered(pod)))
}

/// BILL-06. Whether the account can pay so much and keep R10, with what the pod named costs less.
fn affords(turn: &Turn<'_, '_>, wish: Wish, (paid, taken): (Money, u32)) -> bool {
    let account = wish.account;
    if turn.world.accounts[account].is_drained() {
        return false;
    }
    let sums = turn.sums_today(account);
    let span = turn.rules().low_funds_reserve;
    let spared = wish.pod.map_or(Money::ZERO, |pod| {
        let meter = turn.world.meters.get(pod, Item::Compute).filter(|meter| !meter.is_held());
        meter.map_or(Money::ZERO, |meter| {
            let (price, quantity) = (meter.price(), meter.quantity());
            price.for_span(quantity, span) - price.for_span(quantity - taken, span)
        })
    });
    let line = sums.reserve + sums.promised + turn.accepted(account) - spared;
    paid + line <= turn.spendable(account, turn.paying_side())
}

/// PLAN-04. A pod is placed on demand: free places of its account go to it, the oldest plan's first.
pub fn cover_placed(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let row = &turn.world.pods[pod];
    let (account, scope, on_demand) =
        (row.account, turn.world.fleet.hosts[host].scope, row.kind == Kind::OnDemand);
    let mut left = if on_demand { row.gpus } else { 0 };
    while 0 < left {
        let oldest = turn.world.plans.as_ref();
        let oldest = oldest.and_then(|plans| plans.oldest_free(account, scope));
        let Some((plan, free)) = oldest else { return };
        let gpus = free.min(left);
        take(turn, (plan, pod), (gpus, 0), false);
        left -= gpus;
    }
}

/// Units of a pod's compute that have begun: what changes now counts from the next (GEN-08).
fn begun(turn: &Turn<'_, '_>, pod: PodId) -> u64 {
    let (now, side) = (turn.now, turn.side());
    turn.world.meters.get(pod, Item::Compute).map_or(0, |meter| meter.begun(now, side))
}

fn take(
    turn: &mut Turn<'_, '_>,
    (plan, pod): (PlanId, PodId),
    (gpus, begun): (u32, u64),
    named: bool,
) {
    if let Some(plans) = &mut turn.world.plans {
        plans.take(plan, (pod, named), (gpus, begun));
        turn.state(Fact::PlanCovers(PlanPlaces { plan, pod, gpus, named }));
    }
}

/// PLAN-04. A rental has ended, and its compute is posted: its places go to the next placement.
#[cold]
pub fn uncover(turn: &mut Turn<'_, '_>, pod: PodId) {
    let left = turn.world.plans.as_mut().map(|plans| plans.give_back(pod));
    for (plan, gpus, named) in left.unwrap_or_default() {
        turn.state(Fact::PlanLeft(PlanPlaces { plan, pod, gpus, named }));
    }
}

/// Class 4: a plan has expired. The rest of its price is earned (PLAN-08), and what it covered costs the
/// on-demand price of this instant (PLAN-06), which may put its account below the line (BILL-09).
pub fn expire(turn: &mut Turn<'_, '_>, plan: PlanId) {
    let holders = turn.world.plans.as_ref().and_then(|plans| plans.live.get(&plan));
    let holders: Vec<PodId> = holders.map_or(Vec::new(), |of| of.holders.iter().copied().collect());
    let account = holders.first().map(|pod| turn.world.pods[*pod].account);
    let before = account.map(|account| turn.world.accounts[account].reserve);
    for pod in holders {
        post::collect(turn, pod, Item::Compute);
        let begun = begun(turn, pod);
        let ended = turn.world.plans.as_mut().and_then(|plans| plans.end_of(plan, pod, begun));
        if let Some((gpus, named)) = ended {
            turn.state(Fact::PlanLeft(PlanPlaces { plan, pod, gpus, named }));
        }
        let row = &mut turn.world.pods[pod];
        if let Some(host) = row.tied {
            row.price = turn.world.fleet.price(turn.world.fleet.hosts[host].class);
        }
        let price = Price::per_hour(row.price);
        charge::cover(turn, pod, price);
        turn.recount(pod);
        turn.moved(pod);
    }
    if let Some((account, before)) = account.zip(before)
        && before < turn.world.accounts[account].reserve
    {
        funds::force_line(turn, account);
    }
    post::post(turn);
    earn(turn, plan);
    if let Some(of) = turn.world.plans.as_mut().and_then(|plans| plans.remove(plan)) {
        turn.world.ledger.close_prepaid(plan);
        turn.state(Fact::PlanEnded(plan));
        turn.touch(of.account);
    }
}

/// PLAN-08, GEN-09. What the account's plans have earned is posted, at its settlement.
pub fn settle(turn: &mut Turn<'_, '_>, account: AccountId) {
    let own = turn.world.plans.as_ref().and_then(|plans| plans.by_account.get(&account));
    for plan in own.cloned().unwrap_or_default() {
        earn(turn, plan);
    }
}

/// PLAN-08. What a plan has earned by now and not posted.
fn earn(turn: &mut Turn<'_, '_>, id: PlanId) {
    let now = turn.now;
    let Some(plan) = turn.world.plans.as_mut().and_then(|plans| plans.live.get_mut(&id)) else {
        return;
    };
    let minutes = plan.minutes_by(now);
    let amount = plan.earned_after(minutes) - plan.earned;
    if amount.is_zero() {
        return;
    }
    let periods = i64::try_from(minutes - plan.minutes_posted).expect("few minutes");
    (plan.minutes_posted, plan.earned) = (minutes, plan.earned + amount);
    let (subject, unit) = (Subject::Plan(id), Span::MINUTE);
    let usage = Usage { subject, quantity: plan.gpus, unit, periods };
    let books = (Book::Prepaid(id), Book::Revenue);
    turn.book(None, Item::SavingsPlan, Some(usage), books, amount);
}
