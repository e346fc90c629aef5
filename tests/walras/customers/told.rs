//! What became of jobs, as text: a line for each request, placement, end and decision.

use crate::build;
use std::collections::BTreeMap;
use walras::ids::{Id, JobId, PodId};
use walras::journal::Fact;
use walras::journal::fact::Kind;
use walras::scenario::{Scenario, from_text};
use walras::units::SimTime;

/// The scenario of a text.
pub(crate) fn read(text: &str) -> Scenario {
    from_text("customers.ron", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Runs it with every invariant checked, and tells of all jobs.
pub(crate) fn tell(text: &str) -> String {
    let scenario = read(text);
    let mut teller = Teller { scenario: &scenario, pods: BTreeMap::new(), out: String::new() };
    for (at, fact) in build::run_audited(&scenario, 0) {
        teller.hear(at, &fact);
    }
    teller.out.trim_end().to_owned()
}

struct Teller<'a> {
    scenario: &'a Scenario,
    pods: BTreeMap<PodId, Option<JobId>>,
    out: String,
}

impl Teller<'_> {
    fn say(&mut self, at: SimTime, text: &str) {
        self.out += &format!("{at} {text}\n");
    }
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodRequested(asked) if asked.segment.is_some() => {
                let known = self.pods.entry(asked.pod).or_default().is_some();
                let again = if known { "resumes" } else { "asks for" };
                let kind = match asked.kind {
                    Kind::OnDemand => "on demand".to_owned(),
                    Kind::Spot { bid } => format!("at {bid}"),
                    Kind::Serverless => unreachable!("never said of a pod"),
                };
                let scope = self.scenario.pools[asked.pool.index()].scope;
                let gpu_type = self.scenario.scopes[scope.index()].gpu_type;
                let name = &self.scenario.gpu_types[gpu_type.index()].display_name;
                let work = asked.work.map_or(String::new(), |work| format!(", {work} left"));
                self.say(at, &format!("{again} {} {name} {kind}{work}", asked.gpus));
            }
            Fact::JobAsked(asked) => {
                self.pods.insert(asked.pod, Some(asked.job));
            }
            Fact::PodPlaced { pod, .. } if self.pods.contains_key(&pod) => self.say(at, "placed"),
            Fact::RentalEnded(end) if self.pods.contains_key(&end.pod) => {
                self.say(at, &format!("{}, paid {}", end.reason.word(), end.paid()));
            }
            Fact::Decided(decided) => {
                let refusal = decided.refusal.map_or("", |refusal| refusal.word());
                self.say(at, format!("{} {refusal}", decided.step.word()).trim_end());
            }
            Fact::JobEnded(ended) => self.say(
                at,
                &format!(
                    "job {} {}, paid {}, {} requests, {} losses",
                    ended.job.index() + 1,
                    ended.end.word(),
                    ended.paid,
                    ended.requests,
                    ended.losses
                ),
            ),
            _ => {}
        }
    }
}
