//! The files that a scenario was made from.

/// A file that the scenario was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// The path as the scenario or the command line names it.
    pub path: String,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub digest: String,
}

/// The text of a RON file that the scenario was made from, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// The path as the scenario or the command line names it.
    pub path: String,
    /// What stands in it; what the command line sets does not.
    pub text: String,
}
