//! Container images: each name means one image, each layer has one size (TMPL-04, TMPL-05).

use super::names::is_blank;
use crate::ids::{Id, ImageId, LayerId};
use crate::scenario::model::{self, Image, Layer, NamedImage};
use crate::scenario::problem::Fault;
use crate::scenario::text::reader::Named;
use crate::scenario::text::scalar::Scalar;
use crate::scenario::text::{Place, Reader};
use crate::units::Gb;
use std::collections::BTreeMap;

/// All images and layers named so far.
#[derive(Debug, Default)]
pub(crate) struct Images {
    names: BTreeMap<String, ImageId>,
    /// The layers of each image, once anything says them.
    said: Vec<Option<Vec<LayerId>>>,
    /// Layers by name; those that are all of an image apart, by the image's name.
    layers: BTreeMap<(bool, String), LayerId>,
    known: Vec<Layer>,
    /// Images that are not stated by name: those of endpoints.
    own: Vec<OwnImage>,
}

/// An image of an endpoint: a layer of its own, over those of another if there is one.
#[derive(Debug)]
struct OwnImage {
    id: ImageId,
    name: String,
    over: Option<ImageId>,
    layer: Option<LayerId>,
}

/// The fields that say which image is meant: its name, its size, its layers.
pub(crate) type Fields<'a> = (Named<'a>, Named<'a>, Option<Named<'a>>);

impl Images {
    /// The image that the fields at `place` say; none if nothing is said of one. Without a name it is its
    /// pod's own.
    pub(crate) fn read(
        &mut self,
        reader: &mut Reader,
        place: &Place,
        (name, size, layers): Fields<'_>,
    ) -> Option<Image> {
        let stated: Option<Gb> = reader.optional(place, size);
        let layers = layers.filter(|(_, field)| field.is_stated());
        if let Some((layers, _)) = layers {
            if size.1.is_stated() {
                let fault =
                    Fault::new("an image of two sizes", "its layers, or the size of it all");
                reader.report(&place.field(layers), fault);
            } else if !name.1.is_stated() {
                let expected = format!("`{}` beside them", name.0);
                reader.report(&place.field(layers), Fault::new("layers of no image", expected));
            }
        }
        if !name.1.is_stated() {
            return stated.map(Image::Own);
        }
        let at = place.field(name.0);
        let name: String = reader.scalar(&at)?;
        if is_blank(reader, "image", &name, &at) {
            return None;
        }
        let image = self.intern(&name);
        let said = match (stated, layers) {
            (Some(size), _) => Some(self.whole(reader, &name, size, place)),
            (None, Some((layers, field))) => self.read_layers(reader, &place.field(layers), field),
            (None, None) => None,
        };
        if let Some(said) = said {
            self.say(reader, (image, &name), said, &at);
        }
        Some(Image::Named(image))
    }
    /// A new image called `name` that nobody states: so large, over what is in `over`.
    pub(crate) fn own(&mut self, name: String, size: Gb, over: Option<ImageId>) -> ImageId {
        let id = ImageId::from_index(self.said.len());
        self.said.push(None);
        let layer = (size != Gb::ZERO).then(|| LayerId::from_index(self.known.len()));
        self.known.extend(layer.map(|_| Layer { name: name.clone(), size, rank: 0 }));
        self.own.push(OwnImage { id, name, over, layer });
        id
    }
    /// What is known so far of the size of a named image.
    pub(crate) fn size(&self, image: ImageId) -> Option<Gb> {
        let layers = self.said[image.index()].as_ref()?;
        Some(layers.iter().fold(Gb::ZERO, |sum, layer| sum + self.known[layer.index()].size))
    }
    fn intern(&mut self, name: &str) -> ImageId {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let image = ImageId::from_index(self.said.len());
        self.said.push(None);
        self.names.insert(name.to_owned(), image);
        image
    }
    /// An image that is one layer, or none if its size is 0.
    fn whole(&mut self, reader: &mut Reader, name: &str, size: Gb, place: &Place) -> Vec<LayerId> {
        if size == Gb::ZERO {
            return Vec::new();
        }
        self.layer(reader, (true, name), size, place).into_iter().collect()
    }
    fn read_layers(
        &mut self,
        reader: &mut Reader,
        place: &Place,
        field: crate::scenario::text::Field,
    ) -> Option<Vec<LayerId>> {
        let mut layers = Vec::new();
        for (key, place) in reader.entries(place, field)? {
            let text = &reader.sources.get(place.file).text[key.clone()];
            let name = String::read(text).unwrap_or_default();
            if is_blank(reader, "layer", &name, &place) {
                continue;
            }
            let Some(size) = reader.scalar::<Gb>(&place) else { continue };
            if size == Gb::ZERO {
                reader.report(&place, Fault::new("a layer of nothing", "at least 1 GB"));
            }
            if let Some(layer) = self.layer(reader, (false, &name), size, &place) {
                if layers.contains(&layer) {
                    let fault = Fault::new(format!("layer `{name}` twice"), "each layer once");
                    reader.report_key(key, &place, fault);
                } else {
                    layers.push(layer);
                }
            }
        }
        Some(layers)
    }
    /// The layer of this name, which has one size wherever it is named.
    fn layer(
        &mut self,
        reader: &mut Reader,
        (is_image, name): (bool, &str),
        size: Gb,
        place: &Place,
    ) -> Option<LayerId> {
        let key = (is_image, name.to_owned());
        if let Some(known) = self.layers.get(&key) {
            let before = self.known[known.index()].size;
            if before != size {
                let kind = if is_image { "image" } else { "layer" };
                let fault = Fault::new(
                    format!("{kind} `{name}` of two sizes"),
                    format!("{before} GB, as elsewhere"),
                );
                reader.report(place, fault);
                return None;
            }
            return Some(*known);
        }
        let layer = LayerId::from_index(self.known.len());
        self.known.push(Layer { name: name.to_owned(), size, rank: 0 });
        self.layers.insert(key, layer);
        Some(layer)
    }
    /// An image is what was said of it first; who says more has to say the same.
    fn say(
        &mut self,
        reader: &mut Reader,
        (image, name): (ImageId, &str),
        mut layers: Vec<LayerId>,
        place: &Place,
    ) {
        layers.sort_unstable();
        let said = &mut self.said[image.index()];
        match said {
            Some(before) if *before != layers => {
                let fault = Fault::new(
                    format!("image `{name}` of two makes"),
                    "the same size or layers as elsewhere, or none, or a name of its own",
                );
                reader.report(place, fault);
            }
            _ => *said = Some(layers),
        }
    }
    /// All of them, as a run knows them. An image of which no size is said is on every host.
    pub(crate) fn finish(self) -> model::Images {
        let mut layers = self.known;
        let mut order: Vec<usize> = (0..layers.len()).collect();
        order.sort_by(|a, b| layers[*a].name.cmp(&layers[*b].name).then(a.cmp(b)));
        for (rank, index) in (0..).zip(order) {
            layers[index].rank = rank;
        }
        let mut named: Vec<NamedImage> = self
            .said
            .into_iter()
            .map(|said| NamedImage { name: String::new(), layers: said.unwrap_or_default() })
            .collect();
        for (name, image) in self.names {
            named[image.index()].name = name;
        }
        for OwnImage { id, name, over, layer } in self.own {
            let below = over.map(|over| named[over.index()].layers.clone()).unwrap_or_default();
            let layers = below.into_iter().chain(layer).collect();
            named[id.index()] = NamedImage { name, layers };
        }
        model::Images { layers, named }
    }
}
