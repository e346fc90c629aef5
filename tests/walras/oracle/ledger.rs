//! Postings and balances (GEN-09, GEN-10, GEN-12, HOST-12).

use super::biller::Biller;
use super::meter::Meter;
use super::state::State;
use crate::outcome::{Notice, Outcome, Rejection, Row};
use walras::journal::fact::{Item, NoticeKind, Operation, Refusal};
use walras::units::Share;

impl Biller<'_> {
    /// A starting balance is a deposit at 0 (ACCT-02); a trial credit is an adjustment (ACCT-03).
    pub(crate) fn open_accounts(&mut self) {
        for index in 0..self.accounts.len() {
            self.accounts[index].auto_pay = self.script.accounts[index].auto_pay;
            self.pay_in(index, Item::Deposit, self.script.accounts[index].balance);
            self.pay_in(index, Item::Adjustment, self.rules.trial_credit.nanos());
        }
    }

    pub(crate) fn finish(mut self) -> Outcome {
        self.report_alive();
        let names = self.script.accounts.iter().map(|account| account.name.clone());
        self.out.balances = names.zip(self.accounts.iter().map(|account| account.ledger)).collect();
        self.out
    }

    /// Books a deposit, an automatic payment or an adjustment; a negative amount goes the other way.
    pub(crate) fn pay_in(&mut self, account: usize, item: Item, amount: i128) {
        if amount == 0 {
            return;
        }
        let name = self.script.accounts[account].name.clone();
        let source = if item == Item::Adjustment { "adjustments" } else { "cash" }.to_owned();
        let customer = format!("customer/{name}");
        let (debit, credit) = if amount > 0 { (source, customer) } else { (customer, source) };
        self.accounts[account].ledger += amount;
        self.accounts[account].paid += if item == Item::Adjustment { 0 } else { amount };
        self.out.rows.push(Row {
            at: self.now,
            account: name,
            item,
            subject: String::new(),
            quantity: None,
            periods: None,
            debit,
            credit,
            amount: amount.abs(),
            balance: Some(self.accounts[account].ledger),
        });
        self.rearm(account);
        if amount > 0 {
            self.tell_of_money(account);
        }
    }
    /// POD-06. The account gets money, be it posted back: its requests that wait are tried again.
    pub(crate) fn tell_of_money(&mut self, account: usize) {
        let own = self.pods.iter_mut().flatten().filter(|pod| pod.account == account);
        own.filter(|pod| pod.waits()).for_each(|pod| pod.has_news = true);
    }

    pub(crate) fn notify(&mut self, account: usize, kind: NoticeKind) {
        let account = self.script.accounts[account].name.clone();
        self.out.notices.push(Notice { at: self.now, account, kind });
    }

    pub(crate) fn reject(&mut self, operation: Operation, subject: &str, reason: Refusal) {
        let subject = subject.to_owned();
        self.out.rejections.push(Rejection { at: self.now, operation, subject, reason });
    }

    /// GEN-10. The ledger balance less all that open meters owe and have not posted.
    pub(crate) fn balance(&self, account: usize) -> i128 {
        let unposted: i128 = self.meters_of(account).map(Meter::unposted).sum();
        self.accounts[account].ledger - unposted
    }
    /// ACCT-10. What rules compare with a line: the balance and the credit line.
    pub(crate) fn funds(&self, account: usize) -> i128 {
        self.balance(account) + self.script.accounts[account].credit_line
    }

    /// Marks every meter of a pod to post in this step.
    pub(crate) fn settle_pod(&mut self, pod: usize) {
        for item in [Item::Compute, Item::ContainerDisk, Item::Volume] {
            self.settle_meter(pod, item);
        }
    }
    /// Marks a meter to post.
    pub(crate) fn settle_meter(&mut self, pod: usize, item: Item) {
        self.count_ending(pod, item);
        if self.pod_mut(pod).meter_mut(item).is_some() {
            self.posting.insert((item, pod));
        }
    }
    /// Under `completed` the unit that ends now is owed (GEN-07). It is charged before class 11 if the
    /// balance covers all that the account's meters end now (BILL-12), else left to class 11.
    pub(crate) fn count_ending(&mut self, pod: usize, item: Item) {
        let account = self.pod(pod).account;
        if self.ending_cost(account) <= self.funds(account) && !self.draining {
            self.charge_ending(pod, item);
        }
    }
    /// BILL-12. A meter that closes at the end of a unit owes it only if the balance covers it, and not
    /// if it is a draining that closes it: that charges none of the instant's units.
    pub(crate) fn count_last(&mut self, pod: usize, item: Item) {
        let (now, account) = (self.now, self.pod(pod).account);
        let cost = self.pod_mut(pod).meter_mut(item).as_ref().map_or(0, |m| m.ending_cost(now));
        if cost <= self.funds(account) && !self.draining {
            self.charge_ending(pod, item);
        }
    }
    fn charge_ending(&mut self, pod: usize, item: Item) {
        let now = self.now;
        if let Some(meter) = self.pod_mut(pod).meter_mut(item) {
            meter.charge_ending(now);
        }
    }
    /// What the units cost together that the account's meters end now and that are not charged yet.
    pub(crate) fn ending_cost(&self, account: usize) -> i128 {
        self.meters_of(account).map(|meter| meter.ending_cost(self.now)).sum()
    }

    /// GEN-09. Posts what the step has marked, by item, then by the pod's id, and forgets meters that
    /// are closed.
    pub(crate) fn post_all(&mut self) {
        let mut marked: Vec<_> = std::mem::take(&mut self.posting).into_iter().collect();
        marked.sort_by_key(|(item, pod)| (*item, self.pod(*pod).id));
        for (item, pod) in marked {
            let Some(mut meter) = self.pod_mut(pod).meter_mut(item).take() else { continue };
            let (account, name) = (self.pod(pod).account, self.pod(pod).name.clone());
            let whose = (account, name.as_str(), Some(pod));
            for index in 0..meter.stretches.len() {
                if let Some(units) = meter.stretches[index].as_paused.take() {
                    let left = std::mem::replace(&mut meter.stretches[index].units, units);
                    self.post_stretch(whose, &mut meter, index);
                    meter.stretches[index].units = left;
                }
                self.post_stretch(whose, &mut meter, index);
            }
            for index in 0..meter.covers.len() {
                self.post_cover(pod, &mut meter, index);
            }
            // A victim's meter may close before its rental ends (BILL-04).
            if !meter.closed || self.pod(pod).state == State::Grace {
                *self.pod_mut(pod).meter_mut(item) = Some(meter);
            }
        }
        self.post_volumes();
        for account in std::mem::take(&mut self.earning) {
            self.earn_all(account);
        }
        self.pods.iter_mut().flatten().for_each(|pod| pod.posts_at = None);
    }

    /// PLAN-08. What a plan covers pays the host by the plan's price.
    fn post_cover(&mut self, pod: usize, meter: &mut Meter, index: usize) {
        let owed = meter.owed_by_cover(&meter.covers[index]);
        let cover = &mut meter.covers[index];
        if owed == cover.posted {
            return;
        }
        let payout = share_of(self.rules.host_share_compute, owed) - cover.paid_out;
        let few = |units: u64| i64::try_from(units).expect("few units");
        let periods = few(cover.units) - few(cover.posted_units);
        (cover.posted, cover.posted_units) = (owed, cover.units);
        cover.paid_out += payout;
        let places = cover.places;
        if payout != 0 {
            let host = &self.script.hosts[self.earner(pod)].name;
            self.out.rows.push(Row {
                at: self.now,
                account: String::new(),
                item: Item::HostPayout,
                subject: self.pod(pod).name.clone(),
                quantity: Some(places),
                periods: Some(periods),
                debit: "revenue".to_owned(),
                credit: format!("host/{host}"),
                amount: payout,
                balance: None,
            });
        }
    }

    /// Posts a stretch of an account's meter, under the name of its subject, a pod with a host or not.
    pub(crate) fn post_stretch(
        &mut self,
        (account, subject, pod): (usize, &str, Option<usize>),
        meter: &mut Meter,
        index: usize,
    ) {
        let owed = meter.owed_by(&meter.stretches[index]);
        let stretch = &mut meter.stretches[index];
        let amount = owed - stretch.posted;
        if amount == 0 {
            return;
        }
        let few = |units: u64| i64::try_from(units).expect("few units");
        let periods = few(stretch.units) - few(stretch.posted_units);
        stretch.posted = owed;
        stretch.posted_units = stretch.units;
        let quantity = stretch.terms.1;
        self.accounts[account].ledger -= amount;
        let name = self.script.accounts[account].name.clone();
        let row = Row {
            at: self.now,
            account: name.clone(),
            item: meter.kind.item,
            subject: subject.to_owned(),
            quantity: Some(quantity),
            periods: Some(periods),
            debit: format!("customer/{name}"),
            credit: "revenue".to_owned(),
            amount,
            balance: Some(self.accounts[account].ledger),
        };
        meter.posted += amount;
        let payout = pod.and_then(|pod| self.payout(&row, pod, meter));
        self.out.rows.push(row);
        self.out.rows.extend(payout);
    }

    /// The host that a pod's postings of this step are for.
    fn earner(&self, pod: usize) -> usize {
        self.pod(pod).posts_at.unwrap_or(self.billed_by(pod))
    }
    /// HOST-12. The host's share of all that the meter has posted, less what it has been paid.
    fn payout(&self, usage: &Row, pod: usize, meter: &mut Meter) -> Option<Row> {
        let share = if meter.kind.item == Item::Compute {
            self.rules.host_share_compute
        } else {
            self.rules.host_share_storage
        };
        let amount = share_of(share, meter.posted) - meter.paid_out;
        meter.paid_out += amount;
        let host = &self.script.hosts[self.earner(pod)].name;
        (amount != 0).then(|| Row {
            account: String::new(),
            item: Item::HostPayout,
            debit: "revenue".to_owned(),
            credit: format!("host/{host}"),
            amount,
            balance: None,
            ..usage.clone()
        })
    }
}

/// `floor(amount × share)`, from the decimal text of the share.
fn share_of(share: Share, amount: i128) -> i128 {
    let billionths = walras::units::Money::parse(&share.to_string()).expect("a share").nanos();
    (amount * billionths).div_euclid(1_000_000_000)
}
