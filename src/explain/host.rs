//! The story of a host: when it was there, who ran on it, what it earned.

use super::bill::fixed;
use super::known::Known;
use super::steps;
use super::story::{Lines, Section, columns};
use super::when::{counted, gpus, lasting, since_start, work};
use crate::ids::{HostId, Id, SupplyId};
use crate::journal::Fact;
use crate::journal::fact::{
    Book, Delisted, DepartureAnnounced, EndReason, Item, Kind, Leaving, RentalEnd, Supplied,
};
use crate::journal::lives::{Life, host_of};
use crate::scenario::Scenario;
use crate::units::{GpuTime, Money, SimTime};
use std::collections::BTreeMap;

/// Which host is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// One of the scenario's.
    Known(HostId),
    /// One that a provider brings: the how-manieth of its supply.
    Supplied(SupplyId, u32),
}

/// What ran there, by how it was rented.
#[derive(Clone, Copy, Debug, Default)]
struct Ran {
    rentals: u64,
    held: GpuTime,
}

/// What is remembered of the host.
pub(super) struct HostTeller {
    which: Which,
    host: Option<HostId>,
    life: Life,
    since: Option<SimTime>,
    ran: BTreeMap<&'static str, Ran>,
    displaced: u64,
    workers: BTreeMap<crate::journal::fact::WorkerId, SimTime>,
    /// What it earned, by the item of the usage that a payout follows.
    earned: BTreeMap<Item, Money>,
    last_item: Item,
}

impl HostTeller {
    pub(super) fn new(which: Which, scenario: &Scenario) -> Self {
        let (host, life) = match which {
            Which::Known(host) => {
                (Some(host), Life::at_start(scenario.hosts[host.index()].joins_later))
            }
            Which::Supplied(..) => (None, Life::default()),
        };
        Self {
            which,
            host,
            life,
            since: None,
            ran: BTreeMap::new(),
            displaced: 0,
            workers: BTreeMap::new(),
            earned: BTreeMap::new(),
            last_item: Item::Compute,
        }
    }
    /// Whether it was ever there.
    pub(super) fn is_met(&self) -> bool {
        self.host.is_some() && self.life.joined.is_some()
    }

