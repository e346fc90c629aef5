//! What happens to a pod, fact by fact, in words: what its own story and its account's are made of.

use super::demand::Patience;
use super::known::Known;
use super::when::{gpus, lasting, work};
use super::{chosen, refused, waits};
use crate::ids::{HostId, Id, PodId};
use crate::journal::Fact;
use crate::journal::fact::{
    CpuAsked, EndReason, Kind, PlanPlaces, PodAt, RentalEnd, Requested, Step,
};
use crate::journal::rentals::Rental;
use crate::scenario::demand::Clouds;
use crate::units::{Gb, Money, SimTime, Span};

/// A request in words: `asks for 2 RTX 4090 on spot at 0.35 USD per GPU-hour`.
pub(super) fn request(known: &Known<'_>, rental: &Rental) -> String {
    let asked = &rental.asked;
    let kind = match asked.kind {
        Kind::Spot { bid } => format!("on spot, bidding {bid} USD per GPU-hour"),
        Kind::OnDemand | Kind::Serverless => "on demand".to_owned(),
    };
    if let Some(host) = asked.host {
        let its = format!("asks for {} of its host {}", gpus(asked.gpus), known.names.host(host));
        return format!("{its} again, {kind} (rental {})", asked.rental);
    }
    if asked.gpus == 0 {
        return "asks for a pod without GPUs (POD-13, POD-14)".to_owned();
    }
    let wanted = known.asked(rental);
    let clouds = match wanted.demand.clouds {
        Clouds::Secure => " in SECURE",
        Clouds::Community => " in COMMUNITY",
        Clouds::All => "",
    };
    let types = wanted.types_in_words(&known.names);
    let mut text = format!("asks for {} x {types}{clouds} {kind}", asked.gpus);
    if let Some(own) = asked.work.filter(|own| 0 < own.gpu_micros()) {
        text.push_str(&format!("; {} of work", work(own)));
    }
    if Gb::ZERO < wanted.demand.volume {
        text.push_str(&format!("; a volume of {} GB", wanted.demand.volume));
    }
    text
}

/// Why it waits, and for how long it is ready to.
fn waiting(known: &Known<'_>, rental: &Rental) -> String {
    let patience = match known.asked(rental).patience {
        Patience::Known(span) if span < Span::FOREVER && rental.asked.host.is_none() => {
            format!(", for {} at most", lasting(span))
        }
        Patience::Known(_) | Patience::Drawn => String::new(),
    };
    format!("waits{patience}: {}", waits::why(known, rental))
}

/// SPOT-04. Who displaced it, and why it could.
fn displaced(
    known: &Known<'_>,
    (at, pod): (SimTime, PodId),
    (by, reason): (Option<PodId>, EndReason),
) -> String {
    let own = known.rentals.find(pod).map(|rental| rental.asked.kind);
    let bid = match own {
        Some(Kind::Spot { bid }) => format!("{bid}"),
        Some(Kind::OnDemand | Kind::Serverless) | None => String::new(),
    };
    match (by, reason) {
        (Some(by), EndReason::Outbid) => {
            format!(
                "displaced by {}, who {} against its {bid} (SPOT-04)",
                known.whose(by),
                known.how(by)
            )
        }
        (Some(by), _) => format!(
            "displaced by {}, who asks on demand, before which every bid gives way, also its {bid} (SPOT-04)",
            known.whose(by)
        ),
        (None, EndReason::DisplacedByOnDemand) => {
            format!(
                "a serverless worker takes its GPUs, as workers may whatever the bid, here {bid} (SLS-36)"
            )
        }
        (None, _) => alone(known, (at, pod), &bid),
    }
}

/// SPOT-14, POD-24. Who gives way to nobody: to the price, or after its longest run.
fn alone(known: &Known<'_>, (at, pod): (SimTime, PodId), bid: &str) -> String {
    let rules = &known.names.scenario.rules;
    let placed = known.rentals.find(pod).and_then(|rental| rental.placed).unwrap_or(at);
    let held = at.saturating_since(placed);
    let host = known.rentals.find(pod).and_then(|rental| rental.host);
    let quote = host.and_then(|host| known.crowd.quote(known.names.scope(host)));
    let price = quote.and_then(|quote| quote.spot_price);
    match rules.longest_run {
        Some(longest) if longest <= held => {
            format!(
                "it has held its GPUs for {}, the longest that a spot pod may (POD-24)",
                lasting(longest)
            )
        }
        _ => {
            let price = price.map_or(String::new(), |price| format!("; last published: {price}"));
            format!("the price has risen above its bid of {bid}{price} (SPOT-14)")
        }
    }
}

/// What a rental came to.
pub(super) fn ended(end: &RentalEnd) -> String {
    let why = match end.reason {
        EndReason::Completed => "its work is done",
        EndReason::Stopped => "its owner stops it",
        EndReason::Terminated => "its owner terminates it",
        EndReason::Outbid => "outbid",
        EndReason::DisplacedByOnDemand => "displaced by a request on demand",
        EndReason::HostDown => "its host has left for good (HOST-06)",
        EndReason::NoFunds => "for want of funds",
        EndReason::Abandoned => "its patience is over (POD-04)",
        EndReason::Rejected => "refused",
        EndReason::Alive => return alive(end),
        EndReason::SpendingLimit => "beyond what its account may burn an hour (ACCT-06)",
    };
    let mut text = format!("the rental ends: {why}");
    text.push_str(&came_to(end));
    text
}

