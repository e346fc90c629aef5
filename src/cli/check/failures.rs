//! What `walras check` says of hosts that fail at random.

use crate::cli::print::{count, duration, number, table};
use crate::ids::{HostId, Id};
use crate::scenario::Scenario;
use crate::scenario::model::{FailureTimes, Failures, Loss};
use crate::units::{SimTime, Span};

/// A row for each group of hosts and each loss; none if no host fails.
pub(super) fn failing(scenario: &Scenario) -> Option<String> {
    let header =
        ["hosts", "of them", "lose", "mean time to failure", "to repair", "there, in the long run"];
    let mut rows: Vec<_> =
        scenario.failures.iter().map(|failures| row(scenario, failures)).collect();
    for supply in &scenario.supply {
        let of_each = |failures: &Failures| {
            let [_, _, rest @ ..] = row(scenario, failures);
            let [lose, up, down, there] = rest;
            [format!("{0}-1, {0}-2, …", supply.name), "each".to_owned(), lose, up, down, there]
        };
        rows.extend(supply.failures.iter().map(of_each));
    }
    (!rows.is_empty()).then(|| table(header, rows))
}

fn row(scenario: &Scenario, failures: &Failures) -> [String; 6] {
    let name = |host: &HostId| scenario.hosts[host.index()].name.clone();
    let names = match &failures.hosts[..] {
        [] => String::new(),
        [only] => name(only),
        [first, .., last] => format!("{} to {}", name(first), name(last)),
    };
    let lose = lost(failures.loss);
    let Some((up, down)) = failures.times.means() else {
        return recorded(scenario, names, failures);
    };
    let there = match (up.is_finite(), down.is_finite()) {
        (true, true) => format!("{} %", number(100.0 * up / (up + down), 3)),
        (false, true) => "always".to_owned(),
        (_, false) => "no longer".to_owned(),
    };
    [
        names,
        count(failures.hosts.len().try_into().unwrap_or(u64::MAX)),
        format!("{lose}{}", if failures.together { ", at once" } else { "" }),
        mean(up),
        mean(down),
        there,
    ]
}

/// Of a trace: what it tells up to the horizon.
fn recorded(scenario: &Scenario, names: String, failures: &Failures) -> [String; 6] {
    let FailureTimes::Recorded(outages) = &failures.times else { return Default::default() };
    let (mut away, mut times) = (Span::ZERO.as_seconds_f64(), 0_u64);
    for place in 0..failures.hosts.len() {
        for outage in outages.of(place).iter().filter(|outage| outage.from < scenario.horizon) {
            times += 1;
            away += (outage.until.min(scenario.horizon) - outage.from).as_seconds_f64();
        }
    }
    let hosts = u64::try_from(failures.hosts.len()).unwrap_or(u64::MAX);
    if hosts == 0 {
        // Providers: when they will have joined nobody knows.
        let by_trace = "by a trace".to_owned();
        return [
            names,
            count(hosts),
            lost(failures.loss).to_owned(),
            by_trace,
            String::new(),
            String::new(),
        ];
    }
    #[expect(clippy::cast_precision_loss, reason = "a share to look at")]
    let all = (scenario.horizon - SimTime::ZERO).as_seconds_f64() * hosts as f64;
    [
        names,
        count(hosts),
        lost(failures.loss).to_owned(),
        format!("{} by a trace", count(times)),
        String::new(),
        format!("{} % of the run", number(100.0 * (1.0 - away / all), 3)),
    ]
}

const fn lost(loss: Loss) -> &'static str {
    match loss {
        Loss::Power => "power",
        Loss::Network => "network",
    }
}

fn mean(seconds: f64) -> String {
    if seconds.is_finite() {
        duration(Span::from_seconds_f64(seconds))
    } else {
        "unbounded".to_owned()
    }
}
