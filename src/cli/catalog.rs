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
        .collect();
    let places: Vec<_> = catalogue
        .datacenters
        .iter()
        .filter(|place| wanted(&place.id) || wanted(&place.country) || wanted(&place.place))
        .collect();
    if types.is_empty() && places.is_empty() {
        return say(format!("nothing in the catalogue has `{filter}` in its name"));
    }
    if !types.is_empty() {
        let header = [
            "\nGPU type",
            "\nGB",
            "secure\nprice",
            "\nfloor",
            "community\nprice",
            "\nfloor",
            "per GPU\nvCPUs",
            "\nGB",
            "\nspeed",
        ];
        say(
            "Prices and floors (the lowest bids) in USD per GPU-hour; speed as a multiple of an A100 PCIe 80 GB.\n\
             `-`: a scenario that uses the price states it; a floor that none states is a share of the price.\n\
             --sources tells where each figure comes from.",
        )?;
        if arguments.sources {
            let header = with(header, ["\nas of", "\nsource"]);
            let rows = types.iter().map(|known| with(gpu_type(known), source(known)));
            say(format!("\n{}", table::<11>(header, rows.collect())))?;
        } else {
            say(format!(
                "\n{}",
                table(header, types.iter().map(|known| gpu_type(known)).collect())
            ))?;
        }
    }
    if !places.is_empty() {
        let header = ["data center", "country", "place"];
        if arguments.sources {
            let rows = places.iter().map(|known| with(datacenter(known), [known.source.clone()]));
            say(format!("\n{}", table::<4>(with(header, ["source"]), rows.collect())))?;
        } else {
            let rows = places.iter().map(|known| datacenter(known));
            say(format!("\n{}", table(header, rows.collect())))?;
        }
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

/// Two rows side by side.
fn with<T, const A: usize, const B: usize, const N: usize>(left: [T; A], right: [T; B]) -> [T; N] {
    let joined: Vec<T> = left.into_iter().chain(right).collect();
    joined.try_into().ok().expect("N is A + B")
}

/// A decimal number with at least so many digits after its point, so that points stand below one another.
fn aligned(number: String, digits: usize) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    format!("{whole}.{fraction:0<digits$}")
}

fn price(price: Option<Money>) -> String {
    price.map_or("-".to_owned(), |price| aligned(price.to_string(), 2))
}

fn gpu_type(gpu_type: &CatalogueType) -> [String; 9] {
    [
        gpu_type.id.clone(),
        gpu_type.memory.get().to_string(),
        price(gpu_type.secure.on_demand),
        price(gpu_type.secure.min_bid),
        price(gpu_type.community.on_demand),
        price(gpu_type.community.min_bid),
        or_dash(gpu_type.vcpus_per_gpu),
        or_dash(gpu_type.memory_per_gpu.map(Gb::get)),
        gpu_type.relative_speed.map_or("-".to_owned(), |speed| aligned(speed.to_string(), 3)),
    ]
}

fn source(gpu_type: &CatalogueType) -> [String; 2] {
    [gpu_type.as_of.clone(), gpu_type.source.clone()]
}

fn datacenter(place: &CatalogueDatacenter) -> [String; 3] {
    [place.id.clone(), place.country.clone(), place.place.clone()]
}
