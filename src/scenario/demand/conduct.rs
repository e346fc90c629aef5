//! What customers who decide do: their deadlines and budgets, how they answer what happens to them, when
//! they go from spot to on demand.

use super::BidRule;
use crate::rng::draw::Distribution;
use crate::scenario::own::{Needs, OwnPolicy};
use crate::units::{Money, Share, SimTime, Span};

/// The conduct of a segment whose customers decide: each arrival is a *job*, for which its customer
/// asks for one pod after another, until it is done or the customer leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduct {
    /// Seconds from its arrival by which a job is to be done; none: it has time.
    pub deadline: Option<Distribution>,
    /// USD that a job may cost; none: no limit of its own.
    pub budget: Option<Distribution>,
    /// The budget that is the same for all, to the last digit (GEN-04).
    pub exact_budget: Option<Money>,
    /// How long after the deadline the value of a job falls to nothing; zero: at once.
    pub fades: Span,
    /// What a customer does once the value is gone.
    pub late: Late,
    /// What becomes of the work done by a pod that loses its GPUs.
    pub progress: Progress,
    /// Lists of steps.
    pub lists: Vec<Vec<Reaction>>,
    /// By cause, which of the lists holds; causes may share one, and then use up its steps together.
    pub list_of: [Option<usize>; Cause::ALL.len()],
    /// When it goes from spot to on demand, and back.
    pub switching: Switching,
}

impl Conduct {
    /// What is left of a job's value if it is done at an instant: all until the deadline, then less along a
    /// straight line, rounded down.
    pub fn worth(&self, value: Money, deadline: Option<SimTime>, at: SimTime) -> Money {
        let late = deadline.map_or(Span::ZERO, |deadline| at.saturating_since(deadline));
        if late.is_zero() {
            return value;
        }
        let whole = i128::from(self.fades.micros());
        let left = whole - i128::from(late.micros());
        if left <= 0 {
            return Money::ZERO;
        }
        let nanos = value.nanos();
        // What is too much for one multiplication is none the worse for a nano-dollar a microsecond.
        let exact = nanos.checked_mul(left).map(|product| product.div_euclid(whole));
        Money::from_nanos(exact.unwrap_or_else(|| nanos.div_euclid(whole) * left))
    }
    /// The policies of the program's own that it bids by.
    pub fn own_bids(&self) -> impl Iterator<Item = OwnPolicy> {
        self.lists
            .iter()
            .flatten()
            .filter_map(|step| if let Reaction::Spot(rule) = step { rule.own() } else { None })
    }
    /// The list for this cause, with its index; none if none is stated.
    pub fn reactions(&self, cause: Cause) -> Option<(usize, &[Reaction])> {
        let list = self.list_of[cause as usize]?;
        Some((list, &self.lists[list]))
    }
    /// SPOT-09. Whether the customer decides what becomes of a displaced pod, not the rule `displaced`.
    pub fn decides_when_displaced(&self) -> bool {
        self.list_of[Cause::Outbid as usize].is_some() || self.switching.runs_by_deadline()
    }
}

/// What a customer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Refused for want of capacity.
    NoCapacity,
    /// Refused, as the bid was below every floor.
    BidBelowFloor,
    /// Refused as too large.
    TooLarge,
    /// Refused for want of funds.
    NoFunds,
    /// Refused beyond its account's spending limit (ACCT-06).
    SpendingLimit,
    /// Its patience ended.
    Abandoned,
    /// Displaced by another, or its host departed.
    Outbid,
    /// Stopped for want of funds (BILL-10).
    Stopped,
    /// Refused, as the rules do not allow it: spot where there is none, a bid above the cap.
    NotAllowed,
}

impl Cause {
    /// All of them: the one at index i has discriminant i.
    pub const ALL: [Self; 9] = [
        Self::NoCapacity,
        Self::BidBelowFloor,
        Self::TooLarge,
        Self::NoFunds,
        Self::SpendingLimit,
        Self::Abandoned,
        Self::Outbid,
        Self::Stopped,
        Self::NotAllowed,
    ];
}

/// A step of a list: taken in turn, each until it is used up.
#[derive(Clone, Debug, PartialEq)]
pub enum Reaction {
    /// Asks for a new pod later.
    Retry {
        /// Seconds until then.
        after: Distribution,
        /// How often; none: without end.
        times: Option<u32>,
    },
    /// Bids so many times its last bid, up to a cap; used up once that is bid.
    RaiseBid {
        /// The factor.
        times: Share,
        /// The most, as a share of the on-demand price in force.
        cap: Share,
    },
    /// Asks for half as many GPUs, rounded down; used up at one GPU.
    FewerGpus,
    /// Asks for GPUs of these types: an index into the scenario's `type_lists`.
    OtherType(u32),
    /// Buys on demand from now on.
    OnDemand,
    /// Buys spot from now on.
    Spot(BidRule),
    /// Asks for GPUs of its stopped pod's own host (POD-11).
    Resume {
        /// Seconds until then.
        after: Distribution,
        /// How long it waits for them (POD-12).
        patience: Span,
        /// POD-16. Whether it goes to another host if its own is full.
        moves: bool,
        /// How often; none: without end.
        times: Option<u32>,
    },
    /// Pays in, and asks again: for its stopped pod if it has one, else for a new one.
    Deposit {
        /// How much.
        amount: Money,
        /// How often.
        times: u32,
    },
    /// Leaves.
    Leave,
}

/// What a customer does whose job is not done when its value is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// It leaves.
    #[default]
    Leave,
    /// It goes on.
    Stay,
}

/// POD-20. What becomes of the work done by a pod that loses its GPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// What is not on the volume of a pod that resumes is lost.
    #[default]
    Lost,
    /// All of it is kept, outside the market: the job's next pod does the rest.
    Kept,
}

/// When a customer goes from spot to on demand: a member of the seam `policy::buying::switching` each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switching {
    /// Only as its lists of steps say.
    #[default]
    Never,
    /// On demand from this many losses on.
    AfterLosses(u32),
    /// Wu et al., *Can't Be Late* (NSDI 2024): spot until the slack is used up.
    Greedy {
        /// What a change of pods is reckoned to cost in time.
        changeover: Span,
    },
    /// The same paper: progress is kept to a straight line.
    UniformProgress {
        /// What a change of pods is reckoned to cost in time.
        changeover: Span,
    },
    /// A policy of the program's own.
    Own(OwnPolicy),
}

impl Switching {
    /// The names of the built-in members.
    pub const NAMES: [&'static str; 4] = ["never", "after_losses", "greedy", "uniform_progress"];
    /// Whether it needs a deadline, and takes the place of steps where the market has no spot GPUs.
    pub const fn runs_by_deadline(self) -> bool {
        matches!(
            self,
            Self::Greedy { .. }
                | Self::UniformProgress { .. }
                | Self::Own(OwnPolicy { needs: Needs { deadline: true, .. }, .. })
        )
    }
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(policy) } else { None }
    }
}
