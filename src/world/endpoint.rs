//! Endpoints: rows of what they are, their slots, their jobs and their queues (SLS-01, SLS-15, SLS-16).
//!
//! - [`jobs`]: requests that are there; [`queue`]: those that wait, in their order.
//! - [`slots`]: places to be woken, and the runs that are awake.
//! - [`ready`]: which ready worker takes the next job (SLS-29).

pub mod jobs;
pub mod queue;
pub mod rates;
pub mod ready;
pub mod requests;
pub mod slots;

use crate::ids::{AccountId, HostId, LayerId};
use crate::journal::fact::EndpointCounts;
use crate::rng::Stream;
use crate::scenario::model::serverless::Resolved;
use crate::scenario::model::{Image, Images};
use crate::units::{SimTime, Span};
use jobs::Jobs;
use queue::Waiting;
use ready::Ready;
use slots::{SlotState, Slots};
use std::sync::Arc;

/// SLS-10. What of an endpoint may change without a new revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// Active workers.
    pub workers_min: u32,
    /// The most workers.
    pub workers_max: u32,
    /// How long a worker may be idle.
    pub idle_timeout: Span,
    /// JOB-12.
    pub execution_timeout: Span,
    /// JOB-13.
    pub ttl: Span,
    /// JOB-14.
    pub max_attempts: u32,
}

impl Live {
    /// As settings state it.
    pub fn of(resolved: &Resolved) -> Self {
        let own = &resolved.settings;
        Self {
            workers_min: own.workers_min,
            workers_max: own.workers_max,
            idle_timeout: own.idle_timeout,
            execution_timeout: own.execution_timeout,
            ttl: own.ttl,
            max_attempts: own.max_attempts,
        }
    }
}

/// What became of an endpoint's requests since its creation (SLS-48, SLS-49).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accepted.
    pub accepted: u64,
    /// COMPLETED.
    pub completed: u64,
    /// FAILED.
    pub failed: u64,
    /// CANCELLED.
    pub cancelled: u64,
    /// TIMED_OUT.
    pub timed_out: u64,
    /// Put back.
    pub retried: u64,
}

/// Sums over the slots, kept as they change: each what SLS-32 calls it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workers {
    /// *Live*: throttled, reserved, starting, idle, busy.
    pub live: u32,
    /// Live and draining.
    pub draining: u32,
    /// *Coming*: of those not draining the ones that are not ready.
    pub coming: u32,
    /// Coming and throttled.
    pub throttled: u32,
    /// Active, live and not draining.
    pub active: u32,
    /// *P*: jobs in hand of undrained workers.
    pub in_hand: u32,
    /// Jobs in hand of draining ones.
    pub in_hand_draining: u32,
}

impl Workers {
    /// *W*: live, not draining.
    pub fn undrained(&self) -> u32 {
        self.live - self.draining
    }
}

/// What is due of an endpoint: an event of another instant is superseded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The next look at who is late (SLS-33).
    pub late: Option<SimTime>,
    /// The next look at whose time to live is over (JOB-13).
    pub expiry: Option<SimTime>,
    /// The next look at which low-priority job becomes a normal one (JOB-10).
    pub escalation: Option<SimTime>,
    /// When it is asked how many workers it wants.
    pub scale: Option<SimTime>,
    /// When a worker is woken ahead of the next job, if none is there by then.
    pub ahead: Option<SimTime>,
}

