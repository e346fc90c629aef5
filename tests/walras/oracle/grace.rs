//! Contention: displacement, promises and grace (SPOT-04 to SPOT-09, BILL-04, BILL-05).

use super::biller::{Biller, Turn};
use super::room::{Amount, Room};
use super::state::{Part, Pod, Recorded, SCRIPTED, State};
use walras::journal::fact::{EndReason, Item, Refusal};
use walras::scenario::rules::{Displaced, GracePaidBy, InterruptedUnit};

impl Biller<'_> {
    /// Something of contention happens, for the count of what scripts reach.
    pub(crate) fn turn(&mut self, pod: usize, what: &'static str) {
        self.turns.push(Turn { at: self.now, pod, what });
    }

    /// Gives a request that fits its GPUs, or promises them (POD-05, SPOT-07).
    pub(crate) fn give(&mut self, pod: usize) {
        let (needs, before) = (self.needs(pod), self.look());
        let Room { host, victims, .. } = self.choose(pod).expect("a request that fits");
        if host != self.pod(pod).host {
            self.turn(pod, "goes to another host");
        }
        if self.hosts[host].kind != self.kinds(pod)[0] {
            self.turn(pod, "gets another type than its first");
        }
        let elsewhere = |other: &usize| {
            self.hosts[*other].available()
                && self.victims((pod, *other), self.script.eviction).is_some()
        };
        if !victims.is_empty()
            && 1 < self.named(pod).iter().filter(|other| elsewhere(other)).count()
        {
            self.turn(pod, "displaces where it harms least");
        }
        let going = self.pod_mut(pod);
        going.home = going.goes.then_some(going.host);
        going.host = host;
        for victim in &victims {
            self.displace(*victim, pod);
        }
        if victims.is_empty() && !self.free(host).covers(needs) {
            self.turn(pod, "promised what is in grace");
        }
        let parts = self.parts(host, needs);
        if parts.iter().all(|part| part.victim.is_none()) {
            self.place(pod);
        } else {
            self.promise(pod, parts);
        }
        // What victims held beyond the need is there for those who wait, and who lost a promise waits
        // again: they are tried in a round of their own.
        let spot = self.pod(pod).bid.is_some();
        let waits = |o: &Pod| o.waits() && !o.asks_by_itself && o.bid.is_some() == spot;
        let loser_waits = spot && victims.iter().any(|victim| self.pod(*victim).waits());
        let left = self.came_free(&before, host) && self.pods.iter().flatten().any(waits);
        self.parts_round = !victims.is_empty() && (left || loser_waits);
    }

    /// What makes up `needs` of a host: what is free, then what is in grace.
    fn parts(&self, host: usize, needs: Amount) -> Vec<Part> {
        let mut left = needs;
        let free = Part { what: self.free(host), victim: None };
        let mut parts = Vec::new();
        for part in [free].into_iter().chain(self.unpromised(host)) {
            let what = part.what.common(left);
            left = left.less(what);
            parts.extend((!what.is_nothing()).then_some(Part { what, ..part }));
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
        displaced.pull = None;
        displaced.copy = None;
    }

    /// SPOT-08. A promise is void; its pod waits on while it has patience.
    pub(crate) fn lose_promise(&mut self, pod: usize) {
        let resumed = self.pod(pod).resumed();
        let lost = self.pod_mut(pod);
        lost.promise.clear();
        lost.state = if resumed { State::Resuming } else { State::Waiting };
        // Meanwhile other hosts may have come free for it.
        lost.has_news = true;
        match self.pod(pod).patience {
            Some(until) if self.now < until => {
                self.turn(pod, "waits on");
                let place = self.timer(self.now).sequence;
                self.pod_mut(pod).patience_place = place;
            }
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
            _ if self.terminates(pod) => return self.terminate(pod, reason),
            Displaced::Terminate => return self.terminate(pod, reason),
            Displaced::Stop | Displaced::Resume | Displaced::Hibernate => self.stop(pod, reason),
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
            resuming.asked_to_move = false;
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
