//! Customers arrive and ask (the demand of a scenario's segments), and those who decide answer what
//! happens.
//!
//! The k-th arrival of a segment was drawn whole before the market is asked, so two policies meet the
//! same customers. Here it becomes a request; the next arrival is drawn when one has come. Where the
//! segment has a conduct it becomes a job: its customer is told what becomes of its pod ([`hear`]), decides
//! by its lists of steps and its policies, and acts in events of its own ([`act`]). Who is treated badly may
//! turn away ([`churn`]).

mod act;
mod asked;
mod bid;
mod budget;
mod churn;
mod hear;
mod job;
pub mod plans;
mod switch;

use crate::agenda::{Class, Event};
use crate::ids::{AccountId, Id, JobId, NetworkVolumeId, SegmentId};
use crate::journal::Fact;
use crate::journal::fact::{Churned, Item, JobEnd, Kind, NetworkVolumeName, Operation, PodName};
use crate::market::{funds, network, rent};
use crate::scenario::demand::{Arrival, Buying, Segment};
use crate::turn::Turn;
use crate::units::{Gb, Money};
use crate::workload::Source;
use crate::workload::deposits::Deposits;
use crate::workload::import::TraceError;
use crate::world::pod::Watch;
use crate::world::pod::checkpoints::Plan;
use churn::Churners;
use job::Jobs;

/// Where customers come from.
pub struct Customers {
    /// By segment. The arrival that a source gave last is the next to come.
    sources: Vec<Source>,
    deposits: Vec<Option<(Deposits, Money)>>,
    jobs: Jobs,
    churners: Churners,
}

impl Customers {
    /// Opens the sources of a scenario.
    ///
    /// # Errors
    /// A trace that can't be opened.
    pub fn open(turn: &Turn<'_, '_>, seed: u64, replication: u64) -> Result<Self, TraceError> {
        let scenario = turn.scenario;
        let open = |segment| Source::open(scenario, segment, seed, replication);
        let sources = scenario.segments.iter().map(open).collect::<Result<_, _>>()?;
        let deposits = scenario.accounts.iter().enumerate().map(|(index, account)| {
            let segment = &scenario.segments[account.segment?.index()];
            let stream = Deposits::open(seed, replication, AccountId::from_index(index));
            segment.deposits.as_ref().map(|_| (stream, Money::ZERO))
        });
        let jobs = Jobs::new(turn, seed, replication);
        let churners = Churners::open(scenario, seed, replication);
        Ok(Self { sources, deposits: deposits.collect(), jobs, churners })
    }
    /// Schedules the first arrival of each segment and the first later deposit of each account.
    pub fn begin(&mut self, turn: &mut Turn<'_, '_>) {
        for index in 0..self.sources.len() {
            self.expect_next(turn, SegmentId::from_index(index));
        }
        for index in 0..self.deposits.len() {
            self.expect_deposit(turn, AccountId::from_index(index));
        }
    }
    /// A trace that could not be read to its end, if any.
    pub fn take_failure(&mut self) -> Option<TraceError> {
        self.sources.iter_mut().find_map(Source::take_failure)
    }

    fn expect_next(&mut self, turn: &mut Turn<'_, '_>, segment: SegmentId) {
        if let Some(arrival) = self.sources[segment.index()].next() {
            let class = match arrival.buying {
                Buying::OnDemand => Class::AskJoins,
                Buying::Spot(_) => Class::BidJoins,
            };
            turn.schedule_arrival(arrival.at, class, Event::CustomerArrives(segment));
        }
    }
    /// The arrival of a segment that is due next.
    pub fn expected(&self, segment: SegmentId) -> &Arrival {
        self.sources[segment.index()].latest()
    }
    /// Classes 7 and 8: a customer arrives and asks.
    pub fn arrive(&mut self, turn: &mut Turn<'_, '_>, segment: SegmentId) {
        let arrival = self.sources[segment.index()].latest();
        let row = &turn.scenario.segments[segment.index()];
        if row.churn.is_some() && self.churners.has_left(arrival.account) {
            turn.state(Fact::Churn(arrival.account, Churned::ArrivalLost));
            self.expect_next(turn, segment);
            return;
        }
        if row.plan.is_some() {
            let event = Event::PlanWanted(arrival.account);
            turn.schedule(turn.now, Class::BuySavingsPlan, event);
        }
        if row.conduct.is_some() {
            begin_job(turn, &mut self.jobs, segment, arrival);
        } else {
            request(turn, row, arrival, self.jobs.plan(segment));
        }
        self.expect_next(turn, segment);
    }
    /// Those who decide hear what became of their pods in the event that is over.
    #[cold]
    pub fn hear(&mut self, turn: &mut Turn<'_, '_>) {
        self.churners.hear(turn);
        hear::hear(turn, &mut self.jobs);
    }
    /// Class 5: customers who turned away come back.
    pub fn come_back(&mut self, turn: &mut Turn<'_, '_>, account: AccountId) {
        self.churners.come_back(turn, account);
    }
    /// A customer does what it decided to do.
    pub fn act(&mut self, turn: &mut Turn<'_, '_>, job: JobId, decision: u32) {
        act::act(turn, &mut self.jobs, job, decision);
    }
    /// Class 9: a customer asks its policy anew.
    pub fn look(&mut self, turn: &mut Turn<'_, '_>, job: JobId, look: u32) {
        switch::looks(turn, &mut self.jobs, job, look);
    }
    /// Class 4: a job's deadline has passed, and its value is gone.
    pub fn deadline(&mut self, turn: &mut Turn<'_, '_>, job: JobId) {
        act::deadline(turn, &mut self.jobs, job);
    }
    /// Class 4: a job's budget is spent.
    pub fn budget_spent(&mut self, turn: &mut Turn<'_, '_>, job: JobId) {
        act::budget_spent(turn, &mut self.jobs, job);
    }
    /// Class 13: jobs under way end with the run, once what their pods came to has been said.
    pub fn end(&mut self, turn: &mut Turn<'_, '_>) {
        hear::hear(turn, &mut self.jobs);
        hear::settle_volumes(turn, &mut self.jobs);
        let left: Vec<JobId> = self.jobs.rows.keys().copied().collect();
        for job in left {
            self.jobs.end(turn, job, JobEnd::Unfinished);
        }
    }

