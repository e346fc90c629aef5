//! Bids that are changed (SPOT-16).

use super::biller::Biller;
use super::state::State;
use walras::journal::fact::{Operation, Refusal};
use walras::scenario::rules::{BidChange, WaitingOrder};

impl Biller<'_> {
    /// SPOT-16.
    pub(crate) fn change_bid(&mut self, pod: usize, stated: i128) {
        let bid = self.rounded(stated);
        let done = self.may_bid(pod, bid);
        if done.is_ok() && self.pod(pod).bid != Some(bid) {
            let before = self.r10_of_all();
            let changed = self.pod_mut(pod);
            changed.bid = Some(bid);
            let (state, holds) = (changed.state, changed.runs() || changed.state == State::Down);
            if changed.gpus > 0 && (holds || state == State::Reserved) {
                changed.price = bid;
                if let Some(compute) = &mut changed.compute {
                    compute.terms.0 = bid;
                }
                self.turn(pod, "bids anew for GPUs");
            } else if changed.waits() {
                changed.has_news = true;
                self.spread_news_of_rank(pod);
                self.turn(pod, "bids anew and waits");
            } else {
                self.turn(pod, "bids anew in grace");
            }
            self.mark_rises(&before);
        }
        self.report(Operation::ChangeBid, pod, done);
    }
    fn may_bid(&self, pod: usize, bid: i128) -> Result<(), Refusal> {
        let live = |state| !matches!(state, State::Stopped | State::Terminated | State::Refused);
        self.state_allows(pod, live)?;
        let row = self.pod(pod);
        if row.bid.is_none() {
            return Err(Refusal::IllegalState);
        }
        if self.rules.bid_change == BidChange::Refused {
            return Err(Refusal::BadArgument);
        }
        let hosts = if row.waits() { self.named(pod) } else { vec![row.host] };
        let floor = hosts.into_iter().map(|host| self.hosts[host].floor).min();
        if floor.is_some_and(|floor| bid < floor) { Err(Refusal::BidBelowFloor) } else { Ok(()) }
    }
    /// POD-06, `block`. Who stood behind it may stand before it now.
    fn spread_news_of_rank(&mut self, pod: usize) {
        if self.rules.waiting_order == WaitingOrder::Skip {
            return;
        }
        let kinds = self.kinds(pod);
        for other in self.pods_by_id() {
            let bids = self.pod(other).waits() && self.pod(other).bid.is_some();
            if bids && self.kinds(other).iter().any(|kind| kinds.contains(kind)) {
                self.pod_mut(other).has_news = true;
            }
        }
    }
}
