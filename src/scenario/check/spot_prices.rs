//! Recorded spot prices (SPOT-13): each scope that has hosts follows one under `spot_clearing: trace`.

use super::list_prices::Surroundings;
use super::market::scope_of;
use super::prices::{path, scopes};
use crate::ids::ScopeId;
use crate::scenario::load::Gathered;
use crate::scenario::prices::PricePath;
use crate::scenario::problem::Fault;
use crate::scenario::rules::{Rules, SpotClearing};
use crate::scenario::schema::prices::ScopeSpotPriceText;
use crate::scenario::text::Reader;
use std::collections::{BTreeMap, BTreeSet};

/// The recorded price of each scope that follows one.
pub(crate) fn read(
    reader: &mut Reader,
    gathered: &Gathered,
    mut around: Surroundings<'_>,
    rules: &Rules,
) -> Vec<(ScopeId, PricePath)> {
    let place = gathered.place.field("spot_prices");
    let stated = gathered.text.spot_prices;
    let replays = rules.spot_clearing == SpotClearing::Trace;
    if stated.is_stated() && !replays {
        let expected = "none, or the rule `spot_clearing: trace`";
        reader.report(&place, Fault::new("spot prices that nobody pays", expected));
        return Vec::new();
    }
    let mut found: BTreeMap<ScopeId, PricePath> = BTreeMap::new();
    let mut named: BTreeSet<ScopeId> = BTreeSet::new();
    for place in reader.items(&place, stated) {
        let Some(text) = reader.shape::<ScopeSpotPriceText>(&place) else { continue };
        let (types, fleet) = (&mut *around.types, around.fleet);
        let scopes = scopes(reader, &place, (text.gpu_type, text.cloud), (types, fleet));
        if !scopes.iter().all(|scope| named.insert(*scope)) {
            let expected = "each GPU type once in each cloud";
            let fault = Fault::new("two spot prices of one GPU type in one cloud", expected);
            reader.report(&place.field("gpu_type"), fault);
        }
        if !text.recorded.is_stated() {
            reader.missing(&place, "recorded");
            continue;
        }
        let at = place.field("recorded");
        let Some(text) = reader.shape(&at) else { continue };
        let Some(path) = path(reader, (&at, &text), around.files) else { continue };
        found.extend(scopes.into_iter().map(|scope| (scope, path.clone())));
    }
    if replays {
        check_all_named(reader, gathered, &mut around, &named);
    }
    found.into_iter().collect()
}

/// Where prices are replayed, each scope with hosts needs one.
fn check_all_named(
    reader: &mut Reader,
    gathered: &Gathered,
    around: &mut Surroundings<'_>,
    named: &BTreeSet<ScopeId>,
) {
    let fleet = around.fleet;
    let without =
        fleet.drafts.iter().find(|host| !named.contains(&scope_of(host.gpu_type, host.cloud)));
    let Some(host) = without else { return };
    let message = format!(
        "no spot price of `{}` in {}",
        around.types.known(host.gpu_type).id,
        host.cloud.word()
    );
    let expected = "a recorded price in `spot_prices` of each GPU type and cloud that has hosts";
    let rule = gathered.place.field("rules").field("spot_clearing");
    reader.report(&rule, Fault::new(message, expected));
}
