//! Sizes: gigabytes, GPU-time, and the bundle of resources that a pod takes from a host (GEN-03).

use super::{Money, SimTime, Span, Unreadable};
use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// Whole gigabytes of 10^9 bytes (GEN-03).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Gb(u32);

impl Gb {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The most that an input may state: sums and shares of such sizes never overflow.
    pub const LARGEST_STATED: Self = Self(100_000_000);
    /// So many GB.
    pub const fn new(gb: u32) -> Self {
        Self(gb)
    }
    /// The number of GB.
    pub const fn get(self) -> u32 {
        self.0
    }
    /// TMPL-04. Time to move it at `bits_per_second`: `ceil(GB × 8·10^9 × 10^6 / bit/s)` µs.
    pub fn transfer_time(self, bits_per_second: u64) -> Span {
        let bits = u128::from(self.0) * 8_000_000_000;
        let micros = (bits * 1_000_000).div_ceil(u128::from(bits_per_second.max(1)));
        Span::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}
impl Add for Gb {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl Sub for Gb {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl fmt::Display for Gb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// GPUs × time, in GPU-microseconds: work to do, work done, time sold (POD-20).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[repr(Rust, packed(8))] // as Money
pub struct GpuTime(u128);

impl GpuTime {
    /// None.
    pub const ZERO: Self = Self(0);
    /// What `gpus` do in `span`.
    pub const fn new(gpus: u32, span: Span) -> Self {
        Self(gpus as u128 * span.micros() as u128)
    }
    /// So many GPU-microseconds.
    pub const fn from_gpu_micros(gpu_micros: u128) -> Self {
        Self(gpu_micros)
    }
    /// The number of GPU-microseconds.
    pub const fn gpu_micros(self) -> u128 {
        self.0
    }
    /// How long `gpus` need for it, rounded up to the microsecond; for ever without a GPU.
    pub fn time_on(self, gpus: u32) -> Span {
        if gpus == 0 {
            return Span::FOREVER;
        }
        // 64 bits hold the work of half a million GPU-years, and are divided several times as fast.
        Span::from_micros(match u64::try_from(self.0) {
            Ok(work) => work.div_ceil(gpus.into()),
            Err(_) => u64::try_from(self.0.div_ceil(u128::from(gpus))).unwrap_or(u64::MAX),
        })
    }
    /// What is left after `done`, never below none.
    #[must_use]
    pub const fn saturating_sub(self, done: Self) -> Self {
        Self(self.0.saturating_sub(done.0))
    }
    /// GPU-seconds as a floating-point number, for statistics only.
    #[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
    pub fn as_gpu_seconds_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}
/// POD-25. How fast a GPU type does work, as a multiple of one type that all are measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u32);

impl Speed {
    /// The most that an input may state, in thousandths: work at such speeds never overflows.
    const MOST: u32 = 1_000_000;
    /// The speed that all are measured against.
    pub const ONE: Self = Self(1_000);
    /// So many thousandths of the speed that all are measured against.
    pub const fn from_thousandths(thousandths: u32) -> Self {
        Self(thousandths)
    }
    /// Reads `0.443`.
    ///
    /// # Errors
    /// Anything but a decimal number from 0.001 to 1000 with at most three decimals.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        const NANOS: i128 = 1_000_000;
        let expected = "a speed from 0.001 to 1000 with at most three decimals, such as 0.443";
        let whole = |nanos: i128| (nanos % NANOS == 0).then(|| nanos.div_euclid(NANOS));
        let thousandths = Money::parse(text).ok().and_then(|read| whole(read.nanos()));
        let thousandths = thousandths.and_then(|number| u32::try_from(number).ok());
        let speed = thousandths.filter(|number| (1..=Self::MOST).contains(number)).map(Self);
        speed.ok_or(Unreadable { expected })
    }
    /// How many GPU-microseconds at this speed do the work of `work` at the speed `of`, rounded up.
    pub fn needs(self, work: GpuTime, of: Self) -> GpuTime {
        GpuTime((work.0 * u128::from(of.0)).div_ceil(u128::from(self.0)))
    }
}
impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Money::from_nanos(i128::from(self.0) * 1_000_000).fmt(f)
    }
}

impl Add for GpuTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for GpuTime {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for GpuTime {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect("no more GPU-time is taken away than there is"))
    }
}
impl fmt::Display for GpuTime {
    /// GPU-seconds, like every `_gpu_s` column.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = u64::try_from(self.0).unwrap_or(u64::MAX);
        SimTime::from_micros(micros).fmt(f)
    }
}

/// What a pod takes from its host, or a host has left: amounts that add up and can run out.
///
/// vCPU and memory are zero in a bundle where they come with the GPUs by share (POD-02,
/// `vcpu_memory = proportional`): they can then never run out before the GPUs do.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Bundle {
    /// Whole GPUs.
    pub gpus: u32,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// Memory in GB.
    pub memory: u32,
    /// Disk in GB.
    pub disk: u32,
}

impl Bundle {
    /// Nothing.
    pub const NONE: Self = Self { gpus: 0, vcpus: 0, memory: 0, disk: 0 };

    /// Only disk.
    pub const fn of_disk(disk: Gb) -> Self {
        Self { disk: disk.get(), ..Self::NONE }
    }
    /// Whether all of `need` is in here.
    pub const fn covers(&self, need: &Self) -> bool {
        need.gpus <= self.gpus
            && need.vcpus <= self.vcpus
            && need.memory <= self.memory
            && need.disk <= self.disk
    }
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }
    /// What both have in common, amount by amount.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        Self {
            gpus: self.gpus.min(other.gpus),
            vcpus: self.vcpus.min(other.vcpus),
            memory: self.memory.min(other.memory),
            disk: self.disk.min(other.disk),
        }
    }
}
impl Add for Bundle {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            gpus: self.gpus + other.gpus,
            vcpus: self.vcpus + other.vcpus,
            memory: self.memory + other.memory,
            disk: self.disk + other.disk,
        }
    }
}
impl AddAssign for Bundle {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl Sub for Bundle {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        let less = |a: u32, b: u32| a.checked_sub(b).expect("no more is taken than there is");
        Self {
            gpus: less(self.gpus, other.gpus),
            vcpus: less(self.vcpus, other.vcpus),
            memory: less(self.memory, other.memory),
            disk: less(self.disk, other.disk),
        }
    }
}
impl SubAssign for Bundle {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TMPL-04, cases 43 and 54.
    #[test]
    fn transfer_time_is_rounded_up_to_the_microsecond() {
        assert_eq!(Gb::new(5).transfer_time(1_000_000_000), Span::from_seconds(40));
        assert_eq!(Gb::new(100).transfer_time(25_000_000_000), Span::from_seconds(32));
        assert_eq!(Gb::new(1).transfer_time(3_000_000_000), Span::from_micros(2_666_667));
    }
}
