//! The balance that rules look at, and what an account's pods are counted with (GEN-10, BILL-07, BILL-08,
//! ACCT-10).
//!
//! The balance is a sum over meters, made only where a rule needs it exactly; the line below it, R10 and
//! the rent reserve are running sums, kept by [`Turn::recount`].

use super::{ITEMS, meter, running_price};
use crate::agenda::Class;
use crate::billing::Side;
use crate::ids::{AccountId, PodId};
use crate::journal::fact::Item;
use crate::scenario::rules::{ReserveScope, Rules};
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};
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
            .flat_map(|pod| ITEMS.map(|item| meter(&self.world.pods[*pod], item)))
            .flatten()
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
        let (rules, month) = (self.rules(), self.month());
        let row = &mut self.world.pods[pod];
        let counted = count(rules, month, row);
        let former = std::mem::replace(&mut row.counted, counted);
        let account = row.account;
        let sums = &mut self.world.accounts[account];
        sums.uncount(&former);
        sums.count(&counted);
        self.touch(account);
    }
    /// What a pod's meters would cost for `span` if it ran, by compute and by disks (BILL-07, BILL-08).
    pub fn cost_for(&self, pod: PodId, span: Span) -> (Money, Money) {
        let rules = self.rules();
        let row = &self.world.pods[pod];
        let cost = |item| {
            let running = running_price(rules, row, item);
            running.map_or(Money::ZERO, |(price, quantity)| price.for_span(quantity, span))
        };
        (cost(Item::Compute), cost(Item::ContainerDisk) + cost(Item::Volume))
    }
}

fn count(rules: &Rules, month: Span, pod: &Pod) -> Counted {
    let mut counted = Counted::default();
    let running = pod.state.costs_as_running();
    let reserved = matches!(pod.state, PodState::Reserved { .. });
    let by_account = rules.rent_reserve_scope == ReserveScope::Account;
    for item in ITEMS {
        // What has no price has no meter either.
        let Some((price, quantity)) = running_price(rules, pod, item) else { continue };
        let open = meter(pod, item);
        if let Some(open) = open {
            counted.line.add(&open.line(month));
        }
        if !running && !reserved {
            continue;
        }
        // The rent reserve counts a pod that runs whether or not it is cut off or billed yet; R10 what
        // its meters cost now.
        if by_account && (item == Item::Compute || rules.rent_reserve_storage) {
            counted.hour += price.for_span(quantity, rules.rent_reserve);
        }
        if reserved {
            counted.promised += price.for_span(quantity, rules.low_funds_reserve);
        } else if let Some(open) = open.filter(|open| !open.is_held()) {
            counted.reserve += open.price().for_span(open.quantity(), rules.low_funds_reserve);
        }
    }
    counted
}
