//! The seam of list prices: what moves the on-demand price of a scope, beside SetPrice (GPU-03).
//!
//! The market asks a member when its price may move, and sets what it answers as SetPrice would. A
//! member knows the price that was stated: by the scenario, or since then by the script. That one holds
//! as it was stated until the next change, which starts from it.

pub mod fixed;
pub mod replayed;
pub mod time_of_day;
pub mod utilization;

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
    /// When the price may move: first of all, or next after an instant; none: never again.
    fn due(&self, after: Option<SimTime>) -> Option<SimTime>;
    /// The price from now on; asked when it was due.
    fn price(&self, scope: &Priced) -> Money;
}

/// The member of that choice.
pub fn list_price(choice: &ListPriceChoice) -> Box<dyn ListPrice> {
    match choice {
        ListPriceChoice::Fixed => Box::new(fixed::Fixed),
        ListPriceChoice::TimeOfDay(factors) => Box::new(time_of_day::TimeOfDay(factors.clone())),
        ListPriceChoice::Utilization(terms) => Box::new(utilization::Utilization(*terms)),
        ListPriceChoice::Replayed(path) => Box::new(replayed::Replayed(path.clone())),
    }
}
