//! The read-only face of the fleet that placement policies see.
//!
//! [`Candidates`] are the hosts of one tier (equal GPU type rank, equal price) that could take a
//! request now. A policy asks for the host that its rule names; where the rule allows, the answer comes
//! from an index: disk, floors and requested vCPU and memory filter in the index's order.

use super::fleet::Fleet;
use crate::ids::{ClassId, HostId};
use crate::rng::Stream;
use crate::units::{Bundle, Money};

/// The hosts among which a policy chooses.
#[derive(Clone, Copy)]
pub struct Candidates<'a> {
    fleet: &'a Fleet,
    need: Bundle,
    bid: Option<Money>,
    source: Source<'a>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    /// Offered hosts of these classes with enough free now.
    Free(&'a [ClassId]),
    /// These hosts, already known to fit.
    Listed(&'a [HostId]),
}

impl<'a> Candidates<'a> {
    /// Offered hosts of `classes` whose free capacity covers `need`, and whose floor `bid`, if any.
    pub fn free(
        fleet: &'a Fleet,
        classes: &'a [ClassId],
        need: Bundle,
        bid: Option<Money>,
    ) -> Self {
        Self { fleet, need, bid, source: Source::Free(classes) }
    }
    /// Hosts that are known to fit.
    pub fn listed(fleet: &'a Fleet, hosts: &'a [HostId], need: Bundle) -> Self {
        Self { fleet, need, bid: None, source: Source::Listed(hosts) }
    }
    /// What the request takes.
    pub fn need(&self) -> Bundle {
        self.need
    }
    /// The host on which the fewest free GPUs are left; ties: the lower id.
    pub fn tightest(&self) -> Option<HostId> {
        match self.source {
            Source::Listed(hosts) => {
                // Of those in grace it takes only what is not free.
                let left =
                    |host: HostId| self.fleet.hosts[host].free.gpus.saturating_sub(self.need.gpus);
                hosts.iter().copied().min_by_key(|host| (left(*host), *host))
            }
            Source::Free(classes) => {
                let best_of = |class: &ClassId| {
                    let group = &self.fleet.classes[*class];
                    let suits = |member: u32| self.fits(group.hosts[member as usize]);
                    let (free, member) = group.free.tightest_that(self.need.gpus, suits)?;
                    Some((free, group.hosts[member as usize]))
                };
                classes.iter().filter_map(best_of).min().map(|(_, host)| host)
            }
        }
    }
    /// The host with the lowest id.
    pub fn first(&self) -> Option<HostId> {
        match self.source {
            Source::Listed(hosts) => hosts.iter().copied().min(),
            Source::Free(classes) => {
                let first_of = |class: &ClassId| {
                    let group = &self.fleet.classes[*class];
                    let in_order = group.free.lowest(self.need.gpus);
                    let mut hosts = in_order.map(|member| group.hosts[member as usize]);
                    hosts.find(|host| self.fits(*host))
                };
                classes.iter().filter_map(first_of).min()
            }
        }
    }
    /// Any of the hosts, with equal probability.
    pub fn any(&self, stream: &mut Stream) -> Option<HostId> {
        match self.source {
            Source::Listed(hosts) => pick(hosts, stream),
            Source::Free(classes) => {
                // The index counts GPUs alone. Where a draw fails on disk or floor, one among those
                // that fit is drawn: either way each fitting host is equally likely.
                let drawn = self.draw_by_gpus(classes, stream)?;
                if self.fits(drawn) {
                    return Some(drawn);
                }
                let fitting: Vec<HostId> = classes
                    .iter()
                    .flat_map(|class| {
                        let group = &self.fleet.classes[*class];
                        group.free.lowest(self.need.gpus).map(|member| group.hosts[member as usize])
                    })
                    .filter(|host| self.fits(*host))
                    .collect();
                pick(&fitting, stream)
            }
        }
    }
    fn draw_by_gpus(&self, classes: &[ClassId], stream: &mut Stream) -> Option<HostId> {
        let count = |class: &ClassId| self.fleet.classes[*class].free.count(self.need.gpus);
        let all: u32 = classes.iter().map(count).sum();
        if all == 0 {
            return None;
        }
        let mut rank = u32::try_from(stream.below(u64::from(all))).ok()?;
        for class in classes {
            let here = count(class);
            if rank < here {
                let group = &self.fleet.classes[*class];
                let member = group.free.nth(self.need.gpus, rank)?;
                return Some(group.hosts[member as usize]);
            }
            rank -= here;
        }
        None
    }
    fn fits(&self, host: HostId) -> bool {
        self.fleet.hosts[host].free.covers(&self.need)
            && self.bid.is_none_or(|bid| self.fleet.floor(host) <= bid)
    }
}

fn pick(hosts: &[HostId], stream: &mut Stream) -> Option<HostId> {
    let count = u64::try_from(hosts.len()).ok().filter(|count| 0 < *count)?;
    hosts.get(usize::try_from(stream.below(count)).ok()?).copied()
}
