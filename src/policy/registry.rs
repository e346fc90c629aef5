//! Policies of a program's own: what a program that uses this crate adds without touching it.
//!
//! Every seam can be added to ([`Registry`] has a method for each). A program registers each of its policies under a name and gets a choice like any other, which it may
//! put into a scenario itself ([`Scenario::policies`]); a scenario that is read through the registry
//! may choose it by that name, too. Runs that the registry is handed to know what is meant. A policy is
//! made anew for every run, so that nothing passes from one run to the next.
//!
//! ```
//! use walras::policy::{Candidates, HostId, Placement, Registry, Stream};
//!
//! struct Roomiest;
//! impl Placement for Roomiest {
//!     fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
//!         candidates.roomiest()
//!     }
//! }
//!
//! let mut registry = Registry::new();
//! let roomiest = registry.add_placement("roomiest", || Box::new(Roomiest))?;
//! let scenario = registry.from_text("mine", r#"(horizon: "1d", policies: (placement: roomiest))"#)?;
//! assert_eq!(scenario.policies.placement, roomiest);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::checkpoint;
use super::{
    Asking, Bidding, Checkpoint, Clearing, Eviction, KeepAlive, ListPrice, Needs, Placement,
    Scaling, Switching,
};
use crate::scenario::checkpointing::CheckpointChoice;
use crate::scenario::demand::BidRule;
use crate::scenario::demand::conduct::Switching as SwitchingChoice;
use crate::scenario::model::serverless::{KeepAliveChoice, ScalerChoice};
use crate::scenario::model::{AskingChoice, EvictionChoice, PlacementChoice};
use crate::scenario::own::{OwnPolicies, OwnPolicy, is_built_in};
use crate::scenario::prices::ListPriceChoice;
use crate::scenario::rules::SpotClearing;
use crate::scenario::{Override, Problems, Scenario, from_text_with, load_with};
use crate::units::Span;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Why a policy cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// A scenario could not write it as a bare name.
    #[error("`{0}` is no name of a policy: small letters, digits and underscores, a letter first")]
    Unwritable(&'static str),
    /// Another policy of this seam has it.
    #[error("there is a policy `{0}` already")]
    Taken(&'static str),
}

/// A run was begun without the registry that knows a policy of its scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the scenario chooses the policy `{0}`, which is not registered for this run")]
pub struct NotRegistered(
    /// Its name.
    pub &'static str,
);

/// The policies that a program has registered, for all seams. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    pub(super) placement: Seam<dyn Placement>,
    pub(super) eviction: Seam<dyn Eviction>,
    pub(super) clearing: Seam<dyn Clearing>,
    pub(super) list_price: Seam<dyn ListPrice>,
    pub(super) asking: Seam<dyn Asking>,
    pub(super) bidding: Seam<dyn Bidding>,
    pub(super) switching: Seam<dyn Switching>,
    pub(super) checkpoint: Seam<dyn Checkpoint>,
    pub(super) scaling: Seam<dyn Scaling>,
    pub(super) keep_alive: Seam<dyn KeepAlive>,
}

