//! What the market knows of serverless workers beside their rentals, and what they cost (SLS-22, SLS-36, SLS-41).
//!
//! To the market a worker is a rental of kind `Serverless`: it waits, is promised GPUs and holds them as a
//! request on demand does, in the same tables. What it does with them is its endpoint's affair.

use crate::ids::{AccountId, GpuTypeId, HostId, Id, ImageId, PodId, WorkerClassId};
use crate::journal::fact::{WorkerId, WorkerKind};
use crate::scenario::Scenario;
use crate::units::{Money, Share, SimTime};
use std::collections::BTreeMap;

/// What a worker's rental has beside that of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rented {
    /// The worker.
    pub worker: WorkerId,
    /// Its slot's row in its endpoint.
    pub slot: u32,
    /// The host that its slot is bound to, if it is.
    pub bound: Option<HostId>,
    /// Its image: hosts that have it come first.
    pub image: ImageId,
    /// SLS-20, SLS-21. What it is now.
    pub kind: WorkerKind,
    /// SLS-36. Whether spot pods give way to it.
    pub displaces: bool,
    /// AIE-06. Whether its account is charged: not for the platform's own.
    pub charged: bool,
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// Units billed.
    pub units: u64,
    /// Compute.
    pub compute: Money,
    /// Container disk.
    pub disk: Money,
}

/// All workers' rentals, and the prices of their classes.
#[derive(Clone, Debug, Default)]
pub struct Workers {
    /// Of each worker that waits for GPUs, is promised some or holds some.
    pub rented: BTreeMap<PodId, Rented>,
    /// SLS-41. Prices per GPU and second: flex, active.
    pub prices: Vec<(Money, Money)>,
    /// SLS-42. What flex and active seconds of a run cost, where it keeps the prices of its waking.
    pub kept: BTreeMap<PodId, (Money, Money)>,
    /// The class of each GPU type, if it has one.
    classes: Vec<Option<WorkerClassId>>,
    /// SLS-42. What some accounts pay less, and until when.
    discounts: BTreeMap<AccountId, (Share, SimTime)>,
}

impl Workers {
    /// Nobody, at the prices of the start.
    pub fn new(scenario: &Scenario) -> Self {
        let classes = &scenario.rules.serverless.classes;
        let class_of = |name: &String| {
            let found = classes.iter().position(|class| class.types.contains(name));
            found.map(WorkerClassId::from_index)
        };
        let types = scenario.gpu_types.iter();
        Self {
            rented: BTreeMap::new(),
            prices: classes.iter().map(|class| (class.flex, class.active)).collect(),
            kept: BTreeMap::new(),
            classes: types.map(|gpu_type| class_of(&gpu_type.display_name)).collect(),
            discounts: scenario
                .worker_discounts
                .iter()
                .map(|(account, share, until)| (*account, (*share, *until)))
                .collect(),
        }
    }
    /// The class of a GPU type; none: no worker runs on it.
    pub fn class(&self, gpu_type: GpuTypeId) -> Option<WorkerClassId> {
        self.classes[gpu_type.index()]
    }
    /// SLS-41, SLS-42. What an account's worker of a kind pays per GPU and second on a GPU type now: less, where
    /// it has a discount.
    pub fn price_of(
        &self,
        (account, now): (AccountId, SimTime),
        (gpu_type, kind): (GpuTypeId, WorkerKind),
    ) -> Money {
        let price = self.price(gpu_type, kind);
        match self.discounts.get(&account) {
            Some((share, until)) if now < *until => share.rest().of(price),
            _ => price,
        }
    }
    fn price(&self, gpu_type: GpuTypeId, kind: WorkerKind) -> Money {
        let prices = self.class(gpu_type).map(|class| self.prices[class.index()]);
        let (flex, active) = prices.unwrap_or_default();
        match kind {
            WorkerKind::Flex => flex,
            WorkerKind::Active => active,
        }
    }
}
