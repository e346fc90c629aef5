//! What a handler holds while it handles one event: the instant, the world, the agenda, the journal.
//!
//! The small verbs in here are those that keep several tables in step: a change of a pod's state moves
//! its epoch, so that timers of before find that they are superseded; a change of a host is followed by
//! [`Turn::settle_host`], which brings the indexes up to date and states the host's new occupancy;
//! a change of a pod's meters is followed by [`Turn::recount`], which keeps its account's sums.

use crate::agenda::{Agenda, Class, Event, Round};
use crate::billing::Side;
use crate::ids::{AccountId, EndpointId, HostId, PodId};
use crate::journal::fact::Item;
use crate::journal::fact::{
    EndReason, Kind, Named, NoticeKind, Operation, Refusal, RentalEnd, StopReason, Subject,
    WorkerId,
};
use crate::journal::{Fact, Journal};
use crate::policy::Policies;
use crate::scenario::Scenario;
use crate::scenario::rules::{Rules, WaitingOrder};
use crate::units::{GpuTime, Money, SimTime, Span};
use crate::world::World;
use crate::world::pod::PodChange;
use crate::world::workers::Bill;

/// A posting that is due, kept until all that post together are known (GEN-09).
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// For what.
    pub item: Item,
    /// Of which pod or network volume.
    pub subject: Subject,
    /// Who pays.
    pub account: AccountId,
    /// Who gets the payout, if anybody does.
    pub host: Option<HostId>,
    /// The stretch's row.
    pub row: crate::billing::Row,
    /// The billed slice of time.
    pub unit: Span,
    /// The host's share of it.
    pub payout: Money,
}

/// What became of a pod whose owner wants to be told.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// Its request or resume was refused; the end of its rental follows.
    Refused {
        /// The pod.
        pod: PodId,
        /// Why.
        reason: Refusal,
    },
    /// It got its GPUs, its container is up or down with its host, or what it costs changed.
    Moved(PodId),
    /// Its promise is a stronger one's, and it waits again.
    PromiseLost(PodId),
    /// A rental ended.
    Ended {
        /// What it came to.
        end: RentalEnd,
        /// Whose it was.
        account: AccountId,
        /// Its work in all, as on its host.
        work: Option<GpuTime>,
        /// What of that is not lost.
        done: GpuTime,
    },
    /// It is gone for good, with its volume, which came to owe this in all.
    Gone {
        /// The pod.
        pod: PodId,
        /// Whose it was.
        account: AccountId,
        /// Why.
        reason: EndReason,
        /// What the volume came to.
        volume: Money,
    },
}

/// What endpoints have to hear of the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A worker that waited, or was promised GPUs, has them now.
    Granted {
        /// Its rental.
        pod: PodId,
        /// Where.
        host: HostId,
    },
    /// A worker that waited is promised GPUs.
    Promised {
        /// Its rental.
        pod: PodId,
        /// Where.
        host: HostId,
    },
    /// A worker waits again: its promise is void.
    PromiseLost(PodId),
    /// SLS-45, POD-06. A worker that waited could have had GPUs, but its account can't afford it any more.
    Refused {
        /// Its rental.
        pod: PodId,
        /// Why not.
        reason: Refusal,
    },
    /// A worker is lost.
    Ended {
        /// The worker.
        worker: WorkerId,
        /// Its slot's row.
        slot: u32,
        /// Where it had GPUs, if it had any.
        host: Option<HostId>,
        /// What it came to.
        bill: Bill,
        /// Why.
        reason: StopReason,
    },
    /// SLS-46. An account is below its line.
    BelowLine(AccountId),
    /// Money came in.
    Credit(AccountId),
    /// SLS-45. An account of which a waking was refused may afford it now.
    Eased(AccountId),
    /// A host is not available any more, or gone for good.
    HostGone(HostId),
    /// A host is not offered any more.
    HostShut(HostId),
    /// A host is offered, or was offered all the while and is new.
    HostOpen(HostId),
    /// What a slot's host pulled for it is there.
    Pulled {
        /// The endpoint.
        endpoint: EndpointId,
        /// The slot's row.
        slot: u32,
    },
}

