//! Charges: meters of pods open, change, pause and close; what they owe is posted (GEN-09, BILL-01 to
//! BILL-05, BILL-15, BILL-17, HOST-12, STOR-01 to STOR-05).
//!
//! Postings are collected in [`Turn::dues`] and made by [`post`] when their event, or the settlement of
//! their account, is over: so what posts together does so in order of item, then of the pod, each
//! followed by its payout.

use crate::agenda::Class;
use crate::billing::{Meter, Side, Terms};
use crate::ids::{AccountId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Book, EndReason, Item, Posting, Usage};
use crate::market::{funds, stop};
use crate::scenario::rules::{
    DrainedStorage, InterruptedUnit, OutagePartialUnit, ReserveScope, Rounding, Rules,
};
use crate::turn::{Due, Turn};
use crate::units::{Money, Price, Span};
use crate::world::pod::{Counted, Pod, PodState};

/// The meters of a pod, in the ledger's order of items.
pub const ITEMS: [Item; 3] = [Item::Compute, Item::ContainerDisk, Item::Volume];

fn terms(rules: &Rules, item: Item) -> Terms {
    let compute = item == Item::Compute;
    let unit = if compute { rules.compute_unit } else { rules.storage_unit };
    let least = if compute { rules.minimum_billed.micros() / unit.micros() } else { 0 };
    let refundable = compute && matches!(rules.interrupted_unit, InterruptedUnit::FreeWithin(_));
    Terms { unit, rounding: rules.minute_rounding, least_units: least, refundable }
}

/// The price and quantity of a pod's meter while it runs.
fn running_price(rules: &Rules, pod: &Pod, item: Item) -> (Price, u32) {
    let monthly = |amount| Price::per(amount, rules.month());
    if item == Item::Compute {
        (Price::per_hour(pod.price), pod.gpus)
    } else if item == Item::ContainerDisk {
        (monthly(rules.container_disk_price), pod.container_disk.get())
    } else {
        (monthly(rules.volume_price_running), pod.volume.get())
    }
}

/// A pod's meter for `item`, if it is open.
pub fn meter(pod: &Pod, item: Item) -> Option<&Meter> {
    match item {
        Item::Compute => pod.compute.as_ref(),
        Item::ContainerDisk => pod.container_meter.as_ref(),
        Item::Volume => pod.volume_meter.as_ref(),
        Item::Deposit | Item::AutoPay | Item::HostPayout | Item::Adjustment => None,
    }
}
fn slot(pod: &mut Pod, item: Item) -> &mut Option<Meter> {
    match item {
        Item::Compute => &mut pod.compute,
        Item::ContainerDisk => &mut pod.container_meter,
        Item::Volume => &mut pod.volume_meter,
        Item::Deposit | Item::AutoPay | Item::HostPayout | Item::Adjustment => {
            unreachable!("only usage is metered")
        }
    }
}

/// BILL-02, STOR-04. The rental's meters open now; the volume's opens with the first one, and later
/// changes to the running rate from its next unit on.
pub fn open_rental(turn: &mut Turn<'_, '_>, pod: PodId) {
    let (now, rules) = (turn.now, turn.rules());
    for item in ITEMS {
        let row = &turn.world.pods[pod];
        let (price, quantity) = running_price(rules, row, item);
        let metered = item == Item::Compute || 0 < quantity;
        if !metered || meter(row, item).is_some() {
            continue;
        }
        let host = row.tied.expect("a pod is billed on its host");
        let mut opened = Meter::open(terms(rules, item), price, quantity, now);
        if !turn.world.fleet.hosts[host].available() {
            opened.outage_begins(now, false);
        }
        *slot(&mut turn.world.pods[pod], item) = Some(opened);
        turn.state(Fact::MeterOpened { pod, item, price, quantity });
    }
}

/// STOR-02. The volume's rate follows the pod's state from its next unit on; the change posts,
/// once all that closes in this event has closed.
pub fn set_volume_rate(turn: &mut Turn<'_, '_>, pod: PodId, running: bool) {
    let rules = turn.rules();
    let monthly = |amount| Price::per(amount, rules.month());
    let price =
        monthly(if running { rules.volume_price_running } else { rules.volume_price_stopped });
    if let Some(meter) = &turn.world.pods[pod].volume_meter
        && meter.price() != price
    {
        reprice(turn, pod, Item::Volume, price);
        turn.late_volumes.push(pod);
    }
}

/// GEN-08. A meter's price changes from its next unit on.
pub fn reprice(turn: &mut Turn<'_, '_>, pod: PodId, item: Item, price: Price) {
    let (now, side) = (turn.now, turn.side());
    let Some(meter) = slot(&mut turn.world.pods[pod], item) else { return };
    let quantity = meter.quantity();
    meter.reprice(price, quantity, now, side);
    turn.state(Fact::MeterRepriced { pod, item, price, quantity });
}

