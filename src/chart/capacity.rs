//! The capacity curve of a plan: what is attained at each capacity, how well that is used, and what it costs, with
//! the target and the least capacity that meets it.

use super::axis::Axis;
use super::drawing::Drawing;
use super::layout::{self, Heading};
use super::palette::{BLUE, Dash, GREEN, INK, PALE_INK, Stroke, VERMILLION};
use super::picture::Anchor;
use super::plot::{Form, Item, Key, Mark, Note, Plot};
use super::{ChartKind, Quantity};

/// One capacity that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityPoint {
    /// The capacity.
    pub capacity: f64,
    /// What was attained, on average.
    pub attained: f64,
    /// The interval of that, if there is one.
    pub interval: Option<(f64, f64)>,
    /// How much of the capacity was used, 0 to 1.
    pub utilization: Option<f64>,
    /// What it costs, in USD.
    pub cost: Option<f64>,
}

/// The capacity curve of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityCurve {
    /// The plan's name and size, for the line below the title.
    pub subtitle: String,
    /// What the capacity is: `hosts`, `workers`, `GPUs`.
    pub capacity: String,
    /// What is asked for: `95 % of waits, minutes`, `requests placed`.
    pub attained: String,
    /// What its values are.
    pub quantity: Quantity,
    /// What is asked for at least, or at most.
    pub target: f64,
    /// Whether less is better: whether the target is a most.
    pub less_is_better: bool,
    /// What the cost is of: `cost, USD a month`.
    pub cost: String,
    /// The capacities that were tried, ascending.
    pub points: Vec<CapacityPoint>,
    /// The answer: the least capacity that meets the target, if one does.
    pub answer: Option<f64>,
}

const ANSWER: Stroke = Stroke::new(INK, 1.5, Dash::Dotted);
const TARGET: Stroke = Stroke::new(VERMILLION, 1.6, Dash::Dashed);

impl CapacityCurve {
    /// The chart; none without points.
    pub fn drawing(&self) -> Option<Drawing> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        let range = (first.capacity, last.capacity);
        let x = || Axis::around(&self.capacity, Quantity::Number, range, 10);
        let mut plots = vec![self.attainment(x())];
        let of = |value: fn(&CapacityPoint) -> Option<f64>| -> Vec<(f64, f64)> {
            let points = self.points.iter();
            points.filter_map(|point| Some((point.capacity, value(point)?))).collect()
        };
        let used = of(|point| point.utilization);
        if !used.is_empty() {
            let share = Mark { form: Form::Square, radius: 4.0, colour: GREEN };
            plots.push(self.beside(x(), ("utilization", Axis::share("in use")), (&used, share)));
        }
        let costs = of(|point| point.cost);
        if !costs.is_empty() {
            let most = costs.iter().map(|point| point.1).fold(0.0, f64::max);
            let y = Axis::from_zero(&self.cost, Quantity::Dollars, (0.0, most), 4);
            let cost = Mark { form: Form::Diamond, radius: 4.0, colour: INK };
            plots.push(self.beside(x(), ("cost", y), (&costs, cost)));
        }
        let last = plots.len() - 1;
        for plot in &mut plots[..last] {
            plot.shows_x = false;
        }
        let title = match self.answer {
            Some(answer) => format!(
                "{} = {} meets the target: {} {} {}",
                self.capacity,
                Quantity::Number.written(answer),
                self.attained,
                if self.less_is_better { "at most" } else { "at least" },
                self.quantity.written(self.target),
            ),
            None => format!("No number of {} that was tried meets the target", self.capacity),
        };
        let (name, subtitle) = (ChartKind::Capacity.word(), self.subtitle.clone());
        Some(layout::drawing(&Heading { name, title, subtitle }, plots))
    }

    /// What is attained, with intervals and the target.
    fn attainment(&self, x: Axis) -> Plot {
        let ends = |point: &CapacityPoint| {
            let (low, high) = point.interval.unwrap_or((point.attained, point.attained));
            [low, high]
        };
        let values = || self.points.iter().flat_map(ends).chain([self.target]);
        let least = values().fold(f64::INFINITY, f64::min);
        let most = values().fold(f64::NEG_INFINITY, f64::max);
        let y = Axis::around(&self.attained, self.quantity, (least, most), 5);
        let is_part = self.quantity == Quantity::Share && most <= 1.0;
        let y = if is_part { y.ended_at(1.0) } else { y };
        let mut plot = Plot::new("", x, y, 210.0);
        for point in &self.points {
            if let Some((from, to)) = point.interval {
                let stroke = Stroke::new(BLUE, 1.5, Dash::Solid);
                plot.line(vec![(point.capacity, from), (point.capacity, to)], stroke);
            }
        }
        plot.level(self.target, TARGET);
        let mark = Mark { form: Form::Disc, radius: 4.0, colour: BLUE };
        let points: Vec<_> = self.points.iter().map(|at| (at.capacity, at.attained)).collect();
        curve(&mut plot, "attained", (&points, mark));
        plot.entry(Key::Line(TARGET), &format!("target, {}", self.quantity.written(self.target)));
        self.mark_answer(&mut plot);
        if let Some(answer) = self.answer {
            plot.entry(Key::Line(ANSWER), &format!("answer, {}", Quantity::Number.written(answer)));
        }
        plot
    }

    /// What comes with it.
    fn beside(
        &self,
        x: Axis,
        (name, y): (&str, Axis),
        (points, mark): (&[(f64, f64)], Mark),
    ) -> Plot {
        let mut plot = Plot::new("", x, y, 90.0);
        curve(&mut plot, name, (points, mark));
        self.mark_answer(&mut plot);
        plot
    }

    fn mark_answer(&self, plot: &mut Plot) {
        let Some(answer) = self.answer else { return };
        plot.upright(answer, ANSWER);
        let at_answer = plot.series.iter().flat_map(|series| &series.points);
        let near = |point: &&(f64, f64)| (point.0 - answer).abs() < 1e-9;
        let Some(&at) = at_answer.clone().find(near) else { return };
        let text = plot.y.quantity.written(at.1);
        let (shift, anchor) = ((7.0, -7.0), Anchor::Start);
        plot.items.push(Item::Note(Note { at, shift, text, anchor, colour: PALE_INK }));
    }
}

fn curve(plot: &mut Plot, name: &str, (points, mark): (&[(f64, f64)], Mark)) {
    plot.tell(name, mark.colour, (points, false));
    plot.entry(Key::Mark(mark), name);
    plot.line(points.to_vec(), Stroke::new(mark.colour, 1.6, Dash::Solid));
    plot.items.push(Item::Marks(points.to_vec(), mark));
}
