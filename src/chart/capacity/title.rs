//! What a capacity curve says in its title.

use super::super::Quantity;
use super::super::words::listed;
use super::{CapacityCurve, CapacityPoint, Judged};

impl CapacityCurve {
    /// The answer, or what there is instead of one.
    pub(super) fn title(&self) -> String {
        let target = format!(
            "{} {} {}",
            self.attained,
            if self.less_is_better { "at most" } else { "at least" },
            self.told(self.target)
        );
        if let Some(answer) = self.answer {
            let answer = self.value(answer);
            return format!("{} = {answer} meets the target: {target}", self.capacity);
        }
        let all = |judged: Judged| -> Vec<String> {
            let of_these = self.points.iter().filter(|point| point.judged == judged);
            of_these.map(|point: &CapacityPoint| self.value(point.capacity)).collect()
        };
        let (met, unsure) = (all(Judged::Meets), all(Judged::Unsure));
        if !met.is_empty() {
            let places = listed(&met);
            return format!(
                "{} meets the target at {places}, but not from some value on: {target}",
                self.capacity
            );
        }
        let known = if unsure.is_empty() { "meets" } else { "is known to meet" };
        format!("No value of {} that was tried {known} the target: {target}", self.capacity)
    }
    /// A capacity with its unit.
    pub(super) fn value(&self, capacity: f64) -> String {
        format!("{}{}", Quantity::Number.written(capacity), self.capacity_unit)
    }
    /// What is attained, with its unit.
    pub(super) fn told(&self, attained: f64) -> String {
        let space = if self.unit.is_empty() { "" } else { " " };
        format!("{}{space}{}", self.quantity.written(attained), self.unit)
    }
}
