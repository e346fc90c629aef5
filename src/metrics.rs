//! The readings: from facts to figures.
//!
//! [`Metrics`] is a sink that gathers exact sums and makes a [`Summary`] of them when the run has
//! ended. Nothing is sampled: means over time are integrals of steps, and every sum is a whole
//! number until the one division that makes a mean or a share. Statistics begin when the warm-up
//! ends. `output/README.md` gives every metric's meaning, formula and unit.

pub mod attainment;
pub mod batches;
mod cells;
mod churn;
mod endpoints;
mod fairness;
mod fleet;
mod gauge;
mod hearing;
mod images;
mod jobs;
mod money;
mod plans;
mod prices;
mod providers;
mod sketch;
mod special;
pub mod subject;
pub mod summary;
mod tally;
mod waits;
mod wanted;

pub use subject::Subject;
pub use summary::{Metric, Summary};

use crate::ids::{AccountId, HostId, Id, PodId, ScopeId};
use crate::journal::fact::{JobEnded, PlanBought, Refusal, RentalEnd, Requested};
use crate::journal::likes::Likes;
use crate::journal::rentals::Rentals;
use crate::scenario::Scenario;
use crate::units::{GpuTime, SimTime};
use cells::Cells;
use endpoints::Endpoints;
use fairness::Fairness;
use fleet::Fleet;
use images::Images;
use jobs::Jobs;
use prices::PricePath;
use special::Special;
use subject::Subjects;
use tally::Tally;

/// Every metric that a summary can hold, in its order.
pub fn catalogue() -> Vec<Metric> {
    let tallies = tally::READINGS.iter().map(|reading| reading.metric);
    let fleet = fleet::READINGS.iter().map(|reading| reading.metric);
    let prices = prices::READINGS.iter().map(|reading| reading.metric);
    let fairness = fairness::READINGS.iter().map(|reading| reading.metric);
    let jobs = jobs::READINGS.iter().map(|reading| reading.metric);
    let images = images::READINGS.iter().map(|reading| reading.metric);
    let plans = plans::READINGS.iter().map(|reading| reading.metric);
    let (tallies, fleet) = (tallies.chain(plans), fleet.chain(special::catalogue()));
    let endpoints = endpoints::READINGS.iter().map(|reading| reading.metric);
    let all = tallies.chain(fleet).chain(prices).chain(fairness).chain(jobs).chain(images);
    all.chain(endpoints).collect()
}

/// The sink that gathers the figures of one run.
pub struct Metrics<'a> {
    scenario: &'a Scenario,
    subjects: Subjects,
    rentals: Rentals,
    /// When statistics began; none before the end of the warm-up.
    since: Option<SimTime>,
    until: SimTime,
    /// Of rentals, by cell.
    cells: Cells,
    /// Of accounts, by subject, and one more for what belongs to none.
    tallies: Vec<Tally>,
    /// Of what and whose each savings plan is.
    plans: Vec<PlanBought>,
    fleet: Fleet,
    /// Whom each host is like.
    likes: Likes,
    /// Where there is anything to hear.
    special: Option<Special<'a>>,
    prices: Vec<PricePath>,
    fairness: Fairness,
    /// By subject, where any customer decides.
    jobs: Vec<Jobs>,
    /// By subject, where any image has a name.
    images: Vec<Images>,
    /// Where there are any.
    endpoints: Option<Endpoints>,
}

