//! Customers arrive and ask (the demand of a scenario's segments).
//!
//! The k-th arrival of a segment was drawn whole before the market is asked, so two policies meet the
//! same customers. Here it becomes a request; the next arrival is drawn when one has come.

use crate::agenda::{Class, Event};
use crate::ids::{AccountId, Id, SegmentId};
use crate::journal::fact::{Item, Kind, PodName};
use crate::market::{checkpoint, funds, rent};
use crate::scenario::demand::{Arrival, BidRule, Buying, Segment};
use crate::turn::Turn;
use crate::units::Money;
use crate::workload::Source;
use crate::workload::deposits::Deposits;
use crate::workload::import::TraceError;
use crate::world::pod::checkpoints::Plan;

/// Where customers come from.
pub struct Customers {
    /// By segment. The arrival that a source gave last is the next to come.
    sources: Vec<Source>,
    deposits: Vec<Option<(Deposits, Money)>>,
    /// By segment: how its pods write checkpoints.
    plans: Vec<Option<Plan>>,
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
        let plan = |segment: &Segment| segment.checkpoint.as_ref().map(checkpoint::plan);
        let plans = scenario.segments.iter().map(plan).collect();
        Ok(Self { sources, deposits: deposits.collect(), plans })
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
            turn.schedule(arrival.at, class, Event::CustomerArrives(segment));
        }
    }
    /// Classes 7 and 8: a customer arrives and asks.
    pub fn arrive(&mut self, turn: &mut Turn<'_, '_>, segment: SegmentId) {
        let arrival = self.sources[segment.index()].latest();
        let plan = self.plans[segment.index()].as_ref();
        request(turn, &turn.scenario.segments[segment.index()], arrival, plan);
        self.expect_next(turn, segment);
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

fn request(
    turn: &mut Turn<'_, '_>,
    segment: &Segment,
    arrival: &Arrival,
    checkpoint: Option<&Plan>,
) {
    turn.world.generated += 1;
    let kind = match arrival.buying {
        Buying::OnDemand => Kind::OnDemand,
        Buying::Spot(rule) => Kind::Spot { bid: bid(turn, rule, arrival) },
    };
    let new = rent::NewPod {
        name: PodName::Generated(turn.world.generated),
        account: arrival.account,
        segment: Some(segment.id),
        kind,
        demand: arrival.demand,
        image: arrival.image,
        command: crate::scenario::model::Command::Ok,
        patience: arrival.patience,
        work: arrival.work,
        stay: arrival.stay,
        value: arrival.value,
        on_done: segment.on_done,
        checkpoint,
    };
    rent::create(turn, new);
}

/// The bid per GPU-hour: fixed, or a share of the on-demand price in force of the first GPU type that
/// the request names, in its cheapest cloud.
fn bid(turn: &Turn<'_, '_>, rule: BidRule, arrival: &Arrival) -> Money {
    let demand = &arrival.demand;
    match rule {
        BidRule::Fixed(stated) => turn.rules().bid_per_gpu(stated, demand.gpus),
        BidRule::ShareOfOnDemand(share) => {
            let first = turn.scenario.type_lists[demand.types as usize].first();
            let fleet = &turn.world.fleet;
            let prices = fleet.scopes.iter().filter(|(scope, state)| {
                let (gpu_type, cloud) = fleet.scope_keys[scope.index()];
                Some(&gpu_type) == first && demand.clouds.include(cloud) && !state.hosts.is_empty()
            });
            let cheapest = prices.map(|(_, state)| state.on_demand).min().unwrap_or_default();
            turn.rules().to_tick(share.of(cheapest))
        }
    }
}
