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
    /// Whether it wants to hear of meters ([`Fact::is_of_meter`]). A reading of whole rentals does
    /// without them, and they are as frequent as rentals.
    fn follows_meters(&self) -> bool {
        true
    }
}

/// Hands each fact to all sinks, in their order.
#[derive(Default)]
pub struct Journal<'a> {
    sinks: Vec<&'a mut dyn Sink>,
    /// Whether anyone wants to hear of meters.
    meters: bool,
}

impl<'a> Journal<'a> {
    /// A journal heard by `sinks`.
    pub fn new(sinks: Vec<&'a mut dyn Sink>) -> Self {
        let meters = sinks.iter().any(|sink| sink.follows_meters());
        Self { sinks, meters }
    }
    /// States a fact. What nobody listens to is not even put together, where this is inlined.
    #[inline]
    pub fn state(&mut self, at: SimTime, fact: &Fact) {
        if !self.sinks.is_empty() && (self.meters || !fact.is_of_meter()) {
            self.tell(at, fact);
        }
    }
    fn tell(&mut self, at: SimTime, fact: &Fact) {
        for sink in &mut self.sinks {
            sink.hear(at, fact);
        }
    }
}
