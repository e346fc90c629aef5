//! The story of an account: money in, what it asked for and got, what was refused, where it all went.

use super::bill::fixed;
use super::known::Known;
use super::story::{Lines, Section, columns};
use super::when::{cents, counted, since_start, work};
use super::{refused, steps};
use crate::ids::{AccountId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    Churned, EndReason, Item, Named, NoticeKind, Operation, Posting, Refusal,
};
use crate::units::{GpuTime, Money, SimTime};
use std::collections::BTreeMap;

/// What is remembered of the account.
pub(super) struct AccountTeller {
    account: AccountId,
    /// Money moved by item: in is positive, out negative.
    pub(super) items: BTreeMap<Item, Money>,
    refusals: BTreeMap<Refusal, u64>,
    pods: u64,
    preemptions: u64,
    stops: u64,
    removals: u64,
    useful: GpuTime,
    lost: GpuTime,
    workers: u64,
}

impl AccountTeller {
    pub(super) fn new(account: AccountId) -> Self {
        Self {
            account,
            items: BTreeMap::new(),
            refusals: BTreeMap::new(),
            pods: 0,
            preemptions: 0,
            stops: 0,
            removals: 0,
            useful: GpuTime::ZERO,
            lost: GpuTime::ZERO,
            workers: 0,
        }
    }
    /// All that was paid in, adjustments among it.
    pub(super) fn deposited(&self) -> Money {
        self.items.iter().filter(|(item, _)| is_income(**item)).map(|(_, amount)| *amount).sum()
    }
    /// All that was spent.
    pub(super) fn spent(&self) -> Money {
        let spent = self.items.iter().filter(|(item, _)| !is_income(**item));
        Money::ZERO - spent.map(|(_, amount)| *amount).sum::<Money>()
    }

