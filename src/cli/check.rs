//! `walras check`: what a scenario would run.

mod endpoints;
mod failures;
mod prices;
mod reserve;
mod supply;

use super::ScenarioArguments;
use super::print::{complain, count, dollars, duration, number, say, table};
use super::progress::Bar;
use crate::ids::{GpuTypeId, Id};
use crate::policy::Registry;
use crate::scenario::Scenario;
use crate::scenario::checkpointing::Checkpointing;
use crate::scenario::model::{HostSpec, Scope};
use crate::scenario::rules::{Profile, WorkSpeed};
use crate::units::{Money, SimTime};
use crate::workload::floors::Floors;
use crate::workload::offered::{Forecast, Offered, forecast};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    of: ScenarioArguments,
}

/// Checks the scenario that the arguments name, and says what it holds.
pub(super) fn check(arguments: &CheckArguments) -> Result<(), ExitCode> {
    let scenario = arguments.of.read()?;
    let seed = arguments.of.seed.unwrap_or(scenario.seed);
    let offered = draw(&scenario, (seed, arguments.of.replication))?;
    let length = scenario.horizon.saturating_since(SimTime::ZERO);
    let Profile { name, date, source } = &scenario.profile;
    say(format!("\n{}: {}, profile {name}, as of {date}", scenario.title, duration(length)))?;
    say(format!("Rules: {source}"))?;
    say(format!("\nFleet\n{}", fleet(&scenario)))?;
    if let Some(providers) = supply::providers(&scenario) {
        say(format!(
            "\nProviders who come and go; of these the fleet has those of the start\n{providers}"
        ))?;
    }
    if let Some(failing) = failures::failing(&scenario) {
        say(format!("\nHosts that fail at random\n{failing}"))?;
    }
    if let Some(moving) = prices::moving(&scenario) {
        say(format!("\nList prices that move, from those stated\n{moving}"))?;
    }
    if let Some(endpoints) = endpoints::endpoints(&scenario) {
        say(format!("\nServerless endpoints\n{endpoints}"))?;
    }
    for kept in reserve::kept_by_floors(&scenario) {
        say(format!("\n{kept}"))?;
    }
    let times = (seed, arguments.of.replication);
    if offered.by_types.is_empty() {
        let pods = if scenario.endpoints.is_empty() { "" } else { " for pods" };
        say(format!("\nNo random demand{pods}"))?;
    } else {
        let rows = demand(&scenario, &offered);
        let header = [
            "GPU types accepted",
            "requests",
            "spot",
            "largest",
            "GPU-h",
            "mean GPUs",
            "of",
            "load",
        ];
        say(format!("\nDemand offered (seed {}, replication {})", times.0, times.1))?;
        say(table(header, rows))?;
        if scenario.rules.work_speed == WorkSpeed::Relative {
            say(
                "Work is counted in GPU-hours of the first type that each request names (POD-25).",
            )?;
        }
        overhead(&scenario, &offered)?;
        unmet(&scenario, &offered)?;
    }
    say(format!("\nMoney in play\n{}", table(["", "USD"], money(&scenario, &offered))))?;
    if 0 < offered.refused_deposits {
        let refused = count(offered.refused_deposits);
        say(format!("\nDeposits by plan that will be refused, {}: {refused}", small(&scenario)))?;
    }
    say(format!("\n{}", script(&scenario, &offered)))
}

/// Draws the demand, and shows how far that is.
fn draw(scenario: &Scenario, run: (u64, u64)) -> Result<Forecast, ExitCode> {
    /// Steps of the bar to a part, whatever the horizon.
    const STEPS: u64 = 1_000;
    let bar = Bar::new(1, "drawing demand".to_owned());
    let horizon = scenario.horizon.micros().max(1);
    let intervals = Registry::new().checkpoint_intervals(scenario).map_err(|error| {
        complain(format!("error: {error}"));
        ExitCode::from(2)
    })?;
    let offered = forecast(scenario, run, &intervals, &mut |drawn| {
        let within = u128::from(drawn.at.micros().min(horizon)) * u128::from(STEPS);
        let within = u64::try_from(within / u128::from(horizon)).unwrap_or(STEPS);
        bar.set_length(drawn.parts.saturating_mul(STEPS));
        let words = format!("{} draws of demand", count(drawn.count));
        bar.show(drawn.part.saturating_mul(STEPS).saturating_add(within), (words, String::new()));
    });
    bar.clear();
    offered.map_err(|error| {
        complain(format!("error: {error}"));
        ExitCode::from(2)
    })
}

