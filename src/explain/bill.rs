//! A bill by item: what of, at which price, for how long, and what that came to.
//!
//! Every posting is one row of the ledger, and lands in exactly one line here; so the total is the ledger's sum to the
//! nano-dollar.

use super::story::columns;
use super::when::counted;
use crate::journal::fact::{Book, Item, Posting, Usage};
use crate::units::{Money, Price, Span};

/// A line of a bill: postings of one item at one price and quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// What for.
    pub item: Item,
    /// GPUs or GB, and the billed slice of time; none of a purchase.
    pub of: Option<(u32, Span)>,
    /// At which price; none where it moved from one to the next.
    pub price: Option<Price>,
    /// Slices billed.
    pub periods: i64,
    /// What it comes to: money that the account paid, negative where it was given back.
    pub amount: Money,
}

/// A bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    lines: Vec<BillLine>,
    /// Prices that its meters have had, by item.
    prices: Vec<(Item, Price)>,
}

impl Bill {
    /// Its lines, in the order of the ledger's items.
    pub fn lines(&self) -> &[BillLine] {
        &self.lines
    }
    /// What it comes to.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }
    /// A meter counts at this price from now on.
    pub(super) fn note_price(&mut self, item: Item, price: Price) {
        if !self.prices.contains(&(item, price)) {
            self.prices.push((item, price));
        }
    }
    /// Adds a posting of usage, a purchase or an execution.
    pub(super) fn post(&mut self, posting: &Posting) {
        let amount = Money::ZERO - posting.received();
        if amount.is_zero() || matches!(posting.credit, Book::Host(_)) {
            return;
        }
        let price = posting.usage.and_then(|usage| self.price_of(posting, &usage));
        let of = posting.usage.map(|usage| (usage.quantity, usage.unit));
        let periods = posting.usage.map_or(0, |usage| usage.periods);
        let key = (posting.item, of, price);
        let line = self.lines.iter_mut().find(|line| (line.item, line.of, line.price) == key);
        match line {
            Some(line) => {
                line.periods += periods;
                line.amount += amount;
            }
            None => {
                let new = BillLine { item: posting.item, of, price, periods, amount };
                let place = self.lines.partition_point(|line| line.item <= new.item);
                self.lines.insert(place, new);
            }
        }
    }
    /// The price at which a stretch was posted: of those that its meter has had the one that makes this amount of these
    /// periods, to the nano-dollar that rounding takes (GEN-05).
    fn price_of(&self, posting: &Posting, usage: &Usage) -> Option<Price> {
        let made = |(item, price): &&(Item, Price)| {
            let units = i128::from(price.period().micros() / usage.unit.micros().max(1));
            let quantity = if *item == Item::NetworkVolume { 1 } else { usage.quantity };
            let whole = price.amount().nanos() * i128::from(quantity) * i128::from(usage.periods);
            let off = posting.amount.nanos() * units - whole;
            *item == posting.item && off.abs() < units
        };
        self.prices.iter().rev().find(made).map(|(_, price)| *price)
    }

    /// The bill as rows, and its total.
    pub(super) fn text(&self) -> Vec<String> {
        if self.lines.is_empty() {
            return Vec::new();
        }
        let mut rows: Vec<[String; 5]> = self.lines.iter().map(row).collect();
        let blank = String::new;
        rows.push([
            "total".to_owned(),
            blank(),
            blank(),
            blank(),
            format!("{} USD", fixed(self.total())),
        ]);
        columns(&rows, [false, true, false, true, true])
    }
}

/// All nine digits, so that amounts stand under one another.
pub(super) fn fixed(money: Money) -> String {
    let nanos = money.nanos();
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    format!("{sign}{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000)
}

fn row(line: &BillLine) -> [String; 5] {
    let item = line.item.word().replace('_', " ");
    let amount = format!("{} USD", fixed(line.amount));
    let Some((quantity, unit)) = line.of else {
        return [item, String::new(), String::new(), String::new(), amount];
    };
    let per_gpu =
        matches!(line.item, Item::Compute | Item::ServerlessCompute | Item::PublicEndpoint);
    let what = if per_gpu { counted(quantity.into(), "GPU") } else { format!("{quantity} GB") };
    let price = match line.price {
        Some(price) => {
            format!("at {} USD per {}", price.amount(), period(line.item, price.period(), per_gpu))
        }
        None => "at a price that moved".to_owned(),
    };
    [item, what, price, format!("{} x {unit} s", line.periods), amount]
}

/// `GPU-hour`, `GB-month`, `GPU-second`; a network volume is priced as a whole.
fn period(item: Item, period: Span, per_gpu: bool) -> String {
    let length = match period {
        Span::HOUR => "hour".to_owned(),
        Span::SECOND => "second".to_owned(),
        Span::DAY => "day".to_owned(),
        _ if Span::DAY < period => "month".to_owned(),
        _ => format!("{period} s"),
    };
    if item == Item::NetworkVolume {
        length
    } else if per_gpu {
        format!("GPU-{length}")
    } else {
        format!("GB-{length}")
    }
}
