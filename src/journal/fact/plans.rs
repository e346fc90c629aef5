//! What facts say about savings plans (PLAN-01 to PLAN-04).

use crate::ids::{AccountId, PlanId, PodId, ScopeId};
use crate::units::{Money, SimTime};
use serde::{Deserialize, Serialize};

/// A savings plan was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanBought {
    /// The plan: `plan-N`, N counted from 1 over all plans in order of purchase.
    pub plan: PlanId,
    /// Whose.
    pub account: AccountId,
    /// Of which GPUs.
    pub scope: ScopeId,
    /// How many it covers.
    pub gpus: u32,
    /// The price per GPU-hour that is fixed (PLAN-01).
    pub price: Money,
    /// What was paid (PLAN-02).
    pub paid: Money,
    /// When it ends (PLAN-03).
    pub ends: SimTime,
}

/// Places of a plan that a pod has, or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPlaces {
    /// The plan.
    pub plan: PlanId,
    /// The pod.
    pub pod: PodId,
    /// GPUs that it covers.
    pub gpus: u32,
    /// Whether the pod was named at the purchase; else it got them as it was placed.
    pub named: bool,
}
