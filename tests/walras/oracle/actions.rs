//! The steps of an instant, and the script's actions (API-01, GEN-14).

use super::biller::{Biller, Step};
use super::script::{Act, Create, Resume};
use super::state::{Pod, Recorded, SCRIPTED, State};
use walras::journal::fact::{EndReason, Item, Operation, Refusal};
use walras::scenario::demand::WhenFull;
use walras::scenario::rules::{PodMove, PriceChangeApplies, WaitingOrder};

impl Biller<'_> {
    pub(crate) fn take(&mut self, step: Step) {
        match step {
            Step::Act(index) => {
                let act = self.script.actions[index].1.clone();
                self.act(index, &act);
            }
            Step::DrainedPayment(account) => self.try_payment(account),
            Step::WorkDone(pod) => self.work_done(pod),
            Step::GraceOver(pod) => self.kill(pod),
            Step::PlanExpires(plan) => self.expire(plan),
            Step::Removal(account) => self.remove(account),
            Step::HandOver(pod) => self.hand_over(pod),
            Step::DataCopied(pod) => self.data_copied(pod),
            Step::ImagePulled(pod) => self.image_pulled(pod),
            Step::ContainerUp(pod) => self.container_up(pod),
            Step::Try(pod) => self.try_waiting(pod),
            Step::Patience(pod) => {
                self.pod_mut(pod).forget_recorded_stop();
                let recorded = self.pod(pod).recorded;
                self.give_up(pod, EndReason::Abandoned);
                self.pod_mut(pod).recorded = recorded;
            }
            Step::Check(account) => self.check(account),
            Step::Charge(account) => self.charge(account),
            Step::Payment(account) => self.look_after_units(account),
            Step::Settle => {
                for account in 0..self.accounts.len() {
                    self.settle_account(account);
                    self.post_all();
                }
                for account in 0..self.accounts.len() {
                    self.volumes_of(account).into_iter().for_each(|own| self.settle_volume(own));
                }
            }
        }
    }

    fn act(&mut self, index: usize, act: &Act) {
        match act {
            Act::Create(create) => self.create(index, create),
            Act::Resume(resume) => self.resume(index, resume),
            Act::ChangeBid(pod, bid) => self.change_bid(*pod, *bid),
            Act::Stop(pod) => self.stop_pod(*pod),
            Act::Terminate(pod) => self.terminate_pod(*pod),
            Act::Reset(pod) => self.reset_pod(*pod),
            Act::Deposit(account, amount) => {
                if *amount < self.rules.minimum_deposit.nanos() {
                    let name = self.script.accounts[*account].name.clone();
                    self.reject(Operation::Deposit, &name, Refusal::BadArgument);
                } else {
                    self.pay_in(*account, Item::Deposit, *amount);
                    self.after_deposit(*account);
                }
            }
            Act::Adjust(account, amount) => {
                let most = self.balance(*account).max(0);
                self.pay_in(*account, Item::Adjustment, (*amount).max(-most));
            }
            Act::AutoPay(account, threshold, amount) => {
                if *amount < self.rules.minimum_deposit.nanos() {
                    let name = self.script.accounts[*account].name.clone();
                    self.reject(Operation::SetAutoPay, &name, Refusal::BadArgument);
                } else {
                    self.accounts[*account].auto_pay = Some((*threshold, *amount));
                }
            }
            Act::Buy(buy) => self.buy_plan(buy),
            Act::Price(host, price) => self.set_price(*host, *price),
            Act::Floor(host, floor) => {
                let kind = self.hosts[*host].kind;
                let alike = self.hosts.iter_mut().filter(|host| host.kind == kind);
                alike.for_each(|host| host.floor = *floor);
            }
            Act::CreateVolume(volume, account, size) => {
                self.create_volume(*volume, *account, *size);
            }
            Act::ResizeVolume(volume, size) => self.resize_volume(*volume, *size),
            Act::DeleteVolume(volume) => self.delete_volume(*volume),
            Act::HostDown(host) => self.host_down(*host),
            Act::HostUp(host) => self.host_up(*host),
            Act::NetworkDown(host) => self.network_down(*host),
            Act::NetworkUp(host) => self.network_up(*host),
        }
    }

    /// GPU-03.
    fn set_price(&mut self, host: usize, price: i128) {
        let before = self.r10_of_all();
        let kind = self.hosts[host].kind;
        let alike = self.hosts.iter_mut().filter(|host| host.kind == kind);
        alike.for_each(|host| host.price = price);
        if self.rules.price_change_applies == PriceChangeApplies::Running {
            for pod in self.pods.iter_mut().flatten() {
                let follows = pod.bid.is_none() && pod.slots() == 0;
                let follows = follows && (pod.holds() || pod.state == State::Reserved);
                if self.hosts[pod.host].kind == kind && follows {
                    pod.price = price;
                    if let Some(compute) = &mut pod.compute {
                        compute.terms.0 = price;
                    }
                }
            }
        }
        self.mark_rises(&before);
    }

    fn create(&mut self, index: usize, create: &Create) {
        let bid = create.bid.map(|bid| self.rounded(bid));
        let operation = if bid.is_some() { Operation::CreateSpotPod } else { Operation::CreatePod };
        if let Some(volume) = create.network {
            let own = self.volume(volume).is_some_and(|row| row.account == create.account);
            let reason = if own { Refusal::BadArgument } else { Refusal::Unknown };
            if !own || create.volume > 0 {
                let name = self.script.pods[create.pod].clone();
                return self.reject(operation, &name, reason);
            }
        }
        if bid.is_some() && !self.rules.spot {
            let name = self.script.pods[create.pod].clone();
            return self.reject(operation, &name, Refusal::BadArgument);
        }
        self.pods[create.pod] = Some(Pod {
            name: self.script.pods[create.pod].clone(),
            account: create.account,
            kinds: self.script.kinds(create),
            host: create.host,
            tied: false,
            goes: false,
            asked_to_move: false,
            home: None,
            copy: None,
            image_there: false,
            posts_at: None,
            id: (self.now, index + if bid.is_some() { self.pods.len() } else { 0 }),
            state: State::Waiting,
            gpus: create.gpus,
            gpus_before: create.gpus,
            cpus: create.cpus,
            bare: false,
            disk_gb: create.disk,
            volume_gb: create.volume,
            vcpus: create.vcpus,
            bid,
            price: 0,
            compute: None,
            disk: None,
            volume: None,
            recorded: None,
            exits: create.exits,
            work: create.work,
            work_left: create.work,
            stops_when_done: create.stops_when_done,
            image_gb: create.image,
            image_here: create.image == 0,
            pull: None,
            container_up: None,
            work_done: None,
            patience: None,
            patience_place: 0,
            asks_by_itself: false,
            has_news: false,
            places: Vec::new(),
            promise: Vec::new(),
            promised: None,
            ready: None,
            cause: None,
            grace_over: None,
            rental: 1,
            requested: (self.now, SCRIPTED + index),
            placed: None,
            running: None,
            volume_owed: 0,
            network: create.network,
        });
        self.ask(create.pod, operation, create.patience, WhenFull::Refuse);
    }

    /// SPOT-02. Bids are multiples of the tick, rounded down.
    pub(crate) fn rounded(&self, bid: i128) -> i128 {
        bid - bid.rem_euclid(self.rules.bid_tick.nanos())
    }

    /// The checks of a request, then placement at once, else the wait (POD-04, POD-11, POD-12).
    fn ask(&mut self, pod: usize, operation: Operation, patience: u64, when_full: WhenFull) {
        self.pod_mut(pod).patience = (patience > 0).then(|| self.now.saturating_add(patience));
        if let Err(reason) = self.asks_for_what_there_is(pod).and_then(|()| self.pays(pod)) {
            self.refuse(pod, operation, reason);
        } else if self.choose(pod).is_some() {
            self.give(pod);
        } else if when_full == WhenFull::ZeroGpu && self.has_room_without_gpus(pod) {
            self.turn(pod, "zero_gpu of a full host");
            self.give(pod);
        } else if when_full == WhenFull::Move && self.has_room_elsewhere(pod) {
            self.turn(pod, "moves from a full host");
            self.give(pod);
        } else if patience == 0 {
            let reason = match self.pays(pod) {
                Err(reason) if self.pod(pod).goes && !self.rooms(pod).is_empty() => reason,
                _ => Refusal::NoCapacity,
            };
            self.refuse(pod, operation, reason);
        } else {
            let place = self.timer(self.now).sequence;
            self.pod_mut(pod).patience_place = place;
            if !self.rooms(pod).is_empty() {
                self.turn(pod, "waits for a price");
            }
            if !self.blocked(pod).is_empty() {
                self.turn(pod, "waits behind another");
            }
        }
    }
    pub(crate) fn refuse(&mut self, pod: usize, operation: Operation, reason: Refusal) {
        let name = self.pod(pod).name.clone();
        self.reject(operation, &name, reason);
        let recorded = self.pod(pod).recorded;
        let end = match reason {
            Refusal::NoFunds => EndReason::NoFunds,
            Refusal::SpendingLimit => EndReason::SpendingLimit,
            _ => EndReason::Rejected,
        };
        self.give_up(pod, end);
        if self.pod(pod).state == State::Stopped {
            self.pod_mut(pod).recorded = recorded;
        }
    }

    /// POD-06. A waiting request is tried; where there is room for it, funds are looked at again. A
    /// victim's own resume is looked at like any, but no floor refuses it.
    fn try_waiting(&mut self, pod: usize) {
        let tried = self.pod_mut(pod);
        let looked_at = std::mem::take(&mut tried.asks_by_itself);
        tried.has_news = false;
        self.try_now(pod, looked_at);
        // POD-06, `block`. What it has held back is there for those behind it.
        let (left, spot) = (!self.pod(pod).waits() && !looked_at, self.pod(pod).bid.is_some());
        let waits = |o: &Pod| o.waits() && !o.asks_by_itself && o.bid.is_some() == spot;
        if self.rules.waiting_order == WaitingOrder::Block && left {
            self.parts_round |= self.pods.iter().flatten().any(waits);
        }
    }
    fn try_now(&mut self, pod: usize, looked_at: bool) {
        if self.choose(pod).is_some() {
            self.give(pod);
        } else if looked_at || !self.rooms(pod).is_empty() {
            match self.pays(pod) {
                Ok(()) => self.turn(pod, "waits for a price"),
                Err(reason) => self.refuse(pod, self.asked_by(pod), reason),
            }
        }
    }
    /// The operation by which a pod asked for GPUs.
    pub(crate) fn asked_by(&self, pod: usize) -> Operation {
        if self.pod(pod).asked_to_move {
            return Operation::MovePod;
        }
        match (self.pod(pod).resumed(), self.pod(pod).bid.is_some()) {
            (false, false) => Operation::CreatePod,
            (false, true) => Operation::CreateSpotPod,
            (true, false) => Operation::ResumePod,
            (true, true) => Operation::ResumeSpotPod,
        }
    }

    fn resume(&mut self, index: usize, resume: &Resume) {
        let pod = resume.pod;
        let bid = resume.bid.map(|bid| self.rounded(bid));
        let operation = match bid {
            _ if resume.elsewhere => Operation::MovePod,
            Some(_) => Operation::ResumeSpotPod,
            None => Operation::ResumePod,
        };
        let mut may = self.state_allows(pod, |state| state == State::Stopped);
        if may.is_ok() && self.pod(pod).recorded.is_some() {
            // Its end is recorded (HOST-04); nothing is begun on it.
            may = Err(Refusal::IllegalState);
        }
        let forbidden = resume.elsewhere && self.rules.pod_move == PodMove::Refused;
        let on_slots = |pod: &Pod| resume.gpus.unwrap_or(pod.gpus) == 0 && 0 < pod.cpus;
        let bids =
            bid.is_some() && (!self.rules.spot || self.pods[pod].as_ref().is_some_and(on_slots));
        if may.is_ok() && (bids || forbidden) {
            may = Err(Refusal::BadArgument);
        }
        if let Err(reason) = may {
            let name = self.script.pods[pod].clone();
            return self.reject(operation, &name, reason);
        }
        let requested = (self.now, SCRIPTED + index);
        let resuming = self.pod_mut(pod);
        resuming.state = State::Resuming;
        resuming.gpus = resume.gpus.unwrap_or(resuming.gpus);
        resuming.bare = false;
        resuming.bid = bid;
        resuming.rental += 1;
        // NVOL-07. What nothing ties goes anywhere as it is.
        resuming.goes = resume.elsewhere && resuming.tied;
        resuming.asked_to_move = resume.elsewhere;
        resuming.requested = requested;
        let patience = if resume.when_full == WhenFull::Wait { resume.patience } else { 0 };
        self.ask(pod, operation, patience, resume.when_full);
    }

    pub(crate) fn state_allows(
        &self,
        pod: usize,
        allows: impl Fn(State) -> bool,
    ) -> Result<(), Refusal> {
        match &self.pods[pod] {
            None => Err(Refusal::Unknown),
            Some(pod) if !allows(pod.state) => Err(Refusal::IllegalState),
            Some(_) => Ok(()),
        }
    }

    fn stop_pod(&mut self, pod: usize) {
        let resumed = self.pods[pod].as_ref().is_some_and(Pod::resumed);
        let stoppable = |state| match state {
            State::Initializing | State::Running | State::Grace | State::Down => true,
            State::Resuming => true,
            State::Reserved => resumed,
            State::Waiting | State::Stopped | State::Terminated | State::Refused => false,
        };
        let done = self.state_allows(pod, stoppable).and_then(|()| {
            if self.terminates(pod) {
                Err(Refusal::IllegalState)
            } else if self.pod(pod).is_nowhere() || !self.host_of(pod).cut_off() {
                self.stop(pod, EndReason::Stopped);
                Ok(())
            } else if self.record(pod, Recorded::Stop { for_funds: false }) {
                Ok(())
            } else {
                Err(Refusal::IllegalState)
            }
        });
        self.report(Operation::StopPod, pod, done);
    }

    fn terminate_pod(&mut self, pod: usize) {
        let live = |state| !matches!(state, State::Terminated | State::Refused);
        let done = self.state_allows(pod, live).and_then(|()| {
            self.terminate_or_record(pod, false).then_some(()).ok_or(Refusal::IllegalState)
        });
        self.report(Operation::TerminatePod, pod, done);
    }

    fn reset_pod(&mut self, pod: usize) {
        let runs = |state| matches!(state, State::Initializing | State::Running);
        let done = self.state_allows(pod, runs).and_then(|()| {
            if !self.host_of(pod).cut_off() {
                self.reset(pod);
                Ok(())
            } else if self.record(pod, Recorded::Reset) {
                Ok(())
            } else {
                Err(Refusal::IllegalState)
            }
        });
        self.report(Operation::ResetPod, pod, done);
    }

    pub(crate) fn report(&mut self, operation: Operation, pod: usize, done: Result<(), Refusal>) {
        if let Err(reason) = done {
            let name = self.script.pods[pod].clone();
            self.reject(operation, &name, reason);
        }
    }
}
