//! Which share of requests runs soon enough: what a planner promises.
//!
//! Of the requests that come after the warm-up, those that run within the time promised; of an endpoint, those that a
//! worker takes within it. Refused, abandoned and displaced ones that did not run in time count as late. A request that
//! comes so late that the horizon leaves it less than the time promised counts only if it ran.

use super::Subject;
use crate::ids::{EndpointId, Id, SegmentId};
use crate::journal::fact::Kind;
use crate::journal::rentals::{Rental, Rentals};
use crate::journal::{Fact, Sink, Wanted};
use crate::scenario::Scenario;
use crate::units::{SimTime, Span};

/// The sink that counts them.
pub struct Attainment<'a> {
    scenario: &'a Scenario,
    within: Span,
    of: Subject,
    rentals: Rentals,
    counted: u64,
    attained: u64,
}

const WANTS: [&str; 9] = [
    "pod_requested",
    "bid_changed",
    "pod_waits",
    "pod_promised",
    "pod_placed",
    "plan_covers",
    "pod_running",
    "move_undone",
    "rental_ended",
];

impl<'a> Attainment<'a> {
    /// Counts requests of the subject that outputs call `of`; none if it has no requests in this scenario.
    pub fn new(scenario: &'a Scenario, within: Span, of: &str) -> Option<Self> {
        let of = Self::subjects(scenario).into_iter().find(|one| one.label(scenario) == of)?;
        Some(Self { scenario, within, of, rentals: Rentals::new(), counted: 0, attained: 0 })
    }
    /// Whose requests can be counted: the market's pods, by kind, GPU type and segment, and each endpoint's.
    pub fn subjects(scenario: &Scenario) -> Vec<Subject> {
        let mut all = vec![Subject::Market, Subject::OnDemand, Subject::Spot];
        let types = 0..scenario.gpu_types.len();
        all.extend(types.map(|index| Subject::GpuType(Id::from_index(index))));
        let segments = 0..scenario.segments.len();
        all.extend(segments.map(|index| Subject::Segment(SegmentId::from_index(index))));
        let endpoints = 0..scenario.endpoints.len();
        all.extend(endpoints.map(|index| Subject::Endpoint(EndpointId::from_index(index))));
        all
    }
    /// The share of those counted that ran in time; none if there were none.
    #[expect(clippy::cast_precision_loss, reason = "a share of a count")]
    pub fn share(&self) -> Option<f64> {
        (0 < self.counted).then(|| self.attained as f64 / self.counted as f64)
    }
    fn count(&mut self, asked: SimTime, ran: Option<SimTime>) {
        if asked < self.scenario.warm_up {
            return;
        }
        let in_time = ran.is_some_and(|ran| ran.saturating_since(asked) <= self.within);
        let is_told = self.within <= self.scenario.horizon.saturating_since(asked);
        self.counted += u64::from(in_time || is_told);
        self.attained += u64::from(in_time);
    }
    fn includes(&self, rental: &Rental) -> bool {
        let asked = &rental.asked;
        match self.of {
            Subject::Market => true,
            Subject::OnDemand => asked.kind == Kind::OnDemand,
            Subject::Spot => matches!(asked.kind, Kind::Spot { .. }),
            Subject::GpuType(id) => {
                let pool = &self.scenario.pools[asked.pool.index()];
                self.scenario.scopes[pool.scope.index()].gpu_type == id
            }
            Subject::Segment(id) => asked.segment == Some(id),
            Subject::Cloud(_)
            | Subject::Scope(_)
            | Subject::Savings
            | Subject::Serverless
            | Subject::Supply(_)
            | Subject::Endpoint(_) => false,
        }
    }
}

impl Sink for Attainment<'_> {
    fn wants(&self) -> Wanted {
        if matches!(self.of, Subject::Endpoint(_)) {
            return Wanted::these(&["request_ended"]);
        }
        Wanted::these(&WANTS)
    }
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        if let (Fact::RequestEnded(end), Subject::Endpoint(id)) = (fact, self.of) {
            if end.endpoint == id {
                self.count(end.submitted, end.started);
            }
            return;
        }
        self.rentals.hear(at, fact);
        if let Fact::RentalEnded(end) = fact {
            let rental = *self.rentals.of(end.pod);
            if self.includes(&rental) {
                self.count(rental.requested, rental.running);
            }
        }
    }
}
