//! Hosts of one class by the sizes of the pods that they run (POD-05, `gpu_clustering`).
//!
//! Hosts that are alike in their free GPUs and in the [`Sizes`] of their pods form a *group*. However
//! many hosts there are, their groups are few: those of 8 GPUs have 25 sets of sizes, for sizes that
//! stand together add up to 8 at most. So a choice looks at each group once. Kept only for policies
//! that ask: each change of a host moves it from one ordered set to another.

use std::collections::{BTreeMap, BTreeSet};

/// The different numbers of GPUs that the pods on a host have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sizes(u32);

impl Sizes {
    /// No pod.
    pub const NONE: Self = Self(0);

    /// Whether no pod has a GPU.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Whether some pod has so many GPUs.
    pub const fn include(self, gpus: u32) -> bool {
        self.0 & Self::of(gpus).0 != 0
    }
    /// Whether there are pods with GPUs, and all of them have so many.
    pub const fn are_all(self, gpus: u32) -> bool {
        !self.is_empty() && self.0 == Self::of(gpus).0
    }
    /// One pod of so many GPUs; one without is not counted.
    const fn of(gpus: u32) -> Self {
        if gpus == 0 { Self::NONE } else { Self(1 << gpus) }
    }
}

impl FromIterator<u32> for Sizes {
    fn from_iter<I: IntoIterator<Item = u32>>(gpus: I) -> Self {
        gpus.into_iter().fold(Self::NONE, |all, gpus| Self(all.0 | Self::of(gpus).0))
    }
}

/// Hosts alike: the sizes of their pods, and their free GPUs.
pub type Group = (Sizes, u32);

/// The offered members of a class by group.
#[derive(Clone, Debug)]
pub struct SizeIndex {
    /// The group of each member; none: it is not offered.
    groups: Vec<Option<Group>>,
    /// Who is in each; no group is empty.
    members: BTreeMap<Group, BTreeSet<u32>>,
}

impl SizeIndex {
    /// A class of so many members; none is offered yet.
    pub fn new(members: u32) -> Self {
        Self { groups: vec![None; members as usize], members: BTreeMap::new() }
    }
    /// Puts `member` into a group, or takes it from offer.
    pub fn set(&mut self, member: u32, group: Option<Group>) {
        let before = std::mem::replace(&mut self.groups[member as usize], group);
        if before == group {
            return;
        }
        if let Some(before) = before {
            let there = self.members.get_mut(&before).expect("a member's group is there");
            there.remove(&member);
            if there.is_empty() {
                self.members.remove(&before);
            }
        }
        if let Some(group) = group {
            self.members.entry(group).or_default().insert(member);
        }
    }
    /// The group of `member`, if it is offered.
    pub fn get(&self, member: u32) -> Option<Group> {
        self.groups[member as usize]
    }
    /// The groups that have members, each with these, the lower first.
    pub fn groups(&self) -> impl Iterator<Item = (Group, &BTreeSet<u32>)> {
        self.members.iter().map(|(group, members)| (*group, members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_say_who_is_there() {
        let sizes: Sizes = [1, 0, 4, 1].into_iter().collect();
        assert!(sizes.include(1) && sizes.include(4) && !sizes.include(2) && !sizes.include(0));
        assert!(!sizes.are_all(1) && !sizes.is_empty());
        let alone: Sizes = [4, 4].into_iter().collect();
        assert!(alone.are_all(4) && !alone.are_all(1));
        let nobody: Sizes = [0].into_iter().collect();
        assert!(nobody.is_empty() && !nobody.are_all(0));
    }

    proptest! {
        /// POD-05: groups and members are those of a scan of all members.
        #[test]
        fn the_index_of_sizes_agrees_with_a_scan(
            steps in prop::collection::vec((0..40_u32, 0..3_u32, 0..4_u32, any::<bool>()), 1..150),
        ) {
            let mut index = SizeIndex::new(40);
            let mut scan: Vec<Option<Group>> = vec![None; 40];
            for (member, free, size, offered) in steps {
                let sizes: Sizes = [size, size / 2].into_iter().collect();
                let group = offered.then_some((sizes, free));
                index.set(member, group);
                scan[member as usize] = group;
                let mut groups: BTreeMap<Group, BTreeSet<u32>> = BTreeMap::new();
                for (member, group) in (0..).zip(&scan) {
                    if let Some(group) = group {
                        groups.entry(*group).or_default().insert(member);
                    }
                }
                prop_assert!(index.groups().eq(groups.iter().map(|(at, who)| (*at, who))));
                prop_assert_eq!(index.get(member), group);
            }
        }
    }
}
