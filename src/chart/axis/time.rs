//! The axis of time: whole days, hours or minutes since the start, or dates.

use super::{Axis, Scale, Tick};
use crate::chart::quantity::Quantity;
use crate::scenario::Scenario;
use crate::units::{SimTime, Span};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How far ticks may lie apart, in seconds.
const STEPS: [u32; 24] = [
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1_800,
    3_600,
    7_200,
    10_800,
    21_600,
    43_200,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    30 * DAY,
    60 * DAY,
    180 * DAY,
];
const DAY: u32 = 86_400;
/// So many ticks at most.
const MOST: f64 = 10.0;

impl Axis {
    /// The time of a run, from its start to its horizon.
    pub(in crate::chart) fn of_run(scenario: &Scenario) -> Self {
        Self::time(scenario.horizon, scenario.stated_start())
    }

    /// The time from 0 to `until`; `start`: the calendar instant of time 0, in seconds since 1970, if one was
    /// stated.
    pub(super) fn time(until: SimTime, start: Option<i64>) -> Self {
        let to = until.saturating_since(SimTime::ZERO).as_seconds_f64().max(1e-6);
        // A long time is not told in small units, but for hours of the calendar.
        let least = match to {
            _ if start.is_some() => 1,
            long if f64::from(2 * DAY) < long => DAY,
            hours if 7_200.0 < hours => 3_600,
            _ => 1,
        };
        let fits = |step: &u32| least <= *step && to / f64::from(*step) <= MOST;
        let step = STEPS.into_iter().find(fits).unwrap_or_else(|| 365 * DAY * years(to));
        let (label, ticks) = match start {
            Some(start) => dates((start, to), step),
            None => since_start(to, step),
        };
        let (quantity, scale) = (Quantity::Time, Scale::Linear);
        Self { label, quantity, scale, from: 0.0, to, ticks }
    }
}

/// The least round length of time that is no less than `least`, in seconds.
pub(super) fn round_step(least: f64) -> f64 {
    let step = STEPS.into_iter().map(f64::from).find(|step| least <= *step);
    step.unwrap_or_else(|| 365.0 * f64::from(DAY) * (least / (365.0 * f64::from(DAY))).ceil())
}

/// So many years lie between the ticks of a very long run.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few years")]
fn years(to: f64) -> u32 {
    (to / (365.0 * f64::from(DAY)) / MOST).ceil() as u32
}

/// The unit in which multiples of `step` are whole numbers, in seconds, and its name.
const fn unit(step: u32) -> (u32, &'static str) {
    match step {
        _ if step.is_multiple_of(DAY) => (DAY, "days"),
        _ if step.is_multiple_of(3_600) => (3_600, "hours"),
        _ if step.is_multiple_of(60) => (60, "minutes"),
        _ => (1, "seconds"),
    }
}

fn since_start(to: f64, step: u32) -> (String, Vec<Tick>) {
    let (unit, name) = unit(step);
    let ticks = (0..).map(|n: u32| n * step).take_while(|at| f64::from(*at) <= to * (1.0 + 1e-9));
    let ticks = ticks.map(|at| Tick { at: at.into(), label: (at / unit).to_string() });
    (format!("time since the start, {name}"), ticks.collect())
}

/// Midnights, or hours of the day, as the calendar has them (UTC, as scenarios state their start).
fn dates((start, to): (i64, f64), step: u32) -> (String, Vec<Tick>) {
    let ticks = if 30 * DAY <= step { months((start, to)) } else { instants((start, to), step) };
    let start = Timestamp::from_second(start).unwrap_or_default();
    (start.strftime("UTC, from %-d %B %Y on").to_string(), ticks)
}

fn instants((start, to): (i64, f64), step: u32) -> Vec<Tick> {
    let first = (-start).rem_euclid(i64::from(step.min(DAY)));
    let first = u32::try_from(first).expect("less than a day");
    let instants = (0..).map(|n: u32| first + n * step);
    let written = |at: u32| {
        let instant = Timestamp::from_second(start + i64::from(at)).unwrap_or_default();
        let is_midnight = (start + i64::from(at)).rem_euclid(i64::from(DAY)) == 0;
        let written = match (is_midnight, step < 60) {
            (true, _) => "%-d %b",
            (false, true) => "%H:%M:%S",
            (false, false) => "%H:%M",
        };
        instant.strftime(written).to_string()
    };
    let ticks = instants.take_while(|at| f64::from(*at) <= to * (1.0 + 1e-9));
    ticks.map(|at| Tick { at: at.into(), label: written(at) }).collect()
}

/// How many months ticks may lie apart.
const MONTHS: [u32; 8] = [1, 2, 3, 6, 12, 24, 60, 120];

