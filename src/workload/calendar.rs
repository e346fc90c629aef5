//! Calendar instants of traces: seconds since 1970 on the trace's own clock, whatever its zone.
//!
//! No zone is converted: most traces state local times without one, and only differences are used.
//! Time 0 of such a trace is the midnight that begins the day of its first row, so that hours of the
//! day stay what they were.

use crate::units::Span;
use jiff::civil::{Date, DateTime};
use std::fmt;

/// An instant on a trace's clock, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

const DAY: i64 = 86_400;

impl Moment {
    /// This many seconds after 1970-01-01 00:00:00.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }
    /// Seconds since 1970-01-01 00:00:00.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }
    /// Reads `2017-09-04 10:30:41`, also with a `T` between and a `Z` behind; a date alone is its
    /// midnight.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
        let [year, month, day] = numbers(date, '-')?;
        let [hour, minute, second] = numbers(time, ':')?;
        let lengths = |text: &str, mark| text.split(mark).map(str::len).collect::<Vec<_>>();
        let is_padded = lengths(date, '-') == [4, 2, 2] && lengths(time, ':') == [2, 2, 2];
        if !is_padded || 23 < hour || 59 < minute || 59 < second {
            return None;
        }
        Self::at(year, month, day)
            .map(|midnight| Self(midnight.0 + i64::from(hour * 3_600 + minute * 60 + second)))
    }
    /// Reads `2/24/2020`, the month first: the midnight that begins this day.
    pub fn parse_month_first(text: &str) -> Option<Self> {
        let [month, day, year] = numbers(text, '/')?;
        Self::at(year, month, day)
    }
    /// The midnight that begins its day.
    pub const fn midnight(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY))
    }
    /// The time since `earlier`; none if that is later.
    pub fn since(self, earlier: Self) -> Option<Span> {
        let micros = self.0.checked_sub(earlier.0)?.checked_mul(1_000_000)?;
        u64::try_from(micros).ok().map(Span::from_micros)
    }

    fn at(year: u32, month: u32, day: u32) -> Option<Self> {
        let date = Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        );
        let zoned = date.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_second()))
    }
}

/// Three whole numbers with `separator` between them.
fn numbers(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut found = [0; 3];
    let mut parts = text.split(separator);
    for number in &mut found {
        let part = parts.next()?;
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = is_number.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(found)
}

impl fmt::Display for Moment {
    /// `2017-09-04 10:30:41`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(instant) = jiff::Timestamp::from_second(self.0) else {
            return write!(f, "{} s since 1970", self.0);
        };
        let at: DateTime = instant.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let (date, time) = (at.date(), at.time());
        write!(f, "{date} {:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_shown() {
        let expected = Moment::from_unix_seconds(1_504_521_041);
        for text in ["2017-09-04 10:30:41", "2017-09-04T10:30:41", "2017-09-04T10:30:41Z"] {
            assert_eq!(Moment::parse(text), Some(expected), "{text}");
        }
        assert_eq!(expected.to_string(), "2017-09-04 10:30:41");
        assert_eq!(expected.midnight(), Moment::parse("2017-09-04").unwrap());
        let leap = Moment::parse("2020-02-29").unwrap();
        assert_eq!(Moment::parse_month_first("2/29/2020"), Some(leap));
        assert_eq!(Moment::parse_month_first("02/29/2020"), Some(leap));
        assert_eq!(leap.since(expected.midnight()), Some(Span::DAY * 908));
        assert_eq!(expected.since(leap), None);
        let before = Moment::parse("1969-12-31 23:59:59").unwrap();
        assert_eq!((before.unix_seconds(), before.midnight().unix_seconds()), (-1, -86_400));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "soon",
            "2017-9-4 10:30:41",
            "2017-02-29",
            "2017-09-04 24:00:00",
            "2017-09-04 10:60:00",
            "2017-09-04 10:30",
            "2017-09-04 10:30:41.5",
            "2017-09-04  10:30:41",
            "17-09-0004",
            "-017-09-04",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        for text in ["24/2/2020", "2/24", "2-24-2020", "2/24/2020/1", "+2/24/2020"] {
            assert_eq!(Moment::parse_month_first(text), None, "{text}");
        }
    }
}
