//! The capacity curve of a plan: what is attained at each capacity, how well that is used, and what it costs, with
//! the target and the capacity that was sought.

mod title;

use super::axis::Axis;
use super::drawing::Drawing;
use super::layout::{self, Heading};
use super::palette::{BLUE, Dash, GREEN, GREY, INK, PALE_INK, Stroke, VERMILLION};
use super::picture::Anchor;
use super::plot::{Form, Item, Key, Mark, Note, Plot};
use super::{ChartKind, Quantity};

/// A mean, and its interval, if there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The mean.
    pub mean: f64,
    /// The interval.
    pub interval: Option<(f64, f64)>,
}

/// What is known of a capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It meets the target, with the confidence that was asked for.
    Meets,
    /// It does not, likewise.
    Fails,
    /// That cannot be told.
    Unsure,
}

impl Judged {
    const ALL: [Self; 3] = [Self::Meets, Self::Fails, Self::Unsure];
    /// Its name in the legend.
    const fn word(self) -> &'static str {
        match self {
            Self::Meets => "meets the target",
            Self::Fails => "fails it",
            Self::Unsure => "cannot be told",
        }
    }
    const fn mark(self) -> Mark {
        let (form, colour) = match self {
            Self::Meets => (Form::Disc, BLUE),
            Self::Fails => (Form::Wedge, VERMILLION),
            Self::Unsure => (Form::Diamond, GREY),
        };
        Mark { form, radius: 4.5, colour }
    }
}

/// One capacity that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityPoint {
    /// The capacity.
    pub capacity: f64,
    /// What was attained.
    pub attained: Measured,
    /// What that says of the target.
    pub judged: Judged,
    /// How much of the capacity was used, 0 to 1.
    pub utilization: Option<Measured>,
    /// What it costs, in USD.
    pub cost: Option<Measured>,
}

/// The capacity curve of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityCurve {
    /// The plan's name and size, for the line below the title.
    pub subtitle: String,
    /// What the capacity is: `hosts`, `workers`, `GPUs`.
    pub capacity: String,
    /// What stands behind its values, such as `/h`; may be empty.
    pub capacity_unit: String,
    /// What is asked for: `95 % of waits`, `requests placed`.
    pub attained: String,
    /// What its values are.
    pub quantity: Quantity,
    /// Their unit in words, where that does not say it; may be empty.
    pub unit: String,
    /// What is asked for at least, or at most.
    pub target: f64,
    /// Whether less is better: whether the target is a most.
    pub less_is_better: bool,
    /// What the cost is of: `cost, USD a month`.
    pub cost: String,
    /// The capacities that were tried, ascending.
    pub points: Vec<CapacityPoint>,
    /// The answer: the capacity that was sought, if there is one.
    pub answer: Option<f64>,
}

const ANSWER: Stroke = Stroke::new(INK, 1.5, Dash::Dotted);
const TARGET: Stroke = Stroke::new(VERMILLION, 1.6, Dash::Dashed);
/// From so many times the target on, lengths of time lie by their logarithm, so that the target is seen.
const FAR: f64 = 20.0;
/// How high the letters of a note are, in pixels.
const LETTER: f64 = 9.0;

type Means = Vec<(f64, Measured)>;

impl CapacityCurve {
    /// The chart; none without points.
    pub fn drawing(&self) -> Option<Drawing> {
        let x = self.across()?;
        let mut plots = vec![self.attainment(x.clone())];
        let used = self.means(|point| point.utilization);
        if !used.is_empty() {
            let mark = Mark { form: Form::Square, radius: 4.0, colour: GREEN };
            let y = Axis::share("in use");
            plots.push(self.beside(x.clone(), ("utilization", y), (&used, mark)));
        }
        let costs = self.means(|point| point.cost);
        if !costs.is_empty() {
            let most = costs.iter().map(|(_, cost)| ends(cost)[1]).fold(0.0, f64::max);
            let y = Axis::from_zero(&self.cost, Quantity::Dollars, (0.0, most), 4);
            let mark = Mark { form: Form::Diamond, radius: 4.0, colour: INK };
            plots.push(self.beside(x, ("cost", y), (&costs, mark)));
        }
        let last = plots.len() - 1;
        for plot in &mut plots[..last] {
            plot.shows_x = false;
        }
        let (name, subtitle) = (ChartKind::Capacity.word(), self.subtitle.clone());
        let (title, note) = (self.title(), String::new());
        Some(layout::drawing(&Heading { name, title, subtitle, note }, plots))
    }

