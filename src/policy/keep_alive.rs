//! How long an idle worker is kept (SLS-23).

mod adaptive;
mod hybrid;
mod idle_timeout;

use super::registry::{NotRegistered, Registry};
use crate::scenario::model::serverless::KeepAliveChoice;
use crate::units::{SimTime, Span};

/// A keep-alive policy.
pub trait KeepAlive {
    /// How long a worker that is idle from `now` on may be idle, be it that its last job has ended or that it is ready
    /// and there is none; the endpoint's own idle timeout is `stated`.
    fn timeout(&mut self, now: SimTime, stated: Span) -> Span;
    /// A job came.
    fn note_arrival(&mut self, now: SimTime) {
        let _ = now;
    }
    /// A worker idles or has stopped, or a job ended in the queue, and the endpoint has no job any more: the last of
    /// those that came has ended. May be told again before the next comes.
    fn note_idle(&mut self, now: SimTime) {
        let _ = now;
    }
    /// When a worker is to be woken ahead of the next job, the last worker having stopped now; none, or not after
    /// `now`: not at all, and what was said before holds no longer.
    fn wake_ahead(&mut self, now: SimTime) -> Option<SimTime> {
        let _ = now;
        None
    }
    /// Whether it is the rule itself: a worker may be idle for as long as is stated, and nobody has to be told of
    /// anything. Asked once, when an endpoint chooses it.
    fn is_plain(&self) -> bool {
        false
    }
}

/// The policy that an endpoint chose. One of the program's own is made by its `registry`, anew for each endpoint.
///
/// # Errors
/// A policy of the program's own that is not in the registry.
pub fn keep_alive(
    choice: &KeepAliveChoice,
    registry: &Registry,
) -> Result<Box<dyn KeepAlive>, NotRegistered> {
    Ok(match choice {
        KeepAliveChoice::IdleTimeout => Box::new(idle_timeout::IdleTimeout),
        KeepAliveChoice::Hybrid(terms) => Box::new(hybrid::Hybrid::new(*terms)),
        KeepAliveChoice::Adaptive(terms) => Box::new(adaptive::Adaptive::new(*terms)),
        KeepAliveChoice::Own(own) => registry.keep_alive.make(*own)?,
    })
}
