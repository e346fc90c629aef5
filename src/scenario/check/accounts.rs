//! Accounts (ACCT-01 to ACCT-08, ACCT-10, SLS-42).

use super::names::Names;
use super::teams::Teams;
use crate::ids::{AccountId, Id};
use crate::scenario::load::Gathered;
use crate::scenario::model::{AccountSpec, AutoPay, SpendingLimit};
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::schema::{AccountText, AutoPayText};
use crate::scenario::text::scalar::{Amount, Maybe, Part};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Money, Share, SimTime, Span};

/// All accounts.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// In the scenario's order, then those of segments.
    pub(crate) specs: Vec<AccountSpec>,
    /// Their names.
    pub(crate) names: Names,
    /// Their teams.
    pub(crate) teams: Teams,
    /// SLS-42. What some pay less for serverless workers, and until when.
    pub(crate) worker_discounts: Vec<(AccountId, Share, SimTime)>,
}

impl Accounts {
    /// Reads the accounts that the scenario names.
    pub(crate) fn read(reader: &mut Reader, gathered: &Gathered, rules: &Rules) -> Self {
        let (names, teams) = (Names::of("account"), Teams::default());
        let mut accounts = Self { specs: Vec::new(), names, teams, worker_discounts: Vec::new() };
        for place in &gathered.accounts {
            let Some(text) = reader.shape::<AccountText>(place) else { continue };
            let Some(name) = reader.required::<String>(place, ("name", text.name)) else {
                continue;
            };
            let index = accounts.specs.len();
            accounts.names.add(reader, &name, index, &place.field("name"));
            accounts.teams.read(reader, (place, &text), AccountId::from_index(index));
            if text.serverless_discount.is_stated()
                && let Some((share, until)) = discount(reader, &place.field("serverless_discount"))
            {
                accounts.worker_discounts.push((AccountId::from_index(index), share, until));
            }
            let spec = account(reader, place, &text, (name, rules));
            accounts.specs.push(spec);
        }
        accounts
    }
}

fn account(
    reader: &mut Reader,
    place: &Place,
    text: &AccountText,
    (name, rules): (String, &Rules),
) -> AccountSpec {
    let Amount(balance) = reader.or(place, ("balance", text.balance), Amount::default());
    let low_balance: Option<Amount> = reader.optional(place, ("low_balance", text.low_balance));
    let Amount(credit_line) =
        reader.or(place, ("credit_line", text.credit_line), Amount(rules.credit_line));
    let auto_pay = if text.auto_pay.is_stated() {
        auto_pay(reader, &place.field("auto_pay"), rules)
    } else {
        None
    };
    AccountSpec {
        name,
        segment: None,
        balance: Some(balance),
        auto_pay,
        low_balance: low_balance.map(|amount| amount.0),
        credit_line,
        spending_limit: spending_limit(reader, place, text.spending_limit),
        age: reader.or(place, ("account_age", text.account_age), Span::ZERO),
    }
}

/// SLS-42. What an account pays less for serverless workers, and until when.
fn discount(reader: &mut Reader, place: &Place) -> Option<(Share, SimTime)> {
    let (share, until) = reader.pair(place, "a share and a duration")?;
    let share: Option<Part> = reader.scalar(&share);
    let until: Option<Span> = reader.scalar(&until);
    Some((share?.0, SimTime::ZERO + until?))
}

/// ACCT-06. An account's own limit, if one is stated: an amount, or none at all.
pub(crate) fn spending_limit(reader: &mut Reader, place: &Place, field: Field) -> SpendingLimit {
    match reader.optional(place, ("spending_limit", field)) {
        None => SpendingLimit::ByHistory,
        Some(Maybe(limit)) => SpendingLimit::Own(limit.map(|Amount(limit)| limit)),
    }
}

/// ACCT-05. The automatic payment at `place`, of at least the minimum deposit.
pub(crate) fn auto_pay(reader: &mut Reader, place: &Place, rules: &Rules) -> Option<AutoPay> {
    let text: AutoPayText = reader.shape(place)?;
    let auto_pay = auto_pay_terms(reader, place, &text)?;
    if auto_pay.amount < rules.minimum_deposit {
        let expected = format!("at least the minimum deposit, {} USD", rules.minimum_deposit);
        let fault = Fault::new("automatic payment below the minimum deposit (ACCT-05)", expected);
        reader.report(&place.field("amount"), fault);
    }
    Some(auto_pay)
}

/// Threshold and amount of an automatic payment.
pub(crate) fn auto_pay_terms(
    reader: &mut Reader,
    place: &Place,
    text: &AutoPayText,
) -> Option<AutoPay> {
    let threshold: Option<Money> = reader.required(place, ("threshold", text.threshold));
    let amount: Option<Amount> = reader.required(place, ("amount", text.amount));
    Some(AutoPay { threshold: threshold?, amount: amount?.0 })
}
