//! The balance that rules look at, and what an account's pods are counted with (GEN-10, BILL-07, BILL-08,
//! ACCT-06, ACCT-10, AIE-06).
//!
//! The balance is a sum over meters, made only where a rule needs it exactly; the line below it, R10 and
//! the rent reserve are running sums, kept by [`Turn::recount`].

use super::{items, running_price};
use crate::agenda::Class;
use crate::billing::{Meter, Side};
use crate::ids::{AccountId, PodId};
use crate::journal::fact::{Item, Kind};
use crate::scenario::rules::{ReserveScope, Rules};
use crate::turn::Turn;
use crate::units::{Money, Price, SimTime, Span};
use crate::world::World;
use crate::world::account::Account;
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
    /// ACCT-06. What all its meters cost per hour, where it may meet a limit.
    pub burn: Money,
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
            .filter(|pod| !is_free(&self.world, **pod))
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
    /// Whether an account has so much to spend. Nearly every account surely has: then no meter is looked at.
    pub fn covers(&self, account: AccountId, needed: Money) -> bool {
        let row = &self.world.accounts[account];
        let balance = self.ledger_balance(account) + row.credit_line;
        row.line.surely_covers(self.now, balance, needed, self.month())
            || needed <= self.spendable(account, self.paying_side())
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
            let Account { reserve, promised, hour, burn, .. } = *row;
            return Sums { reserve, promised, hour, burn };
        }
        let mut sums = Sums::default();
        let limited = row.sure_limit.is_some();
        for pod in &row.pods {
            let counted = count_today(self.rules(), &self.world, *pod, limited);
            sums.reserve += counted.reserve.into();
            sums.promised += counted.promised.into();
            sums.hour += counted.hour.into();
            sums.burn += counted.burn.into();
        }
        let volumes = &self.world.network_volumes;
        let rows = volumes.of(account).filter_map(|volume| volumes.get(volume));
        sums.burn += rows.map(|row| row.burn).sum();
        sums
    }
    /// What a pod's R10 is at present.
    pub fn reserve_of(&self, pod: PodId) -> Money {
        self.world.pods[pod].counted.reserve.into()
    }
    /// Brings what a pod is counted with in its account up to date.
    pub fn recount(&mut self, pod: PodId) {
        let account = self.count_anew(pod);
        self.touch(account);
    }
    /// The same, where it is what is known that changes, and not what is. Gives its account.
    #[inline(always)] // on the way of every pod
    pub fn count_anew(&mut self, pod: PodId) -> AccountId {
        let account = self.world.pods[pod].account;
        let limited = self.world.accounts[account].sure_limit.is_some();
        let counted = count(&self.scenario.rules, &self.world, pod, limited);
        let row = &mut self.world.pods[pod];
        self.world.accounts[account].recount(&row.counted, &counted);
        row.counted = counted;
        account
    }
    /// What a pod's meters would cost for `span` if it ran with so many GPUs covered by savings plans, by
    /// compute and by disks (BILL-07, BILL-08).
    #[inline(always)] // on the way of every pod
    pub fn cost_for(&self, pod: PodId, span: Span, covered: u32) -> (Money, Money) {
        let rules = self.rules();
        let row = &self.world.pods[pod];
        let cost = |item: &Item| {
            let (price, quantity) = running_price(rules, row, (*item, covered));
            price.for_span(quantity, span)
        };
        let (compute, disks) = items(row).split_first().expect("compute is the first");
        (cost(compute), disks.iter().map(cost).sum())
    }
}

/// AIE-06. Whether a rental costs its account nothing: a worker of the platform's own.
fn is_free(world: &World, pod: PodId) -> bool {
    world.pods[pod].kind == Kind::Serverless
        && world.workers.rented.get(&pod).is_some_and(|rented| !rented.charged)
}

