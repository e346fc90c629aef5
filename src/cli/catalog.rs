//! `walras catalog`: the GPU types and data centers that every scenario may name.

use super::print::{say, table};
use crate::scenario::catalogue::{Catalogue, CatalogueDatacenter, CatalogueType};
use crate::units::{Gb, Money};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CatalogArguments {
    /// Show only what has this in its name.
    filter: Option<String>,
    /// Show where each figure comes from, too.
    #[arg(long)]
    sources: bool,
}

/// Prints the catalogue.
pub(super) fn show(arguments: &CatalogArguments) -> Result<(), ExitCode> {
    let catalogue = Catalogue::built_in();
    let filter = arguments.filter.as_deref().unwrap_or_default().to_lowercase();
    let wanted = |text: &str| text.to_lowercase().contains(&filter);
    let types: Vec<_> = catalogue
        .gpu_types
        .iter()
        .filter(|gpu_type| wanted(&gpu_type.id) || wanted(&gpu_type.display_name))
        .map(gpu_type)
        .collect();
    let places: Vec<_> = catalogue
        .datacenters
        .iter()
        .filter(|place| wanted(&place.id) || wanted(&place.country) || wanted(&place.place))
        .map(datacenter)
        .collect();
    if types.is_empty() && places.is_empty() {
        return say(format!("nothing in the catalogue has `{filter}` in its name"));
    }
    if !types.is_empty() {
        let header = [
            "GPU type",
            "GB",
            "secure",
            "lowest bid",
            "community",
            "lowest bid",
            "vCPUs/GPU",
            "GB/GPU",
            "speed",
            "as of",
            "source",
        ];
        say(
            "GPU types, prices in USD per GPU-hour. `-`: a scenario that uses the price states it; \
             a lowest bid that none states is a share of the price.",
        )?;
        say(format!("\n{}", table(header, types)))?;
    }
    if !places.is_empty() {
        let header = ["data center", "country", "place", "source"];
        say(format!("\n{}", table(header, places)))?;
    }
    if arguments.sources {
        let row = |source: &crate::scenario::catalogue::CatalogueSource| {
            [
                source.key.clone(),
                source.date.clone(),
                source.what.clone(),
                source.publication.clone(),
            ]
        };
        let rows = catalogue.sources.iter().map(row).collect();
        say(format!("\n{}", table(["source", "date", "what", "where"], rows)))?;
    }
    Ok(())
}

fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

fn gpu_type(gpu_type: &CatalogueType) -> [String; 11] {
    let price = |price: Option<Money>| or_dash(price);
    [
        gpu_type.id.clone(),
        gpu_type.memory.get().to_string(),
        price(gpu_type.secure.on_demand),
        price(gpu_type.secure.min_bid),
        price(gpu_type.community.on_demand),
        price(gpu_type.community.min_bid),
        or_dash(gpu_type.vcpus_per_gpu),
        or_dash(gpu_type.memory_per_gpu.map(Gb::get)),
        or_dash(gpu_type.relative_speed),
        gpu_type.as_of.clone(),
        gpu_type.source.clone(),
    ]
}

fn datacenter(place: &CatalogueDatacenter) -> [String; 4] {
    [place.id.clone(), place.country.clone(), place.place.clone(), place.source.clone()]
}
