//! A witness: hears the facts of a run and checks what must hold, knowing nothing of the world.
//!
//! From the facts alone it keeps who holds which GPUs, whose balance is what, and which hosts are
//! available, and finds fault with: time that runs backwards, a change of a pod that POD-21 does not
//! know, a GPU held or promised twice, occupancy that does not add up (GEN-13), books that do not
//! balance (GEN-12), a charge during an outage (BILL-15), an on-demand pod or an equal bid displaced
//! (POD-19, SPOT-04), a displacement where there was room (POD-05), of too many (SPOT-05) or on the
//! wrong host (SPOT-06), published prices that are not those of the market (GPU-05, SPOT-11), and a member
//! that does what its role forbids (TEAM-03).

mod displacement;
mod hosts;
mod images;
mod money;
mod moves;
mod prices;
mod teams;
mod volumes;

use hosts::Site;
use std::collections::{BTreeMap, BTreeSet};
use walras::engine::{RunId, run_audited};
use walras::ids::{AccountId, HostId, Id, PodId};
use walras::journal::fact::{EndReason, Kind, Requested, Step};
use walras::journal::likes::Likes;
use walras::journal::{Fact, Journal, Sink};
use walras::scenario::Scenario;
use walras::units::{Money, SimTime};

/// Where a pod is, as facts tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Is {
    /// Asked for, and neither placed nor waiting yet.
    Asked,
    Waiting,
    Reserved(HostId),
    Initializing(HostId),
    Running(HostId),
    Grace(HostId, SimTime),
    Down(HostId),
    Stopped,
    Gone,
}

impl Is {
    /// The host whose GPUs it holds.
    fn holds(self) -> Option<HostId> {
        match self {
            Self::Initializing(host)
            | Self::Running(host)
            | Self::Grace(host, _)
            | Self::Down(host) => Some(host),
            Self::Asked | Self::Waiting | Self::Reserved(_) | Self::Stopped | Self::Gone => None,
        }
    }
    /// The host whose GPUs are its own for good: held, or promised; those in grace are on their way.
    fn claims(self) -> Option<HostId> {
        match self {
            Self::Reserved(host) => Some(host),
            Self::Grace(..) => None,
            other => other.holds(),
        }
    }
    /// The host on which it may be displaced.
    fn displaceable(self) -> Option<HostId> {
        match self {
            Self::Reserved(host) | Self::Initializing(host) | Self::Running(host) => Some(host),
            _ => None,
        }
    }
}

/// What is known of a pod.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) asked: Requested,
    pub(crate) is: Is,
    pub(crate) gpus: u32,
    pub(crate) tied: Option<HostId>,
    /// The last that had it, tied or not.
    had_by: Option<HostId>,
    /// POD-16. The host that its volume is copied from.
    from: Option<HostId>,
    /// The host that it left last, by a move or its failure, and when.
    former: Option<(HostId, SimTime)>,
    /// By which step of POD-05 it was promised GPUs.
    promised: Option<Step>,
    /// When its rental got its GPUs.
    placed_at: SimTime,
}

impl Seen {
    fn bid(&self) -> Option<Money> {
        match self.asked.kind {
            Kind::Spot { bid } => Some(bid),
            Kind::OnDemand | Kind::Serverless => None,
        }
    }
}

/// Hears and checks.
pub(crate) struct Witness<'a> {
    scenario: &'a Scenario,
    /// Whether GPUs alone decide what fits, and money never does: then every choice can be checked.
    only_gpus: bool,
    now: SimTime,
    ended: bool,
    pub(crate) pods: BTreeMap<PodId, Seen>,
    sites: Vec<Site>,
    likes: Likes,
    money: money::Books,
    prices: prices::Board,
    victims: displacement::Victims,
    crews: teams::Crews,
    volumes: volumes::Attached,
    shelves: images::Shelves,
    /// PLAN-01. Accounts that have bought a plan.
    savers: BTreeSet<AccountId>,
    pub(crate) faults: Vec<String>,
}

impl<'a> Witness<'a> {
    pub(crate) fn new(scenario: &'a Scenario, only_gpus: bool) -> Self {
        Self {
            scenario,
            only_gpus,
            now: SimTime::ZERO,
            ended: false,
            pods: BTreeMap::new(),
            sites: scenario.hosts.iter().map(Site::of).collect(),
            likes: Likes::new(scenario.hosts.len()),
            money: money::Books::default(),
            prices: prices::Board::new(scenario),
            victims: displacement::Victims::default(),
            crews: teams::Crews::new(scenario),
            volumes: volumes::Attached::default(),
            shelves: images::Shelves::default(),
            savers: BTreeSet::new(),
            faults: Vec::new(),
        }
    }

