//! Counts of a minute as requests at instants.
//!
//! The next of n requests that are uniform over what is left of a minute is the least of n uniform numbers:
//! it lies at the share `1 − u^(1/n)` of the rest. So instants come in order, each from one number, and
//! nothing is sorted. Whose request it is is drawn among those that the minute still has, without putting
//! back.

use super::super::attributes::part;
use super::super::rows::{Row, Services};
use super::{Functions, MINUTE};
use crate::rng::Stream;
use crate::scenario::model::serverless::Work;
use crate::units::{SimTime, Span};

/// The requests of a day's counts.
pub struct Placed {
    day: Functions,
    /// The minute after the present one.
    minute: usize,
    /// What of the present minute has passed, 0 to 1.
    into: f64,
    /// Functions of the requests that the present minute still has.
    left: Vec<u32>,
    places: Stream,
    functions: Stream,
    run_times: Stream,
}

impl Placed {
    /// The requests of `day`, placed by streams of `stream`.
    pub fn new(day: Functions, stream: &dyn Fn(u64) -> Stream) -> Self {
        Self {
            day,
            minute: 0,
            into: 0.0,
            left: Vec::new(),
            places: stream(part::PLACES),
            functions: stream(part::FUNCTIONS),
            run_times: stream(part::RUN_TIMES),
        }
    }
    /// The next request.
    #[expect(clippy::should_implement_trait, reason = "as the other readers of rows")]
    pub fn next(&mut self) -> Option<Row> {
        while self.left.is_empty() {
            let minute = self.day.minutes.get(self.minute)?;
            for (function, count) in minute {
                let count = usize::try_from(*count).expect("32 bits fit");
                self.left.extend(std::iter::repeat_n(*function, count));
            }
            (self.minute, self.into) = (self.minute + 1, 0.0);
        }
        let at = self.place();
        let several = 1 < self.day.functions.len();
        let drawn = if several { self.functions.below_index(self.left.len()) } else { 0 };
        let function = &self.day.functions[self.left.swap_remove(drawn) as usize];
        let times = function.times;
        let work = times.map(|times| Work::Takes(times.at(self.run_times.uniform())));
        Some(Row { work, ..Row::at(at, function.service) })
    }
    /// The instant of the next request of the present minute.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 requests in a minute")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= into <= 1")]
    fn place(&mut self) -> SimTime {
        let share = 1.0 - libm::pow(self.places.uniform(), 1.0 / self.left.len() as f64);
        self.into += (1.0 - self.into) * share;
        let into = (self.into * MINUTE.micros() as f64) as u64;
        let begin = u64::try_from(self.minute - 1).expect("an index fits in 64 bits");
        let into = Span::from_micros(into.min(MINUTE.micros() - 1));
        SimTime::from_micros(begin * MINUTE.micros()) + into
    }
    /// How many requests are yet to come, told from the counts.
    pub fn left(&self) -> u64 {
        let present = u64::try_from(self.left.len()).unwrap_or(u64::MAX);
        present + self.day.per_minute().skip(self.minute).sum::<u64>()
    }
    /// Rows of the file, and invocations that are left out.
    pub fn counted(&self) -> (u64, u64) {
        (self.day.rows, self.day.left_out)
    }
    /// The names of services.
    pub fn services(&self) -> &Services {
        &self.day.services
    }
}
