//! Charges: meters of pods open, change their price and close (BILL-01 to BILL-05, BILL-17, GEN-08,
//! STOR-01 to STOR-05).
//!
//! - [`ending`]: whether a unit that ends at this very instant is owed (BILL-12).
//! - [`hold`]: meters pause and go on: outages, drainings (BILL-12, BILL-14, BILL-15).
//! - [`network`]: what network volumes cost (NVOL-02, NVOL-03).
//! - [`post`]: what is owed becomes rows of the ledger, and payouts (GEN-09, HOST-12).
//! - [`balance`]: the balance that rules look at, and the sums over an account's pods (GEN-10).

pub mod balance;
pub mod ending;
pub mod hold;
pub mod network;
pub mod post;

use crate::billing::{Meter, Terms};
use crate::ids::{HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Item, Kind, MeterOf, MeterTerms};
use crate::market::worker;
use crate::scenario::rules::serverless::ServerlessRules;
use crate::scenario::rules::{InterruptedUnit, OutageStorage, Rules};
use crate::turn::Turn;
use crate::units::{Gb, Money, Price, Span};
use crate::world::pod::{ClosedCompute, Pod};
use post::Extent;

/// The meters that a pod can have, in the ledger's order of items: a disk of no size has none.
pub fn items(pod: &Pod) -> &'static [Item] {
    // Looked up, for it is asked several times of every pod.
    const ITEMS: [&[Item]; 4] = [
        &[Item::Compute],
        &[Item::Compute, Item::Volume],
        &[Item::Compute, Item::ContainerDisk],
        &[Item::Compute, Item::ContainerDisk, Item::Volume],
    ];
    let (disk, volume) = (Gb::ZERO < pod.container_disk, Gb::ZERO < pod.volume);
    ITEMS[usize::from(disk) * 2 + usize::from(volume)]
}

fn terms(rules: &Rules, (kind, item): (Kind, Item)) -> Terms {
    if kind == Kind::Serverless {
        return worker_terms(rules, item);
    }

    let compute = item == Item::Compute;
    let unit = if compute { rules.compute_unit } else { rules.storage_unit };
    let least = if compute { rules.minimum_billed.micros() / unit.micros() } else { 0 };
    let least = u32::try_from(least).expect("the scenario check bounds it");
    let refundable = compute && matches!(rules.interrupted_unit, InterruptedUnit::FreeWithin(_));
    Terms { unit, rounding: rules.minute_rounding, least_units: least, refundable }
}

/// SLS-40, SLS-43. The same of a worker's.
fn worker_terms(rules: &Rules, item: Item) -> Terms {
    let ServerlessRules { serverless_unit, serverless_disk_unit, serverless_rounding, .. } =
        *rules.serverless;
    let unit = if item == Item::Compute { serverless_unit } else { serverless_disk_unit };
    Terms { unit, rounding: serverless_rounding, least_units: 0, refundable: false }
}

/// The price and quantity of a pod's meter while it runs: GPUs, but for those that savings plans cover
/// (PLAN-05), or the vCPUs of a CPU pod (POD-14).
#[inline]
fn running_price(rules: &Rules, pod: &Pod, (item, covered): (Item, u32)) -> (Price, u32) {
    if item == Item::Compute {
        let quantity = if pod.gpus == 0 { pod.slots.into() } else { pod.gpus - covered };
        let period = if pod.kind == Kind::Serverless { worker::SECOND } else { Span::HOUR };
        return (Price::per(pod.price, period), quantity);
    }
    let (monthly, size) = if item == Item::ContainerDisk {
        let serverless = pod.kind == Kind::Serverless;
        let price = if serverless {
            rules.serverless.serverless_disk_price
        } else {
            rules.container_disk_price
        };
        (price, pod.container_disk)
    } else {
        (rules.volume_price_running, pod.volume)
    };
    (Price::per(monthly, rules.month()), size.get())
}

/// SPOT-15. What `pod` pays per GPU-hour on `host` today. Where that moves, the account is reckoned with
/// the bid, which is the most that it can come to.
#[cold] // where each pays its bid, that is its price
pub fn agree_on_price(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) -> Money {
    let today = turn.world.price_of_bid(pod, turn.world.fleet.hosts[host].scope);
    let row = &mut turn.world.pods[pod];
    match today.zip(row.bid()).filter(|_| 0 < row.gpus) {
        Some((today, bid)) => {
            row.price = bid;
            today
        }
        None => row.price,
    }
}