    /// The axis of capacities: of whole ones, with whole ticks.
    fn across(&self) -> Option<Axis> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        let is_whole = |point: &CapacityPoint| point.capacity.fract() == 0.0;
        let all = self.points.iter().all(is_whole);
        let quantity = if all { Quantity::Count } else { Quantity::Number };
        let unit = self.capacity_unit.trim();
        let comma = if unit.is_empty() { "" } else { ", " };
        let label = format!("{}{comma}{unit}", self.capacity);
        Some(Axis::around(&label, quantity, (first.capacity, last.capacity), 10))
    }
    fn means(&self, of: impl Fn(&CapacityPoint) -> Option<Measured>) -> Means {
        let points = self.points.iter();
        points.filter_map(|point| Some((point.capacity, of(point)?))).collect()
    }
    /// The axis of what is attained: it holds the intervals and the target, and of shares nothing that there is not.
    fn upwards(&self) -> Axis {
        let values =
            || self.points.iter().flat_map(|point| ends(&point.attained)).chain([self.target]);
        let least = values().fold(f64::INFINITY, f64::min);
        let most = values().fold(f64::NEG_INFINITY, f64::max);
        // The target does not lie on the lower edge.
        let least = least.min(self.target - (most - least) * 0.05);
        let comma = if self.unit.is_empty() { "" } else { ", " };
        let label = format!("{}{comma}{}", self.attained, self.unit);
        match self.quantity {
            Quantity::Share => {
                let axis = Axis::around(&label, self.quantity, (least.max(0.0), most.min(1.0)), 5);
                let end = axis.to.min(1.0);
                axis.ended_at(end)
            }
            Quantity::Duration if 0.0 < self.target && FAR * self.target < most => {
                Axis::durations(&label, (self.target / FAR, most))
            }
            // An interval may reach below nothing, what it is of cannot.
            Quantity::Duration | Quantity::Time | Quantity::Count => {
                Axis::around(&label, self.quantity, (least.max(0.0), most), 5)
            }
            Quantity::Dollars | Quantity::Number | Quantity::Place => {
                Axis::around(&label, self.quantity, (least, most), 5)
            }
        }
    }

    /// What is attained, with intervals and the target.
    fn attainment(&self, x: Axis) -> Plot {
        let mut plot = Plot::new("", x, self.upwards(), 210.0);
        plot.level(self.target, TARGET);
        let attained = self.means(|point| Some(point.attained));
        curve(&mut plot, "attained", (&attained, BLUE));
        for judged in Judged::ALL {
            let of_these = self.points.iter().filter(|point| point.judged == judged);
            let places: Vec<(f64, f64)> =
                of_these.map(|point| (point.capacity, point.attained.mean)).collect();
            if !places.is_empty() {
                plot.entry(Key::Mark(judged.mark()), judged.word());
                plot.items.push(Item::Marks(places, judged.mark()));
            }
        }
        plot.entry(Key::Line(TARGET), &format!("target, {}", self.told(self.target)));
        self.mark_answer(&mut plot, Some(self.target));
        if let Some(answer) = self.answer {
            plot.entry(Key::Line(ANSWER), &format!("answer, {}", self.value(answer)));
        }
        plot
    }

    /// What comes with it.
    fn beside(
        &self,
        x: Axis,
        (name, y): (&str, Axis),
        (points, mark): (&[(f64, Measured)], Mark),
    ) -> Plot {
        let mut plot = Plot::new("", x, y, 90.0);
        curve(&mut plot, name, (points, mark.colour));
        plot.entry(Key::Mark(mark), name);
        let places = points.iter().map(|(capacity, of)| (*capacity, of.mean));
        plot.items.push(Item::Marks(places.collect(), mark));
        self.mark_answer(&mut plot, None);
        plot
    }

    /// The line of the answer, and what was found there: beside the curve, within the plot, off the line at `level`.
    fn mark_answer(&self, plot: &mut Plot, level: Option<f64>) {
        let Some(answer) = self.answer else { return };
        plot.upright(answer, ANSWER);
        let Some(points) = plot.series.first().map(|series| &series.points) else { return };
        let near = |point: &(f64, f64)| (point.0 - answer).abs() < 1e-9;
        let Some(index) = points.iter().position(near) else { return };
        let at = points[index];
        let leftwards = 0.85 < plot.x.share_at(answer);
        let next = if leftwards { index.checked_sub(1) } else { Some(index + 1) };
        let next = next.and_then(|next| points.get(next));
        let rises = next.is_some_and(|next| at.1 < next.1);
        let down = downwards(plot, (at.1, rises), level);
        let (shift, anchor) =
            if leftwards { ((-7.0, down), Anchor::End) } else { ((7.0, down), Anchor::Start) };
        let text = plot.y.quantity.written(at.1);
        plot.items.push(Item::Note(Note { at, shift, text, anchor, colour: PALE_INK }));
    }
}

/// How far below the value `at` the baseline of its note lies, in pixels: off the curve, which may rise beyond, and
/// off the line at `level`, and hardly beyond the plot.
fn downwards(plot: &Plot, (at, rises): (f64, bool), level: Option<f64>) -> f64 {
    let height = plot.y.share_at(at);
    let above = (1.0 - height) * plot.height;
    let line = level.map(|level| (height - plot.y.share_at(level)) * plot.height);
    let is_off = |down: &f64| {
        let (top, bottom) = (down - LETTER - 2.0, down + 4.0);
        line.is_none_or(|line| line < top || bottom < line)
    };
    let is_within = |down: &f64| -above - 6.0 <= down - LETTER && *down <= height * plot.height;
    let places = if rises { [17.0, -7.0, 34.0, -24.0] } else { [-7.0, 17.0, -24.0, 34.0] };
    let free = places.into_iter().filter(is_within).find(is_off);
    free.unwrap_or(if 0.9 < height { 17.0 } else { -7.0 })
}

/// The lower and the upper end of what is known.
fn ends(of: &Measured) -> [f64; 2] {
    let (low, high) = of.interval.unwrap_or((of.mean, of.mean));
    [low, high]
}

/// The line through the means, and their intervals.
fn curve(
    plot: &mut Plot,
    name: &str,
    (points, colour): (&[(f64, Measured)], super::palette::Colour),
) {
    let means: Vec<(f64, f64)> = points.iter().map(|(at, of)| (*at, of.mean)).collect();
    plot.tell(name, colour, (&means, false));
    for (at, of) in points {
        let [low, high] = ends(of);
        if low < high {
            plot.line(vec![(*at, low), (*at, high)], Stroke::new(colour, 1.5, Dash::Solid));
        }
    }
    plot.line(means, Stroke::new(colour, 1.6, Dash::Solid));
}
