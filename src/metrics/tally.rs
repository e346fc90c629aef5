//! What platform, customers and hosts got, subject by subject: money, demand, waits, work.
//!
//! A rental counts, with all that it came to, if it was requested after the warm-up, and it is
//! counted when it ends; so a run's last rentals count as they stand at the horizon. Money that moves
//! counts if it is posted after the warm-up: every account is settled at its end (GEN-09), so nothing
//! of the warm-up is posted later.

use super::plans::Plans;
use super::subject::Breakdown::{Account, Market, Money as OfMoney, Rental as OfRental, Request};
use super::summary::{Reading, Value};
use super::waits::Waits;
use crate::journal::fact::{EndReason, Item, JobEnd, JobEnded, Posting, Refusal, RentalEnd};
use crate::journal::rentals::Rental;
use crate::units::{GpuTime, Money, SimTime, Span};

/// What was gathered about one subject.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) measured: Span,
    revenue: Money,
    pub(super) host_earnings: Money,
    deposits: Money,
    requests: u64,
    refused_outright: u64,
    rejected: u64,
    rejected_for: [u64; WHY.len()],
    waiting_at_end: u64,
    abandoned: u64,
    completed: u64,
    preemptions: u64,
    waits: Waits,
    useful: GpuTime,
    lost: GpuTime,
    overhead: GpuTime,
    rejected_work: GpuTime,
    abandoned_work: GpuTime,
    paid: Money,
    surplus: Money,
    welfare: Money,
    stops_for_funds: u64,
    removals_for_funds: u64,
    pub(super) plans: Plans,
}

impl Tally {
    /// A posting of use, or a payout (GEN-12).
    pub(super) fn post(&mut self, posting: &Posting) {
        match posting.item {
            Item::Compute
            | Item::ContainerDisk
            | Item::Volume
            | Item::NetworkVolume
            | Item::ServerlessCompute
            | Item::ServerlessDisk
            | Item::PublicEndpoint => {
                self.revenue += posting.amount;
            }
            Item::SavingsPlan => self.plans.post(posting),
            Item::HostPayout => self.host_earnings += posting.amount,
            Item::Deposit | Item::AutoPay | Item::Adjustment => self.deposits += posting.received(),
        }
    }
    /// Adds what was gathered about others.
    pub(super) fn add(&mut self, other: &Self) {
        self.revenue += other.revenue;
        self.host_earnings += other.host_earnings;
        self.deposits += other.deposits;
        self.requests += other.requests;
        self.refused_outright += other.refused_outright;
        self.rejected += other.rejected;
        for (sum, more) in self.rejected_for.iter_mut().zip(other.rejected_for) {
            *sum += more;
        }
        self.waiting_at_end += other.waiting_at_end;
        self.abandoned += other.abandoned;
        self.completed += other.completed;
        self.preemptions += other.preemptions;
        self.waits.add(&other.waits);
        self.useful += other.useful;
        self.lost += other.lost;
        self.overhead += other.overhead;
        self.rejected_work += other.rejected_work;
        self.abandoned_work += other.abandoned_work;
        self.paid += other.paid;
        self.surplus += other.surplus;
        self.welfare += other.welfare;
        self.stops_for_funds += other.stops_for_funds;
        self.removals_for_funds += other.removals_for_funds;
        self.plans.add(&other.plans);
    }
    /// An account was stopped for funds (BILL-10).
    pub(super) fn stop_for_funds(&mut self) {
        self.stops_for_funds += 1;
    }
    /// A drained account lost its pods (BILL-13).
    pub(super) fn remove_for_funds(&mut self) {
        self.removals_for_funds += 1;
    }
    /// A request was refused before it was a rental (POD-22).
    pub(super) fn refuse_outright(&mut self) {
        self.refused_outright += 1;
    }
    /// A rental that counts, of so much work, is refused for this reason. Not every rental that ends
    /// without GPUs is: who waits for a host may be stopped for funds (BILL-10).
    pub(super) fn reject(&mut self, reason: Refusal, work: GpuTime) {
        self.rejected += 1;
        self.rejected_work += work;
        if let Some(index) = WHY.iter().position(|why| *why == reason) {
            self.rejected_for[index] += 1;
        }
    }
    /// A rental that counts has ended, or stands at the horizon.
    pub(super) fn end_rental(&mut self, rental: &Rental, end: &RentalEnd, horizon: SimTime) {
        self.requests += 1;
        if let Some(placed) = rental.placed {
            self.waits.record(placed - rental.requested, horizon);
        }
        let work = rental.asked.work.unwrap_or_default();
        match end.reason {
            EndReason::Completed => self.completed += 1,
            EndReason::Abandoned => {
                self.abandoned += 1;
                self.abandoned_work += work;
            }
            EndReason::Alive if rental.placed.is_none() => self.waiting_at_end += 1,
            EndReason::Stopped
            | EndReason::Terminated
            | EndReason::Outbid
            | EndReason::DisplacedByOnDemand
            | EndReason::HostDown
            | EndReason::NoFunds
            | EndReason::SpendingLimit
            | EndReason::Rejected
            | EndReason::Alive => {}
        }
        self.preemptions += u64::from(end.preemptions);
        self.useful += end.useful;
        self.lost += end.lost;
        self.paid += end.paid();
        self.gain(rental, end);
    }
    /// Checkpoints and restarts of a rental that counts took so much.
    pub(super) fn add_overhead(&mut self, overhead: GpuTime) {
        self.overhead += overhead;
    }
    /// The gain of a customer who has said what the work is worth, once the rental has ended.
    fn gain(&mut self, rental: &Rental, end: &RentalEnd) {
        let Some(value) = rental.asked.value else { return };
        if end.reason == EndReason::Completed {
            self.welfare += value;
            self.surplus += value;
        }
        if end.reason != EndReason::Alive {
            self.surplus -= end.paid();
        }
    }

