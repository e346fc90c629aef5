//! A stopped pod goes to another host, and its volume is copied there (POD-16).
//!
//! It is placed like a new request, by all steps of POD-05, and on any host but its own: at once, which
//! may be a promise, or not at all. From its placement it is tied to the new host and billed there like
//! any pod; its volume is copied while it is Initializing, once the image is there. Until the copy is
//! whole both hosts' disks are taken, and whatever stops the pod leaves it Stopped on the old host.
//!
//! - The copy needs both hosts to be available, and pauses while either is not. What has been copied lies
//!   on a disk, so a loss of power of either host costs none of it: the new host's pod is Down and copies
//!   the rest when it has started again.
//! - SIGTERM ends the copy: it is part of Initializing, and the victim is no longer that.
//! - Without a volume there is nothing to copy: the pod has moved with its placement.
//! - What a pod with a network volume keeps lies on no host: stopped, nothing ties it to one (NVOL-07), so every
//!   host of its data center is another one, that which it was on last, too, and nothing is copied.
//! - The volume's units until the placement, and those after a return, are the old host's to earn.

use crate::agenda::{Class, Event};
use crate::ids::{GpuTypeId, HostId, Id, PodId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Item, PodAt};
use crate::market::charge::{hold, post};
use crate::market::{leave, start, stop};
use crate::scenario::model::Image;
use crate::scenario::rules::WorkSpeed;
use crate::turn::Turn;
use crate::units::{Bundle, Gb, GpuTime, Span};
use crate::world::moves::{Move, WorkBefore};
use crate::world::pod::{Errand, PodChange, PodState, Recorded, Stage};

/// The pod is handed its GPUs on `host`, which is not the one it is tied to, if it is to any: from now on it is.
pub fn begin(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let row = &mut turn.world.pods[pod];
    let Some(from) = row.tied else {
        row.tied = Some(host);
        row.rental_mut().errand = Errand::None;
        return;
    };
    turn.state(Fact::PodMoves(PodAt { pod, host: from }));
    post::collect(turn, pod, Item::Volume);
    turn.world.fleet.hosts[from].dormant.remove(&pod);
    let left = copy_time(turn, turn.world.pods[pod].volume, (from, host));
    let types = (turn.world.fleet.gpu_type(from), turn.world.fleet.gpu_type(host));
    let work_before = rescale_work(turn, pod, types);
    let row = &mut turn.world.pods[pod];
    let copies = Gb::ZERO < row.volume;
    let image_there = std::mem::replace(&mut row.image_here, row.image == Image::EVERYWHERE);
    row.tied = Some(host);
    row.rental_mut().errand = if copies { Errand::Copies } else { Errand::None };
    if copies {
        turn.world.moves.begin(pod, Move { from, left, image_there, work_before });
    }
    hold::go_by_host(turn, pod, host);
}

/// NVOL-09. How long a volume takes from one host to another: by the slower of the source's upload and the
/// target's download, or inside one data center by its local speed.
fn copy_time(turn: &Turn<'_, '_>, volume: Gb, (from, to): (HostId, HostId)) -> Span {
    let hosts = &turn.world.fleet.hosts;
    let center = |host: HostId| turn.scenario.pools[hosts[host].pool.index()].datacenter;
    let speed = match center(from).filter(|datacenter| center(to) == Some(*datacenter)) {
        Some(datacenter) => turn.scenario.datacenters[datacenter.index()].speed,
        None => turn.world.fleet.spec(turn.scenario, from).upload.min(hosts[to].download),
    };
    volume.transfer_time(speed)
}

/// POD-25. Work that was counted in GPU-time of one type is from now on that of another: what is left of it is
/// rounded up once. Gives how it stood, if that makes a difference.
fn rescale_work(
    turn: &mut Turn<'_, '_>,
    pod: PodId,
    (before, now): (GpuTypeId, GpuTypeId),
) -> Option<WorkBefore> {
    if turn.rules().work_speed == WorkSpeed::Equal || before == now {
        return None;
    }
    let speed = |gpu_type: GpuTypeId| turn.scenario.gpu_types[gpu_type.index()].relative_speed;
    let (before, now) = (speed(before)?, speed(now)?);
    let row = &mut turn.world.pods[pod];
    let work = row.work?;
    let stood = WorkBefore { work: row.work, done: row.done, checkpoints: row.checkpoints.clone() };
    let whole = now.needs(work, before);
    let done = |done: GpuTime| {
        let left = now.needs(work.saturating_sub(done), before);
        whole.saturating_sub(left)
    };
    row.work = Some(whole);
    row.done = done(row.done);
    if let Some(checkpoints) = &mut row.checkpoints {
        checkpoints.rescale(done);
    }
    Some(stood)
}

/// NVOL-07, POD-25. A pod leaves its host, and nothing ties it to one any more: its work counts in GPU-time of
/// the type that it was on.
pub fn note_type(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    if turn.rules().work_speed == WorkSpeed::Relative && turn.world.pods[pod].work.is_some() {
        let gpu_type = turn.world.fleet.gpu_type(host);
        turn.world.moves.note_type(pod, gpu_type);
    }
}

