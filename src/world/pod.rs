//! Pods and their rentals: rows, changed by the handlers of the market.

pub mod checkpoints;
mod state;

pub use state::{IllegalChange, PodChange, PodState, Stage};

use crate::billing::{Line, Meter};
use crate::ids::{AccountId, HostId, SegmentId, ShapeId};
use crate::journal::fact::{EndReason, Kind, Operation, PodName};
use crate::scenario::demand::{OnDone, WhenFull};
use crate::scenario::model::{Command, Image};
use crate::units::{Bundle, Gb, GpuTime, Money, SimTime, Span};
use crate::world::waiting::aside::SetAside;
use crate::world::waiting::lanes::Rank;
use checkpoints::Checkpoints;
use std::cmp::Reverse;

/// HOST-04. What a cut-off pod will do when its host is back; a later one replaces an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recorded {
    /// Its container starts anew.
    Reset,
    /// It stops, at its owner's or for funds.
    Stop(EndReason),
    /// It is terminated, by its owner or for want of funds.
    Terminate(EndReason),
    /// Its work has ended.
    WorkDone,
}

impl Recorded {
    /// Rank in HOST-04's order: a stop for funds is a StopPod.
    pub fn rank(self) -> u8 {
        match self {
            Self::Reset => 0,
            Self::Stop(_) => 1,
            Self::Terminate(_) => 2,
            Self::WorkDone => 3,
        }
    }
    /// As an operation of API-01; none for the end of work.
    pub fn operation(self) -> Option<Operation> {
        match self {
            Self::Reset => Some(Operation::ResetPod),
            Self::Stop(_) => Some(Operation::StopPod),
            Self::Terminate(_) => Some(Operation::TerminatePod),
            Self::WorkDone => None,
        }
    }
}

/// What a pod has been added to its account's sums with, so that it can be taken away exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The line above what its meters will owe.
    pub line: Line,
    /// BILL-08. Its part of R10.
    pub reserve: Nanos,
    /// BILL-06. Its part of R10 as if it ran, while it is Reserved.
    pub promised: Nanos,
    /// BILL-07. What it costs for the rent reserve.
    pub hour: Nanos,
    /// ACCT-06. What it burns per hour.
    pub burn: Nanos,
}

/// An amount that a pod comes to in an hour, say: 64 bits of nano-dollars hold more than any, and no pod's row
/// is to be larger than it must.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nanos(u64);

impl std::ops::AddAssign<Money> for Nanos {
    fn add_assign(&mut self, amount: Money) {
        let nanos = u64::try_from(amount.nanos()).unwrap_or(u64::MAX);
        self.0 = self.0.saturating_add(nanos);
    }
}
impl From<Nanos> for Money {
    fn from(Nanos(nanos): Nanos) -> Self {
        Self::from_nanos(nanos.into())
    }
}

/// POD-16. What a rental has to do with another host than the one that its pod was stopped on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Errand {
    /// Nothing: it is where its volume is, or never was anywhere.
    #[default]
    None,
    /// It asks for one, or is promised GPUs there.
    Elsewhere,
    /// It has one, and its volume is not whole there yet.
    Copies,
}

/// The present rental: from request to end.
#[derive(Clone, Copy, Debug)]
pub struct Rental {
    /// The how-manieth of the pod, from 1.
    pub number: u32,
    /// Order of joining the queue: by request time, then sequence (GEN-11).
    pub sequence: u64,
    /// When the patience ends.
    pub patience_until: SimTime,
    /// What a resume does on a full host.
    pub when_full: WhenFull,
    /// When its GPUs were handed over.
    pub placed_at: Option<SimTime>,
    /// GPU-time in Running and Grace.
    pub gpu_time: GpuTime,
    /// Work lost.
    pub lost: GpuTime,
    /// SIGTERMs.
    pub preemptions: u32,
    /// The first cause of an end that is under way (POD-22).
    pub cause: Option<EndReason>,
    /// When SIGTERM came, if it did.
    pub signalled_at: Option<SimTime>,
    /// What the volume had come to owe at the placement.
    pub volume_owed_before: Money,
    /// Whether it stands in a queue of those who wait.
    pub queued: bool,
    /// POD-06. Whether it found GPUs too dear and stands with those of its means.
    pub set_aside: Option<SetAside>,
    /// SPOT-09. Whether nobody asked for it: a victim that resumes by itself.
    pub by_itself: bool,
    /// POD-16. Whether it goes to another host.
    pub errand: Errand,
}

