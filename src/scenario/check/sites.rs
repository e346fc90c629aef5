//! What requests demand of the place and the line of a host (CLD-05).

use super::fleet::Fleet;
use super::names::unknown;
use crate::ids::DataCenterId;
use crate::scenario::demand::Clouds;
use crate::scenario::model::Site;
use crate::scenario::problem::Fault;
use crate::scenario::text::{Named, Place, Reader};

/// The distinct ones, the first of which demands nothing.
#[derive(Debug)]
pub(crate) struct Sites {
    /// In order of mention.
    pub(crate) rows: Vec<Site>,
}

/// The fields that say it, under the names that they have here.
#[derive(Clone, Copy)]
pub(crate) struct SiteFields<'a> {
    /// Text: the data center.
    pub(crate) datacenter: Named<'a>,
    /// Text: the country's code.
    pub(crate) country: Named<'a>,
    /// `true` or `false`: whether a public IP is demanded.
    pub(crate) public_ip: Named<'a>,
    /// Whole Mbit/s.
    pub(crate) min_download: Named<'a>,
    /// Whole Mbit/s.
    pub(crate) min_upload: Named<'a>,
}

impl SiteFields<'_> {
    /// The field of which it is said that no host is there.
    pub(crate) fn blamed(&self) -> &str {
        let fields =
            [self.datacenter, self.country, self.public_ip, self.min_download, self.min_upload];
        let stated = fields.iter().find(|(_, field)| field.is_stated());
        stated.map_or(self.datacenter.0, |(name, _)| name)
    }
}

impl Sites {
    /// None but the one that demands nothing.
    pub(crate) fn new() -> Self {
        Self { rows: vec![Site::default()] }
    }
    /// The index of `site`, made if it is new.
    pub(crate) fn index(&mut self, site: Site) -> u32 {
        let known = self.rows.iter().position(|row| *row == site);
        let index = known.unwrap_or_else(|| {
            self.rows.push(site);
            self.rows.len() - 1
        });
        u32::try_from(index).expect("as many as a file can say")
    }
}

/// Reads what a request at `place` demands.
pub(crate) fn read(
    reader: &mut Reader,
    place: &Place,
    fields: SiteFields<'_>,
    fleet: &Fleet,
) -> Site {
    let datacenter = if fields.datacenter.1.is_stated() {
        datacenter(reader, &place.field(fields.datacenter.0), fleet)
    } else {
        None
    };
    Site {
        datacenter,
        datacenters: Vec::new(),
        country: reader.optional(place, fields.country),
        public_ip: reader.or(place, fields.public_ip, false),
        min_download: bits(reader.or(place, fields.min_download, 0)),
        min_upload: bits(reader.or(place, fields.min_upload, 0)),
    }
}

/// The data center that is named at `place`, in which hosts have to be.
pub(crate) fn datacenter(
    reader: &mut Reader,
    place: &Place,
    fleet: &Fleet,
) -> Option<DataCenterId> {
    let name: String = reader.scalar(place)?;
    let known = &fleet.datacenters.names;
    let found = fleet.datacenters.in_use(&name);
    if found.is_none() {
        let fault = if known.get(&name).is_some() {
            let expected = "a data center of which the fleet has hosts";
            Fault::new(format!("no host stands in `{name}`"), expected)
        } else {
            let mut fault = unknown("data center", &name, known.iter());
            "a data center of the catalogue or of `datacenters`".clone_into(&mut fault.expected);
            fault
        };
        reader.report(place, fault);
    }
    found
}

/// CLD-01. A data center is of the secure cloud alone.
pub(crate) fn clouds_of(site: &Site, clouds: Clouds) -> Clouds {
    let is_bound = site.datacenter.is_some() || !site.datacenters.is_empty();
    if is_bound && clouds == Clouds::All { Clouds::Secure } else { clouds }
}

/// Mbit/s in bit/s.
fn bits(mbps: u32) -> u64 {
    const BITS_PER_MBIT: u64 = 1_000_000;
    u64::from(mbps) * BITS_PER_MBIT
}
