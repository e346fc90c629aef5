//! Ordered sets of small whole numbers.
//!
//! A [`BitSet`] holds members of `0..n`, one bit each, under summaries: a bit of the next level says
//! that a word below has any bit at all, and so on until one word is left. Three levels cover
//! 262,144 members, so each search looks at a handful of words however large the set is. What it
//! holds is a function of its members alone, never of the order in which they came: two histories
//! that lead to one state lead to one choice of host.

/// A set of numbers below a fixed bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitSet {
    bound: u32,
    len: u32,
    /// The members.
    leaf: Level,
    /// At each further level, which words of the level below are not empty.
    above: Vec<Level>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Level {
    words: Vec<u64>,
    /// Members under each word.
    counts: Vec<u32>,
}

impl Level {
    fn new(words: u32) -> Self {
        Self { words: vec![0; words as usize], counts: vec![0; words as usize] }
    }
}

/// How many words are passed over at once in the search for the k-th member.
const STRETCH: u32 = 8;

/// The bit of `position` within its word.
const fn bit(position: u32) -> u64 {
    1 << (position % 64)
}

impl BitSet {
    /// The empty set, open to members of `0..bound`.
    pub fn new(bound: u32) -> Self {
        let mut words = bound.div_ceil(64).max(1);
        let (leaf, mut above) = (Level::new(words), Vec::new());
        while 1 < words {
            words = words.div_ceil(64);
            above.push(Level::new(words));
        }
        Self { bound, len: 0, leaf, above }
    }
    /// How many members there are.
    pub const fn len(&self) -> u32 {
        self.len
    }
    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// Whether `member` is in the set; false beyond the bound.
    pub fn contains(&self, member: u32) -> bool {
        let word = self.leaf.words.get((member / 64) as usize);
        word.is_some_and(|word| word & bit(member) != 0)
    }
    /// Puts `member` in; says whether it is new.
    #[inline(always)] // each change of a host moves a bit
    pub fn insert(&mut self, member: u32) -> bool {
        assert!(member < self.bound, "a member below the bound of its set");
        let Self { leaf, above, .. } = self;
        let mut position = member / 64;
        let word = &mut leaf.words[position as usize];
        if *word & bit(member) != 0 {
            return false;
        }
        *word |= bit(member);
        leaf.counts[position as usize] += 1;
        self.len += 1;
        for level in above {
            level.words[(position / 64) as usize] |= bit(position);
            position /= 64;
            level.counts[position as usize] += 1;
        }
        true
    }
    /// Takes `member` out; says whether it was there.
    #[inline(always)] // likewise
    pub fn remove(&mut self, member: u32) -> bool {
        let Self { leaf, above, .. } = self;
        let mut position = member / 64;
        let Some(word) = leaf.words.get_mut(position as usize) else { return false };
        if *word & bit(member) == 0 {
            return false;
        }
        *word &= !bit(member);
        leaf.counts[position as usize] -= 1;
        self.len -= 1;
        let mut emptied = *word == 0;
        for level in above {
            let word = &mut level.words[(position / 64) as usize];
            if emptied {
                *word &= !bit(position);
                emptied = *word == 0;
            }
            position /= 64;
            level.counts[position as usize] -= 1;
        }
        true
    }
    /// The least member.
    pub fn first(&self) -> Option<u32> {
        self.next_at_or_after(0)
    }
    /// The least member that is `start` or greater.
    #[inline]
    pub fn next_at_or_after(&self, start: u32) -> Option<u32> {
        let word = self.leaf.words.get((start / 64) as usize)?;
        let rest = word & (u64::MAX << (start % 64));
        if rest != 0 {
            return Some(start / 64 * 64 + rest.trailing_zeros());
        }
        self.next_above(start / 64 + 1)
    }
    /// The least member in the leaf's word `start` or a later one.
    fn next_above(&self, start: u32) -> Option<u32> {
        let mut position = start;
        for (height, level) in self.above.iter().enumerate() {
            let word = level.words.get((position / 64) as usize)?;
            let rest = word & (u64::MAX << (position % 64));
            if rest != 0 {
                return Some(self.least_below(height, position / 64 * 64 + rest.trailing_zeros()));
            }
            position = position / 64 + 1;
        }
        None
    }
    /// The least member under the set bit `position` of the `height`-th level above the leaf.
    fn least_below(&self, height: usize, position: u32) -> u32 {
        let below = |position: u32, level: &Level| {
            position * 64 + level.words[position as usize].trailing_zeros()
        };
        below(self.above[..height].iter().rev().fold(position, below), &self.leaf)
    }
    /// The `k`-th member in ascending order, counted from 0.
    pub fn nth(&self, k: u32) -> Option<u32> {
        if self.len <= k {
            return None;
        }
        let (mut left, mut word) = (k, 0);
        let summaries = self.above.split_last().map_or(&[][..], |(_, lower)| lower);
        let leaf = (!self.above.is_empty()).then_some(&self.leaf);
        for level in summaries.iter().rev().chain(leaf) {
            word *= 64;
            // Whole stretches of words are passed over by their sum, which takes a few instructions.
            for stretch in level.counts[word as usize..].chunks_exact(STRETCH as usize) {
                let here = stretch.iter().sum();
                if left < here {
                    break;
                }
                left -= here;
                word += STRETCH;
            }
            for count in &level.counts[word as usize..] {
                if left < *count {
                    break;
                }
                left -= count;
                word += 1;
            }
        }
        Some(word * 64 + nth_bit(self.leaf.words[word as usize], left))
    }
    /// The members in ascending order.
    pub fn iter(&self) -> Members<'_> {
        Members { set: self, base: 0, rest: self.leaf.words[0] }
    }
}

