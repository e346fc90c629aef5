//! What is billed: hosts, accounts, and actions at instants, as plain data that reads as text.
//!
//! ```text
//! set minute_rounding completed
//! horizon 2000
//! host h gpus=8 price=0.79 floor=0.49
//! account a balance=10 auto_pay=5/25
//! 0 create p account=a host=h gpus=1 disk=40 volume=40
//! 630 stop p
//! ```
//!
//! Where the text sets nothing, the default profile holds, or the one that a line `profile NAME` names before
//! all others, but containers start at once, as in the market rules' own examples. A failing random script is printed so, and can be kept so.

use super::settings;
use std::collections::BTreeMap;
use walras::scenario::demand::WhenFull;
use walras::scenario::model::EvictionChoice;
use walras::scenario::rules::{HostRules, Rules};
use walras::units::{Money, Share, Span};

/// A host, with disk and vCPUs for all unless it is said how much.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Host {
    pub(crate) name: String,
    /// The host whose GPU type it has: itself, unless it is like one before it. Prices are the type's.
    pub(crate) kind: usize,
    pub(crate) gpus: u32,
    /// On-demand price per GPU-hour at the start.
    pub(crate) price: i128,
    /// Minimum bid per GPU-hour.
    pub(crate) floor: i128,
    pub(crate) disk: u32,
    /// CPU slots (POD-14).
    pub(crate) slots: u32,
    pub(crate) vcpus: u32,
    /// Download speed in Gbit/s, and upload speed.
    pub(crate) download: u32,
    pub(crate) upload: u32,
    /// Which data center it stands in.
    pub(crate) center: usize,
}

/// What a host has if nothing is said.
pub(crate) const DISK: u32 = 1_000_000_000;
pub(crate) const VCPUS: u32 = 256;
pub(crate) const STORAGE: u32 = 1_000_000;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) balance: i128,
    /// Threshold and amount.
    pub(crate) auto_pay: Option<(i128, i128)>,
    pub(crate) low_balance: Option<i128>,
    pub(crate) credit_line: i128,
    /// ACCT-06. Its own limit in USD per hour, or none at all; not stated: by its history.
    pub(crate) spending_limit: Option<Option<i128>>,
    /// ACCT-07. How old it is at the start, in microseconds.
    pub(crate) age: u64,
}

/// A request for a pod. Accounts, hosts and pods are named by their place in the script's lists.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Create {
    pub(crate) pod: usize,
    pub(crate) account: usize,
    pub(crate) host: usize,
    /// Hosts whose GPU types are named, too, behind that of `host`.
    pub(crate) others: Vec<usize>,
    pub(crate) gpus: u32,
    /// vCPUs that it takes if it has no GPU, on demand (POD-14).
    pub(crate) cpus: u32,
    /// The least number of vCPUs.
    pub(crate) vcpus: u32,
    pub(crate) image: u32,
    pub(crate) disk: u32,
    pub(crate) volume: u32,
    /// Per GPU and hour; none: on demand.
    pub(crate) bid: Option<i128>,
    pub(crate) patience: u64,
    /// GPU-microseconds.
    pub(crate) work: Option<u64>,
    pub(crate) stops_when_done: bool,
    /// POD-08. Its command exits at once.
    pub(crate) exits: bool,
    /// Its network volume.
    pub(crate) network: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resume {
    pub(crate) pod: usize,
    pub(crate) gpus: Option<u32>,
    pub(crate) bid: Option<i128>,
    pub(crate) when_full: WhenFull,
    /// It is a move (POD-16).
    pub(crate) elsewhere: bool,
    pub(crate) patience: u64,
}

/// A savings plan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Buy {
    pub(crate) account: usize,
    /// The host of whose GPU type it is.
    pub(crate) host: usize,
    pub(crate) gpus: u32,
    /// Microseconds.
    pub(crate) term: u64,
    /// The pod to which its places go first.
    pub(crate) pod: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Create(Create),
    Resume(Resume),
    /// Pod, bid per GPU-hour (SPOT-16).
    ChangeBid(usize, i128),
    Stop(usize),
    Terminate(usize),
    Reset(usize),
    Deposit(usize, i128),
    Adjust(usize, i128),
    /// Account, threshold, amount.
    AutoPay(usize, i128, i128),
    Buy(Buy),
    /// Host (its GPU type), price per GPU-hour.
    Price(usize, i128),
    /// Host (its GPU type), minimum bid per GPU-hour.
    Floor(usize, i128),
    /// Volume, account, GB.
    CreateVolume(usize, usize, u32),
    /// Volume, GB.
    ResizeVolume(usize, u32),
    DeleteVolume(usize),
    HostDown(usize),
    HostUp(usize),
    NetworkDown(usize),
    NetworkUp(usize),
}

