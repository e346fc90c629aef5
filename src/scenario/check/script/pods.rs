//! Scripted pods: creation, resumes, and references by name (POD-01, POD-04, POD-11, SPOT-01).

use super::{DEFAULT_CONTAINER_DISK, Known};
use crate::ids::{AccountId, Id, NetworkVolumeNameId, PodNameId, TemplateId};
use crate::scenario::check::capacity::{self, Lack};
use crate::scenario::check::checkpoint;
use crate::scenario::check::names::Names;
use crate::scenario::check::sites::{self, SiteFields};
use crate::scenario::check::templates::container;
use crate::scenario::demand::{Clouds, Demand, OnDone, WhenFull};
use crate::scenario::model::{
    ActionKind, Command, Container, CreatePod, FromTemplate, Image, Site,
};
use crate::scenario::problem::Fault;
use crate::scenario::schema::script::{
    ActionText, ChangeBidText, CreatePodText, DoText, MovePodText, ResumePodText,
};
use crate::scenario::text::scalar::{Amount, Maybe, Slots, Vcpus, Work};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Gb, GpuTime, Money, Span};

/// The names of all pods that the script creates.
pub(crate) fn names(
    reader: &mut Reader,
    actions: &[(&Place, ActionText, DoText)],
) -> (Vec<String>, Names) {
    let mut listed = Vec::new();
    let mut names = Names::of("pod");
    for (place, _, done) in actions {
        let (DoText::CreatePod(text) | DoText::CreateSpotPod(text)) = done else { continue };
        let place = place.field("do");
        let Some(name) = reader.required::<String>(&place, ("name", text.name)) else { continue };
        let place = place.field("name");
        if is_generated(&name) {
            let expected = "another name: those of the form `pod-<number>` are random demand's";
            reader.report(&place, Fault::new(format!("reserved name `{name}`"), expected));
        }
        names.add(reader, &name, listed.len(), &place);
        listed.push(name);
    }
    (listed, names)
}

/// Whether random demand may generate this name.
fn is_generated(name: &str) -> bool {
    let number = name.strip_prefix("pod-").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The pod named by `field`, which is `podId` of `place`.
pub(crate) fn pod(
    reader: &mut Reader,
    place: &Place,
    field: Field,
    known: &Known<'_>,
) -> Option<PodNameId> {
    if !field.is_stated() {
        reader.missing(place, "podId");
        return None;
    }
    known.pods.find(reader, &place.field("podId")).map(PodNameId::from_index)
}

/// A bid: mandatory for spot, refused on demand.
fn bid(reader: &mut Reader, place: &Place, field: Field, is_spot: bool) -> Option<Money> {
    if is_spot {
        return reader.required(place, ("bidPerGpu", field)).map(|Amount(bid)| bid);
    }
    if field.is_stated() {
        let fault = Fault::new("a bid on demand", "no `bidPerGpu`, or the spot action");
        reader.report(&place.field("bidPerGpu"), fault);
    }
    None
}

/// CreatePod, or CreateSpotPod if `is_spot`.
pub(crate) fn create(
    reader: &mut Reader,
    (place, account): (&Place, Option<AccountId>),
    (text, is_spot): (&CreatePodText, bool),
    known: &mut Known<'_>,
) -> Option<ActionKind> {
    let network_volume = text.networkVolumeId.is_stated();
    let network_volume = if network_volume { known.volumes.find(reader, place) } else { None };
    let fields = site_fields(text);
    let mut site = sites::read(reader, place, fields, known.fleet);
    let is_amiss = bind(network_volume, &mut site, (reader, place, text), known);
    let named = template(reader, place, text, (account, known));
    let disks = disks(text, named, known);
    let demand = demand(reader, place, (text, disks), (site, known));
    if let Some(demand) = demand.as_ref().filter(|_| !is_amiss) {
        check_size(reader, place, (text, fields), (demand, known));
    }
    if text.vcpuCount.is_stated() && (is_spot || demand.is_none_or(|demand| 0 < demand.gpus)) {
        let expected = "`gpuCount: 0` on demand, for a CPU pod (POD-14)";
        reader
            .report(&place.field("vcpuCount"), Fault::new("vCPUs beside GPUs or a bid", expected));
    }
    let bid = bid(reader, place, text.bidPerGpu, is_spot);
    let (image, container) = image(reader, place, text, known);
    // What a template's volume will be at the time is not known here.
    let volume =
        (named.is_none() || text.volumeInGb.is_stated()).then_some(("volumeInGb", text.volumeInGb));
    let request = CreatePod {
        name: PodNameId::from_index(0),
        bid,
        demand: demand?,
        image: image.unwrap_or(Image::EVERYWHERE),
        template: named.map(|template| FromTemplate {
            template,
            states_container_disk: text.containerDiskInGb.is_stated(),
            states_volume: text.volumeInGb.is_stated() || network_volume.is_some(),
            states_image: image.is_some(),
            states_command: text.command.is_stated(),
        }),
        container: (container != Container::default()).then(|| Box::new(container)),
        command: reader.or(place, ("command", text.command), Command::default()),
        patience: patience(reader, place, text.patience),
        work: work(reader, place, text.work, demand?.gpus),
        on_done: reader.or(place, ("on_done", text.on_done), OnDone::default()),
        checkpoint: checkpoint::read(
            reader,
            (place, text.checkpoint),
            (volume.filter(|_| network_volume.is_none()), &known.own.checkpoint),
        ),
        network_volume,
        is_amiss,
    };
    let name: String =
        crate::scenario::text::scalar::Scalar::read(reader.sources.text(&place.field("name")))
            .ok()?;
    let name = PodNameId::from_index(known.pods.get(&name)?);
    Some(ActionKind::CreatePod(Box::new(CreatePod { name, ..request })))
}

/// The arguments that say where a pod may be (CLD-05).
fn site_fields(text: &CreatePodText) -> SiteFields<'static> {
    SiteFields {
        datacenter: ("dataCenterId", text.dataCenterId),
        country: ("countryCode", text.countryCode),
        public_ip: ("supportPublicIp", text.supportPublicIp),
        min_download: ("minDownload", text.minDownload),
        min_upload: ("minUpload", text.minUpload),
    }
}

