//! Credit, the line, and prices of workers (SLS-42, SLS-45, SLS-46).

use super::{drain, rest, scale, update};
use crate::ids::{AccountId, EndpointId, Id, PodId, WorkerClassId};
use crate::journal::fact::{StopReason, WorkerKind};
use crate::market::worker;
use crate::scenario::rules::serverless::WorkersAtLine;
use crate::turn::Turn;
use crate::units::Money;
use crate::world::endpoint::requests::{Credit, Refusing};
use crate::world::endpoint::slots::SlotState;

/// How much more than R10 an account has.
pub(super) fn margin(turn: &Turn<'_, '_>, account: AccountId) -> Money {
    let sums = turn.sums_today(account);
    turn.spendable(account, turn.paying_side()) - sums.reserve - sums.promised
}

fn of_account(turn: &Turn<'_, '_>, account: AccountId) -> Vec<EndpointId> {
    let its = turn.world.endpoints.iter().filter(|(_, own)| own.exists && own.account == account);
    its.map(|(endpoint, _)| endpoint).collect()
}

fn live(turn: &Turn<'_, '_>, endpoint: EndpointId) -> Vec<u32> {
    let slots = &turn.world.endpoints[endpoint].slots;
    let is_live = |row: &u32| slots.get(*row).state.is_live();
    slots.in_order().into_iter().filter(is_live).collect()
}

/// SLS-46. An account is below its line: its workers stop, but for busy ones, which end the jobs in hand.
pub(super) fn below_line(turn: &mut Turn<'_, '_>, account: AccountId) {
    for endpoint in of_account(turn, account) {
        for row in live(turn, endpoint) {
            let slot = turn.world.endpoints[endpoint].slots.find(row);
            let busy = slot.is_some_and(|slot| slot.state == SlotState::Busy);
            let stops = turn.rules().serverless.workers_at_line == WorkersAtLine::Stop;
            if busy && stops {
                rest::stop(turn, endpoint, (row, StopReason::NoFunds));
            } else {
                update::give_up(turn, endpoint, (row, StopReason::NoFunds));
            }
        }
    }
    // When the line is looked at next hangs on whom it has left to stop.
    turn.touch(account);
}

/// SLS-46. Money came in: if it lifts the balance to R10, who drains for want of it works on.
pub(super) fn credit(turn: &mut Turn<'_, '_>, account: AccountId) {
    if Money::ZERO <= margin(turn, account) {
        for endpoint in of_account(turn, account) {
            work_on(turn, endpoint);
        }
    }
    eased(turn, account);
}

/// The workers of an endpoint are marked for want of funds no longer; what an update said meanwhile of how many there
/// may be, and how many are active, holds for those who work on, too.
fn work_on(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let marked: Vec<u32> = live(turn, endpoint)
        .into_iter()
        .filter(|row| {
            turn.world.endpoints[endpoint].slots.get(*row).drains_for(StopReason::NoFunds)
        })
        .collect();
    if marked.is_empty() {
        return;
    }
    let account = turn.world.endpoints[endpoint].account;
    turn.touch(account);
    for row in &marked {
        drain::revoke(turn, endpoint, (*row, StopReason::NoFunds));
    }
    update::shed(turn, endpoint);
    update::set_kinds(turn, endpoint);
    drain::take_up(turn, endpoint, &marked);
    scale::raise(turn, endpoint);
    scale::down(turn, endpoint);
}

/// What the account has and what is to be covered, by sums that are kept.
fn credit_now(turn: &Turn<'_, '_>, account: AccountId) -> Credit {
    let row = &turn.world.accounts[account];
    let (balance, reserve) = (turn.ledger_balance(account), row.reserve + row.promised);
    Credit { balance, reserve, burn: row.burn, drained: row.is_drained() }
}

/// SLS-45. A waking was refused.
pub(super) fn refuse(turn: &mut Turn<'_, '_>, account: AccountId, endpoint: EndpointId) {
    let now = credit_now(turn, account);
    let first = || Refusing { seen: now, ..Refusing::default() };
    let refusing = turn.world.requests.refusing.entry(account).or_insert_with(first);
    // R10 may have risen within this event, and fall again before the account is looked at.
    refusing.seen = refusing.seen.worse(&now);
    refusing.endpoints.insert(endpoint);
}

/// SLS-45. A waking was allowed: none is refused any more.
pub(super) fn allow(turn: &mut Turn<'_, '_>, account: AccountId, endpoint: EndpointId) {
    if turn.world.endpoints[endpoint].refused.take().is_none() {
        return;
    }
    if let Some(refusing) = turn.world.requests.refusing.get_mut(&account) {
        refusing.endpoints.remove(&endpoint);
        if refusing.endpoints.is_empty() {
            turn.world.requests.refusing.remove(&account);
        }
    }
}

/// SLS-45. A waking that was refused is tried again in class 7 if the balance rose or R10 fell.
pub(super) fn eased(turn: &mut Turn<'_, '_>, account: AccountId) {
    let now = credit_now(turn, account);
    let Some(refusing) = turn.world.requests.refusing.get_mut(&account) else { return };
    let before = std::mem::replace(&mut refusing.seen, now);
    if !now.eases(&before) {
        return;
    }
    for endpoint in refusing.endpoints.clone() {
        if let Some(refused) = &mut turn.world.endpoints[endpoint].refused {
            refused.stands = false;
        }
        scale::raise(turn, endpoint);
    }
}

/// SLS-42. A class costs otherwise from now on: awake workers from their next second on, unless the rules say that
/// only new runs do.
pub(super) fn set_price(
    turn: &mut Turn<'_, '_>,
    class: WorkerClassId,
    (flex, active): (Option<Money>, Option<Money>),
) {
    let prices = &mut turn.world.workers.prices[class.index()];
    prices.0 = flex.unwrap_or(prices.0);
    prices.1 = active.unwrap_or(prices.1);
    follow_prices(turn, |turn, pod| {
        turn.world.pods[pod].state.holding_or_promised().is_some_and(|host| {
            turn.world.workers.class(turn.world.fleet.gpu_type(host)) == Some(class)
        })
    });
}

/// SLS-42. An account's discount is over: its workers cost the whole price from their next second on, unless the rules
/// say that only new runs do.
pub(super) fn discount_ends(turn: &mut Turn<'_, '_>, account: AccountId) {
    follow_prices(turn, |turn, pod| turn.world.pods[pod].account == account);
}

/// SLS-42. Workers of which something holds pay what they have to by now.
fn follow_prices(turn: &mut Turn<'_, '_>, of: impl Fn(&Turn<'_, '_>, PodId) -> bool) {
    let rented = turn.world.workers.rented.keys().copied();
    let them: Vec<PodId> = rented.filter(|pod| of(turn, *pod)).collect();
    for pod in them {
        worker::follow_price(turn, pod);
    }
}

/// SLS-41, `not_working`. An active worker with a job pays the flex price, without one its own.
pub(super) fn follow_work(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let slot = turn.world.endpoints[endpoint].slots.get(row);
    let Some(run) = slot.run.as_ref().filter(|run| run.now == WorkerKind::Active) else { return };
    let pod = run.pod;
    worker::follow_price(turn, pod);
}
