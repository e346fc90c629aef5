//! Where a request goes, and how it gets there (POD-05, SPOT-04 to SPOT-07).
//!
//! Three steps, the whole list of tiers in each before the next: free capacity; free capacity and what
//! is in grace and promised to nobody, the earliest end first; these and displacement. Within a step:
//! GPU types in the order of the request's list, then the lower price, then the placement policy (for
//! displacement the victims, SPOT-06), then the lower host id.

mod for_worker;
mod own_host;
mod room;
mod without_gpus;

pub use room::{may_find_gpus, may_find_gpus_on, may_find_more};
pub use without_gpus::resume_without_gpus;

use crate::ids::{ClassId, HostId, Id, PodId, ScopeId, ShapeId};
use crate::journal::Fact;
use crate::journal::fact::{Kind, Refusal, Step};
use crate::market::{charge, displace, rent, start, worker};
use crate::turn::{News, Turn};
use crate::units::{Bundle, Money};
use crate::world::World;
use crate::world::fleet::Fleet;
use crate::world::pod::{PodChange, PodState};
use crate::world::victims::Victim;
use crate::world::view::{Candidates, Evictable};
use crate::world::waiting::Tier;

/// What came of trying to place a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It is placed, promised, or refused for want of funds or beyond its account's limit.
    Done,
    /// No host can take it now: nor another of its demand, if it bids no more.
    NoRoom,
    /// Hosts may, but at a price that its account does not afford (case 63), or above its own ceiling
    /// (API-02): another of its demand may fare better.
    TooDear,
    /// No host can take this worker now, for what is its own and not its demand's: the host that it is bound to
    /// (SLS-22), or that it displaces nobody (SLS-36). Another of its demand may fare better.
    NoRoomForIt,
}

/// Where, and at whose cost.
struct Found {
    host: HostId,
    step: Step,
    victims: Vec<Victim>,
}

/// A request, as a search sees it.
#[derive(Clone, Copy)]
struct Asked {
    pod: PodId,
    need: Bundle,
    /// CPU slots (POD-14).
    slots: u32,
    bid: Option<Money>,
    /// What its account is known to afford at this moment.
    afforded: Option<rent::Offer>,
}

/// Tries to place a waiting request now, not in the `blocked` scopes (POD-06). `afforded`: what its account
/// was just found to afford.
pub fn attempt(
    turn: &mut Turn<'_, '_>,
    pod: PodId,
    blocked: &[ScopeId],
    afforded: Option<rent::Offer>,
) -> Tried {
    let row = &turn.world.pods[pod];
    if row.kind == Kind::Serverless {
        return for_worker::attempt(turn, pod, blocked);
    }
    let shape = row.queue();
    let asked = Asked { pod, need: row.need(), slots: row.slots.into(), bid: row.bid(), afforded };
    let own = row.waits_for();
    if let Some(host) = own {
        if !row.goes_elsewhere() {
            // POD-06, `block`. It may yet go where nobody is before it.
            let is_blocked = blocked.contains(&turn.world.fleet.hosts[host].scope);
            return if is_blocked { Tried::NoRoom } else { own_host::attempt(turn, asked, host) };
        }
        // POD-16. Anywhere but where it is.
        turn.world.fleet.hide(host);
    }
    let tried = attempt_anywhere(turn, (asked, shape), blocked);
    if let Some(host) = own {
        turn.settle_host(host);
    }
    tried
}

/// The same, on any host of the request's demand.
#[inline(always)] // on the way of every pod
fn attempt_anywhere(
    turn: &mut Turn<'_, '_>,
    (asked, shape): (Asked, ShapeId),
    blocked: &[ScopeId],
) -> Tried {
    let Asked { pod, need, bid, .. } = asked;
    let world = &mut turn.world;
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let shape_row = world.shapes.get_mut(shape);
    if bid.is_some_and(|bid| !shape_row.within_ceiling(bid)) {
        // API-02. The next of its demand may bid less.
        return Tried::TooDear;
    }
    // The tiers are lent out for the search, so that nothing is copied per request.
    let tiers = std::mem::take(match bid {
        None => &mut shape_row.ask_tiers,
        Some(_) => &mut shape_row.bid_tiers,
    });
    let own =
        (bid.is_none() && 0 < need.gpus && turn.world.may_cover(turn.world.pods[pod].account))
            .then(|| rent::tiers_with_plans(turn, pod, &tiers));
    let mut searched = own.as_ref().unwrap_or(&tiers);
    let open;
    if !blocked.is_empty() {
        open = outside(turn, searched, blocked);
        searched = &open;
    }
    let outcome = search(turn, asked, searched);
    let shape_row = turn.world.shapes.get_mut(shape);
    match bid {
        None => shape_row.ask_tiers = tiers,
        Some(_) => shape_row.bid_tiers = tiers,
    }
    match outcome {
        Ok(found) => {
            settle_on(turn, pod, found);
            Tried::Done
        }
        Err(Tried::TooDear) => match rent::may_rent_cheapest(turn, pod) {
            Ok(()) => Tried::TooDear,
            Err(reason) => {
                rent::refuse(turn, pod, reason);
                Tried::Done
            }
        },
        Err(tried) => tried,
    }
}

