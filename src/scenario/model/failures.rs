//! How hosts lose their power and their network (HOST-03, HOST-04, CLD-02, CLD-03).

use crate::ids::HostId;
use crate::rng::draw::Distribution;
use crate::scenario::outages::Outages;

/// What a host can lose, and get back (HOST-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Its power (HOST-03).
    Power,
    /// Its network (HOST-04).
    Network,
}

/// Hosts that fail, each on its own or all at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// What they lose.
    pub loss: Loss,
    /// Which hosts, the lowest first.
    pub hosts: Vec<HostId>,
    /// Whether all of them fail at once, as in one rack, and not each on its own.
    pub together: bool,
    /// The how-manieth cause this is by which these hosts lose the same, from 0.
    pub number: u32,
    /// When.
    pub times: FailureTimes,
}

/// When hosts fail and are repaired.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureTimes {
    /// At random, by an alternating renewal process.
    Drawn {
        /// Seconds from the start, or from the return, to the next failure.
        time_to_failure: Distribution,
        /// Seconds from a failure to the return.
        time_to_repair: Distribution,
    },
    /// As a trace tells, host by host.
    Recorded(Outages),
}

impl FailureTimes {
    /// The mean times to failure and to repair, if they are drawn.
    pub fn means(&self) -> Option<(f64, f64)> {
        match self {
            Self::Drawn { time_to_failure, time_to_repair } => {
                Some((time_to_failure.mean(), time_to_repair.mean()))
            }
            Self::Recorded(_) => None,
        }
    }
}