fn alive(end: &RentalEnd) -> String {
    format!("the run ends; the rental lives on{}", came_to(end))
}

fn came_to(end: &RentalEnd) -> String {
    let mut text = String::new();
    if !end.paid().is_zero() {
        text.push_str(&format!("; {} USD of compute, {} of disks", end.compute, end.storage));
    }
    if 0 < end.useful.gpu_micros() || 0 < end.lost.gpu_micros() {
        text.push_str(&format!("; {} useful, {} lost", work(end.useful), work(end.lost)));
    }
    text
}

/// Getting GPUs: where, by which step, at which price, and what made room.
fn placed(
    known: &Known<'_>,
    at: SimTime,
    rental: &Rental,
    (host, step, price): (HostId, Step, Money),
) -> String {
    let place = format!("{} ({})", known.names.host(host), known.names.place(host));
    let waited = at.saturating_since(rental.requested);
    let mut text = String::new();
    if !waited.is_zero() {
        text.push_str(&format!("after {}, ", lasting(waited)));
    }
    if rental.gpus == 0 {
        return format!("is placed on {place} without GPUs (POD-13, POD-14)");
    }
    let what = gpus(rental.gpus);
    let pays = chosen::price(known, rental, price);
    let why = chosen::why(known, rental, host, step);
    text.push_str(&format!("gets {what} on {place} at {pays}: {why}"));
    if !waited.is_zero()
        && step == Step::Free
        && let Some(freed) = chosen::what_came_free(known, host)
    {
        text.push_str(&format!("; {freed}"));
    }
    text
}

/// What a fact says of the pod, whose name is left out; nothing if it has nothing to say.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other facts tell a person nothing of a pod"
)]
pub(super) fn step(known: &Known<'_>, at: SimTime, fact: &Fact) -> Option<String> {
    let rental = |pod: PodId| known.rentals.find(pod);
    Some(match *fact {
        Fact::PodRequested(Requested { pod, .. }) => request(known, rental(pod)?),
        Fact::PodWaits { pod } => waiting(known, rental(pod)?),
        Fact::PodPromised { pod, host, step, due } => promised(known, pod, (host, step), due - at),
        Fact::PromiseLost { pod: _, by: Some(by) } => {
            format!("loses its promise to {}, who {} (SPOT-08)", known.whose(by), known.how(by))
        }
        Fact::PromiseLost { by: None, .. } => {
            "loses its promise with the host (SPOT-08)".to_owned()
        }
        Fact::PodPlaced { pod, host, step, price, .. } => {
            placed(known, at, rental(pod)?, (host, step, price))
        }
        Fact::PodDisplaced { pod, by, reason, kill_at } => {
            format!(
                "SIGTERM: {}; SIGKILL in {}",
                displaced(known, (at, pod), (by, reason)),
                lasting(kill_at - at)
            )
        }
        Fact::WorkerDisplaces(displaces) => {
            format!("it is worker {}", known.names.worker(displaces.worker))
        }
        Fact::RentalEnded(ref end) => ended(end),
        Fact::PodTerminated { .. } => "gone for good, with its disks (POD-17)".to_owned(),
        Fact::Rejected { pod: Some(pod), operation, reason, .. } => {
            let why = match rental(pod).filter(|_| operation.asks_for_gpus()) {
                Some(rental) => refused::request(known, at, rental, reason),
                None => refused::action(known, at, known.payer(pod)?, reason),
            };
            format!("{} is refused: {why}", operation.word())
        }
        _ => return of_life(known, at, fact),
    })
}

fn promised(known: &Known<'_>, pod: PodId, (host, step): (HostId, Step), due: Span) -> String {
    let place = format!("{} ({})", known.names.host(host), known.names.place(host));
    let need = known.rentals.find(pod).map_or(0, |rental| rental.gpus);
    let wait = lasting(due);
    let what = format!("is promised {} on {place}, in {wait} at the latest", gpus(need));
    match chosen::gave_way(known, pod) {
        Some(victims) => format!(
            "{what}: nothing was free, and it displaces {victims}: {} (POD-05, SPOT-05, SPOT-06)",
            chosen::victims(known)
        ),
        None if step == Step::Grace => {
            format!("{what}: they are in grace, and were promised to nobody (POD-05, step 2)")
        }
        None => what,
    }
}

