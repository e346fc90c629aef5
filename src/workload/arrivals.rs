//! When customers, or requests to endpoints, arrive: Poisson, with or without a profile of the day or week, renewal, bursts, and
//! batches of any of these.
//!
//! Gaps are rounded to the microsecond one by one and added as integers. A profile is followed by
//! thinning: candidates come at the peak rate, and each is kept with the probability that the rate
//! at its instant has of the peak. Bursts are exponential gaps within exponential stays; a gap that
//! outlasts its stay is drawn anew at the next state's rate, which the lack of memory allows. Recorded
//! counts are rates that are constant row by row, and are followed by inversion.

use crate::rng::Stream;
use crate::rng::draw::{BadDistribution, Distribution, Sampler};
use crate::scenario::demand::{ArrivalProcess, Counts, RateProfile};
use crate::units::{SimTime, Span};

/// The instants at which someone arrives.
#[derive(Debug)]
pub(super) struct Arrivals {
    now: SimTime,
    until: SimTime,
    process: Process,
    /// Apart, for few come in batches.
    batches: Option<Box<Batches>>,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one a source, and an arrival follows no pointer")]
enum Process {
    /// Poisson or not: gaps that know nothing of each other.
    Renewal(Sampler),
    Thinned(Thinned),
    Bursts(Bursts),
    Counted(Counted),
}

/// Numbers of the streams that a process draws from; append, never renumber, and stay below 16, where the
/// numbers of requests' attributes begin.
mod part {
    pub(super) const GAPS: u64 = 0;
    pub(super) const THINNING: u64 = 1;
    pub(super) const BATCHES: u64 = 2;
    pub(super) const STAYS: u64 = 3;
}

/// What the arrivals of a process depend on beside it.
pub(super) struct Terms<'a> {
    /// They begin at this instant.
    pub(super) from: SimTime,
    /// None comes at or after this one.
    pub(super) until: SimTime,
    /// How many come together; none: one.
    pub(super) batch: Option<&'a Distribution>,
    /// Seconds from 1970 to time 0.
    pub(super) start_unix_s: i64,
}

impl Arrivals {
    /// The arrivals of a synthetic process (a trace brings its own), which draws from `stream` by part.
    pub(super) fn new(
        process: &ArrivalProcess,
        terms: &Terms<'_>,
        stream: impl Fn(u64) -> Stream,
    ) -> Self {
        let Terms { from, until, batch, start_unix_s } = *terms;
        let gaps = stream(part::GAPS);
        let process = match process {
            ArrivalProcess::Poisson { per_second, profile: None } => {
                Process::Renewal(Sampler::exponential(1.0 / per_second, gaps))
            }
            ArrivalProcess::Poisson { per_second, profile: Some(profile) } => {
                Process::Thinned(Thinned {
                    gaps: Sampler::exponential(1.0 / (per_second * profile.peak()), gaps),
                    peak: profile.peak(),
                    profile: profile.clone(),
                    keep: stream(part::THINNING),
                    start_unix_s,
                })
            }
            ArrivalProcess::Renewal { gap } => Process::Renewal(Sampler::new(gap.clone(), gaps)),
            ArrivalProcess::Bursts { states } => Process::Bursts(Bursts {
                states: states.clone(),
                state: None,
                ends: from,
                gaps: Sampler::exponential(1.0, gaps),
                stays: Sampler::exponential(1.0, stream(part::STAYS)),
            }),
            ArrivalProcess::Counts(counts) => {
                let gaps = Sampler::exponential(1.0, gaps);
                Process::Counted(Counted { counts: counts.clone(), begin: from, gaps })
            }
            ArrivalProcess::Replay(_) => unreachable!("a replay draws no arrivals"),
        };
        let batches = batch.map(|size| {
            let sizes = Sampler::new(size.clone(), stream(part::BATCHES));
            Box::new(Batches { sizes, left: 0 })
        });
        Self { now: from, until, process, batches }
    }
    /// The instant of the next arrival.
    #[inline(always)] // likewise
    pub(super) fn next(&mut self) -> Option<SimTime> {
        if self.batches.is_none() {
            return self.advance();
        }
        self.next_of_batch()
    }
    /// Batches may be of size 0: then nobody comes at that instant.
    fn next_of_batch(&mut self) -> Option<SimTime> {
        while self.batches.as_ref().is_some_and(|batches| batches.left == 0) {
            self.advance()?;
            if let Some(batches) = &mut self.batches {
                batches.left = batches.draw();
            }
        }
        if let Some(batches) = &mut self.batches {
            batches.left -= 1;
        }
        Some(self.now)
    }
    /// Moves on to the next instant at which someone arrives.
    #[inline(always)] // on the way of every pod
    fn advance(&mut self) -> Option<SimTime> {
        if self.until <= self.now {
            return None;
        }
        self.now = match &mut self.process {
            Process::Renewal(gaps) => after(self.now, gaps.draw()),
            Process::Thinned(thinned) => thinned.next(self.now, self.until),
            Process::Bursts(bursts) => bursts.next(self.now, self.until),
            Process::Counted(counted) => counted.next(self.now, self.until),
        };
        (self.now < self.until).then_some(self.now)
    }
}

