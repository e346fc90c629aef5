//! Where a command writes.

use super::print::complain;
use crate::experiment::kind_of;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The directory that was asked for; else `output/` and the name of `file`, unless that holds another kind of
/// thing than what `command` makes: a scenario and an experiment may have the same name.
pub(super) fn out(
    asked: Option<&Path>,
    file: &Path,
    command: &'static str,
) -> Result<PathBuf, ExitCode> {
    if let Some(asked) = asked {
        return Ok(asked.to_owned());
    }
    let out = Path::new("output").join(file.file_stem().unwrap_or_default());
    match kind_of(&out) {
        Some(other) if other != command => {
            complain(format!(
                "error: {out} holds what `walras {other}` has written: say by --out {out}-{command} where this is to go, or by \
                 --out {out} that it takes its place",
                out = out.display(),
            ));
            Err(ExitCode::FAILURE)
        }
        _ => Ok(out),
    }
}
