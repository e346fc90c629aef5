//! `ledger.csv`: one row per posting, that is per stretch of a meter, payment or payout (GEN-09,
//! GEN-12).

use super::column::Column;
use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::journal::Fact;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::micros("time_s"),
    Column::named("account"),
    Column::named("item"),
    Column::named("subject"),
    Column::count("quantity"),
    Column::named("unit"),
    Column::count("periods"),
    Column::named("debit"),
    Column::named("credit"),
    Column::money("amount_usd"),
    Column::money("balance_usd"),
];

/// The ledger has no memory: a posting says all.
pub(super) struct Ledger;

impl Table for Ledger {
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        let Fact::Posted(posting) = fact else { return };
        let names = &known.names;
        let row = out.row().time(at);
        let row = row.optional(posting.account, |row, account| row.name(names.account(account)));
        let row = row.word(posting.item.word());
        let row = match posting.usage {
            Some(usage) => known
                .subject(row, usage.subject)
                .count(u64::from(usage.quantity))
                .span_with_unit(usage.unit)
                .signed(usage.periods),
            None => row
                .optional(posting.plan(), |row, plan| names.plan(row, plan))
                .empty()
                .empty()
                .empty(),
        };
        let row = names.book(names.book(row, posting.debit), posting.credit);
        row.money(posting.amount).optional(posting.balance, Row::money).end();
    }
}
