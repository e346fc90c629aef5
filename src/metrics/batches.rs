//! A long run cut into batches of equal length: what each came to, for the analysis of one run in its steady state.
//!
//! Levels (GPUs sold, requests waiting) are means over a batch's time. Money is accrued from meters, for postings are
//! rare and come in lumps: what a batch earned is what its meters counted in it, posted or not. Meters owe whole units,
//! and some of them may be waived; by how much a posting is off what its meter has counted since the one before is earned
//! or lost with the posting, so that all batches come to what the ledger has. Waits and latencies are those of the requests that were placed, or served, in the batch.

use super::gauge::Gauge;
use crate::ids::{HostId, Id};
use crate::journal::fact::{Occupancy, Posting, RequestStatus, Subject};
use crate::journal::meters::{Change, Meter, Meters, Rate};
use crate::journal::rentals::Rentals;
use crate::journal::workers::Workers;
use crate::journal::{Fact, Sink};
use crate::scenario::Scenario;
use crate::units::{Money, SimTime, Span};
use std::collections::BTreeMap;

/// What is told of each batch, with its unit.
pub const MEASURES: [(&str, &str); 5] = [
    ("utilization", "1"),
    ("waiting_mean", "1"),
    ("revenue_per_hour", "USD/h"),
    ("wait_mean", "s"),
    ("request_latency_mean", "s"),
];

/// A batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batch {
    /// When it begins.
    pub from: SimTime,
    /// When it ends.
    pub until: SimTime,
    /// By [`MEASURES`]; none of what is not defined in it.
    pub values: [Option<f64>; MEASURES.len()],
}

/// A meter's price for all of its quantity, whether it counts, and what it has counted.
#[derive(Clone, Copy, Debug)]
struct Counting {
    amount: Money,
    period: Span,
    runs: bool,
    since: SimTime,
    /// Nano-dollars, times the period in microseconds, since the last posting until `since`.
    unposted: i128,
}

/// A mean of what happened in a batch.
#[derive(Clone, Copy, Debug, Default)]
struct Events {
    count: u32,
    micros: u128,
}

