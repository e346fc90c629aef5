//! A resume on the host that its pod is tied to (POD-11, POD-12).

use super::{Asked, Found, Tried, evicted, may_rent_on, may_use, settle_on};
use crate::ids::HostId;
use crate::journal::fact::Step;
use crate::market::rent;
use crate::turn::Turn;

/// POD-11, POD-12. A resume takes its own host, free, in grace, or by displacement, or nothing.
pub(super) fn attempt(turn: &mut Turn<'_, '_>, asked: Asked, host: HostId) -> Tried {
    let Asked { pod, need, slots, bid, .. } = asked;
    let on = &turn.world.fleet.hosts[host];
    let class = on.class;
    if !on.available()
        || 0 < slots && turn.world.fleet.cpu.as_ref().is_none_or(|cpu| cpu.free(host) < slots)
        || bid.is_some_and(|bid| bid < turn.world.fleet.floor(host))
        || !may_use(turn, bid, Step::Free, class)
    {
        return Tried::NoRoom;
    }
    let (step, victims) = if on.free.covers(&need) {
        (Step::Free, Vec::new())
    } else if on.covered_at(&need).is_some() {
        (Step::Grace, Vec::new())
    } else if 0 < need.gpus
        && may_use(turn, bid, Step::Displacement, class)
        && let Some(victims) = evicted(turn, host, (&need, bid), None)
    {
        (Step::Displacement, victims)
    } else {
        return Tried::NoRoom;
    };
    if let Err(reason) = may_rent_on(turn, asked, host) {
        rent::refuse(turn, pod, reason);
        return Tried::Done;
    }
    settle_on(turn, pod, Found { host, step, victims });
    Tried::Done
}
