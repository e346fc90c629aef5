//! What a scenario may say about customers who decide.

use crate::scenario::text::Field;
use serde::Deserialize;

/// The conduct of customers who decide for themselves. Each arrival is then a job: its customer asks
/// for one pod after another until it is done. A list of [`ReactionText`] is gone through in its order,
/// each step until it is used up; at its end the customer leaves.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConductText {
    /// Distribution of durations from the arrival by which the job is to be done. Default: none.
    pub(crate) deadline: Field,
    /// Duration after the deadline over which the value of the job falls to nothing, along a straight line.
    /// Default: `"0s"`, at once.
    pub(crate) fades: Field,
    /// `leave` or `stay`: what a customer does whose job is not done when its value is gone. Default: `leave`.
    pub(crate) late: Field,
    /// Distribution of USD that the job may cost: before the unit that would exceed it begins, the
    /// customer leaves. Default: no limit.
    pub(crate) budget: Field,
    /// `lost`: work that is not on the volume of a pod that resumes is lost (POD-20); `kept`: it is all
    /// kept outside the market, and the next pod does the rest. Default: `lost`.
    pub(crate) progress: Field,
    /// [`SwitchingText`]. Default: `never`.
    pub(crate) switching: Field,
    /// List of steps after a refusal. Default: leave.
    pub(crate) on_refused: Field,
    /// The same for want of capacity alone. Default: `on_refused`.
    pub(crate) on_no_capacity: Field,
    /// The same where the bid was below every floor. Default: `on_refused`.
    pub(crate) on_bid_below_floor: Field,
    /// The same where no host is large enough. Default: `on_refused`.
    pub(crate) on_too_large: Field,
    /// The same for want of funds. Default: `on_refused`.
    pub(crate) on_no_funds: Field,
    /// The same beyond the account's spending limit (ACCT-06). Default: `on_refused`.
    pub(crate) on_spending_limit: Field,
    /// List of steps when patience has ended. Default: leave.
    pub(crate) on_abandoned: Field,
    /// List of steps after a displacement (SPOT-09). Default: as the rule `displaced` says.
    pub(crate) on_outbid: Field,
    /// List of steps after a stop for want of funds (BILL-10). Default: leave.
    pub(crate) on_stopped: Field,
}

/// When customers turn away, each account by itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ChurnText {
    /// Number, or a distribution from which each account draws once: so often treated badly in a row, no
    /// pod's work done in between, it leaves. Mandatory.
    pub(crate) tolerance: Field,
    /// List of `refused`, `waited_in_vain`, `displaced`, `host_failed`: what counts as bad. Default: all.
    pub(crate) counts: Field,
    /// Duration or distribution after which it comes back. Default: never.
    pub(crate) returns_after: Field,
}

/// When a customer goes from spot to on demand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum SwitchingText {
    /// Only as its steps say.
    Never,
    /// From so many losses on: displacements, refusals and waits in vain on spot.
    AfterLosses(LossesText),
    /// Spot until the slack is used up, then on demand to the end (Wu et al., NSDI 2024).
    Greedy(ChangeoverText),
    /// Progress kept to a straight line, on demand when behind (the same paper).
    UniformProgress(ChangeoverText),
}

/// How many losses.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LossesText {
    /// Whole number, at least 1. Mandatory.
    pub(crate) losses: Field,
}

/// What a change of pods costs.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ChangeoverText {
    /// Duration from asking for a pod to its first work, at the most, as the customer reckons; at least a
    /// second. Default: the rules' `grace` and `container_start`, and the segment's `restart`, together.
    pub(crate) changeover: Field,
}

/// A step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum ReactionText {
    /// Asks for a new pod later.
    Retry(RetryText),
    /// Bids more, and asks for a new pod; used up once the cap is bid.
    RaiseBid(RaiseText),
    /// Asks for half as many GPUs, rounded down; used up at one.
    FewerGpus,
    /// Text, or a list of texts, preferred first: asks for these GPU types instead.
    OtherType(Field),
    /// Buys on demand from now on.
    OnDemand,
    /// Buys spot from now on: [`super::demand::SpotText`].
    Spot(super::demand::SpotText),
    /// Asks for GPUs of its stopped pod's own host (POD-11); passed over without such a pod.
    Resume(ResumeStepText),
    /// Pays in, and asks again: for its stopped pod, if there is one.
    Deposit(DepositStepText),
    /// Leaves.
    Leave,
}

/// How often and after how long it is tried again.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RetryText {
    /// Distribution of durations until then. Default: `"0s"`.
    pub(crate) after: Field,
    /// Whole number, or `None`: without end. Default: 1.
    pub(crate) times: Field,
}

/// How a bid is raised.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RaiseText {
    /// Number above 1 by which the last bid is multiplied. Default: 1.25.
    pub(crate) times: Field,
    /// Number: the most, as a share of the on-demand price in force. Default: 1.
    pub(crate) cap: Field,
}

/// How a stopped pod is resumed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ResumeStepText {
    /// Distribution of durations until then. Default: `"0s"`.
    pub(crate) after: Field,
    /// Duration, or `None` for ever: how long it waits on a full host (POD-12). Default: `"0s"`.
    pub(crate) patience: Field,
    /// `refuse`, `wait` or `move`: what it does on a full host (POD-12, POD-16). Default: `wait` with
    /// patience, `refuse` without.
    pub(crate) when_full: Field,
    /// Whole number, or `None`: without end. Default: 1.
    pub(crate) times: Field,
}

/// A deposit.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DepositStepText {
    /// USD, at least the rules' `minimum_deposit`. Mandatory.
    pub(crate) amount: Field,
    /// Whole number. Default: 1.
    pub(crate) times: Field,
}
