//! Stretches: units of one price and quantity, what they owe and what was posted of it (GEN-05, GEN-08,
//! GEN-09).
//!
//! A stretch of n units owes `floor(p × q × n / U)` in all, and a posting is what it owes now less what
//! it posted before. Stretches that are over and posted in full are forgotten, their sum apart.

use crate::units::{Money, Price, Span};

/// Consecutive units of one price and quantity (GEN-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    price: Price,
    quantity: u32,
    /// Number of its first unit; it lasts until the next stretch's first.
    first: u64,
    posted_units: u64,
    posted: Money,
}

impl Stretch {
    fn begin(price: Price, quantity: u32, first: u64) -> Self {
        Self { price, quantity, first, posted_units: 0, posted: Money::ZERO }
    }
    fn same_terms(&self, price: Price, quantity: u32) -> bool {
        self.price == price && self.quantity == quantity
    }
    /// What it owes once `units` of its meter are owed in all.
    fn owed(&self, unit: Span, units: u64) -> Money {
        self.price.owed(self.quantity, unit, units.saturating_sub(self.first))
    }
    /// Posts the difference to what it owes once `units` of its meter are owed in all.
    #[inline(always)] // on the way of every pod
    fn post(&mut self, unit: Span, units: u64, row: &mut impl FnMut(Row)) {
        let owed = self.owed(unit, units);
        let count = units.saturating_sub(self.first);
        let amount = owed - self.posted;
        let signed = |count: u64| i64::try_from(count).expect("few units");
        let periods = signed(count) - signed(self.posted_units);
        // Units of rows that came to nothing are in the next row.
        if !amount.is_zero() {
            self.posted = owed;
            self.posted_units = count;
            row(Row { quantity: self.quantity, periods, amount });
        }
    }
}

/// What one stretch posts: a row of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// GPUs or GB.
    pub quantity: u32,
    /// Units that this row posts; negative where BILL-05 gives back.
    pub periods: i64,
    /// The amount; never zero.
    pub amount: Money,
}

/// A meter's stretches.
///
/// Most meters have one for life, and there are many: those before the present one lie apart.
#[derive(Clone, Debug)]
pub(super) struct Stretches {
    current: Stretch,
    past: Option<Box<Past>>,
}

/// The stretches before the present one.
#[derive(Clone, Debug, Default)]
struct Past {
    earlier: Vec<Stretch>,
    /// What stretches that are no longer kept owed, all of it posted.
    forgotten: Money,
}

impl Stretches {
    pub(super) fn begin(price: Price, quantity: u32) -> Self {
        Self { current: Stretch::begin(price, quantity, 0), past: None }
    }
    fn earlier(&self) -> &[Stretch] {
        self.past.as_ref().map_or(&[], |past| &past.earlier)
    }
    fn forgotten(&self) -> Money {
        self.past.as_ref().map_or(Money::ZERO, |past| past.forgotten)
    }
    /// The price in force for units yet to begin.
    pub(super) fn price(&self) -> Price {
        self.current.price
    }
    /// The quantity in force.
    pub(super) fn quantity(&self) -> u32 {
        self.current.quantity
    }
    /// The number of the present stretch's first unit.
    pub(super) fn first(&self) -> u64 {
        self.current.first
    }
    /// Whether a stretch before the present one is kept.
    pub(super) fn has_past(&self) -> bool {
        !self.earlier().is_empty()
    }
    /// All that has been posted.
    pub(super) fn posted(&self) -> Money {
        let earlier = self.earlier().iter().map(|stretch| stretch.posted);
        self.forgotten() + earlier.sum() + self.current.posted
    }
    /// GEN-05, GEN-08. All that is owed once `units` of a length of `unit` are, posted or not.
    pub(super) fn owed(&self, unit: Span, units: u64) -> Money {
        let earlier = self.each_earlier(unit, units).map(|(_, owed)| owed);
        self.forgotten() + earlier.sum() + self.current.owed(unit, units)
    }
    /// What is owed and not posted once `units` are owed in all.
    pub(super) fn unposted(&self, unit: Span, units: u64) -> Money {
        let earlier = self.each_earlier(unit, units).map(|(stretch, owed)| owed - stretch.posted);
        earlier.sum::<Money>() + self.current.owed(unit, units) - self.current.posted
    }
    /// What is owed and not posted of all stretches but the present one, less what that one posted.
    pub(super) fn unposted_before_present(&self, unit: Span) -> Money {
        let earlier = self.each_earlier(unit, self.current.first);
        earlier.map(|(stretch, owed)| owed - stretch.posted).sum::<Money>() - self.current.posted
    }
    /// Each stretch before the present one, with what it owes once `units` are owed in all.
    fn each_earlier(&self, unit: Span, units: u64) -> impl Iterator<Item = (&Stretch, Money)> {
        let earlier = self.earlier();
        let ends = earlier.iter().skip(1).chain([&self.current]).map(|next| next.first);
        earlier
            .iter()
            .zip(ends)
            .map(move |(stretch, end)| (stretch, stretch.owed(unit, units.min(end))))
    }

