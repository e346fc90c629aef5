//! Named images: pulled by hosts, kept for others, evicted (TMPL-04, TMPL-05, HOST-03, HOST-04).
//!
//! A pod uses its image from its hand-over until it leaves its GPUs. At each start its host pulls what it
//! lacks, as one pull at its whole download speed; pulls do not slow each other. What is on its way for
//! another pod is waited for, and not pulled twice.

use crate::agenda::{Class, Event};
use crate::ids::{HostId, ImageId, LayerId, PodId};
use crate::journal::Fact;
use crate::journal::fact::ImagePullBegun;
use crate::market::start;
use crate::scenario::model::Image;
use crate::turn::{News, Turn};
use crate::units::Gb;
use crate::world::images::{self, Progress, Pull, Shelf, Waiter};
use crate::world::pod::{PodChange, Stage};
use crate::world::standing::Bar;

/// A pod is handed over on `host`: from now on it uses its image there.
pub fn hold(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let images = &turn.scenario.images;
    let layers = images::layers_of(images, turn.world.pods[pod].image);
    if !layers.is_empty() {
        turn.world.images.hosts.entry(host).or_default().hold(images, layers);
    }
}

/// TMPL-05. A pod has left its GPUs on `host`: what it waited for is broken off unless others wait, and what
/// it used may go.
pub fn release(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let images = &turn.scenario.images;
    let layers = images::layers_of(images, turn.world.pods[pod].image);
    if let Some(shelf) = turn.world.images.hosts.get_mut(&host).filter(|_| !layers.is_empty()) {
        shelf.quit(Waiter::Pod(pod));
        shelf.release(images, layers, turn.now);
        make_room(turn, host);
    }
}

/// A pod waits for its image no longer, though it may still hold its GPUs: SIGTERM, or its host lost power.
pub fn quit(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    if let Some(shelf) = turn.world.images.hosts.get_mut(&host) {
        shelf.quit(Waiter::Pod(pod));
    }
}

/// TMPL-05. While more is kept than the limit allows, what was used least recently goes.
fn make_room(turn: &mut Turn<'_, '_>, host: HostId) {
    let limit = turn.world.images.limit;
    loop {
        let shelf = turn.world.images.hosts.get_mut(&host);
        let evicted = shelf.and_then(|shelf| shelf.evict(&turn.scenario.images, limit));
        let Some(layer) = evicted else { return };
        turn.state(Fact::ImageEvicted { host, layer });
    }
}

/// TMPL-04. A pod starts on `host` from a named image: what the host lacks of it is pulled first.
pub fn fetch(turn: &mut Turn<'_, '_>, (pod, image): (PodId, ImageId), host: HostId) {
    let images = &turn.scenario.images;
    let layers = images::layers_of(images, Image::Named(image));
    let Some(shelf) = turn.world.images.hosts.get_mut(&host).filter(|_| !layers.is_empty()) else {
        start::after_pull(turn, pod);
        return;
    };
    let missing = shelf.missing(layers);
    if missing.is_empty() {
        turn.state(Fact::ImageCached { pod, image });
        start::after_pull(turn, pod);
        return;
    }
    let on_its_way = join(shelf, &missing, Waiter::Pod(pod));
    let (coming, new): (Vec<LayerId>, Vec<LayerId>) =
        missing.iter().partition(|layer| on_its_way.contains(layer));
    let [gb, shared_gb] = [&new, &coming].map(|layers| images::size(images, layers));
    turn.change(pod, PodChange::Stage(Stage::Fetching));
    turn.state(Fact::ImagePullBegun(ImagePullBegun { pod, image, gb, shared_gb }));
    if !new.is_empty() {
        begin(turn, (Waiter::Pod(pod), host), (new, gb));
    }
}

/// SLS-18. A slot is bound to `host` and uses an image there from now on; what the host lacks of it is pulled.
/// Gives whether it is all there.
pub fn prepare(turn: &mut Turn<'_, '_>, (slot, image): (Waiter, ImageId), host: HostId) -> bool {
    let images = &turn.scenario.images;
    let layers = images::layers_of(images, Image::Named(image));
    if layers.is_empty() {
        return true;
    }
    let shelf = turn.world.images.hosts.entry(host).or_default();
    shelf.hold(images, layers);
    let missing = shelf.missing(layers);
    if missing.is_empty() {
        return true;
    }
    let on_its_way = join(shelf, &missing, slot);
    let new: Vec<LayerId> =
        missing.into_iter().filter(|layer| !on_its_way.contains(layer)).collect();
    if !new.is_empty() {
        let gb = images::size(images, &new);
        begin(turn, (slot, host), (new, gb));
    }
    false
}

