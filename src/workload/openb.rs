//! Alibaba openb 2023: its list of pods as demand, its list of nodes as fleet.
//!
//! Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; the files of
//! `cluster-trace-gpu-v2023`. Times are seconds from the trace's zero.
//!
//! A pod arrives at `creation_time` and lasts from `scheduled_time` to `deletion_time`; one that was
//! never scheduled (all of them `Pending`) asked for GPUs from its creation to its deletion, and gets
//! that long. `pod_phase` is the state at the end of the record and changes nothing: a pod that still
//! ran when the trace ended lasts as long as it was seen. An empty `deletion_time` means that it runs
//! until told. `num_gpu` GPUs of `gpu_milli` thousandths each: below 1000 it is a share of one GPU.

use super::import::cell;
use super::import::error::{Cell, TraceError};
use super::import::table::Table;
use super::import::{Gpus, Row};
use crate::scenario::demand::TraceFormat;
use crate::units::Gb;
use csv::StringRecord;
use std::collections::BTreeSet;
use std::path::Path;

/// Where the columns of a list of pods stand; other columns are passed over.
#[derive(Debug)]
pub(super) struct PodColumns {
    cpu_milli: usize,
    memory_mib: usize,
    num_gpu: usize,
    gpu_milli: usize,
    gpu_spec: Option<usize>,
    pod_phase: Option<usize>,
    creation_time: usize,
    deletion_time: usize,
    scheduled_time: usize,
}

impl PodColumns {
    /// Finds the columns in a header.
    pub(super) fn find(table: &Table) -> Result<Self, TraceError> {
        Ok(Self {
            cpu_milli: table.column("cpu_milli")?,
            memory_mib: table.column("memory_mib")?,
            num_gpu: table.column("num_gpu")?,
            gpu_milli: table.column("gpu_milli")?,
            gpu_spec: table.column_or_none("gpu_spec"),
            pod_phase: table.column_or_none("pod_phase"),
            creation_time: table.column("creation_time")?,
            deletion_time: table.column("deletion_time")?,
            scheduled_time: table.column("scheduled_time")?,
        })
    }
    /// Reads a row.
    pub(super) fn row<'a>(&self, record: &'a StringRecord) -> Result<Row<'a>, Cell> {
        let field = |place: usize| record.get(place).unwrap_or_default();
        let (scheduled, deleted) = (field(self.scheduled_time), field(self.deletion_time));
        let arrival = cell::instant("creation_time", field(self.creation_time))?;
        let was_placed = !scheduled.is_empty();
        let begin = if was_placed { cell::instant("scheduled_time", scheduled)? } else { arrival };
        let duration = if deleted.is_empty() {
            None
        } else {
            let end = cell::instant("deletion_time", deleted)?;
            if end < begin {
                let expected = "an instant not before the pod's scheduling or creation";
                return Err(Cell { column: "deletion_time", found: deleted.to_owned(), expected });
            }
            Some(end - begin)
        };
        let vcpus = cell::whole("cpu_milli", field(self.cpu_milli))?.div_ceil(1_000);
        let memory = gb_up(cell::whole("memory_mib", field(self.memory_mib))?);
        Ok(Row {
            duration,
            gpus: read_gpus(field(self.num_gpu), field(self.gpu_milli))?,
            gpu_type: self.gpu_spec.map_or("", field),
            min_vcpus: Some(vcpus),
            min_memory: Some(memory),
            phase: self.pod_phase.map_or("", field),
            was_placed,
            ..Row::at(arrival)
        })
    }
}

fn read_gpus(count: &str, thousandths: &str) -> Result<Gpus, Cell> {
    let gpus = cell::whole("num_gpu", count)?;
    let milli = cell::whole("gpu_milli", thousandths)?;
    match (gpus, milli) {
        (0, _) => Ok(Gpus::Whole(0)),
        (gpus, 1_000) => Ok(Gpus::Whole(gpus)),
        (1, 1..1_000) => Ok(Gpus::Thousandths(milli)),
        _ => Err(Cell {
            column: "gpu_milli",
            found: thousandths.to_owned(),
            expected: "1000, or 1 to 999 for a share of one GPU",
        }),
    }
}

