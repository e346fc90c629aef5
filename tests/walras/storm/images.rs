//! Named images in a storm: which requests start from one, and how little of them hosts keep (TMPL-04,
//! TMPL-05). All share layers, and all are pulled in the time in which something else happens.

use super::Weather;
use proptest::prelude::*;
use proptest::sample::select;
use walras::ids::{Id, ImageId, LayerId};
use walras::scenario::model::{Image, Images, Layer, NamedImage};
use walras::units::Gb;

/// Which image the requests of the script start from, in turn, and what a host keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pulls {
    images: Vec<Option<usize>>,
    pub(super) cache: u32,
}

impl Pulls {
    /// The image of the request that stands at this place, if it is a named one.
    pub(super) fn image(&self, place: usize) -> Option<Image> {
        let image = *self.images.get(place % self.images.len().max(1))?;
        Some(Image::Named(ImageId::from_index(image?)))
    }
    /// The images that there are.
    pub(super) fn known(&self) -> Images {
        if self.images.is_empty() {
            return Images::default();
        }
        let layer = |(name, gb, rank): (&str, u32, u32)| Layer {
            name: name.to_owned(),
            size: Gb::new(gb),
            rank,
        };
        let image = |(name, layers): (&str, &[usize])| NamedImage {
            name: name.to_owned(),
            layers: layers.iter().map(|layer| LayerId::from_index(*layer)).collect(),
        };
        let named: [(&str, &[usize]); 4] =
            [("a", &[0, 1]), ("b", &[0, 2]), ("c", &[1, 3]), ("everywhere", &[])];
        Images {
            layers: [("base", 1, 1), ("tool", 2, 3), ("app", 2, 0), ("big", 7, 2)]
                .map(layer)
                .into(),
            named: named.map(image).into(),
        }
    }
}

/// Most storms have some.
pub(super) fn pulls(weather: Weather) -> BoxedStrategy<Pulls> {
    if !weather.disks {
        return Just(Pulls::default()).boxed();
    }
    let image = prop_oneof![1 => Just(None), 3 => (0..4_usize).prop_map(Some)];
    let images = proptest::collection::vec(image, 0..8);
    (images, select(vec![0, 2, 4, 9, 200]))
        .prop_map(|(images, cache)| Pulls { images, cache })
        .boxed()
}
