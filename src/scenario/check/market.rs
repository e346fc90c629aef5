//! Scopes with their prices, data centers and pools (CLD-01, GPU-04, GPU-05).

use super::fleet::Fleet;
use super::types::Types;
use crate::ids::{DataCenterId, GpuTypeId, Id, PoolId, ScopeId};
use crate::scenario::model::{Cloud, DataCenter, Pool, Scope};
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::text::Reader;
use crate::units::Money;

/// Both clouds, in the order of scopes.
pub(crate) const CLOUDS: [Cloud; 2] = [Cloud::Secure, Cloud::Community];

/// The scope of a GPU type in a cloud.
pub(crate) fn scope_of(gpu_type: GpuTypeId, cloud: Cloud) -> ScopeId {
    ScopeId::from_index(gpu_type.index() * CLOUDS.len() + usize::from(cloud == Cloud::Community))
}

/// Where hosts are and what they cost at the start.
#[derive(Debug)]
pub(crate) struct Market {
    /// Every type in use in both clouds.
    pub(crate) scopes: Vec<Scope>,
    /// Data centers in use, in order of name.
    pub(crate) datacenters: Vec<DataCenter>,
    /// Pools with hosts.
    pub(crate) pools: Vec<Pool>,
}

impl Market {
    /// The market of this fleet; a missing on-demand price is reported.
    pub(crate) fn make(
        reader: &mut Reader,
        (types, fleet): (&Types, &Fleet),
        rules: &Rules,
    ) -> Self {
        let mut scopes = Vec::new();
        for gpu_type in types.ids() {
            for cloud in CLOUDS {
                scopes.push(scope(reader, (types, fleet), (gpu_type, cloud), rules));
            }
        }
        let datacenters = fleet.datacenters.used.clone();
        let mut market = Self { scopes, datacenters, pools: Vec::new() };
        let mut pools: Vec<(ScopeId, Option<DataCenterId>)> = fleet
            .drafts
            .iter()
            .map(|host| market.key(host.gpu_type, host.cloud, host.datacenter.as_deref()))
            .collect();
        pools.sort_unstable();
        pools.dedup();
        market.pools =
            pools.into_iter().map(|(scope, datacenter)| Pool { scope, datacenter }).collect();
        market
    }
    fn key(
        &self,
        gpu_type: GpuTypeId,
        cloud: Cloud,
        datacenter: Option<&str>,
    ) -> (ScopeId, Option<DataCenterId>) {
        let datacenter = datacenter.map(|name| {
            let index = self.datacenters.binary_search_by(|known| known.name.as_str().cmp(name));
            DataCenterId::from_index(index.expect("every host's data center is in use"))
        });
        (scope_of(gpu_type, cloud), datacenter)
    }
    /// The pool of hosts of this kind in this place.
    pub(crate) fn pool(
        &self,
        gpu_type: GpuTypeId,
        cloud: Cloud,
        datacenter: Option<&str>,
    ) -> PoolId {
        let key = self.key(gpu_type, cloud, datacenter);
        let index = self.pools.binary_search_by(|pool| (pool.scope, pool.datacenter).cmp(&key));
        PoolId::from_index(index.expect("every host's pool is known"))
    }
}

fn scope(
    reader: &mut Reader,
    (types, fleet): (&Types, &Fleet),
    (gpu_type, cloud): (GpuTypeId, Cloud),
    rules: &Rules,
) -> Scope {
    let prices = types.prices(gpu_type, cloud);
    let host = fleet.drafts.iter().find(|host| host.gpu_type == gpu_type && host.cloud == cloud);
    if let (Some(host), None) = (host, prices.on_demand) {
        let name = &types.known(gpu_type).id;
        let (part, title) = match cloud {
            Cloud::Secure => ("secure", "SECURE"),
            Cloud::Community => ("community", "COMMUNITY"),
        };
        let message = format!("no on-demand price of `{name}` in cloud {title}");
        let expected = format!("its price in `gpu_types: [(id: \"{name}\", {part}: (price: …))]`");
        reader.report(&host.place.field("gpu_type"), Fault::new(message, expected));
    }
    let on_demand = prices.on_demand.unwrap_or(Money::ZERO);
    Scope {
        gpu_type,
        cloud,
        on_demand,
        min_bid: prices.min_bid.unwrap_or_else(|| rules.spot_floor_share.of(on_demand)),
        has_hosts: host.is_some(),
    }
}
