//! Choices and values of serverless endpoints.

use super::{Fault, Scalar, choice, name_and_inside};
use crate::scenario::model::serverless::{ModelSource, RequestTraceFormat};
use crate::scenario::rules::serverless::{
    ActivePriceWhen, Binding, Dispatch, FlashLaw, HealthIdle, JobSpeed, LowPriorityEscalates,
    OnExecutionTimeout, RateGrowth, RateLaw, Rollout, ScaleDown, TtlCovers, WakePlacement,
    WorkerPriceChange, WorkerRank, WorkersAtLine,
};
use crate::units::{Money, Span};

choices! {
    ActivePriceWhen, Binding, Dispatch, FlashLaw, HealthIdle, JobSpeed, ModelSource, OnExecutionTimeout,
    Operation, RateLaw, RequestTraceFormat, Rollout, ScaleDown, TtlCovers, WakePlacement, WorkerPriceChange,
    WorkerKind, WorkerRank, WorkersAtLine,
}

/// JOB-01. How a job is submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operation {
    /// The call answers at once.
    Run,
    /// The call waits for the result.
    RunSync,
}

impl Scalar for RateGrowth {
    /// JOB-04.
    fn read(text: &str) -> Result<Self, Fault> {
        let (name, inside) = name_and_inside(text);
        let number = |inside: &str| u32::read(inside.trim_matches('"'));
        match (name, inside.as_deref()) {
            ("none" | "None", None) => Ok(Self::None),
            ("add", Some(more)) => number(more).map(Self::Add),
            ("max", Some(more)) => number(more).map(Self::Max),
            _ => {
                let fault =
                    Fault::new(format!("unknown choice `{name}`"), "none, add(4) or max(4)");
                Err(fault.near(name, ["none", "add", "max"]))
            }
        }
    }
}

impl Scalar for LowPriorityEscalates {
    /// JOB-10.
    fn read(text: &str) -> Result<Self, Fault> {
        let (name, inside) = name_and_inside(text);
        match (name, inside.as_deref()) {
            ("never", None) => Ok(Self::Never),
            ("after", Some(span)) => Span::read(span).map(Self::After),
            _ => {
                let fault =
                    Fault::new(format!("unknown choice `{name}`"), "never or after(\"1h\")");
                Err(fault.near(name, ["never", "after"]))
            }
        }
    }
}

/// Units of output in millionths (AIE-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Units(pub(crate) u64);

impl Scalar for Units {
    fn read(text: &str) -> Result<Self, Fault> {
        const NANOS_PER_MILLIONTH: i128 = 1_000;
        let fault = || {
            let expected = "a number of at least 0 with at most six decimals, such as 1.048576";
            Fault::new("unreadable number", expected)
        };
        let nanos = Money::read(text).map_err(|_| fault())?.nanos();
        if nanos % NANOS_PER_MILLIONTH != 0 {
            return Err(fault());
        }
        u64::try_from(nanos.div_euclid(NANOS_PER_MILLIONTH)).map(Self).map_err(|_| fault())
    }
}

/// SLS-20. A kind of worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WorkerKind {
    /// Active.
    Active,
    /// Flex.
    Flex,
}
