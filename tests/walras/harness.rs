//! Runs a scenario and tells what came of it in plain rows, names resolved: what tests of rules read.

use crate::outcome::{Notice, Outcome, Rejection, Rental, Row};
use std::collections::BTreeMap;
use walras::engine::{RunId, run_audited};
use walras::ids::{AccountId, EndpointId, HostId, Id, PlanId, PodId};
use walras::journal::fact::{
    Book, Named, NetworkVolumeName, PodName, Posting, RentalEnd, Requested, Subject,
};
use walras::journal::volumes::NetworkVolumes;
use walras::journal::{Fact, Journal, Sink};
use walras::scenario::Scenario;
use walras::units::SimTime;

/// Runs a scenario, every invariant checked after every event.
pub(crate) fn run(scenario: &Scenario) -> Outcome {
    let mut collector = Collector {
        scenario,
        pods: BTreeMap::new(),
        volumes: NetworkVolumes::default(),
        out: Outcome::default(),
    };
    let mut journal = Journal::new(vec![&mut collector]);
    let id = RunId { seed: scenario.seed, replication: 0 };
    run_audited(scenario, id, &mut journal).expect("a run without a broken invariant");
    collector.finish()
}

fn plan_name(plan: PlanId) -> String {
    format!("plan-{}", plan.index() + 1)
}

/// What is known of a pod's present rental.
struct Open {
    name: String,
    rental: u32,
    placed: Option<u64>,
    running: Option<u64>,
}

struct Collector<'a> {
    scenario: &'a Scenario,
    pods: BTreeMap<PodId, Open>,
    volumes: NetworkVolumes,
    out: Outcome,
}

impl Sink for Collector<'_> {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        let now = at.micros();
        self.volumes.hear(fact);
        match *fact {
            Fact::Posted(posting) => self.posted(now, posting),
            Fact::Notice { account, kind } => {
                let account = self.account(account);
                self.out.notices.push(Notice { at: now, account, kind });
            }
            Fact::Rejected { account, operation, name, host, reason, .. } => {
                let pod = name.and_then(Named::pod).map(|name| self.name(name));
                let volume = name.and_then(Named::network_volume);
                let volume = volume.map(|name| self.volume(name));
                let host = host.map(|host| self.host(host));
                let account = account.map(|account| self.account(account));
                let subject = pod.or(volume).or(host).or(account).unwrap_or_default();
                self.out.rejections.push(Rejection { at: now, operation, subject, reason });
            }
            Fact::PodRequested(requested) => self.requested(requested),
            Fact::PodPlaced { pod, .. } => self.open(pod).placed = Some(now),
            Fact::PodRunning { pod } => {
                let open = self.open(pod);
                open.running = open.running.or(Some(now));
            }
            Fact::RentalEnded(end) => self.ended(now, end),
            _ => {}
        }
    }
}

impl Collector<'_> {
    fn account(&self, account: AccountId) -> String {
        self.scenario.accounts[account.index()].name.clone()
    }
    fn host(&self, host: HostId) -> String {
        self.scenario.hosts[host.index()].name.clone()
    }
    fn name(&self, name: PodName) -> String {
        match name {
            PodName::Given(name) => self.scenario.pod_names[name.index()].clone(),
            PodName::Generated(number) => format!("pod-{number}"),
            PodName::Worker(_) => unreachable!("never said of a pod"),
        }
    }
    fn pod(&self, pod: PodId) -> String {
        self.pods.get(&pod).map_or_else(|| format!("{pod:?}"), |open| open.name.clone())
    }
    fn open(&mut self, pod: PodId) -> &mut Open {
        self.pods.get_mut(&pod).expect("a pod that was requested")
    }
    fn book(&self, book: Book) -> String {
        match book {
            Book::Cash => "cash".to_owned(),
            Book::Customer(account) => format!("customer/{}", self.account(account)),
            Book::Revenue => "revenue".to_owned(),
            Book::Host(host) => format!("host/{}", self.host(host)),
            Book::Adjustments => "adjustments".to_owned(),
            Book::Prepaid(plan) => format!("prepaid/{}", plan_name(plan)),
        }
    }

    fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Pod(pod) => self.pod(pod),
            Subject::Plan(plan) => plan_name(plan),
            Subject::Worker(worker) => {
                format!("{}-w{}", self.endpoint(worker.endpoint), worker.run)
            }
            Subject::Endpoint(endpoint) => self.endpoint(endpoint),
            Subject::NetworkVolume(volume) => self.volume(self.volumes.of(volume).name),
        }
    }
    fn endpoint(&self, endpoint: EndpointId) -> String {
        self.scenario.endpoints[endpoint.index()].name.clone()
    }
    fn volume(&self, name: NetworkVolumeName) -> String {
        match name {
            NetworkVolumeName::Given(name) => {
                self.scenario.network_volume_names[name.index()].clone()
            }
            NetworkVolumeName::OfAccount(account) => format!("volume-{}", self.account(account)),
        }
    }
    fn requested(&mut self, requested: Requested) {
        let name = self.name(requested.name);
        let open = Open { name, rental: requested.rental, placed: None, running: None };
        self.pods.insert(requested.pod, open);
    }

    fn posted(&mut self, at: u64, posting: Posting) {
        self.out.rows.push(Row {
            at,
            account: posting.account.map(|account| self.account(account)).unwrap_or_default(),
            item: posting.item,
            subject: match (posting.usage, posting.plan()) {
                (Some(usage), _) => self.subject(usage.subject),
                (None, Some(plan)) => plan_name(plan),
                (None, None) => String::new(),
            },
            quantity: posting.usage.map(|usage| usage.quantity),
            periods: posting.usage.map(|usage| usage.periods),
            debit: self.book(posting.debit),
            credit: self.book(posting.credit),
            amount: posting.amount.nanos(),
            balance: posting.balance.map(walras::units::Money::nanos),
        });
    }

    fn ended(&mut self, at: u64, end: RentalEnd) {
        let open = self.open(end.pod);
        let rental = Rental {
            pod: open.name.clone(),
            rental: open.rental,
            placed: open.placed.take(),
            running: open.running.take(),
            ended: at,
            reason: end.reason,
            compute: end.compute.nanos(),
            storage: end.storage.nanos(),
        };
        self.out.rentals.push(rental);
    }

    fn finish(mut self) -> Outcome {
        for account in &self.scenario.accounts {
            let rows = self.out.rows.iter().filter(|row| row.account == account.name);
            let last = rows.filter_map(|row| row.balance).next_back().unwrap_or_default();
            self.out.balances.push((account.name.clone(), last));
        }
        self.out
    }
}
