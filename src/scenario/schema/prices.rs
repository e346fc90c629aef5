//! What a scenario may say about prices that move by themselves: list prices, and recorded ones.

use crate::scenario::text::Field;
use serde::Deserialize;

/// What moves the list price of a scope, beside SetPrice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum ListPriceText {
    /// Nothing.
    Fixed,
    /// The hour of the day.
    TimeOfDay(TimeOfDayText),
    /// How much is in use.
    Utilization(UtilizationText),
    /// What was recorded.
    Replayed(PriceReplayText),
}

/// The list prices of some scopes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScopeListPriceText {
    /// Text, or a list of texts: GPU types. Mandatory.
    pub(crate) gpu_type: Field,
    /// `SECURE`, `COMMUNITY` or `ALL`. Default: `ALL`.
    pub(crate) cloud: Field,
    /// [`ListPriceText`]. Mandatory.
    pub(crate) list_price: Field,
}

/// The spot price of some scopes, under `spot_clearing: trace` (SPOT-13).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScopeSpotPriceText {
    /// Text, or a list of texts: GPU types. Mandatory.
    pub(crate) gpu_type: Field,
    /// `SECURE`, `COMMUNITY` or `ALL`. Default: `ALL`.
    pub(crate) cloud: Field,
    /// [`PriceReplayText`]. Mandatory.
    pub(crate) recorded: Field,
}

/// Prices by the hour.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TimeOfDayText {
    /// Map from hours of the day (UTC), 0 to below 24, to numbers: from this hour on the price stated,
    /// times this; the last one holds over midnight until the first. Mandatory.
    pub(crate) factors: Field,
}

/// A price that rises where more than a target is in use, and falls where less is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct UtilizationText {
    /// Duration: how often it moves. Default: `"5m"`.
    pub(crate) interval: Field,
    /// Share of the GPU-time up: where it stays. Default: 0.8.
    pub(crate) target: Field,
    /// Number: by which part of itself it moves for each part that the use is off. Default: 0.5.
    pub(crate) gain: Field,
    /// Number: the least, as a share of the price stated. Default: 0.5.
    pub(crate) floor_share: Field,
    /// Number: the most, likewise. Default: 2.
    pub(crate) cap_share: Field,
}

/// Recorded prices of one market: one instance type in one zone.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PriceReplayText {
    /// Text: the CSV file, plain or gzipped. Mandatory.
    pub(crate) path: Field,
    /// `plain_prices`, `aws_spot_2015`, `aws_spot_2020` or `azure_spot_2020`. Default: `plain_prices`.
    pub(crate) format: Field,
    /// Text: the zone. Default: the only one that the file has of the instance type.
    pub(crate) zone: Field,
    /// Text: the instance type. Default: the only one that the file has in the zone.
    pub(crate) instance: Field,
    /// Whole number: GPUs of an instance, by which its price is divided. Default: 1.
    pub(crate) gpus: Field,
    /// Number by which each price is multiplied. Default: 1.
    pub(crate) times: Field,
    /// Date, or date and time, on the trace's clock. Default: that of the market's first price; under
    /// `plain_prices`, whose seconds have no date, their zero.
    pub(crate) start: Field,
    /// Duration after it: this instant becomes time 0. Default: `"0s"`.
    pub(crate) from: Field,
}
