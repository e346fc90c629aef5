//! The policies that a scenario chooses by name.

use super::serverless::{EndpointAction, KeepAliveChoice, ScalerChoice};
use super::{ActionKind, Scenario};
use crate::scenario::demand::Buying;
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
    /// The highest reliability.
    MostReliable,
    /// A policy of the program's own.
    #[serde(skip)]
    Own(OwnPolicy),
}

impl PlacementChoice {
    /// Every built-in member.
    pub const ALL: [Self; 11] = [
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
        Self::MostReliable,
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

/// How many workers an endpoint wants and how long it keeps them, as far as it is said.
type EndpointChoices<'a> = (Option<&'a ScalerChoice>, Option<&'a KeepAliveChoice>);

impl Scenario {
    /// The policies of the program's own among its choices.
    pub fn own_policies(&self) -> impl Iterator<Item = OwnPolicy> {
        let list_prices = self.list_prices.iter().filter_map(|(_, choice)| choice.own());
        let platform = self.policies.own().chain(self.rules.spot_clearing.own()).chain(list_prices);
        let platform = platform.chain(self.own_asking());
        let customers = self.own_bids().chain(self.own_switching()).chain(self.own_checkpoints());
        platform.chain(customers).chain(self.own_scaling()).chain(self.own_keep_alive())
    }
    /// Those by which customers bid, as often as they are chosen; likewise the next four.
    pub fn own_bids(&self) -> impl Iterator<Item = OwnPolicy> {
        self.segments.iter().flat_map(|segment| {
            let first = match segment.buying {
                Buying::Spot(rule) => rule.own(),
                Buying::OnDemand => None,
            };
            first.into_iter().chain(segment.conduct.iter().flat_map(|conduct| conduct.own_bids()))
        })
    }
    /// Those by which they go on demand.
    pub fn own_switching(&self) -> impl Iterator<Item = OwnPolicy> {
        let conducts = self.segments.iter().filter_map(|segment| segment.conduct.as_ref());
        conducts.filter_map(|conduct| conduct.switching.own())
    }
    /// Those by which they, or scripted pods, write checkpoints.
    pub fn own_checkpoints(&self) -> impl Iterator<Item = OwnPolicy> {
        let scripted = self.script.iter().filter_map(|action| {
            if let ActionKind::CreatePod(new) = &action.kind { new.checkpoint } else { None }
        });
        let terms = self.segments.iter().filter_map(|segment| segment.checkpoint).chain(scripted);
        terms.filter_map(|terms| terms.policy.own())
    }
    /// Those that say how many workers an endpoint wants, at first or once the script has changed it.
    pub fn own_scaling(&self) -> impl Iterator<Item = OwnPolicy> {
        self.endpoint_choices().filter_map(|(scaler, _)| scaler?.own())
    }
    /// Those that say how long idle workers are kept.
    pub fn own_keep_alive(&self) -> impl Iterator<Item = OwnPolicy> {
        self.endpoint_choices().filter_map(|(_, kept)| kept?.own())
    }
    /// What endpoints choose: those that are there, those that the script makes, and what it says anew.
    fn endpoint_choices(&self) -> impl Iterator<Item = EndpointChoices<'_>> {
        let there = self.endpoints.iter().filter_map(|endpoint| endpoint.at_start.as_ref());
        let made = self.script.iter().filter_map(|action| {
            let ActionKind::Endpoint(action) = &action.kind else { return None };
            if let EndpointAction::Create(_, resolved) = &**action {
                resolved.as_ref()
            } else {
                None
            }
        });
        let anew = self.script.iter().filter_map(|action| {
            let ActionKind::Endpoint(action) = &action.kind else { return None };
            let EndpointAction::Update(_, change) = &**action else { return None };
            Some((change.scaler.as_ref(), change.keep_alive.as_ref()))
        });
        let whole = there.chain(made).map(|resolved| {
            let settings = &resolved.settings;
            (Some(&settings.scaler), Some(&settings.keep_alive))
        });
        whole.chain(anew)
    }
    /// Whether anybody asks how much of a scope, or of a provider's host, is in use.
    pub fn asks_for_usage(&self) -> bool {
        !self.supply.is_empty()
            || self.rules.spot_clearing.is_made_of_use()
            || self.list_prices.iter().any(|(_, choice)| choice.asks_for_usage())
    }
}
