//! Recorded prices, and one market of them as the price path of a run (SPOT-13).
//!
//! Sources: the price history of AWS of 2015, when a true auction set it, as
//! `prateek-s/spot-price-model` keeps it (one market a file); the prices of AWS and Azure of 2020 in
//! the logs of Narayanan et al., "Analysis and Exploitation of Dynamic Pricing in the Public Cloud for
//! ML Training", DISPA 2020. A plain format holds anyone's prices of one market.
//!
//! A price is in USD per instance-hour and holds from its row's instant until the next price of the
//! same market, a market being an instance type in a zone; the last one holds on, and before the first
//! row the first one holds. Multiplied and divided by the GPUs of an instance, rounded down to the
//! nano-dollar once, it is a price per GPU-hour. Rows may stand oldest first or newest first, as AWS
//! hands them out; anything else is refused. Files are read row by row, and only the chosen market's
//! prices are kept.

use super::calendar::Moment;
use super::import::error::TraceError;
use super::import::table::{Table, digest};
use crate::scenario::demand::TraceFormat;
use crate::scenario::prices::PricePath;
use crate::units::{Money, Share, SimTime, Span};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// One price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote<'a> {
    /// From when it holds, on the trace's clock.
    pub(super) at: Moment,
    /// The zone; empty where the file names none.
    pub(super) zone: &'a str,
    /// The instance type; empty where the file names none.
    pub(super) instance: &'a str,
    /// USD per instance-hour.
    pub(super) price: Money,
}

/// The prices of a file, row by row.
pub(super) struct Quotes {
    table: Table,
    time: usize,
    zone: Option<usize>,
    instance: Option<usize>,
    /// The columns of prices: one, or under Azure one an instance type, which the header names.
    prices: Vec<usize>,
    format: TraceFormat,
}

const ZONE: &str = "AvailabilityZone";
const INSTANCE: &str = "InstanceType";
const PRICE: &str = "SpotPrice";
const PLAIN_TIME: &str = "at_s";
const PLAIN_PRICE: &str = "price_usd_per_gpu_hour";

impl Quotes {
    /// The prices of an open file.
    pub(super) fn of(table: Table, format: TraceFormat) -> Result<Self, TraceError> {
        table.must_be(format)?;
        let (time, zone, instance, prices) = if format == TraceFormat::AzureSpot2020 {
            (0, None, None, (1..table.header().len()).collect())
        } else if format == TraceFormat::AwsSpot2020 {
            let (zone, instance) = (table.column(ZONE)?, table.column(INSTANCE)?);
            (table.column("Timestamp")?, Some(zone), Some(instance), vec![table.column(PRICE)?])
        } else if format == TraceFormat::PlainPrices {
            (table.column(PLAIN_TIME)?, None, None, vec![table.column(PLAIN_PRICE)?])
        } else {
            (table.column("timestamp")?, None, None, vec![table.column(PRICE)?])
        };
        Ok(Self { table, time, zone, instance, prices, format })
    }
    /// Rows read.
    pub(super) const fn rows(&self) -> u64 {
        self.table.rows()
    }
    /// Goes to the next row, if there is one.
    pub(super) fn next(&mut self) -> Result<bool, TraceError> {
        self.table.next().map(|row| row.is_some())
    }
    /// The prices of the present row; a day on which Azure states none for a type has none of it.
    pub(super) fn row(&self) -> impl Iterator<Item = Result<Quote<'_>, TraceError>> {
        let is_stated = |place: &&usize| !self.is_daily() || !self.field(**place).is_empty();
        self.prices.iter().filter(is_stated).map(|place| self.quote(*place))
    }
    /// The error of the present row's instant.
    fn bad_time(&self, expected: &str) -> TraceError {
        self.table.malformed_at(self.time, expected)
    }

    /// Whether a row has a price of each instance type, or none.
    fn is_daily(&self) -> bool {
        self.format == TraceFormat::AzureSpot2020
    }
    /// An instant as the file's own clock shows it.
    fn shown(&self, at: Moment) -> String {
        if self.format == TraceFormat::PlainPrices {
            return format!("{} s", at.unix_seconds());
        }
        at.to_string()
    }
    fn field(&self, place: usize) -> &str {
        self.table.record().get(place).unwrap_or_default()
    }
    fn quote(&self, place: usize) -> Result<Quote<'_>, TraceError> {
        let text = self.field(self.time);
        let (at, like) = if self.is_daily() {
            (Moment::parse_month_first(text), "a day such as 2/24/2020")
        } else if self.format == TraceFormat::PlainPrices {
            let seconds = text.parse::<u32>().ok();
            let at = seconds.map(|seconds| Moment::from_unix_seconds(seconds.into()));
            (at, "whole seconds from the trace's zero")
        } else {
            (Moment::parse(text), "a date and time such as 2020-01-31T06:43:07Z")
        };
        let at = at.ok_or_else(|| self.bad_time(like))?;
        let price = Money::parse(self.field(place)).ok().filter(|price| !price.is_negative());
        let price = price.ok_or_else(|| {
            let expected = "USD per hour, not negative, with at most nine decimals";
            self.table.malformed_at(place, expected)
        })?;
        let header = || self.table.header().get(place).map_or("", String::as_str);
        let instance = match self.instance {
            Some(instance) => self.field(instance),
            None if self.is_daily() => header(),
            None => "",
        };
        Ok(Quote { at, zone: self.zone.map_or("", |zone| self.field(zone)), instance, price })
    }
}

