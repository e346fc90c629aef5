//! A pod's life on its host's GPUs (POD, BILL-02, BILL-03, STOR).

use super::biller::Biller;
use super::meter::{Kind, Meter, Terms};
use super::state::{Pull, Recorded, State};
use crate::outcome::Rental;
use walras::journal::fact::{EndReason, Item, Refusal};
use walras::scenario::rules::{BillingStarts, InterruptedUnit, LowFundsAction, Rounding};
use walras::units::Span;

impl Biller<'_> {
    /// GPUs are handed over (POD-07).
    pub(crate) fn place(&mut self, pod: usize) {
        let now = self.now;
        let handed_over = self.pod(pod).state == State::Reserved;
        if !handed_over {
            self.agree_price(pod);
        }
        let placed = self.pod_mut(pod);
        placed.state = State::Initializing;
        placed.tied = true;
        placed.patience = None;
        placed.promise.clear();
        placed.gpus_before = placed.gpus;
        placed.placed = Some(now);
        if 0 < placed.slots() {
            self.turn(pod, "takes CPU slots");
        }
        self.move_in(pod);
        self.start(pod);
        self.price_volume(pod, self.rules.volume_price_running.nanos());
        // A unit that begins as the pod is placed is the rental's (GEN-01).
        self.pod_mut(pod).volume_owed =
            self.pod(pod).volume.as_ref().map_or(0, |volume| volume.owed() - volume.beginning(now));
        self.cover_placed(pod);
        if self.rules.billing_starts == BillingStarts::Placed {
            self.open_meters(pod);
        }
        if self.pod(pod).container_up.is_some_and(|up| up.at == now) {
            // Up at once, so that it parts no round, whose rows go together.
            self.container_up(pod);
        }
    }

    /// GPU-03. The price of the instant at which GPUs are given or promised; spot pays its bid (SPOT-10).
    pub(crate) fn agree_price(&mut self, pod: usize) {
        self.pod_mut(pod).price = self.offer_on(pod, self.pod(pod).host).0;
    }

    /// POD-07, TMPL-04. The image is pulled, unless it is there, then the container starts.
    pub(crate) fn start(&mut self, pod: usize) {
        let (image, here) = (self.pod(pod).image_gb, self.pod(pod).image_here);
        if here {
            return self.start_container(pod);
        }
        let bits = u64::from(image) * 8_000_000_000;
        let takes = u128::from(bits) * 1_000_000;
        let takes = takes.div_ceil(u128::from(self.host_of(pod).download));
        self.pod_mut(pod).pull = Some(Pull::Paused(takes.try_into().expect("a small image")));
        if self.host_of(pod).online {
            self.go_on_pulling(pod);
        }
    }
    /// HOST-04. Its host is connected.
    pub(crate) fn go_on_pulling(&mut self, pod: usize) {
        if let Some(Pull::Paused(left)) = self.pod(pod).pull {
            let done = self.timer(self.now + left);
            self.pod_mut(pod).pull = Some(Pull::Until(done));
        }
    }
    /// HOST-04. Its host is cut off.
    pub(crate) fn pause_pull(&mut self, pod: usize) {
        if let Some(done) = self.pod(pod).pulled() {
            self.turn(pod, "a pull pauses");
            self.pod_mut(pod).pull = Some(Pull::Paused(done.at - self.now));
        }
    }
    pub(crate) fn image_pulled(&mut self, pod: usize) {
        self.turn(pod, "image pulled");
        let pulled = self.pod_mut(pod);
        pulled.pull = None;
        pulled.image_here = true;
        self.start_container(pod);
    }
    pub(crate) fn start_container(&mut self, pod: usize) {
        if self.pod(pod).copy.is_some() {
            return self.copy(pod);
        }
        let up = self.timer(self.now + self.rules.container_start.micros());
        let starts = self.pod_mut(pod);
        starts.container_up = (!starts.exits).then_some(up);
    }

    pub(crate) fn container_up(&mut self, pod: usize) {
        let now = self.now;
        let opens = self.rules.billing_starts == BillingStarts::Running;
        let up = self.pod_mut(pod);
        up.state = State::Running;
        up.container_up = None;
        up.running = up.running.or(Some(now));
        let gpus = u64::from(up.gpus);
        let work = up.work_left.filter(|_| gpus > 0);
        let done = work.map(|work| self.timer(now + work.div_ceil(gpus)));
        self.pod_mut(pod).work_done = done;
        if opens && self.pod(pod).compute.is_none() {
            self.open_meters(pod);
        }
    }

    /// BILL-02, STOR-04. Compute and container disk open; the volume's meter with the first of them.
    fn open_meters(&mut self, pod: usize) {
        let opened = self.pod(pod);
        let (disk, volume) = (opened.disk_gb, opened.volume_gb);
        let compute = (opened.price, opened.gpus + opened.slots() - self.covered(pod));
        let opens_volume = volume > 0 && opened.volume.is_none();
        let disk_price = self.rules.container_disk_price.nanos();
        let volume_price = self.rules.volume_price_running.nanos();
        self.open_meter(pod, Item::Compute, compute);
        self.open_covers(pod);
        if disk > 0 {
            self.open_meter(pod, Item::ContainerDisk, (disk_price, disk));
        }
        if opens_volume {
            self.open_meter(pod, Item::Volume, (volume_price, volume));
        }
    }

    fn open_meter(&mut self, pod: usize, item: Item, terms: Terms) {
        let rules = self.rules;
        let (unit, period) = if item == Item::Compute {
            (rules.compute_unit, Span::HOUR)
        } else {
            (rules.storage_unit, Span::DAY * u64::from(rules.days_per_month))
        };
        let minimum = match item {
            Item::Compute => rules.minimum_billed.micros() / unit.micros(),
            _ => 1,
        };
        let (unit, period) = (unit.micros(), period.micros());
        let kind = Kind { item, rounding: rules.minute_rounding, unit, period, minimum };
        let mut meter = Meter::new(kind, terms, self.now);
        if !self.host_of(pod).available() && self.pauses(item) {
            meter.go_out(self.now);
        }
        *self.pod_mut(pod).meter_mut(item) = Some(meter);
    }

    /// STOR-02. The volume costs this from its next unit on; what it owes is posted (GEN-09).
    fn price_volume(&mut self, pod: usize, price: i128) {
        if self.pod(pod).volume.as_ref().is_some_and(|volume| volume.terms.0 != price) {
            self.settle_meter(pod, Item::Volume);
        }
        if let Some(volume) = &mut self.pod_mut(pod).volume {
            volume.terms.0 = price;
        }
    }

    pub(crate) fn close_meter(&mut self, pod: usize, item: Item) {
        self.count_last(pod, item);
        self.settle_meter(pod, item);
        let now = self.now;
        if let Some(meter) = self.pod_mut(pod).meter_mut(item) {
            meter.forgive(now);
            meter.close(now);
        }
    }

    /// Compute and container disk close, the rental is over.
    fn end_rental(&mut self, pod: usize, reason: EndReason) {
        self.close_meter(pod, Item::Compute);
        let reason = self.first_cause(pod, reason);
        self.close_meter(pod, Item::ContainerDisk);
        self.leave(pod);
        self.pod_mut(pod).places.clear();
        if self.pod(pod).placed.is_some() {
            self.count_ending(pod, Item::Volume);
        }
        let mut rental = self.rental(pod, reason);
        if self.pod(pod).placed.is_some() {
            // A unit that begins as the pod stops is not the rental's (GEN-01).
            let volume = self.pod(pod).volume.as_ref();
            rental.storage -= volume.map_or(0, |volume| volume.beginning(self.now));
            let owed = self.pod(pod).volume.as_ref().map_or(0, Meter::owed);
            self.ended.push((self.out.rentals.len(), pod, owed));
        }
        self.out.rentals.push(rental);
        let ended = self.pod_mut(pod);
        ended.patience = None;
        if ended.placed.is_some() {
            ended.lose_memory();
        } else {
            ended.gpus = ended.gpus_before;
        }
        ended.placed = None;
        ended.running = None;
        ended.recorded = None;
        // What was waived is the account's again (BILL-05, ACCT-08).
        let account = ended.account;
        let interrupted = matches!(reason, EndReason::Outbid | EndReason::DisplacedByOnDemand);
        if interrupted && self.rules.interrupted_unit != InterruptedUnit::Charged {
            self.rearm(account);
            self.tell_of_money(account);
        }
    }

    /// A volume's last unit is the rental's too: that of one that ends with it, and of one that lasts if
    /// it is charged once all that closes in the step has closed.
    pub(crate) fn count_ended(&mut self) {
        for (rental, pod, before) in std::mem::take(&mut self.ended) {
            if self.pod(pod).state != State::Terminated {
                self.count_ending(pod, Item::Volume);
            }
            // A unit that begins as the pod stops is not the rental's (GEN-01).
            if self.rules.minute_rounding == Rounding::Started {
                continue;
            }
            let owed = self.pod(pod).volume.as_ref().map_or(0, Meter::owed);
            self.out.rentals[rental].storage += owed - before;
        }
    }

    /// The rental as it stands (POD-22).
    fn rental(&self, pod: usize, reason: EndReason) -> Rental {
        let ended = self.pod(pod);
        let owed = |meter: &Option<Meter>| meter.as_ref().map_or(0, Meter::owed);
        Rental {
            pod: ended.name.clone(),
            rental: ended.rental,
            placed: ended.placed,
            running: ended.running,
            ended: self.now,
            reason,
            compute: owed(&ended.compute),
            storage: owed(&ended.disk)
                + ended.placed.map_or(0, |_| owed(&ended.volume) - ended.volume_owed),
        }
    }
    /// Rentals that are alive at the horizon.
    pub(crate) fn report_alive(&mut self) {
        for pod in self.pods_by_id() {
            if !self.pod(pod).ended() && self.pod(pod).state != State::Stopped {
                let rental = self.rental(pod, EndReason::Alive);
                self.out.rentals.push(rental);
            }
        }
    }

    pub(crate) fn stop(&mut self, pod: usize, reason: EndReason) {
        let placed = self.pod(pod).placed.is_some();
        self.end_rental(pod, reason);
        self.turn_back(pod, placed);
        self.price_volume(pod, self.rules.volume_price_stopped.nanos());
        let stopped = self.pod_mut(pod);
        stopped.state = State::Stopped;
        if stopped.network.is_some() {
            stopped.tied = false;
            stopped.image_here = stopped.image_gb == 0;
        }
    }

    pub(crate) fn terminate(&mut self, pod: usize, reason: EndReason) {
        if self.pod(pod).state == State::Stopped {
            self.pod_mut(pod).recorded = None;
        } else {
            let placed = self.pod(pod).placed.is_some();
            self.end_rental(pod, reason);
            if !placed {
                self.turn_back(pod, false);
            }
        }
        self.close_meter(pod, Item::Volume);
        let gone = self.pod_mut(pod);
        gone.home = None;
        gone.copy = None;
        gone.state = State::Terminated;
    }

    /// A request that never held GPUs ends.
    pub(crate) fn give_up(&mut self, pod: usize, reason: EndReason) {
        self.end_rental(pod, reason);
        self.turn_back(pod, false);
        let resumed = self.pod(pod).resumed();
        self.pod_mut(pod).state = if resumed { State::Stopped } else { State::Refused };
    }

    pub(crate) fn work_done(&mut self, pod: usize) {
        self.pod_mut(pod).work_done = None;
        if self.host_of(pod).cut_off() {
            self.record(pod, Recorded::Done);
        } else {
            self.complete(pod);
        }
    }
    pub(crate) fn complete(&mut self, pod: usize) {
        self.turn(pod, "work done");
        if self.pod(pod).stops_when_done && !self.terminates(pod) {
            self.stop(pod, EndReason::Completed);
            self.pod_mut(pod).work_left = Some(0);
        } else {
            self.terminate(pod, EndReason::Completed);
        }
    }

    pub(crate) fn reset(&mut self, pod: usize) {
        // In Initializing the pull of its image goes on.
        let pull = self.pod(pod).pull;
        let reset = self.pod_mut(pod);
        reset.lose_memory();
        reset.state = State::Initializing;
        reset.pull = pull;
        if pull.is_none() {
            self.start_container(pod);
        }
    }

    /// BILL-10 for one pod that is not stopped.
    pub(crate) fn stop_pod_for_funds(&mut self, pod: usize) {
        let state = self.pod(pod).state;
        let resumed = self.pod(pod).resumed();
        if state == State::Waiting || (state == State::Reserved && !resumed) {
            self.refuse(pod, self.asked_by(pod), Refusal::NoFunds);
        } else if !self.pod(pod).is_nowhere() && self.host_of(pod).cut_off() {
            let recorded = if self.stops_for_funds(pod) {
                Recorded::Stop { for_funds: true }
            } else {
                Recorded::Terminate { for_funds: true }
            };
            self.record(pod, recorded);
        } else {
            self.end_for_funds(pod);
        }
    }
    /// BILL-10. Whether it stops for funds, and is not terminated.
    fn stops_for_funds(&self, pod: usize) -> bool {
        match self.rules.low_funds_action {
            _ if self.pod(pod).network.is_some() => !self.terminates(pod),
            LowFundsAction::Stop => true,
            LowFundsAction::TerminateWithoutNetworkVolume => false,
        }
    }
    fn end_for_funds(&mut self, pod: usize) {
        if self.stops_for_funds(pod) {
            self.stop(pod, EndReason::NoFunds);
        } else {
            self.terminate(pod, EndReason::NoFunds);
        }
    }

    /// TerminatePod, or the removal after the hold.
    pub(crate) fn terminate_or_record(&mut self, pod: usize, removal: bool) -> bool {
        let somewhere = self.pod(pod).state != State::Waiting && !self.pod(pod).is_nowhere();
        if somewhere && self.host_of(pod).cut_off() {
            return self.record(pod, Recorded::Terminate { for_funds: removal });
        }
        let reason = if removal { EndReason::NoFunds } else { EndReason::Terminated };
        self.terminate(pod, reason);
        true
    }
}
