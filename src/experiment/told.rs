//! What a comparison says, in words.

use super::compare::{Certainty, Compared, Selected};
use super::comparison::{Contrast, Verdict};
use crate::figures::written::{number, percent};

/// Which variants are better than the baseline by these contrasts of a measure, and which are not told apart from
/// it.
pub fn in_words(compared: &Compared, contrasts: &[&Contrast]) -> String {
    let baseline = &compared.cases[compared.baseline].name;
    let named = |verdict: Verdict| {
        let of_this = contrasts.iter().filter(|contrast| contrast.verdict == verdict);
        let names: Vec<&str> =
            of_this.map(|contrast| compared.cases[contrast.variant].name.as_str()).collect();
        names.join(", ")
    };
    let mut sentences = Vec::new();
    for verdict in [Verdict::Better, Verdict::Worse, Verdict::Higher, Verdict::Lower] {
        let names = named(verdict);
        if !names.is_empty() {
            sentences.push(format!("{} than {baseline}: {names}.", capital(verdict.words())));
        }
    }
    let names = named(Verdict::NoDifference);
    if !names.is_empty() {
        sentences.push(format!("No difference from {baseline} detected: {names}."));
    }
    sentences.join(" ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A p value to three decimals.
pub fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// Who was selected, how sure that is, and who left the race when, a line each.
pub fn selection(compared: &Compared, selected: &Selected) -> String {
    let name = &compared.cases[selected.variant].name;
    let measure = compared.measures[selected.terms.measure].to_string();
    let (probability, difference) =
        (percent(selected.terms.probability), number(selected.terms.difference, 6));
    let runs = compared.values[selected.variant].len();
    let how = match selected.standing {
        Certainty::Resolved => format!(
            "the best with probability {probability} or more, if it is better than the next by {difference}"
        ),
        Certainty::Tie => format!("as good as the best to within {difference}"),
        Certainty::Spent => "ahead, but not resolved: the replications are spent".to_owned(),
    };
    let text = format!(
        "Selected by {measure}: {name}, {how} (Kim and Nelson), after {runs} replications."
    );
    let left = compared.cases.iter().zip(&compared.values);
    let left: Vec<String> = left
        .filter(|(_, values)| values.len() < runs)
        .map(|(case, values)| format!("{} after {}", case.name, values.len()))
        .collect();
    if left.is_empty() { text } else { format!("{text}\nLeft the race: {}.", left.join(", ")) }
}
