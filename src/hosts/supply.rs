//! Providers: community hosts that come by invitation, ask a price, look at what they earn, and leave
//! (CLD-03, CLD-04, HOST-12, HOST-13).
//!
//! Who is invited when, at which cost, and for how long it would stay, is drawn before the market is asked, so
//! it is the same under every policy; whether it joins, what it asks and whether it gives up are answers to
//! the market. A provider costs an event to come, one at each of its reviews, another where its price changes,
//! and one to leave.

use super::failures::Failures;
use super::{arrival, departure, is_there};
use crate::agenda::{Class, Event};
use crate::ids::{HostId, Id, SupplyId};
use crate::journal::Fact;
use crate::journal::fact::{Declined, Leaving, PriceSet, Supplied};
use crate::market::{charge, price};
use crate::policy::Provider;
use crate::rng::draw::Distribution;
use crate::rng::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::scenario::model::{AskingChoice, JoinsIf, Supply};
use crate::scenario::rules::CommunityPricing;
use crate::turn::Turn;
use crate::units::{GpuTime, Money, SimTime, Span};
use crate::world::usage::TimeInUse;
use std::collections::BTreeMap;

/// All providers, and where the next ones come from.
pub struct Providers {
    groups: Vec<Group>,
    /// By their hosts, while they are there.
    members: BTreeMap<HostId, Member>,
}

/// The providers of one supply.
struct Group {
    /// Providers so far: those of the start, and those who were invited.
    numbered: u32,
    invitations: Stream,
    invited: Attributes,
    /// What members earned at their last reviews, over so much GPU-time.
    earned: Money,
    reviewed: GpuTime,
}

/// What a provider is like, each from a stream of its own.
struct Attributes {
    costs: Stream,
    prices: Stream,
    lifetimes: Stream,
}

/// What was drawn for a provider.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    cost: Money,
    /// What it asks, if that is `fixed`.
    price: Money,
    lifetime: Option<Span>,
}

/// A provider who is there.
#[derive(Clone, Copy, Debug)]
struct Member {
    supply: SupplyId,
    drawn: Drawn,
    /// What its policy answered last.
    asks: Money,
    /// Whether it is listed, and looks at what it earns.
    is_listed: bool,
    /// Since when: its last review, or the instant at which it was listed.
    since: SimTime,
    /// What it had earned by then, and how its host had been used.
    earned: Money,
    used: TimeInUse,
    /// At its last review: what it earned, over so much GPU-time.
    last: (Money, GpuTime),
    /// Since when every review found less than its cost.
    short_since: Option<SimTime>,
}

impl Attributes {
    fn open(seeds: (u64, u64), supply: usize, invited: bool) -> Self {
        let part = |part| stream(seeds, supply, u64::from(invited) * 8 + part);
        Self { costs: part(1), prices: part(2), lifetimes: part(3) }
    }
    fn draw(&mut self, supply: &Supply) -> Drawn {
        let dollars =
            |of: &Distribution, stream| Money::from_drawn_dollars(of.draw(stream)).max(Money::ZERO);
        let fixed =
            if let AskingChoice::Fixed(price) = &supply.asking { Some(price) } else { None };
        let price = fixed.map(|price| dollars(price, &mut self.prices)).unwrap_or_default();
        let lifetime = supply.lifetime.as_ref();
        Drawn {
            cost: dollars(&supply.cost, &mut self.costs),
            price,
            lifetime: lifetime.map(|of| Span::from_seconds_f64(of.draw(&mut self.lifetimes))),
        }
    }
}

fn stream((seed, replication): (u64, u64), supply: usize, part: u64) -> Stream {
    let supply = u64::try_from(supply).expect("an index fits in 64 bits");
    Stream::open(seed, replication, Purpose::Supply, supply * 16 + part)
}

