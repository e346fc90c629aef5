//! The walk through time: from instant to instant, and through the classes of each (GEN-11).

use super::meter::Meter;
use super::script::{Act, Script};
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
    Removal,
    Price,
    AutoPay,
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
    Removal(usize),
    ContainerUp(usize),
    Try(usize),
    Patience(usize),
    Check(usize),
    Charge(usize),
    Payment(usize),
    Settle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Initializing,
    Running,
    Stopped,
    Resuming,
    Down,
    Terminated,
    Refused,
}

/// HOST-04. What is recorded while a host is cut off, in the order in which a later one replaces an
/// earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    Reset,
    Stop { for_funds: bool },
    Terminate { for_funds: bool },
    Done,
}

pub(crate) struct Host {
    pub(crate) powered: bool,
    pub(crate) online: bool,
    pub(crate) price: i128,
}
impl Host {
    pub(crate) fn available(&self) -> bool {
        self.powered && self.online
    }
    pub(crate) fn cut_off(&self) -> bool {
        self.powered && !self.online
    }
}

#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) ledger: i128,
    pub(crate) auto_pay: Option<(i128, i128)>,
    pub(crate) last_try: Option<u64>,
    /// Drained, and until when its pods are held.
    pub(crate) drained: Option<u64>,
    /// ACCT-08. Its balance has been at or above its low-balance threshold since the last notice.
    pub(crate) armed: bool,
    /// R10 rose in this instant through a host's return or a price.
    pub(crate) rose: bool,
    /// Units of its meters began (completed: ended) in this instant.
    pub(crate) units: bool,
}

pub(crate) struct Pod {
    pub(crate) name: String,
    pub(crate) account: usize,
    pub(crate) host: usize,
    /// When it was created: the instant, and its place there: on demand before spot (GEN-11), then
    /// the order of the script.
    pub(crate) id: (u64, usize),
    pub(crate) state: State,
    pub(crate) gpus: u32,
    /// What it held in its last rental; a resume that comes to nothing changes nothing.
    pub(crate) gpus_before: u32,
    pub(crate) disk_gb: u32,
    pub(crate) volume_gb: u32,
    pub(crate) bid: Option<i128>,
    /// Compute, per GPU and hour.
    pub(crate) price: i128,
    pub(crate) compute: Option<Meter>,
    pub(crate) disk: Option<Meter>,
    pub(crate) volume: Option<Meter>,
    pub(crate) recorded: Option<Recorded>,
    pub(crate) exits: bool,
    pub(crate) work: Option<u64>,
    /// What is left of it: all, until it is done; without checkpoints all again when memory is lost.
    pub(crate) work_left: Option<u64>,
    pub(crate) stops_when_done: bool,
    pub(crate) container_up: Option<u64>,
    pub(crate) work_done: Option<u64>,
    pub(crate) patience_over: Option<u64>,
    pub(crate) rental: u32,
    pub(crate) requested: (u64, usize),
    pub(crate) placed: Option<u64>,
    pub(crate) running: Option<u64>,
    /// What its volume owed when this rental was placed.
    pub(crate) volume_owed: i128,
}

impl Pod {
    /// POD-20. The container's memory is lost, and with it the work done in it.
    pub(crate) fn lose_memory(&mut self) {
        self.work_left = self.work;
        self.work_done = None;
        self.container_up = None;
    }
    /// Initializing or Running; there is no grace without contention.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.state, State::Initializing | State::Running)
    }
    pub(crate) fn ended(&self) -> bool {
        matches!(self.state, State::Terminated | State::Refused)
    }
    pub(crate) fn meters(&self) -> impl Iterator<Item = &Meter> {
        [&self.compute, &self.disk, &self.volume].into_iter().flatten()
    }
    pub(crate) fn meters_mut(&mut self) -> impl Iterator<Item = &mut Meter> {
        [&mut self.compute, &mut self.disk, &mut self.volume].into_iter().flatten()
    }
    pub(crate) fn meter_mut(&mut self, item: Item) -> &mut Option<Meter> {
        match item {
            Item::Compute => &mut self.compute,
            Item::ContainerDisk => &mut self.disk,
            _ => &mut self.volume,
        }
    }
}

