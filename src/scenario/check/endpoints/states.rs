//! What an endpoint may be at a time of its script (SLS-10).
//!
//! An update is put over all that was said before and held. Whether the market takes it is not always known before
//! the run: bounds and quota go by the other endpoints and by the balance (SLS-03, SLS-04), a network volume may be
//! gone by then (SLS-07), a member's role may have changed (TEAM-03). So there are several *standings* that an
//! endpoint may have come to, and of each update it is told what it makes of each; the run knows which it is.

use super::draft::Draft;
use crate::scenario::model::serverless::Resolved;
use crate::units::Span;
use std::sync::Arc;

/// More standings than this are not told apart: so many updates would each have to be taken or refused by itself.
pub(super) const MOST: usize = 1_024;

/// What is known of an endpoint at the time to which the script has been read.
#[derive(Debug, Default)]
pub(super) struct State {
    /// What it may be: first what it is if nothing was refused. Empty, where the script has not made it.
    pub(super) may_be: Vec<Standing>,
    /// SLS-09. The execution time of its quick deploy, once it has had one.
    pub(super) execution: Option<Span>,
    /// All that it ever may be, by standing.
    known: Vec<Arc<Resolved>>,
}

/// One of the things that it may be.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// Its number: that of [`Resolved::standing`].
    pub(super) number: u32,
    /// What has been said, as far as it holds.
    pub(super) draft: Draft,
}

impl State {
    /// `resolved` with its standing: that of an equal revision, or a new one.
    pub(super) fn number(&mut self, mut resolved: Resolved) -> Arc<Resolved> {
        let equal = self.known.iter().find(|known| known.is_same_revision(&resolved));
        let new = u32::try_from(self.known.len()).expect("as many as a file can say");
        resolved.standing = equal.map_or(new, |known| known.standing);
        let resolved = Arc::new(resolved);
        if resolved.standing == new {
            self.known.push(Arc::clone(&resolved));
        }
        resolved
    }
    /// What was said makes it this, unless that is refused.
    pub(super) fn may_become(&mut self, made: Standing) {
        let before = std::mem::take(&mut self.may_be);
        self.may_be = with(vec![made], before);
    }
    /// Whether it lacks rates of tokens, whatever was refused; not if nothing is known of it.
    pub(super) fn lacks_rates(&self) -> bool {
        !self.may_be.is_empty()
            && self.may_be.iter().all(|standing| standing.draft.token_rates.is_empty())
    }
}

/// `first`, and those of `rest` that are not among them, each once.
pub(super) fn with(first: Vec<Standing>, rest: Vec<Standing>) -> Vec<Standing> {
    let mut all: Vec<Standing> = Vec::with_capacity(first.len() + rest.len());
    for standing in first.into_iter().chain(rest) {
        if all.iter().all(|other| other.number != standing.number) {
            all.push(standing);
        }
    }
    all
}
