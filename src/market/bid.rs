//! ChangeBid: the bid of a live spot pod is set (SPOT-16).
//!
//! By default it is refused, and an owner stops its pod and resumes it at another bid (SPOT-03). Where it
//! is allowed, the new bid counts from that instant for whatever hangs on bids: the pod's rank in its
//! queue, who may displace it, and what is published. Under pay as bid it is the price from the pod's next
//! unit (GEN-08), as a list price that running pods follow; where that raises R10, the ten-minute line is
//! looked at (BILL-09).
//!
//! Where all of a scope pay one price, that is no more than the bid, and moves only as that price does;
//! who falls below a posted price gives way (SPOT-14).
//!
//! - A request that waits is tried again at its new rank, which keeps its place among equal bids.
//! - Whoever lowers its bid displaces nobody by that, nor is it displaced at once: those who wait are tried
//!   when next something comes free (POD-06).
//! - In grace a pod keeps its price; its bid is that at which it resumes by itself (SPOT-09).
//! - Stopped there is no bid to change: a resume states its own. On demand there is none at all.
//! - A host that is cut off or without power makes no difference: nothing is asked of it (HOST-04).

use crate::ids::{HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Item, Kind, Operation, Refusal};
use crate::market::{charge, funds, rent, spot};
use crate::scenario::demand::Demand;
use crate::scenario::rules::BidChange;
use crate::turn::Turn;
use crate::units::{Money, Price};
use crate::world::pod::PodState;
use crate::world::waiting::named_scopes;

/// What of a pod hangs on its bid.
enum Hangs {
    /// It waits, at a rank in a queue.
    Rank,
    /// GPUs of this host, held or promised at that bid, and their price.
    Gpus(HostId),
    /// The price of GPUs to which it has a claim, while its host has no power.
    Price(HostId),
    /// Nothing before it asks again: it is in grace.
    Nothing(HostId),
}

/// ChangeBid, to a bid that is `stated` per GPU or per pod (SPOT-01).
pub fn change(turn: &mut Turn<'_, '_>, pod: PodId, stated: Money) {
    let row = &turn.world.pods[pod];
    let (account, bid) = (row.account, turn.rules().bid_per_gpu(stated, row.gpus));
    let (before, hangs) = match check(turn, pod, bid) {
        Ok(found) => found,
        Err(reason) => {
            turn.reject(Some(account), Operation::ChangeBid, Some(pod), reason);
            return;
        }
    };
    turn.state(Fact::BidChanged { pod, bid });
    if bid == before {
        return;
    }
    match hangs {
        Hangs::Rank => rent::move_to_bid(turn, pod, bid),
        Hangs::Gpus(host) => {
            turn.world.uncount_bid(pod, host);
            pay(turn, pod, bid);
            turn.world.count_bid(pod, host);
            turn.settle_host(host);
            spot::look_at_bid(turn, pod, host);
        }
        Hangs::Price(_) => pay(turn, pod, bid),
        Hangs::Nothing(_) => turn.world.pods[pod].kind = Kind::Spot { bid },
    }
}

/// GEN-14, SPOT-02. The bid so far and what hangs on it, or why it cannot be changed to `bid`.
fn check(turn: &mut Turn<'_, '_>, pod: PodId, bid: Money) -> Result<(Money, Hangs), Refusal> {
    let row = &turn.world.pods[pod];
    let hangs = match row.state {
        PodState::Waiting | PodState::Resuming { .. } => Hangs::Rank,
        PodState::Reserved { host }
        | PodState::Initializing { host, .. }
        | PodState::Running { host } => Hangs::Gpus(host),
        PodState::Down { host } => Hangs::Price(host),
        PodState::Grace { host } => Hangs::Nothing(host),
        PodState::Stopped { .. } | PodState::Terminated | PodState::Refused => {
            return Err(Refusal::IllegalState);
        }
    };
    let before = row.bid().ok_or(Refusal::IllegalState)?;
    if turn.rules().bid_change == BidChange::Refused {
        return Err(Refusal::BadArgument);
    }
    let host = match hangs {
        Hangs::Rank => row.tied,
        Hangs::Gpus(host) | Hangs::Price(host) | Hangs::Nothing(host) => Some(host),
    };
    let (kind, demand) = (Kind::Spot { bid }, &turn.world.shapes.get(row.shape).demand);
    let too_high = match host {
        Some(host) => is_above_cap_of(turn, kind, host),
        None => is_above_every_cap(turn, kind, demand),
    };
    if too_high {
        return Err(Refusal::BadArgument);
    }
    let (shape, world) = (row.shape, &mut turn.world);
    let floor = match host {
        Some(host) => Some(world.fleet.floor(host)),
        None => {
            world.shapes.prepare(shape, turn.scenario, &world.fleet);
            world.shapes.get(shape).lowest_floor
        }
    };
    if floor.is_some_and(|floor| bid < floor) {
        return Err(Refusal::BidBelowFloor);
    }
    Ok((before, hangs))
}

/// SPOT-10, GEN-08. Paying as bid, a pod with GPUs pays its new bid from its next unit, or from its first
/// if its meter is yet to open.
fn pay(turn: &mut Turn<'_, '_>, pod: PodId, bid: Money) {
    turn.world.catch_up(pod);
    let row = &mut turn.world.pods[pod];
    row.kind = Kind::Spot { bid };
    if row.gpus == 0 {
        return;
    }
    row.price = bid;
    let account = row.account;
    turn.moved(pod);
    if turn.world.spot.is_some() {
        follow(turn, pod);
        return;
    }
    charge::reprice(turn, pod, Item::Compute, Price::per_hour(bid));
    let before = turn.reserve_of(pod);
    turn.recount(pod);
    if before < turn.reserve_of(pod) {
        funds::force_line(turn, account);
    }
}

/// SPOT-15. Where all pay one price, it is paid up to the bid.
fn follow(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let today = row.tied.and_then(|host| {
        let scope = turn.world.fleet.hosts[host].scope;
        turn.world.price_of_bid(pod, scope)
    });
    let paid = turn.world.meters.get(pod, Item::Compute).map(|meter| meter.price().amount());
    if let Some(today) = today.filter(|today| turn.world.follows(pod) && paid != Some(*today)) {
        charge::reprice(turn, pod, Item::Compute, Price::per_hour(today));
    }
    turn.recount(pod);
}

/// SPOT-02, `bid_cap`. Whether a request of this kind bids more than may be bid for any GPU type in any
/// cloud that it names.
pub fn is_above_every_cap(turn: &Turn<'_, '_>, kind: Kind, demand: &Demand) -> bool {
    let caps = |times: u32| {
        let scopes = named_scopes(demand, turn.scenario).into_iter();
        scopes.map(|scope| turn.world.fleet.scopes[scope].on_demand.times(times)).max()
    };
    is_above(kind, turn.rules().bid_cap.and_then(caps))
}

/// The same of what may be bid on `host`.
pub fn is_above_cap_of(turn: &Turn<'_, '_>, kind: Kind, host: HostId) -> bool {
    let fleet = &turn.world.fleet;
    let on_demand = fleet.scopes[fleet.hosts[host].scope].on_demand;
    is_above(kind, turn.rules().bid_cap.map(|times| on_demand.times(times)))
}

fn is_above(kind: Kind, cap: Option<Money>) -> bool {
    matches!((kind, cap), (Kind::Spot { bid }, Some(cap)) if cap < bid)
}
