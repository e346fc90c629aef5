//! How facts come to the readings: which are wanted, and who takes down which.

use super::Metrics;
use super::images::Images;
use super::tally::Tally;
use super::wanted;
use crate::ids::Id;
use crate::journal::fact::{ImagePullBegun, NoticeKind, Operation, RequestEnded, Supplied};
use crate::journal::{Fact, Sink, Wanted};
use crate::units::SimTime;

impl Sink for Metrics<'_> {
    /// Those of which [`hear`](Sink::hear) makes something, and the last.
    fn wants(&self) -> Wanted {
        wanted::of(self.scenario)
    }
    /// One look at the fact for all readings: [`Rentals`] is told what it would hear.
    ///
    /// What every pod goes through comes first, and stands apart: nothing has to be kept while it is
    /// looked at which fact this is.
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.until = at;
        if self.special.is_some() {
            self.hear_special(at, fact);
        } else {
            self.take_down(at, fact);
        }
    }
}

impl Metrics<'_> {
    #[cold]
    fn hear_special(&mut self, at: SimTime, fact: &Fact) {
        if let Some(special) = &mut self.special {
            special.hear(at, fact);
        }
        self.take_down(at, fact);
    }
    #[inline(always)]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rarer facts follow")]
    fn take_down(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::Posted(ref posting) => self.post(posting),
            Fact::PodRequested(ref asked) => self.request(at, asked),
            Fact::PodWaits { pod } => self.wait(at, pod, true),
            Fact::PodPlaced { pod, host, gpus, .. } => self.place(at, pod, host, gpus),
            Fact::RentalEnded(ref end) => self.end_rental(at, end),
            Fact::Occupied { host, available, occupancy } => {
                self.fleet.occupy(at, host, available.then_some(occupancy));
            }
            Fact::RequestEnded(ref end) => self.end_request(at, end),
            _ => self.take_down_rarer(at, fact),
        }
    }
    #[inline(never)] // markets have pods, or requests
    fn end_request(&mut self, at: SimTime, end: &RequestEnded) {
        if let Some(endpoints) = &mut self.endpoints {
            endpoints.end(at, end, self.since);
        }
    }
    #[inline(never)]
    #[expect(clippy::wildcard_enum_match_arm, reason = "no figure is made of the other facts")]
    fn take_down_rarer(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PlanBought(bought) => self.plans.push(bought),
            Fact::PlanCovers(places) if !places.named => self.cover(places.pod),
            Fact::PodPromised { pod, .. } => self.wait(at, pod, false),
            Fact::CheckpointOverhead { pod, overhead } => self.add_overhead(pod, overhead),
            Fact::HostDown { host } => self.fleet.fail(host),
            Fact::HostSupplied(Supplied { like, .. }) => {
                self.likes.hear(fact);
                self.subjects.supply(like);
                self.fleet.supply(like);
            }
            Fact::HostJoined(host) => self.fleet.join(at, host, self.gpus_of(host)),
            Fact::HostLeft(host) => self.fleet.leave(at, host, self.gpus_of(host)),
            Fact::PricePublished { scope, ref quote } => {
                self.prices[scope.index()].publish(at, quote);
            }
            Fact::Notice { account, kind: NoticeKind::StoppedForFunds } => {
                self.of_account(account, Tally::stop_for_funds);
            }
            Fact::AccountRemoved { account } => self.of_account(account, Tally::remove_for_funds),
            Fact::Rejected { account, operation, pod, reason, .. } if operation.asks_for_gpus() => {
                self.reject(account, pod, reason);
            }
            Fact::WebhookCalled(_)
            | Fact::WorkerThrottled(_)
            | Fact::WorkerReserved(_)
            | Fact::WorkerWithdrawn(_)
            | Fact::WorkerWoken(_)
            | Fact::WorkerReady(_)
            | Fact::WorkerStopped(_) => {
                if let Some(endpoints) = &mut self.endpoints {
                    endpoints.hear(at, fact, self.since);
                }
            }
            Fact::Rejected { operation: Operation::SubmitJob, name, .. } if self.counting() => {
                if let Some(endpoints) = &mut self.endpoints {
                    endpoints.refuse(name);
                }
            }
            Fact::WarmUpEnded => self.begin(at),
            Fact::JobEnded(ref ended) => self.end_job(at, ended),
            Fact::ImageCached { pod, .. } => self.start(pod, Images::find),
            Fact::ImagePullBegun(ImagePullBegun { pod, gb, shared_gb, .. }) => {
                self.start(pod, |images| images.pull(gb, shared_gb));
            }
            Fact::ImageEvicted { .. } if self.counting() => self.images[0].evict(),
            _ => {}
        }
    }
}
