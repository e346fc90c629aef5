//! What `walras check` says of providers who come and go.

use crate::cli::print::{count, duration, number, table};
use crate::scenario::Scenario;
use crate::scenario::model::Supply;
use crate::units::Span;

/// A row for each supply; none if there is none.
pub(super) fn providers(scenario: &Scenario) -> Option<String> {
    let header = [
        "hosts",
        "at the start",
        "invited, a day",
        "cost, mean USD/GPU-h",
        "asks",
        "reviews every",
        "stays, on average",
        "bears losses for",
    ];
    let rows: Vec<_> = scenario.supply.iter().map(row).collect();
    (!rows.is_empty()).then(|| table(header, rows))
}

fn row(supply: &Supply) -> [String; 8] {
    let time = |span: Option<Span>| span.map_or_else(|| "ever".to_owned(), duration);
    [
        format!("{0}-1, {0}-2, …", supply.name),
        count(supply.at_start.into()),
        supply.invited_a_day().map_or_else(|| "nobody".to_owned(), |rate| number(rate, 2)),
        supply.mean_cost().map_or_else(|| "unbounded".to_owned(), |mean| number(mean, 3)),
        supply.asking.name().to_owned(),
        duration(supply.review_every),
        time(supply.mean_lifetime()),
        time(supply.unprofitable_for),
    ]
}
