//! Running out of money, and money coming in (BILL-08 to BILL-14, ACCT-02 to ACCT-05, ACCT-08 to
//! ACCT-10).
//!
//! When a line will be crossed is found by calculation, in [`plan`]; this file is what happens then.

pub mod debt;
pub mod plan;

use crate::agenda::{Class, Event};
use crate::billing::{Meter, Side};
use crate::ids::{AccountId, Id, PodId};
use crate::journal::Fact;
use crate::journal::fact::{AutoPaySet, Book, EndReason, Item, NoticeKind, Operation, Refusal};
use crate::market::charge::{self, hold, post};
use crate::market::{network, plans, stop};
use crate::rng::{Purpose, Stream};
use crate::scenario::model::AutoPay;
use crate::scenario::rules::{DrainedStorage, LowFundsAction};
use crate::turn::{News, Turn};
use crate::units::Money;
use crate::world::pod::PodState;
use std::borrow::Cow;

/// Class 3: a deposit. It counts at once (ACCT-04); below the least it is refused (ACCT-02).
pub fn deposit(turn: &mut Turn<'_, '_>, account: AccountId, amount: Money) {
    if amount < turn.rules().minimum_deposit {
        turn.reject(Some(account), Operation::Deposit, None, Refusal::BadArgument);
    } else {
        pay_in(turn, account, Item::Deposit, amount);
    }
}

/// Money comes in, by a deposit or an automatic payment; a hold may end, the waiting are tried again.
pub fn pay_in(turn: &mut Turn<'_, '_>, account: AccountId, item: Item, amount: Money) {
    let books = (Book::Cash, Book::Customer(account));
    turn.book(Some(account), item, None, books, amount);
    turn.world.accounts[account].payments_made += amount;
    more_money(turn, account);
    if turn.world.accounts[account].is_drained() {
        try_to_end_hold(turn, account);
    }
}

/// ACCT-08, POD-06. The owner may be told anew, and the waiting are tried again.
pub fn more_money(turn: &mut Turn<'_, '_>, account: AccountId) {
    turn.touch(account);
    turn.tell(News::Credit(account));
    if let Some(threshold) = turn.world.accounts[account].low_balance
        && turn.world.accounts[account].low_told
        && threshold <= turn.spendable(account, turn.paying_side())
    {
        turn.world.accounts[account].low_told = false;
    }
    for pod in turn.world.accounts[account].pods.clone() {
        turn.try_again(pod);
    }
}

/// ACCT-09. Credit or correction; a negative one takes at most the balance. It is no deposit, and ends
/// no hold (BILL-14).
pub fn adjust(turn: &mut Turn<'_, '_>, account: AccountId, amount: Money) {
    if amount.is_negative() {
        let balance = turn.balance(account, Side::Before).max(Money::ZERO);
        let taken = (-amount).min(balance);
        if !taken.is_zero() {
            let books = (Book::Customer(account), Book::Adjustments);
            turn.book(Some(account), Item::Adjustment, None, books, taken);
        }
        turn.touch(account);
    } else if !amount.is_zero() {
        let books = (Book::Adjustments, Book::Customer(account));
        turn.book(Some(account), Item::Adjustment, None, books, amount);
        more_money(turn, account);
    }
}

/// ACCT-05. Sets up automatic payments.
pub fn set_auto_pay(turn: &mut Turn<'_, '_>, account: AccountId, auto_pay: AutoPay) {
    if auto_pay.amount < turn.rules().minimum_deposit {
        turn.reject(Some(account), Operation::SetAutoPay, None, Refusal::BadArgument);
        return;
    }
    turn.world.accounts[account].auto_pay = Some(auto_pay);
    let AutoPay { threshold, amount } = auto_pay;
    turn.state(Fact::AutoPaySet(AutoPaySet { account, threshold, amount }));
    turn.touch(account);
    plan_drained_payment(turn, account);
}

/// ACCT-05. Tries the automatic payment, if there is one and the last try is long enough ago. Gives
/// whether money came in.
fn try_payment(turn: &mut Turn<'_, '_>, account: AccountId) -> bool {
    let rules = turn.rules();
    let row = &mut turn.world.accounts[account];
    let Some(auto_pay) = row.auto_pay else { return false };
    let allowed = row.tried_at.is_none_or(|at| at + rules.auto_pay_interval <= turn.now);
    if !allowed {
        return false;
    }
    row.tried_at = Some(turn.now);
    let failure = rules.payment_failure.as_f64();
    if 0.0 < failure && draw_payment(turn, account) < failure {
        turn.notify(account, NoticeKind::PaymentFailed);
        turn.touch(account);
        return false;
    }
    pay_in(turn, account, Item::AutoPay, auto_pay.amount);
    turn.notify(account, NoticeKind::AutoPaid);
    true
}

