//! Money that moves, meters that count it, and what accounts are told.

use super::{Detail, Known, Line};
use crate::journal::Fact;
use crate::journal::fact::{AutoPaySet, Book, MeterOf, MeterTerms, Posting, Subject};

/// A posting, with whose meter it is of.
pub(super) fn posted(posting: &Posting, known: &Known<'_>, detail: &mut Detail) -> Line {
    detail.add("item", posting.item.word());
    if let Some(plan) = posting.plan() {
        detail.add("plan", super::plans::name(plan));
    }
    let host = match posting.credit {
        Book::Host(host) => Some(host),
        Book::Cash | Book::Customer(_) | Book::Revenue | Book::Adjustments | Book::Prepaid(_) => {
            None
        }
    };
    let (endpoint, worker) = match posting.usage.map(|usage| usage.subject) {
        Some(Subject::Worker(worker)) => (Some(worker.endpoint), Some(worker)),
        Some(Subject::Endpoint(endpoint)) => (Some(endpoint), None),
        Some(Subject::Pod(_) | Subject::NetworkVolume(_) | Subject::Plan(_)) | None => (None, None),
    };
    Line {
        account: posting.account,
        endpoint,
        worker,
        pod: posting.usage.and_then(|usage| usage.pod()),
        volume: posting.usage.and_then(|usage| match usage.subject {
            Subject::NetworkVolume(volume) => Some(known.volumes.of(volume).name),
            Subject::Pod(_) | Subject::Plan(_) | Subject::Worker(_) | Subject::Endpoint(_) => None,
        }),
        host,
        amount: Some(posting.amount),
        ..Line::default()
    }
}

/// What befell an account.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about accounts")]
pub(super) fn account_line(fact: &Fact, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::Notice { account, kind } => {
            detail.add("kind", kind.word());
            Some(Line::of_account(account))
        }
        Fact::AccountDrained { account, hold_until } => {
            detail.add("hold_until_s", hold_until);
            Some(Line::of_account(account))
        }
        Fact::HoldEnded { account } | Fact::AccountRemoved { account } => {
            Some(Line::of_account(account))
        }
        Fact::Churn(account, what) => {
            detail.add("what", what.word());
            Some(Line::of_account(account))
        }
        Fact::AutoPaySet(AutoPaySet { account, threshold, amount }) => {
            detail.add("threshold_usd", threshold);
            Some(Line { amount: Some(amount), ..Line::of_account(account) })
        }
        _ => None,
    }
}

/// What a meter does.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about meters")]
pub(super) fn meter_line(fact: &Fact, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::MeterOpened(MeterTerms { pod, item, price, quantity })
        | Fact::MeterRepriced(MeterTerms { pod, item, price, quantity }) => {
            detail.meter(item, price, quantity);
            Some(Line::of_pod(pod))
        }
        Fact::MeterPaused(MeterOf { pod, item })
        | Fact::MeterResumed(MeterOf { pod, item })
        | Fact::MeterClosed(MeterOf { pod, item }) => {
            detail.add("item", item.word());
            Some(Line::of_pod(pod))
        }
        _ => None,
    }
}
