//! Tallies by cell: what is said of a rental is taken down once, and summed by subject at the end.
//!
//! A rental counts under up to five subjects at once: the market, its GPU type, its cloud, its kind,
//! its segment. The rentals that agree in all of them share a cell. Sums and histograms add up
//! exactly, so it makes no difference to a figure when they are added.

use super::subject::Subjects;
use super::tally::Tally;
use crate::journal::rentals::Rental;

/// The tallies of the cells that have any rentals.
#[derive(Clone, Debug)]
pub(super) struct Cells(Vec<Option<Box<Tally>>>);

impl Cells {
    pub(super) fn new(subjects: &Subjects) -> Self {
        Self(vec![None; subjects.cells()])
    }
    /// The tally of the cell to which `rental` belongs by now.
    #[inline(always)] // on the way of every pod
    pub(super) fn of_rental(&mut self, subjects: &Subjects, rental: &Rental) -> &mut Tally {
        self.0[subjects.cell(rental)].get_or_insert_default()
    }
    /// Adds every cell to the tallies of its subjects.
    pub(super) fn add_to(&self, tallies: &mut [Tally], subjects: &Subjects) {
        for (cell, tally) in self.0.iter().enumerate() {
            let Some(tally) = tally else { continue };
            for index in subjects.of_cell(cell) {
                tallies[index].add(tally);
            }
        }
    }
}
