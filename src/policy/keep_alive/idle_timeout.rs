//! `idle_timeout`: as long as the endpoint's idle timeout (SLS-23).

use super::KeepAlive;
use crate::units::{SimTime, Span};

/// The policy.
pub(super) struct IdleTimeout;

impl KeepAlive for IdleTimeout {
    fn timeout(&mut self, _now: SimTime, stated: Span) -> Span {
        stated
    }
    fn is_plain(&self) -> bool {
        true
    }
}
