//! Stories: what became of one pod, request, host, account, worker or endpoint of a run, and why, in a person's words.
//!
//! [`Explainer`] is a sink. It remembers who is where at each instant, as a reader of facts can (which GPUs are free, who
//! holds the others at which bid, what accounts have), and tells of each fact about its entity what that meant then: why
//! a request waited, why it went where it went, who displaced it, which limit refused it. What nobody asked for is
//! forgotten, so memory follows what is alive and the one story. Rules stand in brackets where they decide.

mod account;
mod bill;
mod chosen;
mod crowd;
mod demand;
mod endpoint;
mod endpoints;
mod follows;
mod host;
mod known;
mod names;
mod pod;
mod purse;
mod question;
mod refused;
mod request;
mod steps;
mod story;
mod waits;
mod when;
mod worker;

pub use bill::{Bill, BillLine};
pub use question::{Kind, Question, Unknown};

use crate::journal::{Fact, Sink, Wanted};
use crate::scenario::Scenario;
use crate::units::{Money, SimTime};
use endpoints::Endpoints;
use known::Known;
use question::Teller;
use story::{Clock, Lines};

/// Hears a run and tells the story of one entity.
pub struct Explainer<'a> {
    question: Question,
    known: Known<'a>,
    endpoints: Endpoints,
    teller: Teller,
    lines: Lines,
    met: question::Met,
}

/// A story, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// All of it, as a person reads it.
    pub text: String,
    /// The bill: of a pod or worker its own; else none.
    pub bill: Option<Bill>,
    /// Of an account what was paid in and what was spent.
    pub totals: Option<(Money, Money)>,
}

impl<'a> Explainer<'a> {
    /// Whoever is to tell what `question` asks of a run of `scenario`.
    ///
    /// # Errors
    /// The scenario knows no such name. Whether a pod or a request of random demand was there is only known once
    /// the run is over.
    pub fn new(scenario: &'a Scenario, question: &Question) -> Result<Self, Unknown> {
        Ok(Self {
            teller: Teller::new(scenario, question)?,
            question: question.clone(),
            known: Known::new(scenario),
            endpoints: Endpoints::new(scenario.endpoints.len()),
            lines: Lines::default(),
            met: question::Met::default(),
        })
    }

    /// The story, once the run is over.
    ///
    /// # Errors
    /// No fact spoke of such an entity.
    pub fn finish(self) -> Result<Story, Unknown> {
        if !self.teller.is_met() {
            return Err(self.met.unknown(&self.known, &self.question));
        }
        let scenario = self.known.names.scenario;
        let start = scenario.stated_start();
        let clock = Clock { start, fine: self.teller.is_fine() };
        let (title, in_short) = (self.teller.title(&self.known), self.teller.in_short());
        let sections = self.teller.sections(&self.known);
        let text = story::text((&title, &in_short), &self.lines, &sections, clock);
        Ok(Story { text, bill: self.teller.bill(), totals: self.teller.totals() })
    }
}

impl Sink for Explainer<'_> {
    /// Requests come by the million: where the story is not of them or of their endpoint, what happens to them is not even
    /// said.
    fn wants(&self) -> Wanted {
        if self.teller.hears_requests() {
            return Wanted::ALL;
        }
        Wanted::all_but(&[
            "request_submitted",
            "request_started",
            "request_requeued",
            "request_ended",
            "webhook_called",
            "endpoint_sampled",
            "sampled",
        ])
    }
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.known.hear_before(at, fact);
        self.met.hear(fact);
        self.teller.hear((at, fact), &self.known, &self.endpoints, &mut self.lines);
        self.endpoints.hear(at, fact);
        self.known.hear_after(fact);
    }
}
