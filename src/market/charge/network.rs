//! What network volumes cost (NVOL-02, NVOL-03, GEN-07 to GEN-10, BILL-12, BILL-14): one meter each, by the
//! hour from creation to deletion, whether a pod has it or not. No outage pauses it, and no host earns of it
//! (HOST-12).

use super::ending;
use crate::agenda::Class;
use crate::billing::{Meter, Side, Terms};
use crate::ids::{AccountId, NetworkVolumeId};
use crate::journal::fact::{Item, Subject};
use crate::scenario::rules::{Rounding, Rules};
use crate::turn::{Due, Turn};
use crate::units::{Gb, Money, Price, Share, SimTime, Span};

/// GEN-06, GEN-07. How its meter counts.
pub fn terms(rules: &Rules) -> Terms {
    let (unit, rounding) = (rules.network_volume_unit, rules.hour_rounding);
    Terms { unit, rounding, least_units: 0, refundable: false }
}

/// NVOL-02, NVOL-03. The price per GB of a volume of `size`. Tiers make the price of the whole no multiple
/// of its size: the whole's price is that of each GB for as many months as there are GB, so that n hours
/// owe `floor(monthly cost × n / 720)`.
pub fn price(rules: &Rules, size: Gb) -> Price {
    Price::per(rules.network_volume_monthly(size), rules.month() * u64::from(size.get()))
}

/// Brings what a volume is counted with in its account up to date.
pub fn recount(turn: &mut Turn<'_, '_>, volume: NetworkVolumeId) {
    let month = turn.month();
    let world = &mut turn.world;
    let Some(row) = world.network_volumes.get_mut(volume) else { return };
    let line = row.meter.line(month);
    let before = std::mem::replace(&mut row.counted, line);
    let account = &mut world.accounts[row.account];
    account.line.replace(&before, &line);
    if account.sure_limit.is_some() {
        let burn = row.meter.price().for_span(row.meter.quantity(), Span::HOUR);
        account.burn += burn - std::mem::replace(&mut row.burn, burn);
    }
    let account = row.account;
    turn.touch(account);
}

/// NVOL-04, GEN-09. Its size has changed: its price does so with the next unit, and it posts.
pub fn reprice(turn: &mut Turn<'_, '_>, volume: NetworkVolumeId) {
    let (now, side, rules) = (turn.now, turn.side(), turn.rules());
    let Some(row) = turn.world.network_volumes.get_mut(volume) else { return };
    let (size, account) = (row.size, row.account);
    row.meter.reprice(price(rules, size), size.get(), now, side);
    let side = ending::posting_side(turn, account);
    collect(turn, volume, side);
    recount(turn, volume);
}

/// GEN-09. Collects what an account's volumes owe now and have not posted.
pub fn settle(turn: &mut Turn<'_, '_>, account: AccountId) {
    if turn.world.network_volumes.is_empty() {
        return;
    }
    let side = ending::posting_side(turn, account);
    for volume in own(turn, account) {
        collect(turn, volume, side);
        recount(turn, volume);
    }
}

/// It closes: what it owes is collected. Closing on a boundary begins no unit.
pub(crate) fn close(turn: &mut Turn<'_, '_>, volume: NetworkVolumeId) {
    if let Some(row) = turn.world.network_volumes.get(volume) {
        let cost =
            row.meter.unposted(turn.now, Side::Limit) - row.meter.unposted(turn.now, Side::Before);
        let decided = turn.charged || turn.rules().hour_rounding == Rounding::Started;
        // BILL-12. Under `completed` a unit that ends now is owed only if the balance covers it.
        let side = if decided {
            turn.side()
        } else if cost.is_zero() || cost <= turn.spendable(row.account, Side::Before) {
            Side::Limit
        } else {
            Side::Before
        };
        collect(turn, volume, side);
    }
}

fn collect(turn: &mut Turn<'_, '_>, volume: NetworkVolumeId, side: Side) {
    let Turn { now, world, dues, .. } = turn;
    let Some(row) = world.network_volumes.get_mut(volume) else { return };
    let (item, subject) = (Item::NetworkVolume, Subject::NetworkVolume(volume));
    let (account, host, unit) = (row.account, None, row.meter.unit());
    row.meter.post(*now, side, Share::default(), |row, payout| {
        dues.push(Due { item, subject, account, host, row, unit, payout });
    });
}

/// BILL-12. An account's volumes pause for want of money, without the units of this instant.
pub fn drain(turn: &mut Turn<'_, '_>, account: AccountId) {
    each(turn, account, |meter, now| meter.drain(now));
}

/// BILL-14. They take this instant as their new anchor.
pub fn refill(turn: &mut Turn<'_, '_>, account: AccountId) {
    each(turn, account, |meter, now| {
        if meter.is_drained() {
            meter.refill(now);
        }
    });
}

fn each(turn: &mut Turn<'_, '_>, account: AccountId, change: impl Fn(&mut Meter, SimTime)) {
    let now = turn.now;
    for volume in own(turn, account) {
        if let Some(row) = turn.world.network_volumes.get_mut(volume) {
            change(&mut row.meter, now);
        }
        recount(turn, volume);
    }
}

/// BILL-14. What the first units cost of those that the draining paused.
pub fn cost_of_next(turn: &Turn<'_, '_>, account: AccountId) -> Money {
    let meters = turn.world.network_volumes.meters_of(account);
    meters.filter(|meter| meter.is_drained()).map(|meter| meter.cost_of_next(turn.now)).sum()
}

fn own(turn: &Turn<'_, '_>, account: AccountId) -> Vec<NetworkVolumeId> {
    turn.world.network_volumes.of(account).collect()
}

impl Turn<'_, '_> {
    /// BILL-06. What was accepted of the account in this instant and takes money that the balance does not
    /// show yet: once class Charge is reached, it does.
    pub fn accepted(&self, account: AccountId) -> Money {
        let volumes = &self.world.network_volumes;
        if volumes.is_empty() || self.charged && self.class != Class::Drain {
            return Money::ZERO;
        }
        volumes.accepted(account, self.now)
    }
}
