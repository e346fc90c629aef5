//! Hosts of one class by their free GPUs (POD-05).
//!
//! One [`BitSet`] for each number of free GPUs. The tightest fit is the first member of the first
//! set that is not empty; the lowest host is the least of the sets' first members; a change moves one
//! bit. Nothing here grows with the fleet but the depth of the bit sets.

use crate::world::bits::BitSet;

/// Stands for a member that is not offered.
const NOT_OFFERED: u8 = u8::MAX;

/// The members of a class by how many GPUs each has free.
#[derive(Clone, Debug)]
pub struct FreeIndex {
    /// What each member was last set to, a byte each: a hundred thousand hosts stay in the cache.
    free: Vec<u8>,
    /// For each number of free GPUs, who has exactly so many.
    by_free: Vec<BitSet>,
    /// A bit for each number of free GPUs that any member has.
    occupied: u32,
}

impl FreeIndex {
    /// A class of `members` hosts with at most `gpus` GPUs each; none is offered yet.
    pub fn new(members: u32, gpus: u32) -> Self {
        let by_free = (0..=gpus).map(|_| BitSet::new(members)).collect();
        assert!(gpus < u32::from(NOT_OFFERED), "HOST-01: a host has at most 16 GPUs");
        Self { free: vec![NOT_OFFERED; members as usize], by_free, occupied: 0 }
    }
    /// Offers `member` with this many free GPUs, or not at all.
    #[inline(always)] // each change of a host comes here
    pub fn set(&mut self, member: u32, free: Option<u32>) {
        let byte = free.map(|free| u8::try_from(free).expect("no more than the GPUs of the class"));
        let free = byte.unwrap_or(NOT_OFFERED);
        let before = std::mem::replace(&mut self.free[member as usize], free);
        if before == free {
            return;
        }
        if before != NOT_OFFERED {
            let set = &mut self.by_free[usize::from(before)];
            set.remove(member);
            if set.is_empty() {
                self.occupied &= !(1 << before);
            }
        }
        if free != NOT_OFFERED {
            self.by_free[usize::from(free)].insert(member);
            self.occupied |= 1 << free;
        }
    }
    /// What `member` was last set to.
    pub fn get(&self, member: u32) -> Option<u32> {
        Some(self.free[member as usize]).filter(|free| *free != NOT_OFFERED).map(u32::from)
    }
    /// Those with at least `gpus` free as (free, member): fewest free first, then the lower member.
    pub fn tightest(&self, gpus: u32) -> impl Iterator<Item = (u32, u32)> {
        let sets = (gpus..).zip(self.sets(gpus)).filter(|(_, set)| !set.is_empty());
        sets.flat_map(|(free, set)| set.iter().map(move |member| (free, member)))
    }
    /// The first of [`tightest`](Self::tightest) that `suits`.
    pub fn tightest_that(&self, gpus: u32, suits: impl Fn(u32) -> bool) -> Option<(u32, u32)> {
        let mut left = self.occupied & u32::MAX.checked_shl(gpus).unwrap_or(0);
        while left != 0 {
            let free = left.trailing_zeros();
            if let Some(member) = self.by_free[free as usize].iter().find(|member| suits(*member)) {
                return Some((free, member));
            }
            left &= left - 1;
        }
        None
    }
    /// The one with the most free, at least `gpus`, that `suits`, and how many; ties: the lower member.
    pub fn roomiest_that(&self, gpus: u32, suits: impl Fn(u32) -> bool) -> Option<(u32, u32)> {
        let roomiest = self.by_free.iter().enumerate().skip(gpus as usize).rev();
        let first = |set: &BitSet| set.iter().find(|member| suits(*member));
        let (free, member) = roomiest.filter_map(|(free, set)| Some((free, first(set)?))).next()?;
        Some((u32::try_from(free).ok()?, member))
    }
    /// For each number of free GPUs from `gpus` on that any has: that number, and who has it.
    pub fn levels(&self, gpus: u32) -> impl Iterator<Item = (u32, &BitSet)> {
        (gpus..).zip(self.sets(gpus)).filter(|(_, set)| !set.is_empty())
    }
    /// Those with at least `gpus` free, the lower member first.
    pub fn lowest(&self, gpus: u32) -> impl Iterator<Item = u32> {
        let sets = self.sets(gpus);
        let mut start = Some(0);
        std::iter::from_fn(move || {
            let from = start?;
            let member = sets.iter().filter_map(|set| set.next_at_or_after(from)).min()?;
            start = member.checked_add(1);
            Some(member)
        })
    }
    /// Whether any has at least `gpus` free.
    #[inline]
    pub fn has(&self, gpus: u32) -> bool {
        self.occupied & u32::MAX.checked_shl(gpus).unwrap_or(0) != 0
    }
    /// How many have at least `gpus` free.
    pub fn count(&self, gpus: u32) -> u32 {
        self.sets(gpus).iter().map(BitSet::len).sum()
    }
    /// The `k`-th, from 0, of those with at least `gpus` free, in the order of
    /// [`tightest`](Self::tightest).
    pub fn nth(&self, gpus: u32, k: u32) -> Option<u32> {
        let mut left = k;
        for set in self.sets(gpus) {
            if left < set.len() {
                return set.nth(left);
            }
            left -= set.len();
        }
        None
    }
    /// The most GPUs free on any one offered member.
    pub fn most_free(&self) -> Option<u32> {
        (0..).zip(&self.by_free).filter(|(_, set)| !set.is_empty()).map(|(free, _)| free).last()
    }
    /// The sets of those with at least `gpus` free.
    fn sets(&self, gpus: u32) -> &[BitSet] {
        self.by_free.get(gpus as usize..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Reverse;

    /// The same questions, answered by looking at every member.
    struct Scan(Vec<Option<u32>>);

    impl Scan {
        fn fitting(&self, gpus: u32) -> Vec<(u32, u32)> {
            let offered = (0..).zip(&self.0).filter_map(|(member, free)| Some(((*free)?, member)));
            offered.filter(|(free, _)| gpus <= *free).collect()
        }
        fn tightest(&self, gpus: u32) -> Vec<(u32, u32)> {
            let mut fitting = self.fitting(gpus);
            fitting.sort_unstable();
            fitting
        }
        fn lowest(&self, gpus: u32) -> Vec<u32> {
            self.fitting(gpus).into_iter().map(|(_, member)| member).collect()
        }
    }

    proptest! {
        /// POD-05: every answer agrees with a scan of all members.
        #[test]
        fn the_index_of_free_gpus_agrees_with_a_scan(
            members in prop_oneof![1..9_u32, 60..70_u32, Just(5_000)],
            gpus in 1..=16_u32,
            steps in prop::collection::vec((any::<u32>(), any::<bool>(), any::<u32>()), 1..120),
        ) {
            let mut index = FreeIndex::new(members, gpus);
            let mut scan = Scan(vec![None; members as usize]);
            for (member, offered, number) in steps {
                let (member, free) = (member % members, offered.then_some(number % (gpus + 1)));
                index.set(member, free);
                scan.0[member as usize] = free;
                prop_assert_eq!(index.get(member), free);
                let asked = number / 32 % (gpus + 2);
                let tightest = scan.tightest(asked);
                prop_assert_eq!(index.tightest(asked).collect::<Vec<_>>(), tightest.clone());
                let levels = index.levels(asked);
                let members = levels.flat_map(|(free, set)| set.iter().map(move |at| (free, at)));
                prop_assert_eq!(members.collect::<Vec<_>>(), tightest.clone());
                let roomiest = tightest.iter().filter(|(_, member)| member % 2 == 1).copied();
                let roomiest = roomiest.max_by_key(|(free, member)| (*free, Reverse(*member)));
                prop_assert_eq!(index.roomiest_that(asked, |member| member % 2 == 1), roomiest);
                let odd = tightest.iter().find(|(_, member)| member % 2 == 1).copied();
                prop_assert_eq!(index.tightest_that(asked, |member| member % 2 == 1), odd);
                prop_assert_eq!(index.lowest(asked).collect::<Vec<_>>(), scan.lowest(asked));
                prop_assert_eq!(index.count(asked) as usize, tightest.len());
                prop_assert_eq!(index.has(asked), !tightest.is_empty());
                let k = number % (index.count(asked) + 2);
                let nth = tightest.get(k as usize).map(|(_, member)| *member);
                prop_assert_eq!(index.nth(asked, k), nth);
                prop_assert_eq!(index.most_free(), scan.0.iter().copied().flatten().max());
            }
        }
    }
}
