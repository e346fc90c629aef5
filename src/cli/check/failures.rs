//! What `walras check` says of hosts that fail at random.

use crate::cli::print::{count, duration, number, table};
use crate::scenario::Scenario;
use crate::scenario::model::{Failures, Loss};
use crate::units::Span;

/// A row for each group of hosts and each loss; none if no host fails.
pub(super) fn failing(scenario: &Scenario) -> Option<String> {
    let header =
        ["hosts", "of them", "lose", "mean time to failure", "to repair", "there, in the long run"];
    let rows: Vec<_> = scenario.failures.iter().map(|failures| row(scenario, failures)).collect();
    (!rows.is_empty()).then(|| table(header, rows))
}

fn row(scenario: &Scenario, failures: &Failures) -> [String; 6] {
    let hosts = &scenario.hosts[failures.hosts.clone()];
    let names = match hosts {
        [] => String::new(),
        [only] => only.name.clone(),
        [first, .., last] => format!("{} to {}", first.name, last.name),
    };
    let lose = match failures.loss {
        Loss::Power => "power",
        Loss::Network => "network",
    };
    let (up, down) = (failures.time_to_failure.mean(), failures.time_to_repair.mean());
    let there = match (up.is_finite(), down.is_finite()) {
        (true, true) => format!("{} %", number(100.0 * up / (up + down), 3)),
        (false, true) => "always".to_owned(),
        (_, false) => "no longer".to_owned(),
    };
    [
        names,
        count(hosts.len().try_into().unwrap_or(u64::MAX)),
        format!("{lose}{}", if failures.together { ", at once" } else { "" }),
        mean(up),
        mean(down),
        there,
    ]
}

fn mean(seconds: f64) -> String {
    if seconds.is_finite() {
        duration(Span::from_seconds_f64(seconds))
    } else {
        "unbounded".to_owned()
    }
}
