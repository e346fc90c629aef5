//! The states of a pod, and the one function that knows every change of them (POD-21).

use crate::ids::HostId;
use crate::units::{SimTime, Span};

/// How far an Initializing pod has come (POD-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its image is being pulled, until then.
    Pulling {
        /// When it is there.
        until: SimTime,
    },
    /// The pull waits for the network (HOST-04).
    PullPaused {
        /// What is left of it.
        left: Span,
    },
    /// Its host pulls what it lacks of its image: when that is there stands with the host's pulls.
    Fetching,
    /// The container starts.
    Starting,
    /// Its volume is being copied from its old host (POD-16).
    Copying {
        /// When it is whole.
        until: SimTime,
    },
    /// The copy waits for either host.
    CopyPaused,
}

/// The states of POD-21. A state carries exactly what has meaning in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodState {
    /// W: a new request waits.
    Waiting,
    /// V: GPUs are promised, victims are in grace.
    Reserved {
        /// Where.
        host: HostId,
    },
    /// I: it holds GPUs, its container is not up.
    Initializing {
        /// Where.
        host: HostId,
        /// How far it is.
        stage: Stage,
    },
    /// R: it runs.
    Running {
        /// Where.
        host: HostId,
    },
    /// G: it got SIGTERM.
    Grace {
        /// Where.
        host: HostId,
    },
    /// S: stopped, its volume on its host.
    Stopped {
        /// Where.
        host: HostId,
    },
    /// Q: stopped, waiting for GPUs of its host.
    Resuming {
        /// Where.
        host: HostId,
    },
    /// D: its host has no power.
    Down {
        /// Where.
        host: HostId,
    },
    /// T: gone for good.
    Terminated,
    /// X: a request that never held GPUs, refused or abandoned.
    Refused,
}

/// The changes of POD-21's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodChange {
    /// Placed on free GPUs.
    Place {
        /// Where.
        host: HostId,
    },
    /// GPUs are promised.
    Promise {
        /// Where.
        host: HostId,
    },
    /// Promised GPUs are handed over.
    HandOver,
    /// The image pull, or the copy of its volume, begins, pauses, goes on, or is over.
    Stage(Stage),
    /// The container is up.
    ContainerUp,
    /// The work is done; `stop` if the owner wants it stopped.
    Complete {
        /// Stopped instead of terminated.
        stop: bool,
    },
    /// StopPod, or a stop for funds.
    Stop,
    /// Whatever stops it before a move's copy is whole (POD-16).
    Return {
        /// Its old host.
        host: HostId,
    },
    /// A resume is asked for.
    Resume,
    /// TerminatePod, or removal after the hold.
    Terminate,
    /// Reset.
    Reset,
    /// SIGTERM.
    Displace,
    /// The promise is void; `waits` while patience is left.
    LosePromise {
        /// Back to the queue.
        waits: bool,
    },
    /// SIGKILL; `resume` where SPOT-09 resumes.
    GraceOver {
        /// Back to the queue of its host.
        resume: bool,
    },
    /// Patience is over, or the resume is refused.
    GiveUp,
    /// The host lost power; `resume` as in [`PodChange::GraceOver`].
    HostDown {
        /// Back to the queue of its host.
        resume: bool,
    },
    /// The host's power is back.
    HostUp,
}

/// A change that POD-21 does not allow: our bug, or a refused action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{change:?} is not allowed in {state:?}")]
pub struct IllegalChange {
    /// The state.
    pub state: PodState,
    /// The change.
    pub change: PodChange,
}