/// BILL-04. A compute meter that closed at SIGTERM. All that it owed is posted; what of it is posted back
/// turns out when the rental ends (BILL-05).
#[derive(Clone, Debug)]
pub struct ClosedCompute {
    /// As it stood at SIGTERM.
    pub meter: Meter,
    /// Its units that were complete.
    pub completed: u64,
}

/// What its owner, above the market, wants of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// To be told what becomes of it.
    pub told: bool,
    /// SPOT-09. To decide itself what becomes of it after a displacement.
    pub decides: bool,
    /// POD-20. Work done in memory is kept outside the market, and is not lost with it.
    pub keeps_work: bool,
}

/// How a pod is rented: what a resume may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rented {
    /// On demand or spot.
    pub kind: Kind,
    /// The distinct demand.
    pub shape: ShapeId,
    /// GPUs.
    pub gpus: u32,
    /// What it takes from its host.
    pub bundle: Bundle,
    /// CPU slots.
    pub slots: u16,
}

/// A pod.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Its name.
    pub name: PodName,
    /// Who pays.
    pub account: AccountId,
    /// The customer's segment, if random.
    pub segment: Option<SegmentId>,
    /// How it is rented now.
    pub kind: Kind,
    /// Its state; changed by [`PodState::after`] alone.
    pub state: PodState,
    /// Moves with every change that makes a timer of before meaningless.
    pub epoch: u32,
    /// The distinct demand of its request.
    pub shape: ShapeId,
    /// GPUs that it asks for or holds.
    pub gpus: u32,
    /// What it takes from its host while it holds GPUs, its volume left out.
    pub bundle: Bundle,
    /// CPU slots that it takes beside (POD-14).
    pub slots: u16,
    /// Its container disk.
    pub container_disk: Gb,
    /// Its volume.
    pub volume: Gb,
    /// The host that it is tied to from its first placement on (POD-09), or from that of a move (POD-16); with a
    /// network volume while it holds GPUs there alone (NVOL-07).
    pub tied: Option<HostId>,
    /// The compute price per GPU-hour fixed when its GPUs were given or promised (GPU-03).
    pub price: Money,
    /// Its image.
    pub image: Image,
    /// Whether its image, if it is its own, is on its host.
    pub image_here: bool,
    /// What its command does.
    pub command: Command,
    /// Work to do in all, of the GPU type that it is on once it has been placed (POD-25).
    pub work: Option<GpuTime>,
    /// How long after container up it is done, where it was asked for without a GPU to work on.
    pub stay: Option<Span>,
    /// Work done that its memory holds.
    pub done: GpuTime,
    /// Since when its container is up, if it is.
    pub up_since: Option<SimTime>,
    /// Since when it works, if it does now.
    pub works_since: Option<SimTime>,
    /// How it works beside checkpoints and restarts, if it has any; then `done` stands as of when its work
    /// was last looked at.
    pub checkpoints: Option<Box<Checkpoints>>,
    /// What becomes of it when its work is done.
    pub on_done: OnDone,
    /// What its owner wants of it.
    pub watch: Watch,
    /// The present rental; none while Stopped.
    pub rental: Option<Rental>,
    /// What a resume that comes to nothing leaves as it was (GEN-14).
    pub before_resume: Option<Box<Rented>>,
    /// Rentals so far.
    pub rentals: u32,
    /// BILL-04. What the container disk came to, where the rental's meters closed at SIGTERM.
    pub closed_early: Option<Box<Money>>,
    /// Its compute meter once it closed at SIGTERM, until the rental ends.
    pub closed_compute: Option<Box<ClosedCompute>>,
    /// What its volume came to owe in all, once the meter is closed.
    pub volume_total: Money,
    /// What it is counted with in its account.
    pub counted: Counted,
    /// Its place in its account's list of pods.
    pub place_in_account: usize,
    /// HOST-04. What waits for the network.
    pub recorded: Option<Recorded>,
    /// NVOL-05. Whether it has a network volume; which, say the world's.
    pub network_volume: bool,
}

