//! Pods on the way from one host to another (POD-16).
//!
//! From its placement a pod that moves is tied to its new host; until its volume is whole there, the old
//! host keeps it, too. Few pods move at once, so what is known of them stands apart from their rows.

use crate::ids::{GpuTypeId, HostId, PodId};
use crate::units::{GpuTime, Span};
use crate::world::pod::checkpoints::Checkpoints;
use std::collections::{BTreeMap, BTreeSet};

/// Work as it stood on the old host, where it counts otherwise on the new one (POD-25).
#[derive(Clone, Debug)]
pub struct WorkBefore {
    /// Work to do in all.
    pub work: Option<GpuTime>,
    /// Work done.
    pub done: GpuTime,
    /// How it works beside checkpoints and restarts.
    pub checkpoints: Option<Box<Checkpoints>>,
}

/// A move whose copy is not whole yet.
#[derive(Clone, Debug)]
pub struct Move {
    /// The old host, to which the pod is tied again if nothing comes of it.
    pub from: HostId,
    /// How long the rest of the copy takes, as of when it last began or paused.
    pub left: Span,
    /// Whether its image is on the old host.
    pub image_there: bool,
    /// Its work, if the new host's GPUs work at another speed.
    pub work_before: Option<WorkBefore>,
}

/// All moves under way.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    rows: BTreeMap<PodId, Move>,
    from: BTreeSet<(HostId, PodId)>,
    /// NVOL-07, POD-25. Of stopped pods that nothing ties to a host: in GPU-time of which type their work counts.
    types: BTreeMap<PodId, GpuTypeId>,
}

impl Moves {
    /// A copy is to be made.
    pub fn begin(&mut self, pod: PodId, row: Move) {
        self.from.insert((row.from, pod));
        self.rows.insert(pod, row);
    }
    /// The move of `pod`, if its copy is not whole.
    pub fn get(&self, pod: PodId) -> Option<&Move> {
        self.rows.get(&pod)
    }
    /// So much of the copy is left.
    pub fn set_left(&mut self, pod: PodId, left: Span) {
        if let Some(row) = self.rows.get_mut(&pod) {
            row.left = left;
        }
    }
    /// The move is over, one way or the other.
    pub fn end(&mut self, pod: PodId) -> Option<Move> {
        let row = self.rows.remove(&pod)?;
        self.from.remove(&(row.from, pod));
        Some(row)
    }
    /// The pods whose volume is being copied from `host`, the lowest id first.
    pub fn from(&self, host: HostId) -> impl Iterator<Item = PodId> + '_ {
        let first = (host, PodId { number: 0, slot: 0 });
        let of_host = self.from.range(first..).take_while(move |(from, _)| *from == host);
        of_host.map(|(_, pod)| *pod)
    }
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (PodId, &Move)> {
        self.rows.iter().map(|(pod, row)| (*pod, row))
    }
    /// Whether no pod moves.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// POD-25. Nothing ties the pod any more; its work counts in GPU-time of this type.
    pub fn note_type(&mut self, pod: PodId, gpu_type: GpuTypeId) {
        self.types.insert(pod, gpu_type);
    }
    /// It has a host again, or is gone.
    pub fn take_type(&mut self, pod: PodId) -> Option<GpuTypeId> {
        self.types.remove(&pod)
    }
    /// The pods whose type is noted.
    pub fn typed(&self) -> impl Iterator<Item = PodId> + '_ {
        self.types.keys().copied()
    }
}