/// The number that says whether an account's payment fails.
fn draw_payment(turn: &mut Turn<'_, '_>, account: AccountId) -> f64 {
    let (seed, replication) = turn.world.seeds;
    let open = || Stream::open(seed, replication, Purpose::Payment, account.index() as u64);
    let stream = &mut turn.world.accounts[account].payments;
    stream.get_or_insert_with(|| Box::new(open())).uniform()
}

/// Class 3: a drained account tries its payment whenever that is allowed.
pub fn drained_payment(turn: &mut Turn<'_, '_>, account: AccountId) {
    if turn.world.accounts[account].drained_try_at != Some(turn.now) {
        return;
    }
    turn.world.accounts[account].drained_try_at = None;
    if turn.world.accounts[account].is_drained() {
        try_payment(turn, account);
        plan_drained_payment(turn, account);
    }
}

fn plan_drained_payment(turn: &mut Turn<'_, '_>, account: AccountId) {
    let interval = turn.rules().auto_pay_interval;
    let row = &turn.world.accounts[account];
    if !row.is_drained() || row.auto_pay.is_none() {
        return;
    }
    let at = row.tried_at.map_or(turn.now, |tried| turn.now.max(tried + interval));
    turn.world.accounts[account].drained_try_at = Some(at);
    turn.schedule(at, Class::DrainedPayment, Event::DrainedPayment(account));
}

/// BILL-09. R10 rose without an action of the owner's: the line is checked in this instant.
pub fn force_line(turn: &mut Turn<'_, '_>, account: AccountId) {
    turn.world.accounts[account].line_forced = true;
    turn.touch(account);
}

/// BILL-09. The ten-minute line is checked now: below it, a payment is tried, else all pods stop.
pub fn check_line(turn: &mut Turn<'_, '_>, account: AccountId) {
    turn.world.accounts[account].line_forced = false;
    if is_below_line(turn, account) {
        try_payment(turn, account);
        if is_below_line(turn, account) {
            stop_for_funds(turn, account);
        }
    }
    turn.touch(account);
}

fn is_below_line(turn: &Turn<'_, '_>, account: AccountId) -> bool {
    let reserve = turn.sums_today(account).reserve;
    turn.spendable(account, Side::Limit) < reserve
}

/// BILL-10. All pods of the account stop; it is settled and told.
fn stop_for_funds(turn: &mut Turn<'_, '_>, account: AccountId) {
    stop_all(turn, account);
    settle(turn, account);
    turn.notify(account, NoticeKind::StoppedForFunds);
}

fn stop_all(turn: &mut Turn<'_, '_>, account: AccountId) {
    let terminate = turn.rules().low_funds_action == LowFundsAction::TerminateWithoutNetworkVolume;
    for pod in pods_in_order(turn, account) {
        if turn.world.pods.get(pod).is_some() {
            stop::stop_for_funds(turn, pod, terminate);
        }
    }
}

/// The account's live pods, lowest id first.
fn pods_in_order(turn: &Turn<'_, '_>, account: AccountId) -> Vec<PodId> {
    let mut pods = turn.world.accounts[account].pods.clone();
    pods.sort_unstable();
    pods
}

/// GEN-09. All that the account's meters owe now is posted.
pub fn settle(turn: &mut Turn<'_, '_>, account: AccountId) {
    for pod in pods_in_order(turn, account) {
        post::settle_pod(turn, pod);
    }
    charge::network::settle(turn, account);
    post::post(turn);
    if turn.world.plans.is_some() {
        plans::settle(turn, account);
    }
}

