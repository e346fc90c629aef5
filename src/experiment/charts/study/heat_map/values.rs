//! The values of an axis: numbers with a unit, in the order of their size, or words, in the order of the experiment.

/// The number of a value, and the unit that stands behind it.
fn parted(text: &str) -> Option<(f64, &str)> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    let (number, unit) = text.split_at(text.find(|c| !is_number(c)).unwrap_or(text.len()));
    Some((number.parse().ok()?, unit))
}

/// The number of a value.
pub(super) fn number(text: &str) -> Option<f64> {
    parted(text).map(|(number, _)| number)
}

/// The unit of all values, if all are numbers of one.
pub(super) fn unit(values: &[String]) -> Option<&str> {
    let mut units = values.iter().map(|value| Some(parted(value)?.1));
    let first = units.next()??;
    units.all(|unit| unit == Some(first)).then_some(first)
}

/// The values in the order of their size, if all are numbers of one unit; else as they are.
pub(super) fn in_order(mut values: Vec<String>) -> Vec<String> {
    if unit(&values).is_some() {
        values.sort_by(|one, other| {
            let of = |text: &str| number(text).unwrap_or_default();
            of(one).total_cmp(&of(other))
        });
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_unit_stand_in_order_and_others_as_they_are() {
        let ordered =
            |values: &[&str]| in_order(values.iter().map(|&value| value.into()).collect());
        assert_eq!(ordered(&["10", "9.5", "-1"]), ["-1", "9.5", "10"]);
        assert_eq!(ordered(&["6.76/h", "2.08/h"]), ["2.08/h", "6.76/h"]);
        assert_eq!(ordered(&["5s", "30s", "2m"]), ["5s", "30s", "2m"]);
        assert_eq!(ordered(&["pack", "best_fit"]), ["pack", "best_fit"]);
    }
}