/// NVOL-05, NVOL-06. A network volume binds its pod to its data center. Says whether the request asks for
/// what does not go with it: another place, or a volume besides.
fn bind(
    volume: Option<NetworkVolumeNameId>,
    site: &mut Site,
    (reader, place, text): (&mut Reader, &Place, &CreatePodText),
    known: &Known<'_>,
) -> bool {
    let Some(volume) = volume else { return false };
    let Some(datacenter) = known.volumes.places[volume.index()] else { return true };
    let country = &known.fleet.datacenters.of(datacenter).country;
    let elsewhere = site.datacenter.is_some_and(|stated| stated != datacenter)
        || site.country.is_some() && site.country != *country
        || reader.or(place, ("cloudType", text.cloudType), Clouds::All) == Clouds::Community;
    site.datacenter = Some(datacenter);
    elsewhere || reader.or(place, ("volumeInGb", text.volumeInGb), Gb::ZERO) != Gb::ZERO
}

/// TMPL-02. The template that a request names.
fn template(
    reader: &mut Reader,
    place: &Place,
    text: &CreatePodText,
    (account, known): (Option<AccountId>, &Known<'_>),
) -> Option<TemplateId> {
    if !text.templateId.is_stated() {
        return None;
    }
    let account = account.map(|account| known.accounts.specs[account.index()].name.as_str());
    known.templates.find(reader, &place.field("templateId"), account)
}

/// TMPL-01. What a request says itself of its image and container.
fn image(
    reader: &mut Reader,
    place: &Place,
    text: &CreatePodText,
    known: &mut Known<'_>,
) -> (Option<Image>, Container) {
    let name = ("imageName", text.imageName);
    let fields = (name, ("image_gb", text.image_gb), Some(("layers", text.layers)));
    let image = known.templates.images.read(reader, place, fields);
    let fields = [
        name,
        ("dockerArgs", text.dockerArgs),
        ("volumeMountPath", text.volumeMountPath),
        ("ports", text.ports),
        ("env", text.env),
    ];
    (image, container(reader, place, fields))
}

/// Container disk and volume of a request that states none: its template's, where it has one; a network
/// volume takes the place of the volume (NVOL-06).
fn disks(text: &CreatePodText, named: Option<TemplateId>, known: &Known<'_>) -> (Gb, Gb) {
    let said = named.and_then(|named| known.said(named));
    let disk = said.and_then(|said| said.container_disk).unwrap_or(DEFAULT_CONTAINER_DISK);
    let volume = said.filter(|_| !text.networkVolumeId.is_stated()).and_then(|said| said.volume);
    (disk, volume.unwrap_or_default())
}

/// What it needs; `disks` are container disk and volume where it states none.
fn demand(
    reader: &mut Reader,
    place: &Place,
    (text, disks): (&CreatePodText, (Gb, Gb)),
    (site, known): (Site, &mut Known<'_>),
) -> Option<Demand> {
    let types = if text.gpuTypeId.is_stated() {
        known.types.find_all(reader, &place.field("gpuTypeId"))
    } else {
        reader.missing(place, "gpuTypeId");
        Vec::new()
    };
    let deploy_cost: Option<Amount> = reader.optional(place, ("deployCost", text.deployCost));
    let container_disk = reader.or(place, ("containerDiskInGb", text.containerDiskInGb), disks.0);
    let clouds = reader.or(place, ("cloudType", text.cloudType), Clouds::All);
    Some(Demand {
        types: known.types.list(types),
        clouds: sites::clouds_of(&site, clouds),
        gpus: reader.or(place, ("gpuCount", text.gpuCount), 1),
        vcpus: reader.or(place, ("vcpuCount", text.vcpuCount), Slots::default()).0,
        min_vcpus: reader.or(place, ("minVcpuCount", text.minVcpuCount), Vcpus::default()).0,
        min_memory: reader.or(place, ("minMemoryInGb", text.minMemoryInGb), Gb::ZERO),
        container_disk,
        volume: reader.or(place, ("volumeInGb", text.volumeInGb), disks.1),
        deploy_cost: deploy_cost.map(|amount| amount.0),
        site: known.sites.index(site),
    })
}

/// Reports a pod that no host could ever hold.
fn check_size(
    reader: &mut Reader,
    place: &Place,
    (text, site): (&CreatePodText, SiteFields<'_>),
    (demand, known): (&Demand, &Known<'_>),
) {
    let types = &known.types.lists[demand.types as usize];
    let sites = (&known.sites.rows[demand.site as usize], known.fleet);
    let lacks = if types.is_empty() || !known.fleet.is_complete {
        capacity::lack_anywhere(demand).into_iter().collect()
    } else {
        capacity::lacks(&known.fleet.drafts, (types, sites), demand, known.rules)
    };
    for (lack, fault) in lacks {
        let field = match lack {
            Lack::Hosts => "gpuTypeId",
            Lack::Cloud => "cloudType",
            Lack::Site => site.blamed(),
            Lack::Gpus => "gpuCount",
            Lack::Vcpus => "minVcpuCount",
            Lack::Memory => "minMemoryInGb",
            Lack::Disk if text.volumeInGb.is_stated() => "volumeInGb",
            Lack::Disk => "containerDiskInGb",
            Lack::CpuSlots => "vcpuCount",
        };
        reader.report(&place.field(field), fault);
    }
}

/// POD-20. Work in GPU-seconds, or as a duration on the GPUs asked for.
fn work(reader: &mut Reader, place: &Place, field: Field, gpus: u32) -> Option<GpuTime> {
    let work: Work = reader.optional(place, ("work", field))?;
    if gpus == 0 {
        let expected = "no `work`: without a GPU it would never be done (POD-13)";
        reader.report(&place.field("work"), Fault::new("work without a GPU", expected));
    }
    Some(match work {
        Work::GpuTime(work) => work,
        Work::Duration(span) => GpuTime::new(gpus, span),
    })
}

/// How long a request waits: not at all where nothing is stated, without end for `None`.
fn patience(reader: &mut Reader, place: &Place, field: Field) -> Span {
    let stated: Option<Maybe<Span>> = reader.optional(place, ("patience", field));
    stated.map_or(Span::ZERO, |Maybe(patience)| patience.unwrap_or(Span::FOREVER))
}

/// ChangeBid.
pub(crate) fn change_bid(
    reader: &mut Reader,
    place: &Place,
    text: &ChangeBidText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let pod = pod(reader, place, text.podId, known);
    let bid = bid(reader, place, text.bidPerGpu, true);
    Some(ActionKind::ChangeBid { pod: pod?, bid: bid? })
}

/// MovePod: at a bid if one is stated.
pub(crate) fn move_to(
    reader: &mut Reader,
    place: &Place,
    text: &MovePodText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let pod = pod(reader, place, text.podId, known);
    let bid = bid(reader, place, text.bidPerGpu, text.bidPerGpu.is_stated());
    let gpus = reader.optional(place, ("gpuCount", text.gpuCount));
    Some(ActionKind::MovePod { pod: pod?, bid, gpus })
}

/// ResumePod, or ResumeSpotPod if `is_spot`.
pub(crate) fn resume(
    reader: &mut Reader,
    place: &Place,
    (text, is_spot): (&ResumePodText, bool),
    known: &Known<'_>,
) -> Option<ActionKind> {
    let pod = pod(reader, place, text.podId, known);
    let bid = bid(reader, place, text.bidPerGpu, is_spot);
    let when_full = reader.or(place, ("when_full", text.when_full), WhenFull::default());
    if text.patience.is_stated() && when_full != WhenFull::Wait {
        let fault = Fault::new("patience without waiting", "`when_full: wait` beside it (POD-12)");
        reader.report(&place.field("patience"), fault);
    }
    let gpus = reader.optional(place, ("gpuCount", text.gpuCount));
    let patience = patience(reader, place, text.patience);
    Some(ActionKind::ResumePod { pod: pod?, bid, gpus, when_full, patience })
}
