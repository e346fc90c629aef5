//! Who may be displaced, by whom, and where (SPOT-04 to SPOT-06, POD-05, POD-19); who bids otherwise (SPOT-16).

use super::{Is, Seen, Witness};
use walras::ids::{HostId, Id, PodId};
use walras::journal::Fact;
use walras::journal::fact::{EndReason, Kind, PodName, Requested};
use walras::scenario::demand::Demand;
use walras::scenario::model::ActionKind;
use walras::scenario::rules::{BidChange, WaitingOrder};
use walras::units::{Money, SimTime};

/// The displacement that is being told: its newcomer, where, and the GPUs of its victims.
#[derive(Debug, Default)]
pub(super) struct Victims {
    newcomer: Option<(SimTime, PodId)>,
    host: Option<HostId>,
    /// What was unclaimed on the host before.
    unclaimed: u32,
    gpus: Vec<u32>,
}

impl Witness<'_> {
    pub(super) fn check_displacement(&mut self, fact: &Fact) {
        match *fact {
            Fact::PodDisplaced { pod, by, reason, kill_at } => {
                let right = match by.map(|by| self.pods[&by].asked.kind) {
                    Some(Kind::OnDemand | Kind::Serverless) => EndReason::DisplacedByOnDemand,
                    Some(Kind::Spot { .. }) | None => EndReason::Outbid,
                };
                let due = self.now + self.scenario.rules.grace;
                self.ensure(reason == right && kill_at == due, || format!("SPOT-07: {fact:?}"));
                match by {
                    Some(by) => self.gives_way(pod, by),
                    None => self.ran_out(pod),
                }
            }
            Fact::PromiseLost { pod, by: Some(by) } => self.gives_way(pod, by),
            Fact::PodPromised { pod, host, .. } | Fact::PodPlaced { pod, host, .. } => {
                self.no_more_than_needed(pod, host);
            }
            _ => {}
        }
    }

    /// POD-24. A spot pod has held GPUs for as long as it may; one whose host had no power then for
    /// longer, until it started again.
    fn ran_out(&mut self, pod: PodId) {
        let seen = self.pods[&pod];
        let due = self.last_instant(&seen).is_some_and(|end| end <= self.now);
        self.ensure(due, || format!("POD-24: {seen:?} was signalled"));
    }
    /// POD-24. None holds GPUs that work for longer.
    pub(super) fn check_longest_run(&mut self) {
        let beyond = self.pods.values().find(|seen| {
            let holds = matches!(seen.is, Is::Initializing(_) | Is::Running(_));
            holds && self.last_instant(seen).is_some_and(|end| end <= self.now)
        });
        let beyond = beyond.copied();
        self.ensure(beyond.is_none(), || format!("POD-24: {beyond:?} was not signalled"));
    }
    fn last_instant(&self, seen: &Seen) -> Option<SimTime> {
        let longest = self.scenario.rules.longest_run?;
        (seen.bid().is_some() && 0 < seen.gpus).then(|| seen.placed_at + longest)
    }

    /// SPOT-04, POD-19. `victim` gives way to `newcomer`, who must be stronger and have no room.
    fn gives_way(&mut self, victim: PodId, newcomer: PodId) {
        let (victim, by) = (self.pods[&victim], self.pods[&newcomer]);
        let weaker = match (victim.bid(), by.bid()) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(victim), Some(by)) => victim < by,
        };
        self.ensure(weaker, || format!("SPOT-04: {:?} gave way to {:?}", victim.asked, by.asked));
        let Some(host) = victim.is.displaceable() else {
            self.ensure(false, || format!("SPOT-05: {victim:?} is no victim"));
            return;
        };
        if self.victims.newcomer != Some((self.now, newcomer)) {
            self.victims = Victims {
                newcomer: Some((self.now, newcomer)),
                host: Some(host),
                unclaimed: self.unclaimed(host),
                gpus: Vec::new(),
            };
            if self.only_gpus {
                self.no_room(&by, host);
            }
            // POD-05. What a plan covers costs nothing: which host is cheaper, the witness can't say.
            if self.only_gpus && !self.savers.contains(&by.asked.account) {
                self.weakest_victims(&by, host);
            }
        }
        let known = self.victims.host;
        self.ensure(known == Some(host), || format!("SPOT-05: victims on {known:?} and {host:?}"));
        self.victims.gpus.push(victim.gpus);
    }

    /// SPOT-05. Without any one of the victims there would have been too little.
    fn no_more_than_needed(&mut self, pod: PodId, host: HostId) {
        if !self.only_gpus || self.victims.newcomer != Some((self.now, pod)) {
            return;
        }
        let Victims { unclaimed, gpus, .. } = std::mem::take(&mut self.victims);
        let need = self.pods[&pod].gpus;
        let all = unclaimed + gpus.iter().sum::<u32>();
        let each_needed = gpus.iter().all(|one| all - one < need);
        self.ensure(need <= all && each_needed, || {
            format!("SPOT-05: {need} GPUs on {host:?}: {unclaimed} there, victims {gpus:?}")
        });
    }

    /// What a pod asked for: its script's or its segment's demand.
    pub(super) fn demand(&self, asked: &Requested) -> Demand {
        let given = |name| {
            self.scenario.script.iter().find_map(|action| match &action.kind {
                ActionKind::CreatePod(create) if create.name == name => Some(create.demand),
                _ => None,
            })
        };
        let demand = match (asked.name, asked.segment) {
            (PodName::Given(name), _) => given(name),
            (_, Some(segment)) => Some(self.scenario.segments[segment.index()].demand),
            _ => None,
        };
        demand.expect("whatever is asked for has a demand")
    }
    /// Where a request in its turn goes first: GPU types in its order, then the price to pay.
    fn rank(&self, pod: &Seen, host: HostId) -> Option<(usize, Money)> {
        let demand = self.demand(&pod.asked);
        let scope = &self.scenario.scopes[self.scope_of(host).index()];
        let types = &self.scenario.type_lists[demand.types as usize];
        let rank = types.iter().position(|gpu_type| *gpu_type == scope.gpu_type)?;
        let named = demand.clouds.include(scope.cloud) && pod.gpus <= self.total(host);
        let price = if pod.bid().is_some() { Money::ZERO } else { self.price(host) };
        named.then_some((rank, price))
    }
    /// The hosts that may take a request, each with its rank: for a resume its own alone, for a move all
    /// others (POD-16).
    fn candidates(&self, pod: &Seen, chosen: HostId) -> Vec<((usize, Money), HostId)> {
        let stays = pod.tied == Some(chosen);
        let all = (0..self.sites.len()).map(HostId::from_index);
        let offered = all.filter(|host| {
            (self.offered(*host) || stays && self.available(*host))
                && pod.bid().is_none_or(|bid| self.floor(*host) <= bid)
                && pod.tied.is_none_or(|tied| (tied == *host) == stays)
        });
        match stays {
            true => offered.map(|host| ((0, Money::ZERO), host)).collect(),
            false => offered.filter_map(|host| Some((self.rank(pod, host)?, host))).collect(),
        }
    }
    /// The hosts that compete with `chosen`. Under `block` some scopes may be closed to the request by one
    /// before it (POD-06); that of `chosen` was not.
    fn rivals_of(&self, chosen: HostId, newcomer: &Seen) -> Vec<((usize, Money), HostId)> {
        let block = self.scenario.rules.waiting_order == WaitingOrder::Block;
        let mut hosts = self.candidates(newcomer, chosen);
        hosts.retain(|(_, host)| !block || self.scope_of(*host) == self.scope_of(chosen));
        hosts
    }
    /// POD-05. Nothing is displaced while free GPUs, or unpromised ones in grace, will do.
    fn no_room(&mut self, newcomer: &Seen, chosen: HostId) {
        let room = self
            .rivals_of(chosen, newcomer)
            .into_iter()
            .find(|(_, host)| newcomer.gpus <= self.unclaimed(*host));
        self.ensure(room.is_none(), || format!("POD-05: {:?} fits on {room:?}", newcomer.asked));
    }
    /// SPOT-06. The highest victim bid on `host`, where `newcomer` displaces, if it can there.
    fn highest_victim(&self, newcomer: &Seen, host: HostId) -> Option<Money> {
        let rivals = self.pods.values().filter(|pod| pod.is.displaceable() == Some(host));
        let mut rivals: Vec<(Money, u32)> =
            rivals.filter_map(|pod| Some((pod.bid()?, pod.gpus))).collect();
        rivals.retain(|(bid, _)| newcomer.bid().is_none_or(|own| *bid < own));
        rivals.sort_unstable();
        let mut there = self.unclaimed(host);
        rivals.into_iter().find_map(|(bid, gpus)| {
            there += gpus;
            (newcomer.gpus <= there).then_some(bid)
        })
    }
    /// SPOT-06. No host of the first rank at which it can displace has weaker bids than this one.
    fn weakest_victims(&mut self, newcomer: &Seen, chosen: HostId) {
        let hosts = self.rivals_of(chosen, newcomer).into_iter();
        let costs = hosts
            .filter_map(|(rank, host)| Some((rank, self.highest_victim(newcomer, host)?, host)));
        let costs: Vec<_> = costs.collect();
        let best = costs.iter().map(|(rank, bid, _)| (*rank, *bid)).min();
        let ours =
            costs.iter().find(|(.., host)| *host == chosen).map(|(rank, bid, _)| (*rank, *bid));
        self.ensure(ours.is_some() && ours == best, || {
            format!("SPOT-06: {chosen:?} at {ours:?}, though there is {best:?}")
        });
    }

    /// SPOT-16. A spot pod that asks for GPUs or has some bids otherwise, if the rules let it.
    pub(super) fn bids(&mut self, pod: PodId, bid: Money) {
        let seen = self.pods.get_mut(&pod).filter(|seen| seen.bid().is_some());
        let live = seen.is_some_and(|seen| {
            seen.asked.kind = Kind::Spot { bid };
            !matches!(seen.is, Is::Stopped | Is::Gone)
        });
        let allowed = self.scenario.rules.bid_change == BidChange::Allowed;
        self.ensure(live && allowed, || format!("SPOT-16: {pod:?} bids {bid}"));
    }
}
