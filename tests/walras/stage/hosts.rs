//! What a script says of hosts' lives: `60 host_leave h notice=30`, `60 maintenance h 100 200`,
//! `60 host_join h2 vetted invited` (of a host that is `later`), and the rules that they go by.

use super::pairs;
use walras::ids::{HostId, Id};
use walras::scenario::Scenario;
use walras::scenario::model::{Action, ActionKind};
use walras::scenario::rules::{CommunityJoins, HostRules};
use walras::units::{Share, SimTime, Span};

/// Actions on hosts that the oracle does not know.
pub(super) const ACTS: [&str; 3] = ["host_leave", "maintenance", "host_join"];
/// The rules that hosts' lives go by.
pub(super) const RULES: [&str; 8] = [
    "community_joins",
    "vetting_time",
    "maintenance_notice",
    "maintenance_delist",
    "heartbeat_interval",
    "reliability_buffer",
    "reliability_window",
    "listing_minimum",
];

fn seconds(text: &str) -> Span {
    Span::parse(&format!("{text}s")).expect("seconds")
}

/// Adds the action on a host that a line states.
pub(super) fn act(scenario: &mut Scenario, line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let instant = |text: &str| SimTime::ZERO + seconds(text);
    let (at, act, name) = (instant(words[0]), words[1], words[2]);
    let index = scenario.hosts.iter().position(|host| host.name == name);
    let host = HostId::from_index(index.expect("a host of that name"));
    let kind = match act {
        "host_leave" => {
            let notice = pairs(line).get("notice").map_or(Span::ZERO, |text| seconds(text));
            ActionKind::HostLeave { host, notice }
        }
        "maintenance" => ActionKind::ScheduleMaintenance {
            host,
            start: instant(words[3]),
            end: instant(words[4]),
        },
        _ => ActionKind::HostJoin {
            host,
            invited: words.contains(&"invited"),
            vetted: words.contains(&"vetted"),
        },
    };
    scenario.script.push(Action { at, account: None, member: None, kind });
}

/// Sets one of those rules.
pub(super) fn set(rules: &mut HostRules, name: &str, value: &str) {
    match name {
        "community_joins" => {
            rules.community_joins = match value {
                "open" => CommunityJoins::Open,
                "closed" => CommunityJoins::Closed,
                _ => CommunityJoins::Invited,
            };
        }
        "vetting_time" => rules.vetting_time = seconds(value),
        "maintenance_notice" => rules.maintenance_notice = seconds(value),
        "maintenance_delist" => rules.maintenance_delist = seconds(value),
        "heartbeat_interval" => rules.heartbeat_interval = seconds(value),
        "reliability_buffer" => rules.reliability_buffer = seconds(value),
        "reliability_window" => rules.reliability_window = seconds(value),
        _ => rules.listing_minimum = Share::parse(value).expect("a share"),
    }
}
