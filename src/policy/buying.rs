//! What a customer decides: how much to bid, and when to go from spot to on demand.

pub mod bidding;
pub mod switching;