/// The instant so many seconds later.
#[inline]
fn after(now: SimTime, seconds: f64) -> SimTime {
    now.saturating_add(Span::from_seconds_f64(seconds))
}

/// A Poisson process whose rate follows a profile, by exact thinning.
#[derive(Debug)]
struct Thinned {
    /// Seconds between candidates, which come at the peak rate.
    gaps: Sampler,
    peak: f64,
    profile: RateProfile,
    keep: Stream,
    start_unix_s: i64,
}

impl Thinned {
    fn next(&mut self, mut now: SimTime, until: SimTime) -> SimTime {
        loop {
            now = after(now, self.gaps.draw());
            let level = self.keep.uniform() * self.peak;
            if until <= now || level < self.profile.at(now, self.start_unix_s) {
                return now;
            }
        }
    }
}

/// A Markov-modulated Poisson process that cycles through its states.
#[derive(Debug)]
struct Bursts {
    /// (arrivals per second, mean stay in seconds).
    states: Vec<(f64, f64)>,
    /// The present state; none before the first.
    state: Option<usize>,
    /// When the present stay ends.
    ends: SimTime,
    /// Gaps and stays of mean 1.
    gaps: Sampler,
    stays: Sampler,
}

impl Bursts {
    fn next(&mut self, mut now: SimTime, until: SimTime) -> SimTime {
        loop {
            if let Some(state) = self.state {
                let at = after(now, self.gaps.draw() * (1.0 / self.states[state].0));
                if at < self.ends {
                    return at;
                }
            }
            now = self.ends;
            if until <= now {
                return now;
            }
            let state = self.state.map_or(0, |state| (state + 1) % self.states.len());
            self.state = Some(state);
            self.ends = after(now, self.stays.draw() * self.states[state].1);
        }
    }
}

/// A Poisson process whose rate is constant within each of some times of equal width, by inversion of
/// its cumulated rate (Çınlar, "Introduction to Stochastic Processes", 1975, section 4.7): one
/// exponential draw an arrival, used up at each rate in turn, so that the k-th arrival is made of the
/// k-th draw whatever the counts are.
#[derive(Debug)]
struct Counted {
    counts: Counts,
    /// Where `counts.from` lies in the run.
    begin: SimTime,
    /// Of mean 1.
    gaps: Sampler,
}

