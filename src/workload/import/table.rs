//! A CSV file, plain or gzipped, row by row: memory does not grow with the file.
//!
//! Whether it is gzipped is told by its first two bytes, not by its name. Fields are trimmed, lines
//! that begin with `#` are comments.

use super::error::{Cell, FileKind, TraceError};
use crate::scenario::demand::TraceFormat;
use crate::scenario::model::serverless::RequestTraceFormat;
use csv::StringRecord;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// A CSV file with its header read.
pub(in crate::workload) struct Table {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: Vec<String>,
    record: StringRecord,
    rows: u64,
    compressed: bool,
}

const GZIP: [u8; 2] = [0x1f, 0x8b];

impl Table {
    /// Opens a file and reads its header.
    pub(in crate::workload) fn open(path: &Path) -> Result<Self, TraceError> {
        let missing = |source| TraceError::Missing { path: path.to_owned(), source };
        let (text, compressed) = unpacked(path).map_err(missing)?;
        let reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text);
        let mut table = Self {
            path: path.to_owned(),
            reader,
            header: Vec::new(),
            record: StringRecord::new(),
            rows: 0,
            compressed,
        };
        table.read_header()?;
        Ok(table)
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "the csv crate's enum may grow")]
    fn read_header(&mut self) -> Result<(), TraceError> {
        match self.reader.headers() {
            Ok(header) => self.header = header.iter().map(str::to_owned).collect(),
            Err(error) => match error.into_kind() {
                csv::ErrorKind::Io(source) => return Err(self.unreadable(source)),
                csv::ErrorKind::Utf8 { .. } => {
                    let expected = "a CSV file in UTF-8".to_owned();
                    return Err(self.other_kind(FileKind::Binary, expected));
                }
                other => return Err(self.unreadable(std::io::Error::other(format!("{other:?}")))),
            },
        }
        Ok(())
    }
    /// The file.
    pub(in crate::workload) fn path(&self) -> &Path {
        &self.path
    }
    /// Whether it is gzipped.
    pub(in crate::workload) const fn is_compressed(&self) -> bool {
        self.compressed
    }
    /// How many rows have been read.
    pub(in crate::workload) const fn rows(&self) -> u64 {
        self.rows
    }
    /// The names of the columns.
    pub(in crate::workload) fn header(&self) -> &[String] {
        &self.header
    }
    /// What the header shows the file to be.
    pub(in crate::workload) fn kind(&self) -> FileKind {
        let known = [
            (TraceFormat::Plain, &["arrival_s", "duration_s"][..]),
            (TraceFormat::OpenbPods, &["num_gpu", "gpu_milli", "creation_time"][..]),
            (TraceFormat::OpenbNodes, &["sn", "cpu_milli", "gpu", "model"][..]),
            (TraceFormat::PhillyJobs, &["timestamp", "duration", "num_gpus", "cluster"][..]),
            (TraceFormat::PhillyNodes, &["time", "active", "total"][..]),
            (TraceFormat::HeliosThroughput, &["time", "submit_gpu_job", "submit_gpu_num"][..]),
            (TraceFormat::HeliosOccupancy, &["time", "total_gpu_num", "running_gpu_num"][..]),
            (TraceFormat::DlrmInstances, &["instance_sn", "app_name", "gpu_request"][..]),
            (TraceFormat::AwsSpot2015, &["timestamp", "SpotPrice"][..]),
            (TraceFormat::AwsSpot2020, &["Timestamp", "InstanceType", "SpotPrice"][..]),
            (TraceFormat::PlainPrices, &["at_s", "price_usd_per_gpu_hour"][..]),
            (TraceFormat::GpuHostFaults, &["node_id", "event_time", "event_type"][..]),
        ];
        let has = |column: &&str| self.header.iter().any(|name| name == column);
        if let Some((format, _)) = known.iter().find(|(_, columns)| columns.iter().all(has)) {
            return FileKind::Known(*format);
        }
        // Azure: the day, then a column an instance type; those with GPUs are its N series.
        let azure = self.header.split_first().is_some_and(|(first, types)| {
            first == "Date" && types.iter().any(|name| name.starts_with("NC"))
        });
        if azure {
            return FileKind::Known(TraceFormat::AzureSpot2020);
        }
        // SkyPilot: the seconds since the first probe, then a column a zone and instance type.
        let probes = self.header.split_first().is_some_and(|(first, series)| {
            first == "seconds" && series.iter().any(|name| !name.ends_with("_price"))
        });
        if probes {
            return FileKind::Known(TraceFormat::SpotAvailability);
        }
        if let Some(kind) = self.kind_of_requests() {
            return kind;
        }
        let empty = self.header.iter().all(String::is_empty);
        if empty { FileKind::Empty } else { FileKind::OtherTable(self.header.clone()) }
    }
    /// What kind of file about requests to endpoints it is, if it is one.
    fn kind_of_requests(&self) -> Option<FileKind> {
        use RequestTraceFormat as Format;
        let known = [
            (FileKind::Requests(Format::Plain), &["arrival_s", "execution_s"][..]),
            (FileKind::Requests(Format::Plain), &["arrival_s", "prompt_tokens"][..]),
            (
                FileKind::Requests(Format::AzureLlm2023),
                &["TIMESTAMP", "ContextTokens", "GeneratedTokens"][..],
            ),
            (
                FileKind::Requests(Format::AzureFunctions2019),
                &["HashApp", "HashFunction", "1", "2"][..],
            ),
            (
                FileKind::Requests(Format::AzureFunctions2021),
                &["app", "func", "end_timestamp", "duration"][..],
            ),
            (
                FileKind::Requests(Format::AlibabaGenai2026),
                &["gmt_create", "exec_time_seconds"][..],
            ),
            (FileKind::Durations, &["HashFunction", "Average", "percentile_Average_50"][..]),
            (FileKind::Measured, &["timestamp_anon", "value"][..]),
        ];
        let has = |column: &&str| self.header.iter().any(|name| name == column);
        let found = known.into_iter().find(|(_, columns)| columns.iter().all(has));
        found.map(|(kind, _)| kind)
    }
    /// Refuses the file unless it is of this kind.
    pub(in crate::workload) fn must_be_kind(&self, kind: &FileKind) -> Result<(), TraceError> {
        let found = self.kind();
        if found == *kind {
            return Ok(());
        }
        Err(self.other_kind(found, kind.to_string()))
    }
    /// Refuses the file unless it is of this format.
    pub(in crate::workload) fn must_be(&self, format: TraceFormat) -> Result<(), TraceError> {
        self.must_be_kind(&FileKind::Known(format))
    }
    /// The place of a column that has to be there.
    pub(in crate::workload) fn column(&self, name: &str) -> Result<usize, TraceError> {
        self.column_or_none(name).ok_or_else(|| {
            let columns = self.header.join(", ");
            self.bad_column(name, format!("is missing; the file has {columns}"))
        })
    }
    /// The place of a column that may be there.
    pub(in crate::workload) fn column_or_none(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
    /// The next row.
    pub(in crate::workload) fn next(&mut self) -> Result<Option<&StringRecord>, TraceError> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => {
                self.rows += 1;
                match self.spilled() {
                    Some(error) => Err(error),
                    None => Ok(Some(&self.record)),
                }
            }
            Ok(false) => Ok(None),
            Err(error) => Err(self.row_error(error)),
        }
    }
    /// A quotation mark that is not closed swallows the rows below it: no field spans lines.
    fn spilled(&self) -> Option<TraceError> {
        if !self.record.as_slice().contains('\n') {
            return None;
        }
        let at = self.record.iter().position(|field| field.contains('\n'))?;
        let first = self.record[at].lines().next().unwrap_or_default();
        Some(TraceError::Malformed {
            path: self.path.clone(),
            row: self.rows,
            line: self.line(),
            column: self.header.get(at).cloned().unwrap_or_default(),
            found: format!("\"{first}"),
            expected: "a field that ends on its line: is a quotation mark open?".to_owned(),
        })
    }
    /// Makes `record` the present row, read before as the row `number`.
    pub(in crate::workload) fn put(&mut self, number: u64, record: StringRecord) {
        (self.rows, self.record) = (number, record);
    }
    /// The present row.
    pub(in crate::workload) fn record(&self) -> &StringRecord {
        &self.record
    }
    /// The line on which the present row begins. The file is read again for it.
    pub(in crate::workload) fn line(&self) -> u64 {
        self.record.position().map_or(0, |from| self.line_from(from))
    }
    /// The line on which a row begins that was sought from `from` on.
    fn line_from(&self, from: &csv::Position) -> u64 {
        line_of_row(&self.path, from).unwrap_or_else(|_| from.line())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the csv crate's enum may grow")]
    fn row_error(&self, error: csv::Error) -> TraceError {
        let malformed = |at: Option<csv::Position>, column, found, expected| {
            let (path, row) = (self.path.clone(), self.rows + 1);
            let line = at.map_or(0, |from| self.line_from(&from));
            TraceError::Malformed { path, row, line, column, found, expected }
        };
        match error.into_kind() {
            csv::ErrorKind::Io(source) => self.unreadable(source),
            csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
                // The first column that is missing, or the last one before those too many.
                let at = usize::try_from(len.min(expected_len.saturating_sub(1))).unwrap_or(0);
                let column = self.header.get(at).cloned().unwrap_or_default();
                let (found, expected) = (format!("{len} fields"), format!("{expected_len} fields"));
                malformed(pos, column, found, expected)
            }
            csv::ErrorKind::Utf8 { pos, err } => {
                let column = self.header.get(err.field()).cloned().unwrap_or_default();
                let found = "bytes that are no text".to_owned();
                malformed(pos, column, found, "text in UTF-8".to_owned())
            }
            other => self.unreadable(std::io::Error::other(format!("{other:?}"))),
        }
    }
    /// The error of a field of the present row.
    pub(in crate::workload) fn malformed(&self, cell: Cell) -> TraceError {
        TraceError::Malformed {
            path: self.path.clone(),
            row: self.rows,
            line: self.line(),
            column: cell.column.to_owned(),
            found: cell.found,
            expected: cell.expected.to_owned(),
        }
    }
    /// The error of the field at `place` of the present row, whatever its column is called.
    pub(in crate::workload) fn malformed_at(&self, place: usize, expected: &str) -> TraceError {
        TraceError::Malformed {
            path: self.path.clone(),
            row: self.rows,
            line: self.line(),
            column: self.header.get(place).cloned().unwrap_or_default(),
            found: self.record.get(place).unwrap_or_default().to_owned(),
            expected: expected.to_owned(),
        }
    }
    /// The error of a column.
    pub(in crate::workload) fn bad_column(&self, column: &str, problem: String) -> TraceError {
        TraceError::Column { path: self.path.clone(), column: column.to_owned(), problem }
    }
    /// The error of a file of another kind.
    pub(in crate::workload) fn other_kind(&self, found: FileKind, expected: String) -> TraceError {
        TraceError::OtherKind { path: self.path.clone(), found, expected }
    }
    fn unreadable(&self, source: std::io::Error) -> TraceError {
        TraceError::Unreadable { path: self.path.clone(), rows: self.rows, source }
    }
}

