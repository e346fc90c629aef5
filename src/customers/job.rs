//! Jobs: what a customer who decides remembers of each, and whose its pods are.

use crate::ids::{AccountId, Id, JobId, PodId, SegmentId};
use crate::journal::Fact;
use crate::journal::fact::{JobBegun, JobEnd, JobEnded, Refusal};
use crate::market::checkpoint;
use crate::rng::{Purpose, Stream};
use crate::scenario::demand::conduct::{Conduct, Reaction};
use crate::scenario::demand::{Arrival, Buying, Segment};
use crate::turn::Turn;
use crate::units::{Gb, GpuTime, Money, SimTime, Span};
use crate::world::pod::checkpoints::Plan;
use std::collections::BTreeMap;

/// What a customer has decided to do for a job and not yet done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Asks for a new pod; gives up the one it has first.
    Ask,
    /// Asks for its stopped pod's own host.
    Resume {
        /// How long it waits there.
        patience: Span,
        /// POD-16. Whether it goes to another host if its own is full.
        moves: bool,
    },
    /// Gives up its pod, then asks for a new one.
    GiveUp,
    /// Stops its pod, whose volume keeps work, then asks for GPUs of its host as it buys now.
    Stop,
    /// SPOT-16. Raises the bid of its request.
    ChangeBid {
        /// Per GPU-hour.
        bid: Money,
    },
    /// Pays in, then asks again.
    Deposit {
        /// How much.
        amount: Money,
    },
    /// Ends the job.
    End,
}

/// How far a list of steps has been gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    /// The present step.
    pub(super) at: usize,
    /// How often it was taken.
    pub(super) times: u32,
}

/// A job.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: JobId,
    pub(super) segment: SegmentId,
    /// The how-manieth of its segment it is: what its stream is keyed by.
    pub(super) ordinal: u64,
    /// What is asked for now: steps change how it buys, its GPUs and its types.
    pub(super) wish: Arrival,
    /// How it bought at first.
    pub(super) first: Buying,
    /// By when it is to be done.
    pub(super) deadline: Option<SimTime>,
    /// What is left for a new pod, in GPU-time of the first type that it names (POD-25).
    pub(super) left: Option<GpuTime>,
    /// How its pods write checkpoints, if any come to be on a volume.
    pub(super) saving: Option<Plan>,
    /// What was left when its present pod was asked for.
    pub(super) asked: Option<GpuTime>,
    /// Its present pod.
    pub(super) pod: Option<PodId>,
    /// When the present request was made.
    pub(super) asked_at: SimTime,
    pub(super) requests: u32,
    pub(super) losses: u32,
    pub(super) last_bid: Option<Money>,
    /// A bid that a step raised.
    pub(super) raised: Option<Money>,
    /// What it has cost so far, but for the present rental.
    pub(super) paid: Money,
    /// By list of its conduct.
    pub(super) used: Vec<Used>,
    /// Why the request that ends now was refused.
    pub(super) refusal: Option<Refusal>,
    pub(super) plan: Option<Act>,
    /// Decisions so far; an event of an earlier one is superseded.
    pub(super) decision: u32,
    /// Looks planned so far; likewise.
    pub(super) look: u32,
    /// When it last asked for its stopped pod's host at a bid.
    pub(super) resumed_at: Option<SimTime>,
    /// When it last went to spot or on demand, and how often in that instant.
    pub(super) moves: (SimTime, u32),
    /// When its budget is found to be spent; likewise.
    pub(super) budget_at: Option<SimTime>,
    /// How it ends, once its pod has.
    pub(super) ending: Option<JobEnd>,
    /// Whether it stays on demand whatever happens.
    pub(super) to_the_end: bool,
    stream: Option<Stream>,
}

impl Job {
    pub(super) fn account(&self) -> AccountId {
        self.wish.account
    }
    pub(super) fn buys_spot(&self) -> bool {
        matches!(self.wish.buying, Buying::Spot(_))
    }
}

/// Whose a pod is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owned {
    pub(super) job: JobId,
    /// While it holds no GPUs: what its volume had come to owe when it lost them.
    pub(super) volume_before: Option<Money>,
}

