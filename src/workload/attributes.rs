//! What an arrival wants: account, GPUs, work, value, patience, deadline and budget, in this order.
//!
//! Each attribute has a stream of its own. An attribute that never varies costs no random number and
//! no arithmetic: it stands in a template, of which every arrival is a copy.

use super::Owner;
use super::arrivals::whole;
use crate::ids::{AccountId, Id};
use crate::rng::draw::{Distribution, Sampler};
use crate::rng::{Purpose, Stream};
use crate::scenario::demand::{Arrival, Segment, WorkLength};
use crate::units::{GpuTime, Money, SimTime, Span};

/// Numbers of the streams of [`Purpose::Attributes`]; append, never renumber.
mod part {
    pub(super) const ACCOUNT: u64 = 0;
    pub(super) const GPUS: u64 = 1;
    pub(super) const WORK: u64 = 2;
    pub(super) const VALUE: u64 = 3;
    pub(super) const PATIENCE: u64 = 4;
    pub(super) const DEADLINE: u64 = 5;
    pub(super) const BUDGET: u64 = 6;
}

/// A number that is drawn for every arrival; nothing for a constant, which the template holds.
pub(super) fn varying(
    distribution: &Distribution,
    stream: impl FnOnce() -> Stream,
) -> Option<Sampler> {
    let varies = !matches!(distribution, Distribution::Constant(_));
    varies.then(|| Sampler::new(distribution.clone(), stream()))
}

/// How an arrival's work is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// Seconds on the GPUs that it asks for.
    Seconds,
    /// GPU-seconds.
    GpuSeconds,
    /// Without end.
    Endless,
}

/// What the arrivals of one segment want.
#[derive(Debug)]
pub(super) struct Attributes {
    template: Arrival,
    first_account: usize,
    population: u64,
    account: Option<Stream>,
    gpus: Option<Sampler>,
    measure: Measure,
    /// The length where it is the same for all.
    length: f64,
    lengths: Option<Sampler>,
    value: Option<Sampler>,
    patience: Option<Sampler>,
    /// Deadline and budget of jobs, where they vary.
    limits: Option<Box<[Option<Sampler>; 2]>>,
}

/// A constant's value. What a template holds for a distribution that varies is never seen.
pub(super) fn constant(distribution: &Distribution) -> f64 {
    if let Distribution::Constant(value) = distribution { *value } else { 0.0 }
}

impl Attributes {
    /// The attributes of `segment`'s arrivals.
    pub(super) fn new(segment: &Segment, owner: Owner) -> Self {
        let open = |distribution: &Distribution, part| {
            varying(distribution, || owner.stream(Purpose::Attributes, part))
        };
        let (measure, length) = match &segment.work {
            WorkLength::Duration(length) => (Measure::Seconds, Some(length)),
            WorkLength::GpuSeconds(length) => (Measure::GpuSeconds, Some(length)),
            WorkLength::Endless => (Measure::Endless, None),
        };
        let patience = segment.patience.as_ref();
        let conduct = segment.conduct.as_deref();
        let deadline = conduct.and_then(|conduct| conduct.deadline.as_ref());
        let budget = conduct.and_then(|conduct| conduct.budget.as_ref());
        let exact_budget = conduct.and_then(|conduct| conduct.exact_budget);
        let mut demand = segment.demand;
        demand.gpus = whole(constant(&segment.gpus));
        let template = Arrival {
            at: SimTime::ZERO,
            account: segment.first_account,
            demand,
            buying: segment.buying,
            work: None,
            stay: None,
            value: segment.value.as_ref().map(|value| dollars(constant(value))),
            patience: patience.map_or(Span::FOREVER, |span| seconds(constant(span))),
            image: segment.image,
            template: segment.template,
            deadline: deadline.map(|span| seconds(constant(span))),
            budget: exact_budget.or(budget.map(|amount| dollars(constant(amount)))),
        };
        let limits = [
            deadline.and_then(|deadline| open(deadline, part::DEADLINE)),
            budget.and_then(|budget| open(budget, part::BUDGET)),
        ];
        let mut attributes = Self {
            template,
            first_account: segment.first_account.index(),
            population: u64::from(segment.population),
            account: (1 < segment.population)
                .then(|| owner.stream(Purpose::Attributes, part::ACCOUNT)),
            gpus: open(&segment.gpus, part::GPUS),
            measure,
            length: length.map_or(0.0, constant),
            lengths: length.and_then(|length| open(length, part::WORK)),
            value: segment.value.as_ref().and_then(|value| open(value, part::VALUE)),
            patience: patience.and_then(|patience| open(patience, part::PATIENCE)),
            limits: limits.iter().any(Option::is_some).then(|| Box::new(limits)),
        };
        let mut template = attributes.template;
        attributes.state_length(&mut template, attributes.length);
        attributes.template = template;
        attributes
    }
    /// What all arrivals have in common.
    pub(super) fn template(&self) -> Arrival {
        self.template
    }
    /// Makes of the template, or of an arrival before it, the arrival at `at`: all that varies is drawn.
    #[inline]
    pub(super) fn draw(&mut self, at: SimTime, arrival: &mut Arrival) {
        arrival.at = at;
        if let Some(stream) = &mut self.account {
            let offset = usize::try_from(stream.below(self.population)).unwrap_or_default();
            arrival.account = AccountId::from_index(self.first_account + offset);
        }
        if let Some(gpus) = &mut self.gpus {
            arrival.demand.gpus = whole(gpus.draw());
        }
        if self.gpus.is_some() || self.lengths.is_some() {
            let length = self.lengths.as_mut().map_or(self.length, Sampler::draw);
            self.state_length(arrival, length);
        }
        if let Some(value) = &mut self.value {
            arrival.value = Some(dollars(value.draw()));
        }
        if let Some(patience) = &mut self.patience {
            arrival.patience = seconds(patience.draw());
        }
        if let Some([deadline, budget]) = self.limits.as_deref_mut() {
            if let Some(deadline) = deadline {
                arrival.deadline = Some(seconds(deadline.draw()));
            }
            if let Some(budget) = budget {
                arrival.budget = Some(dollars(budget.draw()));
            }
        }
    }
    /// Gives `arrival` work of this length.
    #[inline]
    fn state_length(&self, arrival: &mut Arrival, length: f64) {
        match self.measure {
            Measure::Endless => {}
            Measure::Seconds => state_duration(arrival, seconds(length)),
            Measure::GpuSeconds => {
                let gpu_micros = u128::from(seconds(length).micros());
                arrival.work = Some(GpuTime::from_gpu_micros(gpu_micros));
            }
        }
    }
}

/// Makes `arrival` need its GPUs for `span`. Without a GPU no work can be done (POD-13): it stays.
#[inline]
pub(super) fn state_duration(arrival: &mut Arrival, span: Span) {
    (arrival.work, arrival.stay) = match arrival.demand.gpus {
        0 => (None, Some(span)),
        gpus => (Some(GpuTime::new(gpus, span)), None),
    };
}

#[inline]
fn seconds(drawn: f64) -> Span {
    Span::from_seconds_f64(drawn)
}

#[inline]
fn dollars(drawn: f64) -> Money {
    Money::from_drawn_dollars(drawn)
}