impl Counted {
    fn next(&mut self, mut now: SimTime, until: SimTime) -> SimTime {
        let Counts { width, counts, from, times } = &self.counts;
        // What is still to come of the mean number of arrivals until the next one.
        let mut left = self.gaps.draw();
        while now < until {
            let into = *from + now.saturating_since(self.begin);
            let index = usize::try_from(into.micros() / width.micros()).unwrap_or(usize::MAX);
            let Some(count) = counts.get(index) else { return SimTime::NEVER };
            let ends = now + Span::from_micros(width.micros() - into.micros() % width.micros());
            let per_second = f64::from(*count) * times / width.as_seconds_f64();
            let within = per_second * (ends - now).as_seconds_f64();
            if left < within {
                return after(now, left / per_second);
            }
            left -= within;
            now = ends;
        }
        until
    }
}

/// How many come together.
#[derive(Debug)]
struct Batches {
    sizes: Sampler,
    /// Those of the present batch who are still to be named.
    left: u32,
}

impl Batches {
    fn draw(&mut self) -> u32 {
        whole(self.sizes.draw())
    }
}

/// The nearest whole number; 0 for what is below.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturation is meant")]
pub(super) fn whole(drawn: f64) -> u32 {
    libm::round(drawn) as u32
}

/// Arrivals per second in the long run (of counts: while they last), batches counted once; none for a
/// trace, whose facts tell.
pub fn mean_rate(process: &ArrivalProcess) -> Option<f64> {
    match process {
        ArrivalProcess::Poisson { per_second, profile } => {
            Some(per_second * profile.as_ref().map_or(1.0, RateProfile::mean))
        }
        ArrivalProcess::Renewal { gap } => Some(1.0 / gap.mean()),
        ArrivalProcess::Bursts { states } => {
            let arrivals: f64 = states.iter().map(|(rate, stay)| rate * stay).sum();
            Some(arrivals / states.iter().map(|(_, stay)| stay).sum::<f64>())
        }
        ArrivalProcess::Counts(Counts { width, counts, times, .. }) => {
            let widths: f64 = counts.iter().map(|_| width.as_seconds_f64()).sum();
            let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
            Some(if widths <= 0.0 { 0.0 } else { all * times / widths })
        }
        ArrivalProcess::Replay(_) => None,
    }
}

/// Whether a process makes sense: time passes between arrivals, and rates are not negative.
///
/// # Errors
/// The first parameter that does not.
pub fn validate(process: &ArrivalProcess) -> Result<(), BadDistribution> {
    let bad = |field, found: f64, expected| {
        Err(BadDistribution { field, found: found.to_string(), expected })
    };
    let is_rate = |rate: f64| (0.0..=1e9).contains(&rate);
    match process {
        ArrivalProcess::Poisson { per_second, profile } => {
            if !is_rate(*per_second) {
                return bad("per_second", *per_second, "a rate from 0 to 10^9");
            }
            profile.as_ref().map_or(Ok(()), RateProfile::validate)
        }
        ArrivalProcess::Renewal { gap } => {
            gap.validate()?;
            if gap.bounds().0 < 0.0 {
                return bad("the least gap", gap.bounds().0, "a number not below 0");
            }
            if gap.mean() < 1e-6 {
                return bad("the mean gap", gap.mean(), "at least a microsecond");
            }
            Ok(())
        }
        ArrivalProcess::Bursts { states } => {
            for (rate, stay) in states {
                if !is_rate(*rate) {
                    return bad("the rate of a state", *rate, "a rate from 0 to 10^9");
                }
                if !(1e-3..f64::INFINITY).contains(stay) {
                    return bad("the mean stay in a state", *stay, "at least a millisecond");
                }
            }
            if states.is_empty() {
                let (field, expected) = ("states", "at least one state");
                return Err(BadDistribution { field, found: "empty".to_owned(), expected });
            }
            Ok(())
        }
        ArrivalProcess::Counts(Counts { width, counts, times, .. }) => {
            let most = counts.iter().copied().max().map_or(0.0, f64::from);
            if !is_rate(most * times / width.as_seconds_f64()) {
                return bad("times", *times, "a number that makes no rate above 10^9 a second");
            }
            Ok(())
        }
        ArrivalProcess::Replay(_) => Ok(()),
    }
}
