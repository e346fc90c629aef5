//! Hosts, accounts and pods as the oracle keeps them.

use super::meter::Meter;
use super::room::Amount;
use walras::journal::fact::{EndReason, Item};

/// Where the script's own requests stand among those of one instant: by its order, from here on.
pub(crate) const SCRIPTED: usize = 1 << 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Reserved,
    Initializing,
    Running,
    Grace,
    Stopped,
    Resuming,
    Down,
    Terminated,
    Refused,
}

/// HOST-04. What is recorded while a host is cut off, in the order in which a later one replaces an
/// earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    Reset,
    Stop { for_funds: bool },
    Terminate { for_funds: bool },
    Done,
}

pub(crate) struct Host {
    pub(crate) kind: usize,
    pub(crate) all: Amount,
    /// In bit/s.
    pub(crate) download: u64,
    pub(crate) powered: bool,
    pub(crate) online: bool,
    pub(crate) price: i128,
    pub(crate) floor: i128,
}
impl Host {
    /// As the script has it, up.
    pub(crate) fn of(host: &super::script::Host) -> Self {
        let super::script::Host { gpus, vcpus, disk, slots, .. } = *host;
        Self {
            kind: host.kind,
            all: Amount { gpus, vcpus, disk, slots },
            download: u64::from(host.download) * 1_000_000_000,
            powered: true,
            online: true,
            price: host.price,
            floor: host.floor,
        }
    }
    pub(crate) fn available(&self) -> bool {
        self.powered && self.online
    }
    pub(crate) fn cut_off(&self) -> bool {
        self.powered && !self.online
    }
}

#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) ledger: i128,
    pub(crate) auto_pay: Option<(i128, i128)>,
    pub(crate) last_try: Option<u64>,
    /// ACCT-07. Deposits and automatic payments.
    pub(crate) paid: i128,
    /// Drained, and until when its pods are held.
    pub(crate) drained: Option<u64>,
    /// ACCT-08. Its balance has been at or above its low-balance threshold since the last notice.
    pub(crate) armed: bool,
    /// R10 rose in this instant through a host's return or a price.
    pub(crate) rose: bool,
    /// Units of its meters began (completed: ended) in this instant.
    pub(crate) units: bool,
    /// BILL-06. When something was last accepted that takes money at once, and how much in that instant.
    pub(crate) accepted: Option<(u64, i128)>,
}

/// A network volume.
pub(crate) struct Volume {
    pub(crate) account: usize,
    pub(crate) size: u32,
    /// Among those that were created.
    pub(crate) order: usize,
    pub(crate) meter: Meter,
    pub(crate) gone: bool,
}

/// What will be due, and how many were scheduled before it: the order among equals (GEN-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timer {
    pub(crate) at: u64,
    pub(crate) sequence: usize,
}

/// SPOT-07. A part of a promise: what is there, or comes when a victim is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) what: Amount,
    pub(crate) victim: Option<usize>,
}

/// TMPL-04, HOST-04. The pull of an image: done then, or paused with so much left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pull {
    Until(Timer),
    Paused(u64),
}

