//! A naive judge of billing, written from the market rules alone.
//!
//! The simulator charges in closed form, when something changes. The oracle does what the rules say,
//! literally: it walks from instant to instant, stops at every boundary of every unit of every open
//! meter, takes the classes of GEN-11 one after another, and charges each unit by itself. It knows no
//! line that meets a threshold, no running sum, and none of the simulator's code of billing; balances
//! are summed up afresh whenever a rule looks at one. It is slow and obvious, and that is its worth:
//! where the two disagree, the text of the rules decides who is wrong.
//!
//! Who gets which host, who is displaced there, what is promised to whom, and who waits, it reads from
//! the rules again whenever it needs to know, by a scan of all hosts and pods. It leaves out clouds,
//! places, memory, and every placement but `best_fit`; an image is its pod's own.

mod actions;
mod agreement;
mod bids;
mod biller;
pub(crate) mod cases;
mod checks;
mod coverage;
mod crowd;
mod eviction;
mod funds;
mod grace;
mod ledger;
mod list_prices;
mod meter;
mod moves;
mod outages;
mod plans;
mod pods;
mod random;
mod recorded;
mod render;
mod room;
mod saving;
pub(crate) mod script;
mod settings;
mod show;
mod state;
mod volumes;

pub(crate) use biller::{bill, bill_in_order};
pub(crate) use render::scenario;

pub(crate) use script::Script;
