//! What each customer of a segment asks for: GPUs and the host around them, how long, how patiently
//! (POD-02, POD-13, POD-20).

use super::Scene;
use super::arrivals::Arrivals;
use crate::ids::{GpuTypeId, Id, TemplateId};
use crate::rng::draw::Distribution;
use crate::scenario::check::capacity::{self, Lack};
use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::check::script::DEFAULT_CONTAINER_DISK;
use crate::scenario::check::sites::{self, SiteFields};
use crate::scenario::demand::{Clouds, Demand, WorkLength};
use crate::scenario::model::{FromTemplate, Image, TemplateKind};
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::SegmentText;
use crate::scenario::text::scalar::{self, Amount, Slots, Vcpus};
use crate::scenario::text::{Place, Reader};
use crate::units::Gb;

/// What a request names of hosts.
#[derive(Debug)]
pub(super) struct Asked {
    /// GPUs: whole numbers.
    pub(super) gpus: Distribution,
    /// Acceptable types, preferred first.
    pub(super) types: Vec<GpuTypeId>,
    /// The rest; its `gpus` are of no account.
    pub(super) demand: Demand,
    /// Their image, as far as the segment states it.
    pub(super) image: Option<Image>,
    /// What they take from a template.
    pub(super) template: Option<FromTemplate>,
}

impl Asked {
    /// All numbers of GPUs that may be drawn, ascending.
    fn counts(&self) -> impl Iterator<Item = u32> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, < 2^32"
        )]
        self.gpus.points().unwrap_or_default().iter().map(|count| *count as u32)
    }
    /// POD-13. Whether a pod may come without a GPU.
    pub(super) fn may_lack_gpus(&self) -> bool {
        self.counts().next() == Some(0)
    }
}

/// Reads what requests name of hosts.
pub(super) fn read(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &mut Scene<'_>,
) -> Asked {
    let types = if text.gpu_type.is_stated() {
        scene.types.find_all(reader, &place.field("gpu_type"))
    } else {
        Vec::new()
    };
    let deploy_cost: Option<Amount> = reader.optional(place, ("deploy_cost", text.deploy_cost));
    let named = template(reader, (place, text), scene);
    let says = |states: bool| {
        let named = named.filter(|_| !states)?;
        scene.templates.specs[named.index()].at_start.as_ref()
    };
    let disk = says(text.container_disk_gb.is_stated()).and_then(|said| said.container_disk);
    // A network volume takes the place of the volume (NVOL-06).
    let states_volume = text.volume_gb.is_stated() || text.network_volume_gb.is_stated();
    let volume = says(states_volume).and_then(|said| said.volume);
    let disk = disk.unwrap_or(DEFAULT_CONTAINER_DISK);
    let container_disk = reader.or(place, ("container_disk_gb", text.container_disk_gb), disk);
    let site = sites::read(reader, place, site_fields(text), scene.fleet);
    let clouds = reader.or(place, ("cloud", text.cloud), Clouds::All);
    let demand = Demand {
        types: scene.types.list(types.clone()),
        clouds: sites::clouds_of(&site, clouds),
        gpus: 0,
        vcpus: reader.or(place, ("vcpus", text.vcpus), Slots::default()).0,
        min_vcpus: reader.or(place, ("min_vcpus", text.min_vcpus), Vcpus::default()).0,
        min_memory: reader.or(place, ("min_memory_gb", text.min_memory_gb), Gb::ZERO),
        container_disk,
        volume: reader.or(place, ("volume_gb", text.volume_gb), volume.unwrap_or_default()),
        deploy_cost: deploy_cost.map(|amount| amount.0),
        site: scene.sites.index(site),
    };
    let gpus = if text.gpus.is_stated() {
        gpus(reader, &place.field("gpus"), scene)
    } else {
        Distribution::Constant(1.0)
    };
    if text.vcpus.is_stated() && gpus != Distribution::Constant(0.0) {
        let fault = Fault::new("vCPUs beside GPUs", "`gpus: 0`, for CPU pods (POD-14)");
        reader.report(&place.field("vcpus"), fault);
    }
    let fields = (("image_name", text.image_name), ("image_gb", text.image_gb), None);
    let image = scene.templates.images.read(reader, place, fields);
    let template = named.map(|template| FromTemplate {
        template,
        states_container_disk: text.container_disk_gb.is_stated(),
        states_volume,
        states_image: image.is_some(),
        states_command: false,
    });
    Asked { gpus, types, demand, image, template }
}

/// TMPL-02. The template that the segment names: one of the start that everybody may use.
fn template(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &Scene<'_>,
) -> Option<TemplateId> {
    if !text.template.is_stated() {
        return None;
    }
    let place = place.field("template");
    let template = scene.templates.find(reader, &place, None)?;
    let said = scene.templates.specs[template.index()].at_start.as_ref();
    if said.and_then(|said| said.kind).is_none_or(|kind| kind == TemplateKind::Private) {
        let fault = Fault::new("a private template", "one that is official or community (TMPL-02)");
        reader.report(&place, fault);
    }
    Some(template)
}

