//! Hears facts, and tells what came of endpoints, names resolved.

use crate::outcome::snake;
use std::collections::BTreeMap;
use walras::ids::{AccountId, EndpointId, Id};
use walras::journal::fact::{
    Item, Named, NetworkVolumeName, NoticeKind, Operation, Posting, RequestCause, RequestEnded,
    RequestId, RequestStatus, StopReason, Subject, WorkerId, WorkerKind, WorkerStopped,
};
use walras::journal::{Fact, Sink};
use walras::scenario::Scenario;
use walras::units::{Money, SimTime, Span};

/// What came of a market: lines by chapter, each in order of time or number.
#[derive(Debug, Default)]
pub(crate) struct Told {
    runs: Vec<(WorkerId, String)>,
    jobs: Vec<(RequestId, String)>,
    postings: Vec<String>,
    refused: Vec<String>,
    steps: Vec<String>,
    /// Ends of jobs, for what lines don't say.
    pub(crate) ended: Vec<(SimTime, RequestEnded)>,
    /// Rows of workers, the same.
    pub(crate) stopped: Vec<WorkerStopped>,
    /// Requests accepted.
    pub(crate) accepted: usize,
    /// What became of pods.
    pub(crate) pods: Vec<(SimTime, String)>,
    balances: BTreeMap<AccountId, Money>,
    stopped_for_funds: Vec<AccountId>,
}

/// Lines that are parted by semicolons, as one.
fn flat(text: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split(';').map(line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

fn compare(what: &str, told: &[String], expected: &str) {
    let told = told.join("; ").replace("; ", "\n");
    let expected = flat(expected).replace("; ", "\n");
    assert!(told == expected, "{what}: expected\n{expected}\nbut it was\n{told}");
}

impl Told {
    /// Holds the runs against these.
    pub(crate) fn runs(&self, expected: &str) -> &Self {
        let mut runs = self.runs.clone();
        runs.sort_by_key(|(worker, _)| *worker);
        let lines: Vec<String> = runs.into_iter().map(|(_, line)| line).collect();
        compare("runs", &lines, expected);
        self
    }
    /// Holds the jobs against these.
    pub(crate) fn jobs(&self, expected: &str) -> &Self {
        let mut jobs = self.jobs.clone();
        jobs.sort_by_key(|(request, _)| *request);
        let lines: Vec<String> = jobs.into_iter().map(|(_, line)| line).collect();
        compare("jobs", &lines, expected);
        self
    }
    /// Holds the postings against these, deposits left out.
    pub(crate) fn postings(&self, expected: &str) -> &Self {
        compare("postings", &self.postings, expected);
        self
    }
    /// Holds what was refused against these.
    pub(crate) fn refused(&self, expected: &str) -> &Self {
        compare("refused", &self.refused, expected);
        self
    }
    /// Holds what happened to workers and jobs on their way against these.
    pub(crate) fn steps(&self, expected: &str) -> &Self {
        compare("steps", &self.steps, expected);
        self
    }
    /// Of the steps only those that say this.
    pub(crate) fn steps_of(&self, word: &str, expected: &str) -> &Self {
        let steps: Vec<String> =
            self.steps.iter().filter(|step| step.contains(word)).cloned().collect();
        compare("steps", &steps, expected);
        self
    }
    /// Holds an account's balance at the end against this.
    pub(crate) fn balance(&self, account: usize, expected: &str) -> &Self {
        let balance = self.balances[&AccountId::from_index(account)];
        assert_eq!(balance.to_string(), expected, "the balance");
        self
    }
    /// How often an account was told that it was stopped for funds.
    pub(crate) fn stops_for_funds(&self, account: usize) -> usize {
        let account = AccountId::from_index(account);
        self.stopped_for_funds.iter().filter(|told| **told == account).count()
    }
}

/// Hears a run.
pub(crate) struct Collector<'a> {
    scenario: &'a Scenario,
    slots: BTreeMap<WorkerId, u32>,
    names: BTreeMap<RequestId, String>,
    pods: BTreeMap<walras::ids::PodId, String>,
    out: Told,
}

impl Sink for Collector<'_> {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkerAsked(asked) => {
                self.slots.insert(asked.worker, asked.slot);
            }
            Fact::WorkerThrottled(worker) => self.step(at, worker, "throttled"),
            Fact::WorkerReserved(reserved) => self.step(at, reserved.worker, "reserved"),
            Fact::WorkerWithdrawn(worker) => self.step(at, worker, "withdrawn"),
            Fact::WorkerDrains(walras::journal::fact::WorkerDrains { worker, reason }) => {
                self.step(at, worker, &format!("drains ({})", snake(reason)));
            }
            Fact::WorkerRefused(walras::journal::fact::WorkerRefused { endpoint, reason }) => {
                let endpoint = self.endpoint(endpoint);
                self.out.steps.push(format!("{at} {endpoint} no waking ({})", snake(reason)));
            }
            Fact::WorkerStopped(stopped) => self.stopped(at, stopped),
            Fact::RequestRequeued(handled) => {
                let job = self.request(handled.request);
                self.out.steps.push(format!("{at} {job} requeued"));
            }
            Fact::RequestSubmitted(submitted) => {
                self.out.accepted += 1;
                if let Some(name) = submitted.name {
                    let name = self.scenario.request_names[name.index()].clone();
                    self.names.insert(submitted.request, name);
                }
            }
            Fact::RequestEnded(ended) => self.ended(at, ended),
            Fact::WebhookCalled(called) => {
                let job = self.request(called.request);
                let answer = if called.answered { "answered" } else { "unanswered" };
                self.out.steps.push(format!("{at} webhook {job} {answer}"));
            }
            Fact::Posted(posting) => self.posted(at, posting),
            Fact::Rejected { operation, name, reason, .. } => {
                self.refused(at, operation, name, &snake(reason));
            }
            Fact::PodRequested(asked) => {
                self.pods.insert(asked.pod, self.pod_name(asked.name));
            }
            Fact::PodPlaced { pod, .. } => self.pod(at, pod, "placed"),
            Fact::PodDisplaced { pod, .. } => self.pod(at, pod, "SIGTERM"),
            Fact::PodKilled { pod } => self.pod(at, pod, "SIGKILL"),
            Fact::RentalEnded(end) => self.pod(at, end.pod, &snake(end.reason)),
            Fact::Notice { account, kind: NoticeKind::StoppedForFunds } => {
                self.out.stopped_for_funds.push(account);
            }
            _ => {}
        }
    }
}

