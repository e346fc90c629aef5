//! Azure Functions 2019: how often each function was invoked in each minute of a day, and how long it runs.
//!
//! Source: Shahrad et al., "Serverless in the Wild: Characterizing and Optimizing the Serverless Workload
//! at a Large Cloud Provider", USENIX ATC 2020; `AzurePublicDataset`, two files a day.
//! `invocations_per_function_md.anon.dNN.csv` has a row a function: `HashOwner`, `HashApp`, `HashFunction`,
//! `Trigger`, and a count for each minute, `1` to `1440`. `function_durations_percentiles.anon.dNN.csv` has
//! percentiles of its run time, joined by owner, application and function. A scenario names the first; the
//! second lies beside it and is found by its name ([`durations_beside`]).
//!
//! *When.* The file knows no more than the minute, so the invocations of a minute are placed independently
//! and uniformly within it, from streams of the source ([`placed`]): as many as were counted, at random
//! instants, the same for a seed whatever the market does.
//! *How long.* Each draws from its function's percentiles, joined by straight lines ([`times`]). They are
//! percentiles of averages over half minutes, as the authors say, so extremes are milder than they were.
//! A function whose run times are not told is left out where these are wanted, and counted.
//! *What is kept* are the counts that are not zero, of the functions that are wanted.

pub mod placed;
pub mod times;

use super::rows::Services;
use crate::scenario::model::serverless::RequestTraceFormat;
use crate::units::Span;
use crate::workload::import::table::Table;
use crate::workload::import::{FileKind, TraceError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use times::RunTimes;

/// How long a count holds.
pub const MINUTE: Span = Span::MINUTE;

/// A function and, if wanted, how long it runs.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its place among the services.
    pub service: u32,
    /// How long it runs.
    pub times: Option<RunTimes>,
}

/// The invocations of a day.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    /// The functions that are wanted, in the order of the file.
    pub functions: Vec<Function>,
    /// By minute: functions that are invoked in it, and how often.
    pub minutes: Vec<Vec<(u32, u32)>>,
    /// Their names.
    pub services: Services,
    /// Rows of the file.
    pub rows: u64,
    /// Invocations of functions that are left out, as their run times are not told.
    pub left_out: u64,
}

/// The columns that tell functions apart.
const KEY: [&str; 3] = ["HashOwner", "HashApp", "HashFunction"];

type Key = [String; 3];

/// The file of run times that belongs to a file of invocations: in the same folder, `durations` in its name
/// for `invocations`, or as the authors call them.
pub fn durations_beside(invocations: &Path) -> PathBuf {
    let name = invocations.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let published = ("invocations_per_function_md", "function_durations_percentiles");
    let name = if name.contains(published.0) {
        name.replace(published.0, published.1)
    } else if name.contains("invocations") {
        name.replace("invocations", "durations")
    } else {
        "durations.csv".to_owned()
    };
    invocations.with_file_name(name)
}

impl Functions {
    /// Reads the invocations of the functions that `services` wants, and with `with_times` the run times
    /// beside them.
    ///
    /// # Errors
    /// A file that is missing, unreadable, of another kind or malformed.
    pub fn open(path: &Path, with_times: bool, services: Services) -> Result<Self, TraceError> {
        let table = Table::open(path)?;
        let kind = FileKind::Requests(RequestTraceFormat::AzureFunctions2019);
        table.must_be_kind(&kind)?;
        let times =
            if with_times { Some(run_times(Table::open(&durations_beside(path))?)?) } else { None };
        Self::read(table, times.as_ref(), services)
    }
    /// The rest of an open file.
    fn read(
        mut table: Table,
        times: Option<&BTreeMap<Key, RunTimes>>,
        mut services: Services,
    ) -> Result<Self, TraceError> {
        let key = places_of_key(&table)?;
        let columns: Vec<usize> =
            (1..).map_while(|minute: u32| table.column_or_none(&minute.to_string())).collect();
        let mut found = Self { minutes: vec![Vec::new(); columns.len()], ..Self::default() };
        while table.next()?.is_some() {
            let record = table.record();
            let names = key.map(|place| record.get(place).unwrap_or_default().to_owned());
            let counts = columns.iter().map(|place| count(&table, *place));
            let counts = counts.collect::<Result<Vec<u32>, TraceError>>()?;
            let [_, app, function] = &names;
            if !services.wants(function, app) {
                continue;
            }
            let run_times = times.and_then(|times| times.get(&names)).copied();
            if times.is_some() && run_times.is_none() {
                found.left_out += counts.into_iter().map(u64::from).sum::<u64>();
                continue;
            }
            let Some(service) = services.place(function, app) else { continue };
            let place = u32::try_from(found.functions.len()).expect("fewer than 2^32 functions");
            found.functions.push(Function { service, times: run_times });
            for (minute, count) in found.minutes.iter_mut().zip(counts) {
                if 0 < count {
                    minute.push((place, count));
                }
            }
        }
        (found.rows, found.services) = (table.rows(), services);
        Ok(found)
    }
    /// Invocations in each minute.
    pub fn per_minute(&self) -> impl Iterator<Item = u64> {
        let sum =
            |minute: &Vec<(u32, u32)>| minute.iter().map(|(_, count)| u64::from(*count)).sum();
        self.minutes.iter().map(sum)
    }
    /// Invocations of each function.
    pub fn per_function(&self) -> Vec<u64> {
        let mut all = vec![0; self.functions.len()];
        for (function, count) in self.minutes.iter().flatten() {
            all[*function as usize] += u64::from(*count);
        }
        all
    }
}

fn places_of_key(table: &Table) -> Result<[usize; 3], TraceError> {
    let mut places = [0; 3];
    for (place, column) in places.iter_mut().zip(KEY) {
        *place = table.column(column)?;
    }
    Ok(places)
}

fn count(table: &Table, place: usize) -> Result<u32, TraceError> {
    let text = table.record().get(place).unwrap_or_default();
    text.parse().map_err(|_| table.malformed_at(place, "a whole number, not negative"))
}

/// Reads a file of run times. The first row of a function counts.
pub(in crate::workload) fn run_times(
    mut table: Table,
) -> Result<BTreeMap<Key, RunTimes>, TraceError> {
    table.must_be_kind(&FileKind::Durations)?;
    let key = places_of_key(&table)?;
    let columns = times::Columns::find(&table)?;
    let mut all = BTreeMap::new();
    while table.next()?.is_some() {
        let record = table.record();
        let names = key.map(|place| record.get(place).unwrap_or_default().to_owned());
        let times = columns.row(record).map_err(|cell| table.malformed(cell))?;
        all.entry(names).or_insert(times);
    }
    Ok(all)
}