/// GEN-09. Collects what a meter owes now and has not posted.
pub fn collect(turn: &mut Turn<'_, '_>, pod: PodId, item: Item) {
    if meter(&turn.world.pods[pod], item).is_none() {
        return;
    }
    let units = open_units(turn, pod, item, turn.side());
    collect_up_to(turn, pod, item, units);
}

/// BILL-12. The units of a meter that closes now: under `completed` it owes a unit that ends at this
/// very instant only if the balance covers it. Closing on a boundary begins none.
fn closing_units(turn: &Turn<'_, '_>, pod: PodId, item: Item) -> u64 {
    let row = &turn.world.pods[pod];
    let Some(meter) = meter(row, item) else { return 0 };
    let by_now = meter.units(turn.now, Side::Limit);
    if turn.rules().minute_rounding != Rounding::Completed {
        return by_now;
    }
    let before = meter.units(turn.now, Side::Before);
    if before == by_now {
        return by_now;
    }
    // What a draining stops is charged no unit of that instant, though its volumes go into debt.
    if turn.class == Class::Drain && turn.world.accounts[row.account].is_drained() {
        return before;
    }
    let cost = meter.owed(by_now) - meter.owed(before);
    if cost <= turn.spendable(row.account, Side::Before) { by_now } else { before }
}

/// BILL-12. The units of an open meter that are owed now, a unit that begins now counted by `side`:
/// under `completed` those that end now are the account's to pay together in class 11, or not at all.
fn open_units(turn: &Turn<'_, '_>, pod: PodId, item: Item, side: Side) -> u64 {
    let row = &turn.world.pods[pod];
    let Some(meter) = meter(row, item) else { return 0 };
    let completed = turn.rules().minute_rounding == Rounding::Completed;
    let waits = completed
        && turn.class < Class::Drain
        && side != Side::After
        && turn.spendable(row.account, Side::Limit).is_negative();
    meter.units(turn.now, if waits { Side::Before } else { side })
}

/// What a pod's volume has come to owe by now, a unit that begins now counted by `side`.
pub fn volume_owed(turn: &Turn<'_, '_>, pod: PodId, side: Side) -> Money {
    let units = open_units(turn, pod, Item::Volume, side);
    let row = &turn.world.pods[pod];
    row.volume_meter.as_ref().map_or(row.volume_total, |meter| meter.owed(units))
}

/// Collects what a meter owes once `units` are owed in all.
fn collect_up_to(turn: &mut Turn<'_, '_>, pod: PodId, item: Item, units: u64) {
    let rules = turn.rules();
    let share =
        if item == Item::Compute { rules.host_share_compute } else { rules.host_share_storage };
    let row = &mut turn.world.pods[pod];
    let (account, host) = (row.account, row.tied.expect("a pod is billed on its host"));
    let Some(meter) = slot(row, item) else { return };
    let (mut posted, unit) = (meter.posted(), meter.unit());
    let mut rows = Rows::default();
    meter.post_up_to(units, |row| rows.push(row));
    for row in rows.into_iter() {
        let payout = meter.payout(share, posted, row.amount);
        posted += row.amount;
        turn.dues.push(Due { item, pod, account, host, row, unit, payout });
    }
}

/// Rows of one meter: nearly always one, so nothing is allocated.
#[derive(Default)]
struct Rows {
    first: Option<crate::billing::meter::Row>,
    rest: Vec<crate::billing::meter::Row>,
}
impl Rows {
    fn push(&mut self, row: crate::billing::meter::Row) {
        if self.first.is_none() {
            self.first = Some(row);
        } else {
            self.rest.push(row);
        }
    }
    fn into_iter(self) -> impl Iterator<Item = crate::billing::meter::Row> {
        self.first.into_iter().chain(self.rest)
    }
}

/// BILL-03. Compute and container disk of the rental close, and what they owe is collected.
pub fn close_rental(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) -> (Money, Money) {
    let compute = close(turn, pod, Item::Compute, Some(reason));
    let container = close(turn, pod, Item::ContainerDisk, None);
    (compute, container)
}

/// Closes a meter; gives all that it came to owe.
pub fn close(turn: &mut Turn<'_, '_>, pod: PodId, item: Item, reason: Option<EndReason>) -> Money {
    let now = turn.now;
    let row = &turn.world.pods[pod];
    let Some(meter) = meter(row, item) else { return Money::ZERO };
    let interrupted = matches!(reason, Some(EndReason::Outbid | EndReason::DisplacedByOnDemand));
    let held_at = row.rental.and_then(|rental| rental.placed_at.zip(rental.signalled_at));
    let units = match turn.rules().interrupted_unit {
        InterruptedUnit::Waived if interrupted => meter.completed_units(now),
        InterruptedUnit::FreeWithin(span)
            if interrupted && held_at.is_some_and(|(placed, signal)| signal - placed < span) =>
        {
            0
        }
        InterruptedUnit::Charged | InterruptedUnit::Waived | InterruptedUnit::FreeWithin(_) => {
            closing_units(turn, pod, item)
        }
    };
    collect_up_to(turn, pod, item, units);
    let closed = slot(&mut turn.world.pods[pod], item).take().expect("just seen");
    turn.state(Fact::MeterClosed { pod, item });
    closed.posted()
}