    /// Takes in a fact, and tells what it says of the host.
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, lines: &mut Lines) {
        if let Fact::HostSupplied(Supplied { host, supply, number, cost, .. }) = *fact
            && self.which == Which::Supplied(supply, number)
        {
            self.host = Some(host);
            lines.say(at, format!("a provider brings it, who has to earn {cost} USD per GPU-hour"));
        }
        let Some(host) = self.host else { return };
        if let Fact::Posted(posting) = fact {
            self.earn(host, posting);
        }
        if host_of(fact) == Some(host) {
            self.life.hear(at, fact);
        }
        if let Some(line) = self.of_host(at, fact, host) {
            lines.say(at, line);
        }
        self.of_guests(at, fact, known, lines);
        if let Fact::RunEnded = fact {
            self.life.close(at);
        }
    }

    fn earn(&mut self, host: HostId, posting: &crate::journal::fact::Posting) {
        if posting.item != Item::HostPayout {
            self.last_item = posting.item;
        } else if posting.credit == Book::Host(host) {
            *self.earned.entry(self.last_item).or_default() += posting.amount;
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other facts are not about the host itself"
    )]
    fn of_host(&mut self, at: SimTime, fact: &Fact, host: HostId) -> Option<String> {
        let away = |since: &mut Option<SimTime>| {
            since.take().map_or(String::new(), |since| format!(" after {}", lasting(at - since)))
        };
        let line = match *fact {
            Fact::HostDown { host: of } if of == host => {
                self.since = Some(at);
                "loses power: pods on it are Down and keep their claim (HOST-03)".to_owned()
            }
            Fact::HostUp { host: of } if of == host => {
                format!("has power again{}", away(&mut self.since))
            }
            Fact::NetworkDown { host: of } if of == host => {
                self.since = Some(at);
                "is cut off: pods run on, out of reach, and nothing is charged (HOST-04, BILL-15)"
                    .to_owned()
            }
            Fact::NetworkUp { host: of } if of == host => {
                format!("is connected again{}", away(&mut self.since))
            }
            Fact::HostListed(of) if of == host => {
                "is offered to requests from now on (HOST-02)".to_owned()
            }
            Fact::HostDelisted { host: of, why } if of == host => {
                let why = match why {
                    Delisted::Vetting => "it is being vetted (CLD-04)",
                    Delisted::Reliability => {
                        "its reliability is below the listing minimum (HOST-10)"
                    }
                    Delisted::Notice => "its maintenance or departure is near (HOST-05, HOST-06)",
                };
                format!("is hidden from new requests: {why}")
            }
            Fact::MaintenanceAnnounced(of) if of.host == host => {
                format!(
                    "maintenance is announced, from {} to {} (HOST-05)",
                    since_start(of.from, false),
                    since_start(of.until, false)
                )
            }
            Fact::MaintenanceBegan(of) if of == host => "maintenance begins".to_owned(),
            Fact::MaintenanceEnded(of) if of == host => "maintenance is over".to_owned(),
            Fact::DepartureAnnounced(DepartureAnnounced { host: of, at: leaves }) if of == host => {
                format!("its departure is announced for {} (HOST-06)", since_start(leaves, false))
            }
            Fact::HostJoined(of) if of == host => "joins (CLD-04)".to_owned(),
            Fact::HostLeft(of) if of == host => {
                "leaves for good: what is left on it is gone (HOST-06)".to_owned()
            }
            Fact::ProviderLeaves(of, why) if of == host => match why {
                Leaving::Lifetime => "its provider leaves: its time is over".to_owned(),
                Leaving::Unprofitable => {
                    "its provider leaves: it earned less than its cost for too long".to_owned()
                }
            },
            Fact::PriceSet(set) if set.host == Some(host) => {
                let asks =
                    set.on_demand.map(|price| format!("asks {price} USD per GPU-hour on demand"));
                let floor = set.min_bid.map(|bid| format!("takes bids from {bid} USD on"));
                let both: Vec<String> = asks.into_iter().chain(floor).collect();
                both.join(" and ")
            }
            _ => return None,
        };
        Some(line)
    }

    /// Who comes, and who goes.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts move no guest of it")]
    fn of_guests(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, lines: &mut Lines) {
        let here = |pod| {
            let rental = known.rentals.find(pod);
            rental.is_some_and(|rental| rental.host == self.host && rental.placed.is_some())
        };
        match *fact {
            Fact::PodPlaced { pod, host, gpus: held, price, .. } if Some(host) == self.host => {
                let how = if known.how(pod).starts_with("bids") { "spot" } else { "on demand" };
                let whose = known.whose(pod);
                lines.say(
                    at,
                    format!("{whose} gets {} ({how}, {price} USD per GPU-hour)", gpus(held)),
                );
            }
            Fact::PodDisplaced { pod, .. } if here(pod) => {
                self.displaced += 1;
                let said = steps::step(known, at, fact).unwrap_or_default();
                lines.say(at, format!("{}: {said}", known.whose(pod)));
            }
            Fact::RentalEnded(ref end) if here(end.pod) => self.leaves(at, end, known, lines),
            Fact::WorkerWoken(woken) if Some(woken.host) == self.host => {
                self.workers.insert(woken.worker, at);
            }
            Fact::WorkerStopped(ref end) => {
                if let Some(woken) = self.workers.remove(&end.worker) {
                    let ran = self.ran.entry("serverless").or_default();
                    ran.rentals += 1;
                    ran.held += GpuTime::new(end.gpus, at - woken);
                }
            }
            _ => {}
        }
    }
    fn leaves(&mut self, at: SimTime, end: &RentalEnd, known: &Known<'_>, lines: &mut Lines) {
        let rental = known.rentals.of(end.pod);
        let kind = match rental.asked.kind {
            Kind::Spot { .. } => "spot",
            Kind::OnDemand | Kind::Serverless => "on demand",
        };
        let held = rental
            .placed
            .map_or_else(GpuTime::default, |placed| GpuTime::new(rental.gpus, at - placed));
        let ran = self.ran.entry(kind).or_default();
        ran.rentals += 1;
        ran.held += held;
        if end.reason != EndReason::Alive {
            lines.say(at, format!("{}: {}", known.whose(end.pod), steps::ended(end)));
        }
    }

    pub(super) fn title(&self, known: &Known<'_>) -> String {
        let Some(host) = self.host else { return String::new() };
        let all = gpus(known.names.spec(host).gpus);
        format!("{}: {all}, {}", known.names.host(host), known.names.place(host))
    }
    pub(super) fn in_short(&self) -> Vec<String> {
        let life = &self.life;
        let mut parts = vec![format!("Up for {}", lasting(life.up))];
        if !life.down.is_zero() || 0 < life.failures {
            let losses = match life.failures {
                1 => "1 power loss".to_owned(),
                more => format!("{more} power losses"),
            };
            parts.push(format!("down for {} in {losses}", lasting(life.down)));
        }
        if !life.offline.is_zero() {
            parts.push(format!("cut off for {}", lasting(life.offline)));
        }
        parts.push(format!("{} sold", work(life.sold)));
        parts.push(format!("earned {} USD", life.earned));
        if let Some(score) = life.reliability {
            parts.push(format!(
                "reliability {}.{:06} (HOST-09)",
                score / 1_000_000,
                score % 1_000_000
            ));
        }
        vec![format!("{}.", parts.join(", "))]
    }
    pub(super) fn sections(&self) -> Vec<Section> {
        let ran: Vec<[String; 3]> = self
            .ran
            .iter()
            .map(|(kind, ran)| [(*kind).to_owned(), counted(ran.rentals, "rental"), work(ran.held)])
            .collect();
        let mut ran = columns(&ran, [false, true, true]);
        if 0 < self.displaced {
            ran.push(format!("{} displaced", counted(self.displaced, "pod")));
        }
        let mut earned: Vec<[String; 2]> = self
            .earned
            .iter()
            .map(|(item, amount)| {
                [item.word().replace('_', " "), format!("{} USD", fixed(*amount))]
            })
            .collect();
        if !earned.is_empty() {
            earned.push([
                "total".to_owned(),
                format!("{} USD", fixed(self.earned.values().copied().sum())),
            ]);
        }
        vec![
            Section { title: "Who ran here", text: ran },
            Section {
                title: "Earned, its share of what customers paid (HOST-12)",
                text: columns(&earned, [false, true]),
            },
        ]
    }
}