impl Providers {
    /// Those of a scenario, before the first is there.
    pub fn open(scenario: &Scenario, seed: u64, replication: u64) -> Self {
        let seeds = (seed, replication);
        let group = |supply| Group {
            numbered: 0,
            invitations: stream(seeds, supply, 8),
            invited: Attributes::open(seeds, supply, true),
            earned: Money::ZERO,
            reviewed: GpuTime::default(),
        };
        Self { groups: (0..scenario.supply.len()).map(group).collect(), members: BTreeMap::new() }
    }
    /// Those of the start are there, and the first invitations are due. Reviews of the start are spread over
    /// the time between two.
    pub fn begin(&mut self, turn: &mut Turn<'_, '_>, failures: &mut Failures) {
        for (index, supply) in turn.scenario.supply.iter().enumerate() {
            let id = SupplyId::from_index(index);
            let mut attributes = Attributes::open(turn.world.seeds, index, false);
            for place in 0..supply.at_start {
                let drawn = attributes.draw(supply);
                let after = supply.review_every.micros() / u64::from(supply.at_start);
                let first = Span::from_micros(after * u64::from(place + 1));
                self.come(turn, failures, id, (drawn, Some(first.max(Span::from_micros(1)))));
            }
            self.expect_invitation(turn, id);
        }
    }
    fn expect_invitation(&mut self, turn: &mut Turn<'_, '_>, id: SupplyId) {
        let Some(gap) = &turn.scenario.supply[id.index()].invitations else { return };
        let group = &mut self.groups[id.index()];
        let gap = Span::from_seconds_f64(gap.draw(&mut group.invitations));
        let at = turn.now.saturating_add(gap.max(Span::from_micros(1)));
        turn.schedule(at, Class::HostJoin, Event::ProviderInvited(id));
    }

    /// Class 2: a provider is invited, and joins if it pays.
    pub fn invite(&mut self, turn: &mut Turn<'_, '_>, failures: &mut Failures, id: SupplyId) {
        let supply = &turn.scenario.supply[id.index()];
        let drawn = self.groups[id.index()].invited.draw(supply);
        if self.would_join(turn, id, &drawn) {
            self.come(turn, failures, id, (drawn, None));
        } else {
            let group = &mut self.groups[id.index()];
            group.numbered += 1;
            turn.state(Fact::ProviderDeclined(Declined { supply: id, number: group.numbered }));
        }
        self.expect_invitation(turn, id);
    }
    /// Whether a GPU-hour brings its cost: as much as it brought members at their last reviews; where there
    /// were none, all of the price that it would get, if always rented.
    fn would_join(&self, turn: &Turn<'_, '_>, id: SupplyId, drawn: &Drawn) -> bool {
        let supply = &turn.scenario.supply[id.index()];
        if supply.joins_if == JoinsIf::Always {
            return true;
        }
        let group = &self.groups[id.index()];
        if group.reviewed != GpuTime::default() {
            return covers(group.earned, drawn.cost, group.reviewed);
        }
        let asked = asks(turn, id, supply.patterns[0], drawn, None);
        let asked = to_nearest(asked, supply.price_step);
        let rented = match turn.rules().community_pricing {
            CommunityPricing::Host => asked,
            CommunityPricing::Platform => list_price(turn, supply.patterns[0]),
        };
        drawn.cost <= turn.rules().host_share_compute.of(rented)
    }
    /// A provider joins; those of the start have been vetted, and review after so long for the first time.
    fn come(
        &mut self,
        turn: &mut Turn<'_, '_>,
        failures: &mut Failures,
        id: SupplyId,
        (drawn, first_review): (Drawn, Option<Span>),
    ) {
        let supply = &turn.scenario.supply[id.index()];
        let group = &mut self.groups[id.index()];
        group.numbered += 1;
        let number = group.numbered;
        // Those invited bring the same in turn, however many were there at the start.
        let own = supply.invited(number).unwrap_or(number);
        let turns = usize::try_from(own - 1).expect("an index fits") % supply.patterns.len();
        let like = supply.patterns[turns];
        let ask = asks(turn, id, like, &drawn, None);
        let (on_demand, min_bid) = as_prices(turn, id, like, ask);
        let host = turn.world.add_host(turn.scenario, like, (on_demand, min_bid));
        turn.state(Fact::HostSupplied(Supplied {
            host,
            like,
            supply: id,
            number,
            cost: drawn.cost,
        }));
        let scope = turn.world.fleet.hosts[host].scope;
        turn.state(Fact::PriceSet(PriceSet { scope, host: Some(host), on_demand, min_bid }));
        arrival::arrive(turn, host, first_review.is_some());
        failures.watch(turn, host, (id, number));
        let member = Member {
            supply: id,
            drawn,
            asks: ask,
            is_listed: first_review.is_some(),
            since: turn.now,
            earned: Money::ZERO,
            used: TimeInUse::default(),
            last: (Money::ZERO, GpuTime::default()),
            short_since: None,
        };
        self.members.insert(host, member);
        let review = first_review.unwrap_or(turn.rules().hosts.vetting_time);
        turn.schedule(
            turn.now.saturating_add(review),
            Class::HostLeave,
            Event::ProviderReviews(host),
        );
        if let Some(lifetime) = drawn.lifetime {
            let at = turn.now.saturating_add(lifetime.max(Span::from_micros(1)));
            turn.schedule(at, Class::HostLeave, Event::ProviderRetires(host));
        }
    }

