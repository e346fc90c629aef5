//! Named images of a script: `named=x`, with `image=5` or `layers=base:3+app:2` where first said.

use std::collections::BTreeMap;
use walras::ids::{Id, ImageId, LayerId};
use walras::scenario::model::{Image, Images, Layer, NamedImage};
use walras::units::Gb;

/// The image that a request names, made known if it is new.
pub(super) fn image(known: &mut Images, said: &BTreeMap<&str, &str>) -> Image {
    let number = |text: &str| Gb::new(text.parse().expect("whole GB"));
    let size = said.get("image").map(|text| number(text)).unwrap_or_default();
    let Some(name) = said.get("named") else { return Image::Own(size) };
    if let Some(place) = known.named.iter().position(|image| image.name == *name) {
        return Image::Named(ImageId::from_index(place));
    }
    let layers = match said.get("layers") {
        Some(layers) => layers
            .split('+')
            .map(|layer| {
                let (layer, size) = layer.split_once(':').expect("a name and GB");
                layer_of(known, layer, number(size))
            })
            .collect(),
        None => vec![layer_of(known, name, size)],
    };
    known.named.push(NamedImage { name: (*name).to_owned(), layers });
    let mut names: Vec<String> = known.layers.iter().map(|layer| layer.name.clone()).collect();
    names.sort_unstable();
    for layer in &mut known.layers {
        let rank = names.binary_search(&layer.name).expect("its own name");
        layer.rank = u32::try_from(rank).expect("few layers");
    }
    Image::Named(ImageId::from_index(known.named.len() - 1))
}

fn layer_of(known: &mut Images, name: &str, size: Gb) -> LayerId {
    let place = known.layers.iter().position(|layer| layer.name == name);
    let place = place.unwrap_or_else(|| {
        known.layers.push(Layer { name: name.to_owned(), size, rank: 0 });
        known.layers.len() - 1
    });
    LayerId::from_index(place)
}
