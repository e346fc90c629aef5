//! The rules of serverless endpoints (SLS, JOB).

mod models;
mod prices;

use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::check::endpoints;
use crate::scenario::demand::Clouds;
use crate::scenario::load::Files;
use crate::scenario::model::Cloud;
use crate::scenario::own::OwnPolicies;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::rules::serverless::ServerlessRules;
use crate::scenario::schema::RulesText;
use crate::scenario::text::scalar::serverless::{Units, WorkerKind};
use crate::scenario::text::scalar::{Amount, Maybe, Part, is_none};
use crate::scenario::text::{Named, Place, Reader};
use crate::units::{Money, Span};

/// Sets what `text` states of them, and checks the whole.
pub(super) fn set(
    reader: &mut Reader,
    (place, text): (&Place, &RulesText),
    (rules, own, files): (&mut Rules, &OwnPolicies, &mut Files),
) {
    let month = rules.month();
    let rules = &mut *rules.serverless;
    set_choices(reader, place, text, rules);
    set_spans(reader, place, text, rules);
    set_numbers(reader, place, text, rules);
    set_pairs(reader, place, text, rules);
    let start = place.field("worker_container_start");
    if text.worker_container_start.is_stated()
        && let Some(start) = distribution::read(reader, files, &start, Quantity::Duration)
    {
        rules.worker_container_start = start;
    }
    if text.serverless_clouds.is_stated() {
        clouds(reader, &place.field("serverless_clouds"), rules);
    }
    if text.workers_displace_spot.is_stated() {
        displacing(reader, &place.field("workers_displace_spot"), rules);
    }
    quota(reader, place, ("worker_quota", text.worker_quota), rules);
    prices::set(reader, place, text, rules);
    models::set(reader, place, text, rules);
    if text.endpoint_defaults.is_stated() {
        let at = place.field("endpoint_defaults");
        endpoints::settings::set_defaults(reader, &at, (&mut rules.endpoint_defaults, own));
    }
    check(reader, place, rules);
    check_units(reader, place, (rules, month));
    check_defaults(reader, (place, text), rules);
}

fn set_choices(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut ServerlessRules) {
    set!(reader, place, text, rules:
        fit_check, rollout, health_idle, declared_prepared, prewarm, wake_placement, flash_law, dispatch,
        binding, count_coming, scale_down, worker_rank, serverless_rounding, active_price_when,
        worker_price_change, workers_at_line, rate_law, rate_growth, job_speed, low_priority_escalates,
        on_execution_timeout, ttl_covers, retry_handler_error, cancel_stops_worker, ai_charge_unfinished,
    );
}

fn set_spans(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut ServerlessRules) {
    set!(reader, place, text, rules:
        init_timeout, unhealthy_retry, unhealthy_for, flash_restore, flash_hold, flash_expiry, scaler_period,
        worker_loss_detection, serverless_unit, serverless_disk_unit, rate_window, sync_wait, webhook_gap,
        ai_unit,
    );
    let (run, sync) = &mut rules.retention;
    *run = reader.or(place, ("retention_run", text.retention_run), *run);
    *sync = reader.or(place, ("retention_runsync", text.retention_runsync), *sync);
}

fn set_numbers(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut ServerlessRules) {
    set!(reader, place, text, rules:
        workers_limit, extra_workers, model_load_gb_per_s, webhook_retries, ai_markup,
    );
    set_within!(Part, reader, place, text, rules: rollout_share, crash_probability, webhook_failure);
    set_within!(Maybe, reader, place, text, rules: rate_run, rate_runsync, rate_other);
    set_within!(Amount, reader, place, text, rules: serverless_disk_price);
    // Millionths of a megabyte are bytes.
    let mut bytes = |named: Named<'_>, of: &mut u64| {
        if let Some(Units(bytes)) = reader.optional(place, named) {
            *of = bytes;
        }
    };
    bytes(("input_run", text.input_run), &mut rules.input.0);
    bytes(("input_runsync", text.input_runsync), &mut rules.input.1);
    bytes(("output_run", text.output_run), &mut rules.output.0);
    bytes(("output_runsync", text.output_runsync), &mut rules.output.1);
}

fn set_pairs(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut ServerlessRules) {
    if text.queue_limit.is_stated() {
        let at = place.field("queue_limit");
        if is_none(reader.sources.text(&at)) {
            rules.queue_limit = None;
        } else if let Some((all, each)) =
            reader.pair(&at, "jobs in all, and for each worker, such as (50, 500); or None")
            && let (Some(all), Some(each)) = (reader.scalar(&all), reader.scalar(&each))
        {
            rules.queue_limit = Some((all, each));
        }
    }
    if text.multi_gpu_classes.is_stated() {
        let at = place.field("multi_gpu_classes");
        let items = reader.items(&at, text.multi_gpu_classes);
        rules.multi_gpu_classes = items.iter().filter_map(|item| reader.scalar(item)).collect();
    }
}

/// SLS-01. One cloud, or both.
fn clouds(reader: &mut Reader, place: &Place, rules: &mut ServerlessRules) {
    let items = reader.one_or_more(place, "cloud");
    let named: Vec<Cloud> = items.iter().filter_map(|item| reader.scalar(item)).collect();
    let has = |cloud| named.contains(&cloud);
    rules.serverless_clouds = match (has(Cloud::Secure), has(Cloud::Community)) {
        (true, true) => Clouds::All,
        (false, true) => Clouds::Community,
        _ => Clouds::Secure,
    };
}

