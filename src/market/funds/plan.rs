//! When an account is to be looked at next (market rules, *How to compute it*).
//!
//! After every change of an account the straight line below its balance says until when nothing can
//! happen. While that is far off, one event stands there and nothing else is computed. Near it, the
//! exact balance, a sum over the account's meters, is bisected for the first unit that crosses a
//! threshold, and the event of the rule is put at its instant. An event that a later change supersedes
//! dies when it is due: it compares its instant with the account's.

use super::debt;
use crate::agenda::{Class, Event};
use crate::billing::Side;
use crate::ids::AccountId;
use crate::journal::fact::{Item, StopReason};
use crate::market::funds;
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};
use crate::world::account::Account;
use crate::world::pod::{PodState, Recorded};

/// Changes that come thicker than this near a line are not worth half-way looks.
const NEAR: Span = Span::MINUTE;

/// After an event: puts the account's next look, or its next rule, where it belongs.
pub fn plan(turn: &mut Turn<'_, '_>, account: AccountId) {
    let (now, month) = (turn.now, turn.month());
    let row = &mut turn.world.accounts[account];
    row.secure = false;
    if row.line_forced {
        schedule_check(turn, account, now);
        return;
    }
    if row.is_drained() {
        // In debt its storage is charged on, so its owner may yet have to be told.
        forget_near_events(row);
        plan_payment(turn, account);
        debt::plan(turn, account);
        return;
    }
    let balance = turn.world.ledger.balance(account) + row.credit_line;
    let threshold = highest_threshold(row);
    if row.line.surely_covers(turn.scenario.horizon + TICK, balance, threshold, month) {
        row.secure = row.credit_line < threshold;
        forget_near_events(row);
        return;
    }
    plan_closely(turn, account);
}

/// The same of an account that may come to a line before the horizon.
#[inline(never)] // most never do
fn plan_closely(turn: &mut Turn<'_, '_>, account: AccountId) {
    let (balance, threshold) = balance_and_threshold(turn, account);
    let line = &turn.world.accounts[account].line;
    let mut covered = line.surely_covered_until(balance, threshold, turn.month());
    if turn.world.spot.is_some() {
        covered = look_closely(turn, account, covered);
    }
    if covered <= turn.now {
        plan_exactly(turn, account);
        return;
    }
    let row = &mut turn.world.accounts[account];
    forget_near_events(row);
    match row.check_at {
        Some(pending) if turn.now <= pending && pending <= covered => {}
        Some(pending) if turn.now <= pending && NEAR < covered - turn.now => {
            // The line moves about: look half-way, so that small moves do not each cost an event.
            let half = (covered - turn.now) / 2;
            schedule_check(turn, account, turn.now + half);
        }
        _ => schedule_check(turn, account, covered),
    }
}

/// SPOT-15. A line that reckons with bids comes too early: what its pods have paid so far is read, and the
/// line looked at again. An account that is near it all the same is looked at whenever a price rises.
#[cold]
fn look_closely(turn: &mut Turn<'_, '_>, account: AccountId, mut covered: SimTime) -> SimTime {
    if covered <= turn.now {
        for pod in turn.world.accounts[account].pods.clone() {
            if turn.world.follows(pod) {
                turn.world.catch_up(pod);
                turn.count_anew(pod);
            }
        }
        let (balance, threshold) = balance_and_threshold(turn, account);
        let line = &turn.world.accounts[account].line;
        covered = line.surely_covered_until(balance, threshold, turn.month());
    }
    if let Some(spot) = &mut turn.world.spot {
        covered = if spot.look_closely { SimTime::ZERO } else { covered };
        if covered <= turn.now {
            spot.near.insert(account);
        } else {
            spot.near.remove(&account);
        }
    }
    covered
}

#[inline]
fn forget_near_events(row: &mut Account) {
    row.line_at = None;
    row.drain_at = None;
    row.payment_at = None;
}

/// The account's ledger balance with its credit line, and the highest threshold in force.
fn balance_and_threshold(turn: &Turn<'_, '_>, account: AccountId) -> (Money, Money) {
    let row = &turn.world.accounts[account];
    (turn.world.ledger.balance(account) + row.credit_line, highest_threshold(row))
}

/// The highest threshold below which something has to be done.
#[inline]
fn highest_threshold(row: &Account) -> Money {
    // Those below which class 11 has something to do, and what the account's pods reserve.
    let told = row.low_balance.filter(|_| !row.low_told);
    let payment = row.auto_pay.map(|auto_pay| auto_pay.threshold).max(told);
    payment.unwrap_or_default().max(row.reserve).max(Money::ZERO)
}

fn schedule_check(turn: &mut Turn<'_, '_>, account: AccountId, at: SimTime) {
    if turn.world.accounts[account].check_at != Some(at) {
        turn.world.accounts[account].check_at = Some(at);
        turn.schedule(at, Class::FundsCheck, Event::FundsCheck(account));
    }
}

/// Class 9: a look is due, or the line itself (BILL-09).
pub fn funds_check(turn: &mut Turn<'_, '_>, account: AccountId) {
    let now = turn.now;
    let row = &mut turn.world.accounts[account];
    if row.check_at != Some(now) {
        return;
    }
    row.check_at = None;
    // What made R10 rise may have stopped again, as what was recorded on a cut-off pod does.
    let rose = row.line_forced && !row.reserve.is_zero();
    let due = rose || row.line_at == Some(now);
    row.line_at = None;
    if due && !row.is_drained() && has_to_stop(turn, account) {
        funds::check_line(turn, account);
    }
    turn.world.accounts[account].line_forced = false;
    turn.touch(account);
}

