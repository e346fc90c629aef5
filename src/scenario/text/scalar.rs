//! Single values as a scenario writes them, each read exactly from its text (GEN-01, GEN-04).
//!
//! Numbers never pass through a float on their way to money or a share.

use crate::scenario::checkpointing::CheckpointChoice;
use crate::scenario::demand::conduct::{Late, Progress};
use crate::scenario::demand::{
    Clouds, CpuMemory, GpuShares, Larger, NoGpu, OnDone, Oversized, TraceFormat, Treatment,
    WhenFull,
};
use crate::scenario::model::{
    Cloud, Command, EvictionChoice, JoinsIf, MarketPrice, Os, PlacementChoice, Role, TemplateKind,
};
use crate::scenario::problem::Fault;
use crate::scenario::rules::{
    BidChange, BidPer, BillingStarts, CommunityJoins, CommunityPricing, Displaced, DrainedStorage,
    GracePaidBy, HostFailures, InterruptedUnit, LowFundsAction, NetworkVolumePodsStop,
    NetworkVolumeTiers, OutagePartialUnit, OutageStorage, PodMove, PriceChangeApplies,
    ReserveRises, ReserveScope, Rounding, SpotClearing, SpotFloors, Tier, VcpuMemory, WaitingOrder,
    WorkSpeed,
};
use crate::units::{Gb, GpuTime, Money, Share, Span, Speed};
use serde::de::DeserializeOwned;

/// A value that is read from the text of one RON value.
pub(crate) trait Scalar: Sized {
    /// Reads it.
    fn read(text: &str) -> Result<Self, Fault>;
}

fn expected(what: &str) -> Fault {
    Fault::new("unreadable value", what)
}

/// A RON number without its digit separators.
fn plain_number(text: &str) -> String {
    text.strip_prefix('+').unwrap_or(text).replace('_', "")
}

impl Scalar for String {
    fn read(text: &str) -> Result<Self, Fault> {
        ron::from_str(text).map_err(|_| expected("a text in quotation marks"))
    }
}

impl Scalar for bool {
    fn read(text: &str) -> Result<Self, Fault> {
        text.parse().map_err(|_| expected("true or false"))
    }
}

impl Scalar for u32 {
    fn read(text: &str) -> Result<Self, Fault> {
        let number = plain_number(text);
        number.parse().map_err(|_| expected("a whole number from 0 to 4294967295"))
    }
}

impl Scalar for u64 {
    fn read(text: &str) -> Result<Self, Fault> {
        let number = plain_number(text);
        number.parse().map_err(|_| expected("a whole number from 0 to 18446744073709551615"))
    }
}

impl Scalar for f64 {
    fn read(text: &str) -> Result<Self, Fault> {
        let number: Option<Self> = plain_number(text).parse().ok();
        number.filter(|number| number.is_finite()).ok_or_else(|| expected("a finite number"))
    }
}

impl Scalar for Gb {
    fn read(text: &str) -> Result<Self, Fault> {
        let size = plain_number(text).parse().map(Self::new).ok();
        size.filter(|size| *size <= Self::LARGEST_STATED)
            .ok_or_else(|| expected("a size in whole GB, such as 40, at most 100000000"))
    }
}

/// A number of vCPUs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Vcpus(pub(crate) u32);

impl Scalar for Vcpus {
    fn read(text: &str) -> Result<Self, Fault> {
        const MOST: u32 = 100_000_000;
        let vcpus = plain_number(text).parse().map(Self).ok();
        vcpus
            .filter(|vcpus: &Self| vcpus.0 <= MOST)
            .ok_or_else(|| expected("a whole number of vCPUs, at most 100000000"))
    }
}

/// vCPUs of a CPU pod (POD-14).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slots(pub(crate) u16);

impl Scalar for Slots {
    fn read(text: &str) -> Result<Self, Fault> {
        let slots = plain_number(text).parse().map(Self);
        slots.map_err(|_| expected("a whole number of vCPUs, at most 65535"))
    }
}

impl Scalar for Span {
    fn read(text: &str) -> Result<Self, Fault> {
        let unquoted: Option<String> = ron::from_str(text).ok();
        let span = unquoted.map(|text| Self::parse(&text));
        match span {
            Some(Ok(span)) => Ok(span),
            Some(Err(unreadable)) => Err(Fault::new("unreadable duration", unreadable.expected)),
            None => Err(Fault::new(
                "unreadable duration",
                "a duration in quotation marks, such as \"90s\", \"1h30m\" or \"30d\"",
            )),
        }
    }
}

impl Scalar for Money {
    fn read(text: &str) -> Result<Self, Fault> {
        Self::parse(&plain_number(text))
            .map_err(|unreadable| Fault::new("unreadable amount", unreadable.expected))
    }
}

