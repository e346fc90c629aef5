//! What an endpoint says of itself, and where it goes too far (SLS-02).

use super::draft::Draft;
use super::{Scene, gpus, scaler};
use crate::scenario::check::sites;
use crate::scenario::model::Image;
use crate::scenario::model::serverless::{Amiss, Settings, TokenRate};
use crate::scenario::own::OwnPolicies;
use crate::scenario::problem::Fault;
use crate::scenario::schema::serverless::SettingsText;
use crate::scenario::text::scalar::{Maybe, NotNegative, Scalar};
use crate::scenario::text::{Field, Named, Place, Reader};
use crate::units::{Gb, Span};

/// How settings are read.
pub(super) struct Sayer<'r> {
    /// The reader.
    pub(super) reader: &'r mut Reader,
    /// Where they stand.
    pub(super) place: &'r Place,
    /// Whether a value out of range is a problem of the scenario; if not, the market refuses it.
    pub(super) is_strict: bool,
    /// Policies of the program's own.
    pub(super) own: &'r OwnPolicies,
}

impl Sayer<'_> {
    /// The field, if it is stated.
    pub(super) fn get<T: Scalar>(&mut self, named: Named<'_>) -> Option<T> {
        self.reader.optional(self.place, named)
    }
    /// Tells that the field is out of range: to the scenario's author, or to the market.
    pub(super) fn refuse(
        &mut self,
        draft: &mut Draft,
        name: &str,
        (message, expected): (&str, &str),
    ) {
        if self.is_strict {
            self.reader.report(&self.place.field(name), Fault::new(message, expected));
        }
        draft.amiss.get_or_insert(Amiss::BadArgument);
    }
    /// Sets a field, which has to be in `range`.
    fn set<T: Scalar + PartialOrd + Copy>(
        &mut self,
        draft: &mut Draft,
        named: Named<'_>,
        (range, expected): (std::ops::RangeInclusive<T>, &str),
        into: fn(&mut Draft) -> &mut T,
    ) {
        let Some(value) = self.get::<T>(named) else { return };
        *into(draft) = value;
        if !range.contains(&value) {
            self.refuse(draft, named.0, (&format!("`{}` is out of range", named.0), expected));
        }
    }
}

/// What `text` says at `sayer`'s place, over what `draft` has.
pub(super) fn read(
    sayer: &mut Sayer<'_>,
    text: &SettingsText,
    draft: &mut Draft,
    scene: &mut Scene<'_>,
) {
    gpus::read(sayer, ("gpus", text.gpus), draft, scene);
    plain(sayer, text, draft);
    whereabouts(sayer, text, draft, scene);
    image(sayer, text, draft, scene);
    token_rates(sayer, text.token_rates, draft, scene);
}

/// SLS-02. What the rules' `endpoint_defaults` say: nothing that is one endpoint's alone.
pub(crate) fn set_defaults(
    reader: &mut Reader,
    place: &Place,
    (defaults, own): (&mut Settings, &OwnPolicies),
) {
    let Some(text) = reader.shape::<SettingsText>(place) else { return };
    let of_one = [
        ("data_centers", text.data_centers),
        ("network_volume", text.network_volume),
        ("template", text.template),
        ("image_name", text.image_name),
        ("token_rates", text.token_rates),
    ];
    for (name, _) in of_one.into_iter().filter(|(_, field)| field.is_stated()) {
        let fault = Fault::new("a default of one endpoint alone", "this in the endpoint itself");
        reader.report(&place.field(name), fault);
    }
    let mut draft = Draft::of(defaults.clone());
    let mut sayer = Sayer { reader, place, is_strict: true, own };
    plain(&mut sayer, &text, &mut draft);
    disks(&mut sayer, &text, &mut draft);
    if let Some(size) = sayer.get(("image_gb", text.image_gb)) {
        draft.settings.image_gb = size;
    }
    if text.gpus.is_stated() {
        let items = reader.one_or_more(&place.field("gpus"), "GPU type or class");
        draft.settings.gpus = items.iter().filter_map(|item| reader.scalar(item)).collect();
    }
    *defaults = draft.settings;
}

