//! What is remembered of a scope whose list price a policy moves.

use super::usage::TimeInUse;
use crate::units::Money;

/// One such scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pricing {
    /// The price per GPU-hour that was stated last: by the scenario, or by SetPrice.
    pub stated: Money,
    /// GPU-time in use until the policy was last asked, where it asks for that.
    pub seen: TimeInUse,
}