    /// GEN-08. From the unit `begun` on, each of `quantity` costs `price`.
    pub(super) fn reprice(&mut self, price: Price, quantity: u32, begun: u64) {
        if self.current.first < begun {
            if !self.current.same_terms(price, quantity) {
                self.past.get_or_insert_default().earlier.push(self.current);
                self.current = Stretch::begin(price, quantity, begun);
            }
            return;
        }
        // No unit of the present stretch has begun: it never was, and the one before may go on.
        let earlier = self.past.as_mut().map(|past| &mut past.earlier);
        let goes_on = earlier.and_then(|all| all.pop_if(|last| last.same_terms(price, quantity)));
        self.current =
            goes_on.unwrap_or_else(|| Stretch::begin(price, quantity, self.current.first));
    }
    /// A new anchor after `units`: a price that was set for the unit after a forfeited one holds for
    /// its successor.
    pub(super) fn anchor(&mut self, units: u64) {
        let least = self.earlier().last().map_or(0, |stretch| stretch.first);
        self.current.first = self.current.first.min(units.max(least));
    }
    /// Drops stretches that are over and posted in full. The last one stays until the present one
    /// has begun, for it may yet go on.
    pub(super) fn forget_past(&mut self, unit: Span, begun: u64) {
        let Some(Past { earlier, forgotten }) = self.past.as_deref_mut() else { return };
        while let Some(stretch) = earlier.first() {
            let next = earlier.get(1).map_or(self.current.first, |next| next.first);
            let over = earlier.len() > 1 || self.current.first < begun;
            if !over || stretch.posted != stretch.owed(unit, next) {
                return;
            }
            *forgotten += stretch.posted;
            earlier.remove(0);
        }
    }

    /// GEN-09. Posts what `units` owe in all less what was posted: negative where less is owed.
    #[inline(always)] // on the way of every pod
    pub(super) fn post(&mut self, unit: Span, units: u64, mut row: impl FnMut(Row)) {
        if let Some(past) = &mut self.past {
            past.post(unit, units, self.current.first, &mut row);
        }
        self.current.post(unit, units, &mut row);
    }
}

impl Past {
    #[cold] // most meters have one price for life
    fn post(&mut self, unit: Span, units: u64, end: u64, row: &mut impl FnMut(Row)) {
        for index in 0..self.earlier.len() {
            let end = self.earlier.get(index + 1).map_or(end, |next| next.first);
            self.earlier[index].post(unit, units.min(end), row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn monthly(cents: i128) -> Price {
        Price::per(Money::from_nanos(cents * 10_000_000), Span::DAY * 30)
    }

    /// A price that comes and goes within a unit never was: the stretch goes on.
    #[test]
    fn gen_08_a_change_within_a_unit_counts_from_the_next() {
        let mut stretches = Stretches::begin(monthly(10), 40);
        stretches.reprice(monthly(20), 40, 2);
        stretches.reprice(monthly(10), 40, 2);
        assert_eq!(stretches.owed(Span::MINUTE, 43_200).to_string(), "4");
    }

    proptest! {
        /// GEN-05: however a stay is cut into postings, they add up to the uncut charge.
        #[test]
        fn gen_05_any_split_posts_the_same_total(
            (cents, quantity) in (0..10_000_i128, 1..5_000_u32),
            mut cuts in proptest::collection::vec(0..100_000_u64, 1..20),
        ) {
            let begin = || Stretches::begin(monthly(cents), quantity);
            cuts.sort_unstable();
            let (mut cut, mut sum) = (begin(), Money::ZERO);
            for units in &cuts {
                cut.post(Span::MINUTE, *units, |row| sum += row.amount);
            }
            let last = *cuts.last().expect("one at least");
            prop_assert_eq!(sum, begin().owed(Span::MINUTE, last));
            prop_assert_eq!(sum, cut.posted());
        }
    }
}