impl Scalar for Share {
    fn read(text: &str) -> Result<Self, Fault> {
        Self::parse(&plain_number(text))
            .map_err(|unreadable| Fault::new("unreadable share", unreadable.expected))
    }
}

impl Scalar for Speed {
    fn read(text: &str) -> Result<Self, Fault> {
        Self::parse(&plain_number(text))
            .map_err(|unreadable| Fault::new("unreadable speed", unreadable.expected))
    }
}

/// An amount of money that is not negative.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Amount(pub(crate) Money);

impl Scalar for Amount {
    fn read(text: &str) -> Result<Self, Fault> {
        let money = Money::read(text)?;
        if money.is_negative() {
            return Err(Fault::new("negative amount", "an amount of at least 0"));
        }
        Ok(Self(money))
    }
}

/// A number that is not negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotNegative(pub(crate) f64);

impl Scalar for NotNegative {
    fn read(text: &str) -> Result<Self, Fault> {
        let number = f64::read(text)?;
        if number < 0.0 {
            return Err(Fault::new("negative number", "a number of at least 0"));
        }
        Ok(Self(number))
    }
}

/// Gaps are rounded to the microsecond one by one, which would bend higher rates.
const MOST_PER_SECOND: f64 = 1e5;

/// How often something happens, per second: `"12/h"`, `"0.5/s"`, at most 100,000.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate(pub(crate) f64);

impl Scalar for Rate {
    fn read(text: &str) -> Result<Self, Fault> {
        let fault = || {
            let expected = "a rate in quotation marks, such as \"12/h\" (per s, m, h, d or w)";
            Fault::new("unreadable rate", expected)
        };
        let text: String = ron::from_str(text).map_err(|_| fault())?;
        let (count, unit) = text.split_once('/').ok_or_else(fault)?;
        let NotNegative(count) = NotNegative::read(count.trim()).map_err(|_| fault())?;
        let unit = unit.trim();
        if !unit.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(fault());
        }
        let unit = Span::parse(&format!("1{unit}")).map_err(|_| fault())?;
        let per_second = count / unit.as_seconds_f64();
        if MOST_PER_SECOND < per_second {
            let expected = "at most \"100000/s\": instants are whole microseconds";
            return Err(Fault::new("rate out of range", expected));
        }
        Ok(Self(per_second))
    }
}

/// A share from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part(pub(crate) Share);

impl Scalar for Part {
    fn read(text: &str) -> Result<Self, Fault> {
        let share = Share::read(text)?;
        if share < Share::default() || Share::ONE < share {
            return Err(Fault::new("share out of range", "a share from 0 to 1"));
        }
        Ok(Self(share))
    }
}

/// A number by which a price is multiplied, not negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factor(pub(crate) Share);

impl Scalar for Factor {
    fn read(text: &str) -> Result<Self, Fault> {
        const MOST: Share = Share::from_billionths(1_000_000_000_000);
        let factor =
            Share::read(text).ok().filter(|share| (Share::default()..=MOST).contains(share));
        let expected = "a number from 0 to 1000 with at most nine decimals, such as 0.8";
        factor.map(Self).ok_or_else(|| Fault::new("unreadable factor", expected))
    }
}

/// A number in millionths, not negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Millionths(pub(crate) u32);

impl Scalar for Millionths {
    fn read(text: &str) -> Result<Self, Fault> {
        const BILLIONTHS: i128 = 1_000;
        const MOST: i128 = 1_000_000_000;
        let billionths = Share::read(text).ok().map(Share::billionths);
        let whole = billionths.filter(|billionths| billionths % BILLIONTHS == 0);
        let millionths = whole.map(|whole| whole.div_euclid(BILLIONTHS));
        let millionths = millionths.filter(|millionths| (0..=MOST).contains(millionths));
        let expected = "a number from 0 to 1000 with at most six decimals, such as 0.8";
        millionths
            .and_then(|millionths| u32::try_from(millionths).ok())
            .map(Self)
            .ok_or_else(|| Fault::new("unreadable number", expected))
    }
}

/// POD-20. Work as a scenario states it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// So many GPU-seconds.
    GpuTime(GpuTime),
    /// So long on the GPUs asked for.
    Duration(Span),
}

