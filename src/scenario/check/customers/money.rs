//! What the customers of a segment have and pay in (ACCT-02 to ACCT-05).

use super::Scene;
use crate::ids::SegmentId;
use crate::rng::draw::Distribution;
use crate::scenario::check::accounts::{auto_pay, spending_limit};
use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::demand::LaterDeposits;
use crate::scenario::model::AccountSpec;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::schema::demand::{DepositsText, SegmentText};
use crate::scenario::text::reader::Named;
use crate::scenario::text::scalar::{Amount, Scalar};
use crate::scenario::text::{Place, Reader};
use crate::units::{Money, Span};

/// A distribution of USD in the field `name` of `place`.
pub(super) fn amount(
    reader: &mut Reader,
    place: &Place,
    (name, field): Named<'_>,
    scene: &mut Scene<'_>,
) -> Option<Distribution> {
    if !field.is_stated() {
        return None;
    }
    distribution::read(reader, scene.files, &place.field(name), Quantity::Dollars)
}

/// Adds the segment's accounts, and tells how many they are and what each opens with.
pub(super) fn accounts(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    (segment, id, named): (Option<&str>, SegmentId, u32),
    scene: &mut Scene<'_>,
) -> (u32, Option<Distribution>) {
    let population = population(reader, (place, text), named);
    if !text.balance.is_stated() {
        reader.missing(place, "balance");
    }
    let opening = amount(reader, place, ("balance", text.balance), scene);
    let Amount(credit_line) =
        reader.or(place, ("credit_line", text.credit_line), Amount(scene.rules.credit_line));
    let low_balance: Option<Amount> = reader.optional(place, ("low_balance", text.low_balance));
    let auto_pay = if text.auto_pay.is_stated() {
        auto_pay(reader, &place.field("auto_pay"), scene.rules)
    } else {
        None
    };
    let spec = AccountSpec {
        name: String::new(),
        segment: Some(id),
        balance: exact(reader, &place.field("balance"), opening.as_ref()),
        auto_pay,
        low_balance: low_balance.map(|amount| amount.0),
        credit_line,
        spending_limit: spending_limit(reader, place, text.spending_limit),
        age: reader.or(place, ("account_age", text.account_age), Span::ZERO),
    };
    // Without a name of its own, the segment has a problem already.
    let Some(segment) = segment else { return (population, opening) };
    for number in 1..=population {
        let name = format!("{segment}-{number}");
        let index = scene.accounts.specs.len();
        scene.accounts.names.add(reader, &name, index, &place.field("name"));
        scene.accounts.specs.push(AccountSpec { name, ..spec.clone() });
    }
    (population, opening)
}

/// GEN-04. An amount that is the same for all, to the last digit.
pub(super) fn exact(
    reader: &Reader,
    place: &Place,
    opening: Option<&Distribution>,
) -> Option<Money> {
    let Some(Distribution::Constant(_)) = opening else { return None };
    let bare = Amount::read(reader.sources.text(place));
    let amount = bare.or_else(|_| Amount::read(reader.sources.text(&place.inside())));
    amount.ok().map(|amount| amount.0)
}

fn population(reader: &mut Reader, (place, text): (&Place, &SegmentText), named: u32) -> u32 {
    /// More accounts than any study needs; a slip of a digit is more likely.
    const MOST: u32 = 10_000_000;
    let stated: Option<u32> = reader.optional(place, ("accounts", text.accounts));
    let population = stated.unwrap_or(named.max(1));
    if population == 0 || MOST < population {
        let fault = Fault::new("number of accounts out of range", "1 to 10000000 accounts");
        reader.report(&place.field("accounts"), fault);
        return 1;
    }
    population
}

/// ACCT-02. What each account pays in later.
pub(super) fn deposits(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &mut Scene<'_>,
) -> Option<LaterDeposits> {
    if !text.deposits.is_stated() {
        return None;
    }
    let place = place.field("deposits");
    let text: DepositsText = reader.shape(&place)?;
    for (name, field) in [("every", text.every), ("amount", text.amount)] {
        if !field.is_stated() {
            reader.missing(&place, name);
        }
    }
    let every = if text.every.is_stated() {
        distribution::read(reader, scene.files, &place.field("every"), Quantity::Duration)
    } else {
        None
    };
    let amount = amount(reader, &place, ("amount", text.amount), scene);
    if let Some(amount) = &amount {
        check_least(reader, &place.field("amount"), amount, scene.rules);
    }
    let every = every?;
    if every.mean() < 1e-6 {
        let fault = Fault::new("deposits without end", "at least a microsecond between deposits");
        reader.report(&place.field("every"), fault);
    }
    Some(LaterDeposits { every, amount: amount? })
}

/// ACCT-02. Reports deposits of which the market would refuse every one; where it takes some, how many it
/// refuses is a matter of the draws, and `walras check` counts them.
fn check_least(reader: &mut Reader, place: &Place, amount: &Distribution, rules: &Rules) {
    let (_, most) = amount.bounds();
    if Money::from_drawn_dollars(most) < rules.minimum_deposit {
        let expected = format!("at least the minimum deposit, {} USD", rules.minimum_deposit);
        reader.report(place, Fault::new("deposits below the minimum (ACCT-02)", expected));
    }
}
