//! What is known of a host beside what it holds: its heartbeats, its score, what is announced of it.

use super::heartbeats::{Heartbeats, Reliability};
use crate::units::SimTime;

/// HOST-05. Maintenance that was announced and is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Its start.
    pub from: SimTime,
    /// Its end.
    pub until: SimTime,
}

/// One host's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its heartbeats since it joined.
    pub heartbeats: Heartbeats,
    /// HOST-09. Its score at its last return; full before the first.
    pub score: Reliability,
    /// Announced maintenance, the earliest first; no two overlap or adjoin.
    pub maintenance: Vec<Maintenance>,
    /// How many announced events delist it at present (HOST-05, HOST-06).
    pub notices: u32,
    /// HOST-06. When it left for good.
    pub left: Option<SimTime>,
}

impl Record {
    /// Of a host that joins now.
    pub fn begin(joined: SimTime) -> Self {
        Self {
            heartbeats: Heartbeats::begin(joined),
            score: Reliability::FULL,
            maintenance: Vec::new(),
            notices: 0,
            left: None,
        }
    }
}