impl<'a> Collector<'a> {
    pub(crate) fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            slots: BTreeMap::new(),
            names: BTreeMap::new(),
            pods: BTreeMap::new(),
            out: Told::default(),
        }
    }
    pub(crate) fn finish(self) -> Told {
        self.out
    }
    fn endpoint(&self, endpoint: EndpointId) -> String {
        self.scenario.endpoints[endpoint.index()].name.clone()
    }
    fn pod_name(&self, name: walras::journal::fact::PodName) -> String {
        match name {
            walras::journal::fact::PodName::Given(name) => {
                self.scenario.pod_names[name.index()].clone()
            }
            other => format!("{other:?}"),
        }
    }
    fn pod(&mut self, at: SimTime, pod: walras::ids::PodId, what: &str) {
        if let Some(name) = self.pods.get(&pod) {
            self.out.pods.push((at, format!("{at} {name} {what}")));
        }
    }
    fn request(&self, request: RequestId) -> String {
        self.names.get(&request).cloned().unwrap_or_else(|| format!("req-{}", request.0))
    }
    /// A worker's slot, with its endpoint's name where there are several.
    fn slot(&self, worker: WorkerId) -> String {
        let slot = self.slots.get(&worker).map_or_else(|| "?".into(), |slot| format!("s{slot}"));
        if self.several() { format!("{} {slot}", self.endpoint(worker.endpoint)) } else { slot }
    }
    /// Whether there are several endpoints, those of the platform left out.
    fn several(&self) -> bool {
        1 < self.scenario.endpoints.iter().filter(|spec| spec.model.is_none()).count()
    }
    fn step(&mut self, at: SimTime, worker: WorkerId, what: &str) {
        let slot = self.slot(worker);
        self.out.steps.push(format!("{at} {slot} {what}"));
    }

    fn stopped(&mut self, at: SimTime, row: WorkerStopped) {
        self.out.stopped.push(row);
        let or_none = |at: Option<SimTime>| at.map_or_else(|| "–".into(), |at| at.to_string());
        let mut line = self.slot(row.worker);
        if let Some(host) = row.host.filter(|_| 1 < self.scenario.hosts.len()) {
            line += &format!("@{}", self.scenario.hosts[host.index()].name);
        }
        line += &format!(" {}/{}/{at}", or_none(row.woken), or_none(row.ready));
        line +=
            &format!(" {} s {}", row.billed, row.compute.map_or("–".into(), |it| it.to_string()));
        if row.kind == WorkerKind::Active {
            line += " active";
        }
        if row.reason != StopReason::IdleTimeout {
            line += &format!(" {}", snake(row.reason));
        }
        self.out.runs.push((row.worker, line));
    }

    fn ended(&mut self, at: SimTime, end: RequestEnded) {
        self.out.ended.push((at, end));
        let mut line = self.request(end.request);
        let status = match end.status {
            RequestStatus::Completed => "",
            RequestStatus::Failed => "FAILED",
            RequestStatus::Cancelled => "CANCELLED",
            RequestStatus::TimedOut => "TIMED_OUT",
            RequestStatus::InQueue => "IN_QUEUE",
            RequestStatus::InProgress => "IN_PROGRESS",
        };
        if let Some(started) = end.started {
            let worker = end.worker.map_or_else(|| "?".into(), |worker| self.slot(worker));
            line += &format!(" {started}–{at} {worker}");
            line += if end.cold_start { " cold" } else { "" };
            line += if status.is_empty() { "" } else { " " };
            line += status;
        } else {
            line += &format!(" {status} at {at}");
        }
        if end.cause != RequestCause::None {
            line += &format!(" ({})", snake(end.cause));
        }
        self.out.jobs.push((end.request, line));
    }

    fn posted(&mut self, at: SimTime, posting: Posting) {
        if let Some((account, balance)) = posting.account.zip(posting.balance) {
            self.out.balances.insert(account, balance);
        }
        if matches!(posting.item, Item::Deposit | Item::AutoPay) {
            return;
        }
        let mut line = format!("{at} {}", snake(posting.item));
        if let Some(usage) = posting.usage {
            let subject = match usage.subject {
                Subject::Worker(worker) => {
                    format!("{}-w{}", self.endpoint(worker.endpoint), worker.run)
                }
                Subject::Endpoint(endpoint) => self.endpoint(endpoint),
                Subject::Pod(pod) => self.pods.get(&pod).cloned().unwrap_or_default(),
                other => format!("{other:?}"),
            };
            line += &format!(
                " {subject} {} × {} × {}",
                usage.quantity,
                usage.periods,
                in_words(usage.unit)
            );
        }
        line += &format!(" {}", posting.amount);
        self.out.postings.push(line);
    }

    fn refused(&mut self, at: SimTime, operation: Operation, name: Option<Named>, reason: &str) {
        let whom = match name {
            Some(Named::Request(name)) => self.scenario.request_names[name.index()].clone(),
            Some(Named::Endpoint(endpoint)) => self.endpoint(endpoint),
            Some(Named::NetworkVolume(NetworkVolumeName::Given(name))) => {
                self.scenario.network_volume_names[name.index()].clone()
            }
            _ => String::new(),
        };
        self.out.refused.push(format!("{at} {operation:?} {whom} {reason}"));
    }
}

fn in_words(span: Span) -> String {
    if span < Span::from_seconds(1) {
        format!("{} us", span.micros())
    } else {
        format!("{} s", span.micros() / 1_000_000)
    }
}
