//! What a whole trace comes to, checked before a run.

use super::table::digest;
use super::{Gpus, Requests, Row, RowKind, TraceError, pods};
use crate::scenario::demand::Replay;
use crate::units::{GpuTime, SimTime, Span};
use std::collections::BTreeSet;

/// What the requests that name one GPU type, or one list of them, ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeFacts {
    /// The name as the trace spells it: types joined by `|`, or empty for any.
    pub name: String,
    /// Requests.
    pub requests: u64,
    /// The most GPUs that one of them asks for.
    pub largest: u32,
    /// The work of those that end by themselves, after shares of a GPU became whole.
    pub work: GpuTime,
}

/// What a whole trace comes to, as it will be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFacts {
    /// BLAKE3 of the file, in hexadecimal.
    pub digest: String,
    /// Rows of the file.
    pub rows: u64,
    /// Requests that will be replayed; one that is split counts as often as it has pods.
    pub requests: u64,
    /// The first and the last arrival that will be replayed, from the trace's zero.
    pub arrivals: Option<(SimTime, SimTime)>,
    /// Per name of GPU types, in order of first mention.
    pub types: Vec<TypeFacts>,
    /// How many different accounts are named.
    pub accounts: u32,
    /// Requests for a share of one GPU among those that will be replayed.
    pub shares: u64,
    /// Requests with zero GPUs among those that will be replayed.
    pub zero_gpu: u64,
    /// Rows that ask for more GPUs than a pod may have, and are split.
    pub split: u64,
    /// Requests that run until told.
    pub endless: u64,
    /// The first row that buys spot without stating a bid; its segment has to state one.
    pub spot_without_bid: Option<u64>,
}

/// Reads a whole trace and says what its replay comes to. `window` is how long arrivals are taken, from
/// the instant `replay.from` of the trace on; rows outside are checked all the same. `replay.types` is
/// not looked at: [`TraceFacts::types`] are the names that it has to resolve.
///
/// # Errors
/// The first error of the file.
pub fn check_trace(replay: &Replay, window: Span) -> Result<TraceFacts, TraceError> {
    let mut requests = Requests::open(&replay.path, replay.format)?;
    let mut accounts = BTreeSet::new();
    let mut facts = TraceFacts {
        digest: digest(&replay.path)?,
        rows: 0,
        requests: 0,
        arrivals: None,
        types: Vec::new(),
        accounts: 0,
        shares: 0,
        zero_gpu: 0,
        split: 0,
        endless: 0,
        spot_without_bid: None,
    };
    let end = replay.from.saturating_add(window);
    loop {
        let row_number = requests.rows() + 1;
        let Some(row) = requests.next()? else { break };
        let asked = row.gpus.asked(replay);
        let Some(gpus) = asked.filter(|_| replay.from <= row.arrival && row.arrival < end) else {
            continue;
        };
        facts.split += u64::from(replay.largest_pod.is_some_and(|largest| largest < gpus));
        for gpus in pods(gpus, replay.largest_pod) {
            facts.count(&row, gpus, row_number);
        }
        if !accounts.contains(row.account) {
            accounts.insert(row.account.to_owned());
        }
    }
    accounts.remove("");
    facts.rows = requests.rows();
    facts.accounts = u32::try_from(accounts.len()).unwrap_or(u32::MAX);
    Ok(facts)
}

impl TraceFacts {
    fn count(&mut self, row: &Row<'_>, gpus: u32, row_number: u64) {
        self.requests += 1;
        let first = self.arrivals.map_or(row.arrival, |(first, _)| first);
        self.arrivals = Some((first, row.arrival));
        self.shares += u64::from(matches!(row.gpus, Gpus::Thousandths(_)));
        self.zero_gpu += u64::from(gpus == 0);
        self.endless += u64::from(row.duration.is_none());
        if row.kind == Some(RowKind::Spot(None)) && self.spot_without_bid.is_none() {
            self.spot_without_bid = Some(row_number);
        }
        let index = self.types.iter().position(|facts| facts.name == row.gpu_type);
        let index = index.unwrap_or_else(|| {
            let name = row.gpu_type.to_owned();
            self.types.push(TypeFacts { name, requests: 0, largest: 0, work: GpuTime::ZERO });
            self.types.len() - 1
        });
        let facts = &mut self.types[index];
        facts.requests += 1;
        facts.largest = facts.largest.max(gpus);
        facts.work += GpuTime::new(gpus, row.duration.unwrap_or(Span::ZERO));
    }
}
