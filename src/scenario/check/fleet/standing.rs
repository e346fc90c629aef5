//! Where hosts stand, and how they are connected (CLD-05).

use super::datacenters::Datacenters;
use super::{Draft, Fleet};
use crate::scenario::model::Standing;
use crate::scenario::problem::Fault;
use crate::scenario::schema::fleet::GroupText;
use crate::scenario::text::{Place, Reader};

impl Draft {
    /// CLD-05. Where it stands, and how it is connected.
    pub(crate) fn standing(&self, fleet: &Fleet) -> Standing<'_> {
        let datacenter = self.datacenter.as_deref();
        Standing {
            datacenter: datacenter.and_then(|name| fleet.datacenters.in_use(name)),
            country: self.country.as_deref(),
            public_ip: self.public_ip,
            download: self.download,
            upload: self.upload,
        }
    }
}

/// CLD-02, CLD-03, CLD-05. The country, and whether there is a public IP: of secure hosts that of their data
/// center, and always; of others as declared.
pub(super) fn standing(
    reader: &mut Reader,
    place: &Place,
    text: &GroupText,
    (datacenter, datacenters): (Option<&str>, &Datacenters),
) -> (Option<String>, bool) {
    let country: Option<String> = reader.optional(place, ("country", text.country));
    let public_ip: Option<bool> = reader.optional(place, ("public_ip", text.public_ip));
    let Some(datacenter) = datacenter else { return (country, public_ip.unwrap_or(false)) };
    if text.country.is_stated() {
        let expected = "no `country`: theirs is that of their data center";
        let fault = Fault::new("secure hosts with a country of their own", expected);
        reader.report(&place.field("country"), fault);
    }
    if public_ip == Some(false) {
        let fault = Fault::new("secure hosts without a public IP (CLD-05)", "`true`, or nothing");
        reader.report(&place.field("public_ip"), fault);
    }
    (datacenters.get(datacenter).country, true)
}
