//! From placement to container up; reset and restart (POD-07, POD-08, POD-15, HOST-03, HOST-04).
//!
//! Initializing begins at the hand-over: the image is pulled at the host's download speed, then the
//! container starts, then the pod is Running. A command that exits at once, or that the image does not
//! know, never leaves Initializing. The pull needs the network and pauses without it.

use crate::agenda::{Class, Event};
use crate::ids::{GpuTypeId, HostId, Id, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Kind, Step};
use crate::market::{charge, checkpoint, image, leave, moving, plans, worker};
use crate::scenario::model::{Command, Image};
use crate::scenario::rules::{BillingStarts, WorkSpeed};
use crate::turn::{Outcome, Turn};
use crate::units::{Gb, GpuTime, SimTime, Span};
use crate::world::pod::{Errand, PodChange, PodState, Stage};
use crate::world::standing::Bar;

/// The GPUs are handed over: the rental is placed, billing begins (BILL-02), the start begins.
#[inline(always)] // on the way of every pod
pub fn begin(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId, step: Step) {
    if turn.world.pods[pod].kind == Kind::Serverless {
        worker::granted(turn, pod, host);
        return;
    }
    let now = turn.now;
    let owed = charge::ending::volume_owed(turn, pod, false);
    let row = &mut turn.world.pods[pod];
    let first = row.tied.is_none();
    if row.goes_elsewhere() {
        moving::begin(turn, pod, host);
    } else {
        row.tied = Some(host);
    }
    if first && turn.rules().work_speed == WorkSpeed::Relative {
        scale_work(turn, pod, host);
    }
    let row = &mut turn.world.pods[pod];
    if let Some(before) = row.before_resume.take() {
        turn.world.shapes.release(before.shape);
    }
    let rental = row.rental.as_mut().expect("a request is a rental");
    rental.placed_at = Some(now);
    rental.volume_owed_before = owed;
    let (gpus, told, mut price) = (row.gpus, row.watch.told, row.price);
    if turn.world.spot.is_some() {
        price = charge::agree_on_price(turn, pod, host);
    }
    if !first {
        turn.world.fleet.hosts[host].dormant.remove(&pod);
    }
    turn.state(Fact::PodPlaced { pod, host, step, gpus, price });
    if turn.world.plans.is_some() {
        plans::cover_placed(turn, pod, host);
    }
    if told {
        turn.moved(pod);
    }
    if turn.rules().billing_starts == BillingStarts::Placed {
        charge::open_rental(turn, pod);
    }
    charge::set_volume_rate(turn, pod, true);
    turn.recount(pod);
    if let Some(end) = last_instant(turn, pod) {
        let rental = turn.world.pods[pod].rentals;
        turn.schedule(end, Class::LongestRun, Event::LongestRun { pod, rental });
    }
    if let Image::Named(_) = turn.world.pods[pod].image {
        image::hold(turn, pod, host);
    }
    pull(turn, pod, host);
}

/// POD-25. Work is stated in GPU-time of the first type that the request names; from here on it is
/// that of the type it got, until it goes to another (POD-16, NVOL-07).
fn scale_work(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let row = &turn.world.pods[pod];
    if row.is_resume() {
        moving::count_anew(turn, pod, host);
        return;
    }
    let Some(work) = row.work else { return };
    let (scenario, world) = (turn.scenario, &turn.world);
    let types = world.shapes.get(row.shape).demand.types;
    let speed = |gpu_type: GpuTypeId| scenario.gpu_types[gpu_type.index()].relative_speed;
    let asked = speed(scenario.type_lists[types as usize][0]);
    let given = speed(scenario.scopes[world.fleet.hosts[host].scope.index()].gpu_type);
    if let (Some(asked), Some(given)) = (asked, given) {
        turn.world.pods[pod].work = Some(given.needs(work, asked));
    }
}

/// POD-24. When a spot pod that holds GPUs has held them for `longest_run`.
fn last_instant(turn: &Turn<'_, '_>, pod: PodId) -> Option<SimTime> {
    let longest = turn.rules().longest_run?;
    let row = &turn.world.pods[pod];
    let placed_at = row.rental.as_ref()?.placed_at?;
    (row.bid().is_some() && 0 < row.gpus).then(|| placed_at.saturating_add(longest))
}

/// The image is pulled, unless it is there; what comes next follows.
#[inline(always)] // on the way of every pod
fn pull(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let row = &mut turn.world.pods[pod];
    row.up_since = None;
    let own = match row.image {
        _ if row.image_here => Gb::ZERO,
        Image::Own(size) => size,
        Image::Named(image) => {
            image::fetch(turn, (pod, image), host);
            return;
        }
    };
    if own == Gb::ZERO {
        after_pull(turn, pod);
        return;
    }
    let left = own.transfer_time(turn.world.fleet.hosts[host].download);
    go_on_pulling(turn, pod, host, left);
}

/// The pull goes on, or waits for the network.
fn go_on_pulling(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId, left: Span) {
    if turn.world.fleet.hosts[host].standing.is_under(Bar::Network) {
        turn.change(pod, PodChange::Stage(Stage::PullPaused { left }));
        return;
    }
    let until = turn.now.saturating_add(left);
    turn.change(pod, PodChange::Stage(Stage::Pulling { until }));
    let epoch = turn.world.pods[pod].epoch;
    turn.schedule(until, Class::ImagePulled, Event::ImagePulled { pod, epoch });
}

