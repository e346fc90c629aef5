//! Where revenue comes from, and where it goes: a waterfall from what was sold to what the platform keeps.

use super::ChartKind;
use super::axis::Axis;
use super::drawing::Drawing;
use super::layout;
use super::palette::{BLUE, Dash, Fill, GREEN, GREY, INK, PALE_INK, Stroke, VERMILLION};
use super::picture::Anchor;
use super::plot::{Item, Key, Note, Plot};
use super::quantity::Quantity;
use super::words::About;
use crate::journal::fact::{Book, Item as Sold, Kind, Posting};
use crate::units::Money;

const SOURCES: usize = 7;
const NAMES: [&str; SOURCES] = [
    "pods on demand",
    "spot pods",
    "savings plans",
    "serverless",
    "pods' storage",
    "network volumes",
    "public endpoints",
];

/// What was gathered: USD of each source, and what went to hosts.
#[derive(Clone, Debug, Default)]
pub(super) struct Revenue {
    sources: [Money; SOURCES],
    hosts: Money,
}

impl Revenue {
    /// Money moved; `kind`: how the pod is rented that it is about, if it is a pod's.
    pub(super) fn post(&mut self, posting: &Posting, kind: Option<Kind>) {
        let source = match posting.item {
            Sold::Compute => match kind {
                Some(Kind::Spot { .. }) => 1,
                Some(Kind::OnDemand | Kind::Serverless) | None => 0,
            },
            // A purchase is no revenue yet (PLAN-02).
            Sold::SavingsPlan if posting.credit == Book::Revenue => 2,
            Sold::SavingsPlan => return,
            Sold::ServerlessCompute | Sold::ServerlessDisk => 3,
            Sold::ContainerDisk | Sold::Volume => 4,
            Sold::NetworkVolume => 5,
            Sold::PublicEndpoint => 6,
            Sold::HostPayout => {
                self.hosts += posting.amount;
                return;
            }
            Sold::Deposit | Sold::AutoPay | Sold::Adjustment => return,
        };
        self.sources[source] += posting.amount;
    }
    /// All of it.
    pub(super) fn total(&self) -> Money {
        self.sources.iter().copied().sum()
    }

    /// The chart; none if nothing was sold.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let total = self.total();
        if total.is_zero() {
            return None;
        }
        let mut bars: Vec<Bar> = Vec::new();
        let mut sum = Money::ZERO;
        for (name, amount) in NAMES.into_iter().zip(self.sources) {
            if !amount.is_zero() {
                bars.push(Bar { name, from: sum, to: sum + amount, fill: Fill::plain(GREEN) });
                sum += amount;
            }
        }
        let platform = total - self.hosts;
        bars.push(Bar { name: "revenue", from: Money::ZERO, to: total, fill: Fill::plain(BLUE) });
        if !self.hosts.is_zero() {
            let fill = Fill::hatched(VERMILLION, INK);
            bars.push(Bar { name: "to hosts", from: total, to: platform, fill });
            let fill = Fill::plain(BLUE);
            bars.push(Bar { name: "to the platform", from: Money::ZERO, to: platform, fill });
        }
        let title = format!(
            "Revenue of {}, {} of it to hosts, {}",
            Quantity::Dollars.written(total.as_dollars_f64()),
            Quantity::Share.written(self.hosts.as_dollars_f64() / total.as_dollars_f64()),
            about.counted(),
        );
        Some(layout::drawing(&about.heading(ChartKind::Revenue, title), vec![plot(&bars)]))
    }
}

struct Bar {
    name: &'static str,
    from: Money,
    to: Money,
    fill: Fill,
}

fn plot(bars: &[Bar]) -> Plot {
    let ends = || bars.iter().flat_map(|bar| [bar.from, bar.to]).map(Money::as_dollars_f64);
    let (least, most) = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
    let x = Axis::from_zero("USD", Quantity::Dollars, (least, most * 1.12), 8);
    let x = x.ended_at(most * 1.12);
    let names: Vec<String> = bars.iter().map(|bar| bar.name.to_owned()).collect();
    let rows = f64::from(u32::try_from(bars.len()).expect("few bars"));
    let mut plot = Plot::new("", x, Axis::places("", &names, true), rows * 34.0);
    for (row, bar) in (0_u32..).zip(bars) {
        let (top, middle, bottom) =
            (f64::from(row) + 0.16, f64::from(row) + 0.5, f64::from(row) + 0.84);
        let (from, to) = (bar.from.as_dollars_f64(), bar.to.as_dollars_f64());
        plot.items.push(Item::Box((from, top), (to, bottom), bar.fill));
        if usize::try_from(row).is_ok_and(|row| row + 1 < bars.len()) {
            let stroke = Stroke::new(GREY, 1.0, Dash::Dotted);
            plot.line(vec![(to, bottom), (to, bottom + 0.32)], stroke);
        }
        plot.items.push(Item::Note(Note {
            at: (from.max(to), middle),
            shift: (7.0, 4.2),
            text: Quantity::Dollars.written(to - from),
            anchor: Anchor::Start,
            colour: PALE_INK,
        }));
        plot.tell(bar.name, bar.fill.colour, (&[(from, middle), (to, middle)], false));
    }
    plot.entry(Key::Fill(Fill::plain(GREEN)), "what was sold");
    plot.entry(Key::Fill(Fill::plain(BLUE)), "sums");
    if bars.iter().any(|bar| bar.to < bar.from) {
        plot.entry(Key::Fill(Fill::hatched(VERMILLION, INK)), "paid out");
    }
    plot
}
