//! The forest plot of a comparison: for each metric, by how much each alternative differs from the baseline on
//! the same customers, with the interval of that difference and the line of no difference.

use super::axis::Axis;
use super::drawing::Drawing;
use super::layout::{self, Heading};
use super::palette::{BLUE, Colour, Dash, GREY, INK, PALE_INK, Stroke, VERMILLION};
use super::picture::Anchor;
use super::plot::{Form, Item, Key, Mark, Note, Plot};
use super::quantity::unit_of_length;
use super::{ChartKind, Quantity};

/// What a difference says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The metric is better, or, where neither way is, higher or lower than chance would have it.
    Better,
    /// It is worse.
    Worse,
    /// It differs, and neither way is better.
    Different,
    /// None at all, where nothing is random.
    Same,
    /// No difference is detected: of many comparisons one may look like this by chance, also where its own
    /// interval leaves no difference out.
    Unclear,
}

impl Verdict {
    const ALL: [Self; 5] = [Self::Better, Self::Worse, Self::Different, Self::Same, Self::Unclear];
    /// Its name in the legend.
    const fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Different => "different",
            Self::Same => "the same",
            Self::Unclear => "may be chance",
        }
    }
    const fn mark(self) -> Mark {
        let (form, colour): (Form, Colour) = match self {
            Self::Better => (Form::Triangle, BLUE),
            Self::Worse => (Form::Wedge, VERMILLION),
            Self::Different => (Form::Diamond, INK),
            Self::Same => (Form::Square, INK),
            Self::Unclear => (Form::Disc, GREY),
        };
        Mark { form, radius: 5.0, colour }
    }
}

/// One alternative's difference.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestRow {
    /// The alternative.
    pub label: String,
    /// The mean of its paired differences from the baseline.
    pub difference: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Whether nothing is random in it, so that it has no interval.
    pub is_exact: bool,
    /// What that says.
    pub verdict: Verdict,
}

/// One metric.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestMetric {
    /// Its name, with what it is about if that is not the market.
    pub name: String,
    /// What its values are; of [`Quantity::Share`], differences are shown in percentage points.
    pub quantity: Quantity,
    /// Its unit in words, such as `USD` or `GPU-hours`; may be empty.
    pub unit: String,
    /// The alternatives, in the order of the comparison.
    pub rows: Vec<ForestRow>,
}

/// The forest plot of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    /// The comparison's name and size, for the line below the title.
    pub subtitle: String,
    /// What the alternatives are compared with.
    pub baseline: String,
    /// With which certainty the intervals hold the difference, 0 to 1.
    pub confidence: f64,
    /// For how many comparisons at once the verdicts hold, by which procedure; none if they are of each by itself.
    pub adjusted: Option<(u64, String)>,
    /// Who was selected, if anybody was: by its label, or the baseline.
    pub selected: Option<String>,
    /// The metrics, from the top.
    pub metrics: Vec<ForestMetric>,
}

const ROW: f64 = 26.0;
/// Where the values are written: right of the intervals.
const VALUES: f64 = 0.42;

impl Forest {
    /// The chart; none without metrics or alternatives.
    pub fn drawing(&self) -> Option<Drawing> {
        let of_metric = |metric| plot(metric, self.selected.as_deref());
        let plots: Vec<Plot> = self.metrics.iter().filter_map(of_metric).collect();
        if plots.is_empty() {
            return None;
        }
        let confidence = Quantity::Share.written(self.confidence);
        let rows = || self.metrics.iter().flat_map(|metric| &metric.rows);
        let with = match (rows().any(|row| row.is_exact), rows().all(|row| row.is_exact)) {
            (_, true) => ", exact".to_owned(),
            (true, false) => format!(", with {confidence} intervals where they are not exact"),
            (false, false) => format!(", with {confidence} intervals"),
        };
        let heading = Heading {
            name: ChartKind::Forest.word(),
            title: format!("Differences from {}{with}", self.baseline),
            subtitle: self.subtitle.clone(),
            note: self.note(&confidence),
        };
        Some(layout::drawing(&heading, with_legend(plots, &self.metrics)))
    }
    /// How intervals and verdicts go together, and who was selected.
    fn note(&self, confidence: &str) -> String {
        let selected = self.selected.as_ref().map(|name| format!("Selected: {name}."));
        let adjusted = self.adjusted.as_ref().map(|(count, by)| {
            format!("Each interval is of {confidence} by itself; verdicts (colours) hold for all {count} comparisons at once ({by}).")
        });
        selected.into_iter().chain(adjusted).collect::<Vec<_>>().join(" ")
    }
}

