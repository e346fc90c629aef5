//! Meters as the facts tell them: which of them opens, costs something else, pauses, goes on or closes.
//!
//! A pod's meters have facts of their own. A network volume's opens with it and closes with it, and costs another
//! price once it has grown (NVOL-03); a worker's runs while the worker is awake, where anybody is charged for it (SLS-40).
//! Where spot has one price for all of a scope, its pods' meters follow that (SPOT-15), and no fact speaks of each of them:
//! whoever hears of the price remembers who follows it. What a meter has come to owe is the reader's to count: each has use
//! for another account of it.

use super::Fact;
use super::fact::{Item, Kind, MeterOf, MeterTerms, Quote, Subject, WorkerId};
use super::likes::Likes;
use super::rentals::Rentals;
use super::workers::Workers;
use crate::ids::{Id, NetworkVolumeId, PodId, ScopeId};
use crate::units::{Money, Price, Span};
use std::collections::BTreeMap;

/// A meter: whose, and of what.
pub type Meter = (Subject, Item);

/// What a meter costs: a price for each of a quantity.
pub type Rate = (Price, u32);

/// What becomes of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It counts from now on. One that has just closed may open again at the same instant.
    Opens(Rate),
    /// It costs this from now on, and counts or pauses as before.
    Costs(Rate),
    /// It stands still.
    Pauses,
    /// It counts again.
    GoesOn,
    /// It counts no more, and what it owes is posted at this instant.
    Closes,
}

/// The meters whose price is that of a scope.
#[derive(Clone, Debug)]
struct Followers {
    likes: Likes,
    /// The scope of each host of the scenario.
    scopes: Vec<ScopeId>,
    /// Who follows the price of which scope, with how many GPUs.
    followed: BTreeMap<(ScopeId, PodId), u32>,
}

/// Reads what facts say of meters.
#[derive(Clone, Debug)]
pub struct Meters {
    month: Span,
    /// Where spot has one price for all.
    followers: Option<Followers>,
}

impl Meters {
    /// From the start of a run on. Where spot has one price for all of a scope, `scopes` are those of the hosts of the
    /// scenario.
    pub fn new(month: Span, scopes: Option<Vec<ScopeId>>) -> Self {
        let followers = scopes.map(|scopes| Followers {
            likes: Likes::new(scopes.len()),
            scopes,
            followed: BTreeMap::new(),
        });
        Self { month, followers }
    }
    /// Tells each meter that `fact` changes, and how; `rentals` and `workers` know the fact already.
    pub fn hear(
        &mut self,
        fact: &Fact,
        (rentals, workers): (&Rentals, &Workers),
        tell: &mut dyn FnMut(Meter, Change),
    ) {
        if let Some(followers) = &mut self.followers {
            followers.hear(fact, rentals);
            if let Fact::PricePublished { scope, quote: Quote { spot_price: Some(price), .. } } =
                *fact
            {
                followers.tell(scope, price, tell);
            }
        }
        if let Some((meter, change)) = change(fact, workers, self.month) {
            tell(meter, change);
        }
    }
}

impl Followers {
    /// Who follows a price from now on, or no longer: a pod in grace keeps the price that it has.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact changes who follows")]
    fn hear(&mut self, fact: &Fact, rentals: &Rentals) {
        match *fact {
            Fact::HostSupplied(_) => {
                self.likes.hear(fact);
            }
            Fact::MeterOpened(MeterTerms { pod, item: Item::Compute, quantity, .. }) => {
                if let Some(scope) = self.scope_of(pod, rentals) {
                    self.followed.insert((scope, pod), quantity);
                }
            }
            Fact::PodDisplaced { pod, .. }
            | Fact::MeterClosed(MeterOf { pod, item: Item::Compute }) => {
                if let Some(scope) = self.scope_of(pod, rentals) {
                    self.followed.remove(&(scope, pod));
                }
            }
            _ => {}
        }
    }
    /// Whose price a pod follows: that of its host's scope, if it is a spot pod.
    fn scope_of(&self, pod: PodId, rentals: &Rentals) -> Option<ScopeId> {
        let rental = rentals.find(pod)?;
        let is_spot = matches!(rental.asked.kind, Kind::Spot { .. });
        let host = rental.host.filter(|_| is_spot)?;
        Some(self.scopes[self.likes.of(host).index()])
    }
    fn tell(&self, scope: ScopeId, price: Money, tell: &mut dyn FnMut(Meter, Change)) {
        let from = (scope, PodId { number: 0, slot: 0 });
        let all = self.followed.range(from..).take_while(|((of, _), _)| *of == scope);
        for (&(_, pod), &gpus) in all {
            let meter = of_pod(MeterOf { pod, item: Item::Compute });
            tell(meter, Change::Costs((Price::per_hour(price), gpus)));
        }
    }
}

/// Which meter `fact` changes, if any, and how; `workers` know the fact already, and network volumes are paid by the
/// `month`.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other fact changes a meter")]
fn change(fact: &Fact, workers: &Workers, month: Span) -> Option<(Meter, Change)> {
    let of_gpus = |worker: WorkerId, price: Money| {
        let gpus = workers.find(worker).map_or(0, |place| place.gpus);
        (Price::per(price, Span::SECOND), gpus)
    };
    let monthly = |amount: Money| (Price::per(amount, month), 1);
    Some(match *fact {
        Fact::MeterOpened(MeterTerms { pod, item, price, quantity }) => {
            (of_pod(MeterOf { pod, item }), Change::Opens((price, quantity)))
        }
        Fact::MeterRepriced(MeterTerms { pod, item, price, quantity }) => {
            (of_pod(MeterOf { pod, item }), Change::Costs((price, quantity)))
        }
        Fact::MeterPaused(meter) => (of_pod(meter), Change::Pauses),
        Fact::MeterResumed(meter) => (of_pod(meter), Change::GoesOn),
        Fact::MeterClosed(meter) => (of_pod(meter), Change::Closes),
        Fact::NetworkVolumeCreated(ref created) => {
            (of_volume(created.volume), Change::Opens(monthly(created.monthly)))
        }
        Fact::NetworkVolumeResized { volume, monthly: amount, .. } => {
            (of_volume(volume), Change::Costs(monthly(amount)))
        }
        Fact::NetworkVolumeRemoved(ref removed) => (of_volume(removed.volume), Change::Closes),
        Fact::WorkerWoken(woken) if woken.charged => {
            (of_worker(woken.worker), Change::Opens(of_gpus(woken.worker, woken.price)))
        }
        Fact::WorkerRepriced(change) => {
            (of_worker(change.worker), Change::Costs(of_gpus(change.worker, change.price)))
        }
        Fact::WorkerStopped(ref stopped) => (of_worker(stopped.worker), Change::Closes),
        _ => return None,
    })
}

const fn of_pod(MeterOf { pod, item }: MeterOf) -> Meter {
    (Subject::Pod(pod), item)
}
const fn of_volume(volume: NetworkVolumeId) -> Meter {
    (Subject::NetworkVolume(volume), Item::NetworkVolume)
}
const fn of_worker(worker: WorkerId) -> Meter {
    (Subject::Worker(worker), Item::ServerlessCompute)
}
