//! What owners do so that less work is lost with memory: checkpoints on the volume (POD-20, STOR-07).

use crate::scenario::own::OwnPolicy;
use crate::units::Span;

/// How much work an owner lets pass between two checkpoints; each member is a file of the policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckpointChoice {
    /// None is written, but on SIGTERM if that is asked for.
    #[default]
    Never,
    /// After so much work.
    Interval(Span),
    /// After Young's first-order optimum.
    Young,
    /// After Daly's higher-order optimum.
    Daly,
    /// A policy of the program's own.
    Own(OwnPolicy),
}

impl CheckpointChoice {
    /// The names of the built-in members.
    pub const NAMES: [&'static str; 4] = ["never", "interval", "young", "daly"];
    /// Every built-in member, the fixed interval with an hour.
    pub const ALL: [Self; 4] = [Self::Never, Self::Interval(Span::HOUR), Self::Young, Self::Daly];

    /// Whether it is computed from how long a checkpoint takes and how rarely pods are preempted.
    pub const fn is_computed(self) -> bool {
        matches!(self, Self::Young | Self::Daly)
    }
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(policy) } else { None }
    }
}

/// How often a checkpoint is written in the course of work that is saved so often: not after the last of it.
pub const fn checkpoints_in(work: Span, interval: Span) -> u64 {
    work.micros().div_ceil(interval.micros()).saturating_sub(1)
}

/// How an owner's pods write checkpoints, and what starting again takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpointing {
    /// When checkpoints are written.
    pub policy: CheckpointChoice,
    /// How long one takes; no work proceeds meanwhile.
    pub cost: Span,
    /// What passes before work goes on each time that the container is up again.
    pub restart: Span,
    /// Whether one is begun at SIGTERM, if it is whole by SIGKILL.
    pub on_sigterm: bool,
    /// The mean time between two preemptions that the owner counts on; [`Span::FOREVER`] where none is
    /// stated.
    pub mean_time_to_preemption: Span,
}
