//! Requests from the rows of a trace.
//!
//! What a row states holds; what it leaves open is the source's, drawn for every request whether it is
//! used or not, so that the k-th always gets the k-th draws. How long a request takes is the row's where
//! the source says [`ServiceTime::Traced`], and else the source's own. The trace's zero becomes the source's
//! `from`, and times from there on are stretched.

use super::attributes::Attributes;
use super::rows::{Row, Rows};
use crate::rng::Stream;
use crate::scenario::model::serverless::{RequestSource, RequestTrace, ServiceTime, Submission};
use crate::units::{SimTime, Span};
use crate::workload::import::TraceError;

/// The rows of a trace on their way to becoming requests.
pub(super) struct Traced {
    rows: Rows,
    from: SimTime,
    until: SimTime,
    stretch: f64,
    /// Whether rows say how long requests take.
    takes_work: bool,
    /// Requests seen that come too late.
    late: u64,
    failure: Option<TraceError>,
    ended: bool,
}

/// The span that lasts `stretch` times as long, to the nearest microsecond.
#[expect(clippy::cast_precision_loss, reason = "exact for traces of less than 285 years")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturation is meant")]
pub(super) fn stretched(span: Span, stretch: f64) -> Span {
    Span::from_micros(libm::round(span.micros() as f64 * stretch) as u64)
}

impl Traced {
    pub(super) fn open(
        trace: &RequestTrace,
        source: &RequestSource,
        until: SimTime,
        stream: &dyn Fn(u64) -> Stream,
    ) -> Result<Self, TraceError> {
        let takes_work = source.service == ServiceTime::Traced;
        Ok(Self {
            rows: Rows::open(trace, takes_work, stream)?,
            from: source.from,
            until,
            stretch: trace.stretch,
            takes_work,
            late: 0,
            failure: None,
            ended: false,
        })
    }
    /// The next request, and when it comes.
    pub(super) fn next(&mut self, what: &mut Attributes, job: &mut Submission) -> Option<SimTime> {
        if self.ended {
            return None;
        }
        match self.rows.next() {
            Ok(Some(row)) => {
                let after = row.arrival.saturating_since(SimTime::ZERO);
                let at = self.from.saturating_add(stretched(after, self.stretch));
                if at < self.until {
                    *job = what.template(); // what the row before stated is gone
                    what.draw(job);
                    state(job, &row, self.takes_work);
                    return Some(at);
                }
                self.late += 1;
            }
            Ok(None) => {}
            Err(failure) => self.failure = Some(failure),
        }
        self.ended = true;
        None
    }
    /// How many requests come too late, once those in time are over.
    pub(super) fn count_late(&mut self) -> Result<u64, TraceError> {
        self.late += self.rows.count_left()?;
        Ok(self.late)
    }
    /// Why the rows ended before the trace did.
    pub(super) const fn take_failure(&mut self) -> Option<TraceError> {
        self.failure.take()
    }
}

/// Puts what the row states over what the source says.
fn state(job: &mut Submission, row: &Row, takes_work: bool) {
    if let Some(work) = row.work.filter(|_| takes_work) {
        job.execution = work;
    }
    job.sync = row.sync.unwrap_or(job.sync);
    job.low_priority = row.low_priority.unwrap_or(job.low_priority);
    job.handler_error = row.handler_error.unwrap_or(job.handler_error);
    job.input_bytes = row.input_bytes.unwrap_or(job.input_bytes);
    job.output_bytes = row.output_bytes.unwrap_or(job.output_bytes);
    job.output_units = row.output_units.unwrap_or(job.output_units);
    job.ttl = row.ttl.or(job.ttl);
    job.execution_timeout = row.execution_timeout.or(job.execution_timeout);
}