/// POD-06, `waiting_order: block`. What is left of the tiers outside the blocked scopes.
fn outside(turn: &Turn<'_, '_>, tiers: &[Tier], blocked: &[ScopeId]) -> Vec<Tier> {
    let fleet = &turn.world.fleet;
    let is_open = |class: &ClassId| !blocked.contains(&fleet.classes[*class].scope);
    let tiers = tiers.iter().map(|tier| Tier {
        price: tier.price,
        classes: tier.classes.iter().copied().filter(is_open).collect(),
    });
    tiers.collect()
}

#[inline(always)] // on the way of every pod
fn search(turn: &mut Turn<'_, '_>, asked: Asked, tiers: &[Tier]) -> Result<Found, Tried> {
    let mut outcome = Tried::NoRoom;
    let posted = asked.bid.is_some() && turn.rules().spot_clearing.is_posted();
    for step in [Step::Free, Step::Grace, Step::Displacement] {
        for tier in tiers {
            if posted
                && !tier.classes.first().is_some_and(|class| may_use(turn, asked.bid, step, *class))
            {
                continue;
            }
            let drawn = turn.policies.placement_stream.position();
            if let Some((host, victims)) = in_tier(turn, asked, step, tier) {
                if may_rent_on(turn, asked, host).is_ok() {
                    return Ok(Found { host, step, victims });
                }
                outcome = Tried::TooDear;
            }
            // What found no host was not drawn: whom a round need not try changes nothing for the rest.
            turn.policies.placement_stream.rewind(drawn);
        }
    }
    Err(outcome)
}

/// SPOT-14. Under a posted price a bid must reach it, and spot displaces no spot.
fn may_use(turn: &Turn<'_, '_>, bid: Option<Money>, step: Step, class: ClassId) -> bool {
    let Some(bid) = bid.filter(|_| turn.rules().spot_clearing.is_posted()) else { return true };
    let fleet = &turn.world.fleet;
    let price = fleet.scopes[fleet.classes[class].scope].spot_price;
    price <= bid && step != Step::Displacement
}

/// The host of a tier that a step finds, and whom the request displaces there.
#[inline(always)] // on the way of every pod
fn in_tier(
    turn: &mut Turn<'_, '_>,
    Asked { need, slots, bid, .. }: Asked,
    step: Step,
    tier: &Tier,
) -> Option<(HostId, Vec<Victim>)> {
    if 0 < slots {
        return without_gpus::on_slots(turn, (need, slots), step, tier)
            .map(|host| (host, Vec::new()));
    }
    match step {
        Step::Free => on_free(turn, need, bid, tier).map(|host| (host, Vec::new())),
        Step::Grace => on_grace(turn, need, bid, tier).map(|host| (host, Vec::new())),
        Step::Displacement if 0 < need.gpus => {
            let found = turn.world.best_displacement(&tier.classes, &need, bid)?;
            Some((found.host, evicted(turn, found.host, (&need, bid), Some(found.victims))?))
        }
        Step::Displacement | Step::ZeroGpu => None,
    }
}

/// SPOT-05. Whom the eviction policy displaces on `host`; `weakest`: whom `lowest_bid` would, if known.
/// Either finds victims if the other does.
fn evicted(
    turn: &Turn<'_, '_>,
    host: HostId,
    (need, bid): (&Bundle, Option<Money>),
    weakest: Option<Vec<Victim>>,
) -> Option<Vec<Victim>> {
    let (world, now, policy) = (&turn.world, turn.now, &turn.policies.eviction);
    if policy.is_by_bid() {
        return weakest.or_else(|| world.victims_on(host, need, bid));
    }
    world.victims_by(host, need, bid, |victim| policy.key(&Evictable::new(world, victim, now)))
}

/// Whether its account may rent the pod on `host`, whose price is the pod's from now on.
#[inline(always)] // on the way of every pod
fn may_rent_on(
    turn: &mut Turn<'_, '_>,
    Asked { pod, afforded, .. }: Asked,
    host: HostId,
) -> Result<(), Refusal> {
    let offer = rent::offer_on(turn, pod, host);
    if afforded == Some(offer) {
        turn.world.pods[pod].price = offer.price;
        return Ok(());
    }
    rent::may_rent(turn, pod, offer)
}

/// Step 1: the placement policy chooses among hosts with enough free.
fn on_free(
    turn: &mut Turn<'_, '_>,
    need: Bundle,
    bid: Option<Money>,
    tier: &Tier,
) -> Option<HostId> {
    let candidates = Candidates::free(&turn.world, &tier.classes, need, bid);
    turn.policies.placement.choose(&candidates, &mut turn.policies.placement_stream)
}

