//! Slots: places to be woken, each bound to a host; and runs, each one stay awake (SLS-15, SLS-16).

use crate::ids::{HostId, Id, ImageId, PodId};
use crate::journal::fact::{StopReason, WorkerKind};
use crate::units::{SimTime, Span};
use smallvec::SmallVec;

/// SLS-16. The states of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotState {
    /// Asleep; its host pulls its image, or it has no host yet.
    Preparing,
    /// Asleep, its image is there.
    Standby,
    /// Wanted, and no GPU is free.
    Throttled,
    /// GPUs are its own or promised; a grace or a pull goes on.
    Reserved,
    /// It starts.
    Starting,
    /// Ready, without a job.
    Idle,
    /// It has jobs in hand.
    Busy,
    /// It crashed, or was not ready in time.
    Unhealthy,
}

impl SlotState {
    /// SLS-32. Whether it is live.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Throttled | Self::Reserved | Self::Starting | Self::Idle | Self::Busy)
    }
    /// Whether it is asleep.
    pub fn is_asleep(self) -> bool {
        matches!(self, Self::Preparing | Self::Standby)
    }
    /// Whether it is ready.
    pub fn is_ready(self) -> bool {
        matches!(self, Self::Idle | Self::Busy)
    }
    /// SLS-16. Whether a slot may go from this state to another.
    pub fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Preparing | Self::Standby => matches!(
                next,
                Self::Preparing | Self::Standby | Self::Starting | Self::Reserved | Self::Throttled
            ),
            Self::Throttled => {
                matches!(next, Self::Starting | Self::Reserved | Self::Standby | Self::Preparing)
            }
            Self::Reserved => {
                matches!(next, Self::Starting | Self::Standby | Self::Preparing)
            }
            Self::Starting => matches!(
                next,
                Self::Busy | Self::Idle | Self::Unhealthy | Self::Standby | Self::Preparing
            ),
            Self::Idle => matches!(next, Self::Busy | Self::Standby | Self::Preparing),
            Self::Busy => {
                matches!(next, Self::Busy | Self::Idle | Self::Standby | Self::Preparing)
            }
            Self::Unhealthy => matches!(next, Self::Standby | Self::Preparing),
        }
    }
}

/// SLS-16. Why a busy worker takes no more jobs: its marks, in the order in which it got them. It drains as long as
/// it bears any, and the first of them is why it stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks([Option<StopReason>; 3]);

impl Marks {
    /// Whether it drains.
    #[inline]
    pub fn any(&self) -> bool {
        self.first().is_some()
    }
    /// The reason for which it stops.
    #[inline]
    pub fn first(&self) -> Option<StopReason> {
        self.0[0]
    }
    /// Whether it bears the mark of this reason.
    pub fn has(&self, reason: StopReason) -> bool {
        self.0.contains(&Some(reason))
    }
    /// It is marked, unless it is already.
    ///
    /// # Panics
    /// If it bears three others: no more than three reasons mark a worker.
    pub fn add(&mut self, reason: StopReason) {
        if !self.has(reason) {
            let place = self.0.iter().position(Option::is_none);
            self.0[place.expect("outdated, beyond the maximum, out of credit")] = Some(reason);
        }
    }
    /// A mark is revoked.
    pub fn revoke(&mut self, reason: StopReason) {
        let left = self.0.into_iter().filter(|mark| *mark != Some(reason));
        let mut marks = Self::default();
        left.flatten().for_each(|mark| marks.add(mark));
        *self = marks;
    }
}

/// Rows of jobs in hand: few, and beside the rest of their run.
pub type InHand = SmallVec<[u32; 4]>;

/// One stay awake, or what is asked for one.
#[derive(Clone, Debug)]
pub struct Run {
    /// The how-manieth of its endpoint, from 1.
    pub number: u32,
    /// Its rental in the market.
    pub pod: PodId,
    /// SLS-20. What it was when it was asked for.
    pub kind: WorkerKind,
    /// SLS-21. What it is now.
    pub now: WorkerKind,
    /// When it was asked for.
    pub asked: SimTime,
    /// Where it has GPUs, once it has.
    pub host: Option<HostId>,
    /// When it began to start.
    pub woken: Option<SimTime>,
    /// When it was ready.
    pub ready: Option<SimTime>,
    /// When it is to be ready, or found unhealthy.
    pub due: SimTime,
    /// Whether it crashes, or takes too long, when that is due.
    pub fails: bool,
    /// Since when it has had no job, as of the last time that it had none.
    pub idle_since: SimTime,
    /// From when its idle timeout counts.
    pub timeout_from: SimTime,
    /// Rows of the jobs in hand.
    pub jobs: InHand,
    /// Since when it has had a job.
    pub busy_since: SimTime,
    /// How long it had a job, before that.
    pub busy: Span,
    /// Jobs that it took.
    pub requests: u32,
    /// SLS-16. Why it takes no more jobs, if it takes none.
    pub marks: Marks,
    /// SLS-11. The revision of its endpoint that it is of.
    pub revision: u32,
    /// SLS-30. Jobs that it holds at a time: by its own revision, as long as it is awake.
    pub concurrency: u32,
    /// GPUs, the same.
    pub gpus: u32,
    /// How long it may be idle, as of the last time that it became so.
    pub kept: Span,
    /// The look at that which is due: its number in the endpoint, and when.
    pub look: Option<(u32, SimTime)>,
}