impl Pod {
    /// Its bid per GPU, if spot.
    pub fn bid(&self) -> Option<Money> {
        match self.kind {
            Kind::Spot { bid } => Some(bid),
            Kind::OnDemand | Kind::Serverless => None,
        }
    }
    /// Whether its present request, if it has one, is a resume: it has held GPUs before.
    pub fn is_resume(&self) -> bool {
        1 < self.rentals
    }
    /// POD-12. The host whose GPUs it waits for: none if it waits for any of its demand, as a new request
    /// does, and the resume of a pod that nothing ties (NVOL-07).
    pub fn waits_for(&self) -> Option<HostId> {
        self.tied.filter(|_| matches!(self.state, PodState::Resuming { .. }))
    }
    /// The host at which its states count it: that which it is tied to, or, with a network volume, that at
    /// which it was last or is to be next.
    pub fn home(&self) -> Option<HostId> {
        if !self.network_volume || self.tied.is_some() {
            return self.tied;
        }
        match self.state {
            PodState::Reserved { host }
            | PodState::Resuming { host }
            | PodState::Stopped { host } => Some(host).filter(|_| self.is_resume()),
            PodState::Waiting
            | PodState::Initializing { .. }
            | PodState::Running { .. }
            | PodState::Grace { .. }
            | PodState::Down { .. }
            | PodState::Terminated
            | PodState::Refused => None,
        }
    }
    /// The present rental.
    pub fn rental(&self) -> &Rental {
        self.rental.as_ref().expect("a rental is under way")
    }
    /// The present rental, to change.
    pub fn rental_mut(&mut self) -> &mut Rental {
        self.rental.as_mut().expect("a rental is under way")
    }
    /// POD-20. Work that would be lost if its memory were lost now.
    pub fn unsaved(&self, now: SimTime) -> GpuTime {
        if self.work.is_none() || self.watch.keeps_work {
            return GpuTime::ZERO;
        }
        match (&self.checkpoints, self.works_since) {
            (Some(checkpoints), Some(_)) => checkpoints.unsaved(now),
            (Some(checkpoints), None) => self.done - checkpoints.saved(),
            (None, Some(since)) => self.done + GpuTime::new(self.gpus, now - since),
            (None, None) => self.done,
        }
    }
    /// POD-20. Work on its volume: what is left of a resume's work is the rest.
    pub fn saved(&self, now: SimTime) -> GpuTime {
        match (&self.checkpoints, self.works_since) {
            (Some(checkpoints), Some(_)) => checkpoints.done(now) - checkpoints.unsaved(now),
            (Some(checkpoints), None) => checkpoints.saved(),
            (None, _) => GpuTime::ZERO,
        }
    }
    /// POD-20. Work done by now.
    pub fn done_by(&self, now: SimTime) -> GpuTime {
        match (&self.checkpoints, self.works_since) {
            (Some(checkpoints), Some(_)) => checkpoints.done(now),
            (None, Some(since)) => self.done + GpuTime::new(self.gpus, now - since),
            (_, None) => self.done,
        }
    }
    /// How long its work takes yet, if it has any, nothing interrupts it, and it works from now on.
    pub fn time_left(&self, now: SimTime) -> Option<Span> {
        let work = self.work?;
        Some(match &self.checkpoints {
            None => work.saturating_sub(self.done).time_on(self.gpus),
            Some(checkpoints) => checkpoints.end().saturating_since(now),
        })
    }
    /// The shape in whose queue it stands if it waits: that of its demand, unless it is set aside.
    pub fn queue(&self) -> ShapeId {
        let set_aside = self.rental.as_ref().and_then(|rental| rental.set_aside);
        set_aside.map_or(self.shape, |aside| aside.shape)
    }
    /// GEN-11. Where its request is tried among those of its class; none while Stopped.
    pub fn rank(&self) -> Option<Rank> {
        let rental = self.rental.as_ref()?;
        Some((Reverse(self.bid().unwrap_or_default()), rental.sequence))
    }
    /// POD-16. Whether it asks for another host than its own.
    pub fn goes_elsewhere(&self) -> bool {
        self.rental.as_ref().is_some_and(|rental| rental.errand == Errand::Elsewhere)
    }
    /// POD-03. What it needs of a host to be placed: its volume too, unless that lies there already.
    pub fn need(&self) -> Bundle {
        let lies_there = self.tied.is_some() && !self.goes_elsewhere();
        let volume = if lies_there { Gb::ZERO } else { self.volume };
        self.bundle + Bundle::of_disk(volume)
    }
}
