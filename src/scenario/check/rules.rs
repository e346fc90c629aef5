//! The market's rules: the profile's, overridden field by field (GEN-05, GEN-06, BILL-17).

mod limits;
pub(super) mod plans;

use super::header::policy;
use super::names::is_blank;
use crate::scenario::load::{Files, Gathered};
use crate::scenario::own::OwnPolicies;
use crate::scenario::problem::Fault;
use crate::scenario::rules::{HostRules, Level, Profile, Rules, SpotClearing, SpotReserve, Walk};
use crate::scenario::schema::{
    ProfileText, RulesText, SpotReserveText, TierDowntimeText, WalkText,
};
use crate::scenario::text::scalar::{Amount, Maybe, NotNegative, Part};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Money, Span};

/// The profiles that come with the program: name and text.
pub(crate) const PROFILES: [(&str, &str); 8] = [
    ("runpod-2024-03", include_str!("../../../scenarios/profiles/runpod-2024-03.ron")),
    ("runpod-2025-10", include_str!("../../../scenarios/profiles/runpod-2025-10.ron")),
    ("runpod-2026", include_str!("../../../scenarios/profiles/runpod-2026.ron")),
    ("vast-2026", include_str!("../../../scenarios/profiles/vast-2026.ron")),
    ("rackspace-spot", include_str!("../../../scenarios/profiles/rackspace-spot.ron")),
    (
        "aws-auction-2009-2017",
        include_str!("../../../scenarios/profiles/aws-auction-2009-2017.ron"),
    ),
    ("aws-posted-2018", include_str!("../../../scenarios/profiles/aws-posted-2018.ron")),
    ("gcp-preemptible", include_str!("../../../scenarios/profiles/gcp-preemptible.ron")),
];

/// The profile, and its rules with the scenario's own over them.
pub(crate) fn read(
    reader: &mut Reader,
    gathered: &Gathered,
    files: &mut Files,
) -> (Profile, Rules) {
    let mut rules = Rules::default();
    let own = &gathered.own;
    let place = if gathered.text.profile.is_stated() {
        profile_place(reader, &gathered.place.field("profile"), files)
    } else {
        built_in(reader, PROFILES[0], files)
    };
    let profile = place.map(|place| profile(reader, &place, (&mut rules, own), files));
    let (default, text) = PROFILES[0];
    if profile.as_ref().is_some_and(|profile| profile.name != default) {
        files.note(&format!("scenarios/profiles/{default}.ron"), text.as_bytes());
    }
    override_rules(reader, &gathered.place, gathered.text.rules, (&mut rules, own, files));
    (profile.unwrap_or_default(), rules)
}

fn built_in(reader: &mut Reader, (name, text): (&str, &str), files: &mut Files) -> Option<Place> {
    let path = format!("scenarios/profiles/{name}.ron");
    files.note(&path, text.as_bytes());
    reader.open(&path, text.as_bytes())
}

/// Opens the profile that the scenario names at `named`.
fn profile_place(reader: &mut Reader, named: &Place, files: &mut Files) -> Option<Place> {
    let name: String = reader.scalar(named)?;
    if let Some(found) = PROFILES.iter().find(|(known, _)| *known == name) {
        return built_in(reader, *found, files);
    }
    if name.contains(['/', '.']) {
        return files.open(reader, named, &name);
    }
    let names = PROFILES.iter().map(|(name, _)| *name);
    let expected = format!(
        "the path of a profile file, or one of {}",
        names.clone().collect::<Vec<_>>().join(", ")
    );
    let fault = Fault::new(format!("unknown profile `{name}`"), expected).near(&name, names);
    reader.report(named, fault);
    None
}

/// Reads a profile file into `rules`, and tells what it says of itself.
fn profile(
    reader: &mut Reader,
    place: &Place,
    (rules, own): (&mut Rules, &OwnPolicies),
    files: &mut Files,
) -> Profile {
    let Some(text) = reader.shape::<ProfileText>(place) else { return Profile::default() };
    let name: String = reader.required(place, ("name", text.name)).unwrap_or_default();
    if text.name.is_stated() {
        is_blank(reader, "profile", &name, &place.field("name"));
    }
    let date = read_date(reader, place, text.date);
    let source: String = reader.required(place, ("source", text.source)).unwrap_or_default();
    if text.source.is_stated() && source.trim().is_empty() {
        let fault = Fault::new("profile without a source", "where its rules come from");
        reader.report(&place.field("source"), fault);
    }
    override_rules(reader, place, text.rules, (rules, own, files));
    Profile { name, date, source }
}

