//! The past: the vocabulary of facts, and who hears them.
//!
//! CSV tables, metrics, the digest and the recorder are sinks of equal rank. Handlers state facts;
//! nobody else is told anything, and no sink can speak back.

pub mod digest;
mod encoding;
pub mod fact;
pub mod likes;
pub mod lives;
pub mod meters;
pub mod reading;
pub mod record;
pub mod rentals;
pub mod volumes;
pub mod words;
pub mod workers;

pub use fact::Fact;

use crate::units::SimTime;

/// One who hears every fact, in order.
///
/// A sink that can fail (a full disk) keeps its first error and returns it when it is finished, so
/// that a run is never half-way undone.
pub trait Sink {
    /// Which facts it wants to hear. Of the others it may hear, too, and makes nothing of them.
    fn wants(&self) -> Wanted {
        Wanted::ALL
    }
    /// Hears that `fact` happened at `at`. Instants never decrease.
    fn hear(&mut self, at: SimTime, fact: &Fact);
}

/// A set of kinds of facts.
///
/// Nothing is made of a fact that nobody wants to hear: where one is stated, its kind is known, and the
/// question costs an instruction or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted(u128);

impl Wanted {
    /// All of them.
    pub const ALL: Self = Self(u128::MAX);

    #[inline(always)]
    const fn includes(self, fact: &Fact) -> bool {
        self.0 & fact.bit() != 0
    }
}

impl Wanted {
    /// All of them but those of these words.
    ///
    /// # Panics
    /// If a word is no fact's.
    pub fn all_but(words: &[&str]) -> Self {
        Self(!Self::these(words).0)
    }
}

/// Hands each fact to all sinks that want to hear it, in their order.
pub struct Journal<'a> {
    sinks: Vec<(Wanted, &'a mut dyn Sink)>,
    /// What any of them wants to hear.
    wanted: Wanted,
}

impl Default for Journal<'_> {
    /// A journal that nobody hears.
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<'a> Journal<'a> {
    /// A journal heard by `sinks`.
    pub fn new(sinks: Vec<&'a mut dyn Sink>) -> Self {
        let sinks: Vec<_> = sinks.into_iter().map(|sink| (sink.wants(), sink)).collect();
        let wanted = Wanted(sinks.iter().fold(0, |all, (wanted, _)| all | wanted.0));
        Self { sinks, wanted }
    }
    /// States a fact.
    #[inline(always)] // so that a fact that nobody wants to hear is not even made
    pub fn state(&mut self, at: SimTime, fact: &Fact) {
        if self.wanted.includes(fact) {
            self.tell(at, fact);
        }
    }
    /// Whether anybody wants to hear such a fact.
    #[inline(always)] // known where it is asked
    pub fn is_wanted(&self, fact: &Fact) -> bool {
        self.wanted.includes(fact)
    }
    #[inline(always)] // likewise
    fn tell(&mut self, at: SimTime, fact: &Fact) {
        match &mut self.sinks[..] {
            // What is wanted at all, the only one wants.
            [(_, only)] => only.hear(at, fact),
            _ => self.tell_each(at, fact),
        }
    }
    #[inline(never)] // stated in many places
    fn tell_each(&mut self, at: SimTime, fact: &Fact) {
        for (wanted, sink) in &mut self.sinks {
            if wanted.includes(fact) {
                sink.hear(at, fact);
            }
        }
    }
}