/// Step 2: the policy's choice among the hosts whose grace ends earliest.
fn on_grace(
    turn: &mut Turn<'_, '_>,
    need: Bundle,
    bid: Option<Money>,
    tier: &Tier,
) -> Option<HostId> {
    on_grace_among(turn, (need, bid), tier, |_, _| true)
}

/// The same among those of the hosts that suit.
#[inline]
fn on_grace_among(
    turn: &mut Turn<'_, '_>,
    (need, bid): (Bundle, Option<Money>),
    tier: &Tier,
    suits: impl Fn(&World, HostId) -> bool,
) -> Option<HostId> {
    let world = &turn.world;
    let earliest =
        earliest_in_grace(&world.fleet, (need, bid), &tier.classes, |host| suits(world, host));
    if earliest.is_empty() {
        return None;
    }
    let candidates = Candidates::listed(&turn.world, &earliest, need, bid);
    turn.policies.placement.choose(&candidates, &mut turn.policies.placement_stream)
}

/// The hosts on which free and open resources cover `need`, the last of them at the earliest instant.
/// Only hosts with something in grace, and GPUs enough with it, are looked at: no more than displacements
/// are under way that held more than was needed.
fn earliest_in_grace(
    fleet: &Fleet,
    (need, bid): (Bundle, Option<Money>),
    classes: &[ClassId],
    suits: impl Fn(HostId) -> bool,
) -> Vec<HostId> {
    let mut earliest: Vec<HostId> = Vec::new();
    let mut end = None;
    for class in classes {
        // Mostly nobody is in grace.
        if fleet.classes[*class].open.is_empty() {
            continue;
        }
        let open = fleet.classes[*class].open.range((need.gpus, HostId::from_index(0))..);
        let mut hosts: Vec<HostId> = open.map(|(_, host)| *host).collect();
        // In order of id, for a policy that draws by place.
        hosts.sort_unstable();
        for host in hosts {
            if bid.is_some_and(|bid| bid < fleet.floor(host)) || !suits(host) {
                continue;
            }
            let Some(at) = fleet.hosts[host].covered_at(&need) else { continue };
            if end.is_none_or(|end| at < end) {
                end = Some(at);
                earliest.clear();
            }
            if end == Some(at) {
                earliest.push(host);
            }
        }
    }
    earliest
}

/// The request gets its GPUs: at once, or promised until the last victim is gone (SPOT-07).
fn settle_on(turn: &mut Turn<'_, '_>, pod: PodId, found: Found) {
    let Found { host, step, victims } = found;
    rent::leave_queue(turn, pod);
    // Where nobody is displaced, there is less within reach than before.
    let reach = (!victims.is_empty()).then(|| turn.world.fleet.hosts[host].within_reach());
    for victim in &victims {
        displace::signal(turn, victim.pod, pod);
    }
    let now = turn.now;
    let row = &turn.world.pods[pod];
    let (kind, need, bids) = (row.kind, row.need(), row.bid().is_some());
    if 0 < row.slots
        && let Some(cpu) = &mut turn.world.fleet.cpu
    {
        cpu.take(host, row.slots.into());
    }
    let on = &mut turn.world.fleet.hosts[host];
    on.guests.push(pod);
    if on.free.covers(&need) {
        on.take(need, kind);
        turn.change(pod, PodChange::Place { host });
        if bids {
            turn.world.count_bid(pod, host);
        }
        start::begin(turn, pod, host, step);
    } else {
        let due = on.promise(pod, need, (kind, step), now);
        turn.change(pod, PodChange::Promise { host });
        if bids {
            turn.world.count_bid(pod, host);
        }
        if kind == Kind::Serverless {
            worker::promised(turn, pod, host);
        } else {
            charge::agree_on_price(turn, pod, host);
        }
        turn.recount(pod);
        turn.state_of(pod, Fact::PodPromised { pod, host, step, due });
        if kind == Kind::Serverless {
            turn.news.push(News::Promised { pod, host });
        }
    }
    turn.settle_host(host);
    if reach.is_some_and(|reach| turn.world.fleet.hosts[host].reaches_further_than(&reach)) {
        // Victims held more than was needed: the rest is open to those who wait.
        turn.freed(host);
    }
}

/// Class 6: all that was promised is there: the pod gets its GPUs together (SPOT-07).
pub fn hand_over(turn: &mut Turn<'_, '_>, pod: PodId, epoch: u32) {
    if !turn.holds(pod, epoch) {
        return;
    }
    let PodState::Reserved { host } = turn.world.pods[pod].state else { return };
    let step = turn.world.fleet.hosts[host].hand_over(pod);
    turn.change(pod, PodChange::HandOver);
    start::begin(turn, pod, host, step);
    turn.settle_host(host);
}