/// Which prices of which file a run replays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceTrace {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub format: TraceFormat,
    /// The zone; none: the only one that the file has of the instance type.
    pub zone: Option<String>,
    /// The instance type; none: the only one that the file has in the zone.
    pub instance: Option<String>,
    /// GPUs of an instance, at least one.
    pub gpus: u32,
    /// By which each price is multiplied.
    pub times: Share,
    /// An instant of the trace; none: that of the market's first price, or the plain format's own zero.
    pub start: Option<Moment>,
    /// How long after it time 0 of the run comes.
    pub from: Span,
}

impl PriceTrace {
    /// Whether prices of this zone and instance type are wanted.
    fn is_met(&self, zone: &str, instance: &str) -> bool {
        let is = |wanted: &Option<String>, found| wanted.as_ref().is_none_or(|name| name == found);
        is(&self.zone, zone) && is(&self.instance, instance)
    }
}

/// The price path of one market, per GPU-hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSeries {
    /// BLAKE3 of the file, in hexadecimal.
    pub digest: String,
    /// The zone; empty where the file names none.
    pub zone: String,
    /// The instance type; empty where the file names none.
    pub instance: String,
    /// When the trace's first and last price begin, on its own clock.
    pub span: (Moment, Moment),
    /// From when on which price per GPU-hour holds.
    pub path: PricePath,
}

impl PriceSeries {
    /// Reads the prices that `wanted` names.
    ///
    /// # Errors
    /// A file that is missing, unreadable, of another kind, malformed or out of order; a market that it
    /// does not have, or not alone; a time 0 after its last price.
    pub fn read(wanted: &PriceTrace) -> Result<Self, TraceError> {
        let table = Table::open(&wanted.path)?;
        let mut quotes = Quotes::of(table, wanted.format)?;
        if quotes.zone.is_none() && wanted.zone.is_some() {
            quotes.table.column(ZONE)?;
        }
        let mut path = Path::default();
        let mut markets = BTreeSet::new();
        while quotes.next()? {
            for quote in quotes.row() {
                let quote = quote?;
                let name = (quote.zone, quote.instance);
                if !markets.contains(&(name.0.to_owned(), name.1.to_owned())) {
                    markets.insert((name.0.to_owned(), name.1.to_owned()));
                }
                if wanted.is_met(name.0, name.1) {
                    path.add(&quotes, &quote)?;
                }
            }
        }
        path.finish(&quotes, wanted, &markets)
    }
}

/// The prices of a market while they are read.
#[derive(Debug, Default)]
struct Path {
    /// The market, and whether prices of another one were wanted, too.
    market: Option<(String, String)>,
    is_ambiguous: bool,
    prices: Vec<(Moment, Money)>,
    /// How an instant lies to the one above it, once two of them differ.
    order: Option<Ordering>,
}

