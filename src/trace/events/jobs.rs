//! Rows of jobs: of customers who decide.

use super::{Detail, Line};
use crate::ids::Id;
use crate::journal::Fact;

/// The columns and details of a fact about a job.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about jobs")]
pub(super) fn line(fact: &Fact, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::JobBegun(begun) => {
            detail
                .add("job", begun.job.index() + 1)
                .maybe("work_gpu_s", begun.work)
                .maybe("value_usd", begun.value)
                .maybe("deadline_s", begun.deadline)
                .maybe("budget_usd", begun.budget);
            Some(Line::of_account(begun.account))
        }
        Fact::JobAsked(asked) => {
            detail.add("job", asked.job.index() + 1);
            Some(Line::of_pod(asked.pod))
        }
        Fact::Decided(decided) => {
            detail
                .add("job", decided.job.index() + 1)
                .add("step", decided.step.word())
                .maybe("after", decided.after.map(|after| after.word()))
                .maybe("reason", decided.refusal.map(|refusal| refusal.word()));
            Some(Line::of_account(decided.account))
        }
        Fact::JobEnded(ended) => {
            detail
                .add("job", ended.job.index() + 1)
                .add("end", ended.end.word())
                .maybe("value_usd", ended.value)
                .add("begun_s", ended.begun)
                .add("requests", ended.requests)
                .add("losses", ended.losses);
            Some(Line { amount: Some(ended.paid), ..Line::of_account(ended.account) })
        }
        _ => None,
    }
}