impl Registry {
    /// None yet: built-in policies alone.
    pub fn new() -> Self {
        Self::default()
    }
    /// Registers a placement policy. `make` is called once at every run's beginning, and once now to hear
    /// what the policy [needs](Placement::needs).
    ///
    /// # Errors
    /// A name that is taken, be it by a built-in policy, or that a scenario could not write.
    pub fn add_placement(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Placement> + Send + Sync + 'static,
    ) -> Result<PlacementChoice, BadName> {
        let (needs, built_in) = (make().needs(), is_built_in::<PlacementChoice>(name));
        self.placement.add(OwnPolicy { name, needs }, built_in, make).map(PlacementChoice::Own)
    }
    /// Registers an eviction policy. `make` is called once at every run's beginning.
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_eviction(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Eviction> + Send + Sync + 'static,
    ) -> Result<EvictionChoice, BadName> {
        let (needs, built_in) = (Needs::default(), is_built_in::<EvictionChoice>(name));
        self.eviction.add(OwnPolicy { name, needs }, built_in, make).map(EvictionChoice::Own)
    }
    /// Registers a way to find the price of spot pods. `make` is called once at every run's beginning, and
    /// once now to hear whether the price [is posted](Clearing::is_posted) or made of bids.
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_clearing(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Clearing> + Send + Sync + 'static,
    ) -> Result<SpotClearing, BadName> {
        let needs = Needs { usage: make().is_posted(), ..Needs::default() };
        let built_in = is_built_in::<SpotClearing>(name);
        self.clearing.add(OwnPolicy { name, needs }, built_in, make).map(SpotClearing::Own)
    }
    /// Registers what moves list prices. `make` is called once for every scope that it prices at every
    /// run's beginning, and once now to hear whether it [asks for use](ListPrice::asks_for_usage).
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_list_price(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn ListPrice> + Send + Sync + 'static,
    ) -> Result<ListPriceChoice, BadName> {
        let needs = Needs { usage: make().asks_for_usage(), ..Needs::default() };
        let built_in = ListPriceChoice::ALL.contains(&name);
        self.list_price.add(OwnPolicy { name, needs }, built_in, make).map(ListPriceChoice::Own)
    }
    /// Registers what providers ask. `make` is called once for every supply at every run's beginning.
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_asking(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Asking> + Send + Sync + 'static,
    ) -> Result<AskingChoice, BadName> {
        let (needs, built_in) = (Needs::default(), AskingChoice::ALL.contains(&name));
        self.asking.add(OwnPolicy { name, needs }, built_in, make).map(AskingChoice::Own)
    }
    /// Registers what customers bid. `make` is called once at every run's beginning.
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_bidding(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Bidding> + Send + Sync + 'static,
    ) -> Result<BidRule, BadName> {
        let (needs, built_in) = (Needs::default(), BidRule::NAMES.contains(&name));
        self.bidding.add(OwnPolicy { name, needs }, built_in, make).map(BidRule::Own)
    }
    /// Registers when customers go from spot to on demand, and back. `make` is called once at every run's
    /// beginning, and once now to hear whether it [runs by the deadline](Switching::runs_by_deadline).
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_switching(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Switching> + Send + Sync + 'static,
    ) -> Result<SwitchingChoice, BadName> {
        let needs = Needs { deadline: make().runs_by_deadline(), ..Needs::default() };
        let built_in = SwitchingChoice::NAMES.contains(&name);
        self.switching.add(OwnPolicy { name, needs }, built_in, make).map(SwitchingChoice::Own)
    }
    /// Registers how often checkpoints are written. `make` is called once at every run's beginning.
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_checkpoint(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Checkpoint> + Send + Sync + 'static,
    ) -> Result<CheckpointChoice, BadName> {
        let (needs, built_in) = (Needs::default(), CheckpointChoice::NAMES.contains(&name));
        self.checkpoint.add(OwnPolicy { name, needs }, built_in, make).map(CheckpointChoice::Own)
    }
    /// Registers how many workers endpoints want. `make` is called for every endpoint whenever it is made, or
    /// updated to this policy, and once for every choice at every run's beginning.
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_scaling(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn Scaling> + Send + Sync + 'static,
    ) -> Result<ScalerChoice, BadName> {
        let (needs, built_in) = (Needs::default(), ScalerChoice::NAMES.contains(&name));
        self.scaling.add(OwnPolicy { name, needs }, built_in, make).map(ScalerChoice::Own)
    }
    /// Registers how long idle workers are kept. `make` is called as that of
    /// [`add_scaling`](Self::add_scaling).
    ///
    /// # Errors
    /// As [`add_placement`](Self::add_placement).
    pub fn add_keep_alive(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Box<dyn KeepAlive> + Send + Sync + 'static,
    ) -> Result<KeepAliveChoice, BadName> {
        let (needs, built_in) = (Needs::default(), KeepAliveChoice::NAMES.contains(&name));
        self.keep_alive.add(OwnPolicy { name, needs }, built_in, make).map(KeepAliveChoice::Own)
    }
    /// As [`crate::scenario::load`]; the scenario may choose registered policies.
    ///
    /// # Errors
    /// Everything that is wrong with the scenario.
    pub fn load(&self, path: &Path, overrides: &[Override]) -> Result<Scenario, Problems> {
        load_with(path, overrides, self.names())
    }
    /// As [`crate::scenario::from_text`]; the scenario may choose registered policies.
    ///
    /// # Errors
    /// Everything that is wrong with the scenario.
    pub fn from_text(&self, name: &str, text: &str) -> Result<Scenario, Problems> {
        from_text_with(name, text, self.names())
    }
    /// By segment of a scenario: how much work passes between two checkpoints, if its pods write any.
    ///
    /// # Errors
    /// A policy of the program's own that is not registered here.
    pub fn checkpoint_intervals(
        &self,
        scenario: &Scenario,
    ) -> Result<Vec<Option<Span>>, NotRegistered> {
        let own = self.checkpoint.make_all(scenario.own_checkpoints())?;
        let terms = scenario.segments.iter().map(|segment| segment.checkpoint.as_ref());
        Ok(terms.map(|terms| checkpoint::interval(terms?, &own)).collect())
    }
    /// What a scenario may choose from it.
    pub fn names(&self) -> OwnPolicies {
        OwnPolicies {
            placement: self.placement.names(),
            eviction: self.eviction.names(),
            clearing: self.clearing.names(),
            list_price: self.list_price.names(),
            asking: self.asking.names(),
            bidding: self.bidding.names(),
            switching: self.switching.names(),
            checkpoint: self.checkpoint.names(),
            scaling: self.scaling.names(),
            keep_alive: self.keep_alive.names(),
        }
    }
}

