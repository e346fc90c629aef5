//! Which list prices move in a scenario, how often, and between which bounds.

use crate::cli::print::{count, duration, table};
use crate::ids::{Id, ScopeId};
use crate::scenario::Scenario;
use crate::scenario::model::ActionKind;
use crate::scenario::prices::ListPriceChoice;
use crate::units::Money;

/// A row for each scope whose list price a policy moves; none if no price moves.
pub(super) fn moving(scenario: &Scenario) -> Option<String> {
    let rows = scenario.list_prices.iter().filter_map(|of| row(scenario, of));
    let rows: Vec<_> = rows.collect();
    let header = ["GPU type", "cloud", "list price by", "moves", "least", "highest"];
    (!rows.is_empty()).then(|| table(header, rows))
}

/// Whether any list price moves, by a policy or by the script.
pub(super) fn move_at_all(scenario: &Scenario) -> bool {
    let sets = |kind: &ActionKind| matches!(kind, ActionKind::SetPrice { price: Some(_), .. });
    scenario.list_prices.iter().any(|(_, choice)| *choice != ListPriceChoice::Fixed)
        || scenario.script.iter().any(|action| sets(&action.kind))
}

fn row(scenario: &Scenario, (id, choice): &(ScopeId, ListPriceChoice)) -> Option<[String; 6]> {
    let scope = &scenario.scopes[id.index()];
    let stated = scope.on_demand;
    let (moves, prices): (String, Vec<Money>) = match choice {
        ListPriceChoice::Fixed => return None,
        ListPriceChoice::TimeOfDay(day) => {
            let times = count(day.from.len().try_into().unwrap_or(u64::MAX));
            let prices = day.from.iter().map(|(_, factor)| factor.of(stated));
            (format!("{times} a day"), prices.collect())
        }
        ListPriceChoice::Utilization(terms) => {
            let bounds = vec![terms.floor.of(stated), stated, terms.cap.of(stated)];
            (format!("every {}", duration(terms.rule.interval)), bounds)
        }
        ListPriceChoice::Replayed(path) => {
            let within = path.rows.iter().take_while(|(from, _)| *from <= scenario.horizon);
            let prices: Vec<Money> = within.map(|(_, price)| *price).collect();
            let moves = prices.len().saturating_sub(1);
            (format!("{} in all", count(moves.try_into().unwrap_or(u64::MAX))), prices)
        }
        // What it will answer is its program's.
        ListPriceChoice::Own(_) => (String::new(), Vec::new()),
    };
    let shown = |price: Option<&Money>| price.map(Money::to_string).unwrap_or_default();
    Some([
        scenario.gpu_types[scope.gpu_type.index()].display_name.clone(),
        scope.cloud.word().to_owned(),
        choice.name().to_owned(),
        moves,
        shown(prices.iter().min()),
        shown(prices.iter().max()),
    ])
}
