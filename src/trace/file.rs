//! One table on disk: a buffered file that counts its rows and digests its bytes as they pass.
//!
//! A disk error does not stop the run: the first one is kept, later rows are dropped, and
//! [`TableFile::finish`] returns it. So no sink ever speaks back to the market.

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

/// A table being written.
pub(super) struct TableFile {
    path: PathBuf,
    file: File,
    pub(super) buffer: Vec<u8>,
    digest: blake3::Hasher,
    rows: u64,
    bytes: u64,
    error: Option<io::Error>,
}

impl TableFile {
    /// Creates the file at `path` and writes its header row.
    ///
    /// # Errors
    /// The file can't be created.
    pub(super) fn create(path: PathBuf, columns: &[&str]) -> Result<Self, DiskError> {
        let file = File::create(&path).map_err(DiskError::during("create", &path))?;
        let mut buffer = Vec::with_capacity(BLOCK + 4096);
        buffer.extend_from_slice(columns.join(",").as_bytes());
        buffer.push(b'\n');
        let digest = blake3::Hasher::new();
        Ok(Self { path, file, buffer, digest, rows: 0, bytes: 0, error: None })
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
            self.digest.update(&self.buffer);
            self.bytes += self.buffer.len() as u64;
            self.error = self.file.write_all(&self.buffer).err();
        }
        self.buffer.clear();
    }

    /// Writes what is left and says what the file has become.
    ///
    /// # Errors
    /// The first error that any write of this file met.
    pub(super) fn finish(mut self) -> Result<FileRecord, DiskError> {
        self.write_block();
        if let Some(source) = self.error {
            return Err(DiskError { operation: "write", path: self.path, source });
        }
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let digest = self.digest.finalize().to_hex().to_string();
        Ok(FileRecord { name, rows: Some(self.rows), bytes: self.bytes, digest })
    }
}