const BYTES_PER_MIB: u64 = 1_048_576;
const BYTES_PER_GB: u64 = 1_000_000_000;

/// GEN-03. A demand in MiB as GB, rounded up.
fn gb_up(mib: u32) -> Gb {
    let gb = (u64::from(mib) * BYTES_PER_MIB).div_ceil(BYTES_PER_GB);
    Gb::new(u32::try_from(gb).unwrap_or(u32::MAX))
}

/// GEN-03. What a host has, in MiB, as GB, rounded down.
fn gb_down(mib: u32) -> Gb {
    let gb = (u64::from(mib) * BYTES_PER_MIB).div_euclid(BYTES_PER_GB);
    Gb::new(u32::try_from(gb).unwrap_or(u32::MAX))
}

/// A machine with GPUs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, `sn`.
    pub name: String,
    /// Whole vCPUs, rounded down.
    pub vcpus: u32,
    /// Memory, rounded down to GB of 10⁹ bytes.
    pub memory: Gb,
    /// GPUs, 1 to 16 (HOST-01).
    pub gpus: u32,
    /// The name of its GPU type.
    pub model: String,
}

/// The machines of a list of nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes {
    /// Those with GPUs, in the order of the file.
    pub nodes: Vec<Node>,
    /// How many without one were left out: a host has at least one GPU (HOST-01).
    pub without_gpu: u64,
}

/// Reads a list of nodes.
///
/// # Errors
/// A file that is missing, unreadable or of another kind, a malformed field, a name that stands there
/// twice, or GPUs without a model.
pub fn read_nodes(path: &Path) -> Result<Nodes, TraceError> {
    nodes_of(Table::open(path)?)
}

/// Reads the rest of an open list of nodes.
pub(super) fn nodes_of(mut table: Table) -> Result<Nodes, TraceError> {
    table.must_be(TraceFormat::OpenbNodes)?;
    let columns = ["sn", "cpu_milli", "memory_mib", "gpu", "model"];
    let mut places = [0; 5];
    for (place, column) in places.iter_mut().zip(columns) {
        *place = table.column(column)?;
    }
    let (mut found, mut names) = (Nodes::default(), BTreeSet::new());
    while let Some(record) = table.next()? {
        let fields = places.map(|place| record.get(place).unwrap_or_default());
        let node = node(fields).map_err(|cell| table.malformed(cell))?;
        if !names.insert(node.name.clone()) {
            let expected = "a name that no other row has";
            return Err(table.malformed(Cell { column: "sn", found: node.name, expected }));
        }
        if node.gpus == 0 {
            found.without_gpu += 1;
        } else {
            found.nodes.push(node);
        }
    }
    Ok(found)
}

fn node([sn, cpu_milli, memory_mib, gpu, model]: [&str; 5]) -> Result<Node, Cell> {
    let gpus = cell::whole("gpu", gpu)?;
    let bad = |column, found: &str, expected| Cell { column, found: found.to_owned(), expected };
    if 16 < gpus {
        return Err(bad("gpu", gpu, "at most 16 GPUs (HOST-01)"));
    }
    if 0 < gpus && model.is_empty() {
        return Err(bad("model", model, "the GPU type of a node with GPUs"));
    }
    if sn.is_empty() {
        return Err(bad("sn", sn, "a name"));
    }
    Ok(Node {
        name: sn.to_owned(),
        vcpus: cell::whole("cpu_milli", cpu_milli)?.div_euclid(1_000),
        memory: gb_down(cell::whole("memory_mib", memory_mib)?),
        gpus,
        model: model.to_owned(),
    })
}
