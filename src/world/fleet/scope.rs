//! What a scope offers: floors and prices of its hosts, and the bids that hold GPUs there, each counted.

use super::counts::Counts;
use crate::ids::{ClassId, HostId};
use crate::journal::fact::Quote;
use crate::units::Money;
use std::collections::BTreeMap;

/// How a host is on offer: what the scope's counts know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) floor: Money,
    pub(super) price: Money,
    pub(super) has_free: bool,
}

/// One GPU type in one cloud.
#[derive(Clone, Debug, Default)]
pub struct ScopeState {
    /// The list price per GPU-hour.
    pub on_demand: Money,
    /// The minimum bid of hosts that state none.
    pub min_bid: Money,
    /// Its hosts.
    pub hosts: Vec<HostId>,
    /// Its classes.
    pub classes: Vec<ClassId>,
    /// Floors of offered hosts, each with how many have it.
    pub floors: Counts,
    /// The same of those with a GPU free or in grace and promised to nobody.
    pub free_floors: Counts,
    /// On-demand prices of offered hosts.
    pub prices: Counts,
    /// SPOT-17. Where it is no floor: what a spot pod pays at least.
    pub reserve: Option<Money>,
    /// SPOT-12. Whether all that happens in it may move its price.
    pub clears: bool,
    /// SPOT-10. What all of its spot pods pay; zero where each pays its bid.
    pub spot_price: Money,
    /// Bids of spot pods in I, R or V.
    pub bids: Counts,
    /// Requests that wait and name it, or wait for a host of it: on demand.
    pub waiting_asks: u32,
    /// The same: spot.
    pub waiting_bids: u32,
    /// The last published row.
    pub quote: Option<Quote>,
    /// Whether something happened since that may change it.
    pub touched: bool,
    /// The lowest floor of its hosts, offered or not.
    pub lowest_floor: Option<Money>,
    /// GPU-04. Their own minimum bids, each with how many have it; and how many have none.
    pub(super) own_floors: BTreeMap<Option<Money>, u32>,
}

impl ScopeState {
    /// A host with this minimum bid of its own, if it has one, is among its hosts.
    pub(super) fn add_own_floor(&mut self, floor: Option<Money>) {
        *self.own_floors.entry(floor).or_default() += 1;
    }
    /// It is no longer.
    pub(super) fn take_own_floor(&mut self, floor: Option<Money>) {
        let count = self.own_floors.get_mut(&floor).expect("only what was added is taken away");
        *count -= 1;
        if *count == 0 {
            self.own_floors.remove(&floor);
        }
    }
    /// Finds the lowest floor anew, as floors or the reserve have changed.
    pub(super) fn find_lowest_floor(&mut self) {
        // Those who state none come first in the order of keys.
        let floors = self.own_floors.keys().take(2).map(|own| own.unwrap_or(self.min_bid));
        self.lowest_floor = floors.min().map(|floor| floor.max(self.reserve.unwrap_or_default()));
    }
    /// On a host with this floor the first GPU came free, or the last one was taken; says whether the
    /// floor came or went among those of hosts that have one free.
    #[inline(never)] // apart from the way of every change
    pub(super) fn count_free(&mut self, floor: Money, has_free: bool) -> bool {
        if has_free { self.free_floors.add(floor) } else { self.free_floors.take(floor) }
    }
    /// Counts `offer` instead of `former`; says whether a floor or price came or went.
    #[cold] // hosts come and go, and prices change, far less often than pods
    pub(super) fn replace(&mut self, former: Option<Offer>, offer: Option<Offer>) -> bool {
        if former == offer {
            return false;
        }
        let stays = former.zip(offer);
        if let Some((former, offer)) = stays
            .filter(|(former, offer)| (former.floor, former.price) == (offer.floor, offer.price))
        {
            // Only whether a GPU is free is another: floors and prices neither come nor go.
            return former.has_free != offer.has_free
                && self.count_free(offer.floor, offer.has_free);
        }
        let gone = former.is_some_and(|former| self.withdraw(former));
        offer.is_some_and(|offer| self.offer(offer)) | gone
    }
    fn offer(&mut self, offer: Offer) -> bool {
        self.floors.add(offer.floor)
            | self.prices.add(offer.price)
            | (offer.has_free && self.free_floors.add(offer.floor))
    }
    fn withdraw(&mut self, offer: Offer) -> bool {
        self.floors.take(offer.floor)
            | self.prices.take(offer.price)
            | (offer.has_free && self.free_floors.take(offer.floor))
    }
    /// A spot pod holds or is promised GPUs at `bid` from now on.
    pub fn add_bid(&mut self, bid: Money) {
        let is_new = self.bids.add(bid);
        let is_lowest = is_new && self.bids.least() == Some(bid);
        self.touched |= is_lowest || self.hangs_on_bids();
    }
    /// It no longer does.
    pub fn take_bid(&mut self, bid: Money) {
        let is_gone = self.bids.take(bid);
        let was_lowest = is_gone && self.bids.least().is_none_or(|low| bid < low);
        self.touched |= was_lowest || self.hangs_on_bids();
    }
    /// Whether what is published hangs on more than the lowest bid and on which floors are on offer: where
    /// a host with the least floor has a GPU free, that floor wins, whatever others bid (SPOT-11).
    pub(super) fn hangs_on_bids(&self) -> bool {
        self.clears || !self.bids.is_empty() && self.free_floors.least() != self.floors.least()
    }
}

/// What hosts on offer ask, one of them left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedByOthers {
    /// The lowest.
    pub lowest: Option<Money>,
    /// The one in the middle, the lower one of two.
    pub median: Option<Money>,
}

impl ScopeState {
    /// What hosts on offer ask, prices or else floors; of those at `own`, one is left out. Walks the
    /// distinct amounts.
    pub fn asked_by_others(&self, prices: bool, own: Option<Money>) -> AskedByOthers {
        let counts = if prices { &self.prices } else { &self.floors };
        let others = || {
            let left = |(amount, count): (Money, u32)| {
                (amount, count.saturating_sub(u32::from(own == Some(amount))))
            };
            counts.iter().map(left).filter(|(_, count)| 0 < *count)
        };
        let all: u32 = others().map(|(_, count)| count).sum();
        let mut before = 0;
        let median = others().find(|(_, count)| {
            before += count;
            all <= before.saturating_mul(2)
        });
        AskedByOthers {
            lowest: others().next().map(|(amount, _)| amount),
            median: median.map(|(amount, _)| amount),
        }
    }
}
