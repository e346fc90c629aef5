//! What happens to pods, a line each, in the market rules' words.

use std::collections::BTreeMap;
use walras::engine::{RunId, run_audited};
use walras::ids::{AccountId, HostId, Id, NetworkVolumeId, PodId, ScopeId};
use walras::journal::fact::{
    Announced, Book, DepartureAnnounced, EndReason, ImagePullBegun, Named, NoticeKind, PodName,
    Posting, Quote, RentalEnd,
};
use walras::journal::{Fact, Journal, Sink};
use walras::scenario::Scenario;
use walras::units::{Money, SimTime};

/// Runs a scenario with the audit after every event and tells what happened; where the script says so, what
/// was published, and money, too.
pub(super) fn play(scenario: &Scenario, script: &str) -> String {
    let mut teller = Teller {
        scenario,
        prices: script.contains("tell prices"),
        money: script.contains("tell money"),
        balances: BTreeMap::new(),
        owners: BTreeMap::new(),
        names: BTreeMap::new(),
        placed: BTreeMap::new(),
        quotes: BTreeMap::new(),
        lines: Vec::new(),
    };
    let mut journal = Journal::new(vec![&mut teller]);
    let id = RunId { seed: scenario.seed, replication: 0 };
    run_audited(scenario, id, &mut journal).expect("a run without a broken invariant");
    teller.tell_balances();
    teller.lines.join("\n")
}

struct Teller<'a> {
    scenario: &'a Scenario,
    prices: bool,
    money: bool,
    balances: BTreeMap<AccountId, Money>,
    /// Whose each network volume is.
    owners: BTreeMap<NetworkVolumeId, AccountId>,
    names: BTreeMap<PodId, String>,
    /// When each was last placed or began to start anew.
    placed: BTreeMap<PodId, SimTime>,
    quotes: BTreeMap<ScopeId, Quote>,
    lines: Vec<String>,
}

impl Teller<'_> {
    fn host(&self, host: HostId) -> &str {
        &self.scenario.hosts[host.index()].name
    }
    fn say(&mut self, at: SimTime, pod: PodId, what: &str) {
        let name = self.names.get(&pod).map_or("nobody", String::as_str);
        self.lines.push(format!("{at} {name} {what}"));
    }
    fn say_of(&mut self, at: SimTime, host: HostId, what: &str) {
        let line = format!("{at} {} {what}", self.host(host));
        self.lines.push(line);
    }
    fn given(&self, name: PodName) -> String {
        match name {
            PodName::Given(name) => self.scenario.pod_names[name.index()].clone(),
            PodName::Generated(number) => format!("pod-{number}"),
            PodName::Worker(_) => unreachable!("never said of a pod"),
        }
    }
    fn name(&self, pod: PodId) -> &str {
        &self.names[&pod]
    }
    fn ended(&mut self, at: SimTime, end: RentalEnd) {
        // A refusal is told by its reason; who is alive at the end has not ended.
        if !matches!(end.reason, EndReason::Alive | EndReason::Rejected) {
            let cost =
                if end.compute.is_zero() { String::new() } else { format!(", {}", end.compute) };
            let lost = end.lost.as_gpu_seconds_f64();
            let disks = if self.money && !end.storage.is_zero() {
                format!(", disks {}", end.storage)
            } else {
                String::new()
            };
            let lost = if lost == 0.0 { String::new() } else { format!(", {lost} lost") };
            self.say(at, end.pod, &format!("{}{cost}{disks}{lost}", end.reason.word()));
        }
    }
    fn of_account(&mut self, at: SimTime, account: AccountId, what: &str) {
        if self.money {
            let name = &self.scenario.accounts[account.index()].name;
            self.lines.push(format!("{at} {name} {what}"));
        }
    }
    fn posted(&mut self, posting: &Posting) {
        for (book, amount) in [(posting.debit, -posting.amount), (posting.credit, posting.amount)] {
            if let Book::Customer(account) = book {
                *self.balances.entry(account).or_default() += amount;
            }
        }
    }
    fn hear_money(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::Posted(ref posting) => self.posted(posting),
            Fact::NetworkVolumeCreated(created) => {
                self.owners.insert(created.volume, created.account);
            }
            Fact::NetworkVolumeRemoved(walras::journal::fact::NetworkVolumeRemoved {
                volume,
                reason: EndReason::NoFunds,
            }) => {
                self.of_account(at, self.owners[&volume], "loses a network volume");
            }
            Fact::AccountDrained { account, .. } => self.of_account(at, account, "is drained"),
            Fact::AccountRemoved { account } => self.of_account(at, account, "is removed"),
            _ => {}
        }
    }
    /// What is left to each account that the script names.
    fn tell_balances(&mut self) {
        for (account, balance) in std::mem::take(&mut self.balances) {
            let name = &self.scenario.accounts[account.index()].name;
            if self.money && name != "a" {
                self.lines.push(format!("in the end {name} has {balance}"));
            }
        }
    }
    /// POD-16.
    fn moved(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::DataCopied(pod) => self.say(at, pod, "has its data"),
            Fact::MoveUndone(undone) => {
                let what = format!("is back on {}", self.host(undone.host));
                self.say(at, undone.pod, &what);
            }
            _ => self.image(at, fact),
        }
    }
    fn published(&mut self, at: SimTime, scope: ScopeId, quote: Quote) {
        let before = self.quotes.insert(scope, quote);
        if self.prices && before != Some(quote) {
            let or_none = |amount: Option<Money>| {
                amount.map_or("none".to_owned(), |amount| amount.to_string())
            };
            let cloud = self.scenario.scopes[scope.index()].cloud.word();
            let (spot, win) = (or_none(quote.spot_price), or_none(quote.min_winning_bid));
            let (list, floor) = (quote.on_demand, quote.spot_floor);
            let line = format!("{at} {cloud} {list}, floor {floor}, spot {spot}, wins {win}");
            self.lines.push(line);
        }
    }
}

