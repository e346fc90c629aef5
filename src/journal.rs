//! The past: the vocabulary of facts, and who hears them.
//!
//! CSV tables, metrics, the digest and the recorder are sinks of equal rank. Handlers state facts;
//! nobody else is told anything, and no sink can speak back.

pub mod digest;
mod encoding;
pub mod fact;
pub mod reading;
pub mod record;
pub mod rentals;
pub mod words;

pub use fact::Fact;

use crate::units::SimTime;

/// One who hears every fact, in order.
///
/// A sink that can fail (a full disk) keeps its first error and returns it when it is finished, so
/// that a run is never half-way undone.
pub trait Sink {
    /// Hears that `fact` happened at `at`. Instants never decrease.
    fn hear(&mut self, at: SimTime, fact: &Fact);
}

/// Hands each fact to all sinks, in their order.
#[derive(Default)]
pub struct Journal<'a> {
    sinks: Vec<&'a mut dyn Sink>,
}

impl<'a> Journal<'a> {
    /// A journal heard by `sinks`.
    pub fn new(sinks: Vec<&'a mut dyn Sink>) -> Self {
        Self { sinks }
    }
    /// States a fact.
    pub fn state(&mut self, at: SimTime, fact: &Fact) {
        for sink in &mut self.sinks {
            sink.hear(at, fact);
        }
    }
}
