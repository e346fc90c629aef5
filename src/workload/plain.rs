//! Our own plain format: one row per request, three columns that must be there, the rest at will.
//!
//! What an empty field or a missing column leaves open, the segment that replays the trace says.
//! Unknown columns are refused, since a misspelt name would otherwise be passed over in silence.

use super::import::cell;
use super::import::error::{Cell, TraceError};
use super::import::table::Table;
use super::import::{Row, RowKind};
use crate::scenario::demand::Clouds;
use csv::StringRecord;

/// The columns, the mandatory ones first. `scenarios/traces/README.md` says what each means.
pub const COLUMNS: [&str; 18] = [
    "arrival_s",
    "duration_s",
    "gpus",
    "gpu_type",
    "kind",
    "bid_usd_per_gpu_hour",
    "cloud",
    "min_vcpus",
    "min_memory_gb",
    "container_disk_gb",
    "volume_gb",
    "image_gb",
    "deploy_cost_usd_per_hour",
    "patience_s",
    "value_usd",
    "account",
    "name",
    "note",
];
const MANDATORY: usize = 3;

/// Where the columns of a file in the plain format stand, in the order of [`COLUMNS`].
#[derive(Debug)]
pub(super) struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    /// Finds the columns in a header.
    pub(super) fn find(table: &Table) -> Result<Self, TraceError> {
        places(table, &COLUMNS, MANDATORY).map(Self)
    }
    /// Reads a row.
    pub(super) fn row<'a>(&self, record: &'a StringRecord) -> Result<Row<'a>, Cell> {
        let [
            arrival,
            duration,
            gpus,
            gpu_type,
            kind,
            bid,
            cloud,
            min_vcpus,
            min_memory,
            container_disk,
            volume,
            image,
            deploy_cost,
            patience,
            value,
            account,
            _name,
            _note,
        ] = self.0.map(|place| place.and_then(|place| record.get(place)).unwrap_or_default());
        Ok(Row {
            arrival: cell::instant("arrival_s", arrival)?,
            duration: cell::span("duration_s", duration)?,
            gpus: cell::gpus("gpus", gpus)?,
            gpu_type,
            kind: read_kind(kind, bid)?,
            cloud: cell::word_or_none(
                "cloud",
                cloud,
                &CLOUDS,
                "SECURE, COMMUNITY, ALL or nothing",
            )?,
            min_vcpus: cell::whole_or_none("min_vcpus", min_vcpus)?,
            min_memory: cell::gb_or_none("min_memory_gb", min_memory)?,
            container_disk: cell::gb_or_none("container_disk_gb", container_disk)?,
            volume: cell::gb_or_none("volume_gb", volume)?,
            image: cell::gb_or_none("image_gb", image)?,
            deploy_cost: cell::money_or_none("deploy_cost_usd_per_hour", deploy_cost)?,
            patience: cell::span("patience_s", patience)?,
            value: cell::money_or_none("value_usd", value)?,
            account,
            phase: "",
            was_placed: true,
        })
    }
}

const CLOUDS: [(&str, Clouds); 3] =
    [("SECURE", Clouds::Secure), ("COMMUNITY", Clouds::Community), ("ALL", Clouds::All)];

/// Where the columns of a format of ours stand in a header. The first `mandatory` ones must be there; one
/// that is not among them, or stands there twice, is refused.
pub(super) fn places<const N: usize>(
    table: &Table,
    columns: &[&'static str; N],
    mandatory: usize,
) -> Result<[Option<usize>; N], TraceError> {
    for column in &columns[..mandatory] {
        table.column(column)?;
    }
    for (index, name) in table.header().iter().enumerate() {
        if table.header()[..index].contains(name) {
            return Err(table.bad_column(name, "stands there twice".to_owned()));
        }
        if !columns.contains(&name.as_str()) {
            let distance = |column: &&&str| strsim::damerau_levenshtein(name, column);
            let nearest = columns.iter().min_by_key(distance).copied().unwrap_or_default();
            return Err(table.bad_column(name, format!("is unknown; nearest is `{nearest}`")));
        }
    }
    Ok(columns.map(|column| table.column_or_none(column)))
}

/// How a row buys. A bid alone makes it a spot request.
fn read_kind(kind: &str, bid: &str) -> Result<Option<RowKind>, Cell> {
    let bid_found = bid;
    let bid = cell::money_or_none("bid_usd_per_gpu_hour", bid)?;
    let words = [("on_demand", false), ("spot", true)];
    match (cell::word_or_none("kind", kind, &words, "on_demand, spot or nothing")?, bid) {
        (None, None) => Ok(None),
        (Some(true), bid) => Ok(Some(RowKind::Spot(bid))),
        (None, bid) => Ok(Some(RowKind::Spot(bid))),
        (Some(false), None) => Ok(Some(RowKind::OnDemand)),
        (Some(false), Some(_)) => Err(Cell {
            column: "bid_usd_per_gpu_hour",
            found: bid_found.to_owned(),
            expected: "nothing, as an on-demand request bids nothing",
        }),
    }
}