/// What refers to nothing.
fn plain(sayer: &mut Sayer<'_>, text: &SettingsText, draft: &mut Draft) {
    numbers(sayer, text, draft);
    limits(sayer, text, draft);
    scaler::read(sayer, text, draft);
    if let Some(flashboot) = sayer.get(("flashboot", text.flashboot)) {
        draft.settings.flashboot = flashboot;
    }
    if let Some(source) = sayer.get(("model_source", text.model_source)) {
        draft.settings.model_source = source;
    }
    if let Some(aggregate) = sayer.get(("aggregate", text.aggregate)) {
        draft.settings.aggregate = aggregate;
    }
    if let Some(Maybe(interval)) = sayer.get(("stream_interval", text.stream_interval)) {
        draft.settings.stream_interval = interval;
        if interval == Some(Span::ZERO) {
            let why = ("chunks without end", "a positive duration, or None");
            sayer.refuse(draft, "stream_interval", why);
        }
    }
}

fn numbers(sayer: &mut Sayer<'_>, text: &SettingsText, draft: &mut Draft) {
    let any = || (0..=u32::MAX, "a whole number");
    let some = || (1..=u32::MAX, "a whole number from 1 on (SLS-02)");
    sayer.set(draft, ("workers_min", text.workers_min), any(), |to| &mut to.settings.workers_min);
    sayer.set(draft, ("workers_max", text.workers_max), any(), |to| &mut to.settings.workers_max);
    let eight = (1..=8, "a whole number from 1 to 8 (SLS-02)");
    sayer.set(draft, ("gpus_per_worker", text.gpus_per_worker), eight, |to| {
        &mut to.settings.gpus_per_worker
    });
    sayer.set(draft, ("concurrency", text.concurrency), some(), |to| &mut to.settings.concurrency);
    let named = ("max_attempts", text.max_attempts);
    sayer.set(draft, named, some(), |to| &mut to.settings.max_attempts);
    let any = (Gb::ZERO..=Gb::LARGEST_STATED, "");
    sayer.set(draft, ("model_gb", text.model_gb), any, |to| &mut to.settings.model_gb);
}

fn limits(sayer: &mut Sayer<'_>, text: &SettingsText, draft: &mut Draft) {
    let hour = (Span::from_seconds(1)..=Span::HOUR, "a duration from 1 s to 1 h (SLS-02)");
    let named = ("idle_timeout", text.idle_timeout);
    sayer.set(draft, named, hour, |to| &mut to.settings.idle_timeout);
    let named = ("execution_timeout", text.execution_timeout);
    sayer.set(draft, named, EXECUTION_TIMEOUT, |to| &mut to.settings.execution_timeout);
    sayer.set(draft, ("ttl", text.ttl), TTL, |to| &mut to.settings.ttl);
}

/// JOB-12. The range of an execution timeout.
pub(super) const EXECUTION_TIMEOUT: (std::ops::RangeInclusive<Span>, &str) =
    (Span::from_seconds(5)..=Span::from_seconds(12 * 3600), "a duration from 5 s to 12 h (JOB-12)");
/// JOB-13. The range of a time to live.
pub(super) const TTL: (std::ops::RangeInclusive<Span>, &str) = (
    Span::from_seconds(10)..=Span::from_seconds(7 * 24 * 3600),
    "a duration from 10 s to 7 d (JOB-13)",
);

/// SLS-07. Where its workers may be.
fn whereabouts(
    sayer: &mut Sayer<'_>,
    text: &SettingsText,
    draft: &mut Draft,
    scene: &mut Scene<'_>,
) {
    if text.data_centers.is_stated() {
        let at = sayer.place.field("data_centers");
        let mut found = Vec::new();
        for item in sayer.reader.one_or_more(&at, "data center") {
            let Some(id) = sites::datacenter(sayer.reader, &item, scene.fleet) else { continue };
            if found.contains(&id) {
                let fault = Fault::new("data center named twice", "each data center once");
                sayer.reader.report(&item, fault);
            }
            found.push(id);
        }
        found.sort_unstable();
        draft.settings.data_centers = found;
    }
    if text.network_volume.is_stated() {
        let at = sayer.place.field("network_volume");
        draft.settings.network_volume =
            if crate::scenario::text::scalar::is_none(sayer.reader.sources.text(&at)) {
                None
            } else {
                scene.volumes.at(sayer.reader, &at)
            };
    }
}

