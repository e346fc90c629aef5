//! Tallies by cell: what is said of a rental is taken down once, and summed by subject at the end.
//!
//! A rental counts under up to five subjects at once: the market, its GPU type, its cloud, its kind,
//! its segment. The rentals that agree in all of them share a cell. Sums and histograms add up
//! exactly, so it makes no difference to a figure when they are added.

use super::subject::Subjects;
use super::tally::Tally;
use crate::ids::PodId;
use crate::journal::rentals::Rental;

/// The tallies of the cells that have any rentals, and the cell of each rental.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    tallies: Vec<Option<Box<Tally>>>,
    /// By the slot of its pod: a posting need not look at what is remembered of the rental.
    of_slot: Vec<u32>,
}

impl Cells {
    pub(super) fn new(subjects: &Subjects) -> Self {
        Self { tallies: vec![None; subjects.cells()], of_slot: Vec::new() }
    }
    /// `rental` begins, or belongs to another cell by now.
    #[inline(always)] // on the way of every pod
    pub(super) fn note(&mut self, subjects: &Subjects, rental: &Rental) {
        let slot = rental.asked.pod.slot as usize;
        if self.of_slot.len() <= slot {
            self.of_slot.resize(slot + 1, 0);
        }
        let cell = u32::try_from(subjects.cell(rental)).expect("fewer than 2^32 cells");
        self.of_slot[slot] = cell;
    }
    /// The tally of the cell to which the rental of `pod` belongs by now.
    #[inline(always)] // likewise
    pub(super) fn of_rental(&mut self, pod: PodId) -> &mut Tally {
        self.tallies[self.of_slot[pod.slot as usize] as usize].get_or_insert_default()
    }
    /// Adds every cell to the tallies of its subjects.
    pub(super) fn add_to(&self, tallies: &mut [Tally], subjects: &Subjects) {
        for (cell, tally) in self.tallies.iter().enumerate() {
            let Some(tally) = tally else { continue };
            for index in subjects.of_cell(cell) {
                tallies[index].add(tally);
            }
        }
    }
}
