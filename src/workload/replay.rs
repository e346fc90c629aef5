//! Arrivals from the rows of a trace.
//!
//! What a row states holds; what it leaves open is the segment's, drawn for every row whether it is
//! used or not, so that the k-th row always gets the k-th draws. The instant `from` of the trace
//! becomes the segment's own `from`. Requests that arrived earlier are left out, also those that still
//! ran then. Names of accounts are given to the segment's accounts in order of first mention, and
//! start again with its first when there are more names than accounts. A request for more GPUs than one
//! pod may have becomes several requests of one instant, which share its account and its draws.

use super::attributes::{self, Attributes};
use super::import::error::Cell;
use super::import::{Requests, Row, RowKind, TraceError, part_of, pods};
use crate::ids::{AccountId, Id};
use crate::scenario::demand::{Arrival, BidRule, Buying, CpuMemory, Demand, Replay, Segment};
use crate::scenario::model::Image;
use crate::scenario::rules::{BidPer, Rules};
use crate::units::{Gb, SimTime};
use std::collections::BTreeMap;

/// The rows of a trace on their way to becoming arrivals.
pub(super) struct Rows {
    requests: Requests,
    replay: Replay,
    /// Where `replay.from` lies in the run.
    start: SimTime,
    until: SimTime,
    bid_per: BidPer,
    accounts: Accounts,
    /// Further pods of the latest row, the last first.
    more: Vec<Arrival>,
    failure: Option<TraceError>,
    /// Requests seen that come too late.
    late: u64,
    ended: bool,
}

/// The accounts that the trace names.
struct Accounts {
    first: usize,
    population: usize,
    named: BTreeMap<String, AccountId>,
}

impl Accounts {
    fn of(&mut self, name: &str) -> AccountId {
        if let Some(account) = self.named.get(name) {
            return *account;
        }
        let account = AccountId::from_index(self.first + self.named.len() % self.population);
        self.named.insert(name.to_owned(), account);
        account
    }
}

impl Rows {
    /// The rows of `replay`, to arrive before `until`.
    pub(super) fn open(
        replay: &Replay,
        segment: &Segment,
        rules: &Rules,
        until: SimTime,
    ) -> Result<Self, TraceError> {
        let population = usize::try_from(segment.population.max(1)).expect("32 bits fit");
        let first = segment.first_account.index();
        Ok(Self {
            requests: Requests::open(&replay.path, replay.format)?,
            replay: replay.clone(),
            start: segment.from,
            until,
            bid_per: rules.bid_per,
            accounts: Accounts { first, population, named: BTreeMap::new() },
            more: Vec::new(),
            failure: None,
            late: 0,
            ended: false,
        })
    }
    /// The next arrival.
    pub(super) fn next(&mut self, what: &mut Attributes) -> Option<Arrival> {
        if let Some(arrival) = self.more.pop() {
            return Some(arrival);
        }
        if self.ended {
            return None;
        }
        let arrival = self.try_next(what).unwrap_or_else(|failure| {
            self.failure = Some(failure);
            None
        });
        self.ended = arrival.is_none();
        arrival
    }
    /// How many requests come too late, once the arrivals are over.
    pub(super) fn count_late(&mut self) -> Result<u64, TraceError> {
        while let Some(row) = self.requests.next()? {
            let asked = row.gpus.asked(&self.replay);
            self.late += asked.map_or(0, |gpus| count(gpus, &self.replay));
        }
        Ok(self.late)
    }
    /// Why the rows ended before the trace did.
    pub(super) const fn take_failure(&mut self) -> Option<TraceError> {
        self.failure.take()
    }

    fn try_next(&mut self, what: &mut Attributes) -> Result<Option<Arrival>, TraceError> {
        loop {
            let Some(row) = self.requests.next()? else { return Ok(None) };
            if row.arrival < self.replay.from {
                continue;
            }
            let Some(gpus) = row.gpus.asked(&self.replay) else { continue };
            let at = self.start.saturating_add(row.arrival - self.replay.from);
            if self.until <= at {
                self.late += count(gpus, &self.replay);
                return Ok(None);
            }
            let mut arrival = what.template();
            what.draw(at, &mut arrival);
            let Some(types) = types(&self.replay, &row, &arrival) else {
                let expected = "GPU types that the scenario resolves";
                let found = row.gpu_type.to_owned();
                return Err(self.requests.malformed(Cell { column: "gpu_type", found, expected }));
            };
            arrival.demand.types = types;
            if !row.account.is_empty() {
                arrival.account = self.accounts.of(row.account);
            }
            let terms = (self.replay.cpu_memory, self.bid_per);
            let made = pods(gpus, self.replay.largest_pod);
            self.more.extend(made.map(|part| pod(arrival, &row, (part, gpus), terms)));
            self.more.reverse();
            return Ok(self.more.pop());
        }
    }
}

