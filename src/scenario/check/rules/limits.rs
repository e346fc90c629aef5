//! The steps of the spending limit (ACCT-07).

use crate::scenario::problem::Fault;
use crate::scenario::rules::{LimitStep, Rules};
use crate::scenario::schema::{LimitStepText, RulesText};
use crate::scenario::text::scalar::{Amount, Maybe};
use crate::scenario::text::{Place, Reader};
use crate::units::{Money, Span};

/// Sets the steps, if they are stated. The first account of a market has reached one of them, or there is
/// none at all.
pub(super) fn set(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut Rules) {
    if !text.spending_limit_steps.is_stated() {
        return;
    }
    let place = place.field("spending_limit_steps");
    let items = reader.items(&place, text.spending_limit_steps);
    let count = items.len();
    let steps: Vec<LimitStep> = items.iter().filter_map(|item| step(reader, item)).collect();
    let is_new = |step: &LimitStep| step.age.is_zero() && step.paid == Money::ZERO;
    if steps.len() == count && 0 < count && !steps.iter().any(is_new) {
        let expected = "a step with `age: \"0s\"` and `paid: 0` (ACCT-07), or no step: []";
        reader.report(&place, Fault::new("no limit of new accounts", expected));
    }
    rules.spending_limit_steps = steps;
}

fn step(reader: &mut Reader, place: &Place) -> Option<LimitStep> {
    let text: LimitStepText = reader.shape(place)?;
    let age: Option<Span> = reader.required(place, ("age", text.age));
    let paid: Option<Amount> = reader.required(place, ("paid", text.paid));
    let limit: Option<Maybe<Amount>> = reader.required(place, ("limit", text.limit));
    let (Amount(paid), Maybe(limit)) = (paid?, limit?);
    Some(LimitStep { age: age?, paid, limit: limit.map(|Amount(limit)| limit) })
}