    /// The gain of a customer who decides: what the work was worth when it was done, less what all of its
    /// pods cost.
    pub(super) fn end_job(&mut self, ended: &JobEnded) {
        let Some(value) = ended.value else { return };
        if matches!(ended.end, JobEnd::InTime | JobEnd::Late) {
            self.welfare += value;
            self.surplus += value;
        }
        if ended.end != JobEnd::Unfinished {
            self.surplus -= ended.paid;
        }
    }

    /// What usage cost, and what was earned of plans.
    fn revenue(&self) -> Money {
        self.revenue + self.plans.earned
    }
    fn hours(&self) -> f64 {
        self.measured.as_seconds_f64() / 3600.0
    }
    fn useful_hours(&self) -> f64 {
        self.useful.as_gpu_seconds_f64() / 3600.0
    }
    fn held_hours(&self) -> f64 {
        (self.useful + self.lost).as_gpu_seconds_f64() / 3600.0
    }
    fn of_requests(&self, count: u64) -> Value {
        share(count, self.requests)
    }
    fn wait_quantile(&self, quantile: f64) -> Value {
        self.waits.quantile(quantile).map_or(Value::Undefined, Value::Seconds)
    }
    #[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
    fn wait_mean(&self) -> Value {
        Value::ratio(self.waits.sum_micros() as f64 / 1e6, self.waits.count() as f64)
    }
    #[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
    fn preemptions_per_gpu_hour(&self) -> Value {
        Value::ratio(self.preemptions as f64, self.held_hours())
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
fn share(part: u64, whole: u64) -> Value {
    Value::ratio(part as f64, whole as f64)
}

/// GEN-14. The reasons for which a rental is refused, as they are counted.
const WHY: [Refusal; 5] = [
    Refusal::NoCapacity,
    Refusal::NoFunds,
    Refusal::BidBelowFloor,
    Refusal::TooLarge,
    Refusal::SpendingLimit,
];

/// The metrics that are read from a tally, in the order of the summary.
pub(super) const READINGS: &[Reading<Tally>] = &[
    Reading::new("measured_time", "s", Market, |t| Value::Seconds(t.measured)),
    Reading::new("revenue", "USD", OfMoney, |t| Value::Money(t.revenue())),
    Reading::new("revenue_per_hour", "USD/h", OfMoney, |t| {
        Value::ratio(t.revenue().as_dollars_f64(), t.hours())
    }),
    Reading::new("platform_income", "USD", OfMoney, |t| {
        Value::Money(t.revenue() - t.host_earnings)
    }),
    Reading::new("deposits", "USD", Account, |t| Value::Money(t.deposits)),
    Reading::new("requests", "1", Request, |t| Value::Count(t.requests)),
    Reading::new("placed", "1", OfRental, |t| Value::Count(t.waits.count())),
    Reading::new("refused_outright", "1", Account, |t| Value::Count(t.refused_outright)),
    Reading::new("rejected", "1", Request, |t| Value::Count(t.rejected)),
    Reading::new("rejected_no_capacity", "1", Request, |t| Value::Count(t.rejected_for[0])),
    Reading::new("rejected_no_funds", "1", Request, |t| Value::Count(t.rejected_for[1])),
    Reading::new("rejected_bid_below_floor", "1", Request, |t| Value::Count(t.rejected_for[2])),
    Reading::new("rejected_too_large", "1", Request, |t| Value::Count(t.rejected_for[3])),
    Reading::new("rejected_spending_limit", "1", Request, |t| Value::Count(t.rejected_for[4])),
    Reading::new("rejected_share", "1", Request, |t| t.of_requests(t.rejected)),
    Reading::new("rejected_work", "GPU-s", Request, |t| Value::GpuSeconds(t.rejected_work)),
    Reading::new("abandoned", "1", Request, |t| Value::Count(t.abandoned)),
    Reading::new("abandoned_share", "1", Request, |t| t.of_requests(t.abandoned)),
    Reading::new("abandoned_work", "GPU-s", Request, |t| Value::GpuSeconds(t.abandoned_work)),
    Reading::new("waiting_at_end", "1", Request, |t| Value::Count(t.waiting_at_end)),
    Reading::new("wait_mean", "s", OfRental, Tally::wait_mean),
    Reading::new("wait_p50", "s", OfRental, |t| t.wait_quantile(0.50)),
    Reading::new("wait_p95", "s", OfRental, |t| t.wait_quantile(0.95)),
    Reading::new("wait_p99", "s", OfRental, |t| t.wait_quantile(0.99)),
    Reading::new("wait_max", "s", OfRental, |t| {
        t.waits.longest().map_or(Value::Undefined, Value::Seconds)
    }),
    Reading::new("waited_share", "1", OfRental, |t| share(t.waits.positive(), t.waits.count())),
    Reading::new("completed", "1", OfRental, |t| Value::Count(t.completed)),
    Reading::new("preemptions", "1", OfRental, |t| Value::Count(t.preemptions)),
    Reading::new("preemptions_per_gpu_hour", "1/GPU-h", OfRental, Tally::preemptions_per_gpu_hour),
    Reading::new("useful_work", "GPU-s", OfRental, |t| Value::GpuSeconds(t.useful)),
    Reading::new("lost_work", "GPU-s", OfRental, |t| Value::GpuSeconds(t.lost)),
    Reading::new("lost_work_share", "1", OfRental, |t| {
        Value::ratio(t.lost.as_gpu_seconds_f64() / 3600.0, t.held_hours())
    }),
    Reading::new("checkpoint_overhead", "GPU-s", OfRental, |t| Value::GpuSeconds(t.overhead)),
    Reading::new("cost_per_useful_gpu_hour", "USD/GPU-h", OfRental, |t| {
        Value::ratio(t.paid.as_dollars_f64(), t.useful_hours())
    }),
    Reading::new("surplus", "USD", OfRental, |t| Value::Money(t.surplus)),
    Reading::new("welfare", "USD", OfRental, |t| Value::Money(t.welfare)),
    Reading::new("stops_for_funds", "1", Account, |t| Value::Count(t.stops_for_funds)),
    Reading::new("removals_for_funds", "1", Account, |t| Value::Count(t.removals_for_funds)),
    Reading::new("host_earnings", "USD", OfMoney, |t| Value::Money(t.host_earnings)),
];
