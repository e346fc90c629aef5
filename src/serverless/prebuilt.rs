//! What jobs on the platform's own endpoints cost (AIE-03 to AIE-07).

use crate::ids::EndpointId;
use crate::journal::fact::{Book, Item, RequestStatus, Subject, Usage};
use crate::scenario::model::serverless::Basis;
use crate::scenario::rules::serverless::{AiModel, ServerlessRules};
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};
use crate::world::endpoint::jobs::Job;

/// AIE-06. A job has ended, that was in hand since `started`, or in nobody's: its caller pays, if it was completed. The
/// charge is made whole, and may bring the balance below zero (AIE-07).
pub(super) fn charge(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    job: &Job,
    (status, started): (RequestStatus, Option<SimTime>),
) {
    let rules = &turn.scenario.rules.serverless;
    let Some(model) = turn.world.endpoints[endpoint].model else { return };
    let Some(model) = rules.ai_models.get(model) else { return };
    if status != RequestStatus::Completed && !rules.ai_charge_unfinished {
        return;
    }
    // AIE-03. Time in the queue costs nothing.
    let Some(started) = started else { return };
    let unit = rules.ai_unit;
    let units = (turn.now - started).micros().div_ceil(unit.micros().max(1));
    let amount = match model.basis {
        Basis::Execution => of_execution(turn, (rules, model), units),
        Basis::Request(price) => price,
        Basis::Output { price, per } => {
            let nanos = price.nanos() * i128::from(job.output_units);
            Money::from_nanos(nanos.div_euclid(i128::from(per.max(1))))
        }
    };
    if amount.is_zero() {
        return;
    }
    let subject = Subject::Endpoint(endpoint);
    let periods = i64::try_from(units).unwrap_or(i64::MAX);
    let usage = Some(Usage { subject, quantity: 1, unit, periods });
    let books = (Book::Customer(job.account), Book::Revenue);
    turn.book(Some(job.account), Item::PublicEndpoint, usage, books, amount);
    turn.touch(job.account);
}

/// AIE-03. `floor(p × t)`, t so many slices.
fn of_execution(
    turn: &Turn<'_, '_>,
    (rules, model): (&ServerlessRules, &AiModel),
    units: u64,
) -> Money {
    let price = model.price_per_second.unwrap_or_else(|| {
        let class = rules.classes.iter().position(|class| class.name == model.class);
        let flex = class.map_or(Money::ZERO, |class| turn.world.workers.prices[class].0);
        flex.times(rules.ai_markup)
    });
    let micros = i128::from(units) * i128::from(rules.ai_unit.micros());
    let second = i128::from(Span::from_seconds(1).micros());
    Money::from_nanos((price.nanos() * micros).div_euclid(second))
}
