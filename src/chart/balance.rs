//! What a few accounts have left, between postings, too.
//!
//! Postings are rare, so the ledger's balance alone would hang in the air until a pod stops, and then fall. What
//! is shown is that balance less what the open meters have come to owe since they last posted, as the platform
//! itself looks at it (GEN-10), with the line below which it stops pods (BILL-08) and the one at which nothing is
//! left (BILL-12). Shown are those who ran out of credit, then those that the scenario names and that spent most,
//! four in all; two of other customers where there are not as many. Of a large market, its first accounts are
//! watched.

mod accrual;

use super::ChartKind;
use super::axis::{Axis, length};
use super::columns::trail::Trail;
use super::columns::{Columns, seconds};
use super::drawing::Drawing;
use super::layout;
use super::palette::{BLUE, Dash, GREY, INK, ORANGE, Stroke, VERMILLION};
use super::plot;
use super::plot::{Form, Item, Key, Mark, Plot, Point};
use super::quantity::Quantity;
use super::words::{About, listed};
use crate::ids::{AccountId, Id};
use crate::journal::fact::{NoticeKind, Posting};
use crate::journal::meters::{Change, Meter};
use crate::scenario::Scenario;
use crate::units::SimTime;
use accrual::Accrual;

/// So many accounts are watched.
const WATCHED: usize = 256;
/// So many are shown.
const SHOWN: usize = 4;
/// So many are shown if nobody is named or ran out of credit.
const OTHERS: usize = 2;
/// Columns of their time: less than pixels, as many are watched.
const COLUMNS: u32 = 240;

/// An account that is watched.
#[derive(Clone, Debug)]
struct Watched {
    accrual: Accrual,
    left: Trail,
    ledger: Trail,
    line: Trail,
    /// When it was stopped for funds, or drained, or lost its pods.
    notices: Vec<(SimTime, NoticeKind)>,
}

/// What was gathered.
#[derive(Clone, Debug)]
pub(super) struct Balances {
    accounts: Vec<Watched>,
    /// BILL-08. The run time that must be left, in seconds.
    reserve: f64,
}

impl Balances {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let trail = Trail::new(Columns::few(scenario.horizon, COLUMNS));
        let watched = || Watched {
            accrual: Accrual::default(),
            left: trail.clone(),
            ledger: trail.clone(),
            line: trail.clone(),
            notices: Vec::new(),
        };
        Self {
            accounts: scenario.accounts.iter().take(WATCHED).map(|_| watched()).collect(),
            reserve: scenario.rules.low_funds_reserve.as_seconds_f64(),
        }
    }
    /// Something changes what an account has or owes.
    fn change(&mut self, at: SimTime, account: AccountId, change: impl FnOnce(&mut Accrual)) {
        let reserve = self.reserve;
        if let Some(watched) = self.accounts.get_mut(account.index()) {
            if 0 < watched.left.moves() {
                watched.mark(at, reserve);
            } else {
                // What it has at once was there from the start.
                watched.accrual.pass(at);
            }
            change(&mut watched.accrual);
            watched.mark(at, reserve);
        }
    }
    /// Money moved, to or from an account.
    pub(super) fn post(&mut self, at: SimTime, posting: &Posting) {
        let (Some(account), Some(balance)) = (posting.account, posting.balance) else { return };
        let balance = balance.as_dollars_f64();
        let of = posting.usage.map(|usage| (usage.subject, posting.item));
        self.change(at, account, |accrual| accrual.post(at, balance, of));
        if let Some(watched) = self.accounts.get_mut(account.index()) {
            watched.ledger.set(at, Some(balance));
        }
    }
    /// Something becomes of a meter that an account pays.
    pub(super) fn meter(
        &mut self,
        at: SimTime,
        account: AccountId,
        (meter, change): (Meter, Change),
    ) {
        self.change(at, account, |accrual| accrual.change(at, meter, change));
    }
    /// An owner is told something.
    pub(super) fn notice(&mut self, at: SimTime, account: AccountId, kind: NoticeKind) {
        if Event::of(kind).is_some()
            && let Some(watched) = self.accounts.get_mut(account.index())
        {
            watched.notices.push((at, kind));
        }
    }
    /// The run has ended.
    pub(super) fn end(&mut self, at: SimTime) {
        let reserve = self.reserve;
        self.accounts.iter_mut().for_each(|watched| watched.mark(at, reserve));
    }

    /// The chart; none where nobody spent anything.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let shown = self.shown(about.scenario);
        if shown.is_empty() {
            return None;
        }
        let name = |index: &usize| about.scenario.accounts[*index].name.clone();
        let names: Vec<String> = shown.iter().map(name).collect();
        let mut plots: Vec<Plot> = Vec::new();
        let height = if shown.len() == 1 { 270.0 } else { 130.0 };
        for (index, name) in shown.iter().zip(&names) {
            let credit = about.scenario.accounts[*index].credit_line.as_dollars_f64();
            let watched = &self.accounts[*index];
            let mut plot = watched.plot(about.scenario, (name, height), credit);
            plot.shows_x = plots.len() + 1 == shown.len();
            plots.push(plot);
        }
        plot::share_legend(&mut plots);
        let s = if names.len() == 1 { "" } else { "s" };
        let title = format!("Balance{s} of {}, {}", listed(&names), about.length());
        Some(layout::drawing(&about.heading(ChartKind::Balance, title), plots))
    }

    /// Whose balances are shown.
    fn shown(&self, scenario: &Scenario) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.accounts.len()).collect();
        order.retain(|index| 0.0 < self.accounts[*index].accrual.spent());
        let is_other = |index: &usize| {
            let of_segment = scenario.accounts[*index].segment.is_some();
            of_segment && self.accounts[*index].notices.is_empty()
        };
        let class = |index: &usize| {
            let mut notices = self.accounts[*index].notices.iter();
            let first = notices.find(|(_, kind)| *kind == NoticeKind::StoppedForFunds);
            (is_other(index), first.is_none(), first.map(|notice| notice.0))
        };
        let spent = |index: &usize| self.accounts[*index].accrual.spent();
        order.sort_by(|one, other| {
            let by_class = class(one).cmp(&class(other));
            by_class.then(spent(other).total_cmp(&spent(one)))
        });
        let of_interest = order.iter().filter(|index| !is_other(index)).count();
        order.truncate(of_interest.clamp(OTHERS, SHOWN));
        order
    }
}

