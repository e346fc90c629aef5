//! One table on disk, in either format: a buffered file that counts its rows and digests its bytes as they pass.
//!
//! A disk error does not stop the run: the first one is kept, later rows are dropped, and
//! [`TableFile::finish`] returns it. So no sink ever speaks back to the market.

use super::Format;
use super::column::Column;
use super::parquet::{Columns, rows_of};
use super::row::Row;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What could not be done with a file or directory.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} `{}`: {source}", path.display())]
pub struct DiskError {
    /// What was tried, as a verb: `create`, `write`, `rename`.
    pub operation: &'static str,
    /// On which path.
    pub path: PathBuf,
    /// What the machine says.
    pub source: io::Error,
}

impl DiskError {
    /// Names the operation and the path of an input or output error.
    pub fn during(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { operation, path, source }
    }
}

/// A file as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileRecord {
    /// Its name in the run's directory.
    pub name: String,
    /// Rows below the header, or figures; none for a file that is no table.
    pub rows: Option<u64>,
    /// Its size in bytes.
    pub bytes: u64,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub digest: String,
}

/// Bytes that are gathered before they are digested and written together.
const BLOCK: usize = 64 * 1024;

/// A file whose bytes are digested and counted as they pass.
pub(super) struct Digested {
    file: File,
    digest: blake3::Hasher,
    bytes: u64,
}

impl Digested {
    fn create(path: &Path) -> Result<Self, DiskError> {
        let file = File::create(path).map_err(DiskError::during("create", path))?;
        Ok(Self { file, digest: blake3::Hasher::new(), bytes: 0 })
    }
    /// What has become of the file at this path, which is a table of so many rows.
    fn record(self, path: &Path, rows: u64) -> FileRecord {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let digest = self.digest.finalize().to_hex().to_string();
        FileRecord { name, rows: Some(rows), bytes: self.bytes, digest }
    }
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What becomes of blocks of rows.
enum Out {
    /// They are written as they are.
    Csv(Box<Digested>),
    /// Their fields are.
    Parquet(Box<Columns>),
}

impl Out {
    fn write(&mut self, rows: &[u8]) -> io::Result<()> {
        match self {
            Self::Csv(file) => file.write_all(rows),
            Self::Parquet(columns) => columns.take(rows),
        }
    }
    fn finish(self) -> io::Result<Digested> {
        match self {
            Self::Csv(file) => Ok(*file),
            Self::Parquet(columns) => columns.finish(),
        }
    }
}

/// A table being written.
pub(super) struct TableFile {
    path: PathBuf,
    out: Out,
    pub(super) buffer: Vec<u8>,
    rows: u64,
    error: Option<io::Error>,
}

impl TableFile {
    /// Creates the file at `path`, with its header row or its schema.
    ///
    /// # Errors
    /// The file can't be created.
    pub(super) fn create(
        path: PathBuf,
        columns: &[Column],
        format: Format,
    ) -> Result<Self, DiskError> {
        let file = Digested::create(&path)?;
        let mut buffer = Vec::with_capacity(BLOCK + 4096);
        let out = match format {
            Format::Csv => {
                let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
                buffer.extend_from_slice(names.join(",").as_bytes());
                buffer.push(b'\n');
                Out::Csv(Box::new(file))
            }
            Format::Parquet => {
                let begun = Columns::begin(file, columns);
                Out::Parquet(Box::new(begun.map_err(DiskError::during("write", &path))?))
            }
        };
        Ok(Self { path, out, buffer, rows: 0, error: None })
    }

    /// Begins a row.
    pub(super) fn row(&mut self) -> Row<'_> {
        Row::new(self)
    }

    /// Counts a finished row and writes a full block.
    pub(super) fn end_row(&mut self) {
        self.rows += 1;
        if BLOCK <= self.buffer.len() {
            self.write_block();
        }
    }

    fn write_block(&mut self) {
        if self.error.is_none() {
            self.error = self.out.write(&self.buffer).err();
        }
        self.buffer.clear();
    }

    /// Writes what is left and says what the file has become.
    ///
    /// # Errors
    /// The first error that any write of this file met.
    pub(super) fn finish(mut self) -> Result<FileRecord, DiskError> {
        self.write_block();
        let failed = DiskError::during("write", &self.path);
        let file = match self.error {
            Some(error) => Err(error),
            None => self.out.finish(),
        };
        Ok(file.map_err(failed)?.record(&self.path, self.rows))
    }
}

/// Writes a finished table of so many rows, which stands there as CSV with these columns, as Parquet.
///
/// # Errors
/// A disk that refuses, a field that is not what its column holds.
pub fn write_parquet(
    path: &Path,
    columns: &[Column],
    (csv, rows): (&str, u64),
) -> Result<FileRecord, DiskError> {
    let file = Digested::create(path)?;
    let written = Columns::begin(file, columns).and_then(|mut out| {
        out.take(rows_of(csv, columns.len()))?;
        out.finish()
    });
    Ok(written.map_err(DiskError::during("write", path))?.record(path, rows))
}
