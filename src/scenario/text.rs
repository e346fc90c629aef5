//! The text of a scenario: files, where each value stands in them, and what may be read there.
//!
//! RON's reader forgets positions. So every file is indexed beside it ([`index`]), and a value is
//! named by its [`Place`]: the file and the path of fields. A problem found long after reading can
//! still be shown under its line.

pub(super) mod index;
pub(super) mod place;
pub(super) mod reader;
pub(super) mod ron_error;
pub(super) mod scalar;
pub(super) mod source;
pub(super) mod splice;

pub(crate) use place::Place;
pub(crate) use reader::{Field, Named, Reader, Stated};
pub(crate) use source::{Origin, Source, Sources};
