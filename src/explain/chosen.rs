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

/// What the placement policy looks at.
#[expect(clippy::wildcard_enum_match_arm, reason = "a new member needs no words of its own here")]
fn liked(known: &Known<'_>, left: u32) -> String {
    let leaves = format!("{left} left free");
    match known.names.scenario.policies.placement {
        PlacementChoice::BestFit => {
            format!("the one where the fewest stay free ({leaves}; best_fit)")
        }
        PlacementChoice::WorstFit => {
            format!("the one where the most stay free ({leaves}; worst_fit)")
        }
        PlacementChoice::FirstFit => "the first (first_fit)".to_owned(),
        PlacementChoice::Random => "drawn at random (random)".to_owned(),
        PlacementChoice::Cheapest => "the cheapest (cheapest)".to_owned(),
        PlacementChoice::PackByGpuCount => {
            format!("one in use before whole ones ({leaves}; pack_by_gpu_count)")
        }
        PlacementChoice::FragmentationAware => {
            format!("where it breaks up the least ({leaves}; fragmentation_aware)")
        }
        PlacementChoice::DotProduct => "by the least dot product (dot_product)".to_owned(),
        PlacementChoice::GpuPacking => {
            format!("one in use before idle ones ({leaves}; gpu_packing)")
        }
        PlacementChoice::GpuClustering => "where pods of its size run (gpu_clustering)".to_owned(),
        PlacementChoice::MostReliable => "the most reliable (most_reliable)".to_owned(),
        _ => "the placement policy's own choice".to_owned(),
    }
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

/// SPOT-05, SPOT-06. Why these.
#[expect(clippy::wildcard_enum_match_arm, reason = "a new member needs no words of its own here")]
pub(super) fn victims(known: &Known<'_>) -> &'static str {
    match known.names.scenario.policies.eviction {
        EvictionChoice::LowestBid => {
            "the lowest bids of the host on which the highest that has to give way is the least"
        }
        EvictionChoice::Youngest => {
            "the youngest of the host on which the lowest bids would give way (youngest)"
        }
        EvictionChoice::LeastWorkLost => {
            "those with the least to lose on the host on which the lowest bids would give way (least_work_lost)"
        }
        EvictionChoice::FewestPods => {
            "the fewest that make room on the host on which the lowest bids would give way (fewest_pods)"
        }
        _ => "the eviction policy's choice on the host on which the lowest bids would give way",
    }
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
pub(super) fn price(rental: &Rental, price: crate::units::Money) -> String {
    let whose = match rental.asked.kind {
        Kind::Spot { bid } if bid == price => ", its own bid",
        Kind::Spot { .. } => ", below its bid",
        Kind::OnDemand | Kind::Serverless => ", the list price",
    };
    format!("{price} USD per GPU-hour{whose}")
}