/// Its image, its size and that of the container disk: as stated, or as its template has them.
fn image(sayer: &mut Sayer<'_>, text: &SettingsText, draft: &mut Draft, scene: &mut Scene<'_>) {
    if text.template.is_stated() {
        let at = sayer.place.field("template");
        let found = scene.templates.find(sayer.reader, &at, scene.account.as_deref());
        if let Some(found) = found {
            let Some(said) = scene.templates.at_start(found) else {
                let expected = "a template of the scenario's start, or what it says itself";
                sayer.reader.report(&at, Fault::new("a template that the script makes", expected));
                return;
            };
            draft.has_image = true;
            if let Some(disk) = said.container_disk {
                draft.settings.container_disk = disk;
            }
            match said.image {
                Some(Image::Own(size)) => (draft.settings.image_gb, draft.shared) = (size, None),
                Some(Image::Named(image)) => draft.shared = Some(image),
                None => {}
            }
        }
    }
    disks(sayer, text, draft);
    if text.image_gb.is_stated() || text.image_name.is_stated() {
        let fields = (("image_name", text.image_name), ("image_gb", text.image_gb), None);
        draft.has_image = true;
        match scene.templates.images.read(sayer.reader, sayer.place, fields) {
            Some(Image::Own(size)) => (draft.settings.image_gb, draft.shared) = (size, None),
            Some(Image::Named(image)) => draft.shared = Some(image),
            None => {}
        }
    }
    if let Some(size) = draft.shared.and_then(|image| scene.templates.images.size(image)) {
        draft.settings.image_gb = size;
    }
}

fn disks(sayer: &mut Sayer<'_>, text: &SettingsText, draft: &mut Draft) {
    let any = (Gb::new(1)..=Gb::LARGEST_STATED, "whole GB from 1 on (SLS-02)");
    let named = ("container_disk_gb", text.container_disk_gb);
    sayer.set(draft, named, any, |to| &mut to.settings.container_disk);
}

/// Tokens per second of GPU types.
fn token_rates(sayer: &mut Sayer<'_>, field: Field, draft: &mut Draft, scene: &mut Scene<'_>) {
    let at = sayer.place.field("token_rates");
    let Some(entries) = sayer.reader.entries(&at, field) else { return };
    if !field.is_stated() {
        return;
    }
    draft.token_rates = Vec::new();
    for (key, entry) in entries {
        let name = String::read(&sayer.reader.sources.get(at.file).text[key.clone()]);
        let pair = sayer.reader.pair(&entry, "tokens per second of the prompt, of the answer");
        let name = match name {
            Ok(name) => name,
            Err(fault) => {
                sayer.reader.report_key(key, &entry, fault);
                continue;
            }
        };
        let Some(gpu_type) = scene.types.called(&name) else {
            sayer.reader.report_key(key, &entry, gpus::unknown_type(&name, scene));
            continue;
        };
        if draft.token_rates.iter().any(|known| known.gpu_type == gpu_type) {
            sayer.reader.report_key(key, &entry, Fault::new("type named twice", "each type once"));
        }
        let Some((prefill, decode)) = pair else { continue };
        let mut rate = |place: &Place| {
            let NotNegative(rate) = sayer.reader.scalar(place)?;
            if rate <= 0.0 {
                let fault = Fault::new("no tokens at all", "a number above 0 per second");
                sayer.reader.report(place, fault);
            }
            Some(rate)
        };
        if let (Some(prefill), Some(decode)) = (rate(&prefill), rate(&decode)) {
            draft.token_rates.push(TokenRate { gpu_type, prefill, decode });
        }
    }
}
