//! From what a scenario says to what it means, with every problem on the way.
//!
//! Each part reads its own fields at their places and hands over checked data; names become ids at
//! the end, when all are known. A fault never stops the check: what is unreadable is reported and
//! stood in for.

mod accounts;
mod capacity;
mod checkpoint;
mod customers;
mod distribution;
mod endpoints;
mod fleet;
mod header;
mod images;
mod list_prices;
mod market;
mod names;
mod prices;
mod rules;
mod script;
mod sites;
mod spot_prices;
mod teams;
mod templates;
mod trace;
mod types;

use super::demand::Segment;
use super::load::{Files, Gathered};
use super::model::Scenario;
use super::rules::Rules;
use super::text::Reader;
use crate::units::SimTime;
use accounts::Accounts;
use customers::Scene;
use fleet::Fleet;
use market::Market;
use sites::Sites;
use templates::Templates;
use types::Types;

/// The scenario that `gathered` describes; worth nothing if `reader` has problems.
pub(crate) fn scenario(reader: &mut Reader, gathered: &Gathered, files: &mut Files) -> Scenario {
    let (profile, rules) = rules::read(reader, gathered, files);
    let header = header::read(reader, gathered);
    let mut types = Types::read(reader, gathered, &rules);
    let acts = script::acts(reader, gathered);
    let fleet = Fleet::read(reader, gathered, (&mut types, files), (&rules, &acts));
    let mut accounts = Accounts::read(reader, gathered, &rules);
    let (mut sites, mut templates) = (Sites::new(), Templates::read(reader, gathered, &accounts));
    let known = (&mut types, &mut sites, &fleet, (&mut accounts, &mut templates));
    let segments = segments(reader, (gathered, files), known, (&rules, header.horizon));
    let mut teams = std::mem::take(&mut accounts.teams);
    let named = (&mut types, &mut sites, &fleet, (&accounts, &mut teams, &mut templates));
    let mut script = script::read(reader, (gathered, acts), named, &rules);
    let others = (&accounts, &mut templates);
    let rest = (&rules, &script.volumes, &gathered.own);
    let mut scene = endpoints::Scene::of((&mut types, &mut sites, &fleet), others, rest);
    let calls = (&mut script.endpoints, &mut *files, header.horizon);
    let request_sources = endpoints::requests::read(reader, gathered, calls, &mut scene);
    accounts.specs.extend(script.endpoints.platform(&accounts));
    let around = list_prices::Surroundings::of((&mut types, &fleet), files, header.start_unix_s);
    let list_prices = list_prices::read(reader, gathered, around);
    let around = list_prices::Surroundings::of((&mut types, &fleet), files, header.start_unix_s);
    let spot_prices = spot_prices::read(reader, gathered, around, &rules);
    types.check_speeds(reader, &gathered.place.field("rules").field("work_speed"), &rules);
    let market = Market::make(reader, (&types, &fleet), &rules);
    Scenario {
        title: header.title.unwrap_or_else(|| files.title()),
        source: files.source(),
        inputs: files.inputs(),
        texts: files.texts(),
        overrides: Vec::new(),
        seed: header.seed,
        horizon: header.horizon,
        warm_up: header.warm_up,
        sample_every: header.sample_every,
        start_unix_s: header.start_unix_s,
        profile,
        rules,
        policies: header.policies,
        list_prices,
        spot_prices,
        hosts: fleet.hosts(&market),
        failures: fleet.failures,
        supply: fleet.supply,
        gpu_types: types.in_use(),
        scopes: market.scopes,
        datacenters: market.datacenters,
        pools: market.pools,
        accounts: accounts.specs,
        teams: teams.stated,
        templates: templates.specs,
        images: templates.images.finish(),
        segments,
        type_lists: types.lists,
        pod_names: script.pod_names,
        network_volume_names: script.network_volume_names,
        sites: sites.rows,
        endpoints: script.endpoints.specs,
        worker_discounts: accounts.worker_discounts,
        request_sources,
        request_names: script.endpoints.request_names,
        script: script.actions,
    }
}

/// What segments refer to: types, places, hosts, accounts and templates.
type Known<'a> = (&'a mut Types, &'a mut Sites, &'a Fleet, (&'a mut Accounts, &'a mut Templates));

/// The segments of customers.
fn segments(
    reader: &mut Reader,
    (gathered, files): (&Gathered, &mut Files),
    (types, sites, fleet, (accounts, templates)): Known<'_>,
    (rules, horizon): (&Rules, SimTime),
) -> Vec<Segment> {
    let own = &gathered.own;
    let mut scene = Scene { files, types, accounts, sites, templates, fleet, rules, own, horizon };
    customers::read(reader, gathered, &mut scene)
}