/// Near a line: finds the instants of the rules exactly.
fn plan_exactly(turn: &mut Turn<'_, '_>, account: AccountId) {
    let start = if Class::Drain < turn.class { turn.now + TICK } else { turn.now };
    let drain = first_unit_below(turn, account, start, Money::ZERO);
    if turn.world.accounts[account].drain_at != drain {
        turn.world.accounts[account].drain_at = drain;
        if let Some(at) = drain {
            turn.schedule(at, Class::Drain, Event::Drain(account));
        }
    }
    plan_payment(turn, account);
    // SLS-46. Below the line workers end what they have in hand: while they are all, there is nothing to stop.
    let line = if has_to_stop(turn, account) { next_line(turn, account) } else { None };
    turn.world.accounts[account].line_at = line;
    // Where no line is crossed before the next look has to come, the look itself is the event.
    if let Some(at) = line {
        schedule_check(turn, account, at);
    }
}

/// BILL-10, SLS-46. Whether the account has anything that stops below the line: not what is stopped, or ends as soon as
/// its host is back, nor workers that drain for it.
fn has_to_stop(turn: &Turn<'_, '_>, account: AccountId) -> bool {
    let Turn { world, .. } = turn;
    world.accounts[account].pods.iter().any(|pod| {
        if let Some(rented) = world.workers.rented.get(pod) {
            let slot = world.endpoints[rented.worker.endpoint].slots.find(rented.slot);
            return slot.is_none_or(|slot| !slot.drains_for(StopReason::NoFunds));
        }
        let row = &world.pods[*pod];
        let ends = row.recorded.is_some_and(|what| what != Recorded::Reset);
        !ends && !matches!(row.state, PodState::Stopped { .. })
    })
}

fn plan_payment(turn: &mut Turn<'_, '_>, account: AccountId) {
    let payment = next_payment(turn, account);
    if turn.world.accounts[account].payment_at != payment {
        turn.world.accounts[account].payment_at = payment;
        if let Some(at) = payment {
            turn.schedule(at, Class::Payment, Event::Payment(account));
        }
    }
}

pub(super) const TICK: Span = Span::from_micros(1);

/// The first instant at or after `from` at which, units of that instant counted, what can be spent is
/// below `threshold`; none before the horizon.
fn first_below(
    turn: &Turn<'_, '_>,
    account: AccountId,
    from: SimTime,
    threshold: Money,
) -> Option<SimTime> {
    let credit = turn.world.accounts[account].credit_line;
    let below = |at| turn.balance_at(account, at, Side::After) + credit < threshold;
    if below(from) {
        return Some(from);
    }
    let horizon = turn.scenario.horizon;
    let (mut low, mut step) = (from, Span::MINUTE);
    let mut high = loop {
        let next = low.saturating_add(step).min(horizon);
        if below(next) {
            break next;
        }
        if next == horizon {
            return None;
        }
        low = next;
        step = step * 2;
    };
    // Invariant: not below at `low`, below at `high`; units only add up between changes.
    while TICK < high - low {
        let middle = low + (high - low) / 2;
        if below(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// The next instant at which class 11 has a payment to try or a notice to give.
fn next_payment(turn: &Turn<'_, '_>, account: AccountId) -> Option<SimTime> {
    let row = &turn.world.accounts[account];
    let start = if Class::Payment <= turn.class { turn.now + TICK } else { turn.now };
    let interval = turn.rules().auto_pay_interval;
    let allowed = row.tried_at.map_or(start, |tried| start.max(tried + interval));
    // A drained account tries in class 3.
    let pay = row
        .auto_pay
        .filter(|_| !row.is_drained())
        .and_then(|auto_pay| first_unit_below(turn, account, allowed, auto_pay.threshold));
    let tell = row.low_balance.filter(|_| !row.low_told);
    let tell = tell.and_then(|threshold| first_unit_below(turn, account, start, threshold));
    pay.into_iter().chain(tell).min()
}

/// The first instant at or after `from` with units that begin (completed: end), after which the balance
/// is below `threshold`.
pub(super) fn first_unit_below(
    turn: &Turn<'_, '_>,
    account: AccountId,
    from: SimTime,
    threshold: Money,
) -> Option<SimTime> {
    let crossing = first_below(turn, account, from, threshold)?;
    let pods = turn.world.accounts[account].pods.iter();
    let meters = pods.flat_map(|pod| turn.world.meters.of(*pod));
    let meters = meters.chain(turn.world.network_volumes.meters_of(account));
    meters.filter_map(|meter| meter.boundary_at_or_after(crossing, 0)).min()
}

/// BILL-09. The next instant at which a unit k ≥ 1 of a running pod's compute begins while what can be
/// spent, seen in class 9, is below R10.
fn next_line(turn: &Turn<'_, '_>, account: AccountId) -> Option<SimTime> {
    let row = &turn.world.accounts[account];
    let passed = Class::FundsCheck <= turn.class;
    let start = if passed { turn.now + TICK } else { turn.now };
    let reserve = turn.sums_today(account).reserve;
    let already = turn.balance_at(account, turn.now, Side::Limit) + row.credit_line < reserve;
    let from = if already {
        start
    } else {
        let crossing = first_below(turn, account, turn.now, reserve)?;
        // In class 9 a unit that ends counts in its own instant, one that begins only after it (GEN-10).
        let counts_now = turn.rules().counts_completed();
        start.max(if counts_now { crossing } else { crossing + TICK })
    };
    let running = row.pods.iter().filter(|pod| turn.world.pods[**pod].state.costs_as_running());
    running
        .filter_map(|pod| turn.world.meters.get(*pod, Item::Compute))
        .filter(|compute| !compute.is_held())
        .filter_map(|compute| compute.later_unit_at_or_after(from))
        .min()
}