impl Scalar for Work {
    fn read(text: &str) -> Result<Self, Fault> {
        const NANOS_PER_MICRO: u128 = 1_000;
        let fault = || {
            Fault::new(
                "unreadable work",
                "a number of GPU-seconds with at most six decimals, or a duration such as \"2h\"",
            )
        };
        if text.starts_with('"') {
            return Span::read(text).map(Self::Duration);
        }
        // An amount has nine decimals where GPU-seconds have six.
        let nanos = Money::parse(&plain_number(text)).map_err(|_| fault())?.nanos();
        let nanos = u128::try_from(nanos).map_err(|_| fault())?;
        if !nanos.is_multiple_of(NANOS_PER_MICRO) {
            return Err(fault());
        }
        Ok(Self::GpuTime(GpuTime::from_gpu_micros(nanos.div_euclid(NANOS_PER_MICRO))))
    }
}

/// Whether `text` says that there is nothing, or no end.
pub(crate) fn is_none(text: &str) -> bool {
    matches!(text, "None" | "none" | "\"none\"")
}

/// A value, or `None`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

impl<T: Scalar> Scalar for Maybe<T> {
    fn read(text: &str) -> Result<Self, Fault> {
        if is_none(text) {
            return Ok(Self(None));
        }
        T::read(text).map(|value| Self(Some(value))).map_err(|mut fault| {
            fault.expected.push_str(", or None");
            fault
        })
    }
}

/// The name of a choice, and what stands in its parentheses, if it has any. `--set` gives what is not
/// readable by itself, such as `free_within(1h)`, in quotation marks: then they are those of what is inside.
fn name_and_inside(text: &str) -> (&str, Option<String>) {
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let Some((name, rest)) = quoted.unwrap_or(text).split_once('(') else {
        return (quoted.unwrap_or(text), None);
    };
    let inside = rest.trim_end().strip_suffix(')').map(str::trim);
    let inside = inside.map(|inside| match quoted {
        Some(_) => format!("\"{inside}\""),
        None => inside.to_owned(),
    });
    (name.trim(), inside)
}

/// One of the names of an enum, bare or in quotation marks.
fn choice<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let name = text.trim_matches('"');
    ron::from_str(name).map_err(|error| {
        if let ron::Error::NoSuchEnumVariant { expected, .. } = error.code {
            let list = format!("one of {}", expected.join(", "));
            Fault::new(format!("unknown choice `{name}`"), list)
                .near(name, expected.iter().copied())
        } else {
            expected("a name")
        }
    })
}

macro_rules! choices {
    ($($name:ty),* $(,)?) => {$(
        impl Scalar for $name {
            fn read(text: &str) -> Result<Self, Fault> {
                choice(text)
            }
        }
    )*};
}

choices! {
    BidChange, BidPer, BillingStarts, Cloud, Clouds, Command, CommunityJoins, CommunityPricing, CpuMemory,
    Displaced, DrainedStorage, EvictionChoice, GpuShares, GracePaidBy, HostFailures, JoinsIf, Larger, Late,
    LowFundsAction, MarketPrice, NetworkVolumePodsStop, NetworkVolumeTiers, NoGpu, OnDone, Os, OutagePartialUnit, OutageStorage, Oversized, PlacementChoice,
    PodMove, PriceChangeApplies, Progress, ReserveRises, ReserveScope, Role, Rounding, SpotClearing,
    SpotFloors, TemplateKind, Tier, TraceFormat, Treatment, VcpuMemory, WaitingOrder, WhenFull, WorkSpeed,
}

pub(crate) mod serverless;

impl Scalar for InterruptedUnit {
    /// BILL-05.
    fn read(text: &str) -> Result<Self, Fault> {
        const NAMES: [&str; 3] = ["charged", "waived", "free_within"];
        let (name, inside) = name_and_inside(text);
        match (name, inside.as_deref()) {
            ("charged", None) => Ok(Self::Charged),
            ("waived", None) => Ok(Self::Waived),
            ("free_within", Some(span)) => Span::read(span).map(Self::FreeWithin),
            _ => Err(Fault::new(
                format!("unknown choice `{name}`"),
                "charged, waived or free_within(\"1h\")",
            )
            .near(name, NAMES)),
        }
    }
}

impl Scalar for CheckpointChoice {
    fn read(text: &str) -> Result<Self, Fault> {
        let (name, inside) = name_and_inside(text);
        match (name, inside.as_deref()) {
            ("never", None) => Ok(Self::Never),
            ("interval", Some(length)) => match Span::read(length)? {
                Span::ZERO => Err(Fault::new("checkpoints without end", "an interval above 0")),
                length => Ok(Self::Interval(length)),
            },
            ("young", None) => Ok(Self::Young),
            ("daly", None) => Ok(Self::Daly),
            _ => {
                let expected = "never, interval(\"30m\"), young or daly";
                if Self::NAMES.contains(&name) {
                    return Err(Fault::new("unreadable choice", expected));
                }
                Err(Fault::new(format!("unknown choice `{name}`"), expected)
                    .near(name, Self::NAMES))
            }
        }
    }
}