pub(crate) struct Biller<'a> {
    pub(crate) script: &'a Script,
    pub(crate) rules: &'a Rules,
    pub(crate) now: u64,
    pub(crate) hosts: Vec<Host>,
    pub(crate) accounts: Vec<Account>,
    /// By their place in the script's list; none: not created yet.
    pub(crate) pods: Vec<Option<Pod>>,
    /// Actions that are done.
    acted: BTreeSet<usize>,
    /// Steps of this instant that are taken once: (class, account).
    taken: BTreeSet<(Class, usize)>,
    /// BILL-12. Whether the present step drains an account: what closes is charged no unit that ends now.
    pub(crate) draining: bool,
    /// Meters that post in the present step.
    pub(crate) posting: BTreeSet<(Item, usize)>,
    /// Rentals that ended in the present step, by their place in the outcome, with their pod and what
    /// its volume owed then.
    pub(crate) ended: Vec<(usize, usize, i128)>,
    pub(crate) out: Outcome,
}

/// Bills a script from its start to its horizon.
pub(crate) fn bill(script: &Script) -> Outcome {
    let mut biller = Biller::new(script);
    biller.open_accounts();
    while let Some(next) = biller.next_instant() {
        biller.now = next;
        biller.instant();
    }
    biller.finish()
}

impl<'a> Biller<'a> {
    fn new(script: &'a Script) -> Self {
        let hosts = script.hosts.iter();
        Self {
            script,
            rules: &script.rules,
            now: 0,
            hosts: hosts
                .map(|host| Host { powered: true, online: true, price: host.price })
                .collect(),
            accounts: vec![Account::default(); script.accounts.len()],
            pods: script.pods.iter().map(|_| None).collect(),
            acted: BTreeSet::new(),
            taken: BTreeSet::new(),
            draining: false,
            posting: BTreeSet::new(),
            ended: Vec::new(),
            out: Outcome::default(),
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
        for account in &self.accounts {
            instants.extend(account.drained);
            instants.extend(self.next_drained_try(account));
        }
        for pod in self.pods.iter().flatten() {
            instants.extend([pod.container_up, pod.work_done, pod.patience_over].iter().flatten());
            instants.extend(pod.meters().filter_map(Meter::next));
        }
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
        self.taken.insert((Class::HostDown, usize::MAX));
        while let Some((class, _, step)) = self.lowest_due() {
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
            self.take(step);
            self.count_ended();
            self.post_all();
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
                due.push((class, (-bid, self.now, index), Step::Act(index)));
            }
        }
        self.due_of_pods(&mut due);
        self.due_of_accounts(&mut due);
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
            let rank = (0, pod.id.0, pod.id.1);
            if pod.work_done == now {
                due.push((Class::WorkDone, rank, Step::WorkDone(index)));
            }
            if pod.container_up == now {
                due.push((Class::ContainerUp, rank, Step::ContainerUp(index)));
            }
            if pod.patience_over == now {
                due.push((Class::Patience, rank, Step::Patience(index)));
            }
            let waits = matches!(pod.state, State::Waiting | State::Resuming);
            if waits && self.hosts[pod.host].available() {
                let (class, bid) = pod.bid.map_or((Class::AskWaiting, 0), |bid| (Class::Bid, bid));
                due.push((class, (-bid, pod.requested.0, pod.requested.1), Step::Try(index)));
            }
        }
    }

    fn due_of_accounts(&self, due: &mut Vec<(Class, (i128, u64, usize), Step)>) {
        for (index, account) in self.accounts.iter().enumerate() {
            let rank = (0, 0, index);
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
            once(Class::Charge, Step::Charge(index));
            once(Class::Payment, Step::Payment(index));
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
        Act::Price(..) => (Class::Price, 0),
        Act::AutoPay(..) => (Class::AutoPay, 0),
        Act::Create(create) => asks(create.bid),
        Act::Resume(resume) => asks(resume.bid),
    }
}
