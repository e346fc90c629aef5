//! The seam of bidding: what a customer offers per GPU-hour (SPOT-01, SPOT-11).
//!
//! A member is a file. It sees the market as an owner sees it before asking, and what became of the job
//! so far; it draws nothing. What it answers is rounded down to the market's tick (SPOT-02).

pub mod escalating;
pub mod fixed;
pub mod minimum_winning;
pub mod share_of_on_demand;
pub mod value_based;

use crate::policy::registry::Own;
use crate::scenario::demand::BidRule;
use crate::units::{GpuTime, Money, SimTime};

/// What a bid is made from. Amounts are per GPU-hour unless they say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The on-demand price in force of the first GPU type named, in its cheapest cloud.
    pub on_demand: Money,
    /// The lowest floor among the hosts named; none without hosts.
    pub floor: Option<Money>,
    /// SPOT-11. The least bid that would win the GPUs asked for now; none if no host can. Only where
    /// the member looks at it ([`Bidding::looks_at_market`]).
    pub minimum_winning: Option<Money>,
    /// GPUs asked for.
    pub gpus: u32,
    /// What the work is worth in all.
    pub value: Option<Money>,
    /// GPU-time that is left to do.
    pub work_left: Option<GpuTime>,
    /// Displacements, refusals and waits in vain on spot so far.
    pub losses: u32,
    /// The last bid for this job.
    pub last_bid: Option<Money>,
    /// What is left of its budget, in all.
    pub budget_left: Option<Money>,
    /// The present instant.
    pub now: SimTime,
    /// By when the work is to be done.
    pub deadline: Option<SimTime>,
}

/// How much is bid.
pub trait Bidding {
    /// The bid per GPU-hour. What is below nothing is taken as nothing.
    fn bid(&self, offer: &Offer) -> Money;
    /// Whether it asks for [`Offer::minimum_winning`], which costs a search.
    fn looks_at_market(&self) -> bool {
        false
    }
}

/// Asks the member of that name; one of the program's own is among `own`.
fn ask<T>(rule: BidRule, own: &Own<dyn Bidding>, ask: impl FnOnce(&dyn Bidding) -> T) -> T {
    match rule {
        BidRule::Fixed(amount) => ask(&fixed::Fixed { amount }),
        BidRule::ShareOfOnDemand(share) => ask(&share_of_on_demand::ShareOfOnDemand { share }),
        BidRule::MinimumWinning { margin } => ask(&minimum_winning::MinimumWinning { margin }),
        BidRule::ValueBased(share) => ask(&value_based::ValueBased { share }),
        BidRule::Escalating { first, times, cap } => {
            ask(&escalating::Escalating { first, times, cap })
        }
        BidRule::Own(policy) => ask(own.get(policy)),
    }
}

/// Whether the rule asks for [`Offer::minimum_winning`].
pub fn looks_at_market(rule: BidRule, own: &Own<dyn Bidding>) -> bool {
    ask(rule, own, |member| member.looks_at_market())
}

/// What the rule bids. A fixed amount is taken as per GPU-hour (SPOT-01).
pub fn bid(rule: BidRule, own: &Own<dyn Bidding>, offer: &Offer) -> Money {
    ask(rule, own, |member| member.bid(offer).clamp(Money::ZERO, MOST))
}

/// No bid is higher: what a scenario could not state.
const MOST: Money = Money::from_dollars(1_000_000_000_000);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::demand::FirstBid;
    use crate::units::{Share, Span};

    fn bids(rule: BidRule, offer: &Offer) -> Money {
        bid(rule, &Own::default(), offer)
    }
    fn usd(text: &str) -> Money {
        Money::parse(text).unwrap()
    }
    fn share(text: &str) -> Share {
        Share::parse(text).unwrap()
    }
    /// An A6000 at 0.79, floor 0.49, somebody there at 0.60; 2 GPU-hours of work worth 1.30, two losses.
    fn offer() -> Offer {
        Offer {
            on_demand: usd("0.79"),
            floor: Some(usd("0.49")),
            minimum_winning: Some(usd("0.600000001")),
            gpus: 1,
            value: Some(usd("1.30")),
            work_left: Some(GpuTime::new(1, Span::HOUR * 2)),
            losses: 2,
            last_bid: None,
            budget_left: None,
            now: SimTime::ZERO,
            deadline: None,
        }
    }

    /// One offer, and each member bids another amount for it.
    #[test]
    fn each_rule_bids_differently() {
        let first = FirstBid::Fixed(usd("0.50"));
        let all = [
            (BidRule::Fixed(usd("0.55")), "0.55"),
            (BidRule::ShareOfOnDemand(share("0.8")), "0.632"),
            (BidRule::MinimumWinning { margin: usd("0.01") }, "0.610000001"),
            (BidRule::ValueBased(share("0.9")), "0.585"),
            (BidRule::Escalating { first, times: share("1.2"), cap: share("1") }, "0.72"),
        ];
        for (rule, expected) in all {
            assert_eq!(bids(rule, &offer()).to_string(), expected, "{rule:?}");
        }
    }

    /// Where nothing wins, the least that is not refused; without a value, likewise.
    #[test]
    fn a_bid_without_its_ground_is_the_floor() {
        let blind = Offer { minimum_winning: None, value: None, ..offer() };
        let margin = usd("0.01");
        assert_eq!(bids(BidRule::MinimumWinning { margin }, &blind), usd("0.49"));
        assert_eq!(bids(BidRule::ValueBased(Share::ONE), &blind), usd("0.49"));
        let nowhere = Offer { floor: None, ..blind };
        assert_eq!(bids(BidRule::MinimumWinning { margin }, &nowhere), Money::ZERO);
    }

    /// More after each loss, never above the cap, however many there were; but a first bid above it stands.
    #[test]
    fn an_escalating_bid_ends_at_its_cap() {
        let first = FirstBid::ShareOfOnDemand(share("0.5"));
        let rule = BidRule::Escalating { first, times: share("1.5"), cap: share("0.9") };
        let after = |losses| bids(rule, &Offer { losses, ..offer() }).to_string();
        assert_eq!([0, 1, 2, u32::MAX].map(after), ["0.395", "0.5925", "0.711", "0.711"]);
        let first = FirstBid::Fixed(usd("2"));
        let rule = BidRule::Escalating { first, times: share("1.5"), cap: share("0.9") };
        assert_eq!(bids(rule, &offer()), usd("2"));
    }
}
