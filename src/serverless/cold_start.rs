//! From woken to ready (SLS-24, SLS-26, SLS-27).

use crate::ids::{EndpointId, Id};
use crate::rng::{Purpose, Stream};
use crate::scenario::model::serverless::ModelSource;
use crate::scenario::rules::serverless::{FlashLaw, ServerlessRules};
use crate::turn::Turn;
use crate::units::Span;

/// A cold start.
pub(super) struct ColdStart {
    /// How long it takes.
    pub(super) takes: Span,
    /// Whether the worker crashes as it becomes ready.
    pub(super) crashes: bool,
}

/// SLS-24, SLS-26, SLS-27. From woken to ready: container start and model load, or what FlashBoot leaves of it. All
/// that may be drawn is, needed or not.
pub(super) fn draw(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) -> ColdStart {
    let (seed, replication) = turn.world.seeds;
    let rules = &turn.scenario.rules.serverless;
    let now = turn.now;
    let load = model_load(turn, endpoint, row);
    let own = &mut turn.world.endpoints[endpoint];
    let flashboot = own.of.settings.flashboot;
    let slot = own.slots.get(row);
    // A revision voids what is of an older one, also for a worker that was asked for before.
    let good = flashboot && slot.snapshot && slot.run().revision == own.revision;
    let since = slot.stopped.filter(|_| good).map(|at| now - at);
    let stream = own.wakings.get_or_insert_with(|| {
        Box::new(Stream::open(seed, replication, Purpose::Waking, endpoint.index() as u64))
    });
    let start = Span::from_seconds_f64(rules.worker_container_start.draw(stream));
    let chance = stream.uniform();
    let crash = stream.uniform();
    let whole = start + load;
    let takes = since.map_or(whole, |since| flash(rules, whole, (since, chance)));
    ColdStart { takes, crashes: crash < rules.crash_probability.as_f64() }
}

/// SLS-27. What FlashBoot leaves of a cold start `whole`, `since` the last stop.
pub(super) fn flash(rules: &ServerlessRules, whole: Span, (since, chance): (Span, f64)) -> Span {
    let ServerlessRules { flash_restore: least, flash_hold: hold, flash_expiry: expiry, .. } =
        *rules;
    let least = whole.min(least);
    if since <= hold {
        return least;
    }
    if expiry <= since {
        return whole;
    }
    let (past, all) = ((since - hold).micros(), (expiry - hold).micros());
    match rules.flash_law {
        FlashLaw::Linear => {
            let more = u128::from((whole - least).micros()) * u128::from(past) / u128::from(all);
            least + Span::from_micros(u64::try_from(more).expect("less than the whole"))
        }
        FlashLaw::Chance => {
            let gone =
                Span::from_micros(past).as_seconds_f64() / Span::from_micros(all).as_seconds_f64();
            if chance < 1.0 - gone { least } else { whole }
        }
    }
}

/// SLS-26. How long the model takes to be fetched and loaded, each rounded up to the microsecond.
fn model_load(turn: &Turn<'_, '_>, endpoint: EndpointId, row: u32) -> Span {
    let own = &turn.world.endpoints[endpoint];
    let size = own.of.settings.model_gb;
    let rate = u64::from(turn.rules().serverless.model_load_gb_per_s.max(1));
    let load = Span::from_micros((u64::from(size.get()) * 1_000_000).div_ceil(rate));
    let host = own.slots.get(row).run().host;
    let fetch = match (own.of.settings.model_source, host) {
        (ModelSource::Image | ModelSource::HostCache, _) | (_, None) => Span::ZERO,
        (ModelSource::NetworkVolume, Some(host)) => {
            let pool = &turn.scenario.pools[turn.world.fleet.hosts[host].pool.index()];
            let speed = pool
                .datacenter
                .map(|datacenter| turn.scenario.datacenters[datacenter.index()].speed);
            speed.map_or(Span::ZERO, |speed| size.transfer_time(speed))
        }
        (ModelSource::Download, Some(host)) => {
            size.transfer_time(turn.world.fleet.hosts[host].download)
        }
    };
    fetch + load
}
