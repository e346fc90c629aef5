//! The rules that a script may set, by the market rules' own names.

use walras::scenario::model::EvictionChoice;
use walras::scenario::rules::{
    BidChange, BillingStarts, Displaced, DrainedStorage, GracePaidBy, InterruptedUnit, LimitStep,
    LowFundsAction, NetworkVolumePodsStop, NetworkVolumeTiers, OutagePartialUnit, OutageStorage,
    PodMove, PriceChangeApplies, ReserveScope, Rounding, Rules, VcpuMemory, WaitingOrder,
};
use walras::units::{Money, Share, SimTime, Span};

/// The rules of a profile that comes with the program.
pub(crate) fn profile(name: &str) -> Rules {
    let text = format!(r#"(horizon: "1d", profile: "{name}")"#);
    walras::scenario::load::from_text("profile.ron", &text)
        .unwrap_or_else(|problems| panic!("{problems}"))
        .rules
}

/// Sets one rule from its text; a test's own text, so a fault in it panics.
pub(crate) fn set(rules: &mut Rules, name: &str, value: &str) {
    let span = || Span::parse(&format!("{value}s")).expect("seconds");
    let money = || Money::parse(value).expect("an amount");
    let share = || Share::parse(value).expect("a share");
    match name {
        "compute_unit" => rules.compute_unit = span(),
        "storage_unit" => rules.storage_unit = span(),
        "statement_every" => rules.statement_every = Some(span()),
        "container_start" => rules.container_start = span(),
        "grace" => rules.grace = span(),
        "rent_reserve" => rules.rent_reserve = span(),
        "low_funds_reserve" => rules.low_funds_reserve = span(),
        "drained_hold" => rules.drained_hold = span(),
        "minimum_billed" => rules.minimum_billed = span(),
        "auto_pay_interval" => rules.auto_pay_interval = span(),
        "host_share_compute" => rules.host_share_compute = share(),
        "host_share_storage" => rules.host_share_storage = share(),
        "payment_failure" => rules.payment_failure = share(),
        "minimum_deposit" => rules.minimum_deposit = money(),
        "trial_credit" => rules.trial_credit = money(),
        "credit_line" => rules.credit_line = money(),
        "bid_tick" => rules.bid_tick = money(),
        "network_volume_unit" => rules.network_volume_unit = span(),
        "network_volume_price" => rules.network_volume_price = money(),
        "volume_price_stopped" => rules.volume_price_stopped = money(),
        "spending_limit_steps" => rules.spending_limit_steps = limits(value),
        "plan_discounts" => rules.plan_discounts = discounts(value),
        _ => choose(rules, name, value),
    }
}

/// ACCT-07. Steps such as `0/0/80;1800/100/none`: seconds, paid, limit; `none` for no step.
fn limits(text: &str) -> Vec<LimitStep> {
    let steps = text.split(';').filter(|step| *step != "none").map(|step| {
        let parts: Vec<&str> = step.split('/').collect();
        let amount = |text: &str| Money::parse(text).expect("an amount");
        LimitStep {
            age: Span::parse(&format!("{}s", parts[0])).expect("seconds"),
            paid: amount(parts[1]),
            limit: (parts[2] != "none").then(|| amount(parts[2])),
        }
    });
    steps.collect()
}
/// Their text.
fn shown_limits(steps: &[LimitStep]) -> String {
    let step = |step: &LimitStep| {
        let limit = step.limit.map_or("none".to_owned(), |limit| limit.to_string());
        format!("{}/{}/{limit}", SimTime::from_micros(step.age.micros()), step.paid)
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    if steps.is_empty() { "none".to_owned() } else { steps.join(";") }
}

/// PLAN-01. Terms in seconds and their discounts, such as `3600/0.05;7200/0.1`.
fn discounts(text: &str) -> Vec<(Span, Share)> {
    let terms = text.split(';').map(|term| {
        let (term, share) = term.split_once('/').expect("term/discount");
        let term = Span::parse(&format!("{term}s")).expect("seconds");
        (term, Share::parse(share).expect("a share"))
    });
    terms.collect()
}
/// Their text.
fn shown_discounts(terms: &[(Span, Share)]) -> String {
    let term = |(term, share): &(Span, Share)| format!("{term}/{share}");
    terms.iter().map(term).collect::<Vec<_>>().join(";")
}

/// The names of the eviction policies.
const EVICTIONS: [(&str, EvictionChoice); 4] = [
    ("lowest_bid", EvictionChoice::LowestBid),
    ("youngest", EvictionChoice::Youngest),
    ("least_work_lost", EvictionChoice::LeastWorkLost),
    ("fewest_pods", EvictionChoice::FewestPods),
];

/// The eviction policy of that name.
pub(crate) fn eviction(name: &str) -> EvictionChoice {
    let found = EVICTIONS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no such eviction: {name}")).1
}
/// Its name.
pub(crate) fn eviction_name(choice: EvictionChoice) -> &'static str {
    let found = EVICTIONS.iter().find(|(_, known)| *known == choice);
    found.expect("each has a name").0
}

/// Sets one either-or.
fn choose(rules: &mut Rules, name: &str, value: &str) {
    let is = |first: &str, second: &str| {
        assert!(value == first || value == second, "{name} is {first} or {second}");
        value == second
    };
    match name {
        "rent_reserve_storage" => rules.rent_reserve_storage = is("false", "true"),
        "minute_rounding" => {
            rules.minute_rounding =
                if is("started", "completed") { Rounding::Completed } else { Rounding::Started };
        }
        "hour_rounding" => {
            rules.hour_rounding =
                if is("started", "completed") { Rounding::Completed } else { Rounding::Started };
        }
        "billing_starts" => {
            rules.billing_starts = if is("placed", "running") {
                BillingStarts::Running
            } else {
                BillingStarts::Placed
            };
        }
        "price_change_applies" => {
            let running = is("new_rentals", "running");
            rules.price_change_applies =
                if running { PriceChangeApplies::Running } else { PriceChangeApplies::NewRentals };
        }
        "outage_partial_unit" => {
            let forfeited = is("kept", "forfeited");
            rules.outage_partial_unit =
                if forfeited { OutagePartialUnit::Forfeited } else { OutagePartialUnit::Kept };
        }
        "drained_storage" => {
            rules.drained_storage =
                if is("free", "debt") { DrainedStorage::Debt } else { DrainedStorage::Free };
        }
        "rent_reserve_scope" => {
            rules.rent_reserve_scope =
                if is("pod", "account") { ReserveScope::Account } else { ReserveScope::Pod };
        }
        "low_funds_action" => {
            rules.low_funds_action = if is("stop", "terminate_without_network_volume") {
                LowFundsAction::TerminateWithoutNetworkVolume
            } else {
                LowFundsAction::Stop
            };
        }
        "displaced" => rules.displaced = displaced(value),
        "grace_paid_by" => {
            rules.grace_paid_by =
                if is("victim", "nobody") { GracePaidBy::Nobody } else { GracePaidBy::Victim };
        }
        "interrupted_unit" => {
            rules.interrupted_unit = match value.split_once('/') {
                Some((_, within)) => InterruptedUnit::FreeWithin(
                    Span::parse(&format!("{within}s")).expect("seconds"),
                ),
                None if value == "waived" => InterruptedUnit::Waived,
                None => InterruptedUnit::Charged,
            };
        }
        _ => choose_other(rules, name, value),
    }
}

fn displaced(value: &str) -> Displaced {
    match value {
        "resume" => Displaced::Resume,
        "hibernate" => Displaced::Hibernate,
        "terminate" => Displaced::Terminate,
        _ => Displaced::Stop,
    }
}

/// Sets one either-or of placement, of bids, or of volumes that lie apart.
fn choose_other(rules: &mut Rules, name: &str, value: &str) {
    match name {
        "network_volume_tiers" => {
            rules.network_volume_tiers = if value == "whole" {
                NetworkVolumeTiers::Whole
            } else {
                NetworkVolumeTiers::Marginal
            };
        }
        "network_volume_pods_stop" => {
            rules.network_volume_pods_stop = if value == "allowed" {
                NetworkVolumePodsStop::Allowed
            } else {
                NetworkVolumePodsStop::Refused
            };
        }
        "bid_change" => {
            rules.bid_change =
                if value == "allowed" { BidChange::Allowed } else { BidChange::Refused };
        }
        "outage_storage" => {
            rules.outage_storage =
                if value == "charged" { OutageStorage::Charged } else { OutageStorage::Free };
        }
        "pod_move" => {
            rules.pod_move = if value == "refused" { PodMove::Refused } else { PodMove::Allowed };
        }
        "waiting_order" => {
            rules.waiting_order =
                if value == "block" { WaitingOrder::Block } else { WaitingOrder::Skip };
        }
        "vcpu_memory" => {
            rules.vcpu_memory =
                if value == "requested" { VcpuMemory::Requested } else { VcpuMemory::Proportional };
        }
        _ => panic!("no such rule: {name}"),
    }
}

/// The rules that differ from a script's defaults, as text.
pub(crate) fn list(rules: &Rules) -> Vec<(&'static str, String)> {
    let defaults = Rules { container_start: Span::ZERO, ..Rules::default() };
    let both = |rules| all(rules).into_iter().chain(others(rules));
    both(rules)
        .zip(both(&defaults))
        .filter(|(rule, default)| rule != default)
        .map(|(rule, _)| rule)
        .collect()
}

/// All of them. A new rule of billing is to be written here, too.
fn all(rules: &Rules) -> Vec<(&'static str, String)> {
    let either = |is: bool, word: &str, other: &str| if is { word } else { other }.to_owned();
    vec![
        ("compute_unit", rules.compute_unit.to_string()),
        ("storage_unit", rules.storage_unit.to_string()),
        ("statement_every", rules.statement_every.map(|span| span.to_string()).unwrap_or_default()),
        ("container_start", rules.container_start.to_string()),
        ("grace", rules.grace.to_string()),
        ("rent_reserve", rules.rent_reserve.to_string()),
        ("low_funds_reserve", rules.low_funds_reserve.to_string()),
        ("drained_hold", rules.drained_hold.to_string()),
        ("minimum_billed", rules.minimum_billed.to_string()),
        ("auto_pay_interval", rules.auto_pay_interval.to_string()),
        ("host_share_compute", rules.host_share_compute.to_string()),
        ("host_share_storage", rules.host_share_storage.to_string()),
        ("payment_failure", rules.payment_failure.to_string()),
        ("minimum_deposit", rules.minimum_deposit.to_string()),
        ("trial_credit", rules.trial_credit.to_string()),
        ("credit_line", rules.credit_line.to_string()),
        ("bid_tick", rules.bid_tick.to_string()),
        ("volume_price_stopped", rules.volume_price_stopped.to_string()),
        ("plan_discounts", shown_discounts(&rules.plan_discounts)),
        ("spending_limit_steps", shown_limits(&rules.spending_limit_steps)),
        ("rent_reserve_storage", rules.rent_reserve_storage.to_string()),
        ("minute_rounding", {
            either(rules.minute_rounding == Rounding::Started, "started", "completed")
        }),
        ("billing_starts", {
            either(rules.billing_starts == BillingStarts::Placed, "placed", "running")
        }),
        ("price_change_applies", {
            let new = rules.price_change_applies == PriceChangeApplies::NewRentals;
            either(new, "new_rentals", "running")
        }),
        ("outage_partial_unit", {
            either(rules.outage_partial_unit == OutagePartialUnit::Kept, "kept", "forfeited")
        }),
        ("drained_storage", {
            either(rules.drained_storage == DrainedStorage::Free, "free", "debt")
        }),
        ("rent_reserve_scope", {
            either(rules.rent_reserve_scope == ReserveScope::Pod, "pod", "account")
        }),
        ("low_funds_action", {
            let stop = rules.low_funds_action == LowFundsAction::Stop;
            either(stop, "stop", "terminate_without_network_volume")
        }),
        (
            "displaced",
            match rules.displaced {
                Displaced::Stop => "stop",
                Displaced::Resume => "resume",
                Displaced::Hibernate => "hibernate",
                Displaced::Terminate => "terminate",
            }
            .to_owned(),
        ),
        ("grace_paid_by", {
            either(rules.grace_paid_by == GracePaidBy::Victim, "victim", "nobody")
        }),
        (
            "interrupted_unit",
            match rules.interrupted_unit {
                InterruptedUnit::Charged => "charged".to_owned(),
                InterruptedUnit::Waived => "waived".to_owned(),
                InterruptedUnit::FreeWithin(span) => format!("free_within/{span}"),
            },
        ),
    ]
}

/// Those of placement, of bids, of network volumes and of volumes that lie apart.
fn others(rules: &Rules) -> Vec<(&'static str, String)> {
    let either = |is: bool, word: &str, other: &str| if is { word } else { other }.to_owned();
    let free = rules.outage_storage == OutageStorage::Free;
    let skips = rules.waiting_order == WaitingOrder::Skip;
    let by_share = rules.vcpu_memory == VcpuMemory::Proportional;
    vec![
        ("outage_storage", either(free, "free", "charged")),
        ("waiting_order", either(skips, "skip", "block")),
        ("pod_move", either(rules.pod_move == PodMove::Allowed, "allowed", "refused")),
        ("bid_change", either(rules.bid_change == BidChange::Refused, "refused", "allowed")),
        ("vcpu_memory", either(by_share, "proportional", "requested")),
        ("network_volume_unit", rules.network_volume_unit.to_string()),
        ("network_volume_price", rules.network_volume_price.to_string()),
        ("hour_rounding", {
            either(rules.hour_rounding == Rounding::Started, "started", "completed")
        }),
        ("network_volume_tiers", {
            let marginal = rules.network_volume_tiers == NetworkVolumeTiers::Marginal;
            either(marginal, "marginal", "whole")
        }),
        ("network_volume_pods_stop", {
            let refused = rules.network_volume_pods_stop == NetworkVolumePodsStop::Refused;
            either(refused, "refused", "allowed")
        }),
    ]
}
