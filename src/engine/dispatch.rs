//! One match, one line per event: the one handler that owns it.

use super::Engine;
use crate::agenda::{Class, Event};
use crate::customers;
use crate::hosts::{departure, is_there, listing, maintenance};
use crate::journal::Fact;
use crate::market::rent::round;
use crate::market::{
    displace, funds, image, list_price, moving, place, plans, price, rent, spot, start, stop,
};
use crate::script;
use crate::serverless::{self, Serverless};
use crate::turn::Turn;
use crate::units::SimTime;
use crate::world::waiting::lanes::Queue;

/// Hands an event to its handler.
#[expect(clippy::wildcard_enum_match_arm, reason = "one line for all that is of endpoints")]
pub(super) fn dispatch(engine: &mut Engine<'_, '_>, event: Event) {
    let turn = &mut engine.turn;
    match event {
        Event::Act(action) => script::act(turn, action),
        Event::CustomerArrives(segment) => {
            let (customers, turn) = engine.customers();
            customers.arrive(turn, segment);
        }
        Event::JobActs { .. }
        | Event::JobLooks { .. }
        | Event::JobDeadline(_)
        | Event::JobBudget(_)
        | Event::CustomerReturns(_)
        | Event::DepositDue(_) => of_customer(engine, event),
        Event::HostsFail(failure) => engine.failures.fail(&mut engine.turn, failure),
        Event::HostsReturn(failure) => engine.failures.end(&mut engine.turn, failure),
        Event::HostDeparts(_)
        | Event::HostDelists(_)
        | Event::MaintenanceBegins(_)
        | Event::MaintenanceEnds(_)
        | Event::HostVetted(_)
        | Event::HostRelists { .. } => of_host(turn, event),
        Event::ProviderInvited(_)
        | Event::ProviderReviews(_)
        | Event::ProviderAsks(_)
        | Event::ProviderRetires(_) => of_provider(engine, event),
        Event::WorkDone { pod, epoch } => stop::work_done(turn, pod, epoch),
        Event::GraceOver { pod, epoch } => displace::grace_over(turn, pod, epoch),
        Event::LongestRun { pod, rental } => displace::longest_run(turn, pod, rental),
        Event::HandOver { pod, epoch } => place::hand_over(turn, pod, epoch),
        Event::DataCopied { pod, epoch } => moving::data_copied(turn, pod, epoch),
        Event::ImagePulled { pod, epoch } => start::image_pulled(turn, pod, epoch),
        Event::Pulled { host, number } => image::pulled(turn, host, number),
        Event::ContainerUp { pod, epoch } => start::container_up(turn, pod, epoch),
        Event::RequestArrives(source) => engine.serverless.arrive(turn, source),
        Event::JobDone { endpoint, job, epoch } => {
            serverless::jobs::done(turn, endpoint, (job, epoch));
        }
        Event::PatienceOver { pod, epoch } => rent::patience_over(turn, pod, epoch),
        Event::FundsCheck(account) => funds::plan::funds_check(turn, account),
        Event::Drain(account) => funds::drain(turn, account),
        Event::Payment(account) => funds::payment(turn, account),
        Event::DrainedPayment(account) => funds::drained_payment(turn, account),
        Event::HoldOver(account) => funds::hold_over(turn, account),
        Event::PlanExpires(plan) => plans::expire(turn, plan),
        Event::PlanWanted(account) => customers::plans::buy(turn, account),
        Event::PostPrices => spot::post_prices(turn),
        Event::SpotPriceMoves(scope) => spot::follow_record(turn, scope),
        Event::MoveReserves => spot::move_reserves(turn),
        Event::AskRound => round::run(turn, Queue::OnDemand),
        Event::BidRound => round::run(turn, Queue::Spot),
        Event::ListPriceDue(scope) => list_price::due(turn, scope),
        Event::Publish => price::publish(turn),
        Event::Statement => {
            engine.statement();
            let every = engine.turn.rules().statement_every;
            engine.repeat(every, Class::Statement, Event::Statement);
        }
        Event::WarmUpEnds => end_warm_up(engine),
        Event::Sample => sample(engine),
        Event::Horizon => engine.end(),
        // All that is left is of endpoints.
        _ => serverless::due(turn, event),
    }
}

/// Class 12: statistics begin here.
fn end_warm_up(engine: &mut Engine<'_, '_>) {
    // Without a warm-up they begin at 0, and nothing has to be settled for them.
    if engine.turn.now != SimTime::ZERO {
        engine.statement();
    }
    engine.turn.state(Fact::WarmUpEnded);
}

/// Class 12: whoever samples looks now, and again when it is time.
fn sample(engine: &mut Engine<'_, '_>) {
    Serverless::sample(&mut engine.turn);
    engine.turn.state(Fact::Sampled);
    let every = engine.turn.scenario.sample_every;
    engine.repeat(every, Class::Sample, Event::Sample);
}

/// What customers do beside asking for pods.
#[cold]
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for such events")]
fn of_customer(engine: &mut Engine<'_, '_>, event: Event) {
    let (customers, turn) = engine.customers();
    match event {
        Event::JobActs { job, decision } => customers.act(turn, job, decision),
        Event::JobLooks { job, look } => customers.look(turn, job, look),
        Event::JobDeadline(job) => customers.deadline(turn, job),
        Event::JobBudget(job) => customers.budget_spent(turn, job),
        Event::CustomerReturns(account) => customers.come_back(turn, account),
        Event::DepositDue(account) => customers.deposit(turn, account),
        _ => {}
    }
}

/// What a provider does.
#[cold]
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for events of providers")]
fn of_provider(engine: &mut Engine<'_, '_>, event: Event) {
    let Engine { turn, providers, failures, .. } = engine;
    match event {
        Event::ProviderInvited(supply) => providers.invite(turn, failures, supply),
        Event::ProviderReviews(host) => providers.review(turn, host),
        Event::ProviderAsks(host) => providers.ask(turn, host),
        Event::ProviderRetires(host) => providers.retire(turn, host),
        _ => {}
    }
}

/// What was announced or expected of a host comes to nothing if it has left.
#[cold]
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for events of hosts")]
fn of_host(turn: &mut Turn<'_, '_>, event: Event) {
    match event {
        Event::HostDeparts(host) if is_there(turn, host) => departure::depart(turn, host),
        Event::HostDelists(host) if is_there(turn, host) => listing::delist_for_notice(turn, host),
        Event::MaintenanceBegins(host) if is_there(turn, host) => maintenance::begin(turn, host),
        Event::MaintenanceEnds(host) if is_there(turn, host) => maintenance::end(turn, host),
        Event::HostVetted(host) if is_there(turn, host) => listing::vetted(turn, host),
        Event::HostRelists { host, outages } if is_there(turn, host) => {
            listing::relist(turn, host, outages);
        }
        _ => {}
    }
}