impl Events {
    fn add(&mut self, span: Span) {
        self.count += 1;
        self.micros += u128::from(span.micros());
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean needs no more than 53 bits")]
    fn mean_s(self) -> Option<f64> {
        (0 < self.count).then(|| self.micros as f64 / f64::from(self.count) / 1e6)
    }
}

/// The sink that makes them.
pub struct Batches {
    from: SimTime,
    length: Span,
    count: u64,
    done: Vec<Batch>,
    hosts: Vec<Occupancy>,
    up: Gauge,
    sold: Gauge,
    waiting: Gauge,
    /// Amounts per period, by the period.
    charges: BTreeMap<Span, Gauge>,
    has_begun: bool,
    /// What the gauges had come to when the batch began.
    before: Sums,
    meters: Meters,
    open: BTreeMap<Meter, Counting>,
    /// Meters that have closed now, and may post what they owe before the instant is over.
    closed: (SimTime, Vec<Meter>),
    /// Nano-dollars that postings have come to beside what their meters had counted.
    beside: i128,
    rentals: Rentals,
    workers: Workers,
    waits: Events,
    latencies: Events,
}

#[derive(Clone, Debug, Default)]
struct Sums {
    up: i128,
    sold: i128,
    waiting: i128,
    charges: BTreeMap<Span, i128>,
    beside: i128,
}

impl Batches {
    /// So many batches, at least one, between an instant and the horizon of the scenario.
    pub fn new(scenario: &Scenario, from: SimTime, count: u32) -> Self {
        let count = u64::from(count.max(1));
        let length = scenario.horizon.saturating_since(from).micros().div_euclid(count);
        Self {
            from,
            length: Span::from_micros(length.max(1)),
            count,
            done: Vec::new(),
            hosts: vec![Occupancy::default(); scenario.hosts.len()],
            up: Gauge::default(),
            sold: Gauge::default(),
            waiting: Gauge::default(),
            charges: BTreeMap::new(),
            has_begun: false,
            before: Sums::default(),
            meters: Meters::new(scenario.rules.month(), scenario.followed_scopes()),
            open: BTreeMap::new(),
            closed: (SimTime::ZERO, Vec::new()),
            beside: 0,
            rentals: Rentals::new(),
            workers: Workers::default(),
            waits: Events::default(),
            latencies: Events::default(),
        }
    }
    /// The batches, once the run is over.
    pub fn finish(mut self, horizon: SimTime) -> Vec<Batch> {
        self.pass(horizon);
        self.forget_closed(horizon + Span::from_micros(1));
        let last = self.count - 1;
        self.close(self.bound(last), self.bound(last + 1));
        self.done
    }
    fn bound(&self, index: u64) -> SimTime {
        self.from + Span::from_micros(self.length.micros() * index)
    }
    /// Closes the batches that end up to now, but for the last: what the run posts as it ends is a part of that.
    fn pass(&mut self, at: SimTime) {
        while (self.done.len() as u64) < self.count {
            let index = self.done.len() as u64;
            let (from, until) = (self.bound(index), self.bound(index + 1));
            if !self.has_begun && from <= at {
                self.begin(from);
            }
            if at < until || index + 1 == self.count {
                return;
            }
            self.close(from, until);
        }
    }
    fn sums(&self, at: SimTime) -> Sums {
        let charges = self.charges.iter().map(|(period, gauge)| (*period, gauge.sum(at)));
        Sums {
            up: self.up.sum(at),
            sold: self.sold.sum(at),
            waiting: self.waiting.sum(at),
            charges: charges.collect(),
            beside: self.beside,
        }
    }
    fn begin(&mut self, at: SimTime) {
        self.has_begun = true;
        self.before = self.sums(at);
        (self.waits, self.latencies) = (Events::default(), Events::default());
    }
    #[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
    fn close(&mut self, from: SimTime, until: SimTime) {
        let now = self.sums(until);
        let part = |now: i128, before: i128| (now - before) as f64;
        let up = part(now.up, self.before.up);
        let sold = part(now.sold, self.before.sold);
        let micros = (until - from).micros() as f64;
        let charged = now.charges.iter().map(|(period, sum)| {
            let before = self.before.charges.get(period).copied().unwrap_or_default();
            part(*sum, before) / period.micros() as f64
        });
        // Nano-dollars per batch, as USD per hour.
        let beside = part(now.beside, self.before.beside);
        let revenue = (charged.sum::<f64>() + beside) / 1e9 / (micros / 3.6e9);
        let values = [
            (0.0 < up).then(|| sold / up),
            Some(part(now.waiting, self.before.waiting) / micros),
            Some(revenue),
            self.waits.mean_s(),
            self.latencies.mean_s(),
        ];
        self.done.push(Batch { from, until, values });
        self.begin(until);
    }
    fn occupy(&mut self, at: SimTime, host: HostId, now: Option<Occupancy>) {
        let now = now.unwrap_or_default();
        if self.hosts.len() <= host.index() {
            self.hosts.resize(host.index() + 1, Occupancy::default());
        }
        let before = std::mem::replace(&mut self.hosts[host.index()], now);
        let sold = |of: Occupancy| of.total() - u32::from(of.free);
        self.up.step(at, before.total(), now.total());
        self.sold.step(at, sold(before), sold(now));
    }
    /// What meters count changes.
    fn change(&mut self, at: SimTime, fact: &Fact) {
        let (open, charges, closed) = (&mut self.open, &mut self.charges, &mut self.closed.1);
        self.meters.hear(fact, (&self.rentals, &self.workers), &mut |meter, change| {
            let before = open.get(&meter).map(|counting| counting.until(at));
            let Some(now) = Counting::after(before, at, change) else { return };
            let mut add = |of: Counting, sign: i128| {
                if of.runs {
                    charges.entry(of.period).or_default().add(at, sign * of.amount.nanos());
                }
            };
            before.into_iter().for_each(|before| add(before, -1));
            add(now, 1);
            open.insert(meter, now);
            if change == Change::Closes {
                closed.push(meter);
            }
        });
    }
    /// A posting takes the place of what its meter has counted since the one before. Savings plans are left out: they are
    /// paid for months at once.
    fn post(&mut self, at: SimTime, posting: &Posting) {
        let Some(subject) = posting.usage.map(|usage| usage.subject) else { return };
        let paid = -posting.received().nanos();
        if paid == 0 || matches!(subject, Subject::Plan(_)) {
            return;
        }
        let counted = self.open.get_mut(&(subject, posting.item)).map_or(0, |counting| {
            *counting = counting.until(at);
            counting.take_whole()
        });
        self.beside += paid - counted;
    }
    /// What a meter that has closed before now had counted and not posted is owed no more: that unit was waived.
    fn forget_closed(&mut self, at: SimTime) {
        if self.closed.0 < at {
            for meter in self.closed.1.drain(..) {
                // One that was opened again in the same instant stays.
                if self.open.get(&meter).is_some_and(|counting| !counting.runs) {
                    let waived = self.open.remove(&meter).map_or(0, |mut of| of.take_whole());
                    self.beside -= waived;
                }
            }
            self.closed.0 = at;
        }
    }
}

impl Counting {
    /// With what it counts up to now.
    fn until(self, at: SimTime) -> Self {
        let micros = if self.runs { (at - self.since).micros() } else { 0 };
        let counted = self.amount.nanos() * i128::from(micros);
        Self { since: at, unposted: self.unposted + counted, ..self }
    }
    /// Takes what it has counted, in whole nano-dollars.
    fn take_whole(&mut self) -> i128 {
        let period = i128::from(self.period.micros().max(1));
        let whole = self.unposted.div_euclid(period);
        self.unposted -= whole * period;
        whole
    }
    /// What one becomes now; nothing is said of one that is not open but by its opening.
    fn after(before: Option<Self>, at: SimTime, change: Change) -> Option<Self> {
        let unposted = before.map_or(0, |before| before.unposted);
        let at_price = |(price, quantity): Rate, runs| {
            let (amount, period) = (price.amount().times(quantity), price.period());
            Self { amount, period, runs, since: at, unposted }
        };
        Some(match change {
            Change::Opens(rate) => at_price(rate, true),
            Change::Costs(rate) => at_price(rate, before?.runs),
            Change::Pauses | Change::Closes => Self { runs: false, ..before? },
            Change::GoesOn => Self { runs: true, ..before? },
        })
    }
}

impl Sink for Batches {
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact is of a level or a wait")]
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.pass(at);
        self.rentals.hear(at, fact);
        self.workers.hear(at, fact);
        self.forget_closed(at);
        match *fact {
            Fact::Posted(ref posting) => self.post(at, posting),
            Fact::Occupied { host, available, occupancy } => {
                self.occupy(at, host, available.then_some(occupancy));
            }
            Fact::PodPlaced { pod, .. } => {
                let waited = at.saturating_since(self.rentals.of(pod).requested);
                self.waits.add(waited);
            }
            Fact::RequestEnded(end) if end.status == RequestStatus::Completed => {
                self.latencies.add(at.saturating_since(end.submitted));
            }
            _ => self.change(at, fact),
        }
        self.waiting.set(at, i128::from(self.rentals.waiting_in_all()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Price;

    #[test]
    fn another_price_does_not_end_a_pause() {
        let rate = (Price::per_hour(Money::from_nanos(5)), 2);
        let at = SimTime::ZERO;
        let open = Counting::after(None, at, Change::Opens(rate)).unwrap();
        assert!(open.runs && open.amount == Money::from_nanos(10) && open.period == Span::HOUR);
        let paused = Counting::after(Some(open), at, Change::Pauses);
        let dearer = Counting::after(paused, at, Change::Costs((rate.0, 3))).unwrap();
        assert!(!dearer.runs && dearer.amount == Money::from_nanos(15));
        assert!(Counting::after(Some(dearer), at, Change::GoesOn).unwrap().runs);
        assert!(Counting::after(None, at, Change::Costs(rate)).is_none(), "it is not open");
    }
}