/// The verdicts that there are, beside the first plot.
fn with_legend(mut plots: Vec<Plot>, metrics: &[ForestMetric]) -> Vec<Plot> {
    let rows = || metrics.iter().flat_map(|metric| &metric.rows);
    for verdict in Verdict::ALL {
        if rows().any(|row| row.verdict == verdict) {
            plots[0].entry(Key::Mark(verdict.mark()), verdict.word());
        }
    }
    plots
}

fn plot(metric: &ForestMetric, selected: Option<&str>) -> Option<Plot> {
    if metric.rows.is_empty() {
        return None;
    }
    let name = |row: &ForestRow| match selected {
        Some(selected) if selected == row.label => format!("{} (selected)", row.label),
        _ => row.label.clone(),
    };
    let names: Vec<String> = metric.rows.iter().map(name).collect();
    let rows = f64::from(u32::try_from(names.len()).expect("few alternatives"));
    let unit = unit(metric);
    let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
    let mut x = axis(metric);
    // The values stand where the axis goes on without ticks.
    x.to += (x.to - x.from) * VALUES / (1.0 - VALUES);
    let height = rows * ROW + 6.0;
    let title = format!("{}{unit}", metric.name);
    let mut plot = Plot::new(&title, x, Axis::places("", &names, true), height);
    plot.upright(0.0, Stroke::new(INK, 1.2, Dash::Dashed));
    for (place, row) in (0_u32..).zip(&metric.rows) {
        add_row(&mut plot, metric, (f64::from(place) + 0.5, row));
    }
    Some(plot)
}

fn axis(metric: &ForestMetric) -> Axis {
    let ends = || metric.rows.iter().flat_map(|row| [row.low, row.high, row.difference]);
    let least = ends().fold(0.0, f64::min);
    let most = ends().fold(0.0, f64::max);
    let (factor, quantity) = scaled(metric);
    Axis::around("", quantity, (least * factor, most * factor), 5)
}

/// What seconds are multiplied by, and the unit they are then in: the one that suits the largest difference.
fn length(metric: &ForestMetric) -> (f64, &'static str) {
    let differences = metric.rows.iter().map(|row| row.difference.abs());
    unit_of_length(differences.fold(0.0, f64::max))
}

/// What differences are of, in words.
fn unit(metric: &ForestMetric) -> &str {
    match metric.quantity {
        Quantity::Share => "percentage points",
        Quantity::Duration | Quantity::Time => length(metric).1.trim_start(),
        Quantity::Count | Quantity::Dollars | Quantity::Number | Quantity::Place => &metric.unit,
    }
}

/// What differences are multiplied by, and what they are then.
fn scaled(metric: &ForestMetric) -> (f64, Quantity) {
    match metric.quantity {
        Quantity::Share => (100.0, Quantity::Number),
        // Signs are shown.
        Quantity::Duration | Quantity::Time => (length(metric).0, Quantity::Number),
        // Half a request may be a difference.
        Quantity::Count => (1.0, Quantity::Number),
        Quantity::Dollars | Quantity::Number | Quantity::Place => (1.0, metric.quantity),
    }
}

fn add_row(plot: &mut Plot, metric: &ForestMetric, (place, row): (f64, &ForestRow)) {
    let (factor, quantity) = scaled(metric);
    let (low, high) = (row.low * factor, row.high * factor);
    let at = row.difference * factor;
    let mark = row.verdict.mark();
    if !row.is_exact {
        plot.line(vec![(low, place), (high, place)], Stroke::new(mark.colour, 2.0, Dash::Solid));
        for end in [low, high] {
            let stroke = Stroke::new(mark.colour, 1.5, Dash::Solid);
            plot.line(vec![(end, place - 0.16), (end, place + 0.16)], stroke);
        }
    }
    plot.items.push(Item::Marks(vec![(at, place)], mark));
    let points = [(low, place), (at, place), (high, place)];
    let points = if row.is_exact { &points[1..2] } else { &points[..] };
    plot.tell(&row.label, mark.colour, (points, false));
    let ends = metric.rows.iter().flat_map(|row| [row.low.abs(), row.high.abs()]);
    let largest = ends.fold(0.0, f64::max) * factor;
    let signed = |value: f64| quantity.difference(value, largest);
    let text = if row.is_exact {
        signed(at)
    } else {
        format!("{}  ({} to {})", signed(at), signed(low), signed(high))
    };
    plot.items.push(Item::Note(Note {
        at: (plot.x.to, place),
        shift: (-4.0, 4.2),
        text,
        anchor: Anchor::End,
        colour: PALE_INK,
    }));
}
