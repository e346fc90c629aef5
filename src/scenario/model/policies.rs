//! The policies that a scenario chooses by name.

use crate::scenario::own::{Needs, OwnPolicy};

/// The placement policy (POD-05); ties go to the lower host id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacementChoice {
    /// The fewest free GPUs left.
    #[default]
    BestFit,
    /// The lowest host id.
    FirstFit,
    /// The most free GPUs left.
    WorstFit,
    /// Any, with equal probability.
    Random,
    /// The least that the request has to pay there.
    Cheapest,
    /// Hosts in use before whole ones, best fit among each.
    PackByGpuCount,
    /// The least increase of the expected fragmentation.
    FragmentationAware,
    /// The least dot product of what is free and what is asked for.
    DotProduct,
    /// Hosts in use before idle ones.
    GpuPacking,
    /// Hosts that run pods of the same number of GPUs.
    GpuClustering,
    /// A policy of the program's own.
    #[serde(skip)]
    Own(OwnPolicy),
}

impl PlacementChoice {
    /// Every built-in member.
    pub const ALL: [Self; 10] = [
        Self::BestFit,
        Self::FirstFit,
        Self::WorstFit,
        Self::Random,
        Self::Cheapest,
        Self::PackByGpuCount,
        Self::FragmentationAware,
        Self::DotProduct,
        Self::GpuPacking,
        Self::GpuClustering,
    ];
    /// Whether it asks which sizes of pods a host runs: an index that is kept for those alone.
    pub const fn asks_for_sizes(self) -> bool {
        matches!(
            self,
            Self::GpuClustering | Self::Own(OwnPolicy { needs: Needs { sizes: true, .. }, .. })
        )
    }
    /// Whether it asks what is typically asked for: a history that is kept for those alone.
    pub const fn asks_for_typical(self) -> bool {
        matches!(
            self,
            Self::FragmentationAware
                | Self::Own(OwnPolicy { needs: Needs { typical: true, .. }, .. })
        )
    }
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(policy) } else { None }
    }
}

/// The eviction policy (SPOT-05): who gives way first on a host; ties: the youngest placement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvictionChoice {
    /// The lowest bid.
    #[default]
    LowestBid,
    /// The latest placement.
    Youngest,
    /// The least unsaved work.
    LeastWorkLost,
    /// The most GPUs.
    FewestPods,
    /// A policy of the program's own.
    #[serde(skip)]
    Own(OwnPolicy),
}

impl EvictionChoice {
    /// Every built-in member.
    pub const ALL: [Self; 4] =
        [Self::LowestBid, Self::Youngest, Self::LeastWorkLost, Self::FewestPods];
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(policy) } else { None }
    }
}

/// The policies that a scenario chooses, a field per seam.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// Where requests go.
    pub placement: PlacementChoice,
    /// Who gives way to them.
    pub eviction: EvictionChoice,
}

impl Policies {
    /// Those of the program's own.
    pub fn own(&self) -> impl Iterator<Item = OwnPolicy> {
        [self.placement.own(), self.eviction.own()].into_iter().flatten()
    }
}
