//! The seam of list prices: what moves the on-demand price of a scope, beside SetPrice (GPU-03).
//!
//! The market asks a member when its price may move, and sets what it answers as SetPrice would. A
//! member knows the price that was stated: by the scenario, or since then by the script. That one holds
//! as it was stated until the next change, which starts from it.

pub mod fixed;
pub mod replayed;
pub mod time_of_day;
pub mod utilization;

use super::registry::{NotRegistered, Registry};
use crate::scenario::prices::ListPriceChoice;
use crate::units::{Money, SimTime};

/// What a member may know of the scope that it prices. Prices are per GPU-hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priced {
    /// The present instant.
    pub now: SimTime,
    /// The price that was stated last.
    pub stated: Money,
    /// The price in force.
    pub price: Money,
    /// How much of the GPU-time up since the member was last asked was held, in millionths; all, if none
    /// was up. Known only where [`ListPriceChoice::asks_for_usage`].
    pub utilization: u32,
}

/// What moves a list price.
pub trait ListPrice {
    /// When the price may move: first of all, or next after an instant; none, or an instant that is not
    /// after it: never again.
    fn due(&self, after: Option<SimTime>) -> Option<SimTime>;
    /// The price from now on, not below zero; asked when it was due.
    fn price(&self, scope: &Priced) -> Money;
    /// Whether it asks how much is in use ([`Priced::utilization`]): sums that are kept for those alone.
    fn asks_for_usage(&self) -> bool {
        false
    }
}

/// The member of that choice; one of the program's own is made by its `registry`, anew for each scope.
///
/// # Errors
/// A policy of the program's own that is not in the registry.
pub fn list_price(
    choice: &ListPriceChoice,
    registry: &Registry,
) -> Result<Box<dyn ListPrice>, NotRegistered> {
    Ok(match choice {
        ListPriceChoice::Fixed => Box::new(fixed::Fixed),
        ListPriceChoice::TimeOfDay(factors) => Box::new(time_of_day::TimeOfDay(factors.clone())),
        ListPriceChoice::Utilization(terms) => Box::new(utilization::Utilization(*terms)),
        ListPriceChoice::Replayed(path) => Box::new(replayed::Replayed(path.clone())),
        ListPriceChoice::Own(own) => registry.list_price.make(*own)?,
    })
}
