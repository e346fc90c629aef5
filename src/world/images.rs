//! What hosts keep of images, and what they pull (TMPL-04, TMPL-05).
//!
//! A host keeps layers. One that a pod there uses stays; the others go, the one first that was used last
//! the longest ago, while all that is kept is more than the limit. So what is in use may exceed it. What is
//! missing of an image is pulled at once, as one pull; who needs what is on its way already waits for that
//! pull. A pull goes on while any pod waits for it. Only hosts that had a named image are in here.

use crate::ids::{EndpointId, HostId, Id, LayerId, PodId};
use crate::scenario::model::{Image, Images, Layer};
use crate::units::{Gb, SimTime, Span};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A layer on a host, or wanted there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Pods there that use it, or wait for it.
    pub users: u32,
    /// Whether it is there.
    pub here: bool,
    /// When it was last used, while nobody uses it.
    pub used_at: SimTime,
}

/// The order in which layers go that nobody uses: least recently used, larger, by name.
pub type Turn = (SimTime, Reverse<Gb>, u32, LayerId);

/// How far a pull is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is over then.
    Until(SimTime),
    /// It waits for the network, with so much left (HOST-04).
    Paused(Span),
}

/// Who waits for an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiter {
    /// A pod that starts.
    Pod(PodId),
    /// A slot of an endpoint, by its row, which may be asleep (SLS-18).
    Slot(EndpointId, u32),
}

/// A pull under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// Its number in the run, which tells its event from one of a pull that was broken off.
    pub number: u32,
    /// What comes.
    pub layers: Vec<LayerId>,
    /// How far it is.
    pub progress: Progress,
    /// Who waits for it, in the order of asking.
    pub waiting: Vec<Waiter>,
}

/// What a host has of images.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// Layers that are there, or wanted.
    pub layers: BTreeMap<LayerId, Kept>,
    /// Those that are there and not in use, in their turn to go.
    pub idle: BTreeSet<Turn>,
    /// GB that are there.
    pub held: u64,
    /// Pulls under way, in the order of their beginning.
    pub pulls: Vec<Pull>,
}

/// The place of an unused layer among those that go.
pub fn turn(images: &Images, layer: LayerId, used_at: SimTime) -> Turn {
    let Layer { size, rank, .. } = images.layers[layer.index()];
    (used_at, Reverse(size), rank, layer)
}

/// GB of layers.
pub fn size(images: &Images, layers: &[LayerId]) -> Gb {
    layers.iter().fold(Gb::ZERO, |sum, layer| sum + images.layers[layer.index()].size)
}

impl Shelf {
    /// What a run begins with is there (SLS-18): somebody uses it already.
    pub fn put(&mut self, images: &Images, layers: &[LayerId]) {
        for layer in layers {
            let kept = self.layers.entry(*layer).or_default();
            if !kept.here {
                kept.here = true;
                self.held += u64::from(size(images, &[*layer]).get());
            }
        }
    }
    /// A pod uses these layers from now on, whether they are there or not.
    pub fn hold(&mut self, images: &Images, layers: &[LayerId]) {
        for layer in layers {
            let kept = self.layers.entry(*layer).or_default();
            if kept.users == 0 && kept.here {
                self.idle.remove(&turn(images, *layer, kept.used_at));
            }
            kept.users += 1;
        }
    }
    /// A pod uses them no longer.
    pub fn release(&mut self, images: &Images, layers: &[LayerId], now: SimTime) {
        for layer in layers {
            let Some(kept) = self.layers.get_mut(layer) else { continue };
            kept.users -= 1;
            if 0 < kept.users {
                continue;
            }
            if kept.here {
                kept.used_at = now;
                self.idle.insert(turn(images, *layer, now));
            } else {
                self.layers.remove(layer);
            }
        }
    }
    /// Whether all of `layers` are there.
    pub fn has(&self, layers: &[LayerId]) -> bool {
        layers.iter().all(|layer| self.is_here(*layer))
    }
    /// Those of `layers` that are not there.
    pub fn missing(&self, layers: &[LayerId]) -> Vec<LayerId> {
        layers.iter().copied().filter(|layer| !self.is_here(*layer)).collect()
    }
    fn is_here(&self, layer: LayerId) -> bool {
        self.layers.get(&layer).is_some_and(|kept| kept.here)
    }
    /// The pull of this number is over: what it brought is there.
    pub fn finish(&mut self, images: &Images, number: u32, now: SimTime) -> Option<Pull> {
        let over = |pull: &Pull| pull.number == number && pull.progress == Progress::Until(now);
        let place = self.pulls.iter().position(over)?;
        let pull = self.pulls.remove(place);
        for layer in &pull.layers {
            let kept = self.layers.entry(*layer).or_default();
            kept.here = true;
            if kept.users == 0 {
                // Who asked for it has left, and the pull went on for another of its layers.
                kept.used_at = now;
                self.idle.insert(turn(images, *layer, now));
            }
        }
        self.held += u64::from(size(images, &pull.layers).get());
        Some(pull)
    }
    /// Whether somebody waits for any pull.
    pub fn waits(&self, who: Waiter) -> bool {
        self.pulls.iter().any(|pull| pull.waiting.contains(&who))
    }
    /// Somebody waits no longer; what nobody waits for is broken off.
    pub fn quit(&mut self, who: Waiter) {
        for pull in &mut self.pulls {
            pull.waiting.retain(|waiting| *waiting != who);
        }
        self.pulls.retain(|pull| !pull.waiting.is_empty());
    }
    /// TMPL-05. The next layer that goes, as more is kept than `limit`; it is gone.
    pub fn evict(&mut self, images: &Images, limit: Gb) -> Option<LayerId> {
        if self.held <= u64::from(limit.get()) {
            return None;
        }
        let (.., layer) = self.idle.pop_first()?;
        self.layers.remove(&layer);
        self.held -= u64::from(images.layers[layer.index()].size.get());
        Some(layer)
    }
}

/// What all hosts have of images.
#[derive(Clone, Debug, Default)]
pub struct Shelves {
    /// The images, as the scenario names them.
    pub named: Images,
    /// TMPL-05. GB that a host keeps beside what is in use.
    pub limit: Gb,
    /// Of each host that had a named image.
    pub hosts: BTreeMap<HostId, Shelf>,
    /// Pulls so far.
    pub pulls: u32,
}

impl Shelves {
    /// Empty ones, for these images, with this limit a host.
    pub fn new(images: &Images, limit: Gb) -> Self {
        Self { named: images.clone(), limit, ..Self::default() }
    }
}

/// The layers of an image that hosts keep for others; none of one that is its pod's own.
pub fn layers_of(images: &Images, image: Image) -> &[LayerId] {
    match image {
        Image::Own(_) => &[],
        Image::Named(image) => &images.named[image.index()].layers,
    }
}
