//! Data centers and pools, and where a request may go beside GPU types and clouds: places and lines (CLD-02, CLD-05).

use crate::ids::{DataCenterId, ScopeId};
use crate::scenario::rules::Tier;
use crate::units::Gb;

/// A row of `utilization.csv`: (GPU type, cloud, data center), those that have hosts, in order of
/// GPU type, cloud, data center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The scope.
    pub scope: ScopeId,
    /// The data center; none in the community cloud.
    pub datacenter: Option<DataCenterId>,
}

/// A data center (CLD-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataCenter {
    /// Its name in outputs.
    pub name: String,
    /// NVOL-09. Local speed between its hosts, and its storage, in bit/s.
    pub speed: u64,
    /// CLD-02. How redundant it is.
    pub tier: Tier,
    /// NVOL-01. What network volumes may take there; zero: it has no network storage.
    pub network_storage: Gb,
    /// CLD-05. The code of its country, if known.
    pub country: Option<String>,
}

/// What a request demands of the place and the line of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// `dataCenterId`, or that of its network volume (NVOL-05).
    pub datacenter: Option<DataCenterId>,
    /// SLS-07. Data centers of an endpoint that names several, ascending; empty: anywhere.
    pub datacenters: Vec<DataCenterId>,
    /// `countryCode`.
    pub country: Option<String>,
    /// `supportPublicIp`.
    pub public_ip: bool,
    /// `minDownload`, in bit/s.
    pub min_download: u64,
    /// `minUpload`, in bit/s.
    pub min_upload: u64,
}

/// Where a host stands, and how it is connected.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its data center, if it stands in one.
    pub datacenter: Option<DataCenterId>,
    /// The code of its country, if known.
    pub country: Option<&'a str>,
    /// Whether it has a public IP.
    pub public_ip: bool,
    /// Download speed in bit/s.
    pub download: u64,
    /// Upload speed in bit/s.
    pub upload: u64,
}

impl Site {
    /// Whether a host that stands so is a candidate.
    pub fn admits(&self, host: &Standing<'_>) -> bool {
        let Self { datacenter, datacenters, country, public_ip, min_download, min_upload } = self;
        let is_named = |place| datacenters.contains(&place);
        datacenter.is_none_or(|demanded| host.datacenter == Some(demanded))
            && (datacenters.is_empty() || host.datacenter.is_some_and(is_named))
            && country.as_deref().is_none_or(|demanded| host.country == Some(demanded))
            && (host.public_ip || !public_ip)
            && *min_download <= host.download
            && *min_upload <= host.upload
    }
}