/// A slot.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its number, from 1: never given again.
    pub number: u32,
    /// Its state; changed by [`Slot::go`] alone.
    pub state: SlotState,
    /// The host that it is bound to.
    pub host: Option<HostId>,
    /// The image that it uses there.
    pub image: ImageId,
    /// Whether all of it is there.
    pub image_here: bool,
    /// When its last run stopped.
    pub stopped: Option<SimTime>,
    /// SLS-27. Whether that left a snapshot that is not void.
    pub snapshot: bool,
    /// SLS-25. How often in a row it was unhealthy, and how long it waited for that.
    pub unhealthy: (u32, Span),
    /// Its run, if it is live.
    pub run: Option<Run>,
}

impl Slot {
    /// SLS-16. The one place where a slot's state changes.
    ///
    /// # Panics
    /// If the table does not allow it: handlers look first.
    pub fn go(&mut self, next: SlotState) {
        assert!(self.state.leads_to(next), "SLS-16: {:?} does not lead to {next:?}", self.state);
        self.state = next;
    }
    /// Where it goes when its run is over or it is asked for nothing any more.
    pub fn asleep(&self) -> SlotState {
        if self.image_here { SlotState::Standby } else { SlotState::Preparing }
    }
    /// Whether it drains for this reason, if not for it alone.
    pub fn drains_for(&self, reason: StopReason) -> bool {
        self.run.as_ref().is_some_and(|run| run.marks.has(reason))
    }
    /// Its run.
    ///
    /// # Panics
    /// If it has none: handlers look first.
    pub fn run(&self) -> &Run {
        self.run.as_ref().expect("a live slot has a run")
    }
    /// Its run, to change.
    ///
    /// # Panics
    /// As [`Slot::run`].
    pub fn run_mut(&mut self) -> &mut Run {
        self.run.as_mut().expect("a live slot has a run")
    }
    /// SLS-16. Whether it is draining.
    pub fn drains(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.marks.any())
    }
}

/// All slots of an endpoint, by rows that others may take once a slot is gone.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    rows: Vec<Option<Slot>>,
    /// Slots made so far.
    made: u32,
}

impl Slots {
    /// A new slot; gives its row.
    pub fn add(&mut self) -> u32 {
        self.made += 1;
        let slot = Slot {
            number: self.made,
            state: SlotState::Preparing,
            host: None,
            image: ImageId::from_index(0),
            image_here: false,
            stopped: None,
            snapshot: false,
            unhealthy: (0, Span::ZERO),
            run: None,
        };
        let vacant = self.rows.iter().position(Option::is_none);
        let row = vacant.unwrap_or(self.rows.len());
        if row == self.rows.len() {
            self.rows.push(Some(slot));
        } else {
            self.rows[row] = Some(slot);
        }
        u32::try_from(row).expect("few slots")
    }
    /// A slot is gone.
    pub fn remove(&mut self, row: u32) {
        self.rows[row as usize] = None;
    }
    /// The slot in a row, if there is one.
    #[inline]
    pub fn find(&self, row: u32) -> Option<&Slot> {
        self.rows.get(row as usize)?.as_ref()
    }
    /// A slot.
    ///
    /// # Panics
    /// If there is none in that row.
    #[inline]
    pub fn get(&self, row: u32) -> &Slot {
        self.rows[row as usize].as_ref().expect("a slot that is there")
    }
    /// A slot, to change.
    ///
    /// # Panics
    /// As [`Slots::get`].
    #[inline]
    pub fn get_mut(&mut self, row: u32) -> &mut Slot {
        self.rows[row as usize].as_mut().expect("a slot that is there")
    }
    /// All slots.
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.rows.iter().flatten()
    }
    /// All slots with their rows.
    pub fn with_rows(&self) -> impl Iterator<Item = (u32, &Slot)> {
        (0..).zip(&self.rows).filter_map(|(row, slot)| Some((row, slot.as_ref()?)))
    }
    /// Rows of all slots, lowest number first.
    pub fn in_order(&self) -> Vec<u32> {
        let mut rows: Vec<(u32, u32)> =
            self.with_rows().map(|(row, slot)| (slot.number, row)).collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, row)| row).collect()
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}
