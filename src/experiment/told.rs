//! What a comparison says, in words.

use super::compare::{Certainty, Compared, Selected};
use super::comparison::{Contrast, Verdict};
use super::interval::Sample;
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

/// The adjusted p value of a contrast, or `exact`.
pub fn p_of(contrast: &Contrast) -> String {
    match contrast.p_adjusted {
        Some(p) => p_value(p),
        None if contrast.is_exact => "exact".to_owned(),
        None => String::new(),
    }
}

/// How many contrasts are tested.
pub fn tested(contrasts: &[Contrast]) -> usize {
    contrasts.iter().filter(|contrast| contrast.p_value.is_some()).count()
}

/// What common random numbers have saved, on average over contrasts of which something differs; none where it is nothing,
/// as it is where one of two does not vary.
pub fn pairing(contrasts: &[Contrast]) -> Option<String> {
    let that_differ = contrasts.iter().filter(|contrast| !contrast.paired.is_the_same());
    let saved: Sample =
        that_differ.filter_map(|contrast| contrast.paired.variance_saved()).collect();
    let saved = saved.mean().filter(|saved| 0.0005 <= saved.abs())?;
    let (does, share) = if saved < 0.0 { ("added", -saved) } else { ("saved", saved) };
    Some(format!(
        "The same random numbers for all variants {does} {} of the variance of a difference, on average.",
        percent(share)
    ))
}

/// What has to be known of contrasts that are not as the others.
pub fn caveats(compared: &Compared, contrasts: &[Contrast]) -> Vec<String> {
    let mut caveats = Vec::new();
    if compared.selected.is_some() {
        caveats.push(
            "After a race, each mean is over as many replications as its variant has run, and each difference over those \
             that both have: so a difference need not be that of the means. How many there are was decided by what came out; \
             intervals and p values take no account of that (optional stopping) and claim too much. What the race \
             promises is its selection."
                .to_owned(),
        );
    }
    if contrasts.iter().any(|contrast| contrast.is_exact) {
        caveats.push(
            "Exact: the replications of either variant are alike in every figure, so that nothing in these runs is random. Such \
             a difference is no sample of others, so it has no p value, and it says nothing of other days, nor of what random \
             events might do that these runs did not meet."
                .to_owned(),
        );
    }
    let by_sign = |contrast: &Contrast| {
        contrast.p_value.is_some() && contrast.paired.difference.is_constant()
    };
    if contrasts.iter().any(by_sign) {
        caveats.push(
            "Where a difference is the same in all replications (± 0), these do not tell how it varies: its p value is of the \
             sign test, by the number of replications alone."
                .to_owned(),
        );
    }
    caveats
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
