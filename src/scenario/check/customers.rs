//! Segments of customers: who they are, when they come, what each asks for (GEN-12, POD-01, ACCT-02).

pub(super) mod arrivals;
mod asked;
mod bids;
mod churn;
mod conduct;
mod counts;
mod money;
mod oversized;
mod plans;
mod replay;

use super::accounts::Accounts;
use super::checkpoint;
use super::fleet::Fleet;
use super::names::Names;
use super::sites::Sites;
use super::templates::Templates;
use super::types::Types;
use crate::ids::{AccountId, Id, SegmentId};
use crate::scenario::demand::{OnDone, Segment, WorkLength};
use crate::scenario::load::{Files, Gathered};
use crate::scenario::model::Image;
use crate::scenario::own::OwnPolicies;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::schema::demand::SegmentText;
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{SimTime, Span};

/// What segments refer to, and add to.
pub(crate) struct Scene<'a> {
    /// The files that they name.
    pub(crate) files: &'a mut Files,
    /// GPU types.
    pub(crate) types: &'a mut Types,
    /// Accounts; segments add theirs.
    pub(crate) accounts: &'a mut Accounts,
    /// What requests demand of hosts' places.
    pub(crate) sites: &'a mut Sites,
    /// Templates and images.
    pub(crate) templates: &'a mut Templates,
    /// Hosts.
    pub(crate) fleet: &'a Fleet,
    /// The market's rules.
    pub(crate) rules: &'a Rules,
    /// Policies of the program's own.
    pub(crate) own: &'a OwnPolicies,
    /// When the run ends.
    pub(crate) horizon: SimTime,
}

/// Reads all segments.
pub(crate) fn read(
    reader: &mut Reader,
    gathered: &Gathered,
    scene: &mut Scene<'_>,
) -> Vec<Segment> {
    let mut names = Names::of("segment");
    let mut segments = Vec::new();
    for place in &gathered.customers {
        let Some(text) = reader.shape::<SegmentText>(place) else { continue };
        let name: Option<String> = reader.required(place, ("name", text.name));
        let before = names.count();
        if let Some(name) = &name {
            names.add(reader, name, segments.len(), &place.field("name"));
        }
        let is_new = before < names.count();
        let id = SegmentId::from_index(segments.len());
        let named = (name.unwrap_or_default(), id, is_new);
        if let Some(segment) = segment(reader, (place, &text), named, scene) {
            segments.push(segment);
        }
    }
    segments
}

/// The segment at `place`; none, with the reasons reported, if it lacks what it cannot do without.
fn segment(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    (name, id, is_new): (String, SegmentId, bool),
    scene: &mut Scene<'_>,
) -> Option<Segment> {
    let (from, until) = window(reader, place, (text.from, text.until), scene.horizon);
    let asked = asked::read(reader, (place, text), scene);
    let network_volume = asked::network_volume(reader, (place, text), scene);
    let arrivals = arrivals::read(reader, (place, text), (&asked, (from, until)), scene);
    let batch = arrivals::batch(reader, (place, text), scene);
    let work = asked::work(reader, (place, text), (&asked, &arrivals), scene);
    let value = money::amount(reader, place, ("value", text.value), scene);
    let patience = asked::patience(reader, (place, text), scene);
    let worth = bids::Worth {
        is_stated: text.value.is_stated() || arrivals.is_replay,
        ends: arrivals.is_replay || !matches!(work, Some(WorkLength::Endless)),
        own: &scene.own.bidding,
    };
    let facts = arrivals.facts.as_ref();
    let buying = bids::buying(reader, (place, text), (&asked, worth), facts);
    // A trace may say each pod's own, a template that of all.
    let said_here = asked.template.is_none() || text.volume_gb.is_stated();
    let says_none = !arrivals.is_replay && network_volume.is_none() && said_here;
    let plan = plans::kept(reader, (place, text), scene);
    let volume = says_none.then_some(("volume_gb", text.volume_gb));
    let (at, own) = ((place, text.checkpoint), (volume, &*scene.own.checkpoint));
    let checkpoint = checkpoint::read(reader, at, own);
    let restart = checkpoint.map_or(Span::ZERO, |terms| terms.restart);
    let job = conduct::Job { buying, worth, may_lack_gpus: asked.may_lack_gpus(), restart };
    let churn = churn::read(reader, (place, text), scene);
    let conduct = conduct::read(reader, (place, text), job, scene);
    let first_account = AccountId::from_index(scene.accounts.specs.len());
    let named_accounts = arrivals.facts.as_ref().map_or(0, |facts| facts.accounts);
    let owner = (is_new.then_some(name.as_str()), id, named_accounts);
    let (population, opening_balance) = money::accounts(reader, (place, text), owner, scene);
    let deposits = money::deposits(reader, (place, text), scene);
    Some(Segment {
        name,
        id,
        first_account,
        population,
        arrivals: arrivals.process?,
        batch,
        from,
        until,
        gpus: asked.gpus,
        demand: asked.demand,
        image: asked.image.unwrap_or(Image::EVERYWHERE),
        template: asked.template,
        work: work?,
        value,
        patience,
        buying,
        plan,
        conduct,
        churn,
        on_done: reader.or(place, ("on_done", text.on_done), OnDone::default()),
        checkpoint,
        opening_balance: opening_balance?,
        deposits,
        network_volume,
    })
}

/// From when until when the customers, or requests, at `place` come.
pub(super) fn window(
    reader: &mut Reader,
    place: &Place,
    (begin, end): (Field, Field),
    horizon: SimTime,
) -> (SimTime, SimTime) {
    let instant = |span: Span| SimTime::from_micros(span.micros());
    let from = instant(reader.or(place, ("from", begin), Span::ZERO));
    let until: Option<Span> = reader.optional(place, ("until", end));
    let until = until.map_or(horizon, instant);
    if until <= from {
        let (name, expected) = if end.is_stated() {
            ("until", "an instant after `from`")
        } else {
            ("from", "an instant before the horizon")
        };
        reader.report(&place.field(name), Fault::new("arrivals end before they begin", expected));
    }
    (from, until)
}
