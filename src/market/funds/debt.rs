//! How far a drained account may go into debt (BILL-12, `debt_limit_days`).
//!
//! Under `drained_storage: debt` its storage is charged on. Where a limit is set, it is fixed as the account
//! drains: so many days of what it has spent on average since the start, of which one day counts at least.
//! Before the first unit that would take what it owes beyond that, it is removed as after the hold (BILL-13).

use super::plan::{TICK, first_unit_below};
use crate::agenda::{Class, Event};
use crate::ids::AccountId;
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};
use crate::world::account::{Account, Debt};

/// The account has been drained, and is settled.
pub fn open(turn: &mut Turn<'_, '_>, account: AccountId) {
    let Some(days) = turn.rules().debt_limit_days else { return };
    let age = i128::from((turn.now - SimTime::ZERO).micros().max(Span::DAY.micros()));
    let day = i128::from(Span::DAY.micros());
    let row = &mut turn.world.accounts[account];
    let limit = row.spent.times(days).nanos() * day / age;
    row.debt = Some(Box::new(Debt { limit: Money::from_nanos(limit), over_at: None }));
}

/// Whether its limit is reached now.
pub fn is_over(account: &Account, now: SimTime) -> bool {
    account.debt.as_ref().is_some_and(|debt| debt.over_at == Some(now))
}

/// After an event: finds when a drained account would owe more than it may.
pub fn plan(turn: &mut Turn<'_, '_>, account: AccountId) {
    let Some(debt) = &turn.world.accounts[account].debt else { return };
    let (limit, before) = (debt.limit, debt.over_at);
    let start = if Class::HoldOver < turn.class { turn.now + TICK } else { turn.now };
    let over_at = first_unit_below(turn, account, start, -limit);
    if over_at == before {
        return;
    }
    if let Some(debt) = &mut turn.world.accounts[account].debt {
        debt.over_at = over_at;
    }
    if let Some(at) = over_at {
        turn.schedule(at, Class::HoldOver, Event::HoldOver(account));
    }
}