/// The day of which a profile's rules are the state.
fn read_date(reader: &mut Reader, place: &Place, field: Field) -> String {
    let Some(text) = reader.required::<String>(place, ("date", field)) else {
        return String::new();
    };
    // The parser takes times of day and zones, too; a state of rules has a day.
    let has_form = text.len() == "2024-03-01".len();
    if !has_form || text.parse::<jiff::civil::Date>().is_err() {
        let fault = Fault::new("unreadable date", "a day such as \"2024-03-01\"");
        reader.report(&place.field("date"), fault);
    }
    text
}

/// Sets the rules that the field `rules` of `place` states, and checks the whole. `own`: policies
/// beside the built-in ones.
fn override_rules(
    reader: &mut Reader,
    place: &Place,
    field: Field,
    (rules, own, files): (&mut Rules, &OwnPolicies, &mut Files),
) {
    let place = place.field("rules");
    if field.is_stated()
        && let Some(text) = reader.shape::<RulesText>(&place)
    {
        set_choices(reader, &place, &text, rules);
        let clearing = ("spot_clearing", text.spot_clearing);
        if let Some(choice) = policy(reader, &place, clearing, &own.clearing, SpotClearing::Own) {
            rules.spot_clearing = choice;
        }
        set_spans(reader, &place, &text, rules);
        set_numbers(reader, &place, &text, rules);
        set_amounts(reader, &place, &text, rules);
        set_reserve(reader, &place, &text, rules);
        limits::set(reader, &place, &text, rules);
        plans::set(reader, &place, &text, rules);
        check_units(reader, &place, rules);
        serverless::set(reader, (&place, &text), (&mut *rules, own, files));
        check_positive(reader, &place, rules);
    }
}

/// Reads each named field of the text into the field of the same name, if it is stated.
macro_rules! set {
    ($reader:ident, $place:ident, $text:ident, $rules:ident: $($name:ident),* $(,)?) => {$(
        if let Some(value) = $reader.optional($place, (stringify!($name), $text.$name)) {
            $rules.$name = value;
        }
    )*};
}

/// The same for amounts and shares that must be in range.
macro_rules! set_within {
    ($range:ident, $reader:ident, $place:ident, $text:ident, $rules:ident: $($name:ident),* $(,)?) => {$(
        if let Some($range(value)) = $reader.optional($place, (stringify!($name), $text.$name)) {
            $rules.$name = value;
        }
    )*};
}

mod serverless;

fn set_choices(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut Rules) {
    set!(reader, place, text, rules:
        minute_rounding, hour_rounding, network_volume_tiers, network_volume_pods_stop, community_pricing, price_change_applies, vcpu_memory, waiting_order, bid_per,
        spot, bid_change, displaced, billing_starts, grace_paid_by, interrupted_unit, rent_reserve_scope,
        rent_reserve_storage, low_funds_action, drained_storage, outage_partial_unit, work_speed, reserve_shown,
        spot_floors, outage_storage, reserve_rises, pod_move,
    );
    let hosts = &mut rules.hosts;
    set!(reader, place, text, hosts: community_joins, host_failures);
}

fn set_spans(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut Rules) {
    set!(reader, place, text, rules:
        compute_unit, storage_unit, network_volume_unit, host_price_interval, container_start, grace, rent_reserve,
        low_funds_reserve, drained_hold, minimum_billed, auto_pay_interval, posted_interval,
    );
    set_within!(Maybe, reader, place, text, rules:
        statement_every, longest_run, bid_cap, debt_limit_days,
    );
    let hosts = &mut rules.hosts;
    set!(reader, place, text, hosts:
        vetting_time, maintenance_notice, maintenance_delist, heartbeat_interval, reliability_buffer,
        reliability_window, secure_mtbf, secure_mttr, community_mtbf, community_mttr,
    );
    let place = place.field("tier_downtime");
    if text.tier_downtime.is_stated()
        && let Some(tiers) = reader.shape::<TierDowntimeText>(&place)
    {
        let [t3, t4] = &mut hosts.tier_downtime;
        *t3 = reader.or(&place, ("T3", tiers.T3), *t3);
        *t4 = reader.or(&place, ("T4", tiers.T4), *t4);
    }
}

