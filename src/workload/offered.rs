//! What a scenario's customers will ask for in one run, before any market answers.
//!
//! The arrivals are those of the run itself: the same streams, the same rows of traces. So the load is
//! exact for this seed and replication, and two runs that differ by a policy are offered the same.

use super::Source;
use super::deposits::{Deposits, opening_balance};
use super::floors::Floors;
use super::import::TraceError;
use crate::ids::{AccountId, Id};
use crate::scenario::Scenario;
use crate::scenario::checkpointing::checkpoints_in;
use crate::scenario::demand::{Arrival, Buying};
use crate::scenario::model::ActionKind;
use crate::units::{Gb, GpuTime, Money, Price, SimTime, Span};
use std::collections::BTreeMap;

/// What requests that accept the same GPU types ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Requests.
    pub requests: u64,
    /// Those of them that bid.
    pub spot: u64,
    /// Those that run until told; their load is counted to the horizon.
    pub endless: u64,
    /// The most GPUs that one of them asks for.
    pub largest: u32,
    /// GPU-time, had each its GPUs from its arrival on; none of it beyond the horizon. Checkpoints count.
    pub gpu_time: GpuTime,
    /// What of it goes into checkpoints.
    pub checkpoints: GpuTime,
    /// That GPU-time at the on-demand price of the first type, in its cheapest cloud.
    pub at_list_price: Money,
    /// What their work is worth to those who said it.
    pub value: Money,
}

/// All demand of one run, and the money that comes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// By index of the list of acceptable GPU types ([`Scenario::type_lists`]).
    pub by_types: BTreeMap<u32, Offered>,
    /// Requests of traces that would come at or after their segment's end, or the horizon.
    pub late: u64,
    /// Requests at a bid below every floor that they will meet (SPOT-02).
    pub below_floor: u64,
    /// What accounts open with.
    pub opening: Money,
    /// What they pay in later by plan, before the horizon, as far as it is taken (ACCT-02).
    pub later: Money,
    /// Deposits by plan before the horizon that are below the least, and refused (ACCT-02).
    pub refused_deposits: u64,
    /// What the script pays in until the horizon, as far as it is taken.
    pub scripted: Money,
    /// What the script's adjustments come to until the horizon; a negative one takes at most the
    /// balance that it finds (ACCT-09).
    pub adjusted: Money,
    /// Scripted deposits and automatic payments until the horizon that are below the least, and
    /// refused (ACCT-02, ACCT-05).
    pub refused_payments: u64,
}

/// How far the drawing has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Requests and deposits so far.
    pub count: u64,
    /// The part that is being drawn: a segment's arrivals, or at last the deposits of all.
    pub part: u64,
    /// How many parts there are.
    pub parts: u64,
    /// How far that part has come: of arrivals in simulated time, of deposits by accounts.
    pub at: SimTime,
}

impl Drawn {
    /// So many draws pass between two reports.
    const STRIDE: u64 = 16_384;

    /// Counts a draw that has come to `at`, and tells `watch` now and then.
    fn step(&mut self, at: SimTime, watch: &mut dyn FnMut(Self)) {
        (self.count, self.at) = (self.count + 1, at);
        if self.count.is_multiple_of(Self::STRIDE) {
            watch(*self);
        }
    }
}

/// Draws all arrivals and deposits of the run seeded `seed`, and tells `watch` how far that has come.
/// `intervals`: by segment, how much work passes between two checkpoints, if any are written.
///
/// # Errors
/// A trace that can't be read.
pub fn forecast(
    scenario: &Scenario,
    (seed, replication): (u64, u64),
    intervals: &[Option<Span>],
    watch: &mut dyn FnMut(Drawn),
) -> Result<Forecast, TraceError> {
    let mut drawn = Drawn { parts: parts(scenario), ..Drawn::default() };
    let mut forecast = Forecast::default();
    let prices: Vec<Money> =
        (0..scenario.type_lists.len()).map(|list| list_price(scenario, list)).collect();
    let floors = Floors::of(scenario);
    for segment in &scenario.segments {
        let mut source = Source::open(scenario, segment, seed, replication)?;
        let saving = segment.checkpoint.zip(intervals[segment.id.index()]);
        let saving = saving.map(|(terms, interval)| Saving { cost: terms.cost, interval });
        while let Some(arrival) = source.next() {
            let types = arrival.demand.types;
            let offered = forecast.by_types.entry(types).or_default();
            offered.add(arrival, saving, scenario.horizon, prices[types as usize]);
            forecast.below_floor += u64::from(floors.refuse_arrival(arrival));
            drawn.step(arrival.at, watch);
        }
        drawn.part += 1;
        if let Some(failure) = source.take_failure() {
            return Err(failure);
        }
        forecast.late += source.count_late()?;
    }
    for index in 0..scenario.accounts.len() {
        let share = scenario.horizon.micros() / count(scenario.accounts.len());
        let at = SimTime::from_micros(share * count(index));
        let mut step = || drawn.step(at, watch);
        forecast.fund(scenario, AccountId::from_index(index), (seed, replication), &mut step);
    }
    forecast.follow_script(scenario);
    Ok(forecast)
}