/// The position of the `k`-th set bit, counted from 0; the word has more than `k`.
fn nth_bit(word: u64, k: u32) -> u32 {
    let (mut left, mut base) = (k, 0);
    for byte in word.to_le_bytes() {
        let count = byte.count_ones();
        if left < count {
            let rest = (0..left).fold(byte, |rest, _| rest & (rest - 1));
            return base + rest.trailing_zeros();
        }
        left -= count;
        base += 8;
    }
    unreachable!("the word has more than k bits")
}

impl<'a> IntoIterator for &'a BitSet {
    type Item = u32;
    type IntoIter = Members<'a>;
    fn into_iter(self) -> Members<'a> {
        self.iter()
    }
}

/// The members of a [`BitSet`] in ascending order.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    set: &'a BitSet,
    /// The least number of the word that is being read.
    base: u32,
    /// What of that word is still to be told.
    rest: u64,
}

impl Iterator for Members<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        if self.rest == 0 {
            let member = self.set.next_at_or_after(self.base.checked_add(64)?)?;
            self.base = member / 64 * 64;
            self.rest = self.set.leaf.words[(member / 64) as usize];
        }
        let member = self.base + self.rest.trailing_zeros();
        self.rest &= self.rest - 1;
        Some(member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Bounds on both sides of one, two and three levels.
    fn bounds() -> impl Strategy<Value = u32> {
        prop_oneof![1..70_u32, 4_000..4_200_u32, Just(262_144), Just(300_000)]
    }

    proptest! {
        /// Each operation agrees with an ordered set of the standard library.
        #[test]
        fn a_bit_set_is_an_ordered_set(
            bound in bounds(),
            steps in prop::collection::vec((any::<bool>(), any::<u32>(), any::<u32>()), 1..300),
        ) {
            let mut fast = BitSet::new(bound);
            let mut plain = BTreeSet::new();
            for (add, member, other) in steps {
                // Half of the members crowd the low end, so that words fill and empty.
                let member = if other % 2 == 0 { member % bound } else { member % bound.min(90) };
                let probe = other % (bound + 70);
                if add {
                    prop_assert_eq!(fast.insert(member), plain.insert(member));
                } else {
                    prop_assert_eq!(fast.remove(member), plain.remove(&member));
                }
                prop_assert_eq!(fast.len() as usize, plain.len());
                prop_assert_eq!(fast.is_empty(), plain.is_empty());
                prop_assert_eq!(fast.contains(probe), plain.contains(&probe));
                prop_assert_eq!(fast.first(), plain.first().copied());
                prop_assert_eq!(fast.next_at_or_after(probe), plain.range(probe..).next().copied());
                let k = other % (fast.len() + 2);
                prop_assert_eq!(fast.nth(k), plain.iter().nth(k as usize).copied());
            }
            prop_assert!(fast.iter().eq(plain.iter().copied()));
            for (k, member) in (0..).zip(&plain) {
                prop_assert_eq!(fast.nth(k), Some(*member));
            }
            let mut again = BitSet::new(bound);
            for member in plain.iter().rev() {
                again.insert(*member);
            }
            prop_assert_eq!(again, fast, "the order of coming leaves no trace");
        }
    }

    #[test]
    fn a_set_without_room_is_empty() {
        let set = BitSet::new(0);
        assert_eq!((set.first(), set.nth(0), set.contains(0)), (None, None, false));
        assert_eq!(set.iter().next(), None);
    }
}