impl<'a> Metrics<'a> {
    /// Nothing gathered yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        let subjects = Subjects::new(scenario);
        Self {
            scenario,
            rentals: Rentals::new(),
            since: (scenario.warm_up == SimTime::ZERO).then_some(SimTime::ZERO),
            until: SimTime::ZERO,
            cells: Cells::new(&subjects),
            tallies: vec![Tally::default(); subjects.nobody() + 1],
            plans: Vec::new(),
            fleet: Fleet::new(scenario, &subjects),
            likes: Likes::new(scenario.hosts.len()),
            special: Special::new(scenario),
            prices: vec![PricePath::default(); scenario.scopes.len()],
            fairness: Fairness::new(scenario),
            jobs: vec![Jobs::default(); subjects.nobody() + 1],
            images: vec![Images::default(); subjects.nobody() + 1],
            endpoints: Endpoints::new(scenario),
            subjects,
        }
    }

    /// The figures, from the end of the warm-up to the last fact.
    pub fn summary(mut self) -> Summary {
        let (until, since) = (self.until, self.since.unwrap_or(self.until));
        self.cells.add_to(&mut self.tallies, &self.subjects);
        for tally in &mut self.tallies {
            tally.measured = until - since;
        }
        let mut summary = Summary::default();
        let subjects = self.subjects.all().iter().copied();
        summary.add(tally::READINGS, subjects.clone().zip(&self.tallies));
        if self.scenario.may_have_plans() {
            summary.add(plans::READINGS, subjects.clone().zip(&self.tallies));
        }
        let fleet: Vec<_> = subjects
            .clone()
            .zip(&self.tallies)
            .map(|(subject, tally)| {
                let mut sums = self.fleet.sums(until, subject, &self.subjects);
                (sums.measured, sums.host_earnings) = (tally.measured, tally.host_earnings);
                sums
            })
            .collect();
        summary.add(fleet::READINGS, subjects.zip(&fleet));
        if let Some(special) = &mut self.special {
            special.add_to(&mut summary, until, until - since);
        }
        let means: Vec<_> = self.prices.iter_mut().map(|path| path.means(until)).collect();
        let scopes = self.scenario.scopes.iter().enumerate();
        let with_hosts = scopes
            .filter(|(_, scope)| scope.has_hosts)
            .map(|(index, _)| (Subject::Scope(ScopeId::from_index(index)), &means[index]));
        summary.add(prices::READINGS, with_hosts);
        let fairness = self.fairness.indexes();
        summary.add(fairness::READINGS, std::iter::once((Subject::Market, &fairness)));
        let all = self.subjects.all().iter().copied().zip(&self.jobs);
        summary.add(jobs::READINGS, all.filter(|(subject, _)| self.decides(*subject)));
        if !self.scenario.images.named.is_empty() {
            let all = self.subjects.all().iter().copied().zip(&self.images);
            summary.add(images::READINGS, all);
        }
        if let Some(endpoints) = &self.endpoints {
            let sums = endpoints.sums(until, until - since);
            summary.add(endpoints::READINGS, sums.iter().map(|(subject, sums)| (*subject, sums)));
        }
        summary
    }

    /// Whether there are figures of jobs about a subject: the market, and segments that decide.
    fn decides(&self, subject: Subject) -> bool {
        let segments = &self.scenario.segments;
        match subject {
            Subject::Market => segments.iter().any(|segment| segment.conduct.is_some()),
            Subject::Segment(id) => segments[id.index()].conduct.is_some(),
            Subject::GpuType(_)
            | Subject::Cloud(_)
            | Subject::Scope(_)
            | Subject::OnDemand
            | Subject::Spot
            | Subject::Savings
            | Subject::Serverless
            | Subject::Supply(_)
            | Subject::Endpoint(_) => false,
        }
    }
    fn end_job(&mut self, at: SimTime, ended: &JobEnded) {
        if self.counts(ended.begun) {
            for index in [0, self.subjects.segment(Some(ended.segment))] {
                self.jobs[index].end(at, ended);
                self.tallies[index].end_job(ended);
            }
        }
    }
    fn gpus_of(&self, host: HostId) -> u32 {
        self.scenario.hosts[self.likes.of(host).index()].gpus
    }
    fn counting(&self) -> bool {
        self.since.is_some()
    }

    /// Whether what was requested at `at` was requested after the warm-up.
    fn counts(&self, at: SimTime) -> bool {
        self.since.is_some_and(|since| is_after(since, at))
    }

    fn begin(&mut self, at: SimTime) {
        if self.scenario.warm_up == SimTime::ZERO {
            return;
        }
        self.since = Some(at);
        self.fleet.restart(at);
        for path in &mut self.prices {
            path.restart(at);
        }
        if let Some(endpoints) = &mut self.endpoints {
            endpoints.restart(at);
        }
    }

    #[inline(never)] // so that `hear` has no registers to save
    fn request(&mut self, at: SimTime, asked: &Requested) {
        let rental = self.rentals.open(at, asked);
        self.cells.note(&self.subjects, rental);
        self.fairness.request(asked, self.counting());
    }

    #[inline(never)] // likewise
    fn place(&mut self, at: SimTime, pod: PodId, host: HostId, gpus: u32) {
        let (rental, waited) = self.rentals.place(at, pod, host, gpus);
        self.cells.note(&self.subjects, rental);
        if waited {
            self.queue(at, pod);
        }
    }

    /// PLAN-05. GPUs of its are covered: it saves.
    fn cover(&mut self, pod: PodId) {
        self.rentals.cover(pod);
        self.cells.note(&self.subjects, self.rentals.of(pod));
    }

    #[inline(never)] // likewise
    fn wait(&mut self, at: SimTime, pod: PodId, waits: bool) {
        let (_, changes) = self.rentals.wait(pod, waits);
        if changes {
            self.queue(at, pod);
        }
    }

    /// Brings the number of those waiting up to date where `pod` waits or waited.
    fn queue(&mut self, at: SimTime, pod: PodId) {
        let pool = self.rentals.of(pod).asked.pool;
        let scope = self.subjects.scope_of_pool(pool);
        self.fleet.wait(at, pool, scope, self.rentals.waiting(pool));
    }

    #[inline(never)] // likewise
    fn end_rental(&mut self, at: SimTime, end: &RentalEnd) {
        let (rental, waited) = self.rentals.wait(end.pod, false);
        self.fairness.end_rental(&rental.asked, end);
        if self.since.is_some_and(|since| is_after(since, rental.requested)) {
            self.cells.of_rental(end.pod).end_rental(rental, end, self.scenario.horizon);
        }
        if waited {
            self.queue(at, end.pod);
        }
    }

    fn add_overhead(&mut self, pod: PodId, overhead: GpuTime) {
        let rental = self.rentals.of(pod);
        if self.counts(rental.requested) {
            self.cells.of_rental(pod).add_overhead(overhead);
        }
    }

    /// GEN-14, POD-22. A request is refused: a rental for one of the reasons that rentals are refused for,
    /// else one that has no row.
    fn reject(&mut self, account: Option<AccountId>, pod: Option<PodId>, reason: Refusal) {
        let rental = pod.and_then(|pod| self.rentals.find(pod)).copied();
        match (reason, rental) {
            (
                Refusal::NotPermitted
                | Refusal::Unknown
                | Refusal::IllegalState
                | Refusal::BadArgument,
                _,
            ) => {
                if let Some(account) = account {
                    self.of_account(account, Tally::refuse_outright);
                }
            }
            (_, Some(rental)) if self.counts(rental.requested) => {
                self.cells
                    .of_rental(rental.asked.pod)
                    .reject(reason, rental.asked.work.unwrap_or_default());
            }
            _ => {}
        }
    }

    /// TMPL-05. A pod starts from a named image.
    fn start(&mut self, pod: PodId, note: impl Fn(&mut Images)) {
        if self.counting() {
            let cell = self.subjects.cell(self.rentals.of(pod));
            for index in self.subjects.of_cell(cell) {
                note(&mut self.images[index]);
            }
        }
    }
    fn of_account(&mut self, account: AccountId, change: fn(&mut Tally)) {
        if self.counting() {
            let segment = self.scenario.accounts[account.index()].segment;
            for index in [0, self.subjects.segment(segment)] {
                change(&mut self.tallies[index]);
            }
        }
    }
}

/// Whether what began at `at` is after a warm-up that ended at `since`: without one, all of it is.
fn is_after(since: SimTime, at: SimTime) -> bool {
    since < at || since == SimTime::ZERO
}