/// What befalls a pod that has its GPUs, or is Stopped.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other facts tell a person nothing of a pod"
)]
fn of_life(known: &Known<'_>, at: SimTime, fact: &Fact) -> Option<String> {
    let rental = |pod: PodId| known.rentals.find(pod);
    let images = &known.names.scenario.images;
    Some(match *fact {
        Fact::ImageCached { image, .. } => {
            format!("its image {} is on the host", images.named[image.index()].name)
        }
        Fact::ImagePullBegun(pull) => {
            let shared = if pull.shared_gb == Gb::ZERO {
                String::new()
            } else {
                format!(", and waits for {} GB that are pulled for another already", pull.shared_gb)
            };
            let name = &images.named[pull.image.index()].name;
            format!("pulls {} GB of image {name}{shared} (TMPL-04)", pull.gb)
        }
        Fact::ImagePulled { .. } => "its image is there; the container starts".to_owned(),
        Fact::PodRunning { pod } => running(at, rental(pod)?),
        Fact::PodKilled { .. } => "SIGKILL".to_owned(),
        Fact::PodStopped { pod } => match rental(pod)?.host {
            Some(host) => format!("Stopped on {}, to which it stays tied (POD-09)", known.names.host(host)),
            None => "Stopped".to_owned(),
        },
        Fact::PodReset { .. } => "reset: its container starts anew on the same GPUs (POD-15)".to_owned(),
        Fact::PodDown { .. } => {
            "its host has lost power: memory and container disk are gone, its GPUs stay claimed (HOST-03)".to_owned()
        }
        Fact::PodRestarted { .. } => "power is back: it starts again on its GPUs (HOST-03)".to_owned(),
        Fact::ActionRecorded { operation, .. } => {
            let what = operation.map_or("the end of its work", |operation| operation.word());
            format!("its host is cut off: {what} takes effect when it is back (HOST-04)")
        }
        Fact::CheckpointBegun { due, work: kept, .. } => {
            format!("writes a checkpoint within the grace: whole in {}, it keeps {}", lasting(due - at), work(kept))
        }
        Fact::CheckpointOverhead { overhead, .. } => {
            format!("{} went to checkpoints and restarts", work(overhead))
        }
        Fact::BidChanged { bid, .. } => format!("bids {bid} from now on (SPOT-16)"),
        Fact::CpuAsked(CpuAsked { vcpus, .. }) => format!("asks for {vcpus} vCPUs (POD-14)"),
        Fact::NetworkVolumeAttached { volume, .. } => {
            format!("has the network volume {}", known.names.network_volume(known.volumes.of(volume).name))
        }
        Fact::PlanCovers(PlanPlaces { plan, gpus: covered, .. }) => {
            format!("{} of it cost no compute: {} covers them (PLAN-05)", gpus(covered), super::names::Names::plan(plan))
        }
        Fact::PlanLeft(PlanPlaces { plan, .. }) => {
            format!("is covered by {} no longer", super::names::Names::plan(plan))
        }
        Fact::PodMoves(PodAt { host, .. }) => {
            format!("moves away from {}: its volume is copied (POD-16)", known.names.host(host))
        }
        Fact::DataCopied(_) => "its volume is whole on the new host".to_owned(),
        Fact::MoveUndone(PodAt { host, .. }) => {
            format!("its move is undone: it is back on {} (POD-16)", known.names.host(host))
        }
        _ => return None,
    })
}

/// Container up, for the first time in a rental or again.
fn running(at: SimTime, rental: &Rental) -> String {
    match rental.placed.filter(|_| rental.running == Some(at)) {
        Some(placed) => {
            format!("runs, {} after it got its GPUs", lasting(at.saturating_since(placed)))
        }
        None => "runs again".to_owned(),
    }
}

/// Which pod a fact is about.
#[rustfmt::skip] // what belongs together may stand in one line
#[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are about no pod")]
pub(super) fn pod_of(fact: &Fact) -> Option<PodId> {
    Some(match *fact {
        Fact::PodRequested(Requested { pod, .. }) | Fact::PodWaits { pod } | Fact::PodPromised { pod, .. }
        | Fact::PromiseLost { pod, .. } | Fact::PodPlaced { pod, .. } | Fact::ImagePulled { pod }
        | Fact::PodRunning { pod } | Fact::PodDisplaced { pod, .. } | Fact::PodKilled { pod }
        | Fact::PodStopped { pod } | Fact::PodReset { pod } | Fact::PodDown { pod } | Fact::PodRestarted { pod }
        | Fact::ActionRecorded { pod, .. } | Fact::PodTerminated { pod } | Fact::CheckpointBegun { pod, .. }
        | Fact::CheckpointOverhead { pod, .. } | Fact::BidChanged { pod, .. } | Fact::NetworkVolumeAttached { pod, .. }
        | Fact::ImageCached { pod, .. } | Fact::DataCopied(pod) => pod,
        Fact::RentalEnded(ref end) => end.pod,
        Fact::Rejected { pod, .. } => pod?,
        Fact::ImagePullBegun(pull) => pull.pod,
        Fact::PlanCovers(places) | Fact::PlanLeft(places) => places.pod,
        Fact::PodMoves(at) | Fact::MoveUndone(at) => at.pod,
        Fact::CpuAsked(asked) => asked.pod,
        Fact::WorkerDisplaces(displaces) => displaces.pod,
        _ => return None,
    })
}
