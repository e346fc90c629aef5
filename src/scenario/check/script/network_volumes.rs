//! Scripted network volumes: creation, and references by name (NVOL-01, NVOL-04, NVOL-08).

use super::Known;
use crate::ids::{DataCenterId, Id, NetworkVolumeNameId};
use crate::scenario::check::fleet::Fleet;
use crate::scenario::check::names::{Names, unknown};
use crate::scenario::model::ActionKind;
use crate::scenario::schema::script::{
    ActionText, CreateNetworkVolumeText, DoText, OfNetworkVolumeText, ResizeNetworkVolumeText,
};
use crate::scenario::text::{Field, Place, Reader};

/// The network volumes that the script creates.
#[derive(Debug)]
pub(crate) struct Volumes {
    /// Their names, in order of creation in the text.
    pub(crate) listed: Vec<String>,
    /// Where each is to be, if there is such a data center in the scenario.
    pub(crate) places: Vec<Option<DataCenterId>>,
    names: Names,
}

impl Volumes {
    /// Reads the names of all of them, and where they are to be.
    pub(crate) fn read(
        reader: &mut Reader,
        actions: &[(&Place, ActionText, DoText)],
        fleet: &Fleet,
    ) -> Self {
        let names = Names::of("network volume");
        let mut all = Self { listed: Vec::new(), places: Vec::new(), names };
        for (place, _, done) in actions {
            let DoText::CreateNetworkVolume(text) = done else { continue };
            let place = place.field("do");
            let name = reader.required::<String>(&place, ("name", text.name));
            let Some(name) = name else { continue };
            all.names.add(reader, &name, all.listed.len(), &place.field("name"));
            all.listed.push(name);
            let named = ("dataCenterId", text.dataCenterId);
            let at = reader.required::<String>(&place, named);
            all.places.push(at.and_then(|at| {
                let known = &fleet.datacenters.names;
                if known.get(&at).is_none() {
                    let fault = unknown("data center", &at, known.iter());
                    reader.report(&place.field("dataCenterId"), fault);
                }
                fleet.datacenters.in_use(&at)
            }));
        }
        all
    }
    /// The volume named by `field`, which is `networkVolumeId` of `place`.
    pub(crate) fn find(&self, reader: &mut Reader, place: &Place) -> Option<NetworkVolumeNameId> {
        self.at(reader, &place.field("networkVolumeId"))
    }
    /// The volume whose name stands at `place`.
    pub(crate) fn at(&self, reader: &mut Reader, place: &Place) -> Option<NetworkVolumeNameId> {
        self.names.find(reader, place).map(NetworkVolumeNameId::from_index)
    }
}

fn volume(
    reader: &mut Reader,
    place: &Place,
    field: Field,
    known: &Known<'_>,
) -> Option<NetworkVolumeNameId> {
    if !field.is_stated() {
        reader.missing(place, "networkVolumeId");
        return None;
    }
    known.volumes.find(reader, place)
}

/// CreateNetworkVolume.
pub(crate) fn create(
    reader: &mut Reader,
    place: &Place,
    text: &CreateNetworkVolumeText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let size = reader.required(place, ("size", text.size));
    let name: String =
        crate::scenario::text::scalar::Scalar::read(reader.sources.text(&place.field("name")))
            .ok()?;
    let index = known.volumes.names.get(&name)?;
    let datacenter = *known.volumes.places.get(index)?;
    let name = NetworkVolumeNameId::from_index(index);
    Some(ActionKind::CreateNetworkVolume { name, size: size?, datacenter })
}

/// ResizeNetworkVolume.
pub(crate) fn resize(
    reader: &mut Reader,
    place: &Place,
    text: &ResizeNetworkVolumeText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let size = reader.required(place, ("size", text.size));
    let volume = volume(reader, place, text.networkVolumeId, known);
    Some(ActionKind::ResizeNetworkVolume { volume: volume?, size: size? })
}

/// DeleteNetworkVolume.
pub(crate) fn delete(
    reader: &mut Reader,
    place: &Place,
    text: &OfNetworkVolumeText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let volume = volume(reader, place, text.networkVolumeId, known)?;
    Some(ActionKind::DeleteNetworkVolume { volume })
}