/// SPOT-15. A pod in grace keeps the price that it has.
pub fn keep_price(turn: &mut Turn<'_, '_>, pod: PodId) {
    if !turn.world.follows(pod) {
        return;
    }
    turn.world.stop_following(pod);
    if let Some(meter) = turn.world.meters.get(pod, Item::Compute) {
        turn.world.pods[pod].price = meter.price().amount();
    }
}

/// BILL-02, STOR-04. The rental's meters open now; the volume's opens with the first one, and later
/// changes to the running rate from its next unit on.
#[inline(always)] // on the way of every pod
pub fn open_rental(turn: &mut Turn<'_, '_>, pod: PodId) {
    let (now, rules) = (turn.now, turn.rules());
    if turn.charged {
        turn.opened_late.push(pod);
    }
    for &item in items(&turn.world.pods[pod]) {
        let row = &turn.world.pods[pod];
        if turn.world.meters.is_open(pod, item) {
            continue;
        }
        let covered = turn.world.covered(pod);
        let (mut price, quantity) = running_price(rules, row, (item, covered));
        let host = row.tied.expect("a pod is billed on its host");
        let scope = turn.world.fleet.hosts[host].scope;
        let moves = turn.world.spot.is_some() && item == Item::Compute && 0 < row.gpus;
        let clears = if moves { turn.world.price_of_bid(pod, scope) } else { None };
        if let Some(today) = clears {
            price = Price::per_hour(today);
        }
        let terms = terms(rules, (row.kind, item));
        turn.world.meters.open(pod, item, Meter::open(terms, price, quantity, now));
        let goes_on = item == Item::Volume && rules.outage_storage == OutageStorage::Charged;
        if !turn.world.fleet.hosts[host].available()
            && !goes_on
            && let Some(opened) = turn.world.meters.get_mut(pod, item)
        {
            opened.outage_begins(now);
        }
        if clears.is_some() {
            turn.world.follow(pod, scope);
        }
        turn.state_of(pod, Fact::MeterOpened(MeterTerms { pod, item, price, quantity }));
    }
}

/// STOR-02. The volume's rate follows the pod's state from its next unit on; the change posts,
/// once all that closes in this event has closed.
pub fn set_volume_rate(turn: &mut Turn<'_, '_>, pod: PodId, running: bool) {
    let Some(meter) = turn.world.meters.get(pod, Item::Volume) else { return };
    let rules = turn.rules();
    let monthly = |amount| Price::per(amount, rules.month());
    let price =
        monthly(if running { rules.volume_price_running } else { rules.volume_price_stopped });
    if meter.price() != price {
        reprice(turn, pod, Item::Volume, price);
        turn.late_volumes.push(pod);
    }
}

/// PLAN-05, GEN-08. A pod's compute costs `price` for each GPU that no plan covers, from its next unit on.
pub fn cover(turn: &mut Turn<'_, '_>, pod: PodId, price: Price) {
    let (now, side) = (turn.now, turn.side());
    let quantity = turn.world.pods[pod].gpus - turn.world.covered(pod);
    let Some(meter) = turn.world.meters.get_mut(pod, Item::Compute) else { return };
    meter.reprice(price, quantity, now, side);
    turn.state(Fact::MeterRepriced(MeterTerms { pod, item: Item::Compute, price, quantity }));
}

/// GEN-08. A meter's price changes from its next unit on.
pub fn reprice(turn: &mut Turn<'_, '_>, pod: PodId, item: Item, price: Price) {
    let (now, side) = (turn.now, turn.side());
    let Some(meter) = turn.world.meters.get_mut(pod, item) else { return };
    let quantity = meter.quantity();
    meter.reprice(price, quantity, now, side);
    turn.state_of(pod, Fact::MeterRepriced(MeterTerms { pod, item, price, quantity }));
}

/// BILL-03. Compute and container disk of the rental close, and what they owe is collected.
pub fn close_rental(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) -> (Money, Money) {
    let compute = close(turn, pod, Item::Compute, Some(reason));
    let container = close(turn, pod, Item::ContainerDisk, None);
    (compute, container)
}