pub(crate) struct Pod {
    pub(crate) name: String,
    pub(crate) account: usize,
    /// The GPU types that its first request names, preferred first.
    pub(crate) kinds: Vec<usize>,
    /// The host that it is tied to, or that it was promised or named.
    pub(crate) host: usize,
    /// POD-09. From its first placement on.
    pub(crate) tied: bool,
    /// POD-16. It asks for another host, or is promised one.
    pub(crate) goes: bool,
    /// It was asked for by a move, not by a resume.
    pub(crate) asked_to_move: bool,
    /// Where it was, once it has another host, until its volume is whole there.
    pub(crate) home: Option<usize>,
    /// The copy of its volume, from its placement on.
    pub(crate) copy: Option<Pull>,
    /// Whether its image is complete where it was.
    pub(crate) image_there: bool,
    /// The host that earns what is posted in this step, if it is not the pod's any more.
    pub(crate) posts_at: Option<usize>,
    /// When it was created: the instant, and its place there: on demand before spot (GEN-11), then
    /// the order of the script.
    pub(crate) id: (u64, usize),
    pub(crate) state: State,
    pub(crate) gpus: u32,
    /// vCPUs that it takes without a GPU (POD-14).
    pub(crate) cpus: u32,
    /// It does without them, to reach its data (POD-12).
    pub(crate) bare: bool,
    /// What it held in its last rental; a resume that comes to nothing changes nothing.
    pub(crate) gpus_before: u32,
    pub(crate) disk_gb: u32,
    pub(crate) volume_gb: u32,
    /// The least that it asks for.
    pub(crate) vcpus: u32,
    pub(crate) bid: Option<i128>,
    /// Compute, per GPU and hour.
    pub(crate) price: i128,
    pub(crate) compute: Option<Meter>,
    pub(crate) disk: Option<Meter>,
    pub(crate) volume: Option<Meter>,
    pub(crate) recorded: Option<Recorded>,
    pub(crate) exits: bool,
    pub(crate) work: Option<u64>,
    /// What is left of it: all, until it is done; without checkpoints all again when memory is lost.
    pub(crate) work_left: Option<u64>,
    pub(crate) stops_when_done: bool,
    pub(crate) image_gb: u32,
    /// TMPL-04. Whether its image is complete on its host.
    pub(crate) image_here: bool,
    pub(crate) pull: Option<Pull>,
    pub(crate) container_up: Option<Timer>,
    pub(crate) work_done: Option<Timer>,
    /// Until when it would wait; none: not at all.
    pub(crate) patience: Option<u64>,
    /// Where the end of its patience stands among what was scheduled: since it last began to wait.
    pub(crate) patience_place: usize,
    /// SPOT-09. It has been displaced, and asks again in this instant.
    pub(crate) asks_by_itself: bool,
    /// POD-06. Something came free for it, or cheaper, or its account got money, since it was tried.
    pub(crate) has_news: bool,
    /// PLAN-04. Plans, and how many of its GPUs each covers.
    pub(crate) places: Vec<(usize, u32)>,
    /// What it was promised, while it is Reserved.
    pub(crate) promise: Vec<Part>,
    /// When that was said, and when the last of its victims was gone.
    pub(crate) promised: Option<Timer>,
    pub(crate) ready: Option<Timer>,
    /// Why it was displaced first, and when it got SIGTERM.
    pub(crate) cause: Option<(EndReason, u64)>,
    pub(crate) grace_over: Option<Timer>,
    pub(crate) rental: u32,
    pub(crate) requested: (u64, usize),
    pub(crate) placed: Option<u64>,
    pub(crate) running: Option<u64>,
    /// What its volume owed when this rental was placed.
    pub(crate) volume_owed: i128,
    /// Its network volume.
    pub(crate) network: Option<usize>,
}

impl Pod {
    /// POD-20. The container's memory is lost, and with it the work done in it.
    pub(crate) fn lose_memory(&mut self) {
        // The result of work that is done is kept.
        if self.work_left != Some(0) {
            self.work_left = self.work;
        }
        self.work_done = None;
        self.container_up = None;
        self.pull = None;
    }
    /// When the pull of its image is done, if nothing happens.
    pub(crate) fn pulled(&self) -> Option<Timer> {
        match self.pull {
            Some(Pull::Until(timer)) => Some(timer),
            Some(Pull::Paused(_)) | None => None,
        }
    }
    /// When its volume is copied, if nothing happens.
    pub(crate) fn copied(&self) -> Option<Timer> {
        match self.copy {
            Some(Pull::Until(timer)) => Some(timer),
            Some(Pull::Paused(_)) | None => None,
        }
    }
    /// Initializing or Running.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.state, State::Initializing | State::Running)
    }
    /// Running, of cost: Initializing, Running or in Grace.
    pub(crate) fn costs(&self) -> bool {
        self.runs() || self.state == State::Grace
    }
    /// NVOL-07. Whether it is Stopped, or asks again, and nothing ties it to a host.
    pub(crate) fn is_nowhere(&self) -> bool {
        self.network.is_some() && matches!(self.state, State::Stopped | State::Resuming)
    }
    /// POD-14. CPU slots that it takes.
    pub(crate) fn slots(&self) -> u32 {
        if self.gpus == 0 && !self.bare { self.cpus } else { 0 }
    }
    /// Waiting or Resuming.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.state, State::Waiting | State::Resuming)
    }
    /// Whether its GPUs are its own: nobody else's, free or not.
    pub(crate) fn holds(&self) -> bool {
        self.costs() || self.state == State::Down
    }
    /// Whether it was stopped before it asked again.
    pub(crate) fn resumed(&self) -> bool {
        self.rental > 1
    }
    pub(crate) fn ended(&self) -> bool {
        matches!(self.state, State::Terminated | State::Refused)
    }
    pub(crate) fn meters(&self) -> impl Iterator<Item = &Meter> {
        [&self.compute, &self.disk, &self.volume].into_iter().flatten()
    }
    pub(crate) fn meters_mut(&mut self) -> impl Iterator<Item = &mut Meter> {
        [&mut self.compute, &mut self.disk, &mut self.volume].into_iter().flatten()
    }
    pub(crate) fn meter_mut(&mut self, item: Item) -> &mut Option<Meter> {
        match item {
            Item::Compute => &mut self.compute,
            Item::ContainerDisk => &mut self.disk,
            _ => &mut self.volume,
        }
    }
}
