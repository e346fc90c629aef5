//! Container images: what of them hosts keep (TMPL-04, TMPL-05).

use crate::ids::{ImageId, LayerId};
use crate::units::Gb;

/// The image that a pod starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// Its own and nobody else's: of this size, or of size 0 on every host.
    Own(Gb),
    /// One that has a name, which hosts keep for others.
    Named(ImageId),
}

impl Image {
    /// There is nothing to pull.
    pub const EVERYWHERE: Self = Self::Own(Gb::ZERO);
}
impl From<Gb> for Image {
    fn from(size: Gb) -> Self {
        Self::Own(size)
    }
}

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name; that of its image, if it is all of it.
    pub name: String,
    /// Its size.
    pub size: Gb,
    /// Its place among all names.
    pub rank: u32,
}

/// An image that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedImage {
    /// Its name.
    pub name: String,
    /// Its layers; none: it is on every host.
    pub layers: Vec<LayerId>,
}

/// All images that a scenario names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    /// The layers, each once, however many images share it.
    pub layers: Vec<Layer>,
    /// The images.
    pub named: Vec<NamedImage>,
}
