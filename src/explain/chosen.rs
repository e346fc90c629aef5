//! Why a request goes where it goes: the step of POD-05, the policy's choice among hosts with room, whoever gave way.

use super::crowd::Freed;
use super::known::Known;
use super::when::{gpus, listed};
use crate::ids::{HostId, Id, PodId};
use crate::journal::fact::{Kind, Step};
use crate::journal::rentals::Rental;
use crate::scenario::model::{EvictionChoice, PlacementChoice};

/// Why `host` by `step`: a clause to follow where it is.
pub(super) fn why(known: &Known<'_>, rental: &Rental, host: HostId, step: Step) -> String {
    if rental.asked.host == Some(host) {
        return "its own host, to which it is tied (POD-09)".to_owned();
    }
    match step {
        Step::ZeroGpu => "for access to its data alone, as its host is full (POD-13)".to_owned(),
        Step::Grace => "the grace that it waited for is over (POD-05, step 2)".to_owned(),
        Step::Displacement => "the last of those who gave way is gone (SPOT-07)".to_owned(),
        Step::Free => free(known, rental, host),
    }
}

/// Step 1: how many hosts had room, and what the policy liked about this one.
fn free(known: &Known<'_>, rental: &Rental, host: HostId) -> String {
    let wanted = known.asked(rental);
    let (names, need) = (&known.names, rental.gpus);
    let gpu_type = |host| names.scenario.scopes[names.scope(host).index()].gpu_type;
    let mut rooms = 0;
    for index in 0..known.crowd.sites.len() {
        let other = HostId::from_index(index);
        let site = known.crowd.site(other);
        let has_room = site.available && !site.unlisted && need <= u32::from(site.occupancy.free);
        let alike = gpu_type(other) == gpu_type(host);
        rooms += u32::from(has_room && alike && wanted.names(names, other));
    }
    let left = u32::from(known.crowd.site(host).occupancy.free).saturating_sub(need);
    let first = wanted.types.first().copied();
    let second_choice = first.filter(|first| *first != gpu_type(host));
    let instead = second_choice.map_or(String::new(), |first| {
        let first = &names.scenario.gpu_types[first.index()].display_name;
        format!("no {first} that it may have is free; ")
    });
    if rooms <= 1 {
        return format!("{instead}the only host of these with room");
    }
    format!("{instead}of {rooms} hosts with room, {}", liked(known, left))
}

/// What placement policies look at.
const LIKED: [(PlacementChoice, &str); 11] = [
    (PlacementChoice::BestFit, "the one where the fewest stay free (best_fit"),
    (PlacementChoice::WorstFit, "the one where the most stay free (worst_fit"),
    (PlacementChoice::FirstFit, "the first (first_fit"),
    (PlacementChoice::Random, "one drawn at random (random"),
    (PlacementChoice::Cheapest, "the cheapest (cheapest"),
    (PlacementChoice::PackByGpuCount, "one in use before whole ones (pack_by_gpu_count"),
    (PlacementChoice::FragmentationAware, "where it breaks up the least (fragmentation_aware"),
    (PlacementChoice::DotProduct, "the one of the least dot product (dot_product"),
    (PlacementChoice::GpuPacking, "one in use before idle ones (gpu_packing"),
    (PlacementChoice::GpuClustering, "one where pods of its size run (gpu_clustering"),
    (PlacementChoice::MostReliable, "the most reliable (most_reliable"),
];

/// What the placement policy liked about a host on which so many GPUs stay free.
fn liked(known: &Known<'_>, left: u32) -> String {
    let policy = known.names.scenario.policies.placement;
    let words = LIKED.iter().find(|(choice, _)| *choice == policy).map(|(_, words)| *words);
    format!("{}; {left} left free)", words.unwrap_or("the choice of the placement policy (its own"))
}

/// Who gave way to `newcomer` at this instant: `pod-3 of ada, who bids 0.31`.
pub(super) fn gave_way(known: &Known<'_>, newcomer: PodId) -> Option<String> {
    let victims = known.crowd.victims.iter().filter(|victim| victim.by == newcomer);
    let victims: Vec<String> = victims
        .map(|victim| {
            let held = known.rentals.find(victim.pod).map_or(0, |rental| rental.gpus);
            format!("{} ({}, {})", known.whose(victim.pod), known.how(victim.pod), gpus(held))
        })
        .collect();
    (!victims.is_empty()).then(|| listed(&victims, "and"))
}

/// Whom eviction policies choose.
const CHOSEN: [(EvictionChoice, &str); 4] = [
    (EvictionChoice::LowestBid, "the lowest bids"),
    (EvictionChoice::Youngest, "the youngest (youngest)"),
    (EvictionChoice::LeastWorkLost, "those who lose the least work (least_work_lost)"),
    (EvictionChoice::FewestPods, "the fewest that make room (fewest_pods)"),
];

/// SPOT-05, SPOT-06. Why these.
pub(super) fn victims(known: &Known<'_>) -> String {
    let policy = known.names.scenario.policies.eviction;
    let words = CHOSEN.iter().find(|(choice, _)| *choice == policy).map(|(_, words)| *words);
    let whom = words.unwrap_or("the eviction policy's choice");
    format!("{whom} of the host on which the highest bid to give way is the least")
}

/// What made room on `host` at this very instant, if a wait is over by it.
pub(super) fn what_came_free(known: &Known<'_>, host: HostId) -> Option<String> {
    let freed = known.crowd.freed_on(host)?;
    Some(match freed {
        Freed::Left(pod, reason) => {
            format!(
                "{} has just left {} ({})",
                known.whose(pod),
                known.names.host(host),
                reason.word()
            )
        }
        Freed::Returned => format!("{} is back on offer", known.names.host(host)),
        Freed::Worker(worker) => {
            format!("{} has just stopped there", known.names.worker(worker))
        }
    })
}

/// What a bid or the list price makes it pay: `0.48 USD per GPU-hour, its bid`.
pub(super) fn price(known: &Known<'_>, rental: &Rental, price: crate::units::Money) -> String {
    let is_spot = matches!(rental.asked.kind, Kind::Spot { .. });
    if is_spot && known.names.scenario.spot_moves() {
        return format!("the spot price there, {price} USD per GPU-hour until it moves (SPOT-15)");
    }
    let whose = match rental.asked.kind {
        Kind::Spot { bid } if bid == price => ", its own bid",
        Kind::Spot { .. } => ", below its bid",
        Kind::OnDemand | Kind::Serverless => ", the price on demand",
    };
    format!("{price} USD per GPU-hour{whose}")
}
