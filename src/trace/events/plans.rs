//! Rows of savings plans (PLAN-01 to PLAN-04).

use super::super::{Known, names};
use super::{Detail, Line};
use crate::ids::PlanId;
use crate::journal::Fact;

/// `plan-N`.
pub(super) fn name(plan: PlanId) -> String {
    format!("plan-{}", names::plan_number(plan))
}

/// The columns and details of a fact about a plan.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about plans")]
pub(super) fn line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::PlanBought(bought) => {
            detail
                .add("plan", name(bought.plan))
                .add("cloud", known.names.cloud_of(bought.scope).word())
                .add("price_usd_per_hour", bought.price)
                .add("ends_s", bought.ends);
            let gpu_type = Some(known.names.type_of(bought.scope));
            let (gpus, amount) = (Some(bought.gpus), Some(bought.paid));
            Some(Line { gpu_type, gpus, amount, ..Line::of_account(bought.account) })
        }
        Fact::PlanCovers(places) => {
            detail.add("plan", name(places.plan)).add("named", places.named);
            Some(Line { gpus: Some(places.gpus), ..Line::of_pod(places.pod) })
        }
        Fact::PlanLeft(places) => {
            detail.add("plan", name(places.plan)).add("named", places.named);
            Some(Line { gpus: Some(places.gpus), ..Line::of_pod(places.pod) })
        }
        Fact::PlanEnded(plan) => {
            detail.add("plan", name(plan));
            Some(Line::default())
        }
        _ => None,
    }
}
