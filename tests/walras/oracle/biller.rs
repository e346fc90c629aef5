//! The walk through time: from instant to instant, and through the classes of each (GEN-11).

use super::meter::Meter;
use super::plans::Plan;
use super::script::{Act, Script};
use super::state::{Account, Host, Pod, SCRIPTED, State, Timer, Volume};
use crate::outcome::Outcome;
use std::collections::BTreeSet;
use walras::journal::fact::Item;
use walras::scenario::rules::Rules;

/// The classes of GEN-11 that a script can touch, read row by row and from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    HostDown,
    NetworkDown,
    HostUp,
    NetworkUp,
    Deposit,
    DrainedPayment,
    Adjustment,
    WorkDone,
    Stop,
    Terminate,
    Reset,
    GraceOver,
    DeleteVolume,
    PlanExpires,
    Removal,
    Price,
    Buy,
    Volume,
    ChangeBid,
    AutoPay,
    HandOver,
    DataCopied,
    ImagePulled,
    ContainerUp,
    AskWaiting,
    AskNew,
    Bid,
    Patience,
    Check,
    Charge,
    Payment,
    Settle,
}

/// What is due at an instant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Act(usize),
    DrainedPayment(usize),
    WorkDone(usize),
    GraceOver(usize),
    PlanExpires(usize),
    Removal(usize),
    HandOver(usize),
    DataCopied(usize),
    ImagePulled(usize),
    ContainerUp(usize),
    Try(usize),
    Patience(usize),
    Check(usize),
    Charge(usize),
    Payment(usize),
    Settle,
}

pub(crate) struct Biller<'a> {
    /// Of two accounts that are due in one class the last goes first: no rule tells.
    last_first: bool,
    pub(crate) script: &'a Script,
    pub(crate) rules: &'a Rules,
    pub(crate) now: u64,
    pub(crate) hosts: Vec<Host>,
    pub(crate) accounts: Vec<Account>,
    /// By their place in the script's list; none: not created yet.
    pub(crate) pods: Vec<Option<Pod>>,
    /// The same.
    pub(crate) volumes: Vec<Option<Volume>>,
    /// Savings plans, in order of purchase.
    pub(crate) plans: Vec<Plan>,
    /// Accounts whose plans post what they have earned, once the present step has posted.
    pub(crate) earning: BTreeSet<usize>,
    /// Actions that are done.
    acted: BTreeSet<usize>,
    /// Steps of this instant that are taken once: (class, account).
    taken: BTreeSet<(Class, usize)>,
    /// BILL-12. Whether the present step drains an account: what closes is charged no unit that ends now.
    pub(crate) draining: bool,
    /// Meters that post in the present step.
    pub(crate) posting: BTreeSet<(Item, usize)>,
    /// Network volumes that do.
    pub(crate) posting_volumes: BTreeSet<usize>,
    /// Rentals that ended in the present step, by their place in the outcome, with their pod and what
    /// its volume owed then.
    pub(crate) ended: Vec<(usize, usize, i128)>,
    /// Whether class 11 of this instant has begun.
    pub(crate) charging: bool,
    /// Whether class 8 of this instant has begun.
    pub(crate) bids_taken: bool,
    /// Whether the present step ends the round that it is part of.
    pub(crate) parts_round: bool,
    /// What has been scheduled so far, for the order in which it is taken.
    pub(crate) scheduled: usize,
    pub(crate) out: Outcome,
    pub(crate) turns: Vec<Turn>,
}

/// A turn of contention in a pod's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) at: u64,
    pub(crate) pod: usize,
    pub(crate) what: &'static str,
}

/// What a script comes to, and the turns of contention on the way.
pub(crate) struct Bill {
    pub(crate) outcome: Outcome,
    pub(crate) turns: Vec<Turn>,
}

/// Bills a script from its start to its horizon.
pub(crate) fn bill(script: &Script) -> Outcome {
    bill_in_order(script, false).outcome
}

/// The same, with the turns; where two accounts are due at one instant in one class, the first goes
/// first, or the last.
pub(crate) fn bill_in_order(script: &Script, last_first: bool) -> Bill {
    let mut biller = Biller::new(script, last_first);
    biller.open_accounts();
    while let Some(next) = biller.next_instant() {
        biller.now = next;
        biller.instant();
    }
    let turns = std::mem::take(&mut biller.turns);
    Bill { outcome: biller.finish(), turns }
}

impl<'a> Biller<'a> {
    fn new(script: &'a Script, last_first: bool) -> Self {
        Self {
            last_first,
            script,
            rules: &script.rules,
            now: 0,
            hosts: script.hosts.iter().map(Host::of).collect(),
            accounts: vec![Account::default(); script.accounts.len()],
            pods: script.pods.iter().map(|_| None).collect(),
            volumes: script.volumes.iter().map(|_| None).collect(),
            plans: Vec::new(),
            earning: BTreeSet::new(),
            acted: BTreeSet::new(),
            taken: BTreeSet::new(),
            draining: false,
            posting: BTreeSet::new(),
            posting_volumes: BTreeSet::new(),
            ended: Vec::new(),
            charging: false,
            bids_taken: false,
            parts_round: false,
            scheduled: 0,
            out: Outcome::default(),
            turns: Vec::new(),
        }
    }