/// POD-20. What of the demand is no work, and what is not in it.
fn overhead(scenario: &Scenario, offered: &Forecast) -> Result<(), ExitCode> {
    let writing = offered.by_types.values().map(|offered| offered.checkpoints.as_gpu_seconds_f64());
    let writing: f64 = writing.sum();
    if 0.0 < writing {
        let hours = number(writing / 3_600.0, 1);
        say(format!("Of these, {hours} GPU-h go into checkpoints, if nothing interrupts them."))?;
    }
    let takes = |terms: Checkpointing| !terms.restart.is_zero() || terms.on_sigterm;
    if scenario.segments.iter().filter_map(|segment| segment.checkpoint).any(takes) {
        say(
            "Restarts, checkpoints at SIGTERM and work that is done again hang on interruptions, and are left out.",
        )?;
    }
    Ok(())
}

/// Random demand that the market will never serve.
fn unmet(scenario: &Scenario, offered: &Forecast) -> Result<(), ExitCode> {
    if 0 < offered.late {
        let late = count(offered.late);
        let why = "as the run or their segment is over by then";
        say(format!("\nRequests of traces left out, {why}: {late}"))?;
    }
    let spot: u64 = offered.by_types.values().map(|offered| offered.spot).sum();
    if !scenario.rules.spot && 0 < spot {
        say(format!("\nThe rules have no spot: {} requests will be refused", count(spot)))?;
    } else if 0 < offered.below_floor {
        let below = count(offered.below_floor);
        say(format!(
            "\nRequests that can never be placed, as they bid below every floor: {below}"
        ))?;
    }
    Ok(())
}

/// ACCT-02. Why a payment is refused.
fn small(scenario: &Scenario) -> String {
    format!("as they are below the minimum of {} USD", scenario.rules.minimum_deposit)
}

/// How many actions the script has, how many of them the run is too short for, and how many ask for
/// what they can never get.
fn script(scenario: &Scenario, forecast: &Forecast) -> String {
    let actions = scenario.script.len();
    let late = scenario.script.iter().filter(|action| scenario.horizon < action.at).count();
    let all = format!("{actions} scripted action{}", if actions == 1 { "" } else { "s" });
    let mut said = match late {
        0 => all,
        1 => format!("{all}, of which 1 comes after the horizon and never happens"),
        _ => format!("{all}, of which {late} come after the horizon and never happen"),
    };
    let below = Floors::of(scenario).refused_actions();
    if scenario.rules.spot && 0 < below {
        let why = "as they bid below every floor";
        said += &format!("\nScripted requests that can never be placed, {why}: {below}");
    }
    if 0 < forecast.refused_payments {
        let (why, refused) = (small(scenario), count(forecast.refused_payments));
        said += &format!("\nScripted payments that will be refused, {why}: {refused}");
    }
    said
}

fn name(scenario: &Scenario, gpu_type: GpuTypeId) -> &str {
    &scenario.gpu_types[gpu_type.index()].display_name
}

/// A row for each GPU type in each cloud.
fn fleet(scenario: &Scenario) -> String {
    let row = |(index, scope): (usize, &Scope)| {
        let of_scope =
            |(host, _): &(&HostSpec, u64)| scenario.pools[host.pool.index()].scope.index() == index;
        let hosts: Vec<_> = scenario.hosts_like().filter(of_scope).collect();
        let pools = scenario.pools.iter().filter(|pool| pool.scope.index() == index);
        [
            name(scenario, scope.gpu_type).to_owned(),
            scope.cloud.word().to_owned(),
            count(pools.filter(|pool| pool.datacenter.is_some()).count().try_into().unwrap_or(0)),
            count(hosts.iter().map(|(_, count)| count).sum()),
            count(hosts.iter().map(gpus).sum()),
            scope.on_demand.to_string(),
            scope.min_bid.to_string(),
        ]
    };
    let scopes = scenario.scopes.iter().enumerate().filter(|(_, scope)| scope.has_hosts);
    let header = ["GPU type", "cloud", "data centers", "hosts", "GPUs", "USD/GPU-h", "lowest bid"];
    table(header, scopes.map(row).collect())
}

