//! What an account may burn per hour (ACCT-06, ACCT-07).
//!
//! Its burn is a running sum over its meters, kept by [`Turn::recount`]; its limit is looked up where the
//! burn exceeds what every account may burn. Nothing that runs is stopped by it, and nothing is done when
//! an account comes of an age: who waits is judged anew when it is tried (POD-06).

use crate::ids::{AccountId, Id, PodId};
use crate::scenario::model::SpendingLimit;
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};

/// ACCT-06. Whether the account may burn so much more per hour than its meters do, and those that its
/// Reserved pods will open; equal to the limit is allowed.
#[inline]
pub fn allows(turn: &Turn<'_, '_>, account: AccountId, more: Money) -> bool {
    let row = &turn.world.accounts[account];
    row.sure_limit.is_none_or(|sure| row.burn + more <= sure) || allows_exactly(turn, account, more)
}

/// The same of a request or resume at its price, so many of its GPUs covered by savings plans; `hour`: what an
/// hour of it costs by compute and by disks, if that is known. A volume that is there already costs what it
/// costs while its pod runs, in place of what it costs now.
#[inline(always)] // on the way of every pod
pub fn allows_pod(
    turn: &Turn<'_, '_>,
    pod: PodId,
    (covered, hour): (u32, Option<(Money, Money)>),
) -> bool {
    let row = &turn.world.accounts[turn.world.pods[pod].account];
    let Some(sure) = row.sure_limit else { return true };
    // Nearly every account may burn far more: then it is no matter what the pod burns already.
    hour.is_some_and(|(compute, disks)| row.burn + compute + disks <= sure)
        || allows_known(turn, pod, (covered, hour))
}

/// The same of an account that may come to its limit.
#[inline(never)] // apart from the way of most
fn allows_known(
    turn: &Turn<'_, '_>,
    pod: PodId,
    (covered, hour): (u32, Option<(Money, Money)>),
) -> bool {
    let row = &turn.world.pods[pod];
    let (compute, disks) = hour.unwrap_or_else(|| turn.cost_for(pod, Span::HOUR, covered));
    let more = compute + disks - Money::from(row.counted.burn);
    allows(turn, row.account, more)
}

/// The same by its history, at today's prices.
#[cold]
fn allows_exactly(turn: &Turn<'_, '_>, account: AccountId, more: Money) -> bool {
    let burn = turn.sums_today(account).burn + more;
    limit(turn, account).is_none_or(|limit| burn <= limit)
}

/// ACCT-07. What the account may burn per hour now; none: no limit.
pub fn limit(turn: &Turn<'_, '_>, account: AccountId) -> Option<Money> {
    match turn.scenario.accounts[account.index()].spending_limit {
        SpendingLimit::Own(limit) => limit,
        SpendingLimit::ByHistory => {
            let paid = turn.world.accounts[account].payments_made;
            turn.rules().spending_limit(age(turn, account), paid)
        }
    }
}

/// The instant until which its age alone does not change its limit.
pub(super) fn surely_until(turn: &Turn<'_, '_>, account: AccountId) -> SimTime {
    if turn.world.accounts[account].sure_limit.is_none() {
        return SimTime::NEVER;
    }
    let age = age(turn, account);
    let next = turn.rules().next_limit_age(age);
    next.map_or(SimTime::NEVER, |next| turn.now.saturating_add(next - age))
}

fn age(turn: &Turn<'_, '_>, account: AccountId) -> Span {
    turn.scenario.accounts[account.index()].age + (turn.now - SimTime::ZERO)
}
