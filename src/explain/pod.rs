//! The story of a pod: each of its rentals from request to end, its bill, its work.

use super::bill::Bill;
use super::follows::Follows;
use super::known::Known;
use super::steps;
use super::story::{Lines, Section};
use super::when::{cents, counted, gpus, lasting, since_start, work};
use crate::ids::{AccountId, JobId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{
    Decided, Decision, EndReason, JobAsked, Kind, NoticeKind, PodName, Posting, RentalEnd,
    Requested, Subject,
};
use crate::units::{GpuTime, SimTime, Span};

/// What is remembered of the pod.
pub(super) struct PodTeller {
    name: PodName,
    id: Option<PodId>,
    account: Option<AccountId>,
    first: Option<Requested>,
    /// Since when it waits for GPUs, and how long it has in all.
    waiting: Option<SimTime>,
    waited: Span,
    useful: GpuTime,
    lost: GpuTime,
    preemptions: u32,
    rentals: u32,
    ends: Option<(SimTime, EndReason)>,
    /// Whether the last rental came to nothing: it never had GPUs.
    last_was_free: bool,
    gone: bool,
    /// The job that it was last asked for.
    job: Option<JobId>,
    /// Whether a rental of it has begun and not ended.
    in_rental: bool,
    /// What is to be told once it has.
    late: Vec<String>,
    follows: Follows,
    pub(super) bill: Bill,
}

/// What a customer does next.
const fn decision(step: Decision) -> &'static str {
    match step {
        Decision::Retry => "to ask again later",
        Decision::RaiseBid => "to bid more",
        Decision::FewerGpus => "to ask for fewer GPUs",
        Decision::OtherType => "to ask for another GPU type",
        Decision::OnDemand => "to buy on demand",
        Decision::Spot => "to buy spot",
        Decision::Resume => "to ask for this pod's own host again",
        Decision::Deposit => "to pay in",
        Decision::Leave => "to leave",
    }
}

/// Whether a posting is of a pod's meters, and its account pays.
fn is_bill_of(pod: PodId, posting: &Posting) -> bool {
    let of = posting.usage.map(|usage| usage.subject);
    of == Some(Subject::Pod(pod)) && posting.account.is_some()
}

/// The end of a refused request says nothing that the refusal has not.
fn is_told(fact: &Fact) -> bool {
    let Fact::RentalEnded(end) = fact else { return true };
    let refused = [EndReason::Rejected, EndReason::SpendingLimit, EndReason::NoFunds];
    !(refused.contains(&end.reason) && end.paid().is_zero())
}

impl PodTeller {
    pub(super) fn new(name: PodName) -> Self {
        Self {
            name,
            id: None,
            account: None,
            first: None,
            waiting: None,
            waited: Span::ZERO,
            useful: GpuTime::ZERO,
            lost: GpuTime::ZERO,
            preemptions: 0,
            rentals: 0,
            ends: None,
            last_was_free: false,
            gone: false,
            job: None,
            in_rental: false,
            late: Vec::new(),
            follows: Follows::default(),
            bill: Bill::default(),
        }
    }
    /// Whether any fact spoke of it.
    pub(super) fn is_met(&self) -> bool {
        self.id.is_some()
    }