/// NVOL-01, NVOL-05, NVOL-06. The size of the network volume that each account makes for its pods.
pub(super) fn network_volume(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &Scene<'_>,
) -> Option<Gb> {
    let named = ("network_volume_gb", text.network_volume_gb);
    let size: Gb = reader.optional(place, named)?;
    let largest = scene.rules.network_volume_max;
    let fault = if size == Gb::ZERO || largest < size {
        Fault::new("network volume out of range", format!("1 to {largest} GB (NVOL-01)"))
    } else if !text.datacenter.is_stated() {
        Fault::new("network volume without a place", "a `datacenter` beside it (NVOL-05)")
    } else if text.volume_gb.is_stated() {
        Fault::new("network volume and volume", "either of them (NVOL-06)")
    } else {
        return Some(size);
    };
    reader.report(&place.field(named.0), fault);
    None
}

/// The fields that say where pods may be (CLD-05).
fn site_fields(text: &SegmentText) -> SiteFields<'static> {
    SiteFields {
        datacenter: ("datacenter", text.datacenter),
        country: ("country", text.country),
        public_ip: ("public_ip", text.public_ip),
        min_download: ("min_download_mbps", text.min_download_mbps),
        min_upload: ("min_upload_mbps", text.min_upload_mbps),
    }
}

/// A distribution of whole numbers.
fn gpus(reader: &mut Reader, place: &Place, scene: &mut Scene<'_>) -> Distribution {
    let drawn = distribution::read(reader, scene.files, place, Quantity::Gpus);
    let drawn = drawn.unwrap_or(Distribution::Constant(1.0));
    let is_whole = |value: &f64| value.total_cmp(&libm::trunc(*value)).is_eq();
    if drawn.points().is_some_and(|points| points.iter().all(is_whole)) {
        return drawn;
    }
    let expected = "a number, or a Choice or an Empirical of whole numbers";
    reader.report(place, Fault::new("GPUs are whole", expected));
    Distribution::Constant(1.0)
}

/// Reports a segment of which no host could ever hold a pod.
pub(super) fn check_size(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    asked: &Asked,
    scene: &Scene<'_>,
) {
    if !text.gpu_type.is_stated() {
        reader.missing(place, "gpu_type");
    }
    let mut lacks: Vec<(Lack, Fault)> = Vec::new();
    let kinds = capacity::kinds(scene.fleet);
    let sites = (&scene.sites.rows[asked.demand.site as usize], scene.fleet);
    for gpus in asked.counts() {
        let demand = Demand { gpus, ..asked.demand };
        let found = if asked.types.is_empty() || !scene.fleet.is_complete {
            capacity::lack_anywhere(&demand).into_iter().collect()
        } else {
            capacity::lacks(&kinds, (&asked.types, sites), &demand, scene.rules)
        };
        for found in found {
            if lacks.iter().all(|(lack, _)| *lack != found.0) {
                lacks.push(found);
            }
        }
    }
    let sited = site_fields(text);
    for (lack, fault) in lacks {
        let field = match lack {
            Lack::Hosts => "gpu_type",
            Lack::Cloud => "cloud",
            Lack::Site => sited.blamed(),
            Lack::Gpus => "gpus",
            Lack::Vcpus => "min_vcpus",
            Lack::Memory => "min_memory_gb",
            Lack::Disk if text.volume_gb.is_stated() => "volume_gb",
            Lack::Disk => "container_disk_gb",
            Lack::CpuSlots => "vcpus",
        };
        reader.report(&place.field(field), fault);
    }
}

/// POD-20. How long the work is: `duration` or `work`, unless a trace says it.
pub(super) fn work(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    (asked, arrivals): (&Asked, &Arrivals),
    scene: &mut Scene<'_>,
) -> Option<WorkLength> {
    if arrivals.is_replay {
        return Some(WorkLength::Endless);
    }
    let (duration, work) = (place.field("duration"), place.field("work"));
    match (text.duration.is_stated(), text.work.is_stated()) {
        (true, true) => {
            let fault = Fault::new("work stated in two ways", "either `duration` or `work`");
            reader.report(&work, fault);
            None
        }
        (false, false) => {
            let expected = "a `duration` (on the GPUs asked for), or `work` in GPU-seconds";
            reader.report(place, Fault::new("missing field `duration`", expected));
            None
        }
        (true, false) if is_none(reader, &duration) => Some(WorkLength::Endless),
        (true, false) => distribution::read(reader, scene.files, &duration, Quantity::Duration)
            .map(WorkLength::Duration),
        (false, true) => {
            if asked.may_lack_gpus() {
                let expected = "a `duration`: without a GPU work would never be done (POD-13)";
                reader.report(&work, Fault::new("work without a GPU", expected));
            }
            distribution::read(reader, scene.files, &work, Quantity::GpuSeconds)
                .map(WorkLength::GpuSeconds)
        }
    }
}

/// Whether `None` stands at `place`.
fn is_none(reader: &Reader, place: &Place) -> bool {
    scalar::is_none(reader.sources.text(place))
}

/// How long a request waits; none: for ever.
pub(super) fn patience(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &mut Scene<'_>,
) -> Option<Distribution> {
    const NOT_AT_ALL: Distribution = Distribution::Constant(0.0);
    let place = place.field("patience");
    if !text.patience.is_stated() {
        return Some(NOT_AT_ALL);
    }
    if is_none(reader, &place) {
        return None;
    }
    distribution::read(reader, scene.files, &place, Quantity::Duration).or(Some(NOT_AT_ALL))
}
