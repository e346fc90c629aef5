//! What facts say about the meters of pods: readers accrue from them what is not posted yet.

use super::Item;
use crate::ids::PodId;
use crate::units::Price;
use serde::{Deserialize, Serialize};

/// A pod's meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterOf {
    /// Whose.
    pub pod: PodId,
    /// Which.
    pub item: Item,
}

/// What a pod's meter counts from now on, or, where it has counted before, from its next unit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterTerms {
    /// Whose.
    pub pod: PodId,
    /// Which.
    pub item: Item,
    /// At which price.
    pub price: Price,
    /// GPUs, vCPUs of a CPU pod, or GB.
    pub quantity: u32,
}
