//! Requests to serverless endpoints: when they come and what each is like (JOB-08, JOB-10, AIE-04).
//!
//! [`Requests`] is one source of a scenario as a stream of submissions. Everything about the k-th request
//! is drawn when it is generated, whatever the market does: its gap, its execution or its tokens, whether
//! it is of low priority, whether its handler fails, its bytes, its units of output, in this order. Each of
//! these has a stream of its own under [`Purpose::Requests`], as customers' attributes have; what is not
//! configured draws nothing, and what is added later leaves all else as it was. Durations are rounded to
//! the microsecond.
//!
//! They arrive by the processes of customers (`super::arrivals`) or by the rows of a trace. [`rows`]
//! reads any known format, [`survey`] says what a file comes to before a run.
//!
//! A run may have millions of requests: a drawn one costs its draws and a copy of what all of its source
//! have in common, and allocates nothing.

mod attributes;
pub mod functions;
mod listed;
mod llm;
mod plain;
mod recorded;
mod replay;
pub mod rows;
pub mod spread;
pub mod survey;

use super::Owner;
use super::arrivals::{Arrivals, Terms};
use super::import::TraceError;
use crate::ids::{AccountId, EndpointId};
use crate::rng::Purpose;
use crate::scenario::model::serverless::{RequestArrivals, RequestSource, Submission};
use crate::units::SimTime;
use attributes::Attributes;
use replay::Traced;

/// The requests of one source in one run.
pub struct Requests {
    /// Where they go, and who calls.
    whom: (EndpointId, AccountId),
    when: When,
    what: Attributes,
    /// The latest request; at first what all of them have in common.
    latest: Submission,
}

#[expect(clippy::large_enum_variant, reason = "one a source, and an arrival follows no pointer")]
enum When {
    Drawn(Arrivals),
    Traced(Box<Traced>),
}

impl Requests {
    /// The requests of `source`, the `index`-th of its scenario, in replication `replication` of the run
    /// seeded `seed`. They end before the source's `until` and before the horizon. Time 0 is
    /// `start_unix_s` seconds after 1970.
    ///
    /// # Errors
    /// A trace that can't be opened, or is of another kind than the scenario says; where a format is read
    /// whole, also a malformed row.
    pub fn open(
        source: &RequestSource,
        index: usize,
        (seed, replication): (u64, u64),
        (start_unix_s, horizon): (i64, SimTime),
    ) -> Result<Self, TraceError> {
        let entity = u64::try_from(index).expect("an index fits in 64 bits");
        let owner = Owner { seed, replication, entity };
        let stream = |part| owner.stream(Purpose::Requests, part);
        let (from, until) = (source.from, source.until.min(horizon));
        let when = match &source.arrivals {
            RequestArrivals::Process(process) => {
                let terms = Terms { from, until, batch: None, start_unix_s };
                When::Drawn(Arrivals::new(process, &terms, stream))
            }
            RequestArrivals::Trace(trace) => {
                When::Traced(Box::new(Traced::open(trace, source, until, &stream)?))
            }
        };
        let what = Attributes::new(source, stream);
        let whom = (source.endpoint, source.account);
        Ok(Self { whom, when, latest: what.template(), what })
    }
    /// The next request and when it is submitted, in order of time; none once the source's time is over.
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "its end may be a failure: see `take_failure`; and what it gives is drawn in place, and lent"
    )]
    pub fn next(&mut self) -> Option<(SimTime, &Submission)> {
        let at = match &mut self.when {
            When::Drawn(arrivals) => {
                let at = arrivals.next()?;
                self.what.draw(&mut self.latest);
                at
            }
            When::Traced(traced) => traced.next(&mut self.what, &mut self.latest)?,
        };
        Some((at, &self.latest))
    }
    /// The request that [`next`](Self::next) gave last, with its endpoint and who calls.
    #[inline]
    pub const fn latest(&self) -> ((EndpointId, AccountId), &Submission) {
        (self.whom, &self.latest)
    }
    /// How many requests of the trace come too late, once those in time are over.
    ///
    /// # Errors
    /// A trace that can't be read.
    pub fn count_late(&mut self) -> Result<u64, TraceError> {
        match &mut self.when {
            When::Drawn(_) => Ok(0),
            When::Traced(traced) => traced.count_late(),
        }
    }
    /// What went wrong with the trace since it was checked, if its rows ended for that reason.
    pub fn take_failure(&mut self) -> Option<TraceError> {
        match &mut self.when {
            When::Drawn(_) => None,
            When::Traced(traced) => traced.take_failure(),
        }
    }
}