fn set_numbers(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut Rules) {
    set!(reader, place, text, rules: days_per_month, gb_per_tb,
        zero_gpu_vcpu, download_gbps, upload_gbps, datacenter_gbps, posted_target, posted_gain,
    );
    let hosts = &mut rules.hosts;
    set_within!(Part, reader, place, text, hosts: listing_minimum);
    if let Some(memory) = reader.optional(place, ("zero_gpu_memory_gb", text.zero_gpu_memory_gb)) {
        rules.zero_gpu_memory = memory;
    }
    let largest = ("network_volume_max_gb", text.network_volume_max_gb);
    if let Some(largest) = reader.optional(place, largest) {
        rules.network_volume_max = largest;
    }
    if let Some(cache) = reader.optional(place, ("image_cache_gb", text.image_cache_gb)) {
        rules.image_cache = cache;
    }
    set_within!(Part, reader, place, text, rules:
        host_share_compute, host_share_storage, spot_floor_share, payment_failure, posted_cap_share,
    );
}

fn set_amounts(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut Rules) {
    set_within!(Amount, reader, place, text, rules:
        bid_tick, cpu_price, minimum_deposit, trial_credit, credit_line, container_disk_price,
        volume_price_running, volume_price_stopped, network_volume_price, network_volume_price_above,
    );
}

/// SPOT-17. What a uniform price is reckoned against.
fn set_reserve(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut Rules) {
    let place = place.field("spot_reserve");
    if !text.spot_reserve.is_stated() {
        return;
    }
    let reserve = match reader.shape(&place) {
        Some(SpotReserveText::SpotFloor) => Some(SpotReserve::SpotFloor),
        Some(SpotReserveText::Amount(stated)) => {
            assert!(stated.is_stated(), "a variant that is there holds something");
            let at = reader.inside(&place);
            let amount = reader.scalar(&at);
            amount.map(|Amount(amount)| SpotReserve::Amount(amount))
        }
        Some(SpotReserveText::Walk(walk)) => {
            read_walk(reader, &place, &walk).map(SpotReserve::Walk)
        }
        None => None,
    };
    rules.spot_reserve = reserve.unwrap_or(rules.spot_reserve);
}

fn read_walk(reader: &mut Reader, place: &Place, text: &WalkText) -> Option<Walk> {
    let by_share = text.start_share.is_stated() || text.ceiling_share.is_stated();
    let levels = if by_share {
        for (name, amount) in [("start", text.start), ("ceiling", text.ceiling)] {
            if amount.is_stated() {
                let expected = format!("`{name}_share`, as both levels are of one kind");
                reader.report(&place.field(name), Fault::new("an amount beside a share", expected));
            }
        }
        let start = reader.required(place, ("start_share", text.start_share));
        let ceiling = reader.required(place, ("ceiling_share", text.ceiling_share));
        let whole = start.zip(ceiling);
        whole.map(|(Part(start), Part(ceiling))| (Level::Share(start), Level::Share(ceiling)))
    } else {
        let start = reader.required(place, ("start", text.start));
        let ceiling = reader.required(place, ("ceiling", text.ceiling));
        let whole = start.zip(ceiling);
        whole.map(|(Amount(start), Amount(ceiling))| (Level::Amount(start), Level::Amount(ceiling)))
    };
    let sigma = reader.required(place, ("sigma", text.sigma));
    let every = reader.required(place, ("every", text.every));
    let ((start, ceiling), NotNegative(sigma)) = (levels?, sigma?);
    let every: Span = every?;
    // Of a million USD on demand either kind is an amount.
    let of_both = Money::from_dollars(1_000_000);
    if ceiling.of(of_both) < start.of(of_both) {
        let name = if by_share { "start_share" } else { "start" };
        let fault = Fault::new("a walk that starts above its ceiling", "at most the ceiling");
        reader.report(&place.field(name), fault);
    }
    if every.is_zero() {
        let fault = Fault::new("`every` is zero", "a positive duration (SPOT-17)");
        reader.report(&place.field("every"), fault);
    }
    Some(Walk { start, ceiling, sigma, every })
}