    /// Class 1: a provider looks at what it earned since its last review. It leaves if that was less than its
    /// cost for too long, else it asks anew. One that has just been vetted begins to look.
    pub fn review(&mut self, turn: &mut Turn<'_, '_>, host: HostId) {
        let Some(member) = self.members.get_mut(&host) else { return };
        let supply = &turn.scenario.supply[member.supply.index()];
        let next = turn.now.saturating_add(supply.review_every);
        if !member.is_listed {
            (member.is_listed, member.since) = (true, turn.now);
            member.used = turn.world.usage.of_host(host).until(turn.now);
            turn.schedule(next, Class::HostLeave, Event::ProviderReviews(host));
            return;
        }
        charge::post::settle_host(turn, host);
        let earned = turn.world.ledger.earned(host);
        let gpus = turn.world.fleet.hosts[host].total.gpus;
        let time = GpuTime::new(gpus, turn.now - member.since);
        let since_last = earned - member.earned;
        let group = &mut self.groups[member.supply.index()];
        group.earned += since_last - member.last.0;
        group.reviewed = group.reviewed + time - member.last.1;
        member.last = (since_last, time);
        let is_short = !covers(since_last, member.drawn.cost, time);
        member.short_since = is_short.then(|| member.short_since.unwrap_or(member.since));
        let short_for = member.short_since.map(|since| turn.now - since);
        if short_for.zip(supply.unprofitable_for).is_some_and(|(short, most)| most <= short) {
            self.leave(turn, host, Leaving::Unprofitable);
            return;
        }
        (member.since, member.earned) = (turn.now, earned);
        turn.schedule(turn.now, Class::HostPrice, Event::ProviderAsks(host));
        turn.schedule(next, Class::HostLeave, Event::ProviderReviews(host));
    }
    /// Class 5: it asks what its policy says.
    pub fn ask(&mut self, turn: &mut Turn<'_, '_>, host: HostId) {
        let Some(member) = self.members.get_mut(&host) else { return };
        let Member { supply, drawn, asks: last, used: before, .. } = *member;
        let used = turn.world.usage.of_host(host).until(turn.now);
        member.used = used;
        let like = turn.scenario.supply[supply.index()].patterns[0];
        let ask = asks(turn, supply, like, &drawn, Some((host, last, used.share_since(before))));
        member.asks = ask;
        let (on_demand, min_bid) = as_prices(turn, supply, like, ask);
        let row = &turn.world.fleet.hosts[host];
        let on_demand = on_demand.filter(|price| Some(*price) != row.own_price);
        let min_bid = min_bid.filter(|bid| Some(*bid) != row.own_min_bid);
        if on_demand.is_some() || min_bid.is_some() {
            price::set_host(turn, host, on_demand, min_bid);
        }
    }
    /// Class 1: its time is over.
    pub fn retire(&mut self, turn: &mut Turn<'_, '_>, host: HostId) {
        self.leave(turn, host, Leaving::Lifetime);
    }
    /// HOST-06. It leaves, with or without notice, unless it is on its way already; what it earned last tells
    /// nobody any more.
    fn leave(&mut self, turn: &mut Turn<'_, '_>, host: HostId, why: Leaving) {
        let Some(member) = self.members.remove(&host) else { return };
        let group = &mut self.groups[member.supply.index()];
        group.earned -= member.last.0;
        group.reviewed = group.reviewed - member.last.1;
        turn.world.usage.forget(host);
        turn.state(Fact::ProviderLeaves(host, why));
        departure::leave(turn, host, turn.scenario.supply[member.supply.index()].notice);
    }
}