/// The present event's surroundings.
pub struct Turn<'a, 'j> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The present instant.
    pub now: SimTime,
    /// The present event's class.
    pub class: Class,
    /// Whether class Charge of this instant has been reached (GEN-08).
    pub charged: bool,
    /// Pods whose meters opened after that, until it is reached again: their first units are yet to begin.
    pub opened_late: Vec<PodId>,
    /// The state.
    pub world: World,
    /// The future.
    pub agenda: Agenda,
    /// The policies.
    pub policies: Policies,
    /// Postings collected and not yet made.
    pub dues: Vec<Due>,
    /// Rentals that ended in this event, with what a volume that lasts had come to before each.
    pub ended: Vec<(RentalEnd, Option<Money>)>,
    /// Pods whose volume changed its rate in this event, and posts when it is over.
    pub late_volumes: Vec<PodId>,
    /// What became in this event of pods whose owners want to be told.
    pub outcomes: Vec<Outcome>,
    /// What endpoints have to hear of this event.
    pub news: Vec<News>,
    journal: &'a mut Journal<'j>,
    touched: Vec<AccountId>,
}

impl<'a, 'j> Turn<'a, 'j> {
    /// At the start of a run, before anything is due.
    pub fn new(
        scenario: &'a Scenario,
        world: World,
        policies: Policies,
        journal: &'a mut Journal<'j>,
    ) -> Self {
        Self {
            scenario,
            now: SimTime::ZERO,
            class: Class::HostDown,
            charged: false,
            opened_late: Vec::new(),
            world,
            agenda: Agenda::new(),
            policies,
            dues: Vec::new(),
            ended: Vec::new(),
            late_volumes: Vec::new(),
            outcomes: Vec::new(),
            news: Vec::new(),
            journal,
            touched: Vec::new(),
        }
    }
    /// The market's rules.
    pub fn rules(&self) -> &'a Rules {
        &self.scenario.rules
    }
    /// GEN-02. The month.
    pub fn month(&self) -> Span {
        self.rules().month()
    }
    /// Moves on to an event.
    pub fn advance(&mut self, at: SimTime, class: Class) {
        if at != self.now {
            assert!(self.now < at, "time runs forwards");
            self.charged = false;
            self.opened_late.clear();
            self.now = at;
        }
        if Class::Drain <= class {
            self.opened_late.clear();
        }
        self.class = class;
        self.charged |= Class::Drain <= class;
    }
    /// From where within the present instant units are counted.
    pub fn side(&self) -> Side {
        if self.charged { Side::After } else { Side::Limit }
    }
    /// States what happened.
    #[inline(always)] // see Journal::state
    pub fn state(&mut self, fact: Fact) {
        self.journal.state(self.now, &fact);
    }
    /// States what happened to a pod, unless the rental is a worker's: no fact calls that a pod.
    #[inline(always)] // likewise
    pub fn state_of(&mut self, pod: PodId, fact: Fact) {
        if self.journal.is_wanted(&fact) && self.world.pods[pod].kind != Kind::Serverless {
            self.state(fact);
        }
    }
    /// Tells endpoints, if there are any.
    pub fn tell(&mut self, news: News) {
        if !self.scenario.endpoints.is_empty() {
            self.news.push(news);
        }
    }
    /// Tells the owner of a pod that it got its GPUs, is up or down, or costs something else from now on,
    /// if it wants to be told.
    #[inline]
    pub fn moved(&mut self, pod: PodId) {
        if self.world.pods[pod].watch.told {
            self.outcomes.push(Outcome::Moved(pod));
        }
    }
    /// ACCT-08. Tells an owner.
    pub fn notify(&mut self, account: AccountId, kind: NoticeKind) {
        self.state(Fact::Notice { account, kind });
    }
    /// Schedules the next arrival of a source, unless it lies past the horizon.
    pub fn schedule_arrival(&mut self, at: SimTime, class: Class, event: Event) {
        if at <= self.scenario.horizon {
            self.agenda.schedule_arrival(at, class, event);
        }
    }
    /// Schedules an event, unless it lies past the horizon.
    pub fn schedule(&mut self, at: SimTime, class: Class, event: Event) {
        if at <= self.scenario.horizon {
            self.agenda.schedule(at, class, event);
        }
    }
    /// GEN-14. An action on a pod that is not there, or on a name that is taken, is refused.
    pub fn reject_named(
        &mut self,
        account: AccountId,
        operation: Operation,
        name: impl Into<Named>,
        reason: Refusal,
    ) {
        let (account, name) = (Some(account), Some(name.into()));
        self.state(Fact::Rejected { account, operation, pod: None, name, host: None, reason });
    }
    /// GEN-14. A refused action is a fact, and changes nothing.
    pub fn reject(
        &mut self,
        account: Option<AccountId>,
        operation: Operation,
        pod: Option<PodId>,
        reason: Refusal,
    ) {
        let name = pod.and_then(|pod| Some(self.world.pods.get(pod)?.name.into()));
        self.state(Fact::Rejected { account, operation, pod, name, host: None, reason });
    }

    /// POD-21. Changes a pod's state; timers of before no longer find it.
    #[inline(always)] // likewise: a change is known where it is made
    pub fn change(&mut self, pod: PodId, change: PodChange) {
        let row = &mut self.world.pods[pod];
        row.state = row.state.after(change, row.home()).expect("handlers check the state first");
        row.epoch += 1;
    }
    /// Whether a timer's epoch still holds.
    pub fn holds(&self, pod: PodId, epoch: u32) -> bool {
        self.world.pods.get(pod).is_some_and(|row| row.epoch == epoch)
    }

    /// After a change of `host`: its indexes, its occupancy, its scope's prices.
    pub fn settle_host(&mut self, host: HostId) {
        if self.world.fleet.by_sizes {
            self.world.fleet.hosts[host].sizes = self.world.sizes_on(host);
        }
        if self.world.spot.is_some() {
            self.world.note_free(host);
        }
        let fleet = &mut self.world.fleet;
        if fleet.refresh(host, &self.scenario.rules) {
            self.agenda.raise(Round::Publish);
        }
        let row = &mut fleet.hosts[host];
        let (available, occupancy) = (row.available(), row.occupancy);
        if row.stated != Some((available, occupancy)) {
            let before = row.stated.replace((available, occupancy));
            if self.world.usage.are_counted() {
                self.world.usage.count(&self.world.fleet, host, (self.now, before));
            }
            self.state(Fact::Occupied { host, available, occupancy });
        }
    }
    /// POD-14. A pod's CPU slots on `host` are free again; says whether it had any.
    #[inline]
    pub fn give_slots(&mut self, pod: PodId, host: HostId) -> bool {
        let slots = self.world.pods[pod].slots;
        if 0 < slots
            && let Some(cpu) = &mut self.world.fleet.cpu
        {
            cpu.give(host, slots.into());
        }
        0 < slots
    }
    /// POD-06. Something came free, or cheaper, on `host`: those who wait are tried again. Where it is
    /// not available, nobody is served until it returns.
    pub fn freed(&mut self, host: HostId) {
        let row = &self.world.fleet.hosts[host];
        if !row.available() {
            return;
        }
        let scope = row.scope;
        // Under `block`, who waits elsewhere holds back those who ask here.
        let block = self.scenario.rules.waiting_order == WaitingOrder::Block;
        let named = &self.world.fleet.scopes[scope];
        let (asks, bids) = (block || 0 < named.waiting_asks, block || 0 < named.waiting_bids);
        let waited_for = (!row.resuming.is_empty()).then_some(host);
        if asks && 0 < self.world.waiting_asks {
            self.world.freed_for_asks.note(scope, waited_for);
            self.agenda.raise(Round::Ask);
        }
        if bids && 0 < self.world.waiting_bids {
            self.world.freed_for_bids.note(scope, waited_for);
            self.agenda.raise(Round::Bid);
        }
    }
    /// POD-06. `pod`, if it waits, is tried again: its account got money, or it lost a promise.
    pub fn try_again(&mut self, pod: PodId) {
        let row = &self.world.pods[pod];
        if !row.state.waits() {
            return;
        }
        let (freed, round) = match row.kind {
            Kind::OnDemand | Kind::Serverless => (&mut self.world.freed_for_asks, Round::Ask),
            Kind::Spot { .. } => (&mut self.world.freed_for_bids, Round::Bid),
        };
        freed.pods.insert(pod);
        self.agenda.raise(round);
    }

    /// Something changes in the account: its funds are to be looked at after this event, and what it
    /// affords by its requests.
    pub fn touch(&mut self, account: AccountId) {
        if !self.world.aside.by_account.is_empty() {
            self.world.take_back_of(account);
        }
        let row = &mut self.world.accounts[account];
        if !row.touched {
            row.touched = true;
            self.touched.push(account);
        }
    }
    /// The account owes and has to keep no more than it was reckoned with: some of it is posted, or can no longer come.
    /// What was sure of its funds is so still, and it need not be looked at for that.
    #[inline(always)] // on the way of every pod
    pub fn ease(&mut self, account: AccountId) {
        let nobody_waits =
            self.world.aside.by_account.is_empty() && self.world.requests.refusing.is_empty();
        if !(nobody_waits && self.world.accounts[account].secure) {
            self.touch(account);
        }
    }
    /// Takes an account that was touched.
    pub fn take_touched(&mut self) -> Option<AccountId> {
        let account = self.touched.pop()?;
        self.world.accounts[account].touched = false;
        Some(account)
    }
}
