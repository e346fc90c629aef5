//! What hosts earn for GPUs that a savings plan covers (PLAN-08).
//!
//! A covered GPU costs its pod nothing, so its compute meter does not count it; the host earns what that
//! would owe at the plan's price, unit by unit of the same meter. So a cover has stretches of its own, and
//! no clock: whoever posts, reprices or anchors the meter tells it the units.

use super::stretch::{Row, Stretches};
use crate::units::{Money, Price, Share, Span};

/// GPUs of one pod that one plan covers, from a unit of its compute meter on.
#[derive(Clone, Debug)]
pub struct Cover {
    stretches: Stretches,
    paid_out: Money,
}

impl Cover {
    /// `gpus` are covered at `price` from the unit `begun` on.
    pub fn begin(price: Price, gpus: u32, begun: u64) -> Self {
        let mut stretches = Stretches::begin(price, 0);
        stretches.reprice(price, gpus, begun);
        Self { stretches, paid_out: Money::ZERO }
    }
    /// GPUs that it covers from the next unit on.
    pub fn gpus(&self) -> u32 {
        self.stretches.quantity()
    }
    /// PLAN-06. From the unit `begun` on nothing is covered.
    pub fn end(&mut self, begun: u64) {
        let price = self.stretches.price();
        self.stretches.reprice(price, 0, begun);
    }
    /// As its meter: a new anchor after so many units (BILL-14, BILL-15).
    pub fn anchor(&mut self, units: u64) {
        self.stretches.anchor(units);
    }
    /// HOST-12. What `units` of the meter bring the host, less what it was paid; `row` hears what is owed,
    /// never a zero, with the payout that it brings.
    pub fn post(&mut self, unit: Span, units: u64, share: Share, mut row: impl FnMut(Row, Money)) {
        let Self { stretches, paid_out } = self;
        let mut posted = stretches.posted();
        stretches.post(unit, units, |posting| {
            posted += posting.amount;
            let due = share.of(posted);
            row(posting, due - *paid_out);
            *paid_out = due;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PLAN-08, HOST-12. A GPU covered at 0.7505 from the second unit on, for three units: three units of
    /// that price, and the host's share of them.
    #[test]
    fn plan_08_a_host_earns_by_the_price_of_the_plan() {
        let price = Price::per_hour(Money::from_nanos(750_500_000));
        let mut cover = Cover::begin(price, 1, 1);
        cover.end(4);
        let share = Share::from_billionths(760_000_000);
        let mut rows = Vec::new();
        for units in [2, 2, 9] {
            cover.post(Span::MINUTE, units, share, |row, payout| {
                rows.push((row.periods, row.amount.to_string(), payout.to_string()));
            });
        }
        let row = |units, amount: &str, payout: &str| (units, amount.to_owned(), payout.to_owned());
        let expected = [row(1, "0.012508333", "0.009506333"), row(2, "0.025016667", "0.019012667")];
        assert_eq!(rows, expected);
    }
}