impl Providers {
    /// For audits: whether what members earned at their last reviews is what each group sums, and each member's
    /// host is there.
    pub fn is_sound(&self, turn: &Turn<'_, '_>) -> bool {
        let sums = |index: usize| {
            let id = SupplyId::from_index(index);
            let own = self.members.values().filter(move |member| member.supply == id);
            own.fold((Money::ZERO, GpuTime::ZERO), |(earned, time), member| {
                (earned + member.last.0, time + member.last.1)
            })
        };
        let mut groups = self.groups.iter().enumerate();
        groups.all(|(index, group)| (group.earned, group.reviewed) == sums(index))
            && self.members.keys().all(|host| is_there(turn, *host))
    }
}

/// Whether `earned` over so much GPU-time is at least `cost` per GPU-hour.
fn covers(earned: Money, cost: Money, time: GpuTime) -> bool {
    let hours = i128::try_from(time.gpu_micros()).unwrap_or(i128::MAX);
    let owed = cost.nanos().saturating_mul(hours);
    owed <= earned.nanos().saturating_mul(i128::from(Span::HOUR.micros()))
}

fn list_price(turn: &Turn<'_, '_>, like: HostId) -> Money {
    turn.world.fleet.scopes[turn.world.fleet.hosts[like].scope].on_demand
}

/// What a provider asks by its policy, before it is rounded; `there`: its host, what it asked last, and how much
/// of its time was held, if it has joined.
fn asks(
    turn: &Turn<'_, '_>,
    id: SupplyId,
    like: HostId,
    drawn: &Drawn,
    there: Option<(HostId, Money, Option<u32>)>,
) -> Money {
    let fleet = &turn.world.fleet;
    let scope = fleet.hosts[like].scope;
    let own = there.map(|(host, ..)| &fleet.hosts[host]);
    let prices = turn.rules().community_pricing == CommunityPricing::Host;
    let price = own.and_then(|row| if prices { row.own_price } else { row.own_min_bid });
    let others =
        fleet.scopes[scope].asked_by_others(prices, own.filter(|row| row.offered()).and(price));
    let asked = turn.policies.asking[id.index()].ask(&Provider {
        now: turn.now,
        cost: drawn.cost,
        drawn: drawn.price,
        price: there.map(|(_, last, _)| last),
        utilization: there.and_then(|(.., utilization)| utilization),
        list: fleet.scopes[scope].on_demand,
        lowest: others.lowest,
        median: others.median,
    });
    asked.max(Money::ZERO)
}

/// The nearest multiple of a step, the upper one of two; a step at least, if it is anything.
fn to_nearest(amount: Money, step: Money) -> Money {
    let above = amount.up_to_multiple(step);
    let below = above - step;
    let is_below = Money::ZERO < below && amount - below < above - amount;
    if is_below { below } else { above }
}

/// HOST-13. What is asked, as the host's price and minimum bid: where the platform prices it is the latter
/// alone, and never above the price.
fn as_prices(
    turn: &Turn<'_, '_>,
    id: SupplyId,
    like: HostId,
    ask: Money,
) -> (Option<Money>, Option<Money>) {
    let supply = &turn.scenario.supply[id.index()];
    let ask = to_nearest(ask, supply.price_step);
    match turn.rules().community_pricing {
        CommunityPricing::Host => (Some(ask), Some(supply.min_bid_share.of(ask))),
        CommunityPricing::Platform => (None, Some(ask.min(list_price(turn, like)))),
    }
}
