//! The built-in catalogue: GPU types with their prices, and data centers (GPU-01, CLD-02).
//!
//! The tables under `catalogue/` are the project's own data; each row names its sources, whose keys
//! `catalogue/sources.csv` explains. An empty price was not seen in any source: a scenario that has
//! hosts there states it itself. Amounts are kept as text until they are read exactly.

use super::model::Cloud;
use crate::units::{Gb, Money, Speed};
use serde::Deserialize;

const GPU_TYPES: &str = include_str!("catalogue/gpu-types.csv");
const DATACENTERS: &str = include_str!("catalogue/datacenters.csv");
const SOURCES: &str = include_str!("catalogue/sources.csv");

/// Prices of a GPU type in one cloud, USD per GPU-hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// The on-demand price, if known.
    pub on_demand: Option<Money>,
    /// The minimum bid, if known (GPU-04).
    pub min_bid: Option<Money>,
}

/// A GPU type of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueType {
    /// The id, such as `NVIDIA RTX A6000`.
    pub id: String,
    /// The display name, such as `RTX A6000`.
    pub display_name: String,
    /// GPU memory.
    pub memory: Gb,
    /// Prices in the secure cloud.
    pub secure: Prices,
    /// Prices in the community cloud.
    pub community: Prices,
    /// vCPUs that hosts have for each GPU, if known.
    pub vcpus_per_gpu: Option<u32>,
    /// Memory that hosts have for each GPU, if known.
    pub memory_per_gpu: Option<Gb>,
    /// POD-25. How fast it works, if known: the root of the product of its dense fp16 peak and its
    /// memory bandwidth, each over that of the A100 PCIe 80 GB. A stated proxy, not a benchmark.
    pub relative_speed: Option<Speed>,
    /// Keys of the sources, separated by spaces.
    pub source: String,
    /// The date of the newest source.
    pub as_of: String,
}

impl CatalogueType {
    /// The prices in `cloud`.
    pub fn prices(&self, cloud: Cloud) -> Prices {
        match cloud {
            Cloud::Secure => self.secure,
            Cloud::Community => self.community,
        }
    }
}

/// A data center of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CatalogueDatacenter {
    /// The id, such as `EU-RO-1`.
    #[serde(rename = "dc_id")]
    pub id: String,
    /// The country's code, such as `RO`.
    #[serde(rename = "country")]
    pub country_code: String,
    /// The country's name.
    #[serde(rename = "country_name")]
    pub country: String,
    /// The city or state, if known.
    pub place: String,
    /// Keys of the sources, separated by spaces.
    pub source: String,
}

/// A source of the catalogue's figures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CatalogueSource {
    /// The key that rows name.
    pub key: String,
    /// What it is.
    pub what: String,
    /// The repository or publication.
    #[serde(rename = "where")]
    pub publication: String,
    /// The path inside it.
    pub path: String,
    /// Its date.
    pub date: String,
}

/// The whole catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// GPU types, those of early 2024 first.
    pub gpu_types: Vec<CatalogueType>,
    /// Data centers.
    pub datacenters: Vec<CatalogueDatacenter>,
    /// The sources.
    pub sources: Vec<CatalogueSource>,
}

/// The columns of `gpu-types.csv` that are read.
#[derive(Deserialize)]
struct Row {
    gpu_type_id: String,
    display_name: String,
    memory_gb: u32,
    secure_on_demand_usd_per_hour: String,
    community_on_demand_usd_per_hour: String,
    secure_min_bid_usd_per_hour: String,
    community_min_bid_usd_per_hour: String,
    vcpu_per_gpu: Option<u32>,
    ram_gb_per_gpu: Option<u32>,
    relative_speed: String,
    source: String,
    as_of: String,
}

impl From<Row> for CatalogueType {
    fn from(row: Row) -> Self {
        let money = |text: &str| {
            (!text.is_empty())
                .then(|| Money::parse(text).expect("the catalogue's amounts are exact"))
        };
        let prices = |on_demand: &str, min_bid: &str| Prices {
            on_demand: money(on_demand),
            min_bid: money(min_bid),
        };
        Self {
            secure: prices(&row.secure_on_demand_usd_per_hour, &row.secure_min_bid_usd_per_hour),
            community: prices(
                &row.community_on_demand_usd_per_hour,
                &row.community_min_bid_usd_per_hour,
            ),
            id: row.gpu_type_id,
            display_name: row.display_name,
            memory: Gb::new(row.memory_gb),
            vcpus_per_gpu: row.vcpu_per_gpu,
            memory_per_gpu: row.ram_gb_per_gpu.map(Gb::new),
            relative_speed: (!row.relative_speed.is_empty()).then(|| {
                Speed::parse(&row.relative_speed).expect("the catalogue's speeds are exact")
            }),
            source: row.source,
            as_of: row.as_of,
        }
    }
}

fn table<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("the catalogue's tables are well-formed")).collect()
}

impl Catalogue {
    /// The catalogue that comes with the program.
    pub fn built_in() -> Self {
        Self {
            gpu_types: table::<Row>(GPU_TYPES).into_iter().map(CatalogueType::from).collect(),
            datacenters: table(DATACENTERS),
            sources: table(SOURCES),
        }
    }
    /// The GPU type of this id.
    pub fn gpu_type(&self, id: &str) -> Option<&CatalogueType> {
        self.gpu_types.iter().find(|gpu_type| gpu_type.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole_and_names_its_sources() {
        let catalogue = Catalogue::built_in();
        let a6000 = catalogue.gpu_type("NVIDIA RTX A6000").unwrap();
        let exact = |prices: Prices| {
            (prices.on_demand.unwrap().to_string(), prices.min_bid.unwrap().to_string())
        };
        assert_eq!(exact(a6000.secure), ("0.79".into(), "0.49".into()));
        assert_eq!(exact(a6000.community), ("0.69".into(), "0.34".into()));
        assert_eq!(a6000.memory, Gb::new(48));
        let keys = |source: &str| source.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let named = catalogue.gpu_types.iter().flat_map(|gpu_type| keys(&gpu_type.source));
        let named = named.chain(catalogue.datacenters.iter().flat_map(|place| keys(&place.source)));
        for key in named {
            assert!(catalogue.sources.iter().any(|source| source.key == key), "{key}");
        }
        let mut ids: Vec<&str> = catalogue.gpu_types.iter().map(|row| row.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), catalogue.gpu_types.len());
    }
}
