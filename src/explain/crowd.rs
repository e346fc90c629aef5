//! Who is where: for every host how its GPUs are used and who has them, and what came free at this very instant.
//!
//! This is what a request meets: a host with too little free, pods that bid less or do not. It follows the hosts and
//! the pods that are on them, and forgets whoever leaves.

use super::names::Names;
use crate::ids::{HostId, Id, PodId, ScopeId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Occupancy, Quote};
use crate::journal::rentals::Rentals;
use crate::scenario::model::HostSpec;
use crate::units::{Money, SimTime};
use std::collections::BTreeMap;

/// How a pod has its GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// They are its own.
    Its,
    /// They are promised to it.
    Promised,
    /// It has got SIGTERM.
    Grace,
    /// Its host has no power.
    Down,
}

/// A pod on a host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) pod: PodId,
    pub(super) gpus: u32,
    pub(super) hold: Hold,
}

/// A host, as requests see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    /// Whether it has joined and not left.
    pub(super) there: bool,
    /// Powered and online.
    pub(super) available: bool,
    /// Whether requests do not see it, though it is available (HOST-02).
    pub(super) unlisted: bool,
    pub(super) occupancy: Occupancy,
    pub(super) holders: Vec<Holder>,
    /// Its own minimum bid, if one was set since the start.
    pub(super) floor: Option<Money>,
}

/// What made room at an instant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Freed {
    /// A pod's rental ended there.
    Left(PodId, EndReason),
    /// The host came back, or was listed.
    Returned,
    /// A worker stopped there.
    Worker(crate::journal::fact::WorkerId),
}

/// Somebody who gave way at this instant, and to whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Victim {
    pub(super) pod: PodId,
    pub(super) by: PodId,
}

/// All hosts, and the present instant.
pub(super) struct Crowd {
    pub(super) sites: Vec<Site>,
    now: SimTime,
    /// Where those wait who were promised GPUs: no rental of theirs knows it yet.
    promised: BTreeMap<PodId, HostId>,
    /// What came free at this instant, where.
    freed: Vec<(HostId, Freed)>,
    /// Who got SIGTERM, or lost a promise, at this instant.
    pub(super) victims: Vec<Victim>,
    /// What each scope has published last.
    quotes: Vec<Option<Quote>>,
    /// Minimum bids of scopes, where they were set since the start.
    floors: Vec<Option<Money>>,
    /// On-demand prices of scopes, likewise.
    prices: Vec<Option<Money>>,
}

fn at_start(host: &HostSpec) -> Site {
    Site { there: !host.joins_later, ..Site::default() }
}

impl Crowd {
    pub(super) fn new(names: &Names<'_>) -> Self {
        let scopes = names.scenario.scopes.len();
        Self {
            sites: names.scenario.hosts.iter().map(at_start).collect(),
            now: SimTime::ZERO,
            promised: BTreeMap::new(),
            freed: Vec::new(),
            victims: Vec::new(),
            quotes: vec![None; scopes],
            floors: vec![None; scopes],
            prices: vec![None; scopes],
        }
    }

    /// What made room on `host` at this instant, the last first.
    pub(super) fn freed_on(&self, host: HostId) -> Option<Freed> {
        self.freed.iter().rev().find(|(at, _)| *at == host).map(|(_, freed)| *freed)
    }
    pub(super) fn site(&self, host: HostId) -> &Site {
        &self.sites[host.index()]
    }
    /// What a scope has published last.
    pub(super) fn quote(&self, scope: ScopeId) -> Option<Quote> {
        self.quotes[scope.index()]
    }
    /// GPU-04. The minimum bid on a host.
    pub(super) fn floor(&self, host: HostId, names: &Names<'_>) -> Money {
        let scope = names.scope(host);
        let of_scope = || self.floors[scope.index()];
        let stated = || names.scenario.scopes[scope.index()].min_bid;
        self.sites[host.index()]
            .floor
            .or_else(|| names.spec(host).min_bid)
            .or_else(of_scope)
            .unwrap_or_else(stated)
    }
    /// The on-demand price of a scope.
    pub(super) fn on_demand(&self, scope: ScopeId, names: &Names<'_>) -> Money {
        self.prices[scope.index()].unwrap_or(names.scenario.scopes[scope.index()].on_demand)
    }

