//! What a request is looked at for before anything is tried (POD-04, POD-11, POD-12).

use super::biller::Biller;
use walras::journal::fact::Refusal;

impl Biller<'_> {
    /// POD-12, `zero_gpu`. As a resume for none.
    pub(crate) fn has_room_without_gpus(&mut self, pod: usize) -> bool {
        (self.pod_mut(pod).gpus, self.pod_mut(pod).bare) = (0, true);
        self.choose(pod).is_some()
    }
    pub(crate) fn asks_for_what_there_is(&self, pod: usize) -> Result<(), Refusal> {
        let named = self.named(pod);
        let floor = named.iter().map(|host| self.hosts[*host].floor).min();
        if !named.is_empty() && self.suitable(pod).is_empty() {
            Err(Refusal::TooLarge)
        } else if self.pod(pod).bid < self.pod(pod).bid.and(floor) {
            Err(Refusal::BidBelowFloor)
        } else {
            Ok(())
        }
    }
    /// POD-04. At the lowest price among the hosts named on which it can ever run; without any
    /// there is a bid to pay, or nothing for no GPU.
    pub(crate) fn pays(&self, pod: usize) -> Result<(), Refusal> {
        let offers = self.suitable(pod).into_iter().map(|host| self.offer_on(pod, host));
        let cheapest = offers.min_by_key(|offer| self.cost(pod, *offer));
        let asks = self.pod(pod);
        let known = match (asks.gpus, asks.slots()) {
            (0, 0) => Some(0),
            (0, _) => Some(self.rules.cpu_price.nanos()),
            _ => asks.bid,
        };
        let cheapest = cheapest.or(known.map(|price| (price, 0)));
        cheapest.map_or(Ok(()), |offer| self.may_rent(pod, offer))
    }
}
