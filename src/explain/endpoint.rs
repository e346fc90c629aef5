//! The story of an endpoint, in sums: its settings as they change, its workers by why they stopped, its requests by what
//! became of them. Single workers and requests have stories of their own.

use super::known::Known;
use super::story::{Lines, Section, columns};
use super::when::{counted, lasting};
use super::worker::stopped;
use crate::ids::{EndpointId, Id};
use crate::journal::Fact;
use crate::journal::fact::StopReason;
use crate::units::{Money, SimTime, Span};
use std::collections::BTreeMap;

/// What is remembered of the endpoint.
pub(super) struct EndpointTeller {
    endpoint: EndpointId,
    is_met: bool,
    /// Workers by why they stopped.
    stops: BTreeMap<StopReason, u64>,
    /// Requests by status and cause.
    ends: BTreeMap<(&'static str, &'static str), u64>,
    throttled: u64,
    refused: u64,
    cold: u64,
    started: u64,
    delays: u128,
    worst: Span,
    paid: Money,
}

impl EndpointTeller {
    pub(super) fn new(endpoint: EndpointId) -> Self {
        Self {
            endpoint,
            is_met: false,
            stops: BTreeMap::new(),
            ends: BTreeMap::new(),
            throttled: 0,
            refused: 0,
            cold: 0,
            started: 0,
            delays: 0,
            worst: Span::ZERO,
            paid: Money::ZERO,
        }
    }
    pub(super) fn is_met(&self) -> bool {
        self.is_met
    }
    /// Takes in a fact, and tells what it says of the endpoint.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other facts are not about the endpoint"
    )]
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact, lines: &mut Lines) {
        let own = self.endpoint;
        match *fact {
            Fact::EndpointCreated(created) if created.endpoint == own => {
                self.is_met = true;
                let (min, max) = created.workers;
                lines
                    .say(at, format!("is there from now on, with {min} to {max} workers (SLS-02)"));
            }
            Fact::EndpointUpdated(updated) if updated.endpoint == own => {
                let (min, max) = updated.workers;
                lines.say(
                    at,
                    format!(
                        "is updated: revision {}, {min} to {max} workers (SLS-10)",
                        updated.revision
                    ),
                );
            }
            Fact::EndpointDeleted(endpoint) if endpoint == own => {
                lines.say(at, "is deleted (SLS-14)");
            }
            Fact::WorkerRefused(refusal) if refusal.endpoint == own => {
                self.refused += 1;
                lines.say(at, format!("wakes no worker: {} (SLS-45)", refusal.reason.word()));
            }
            Fact::WorkerThrottled(worker) if worker.endpoint == own => self.throttled += 1,
            Fact::WorkerStopped(ref end) if end.worker.endpoint == own && end.woken.is_some() => {
                *self.stops.entry(end.reason).or_default() += 1;
                self.paid += end.paid().unwrap_or_default();
            }
            Fact::RequestEnded(ref end) if end.endpoint == own => {
                *self.ends.entry((end.status.word(), end.cause.word())).or_default() += 1;
                self.cold += u64::from(end.cold_start);
                if let Some(delay) = end.delay() {
                    self.started += 1;
                    self.delays += u128::from(delay.micros());
                    self.worst = self.worst.max(delay);
                }
            }
            _ => {}
        }
    }
    pub(super) fn title(&self, known: &Known<'_>) -> String {
        let spec = &known.names.scenario.endpoints[self.endpoint.index()];
        match spec.model {
            Some(_) => format!("{}: an endpoint of the platform's (AIE-01)", spec.name),
            None => format!("{}: an endpoint of {}", spec.name, known.names.account(spec.account)),
        }
    }
    pub(super) fn in_short(&self) -> Vec<String> {
        let mean = self.delays.checked_div(u128::from(self.started)).unwrap_or_default();
        let mean = Span::from_micros(u64::try_from(mean).unwrap_or(u64::MAX));
        let mut parts = vec![
            format!(
                "{} taken, {} of them by a cold start",
                counted(self.started, "request"),
                self.cold
            ),
            format!("delay {} on average, {} at most", lasting(mean), lasting(self.worst)),
            format!(
                "{} woken, for {} USD",
                counted(self.stops.values().sum(), "worker"),
                self.paid
            ),
        ];
        if 0 < self.throttled {
            parts.push(format!("{} waited for GPUs", counted(self.throttled, "worker")));
        }
        if 0 < self.refused {
            parts.push(format!("{} refused for want of credit", counted(self.refused, "waking")));
        }
        vec![format!("{}.", parts.join("; "))]
    }
    pub(super) fn sections(&self) -> Vec<Section> {
        let ends = self.ends.iter().map(|((status, cause), count)| {
            [(*status).to_owned(), (*cause).to_owned(), count.to_string()]
        });
        let ends: Vec<[String; 3]> = ends.collect();
        let stops = self
            .stops
            .iter()
            .map(|(reason, count)| [stopped(*reason).to_owned(), count.to_string()]);
        let stops: Vec<[String; 2]> = stops.collect();
        vec![
            Section { title: "Requests", text: columns(&ends, [false, false, true]) },
            Section { title: "Workers, by why they stopped", text: columns(&stops, [false, true]) },
        ]
    }
}
