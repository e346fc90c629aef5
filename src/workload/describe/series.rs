//! What a table of counts or of prices holds: its span of time, and how its columns are spread.

use crate::scenario::demand::TraceFormat;
use crate::units::{Money, Span};
use crate::workload::calendar::Moment;
use crate::workload::counts::Timeline;
use crate::workload::import::TraceError;
use crate::workload::import::table::Table;
use crate::workload::prices::Quotes;
use std::collections::BTreeMap;

/// A table of counts over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CountsDescription {
    /// The first and the last row's instant, on the trace's clock.
    pub span: Option<(Moment, Moment)>,
    /// The least time from a row to the next.
    pub step: Option<Span>,
    /// Rows that lack between the first and the last, were all of them a step apart.
    pub missing: u64,
    /// Its columns.
    pub columns: Vec<CountDescription>,
}

/// One column of counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CountDescription {
    /// Its name.
    pub name: String,
    /// The sum of its rows.
    pub sum: u64,
    /// The least.
    pub least: u32,
    /// The median: half of the rows are not above it.
    pub median: u32,
    /// The mean.
    pub mean: f64,
    /// The most.
    pub most: u32,
}

impl CountsDescription {
    /// Reads a whole table.
    pub(super) fn read(table: Table) -> Result<(Self, u64), TraceError> {
        let mut rows = Timeline::of(table)?;
        let columns = rows.columns();
        let mut counts: Vec<BTreeMap<u32, u64>> = vec![BTreeMap::new(); columns.len()];
        let mut found = Self::default();
        while let Some(at) = rows.next()? {
            let (first, last) = found.span.unwrap_or((at, at));
            if let Some(gap) = at.since(last).filter(|gap| !gap.is_zero()) {
                found.step = Some(found.step.map_or(gap, |step| step.min(gap)));
            }
            found.span = Some((first, at));
            for ((place, _), counts) in columns.iter().zip(&mut counts) {
                *counts.entry(rows.count(*place)?).or_default() += 1;
            }
        }
        let whole = found.span.and_then(|(first, last)| last.since(first));
        if let Some((whole, step)) = whole.zip(found.step) {
            let steps = whole.micros() / step.micros();
            found.missing = (steps + 1).saturating_sub(rows.rows());
        }
        let names = columns.into_iter().map(|(_, name)| name);
        found.columns = names.zip(counts).map(|(name, rows)| describe(name, &rows)).collect();
        Ok((found, rows.rows()))
    }
}

fn describe(name: String, rows: &BTreeMap<u32, u64>) -> CountDescription {
    let count: u64 = rows.values().sum();
    let sum: u64 = rows.iter().map(|(value, rows)| u64::from(*value) * rows).sum();
    let mut below = 0;
    let median = rows.iter().find(|(_, rows)| {
        below += **rows;
        count <= 2 * below
    });
    let ends = (rows.first_key_value(), rows.last_key_value());
    CountDescription {
        name,
        sum,
        least: ends.0.map_or(0, |(least, _)| *least),
        median: median.map_or(0, |(median, _)| *median),
        mean: if count == 0 { 0.0 } else { super::as_f64(sum) / super::as_f64(count) },
        most: ends.1.map_or(0, |(most, _)| *most),
    }
}

/// A table of prices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PricesDescription {
    /// The first and the last instant of which a price is stated, on the trace's clock.
    pub span: Option<(Moment, Moment)>,
    /// What is priced, in order of zone and instance type.
    pub markets: Vec<MarketDescription>,
}

/// The prices of one instance type in one zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketDescription {
    /// The zone; empty where the file names none.
    pub zone: String,
    /// The instance type; empty where the file names none.
    pub instance: String,
    /// Prices stated.
    pub prices: u64,
    /// The lowest, USD per instance-hour.
    pub least: Money,
    /// The median over time: half of the time from first to last price it was not above it.
    pub median: Money,
    /// The highest.
    pub most: Money,
}

impl PricesDescription {
    /// Reads a whole table.
    pub(super) fn read(table: Table, format: TraceFormat) -> Result<(Self, u64), TraceError> {
        let mut quotes = Quotes::of(table, format)?;
        let mut markets: BTreeMap<(String, String), Vec<(Moment, Money)>> = BTreeMap::new();
        let mut found = Self::default();
        while quotes.next()? {
            for quote in quotes.row() {
                let quote = quote?;
                let (first, last) = found.span.unwrap_or((quote.at, quote.at));
                found.span = Some((first.min(quote.at), last.max(quote.at)));
                let key = (quote.zone.to_owned(), quote.instance.to_owned());
                markets.entry(key).or_default().push((quote.at, quote.price));
            }
        }
        found.markets = markets.into_iter().map(|(name, prices)| market(name, prices)).collect();
        Ok((found, quotes.rows()))
    }
}

fn market(
    (zone, instance): (String, String),
    mut prices: Vec<(Moment, Money)>,
) -> MarketDescription {
    prices.sort_by_key(|(at, _)| *at);
    let mut held: BTreeMap<Money, Span> = BTreeMap::new();
    for (index, (at, price)) in prices.iter().enumerate() {
        let until = prices.get(index + 1).map_or(*at, |(next, _)| *next);
        *held.entry(*price).or_default() += until.since(*at).unwrap_or_default();
    }
    let whole: u64 = held.values().map(|span| span.micros()).sum();
    let mut below = 0;
    let median = held.iter().find(|(_, span)| {
        below += span.micros();
        whole <= 2 * below
    });
    let price = |found: Option<(&Money, &Span)>| found.map_or(Money::ZERO, |(price, _)| *price);
    MarketDescription {
        zone,
        instance,
        prices: super::count(prices.len()),
        least: price(held.first_key_value()),
        median: price(median),
        most: price(held.last_key_value()),
    }
}
