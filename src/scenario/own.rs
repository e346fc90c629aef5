//! Policies of a program's own, as a scenario chooses them: by name.
//!
//! A scenario holds no policy. It holds the name under which a program has registered one, and what has
//! to be kept for it; the program's registry makes the policy when a run begins.

use super::problem::{Fault, nearest};
use super::text::scalar::Scalar;

/// What is kept for policies that ask for it alone, as it costs something at every change of a host or
/// at every request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Which sizes of pods run on each host.
    pub sizes: bool,
    /// What has been asked for so far, vCPUs and memory included.
    pub typical: bool,
    /// How much of each scope is in use: for prices that are made of it.
    pub usage: bool,
    /// A deadline to run by: its customers ask it whenever something happens to a job.
    pub deadline: bool,
}

/// A policy of a program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPolicy {
    /// The name under which it is registered.
    pub name: &'static str,
    /// What it needs.
    pub needs: Needs,
}

/// The policies of a program's own that a scenario may choose beside the built-in ones, a list per seam.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnPolicies {
    /// Where requests go.
    pub placement: Vec<OwnPolicy>,
    /// Who gives way to them.
    pub eviction: Vec<OwnPolicy>,
    /// What spot pods pay.
    pub clearing: Vec<OwnPolicy>,
    /// What moves list prices.
    pub list_price: Vec<OwnPolicy>,
    /// What providers ask.
    pub asking: Vec<OwnPolicy>,
    /// What customers bid.
    pub bidding: Vec<OwnPolicy>,
    /// When they go from spot to on demand.
    pub switching: Vec<OwnPolicy>,
    /// How often they write checkpoints.
    pub checkpoint: Vec<OwnPolicy>,
    /// How many workers an endpoint wants.
    pub scaling: Vec<OwnPolicy>,
    /// How long idle ones are kept.
    pub keep_alive: Vec<OwnPolicy>,
}

/// Whether `name` chooses a built-in member of `Choice`.
pub(crate) fn is_built_in<Choice: Scalar>(name: &str) -> bool {
    Choice::read(name).is_ok()
}

/// What `text` chooses: one of `own`, or a built-in member of `Choice`.
pub(crate) fn read<Choice: Scalar>(
    text: &str,
    own: &[OwnPolicy],
    choose: impl Fn(OwnPolicy) -> Choice,
) -> Result<Choice, Fault> {
    let name = text.trim_matches('"');
    if let Some(policy) = find(name, own) {
        return Ok(choose(policy));
    }
    Choice::read(text).map_err(|fault| with_names(fault, name, own))
}

/// The one of this name.
pub(crate) fn find(name: &str, own: &[OwnPolicy]) -> Option<OwnPolicy> {
    own.iter().find(|policy| policy.name == name).copied()
}

/// The one of `own` that `text` names; none where it may be one of `built_in`, with whatever that states.
///
/// # Errors
/// A bare name of neither.
pub(crate) fn named(
    text: &str,
    own: &[OwnPolicy],
    built_in: &[&'static str],
) -> Result<Option<OwnPolicy>, Fault> {
    let name = text.trim_matches('"');
    if let Some(policy) = find(name, own) {
        return Ok(Some(policy));
    }
    let is_bare = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    if !is_bare || own.is_empty() || built_in.contains(&name) {
        return Ok(None);
    }
    let expected = format!("one of {}", built_in.join(", "));
    let fault = Fault::new(format!("unknown choice `{name}`"), expected);
    Err(with_names(fault.near(name, built_in.iter().copied()), name, own))
}

/// `fault`, which found `name`, with the names of `own` among what may stand there.
pub(crate) fn with_names(mut fault: Fault, name: &str, own: &[OwnPolicy]) -> Fault {
    let names = || own.iter().map(|policy| policy.name);
    for name in names() {
        fault.expected.push_str(", ");
        fault.expected.push_str(name);
    }
    let near = nearest(name, names().chain(fault.nearest.as_deref())).map(str::to_owned);
    Fault { nearest: near, ..fault }
}
