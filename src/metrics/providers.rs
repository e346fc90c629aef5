//! Providers: how many are there, what they ask, earn and cost (HOST-12, HOST-13).
//!
//! Sums begin with the end of the warm-up. A provider counts from the day on which its host joins, being
//! vetted included, until the host has left.

use super::gauge::{Gauge, number};
use super::subject::Breakdown::Supply as OfSupply;
use super::subject::Subject;
use super::summary::{Reading, Value};
use crate::ids::{HostId, Id};
use crate::journal::Fact;
use crate::journal::fact::{Book, PriceSet, Supplied};
use crate::scenario::Scenario;
use crate::scenario::rules::CommunityPricing;
use crate::units::{Money, SimTime, Span};

/// What was gathered about the providers of one supply, or of all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) measured: Span,
    hosts: Gauge,
    gpus: Gauge,
    /// Of GPUs: their costs per hour, and what is asked for them, in nano-dollars.
    cost: Gauge,
    asked: Gauge,
    joined: u64,
    left: u64,
    declined: u64,
    earned: Money,
    /// Up to the last fact: hosts, GPUs, costs, prices.
    sums: [i128; 4],
}

impl Sums {
    fn gauges(&mut self) -> [&mut Gauge; 4] {
        [&mut self.hosts, &mut self.gpus, &mut self.cost, &mut self.asked]
    }
    /// A host of so many GPUs comes (1) or leaves (-1).
    fn count(&mut self, at: SimTime, host: &Provided, by: i128) {
        let Provided { gpus, cost, asked, .. } = *host;
        let parts = [1, gpus, gpus * cost.nanos(), gpus * asked.nanos()];
        for (gauge, part) in self.gauges().into_iter().zip(parts) {
            gauge.add(at, by * part);
        }
    }
    fn per_gpu_hour(&self, dollars: f64) -> Value {
        const MICROS_PER_HOUR: f64 = 3.6e9;
        Value::ratio(dollars * MICROS_PER_HOUR, number(self.sums[1]))
    }
}

/// A provider's host.
#[derive(Clone, Copy, Debug)]
struct Provided {
    supply: usize,
    is_there: bool,
    gpus: i128,
    cost: Money,
    asked: Money,
}

/// What is gathered about all providers.
#[derive(Clone, Debug)]
pub(super) struct Providers<'a> {
    scenario: &'a Scenario,
    /// Of all, then of each supply.
    sums: Vec<Sums>,
    /// In order of their ids, which follow on those of the scenario's hosts.
    hosts: Vec<Provided>,
    counting: bool,
}

impl<'a> Providers<'a> {
    /// Of a scenario in which there are any.
    pub(super) fn new(scenario: &'a Scenario) -> Option<Self> {
        let counting = scenario.warm_up == SimTime::ZERO;
        let sums = vec![Sums::default(); scenario.supply.len() + 1];
        (!scenario.supply.is_empty()).then_some(Self {
            scenario,
            sums,
            hosts: Vec::new(),
            counting,
        })
    }
    fn place(&self, host: HostId) -> Option<usize> {
        host.index().checked_sub(self.scenario.hosts.len())
    }
    fn both(&mut self, supply: usize, change: impl Fn(&mut Sums)) {
        change(&mut self.sums[0]);
        change(&mut self.sums[supply + 1]);
    }
    /// Its host is there from now on, or no longer.
    fn be_there(&mut self, at: SimTime, host: HostId, is_there: bool) {
        let Some(place) = self.place(host) else { return };
        self.hosts[place].is_there = is_there;
        let (row, counting) = (self.hosts[place], self.counting);
        self.both(row.supply, |sums| {
            sums.count(at, &row, if is_there { 1 } else { -1 });
            sums.joined += u64::from(counting && is_there);
            sums.left += u64::from(counting && !is_there);
        });
    }
    /// What it asks: its price where hosts price, else its minimum bid.
    fn ask(&mut self, at: SimTime, set: &PriceSet) {
        let prices = self.scenario.rules.community_pricing == CommunityPricing::Host;
        let asked = if prices { set.on_demand } else { set.min_bid };
        let place = set.host.and_then(|host| self.place(host));
        let Some((place, asked)) = place.zip(asked) else { return };
        let before = self.hosts[place];
        self.hosts[place].asked = asked;
        if before.is_there {
            let by = before.gpus * (asked - before.asked).nanos();
            self.both(before.supply, |sums| sums.asked.add(at, by));
        }
    }

    /// Hears what concerns providers.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact concerns them")]
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::HostSupplied(Supplied { like, supply, cost, .. }) => self.hosts.push(Provided {
                supply: supply.index(),
                is_there: false,
                gpus: self.scenario.hosts[like.index()].gpus.into(),
                cost,
                asked: Money::ZERO,
            }),
            Fact::HostJoined(host) => self.be_there(at, host, true),
            Fact::HostLeft(host) => self.be_there(at, host, false),
            Fact::PriceSet(ref set) => self.ask(at, set),
            Fact::ProviderDeclined(declined) if self.counting => {
                self.both(declined.supply.index(), |sums| sums.declined += 1);
            }
            Fact::Posted(ref posting) if self.counting => {
                if let Book::Host(host) = posting.credit
                    && let Some(place) = self.place(host)
                {
                    self.both(self.hosts[place].supply, |sums| sums.earned += posting.amount);
                }
            }
            Fact::WarmUpEnded if !self.counting => {
                self.counting = true;
                let gauges = self.sums.iter_mut().flat_map(Sums::gauges);
                gauges.for_each(|gauge| gauge.restart(at));
            }
            _ => {}
        }
    }

    /// The sums up to `at`, each with what it is about.
    pub(super) fn sums(&mut self, at: SimTime, measured: Span) -> Vec<(Subject, Sums)> {
        let supplies =
            (0..self.scenario.supply.len()).map(|index| Subject::Supply(Id::from_index(index)));
        let subjects = std::iter::once(Subject::Market).chain(supplies);
        let sums = self.sums.iter_mut().map(|sums| {
            sums.measured = measured;
            sums.sums = sums.gauges().map(|gauge| gauge.sum(at));
            *sums
        });
        subjects.zip(sums).collect()
    }
}

/// The facts that they are made of, beside those that are heard of every host.
pub(super) const WANTS: [&str; 3] = ["host_supplied", "price_set", "provider_declined"];

/// The metrics of a scenario with providers, in the order of the summary.
pub(super) const READINGS: &[Reading<Sums>] = &[
    Reading::new("providers_mean", "1", OfSupply, |s| {
        Value::ratio(number(s.sums[0]), number(s.measured.micros().into()))
    }),
    Reading::new("providers_joined", "1", OfSupply, |s| Value::Count(s.joined)),
    Reading::new("providers_left", "1", OfSupply, |s| Value::Count(s.left)),
    Reading::new("providers_declined", "1", OfSupply, |s| Value::Count(s.declined)),
    Reading::new("provider_price_mean", "USD/GPU-h", OfSupply, |s| {
        Value::ratio(number(s.sums[3]) / 1e9, number(s.sums[1]))
    }),
    Reading::new("provider_cost_mean", "USD/GPU-h", OfSupply, |s| {
        Value::ratio(number(s.sums[2]) / 1e9, number(s.sums[1]))
    }),
    Reading::new("provider_earnings_per_gpu_hour", "USD/GPU-h", OfSupply, |s| {
        s.per_gpu_hour(s.earned.as_dollars_f64())
    }),
];