/// The same pod is handed GPUs again, maybe of another type.
pub fn count_anew(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    if let Some(before) = turn.world.moves.take_type(pod) {
        rescale_work(turn, pod, (before, turn.world.fleet.gpu_type(host)));
    }
}

/// The image is on the new host: the volume is copied, or waits for either host.
pub fn copy(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let Some(row) = turn.world.moves.get(pod) else { return };
    let (from, left) = (row.from, row.left);
    let hosts = &turn.world.fleet.hosts;
    if !hosts[from].available() || !hosts[host].available() {
        turn.change(pod, PodChange::Stage(Stage::CopyPaused));
        return;
    }
    let until = turn.now.saturating_add(left);
    turn.change(pod, PodChange::Stage(Stage::Copying { until }));
    let epoch = turn.world.pods[pod].epoch;
    turn.schedule(until, Class::DataCopied, Event::DataCopied { pod, epoch });
}

/// Either host goes away: what is left of the copy waits.
pub fn pause(turn: &mut Turn<'_, '_>, pod: PodId) {
    if let PodState::Initializing { stage: Stage::Copying { until }, .. } =
        turn.world.pods[pod].state
    {
        turn.world.moves.set_left(pod, until - turn.now);
        turn.change(pod, PodChange::Stage(Stage::CopyPaused));
    }
}

/// A host is back: the copy goes on, if the other is there, too.
pub fn go_on(turn: &mut Turn<'_, '_>, pod: PodId) {
    if let PodState::Initializing { host, stage: Stage::CopyPaused } = turn.world.pods[pod].state {
        copy(turn, pod, host);
    }
}

/// The same of all volumes that are copied from `host`: they wait, or go on.
pub fn source_changed(turn: &mut Turn<'_, '_>, host: HostId) {
    let pods: Vec<PodId> = turn.world.moves.from(host).collect();
    let available = turn.world.fleet.hosts[host].available();
    for pod in pods {
        if available { go_on(turn, pod) } else { pause(turn, pod) }
    }
}

/// Class 6: the volume is whole on the new host, and the old one's disk is free.
pub fn data_copied(turn: &mut Turn<'_, '_>, pod: PodId, epoch: u32) {
    if !turn.holds(pod, epoch) {
        return;
    }
    turn.world.pods[pod].rental_mut().errand = Errand::None;
    turn.state(Fact::DataCopied(pod));
    leave_source(turn, pod);
    start::start_container(turn, pod);
}

/// The old host's copy of the volume is removed, if there is one; with it the way back.
pub fn leave_source(turn: &mut Turn<'_, '_>, pod: PodId) {
    let Some(Move { from, .. }) = turn.world.moves.end(pod) else { return };
    turn.world.fleet.hosts[from].free += Bundle::of_disk(turn.world.pods[pod].volume);
    turn.settle_host(from);
    turn.freed(from);
}

/// The pod stops before its copy is whole: it is tied to its old host again. Gives that.
pub fn turn_back(turn: &mut Turn<'_, '_>, pod: PodId) -> HostId {
    post::collect(turn, pod, Item::Volume);
    let row = turn.world.moves.end(pod).expect("a copy is under way");
    let Move { from, image_there, work_before, .. } = row;
    let pod_row = &mut turn.world.pods[pod];
    pod_row.tied = Some(from);
    pod_row.image_here = image_there;
    pod_row.rental_mut().errand = Errand::None;
    if let Some(WorkBefore { work, done, checkpoints }) = work_before {
        (pod_row.work, pod_row.done, pod_row.checkpoints) = (work, done, checkpoints);
    }
    turn.world.fleet.hosts[from].dormant.insert(pod);
    hold::go_by_host(turn, pod, from);
    turn.state(Fact::MoveUndone(PodAt { pod, host: from }));
    from
}

/// HOST-06. Before a host departs with all that is on it: who moves there is Stopped on its old host, and
/// whose volume is still being copied from it is lost with that. A stop or an end that was recorded while the
/// new host was cut off happens first (HOST-04).
pub fn host_departs(turn: &mut Turn<'_, '_>, host: HostId) {
    let leaving: Vec<PodId> = turn.world.moves.from(host).collect();
    for pod in leaving {
        stop::terminate_now(turn, pod, EndReason::HostDown);
    }
    let here = |pod: &PodId| turn.world.moves.get(*pod).is_some();
    let mut coming = turn.world.fleet.hosts[host].guests_in_order();
    coming.retain(here);
    for pod in coming {
        let recorded = turn.world.pods[pod].recorded;
        if let Some(what @ (Recorded::Stop(_) | Recorded::Terminate(_))) = recorded {
            stop::carry_out(turn, pod, what);
        }
        if turn.world.moves.get(pod).is_some() {
            leave::leave(turn, pod, PodChange::Stop, EndReason::HostDown);
        }
    }
}