/// HOST-04. Its host is cut off: what is left of the pull, or of a copy, waits.
pub fn pause_pull(turn: &mut Turn<'_, '_>, pod: PodId) {
    if let PodState::Initializing { stage: Stage::Pulling { until }, .. } =
        turn.world.pods[pod].state
    {
        let left = until - turn.now;
        turn.change(pod, PodChange::Stage(Stage::PullPaused { left }));
    }
    moving::pause(turn, pod);
}
/// HOST-04. Its host is connected again.
pub fn resume_pull(turn: &mut Turn<'_, '_>, pod: PodId) {
    if let PodState::Initializing { host, stage: Stage::PullPaused { left } } =
        turn.world.pods[pod].state
    {
        go_on_pulling(turn, pod, host, left);
    }
    moving::go_on(turn, pod);
}

/// Class 6: the image is on the host.
pub fn image_pulled(turn: &mut Turn<'_, '_>, pod: PodId, epoch: u32) {
    if turn.holds(pod, epoch) {
        turn.world.pods[pod].image_here = true;
        turn.state(Fact::ImagePulled { pod });
        after_pull(turn, pod);
    }
}

/// The image is there: the container starts, or first a move's volume is copied (POD-16).
#[inline(always)] // on the way of every pod
pub(super) fn after_pull(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    if let PodState::Initializing { host, .. } = row.state
        && row.rental().errand == Errand::Copies
    {
        moving::copy(turn, pod, host);
    } else {
        start_container(turn, pod);
    }
}

/// The container starts; a command that exits at once leaves it at that (POD-08).
#[inline(always)] // on the way of every pod
pub(super) fn start_container(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let command = row.command;
    if !matches!(row.state, PodState::Initializing { stage: Stage::Starting, .. }) {
        turn.change(pod, PodChange::Stage(Stage::Starting));
    }
    if command != Command::Ok {
        return;
    }
    let takes = turn.rules().container_start;
    if takes.is_zero() {
        run(turn, pod);
        return;
    }
    let epoch = turn.world.pods[pod].epoch;
    let up = turn.now.saturating_add(takes);
    turn.schedule(up, Class::ContainerUp, Event::ContainerUp { pod, epoch });
}

/// Class 6: the container is up.
pub fn container_up(turn: &mut Turn<'_, '_>, pod: PodId, epoch: u32) {
    if turn.holds(pod, epoch) {
        run(turn, pod);
    }
}

/// The pod is Running: its work goes on.
#[inline(always)] // on the way of every pod
fn run(turn: &mut Turn<'_, '_>, pod: PodId) {
    turn.change(pod, PodChange::ContainerUp);
    turn.state(Fact::PodRunning { pod });
    if turn.rules().billing_starts == BillingStarts::Running {
        bill_from_now(turn, pod);
    }
    let now = turn.now;
    if turn.world.pods[pod].checkpoints.is_some() {
        checkpoint::begin(turn, pod);
    }
    let row = &mut turn.world.pods[pod];
    row.works_since = Some(now);
    row.up_since = Some(now);
    if row.watch.told {
        turn.outcomes.push(Outcome::Moved(pod));
    }
    let Some(left) = row.time_left(now).or(row.stay) else { return };
    if left < Span::FOREVER {
        let epoch = row.epoch;
        turn.schedule(now.saturating_add(left), Class::WorkDone, Event::WorkDone { pod, epoch });
    }
}

/// BILL-02, `billing_starts: running`. Its meters open when it is up.
#[cold]
fn bill_from_now(turn: &mut Turn<'_, '_>, pod: PodId) {
    charge::open_rental(turn, pod);
    turn.recount(pod);
}

/// POD-15. The container starts anew on the same GPUs: memory and container disk are lost, meters go on
/// untouched. In Initializing only the container's start begins anew.
pub fn reset(turn: &mut Turn<'_, '_>, pod: PodId) {
    leave::pause_work(turn, pod);
    leave::lose_memory(turn, pod);
    let row = &mut turn.world.pods[pod];
    let before = row.state;
    row.up_since = None;
    turn.change(pod, PodChange::Reset);
    turn.state(Fact::PodReset { pod });
    match before {
        PodState::Initializing { host, stage: Stage::Pulling { until } } => {
            let left = until - turn.now;
            go_on_pulling(turn, pod, host, left);
        }
        PodState::Initializing { host, stage: Stage::Copying { .. } } => {
            moving::pause(turn, pod);
            moving::copy(turn, pod, host);
        }
        // What it waits for knows nothing of its epoch.
        PodState::Initializing {
            stage: Stage::PullPaused { .. } | Stage::Fetching | Stage::CopyPaused,
            ..
        } => {}
        PodState::Initializing { stage: Stage::Starting, .. }
        | PodState::Waiting
        | PodState::Reserved { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Stopped { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => start_container(turn, pod),
    }
}

/// HOST-03. Its host's power is back: it starts again on its GPUs with its first command.
pub fn restart(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    turn.change(pod, PodChange::HostUp);
    turn.state(Fact::PodRestarted { pod });
    // What came due while there was no power to signal with is due now.
    if last_instant(turn, pod).is_some_and(|end| end < turn.now) {
        let rental = turn.world.pods[pod].rentals;
        turn.schedule(turn.now, Class::LongestRun, Event::LongestRun { pod, rental });
    }
    pull(turn, pod, host);
}

/// What a pod has done of its work by now, in this rental: GPU-time since it last began to work.
pub fn worked(now: SimTime, since: Option<SimTime>, gpus: u32) -> GpuTime {
    since.map_or(GpuTime::ZERO, |since| GpuTime::new(gpus, now - since))
}