impl Teller<'_> {
    /// What hosts pull, keep and evict.
    fn image(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::ImageCached { pod, image } => {
                let what = format!("finds {}", self.scenario.images.named[image.index()].name);
                self.say(at, pod, &what);
            }
            Fact::ImagePullBegun(ImagePullBegun { pod, image, gb, shared_gb }) => {
                let name = &self.scenario.images.named[image.index()].name;
                let comes = match shared_gb.get() {
                    0 => String::new(),
                    comes => format!(", {comes} GB come already"),
                };
                self.say(at, pod, &format!("pulls {gb} GB of {name}{comes}"));
            }
            Fact::ImageEvicted { host, layer } => {
                let layer = &self.scenario.images.layers[layer.index()].name;
                self.lines.push(format!("{at} {} evicts {layer}", self.host(host)));
            }
            _ => {}
        }
    }
}

impl Sink for Teller<'_> {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.hear_money(at, fact);
        match *fact {
            Fact::PodRequested(asked) => {
                self.names.insert(asked.pod, self.given(asked.name));
            }
            Fact::Rejected { name, operation, reason, .. } => {
                let what = format!("{} refused: {}", operation.word(), reason.word());
                let of = name.and_then(Named::pod);
                let of = of.map_or(String::new(), |name| format!("{} ", self.given(name)));
                self.lines.push(format!("{at} {of}{what}"));
            }
            Fact::BidChanged { pod, bid } => self.say(at, pod, &format!("bids {bid}")),
            Fact::PodWaits { pod } => self.say(at, pod, "waits"),
            Fact::PodPromised { pod, host, due, .. } => {
                let what = format!("reserved on {} until {due}", self.host(host));
                self.say(at, pod, &what);
            }
            Fact::PromiseLost { pod, by } => {
                let to = by.map(|by| format!(" to {}", self.name(by))).unwrap_or_default();
                self.say(at, pod, &format!("loses its promise{to}"));
            }
            Fact::PodPlaced { pod, host, gpus, price, .. } => {
                self.placed.insert(pod, at);
                let what = format!("placed on {}, {gpus} × {price}", self.host(host));
                self.say(at, pod, &what);
            }
            Fact::PodRunning { pod } if self.placed.get(&pod) != Some(&at) => {
                self.say(at, pod, "running");
            }
            Fact::PodDisplaced { pod, by, kill_at, .. } => {
                let of = by.map_or(String::new(), |by| format!(" for {}", self.name(by)));
                let what = format!("SIGTERM{of} until {kill_at}");
                self.say(at, pod, &what);
            }
            Fact::PodKilled { pod } => self.say(at, pod, "SIGKILL"),
            Fact::PodReset { pod } => self.say(at, pod, "reset"),
            Fact::PodDown { pod } => self.say(at, pod, "down"),
            Fact::PodRestarted { pod } => {
                self.placed.insert(pod, at);
                self.say(at, pod, "restarted");
            }
            Fact::ActionRecorded { pod, operation } => {
                let what = operation.map_or("work's end", |operation| operation.word());
                self.say(at, pod, &format!("{what} recorded"));
            }
            Fact::RentalEnded(end) => self.ended(at, end),
            Fact::HostListed(host) => self.say_of(at, host, "is listed"),
            Fact::HostDelisted { host, why } => {
                self.say_of(at, host, &format!("is delisted: {}", why.word()));
            }
            Fact::MaintenanceAnnounced(Announced { host, from, until }) => {
                self.say_of(at, host, &format!("announces maintenance, {from} to {until}"));
            }
            Fact::DepartureAnnounced(DepartureAnnounced { host, at: leaves }) => {
                self.say_of(at, host, &format!("announces that it leaves at {leaves}"));
            }
            Fact::MaintenanceBegan(host) => self.say_of(at, host, "is maintained"),
            Fact::MaintenanceEnded(host) => self.say_of(at, host, "is maintained no longer"),
            Fact::HostJoined(host) => self.say_of(at, host, "joins"),
            Fact::HostLeft(host) => self.say_of(at, host, "leaves"),
            Fact::Notice { account, kind: NoticeKind::Maintenance } => {
                let account = &self.scenario.accounts[account.index()].name;
                self.lines.push(format!("{at} {account} is told of maintenance"));
            }
            Fact::PodTerminated { pod } => self.say(at, pod, "gone"),
            Fact::PricePublished { scope, quote } => self.published(at, scope, quote),
            _ => self.moved(at, fact),
        }
    }
}