/// What happens to those who run out of credit.
#[derive(Clone, Copy)]
struct Event {
    name: &'static str,
    form: Form,
}

impl Event {
    fn of(kind: NoticeKind) -> Option<Self> {
        let (name, form) = match kind {
            NoticeKind::StoppedForFunds => ("stopped for funds", Form::Wedge),
            NoticeKind::Drained => ("drained", Form::Diamond),
            NoticeKind::Removed => ("pods removed", Form::Square),
            NoticeKind::AutoPaid => ("automatic payment", Form::Triangle),
            NoticeKind::PaymentFailed => ("payment failed", Form::Disc),
            NoticeKind::LowBalance | NoticeKind::Maintenance => return None,
        };
        Some(Self { name, form })
    }
    const fn mark(self) -> Mark {
        Mark { form: self.form, radius: 4.5, colour: INK }
    }
}

const LEFT: Stroke = Stroke::new(BLUE, 2.0, Dash::Solid);
const LEDGER: Stroke = Stroke::new(ORANGE, 1.5, Dash::Dotted);
const LINE: Stroke = Stroke::new(VERMILLION, 1.5, Dash::Dashed);
const EMPTY: Stroke = Stroke::new(GREY, 1.0, Dash::Solid);

impl Watched {
    /// Notes how the account stands: once before a change and once after it.
    fn mark(&mut self, at: SimTime, reserve: f64) {
        self.accrual.pass(at);
        self.left.mark(at, Some(self.accrual.left()));
        self.line.set(at, Some(self.accrual.rate() * reserve));
    }

    fn plot(&self, scenario: &Scenario, (name, height): (&str, f64), credit: f64) -> Plot {
        let until = scenario.horizon;
        let joined = |trail: &Trail| -> Vec<Point> { trail.stretches(until).concat() };
        let left = joined(&self.left);
        let ledger = joined(&self.ledger);
        let line: Vec<Point> =
            joined(&self.line).into_iter().map(|(at, needed)| (at, needed - credit)).collect();
        let of = |points: &[Point]| {
            let values = || points.iter().map(|point| point.1);
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        };
        let ((least, most), needed) = (of(&left), of(&line).1);
        // Far above its lines, what matters is how it moves.
        let far = needed.max(0.0) + (most - least) * 1.5 < least;
        // A nanodollar below zero is no reason for another tick.
        let least = if -0.005 < least { 0.0 } else { least };
        let axis = if far { Axis::around } else { Axis::from_zero };
        let range = if far { (of(&left).0, most) } else { (least.min(-credit), most) };
        let y = axis("USD", Quantity::Dollars, range, 4);
        let mut plot = Plot::new(name, Axis::of_run(scenario), y, height);
        plot.named_line("balance on the ledger", (&ledger, true), LEDGER);
        if !far {
            plot.level(-credit, EMPTY);
            let reserve = scenario.rules.low_funds_reserve;
            plot.named_line(&format!("{} to run", length(reserve)), (&line, true), LINE);
        }
        plot.named_line("left, open meters counted", (&left, false), LEFT);
        plot.legend.reverse();
        self.mark_notices(&mut plot, &left);
        plot
    }

    fn mark_notices(&self, plot: &mut Plot, left: &[Point]) {
        for (at, kind) in &self.notices {
            let Some(event) = Event::of(*kind) else { continue };
            let at = seconds(*at);
            let after = left.partition_point(|point| point.0 <= at);
            let value = left[after.saturating_sub(1)].1;
            plot.items.push(Item::Marks(vec![(at, value)], event.mark()));
            if plot.legend.iter().all(|entry| entry.label != event.name) {
                plot.entry(Key::Mark(event.mark()), event.name);
            }
        }
    }
}
