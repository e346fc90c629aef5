//! The balance that rules look at, and what an account's pods are counted with (GEN-10, BILL-07, BILL-08,
//! ACCT-10).
//!
//! The balance is a sum over meters, made only where a rule needs it exactly; the line below it, R10 and
//! the rent reserve are running sums, kept by [`Turn::recount`].

use super::{items, running_price};
use crate::agenda::Class;
use crate::billing::{Meter, Side};
use crate::ids::{AccountId, PodId};
use crate::journal::fact::Item;
use crate::scenario::rules::{ReserveScope, Rules};
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};
use crate::world::World;
use crate::world::pod::{Counted, Pod, PodState};

impl Turn<'_, '_> {
    /// GEN-10. The balance that rules look at, without the credit line.
    pub fn balance(&self, account: AccountId, side: Side) -> Money {
        self.balance_at(account, self.now, side)
    }
    /// GEN-10. The same at another instant, if nothing changes until then.
    pub fn balance_at(&self, account: AccountId, at: SimTime, side: Side) -> Money {
        let row = &self.world.accounts[account];
        let unposted: Money = row
            .pods
            .iter()
            .flat_map(|pod| self.world.meters.of(*pod))
            .map(|meter| meter.unposted(at, side))
            .sum();
        self.ledger_balance(account) - unposted
    }
    /// ACCT-10. The balance and the credit line.
    pub fn spendable(&self, account: AccountId, side: Side) -> Money {
        self.balance(account, side) + self.world.accounts[account].credit_line
    }
    /// The ledger balance less what is collected and about to be posted.
    pub fn ledger_balance(&self, account: AccountId) -> Money {
        let dues = self.dues.iter().filter(|due| due.account == account);
        self.world.ledger.balance(account) - dues.map(|due| due.row.amount).sum()
    }
    /// From where rules see the balance that something is to be paid from: without the units of this
    /// instant, until class Charge has charged them.
    pub fn paying_side(&self) -> Side {
        if self.charged && self.class != Class::Drain { Side::After } else { Side::Before }
    }
    /// What a pod's R10 is at present.
    pub fn reserve_of(&self, pod: PodId) -> Money {
        self.world.pods[pod].counted.reserve
    }
    /// Brings what a pod is counted with in its account up to date.
    pub fn recount(&mut self, pod: PodId) {
        let counted = count(&self.scenario.rules, &self.world, pod);
        let row = &mut self.world.pods[pod];
        let account = row.account;
        self.world.accounts[account].recount(&row.counted, &counted);
        row.counted = counted;
        self.touch(account);
    }
    /// What a pod's meters would cost for `span` if it ran, by compute and by disks (BILL-07, BILL-08).
    pub fn cost_for(&self, pod: PodId, span: Span) -> (Money, Money) {
        let rules = self.rules();
        let row = &self.world.pods[pod];
        let cost = |item: &Item| {
            let (price, quantity) = running_price(rules, row, *item);
            price.for_span(quantity, span)
        };
        let (compute, disks) = items(row).split_first().expect("compute is the first");
        (cost(compute), disks.iter().map(cost).sum())
    }
}

fn count(rules: &Rules, world: &World, id: PodId) -> Counted {
    let mut counted = Counted::default();
    let pod = &world.pods[id];
    for &item in items(pod) {
        count_meter(&mut counted, rules, (pod, item), world.meters.get(id, item));
    }
    counted
}

/// One meter of a pod, open or not. Apart from the loop, for most pods have one alone.
#[inline(never)]
fn count_meter(
    counted: &mut Counted,
    rules: &Rules,
    (pod, item): (&Pod, Item),
    open: Option<&Meter>,
) {
    if let Some(open) = open {
        counted.line.add(&open.line(rules.month()));
    }
    let reserved = matches!(pod.state, PodState::Reserved { .. });
    if !pod.state.costs_as_running() && !reserved {
        return;
    }
    // The rent reserve counts a pod that runs whether or not it is cut off or billed yet; R10 what its
    // meters cost now.
    let (price, quantity) = running_price(rules, pod, item);
    let by_account = rules.rent_reserve_scope == ReserveScope::Account;
    if by_account && (item == Item::Compute || rules.rent_reserve_storage) {
        counted.hour += price.for_span(quantity, rules.rent_reserve);
    }
    if reserved {
        counted.promised += price.for_span(quantity, rules.low_funds_reserve);
    } else if let Some(open) = open.filter(|open| !open.is_held()) {
        counted.reserve += open.price().for_span(open.quantity(), rules.low_funds_reserve);
    }
}