    fn expect_deposit(&mut self, turn: &mut Turn<'_, '_>, account: AccountId) {
        let segment = turn.scenario.accounts[account.index()].segment;
        let later =
            segment.and_then(|segment| turn.scenario.segments[segment.index()].deposits.as_ref());
        let Some((later, (stream, amount))) = later.zip(self.deposits[account.index()].as_mut())
        else {
            return;
        };
        let (at, next) = stream.next(later);
        *amount = next;
        turn.schedule(at, Class::Deposit, Event::DepositDue(account));
    }
    /// Class 3: a later deposit of a random account comes.
    pub fn deposit(&mut self, turn: &mut Turn<'_, '_>, account: AccountId) {
        if let Some((_, amount)) = &self.deposits[account.index()]
            && !amount.is_zero()
        {
            funds::deposit(turn, account, *amount);
        }
        self.expect_deposit(turn, account);
    }
}

/// What a random account opens with is a deposit at 0 (ACCT-02).
pub fn opening_balance(
    turn: &Turn<'_, '_>,
    account: AccountId,
    seed: u64,
    replication: u64,
) -> Money {
    let spec = &turn.scenario.accounts[account.index()];
    let drawn = spec.segment.map(|segment| {
        let balance = &turn.scenario.segments[segment.index()].opening_balance;
        crate::workload::deposits::opening_balance(balance, seed, replication, account)
    });
    spec.balance.or(drawn).unwrap_or_default()
}

/// GEN-12, ACCT-03. Opens an account's books: its balance, and the trial credit, if any is given.
pub fn open_account(turn: &mut Turn<'_, '_>, account: AccountId, balance: Money) {
    if !balance.is_zero() {
        funds::pay_in(turn, account, Item::Deposit, balance);
    }
    funds::adjust(turn, account, turn.rules().trial_credit);
}

/// A customer who decides comes with a job.
#[cold]
fn begin_job(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, segment: SegmentId, arrival: &Arrival) {
    let job = jobs.begin(turn, segment, arrival);
    let deadline = jobs.rows.get(&job).and_then(|job| job.deadline);
    if let Some(deadline) = deadline {
        let gone = deadline.saturating_add(job::conduct(turn, segment).fades);
        turn.schedule(gone, Class::TerminatePod, Event::JobDeadline(job));
    }
    if job::conduct(turn, segment).switching.runs_by_deadline() {
        switch::look(turn, jobs, job);
    } else {
        act::ask(turn, jobs, job);
    }
}

/// NVOL-05. The network volume of a segment's pods, if they have one: the account's, made now if it is not
/// there. None at all if that is refused: then there is nothing to ask a pod for, and the customer leaves.
#[inline(always)] // on the way of every pod
fn network_volume(
    turn: &mut Turn<'_, '_>,
    segment: &Segment,
    wish: &Arrival,
) -> Option<Option<NetworkVolumeId>> {
    match segment.network_volume {
        None => Some(None),
        Some(size) => own_network_volume(turn, (wish.account, wish.demand.site), size).map(Some),
    }
}
#[cold]
fn own_network_volume(
    turn: &mut Turn<'_, '_>,
    (account, site): (AccountId, u32),
    size: Gb,
) -> Option<NetworkVolumeId> {
    let name = NetworkVolumeName::OfAccount(account);
    if turn.world.network_volumes.named(name).is_none() {
        let datacenter = turn.scenario.sites[site as usize].datacenter;
        let answer = network::create(turn, account, name, (size, datacenter));
        network::answer(turn, (account, Operation::CreateNetworkVolume, name), answer);
    }
    turn.world.network_volumes.named(name)
}

fn request(
    turn: &mut Turn<'_, '_>,
    segment: &Segment,
    arrival: &Arrival,
    checkpoint: Option<&Plan>,
) {
    let Some(network_volume) = network_volume(turn, segment, arrival) else { return };
    turn.world.generated += 1;
    let kind = match arrival.buying {
        Buying::OnDemand => Kind::OnDemand,
        Buying::Spot(rule) => Kind::Spot { bid: bid::bid(turn, rule, arrival, None) },
    };
    let Some(asked) = asked::asked(turn, arrival) else { return };
    let new = rent::NewPod {
        name: PodName::Generated(turn.world.generated),
        account: arrival.account,
        segment: Some(segment.id),
        kind,
        demand: asked.demand,
        image: asked.image,
        command: asked.command,
        patience: arrival.patience,
        work: arrival.work,
        stay: arrival.stay,
        value: arrival.value,
        on_done: segment.on_done,
        checkpoint,
        watch: Watch { told: segment.churn.is_some(), ..Watch::default() },
        network_volume,
        origin: asked.origin,
    };
    rent::create(turn, new);
}