/// BILL-12. Under `completed`, whether the account does not cover all its units that end now: where
/// meters pause, units that end together are charged together or not at all.
fn leaves_unpaid(turn: &Turn<'_, '_>, account: AccountId) -> bool {
    turn.rules().minute_rounding == Rounding::Completed
        && !turn.world.accounts[account].is_drained()
        && (turn.world.accounts[account].unpaid
            || turn.spendable(account, Side::Limit).is_negative())
}

/// BILL-15. A host's meters pause, or go on: of running pods and of stopped ones.
pub fn pause_for_outage(turn: &mut Turn<'_, '_>, pods: &[PodId]) {
    // In debt a volume is charged on, in class 11.
    let debt = turn.rules().drained_storage == DrainedStorage::Debt;
    for &pod in pods {
        let account = turn.world.pods[pod].account;
        let unpaid = leaves_unpaid(turn, account);
        if unpaid {
            funds::drain_now(turn, account);
        }
        for item in ITEMS {
            let now = turn.now;
            if unpaid {
                let row = &turn.world.pods[pod];
                let units = meter(row, item).map_or(0, |meter| meter.units(now, Side::Before));
                collect_up_to(turn, pod, item, units);
            } else {
                collect(turn, pod, item);
            }
            if let Some(meter) = slot(&mut turn.world.pods[pod], item) {
                meter.outage_begins(now, unpaid && !(debt && item == Item::Volume));
                turn.state(Fact::MeterPaused { pod, item });
            }
        }
        turn.recount(pod);
    }
}
/// BILL-15. After an outage meters go on; R10 may rise, so the line is due (BILL-09).
pub fn go_on_after_outage(turn: &mut Turn<'_, '_>, pods: &[PodId]) {
    let forfeited = turn.rules().outage_partial_unit == OutagePartialUnit::Forfeited;
    for &pod in pods {
        let now = turn.now;
        for item in ITEMS {
            let Some(meter) = slot(&mut turn.world.pods[pod], item) else { continue };
            meter.outage_ends(now, forfeited);
            if !meter.is_held() {
                turn.state(Fact::MeterResumed { pod, item });
            }
        }
        let before = turn.reserve_of(pod);
        turn.recount(pod);
        if before < turn.reserve_of(pod) {
            funds::force_line(turn, turn.world.pods[pod].account);
        }
    }
}

/// BILL-12. All meters of a pod pause for its account's want of money.
pub fn drain(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    for item in ITEMS {
        if let Some(meter) = slot(&mut turn.world.pods[pod], item) {
            meter.drain(now);
            turn.state(Fact::MeterPaused { pod, item });
        }
    }
    turn.recount(pod);
}
/// BILL-14. Meters that the draining paused take this instant as their new anchor.
pub fn refill(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    for item in ITEMS {
        let Some(meter) = slot(&mut turn.world.pods[pod], item) else { continue };
        if meter.is_drained() {
            meter.refill(now);
            if !meter.is_held() {
                turn.state(Fact::MeterResumed { pod, item });
            }
        }
    }
    turn.recount(pod);
}

/// GEN-09. Makes the postings collected, in order of item, then of the pod.
pub fn post(turn: &mut Turn<'_, '_>) {
    if !turn.ended.is_empty() {
        stop::state_ends(turn);
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
    dues.sort_by_key(|due| (due.item, due.pod));
    for due in dues.drain(..) {
        let Due { item, pod, account, host, row, unit, payout } = due;
        let usage = Some(Usage { pod, quantity: row.quantity, unit, periods: row.periods });
        let customer = Book::Customer(account);
        turn.book(Some(account), item, usage, (customer, Book::Revenue), row.amount);
        turn.touch(account);
        if !payout.is_zero() {
            turn.book(None, Item::HostPayout, usage, (Book::Revenue, Book::Host(host)), payout);
        }
    }
    turn.dues = dues;
}

impl Turn<'_, '_> {
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
            } else {
                row.paid_in += amount;
            }
        }
        let balance = account.map(|account| self.world.ledger.balance(account));
        self.state(Fact::Posted(Posting { account, item, usage, debit, credit, amount, balance }));
    }
    /// GEN-10. The balance that rules look at, without the credit line.
    pub fn balance(&self, account: AccountId, side: Side) -> Money {
        self.balance_at(account, self.now, side)
    }
    /// GEN-10. The same at another instant, if nothing changes until then.
    pub fn balance_at(&self, account: AccountId, at: crate::units::SimTime, side: Side) -> Money {
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
            let (price, quantity) = running_price(rules, row, item);
            price.for_span(quantity, span)
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
        let open = meter(pod, item);
        if let Some(open) = open {
            counted.line.add(&open.line(month));
        }
        // The rent reserve counts a pod that runs whether or not it is cut off or billed yet; R10 what
        // its meters cost now.
        let (price, quantity) = running_price(rules, pod, item);
        if !running && !reserved || quantity == 0 && open.is_none() {
            continue;
        }
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