/// An endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Whether it is there: made, and not deleted.
    pub exists: bool,
    /// Whose it is.
    pub account: AccountId,
    /// AIE-01. Its place among the rules' models, if it is the platform's.
    pub model: Option<usize>,
    /// What its present revision runs on.
    pub of: Arc<Resolved>,
    /// Jobs that a worker holds at a time.
    pub concurrency: u32,
    /// What may change without a revision.
    pub live: Live,
    /// How long a job waits until it is late, if its scaler asks.
    pub lateness: Option<Span>,
    /// Whether its scaler is to be asked after each job that ends, though nobody waits.
    pub follows_ends: bool,
    /// SLS-23. Whether idle workers are kept for the idle timeout, and no policy has to be asked or told.
    pub keeps_plainly: bool,
    /// Its revision, from 1.
    pub revision: u32,
    /// Its slots.
    pub slots: Slots,
    /// Sums over them.
    pub workers: Workers,
    /// The ready workers with room.
    pub ready: Ready,
    /// Flex workers whose idle timeout is over, longest idle first, kept for the while (SLS-35).
    pub overdue: Vec<u32>,
    /// Requests that are there.
    pub jobs: Jobs,
    /// Those that wait: normal ones and, apart, those of low priority.
    pub waiting: Waiting,
    /// What became of the others.
    pub tally: Tally,
    /// Jobs whose lost worker nobody noticed yet (SLS-38).
    pub missed: u32,
    /// Jobs done, and how long they took together, in microseconds.
    pub served: (u64, u128),
    /// Requests accepted: for policies that go by the rate.
    pub arrivals: u64,
    /// Runs asked for so far.
    pub runs: u32,
    /// Looks at idle timeouts so far.
    pub looks: u32,
    /// SLS-33. Jobs that became late since the scaler looked last.
    pub newly_late: u32,
    /// Draws of its wakings (SLS-24): opened with the first.
    pub wakings: Option<Box<Stream>>,
    /// What is due.
    pub due: Due,
    /// SLS-45. The waking that was refused for want of credit, if any was since one was not.
    pub refused: Option<RefusedWaking>,
}

/// SLS-45. A waking that the account's credit did not cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedWaking {
    /// What was asked for: its price per second, GPUs, GB of disk.
    pub asked: (crate::units::Money, u32, u32),
    /// Whether the same would be refused again: nothing has become better since, and it is not for the
    /// limit, which grows with the account's age.
    pub stands: bool,
}

impl Endpoint {
    /// One that is not there yet.
    pub fn absent(account: AccountId, model: Option<usize>) -> Self {
        let of: Arc<Resolved> = Arc::default();
        Self {
            exists: false,
            account,
            model,
            concurrency: 1,
            live: Live::of(&of),
            lateness: None,
            follows_ends: true,
            keeps_plainly: false,
            of,
            revision: 0,
            slots: Slots::default(),
            workers: Workers::default(),
            ready: Ready::default(),
            overdue: Vec::new(),
            jobs: Jobs::default(),
            waiting: Waiting::default(),
            tally: Tally::default(),
            missed: 0,
            served: (0, 0),
            arrivals: 0,
            runs: 0,
            looks: 0,
            newly_late: 0,
            wakings: None,
            due: Due::default(),
            refused: None,
        }
    }
    /// It is made, or gets a new revision.
    pub fn revise(&mut self, of: &Arc<Resolved>) {
        self.of = Arc::clone(of);
        self.concurrency = of.settings.concurrency.max(1);
        self.revision += 1;
    }
    /// SLS-15. How many slots it has beside those that are on their way out.
    pub fn slots_wanted(&self, extra: u32) -> u32 {
        if self.exists && 0 < self.live.workers_max { self.live.workers_max + extra } else { 0 }
    }
    /// SLS-48. How it stands.
    pub fn counts(&self) -> EndpointCounts {
        let mut counts = EndpointCounts {
            in_queue: self.waiting.len(),
            in_progress: u64::from(
                self.workers.in_hand + self.workers.in_hand_draining + self.missed,
            ),
            completed: self.tally.completed,
            failed: self.tally.failed,
            retried: self.tally.retried,
            timed_out: self.tally.timed_out,
            cancelled: self.tally.cancelled,
            draining: self.workers.draining,
            ..EndpointCounts::default()
        };
        for slot in self.slots.iter() {
            let count = match slot.state {
                SlotState::Preparing | SlotState::Reserved | SlotState::Starting => {
                    &mut counts.initializing
                }
                SlotState::Standby => &mut counts.standby,
                SlotState::Throttled => &mut counts.throttled,
                SlotState::Idle => &mut counts.idle,
                SlotState::Busy => &mut counts.running,
                SlotState::Unhealthy => &mut counts.unhealthy,
            };
            *count += 1;
        }
        counts
    }
    /// What its slots use of images on hosts, for the audit.
    pub fn uses<'a>(&'a self, images: &'a Images) -> impl Iterator<Item = (HostId, &'a [LayerId])> {
        self.slots.iter().filter_map(|slot| {
            let image = Image::Named(slot.image);
            Some((slot.host?, super::images::layers_of(images, image)))
        })
    }
}
