//! The path of a price that meters follow (SPOT-15, GEN-08).
//!
//! A meter that follows a price reads the path when it posts: of the steps between two of its units only
//! the last counts. Steps that every reader has passed are dropped.

use crate::billing::{Meter, Side};
use crate::units::{Money, Price, SimTime};
use std::collections::VecDeque;

/// From one side of one instant on, a price.
#[derive(Clone, Copy, Debug)]
struct Step {
    at: SimTime,
    side: Side,
    price: Money,
    /// Meters that have come so far and no further.
    readers: u32,
}

/// The steps of a price, the latest last.
#[derive(Clone, Debug)]
pub(super) struct PricePath {
    steps: VecDeque<Step>,
    /// The number of the first step that is kept.
    first: u64,
}

impl PricePath {
    /// It is `price` from the start on.
    pub(super) fn begin(price: Money) -> Self {
        let start = Step { at: SimTime::ZERO, side: Side::Limit, price, readers: 0 };
        Self { steps: VecDeque::from([start]), first: 0 }
    }
    /// The price in force.
    pub(super) fn present(&self) -> Money {
        self.latest().price
    }
    fn latest(&self) -> &Step {
        self.steps.back().expect("there is a price from the start on")
    }
    fn last_number(&self) -> u64 {
        self.first + self.steps.len() as u64 - 1
    }
    /// It is `price` from this side of `at` on.
    pub(super) fn set(&mut self, at: SimTime, side: Side, price: Money) {
        let latest = self.steps.back_mut().expect("there is a price from the start on");
        if latest.readers == 0 && (latest.at, latest.side) == (at, side) {
            latest.price = price;
        } else if latest.price != price {
            self.steps.push_back(Step { at, side, price, readers: 0 });
            self.forget_passed();
        }
    }
    /// A meter has the present price. Gives how far it has come.
    pub(super) fn open_reader(&mut self) -> u64 {
        self.steps.back_mut().expect("there is a price from the start on").readers += 1;
        self.last_number()
    }
    /// A meter that has come so far reads no more.
    pub(super) fn close_reader(&mut self, seen: u64) {
        let index = self.index(seen);
        self.steps[index].readers -= 1;
        self.forget_passed();
    }
    fn forget_passed(&mut self) {
        while 1 < self.steps.len() && self.steps.front().is_some_and(|step| step.readers == 0) {
            self.steps.pop_front();
            self.first += 1;
        }
    }
    fn index(&self, number: u64) -> usize {
        usize::try_from(number - self.first).expect("fewer steps than memory has bytes")
    }
    /// Whether there are steps past this one.
    pub(super) fn is_news(&self, seen: u64) -> bool {
        seen < self.last_number()
    }
    /// Takes `meter` from the step `seen` to the latest. It pays at most `bid`.
    pub(super) fn replay(&self, seen: u64, meter: &mut Meter, bid: Money) {
        let mut next = self.index(seen) + 1;
        while let Some(step) = self.steps.get(next) {
            let begun = meter.begun(step.at, step.side);
            // Of those before one and the same unit only the last counts.
            let mut low = next;
            let mut high = self.steps.len();
            while 1 < high - low {
                let middle = low + (high - low) / 2;
                let step = &self.steps[middle];
                if meter.begun(step.at, step.side) == begun {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            let Step { at, side, price, .. } = self.steps[low];
            meter.reprice(Price::per_hour(price.min(bid)), meter.quantity(), at, side);
            next = low + 1;
        }
    }
}