/// Closes a meter, if it is open; gives all that it came to owe.
#[inline]
pub fn close(turn: &mut Turn<'_, '_>, pod: PodId, item: Item, reason: Option<EndReason>) -> Money {
    if item == Item::Compute {
        turn.world.stop_following(pod);
    }
    if turn.world.meters.is_open(pod, item) {
        close_open(turn, pod, item, reason)
    } else {
        Money::ZERO
    }
}

fn close_open(turn: &mut Turn<'_, '_>, pod: PodId, item: Item, reason: Option<EndReason>) -> Money {
    let Some(meter) = turn.world.meters.get(pod, item) else { return Money::ZERO };
    let side = ending::closing_side(turn, pod, meter);
    let extent = match left_of_interrupted(turn, pod, reason) {
        Left::All => Extent::Side(side),
        Left::Completed => Extent::Units(meter.completed_units(turn.now, side)),
        Left::Nothing => Extent::Units(0),
    };
    post::collect_extent(turn, pod, item, extent);
    let owed = turn.world.meters.close(pod, item);
    turn.state_of(pod, Fact::MeterClosed(MeterOf { pod, item }));
    owed
}

/// The units that a meter comes to if it closes now.
pub fn units_at_close(turn: &Turn<'_, '_>, pod: PodId, item: Item) -> u64 {
    let Some(meter) = turn.world.meters.get(pod, item) else { return 0 };
    meter.units(turn.now, ending::closing_side(turn, pod, meter))
}

/// BILL-04, `grace_paid_by: nobody`. Compute and container disk close at SIGTERM and post all that they
/// owe: the victim may yet get its work done, and then is not interrupted (POD-22). Gives what the
/// container disk came to.
pub fn close_at_signal(turn: &mut Turn<'_, '_>, victim: PodId) -> Money {
    if let Some(meter) = turn.world.meters.get(victim, Item::Compute) {
        let side = ending::closing_side(turn, victim, meter);
        let completed = meter.completed_units(turn.now, side);
        post::collect_extent(turn, victim, Item::Compute, Extent::Side(side));
        let meter = turn.world.meters.take(victim, Item::Compute);
        let closed = meter.map(|meter| Box::new(ClosedCompute { meter, completed }));
        turn.world.pods[victim].closed_compute = closed;
        turn.state(Fact::MeterClosed(MeterOf { pod: victim, item: Item::Compute }));
    }
    close(turn, victim, Item::ContainerDisk, None)
}

/// BILL-05. A rental ends whose compute closed at SIGTERM: what it does not owe is posted back. Gives what
/// it owes.
pub fn end_closed(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) -> Money {
    let Some(closed) = turn.world.pods[pod].closed_compute.take() else { return Money::ZERO };
    let ClosedCompute { meter, completed } = *closed;
    let units = match left_of_interrupted(turn, pod, Some(reason)) {
        Left::All => return meter.posted(),
        Left::Completed => completed,
        Left::Nothing => 0,
    };
    turn.world.meters.open(pod, Item::Compute, meter);
    post::collect_extent(turn, pod, Item::Compute, Extent::Units(units));
    turn.world.meters.take(pod, Item::Compute).map_or(Money::ZERO, |meter| meter.posted())
}

/// What an interrupted rental owes of its compute.
enum Left {
    All,
    Completed,
    Nothing,
}

/// BILL-05. `reason`: why the rental ends, where it is its compute that closes.
fn left_of_interrupted(turn: &Turn<'_, '_>, pod: PodId, reason: Option<EndReason>) -> Left {
    if !matches!(reason, Some(EndReason::Outbid | EndReason::DisplacedByOnDemand)) {
        return Left::All;
    }
    let rental = turn.world.pods[pod].rental.as_ref();
    let held = rental.and_then(|rental| Some(rental.signalled_at? - rental.placed_at?));
    match turn.rules().interrupted_unit {
        InterruptedUnit::Waived => Left::Completed,
        InterruptedUnit::FreeWithin(span) if held.is_some_and(|held| held < span) => Left::Nothing,
        InterruptedUnit::Charged | InterruptedUnit::FreeWithin(_) => Left::All,
    }
}
