//! Requests set aside by what their account affords (POD-06).
//!
//! Where GPUs stay free for want of money, a freeing would have every request tried that waits, only to
//! find each of them short of funds as before. So an on-demand request that found GPUs too dear moves to
//! a shape of the same demand with its *means*: the highest price that it affords among those it might
//! pay. In there requests fit or fail together again, and a round leaves their lane where no GPUs are
//! within reach at that price.
//!
//! It moves back to the shape of its demand as soon as it may fare otherwise: when anything changes in
//! its account, when a price or class of hosts changes, and when what its account's pods owe may have
//! taken from it even the cheapest GPU, for then it is refused where it is tried.

use crate::ids::{AccountId, PodId, ShapeId};
use crate::scenario::Scenario;
use crate::units::{Money, SimTime};
use crate::world::World;
use std::collections::BTreeSet;

/// Where a request stands that is set aside, and until when it surely affords the cheapest GPU, if its
/// account does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The shape of its demand and means.
    pub shape: ShapeId,
    /// The last instant.
    pub until: SimTime,
}

/// Those who are set aside, by what may bring them back.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// By their account.
    pub by_account: BTreeSet<(AccountId, PodId)>,
    /// By the last instant at which they surely afford the cheapest GPU, if there is one.
    pub by_end: BTreeSet<(SimTime, PodId)>,
    /// Who has moved back since a round of on-demand requests last looked.
    pub returned: Vec<PodId>,
    /// The fleet's version for which they were set aside.
    version: u64,
    /// Nobody is set aside: every request is tried. A run decides alike either way; tests compare.
    pub off: bool,
}

impl World {
    /// Moves a waiting on-demand request to those of its demand and `means`.
    pub fn set_aside(&mut self, pod: PodId, (means, until): (Money, SimTime), scenario: &Scenario) {
        self.take_back(pod);
        let row = &self.pods[pod];
        let (home, account, place) = (row.shape, row.account, (None, row.rental().sequence));
        let demand = self.shapes.get(home).demand;
        let shape = self.shapes.intern(demand, Some(means), scenario);
        self.shapes.leave(home, place);
        self.shapes.enter(shape, place, pod);
        self.pods[pod].rental_mut().set_aside = Some(SetAside { shape, until });
        self.aside.by_account.insert((account, pod));
        if until < SimTime::NEVER {
            self.aside.by_end.insert((until, pod));
        }
    }
    /// Moves a request back to the shape of its demand, if it is set aside.
    pub fn take_back(&mut self, pod: PodId) {
        let row = &mut self.pods[pod];
        let (home, account) = (row.shape, row.account);
        let Some(rental) = &mut row.rental else { return };
        let Some(SetAside { shape, until }) = rental.set_aside.take() else { return };
        let place = (None, rental.sequence);
        self.shapes.leave(shape, place);
        self.shapes.release(shape);
        self.shapes.enter(home, place, pod);
        self.aside.by_account.remove(&(account, pod));
        self.aside.by_end.remove(&(until, pod));
        self.aside.returned.push(pod);
    }
    /// Something changes in `account`: its requests move back.
    #[cold] // most markets have nobody set aside, and accounts change all the time
    pub fn take_back_of(&mut self, account: AccountId) {
        while let Some(pod) = self.first_aside_of(account) {
            self.take_back(pod);
        }
    }
    fn first_aside_of(&self, account: AccountId) -> Option<PodId> {
        let mut rest = self.aside.by_account.range((account, PodId { number: 0, slot: 0 })..);
        rest.next().filter(|(other, _)| *other == account).map(|(_, pod)| *pod)
    }
    /// At the start of a round those move back who may fare otherwise, because prices have changed or
    /// because of what their account's pods owe by now.
    pub fn take_back_due(&mut self, now: SimTime) {
        if std::mem::replace(&mut self.aside.version, self.fleet.version) != self.fleet.version {
            while let Some((_, pod)) = self.aside.by_account.first().copied() {
                self.take_back(pod);
            }
        }
        while let Some((until, pod)) = self.aside.by_end.first().copied()
            && until < now
        {
            self.take_back(pod);
        }
        self.aside.returned.clear();
    }
}