/// SLS-36. A list of `active` and `flex`.
fn displacing(reader: &mut Reader, place: &Place, rules: &mut ServerlessRules) {
    let Some(items) = reader.shape::<Vec<crate::scenario::text::Field>>(place) else { return };
    rules.workers_displace_spot = (false, false);
    for index in 0..items.len() {
        match reader.scalar::<WorkerKind>(&place.item(index)) {
            Some(WorkerKind::Active) => rules.workers_displace_spot.0 = true,
            Some(WorkerKind::Flex) => rules.workers_displace_spot.1 = true,
            None => {}
        }
    }
}

/// SLS-04. A list of balances and numbers of workers, ascending from 0, or none.
fn quota(
    reader: &mut Reader,
    place: &Place,
    (name, field): Named<'_>,
    rules: &mut ServerlessRules,
) {
    if !field.is_stated() {
        return;
    }
    let place = place.field(name);
    if is_none(reader.sources.text(&place)) {
        rules.worker_quota = None;
        return;
    }
    let mut quota: Vec<(Money, u32)> = Vec::new();
    for item in reader.items(&place, field) {
        let what = "a balance, and the most workers from it on, such as (100, 10)";
        let Some((balance, workers)) = reader.pair(&item, what) else { continue };
        let (balance, workers) = (reader.scalar(&balance), reader.scalar(&workers));
        let (Some(Amount(balance)), Some(workers)) = (balance, workers) else { continue };
        let follows = match quota.last() {
            Some((lower, fewer)) => *lower < balance && *fewer <= workers,
            None => balance.is_zero(),
        };
        if !follows {
            let expected = "balances that ascend from 0, and no fewer workers for more (SLS-04)";
            reader.report(&item, Fault::new("unsorted quota", expected));
        }
        quota.push((balance, workers));
    }
    if quota.is_empty() {
        let expected = "pairs such as (0, 5), or None for no quota (SLS-04)";
        reader.report(&place, Fault::new("an empty quota", expected));
    }
    rules.worker_quota = Some(quota);
}

/// What would make no progress or divide by nothing.
fn check(reader: &mut Reader, place: &Place, rules: &ServerlessRules) {
    const WAIT: std::ops::RangeInclusive<Span> = Span::from_seconds(1)..=Span::from_seconds(300);
    let wrong = [
        ("workers_limit", rules.workers_limit == 0, "a positive number (SLS-03)"),
        ("init_timeout", rules.init_timeout.is_zero(), "a positive duration (SLS-25)"),
        ("unhealthy_retry", rules.unhealthy_retry.is_zero(), "a positive duration (SLS-25)"),
        ("model_load_gb_per_s", rules.model_load_gb_per_s == 0, "a positive number (SLS-26)"),
        ("serverless_unit", rules.serverless_unit.is_zero(), "a positive duration (SLS-40)"),
        ("rate_window", rules.rate_window.is_zero(), "a positive duration (JOB-03)"),
        (
            "flash_expiry",
            rules.flash_expiry <= rules.flash_hold,
            "a duration above `flash_hold` (SLS-27)",
        ),
        ("sync_wait", !WAIT.contains(&rules.sync_wait), "a duration from 1 s to 5 min (JOB-19)"),
    ];
    for (name, is_wrong, expected) in wrong {
        if is_wrong {
            let fault = Fault::new(format!("`{name}` is out of range"), expected);
            reader.report(&place.field(name), fault);
        }
    }
    let known = || rules.classes.iter().map(|class| class.name.as_str());
    for name in &rules.multi_gpu_classes {
        if known().all(|known| known != name) {
            let fault = crate::scenario::check::names::unknown("class of workers", name, known());
            reader.report(&place.field("multi_gpu_classes"), fault);
        }
    }
}

/// GEN-05. Units divide the periods of their prices, or are whole numbers of them.
fn check_units(reader: &mut Reader, place: &Place, (rules, month): (&ServerlessRules, Span)) {
    const SECOND: Span = Span::from_seconds(1);
    let fits = |unit: Span, period: Span| {
        unit.is_zero()
            || period.whole_multiple_of(unit).is_some()
            || unit.whole_multiple_of(period).is_some()
    };
    let mut report = |name: &str, expected: &str| {
        let fault = Fault::new("no whole number of units", format!("{expected} (GEN-05)"));
        reader.report(&place.field(name), fault);
    };
    if !fits(rules.serverless_unit, SECOND) {
        report(
            "serverless_unit",
            "a duration of which a second is a whole number, or whole seconds",
        );
    }
    if month.whole_multiple_of(rules.serverless_disk_unit).is_none() {
        report("serverless_disk_unit", "a duration of which the month is a whole number");
    }
    if SECOND.whole_multiple_of(rules.ai_unit).is_none() {
        report("ai_unit", "a duration of which a second is a whole number");
    }
}

/// SLS-03, AIE-02. Bounds of workers that are the rules' own.
fn check_defaults(
    reader: &mut Reader,
    (place, text): (&Place, &RulesText),
    rules: &ServerlessRules,
) {
    let (of, ai) = (&rules.endpoint_defaults, rules.ai_defaults);
    for (name, field, least, most) in [
        ("endpoint_defaults", text.endpoint_defaults, of.workers_min, of.workers_max),
        ("ai_defaults", text.ai_defaults, ai.0, ai.1),
    ] {
        if field.is_stated() && (most < least || rules.workers_limit < most) {
            let limit = rules.workers_limit;
            let expected =
                format!("a `workers_min` of at most `workers_max`, and that at most {limit}");
            let fault = Fault::new("bounds of workers out of order (SLS-03)", expected);
            reader.report(&place.field(name), fault);
        }
    }
}
