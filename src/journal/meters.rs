//! Meters as the facts tell them: which of them opens, costs something else, pauses, goes on or closes.
//!
//! A pod's meters have facts of their own. A network volume's opens with it and closes with it, and costs another
//! price once it has grown (NVOL-03); a worker's runs while the worker is awake, where anybody is charged for it (SLS-40).
//! What a meter has come to owe is the reader's to count: each has use for another account of it.

use super::Fact;
use super::fact::{Item, MeterOf, MeterTerms, Subject, WorkerId};
use super::workers::Workers;
use crate::ids::NetworkVolumeId;
use crate::units::{Money, Price, Span};

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

/// Which meter `fact` changes, if any, and how; `workers` know the fact already, and network volumes are paid by the
/// `month`.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other fact changes a meter")]
pub fn change(fact: &Fact, workers: &Workers, month: Span) -> Option<(Meter, Change)> {
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