impl Path {
    fn add(&mut self, quotes: &Quotes, quote: &Quote<'_>) -> Result<(), TraceError> {
        let (zone, instance) =
            self.market.get_or_insert_with(|| (quote.zone.to_owned(), quote.instance.to_owned()));
        if (&**zone, &**instance) != (quote.zone, quote.instance) {
            self.is_ambiguous = true;
            return Ok(());
        }
        if let Some((above, price)) = self.prices.last() {
            let order = quote.at.cmp(above);
            if order == Ordering::Equal {
                let expected = "another instant: a row above states another price for this one";
                return if quote.price == *price { Ok(()) } else { Err(quotes.bad_time(expected)) };
            }
            if *self.order.get_or_insert(order) != order {
                let expected = "rows in order of time, oldest or newest first";
                return Err(quotes.bad_time(expected));
            }
        }
        self.prices.push((quote.at, quote.price));
        Ok(())
    }
    fn finish(
        mut self,
        quotes: &Quotes,
        wanted: &PriceTrace,
        markets: &BTreeSet<(String, String)>,
    ) -> Result<PriceSeries, TraceError> {
        let told = |problem: String| {
            Err(TraceError::Market { path: quotes.table.path().to_owned(), problem })
        };
        let names = |markets: &mut dyn Iterator<Item = &(String, String)>| {
            let name = |(zone, instance): &(String, String)| {
                format!("`{}`", format!("{instance} {zone}").trim())
            };
            markets.map(name).collect::<Vec<_>>().join(", ")
        };
        let Some((zone, instance)) = self.market else {
            let name =
                [&wanted.instance, &wanted.zone].map(|name| name.clone().unwrap_or_default());
            return told(match markets.len() {
                0 => "is missing: the file has no row".to_owned(),
                _ => {
                    let found = names(&mut markets.iter());
                    format!("is that of `{}`; the file has {found}", name.join(" ").trim())
                }
            });
        };
        if self.is_ambiguous {
            let found =
                names(&mut markets.iter().filter(|(zone, instance)| wanted.is_met(zone, instance)));
            return told(format!("may be that of several markets: {found}"));
        }
        if self.order == Some(Ordering::Less) {
            self.prices.reverse();
        }
        let (Some((first, _)), Some((last, _))) = (self.prices.first(), self.prices.last()) else {
            unreachable!("a market is known by its first price")
        };
        let span = (*first, *last);
        let own_zero =
            (quotes.format == TraceFormat::PlainPrices).then(|| Moment::from_unix_seconds(0));
        let start = wanted.start.or(own_zero).unwrap_or(span.0);
        if last.since(start).is_none_or(|left| left < wanted.from) {
            let after = match wanted.from {
                Span::ZERO => String::new(),
                from => format!("{from} s after "),
            };
            let [start, first, last] = [start, span.0, span.1].map(|at| quotes.shown(at));
            return told(format!(
                "is that of {after}{start}; the market's begin at {first}, the last at {last}"
            ));
        }
        let path = path(&self.prices, start, wanted);
        Ok(PriceSeries { digest: digest(&wanted.path)?, zone, instance, span, path })
    }
}

/// The path of these prices, oldest first, where time 0 is `wanted.from` after `start`.
fn path(prices: &[(Moment, Money)], start: Moment, wanted: &PriceTrace) -> PricePath {
    let mut rows: Vec<(SimTime, Money)> = Vec::new();
    for (at, price) in prices {
        let price = per_gpu(*price, wanted);
        let at = at.since(start).unwrap_or_default().micros();
        let at = SimTime::from_micros(at.saturating_sub(wanted.from.micros()));
        match rows.last_mut() {
            // SPOT-13. Before the first row the first's holds.
            None => rows.push((SimTime::ZERO, price)),
            // The latest price before time 0 is the one in force then.
            Some((_, before)) if at == SimTime::ZERO => *before = price,
            Some((_, before)) if *before == price => {}
            Some(_) => rows.push((at, price)),
        }
    }
    PricePath { rows }
}

/// The price of one GPU of an instance, by which it is multiplied included.
fn per_gpu(price: Money, wanted: &PriceTrace) -> Money {
    const WHOLE: i128 = 1_000_000_000;
    let gross = price.nanos() * wanted.times.billionths();
    Money::from_nanos(gross.div_euclid(WHOLE * i128::from(wanted.gpus.max(1))))
}
