//! All shards of a sweep put together: the same bytes as if it had been run as a whole.

use super::ProgressError;
use crate::experiment::checked;
use crate::experiment::output::{self, MANIFEST, Output};
use crate::experiment::study::StudyError;
use crate::experiment::sweep::table::{POINTS, RUNS, axes, columns};
use crate::experiment::table::Table;
use crate::trace::{DiskError, FileRecord, Format};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A shard, read.
struct Part {
    directory: PathBuf,
    manifest: Value,
    index: u64,
    count: u64,
}

/// What shards of one sweep have in common.
const COMMON: [&str; 11] = [
    "version",
    "study",
    "title",
    "experiment",
    "set",
    "scenario",
    "inputs",
    "seed",
    "replication",
    "axes",
    "replications",
];

/// Puts the shards in `directories` together, in any order, and writes the sweep to `out`; tells how many runs it has.
///
/// # Errors
/// What is no shard, shards of different sweeps, one that is missing or there twice, a disk that refuses.
pub fn merge(directories: &[PathBuf], out: &Path, format: Format) -> Result<u64, StudyError> {
    let output = Output::begin(out)?;
    let parts: Result<Vec<Part>, StudyError> = directories.iter().map(|path| part(path)).collect();
    let mut parts = parts?;
    belong_together(&parts)?;
    parts.sort_by_key(|part| part.index);
    let mut files = Vec::new();
    for table in tables(&parts)? {
        files.extend(table.write(output.path(), format)?);
    }
    let text = manifest(&parts, &files);
    output::write(output.path(), MANIFEST, &text, None)?;
    output.finish()?;
    Ok(parts.iter().filter_map(|part| part.manifest["runs"].as_u64()).sum())
}

fn part(directory: &Path) -> Result<Part, StudyError> {
    let no_shard = |why: &str| ProgressError::NoShard(directory.to_owned(), why.to_owned());
    let path = directory.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| no_shard(&error.to_string()))?;
    let manifest: Value =
        serde_json::from_str(&text).map_err(|_| no_shard("its manifest is no JSON"))?;
    let shard = manifest["shard"].as_str().and_then(|shard| shard.split_once('/'));
    let numbers = shard.and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
    let (index, count) = numbers.ok_or_else(|| no_shard("its manifest names no `shard`"))?;
    Ok(Part { directory: directory.to_owned(), manifest, index, count })
}

fn belong_together(parts: &[Part]) -> Result<(), ProgressError> {
    let Some(first) = parts.first() else {
        return Err(ProgressError::Incomplete("nothing was named".to_owned(), 1));
    };
    for part in &parts[1..] {
        let differs = COMMON.iter().find(|field| part.manifest[**field] != first.manifest[**field]);
        let differs = if part.count == first.count { differs } else { Some(&"shard") };
        if let Some(field) = differs {
            let [one, other] = [&first.directory, &part.directory].map(PathBuf::clone);
            return Err(ProgressError::Strangers(one, other, field));
        }
    }
    for index in 1..=first.count {
        let named: Vec<&Part> = parts.iter().filter(|part| part.index == index).collect();
        let times = match named.len() {
            1 => continue,
            0 => "is missing",
            _ => "is named more than once",
        };
        let message = format!("shard {index}/{} {times}", first.count);
        return Err(ProgressError::Incomplete(message, first.count));
    }
    Ok(())
}

/// The tables of the whole.
fn tables(parts: &[Part]) -> Result<[Table; 2], StudyError> {
    let of_manifest = serde_json::from_value(parts[0].manifest["axes"].clone());
    let no_axes = |_| {
        let why = "its manifest names no `axes`".to_owned();
        ProgressError::NoShard(parts[0].directory.clone(), why)
    };
    let names: Vec<String> = of_manifest.map_err(no_axes)?;
    let (runs, points) = (rows(parts, RUNS)?, rows(parts, POINTS)?);
    // All points together say of what kind an axis is.
    let values = |axis: usize| points.iter().map(move |(_, row)| &row[1 + axis]);
    let [of_runs, of_points] = columns(&axes(&names, values));
    let table = |stem, columns, rows: &[(u64, csv::StringRecord)]| {
        Table::new(stem, columns, rows.iter().map(|(_, row)| row))
    };
    Ok([table(RUNS, of_runs, &runs), table(POINTS, of_points, &points)])
}

/// The rows of all parts' tables of this name, by point.
fn rows(parts: &[Part], stem: &str) -> Result<Vec<(u64, csv::StringRecord)>, StudyError> {
    let mut rows: Vec<(u64, csv::StringRecord)> = Vec::new();
    for part in parts {
        let name = format!("{stem}.{}", Format::Csv.word());
        let path = part.directory.join(&name);
        let refuse = |error: csv::Error| DiskError::during("read", &path)(error.into());
        let broken = |why: &str| ProgressError::NoShard(path.clone(), why.to_owned());
        let bytes = checked::bytes(&part.directory, &name, &part.manifest)?;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        for row in reader.records() {
            let row = row.map_err(refuse)?;
            let point = row.get(0).and_then(|point| point.parse().ok());
            rows.push((point.ok_or_else(|| broken("a row names no point"))?, row));
        }
    }
    rows.sort_by_key(|(point, _)| *point);
    Ok(rows)
}

/// The manifest of the whole.
fn manifest(parts: &[Part], files: &[FileRecord]) -> String {
    let sum = |field: &str| -> u64 {
        parts.iter().filter_map(|part| part.manifest[field].as_u64()).sum()
    };
    let digest = parts
        .iter()
        .filter_map(|part| u128::from_str_radix(part.manifest["digest"].as_str()?, 16).ok());
    let digest = digest.fold(0_u128, u128::wrapping_add);
    let mut whole = parts[0].manifest.clone();
    for field in ["events", "points", "runs"] {
        whole[field] = json!(sum(field));
    }
    whole["digest"] = json!(format!("{digest:032x}"));
    whole["files"] =
        json!(files.iter().map(crate::experiment::manifest::output).collect::<Vec<_>>());
    if let Some(fields) = whole.as_object_mut() {
        fields.shift_remove("shard");
        fields.shift_remove("timing");
    }
    format!("{whole:#}\n")
}
