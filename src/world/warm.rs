//! What the next event will need, fetched ahead.
//!
//! A pod lies untouched for hours between two of its events, and a large market is larger than the cache
//! that a core has to itself. Each line of it that a handler comes upon would be waited for, one after the
//! other. Reading a little of each line while the event before is handled lets the processor fetch them
//! all at once. Nothing is changed by it, and nothing hangs on what is read: it may be done or left.

use super::World;
use super::account::Account;
use super::host::Host;
use super::pod::Pod;
use crate::ids::{AccountId, PodId};
use crate::units::GpuTime;
use std::hint::black_box;

/// With fewer pods all that is alive lies near anyway.
const LARGE: usize = 1_000;

impl World {
    /// Whether fetching ahead pays.
    pub fn is_large(&self) -> bool {
        LARGE <= self.pods.slots()
    }
    /// Fetches a pod that is about to leave, with its meters, its account and its host.
    pub fn warm(&self, pod: PodId) {
        let Some(row) = self.pods.get(pod) else { return };
        of_pod(row);
        self.meters.of(pod).for_each(|meter| {
            black_box(meter.touched());
        });
        if let Some(host) = row.tied {
            of_host(&self.fleet.hosts[host]);
        }
        self.warm_account(row.account);
    }
    /// Fetches a pod that is about to take its next step.
    pub fn warm_pod(&self, pod: PodId) {
        if let Some(row) = self.pods.get(pod) {
            of_pod(row);
        }
    }
    /// Fetches an account.
    pub fn warm_account(&self, account: AccountId) {
        of_account(&self.accounts[account]);
        black_box(self.ledger.balance(account).is_zero());
    }
}

/// A little of each cache line of a pod's row.
fn of_pod(row: &Pod) {
    let rental = row.rental.as_ref();
    let rental = rental.is_some_and(|rental| rental.placed_at.is_some() ^ rental.queued);
    let counted =
        (row.counted.hour == row.counted.burn) ^ (row.counted.reserve == row.counted.promised);
    let amounts = row.price.is_zero() ^ row.volume_total.is_zero() ^ (row.done == GpuTime::ZERO);
    black_box((rental ^ counted ^ amounts ^ row.checkpoints.is_some(), row.epoch));
}

fn of_host(row: &Host) {
    black_box((row.free.gpus, row.guests.first().copied(), row.stated.is_some()));
}

fn of_account(row: &Account) {
    let amounts = row.hour.is_zero() ^ row.reserve.is_zero() ^ row.spent.is_zero();
    let due = row.check_at.is_some() ^ row.payment_at.is_some() ^ row.auto_pay.is_some();
    black_box((amounts ^ due ^ row.touched, row.pods.first().copied()));
}
