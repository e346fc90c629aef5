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
use crate::units::{Money, Price, SimTime, Span};
use crate::world::World;
use crate::world::pod::{Counted, Pod, PodState};

/// What an account's pods must be able to cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// BILL-08. R10 of what runs.
    pub reserve: Money,
    /// BILL-06. The same of Reserved pods.
    pub promised: Money,
    /// BILL-07. One hour of both, where the account's rentals count.
    pub hour: Money,
}

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
            .flat_map(|pod| self.world.meters_now(*pod))
            .map(|meter| meter.unposted(at, side))
            .sum();
        let volumes = self.world.network_volumes.meters_of(account);
        let of_volumes: Money = volumes.map(|meter| meter.unposted(at, side)).sum();
        self.ledger_balance(account) - unposted - of_volumes
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
    /// BILL-07, BILL-08. What the account's pods must be able to cost, at today's prices.
    pub fn sums_today(&self, account: AccountId) -> Sums {
        let row = &self.world.accounts[account];
        if self.world.spot.is_none() {
            let (reserve, promised, hour) = (row.reserve, row.promised, row.hour);
            return Sums { reserve, promised, hour };
        }
        let mut sums = Sums::default();
        for pod in &row.pods {
            let counted = count_today(self.rules(), &self.world, *pod);
            sums.reserve += counted.reserve;
            sums.promised += counted.promised;
            sums.hour += counted.hour;
        }
        sums
    }
    /// What a pod's R10 is at present.
    pub fn reserve_of(&self, pod: PodId) -> Money {
        self.world.pods[pod].counted.reserve
    }
    /// Brings what a pod is counted with in its account up to date.
    pub fn recount(&mut self, pod: PodId) {
        let account = self.count_anew(pod);
        self.touch(account);
    }
    /// The same, where it is what is known that changes, and not what is. Gives its account.
    #[inline(always)] // on the way of every pod
    pub fn count_anew(&mut self, pod: PodId) -> AccountId {
        let counted = count(&self.scenario.rules, &self.world, pod);
        let row = &mut self.world.pods[pod];
        let account = row.account;
        self.world.accounts[account].recount(&row.counted, &counted);
        row.counted = counted;
        account
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
    let follows = world.follows(id);
    for &item in items(pod) {
        let most = (follows && item == Item::Compute).then(|| Price::per_hour(pod.price));
        count_meter(&mut counted, rules, (pod, item), world.meters.get(id, item), most);
    }
    counted
}

/// The same at today's prices, where a pod is else counted with its bid (SPOT-15).
fn count_today(rules: &Rules, world: &World, id: PodId) -> Counted {
    let mut counted = Counted::default();
    let pod = &world.pods[id];
    let host = match pod.state {
        PodState::Reserved { host } => Some(host),
        PodState::Grace { .. } => None,
        PodState::Waiting
        | PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Stopped { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => pod.tied,
    };
    let today = host.and_then(|host| world.price_of_bid(id, world.fleet.hosts[host].scope));
    let mut meters = world.meters_now(id);
    for &item in items(pod) {
        let price = today.filter(|_| item == Item::Compute && 0 < pod.gpus).map(Price::per_hour);
        let open = world.meters.get(id, item).and_then(|_| meters.next());
        count_meter(&mut counted, rules, (pod, item), open.as_deref(), price);
    }
    counted
}

/// One meter of a pod, open or not; it costs `price`, if one is given, whatever it says. Apart from the
/// loop, for most pods have one alone.
#[inline(never)]
fn count_meter(
    counted: &mut Counted,
    rules: &Rules,
    (pod, item): (&Pod, Item),
    open: Option<&Meter>,
    price: Option<Price>,
) {
    let price_of = |open: &Meter| price.unwrap_or_else(|| open.price());
    if let Some(open) = open {
        counted.line.add(&open.line_up_to(price_of(open), rules.month()));
    }
    let reserved = matches!(pod.state, PodState::Reserved { .. });
    if !pod.state.costs_as_running() && !reserved {
        return;
    }
    let (stated, quantity) = running_price(rules, pod, item);
    let price_or_stated = price.unwrap_or(stated);
    // The rent reserve counts a pod that runs whether or not it is cut off or billed yet; R10 what its
    // meters cost now.
    let by_account = rules.rent_reserve_scope == ReserveScope::Account;
    if by_account && (item == Item::Compute || rules.rent_reserve_storage) {
        counted.hour += price_or_stated.for_span(quantity, rules.rent_reserve);
    }
    if reserved {
        counted.promised += price_or_stated.for_span(quantity, rules.low_funds_reserve);
    } else if let Some(open) = open.filter(|open| !open.is_held()) {
        counted.reserve += price_of(open).for_span(open.quantity(), rules.low_funds_reserve);
    }
}