/// GEN-05, BILL-17. Units divide the periods of their prices, and a minimum is whole units.
fn check_units(reader: &mut Reader, place: &Place, rules: &mut Rules) {
    const DAYS: std::ops::RangeInclusive<u32> = 1..=366;
    if !DAYS.contains(&rules.days_per_month) {
        let fault = Fault::new("month out of range", "a number of days from 1 to 366");
        reader.report(&place.field("days_per_month"), fault);
        rules.days_per_month = 30;
    }
    let mut divides = |name: &str, unit: Span, period: Span, of: &str| {
        if period.whole_multiple_of(unit).is_none() {
            let expected = format!("a duration of which {of} is a whole number (GEN-05)");
            let fault = Fault::new(format!("{of} is no whole number of units"), expected);
            reader.report(&place.field(name), fault);
        }
    };
    divides("compute_unit", rules.compute_unit, Span::HOUR, "an hour");
    divides("storage_unit", rules.storage_unit, rules.month(), "the month");
    divides("network_volume_unit", rules.network_volume_unit, rules.month(), "the month");
    if !rules.compute_unit.is_zero()
        && rules.minimum_billed.whole_multiple_of(rules.compute_unit).is_none()
    {
        let expected = "a whole number of compute units (BILL-17)";
        reader.report(&place.field("minimum_billed"), Fault::new("broken minimum", expected));
    }
    let HostRules { heartbeat_interval, reliability_buffer, .. } = rules.hosts;
    if !heartbeat_interval.is_zero()
        && reliability_buffer.whole_multiple_of(heartbeat_interval).is_none()
    {
        let expected = "a whole number of heartbeat intervals (HOST-09)";
        reader.report(&place.field("reliability_buffer"), Fault::new("broken buffer", expected));
    }
}

/// What would make no progress or divide by nothing if it were zero.
fn check_positive(reader: &mut Reader, place: &Place, rules: &Rules) {
    let zeros = [
        ("bid_tick", rules.bid_tick == Money::ZERO, "a positive amount (SPOT-02)"),
        ("gb_per_tb", rules.gb_per_tb == 0, "a positive number (GEN-03)"),
        ("download_gbps", rules.download_gbps == 0, "a positive number (TMPL-04)"),
        ("upload_gbps", rules.upload_gbps == 0, "a positive number (POD-16)"),
        ("datacenter_gbps", rules.datacenter_gbps == 0, "a positive number (NVOL-09)"),
        (
            "statement_every",
            rules.statement_every == Some(Span::ZERO),
            "a positive duration or None",
        ),
        (
            "longest_run",
            rules.longest_run == Some(Span::ZERO),
            "a positive duration or None (POD-24)",
        ),
        ("secure_mtbf", rules.hosts.secure_mtbf.is_zero(), "a positive duration (CLD-02)"),
        ("community_mtbf", rules.hosts.community_mtbf.is_zero(), "a positive duration (CLD-03)"),
        (
            "heartbeat_interval",
            rules.hosts.heartbeat_interval.is_zero(),
            "a positive duration (HOST-08)",
        ),
        ("bid_cap", rules.bid_cap == Some(0), "a positive number or None (SPOT-02)"),
        ("posted_interval", rules.posted_interval.is_zero(), "a positive duration (SPOT-13)"),
        ("auto_pay_interval", rules.auto_pay_interval.is_zero(), "a positive duration (ACCT-05)"),
    ];
    for (name, is_zero, expected) in zeros {
        if is_zero {
            reader.report(&place.field(name), Fault::new(format!("`{name}` is zero"), expected));
        }
    }
}
