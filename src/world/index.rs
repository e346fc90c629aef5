//! Where a request can go, without a scan of the fleet (POD-05, SPOT-05, SPOT-06).
//!
//! Hosts alike in all that is fixed share a class; within it each is a *member*, numbered in order of
//! host id, so that "the lower member" is "the lower host". Two indexes are kept over the members of
//! a class: [`FreeIndex`] by the GPUs that are free, [`BidIndex`] by the bids that would have to give
//! way. Both answer with an iterator: the first is the choice, the next ones are for him whose disk
//! or memory the first does not suit. A third, [`SizeIndex`] by the sizes of the pods there, is kept for
//! policies that ask for it.

pub mod bids;
pub mod free;
pub mod sizes;

pub use bids::{BidIndex, Key};
pub use free::FreeIndex;
pub use sizes::{SizeIndex, Sizes};
