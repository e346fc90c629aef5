//! The sink that gathers what the charts of a run show.
//!
//! It keeps only what the kinds that are asked for need, each in memory that does not grow with the run.

use super::ChartKind;
use super::balance::Balances;
use super::drawing::Drawing;
use super::hosts::Hosts;
use super::occupancy::Occupied;
use super::preemptions::Preemptions;
use super::prices::Prices;
use super::revenue::Revenue;
use super::usage::Fleet;
use super::waits::{Latency, Waits};
use super::words::About;
use super::workers::Workers;
use crate::ids::Id;
use crate::journal::fact::{Kind, Posting, Subject};
use crate::journal::meters::Meters;
use crate::journal::rentals::Rentals;
use crate::journal::volumes::NetworkVolumes;
use crate::journal::workers::Workers as Known;
use crate::journal::{Fact, Sink, Wanted};
use crate::scenario::Scenario;
use crate::units::SimTime;

/// What the charts of one run are made from.
pub struct Gathering<'a> {
    about: About<'a>,
    rentals: Rentals,
    fleet: Fleet,
    volumes: NetworkVolumes,
    known: Known,
    meters: Meters,
    /// Whether statistics have begun: what was asked for before is no part of distributions and sums.
    counting: bool,
    began: SimTime,
    occupied: Option<Occupied>,
    prices: Option<Prices>,
    waits: Option<Waits>,
    latency: Option<Latency>,
    preemptions: Option<Preemptions>,
    balances: Option<Balances>,
    workers: Option<Workers>,
    hosts: Option<Hosts>,
    revenue: Option<Revenue>,
}

impl<'a> Gathering<'a> {
    /// Nothing heard yet, of a run with this seed and replication; of other kinds than those of runs, nothing is
    /// gathered.
    pub fn new(
        scenario: &'a Scenario,
        kinds: &[ChartKind],
        (seed, replication): (u64, u64),
    ) -> Self {
        let run = format!("seed {seed}, replication {replication}");
        let asked = |kind| kinds.contains(&kind);
        Self {
            about: About { scenario, run },
            rentals: Rentals::new(),
            fleet: Fleet::new(scenario),
            volumes: NetworkVolumes::default(),
            known: Known::default(),
            meters: Meters::new(scenario.rules.month(), scenario.followed_scopes()),
            counting: scenario.warm_up == SimTime::ZERO,
            began: SimTime::ZERO,
            occupied: asked(ChartKind::Occupancy).then(|| Occupied::new(scenario)),
            prices: asked(ChartKind::Prices).then(|| Prices::new(scenario)),
            waits: asked(ChartKind::Waits).then(|| Waits::new(scenario)),
            latency: asked(ChartKind::Latency).then(|| Latency::new(scenario)),
            preemptions: asked(ChartKind::Preemptions).then(|| Preemptions::new(scenario)),
            balances: asked(ChartKind::Balance).then(|| Balances::new(scenario)),
            workers: asked(ChartKind::Workers).then(|| Workers::new(scenario)),
            hosts: asked(ChartKind::Hosts).then(|| Hosts::new(scenario)),
            revenue: asked(ChartKind::Revenue).then(Revenue::default),
        }
    }

    /// The charts, in the order of [`ChartKind`]; those that have nothing to show are left out.
    pub fn drawings(&self) -> Vec<Drawing> {
        let about = &self.about;
        let all = [
            self.occupied.as_ref().and_then(|of| of.drawing(about)),
            self.prices.as_ref().and_then(|of| of.drawing(about)),
            self.waits.as_ref().and_then(|of| of.drawing(about)),
            self.latency.as_ref().and_then(|of| of.drawing(about)),
            self.preemptions.as_ref().and_then(|of| of.drawing(about)),
            self.balances.as_ref().and_then(|of| of.drawing(about)),
            self.workers.as_ref().and_then(|of| of.drawing(about)),
            self.hosts.as_ref().and_then(|of| of.drawing(about)),
            self.revenue.as_ref().and_then(|of| of.drawing(about)),
        ];
        all.into_iter().flatten().collect()
    }
}

impl Sink for Gathering<'_> {
    /// All that any of the charts is made of.
    fn wants(&self) -> Wanted {
        Wanted::these(WANTS)
    }
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.rentals.hear(at, fact);
        self.volumes.hear(fact);
        self.known.hear(at, fact);
        self.of_pods(at, fact);
        self.of_hosts(at, fact);
        self.of_money(at, fact);
        if let Some(workers) = &mut self.workers {
            workers.hear(at, fact);
        }
    }
}