/// All jobs under way.
pub(super) struct Jobs {
    pub(super) rows: BTreeMap<JobId, Job>,
    pub(super) pods: BTreeMap<PodId, Owned>,
    /// By segment: how its pods write checkpoints.
    pub(super) plans: Vec<Option<Plan>>,
    begun: usize,
    /// Jobs so far, by segment.
    ordinals: Vec<u64>,
    seed: u64,
    replication: u64,
}

impl Jobs {
    /// How the pods of a segment write checkpoints.
    pub(super) fn plan(&self, segment: SegmentId) -> Option<&Plan> {
        self.plans[segment.index()].as_ref()
    }
    pub(super) fn new(turn: &Turn<'_, '_>, seed: u64, replication: u64) -> Self {
        let segments = &turn.scenario.segments;
        let (rows, pods) = (BTreeMap::new(), BTreeMap::new());
        let plan = |segment: &Segment| Some(checkpoint::plan(turn, segment.checkpoint.as_ref()?));
        let plans = segments.iter().map(plan).collect();
        let ordinals = vec![0; segments.len()];
        Self { rows, pods, plans, begun: 0, ordinals, seed, replication }
    }
    /// The job that a pod is for; none for one whose job has ended.
    pub(super) fn of(&mut self, pod: PodId) -> Option<&mut Job> {
        let owned = self.pods.get(&pod)?;
        self.rows.get_mut(&owned.job)
    }
    /// A job comes.
    pub(super) fn begin(
        &mut self,
        turn: &mut Turn<'_, '_>,
        segment: SegmentId,
        arrival: &Arrival,
    ) -> JobId {
        let id = JobId::from_index(self.begun);
        self.begun += 1;
        let ordinal = self.ordinals[segment.index()];
        self.ordinals[segment.index()] += 1;
        let has_volume = arrival.demand.volume != Gb::ZERO;
        let deadline = arrival.deadline.map(|span| arrival.at.saturating_add(span));
        let job = Job {
            id,
            segment,
            ordinal,
            wish: *arrival,
            first: arrival.buying,
            deadline,
            left: arrival.work,
            saving: self.plan(segment).filter(|_| has_volume).copied().filter(Plan::saves),
            asked: arrival.work,
            pod: None,
            asked_at: arrival.at,
            requests: 0,
            losses: 0,
            last_bid: None,
            raised: None,
            paid: Money::ZERO,
            used: vec![Used::default(); conduct(turn, segment).lists.len()],
            refusal: None,
            plan: None,
            decision: 0,
            look: 0,
            resumed_at: None,
            moves: (SimTime::ZERO, 0),
            budget_at: None,
            ending: None,
            to_the_end: false,
            stream: None,
        };
        turn.state(Fact::JobBegun(JobBegun {
            job: id,
            account: job.account(),
            segment,
            work: arrival.work,
            value: arrival.value,
            deadline,
            budget: arrival.budget,
        }));
        self.rows.insert(id, job);
        id
    }
    /// A job has ended.
    pub(super) fn end(&mut self, turn: &mut Turn<'_, '_>, job: JobId, end: JobEnd) {
        let Some(job) = self.rows.remove(&job) else { return };
        let conduct = conduct(turn, job.segment);
        let value = job.wish.value.map(|value| conduct.worth(value, job.deadline, turn.now));
        turn.state(Fact::JobEnded(JobEnded {
            job: job.id,
            account: job.account(),
            segment: job.segment,
            end,
            value,
            paid: job.paid,
            begun: job.wish.at,
            requests: job.requests,
            losses: job.losses,
        }));
    }
    /// How long a step waits; drawn from the job's own stream, where it varies.
    pub(super) fn delay(&mut self, job: JobId, step: &Reaction) -> Span {
        let (Reaction::Retry { after, .. } | Reaction::Resume { after, .. }) = step else {
            return Span::ZERO;
        };
        let Self { rows, seed, replication, .. } = self;
        let Some(job) = rows.get_mut(&job) else { return Span::ZERO };
        let entity = (job.segment.index() as u64) << 40 | job.ordinal;
        let open = || Stream::open(*seed, *replication, Purpose::Reactions, entity);
        Span::from_seconds_f64(after.draw(job.stream.get_or_insert_with(open)))
    }
}

/// What the customers of a segment who decide do.
pub(super) fn conduct<'a>(turn: &Turn<'a, '_>, segment: SegmentId) -> &'a Conduct {
    let conduct = turn.scenario.segments[segment.index()].conduct.as_deref();
    conduct.expect("jobs are of segments that decide")
}
