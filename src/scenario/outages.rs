//! When hosts are away, as a trace tells it (HOST-03, HOST-04).

use crate::units::SimTime;

/// A host is away in [from, until).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Its begin.
    pub from: SimTime,
    /// Its end; [`SimTime::NEVER`] if the record does not tell one.
    pub until: SimTime,
}

/// The outages of some hosts, each host's one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outages {
    /// Of the hosts that the record knows, in its order.
    pub by_host: Vec<Vec<Outage>>,
    /// Of every further host.
    pub of_further: Vec<Outage>,
}

impl Outages {
    /// The outages of the host at this place.
    pub fn of(&self, place: usize) -> &[Outage] {
        self.by_host.get(place).unwrap_or(&self.of_further)
    }
    /// The same record with its instant `zero` as the start; what was over by then is left out.
    #[must_use]
    pub fn since(mut self, zero: SimTime) -> Self {
        let shift = |outages: &mut Vec<Outage>| {
            outages.retain(|outage| zero < outage.until);
            for outage in outages {
                let earlier = |at: SimTime| SimTime::ZERO + at.saturating_since(zero);
                outage.from = earlier(outage.from);
                if outage.until != SimTime::NEVER {
                    outage.until = earlier(outage.until);
                }
            }
        };
        self.by_host.iter_mut().chain([&mut self.of_further]).for_each(shift);
        self
    }
}
