//! Moves: a stopped pod is placed on another host, and its volume copied there (POD-16).

use super::biller::Biller;
use super::script::Script;
use super::state::{Pull, State};
use walras::journal::fact::Item;
use walras::scenario::rules::{OutagePartialUnit, PodMove};

/// The data centers that hosts may stand in, with their local speed in Gbit/s.
pub(crate) const CENTERS: [(&str, u32); 2] = [("EU-RO-1", 25), ("US-TX-1", 2_000)];

impl Biller<'_> {
    /// The hosts on whose disk a pod's volume takes its room: what it is copied to, too.
    pub(crate) fn volume_lies_on(&self, pod: usize, host: usize) -> bool {
        let asks = self.pod(pod);
        let lies = asks.tied && !asks.ended();
        let placed = asks.home.is_none() || asks.placed.is_some();
        lies && (asks.home == Some(host) || placed && asks.host == host)
    }
    /// The host by which its meters go: where it was until it is placed elsewhere.
    pub(crate) fn billed_by(&self, pod: usize) -> usize {
        let asks = self.pod(pod);
        asks.home.filter(|_| asks.placed.is_none()).unwrap_or(asks.host)
    }

    /// POD-12, `move`. As a move.
    pub(crate) fn has_room_elsewhere(&mut self, pod: usize) -> bool {
        let allowed = self.rules.pod_move == PodMove::Allowed;
        let asks = self.pod_mut(pod);
        asks.goes = allowed && asks.tied;
        asks.goes && self.choose(pod).is_some()
    }

    /// It is handed its GPUs on another host.
    pub(crate) fn move_in(&mut self, pod: usize) {
        if !std::mem::take(&mut self.pod_mut(pod).goes) {
            return;
        }
        let moving = self.pod(pod);
        let (host, volume) = (moving.host, moving.volume_gb);
        let home = moving.home.expect("it was somewhere");
        self.turn(pod, "moves");
        self.settle_meter(pod, Item::Volume);
        let takes = copy_time(self.script, volume, (home, host));
        let moved = self.pod_mut(pod);
        moved.posts_at = Some(home);
        moved.image_there = std::mem::replace(&mut moved.image_here, moved.image_gb == 0);
        if volume == 0 {
            moved.home = None;
        } else {
            moved.copy = Some(Pull::Paused(takes));
        }
        self.go_by(pod, host);
    }
    /// Whether its volume's meter runs goes by this host from now on (BILL-15).
    fn go_by(&mut self, pod: usize, host: usize) {
        if !self.pauses(Item::Volume) {
            return;
        }
        let (now, available) = (self.now, self.hosts[host].available());
        let forfeited = self.rules.outage_partial_unit == OutagePartialUnit::Forfeited;
        let Some(volume) = &mut self.pod_mut(pod).volume else { return };
        match (volume.out, available) {
            (false, false) => volume.go_out(now),
            (true, true) => volume.come_back(now, forfeited),
            _ => {}
        }
    }

    /// The copy begins or goes on, if both hosts are there; else it waits.
    pub(crate) fn copy(&mut self, pod: usize) {
        self.pause_copy(pod);
        let copies = self.pod(pod);
        let Some(Pull::Paused(left)) = copies.copy else { return };
        let there = |host: usize| self.hosts[host].available();
        let pulled = copies.image_here && copies.pull.is_none();
        let may = copies.state == State::Initializing && pulled;
        if may && there(copies.host) && copies.home.is_some_and(there) {
            let whole = self.timer(self.now + left);
            self.pod_mut(pod).copy = Some(Pull::Until(whole));
        }
    }
    pub(crate) fn pause_copy(&mut self, pod: usize) {
        if let Some(Pull::Until(whole)) = self.pod(pod).copy {
            let left = whole.at - self.now;
            self.pod_mut(pod).copy = Some(Pull::Paused(left));
        }
    }
    /// A host went away or is back: so do the copies from it.
    pub(crate) fn source_changed(&mut self, host: usize) {
        for pod in self.pods_by_id() {
            if self.pod(pod).home == Some(host) && self.pod(pod).copy.is_some() {
                self.turn(pod, "a copy pauses or goes on");
                self.copy(pod);
            }
        }
    }
    /// The volume is whole on the new host.
    pub(crate) fn data_copied(&mut self, pod: usize) {
        self.turn(pod, "data copied");
        let copied = self.pod_mut(pod);
        copied.copy = None;
        copied.home = None;
        self.start_container(pod);
    }

    /// It stops, or its request comes to nothing, before that: it is where it was. `placed`: whether it
    /// had its GPUs.
    pub(crate) fn turn_back(&mut self, pod: usize, placed: bool) {
        self.pod_mut(pod).goes = false;
        let Some(home) = self.pod_mut(pod).home.take() else { return };
        let host = self.pod(pod).host;
        if placed {
            self.turn(pod, "moved in vain");
            self.settle_meter(pod, Item::Volume);
            let back = self.pod_mut(pod);
            back.posts_at = Some(host);
            back.copy = None;
            back.image_here = back.image_there;
            self.go_by(pod, home);
        }
        self.pod_mut(pod).host = home;
    }
}

/// NVOL-09. In microseconds, rounded up.
fn copy_time(script: &Script, gigabytes: u32, (from, to): (usize, usize)) -> u64 {
    let (from, to) = (&script.hosts[from], &script.hosts[to]);
    let gbps = if from.center == to.center {
        CENTERS[from.center].1
    } else {
        from.upload.min(to.download)
    };
    (u64::from(gigabytes) * 8_000_000).div_ceil(u64::from(gbps))
}