    /// Pods that exist, lowest id first.
    pub(crate) fn pods_by_id(&self) -> Vec<usize> {
        let mut pods: Vec<_> =
            (0..self.pods.len()).filter(|pod| self.pods[*pod].is_some()).collect();
        pods.sort_by_key(|pod| self.pod(*pod).id);
        pods
    }
    pub(crate) fn pod(&self, pod: usize) -> &Pod {
        self.pods[pod].as_ref().expect("a pod that was created")
    }
    pub(crate) fn pod_mut(&mut self, pod: usize) -> &mut Pod {
        self.pods[pod].as_mut().expect("a pod that was created")
    }
    pub(crate) fn host_of(&self, pod: usize) -> &Host {
        &self.hosts[self.pod(pod).host]
    }

    /// Schedules.
    pub(crate) fn timer(&mut self, at: u64) -> Timer {
        self.scheduled += 1;
        Timer { at, sequence: self.scheduled }
    }

    /// The earliest instant after the present one at which anything can be due.
    fn next_instant(&self) -> Option<u64> {
        let mut instants = vec![self.script.horizon, self.script.warm_up];
        if let Some(every) = self.rules.statement_every.map(|span| span.micros()) {
            instants.push((self.now / every + 1) * every);
        }
        for (index, (at, _)) in self.script.actions.iter().enumerate() {
            if !self.acted.contains(&index) {
                instants.push(*at);
            }
        }
        instants.extend(self.plans.iter().filter(|plan| !plan.over).map(|plan| plan.ends));
        for account in &self.accounts {
            instants.extend(account.drained);
            instants.extend(self.next_drained_try(account));
        }
        for pod in self.pods.iter().flatten() {
            instants.extend(pod.patience.filter(|_| pod.waits()));
            let timers =
                [pod.pulled(), pod.copied(), pod.container_up, pod.work_done, pod.grace_over];
            instants.extend(timers.iter().flatten().map(|timer| timer.at));
            instants.extend(pod.meters().filter_map(Meter::next));
        }
        instants.extend(self.volumes.iter().flatten().filter_map(|volume| volume.meter.next()));
        let first = self.acted.is_empty() && self.taken.is_empty();
        let later = |at: &u64| (self.now < *at || first) && *at <= self.script.horizon;
        instants.into_iter().filter(later).min()
    }

    /// When a drained account may try its automatic payment.
    fn next_drained_try(&self, account: &Account) -> Option<u64> {
        account.drained.and(account.auto_pay)?;
        let interval = self.rules.auto_pay_interval.micros();
        Some(account.last_try.map_or(self.now, |last| last + interval).max(self.now))
    }

    fn instant(&mut self) {
        self.taken.clear();
        self.bids_taken = false;
        self.charging = false;
        self.taken.insert((Class::HostDown, usize::MAX));
        let mut next = self.lowest_due();
        while let Some((class, _, step)) = next {
            match step {
                Step::Act(index) => {
                    self.acted.insert(index);
                }
                Step::Check(account) | Step::Charge(account) | Step::Payment(account) => {
                    self.taken.insert((class, account));
                }
                Step::Settle => {
                    self.taken.insert((class, 0));
                }
                _ => {}
            }
            self.bids_taken |= class == Class::Bid;
            self.charging |= class == Class::Charge;
            let before = self.look();
            self.take(step);
            self.spread_news(&before);
            self.count_ended();
            next = self.lowest_due();
            // Requests that are tried together are one event, which posts together (GEN-09).
            let round = matches!(class, Class::AskWaiting | Class::Bid);
            let parted = std::mem::take(&mut self.parts_round);
            if !round || parted || next.is_none_or(|(after, ..)| after != class) {
                self.post_all();
            }
        }
        for account in &mut self.accounts {
            account.rose = false;
            account.units = false;
        }
    }

    /// Of all that is due now and not done yet, what comes first.
    fn lowest_due(&self) -> Option<(Class, (i128, u64, usize), Step)> {
        let mut due = Vec::new();
        for (index, (at, act)) in self.script.actions.iter().enumerate() {
            if *at == self.now && !self.acted.contains(&index) {
                let (class, bid) = class_of(act);
                due.push((class, (-bid, self.now, SCRIPTED + index), Step::Act(index)));
            }
        }
        self.due_of_pods(&mut due);
        self.due_of_accounts(&mut due);
        for (index, plan) in self.plans.iter().enumerate() {
            if plan.ends == self.now && !plan.over {
                due.push((Class::PlanExpires, (0, 0, index), Step::PlanExpires(index)));
            }
        }
        let statement = self
            .rules
            .statement_every
            .is_some_and(|every| self.now > 0 && self.now.is_multiple_of(every.micros()));
        let warm_up_ends = self.now > 0 && self.now == self.script.warm_up;
        let settles = statement || warm_up_ends || self.now == self.script.horizon;
        if settles && !self.taken.contains(&(Class::Settle, 0)) {
            due.push((Class::Settle, (0, 0, 0), Step::Settle));
        }
        due.into_iter().min_by_key(|(class, rank, _)| (*class, *rank))
    }

