//! How often an account called an endpoint (JOB-03).

use crate::ids::{AccountId, EndpointId};
use crate::scenario::rules::serverless::RateLaw;
use crate::units::{SimTime, Span};
use std::collections::{BTreeMap, VecDeque};

/// What is called: each has a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// run.
    Run,
    /// runsync.
    RunSync,
    /// cancel.
    Cancel,
    /// purge-queue.
    Purge,
}

/// The calls of one account to one endpoint by one operation.
#[derive(Clone, Debug, Default)]
struct Calls {
    /// The window that is counted, and how many calls came in it.
    window: (u64, u32),
    /// When they came, where the window slides.
    times: VecDeque<SimTime>,
}

/// The calls that are counted.
#[derive(Clone, Debug, Default)]
pub struct Rates(BTreeMap<(EndpointId, AccountId, Call), Calls>);

impl Rates {
    /// JOB-03. Whether one more call is allowed now; if so, it is counted.
    pub fn allow(
        &mut self,
        whose: (EndpointId, AccountId, Call),
        now: SimTime,
        (law, window, limit): (RateLaw, Span, u32),
    ) -> bool {
        let calls = self.0.entry(whose).or_default();
        match law {
            RateLaw::FixedWindow => {
                let present = now.micros() / window.micros().max(1);
                if calls.window.0 != present {
                    calls.window = (present, 0);
                }
                let allowed = calls.window.1 < limit;
                calls.window.1 += u32::from(allowed);
                allowed
            }
            RateLaw::Sliding => {
                while calls.times.front().is_some_and(|first| *first + window <= now) {
                    calls.times.pop_front();
                }
                let allowed = calls.times.len() < limit as usize;
                if allowed {
                    calls.times.push_back(now);
                }
                allowed
            }
        }
    }
}
