//! Whether a unit that ends at this very instant is owed: `minute_rounding: completed` at the edge of
//! draining (BILL-12, GEN-10).
//!
//! Under `completed` the units of an account that end together are charged together in class Charge, or
//! none of them and the account drains. What happens to a meter earlier in that instant goes by these
//! decisions, where the market rules speak of one meter at a time:
//!
//! - A meter that *closes* owes its unit iff the balance of that moment covers it; several that close in
//!   one event are asked one after another, in the order in which they close.
//! - A meter that *posts* without closing (its price changes, its host goes away, its account is settled)
//!   posts its unit iff the balance covers all that the account's meters end now; else the unit waits for
//!   class Charge, also if the meter is paused meanwhile: a pause neither pays nor forgives it.
//! - Where a host goes away and is back in one instant, and the cut unit is forfeited, a unit that ends
//!   at that instant is whole and waits for class Charge; the return's first unit is unit 0 of its
//!   anchor, at which no ten-minute line is checked (BILL-09).
//! - What a draining closes is charged no unit of that instant, even if the balance covered it alone:
//!   «none of them is charged». Under `drained_storage: debt` that holds for compute and container disks,
//!   and for volumes that go with their pods; the volumes that remain are «charged on», so their units of
//!   that instant are the first that go into debt.

use crate::agenda::Class;
use crate::billing::{Meter, Side};
use crate::ids::{AccountId, PodId};
use crate::journal::fact::Item;
use crate::scenario::rules::Rounding;
use crate::turn::Turn;
use crate::units::Money;

/// From where the units of a meter that closes now are seen. Closing on a boundary begins no unit.
pub(super) fn closing_side(turn: &Turn<'_, '_>, pod: PodId, meter: &Meter) -> Side {
    if turn.class == Class::Drain {
        return Side::Before;
    }
    // GEN-07, GEN-08. Closing at the opening instant owes nothing, also where that is past class Charge.
    let begins_late = turn.opened_late.contains(&pod);
    if begins_late && meter.units(turn.now, Side::Limit) == 0 {
        return Side::Limit;
    }
    if turn.charged || turn.rules().minute_rounding == Rounding::Started {
        return turn.side();
    }
    let owed = |side| meter.owed(meter.units(turn.now, side));
    let cost = owed(Side::Limit) - owed(Side::Before);
    let account = turn.world.pods[pod].account;
    if cost.is_zero() || cost <= turn.spendable(account, Side::Before) {
        Side::Limit
    } else {
        Side::Before
    }
}

/// From where the units of a meter that stays open are seen when it posts now.
pub(super) fn posting_side(turn: &Turn<'_, '_>, account: AccountId) -> Side {
    let waits = !turn.charged
        && turn.rules().counts_completed()
        && turn.spendable(account, Side::Limit).is_negative();
    if waits { Side::Before } else { turn.side() }
}

/// What a pod's volume has come to owe by now; a unit that begins now counts if `beginning`.
#[inline(always)] // most pods have no volume
pub fn volume_owed(turn: &Turn<'_, '_>, pod: PodId, beginning: bool) -> Money {
    let row = &turn.world.pods[pod];
    let Some(meter) = turn.world.meters.get(pod, Item::Volume) else { return row.volume_total };
    let side = match posting_side(turn, row.account) {
        Side::After if !beginning => Side::Limit,
        side @ (Side::Before | Side::Limit | Side::After) => side,
    };
    meter.owed(meter.units(turn.now, side))
}
