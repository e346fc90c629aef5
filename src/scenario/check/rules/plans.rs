//! The terms of savings plans (PLAN-01).

use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::schema::RulesText;
use crate::scenario::text::scalar::{Part, Scalar};
use crate::scenario::text::{Place, Reader};
use crate::units::Span;

/// Sets the terms and their discounts, if they are stated. A term is whole hours, for its price is one per
/// hour (PLAN-02).
pub(super) fn set(reader: &mut Reader, place: &Place, text: &RulesText, rules: &mut Rules) {
    if !text.plan_discounts.is_stated() {
        return;
    }
    let place = place.field("plan_discounts");
    let Some(entries) = reader.entries(&place, text.plan_discounts) else { return };
    let mut terms = Vec::new();
    for (key, value) in entries {
        let source = &reader.sources.get(place.file).text[key.clone()];
        let term = match Span::read(source) {
            Ok(term) if !term.is_zero() && term.whole_multiple_of(Span::HOUR).is_some() => term,
            Ok(_) => {
                let fault = Fault::new("broken term", "a duration of whole hours (PLAN-02)");
                reader.report_key(key, &value, fault);
                continue;
            }
            Err(fault) => {
                reader.report_key(key, &value, fault);
                continue;
            }
        };
        if terms.iter().any(|(known, _)| *known == term) {
            let fault = Fault::new("a term that is there already", "each term once");
            reader.report_key(key, &value, fault);
        }
        if let Some(Part(discount)) = reader.scalar(&value) {
            terms.push((term, discount));
        }
    }
    rules.plan_discounts = terms;
}

/// A term as a scenario states it.
fn in_words(term: Span) -> String {
    let (days, hours) = (term.micros() / Span::DAY.micros(), term.micros() / Span::HOUR.micros());
    if term == Span::DAY * days { format!("\"{days}d\"") } else { format!("\"{hours}h\"") }
}

/// Reports a term at `place` that the rules do not know.
pub(in crate::scenario::check) fn check_term(
    reader: &mut Reader,
    place: &Place,
    term: Span,
    rules: &Rules,
) {
    let known = rules.plan_discounts.iter().map(|(known, _)| *known);
    if !known.clone().any(|known| known == term) {
        let known: Vec<String> = known.map(in_words).collect();
        let expected = if known.is_empty() {
            "no plans, as the rules have no `plan_discounts`".to_owned()
        } else {
            format!("one of {}, as `plan_discounts` has them (PLAN-01)", known.join(", "))
        };
        reader.report(place, Fault::new("no such term of savings plans", expected));
    }
}
