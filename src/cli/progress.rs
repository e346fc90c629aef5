//! The progress bar, and the wall clock, which belongs to it and to the manifest's timing block alone.

use super::print::{duration, number};
use crate::engine::{Outcome, Progress};
use crate::experiment::manifest::Timing;
use crate::units::SimTime;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Instant;

/// How far the work is, shown where stderr is a terminal.
pub(super) struct Bar {
    bar: ProgressBar,
    begun: Instant,
}

/// The length of one run of many.
pub(super) const RUN: u64 = 1_000;

/// Columns before the words, with the bar and without.
const BEFORE_WORDS: usize = "xxxxxxxxxxxxxxxxxxxx 100 %  ".len();
const BEFORE_NARROW_WORDS: usize = "100 %  ".len();
/// The words are cut at the terminal's edge: a line that wraps could not be drawn over.
const LINE: &str = "{bar:20} {percent:>3} %  {wide_msg}";
/// Where there is room for no bar.
const NARROW_LINE: &str = "{percent:>3} %  {wide_msg}";
/// Terminals at least so wide show the bar.
const LEAST_FOR_BAR: usize = 48;

impl Bar {
    /// A bar of this length; `words` say what is about to begin.
    #[expect(clippy::disallowed_methods, reason = "the bar and the timing block show real time")]
    pub(super) fn new(length: u64, words: String) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(length)
        } else {
            ProgressBar::hidden()
        };
        let line = if columns() < LEAST_FOR_BAR { NARROW_LINE } else { LINE };
        let style = ProgressStyle::with_template(line);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(words);
        Self { bar, begun: Instant::now() }
    }
    /// The bar of a run: simulated time, time left, events per second.
    pub(super) fn of_run(horizon: SimTime) -> Self {
        let whole = duration(horizon.saturating_since(SimTime::ZERO));
        Self::new(horizon.micros(), format!("of {whole}"))
    }
    pub(super) fn show_run(&self, progress: Progress, horizon: SimTime) {
        let passed = duration(progress.now.saturating_since(SimTime::ZERO));
        let whole = duration(horizon.saturating_since(SimTime::ZERO));
        let rate = short(self.rate(progress.events));
        let words = (format!("{passed} of {whole}"), format!("{rate} events/s"));
        self.show(progress.now.micros(), words);
    }
    /// The bar of at least so many replications of a run.
    pub(super) fn of_replications(horizon: SimTime, count: u32) -> Self {
        let length = horizon.micros().saturating_mul(u64::from(count));
        Self::new(length, format!("of {count} replications"))
    }
    /// Shows where replications stand, each by the microseconds and events that it has come to.
    pub(super) fn show_replications(
        &self,
        reached: impl Iterator<Item = (u64, u64)> + Clone,
        horizon: SimTime,
    ) {
        let sum = |(all, more): (u64, u64), (at, events): (u64, u64)| (all + at, more + events);
        let (at, events) = reached.clone().fold((0, 0), sum);
        let begun = reached.count();
        let length = self.bar.length().unwrap_or_default();
        self.set_length(length.max(horizon.micros().saturating_mul(begun as u64)));
        let rate = short(self.rate(events));
        self.show(at, (format!("{begun} replications begun"), format!("{rate} events/s")));
    }
    /// The bar of at least so many runs of a study.
    pub(super) fn of_runs(count: u64) -> Self {
        Self::new(count.saturating_mul(RUN), format!("of {count} runs"))
    }
    /// Shows that so many runs have begun, which make so many thousandths of runs, and had so many events.
    pub(super) fn show_runs(&self, begun: u64, (thousandths, events): (u64, u64)) {
        let length = self.bar.length().unwrap_or_default();
        self.set_length(length.max(begun.saturating_mul(RUN)));
        let rate = short(self.rate(events));
        self.show(thousandths, (format!("{begun} runs begun"), format!("{rate} events/s")));
    }
    /// Shows that the work has come to `position`, with the time left between words that matter more and
    /// words that a narrow terminal does without.
    pub(super) fn show(&self, position: u64, (first, last): (String, String)) {
        self.bar.set_position(position);
        let left = format!("{:#} left", HumanDuration(self.bar.eta()));
        let columns = columns();
        let before = if columns < LEAST_FOR_BAR { BEFORE_NARROW_WORDS } else { BEFORE_WORDS };
        let room = columns.saturating_sub(before);
        self.bar.set_message(fitting(&[first, left, last], room));
    }
    /// Says how long the work is, once that is known.
    pub(super) fn set_length(&self, length: u64) {
        self.bar.set_length(length);
    }
    /// Takes the line away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
    pub(super) fn finish(&self, outcome: Outcome) -> Timing {
        self.bar.finish_and_clear();
        let wall_s = self.begun.elapsed().as_secs_f64();
        Timing {
            wall_s,
            events_per_s: self.rate(outcome.events),
            peak_memory_bytes: peak_memory_bytes(),
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate to look at")]
    fn rate(&self, events: u64) -> f64 {
        events as f64 / self.begun.elapsed().as_secs_f64().max(1e-9)
    }
}

/// The terminal's width.
fn columns() -> usize {
    usize::from(console::Term::stderr().size().1)
}

/// As many of `words`, joined by commas, as there is room for; the first at any rate.
fn fitting(words: &[String], room: usize) -> String {
    let mut said = String::new();
    for word in words {
        if word.is_empty() {
            continue;
        }
        let more = if said.is_empty() { word.clone() } else { format!("{said}, {word}") };
        if !said.is_empty() && room < more.chars().count() {
            break;
        }
        said = more;
    }
    said
}

/// `850`, `12.3 k`, `1.8 M`.
fn short(rate: f64) -> String {
    match rate {
        _ if rate < 1e3 => number(rate, 0),
        _ if rate < 1e6 => format!("{} k", number(rate / 1e3, 0)),
        _ => format!("{} M", number(rate / 1e6, 1)),
    }
}

/// The most memory that this process has held; Linux counts it in KiB, others in bytes.
#[cfg(unix)]
fn peak_memory_bytes() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let most = u64::try_from(getrusage(UsageWho::RUSAGE_SELF).ok()?.max_rss()).ok()?;
    Some(if cfg!(target_os = "linux") { most * 1024 } else { most })
}

/// Not told here.
#[cfg(not(unix))]
const fn peak_memory_bytes() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_as_many_words_as_the_terminal_has_room_for() {
        let words =
            ["3,500.1 days of 11,200 days", "10m left", "1.8 M events/s"].map(str::to_owned);
        let line = |columns: usize| fitting(&words, columns - BEFORE_WORDS);
        assert_eq!(line(100), "3,500.1 days of 11,200 days, 10m left, 1.8 M events/s");
        assert_eq!(line(80), "3,500.1 days of 11,200 days, 10m left");
        assert_eq!(line(60), "3,500.1 days of 11,200 days");
        for columns in BEFORE_WORDS + words[0].len()..=200 {
            assert!(line(columns).len() + BEFORE_WORDS <= columns, "it wraps at {columns}");
        }
    }
}