#[derive(Clone, PartialEq)]
pub(crate) struct Script {
    pub(crate) rules: Rules,
    pub(crate) eviction: EvictionChoice,
    pub(crate) horizon: u64,
    pub(crate) warm_up: u64,
    pub(crate) hosts: Vec<Host>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) pods: Vec<String>,
    pub(crate) volumes: Vec<String>,
    /// GB of network storage in the one data center.
    pub(crate) storage: u32,
    /// In the order of the script; equal instants keep it.
    pub(crate) actions: Vec<(u64, Act)>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            rules: Rules {
                container_start: Span::ZERO,
                // Who is listed is told by hosts' own tests; here outages are long, and hosts new.
                hosts: HostRules {
                    listing_minimum: Share::from_billionths(0),
                    ..HostRules::default()
                },
                ..Rules::default()
            },
            eviction: EvictionChoice::LowestBid,
            horizon: 0,
            warm_up: 0,
            hosts: Vec::new(),
            accounts: Vec::new(),
            pods: Vec::new(),
            volumes: Vec::new(),
            storage: STORAGE,
            actions: Vec::new(),
        }
    }
}

impl Script {
    /// Reads the text form; a test's own text, so a fault in it panics.
    pub(crate) fn parse(text: &str) -> Self {
        let mut script = Self::default();
        for line in text.lines().map(str::trim) {
            if !line.is_empty() && !line.starts_with('#') {
                script.read(&Line::new(line));
            }
        }
        script.actions.sort_by_key(|(at, _)| *at);
        script
    }

    fn read(&mut self, line: &Line<'_>) {
        match line.word(0) {
            "set" if line.word(1) == "eviction" => {
                self.eviction = settings::eviction(line.word(2));
            }
            "profile" => {
                let rules = settings::profile(line.word(1));
                self.rules = Rules { container_start: Span::ZERO, ..rules };
            }
            "set" => settings::set(&mut self.rules, line.word(1), line.word(2)),
            "horizon" => self.horizon = seconds(line.word(1)),
            "warm_up" => self.warm_up = seconds(line.word(1)),
            "storage" => self.storage = line.word(1).parse().expect("whole GB"),
            "host" => self.hosts.push(self.host(line)),
            "account" => self.accounts.push(Account {
                name: line.word(1).to_owned(),
                balance: line.money("balance").unwrap_or(0),
                auto_pay: line.named.get("auto_pay").map(|text| {
                    let (threshold, amount) = text.split_once('/').expect("threshold/amount");
                    (nanos(threshold), nanos(amount))
                }),
                low_balance: line.money("low_balance"),
                credit_line: line.money("credit_line").unwrap_or(self.rules.credit_line.nanos()),
                spending_limit: (line.named.get("spending_limit"))
                    .map(|text| (*text != "none").then(|| nanos(text))),
                age: line.seconds("age"),
            }),
            at => {
                let act = self.act(line);
                self.actions.push((seconds(at), act));
            }
        }
    }

    fn host(&self, line: &Line<'_>) -> Host {
        let like = line.named.get("like");
        let kind = like.map(|name| position(&self.hosts, |host| host.name == **name, name));
        let kind = kind.unwrap_or(self.hosts.len());
        let like = self.hosts.get(kind);
        let (price, floor) =
            like.map_or((790_000_000, 490_000_000), |like| (like.price, like.floor));
        Host {
            name: line.word(1).to_owned(),
            kind,
            gpus: line.number("gpus").unwrap_or(8),
            price: line.money("price").unwrap_or(price),
            floor: line.money("floor").unwrap_or(floor),
            disk: line.number("disk").unwrap_or(DISK),
            vcpus: line.number("vcpus").unwrap_or(VCPUS),
            slots: line.number("cpu_slots").unwrap_or(0),
            download: line.number("download").unwrap_or(1),
            upload: line.number("upload").unwrap_or(1),
            center: line.number("center").unwrap_or(0) as usize,
        }
    }

