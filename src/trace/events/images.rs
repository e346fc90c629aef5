//! Rows about images on hosts (TMPL-04, TMPL-05).

use super::{Detail, Known, Line};
use crate::ids::{Id, ImageId};
use crate::journal::Fact;
use crate::journal::fact::ImagePullBegun;

#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about images")]
pub(super) fn line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    let images = &known.names.scenario().images;
    let name = |image: ImageId| images.named[image.index()].name.as_str();
    match *fact {
        Fact::ImageCached { pod, image } => {
            detail.add("image", name(image));
            Some(Line::of_pod(pod))
        }
        Fact::ImagePullBegun(ImagePullBegun { pod, image, gb, shared_gb }) => {
            detail.add("image", name(image)).add("gb", gb).add("shared_gb", shared_gb);
            Some(Line::of_pod(pod))
        }
        Fact::ImageEvicted { host, layer } => {
            let layer = &images.layers[layer.index()];
            detail.add("layer", &layer.name).add("gb", layer.size);
            Some(Line::of_host(host))
        }
        _ => None,
    }
}