/// Class 11: the units that begin now cost more than the balance (BILL-12). A payment may mend it; else
/// none of them is charged, pods stop, meters pause, and the hold begins. So no unit takes a balance below
/// zero (BILL-16).
pub fn drain(turn: &mut Turn<'_, '_>, account: AccountId) {
    if turn.world.accounts[account].drain_at != Some(turn.now) {
        return;
    }
    turn.world.accounts[account].drain_at = None;
    turn.touch(account);
    let covered = |turn: &Turn<'_, '_>| !turn.spendable(account, Side::After).is_negative();
    if covered(turn) {
        return;
    }
    try_payment(turn, account);
    if covered(turn) {
        return;
    }
    for pod in pods_in_order(turn, account) {
        match turn.rules().drained_storage {
            DrainedStorage::Free => hold::drain(turn, pod),
            DrainedStorage::Debt => hold::leave_out_ending(turn, pod),
        }
    }
    if turn.rules().drained_storage == DrainedStorage::Free {
        charge::network::drain(turn, account);
    }
    let until = turn.now.saturating_add(turn.rules().drained_hold);
    turn.world.accounts[account].drained_until = Some(until);
    let stopped = turn.world.accounts[account].pods.iter().any(|pod| {
        let state = turn.world.pods[*pod].state;
        state.holding().is_some() || state.waits() || matches!(state, PodState::Reserved { .. })
    });
    stop_all(turn, account);
    settle(turn, account);
    debt::open(turn, account);
    if stopped {
        turn.notify(account, NoticeKind::StoppedForFunds);
    }
    turn.state(Fact::AccountDrained { account, hold_until: until });
    turn.notify(account, NoticeKind::Drained);
    tell_low(turn, account);
    turn.schedule(until, Class::HoldOver, Event::HoldOver(account));
    plan_drained_payment(turn, account);
}

/// BILL-14. A payment ends the hold iff it covers one unit of each meter that the draining paused, those
/// on hosts that are not available left out; under `debt`, iff the balance is at least 0.
fn try_to_end_hold(turn: &mut Turn<'_, '_>, account: AccountId) {
    let pods = pods_in_order(turn, account);
    let mut asked = Money::ZERO;
    for &pod in &pods {
        let there = |meter: &Cow<'_, Meter>| meter.is_drained() && !meter.is_out();
        let drained = turn.world.meters_now(pod).filter(there);
        asked += drained.map(|meter| meter.cost_of_next(turn.now)).sum();
    }
    asked += charge::network::cost_of_next(turn, account);
    if turn.spendable(account, Side::Before) < asked {
        return;
    }
    turn.world.accounts[account].drained_until = None;
    turn.world.accounts[account].drained_try_at = None;
    turn.world.accounts[account].debt = None;
    for pod in pods {
        hold::refill(turn, pod);
    }
    charge::network::refill(turn, account);
    turn.state(Fact::HoldEnded { account });
}

/// Class 4: the hold is over, or the debt: an account still drained loses its pods and network volumes, and is
/// drained no longer (BILL-12, BILL-13, NVOL-10).
pub fn hold_over(turn: &mut Turn<'_, '_>, account: AccountId) {
    let row = &turn.world.accounts[account];
    if row.drained_until != Some(turn.now) && !debt::is_over(row, turn.now) {
        return;
    }
    for pod in pods_in_order(turn, account) {
        stop::remove_after_hold(turn, pod);
    }
    let volumes: Vec<_> = turn.world.network_volumes.of(account).collect();
    for volume in volumes {
        network::remove(turn, volume, EndReason::NoFunds);
    }
    turn.world.accounts[account].drained_until = None;
    turn.world.accounts[account].debt = None;
    turn.state(Fact::AccountRemoved { account });
    turn.notify(account, NoticeKind::Removed);
    turn.touch(account);
}

/// Class 11: after this instant's units the balance is below the payment's threshold, or below that at
/// which the owner wants to be told (ACCT-05, ACCT-08).
pub fn payment(turn: &mut Turn<'_, '_>, account: AccountId) {
    if turn.world.accounts[account].payment_at != Some(turn.now) {
        return;
    }
    turn.world.accounts[account].payment_at = None;
    turn.touch(account);
    tell_low(turn, account);
    let balance = turn.spendable(account, Side::After);
    let row = &turn.world.accounts[account];
    let auto_pay = row.auto_pay.filter(|_| !row.is_drained());
    if auto_pay.is_some_and(|auto_pay| balance < auto_pay.threshold) {
        try_payment(turn, account);
    }
}

/// ACCT-08. After the units of this instant, its owner is told once that the balance is low.
fn tell_low(turn: &mut Turn<'_, '_>, account: AccountId) {
    let balance = turn.spendable(account, Side::After);
    let row = &mut turn.world.accounts[account];
    if row.low_balance.is_some_and(|threshold| balance < threshold) && !row.low_told {
        row.low_told = true;
        turn.notify(account, NoticeKind::LowBalance);
    }
}