/// How many pods a request becomes.
fn count(gpus: u32, replay: &Replay) -> u64 {
    u64::try_from(pods(gpus, replay.largest_pod).count()).expect("a count fits in 64 bits")
}

/// What a pod of so many of the row's GPUs asks for, beside what was drawn.
fn pod(
    drawn: Arrival,
    row: &Row<'_>,
    (gpus, of): (u32, u32),
    (cpu_memory, bid_per): (CpuMemory, BidPer),
) -> Arrival {
    let (mut arrival, mut row) = (drawn, *row);
    if gpus < of {
        row = row.part(gpus, of);
        arrival.value = arrival.value.map(|value| part_of(value, gpus, of));
    }
    arrival.demand.gpus = gpus;
    state_demand(&mut arrival.demand, &row, cpu_memory);
    state_terms(&mut arrival, &row, bid_per);
    arrival
}

/// The list of GPU types that a row means; a row that names none, and whose empty name the scenario
/// does not resolve, takes the segment's.
fn types(replay: &Replay, row: &Row<'_>, arrival: &Arrival) -> Option<u32> {
    let known = replay.types.iter().find(|(name, _)| name == row.gpu_type);
    known.map(|(_, types)| *types).or(row.gpu_type.is_empty().then_some(arrival.demand.types))
}

/// Puts what the row states of a host over what the segment asks for; the GPUs of `demand` are the row's.
pub fn state_demand(demand: &mut Demand, row: &Row<'_>, cpu_memory: CpuMemory) {
    demand.clouds = row.cloud.unwrap_or(demand.clouds);
    demand.container_disk = row.container_disk.unwrap_or(demand.container_disk);
    demand.volume = row.volume.unwrap_or(demand.volume);
    demand.deploy_cost = row.deploy_cost.or(demand.deploy_cost);
    if demand.gpus == 0 {
        // POD-13: such a pod gets its own small share, whatever it asks for.
        (demand.min_vcpus, demand.min_memory) = (0, Gb::ZERO);
    } else if cpu_memory == CpuMemory::Asked {
        demand.min_vcpus = row.min_vcpus.unwrap_or(demand.min_vcpus);
        demand.min_memory = row.min_memory.unwrap_or(demand.min_memory);
    }
}

/// How long, how and how patiently the row buys. A duration that is not stated is without end.
fn state_terms(arrival: &mut Arrival, row: &Row<'_>, bid_per: BidPer) {
    let gpus = arrival.demand.gpus;
    match row.duration {
        Some(duration) => attributes::state_duration(arrival, duration),
        None => (arrival.work, arrival.stay) = (None, None),
    }
    arrival.buying = match (row.kind, arrival.buying) {
        (None, buying) => buying,
        (Some(RowKind::OnDemand), _) => Buying::OnDemand,
        (Some(RowKind::Spot(None)), buying) => buying,
        // SPOT-01: the trace's bid is per GPU, the market's may be for the whole pod.
        (Some(RowKind::Spot(Some(bid))), _) => Buying::Spot(BidRule::Fixed(match bid_per {
            BidPer::Gpu => bid,
            BidPer::Pod => bid.times(gpus),
        })),
    };
    if gpus == 0 {
        // POD-13: it pays no compute price, so there is nothing to bid for.
        arrival.buying = Buying::OnDemand;
    }
    arrival.patience = row.patience.unwrap_or(arrival.patience);
    arrival.value = row.value.or(arrival.value);
    arrival.image = row.image.map_or(arrival.image, Image::Own);
    // What the row states is not the template's.
    if let Some(from) = &mut arrival.template {
        from.states_container_disk |= row.container_disk.is_some();
        from.states_volume |= row.volume.is_some();
        from.states_image |= row.image.is_some();
    }
}
