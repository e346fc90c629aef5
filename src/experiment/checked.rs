//! The tables of a finished directory, held against what its manifest says of them.
//!
//! What is made of a table later (a chart, a report) must be of what was found then: a table that somebody has
//! edited, or that is of another run, would be drawn as if it were true.

use super::MANIFEST;
use crate::trace::DiskError;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Why a table is not to be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// It is not what was written.
    #[error("{0} is not what {MANIFEST} says of it: run it again")]
    Changed(PathBuf),
}

/// The bytes of the table `name` in `directory`, whose digest is that of its manifest.
///
/// # Errors
/// A table that is gone, or is not what the manifest says.
pub(super) fn bytes(directory: &Path, name: &str, manifest: &Value) -> Result<Vec<u8>, TableError> {
    let path = directory.join(name);
    let bytes = std::fs::read(&path).map_err(DiskError::during("read", &path))?;
    let digest = blake3::hash(&bytes).to_hex();
    let files = manifest["files"].as_array().map_or(&[][..], Vec::as_slice);
    let is_it = |file: &Value| file["name"] == name && file["digest"] == digest.as_str();
    if files.iter().any(is_it) { Ok(bytes) } else { Err(TableError::Changed(path)) }
}
