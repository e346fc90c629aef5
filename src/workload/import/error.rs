//! What can be wrong with a trace, said so that its owner finds the place.

use crate::scenario::demand::TraceFormat;
use crate::scenario::model::serverless::RequestTraceFormat;
use std::fmt;
use std::path::PathBuf;

/// A trace that can't be used. Rows are counted from 1, the header apart.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file can't be opened.
    #[error("{}: can't be opened: {source}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the machine says.
        source: std::io::Error,
    },
    /// The file can't be read to its end: a damaged or cut gzip file, or a failing disk.
    #[error("{}: can't be read after row {rows}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The rows read before.
        rows: u64,
        /// What the machine says.
        source: std::io::Error,
    },
    /// The header is another one than the format has.
    #[error("{}: found {found}, expected {expected}", path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// What the header shows it to be.
        found: FileKind,
        /// What it should be.
        expected: String,
    },
    /// A column is missing, or unknown in a format that is ours.
    #[error("{}: column `{column}` {problem}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What is wrong with it, and the nearest name.
        problem: String,
    },
    /// Prices of which no single market, or not the wanted one, is found at the wanted time.
    #[error("{}: the price wanted {problem}", path.display())]
    Market {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what there is.
        problem: String,
    },
    /// A field that can't be read.
    #[error(
        "{}: row {row}, column `{column}` (line {line}): found `{found}`, expected {expected}",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The row.
        row: u64,
        /// The line of the file.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        found: String,
        /// What has to stand there.
        expected: String,
    },
    /// A row that arrives before the one above it.
    #[error(
        "{}: row {row} (line {line}) is unsorted: it arrives at {found} s, the row above at \
         {previous} s; sort the file by `{column}`",
        path.display()
    )]
    Unsorted {
        /// The file.
        path: PathBuf,
        /// The row.
        row: u64,
        /// The line of the file.
        line: u64,
        /// The column of the arrival.
        column: &'static str,
        /// Its arrival in seconds.
        found: String,
        /// The arrival of the row above.
        previous: String,
    },
}

/// What a file is, to judge by its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A format that we know.
    Known(TraceFormat),
    /// Requests to serverless endpoints.
    Requests(RequestTraceFormat),
    /// Run times of functions, Azure Functions 2019.
    Durations,
    /// Measured times of a service, Alibaba GenAI 2026.
    Measured,
    /// A table with other columns.
    OtherTable(Vec<String>),
    /// Nothing at all.
    Empty,
    /// No text.
    Binary,
}

impl fmt::Display for TraceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "a trace in the plain format",
            Self::OpenbPods => "a list of pods of Alibaba openb 2023",
            Self::OpenbNodes => "a list of nodes of Alibaba openb 2023",
            Self::PhillyJobs => "a list of jobs of Microsoft Philly 2017",
            Self::PhillyNodes => "a table of hosts in use of Microsoft Philly 2017",
            Self::HeliosThroughput => "a table of arrivals of SenseTime Helios 2020",
            Self::HeliosOccupancy => "a table of GPUs in use of SenseTime Helios 2020",
            Self::DlrmInstances => "a list of instances of Alibaba DLRM 2025",
            Self::AwsSpot2015 => "a list of AWS spot prices of one market, as of 2015",
            Self::AwsSpot2020 => "a list of AWS spot prices, as of 2020",
            Self::AzureSpot2020 => "a table of Azure's daily prices, as of 2020",
            Self::PlainPrices => "a list of prices in the plain format",
            Self::GpuHostFaults => "a list of faults of GPU servers of StepFun 2024",
            Self::SpotAvailability => "a table of available spot instances of SkyPilot 2022-2023",
        })
    }
}

impl fmt::Display for RequestTraceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "a list of requests to endpoints in the plain format",
            Self::AzureLlm2023 => "a list of requests of Azure LLM inference 2023",
            Self::AzureFunctions2019 => "a table of invocations of Azure Functions 2019",
            Self::AzureFunctions2021 => "a list of invocations of Azure Functions 2021",
            Self::AlibabaGenai2026 => "a list of requests of Alibaba GenAI 2026",
        })
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(format) => format.fmt(f),
            Self::Requests(format) => format.fmt(f),
            Self::Durations => f.write_str("a table of run times of Azure Functions 2019"),
            Self::Measured => f.write_str("a list of measured values of Alibaba GenAI 2026"),
            Self::OtherTable(columns) => {
                const SHOWN: usize = 6;
                let more = if SHOWN < columns.len() { ", …" } else { "" };
                let shown = &columns[..columns.len().min(SHOWN)];
                write!(f, "an unknown table with the columns {}{more}", shown.join(", "))
            }
            Self::Empty => f.write_str("an empty file"),
            Self::Binary => f.write_str("a file that is no text"),
        }
    }
}

/// A field that can't be read, not yet knowing where it stands.
#[derive(Debug)]
pub(in crate::workload) struct Cell {
    /// Its column.
    pub(in crate::workload) column: &'static str,
    /// What stands there.
    pub(in crate::workload) found: String,
    /// What has to.
    pub(in crate::workload) expected: &'static str,
}
