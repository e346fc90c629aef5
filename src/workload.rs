//! Who comes, when, and what each wants.
//!
//! A [`Source`] is one segment of customers as a stream of arrivals. Everything about the k-th
//! arrival is drawn when it is generated, in a fixed order and from streams of the segment's own, one
//! per attribute; the market is never asked. So two policies meet the same customers, and a segment
//! that gains an attribute keeps all others as they were.
//!
//! [`arrivals`] says when (synthetic processes), [`attributes`] what, [`replay`] takes both from the
//! rows of a trace, and [`requests`] does all of this for calls of serverless endpoints. [`import`] reads and checks traces, [`prices`] reads recorded prices, [`describe`] says
//! what a file holds, [`deposits`] fills the accounts.

pub mod arrivals;
pub mod attributes;
pub mod calendar;
pub mod counts;
pub mod deposits;
pub mod describe;
pub mod dlrm;
pub mod floors;
pub mod import;
pub mod offered;
pub mod openb;
pub mod outages;
pub mod philly;
pub mod plain;
pub mod prices;
pub mod profile;
pub mod replay;
pub mod requests;

use crate::ids::Id;
use crate::rng::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::scenario::demand::{Arrival, ArrivalProcess, Segment};
use crate::units::SimTime;
use arrivals::{Arrivals, Terms};
use attributes::Attributes;
use import::TraceError;
use replay::Rows;

/// The arrivals of one segment in one run.
pub struct Source {
    when: When,
    what: Attributes,
    /// The latest arrival; at first what all of them have in common.
    latest: Arrival,
}

enum When {
    Drawn(Box<Arrivals>),
    Replayed(Box<Rows>),
}

/// Whose random numbers: one segment, or one source of requests, in one run.
#[derive(Clone, Copy, Debug)]
struct Owner {
    seed: u64,
    replication: u64,
    /// Its number among its like.
    entity: u64,
}

impl Owner {
    /// The `part`-th stream of this entity for `purpose`. A part is an attribute or a piece of an
    /// arrival process; parts are numbered for good, as the numbers decide what is drawn.
    fn stream(self, purpose: Purpose, part: u64) -> Stream {
        Stream::open(self.seed, self.replication, purpose, self.entity | (part << 32))
    }
}

impl Source {
    /// The arrivals of `segment` in replication `replication` of the run seeded `seed`. They end
    /// before the segment's `until` and before the horizon.
    ///
    /// # Errors
    /// A trace that can't be opened, or is of another kind than the scenario says.
    pub fn open(
        scenario: &Scenario,
        segment: &Segment,
        seed: u64,
        replication: u64,
    ) -> Result<Self, TraceError> {
        let entity = u64::try_from(segment.id.index()).expect("an index fits in 64 bits");
        let owner = Owner { seed, replication, entity };
        let until = segment.until.min(scenario.horizon);
        let when = match &segment.arrivals {
            ArrivalProcess::Replay(replay) => {
                When::Replayed(Box::new(Rows::open(replay, segment, &scenario.rules, until)?))
            }
            process @ (ArrivalProcess::Poisson { .. }
            | ArrivalProcess::Renewal { .. }
            | ArrivalProcess::Bursts { .. }
            | ArrivalProcess::Counts(_)) => {
                let (from, batch) = (segment.from, segment.batch.as_ref());
                let terms = Terms { from, until, batch, start_unix_s: scenario.start_unix_s };
                let stream = |part| owner.stream(Purpose::Arrivals, part);
                When::Drawn(Box::new(Arrivals::new(process, &terms, stream)))
            }
        };
        let what = Attributes::new(segment, owner);
        Ok(Self { when, latest: what.template(), what })
    }
    /// The next arrival, in order of time; none once the segment's time is over.
    #[expect(clippy::should_implement_trait, reason = "what it gives is drawn in place, and lent")]
    pub fn next(&mut self) -> Option<&Arrival> {
        match &mut self.when {
            When::Drawn(arrivals) => {
                let at: SimTime = arrivals.next()?;
                self.what.draw(at, &mut self.latest);
            }
            When::Replayed(rows) => self.latest = rows.next(&mut self.what)?,
        }
        Some(&self.latest)
    }
    /// The arrival that [`next`](Self::next) gave last.
    pub fn latest(&self) -> &Arrival {
        &self.latest
    }
    /// How many requests of the trace come too late to be arrivals, once these are over.
    ///
    /// # Errors
    /// A trace that can't be read.
    pub fn count_late(&mut self) -> Result<u64, TraceError> {
        match &mut self.when {
            When::Drawn(_) => Ok(0),
            When::Replayed(rows) => rows.count_late(),
        }
    }
    /// What went wrong with the trace since it was checked, if its rows ended for that reason.
    pub fn take_failure(&mut self) -> Option<TraceError> {
        match &mut self.when {
            When::Drawn(_) => None,
            When::Replayed(rows) => rows.take_failure(),
        }
    }
}