fn count(length: usize) -> u64 {
    u64::try_from(length).expect("a length fits in 64 bits")
}

/// Each segment is drawn, and then the deposits of all, if there are any.
fn parts(scenario: &Scenario) -> u64 {
    let pays_in = scenario.segments.iter().any(|segment| segment.deposits.is_some());
    count(scenario.segments.len()) + u64::from(pays_in)
}

/// How pods save their work (STOR-07: on a volume).
#[derive(Clone, Copy, Debug)]
struct Saving {
    cost: Span,
    interval: Span,
}

impl Saving {
    /// How long work takes that takes `work` by itself, if nothing interrupts it.
    fn time(self, work: Span) -> Span {
        let writing = self.cost.micros().saturating_mul(checkpoints_in(work, self.interval));
        Span::from_micros(work.micros().saturating_add(writing))
    }
}

impl Offered {
    fn add(&mut self, arrival: &Arrival, saving: Option<Saving>, horizon: SimTime, price: Money) {
        self.requests += 1;
        self.spot += u64::from(matches!(arrival.buying, Buying::Spot(_)));
        self.endless += u64::from(arrival.work.is_none() && arrival.stay.is_none());
        let gpus = arrival.demand.gpus;
        self.largest = self.largest.max(gpus);
        let most = horizon.saturating_since(arrival.at);
        let bare = arrival.work.map_or(most, |work| work.time_on(gpus));
        let saving = saving.filter(|_| arrival.work.is_some() && arrival.demand.volume != Gb::ZERO);
        let span = saving.map_or(bare, |saving| saving.time(bare)).min(most);
        self.checkpoints += GpuTime::new(gpus, span - bare.min(span));
        self.gpu_time += GpuTime::new(gpus, span);
        self.at_list_price += Price::per_hour(price).for_span(gpus, span);
        self.value += arrival.value.unwrap_or_default();
    }
}

impl Forecast {
    fn fund(
        &mut self,
        scenario: &Scenario,
        account: AccountId,
        (seed, replication): (u64, u64),
        step: &mut dyn FnMut(),
    ) {
        let spec = &scenario.accounts[account.index()];
        let segment = spec.segment.map(|segment| &scenario.segments[segment.index()]);
        let drawn = segment
            .map(|segment| opening_balance(&segment.opening_balance, seed, replication, account));
        self.opening += spec.balance.or(drawn).unwrap_or_default();
        let Some(plan) = segment.and_then(|segment| segment.deposits.as_ref()) else { return };
        let mut deposits = Deposits::open(seed, replication, account);
        loop {
            let (at, amount) = deposits.next(plan);
            if scenario.horizon <= at {
                return;
            }
            step();
            if scenario.rules.minimum_deposit <= amount {
                self.later += amount;
            } else if !amount.is_zero() {
                self.refused_deposits += 1;
            }
        }
    }
    fn follow_script(&mut self, scenario: &Scenario) {
        let least = scenario.rules.minimum_deposit;
        for action in scenario.script.iter().filter(|action| action.at <= scenario.horizon) {
            if let ActionKind::Adjust { amount } = action.kind {
                self.adjusted += amount;
            } else if let ActionKind::Deposit { amount } = action.kind {
                let is_taken = least <= amount;
                self.scripted += if is_taken { amount } else { Money::ZERO };
                self.refused_payments += u64::from(!is_taken);
            } else if let ActionKind::SetAutoPay { auto_pay } = action.kind {
                self.refused_payments += u64::from(auto_pay.amount < least);
            }
        }
    }
}

/// The lowest on-demand price at which hosts offer the first type of a list that any host has.
fn list_price(scenario: &Scenario, list: usize) -> Money {
    let cheapest = |gpu_type| {
        let offers = scenario.scopes.iter().filter(|scope| scope.has_hosts);
        offers.filter(|scope| scope.gpu_type == gpu_type).map(|scope| scope.on_demand).min()
    };
    scenario.type_lists[list].iter().copied().find_map(cheapest).unwrap_or_default()
}

impl std::ops::AddAssign for Offered {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.spot += other.spot;
        self.endless += other.endless;
        self.largest = self.largest.max(other.largest);
        self.gpu_time += other.gpu_time;
        self.checkpoints += other.checkpoints;
        self.at_list_price += other.at_list_price;
        self.value += other.value;
    }
}

impl Offered {
    /// GPUs that it would keep busy on average over `time`.
    pub fn mean_gpus(&self, time: Span) -> f64 {
        if time.is_zero() {
            0.0
        } else {
            self.gpu_time.as_gpu_seconds_f64() / time.as_seconds_f64()
        }
    }
}