    /// Takes in a fact, and tells what it says of the pod.
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, lines: &mut Lines) {
        if let Fact::PodRequested(asked) = fact
            && asked.name == self.name
        {
            self.begin(at, asked);
        }
        let Some(pod) = self.id else { return };
        self.follows.hear((at, fact), (pod, known), lines);
        if steps::pod_of(fact) == Some(pod) {
            self.count(at, fact);
            let told = is_told(fact).then(|| steps::step(known, at, fact)).flatten();
            self.tell(at, fact, told, lines);
        } else {
            self.hear_around(at, fact, known, lines);
        }
    }

    /// The name may be given again to another pod once this one is gone: then the story goes on with that.
    fn begin(&mut self, at: SimTime, asked: &Requested) {
        (self.id, self.account) = (Some(asked.pod), Some(asked.account));
        self.first.get_or_insert(*asked);
        self.rentals += 1;
        self.waiting = Some(at);
        self.gone = false;
        self.in_rental = true;
    }
    /// That a pod is Stopped or gone is said before its rental has ended, and told after that.
    fn tell(&mut self, at: SimTime, fact: &Fact, line: Option<String>, lines: &mut Lines) {
        let comes_late = matches!(fact, Fact::PodStopped { .. } | Fact::PodTerminated { .. });
        if comes_late && self.in_rental {
            self.late.extend(line);
            return;
        }
        if let Some(line) = line {
            lines.say(at, line);
        }
        if let Fact::RentalEnded(_) = fact {
            self.in_rental = false;
            for line in self.late.drain(..) {
                lines.say(at, line);
            }
        }
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts add up to nothing")]
    fn count(&mut self, at: SimTime, fact: &Fact) {
        match fact {
            Fact::PodPlaced { .. } => self.waited_until(at),
            Fact::RentalEnded(end) => self.end(at, end),
            Fact::PodTerminated { .. } => self.gone = true,
            _ => {}
        }
    }
    fn waited_until(&mut self, at: SimTime) {
        if let Some(since) = self.waiting.take() {
            self.waited += at - since;
        }
    }
    fn end(&mut self, at: SimTime, end: &RentalEnd) {
        self.waited_until(at);
        self.useful += end.useful;
        self.lost += end.lost;
        self.preemptions += end.preemptions;
        self.ends = Some((at, end.reason));
        self.last_was_free = end.paid().is_zero();
    }

    /// What happens around the pod: to its meters, its host, its account, its customer.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts do not concern it")]
    fn hear_around(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, lines: &mut Lines) {
        let Some(pod) = self.id else { return };
        let own_host =
            known.rentals.find(pod).and_then(|rental| rental.host).filter(|_| !self.gone);
        match *fact {
            Fact::MeterOpened(terms) | Fact::MeterRepriced(terms) if terms.pod == pod => {
                self.bill.note_price(terms.item, terms.price);
            }
            Fact::Posted(ref posting) if is_bill_of(pod, posting) => self.bill.post(posting),
            Fact::NetworkDown { host } if own_host == Some(host) => lines.say(
                at,
                "its host is cut off: it is out of reach, and costs nothing meanwhile (HOST-04, BILL-15)",
            ),
            Fact::NetworkUp { host } if own_host == Some(host) => lines.say(at, "its host is connected again"),
            Fact::MaintenanceAnnounced(of) if own_host == Some(of.host) => {
                let (from, until) = (since_start(of.from, false), since_start(of.until, false));
                lines.say(at, format!("told of maintenance of its host from {from} to {until} (HOST-05)"));
            }
            Fact::JobAsked(JobAsked { job, pod: of }) if of == pod => self.job = Some(job),
            Fact::JobAsked(JobAsked { job, pod: next }) if self.job == Some(job) => {
                self.job = None;
                lines.say(at, format!("its customer goes on with {}", known.whose(next)));
            }
            Fact::Decided(Decided { job, step, .. }) if self.job == Some(job) => {
                lines.say(at, format!("its customer decides {}", decision(step)));
            }
            Fact::AccountDrained { account, hold_until } if self.pays(account) => {
                let until = since_start(hold_until, false);
                lines.say(at, format!("its account is drained: its meters pause, and at {until} it is removed (BILL-12, BILL-13)"));
            }
            Fact::Notice { account, kind: NoticeKind::StoppedForFunds }
                if self.pays(account) && self.ends == Some((at, EndReason::NoFunds)) =>
            {
                let balance = cents(known.purses.balance(account, at));
                let reserve = lasting(known.names.scenario.rules.low_funds_reserve);
                lines.say(at, format!("its account had {balance} USD left, less than {reserve} of all its pods cost (BILL-09, BILL-10)"));
            }
            Fact::HoldEnded { account } if self.pays(account) => {
                lines.say(at, "its account has paid: the hold is over (BILL-14)");
            }
            _ => {}
        }
    }
    fn pays(&self, account: AccountId) -> bool {
        self.account == Some(account) && !self.gone
    }

    /// `pod-17 of students-12: spot, 1 GPU`.
    pub(super) fn title(&self, known: &Known<'_>) -> String {
        let Some(first) = self.first else { return String::new() };
        let segment = first.segment.map(|segment| {
            use crate::ids::Id;
            format!(" ({})", known.names.scenario.segments[segment.index()].name)
        });
        let kind = match first.kind {
            Kind::Spot { bid } => format!("spot at {bid} USD per GPU-hour"),
            Kind::OnDemand | Kind::Serverless => "on demand".to_owned(),
        };
        let (pod, account) = (known.names.pod(self.name), known.names.account(first.account));
        format!("{pod} of {account}{}: {}, {kind}", segment.unwrap_or_default(), gpus(first.gpus))
    }
    /// The whole of it in a line.
    pub(super) fn in_short(&self) -> Vec<String> {
        let mut parts = vec![match self.waited {
            Span::ZERO => "Never waited".to_owned(),
            waited => format!("Waited {} in all", lasting(waited)),
        }];
        if 1 < self.rentals {
            parts.push(counted(self.rentals.into(), "rental"));
        }
        if 0 < self.preemptions {
            parts.push(match self.preemptions {
                1 => "displaced once".to_owned(),
                2 => "displaced twice".to_owned(),
                more => format!("displaced {more} times"),
            });
        }
        parts.push(format!("{} of useful work", work(self.useful)));
        if 0 < self.lost.gpu_micros() {
            parts.push(format!("{} lost", work(self.lost)));
        }
        parts.push(format!("paid {} USD", self.bill.total()));
        let end = self.ends.map(|(at, reason)| {
            if reason == EndReason::Alive {
                return "alive at the end of the run".to_owned();
            }
            let refused = [EndReason::Rejected, EndReason::SpendingLimit, EndReason::NoFunds];
            let what = if refused.contains(&reason) && self.last_was_free {
                "refused"
            } else {
                "last rental ended"
            };
            format!("{what} at {} ({})", since_start(at, false), reason.word())
        });
        parts.extend(end);
        vec![format!("{}.", parts.join(", "))]
    }
    pub(super) fn sections(&self) -> Vec<Section> {
        vec![
            Section { title: "Bill", text: self.bill.text() },
            Section { title: "Work", text: self.work() },
        ]
    }
    fn work(&self) -> Vec<String> {
        if self.useful.gpu_micros() == 0 && self.lost.gpu_micros() == 0 {
            return Vec::new();
        }
        let why = if 0 < self.lost.gpu_micros() {
            ": done since the last checkpoint on its volume, or its start, when its memory was lost (POD-20)"
        } else {
            ""
        };
        vec![
            format!("useful  {} ({} GPU-s)", work(self.useful), self.useful),
            format!("lost    {} ({} GPU-s){why}", work(self.lost), self.lost),
        ]
    }
}
