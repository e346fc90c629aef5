//! Contention: room on a host, whom a request displaces, promises and grace (POD-05, SPOT-04 to
//! SPOT-09, BILL-04, BILL-05). Everything is counted afresh from the pods.

use super::biller::{Biller, Turn};
use super::state::{Part, Recorded, SCRIPTED, State};
use std::cmp::Reverse;
use walras::journal::fact::{EndReason, Item, Refusal};
use walras::scenario::rules::{Displaced, GracePaidBy, InterruptedUnit};

impl Biller<'_> {
    /// Something of contention happens, for the count of what scripts reach.
    pub(crate) fn turn(&mut self, pod: usize, what: &'static str) {
        self.turns.push(Turn { at: self.now, pod, what });
    }

    /// GPUs of a host that are nobody's, and promised to nobody.
    fn free(&self, host: usize) -> u32 {
        let on = self.pods.iter().flatten().filter(|pod| pod.host == host);
        let held = on.map(|pod| {
            let promised = pod.promise.iter().filter(|part| part.victim.is_none());
            promised.map(|part| part.gpus).sum::<u32>() + if pod.holds() { pod.gpus } else { 0 }
        });
        self.hosts[host].gpus - held.sum::<u32>()
    }

    /// What is in grace on a host and promised to nobody, earliest end first, then lower id.
    fn unpromised(&self, host: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        for (victim, pod) in self.pods.iter().enumerate() {
            let Some(pod) = pod.as_ref().filter(|pod| pod.host == host) else { continue };
            let Some(over) = pod.grace_over else { continue };
            let all = self.pods.iter().flatten().flat_map(|newcomer| &newcomer.promise);
            let promised: u32 =
                all.filter(|part| part.victim == Some(victim)).map(|part| part.gpus).sum();
            parts.push((
                (over.at, pod.id),
                Part { gpus: pod.gpus - promised, victim: Some(victim) },
            ));
        }
        parts.sort_by_key(|(end, _)| *end);
        parts.into_iter().map(|(_, part)| part).filter(|part| part.gpus > 0).collect()
    }

    /// SPOT-05. Whom a request displaces, in the order of `lowest_bid`; none: not even all would do.
    fn victims(&self, pod: usize, host: usize) -> Option<Vec<usize>> {
        let asks = self.pod(pod);
        let gpus = |pods: &[usize]| pods.iter().map(|pod| self.pod(*pod).gpus).sum::<u32>();
        let there =
            self.free(host) + self.unpromised(host).iter().map(|part| part.gpus).sum::<u32>();
        let mut admissible: Vec<_> = self.pods_by_id();
        admissible.retain(|victim| {
            let victim = self.pod(*victim);
            let holds = victim.runs() || victim.state == State::Reserved;
            let weaker =
                victim.bid.is_some_and(|bid| asks.bid.is_none_or(|stronger| bid < stronger));
            victim.host == host && holds && weaker && victim.gpus > 0
        });
        admissible.sort_by_key(|victim| {
            let victim = self.pod(*victim);
            // Youngest first, and a Reserved pod is the youngest.
            let placed = victim.placed.unwrap_or(u64::MAX);
            (victim.bid, Reverse(placed), Reverse(victim.id))
        });
        let mut taken = Vec::new();
        for victim in admissible {
            if there + gpus(&taken) < asks.gpus {
                taken.push(victim);
            }
        }
        if there + gpus(&taken) < asks.gpus {
            return None;
        }
        for victim in taken.clone().into_iter().rev() {
            let spared: Vec<_> = taken.iter().copied().filter(|other| *other != victim).collect();
            if asks.gpus <= there + gpus(&spared) {
                taken = spared;
            }
        }
        Some(taken)
    }

    /// POD-05. Whether a request's host is a candidate and has room, be it by displacement.
    pub(crate) fn fits(&self, pod: usize) -> bool {
        self.choose(pod).is_some()
    }

    /// The hosts that a request names: its own once it is tied (POD-09), else those of the GPU type.
    pub(crate) fn named(&self, pod: usize) -> Vec<usize> {
        let asks = self.pod(pod);
        let kind = self.hosts[asks.host].kind;
        let alike = (0..self.hosts.len()).filter(|host| self.hosts[*host].kind == kind);
        if asks.tied { vec![asks.host] } else { alike.collect() }
    }

    /// POD-05. The host that a request gets, with whom it displaces there: free GPUs first, where the
    /// fewest are left; then what is in grace, where that ends first; then displacement, by SPOT-06.
    fn choose(&self, pod: usize) -> Option<(usize, Vec<usize>)> {
        let asks = self.pod(pod);
        let mut hosts = self.named(pod);
        hosts.retain(|host| {
            let host = &self.hosts[*host];
            host.available() && asks.bid.is_none_or(|bid| host.floor <= bid)
        });
        let free = hosts.iter().copied().filter(|host| asks.gpus <= self.free(*host));
        if let Some(host) = free.min_by_key(|host| (self.free(*host) - asks.gpus, *host)) {
            return Some((host, Vec::new()));
        }
        let ends = hosts.iter().filter_map(|host| Some((self.end_of_grace(pod, *host)?, *host)));
        if let Some((_, host)) = ends.min() {
            return Some((host, Vec::new()));
        }
        let displaced = hosts.iter().filter_map(|host| {
            let victims = self.victims(pod, *host)?;
            let bids = victims.iter().map(|victim| {
                let victim = self.pod(*victim);
                (victim.bid.unwrap_or_default(), i128::from(victim.gpus))
            });
            let highest = bids.clone().map(|(bid, _)| bid).max();
            let sum: i128 = bids.map(|(bid, gpus)| bid * gpus).sum();
            Some(((highest, sum, *host), victims))
        });
        displaced.min().map(|((.., host), victims)| (host, victims))
    }

    /// When a host's free GPUs and those in grace that are promised to nobody come to enough.
    fn end_of_grace(&self, pod: usize, host: usize) -> Option<u64> {
        let mut there = self.free(host);
        for part in self.unpromised(host) {
            there += part.gpus;
            if self.pod(pod).gpus <= there {
                let over = part.victim.and_then(|victim| self.pod(victim).grace_over);
                return over.map(|over| over.at);
            }
        }
        None
    }

    /// Gives a request that fits its GPUs, or promises them (POD-05, SPOT-07).
    pub(crate) fn give(&mut self, pod: usize) {
        let needs = self.pod(pod).gpus;
        let (host, victims) = self.choose(pod).expect("a request that fits");
        if host != self.pod(pod).host {
            self.turn(pod, "goes to another host");
        }
        let elsewhere =
            |other: &usize| self.hosts[*other].available() && self.victims(pod, *other).is_some();
        if !victims.is_empty()
            && 1 < self.named(pod).iter().filter(|other| elsewhere(other)).count()
        {
            self.turn(pod, "displaces where it harms least");
        }
        self.pod_mut(pod).host = host;
        for victim in &victims {
            self.displace(*victim, pod);
        }
        // What it does not need is there for those who wait, and they are tried in a round of their own.
        let spot = self.pod(pod).bid.is_some();
        let others = self.pods.iter().enumerate().filter(|(other, _)| *other != pod);
        let mut others = others.filter_map(|(_, other)| other.as_ref());
        self.parts_round = !victims.is_empty()
            && others.any(|o| o.waits() && !o.asks_by_itself && o.bid.is_some() == spot);
        if victims.is_empty() && self.free(host) < needs {
            self.turn(pod, "promised what is in grace");
        }
        let parts = self.parts(host, needs);
        if parts.iter().all(|part| part.victim.is_none()) {
            self.place(pod);
        } else {
            self.promise(pod, parts);
        }
    }

    /// What makes up `needs` GPUs of a host: free ones, then those in grace.
    fn parts(&self, host: usize, needs: u32) -> Vec<Part> {
        let mut left = needs;
        let free = Part { gpus: self.free(host), victim: None };
        let mut parts = Vec::new();
        for part in [free].into_iter().chain(self.unpromised(host)) {
            let gpus = part.gpus.min(left);
            left -= gpus;
            parts.extend((gpus > 0).then_some(Part { gpus, ..part }));
        }
        parts
    }

    /// The pod is Reserved until the last of its victims is gone.
    fn promise(&mut self, pod: usize, parts: Vec<Part>) {
        self.turn(pod, "promised");
        if parts.len() > 1 {
            self.turn(pod, "promised in parts");
        }
        self.agree_price(pod);
        let promised = self.timer(self.now);
        let reserved = self.pod_mut(pod);
        reserved.promised = Some(promised);
        reserved.ready = None;
        reserved.state = State::Reserved;
        reserved.promise = parts;
    }

    pub(crate) fn hand_over(&mut self, pod: usize) {
        self.turn(pod, "handed over");
        self.place(pod);
    }

    /// SIGTERM, or the loss of a promise.
    fn displace(&mut self, victim: usize, newcomer: usize) {
        if self.pod(victim).state == State::Reserved {
            self.turn(victim, "promise taken over");
            return self.lose_promise(victim);
        }
        let by_spot = self.pod(newcomer).bid.is_some();
        let reason = if by_spot { EndReason::Outbid } else { EndReason::DisplacedByOnDemand };
        self.turn(victim, if by_spot { "outbid" } else { "displaced by on demand" });
        if self.pod(victim).state == State::Initializing {
            self.turn(victim, "displaced before it ran");
        }
        let now = self.now;
        // The end of its work is scheduled anew with that of its grace.
        let work_done = self.pod(victim).work_done.map(|timer| self.timer(timer.at));
        let over = self.timer(now + self.rules.grace.micros());
        if self.rules.grace_paid_by == GracePaidBy::Nobody {
            self.close_meter(victim, Item::Compute);
            self.close_meter(victim, Item::ContainerDisk);
        }
        let displaced = self.pod_mut(victim);
        displaced.state = State::Grace;
        displaced.cause = Some((reason, now));
        displaced.grace_over = Some(over);
        displaced.work_done = work_done;
        displaced.container_up = None;
    }

    /// SPOT-08. A promise is void; its pod waits on while it has patience.
    pub(crate) fn lose_promise(&mut self, pod: usize) {
        let resumed = self.pod(pod).resumed();
        let lost = self.pod_mut(pod);
        lost.promise.clear();
        lost.state = if resumed { State::Resuming } else { State::Waiting };
        match self.pod(pod).patience {
            Some(until) if self.now < until => self.turn(pod, "waits on"),
            _ => self.refuse(pod, self.asked_by(pod), Refusal::NoCapacity),
        }
    }

    /// SIGKILL (SPOT-07, SPOT-09).
    pub(crate) fn kill(&mut self, pod: usize) {
        let (reason, _) = self.pod(pod).cause.expect("who is in grace was displaced");
        let recorded = self.pod(pod).recorded;
        let cut_off = self.host_of(pod).cut_off();
        self.turn(pod, if cut_off { "killed out of reach" } else { "killed" });
        match self.rules.displaced {
            Displaced::Terminate => return self.terminate(pod, reason),
            Displaced::Stop | Displaced::Resume => self.stop(pod, reason),
        }
        let drained = self.accounts[self.pod(pod).account].drained.is_some();
        let ends = matches!(recorded, Some(Recorded::Stop { .. } | Recorded::Terminate { .. }));
        if self.rules.displaced == Displaced::Resume && !drained && !ends {
            self.turn(pod, "asks again");
            self.scheduled += 1;
            // It joins before who joins in class 8, unless that has begun.
            let after = if self.bids_taken { 2 * SCRIPTED } else { 0 };
            let requested = (self.now, after + self.scheduled);
            let resuming = self.pod_mut(pod);
            resuming.state = State::Resuming;
            resuming.rental += 1;
            resuming.requested = requested;
            resuming.patience = Some(u64::MAX);
            resuming.asks_by_itself = true;
        }
        // What is recorded of a pod that is killed meanwhile lapses, but for its termination (HOST-04).
        self.pod_mut(pod).recorded =
            recorded.filter(|recorded| matches!(recorded, Recorded::Terminate { .. }));
    }

    /// POD-22. The first cause of an end counts, but who gets its work done in grace has completed.
    pub(crate) fn first_cause(&mut self, pod: usize, reason: EndReason) -> EndReason {
        let interrupted = self.rules.interrupted_unit;
        if self.pod(pod).state == State::Grace {
            match reason {
                EndReason::Completed => self.turn(pod, "completed in grace"),
                EndReason::Stopped => self.turn(pod, "stopped in grace"),
                EndReason::Terminated => self.turn(pod, "terminated in grace"),
                EndReason::NoFunds => self.turn(pod, "ran dry in grace"),
                _ => {}
            }
        }
        let ended = self.pod_mut(pod);
        ended.grace_over = None;
        let Some((cause, at)) = ended.cause.take().filter(|_| reason != EndReason::Completed)
        else {
            return reason;
        };
        let after = at - ended.placed.expect("who was displaced was placed");
        if let Some(compute) = &mut ended.compute {
            match interrupted {
                InterruptedUnit::Charged => {}
                InterruptedUnit::Waived => compute.waive(false),
                InterruptedUnit::FreeWithin(within) if after < within.micros() => {
                    compute.waive(true);
                }
                InterruptedUnit::FreeWithin(_) => {}
            }
        }
        cause
    }

    /// A pod is gone from its GPUs, or withdraws: what it held or was promised is there for others.
    pub(crate) fn leave(&mut self, pod: usize) {
        if !self.pod(pod).promise.is_empty() {
            self.turn(pod, "promise withdrawn");
        }
        self.pod_mut(pod).promise.clear();
        let mut ready = Vec::new();
        for (index, newcomer) in self.pods.iter_mut().enumerate() {
            let Some(newcomer) = newcomer else { continue };
            for part in newcomer.promise.iter_mut().filter(|part| part.victim == Some(pod)) {
                part.victim = None;
                ready.push((newcomer.promised, index));
            }
        }
        ready
            .retain(|(_, index)| self.pod(*index).promise.iter().all(|part| part.victim.is_none()));
        ready.sort_unstable();
        for (_, newcomer) in ready {
            let ready = self.timer(self.now);
            self.pod_mut(newcomer).ready = Some(ready);
        }
    }
}
