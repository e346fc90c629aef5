//! Why something was refused, with the figures that decided (GEN-14).

use super::known::Known;
use super::waits;
use super::when::cents;
use crate::ids::{AccountId, Id};
use crate::journal::fact::{Kind, Refusal};
use crate::journal::rentals::Rental;
use crate::scenario::model::SpendingLimit;
use crate::units::{Money, Price, SimTime, Span};

/// Why a request for GPUs was refused.
pub(super) fn request(known: &Known<'_>, at: SimTime, rental: &Rental, reason: Refusal) -> String {
    let account = rental.asked.account;
    match reason {
        Refusal::NoCapacity => {
            format!("no_capacity: {}, and it does not wait (POD-04)", waits::why(known, rental))
        }
        Refusal::TooLarge => {
            format!("too_large: no host that it names has {} GPUs (POD-04)", rental.asked.gpus)
        }
        Refusal::BidBelowFloor => floor(known, rental),
        Refusal::NoFunds => no_funds(known, at, rental),
        Refusal::SpendingLimit => format!("spending_limit: {}", limit(known, at, rental)),
        Refusal::Unknown
        | Refusal::IllegalState
        | Refusal::BadArgument
        | Refusal::NotPermitted
        | Refusal::RateLimited
        | Refusal::QueueFull => action(known, at, account, reason),
    }
}

/// SPOT-02. Below every floor among the hosts named, offered or not.
fn floor(known: &Known<'_>, rental: &Rental) -> String {
    let wanted = known.asked(rental);
    let hosts = (0..known.crowd.sites.len()).map(Id::from_index);
    let named = hosts.filter(|host| match rental.asked.host {
        Some(own) => own == *host,
        None => known.crowd.site(*host).there && wanted.names(&known.names, *host),
    });
    let least = named.map(|host| known.crowd.floor(host, &known.names)).min();
    let bid = match rental.asked.kind {
        Kind::Spot { bid } => bid,
        Kind::OnDemand | Kind::Serverless => Money::ZERO,
    };
    let least = least.map_or(String::new(), |least| format!(", of which the least is {least}"));
    format!(
        "bid_below_floor: its bid of {bid} is below every floor of the hosts that it names{least} (SPOT-02)"
    )
}

/// What compute and disks of a request cost for `span`, at the least that it would pay.
fn cost(known: &Known<'_>, rental: &Rental, span: Span) -> (Money, Money) {
    let (rules, wanted) = (&known.names.scenario.rules, known.asked(rental));
    let price = match rental.asked.kind {
        Kind::Spot { bid } => bid,
        Kind::OnDemand | Kind::Serverless => list_price(known, rental),
    };
    let compute = Price::per_hour(price).for_span(rental.asked.gpus, span);
    let disk =
        |price, gb: crate::units::Gb| Price::per(price, rules.month()).for_span(gb.get(), span);
    let disks = disk(rules.container_disk_price, wanted.demand.container_disk)
        + disk(rules.volume_price_running, wanted.demand.volume);
    (compute, disks)
}

/// The least list price among the hosts that a request names, or its own host's.
fn list_price(known: &Known<'_>, rental: &Rental) -> Money {
    let (names, wanted) = (&known.names, known.asked(rental));
    let hosts = (0..known.crowd.sites.len()).map(Id::from_index);
    let named = hosts.filter(|host| match rental.asked.host {
        Some(own) => own == *host,
        None => known.crowd.site(*host).there && wanted.names(names, *host),
    });
    let price = |host| {
        names.spec(host).price.unwrap_or_else(|| known.crowd.on_demand(names.scope(host), names))
    };
    named.map(price).min().unwrap_or_default()
}

/// BILL-06, BILL-07.
fn no_funds(known: &Known<'_>, at: SimTime, rental: &Rental) -> String {
    let rules = &known.names.scenario.rules;
    let account = rental.asked.account;
    let balance = cents(known.purses.balance(account, at));
    if known.is_drained(account) {
        return format!("no_funds: its account is drained, with {balance} USD left (BILL-06)");
    }
    let (compute, disks) = cost(known, rental, rules.rent_reserve);
    let reserve = super::when::lasting(rules.rent_reserve);
    let sum = cents_up(compute + disks);
    format!(
        "no_funds: {reserve} of it costs {sum} USD ({compute} of compute, {disks} of disks), and the balance is \
         {balance} (BILL-07, or BILL-06 with what else the account runs)"
    )
}

/// To the cent, rounded up: what is needed.
fn cents_up(money: Money) -> String {
    cents(money + Money::from_nanos(9_999_999))
}

/// ACCT-06, ACCT-07.
fn limit(known: &Known<'_>, at: SimTime, rental: &Rental) -> String {
    let account = rental.asked.account;
    let (compute, disks) = cost(known, rental, Span::HOUR);
    let (burns, more) = (known.purses.burn(account), cents_up(compute + disks));
    let limit = limit_of(known, at, account);
    let limit =
        limit.map_or("no more than it does".to_owned(), |limit| format!("{limit} USD per hour"));
    format!(
        "the account may burn {limit}; it burns {}, and this is {more} more (ACCT-06)",
        cents(burns)
    )
}

fn limit_of(known: &Known<'_>, at: SimTime, account: AccountId) -> Option<Money> {
    let spec = &known.names.scenario.accounts[account.index()];
    match spec.spending_limit {
        SpendingLimit::Own(limit) => limit,
        SpendingLimit::ByHistory => {
            let age = spec.age + (at - SimTime::ZERO);
            known.names.scenario.rules.spending_limit(age, known.purses.paid_in(account))
        }
    }
}

/// Why an action that asks for no GPUs, or whose request nobody knows, was refused.
pub(super) fn action(
    known: &Known<'_>,
    at: SimTime,
    account: AccountId,
    reason: Refusal,
) -> String {
    let word = reason.word();
    let why = match reason {
        Refusal::Unknown => "there is no such thing, or it is another account's".to_owned(),
        Refusal::IllegalState => "its state does not allow that (POD-21)".to_owned(),
        Refusal::BadArgument => "an argument is out of its range".to_owned(),
        Refusal::TooLarge => "it is larger than what there is or may be".to_owned(),
        Refusal::BidBelowFloor => "the bid is below the floor (SPOT-02)".to_owned(),
        Refusal::NoFunds => {
            format!("the balance is {} USD", cents(known.purses.balance(account, at)))
        }
        Refusal::NoCapacity => "there is no room".to_owned(),
        Refusal::NotPermitted => "the role of who acts does not allow it (TEAM-03)".to_owned(),
        Refusal::SpendingLimit => match limit_of(known, at, account) {
            Some(limit) => format!(
                "it would burn more than {limit} USD per hour, with {} already (ACCT-06)",
                cents(known.purses.burn(account))
            ),
            None => "its limit does not allow it (ACCT-06)".to_owned(),
        },
        Refusal::RateLimited => "too many calls in their window (JOB-03)".to_owned(),
        Refusal::QueueFull => "the queue is as long as it may be (JOB-04)".to_owned(),
    };
    format!("{word}: {why}")
}