impl PodState {
    /// POD-21. The one place where a pod's state changes. `tied`: the host that the pod was on
    /// before, if it has held GPUs, so that a request that ends is a resume that fails.
    ///
    /// # Errors
    /// A change that the table refuses or that cannot happen.
    #[inline(always)] // each caller keeps of the table what concerns its change
    pub fn after(self, change: PodChange, tied: Option<HostId>) -> Result<Self, IllegalChange> {
        use PodChange as C;
        use PodState::{
            Down, Grace, Initializing, Refused, Reserved, Resuming, Running, Stopped, Terminated,
            Waiting,
        };
        let unplaced = tied.map_or(Refused, |host| Stopped { host });
        let queued = tied.map_or(Waiting, |host| Resuming { host });
        let killed = |host, resume| if resume { Resuming { host } } else { Stopped { host } };
        let starting = |host| Initializing { host, stage: Stage::Starting };
        Ok(match (self, change) {
            // A resume takes its own host; with a network volume any (NVOL-07), and a move another (POD-16).
            (Waiting | Resuming { .. }, C::Place { host }) => starting(host),
            (Waiting | Resuming { .. }, C::Promise { host }) => Reserved { host },
            (Reserved { host }, C::HandOver) => starting(host),
            (Initializing { host, .. }, C::Stage(stage)) => Initializing { host, stage },
            (Initializing { host, .. }, C::ContainerUp) => Running { host },
            (Running { host } | Grace { host }, C::Complete { stop }) => {
                if stop {
                    Stopped { host }
                } else {
                    Terminated
                }
            }
            (
                Initializing { host, .. }
                | Running { host }
                | Grace { host }
                | Resuming { host }
                | Down { host },
                C::Stop,
            ) => Stopped { host },
            (Initializing { .. } | Grace { .. } | Down { .. }, C::Return { host }) => {
                Stopped { host }
            }
            (Reserved { .. }, C::Stop) if tied.is_some() => unplaced,
            (Stopped { host }, C::Resume) => Resuming { host },
            (Terminated | Refused, _) => return Err(IllegalChange { state: self, change }),
            (_, C::Terminate) => Terminated,
            (Initializing { host, stage }, C::Reset) => Initializing { host, stage },
            (Running { host }, C::Reset) => starting(host),
            (Initializing { host, .. } | Running { host }, C::Displace) => Grace { host },
            (Reserved { .. }, C::LosePromise { waits }) => {
                if waits {
                    queued
                } else {
                    unplaced
                }
            }
            (Grace { host }, C::GraceOver { resume } | C::HostDown { resume }) => {
                killed(host, resume)
            }
            (Waiting | Reserved { .. } | Resuming { .. }, C::GiveUp) => unplaced,
            (Initializing { host, .. } | Running { host }, C::HostDown { .. }) => Down { host },
            (Down { host }, C::HostUp) => starting(host),
            (state, change) => return Err(IllegalChange { state, change }),
        })
    }
    /// The host whose GPUs it holds or held when the power went: I, R, G, D.
    pub fn holding(self) -> Option<HostId> {
        match self {
            Self::Initializing { host, .. }
            | Self::Running { host }
            | Self::Grace { host }
            | Self::Down { host } => Some(host),
            Self::Waiting
            | Self::Reserved { .. }
            | Self::Stopped { .. }
            | Self::Resuming { .. }
            | Self::Terminated
            | Self::Refused => None,
        }
    }
    /// The same, or the host on which it is promised GPUs.
    pub fn holding_or_promised(self) -> Option<HostId> {
        if let Self::Reserved { host } = self { Some(host) } else { self.holding() }
    }
    /// Whether it runs, of cost: Initializing, Running or in Grace (market rules, Words).
    pub fn costs_as_running(self) -> bool {
        matches!(self, Self::Initializing { .. } | Self::Running { .. } | Self::Grace { .. })
    }
    /// Whether GPU work makes progress (POD-20).
    pub fn works(self) -> bool {
        matches!(self, Self::Running { .. } | Self::Grace { .. })
    }
    /// Whether it waits in a queue: W or Q.
    pub fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::Resuming { .. })
    }
    /// Whether a spot pod in it may be displaced: I, R, V.
    pub fn displaceable(self) -> bool {
        matches!(self, Self::Initializing { .. } | Self::Running { .. } | Self::Reserved { .. })
    }
}