    /// Takes in a fact, and tells what it says of the account.
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, lines: &mut Lines) {
        if let Some(pod) = steps::pod_of(fact).filter(|pod| known.payer(*pod) == Some(self.account))
        {
            self.count(fact, known);
            if is_told(fact)
                && let Some(line) = steps::step(known, at, fact)
            {
                let name = known.names.pod(known.rentals.of(pod).asked.name);
                lines.say(at, format!("{name}: {line}"));
            }
        } else if let Some(line) = self.of_account(at, fact, known) {
            lines.say(at, line);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts add up to nothing")]
    fn count(&mut self, fact: &Fact, known: &Known<'_>) {
        match fact {
            Fact::PodPlaced { pod, .. } => {
                self.pods += u64::from(known.rentals.of(*pod).asked.rental == 1);
            }
            Fact::RentalEnded(end) => {
                self.useful += end.useful;
                self.lost += end.lost;
                self.preemptions += u64::from(end.preemptions);
            }
            Fact::Rejected { account, reason, .. } if *account == Some(self.account) => {
                *self.refusals.entry(*reason).or_default() += 1;
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are not about accounts")]
    fn of_account(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>) -> Option<String> {
        let own = self.account;
        Some(match *fact {
            Fact::Posted(ref posting) if posting.account == Some(own) => {
                return self.posted(posting);
            }
            Fact::Notice { account, kind } if account == own => self.told(at, kind, known),
            Fact::AccountDrained { account, hold_until } if account == own => format!(
                "drained: the next units cost more than its {} USD; its meters pause, and at {} its pods and volumes \
                 are removed (BILL-12, BILL-13)",
                cents(known.purses.balance(own, at)),
                since_start(hold_until, false)
            ),
            Fact::HoldEnded { account } if account == own => {
                "the hold is over: what was paid covers a unit of each meter (BILL-14)".to_owned()
            }
            Fact::AccountRemoved { account } if account == own => {
                self.removals += 1;
                "its pods and volumes are removed, and nothing brings their data back (BILL-13)"
                    .to_owned()
            }
            Fact::AutoPaySet(set) if set.account == own => {
                format!(
                    "sets up automatic payments: {} USD whenever less than {} is left (ACCT-05)",
                    set.amount, set.threshold
                )
            }
            Fact::Rejected { account: Some(account), operation, name, reason, .. }
                if account == own =>
            {
                *self.refusals.entry(reason).or_default() += 1;
                let of = name.map_or(String::new(), |name| format!(" of {}", named(known, name)));
                format!(
                    "{}{of} is refused: {}",
                    operation.word(),
                    refused::action(known, at, own, reason)
                )
            }
            Fact::MemberActs(acts) if acts.account == own => {
                let member = &known.names.scenario.teams.members[acts.member.index()].name;
                format!("{member} acts for it: {}", acts.operation.word())
            }
            Fact::Churn(account, what) if account == own => match what {
                Churned::Left => {
                    "its customers turn away: they were treated badly for too long".to_owned()
                }
                Churned::Returned => "its customers come back".to_owned(),
                Churned::ArrivalLost => "a customer who would have come stays away".to_owned(),
            },
            _ => return self.of_things(fact, known),
        })
    }

    /// What it has beside pods.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are not about its things")]
    fn of_things(&mut self, fact: &Fact, known: &Known<'_>) -> Option<String> {
        let own = self.account;
        let volume = |volume| known.volumes.of(volume);
        let has = |endpoint: crate::ids::EndpointId| {
            let spec = &known.names.scenario.endpoints[endpoint.index()];
            spec.account == own && spec.model.is_none()
        };
        Some(match *fact {
            Fact::NetworkVolumeCreated(created) if created.account == own => format!(
                "has the network volume {} of {} GB from now on, for {} USD a month (NVOL-02)",
                known.names.network_volume(created.name),
                created.size,
                created.monthly
            ),
            Fact::NetworkVolumeResized { volume: of, size, monthly }
                if volume(of).account == own =>
            {
                format!(
                    "its network volume grows to {size} GB, for {monthly} USD a month (NVOL-04)"
                )
            }
            Fact::NetworkVolumeRemoved(removed) if volume(removed.volume).account == own => {
                format!(
                    "its network volume {} is gone",
                    known.names.network_volume(volume(removed.volume).name)
                )
            }
            Fact::PlanBought(bought) if bought.account == own => format!(
                "buys a savings plan of {} x {} at {} USD per GPU-hour until {} (PLAN-01)",
                bought.gpus,
                known.names.gpu_of(bought.scope),
                bought.price,
                since_start(bought.ends, false)
            ),
            Fact::EndpointCreated(created) if has(created.endpoint) => {
                let (min, max) = created.workers;
                format!(
                    "has the endpoint {} from now on, with {min} to {max} workers",
                    known.names.endpoint(created.endpoint)
                )
            }
            Fact::EndpointDeleted(endpoint) if has(endpoint) => {
                format!("deletes its endpoint {}", known.names.endpoint(endpoint))
            }
            Fact::WorkerRefused(refusal) if has(refusal.endpoint) => format!(
                "a worker of {} is not woken: {} (SLS-45)",
                known.names.endpoint(refusal.endpoint),
                refusal.reason.word()
            ),
            Fact::WorkerStopped(ref end) if has(end.worker.endpoint) => {
                self.workers += u64::from(end.woken.is_some());
                return None;
            }
            _ => return None,
        })
    }

    fn posted(&mut self, posting: &Posting) -> Option<String> {
        let received = posting.received();
        *self.items.entry(posting.item).or_default() += received;
        let balance = posting
            .balance
            .map_or(String::new(), |balance| format!("; {} USD on its book", cents(balance)));
        match posting.item {
            Item::Deposit => Some(format!("pays in {received} USD{balance}")),
            Item::AutoPay => {
                Some(format!("an automatic payment of {received} USD (ACCT-05){balance}"))
            }
            Item::Adjustment => Some(format!("an adjustment of {received} USD (ACCT-09){balance}")),
            Item::SavingsPlan if received.is_negative() => {
                Some(format!("pays {} USD for a savings plan{balance}", Money::ZERO - received))
            }
            Item::SavingsPlan
            | Item::Compute
            | Item::ContainerDisk
            | Item::Volume
            | Item::HostPayout
            | Item::NetworkVolume
            | Item::ServerlessCompute
            | Item::ServerlessDisk
            | Item::PublicEndpoint => None,
        }
    }

    fn told(&mut self, at: SimTime, kind: NoticeKind, known: &Known<'_>) -> String {
        let balance = cents(known.purses.balance(self.account, at));
        match kind {
            NoticeKind::StoppedForFunds => {
                self.stops += 1;
                let line = super::when::lasting(known.names.scenario.rules.low_funds_reserve);
                format!(
                    "all its pods are stopped: {balance} USD are less than {line} of them cost (BILL-09, BILL-10)"
                )
            }
            NoticeKind::Drained => "told: drained".to_owned(),
            NoticeKind::Removed => "told: removed".to_owned(),
            NoticeKind::AutoPaid => "told: paid automatically".to_owned(),
            NoticeKind::PaymentFailed => "told: the automatic payment failed (ACCT-05)".to_owned(),
            NoticeKind::LowBalance => {
                let below = known.names.scenario.accounts[self.account.index()].low_balance;
                let below = below.map_or(String::new(), |below| format!(" {below} USD"));
                format!("told: the balance has fallen below{below} (ACCT-08)")
            }
            NoticeKind::Maintenance => {
                "told: maintenance of a host of its pods (HOST-05)".to_owned()
            }
        }
    }

    pub(super) fn title(&self, known: &Known<'_>) -> String {
        let spec = &known.names.scenario.accounts[self.account.index()];
        let of = spec
            .segment
            .map(|segment| format!(" of {}", known.names.scenario.segments[segment.index()].name));
        format!("{}: an account{}", spec.name, of.unwrap_or_default())
    }
    pub(super) fn in_short(&self) -> Vec<String> {
        let (deposited, spent) = (self.deposited(), self.spent());
        let mut parts =
            vec![format!("Paid in {deposited} USD, spent {spent}, {} left", deposited - spent)];
        if 0 < self.pods || self.workers == 0 {
            parts.push(counted(self.pods, "pod"));
        }
        if 0 < self.workers {
            parts.push(counted(self.workers, "worker"));
        }
        if 0 < self.preemptions {
            parts.push(counted(self.preemptions, "displacement"));
        }
        if 0 < self.stops {
            parts.push(format!("stopped {} for want of funds", times(self.stops)));
        }
        if 0 < self.removals {
            parts.push(format!("removed {}", times(self.removals)));
        }
        vec![format!("{}.", parts.join(", "))]
    }
    pub(super) fn sections(&self) -> Vec<Section> {
        let row = |(item, amount): (&Item, &Money)| {
            let shown = if is_income(*item) { *amount } else { Money::ZERO - *amount };
            [item.word().replace('_', " "), format!("{} USD", fixed(shown))]
        };
        let with_total = |income: bool, name: &str, total: Money| {
            let mut rows: Vec<[String; 2]> = self
                .items
                .iter()
                .filter(|(item, _)| is_income(**item) == income)
                .map(row)
                .collect();
            if !rows.is_empty() {
                rows.push([name.to_owned(), format!("{} USD", fixed(total))]);
            }
            columns(&rows, [false, true])
        };
        let refusals = self
            .refusals
            .iter()
            .map(|(reason, count)| [reason.word().to_owned(), count.to_string()]);
        let refusals: Vec<[String; 2]> = refusals.collect();
        let worked = vec![
            ["useful".to_owned(), work(self.useful), format!("{} GPU-s", self.useful)],
            ["lost".to_owned(), work(self.lost), format!("{} GPU-s", self.lost)],
        ];
        let any_work = 0 < self.useful.gpu_micros() + self.lost.gpu_micros();
        vec![
            Section { title: "Paid in", text: with_total(true, "total", self.deposited()) },
            Section { title: "Spent", text: with_total(false, "total", self.spent()) },
            Section { title: "Refused", text: columns(&refusals, [false, true]) },
            Section {
                title: "Work",
                text: if any_work { columns(&worked, [false, true, true]) } else { Vec::new() },
            },
        ]
    }
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

const fn is_income(item: Item) -> bool {
    matches!(item, Item::Deposit | Item::AutoPay | Item::Adjustment)
}

/// Of a pod's life an account's story tells what it asked for and got, and how it ended: the rest stands in the pod's.
#[expect(clippy::wildcard_enum_match_arm, reason = "the rest stands in the pod's own story")]
fn is_told(fact: &Fact) -> bool {
    match fact {
        Fact::RentalEnded(end) => {
            let refused = [EndReason::Rejected, EndReason::SpendingLimit, EndReason::NoFunds];
            !(refused.contains(&end.reason) && end.paid().is_zero())
        }
        Fact::Rejected { operation, .. } => *operation != Operation::ConnectPod,
        Fact::PodRequested(_)
        | Fact::PodWaits { .. }
        | Fact::PodPromised { .. }
        | Fact::PromiseLost { .. }
        | Fact::PodPlaced { .. }
        | Fact::PodDisplaced { .. }
        | Fact::PodDown { .. }
        | Fact::PodMoves(_) => true,
        _ => false,
    }
}

/// What an action named.
fn named(known: &Known<'_>, named: Named) -> String {
    match named {
        Named::Given(_) | Named::Generated(_) => {
            named.pod().map_or(String::new(), |pod| known.names.pod(pod))
        }
        Named::NetworkVolume(volume) => known.names.network_volume(volume),
        Named::Template(template) => known.names.scenario.templates[template.index()].id.clone(),
        Named::Endpoint(endpoint) => known.names.endpoint(endpoint).to_owned(),
        Named::Request(name) => known.names.scenario.request_names[name.index()].clone(),
    }
}