const WANTS: &[&str] = &[
    "posted",
    "notice",
    "pod_requested",
    "pod_waits",
    "pod_promised",
    "pod_placed",
    "pod_running",
    "pod_displaced",
    "rental_ended",
    "bid_changed",
    "plan_covers",
    "move_undone",
    "meter_opened",
    "meter_repriced",
    "meter_paused",
    "meter_resumed",
    "meter_closed",
    "occupied",
    "host_supplied",
    "host_joined",
    "host_left",
    "price_published",
    "warm_up_ended",
    "run_ended",
    "network_volume_created",
    "network_volume_resized",
    "network_volume_removed",
    "worker_asked",
    "worker_throttled",
    "worker_withdrawn",
    "worker_reserved",
    "worker_woken",
    "worker_ready",
    "worker_repriced",
    "worker_stopped",
    "request_submitted",
    "request_started",
    "request_requeued",
    "request_ended",
];

impl Gathering<'_> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other facts are no part of these charts"
    )]
    fn of_pods(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WarmUpEnded => (self.counting, self.began) = (true, at),
            Fact::PodRequested(ref asked) => {
                if let (Some(prices), Kind::Spot { bid }) = (&mut self.prices, asked.kind) {
                    prices.bid(
                        at,
                        self.about.scenario.pools[asked.pool.index()].scope.index(),
                        bid,
                    );
                }
            }
            Fact::BidChanged { pod, bid } => {
                let pool = self.rentals.of(pod).asked.pool;
                if let Some(prices) = &mut self.prices {
                    prices.bid(at, self.about.scenario.pools[pool.index()].scope.index(), bid);
                }
            }
            Fact::PodDisplaced { pod, reason, by, .. } => {
                let placed = self.rentals.of(pod).placed.unwrap_or(at);
                if let Some(preemptions) = &mut self.preemptions {
                    preemptions.displace((at, placed), (reason, by));
                }
            }
            Fact::RentalEnded(ref end) => {
                let rental = self.rentals.of(end.pod);
                if self.counts(rental.requested)
                    && let Some(waits) = &mut self.waits
                {
                    waits.end(rental);
                }
            }
            Fact::RequestEnded(ref ended) if self.counts(ended.submitted) => {
                if let Some(latency) = &mut self.latency {
                    latency.end(at, ended);
                }
            }
            _ => {}
        }
    }

    /// Whether what was asked for at an instant was asked for after the warm-up.
    fn counts(&self, asked: SimTime) -> bool {
        let none = self.about.scenario.warm_up == SimTime::ZERO;
        self.counting && (none || self.began < asked)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other facts are no part of these charts"
    )]
    fn of_hosts(&mut self, at: SimTime, fact: &Fact) {
        if let Some((host, uses)) = self.fleet.hear(fact) {
            self.occupied.iter_mut().for_each(|of| of.occupy(at, host, uses));
            self.hosts.iter_mut().for_each(|of| of.occupy(at, host, uses));
        }
        match *fact {
            Fact::HostSupplied(ref supplied) => {
                let scenario = self.about.scenario;
                self.occupied.iter_mut().for_each(|of| of.supply(supplied.like));
                self.hosts.iter_mut().for_each(|of| of.supply(scenario, supplied));
            }
            Fact::PricePublished { scope, ref quote } => {
                self.prices.iter_mut().for_each(|of| of.publish(at, scope.index(), quote));
            }
            Fact::RunEnded => {
                self.occupied.iter_mut().for_each(|of| of.end(at));
                self.balances.iter_mut().for_each(|of| of.end(at));
                self.workers.iter_mut().for_each(|of| of.end(at));
                self.hosts.iter_mut().for_each(|of| of.end(at));
            }
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other facts are no part of these charts"
    )]
    fn of_money(&mut self, at: SimTime, fact: &Fact) {
        if let Fact::Posted(ref posting) = *fact {
            self.post(posting);
        }
        let Some(balances) = &mut self.balances else { return };
        match *fact {
            Fact::Posted(ref posting) => balances.post(at, posting),
            Fact::Notice { account, kind } => balances.notice(at, account, kind),
            _ => self.of_meters(at, fact),
        }
    }

    fn of_meters(&mut self, at: SimTime, fact: &Fact) {
        let Self { meters, rentals, volumes, known, about, balances, .. } = self;
        let Some(balances) = balances else { return };
        meters.hear(fact, (rentals, known), &mut |meter, change| {
            // Who pays; for a pod that is forgotten, nobody.
            let payer = match meter.0 {
                Subject::Pod(pod) => rentals.find(pod).map(|rental| rental.asked.account),
                Subject::NetworkVolume(volume) => Some(volumes.of(volume).account),
                Subject::Worker(worker) => {
                    Some(about.scenario.endpoints[worker.endpoint.index()].account)
                }
                Subject::Plan(_) | Subject::Endpoint(_) => None,
            };
            if let Some(account) = payer {
                balances.meter(at, account, (meter, change));
            }
        });
    }

    fn post(&mut self, posting: &Posting) {
        if let Some(revenue) = self.revenue.as_mut().filter(|_| self.counting) {
            let pod = posting.usage.and_then(|usage| usage.pod());
            let rental = pod.and_then(|pod| self.rentals.find(pod));
            revenue.post(posting, rental.map(|rental| rental.asked.kind));
        }
    }
}
