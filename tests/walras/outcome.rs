//! What a run comes to, as plain rows that can be compared and read.

use std::fmt;
use walras::journal::fact::{EndReason, Item, NoticeKind, Operation, Refusal};
use walras::units::{Money, SimTime};

/// A row of the ledger. Names instead of ids, nano-dollars, microseconds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) at: u64,
    /// The account; empty for a payout.
    pub(crate) account: String,
    pub(crate) item: Item,
    /// The pod or network volume; empty for what has none.
    pub(crate) subject: String,
    pub(crate) quantity: Option<u32>,
    pub(crate) periods: Option<i64>,
    pub(crate) debit: String,
    pub(crate) credit: String,
    pub(crate) amount: i128,
    /// The account's ledger balance after the posting.
    pub(crate) balance: Option<i128>,
}

/// An owner is told something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Notice {
    pub(crate) at: u64,
    pub(crate) account: String,
    pub(crate) kind: NoticeKind,
}

/// An action was refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rejection {
    pub(crate) at: u64,
    pub(crate) operation: Operation,
    /// The pod, network volume or host, or else the account.
    pub(crate) subject: String,
    pub(crate) reason: Refusal,
}

/// A rental's end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rental {
    pub(crate) pod: String,
    pub(crate) rental: u32,
    /// None: it never held GPUs.
    pub(crate) placed: Option<u64>,
    pub(crate) running: Option<u64>,
    pub(crate) ended: u64,
    pub(crate) reason: EndReason,
    pub(crate) compute: i128,
    pub(crate) storage: i128,
}

/// All of it, in the order in which it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) rows: Vec<Row>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) rentals: Vec<Rental>,
    /// Ledger balances at the end, in the order of the accounts.
    pub(crate) balances: Vec<(String, i128)>,
}

impl Outcome {
    /// What happened, a line each, by time and within an instant by kind, item and subject: rows of the ledger without
    /// deposits and payouts (`90 compute p 1 × 2 0.026333333`), notices, refusals, ends of rentals; at
    /// the end the ledger balances.
    pub(crate) fn brief(&self) -> String {
        let mut lines: Vec<(u64, u8, Option<Item>, &str, String)> = Vec::new();
        let usage = |row: &&Row| !matches!(row.item, Item::Deposit | Item::HostPayout);
        for row in self.rows.iter().filter(usage) {
            let name = if row.subject.is_empty() { &row.account } else { &row.subject };
            let periods = row.quantity.zip(row.periods);
            let periods = periods.map(|(quantity, n)| format!(" {quantity} × {n}"));
            let (item, amount) = (snake(row.item), Money::from_nanos(row.amount));
            let line = format!("{item} {name}{} {amount}", periods.unwrap_or_default());
            lines.push((row.at, 0, Some(row.item), name, line));
        }
        for notice in &self.notices {
            let line = format!("{} {}", snake(notice.kind), notice.account);
            lines.push((notice.at, 1, None, &notice.account, line));
        }
        for refused in &self.rejections {
            let Rejection { operation, subject, reason, .. } = refused;
            let line = format!("{operation:?} {subject} {}", snake(reason));
            lines.push((refused.at, 2, None, subject, line));
        }
        for rental in &self.rentals {
            let line = format!("{} {}", rental.pod, snake(rental.reason));
            lines.push((rental.ended, 3, None, &rental.pod, line));
        }
        lines.sort_by_key(|(at, kind, item, name, _)| (*at, *kind, *item, *name));
        let lines = lines.into_iter();
        let lines = lines.map(|(at, .., line)| format!("{} {line}", SimTime::from_micros(at)));
        let balances = self.balances.iter();
        let balances =
            balances.map(|(name, balance)| format!("{name} has {}", Money::from_nanos(*balance)));
        lines.chain(balances).collect::<Vec<_>>().join("\n")
    }
}

/// `ContainerDisk` as `container_disk`.
pub(crate) fn snake(name: impl fmt::Debug) -> String {
    let mut text = String::new();
    for letter in format!("{name:?}").chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = SimTime::from_micros(self.at);
        write!(f, "{at} {} {:?} {}", self.account, self.item, self.subject)?;
        if let (Some(quantity), Some(periods)) = (self.quantity, self.periods) {
            write!(f, " {quantity} × {periods}")?;
        }
        write!(f, " {} {} > {}", Money::from_nanos(self.amount), self.debit, self.credit)?;
        self.balance.map_or(Ok(()), |balance| write!(f, " = {}", Money::from_nanos(balance)))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        for notice in &self.notices {
            let at = SimTime::from_micros(notice.at);
            writeln!(f, "{at} {} notice {:?}", notice.account, notice.kind)?;
        }
        for refused in &self.rejections {
            let at = SimTime::from_micros(refused.at);
            let (operation, subject) = (refused.operation, &refused.subject);
            writeln!(f, "{at} {subject} {operation:?} rejected {:?}", refused.reason)?;
        }
        for rental in &self.rentals {
            let at = SimTime::from_micros(rental.ended);
            let (compute, storage) =
                (Money::from_nanos(rental.compute), Money::from_nanos(rental.storage));
            let (pod, number, reason) = (&rental.pod, rental.rental, rental.reason);
            writeln!(f, "{at} {pod} rental {number} {reason:?} {compute} {storage}")?;
        }
        for (account, balance) in &self.balances {
            writeln!(f, "{account} ends with {}", Money::from_nanos(*balance))?;
        }
        Ok(())
    }
}
