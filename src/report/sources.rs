//! What a run was made from: the scenario and the profile in full, and all that decides its random numbers.

use super::parts::{Fact, FileText};
use crate::figures::written::{count, duration};
use crate::scenario::Scenario;
use crate::scenario::rules::DEFAULT_PROFILE;
use crate::units::SimTime;
use jiff::Timestamp;

/// What a scenario is, and the files that it was read from, with their digests.
pub fn facts_of_scenario(scenario: &Scenario) -> Vec<Fact> {
    let since_zero = |at: SimTime| duration(at.saturating_since(SimTime::ZERO));
    let warm_up = match scenario.warm_up {
        SimTime::ZERO => "none: figures are of the whole run".to_owned(),
        warm_up => format!("{}, left out of the figures", since_zero(warm_up)),
    };
    let mut facts = vec![
        Fact::code("Version", format!("walras {}", env!("CARGO_PKG_VERSION"))),
        Fact::code("Scenario", scenario.source.path.as_str()),
        Fact::words("Length", since_zero(scenario.horizon)),
        Fact::words("Warm-up", warm_up),
        Fact::words("Start", start(scenario)),
        Fact::words("Market", profile(scenario)),
    ];
    if !scenario.profile.source.is_empty() {
        facts.push(Fact::words("Source of its rules", scenario.profile.source.as_str()));
    }
    let set = scenario.overrides.iter().map(|set| Fact::code("Set", set.as_str()));
    facts.extend(set);
    let of = |number: usize, one: &str| {
        let s = if number == 1 { "" } else { "s" };
        format!("{} {one}{s}", count(number as u64))
    };
    let gpus: u64 = scenario.hosts.iter().map(|host| u64::from(host.gpus)).sum();
    let mut made = vec![
        of(scenario.hosts.len(), "host"),
        format!("{} GPUs", count(gpus)),
        of(scenario.accounts.len(), "account"),
        of(scenario.segments.len(), "segment"),
    ];
    if !scenario.endpoints.is_empty() {
        made.push(of(scenario.endpoints.len(), "endpoint"));
    }
    if !scenario.script.is_empty() {
        made.push(of(scenario.script.len(), "scripted action"));
    }
    facts.push(Fact::words("Made of", made.join(", ")));
    let files = std::iter::once(&scenario.source).chain(&scenario.inputs);
    let digest =
        |file: &crate::scenario::model::InputFile| format!("{}  {}", file.path, file.digest);
    facts.extend(files.map(|file| Fact::code("BLAKE3", digest(file))));
    facts
}

/// What time 0 is in the calendar.
fn start(scenario: &Scenario) -> String {
    let instant = Timestamp::from_second(scenario.start_unix_s).unwrap_or_default();
    let written = instant.strftime("%A, %-d %B %Y, %H:%M UTC").to_string();
    match scenario.stated_start() {
        Some(_) => written,
        None => format!("{written} (not stated)"),
    }
}

/// The rules of which market, of which day.
fn profile(scenario: &Scenario) -> String {
    let profile = &scenario.profile;
    match profile.name.as_str() {
        "" => "no profile".to_owned(),
        name => format!("{name}, as of {}", profile.date),
    }
}

/// All that a scenario was read from, as it was read: its own file, those that it includes, its profile.
pub fn texts_of_scenario(scenario: &Scenario) -> Vec<FileText> {
    let own = &scenario.source.path;
    let what = |path: &str| {
        let name =
            path.strip_prefix("scenarios/profiles/").and_then(|name| name.strip_suffix(".ron"));
        match name {
            _ if path == own => "the scenario",
            Some(name) if name == scenario.profile.name => "the market's profile",
            Some(name) if name == DEFAULT_PROFILE => {
                "the default profile, which holds in what the other leaves out"
            }
            _ => "read by the scenario",
        }
    };
    let text = |source: &crate::scenario::model::SourceText| FileText {
        path: source.path.clone(),
        what: what(&source.path).to_owned(),
        text: source.text.clone(),
    };
    scenario.texts.iter().map(text).collect()
}
