//! Customers who turn away when treated badly, and may come back.
//!
//! An account counts what befalls it in a row, and forgets it when a pod's work is done. Once that is as much
//! as it tolerates it leaves: what it has goes on, what it would ask for later does not come. Arrivals are
//! drawn all the same, so under every policy the same customers would have come at the same instants.

use crate::agenda::{Class, Event};
use crate::ids::{AccountId, Id, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Churned, EndReason, Refusal};
use crate::rng::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::scenario::demand::{Churn, Treatment};
use crate::turn::{Outcome, Turn};
use crate::units::Span;
use crate::world::pod::PodState;
use std::collections::{BTreeMap, BTreeSet};

/// The accounts that may turn away.
#[derive(Debug, Default)]
pub(super) struct Churners {
    rows: BTreeMap<AccountId, Churner>,
    /// Pods whose host has lost its power: that it leaves, too, is no second blow.
    down: BTreeSet<PodId>,
    /// Why the request that ends now was refused.
    refusal: Option<(PodId, Refusal)>,
}

/// One of them.
#[derive(Debug)]
struct Churner {
    tolerates: u32,
    /// Bad treatment in a row.
    suffered: u32,
    is_gone: bool,
    /// When it comes back, each time.
    returns: Stream,
}

impl Churners {
    /// Those of a scenario.
    pub(super) fn open(scenario: &Scenario, seed: u64, replication: u64) -> Self {
        let mut rows = BTreeMap::new();
        for segment in &scenario.segments {
            let Some(churn) = &segment.churn else { continue };
            for place in 0..segment.population {
                let index =
                    segment.first_account.index() + usize::try_from(place).unwrap_or_default();
                let entity = u64::try_from(index).expect("an index fits in 64 bits") * 2;
                let stream = |part| Stream::open(seed, replication, Purpose::Churn, entity + part);
                let tolerates = whole(churn.tolerance.draw(&mut stream(0)));
                let row = Churner { tolerates, suffered: 0, is_gone: false, returns: stream(1) };
                rows.insert(AccountId::from_index(index), row);
            }
        }
        Self { rows, ..Self::default() }
    }
    /// Whether an arrival of this account does not come, as it has turned away.
    pub(super) fn has_left(&self, account: AccountId) -> bool {
        self.rows.get(&account).is_some_and(|row| row.is_gone)
    }
    /// It comes back, and has forgotten what befell it.
    pub(super) fn come_back(&mut self, turn: &mut Turn<'_, '_>, account: AccountId) {
        if let Some(row) = self.rows.get_mut(&account) {
            (row.is_gone, row.suffered) = (false, 0);
            turn.state(Fact::Churn(account, Churned::Returned));
        }
    }

    /// Hears what became of pods in the event that is over.
    pub(super) fn hear(&mut self, turn: &mut Turn<'_, '_>) {
        if self.rows.is_empty() {
            return;
        }
        let outcomes = std::mem::take(&mut turn.outcomes);
        for outcome in &outcomes {
            match *outcome {
                Outcome::Refused { pod, reason } => self.refusal = Some((pod, reason)),
                Outcome::Moved(pod) => self.moved(turn, pod),
                Outcome::Ended { ref end, account, .. } => {
                    let refusal = self.refusal.take().filter(|(pod, _)| *pod == end.pod);
                    let was_down = self.down.remove(&end.pod);
                    if !was_down || end.reason != EndReason::HostDown {
                        self.ended(turn, account, (end.reason, refusal.map(|(_, reason)| reason)));
                    }
                }
                Outcome::Gone { pod, account, reason, .. } => {
                    let same = |other: &Outcome| matches!(other, Outcome::Ended { end, .. } if end.pod == pod);
                    // Of one that was stopped, its volume is lost; the others' rentals say it themselves.
                    if reason == EndReason::HostDown && !outcomes.iter().any(same) {
                        self.suffer(turn, account, Treatment::HostFailed);
                    }
                }
                Outcome::PromiseLost(_) => {}
            }
        }
        turn.outcomes = outcomes;
    }
    fn moved(&mut self, turn: &mut Turn<'_, '_>, pod: PodId) {
        let Some(row) = turn.world.pods.get(pod) else { return };
        let account = row.account;
        if !matches!(row.state, PodState::Down { .. }) {
            self.down.remove(&pod);
        } else if self.down.insert(pod) {
            self.suffer(turn, account, Treatment::HostFailed);
        }
    }
    fn ended(
        &mut self,
        turn: &mut Turn<'_, '_>,
        account: AccountId,
        (reason, refusal): (EndReason, Option<Refusal>),
    ) {
        let how = match (reason, refusal) {
            (EndReason::Completed, _) => {
                if let Some(row) = self.rows.get_mut(&account) {
                    row.suffered = 0;
                }
                return;
            }
            (EndReason::Rejected, Some(Refusal::NoCapacity)) => Treatment::Refused,
            (EndReason::Abandoned, _) => Treatment::WaitedInVain,
            (EndReason::Outbid | EndReason::DisplacedByOnDemand, _) => Treatment::Displaced,
            (EndReason::HostDown, _) => Treatment::HostFailed,
            (
                EndReason::Rejected
                | EndReason::Stopped
                | EndReason::Terminated
                | EndReason::NoFunds
                | EndReason::SpendingLimit
                | EndReason::Alive,
                _,
            ) => return,
        };
        self.suffer(turn, account, how);
    }
    /// It is treated badly, and leaves if that is as much as it tolerates.
    fn suffer(&mut self, turn: &mut Turn<'_, '_>, account: AccountId, how: Treatment) {
        let Some(row) = self.rows.get_mut(&account) else { return };
        let Some(churn) = churn_of(turn, account) else { return };
        if row.is_gone || !churn.counts.contains(&how) {
            return;
        }
        row.suffered += 1;
        if row.suffered < row.tolerates {
            return;
        }
        row.is_gone = true;
        turn.state(Fact::Churn(account, Churned::Left));
        if let Some(after) = &churn.returns_after {
            let after = Span::from_seconds_f64(after.draw(&mut row.returns));
            let at = turn.now.saturating_add(after.max(Span::from_micros(1)));
            turn.schedule(at, Class::Members, Event::CustomerReturns(account));
        }
    }
}

fn churn_of<'a>(turn: &Turn<'a, '_>, account: AccountId) -> Option<&'a Churn> {
    let segment = turn.scenario.accounts[account.index()].segment?;
    turn.scenario.segments[segment.index()].churn.as_deref()
}

/// A drawn number of times, at least once.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept within bounds")]
fn whole(drawn: f64) -> u32 {
    const MOST: f64 = 1e9;
    libm::round(drawn).clamp(1.0, MOST) as u32
}
