//! What has been asked for so far (POD-05, `fragmentation_aware`).
//!
//! The *typical shapes* of a demand: how many GPUs requests want together, with how many vCPUs and how
//! much memory where these are requested exactly, and how often each was asked for. A request is noted
//! when it joins, before the market is asked and whatever becomes of it; so a policy knows the past and
//! nothing of the future, and the same arrivals leave the same shapes under every policy.
//!
//! At most [`MOST`] shapes are kept. One more takes the place and the count of the rarest (the
//! *space-saving* algorithm, Metwally et al., ICDT 2005): whatever was asked for in more than one of
//! `MOST` requests is always among them.

use crate::ids::GpuTypeId;
use crate::scenario::Scenario;
use crate::scenario::demand::Demand;
use crate::scenario::rules::VcpuMemory;
use crate::units::Bundle;

/// So many shapes are kept at most.
pub const MOST: usize = 256;

/// A shape: acceptable GPU types (a `type_lists` index), GPUs, vCPUs, memory.
type Key = (u32, u32, u32, u32);

/// The shapes of the demand so far, each with how often it was asked for.
#[derive(Clone, Debug)]
pub struct Typical {
    /// Whether anybody asks for it.
    pub kept: bool,
    /// Acceptable GPU types by list.
    lists: Vec<Vec<GpuTypeId>>,
    /// Whether vCPUs and memory are requested exactly.
    exact: bool,
    /// In order of key.
    rows: Vec<(Key, u64)>,
    /// The row last noted: the next request is often alike.
    latest: usize,
}

impl Typical {
    /// Nobody has asked yet.
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            kept: scenario.policies.placement.asks_for_typical(),
            lists: scenario.type_lists.clone(),
            exact: scenario.rules.vcpu_memory == VcpuMemory::Requested,
            rows: Vec::new(),
            latest: 0,
        }
    }
    /// A request joins. One without GPUs leaves no fragment and is not counted.
    pub fn note(&mut self, demand: &Demand) {
        if !self.kept || demand.gpus == 0 {
            return;
        }
        let (vcpus, memory) =
            if self.exact { (demand.min_vcpus, demand.min_memory.get()) } else { (0, 0) };
        let key = (demand.types, demand.gpus, vcpus, memory);
        if let Some((latest, count)) = self.rows.get_mut(self.latest)
            && *latest == key
        {
            *count += 1;
            return;
        }
        self.latest = match self.rows.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(row) => {
                self.rows[row].1 += 1;
                row
            }
            Err(_) => self.add(key),
        };
    }
    /// A shape that is not kept; gives its row.
    fn add(&mut self, key: Key) -> usize {
        let rarest = (0..self.rows.len()).min_by_key(|row| self.rows[*row].1);
        let full = rarest.filter(|_| self.rows.len() == MOST);
        let before = full.map_or(0, |row| self.rows.remove(row).1);
        let row = self.rows.partition_point(|(other, _)| *other < key);
        self.rows.insert(row, (key, before + 1));
        row
    }
    /// What requests that accept `gpu_type` ask for, each with how often.
    pub fn shapes(&self, gpu_type: GpuTypeId) -> impl Iterator<Item = (Bundle, u64)> {
        let accept = move |types: u32| self.lists[types as usize].contains(&gpu_type);
        let rows = self.rows.iter().filter(move |((types, ..), _)| accept(*types));
        rows.map(|((_, gpus, vcpus, memory), count)| {
            (Bundle { gpus: *gpus, vcpus: *vcpus, memory: *memory, disk: 0 }, *count)
        })
    }
}
