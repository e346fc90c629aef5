//! Budgets: a job never costs more than its customer will spend on it.
//!
//! Before the unit that would exceed the budget begins, the pod is terminated (class 4 comes before
//! Charge): under `minute_rounding: completed` a microsecond before it ends. When that is, is found in
//! closed form from the pod's meters, whenever they begin, go on or change. Where prices move by themselves
//! (SPOT-15), units to come are reckoned at the bid, the most that each can cost, and at the instant found
//! it is looked again at what has been paid.

use super::job::{Jobs, Owned};
use crate::agenda::{Class, Event};
use crate::billing::Side;
use crate::ids::{JobId, PodId};
use crate::journal::fact::Item;
use crate::scenario::rules::Rounding;
use crate::turn::Turn;
use crate::units::{Money, Price, SimTime, Span};

const TICK: Span = Span::from_micros(1);

/// What the pod has come to cost the job at an instant, beyond what is booked already, if nothing changes
/// until then.
fn cost_at(turn: &Turn<'_, '_>, (pod, owned): (PodId, &Owned), at: SimTime, side: Side) -> Money {
    let Some(row) = turn.world.pods.get(pod) else { return Money::ZERO };
    let owed = |item| {
        let meter = turn.world.meters.get(pod, item);
        let at_bid = meter.filter(|_| item == Item::Compute && turn.world.follows(pod)).cloned();
        let at_bid = at_bid.map(|mut meter| {
            let bid = Price::per_hour(row.bid().unwrap_or_default());
            meter.reprice(bid, meter.quantity(), turn.now, turn.side());
            meter.owed(meter.units(at, side))
        });
        at_bid.or_else(|| meter.map(|meter| meter.owed(meter.units(at, side))))
    };
    let rental = row.rental.as_ref().filter(|rental| rental.placed_at.is_some());
    let before = owned.volume_before.or(rental.map(|rental| rental.volume_owed_before));
    let volume = owed(Item::Volume).zip(before).map(|(owed, before)| owed - before);
    let early = row.closed_compute.as_ref().map(|closed| closed.meter.posted());
    let container = row.closed_early.as_deref().copied();
    [owed(Item::Compute), owed(Item::ContainerDisk), volume, early, container]
        .into_iter()
        .flatten()
        .sum()
}

/// Plans when the job's budget is spent: after its pod got its GPUs or lost them, or its price changed.
pub(super) fn plan(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, job: JobId) {
    let Jobs { rows, pods, .. } = jobs;
    let Some(row) = rows.get_mut(&job) else { return };
    let Some(budget) = row.wish.budget else { return };
    let at = row.pod.and_then(|pod| {
        let owned = pods.get(&pod)?;
        if turn.world.pods.get(pod).is_some() {
            turn.world.catch_up(pod);
        }
        first_above(turn, (pod, owned), budget - row.paid)
    });
    if row.budget_at != at {
        row.budget_at = at;
        if let Some(at) = at {
            turn.schedule(at, Class::TerminatePod, Event::JobBudget(job));
        }
    }
}

/// Whether the budget event of this instant still holds, and the next unit would cost too much.
pub(super) fn is_spent(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId) -> bool {
    let due = |jobs: &Jobs| jobs.rows.get(&id).is_some_and(|job| job.budget_at == Some(turn.now));
    if !due(jobs) {
        return false;
    }
    let now = turn.now;
    let moves = jobs.rows[&id].pod.is_some_and(|pod| turn.world.follows(pod));
    if moves {
        plan(turn, jobs, id);
    }
    let Some(job) = jobs.rows.get_mut(&id) else { return false };
    let spent = job.budget_at == Some(now);
    if spent {
        job.budget_at = None;
    }
    spent
}

/// The last instant before the pod costs more than `most`: that at which the first unit too many begins, or a
/// microsecond before it ends.
fn first_above(turn: &Turn<'_, '_>, of: (PodId, &Owned), most: Money) -> Option<SimTime> {
    let above = |at| most < cost_at(turn, of, at, Side::After);
    let (now, horizon) = (turn.now, turn.scenario.horizon);
    if above(now) {
        return Some(now);
    }
    if !above(horizon) {
        return None;
    }
    // Invariant: not above at `low`, above at `high`; units only add up between changes.
    let (mut low, mut high) = (now, horizon);
    while TICK < high - low {
        let middle = low + (high - low) / 2;
        if above(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(match turn.rules().minute_rounding {
        Rounding::Started => high,
        Rounding::Completed => low,
    })
}