/// SLS-18. The same of one that begins prepared.
pub fn put(turn: &mut Turn<'_, '_>, image: ImageId, host: HostId) {
    let images = &turn.scenario.images;
    let layers = images::layers_of(images, Image::Named(image));
    if !layers.is_empty() {
        let shelf = turn.world.images.hosts.entry(host).or_default();
        shelf.put(images, layers);
        shelf.hold(images, layers);
    }
}

/// A slot is bound to `host` no longer.
pub fn abandon(turn: &mut Turn<'_, '_>, (slot, image): (Waiter, ImageId), host: HostId) {
    let images = &turn.scenario.images;
    let layers = images::layers_of(images, Image::Named(image));
    if let Some(shelf) = turn.world.images.hosts.get_mut(&host).filter(|_| !layers.is_empty()) {
        shelf.quit(slot);
        shelf.release(images, layers, turn.now);
        make_room(turn, host);
    }
}

/// A pod waits for the pulls that bring any of what it misses; gives all that they bring.
fn join(shelf: &mut Shelf, missing: &[LayerId], who: Waiter) -> Vec<LayerId> {
    let brings = |pull: &&mut Pull| pull.layers.iter().any(|layer| missing.contains(layer));
    let mut coming = Vec::new();
    for pull in shelf.pulls.iter_mut().filter(brings) {
        pull.waiting.push(who);
        coming.extend_from_slice(&pull.layers);
    }
    coming
}

/// A pull begins, or waits for the network.
fn begin(turn: &mut Turn<'_, '_>, (who, host): (Waiter, HostId), (layers, gb): (Vec<LayerId>, Gb)) {
    let row = &turn.world.fleet.hosts[host];
    let takes = gb.transfer_time(row.download);
    let online = !row.standing.is_under(Bar::Network);
    let until = turn.now.saturating_add(takes);
    let progress = if online { Progress::Until(until) } else { Progress::Paused(takes) };
    turn.world.images.pulls += 1;
    let number = turn.world.images.pulls;
    if online {
        turn.schedule(until, Class::ImagePulled, Event::Pulled { host, number });
    }
    let pull = Pull { number, layers, progress, waiting: vec![who] };
    turn.world.images.hosts.entry(host).or_default().pulls.push(pull);
}

/// HOST-04. A host is cut off: its pulls wait.
pub fn pause(turn: &mut Turn<'_, '_>, host: HostId) {
    let now = turn.now;
    let Some(shelf) = turn.world.images.hosts.get_mut(&host) else { return };
    for pull in &mut shelf.pulls {
        if let Progress::Until(until) = pull.progress {
            pull.progress = Progress::Paused(until - now);
        }
    }
}

/// HOST-04. It is connected again: they go on.
pub fn go_on(turn: &mut Turn<'_, '_>, host: HostId) {
    let now = turn.now;
    let Some(shelf) = turn.world.images.hosts.get_mut(&host) else { return };
    let mut due = Vec::new();
    for pull in &mut shelf.pulls {
        if let Progress::Paused(left) = pull.progress {
            let until = now.saturating_add(left);
            pull.progress = Progress::Until(until);
            due.push((until, pull.number));
        }
    }
    for (until, number) in due {
        turn.schedule(until, Class::ImagePulled, Event::Pulled { host, number });
    }
}

/// Class 6: what a host pulled is there. Who waits for nothing else goes on to its next stage.
pub fn pulled(turn: &mut Turn<'_, '_>, host: HostId, number: u32) {
    let (images, now) = (&turn.scenario.images, turn.now);
    let shelf = turn.world.images.hosts.get_mut(&host);
    let Some(pull) = shelf.and_then(|shelf| shelf.finish(images, number, now)) else { return };
    make_room(turn, host);
    for who in pull.waiting {
        let waits = turn.world.images.hosts.get(&host).is_some_and(|shelf| shelf.waits(who));
        match who {
            _ if waits => {}
            Waiter::Pod(pod) => {
                turn.state(Fact::ImagePulled { pod });
                start::after_pull(turn, pod);
            }
            Waiter::Slot(endpoint, slot) => turn.tell(News::Pulled { endpoint, slot }),
        }
    }
}
