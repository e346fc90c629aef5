//! Amounts in order, each with how many have it.

use crate::units::Money;
use std::collections::BTreeMap;

/// So many of the least amounts lie in a short list.
const FEW: usize = 8;

/// A multiset of amounts.
///
/// There may be many (the bids of a large market), but mostly there are one or two (its floors), and what is asked is
/// mostly the least. So the least few lie in a list, and a map holds the others.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// The least amounts, in order; not empty unless all is.
    few: Vec<(Money, u32)>,
    /// All that are greater than each of the few.
    many: BTreeMap<Money, u32>,
}

impl Counts {
    /// Whether there is no amount.
    pub const fn is_empty(&self) -> bool {
        self.few.is_empty()
    }
    /// The least amount.
    pub fn least(&self) -> Option<Money> {
        self.few.first().map(|(amount, _)| *amount)
    }
    /// The amounts in order, each with how many have it.
    pub fn iter(&self) -> impl Iterator<Item = (Money, u32)> {
        let many = self.many.iter().map(|(amount, count)| (*amount, *count));
        self.few.iter().copied().chain(many)
    }
    /// One more has `amount`; says whether it is the first.
    #[inline]
    pub fn add(&mut self, amount: Money) -> bool {
        match self.few.iter_mut().find(|(other, _)| *other == amount) {
            Some((_, count)) => {
                *count += 1;
                false
            }
            None => self.add_to_others(amount),
        }
    }
    /// The same of an amount that is not among the few so far.
    fn add_to_others(&mut self, amount: Money) -> bool {
        let place = self.few.iter().take_while(|(other, _)| *other < amount).count();
        if place == FEW || place == self.few.len() && !self.many.is_empty() {
            let count = self.many.entry(amount).or_default();
            *count += 1;
            return *count == 1;
        }
        if self.few.len() == FEW {
            self.many.extend(self.few.pop());
        }
        self.few.insert(place, (amount, 1));
        true
    }
    /// One less has `amount`; says whether it was the last.
    ///
    /// # Panics
    /// If nobody has it.
    #[inline]
    pub fn take(&mut self, amount: Money) -> bool {
        match self.few.iter_mut().position(|(other, _)| *other == amount) {
            Some(place) => {
                let (_, count) = &mut self.few[place];
                *count -= 1;
                let last = *count == 0;
                if last {
                    self.few.remove(place);
                    if self.few.is_empty() {
                        self.few.extend(self.many.pop_first());
                    }
                }
                last
            }
            None => self.take_from_others(amount),
        }
    }
    /// The same of an amount that is not among the few.
    fn take_from_others(&mut self, amount: Money) -> bool {
        let count = self.many.get_mut(&amount).expect("only what was added is taken away");
        *count -= 1;
        let last = *count == 0;
        if last {
            self.many.remove(&amount);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// It says what an ordered map of the standard library says.
        #[test]
        fn counts_are_an_ordered_multiset(
            steps in prop::collection::vec((any::<bool>(), 0..30_i128), 1..300),
        ) {
            let mut counts = Counts::default();
            let mut plain: BTreeMap<Money, u32> = BTreeMap::new();
            for (add, nanos) in steps {
                let amount = Money::from_nanos(nanos);
                let before = plain.get(&amount).copied().unwrap_or(0);
                if add {
                    prop_assert_eq!(counts.add(amount), before == 0);
                    plain.insert(amount, before + 1);
                } else if 0 < before {
                    prop_assert_eq!(counts.take(amount), before == 1);
                    plain.insert(amount, before - 1);
                }
                plain.retain(|_, count| 0 < *count);
                prop_assert_eq!(counts.least(), plain.keys().next().copied());
                prop_assert_eq!(counts.is_empty(), plain.is_empty());
                prop_assert!(counts.iter().eq(plain.iter().map(|(amount, count)| (*amount, *count))));
            }
        }
    }
}