/// The registered policies of one seam, each with what makes it. A new seam has such a field in
/// [`Registry`], a list in [`OwnPolicies`] and a method to add to it.
pub(super) struct Seam<Policy: ?Sized>(Vec<(OwnPolicy, Make<Policy>)>);

type Make<Policy> = Arc<dyn Fn() -> Box<Policy> + Send + Sync>;

impl<Policy: ?Sized> Seam<Policy> {
    fn add(
        &mut self,
        own: OwnPolicy,
        built_in: bool,
        make: impl Fn() -> Box<Policy> + Send + Sync + 'static,
    ) -> Result<OwnPolicy, BadName> {
        let name = own.name;
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        if !name.bytes().all(plain) || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err(BadName::Unwritable(name));
        }
        if built_in || self.0.iter().any(|(other, _)| other.name == name) {
            return Err(BadName::Taken(name));
        }
        self.0.push((own, Arc::new(make)));
        Ok(own)
    }
    /// A new policy of that name.
    pub(super) fn make(&self, own: OwnPolicy) -> Result<Box<Policy>, NotRegistered> {
        let found = self.0.iter().find(|(other, _)| other.name == own.name);
        found.map(|(_, make)| make()).ok_or(NotRegistered(own.name))
    }
    /// One of each of `chosen`, which may repeat itself.
    pub(super) fn make_all(
        &self,
        chosen: impl Iterator<Item = OwnPolicy>,
    ) -> Result<Own<Policy>, NotRegistered> {
        let mut made = Own::default();
        for own in chosen {
            if made.find(own).is_none() {
                made.0.push((own.name, self.make(own)?));
            }
        }
        Ok(made)
    }
    fn names(&self) -> Vec<OwnPolicy> {
        self.0.iter().map(|(own, _)| *own).collect()
    }
}

/// The policies of the program's own that a run chose at one seam of many choices, each made once for it.
pub struct Own<Policy: ?Sized>(Vec<(&'static str, Box<Policy>)>);

impl<Policy: ?Sized> Own<Policy> {
    fn find(&self, own: OwnPolicy) -> Option<&Policy> {
        let found = self.0.iter().find(|(name, _)| *name == own.name);
        found.map(|(_, policy)| &**policy)
    }
    /// The one of that name, which the scenario chose.
    pub fn get(&self, own: OwnPolicy) -> &Policy {
        self.find(own).expect("what a scenario chooses is made when its run begins")
    }
}
impl<Policy: ?Sized> Default for Own<Policy> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<Policy: ?Sized> Clone for Seam<Policy> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
impl<Policy: ?Sized> Default for Seam<Policy> {
    fn default() -> Self {
        Self(Vec::new())
    }
}
impl<Policy: ?Sized> fmt::Debug for Seam<Policy> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(own, _)| own.name)).finish()
    }
}
