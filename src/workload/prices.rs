//! Recorded spot prices of AWS and Azure, row by row.
//!
//! Sources: the price history of AWS of 2015, when a true auction set it, as
//! `prateek-s/spot-price-model` keeps it (one market a file); the prices of AWS and Azure of 2020 in
//! the logs of Narayanan et al., "Analysis and Exploitation of Dynamic Pricing in the Public Cloud for
//! ML Training", DISPA 2020.
//!
//! A price is in USD per instance-hour and holds from its row's instant until the next price of the
//! same instance type and zone.

use super::calendar::Moment;
use super::import::error::TraceError;
use super::import::table::Table;
use crate::scenario::demand::TraceFormat;
use crate::units::Money;

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
    is_daily: bool,
}

const ZONE: &str = "AvailabilityZone";
const INSTANCE: &str = "InstanceType";
const PRICE: &str = "SpotPrice";

impl Quotes {
    /// The prices of an open file.
    pub(super) fn of(table: Table, format: TraceFormat) -> Result<Self, TraceError> {
        table.must_be(format)?;
        let is_daily = format == TraceFormat::AzureSpot2020;
        let (time, zone, instance, prices) = if is_daily {
            (0, None, None, (1..table.header().len()).collect())
        } else if format == TraceFormat::AwsSpot2020 {
            let (zone, instance) = (table.column(ZONE)?, table.column(INSTANCE)?);
            (table.column("Timestamp")?, Some(zone), Some(instance), vec![table.column(PRICE)?])
        } else {
            (table.column("timestamp")?, None, None, vec![table.column(PRICE)?])
        };
        Ok(Self { table, time, zone, instance, prices, is_daily })
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
        let is_stated = |place: &&usize| !self.is_daily || !self.field(**place).is_empty();
        self.prices.iter().filter(is_stated).map(|place| self.quote(*place))
    }
    /// The error of the present row's instant.
    fn bad_time(&self, expected: &str) -> TraceError {
        self.table.malformed_at(self.time, expected)
    }

    fn field(&self, place: usize) -> &str {
        self.table.record().get(place).unwrap_or_default()
    }
    fn quote(&self, place: usize) -> Result<Quote<'_>, TraceError> {
        let text = self.field(self.time);
        let (at, like) = if self.is_daily {
            (Moment::parse_month_first(text), "a day such as 2/24/2020")
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
            None if self.is_daily => header(),
            None => "",
        };
        Ok(Quote { at, zone: self.zone.map_or("", |zone| self.field(zone)), instance, price })
    }
}