/// Firsts of months, every first, second, third or sixth, or of years; with the year at the first of them and at
/// each January.
fn months((start, to): (i64, f64)) -> Vec<Tick> {
    let in_all = to / (f64::from(DAY) * 30.4);
    let fits = |months: &u32| in_all / f64::from(*months) <= MOST;
    let step = MONTHS.into_iter().find(fits).unwrap_or(1_200);
    let begin = Timestamp::from_second(start).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    let from = i64::from(begin.year()) * 12 + i64::from(begin.month()) - 1;
    let mut ticks: Vec<Tick> = Vec::new();
    for month in (from..).filter(|month| month % i64::from(step) == 0) {
        let Some(date) = first_of(month) else { break };
        let Ok(midnight) = date.to_zoned(TimeZone::UTC) else { break };
        let since = midnight.timestamp().as_second() - start;
        let at = Span::from_seconds(since.unsigned_abs()).as_seconds_f64();
        if since < 0 {
            continue;
        }
        if to * (1.0 + 1e-9) < at {
            break;
        }
        let has_year = ticks.is_empty() || date.month() == 1;
        let written = match (step < 12, has_year) {
            (true, true) => "%b %Y",
            (true, false) => "%b",
            (false, _) => "%Y",
        };
        ticks.push(Tick { at, label: date.strftime(written).to_string() });
    }
    ticks
}

/// The first day of a month, counted from the year 0; none that the calendar does not have.
fn first_of(month: i64) -> Option<Date> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    let month = i8::try_from(month.rem_euclid(12) + 1).ok()?;
    Date::new(year, month, 1).ok()
}

/// A length of time for a title: `7 days`, `36 hours`, `90 minutes`.
pub(in crate::chart) fn length(span: Span) -> String {
    let seconds = span.as_seconds_f64();
    let (unit, name) = match seconds {
        _ if seconds < 600.0 => (1.0, "second"),
        _ if seconds < 7_200.0 => (60.0, "minute"),
        _ if seconds < 172_800.0 && 0.5 < (seconds % 86_400.0).abs() => (3_600.0, "hour"),
        _ => (86_400.0, "day"),
    };
    let many = Quantity::Number.written(seconds / unit);
    let s = if many == "1" { "" } else { "s" };
    format!("{many} {name}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn time_is_told_in_days_hours_or_minutes() {
        let at = SimTime::from_seconds;
        let week = Axis::time(at(7 * 86_400), None);
        assert_eq!(labels(&week), ["0", "1", "2", "3", "4", "5", "6", "7"]);
        assert_eq!(week.label, "time since the start, days");
        let day = Axis::time(at(86_400), None);
        assert_eq!(labels(&day), ["0", "3", "6", "9", "12", "15", "18", "21", "24"]);
        assert_eq!(day.label, "time since the start, hours");
        assert_eq!(labels(&Axis::time(at(90), None)).last(), Some(&"90"));
        let years = Axis::time(at(86_400 * 365 * 12), None);
        assert!(years.ticks.len() < 11);
    }

    #[test]
    fn a_stated_start_brings_the_calendar() {
        let at = SimTime::from_seconds;
        // 2023-11-14 22:13:20 UTC.
        let week = Axis::time(at(6 * 86_400), Some(1_700_000_000));
        let dates = ["15 Nov", "16 Nov", "17 Nov", "18 Nov", "19 Nov", "20 Nov"];
        assert_eq!(labels(&week), dates);
        assert_eq!(week.label, "UTC, from 14 November 2023 on");
        let short = Axis::time(at(90), Some(1_700_000_000));
        assert_eq!(labels(&short)[..3], ["22:13:20", "22:13:30", "22:13:40"]);
        let hours = Axis::time(at(6 * 3_600), Some(1_700_000_000));
        assert_eq!(labels(&hours), ["23:00", "15 Nov", "01:00", "02:00", "03:00", "04:00"]);
    }

    #[test]
    fn long_runs_have_firsts_of_months_and_years() {
        let axis =
            |days: u64| Axis::time(SimTime::from_seconds(days * 86_400), Some(1_709_510_400));
        // From 4 March 2024 on.
        let months = ["May 2024", "Jul", "Sep", "Nov", "Jan 2025", "Mar"];
        assert_eq!(labels(&axis(365)), months);
        let first = axis(365).ticks[0].at / 86_400.0;
        assert!((first - 58.0).abs() < 1e-9, "1 May is 58 days later: {first}");
        let quarters =
            ["Apr 2024", "Jul", "Oct", "Jan 2025", "Apr", "Jul", "Oct", "Jan 2026", "Apr"];
        assert_eq!(labels(&axis(800)), quarters);
        assert_eq!(labels(&axis(365 * 5)), ["2025", "2026", "2027", "2028", "2029"]);
    }

    #[test]
    fn lengths_have_their_unit() {
        let cases =
            [(60, "60 seconds"), (7_200, "2 hours"), (86_400, "1 day"), (604_800, "7 days")];
        for (seconds, text) in cases {
            assert_eq!(length(Span::from_seconds(seconds)), text);
        }
    }
}
