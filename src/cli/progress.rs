//! The progress bar, and the wall clock, which belongs to it and to the manifest's timing block alone.

use super::print::{duration, number};
use crate::engine::{Outcome, Progress};
use crate::experiment::manifest::Timing;
use crate::units::SimTime;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Instant;

/// Simulated time, events per second and time left, where stderr is a terminal.
pub(super) struct Bar {
    bar: ProgressBar,
    begun: Instant,
    /// The horizon, as people say it.
    whole: String,
}

impl Bar {
    #[expect(clippy::disallowed_methods, reason = "the bar and the timing block show real time")]
    pub(super) fn new(horizon: SimTime) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(horizon.micros())
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let whole = duration(horizon.saturating_since(SimTime::ZERO));
        bar.set_message(format!("of {whole}"));
        Self { bar, begun: Instant::now(), whole }
    }
    pub(super) fn show(&self, progress: Progress) {
        let rate = short(self.rate(progress.events));
        self.bar.set_position(progress.now.micros());
        let passed = duration(progress.now.saturating_since(SimTime::ZERO));
        let left = HumanDuration(self.bar.eta());
        self.bar.set_message(format!("{passed} of {}, {rate} events/s, {left} left", self.whole));
    }
    pub(super) fn abandon(&self) {
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
