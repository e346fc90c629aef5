//! Alibaba 2025: the instances of inference services for recommendation models, as demand.
//!
//! Source: Yang et al., "GPU-Disaggregated Serving for Deep Learning Recommendation Models at Scale",
//! NSDI 2025; `disaggregated_DLRM_trace.csv` of `cluster-trace-gpu-v2025`. Times are seconds from the
//! trace's zero.
//!
//! Each row is one replica of a service (`app_name`), which pays for it. Those of role HN ask for a
//! GPU, those of role CN (CPU hosts) for none. An instance without a `creation_time` was there before
//! the trace began: it arrives at its zero. One without a `deletion_time` outlived the trace: it runs
//! until told. It lasts from `scheduled_time` (or its arrival) to `deletion_time`. The published file
//! is not in order of creation, so it is read whole and sorted; rows of one instant keep their order.

use super::import::cell;
use super::import::error::{Cell, TraceError};
use super::import::table::Table;
use super::import::{Row, cell::instant_or_none};
use crate::units::SimTime;
use csv::StringRecord;

/// Where the columns of a list of instances stand; other columns are passed over.
#[derive(Debug)]
pub(super) struct InstanceColumns {
    app_name: usize,
    cpu_request: usize,
    gpu_request: usize,
    memory_request: usize,
    disk_request: usize,
    creation_time: usize,
    scheduled_time: usize,
    deletion_time: usize,
}

impl InstanceColumns {
    /// Finds the columns in a header.
    pub(super) fn find(table: &Table) -> Result<Self, TraceError> {
        Ok(Self {
            app_name: table.column("app_name")?,
            cpu_request: table.column("cpu_request")?,
            gpu_request: table.column("gpu_request")?,
            memory_request: table.column("memory_request")?,
            disk_request: table.column("disk_request")?,
            creation_time: table.column("creation_time")?,
            scheduled_time: table.column("scheduled_time")?,
            deletion_time: table.column("deletion_time")?,
        })
    }
    /// Reads a row.
    pub(super) fn row<'a>(&self, record: &'a StringRecord) -> Result<Row<'a>, Cell> {
        let field = |place: usize| record.get(place).unwrap_or_default();
        let created = instant_or_none("creation_time", field(self.creation_time))?;
        let arrival = created.unwrap_or(SimTime::ZERO);
        let scheduled = instant_or_none("scheduled_time", field(self.scheduled_time))?;
        let begin = scheduled.unwrap_or(arrival);
        let deleted = field(self.deletion_time);
        let duration = match instant_or_none("deletion_time", deleted)? {
            Some(end) if end < begin => {
                let expected = "an instant not before the instance's scheduling or creation";
                return cell::bad("deletion_time", deleted, expected);
            }
            end => end.map(|end| end - begin),
        };
        Ok(Row {
            duration,
            gpus: cell::gpus("gpu_request", field(self.gpu_request))?,
            min_vcpus: Some(cell::vcpus_up("cpu_request", field(self.cpu_request))?),
            min_memory: Some(cell::gib_up("memory_request", field(self.memory_request))?),
            container_disk: Some(cell::gib_up("disk_request", field(self.disk_request))?),
            account: field(self.app_name),
            was_placed: scheduled.is_some() || created.is_none(),
            ..Row::at(arrival)
        })
    }
}
