//! The lines: what must be affordable, and what happens when it is not (BILL-06 to BILL-14, ACCT-05).

use super::biller::Biller;
use super::meter::{Meter, Terms};
use super::plans::Offer;
use super::state::State;
use walras::journal::fact::{Item, NoticeKind, Refusal};
use walras::scenario::rules::{DrainedStorage, ReserveScope, Rounding};
use walras::units::{Share, Span};

/// `floor(p × q × span / period)`.
pub(super) fn for_span((price, quantity): Terms, span: Span, period: Span) -> i128 {
    (price * i128::from(quantity) * i128::from(span.micros()))
        .div_euclid(i128::from(period.micros()))
}

/// Whose a meter is.
#[derive(Clone, Copy)]
enum Whose {
    Pod(usize),
    Volume(usize),
}

impl Biller<'_> {
    /// What a pod costs in `span` while it runs: compute of the GPUs that no plan covers (PLAN-05), and its
    /// disks if they count.
    fn running_cost(&self, pod: usize, offer: Offer, span: Span, storage: bool) -> i128 {
        let (price, covered) = offer;
        let pod = self.pod(pod);
        let month = Span::DAY * u64::from(self.rules.days_per_month);
        let compute = for_span((price, pod.gpus + pod.slots() - covered), span, Span::HOUR);
        let disk = (self.rules.container_disk_price.nanos(), pod.disk_gb);
        let volume = (self.rules.volume_price_running.nanos(), pod.volume_gb);
        let disks = for_span(disk, span, month) + for_span(volume, span, month);
        compute + if storage { disks } else { 0 }
    }

    /// BILL-08. R10: over the meters of running pods that are not paused, at present prices. A pod that
    /// is not billed yet (BILL-02) has no meter.
    pub(crate) fn r10(&self, account: usize) -> i128 {
        let span = self.rules.low_funds_reserve;
        let own = self.pods.iter().flatten().filter(|pod| pod.account == account && pod.costs());
        own.flat_map(|pod| pod.meters())
            .filter(|meter| !meter.paused())
            .map(|meter| for_span(meter.terms, span, Span::from_micros(meter.kind.period)))
            .sum()
    }

    /// Once class Charge of an instant is reached, also for another account, the units that begin then
    /// (completed: that end) are as good as charged (GEN-08): who asks later is judged with them.
    pub(crate) fn units_to_pay(&self, account: usize) -> i128 {
        if !self.charging || self.accounts[account].drained.is_some() {
            return 0;
        }
        let meters = self.meters_of(account);
        let costs = meters.map(|meter| match meter.kind.rounding == Rounding::Completed {
            true => meter.ending_cost(self.now),
            false if meter.begins(self.now) => meter.cost(meter.terms),
            false => 0,
        });
        costs.sum()
    }

    /// BILL-06. R10 with Reserved pods as running, and what was accepted in this instant.
    pub(crate) fn line_of(&self, account: usize) -> i128 {
        self.r10(account) + self.promised(account) + self.accepted(account)
    }

    /// BILL-06, BILL-07. Whether the account may rent this pod, at this price of compute.
    pub(crate) fn may_rent(&self, pod: usize, offer: Offer) -> Result<(), Refusal> {
        let account = self.pod(pod).account;
        if self.limit(account).is_some_and(|limit| limit < self.burn_with(pod, offer)) {
            return Err(Refusal::SpendingLimit);
        }
        let funds = self.funds(account) - self.units_to_pay(account);
        let ten_minutes = self.running_cost(pod, offer, self.rules.low_funds_reserve, true);
        let line = self.line_of(account) + ten_minutes;
        if self.accounts[account].drained.is_some() || funds < line {
            return Err(Refusal::NoFunds);
        }
        let (span, storage) = (self.rules.rent_reserve, self.rules.rent_reserve_storage);
        let mut hour = self.running_cost(pod, offer, span, storage);
        if self.rules.rent_reserve_scope == ReserveScope::Account {
            for other in self.pods_by_id() {
                let counts = self.pod(other).costs() || self.pod(other).state == State::Reserved;
                if self.pod(other).account == account && counts {
                    let covered = self.covered(other);
                    let offer = (self.pod(other).price, covered);
                    hour += self.running_cost(other, offer, span, storage);
                }
            }
        }
        if funds < hour { Err(Refusal::NoFunds) } else { Ok(()) }
    }

    /// BILL-06. R10 of Reserved pods, as if they ran.
    pub(crate) fn promised(&self, account: usize) -> i128 {
        let reserved = self.pods_by_id().into_iter().filter(|other| {
            self.pod(*other).account == account && self.pod(*other).state == State::Reserved
        });
        let of = |other: usize| {
            let offer = (self.pod(other).price, 0);
            self.running_cost(other, offer, self.rules.low_funds_reserve, true)
        };
        reserved.map(of).sum()
    }
    /// ACCT-06. What the account burns per hour with this pod at this price: by its open meters, and by
    /// those that its Reserved pods will open.
    fn burn_with(&self, asked: usize, offer: Offer) -> i128 {
        let cost = self.running_cost(asked, offer, Span::HOUR, true);
        cost + self.burn_of(self.pod(asked).account, Some(asked))
    }
    /// The same without that pod, and by its network volumes.
    pub(crate) fn burn_of(&self, account: usize, asked: Option<usize>) -> i128 {
        let volumes = self.volumes_of(account);
        let mut burn: i128 = volumes.into_iter().map(|volume| self.hour_of_volume(volume)).sum();
        for pod in self.pods_by_id().into_iter().filter(|pod| Some(*pod) != asked) {
            let row = self.pod(pod);
            if row.account != account {
                continue;
            }
            let open = row.meters().filter(|meter| !meter.closed);
            let period = |meter: &Meter| Span::from_micros(meter.kind.period);
            burn +=
                open.map(|meter| for_span(meter.terms, Span::HOUR, period(meter))).sum::<i128>();
            if row.state == State::Reserved {
                let to_open = self.running_cost(pod, (row.price, 0), Span::HOUR, true);
                let month = Span::DAY * u64::from(self.rules.days_per_month);
                let running = (self.rules.volume_price_running.nanos(), row.volume_gb);
                // A volume that is there has its meter.
                let there = row.volume.as_ref().map_or(0, |_| for_span(running, Span::HOUR, month));
                burn += to_open - there;
            }
        }
        burn
    }
    /// ACCT-07. What it may burn per hour; none: no limit.
    pub(crate) fn limit(&self, account: usize) -> Option<i128> {
        let (script, age) = (&self.script.accounts[account], self.now);
        if let Some(own) = script.spending_limit {
            return own;
        }
        let steps = &self.rules.spending_limit_steps;
        let reached = steps.iter().filter(|step| {
            step.age.micros() <= script.age + age
                && step.paid.nanos() <= self.accounts[account].paid
        });
        let limits: Vec<Option<i128>> =
            reached.map(|step| step.limit.map(|limit| limit.nanos())).collect();
        if limits.contains(&None) { None } else { limits.into_iter().flatten().max() }
    }

    /// ACCT-05. Tries the automatic payment, if there is one and it may be tried.
    pub(crate) fn try_payment(&mut self, index: usize) {
        let account = &self.accounts[index];
        let Some((_, amount)) = account.auto_pay else { return };
        let interval = self.rules.auto_pay_interval.micros();
        if account.last_try.is_some_and(|last| self.now < last + interval) {
            return;
        }
        self.accounts[index].last_try = Some(self.now);
        if self.rules.payment_failure == Share::ONE {
            self.notify(index, NoticeKind::PaymentFailed);
            return;
        }
        self.pay_in(index, Item::AutoPay, amount);
        self.notify(index, NoticeKind::AutoPaid);
        self.after_deposit(index);
    }

    /// BILL-14. A deposit ends the hold iff one unit of each paused meter is there.
    pub(crate) fn after_deposit(&mut self, account: usize) {
        if self.accounts[account].drained.is_none() {
            return;
        }
        let held =
            self.meters_of(account).filter(|meter| meter.held && !meter.out && !meter.closed);
        let asked: i128 = held.map(|meter| meter.cost(meter.terms)).sum();
        if self.funds(account) < asked {
            return;
        }
        self.accounts[account].drained = None;
        let now = self.now;
        for pod in self.pods.iter_mut().flatten().filter(|pod| pod.account == account) {
            pod.meters_mut().for_each(|meter| meter.release(now));
        }
        let volumes = self.volumes.iter_mut().flatten().filter(|row| row.account == account);
        volumes.for_each(|row| row.meter.release(now));
    }

    /// BILL-09. The ten-minute check, if it is due at this instant.
    pub(crate) fn check(&mut self, account: usize) {
        let now = self.now;
        let own = || self.pods.iter().flatten().filter(|pod| pod.account == account);
        let begins = own().filter(|pod| pod.costs()).any(|pod| {
            pod.compute.as_ref().is_some_and(|meter| meter.begins(now) && meter.begun > 0)
        });
        if !begins && !self.accounts[account].rose {
            return;
        }
        if self.funds_in_class_9(account) < self.r10(account) {
            self.try_payment(account);
        }
        if self.funds_in_class_9(account) < self.r10(account) {
            self.stop_for_funds(account);
            self.notify(account, NoticeKind::StoppedForFunds);
            self.settle_account(account);
        }
    }
    /// GEN-10. In class 9 the units that end at the instant count, too.
    fn funds_in_class_9(&self, account: usize) -> i128 {
        self.funds(account) - self.ending_cost(account)
    }

    pub(crate) fn settle_account(&mut self, account: usize) {
        self.earning.insert(account);
        for pod in self.pods_by_id() {
            if self.pod(pod).account == account {
                self.settle_pod(pod);
            }
        }
        for volume in self.volumes_of(account) {
            self.settle_volume(volume);
        }
    }

    /// BILL-12, then the units of this instant.
    pub(crate) fn charge(&mut self, account: usize) {
        let now = self.now;
        let mut beginning: Vec<(Whose, Item, Terms)> = Vec::new();
        let (mut cost, mut units) = (0, false);
        let pods = self.pods_by_id().into_iter().filter(|pod| self.pod(*pod).account == account);
        let of_pods = pods.flat_map(|pod| {
            let meters = self.pod(pod).meters();
            meters.map(move |meter| (Whose::Pod(pod), meter))
        });
        let of_volumes = self.volumes_of(account).into_iter().filter_map(|volume| {
            Some((Whose::Volume(volume), &self.volumes[volume].as_ref()?.meter))
        });
        for (whose, meter) in of_pods.chain(of_volumes) {
            if meter.begins(now) || meter.ends(now) {
                beginning.push((whose, meter.kind.item, meter.terms));
            }
            if meter.kind.rounding == Rounding::Completed {
                cost += meter.ending_cost(now);
                units |= meter.ends(now) || meter.has_ended_unit(now);
            } else if meter.begins(now) {
                cost += meter.cost(meter.terms);
                units = true;
            }
        }
        self.accounts[account].units |= units;
        if units {
            self.look_again(account);
        }
        if self.accounts[account].drained.is_none() && units {
            if self.funds(account) < cost {
                self.try_payment(account);
            }
            if self.funds(account) < cost {
                self.drain(account);
            }
        }
        for (whose, item, terms) in beginning {
            self.begin_unit(whose, item, terms);
        }
    }
    fn meter_of(&mut self, whose: Whose, item: Item) -> Option<&mut Meter> {
        match whose {
            Whose::Pod(pod) => self.pod_mut(pod).meter_mut(item).as_mut(),
            Whose::Volume(volume) => self.volumes[volume].as_mut().map(|row| &mut row.meter),
        }
    }

    /// Charges the unit that begins (completed: the one that ends), unless the meter stopped meanwhile.
    fn begin_unit(&mut self, whose: Whose, item: Item, terms: Terms) {
        let now = self.now;
        let Some(meter) = self.meter_of(whose, item) else { return };
        meter.charge_ending(now);
        if meter.closed || !meter.begins(now) {
            return;
        }
        if let Whose::Pod(pod) = whose
            && self.pod(pod).state == State::Grace
            && item == Item::Compute
        {
            self.turn(pod, "a unit begins in grace");
        }
        let Some(meter) = self.meter_of(whose, item) else { return };
        let completed = meter.kind.rounding == Rounding::Completed;
        if !completed {
            meter.count_beginning(now, terms);
        }
        meter.covers.iter_mut().for_each(|cover| cover.of_unit = cover.gpus);
        meter.begun += 1;
        meter.charged = meter.begun - u64::from(completed);
        meter.unit_terms = terms;
        meter.parted |= meter.stretches.last().is_some_and(|last| last.terms != terms);
    }

    /// BILL-12. None of the instant's units is charged, pods stop, meters pause, the hold begins.
    fn drain(&mut self, account: usize) {
        let now = self.now;
        let free = self.rules.drained_storage == DrainedStorage::Free;
        for pod in self.pods.iter_mut().flatten().filter(|pod| pod.account == account) {
            for meter in pod.meters_mut() {
                if free || meter.kind.item != Item::Volume {
                    meter.forgive(now);
                }
            }
        }
        if free {
            let volumes = self.volumes.iter_mut().flatten().filter(|row| row.account == account);
            volumes.for_each(|row| row.meter.forgive(now));
        }
        self.draining = true;
        let stopped = self.stop_for_funds(account);
        self.draining = false;
        if stopped {
            self.notify(account, NoticeKind::StoppedForFunds);
        }
        self.accounts[account].drained = Some(now + self.rules.drained_hold.micros());
        self.notify(account, NoticeKind::Drained);
        self.settle_account(account);
        if free {
            for pod in self.pods.iter_mut().flatten().filter(|pod| pod.account == account) {
                pod.meters_mut().for_each(|meter| meter.hold(now));
            }
            let volumes = self.volumes.iter_mut().flatten();
            let own = volumes.filter(|row| row.account == account && !row.gone);
            own.for_each(|row| row.meter.hold(now));
        }
    }

    /// BILL-13. The hold is over.
    pub(crate) fn remove(&mut self, account: usize) {
        self.accounts[account].drained = None;
        for pod in self.pods_by_id() {
            if self.pod(pod).account == account && !self.pod(pod).ended() {
                self.terminate_or_record(pod, true);
            }
        }
        for volume in self.volumes_of(account) {
            self.close_volume(volume);
        }
        self.notify(account, NoticeKind::Removed);
    }

    /// ACCT-05 and ACCT-08, after the units of this instant.
    pub(crate) fn look_after_units(&mut self, account: usize) {
        if !self.accounts[account].units {
            return;
        }
        let seen = self.funds(account);
        if let Some(low) = self.script.accounts[account].low_balance
            && seen < low
            && self.accounts[account].armed
        {
            self.accounts[account].armed = false;
            self.notify(account, NoticeKind::LowBalance);
        }
        if self.accounts[account].auto_pay.is_some_and(|(threshold, _)| seen < threshold) {
            self.try_payment(account);
        }
    }
    /// The balance has risen: is it at or above the low-balance threshold?
    pub(crate) fn rearm(&mut self, account: usize) {
        let low = self.script.accounts[account].low_balance;
        if low.is_some_and(|low| low <= self.funds(account)) {
            self.accounts[account].armed = true;
        }
    }

    /// BILL-10, in order of id. Says whether any pod was stopped or any request refused.
    fn stop_for_funds(&mut self, account: usize) -> bool {
        let mut any = false;
        for pod in self.pods_by_id() {
            let concerned = self.pod(pod).account == account
                && !self.pod(pod).ended()
                && self.pod(pod).state != State::Stopped;
            if concerned {
                self.stop_pod_for_funds(pod);
                any = true;
            }
        }
        any
    }
}