    fn due_of_pods(&self, due: &mut Vec<(Class, (i128, u64, usize), Step)>) {
        for (index, pod) in self.pods.iter().enumerate() {
            let Some(pod) = pod else { continue };
            let now = Some(self.now);
            let ready = pod.ready.filter(|_| pod.state == State::Reserved);
            for (timer, class, step) in [
                (ready, Class::HandOver, Step::HandOver(index)),
                (pod.work_done, Class::WorkDone, Step::WorkDone(index)),
                (pod.grace_over, Class::GraceOver, Step::GraceOver(index)),
                (pod.copied(), Class::DataCopied, Step::DataCopied(index)),
                (pod.pulled(), Class::ImagePulled, Step::ImagePulled(index)),
                (pod.container_up, Class::ContainerUp, Step::ContainerUp(index)),
            ] {
                if let Some(timer) = timer.filter(|timer| timer.at == self.now) {
                    due.push((class, (0, 0, timer.sequence), step));
                }
            }
            if pod.waits() && pod.patience == now {
                due.push((Class::Patience, (0, 0, pod.patience_place), Step::Patience(index)));
            }
            if pod.waits() && (pod.asks_by_itself || pod.has_news) {
                let (class, bid) = pod.bid.map_or((Class::AskWaiting, 0), |bid| (Class::Bid, bid));
                due.push((class, (-bid, pod.requested.0, pod.requested.1), Step::Try(index)));
            }
        }
    }

    /// Whether a unit of the account's meters begins now that has not been charged.
    fn unit_begins(&self, account: usize) -> bool {
        self.meters_of(account).any(|meter| meter.begins(self.now))
    }
    /// All meters of an account's pods and network volumes.
    pub(crate) fn meters_of(&self, account: usize) -> impl Iterator<Item = &Meter> {
        let pods = self.pods.iter().flatten().filter(move |pod| pod.account == account);
        let volumes = self.volumes.iter().flatten().filter(move |row| row.account == account);
        pods.flat_map(Pod::meters).chain(volumes.map(|row| &row.meter))
    }
    /// Units have been charged: what looks at the balance after them has to look, be it again.
    pub(crate) fn look_again(&mut self, account: usize) {
        self.taken.remove(&(Class::Payment, account));
    }

    fn due_of_accounts(&self, due: &mut Vec<(Class, (i128, u64, usize), Step)>) {
        for (index, account) in self.accounts.iter().enumerate() {
            let rank = (0, 0, if self.last_first { usize::MAX - index } else { index });
            if self.next_drained_try(account) == Some(self.now) {
                due.push((Class::DrainedPayment, rank, Step::DrainedPayment(index)));
            }
            if account.drained == Some(self.now) {
                due.push((Class::Removal, rank, Step::Removal(index)));
            }
            let mut once = |class, step| {
                if !self.taken.contains(&(class, index)) {
                    due.push((class, rank, step));
                }
            };
            once(Class::Check, Step::Check(index));
            once(Class::Payment, Step::Payment(index));
            // A meter may open after the class was reached in this instant (GEN-08).
            if self.unit_begins(index) || !self.taken.contains(&(Class::Charge, index)) {
                due.push((Class::Charge, rank, Step::Charge(index)));
            }
        }
    }
}

/// The class of an action, and the bid by which class 8 orders it.
fn class_of(act: &Act) -> (Class, i128) {
    let asks = |bid: Option<i128>| bid.map_or((Class::AskNew, 0), |bid| (Class::Bid, bid));
    match act {
        Act::HostDown(_) => (Class::HostDown, 0),
        Act::NetworkDown(_) => (Class::NetworkDown, 0),
        Act::HostUp(_) => (Class::HostUp, 0),
        Act::NetworkUp(_) => (Class::NetworkUp, 0),
        Act::Deposit(..) => (Class::Deposit, 0),
        Act::Adjust(..) => (Class::Adjustment, 0),
        Act::Stop(_) => (Class::Stop, 0),
        Act::Terminate(_) => (Class::Terminate, 0),
        Act::Reset(_) => (Class::Reset, 0),
        Act::Price(..) | Act::Floor(..) => (Class::Price, 0),
        Act::Buy(_) => (Class::Buy, 0),
        Act::ChangeBid(..) => (Class::ChangeBid, 0),
        Act::CreateVolume(..) | Act::ResizeVolume(..) => (Class::Volume, 0),
        Act::DeleteVolume(_) => (Class::DeleteVolume, 0),
        Act::AutoPay(..) => (Class::AutoPay, 0),
        Act::Create(create) => asks(create.bid),
        Act::Resume(resume) => asks(resume.bid),
    }
}
