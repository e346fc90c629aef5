//! Postings: what meters owe becomes rows of the ledger and payouts of hosts (GEN-09, GEN-12, HOST-12).
//!
//! They are collected in [`Turn::dues`] and made by [`post`] when their event, or the settlement of
//! their account, is over: so what posts together does so in order of item, then of the pod, each
//! followed by its payout.

use super::{ending, items};
use crate::billing::{Row, Side};
use crate::ids::{AccountId, HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Book, Item, Kind, Posting, Subject, Usage};
use crate::market::leave;
use crate::turn::{Due, Turn};
use crate::units::Money;

/// How much of a meter is posted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    /// What it owes, seen from this side of the instant.
    Side(Side),
    /// What so many units owe, whatever was posted (BILL-05).
    Units(u64),
}

/// Collects what a meter that stays open owes now and has not posted.
pub fn collect(turn: &mut Turn<'_, '_>, pod: PodId, item: Item) {
    if turn.world.meters.is_open(pod, item) {
        let side = ending::posting_side(turn, turn.world.pods[pod].account);
        collect_extent(turn, pod, item, Extent::Side(side));
    }
}

/// Posts all that is owed by now for what is on `host`, so that its earnings are what they are.
pub fn settle_host(turn: &mut Turn<'_, '_>, host: HostId) {
    for pod in turn.world.pods_of_host(host) {
        settle_pod(turn, pod);
    }
    post(turn);
}

/// Collects what all meters of the pod owe.
pub fn settle_pod(turn: &mut Turn<'_, '_>, pod: PodId) {
    for &item in items(&turn.world.pods[pod]) {
        collect(turn, pod, item);
    }
    turn.recount(pod);
}

/// Collects so much of what a meter owes, with the host's share of it.
#[inline(always)] // on the way of every pod
pub(super) fn collect_extent(turn: &mut Turn<'_, '_>, pod: PodId, item: Item, extent: Extent) {
    if item == Item::Compute {
        turn.world.catch_up(pod);
    }
    let Turn { scenario, now, world, dues, .. } = turn;
    let rules = &scenario.rules;
    let share =
        if item == Item::Compute { rules.host_share_compute } else { rules.host_share_storage };
    let row = &mut world.pods[pod];
    let (account, host) = (row.account, row.tied);
    let Some(meter) = world.meters.get_mut(pod, item) else { return };
    let unit = meter.unit();
    // SLS-44, AIE-06. A worker's postings bear its own name; of the platform's own only the host is paid.
    let rented = if row.kind == Kind::Serverless { world.workers.rented.get(&pod) } else { None };
    let (item_posted, subject) = match rented {
        Some(rented) => (item.of_worker(), Subject::Worker(rented.worker)),
        None => (item, Subject::Pod(pod)),
    };
    let free = rented.is_some_and(|rented| !rented.charged);
    let due = |row: Row, payout| {
        let row = if free { Row { amount: Money::ZERO, ..row } } else { row };
        dues.push(Due { item: item_posted, subject, account, host, row, unit, payout });
    };
    let covered = world.plans.as_mut().filter(|_| item == Item::Compute);
    let units = match extent {
        Extent::Side(side) => meter.units(*now, side),
        Extent::Units(units) => units,
    };
    meter.post_up_to(units, share, due);
    if let Extent::Side(side) = extent {
        meter.charge_ending(*now, side);
    }
    if let Some(plans) = covered {
        // PLAN-05, PLAN-08. What is covered costs nothing, and pays the host by the plan's price.
        let due = |row: Row, payout| {
            let row = Row { amount: Money::ZERO, ..row };
            dues.push(Due { item, subject, account, host, row, unit, payout });
        };
        plans.post(pod, unit, (units, share), due);
    }
}

/// GEN-09. Makes the postings collected, in order of item, then of the pod.
#[inline]
pub fn post(turn: &mut Turn<'_, '_>) {
    let nothing = turn.ended.is_empty() && turn.late_volumes.is_empty() && turn.dues.is_empty();
    if !nothing {
        post_all(turn);
    }
}

fn post_all(turn: &mut Turn<'_, '_>) {
    if !turn.ended.is_empty() {
        leave::state_ends(turn);
    }
    while let Some(pod) = turn.late_volumes.pop() {
        if turn.world.pods.get(pod).is_some() {
            collect(turn, pod, Item::Volume);
            turn.recount(pod);
        }
    }
    if turn.dues.is_empty() {
        return;
    }
    let mut dues = std::mem::take(&mut turn.dues);
    if 1 < dues.len() {
        dues.sort_by_key(|due| (due.item, due.subject));
    }
    for &Due { item, subject, account, host, ref row, unit, payout } in &dues {
        let usage = Some(Usage { subject, quantity: row.quantity, unit, periods: row.periods });
        if !row.amount.is_zero() {
            turn.book_use((account, item), usage, row.amount);
            turn.ease(account);
        }
        if let Some(host) = host.filter(|_| !payout.is_zero()) {
            turn.book_payout(host, usage, payout);
        }
    }
    dues.clear();
    turn.dues = dues;
}

impl Turn<'_, '_> {
    /// GEN-12. An account pays for use. As [`book`](Self::book) would, but that the books are known.
    #[inline(always)] // on the way of every pod
    fn book_use(
        &mut self,
        (account, item): (AccountId, Item),
        usage: Option<Usage>,
        amount: Money,
    ) {
        let (debit, credit) = (Book::Customer(account), Book::Revenue);
        self.world.ledger.post(debit, credit, amount);
        self.world.accounts[account].spent += amount;
        let (account, balance) = (Some(account), Some(self.world.ledger.balance(account)));
        self.state(Fact::Posted(Posting { account, item, usage, debit, credit, amount, balance }));
    }
    /// HOST-12. The same of what a host gets of it.
    #[inline(always)] // likewise
    fn book_payout(&mut self, host: HostId, usage: Option<Usage>, amount: Money) {
        let (debit, credit) = (Book::Revenue, Book::Host(host));
        self.world.ledger.post(debit, credit, amount);
        let (account, item, balance) = (None, Item::HostPayout, None);
        self.state(Fact::Posted(Posting { account, item, usage, debit, credit, amount, balance }));
    }
    #[expect(clippy::too_many_arguments, reason = "a posting is these five, and each has a type")]
    /// GEN-12. Moves an amount from the first book to the second and says so.
    pub fn book(
        &mut self,
        account: Option<AccountId>,
        item: Item,
        usage: Option<Usage>,
        (debit, credit): (Book, Book),
        amount: Money,
    ) {
        self.world.ledger.post(debit, credit, amount);
        if let Some(account) = account {
            let row = &mut self.world.accounts[account];
            if debit == Book::Customer(account) && item != Item::Adjustment {
                row.spent += amount;
            } else if debit == Book::Customer(account) {
                row.paid_in -= amount;
            } else if credit == Book::Customer(account) {
                row.paid_in += amount;
            }
        }
        let balance = account.map(|account| self.world.ledger.balance(account));
        self.state(Fact::Posted(Posting { account, item, usage, debit, credit, amount, balance }));
    }
}
