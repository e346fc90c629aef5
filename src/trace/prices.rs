//! `prices.csv`: one row per change of a published price (GPU-05).

use super::column::Column;
use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::journal::Fact;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::micros("time_s"),
    Column::named("gpu_type"),
    Column::named("cloud"),
    Column::money("on_demand_usd_per_hour"),
    Column::money("spot_floor_usd_per_hour"),
    Column::money("spot_price_usd_per_hour"),
    Column::money("min_winning_bid_usd_per_hour"),
];

/// A publication says all.
pub(super) struct Prices;

impl Table for Prices {
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        let Fact::PricePublished { scope, quote } = fact else { return };
        let names = &known.names;
        out.row()
            .time(at)
            .name(names.gpu_type(names.type_of(*scope)))
            .word(names.cloud_of(*scope).word())
            .money(quote.on_demand)
            .money(quote.spot_floor)
            .optional(quote.spot_price, Row::money)
            .optional(quote.min_winning_bid, Row::money)
            .end();
    }
}