    /// Notes a fault unless something holds.
    fn ensure(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(format!("{}: {}", self.now, what()));
        }
    }
    fn total(&self, host: HostId) -> u32 {
        self.scenario.hosts[self.likes.of(host).index()].gpus
    }
    fn sum(&self, counts: impl Fn(&Seen) -> bool) -> u32 {
        self.pods.values().filter(|pod| counts(pod)).map(|pod| pod.gpus).sum()
    }
    /// GPUs of `host` that are free or in grace and promised to nobody.
    fn unclaimed(&self, host: HostId) -> u32 {
        self.total(host).saturating_sub(self.sum(|pod| pod.is.claims() == Some(host)))
    }

    /// A pod goes from one of these to another: POD-21 as facts tell it.
    fn moves(&mut self, pod: PodId, fact: &Fact, legal: impl Fn(Is) -> bool, to: Is) {
        let Some(seen) = self.pods.get_mut(&pod) else {
            self.ensure(false, || format!("{fact:?} of a pod that nobody asked for"));
            return;
        };
        let from = std::mem::replace(&mut seen.is, to);
        self.ensure(legal(from), || format!("illegal: {fact:?} in {from:?}"));
        if let Some(host) = to.claims().or(to.holds()) {
            self.check_room(host);
        }
    }
    /// GEN-13. No GPU is held twice, none is promised twice.
    fn check_room(&mut self, host: HostId) {
        let total = self.total(host);
        let held = self.sum(|pod| pod.is.holds() == Some(host));
        let claimed = self.sum(|pod| pod.is.claims() == Some(host));
        self.ensure(held <= total, || format!("{held} of {total} GPUs held on {host:?}"));
        self.ensure(claimed <= total, || format!("{claimed} of {total} GPUs claimed on {host:?}"));
    }

    fn requested(&mut self, asked: Requested) {
        let before = self.pods.get(&asked.pod).map(|seen| (seen.is, seen.tied));
        let legal = match before {
            None => asked.rental == 1 && asked.host.is_none(),
            // POD-16. A move names no host.
            Some((is, host)) => {
                let own = asked.host.is_none_or(|asked| host == Some(asked));
                is == Is::Stopped && own && 1 < asked.rental
            }
        };
        let tied = before.and_then(|(_, host)| host);
        let former = self.pods.get(&asked.pod).and_then(|seen| seen.former);
        self.ensure(legal, || format!("illegal: {asked:?} in {before:?}"));
        let had_by = self.pods.get(&asked.pod).and_then(|seen| seen.had_by);
        self.pods.insert(
            asked.pod,
            Seen {
                asked,
                had_by,
                is: Is::Asked,
                gpus: asked.gpus,
                tied,
                from: None,
                former,
                promised: None,
                placed_at: SimTime::ZERO,
            },
        );
    }
    fn placed(&mut self, fact: &Fact, pod: PodId, host: HostId, gpus: u32) {
        let tied = self
            .pods
            .get(&pod)
            .is_some_and(|seen| seen.tied.is_some() || seen.is == Is::Reserved(host));
        let available = self.offered(host) || tied && self.available(host);
        self.ensure(available, || format!("{fact:?} on a host that is not offered (HOST-02)"));
        if let Some(seen) = self.pods.get_mut(&pod) {
            let tied = seen.tied.replace(host);
            seen.had_by = Some(host);
            (seen.gpus, seen.placed_at) = (gpus, self.now);
            self.ensure(tied.is_none_or(|tied| tied == host), || format!("POD-09: {fact:?}"));
        }
        let legal = |is| matches!(is, Is::Asked | Is::Waiting) || is == Is::Reserved(host);
        self.moves(pod, fact, legal, Is::Initializing(host));
    }
    fn host_of(&self, pod: PodId) -> HostId {
        self.pods.get(&pod).and_then(|seen| seen.had_by).unwrap_or(HostId::from_index(0))
    }

    /// What pods go through.
    fn hear_pod(&mut self, fact: &Fact) {
        let held = |is: Is| matches!(is, Is::Initializing(_) | Is::Running(_));
        match *fact {
            Fact::PodRequested(asked) => self.requested(asked),
            Fact::BidChanged { pod, bid } => self.bids(pod, bid),
            Fact::PodWaits { pod } => self.moves(pod, fact, |is| is == Is::Asked, Is::Waiting),
            Fact::PodPromised { pod, host, step, .. } => {
                self.pods.entry(pod).and_modify(|seen| {
                    seen.promised = Some(step);
                    // POD-12. Only room for its disk is promised: it gets no GPU with it.
                    if step == Step::ZeroGpu {
                        seen.gpus = 0;
                    }
                });
                let asks = |is| matches!(is, Is::Asked | Is::Waiting);
                self.moves(pod, fact, asks, Is::Reserved(host));
            }
            Fact::PromiseLost { pod, .. } => {
                self.moves(pod, fact, |is| matches!(is, Is::Reserved(_)), Is::Asked);
            }
            Fact::PodPlaced { pod, host, step, gpus, .. } => {
                let seen = self.pods.get(&pod).filter(|seen| seen.is == Is::Reserved(host));
                let promised = seen.and_then(|seen| seen.promised);
                let kept = promised.is_none_or(|promised| promised == step);
                self.ensure(kept, || format!("POD-05: promised by {promised:?}: {fact:?}"));
                self.placed(fact, pod, host, gpus);
            }
            Fact::ImagePulled { pod } => {
                let host = self.host_of(pod);
                let legal = |is| is == Is::Initializing(host);
                self.moves(pod, fact, legal, Is::Initializing(host));
            }
            Fact::PodRunning { pod } => {
                let host = self.host_of(pod);
                self.moves(pod, fact, |is| is == Is::Initializing(host), Is::Running(host));
            }
            Fact::PodDisplaced { pod, kill_at, .. } => {
                let host = self.host_of(pod);
                self.moves(pod, fact, held, Is::Grace(host, kill_at));
            }
            Fact::PodKilled { pod } => {
                let (host, now) = (self.host_of(pod), self.now);
                self.moves(pod, fact, |is| is == Is::Grace(host, now), Is::Grace(host, now));
            }
            Fact::PodReset { pod } | Fact::PodRestarted { pod } => {
                let host = self.host_of(pod);
                let restarts = matches!(fact, Fact::PodRestarted { .. });
                let legal = |is| if restarts { is == Is::Down(host) } else { held(is) };
                self.moves(pod, fact, legal, Is::Initializing(host));
            }
            Fact::PodDown { pod } => self.moves(pod, fact, held, Is::Down(self.host_of(pod))),
            Fact::PodStopped { pod } => {
                let legal = |is| !matches!(is, Is::Stopped | Is::Gone);
                self.moves(pod, fact, legal, Is::Stopped);
            }
            Fact::PodTerminated { pod } => self.moves(pod, fact, |is| is != Is::Gone, Is::Gone),
            Fact::RentalEnded(end) => {
                let seen = self.pods.get_mut(&end.pod);
                let Some(seen) = seen.filter(|_| end.reason != EndReason::Alive) else { return };
                if seen.tied.is_none() && seen.asked.rental == 1 && seen.is != Is::Stopped {
                    seen.is = Is::Gone;
                } else if seen.is == Is::Asked {
                    // A resume that nobody heard of before it was refused (GEN-14).
                    seen.is = Is::Stopped;
                }
            }
            _ => {}
        }
    }

    /// At the end of an instant: what was stated of it is how it is.
    fn end_instant(&mut self) {
        for index in 0..self.sites.len() {
            self.check_occupancy(HostId::from_index(index));
        }
        self.check_prices();
        self.check_longest_run();
        self.check_evictions();
        self.pods.retain(|_, seen| seen.is != Is::Gone);
    }
    /// The faults found, once the run has ended.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        self.end_instant();
        let ended = self.ended;
        self.ensure(ended, || "the run has no end".to_owned());
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults.join("\n")) }
    }
}

impl Sink for Witness<'_> {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        let ended = self.ended;
        self.ensure(self.now <= at, || format!("time ran backwards to {at}"));
        self.ensure(!ended, || format!("{fact:?} after the end"));
        if self.now < at {
            self.end_instant();
            self.now = at;
        }
        self.check_displacement(fact);
        if let Fact::PlanBought(bought) = fact {
            self.savers.insert(bought.account);
        }
        self.hear_host(fact);
        self.hear_move(fact);
        self.hear_pod(fact);
        self.hear_volumes(fact);
        self.hear_money(fact);
        self.hear_prices(fact);
        self.hear_team(fact);
        self.hear_image(fact);
        self.ended |= *fact == Fact::RunEnded;
    }
}

/// Runs a scenario with the audit after every event and a witness beside; gives all faults.
pub(crate) fn run(scenario: &Scenario, only_gpus: bool) -> Result<(), String> {
    let mut witness = Witness::new(scenario, only_gpus);
    let mut journal = Journal::new(vec![&mut witness]);
    let id = RunId { seed: scenario.seed, replication: 0 };
    run_audited(scenario, id, &mut journal).map_err(|failure| failure.to_string())?;
    witness.finish()
}
