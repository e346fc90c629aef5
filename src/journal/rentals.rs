//! Rentals as the facts tell them: what a reader must remember of the pods that are alive.
//!
//! A fact is small and says only what is new; a row of a table or a figure also needs what was said
//! before: who asked, when, how it is rented, on which host it stands. [`Rentals`] remembers this for
//! live pods alone, in a table by slot, so its size follows the pods that are alive at once and not
//! the pods of the run. A pod that has ended is forgotten when its slot is given to another.

use super::Fact;
use super::fact::{Kind, Requested};
use crate::ids::{HostId, Id, PodId, PoolId};
use crate::units::SimTime;

/// One rental of a pod, as far as it is known by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rental {
    /// What was asked for; a bid that was changed is the present one.
    pub asked: Requested,
    /// When it was asked for.
    pub requested: SimTime,
    /// When the GPUs were handed over.
    pub placed: Option<SimTime>,
    /// When the container was up for the first time in this rental.
    pub running: Option<SimTime>,
    /// The host it holds GPUs on, or is tied to by an earlier rental.
    pub host: Option<HostId>,
    /// The host that it was back on when it ended, where it moved in vain (POD-16).
    pub back_on: Option<HostId>,
    /// GPUs held, or asked for while none are held.
    pub gpus: u32,
    /// PLAN-08. Whether a savings plan covered any of them at its placement.
    pub saves: bool,
    waiting: bool,
}

impl Rental {
    /// Column `kind` of `pods.csv`: on demand is `savings` where a plan covered a GPU at the placement.
    pub fn kind_word(&self) -> &'static str {
        if self.saves { "savings" } else { self.asked.kind.word() }
    }
}

/// The present or last rental of every live pod, and how many requests wait in each pool.
#[derive(Clone, Debug, Default)]
pub struct Rentals {
    by_slot: Vec<Option<Rental>>,
    waiting: Vec<u32>,
}

impl Rentals {
    /// No pods yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what `fact` says about a pod. To be called before anything is asked about the fact.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts say nothing about rentals")]
    pub fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodRequested(ref asked) => {
                self.open(at, asked);
            }
            Fact::BidChanged { pod, bid } => self.known(pod).asked.kind = Kind::Spot { bid },
            Fact::PodWaits { pod } => {
                self.wait(pod, true);
            }
            Fact::PodPromised { pod, .. } => {
                self.wait(pod, false);
            }
            Fact::PodPlaced { pod, host, gpus, .. } => {
                self.place(at, pod, host, gpus);
            }
            Fact::PlanCovers(places) if !places.named => self.cover(places.pod),
            Fact::PodRunning { pod } => {
                self.known(pod).running.get_or_insert(at);
            }
            Fact::MoveUndone(undone) => self.known(undone.pod).back_on = Some(undone.host),
            Fact::RentalEnded(ref end) => {
                self.wait(end.pod, false);
            }
            _ => {}
        }
    }

    /// The present or last rental of `pod`.
    ///
    /// # Panics
    /// If no fact has named the pod as requested: facts are stated in order.
    pub fn of(&self, pod: PodId) -> &Rental {
        self.find(pod).expect("a pod is requested before anything else is said about it")
    }

    /// The same; nothing if the pod is forgotten, as one may be that an action is refused on.
    pub fn find(&self, pod: PodId) -> Option<&Rental> {
        let rental = self.by_slot.get(pod.slot as usize)?.as_ref();
        rental.filter(|rental| rental.asked.pod == pod)
    }

    /// How many requests wait in `pool` (GEN-13: states W and Q, each in the first pool it names).
    pub fn waiting(&self, pool: PoolId) -> u32 {
        self.waiting.get(pool.index()).copied().unwrap_or(0)
    }

    /// How many requests wait anywhere.
    pub fn waiting_in_all(&self) -> u32 {
        self.waiting.iter().sum()
    }

    /// A rental is asked for.
    pub fn open(&mut self, at: SimTime, asked: &Requested) -> &Rental {
        let slot = asked.pod.slot as usize;
        if self.by_slot.len() <= slot {
            self.by_slot.resize(slot + 1, None);
        }
        self.by_slot[slot].insert(Rental {
            asked: *asked,
            requested: at,
            placed: None,
            running: None,
            host: asked.host,
            back_on: None,
            gpus: asked.gpus,
            saves: false,
            waiting: false,
        })
    }

    /// GPUs are handed over. Gives the rental, and whether the pod waited until now.
    pub fn place(&mut self, at: SimTime, pod: PodId, host: HostId, gpus: u32) -> (&Rental, bool) {
        let rental = known(&mut self.by_slot, pod);
        rental.placed = Some(at);
        rental.host = Some(host);
        rental.gpus = gpus;
        let waited = note_waiting(&mut self.waiting, rental, false);
        (rental, waited)
    }

    /// PLAN-08. A savings plan covers GPUs of the pod at its placement.
    pub fn cover(&mut self, pod: PodId) {
        self.known(pod).saves = true;
    }

    #[inline(always)] // on the way of every pod
    fn known(&mut self, pod: PodId) -> &mut Rental {
        known(&mut self.by_slot, pod)
    }

    /// A pod waits from now on, or no longer. Gives its rental, and whether that is a change.
    #[inline(always)] // on the way of every pod
    pub fn wait(&mut self, pod: PodId, waits: bool) -> (&Rental, bool) {
        let rental = known(&mut self.by_slot, pod);
        let changes = note_waiting(&mut self.waiting, rental, waits);
        (rental, changes)
    }
}

#[inline(always)] // likewise
fn known(by_slot: &mut [Option<Rental>], pod: PodId) -> &mut Rental {
    by_slot
        .get_mut(pod.slot as usize)
        .and_then(Option::as_mut)
        .filter(|rental| rental.asked.pod == pod)
        .expect("a pod is requested before anything else is said about it")
}

/// Counts a rental among those that wait in its pool, or no longer. Gives whether that is a change.
#[inline(always)] // likewise
fn note_waiting(waiting: &mut Vec<u32>, rental: &mut Rental, waits: bool) -> bool {
    if rental.waiting == waits {
        return false;
    }
    rental.waiting = waits;
    let pool = rental.asked.pool.index();
    if waiting.len() <= pool {
        waiting.resize(pool + 1, 0);
    }
    if waits {
        waiting[pool] += 1;
    } else {
        waiting[pool] -= 1;
    }
    true
}
