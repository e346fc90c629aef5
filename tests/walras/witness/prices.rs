//! Published prices as they follow from who holds what (GPU-04, GPU-05, SPOT-11).

use super::Witness;
use walras::ids::{HostId, Id, ScopeId};
use walras::journal::Fact;
use walras::journal::fact::{PriceSet, Quote};
use walras::scenario::Scenario;
use walras::scenario::rules::CommunityPricing;
use walras::units::Money;

/// What is set and published for each scope.
pub(super) struct Board {
    /// On-demand price and minimum bid.
    set: Vec<(Money, Money)>,
    published: Vec<Option<Quote>>,
}

impl Board {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let set = scenario.scopes.iter().map(|scope| (scope.on_demand, scope.min_bid)).collect();
        Self { set, published: vec![None; scenario.scopes.len()] }
    }
}

/// SPOT-11. The least multiple of the tick at or above a floor.
fn first_tick_from(floor: Money, tick: Money) -> Money {
    let mut bid = Money::from_nanos(floor.nanos() / tick.nanos() * tick.nanos());
    while bid < floor {
        bid += tick;
    }
    bid
}

impl Witness<'_> {
    pub(super) fn hear_prices(&mut self, fact: &Fact) {
        match *fact {
            Fact::PriceSet(PriceSet { scope, host: None, on_demand, min_bid }) => {
                let set = &mut self.prices.set[scope.index()];
                *set = (on_demand.unwrap_or(set.0), min_bid.unwrap_or(set.1));
            }
            Fact::PriceSet(PriceSet { host: Some(host), on_demand, min_bid, .. }) => {
                let site = &mut self.sites[host.index()];
                site.own_price = on_demand.or(site.own_price);
                site.own_min_bid = min_bid.or(site.own_min_bid);
            }
            Fact::PricePublished { scope, quote } => {
                let before = self.prices.published[scope.index()].replace(quote);
                self.ensure(before != Some(quote), || format!("GPU-05: {scope:?} said twice"));
            }
            _ => {}
        }
    }
    pub(super) fn scope_of(&self, host: HostId) -> ScopeId {
        let pool = self.scenario.hosts[self.likes.of(host).index()].pool;
        self.scenario.pools[pool.index()].scope
    }
    /// GPU-04. The least bid that a host accepts.
    pub(super) fn floor(&self, host: HostId) -> Money {
        let scope = self.prices.set[self.scope_of(host).index()].1;
        self.sites[host.index()].own_min_bid.unwrap_or(scope)
    }
    /// HOST-13. The on-demand price on a host.
    pub(super) fn price(&self, host: HostId) -> Money {
        let own = self.sites[host.index()].own_price;
        let own = own.filter(|_| self.scenario.rules.community_pricing == CommunityPricing::Host);
        own.unwrap_or(self.prices.set[self.scope_of(host).index()].0)
    }

    /// At the end of an instant, what each scope last published is what holds.
    pub(super) fn check_prices(&mut self) {
        for index in 0..self.scenario.scopes.len() {
            let scope = ScopeId::from_index(index);
            let Some(quote) = self.prices.published[index] else { continue };
            let all = (0..self.sites.len()).map(HostId::from_index);
            let offered: Vec<HostId> =
                all.filter(|host| self.scope_of(*host) == scope && self.offered(*host)).collect();
            let price = offered.iter().map(|host| self.price(*host)).min();
            let floor = offered.iter().map(|host| self.floor(*host)).min();
            let winning = offered.iter().filter_map(|host| self.winning_bid(*host, 1)).min();
            let spot = self.lowest_bid(scope);
            let truth = Quote {
                on_demand: price.unwrap_or(quote.on_demand),
                spot_floor: floor.unwrap_or(quote.spot_floor),
                spot_price: spot,
                min_winning_bid: winning.filter(|_| self.scenario.rules.spot),
            };
            self.ensure(quote == truth, || format!("GPU-05: {scope:?}: {quote:?}, not {truth:?}"));
        }
    }
    /// GPU-05, pay as bid. The lowest bid of a pod in I, R or V.
    fn lowest_bid(&self, scope: ScopeId) -> Option<Money> {
        let pods = self.pods.values().filter(|pod| 0 < pod.gpus);
        let here = pods
            .filter(|pod| pod.is.displaceable().is_some_and(|host| self.scope_of(host) == scope));
        here.filter_map(super::Seen::bid).min()
    }
    /// SPOT-11, literally: of the floor, up to the next tick, and every bid there a tick up, the least that wins.
    pub(super) fn winning_bid(&self, host: HostId, gpus: u32) -> Option<Money> {
        let tick = self.scenario.rules.bid_tick;
        let rivals = || self.pods.values().filter(|pod| pod.is.displaceable() == Some(host));
        let bids = rivals().filter_map(super::Seen::bid).map(|bid| bid + tick);
        let floor = first_tick_from(self.floor(host), tick);
        let wins = |bid: &Money| {
            let below = rivals().filter(|pod| pod.bid().is_some_and(|other| other < *bid));
            gpus <= self.unclaimed(host) + below.map(|pod| pod.gpus).sum::<u32>()
        };
        bids.chain([floor]).filter(|bid| floor <= *bid).filter(wins).min()
    }
}
