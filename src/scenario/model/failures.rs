//! How hosts lose their power and their network (HOST-03, HOST-04, CLD-02, CLD-03).

use crate::rng::draw::Distribution;

/// What a host can lose, and get back (HOST-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Its power (HOST-03).
    Power,
    /// Its network (HOST-04).
    Network,
}

/// Hosts that fail at random, by alternating renewal processes.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// What they lose.
    pub loss: Loss,
    /// Which hosts, by index.
    pub hosts: std::ops::Range<usize>,
    /// Whether all of them fail at once, as in one rack, and not each on its own.
    pub together: bool,
    /// The how-manieth cause this is by which these hosts lose the same, from 0.
    pub number: u32,
    /// Seconds from the start, or from the return, to the next failure.
    pub time_to_failure: Distribution,
    /// Seconds from a failure to the return.
    pub time_to_repair: Distribution,
}