    fn act(&mut self, line: &Line<'_>) -> Act {
        let subject = line.word(2);
        let host = |name: &str| position(&self.hosts, |host| host.name == name, name);
        let account = |name: &str| position(&self.accounts, |account| account.name == name, name);
        match line.word(1) {
            "deposit" => Act::Deposit(account(subject), nanos(line.word(3))),
            "adjust" => Act::Adjust(account(subject), nanos(line.word(3))),
            "auto_pay" => Act::AutoPay(account(subject), nanos(line.word(3)), nanos(line.word(4))),
            "price" => Act::Price(host(subject), nanos(line.word(3))),
            "floor" => Act::Floor(host(subject), nanos(line.word(3))),
            "buy_plan" => self.buy_plan(line),
            "host_down" => Act::HostDown(host(subject)),
            "host_up" => Act::HostUp(host(subject)),
            "network_down" => Act::NetworkDown(host(subject)),
            "network_up" => Act::NetworkUp(host(subject)),
            "create" => {
                let account = account(line.named["account"]);
                let mut hosts = line.named["host"].split(',').map(host);
                let host = hosts.next().expect("a host");
                let others = hosts.collect();
                Act::Create(Create {
                    pod: self.pod(subject),
                    account,
                    host,
                    others,
                    cpus: line.number("cpus").unwrap_or(0),
                    vcpus: line.number("vcpus").unwrap_or(0),
                    image: line.number("image").unwrap_or(0),
                    gpus: line.number("gpus").unwrap_or(1),
                    disk: line.number("disk").unwrap_or(0),
                    volume: line.number("volume").unwrap_or(0),
                    bid: line.money("bid"),
                    patience: line.seconds("patience"),
                    work: line.named.get("work").map(|text| seconds(text)),
                    stops_when_done: line.words.contains(&"stops_when_done"),
                    exits: line.words.contains(&"exits"),
                    network: line.named.get("network").map(|name| self.volume(name)),
                })
            }
            verb @ ("resume" | "move") => Act::Resume(Resume {
                pod: self.pod(subject),
                gpus: line.number("gpus"),
                bid: line.money("bid"),
                when_full: match line.named.get("when_full").copied().unwrap_or("refuse") {
                    "wait" => WhenFull::Wait,
                    "zero_gpu" => WhenFull::ZeroGpu,
                    "move" => WhenFull::Move,
                    _ => WhenFull::Refuse,
                },
                elsewhere: verb == "move",
                patience: line.seconds("patience"),
            }),
            "change_bid" => Act::ChangeBid(self.pod(subject), nanos(line.word(3))),
            "create_volume" => {
                let owner = account(line.named["account"]);
                Act::CreateVolume(self.volume(subject), owner, line.number("size").unwrap_or(0))
            }
            "resize_volume" => {
                let size = line.number("size").unwrap_or(0);
                Act::ResizeVolume(self.volume(subject), size)
            }
            "delete_volume" => Act::DeleteVolume(self.volume(subject)),
            "stop" => Act::Stop(self.pod(subject)),
            "terminate" => Act::Terminate(self.pod(subject)),
            "reset" => Act::Reset(self.pod(subject)),
            other => panic!("no such action: {other}"),
        }
    }

    fn buy_plan(&mut self, line: &Line<'_>) -> Act {
        let (account, host) = (line.word(2), line.named.get("host").copied());
        Act::Buy(Buy {
            account: position(&self.accounts, |one| one.name == account, account),
            host: host.map_or(0, |name| position(&self.hosts, |host| host.name == name, name)),
            gpus: line.number("gpus").unwrap_or(1),
            term: line.seconds("term"),
            pod: line.named.get("pod").map(|name| self.pod(name)),
        })
    }

    /// The GPU types that a request names, each once, preferred first.
    pub(crate) fn kinds(&self, create: &Create) -> Vec<usize> {
        let mut kinds = Vec::new();
        for host in [create.host].iter().chain(&create.others) {
            let kind = self.hosts[*host].kind;
            kinds.extend((!kinds.contains(&kind)).then_some(kind));
        }
        kinds
    }

    fn volume(&mut self, name: &str) -> usize {
        let known = self.volumes.iter().position(|volume| volume == name);
        known.unwrap_or_else(|| {
            self.volumes.push(name.to_owned());
            self.volumes.len() - 1
        })
    }
    fn pod(&mut self, name: &str) -> usize {
        let known = self.pods.iter().position(|pod| pod == name);
        known.unwrap_or_else(|| {
            self.pods.push(name.to_owned());
            self.pods.len() - 1
        })
    }
}

fn position<T>(list: &[T], is: impl Fn(&T) -> bool, name: &str) -> usize {
    list.iter().position(is).unwrap_or_else(|| panic!("nothing is named {name}"))
}
fn seconds(text: &str) -> u64 {
    Span::parse(&format!("{text}s")).expect("seconds").micros()
}
fn nanos(text: &str) -> i128 {
    Money::parse(text).expect("an amount").nanos()
}

/// A line: bare words in order, and `name=value` pairs.
struct Line<'a> {
    words: Vec<&'a str>,
    named: BTreeMap<&'a str, &'a str>,
}

impl<'a> Line<'a> {
    fn new(text: &'a str) -> Self {
        let (named, words): (Vec<_>, Vec<_>) =
            text.split_whitespace().partition(|word| word.contains('='));
        Self { words, named: named.iter().filter_map(|pair| pair.split_once('=')).collect() }
    }
    fn word(&self, index: usize) -> &'a str {
        self.words[index]
    }
    fn number(&self, name: &str) -> Option<u32> {
        self.named.get(name).map(|text| text.parse().expect("a whole number"))
    }
    fn money(&self, name: &str) -> Option<i128> {
        self.named.get(name).map(|text| nanos(text))
    }
    fn seconds(&self, name: &str) -> u64 {
        self.named.get(name).map_or(0, |text| seconds(text))
    }
}
