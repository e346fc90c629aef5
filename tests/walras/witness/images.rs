//! What hosts have of images, as facts tell it (TMPL-04, TMPL-05).
//!
//! What a pull brought is known here when a pod starts from it; so there may be more on a host than is known,
//! where who waits for two pulls has one of them.

use super::Witness;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use walras::ids::{HostId, Id, ImageId, LayerId, PodId};
use walras::journal::Fact;
use walras::journal::fact::ImagePullBegun;
use walras::units::{Gb, SimTime};

/// What is known of images.
#[derive(Default)]
pub(super) struct Shelves {
    here: BTreeMap<HostId, BTreeSet<LayerId>>,
    /// What may be there besides: layers that somebody waited for who left before all had come.
    perhaps: BTreeSet<(HostId, LayerId)>,
    /// Who waits for a pull.
    pulling: BTreeSet<PodId>,
    /// Of pods that started from a named one, while they hold GPUs.
    used: BTreeMap<PodId, (HostId, ImageId)>,
    /// When a pod last left that used a layer.
    left: BTreeMap<(HostId, LayerId), SimTime>,
    /// What went though pods used it that have not left since.
    gone: Vec<(PodId, LayerId)>,
}

impl Witness<'_> {
    fn layers(&self, image: ImageId) -> &[LayerId] {
        &self.scenario.images.named[image.index()].layers
    }
    fn size(&self, layers: impl IntoIterator<Item = LayerId>) -> u32 {
        let all = &self.scenario.images.layers;
        layers.into_iter().map(|layer| all[layer.index()].size.get()).sum()
    }
    /// The host of a pod that starts from an image, which it uses from now on.
    fn uses(&mut self, pod: PodId, image: ImageId) -> HostId {
        let host = self.pods[&pod].is.holds().expect("who starts is on a host");
        self.shelves.used.insert(pod, (host, image));
        host
    }
    /// Those who use a layer on a host.
    fn users(&self, host: HostId, layer: LayerId) -> Vec<PodId> {
        let uses = |(_, (on, image)): &(&PodId, &(HostId, ImageId))| {
            *on == host && self.layers(*image).contains(&layer)
        };
        self.shelves.used.iter().filter(uses).map(|(pod, _)| *pod).collect()
    }
    /// The turn of a layer to go, as of now.
    fn turn(&self, host: HostId, layer: LayerId) -> (SimTime, Reverse<Gb>, &str) {
        let known = &self.scenario.images.layers[layer.index()];
        let in_use = !self.users(host, layer).is_empty();
        let left = self.shelves.left.get(&(host, layer)).copied().filter(|_| !in_use);
        (left.unwrap_or(self.now), Reverse(known.size), &known.name)
    }

    pub(super) fn hear_image(&mut self, fact: &Fact) {
        match *fact {
            Fact::ImageCached { pod, image } => {
                let host = self.uses(pod, image);
                let here = self.shelves.here.entry(host).or_default().clone();
                let known = |layer: &LayerId| {
                    here.contains(layer) || self.shelves.perhaps.contains(&(host, *layer))
                };
                let whole = self.layers(image).iter().all(known);
                self.ensure(whole, || format!("TMPL-05: {fact:?}, and not all of it is there"));
            }
            Fact::ImagePullBegun(ImagePullBegun { pod, image, gb, shared_gb }) => {
                let host = self.uses(pod, image);
                let here = self.shelves.here.entry(host).or_default().clone();
                let missing = self.layers(image).iter().filter(|layer| !here.contains(layer));
                let missing = self.size(missing.copied().collect::<Vec<_>>());
                self.shelves.pulling.insert(pod);
                let comes = gb.get() + shared_gb.get();
                self.ensure(0 < comes && comes <= missing, || {
                    format!("TMPL-04: {fact:?}, and {missing} GB are missing")
                });
            }
            Fact::ImagePulled { pod } => {
                self.shelves.pulling.remove(&pod);
                if let Some((host, image)) = self.shelves.used.get(&pod).copied() {
                    let layers = self.layers(image).to_vec();
                    self.shelves.here.entry(host).or_default().extend(layers);
                }
            }
            Fact::ImageEvicted { host, layer } => self.evicted(host, layer),
            Fact::PodDown { pod } | Fact::PodDisplaced { pod, .. } => self.gives_up(pod),
            // Who leaves in the event in which a layer goes used it until then.
            Fact::PodStopped { pod } | Fact::PodTerminated { pod } => {
                self.gives_up(pod);
                if let Some((host, image)) = self.shelves.used.remove(&pod) {
                    for layer in self.layers(image).to_vec() {
                        self.shelves.left.insert((host, layer), self.now);
                    }
                }
                self.shelves.gone.retain(|(user, _)| *user != pod);
            }
            _ => {}
        }
    }
    /// Who waits for a pull waits no longer; some of it may have come.
    fn gives_up(&mut self, pod: PodId) {
        if !self.shelves.pulling.remove(&pod) {
            return;
        }
        if let Some((host, image)) = self.shelves.used.get(&pod).copied() {
            let layers = self.layers(image).to_vec();
            self.shelves.perhaps.extend(layers.into_iter().map(|layer| (host, layer)));
        }
    }
    /// TMPL-05. The least recently used goes first, of those the larger, then by name.
    fn evicted(&mut self, host: HostId, layer: LayerId) {
        let known = self.shelves.here.entry(host).or_default().clone();
        let turn = self.turn(host, layer);
        let before = known
            .iter()
            .find(|other| self.users(host, **other).is_empty() && self.turn(host, **other) < turn);
        let (before, turn) = (before.copied(), format!("{turn:?}"));
        self.ensure(before.is_none(), || {
            format!("TMPL-05: {layer:?} goes from {host:?} at {turn} before {before:?}")
        });
        self.shelves.here.entry(host).or_default().remove(&layer);
        let users = self.users(host, layer).into_iter().map(|pod| (pod, layer));
        let users: Vec<_> = users.collect();
        self.shelves.gone.extend(users);
    }
    /// At the end of an instant nobody uses what went in it.
    pub(super) fn check_evictions(&mut self) {
        let wrong = std::mem::take(&mut self.shelves.gone);
        self.ensure(wrong.is_empty(), || format!("TMPL-05: gone while used: {wrong:?}"));
    }
}
