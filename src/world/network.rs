//! Network volumes: who owns which, where, and which pods have it (NVOL-01 to NVOL-08).
//!
//! Most markets have none, and most accounts of those that do: so they stand in a table of their own, and
//! whoever asks on the way of every account finds it empty first.

use crate::billing::{Line, Meter};
use crate::ids::{AccountId, DataCenterId, Id, NetworkVolumeId, PodId};
use crate::journal::fact::NetworkVolumeName;
use crate::scenario::Scenario;
use crate::units::{Gb, Money, SimTime};
use std::collections::{BTreeMap, BTreeSet};

/// A network volume.
#[derive(Clone, Debug)]
pub struct NetworkVolume {
    /// Its name.
    pub name: NetworkVolumeName,
    /// Who pays.
    pub account: AccountId,
    /// Where it lies.
    pub datacenter: DataCenterId,
    /// Its size.
    pub size: Gb,
    /// NVOL-03. What it costs: its quantity is its size, and its price per GB the whole volume's, per as
    /// many months as it has GB.
    pub meter: Meter,
    /// What it is counted with in its account's line.
    pub counted: Line,
    /// ACCT-06. What it burns per hour, where its account may meet a limit.
    pub burn: Money,
    /// NVOL-08. Pods that have it and are not gone for good.
    pub pods: u32,
}

/// All network volumes.
#[derive(Clone, Debug, Default)]
pub struct NetworkVolumes {
    rows: BTreeMap<NetworkVolumeId, NetworkVolume>,
    of_account: BTreeSet<(AccountId, NetworkVolumeId)>,
    by_name: BTreeMap<NetworkVolumeName, NetworkVolumeId>,
    /// Whose it was, of each name that was there and is gone.
    gone: BTreeMap<NetworkVolumeName, AccountId>,
    /// By data center: what there is, and what is left of it.
    capacity: Vec<Gb>,
    left: Vec<Gb>,
    /// Which pods have one, and which.
    attached: BTreeMap<PodId, NetworkVolumeId>,
    /// BILL-06. What was accepted of an account in an instant takes at once.
    accepted: BTreeMap<AccountId, (SimTime, Money)>,
    born: usize,
}

impl NetworkVolumes {
    /// None yet, and the capacity that data centers have for them.
    pub fn new(scenario: &Scenario) -> Self {
        let storage = scenario.datacenters.iter().map(|center| center.network_storage);
        let capacity: Vec<Gb> = storage.collect();
        Self { left: capacity.clone(), capacity, ..Self::default() }
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// A volume that is there.
    pub fn get(&self, volume: NetworkVolumeId) -> Option<&NetworkVolume> {
        self.rows.get(&volume)
    }
    /// The same, to change.
    pub fn get_mut(&mut self, volume: NetworkVolumeId) -> Option<&mut NetworkVolume> {
        self.rows.get_mut(&volume)
    }
    /// All of them, in order of creation.
    pub fn iter(&self) -> impl Iterator<Item = (NetworkVolumeId, &NetworkVolume)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }
    /// An account's, in order of creation.
    #[inline]
    pub fn of(&self, account: AccountId) -> impl Iterator<Item = NetworkVolumeId> {
        // A range of a set of nothing is found at once.
        let first = (account, NetworkVolumeId::from_index(0));
        let own = self.of_account.range(first..);
        own.take_while(move |(owner, _)| *owner == account).map(|(_, volume)| *volume)
    }
    /// Their meters.
    #[inline]
    pub fn meters_of(&self, account: AccountId) -> impl Iterator<Item = &Meter> {
        self.of(account).filter_map(|volume| Some(&self.rows.get(&volume)?.meter))
    }
    /// The volume of that name, if it is there.
    pub fn named(&self, name: NetworkVolumeName) -> Option<NetworkVolumeId> {
        self.by_name.get(&name).copied()
    }
    /// Whose the volume of that name was, if it was there and is gone.
    pub fn former_owner(&self, name: NetworkVolumeName) -> Option<AccountId> {
        self.gone.get(&name).copied()
    }
    /// What is left of a data center's network storage.
    pub fn left(&self, datacenter: DataCenterId) -> Gb {
        self.left[datacenter.index()]
    }
    /// What data centers have of it in all, by their ids.
    pub fn capacity(&self) -> &[Gb] {
        &self.capacity
    }
    /// Adds a volume for which there is room.
    pub fn insert(&mut self, row: NetworkVolume) -> NetworkVolumeId {
        let id = NetworkVolumeId::from_index(self.born);
        self.born += 1;
        self.left[row.datacenter.index()] = self.left(row.datacenter) - row.size;
        self.of_account.insert((row.account, id));
        self.by_name.insert(row.name, id);
        self.rows.insert(id, row);
        id
    }
    /// A volume has another size from now on, for which there is room.
    pub fn resize(&mut self, volume: NetworkVolumeId, size: Gb) {
        let Some(row) = self.rows.get_mut(&volume) else { return };
        let left = &mut self.left[row.datacenter.index()];
        *left = *left + row.size - size;
        row.size = size;
    }
    /// Removes a volume; its space is free at once.
    pub fn remove(&mut self, volume: NetworkVolumeId) -> Option<NetworkVolume> {
        let row = self.rows.remove(&volume)?;
        let left = &mut self.left[row.datacenter.index()];
        *left = *left + row.size;
        self.of_account.remove(&(row.account, volume));
        self.by_name.remove(&row.name);
        self.gone.insert(row.name, row.account);
        Some(row)
    }

    /// NVOL-05. A pod that is asked for has this volume.
    pub fn attach(&mut self, pod: PodId, volume: NetworkVolumeId) {
        self.attached.insert(pod, volume);
        if let Some(row) = self.rows.get_mut(&volume) {
            row.pods += 1;
        }
    }
    /// It is gone for good.
    pub fn detach(&mut self, pod: PodId) {
        let volume = self.attached.remove(&pod);
        // The volume may be lost already (BILL-13), with its pod cut off.
        if let Some(row) = volume.and_then(|volume| self.rows.get_mut(&volume)) {
            row.pods -= 1;
        }
    }
    /// Which pods have one, and which.
    pub fn attached(&self) -> impl Iterator<Item = (PodId, NetworkVolumeId)> {
        self.attached.iter().map(|(pod, volume)| (*pod, *volume))
    }

    /// BILL-06. What was accepted of `account` at `now` so far takes at once.
    #[inline]
    pub fn accepted(&self, account: AccountId, now: SimTime) -> Money {
        let accepted = self.accepted.get(&account).filter(|(at, _)| *at == now);
        accepted.map_or(Money::ZERO, |(_, amount)| *amount)
    }
    /// Something is accepted that takes `amount` at once.
    pub fn accept(&mut self, account: AccountId, now: SimTime, amount: Money) {
        let sum = self.accepted(account, now) + amount;
        self.accepted.insert(account, (now, sum));
    }
}