/// The text of a file, and whether it was gzipped.
fn unpacked(path: &Path) -> std::io::Result<(Box<dyn Read + Send>, bool)> {
    let mut bytes = BufReader::new(File::open(path)?);
    // A directory opens but can't be read: it is missing as a file.
    let compressed = bytes.fill_buf()?.starts_with(&GZIP);
    let text: Box<dyn Read + Send> =
        if compressed { Box::new(MultiGzDecoder::new(bytes)) } else { Box::new(bytes) };
    Ok((text, compressed))
}

/// The line, from 1, on which a row begins that the csv reader sought from `from` on. The reader takes its
/// position where the row before ends; the rest of that line's end (the LF of a CRLF), blank lines and
/// comments may come before the row itself.
fn line_of_row(path: &Path, from: &csv::Position) -> std::io::Result<u64> {
    let (text, _) = unpacked(path)?;
    let (mut line, mut is_comment) = (1, false);
    for (byte, at) in BufReader::new(text).bytes().zip(0..) {
        match byte? {
            b'\n' => (line, is_comment) = (line + 1, false),
            b'\r' => {}
            _ if at < from.byte() || is_comment => {}
            b'#' => is_comment = true,
            _ => break,
        }
    }
    Ok(line)
}

/// The line `number` of a file, from 1, to be shown to a person; none if it can't be read.
pub fn line(path: &Path, number: u64) -> Option<String> {
    let (text, _) = unpacked(path).ok()?;
    let before = usize::try_from(number.checked_sub(1)?).ok()?;
    BufReader::new(text).lines().nth(before)?.ok()
}

/// BLAKE3 of a file's bytes as they lie on the disk, in hexadecimal.
///
/// # Errors
/// A file that can't be opened or read.
pub fn digest(path: &Path) -> Result<String, TraceError> {
    let missing = |source| TraceError::Missing { path: path.to_owned(), source };
    let mut hasher = blake3::Hasher::new();
    let file = File::open(path).map_err(missing)?;
    match hasher.update_reader(file) {
        Ok(hasher) => Ok(hasher.finalize().to_hex().to_string()),
        Err(source) => Err(TraceError::Unreadable { path: path.to_owned(), rows: 0, source }),
    }
}