/// GPUs of all hosts whose type is among `types`.
fn capacity(scenario: &Scenario, types: &[GpuTypeId]) -> u64 {
    let able = scenario.hosts_like().filter(|(host, _)| {
        let scope = scenario.pools[host.pool.index()].scope;
        types.contains(&scenario.scopes[scope.index()].gpu_type)
    });
    able.map(|hosts| gpus(&hosts)).sum()
}

/// GPUs of so many hosts alike.
fn gpus((host, count): &(&HostSpec, u64)) -> u64 {
    u64::from(host.gpus) * count
}

/// A row for each list of acceptable GPU types, and one for all.
fn demand(scenario: &Scenario, forecast: &Forecast) -> Vec<[String; 8]> {
    let length = scenario.horizon.saturating_since(SimTime::ZERO);
    let row = |label: String, offered: &Offered, gpus: u64| {
        let mean = offered.mean_gpus(length);
        [
            label,
            count(offered.requests),
            count(offered.spot),
            count(offered.largest.into()),
            number(offered.gpu_time.as_gpu_seconds_f64() / 3_600.0, 1),
            number(mean, 2),
            count(gpus),
            if gpus == 0 { "-".to_owned() } else { format!("{:.3}", mean / as_f64(gpus)) },
        ]
    };
    let mut rows = Vec::new();
    let mut total = Offered::default();
    for (list, offered) in &forecast.by_types {
        let types = &scenario.type_lists[*list as usize];
        let names: Vec<&str> = types.iter().map(|id| name(scenario, *id)).collect();
        rows.push(row(names.join(" | "), offered, capacity(scenario, types)));
        total += *offered;
    }
    if 1 < rows.len() {
        let all = scenario.hosts_like().map(|hosts| gpus(&hosts)).sum();
        rows.push(row("all".to_owned(), &total, all));
    }
    rows
}

#[expect(clippy::cast_precision_loss, reason = "fleets have fewer than 2^53 GPUs")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

fn money(scenario: &Scenario, forecast: &Forecast) -> Vec<[String; 2]> {
    let sum = |amount: fn(&Offered) -> Money| forecast.by_types.values().map(amount).sum();
    // AIE-01. The platform's own account is nobody's.
    let platform = scenario.endpoints.iter().any(|endpoint| endpoint.model.is_some());
    let of_people = scenario.accounts.len() - usize::from(platform);
    let accounts = count(of_people.try_into().unwrap_or(u64::MAX));
    let (s, verb) = if of_people == 1 { ("", "s") } else { ("s", "") };
    let stated = if prices::move_at_all(scenario) { " as they are at the start" } else { "" };
    let open = u32::try_from(of_people).unwrap_or(u32::MAX);
    let rows: [(String, Money); 7] = [
        (format!("{accounts} account{s} open{verb} with"), forecast.opening),
        ("trial credit".to_owned(), scenario.rules.trial_credit.times(open)),
        ("paid in later, by plan".to_owned(), forecast.later),
        ("paid in by the script".to_owned(), forecast.scripted),
        ("adjusted by the script".to_owned(), forecast.adjusted),
        (
            format!("random demand costs at list prices{stated}"),
            sum(|offered| offered.at_list_price),
        ),
        ("its work is worth".to_owned(), sum(|offered| offered.value)),
    ];
    let stated = rows.into_iter().enumerate();
    let stated = stated.filter(|(index, (_, amount))| *index == 0 || !amount.is_zero());
    stated.map(|(_, (label, amount))| [label, dollars(amount)]).collect()
}