/// `limited`: whether what it burns per hour may meet a limit.
#[inline(always)] // on the way of every pod
fn count(rules: &Rules, world: &World, id: PodId, limited: bool) -> Counted {
    let mut counted = Counted::default();
    if is_free(world, id) {
        return counted;
    }
    let pod = &world.pods[id];
    let follows = world.follows(id);
    let covered = world.covered(id);
    for &item in items(pod) {
        let most = (follows && item == Item::Compute).then(|| Price::per_hour(pod.price));
        let open = world.meters.get(id, item);
        count_meter(&mut counted, rules, (pod, item, covered, limited), (open, most));
    }
    counted
}

/// The same at today's prices, where a pod is else counted with its bid (SPOT-15).
fn count_today(rules: &Rules, world: &World, id: PodId, limited: bool) -> Counted {
    let mut counted = Counted::default();
    if is_free(world, id) {
        return counted;
    }
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
    let covered = world.covered(id);
    for &item in items(pod) {
        let price = today.filter(|_| item == Item::Compute && 0 < pod.gpus).map(Price::per_hour);
        let open = world.meters.get(id, item).and_then(|_| meters.next());
        count_meter(&mut counted, rules, (pod, item, covered, limited), (open.as_deref(), price));
    }
    counted
}

/// One meter of a pod, open or not; it costs `price`, if one is given, whatever it says.
#[inline(always)] // on the way of every pod
fn count_meter(
    counted: &mut Counted,
    rules: &Rules,
    (pod, item, covered, limited): (&Pod, Item, u32, bool),
    (open, price): (Option<&Meter>, Option<Price>),
) {
    let open = open.map(|open| (open, price.unwrap_or_else(|| open.price()), open.quantity()));
    if let Some((open, price, quantity)) = open {
        counted.line.add(&open.line_up_to(price, rules.month()));
        if limited {
            counted.burn(price, quantity);
        }
    }
    // SLS-45. A worker that has its GPUs and waits for its image counts as one that will.
    let waits_for_image = pod.kind == Kind::Serverless && open.is_none();
    let reserved = matches!(pod.state, PodState::Reserved { .. })
        || waits_for_image && matches!(pod.state, PodState::Initializing { .. });
    if !pod.state.costs_as_running() && !reserved {
        return;
    }
    // The rent reserve counts a pod that runs whether or not it is cut off or billed yet; R10 what its
    // meters cost now.
    let by_account = rules.rent_reserve_scope == ReserveScope::Account;
    if by_account && (item == Item::Compute || rules.rent_reserve_storage) {
        let (stated, quantity) = running_price(rules, pod, (item, covered));
        counted.hour += price.unwrap_or(stated).for_span(quantity, rules.rent_reserve);
    }
    if reserved {
        count_promised(counted, rules, (pod, item, covered, limited), (open.is_some(), price));
    } else if let Some((open, price, quantity)) = open
        && !open.is_held()
    {
        counted.reserve += price.for_span(quantity, rules.low_funds_reserve);
    }
}

/// BILL-06, ACCT-06. What a Reserved pod will cost; of its hour the meters that are open have been counted.
#[cold] // where nobody is displaced, nobody is promised anything
fn count_promised(
    counted: &mut Counted,
    rules: &Rules,
    (pod, item, covered, limited): (&Pod, Item, u32, bool),
    (is_open, price): (bool, Option<Price>),
) {
    let (stated, quantity) = running_price(rules, pod, (item, covered));
    counted.promised += price.unwrap_or(stated).for_span(quantity, rules.low_funds_reserve);
    if limited && !is_open {
        // It has no place of a plan before it is placed (PLAN-04).
        let (stated, quantity) = running_price(rules, pod, (item, 0));
        counted.burn(price.unwrap_or(stated), quantity);
    }
}

impl Counted {
    /// ACCT-06. What it burns per hour: an open meter at its price, paused or not.
    fn burn(&mut self, price: Price, quantity: u32) {
        self.burn += match price.period() {
            // Most meters are of compute; they need no division.
            Span::HOUR => price.amount().times(quantity),
            _ => price.for_span(quantity, Span::HOUR),
        };
    }
}
