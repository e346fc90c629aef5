//! The price path of each scope (GPU-05): means over time, exact until the last division.

use super::gauge::MaybeGauge;
use super::subject::Breakdown::Scope;
use super::summary::{Reading, Value};
use crate::journal::fact::Quote;
use crate::units::{Money, SimTime};

/// The gauges of one scope's four published quantities.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PricePath {
    on_demand: MaybeGauge,
    spot_floor: MaybeGauge,
    spot_price: MaybeGauge,
    min_winning_bid: MaybeGauge,
}

impl PricePath {
    /// New prices hold from now on.
    pub(super) fn publish(&mut self, at: SimTime, quote: &Quote) {
        self.on_demand.set(at, Some(quote.on_demand.nanos()));
        self.spot_floor.set(at, Some(quote.spot_floor.nanos()));
        self.spot_price.set(at, quote.spot_price.map(Money::nanos));
        self.min_winning_bid.set(at, quote.min_winning_bid.map(Money::nanos));
    }
    /// Statistics begin now.
    pub(super) fn restart(&mut self, at: SimTime) {
        self.on_demand.restart(at);
        self.spot_floor.restart(at);
        self.spot_price.restart(at);
        self.min_winning_bid.restart(at);
    }
    /// The means up to now.
    pub(super) fn means(&mut self, at: SimTime) -> PriceMeans {
        PriceMeans {
            on_demand: mean(&mut self.on_demand, at),
            spot_floor: mean(&mut self.spot_floor, at),
            spot_price: mean(&mut self.spot_price, at),
            min_winning_bid: mean(&mut self.min_winning_bid, at),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
fn mean(gauge: &mut MaybeGauge, at: SimTime) -> Value {
    let (nano_dollar_micros, micros) = gauge.sums(at);
    Value::ratio(nano_dollar_micros as f64 / 1e9, micros as f64)
}

/// Mean prices of one scope, each over the time for which it was published.
#[derive(Clone, Copy, Debug)]
pub(super) struct PriceMeans {
    on_demand: Value,
    spot_floor: Value,
    spot_price: Value,
    min_winning_bid: Value,
}

/// The metrics that are read from the price paths, in the order of the summary.
pub(super) const READINGS: &[Reading<PriceMeans>] = &[
    Reading::new("on_demand_price_mean", "USD/GPU-h", Scope, |m| m.on_demand),
    Reading::new("spot_floor_mean", "USD/GPU-h", Scope, |m| m.spot_floor),
    Reading::new("spot_price_mean", "USD/GPU-h", Scope, |m| m.spot_price),
    Reading::new("min_winning_bid_mean", "USD/GPU-h", Scope, |m| m.min_winning_bid),
];