    /// Before anything is asked about a fact: what it says of prices and hosts, and the instant.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are about no host")]
    pub(super) fn hear_before(&mut self, at: SimTime, fact: &Fact) {
        if at != self.now {
            self.now = at;
            self.freed.clear();
            self.victims.clear();
        }
        match *fact {
            Fact::HostSupplied(_) => self.sites.push(Site::default()),
            Fact::PricePublished { scope, quote } => self.quotes[scope.index()] = Some(quote),
            Fact::PriceSet(set) => {
                if let Some(host) = set.host {
                    let floor = &mut self.sites[host.index()].floor;
                    *floor = set.min_bid.or(*floor);
                } else {
                    let scope = set.scope.index();
                    self.floors[scope] = set.min_bid.or(self.floors[scope]);
                    self.prices[scope] = set.on_demand.or(self.prices[scope]);
                }
            }
            Fact::PodDisplaced { pod, by: Some(by), .. }
            | Fact::PromiseLost { pod, by: Some(by) } => self.victims.push(Victim { pod, by }),
            Fact::HostUp { host } | Fact::NetworkUp { host } | Fact::MaintenanceEnded(host) => {
                self.freed.push((host, Freed::Returned));
            }
            _ => {}
        }
    }

    /// After all was told about a fact: what has changed by it, so that who asks why is told of what was met.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts move nobody")]
    pub(super) fn hear_after(&mut self, fact: &Fact, rentals: &Rentals) {
        match *fact {
            Fact::Occupied { host, available, occupancy } => {
                let site = &mut self.sites[host.index()];
                (site.available, site.occupancy) = (available, occupancy);
            }
            Fact::HostListed(host) => {
                self.sites[host.index()].unlisted = false;
                self.freed.push((host, Freed::Returned));
            }
            Fact::HostDelisted { host, .. } => self.sites[host.index()].unlisted = true,
            Fact::HostJoined(host) => self.sites[host.index()].there = true,
            Fact::HostLeft(host) => self.sites[host.index()].there = false,
            Fact::PodPlaced { pod, host, gpus, .. } => {
                self.promised.remove(&pod);
                self.hold(host, pod, gpus, Hold::Its);
            }
            Fact::PodPromised { pod, host, .. } => {
                self.promised.insert(pod, host);
                self.hold(host, pod, rentals.of(pod).gpus, Hold::Promised);
            }
            Fact::PodDisplaced { pod, .. } => self.becomes(pod, Hold::Grace, rentals),
            Fact::PodDown { pod } => self.becomes(pod, Hold::Down, rentals),
            Fact::PodRestarted { pod } => self.becomes(pod, Hold::Its, rentals),
            Fact::PromiseLost { pod, .. } => self.let_go(pod),
            Fact::RentalEnded(end) if end.reason.is_end() => {
                if let Some(host) = self.let_go_from(end.pod, rentals) {
                    self.freed.push((host, Freed::Left(end.pod, end.reason)));
                }
            }
            Fact::WorkerStopped(end) => {
                if let Some(host) = end.host {
                    self.freed.push((host, Freed::Worker(end.worker)));
                }
            }
            _ => {}
        }
    }

    fn hold(&mut self, host: HostId, pod: PodId, gpus: u32, hold: Hold) {
        let holders = &mut self.sites[host.index()].holders;
        match holders.iter_mut().find(|holder| holder.pod == pod) {
            Some(holder) => holder.hold = hold,
            None => holders.push(Holder { pod, gpus, hold }),
        }
    }
    fn becomes(&mut self, pod: PodId, hold: Hold, rentals: &Rentals) {
        let Some(host) = rentals.find(pod).and_then(|rental| rental.host) else { return };
        let holders = &mut self.sites[host.index()].holders;
        if let Some(holder) = holders.iter_mut().find(|holder| holder.pod == pod) {
            holder.hold = hold;
        }
    }
    /// A pod lets go of what it was promised.
    fn let_go(&mut self, pod: PodId) {
        if let Some(host) = self.promised.remove(&pod) {
            self.sites[host.index()].holders.retain(|holder| holder.pod != pod);
        }
    }
    /// The same of what it holds. Gives the host, if it held anything there.
    fn let_go_from(&mut self, pod: PodId, rentals: &Rentals) -> Option<HostId> {
        let rental = rentals.find(pod)?;
        if rental.placed.is_none() {
            self.let_go(pod);
            return None;
        }
        let host = rental.host?;
        self.sites[host.index()].holders.retain(|holder| holder.pod != pod);
        Some(host)
    }
}
