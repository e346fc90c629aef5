//! Arrivals at the rates that a table counted.

use super::traces::file;
use super::{arrivals, scenario, segment};
use walras::scenario::demand::{ArrivalProcess, Counts, TraceFormat};
use walras::units::{SimTime, Span};
use walras::workload::arrivals::{mean_rate, validate};
use walras::workload::calendar::Moment;
use walras::workload::counts::read_bins;

const WIDTH: Span = Span::from_seconds(600);

fn counted(counts: &[u32], from: Span, times: f64) -> ArrivalProcess {
    ArrivalProcess::Counts(Counts { width: WIDTH, counts: counts.to_vec(), from, times })
}

fn instants(process: ArrivalProcess, until: u64, seed: u64) -> Vec<SimTime> {
    let all = arrivals(&scenario(SimTime::from_seconds(until)), &segment(process), seed);
    all.iter().map(|arrival| arrival.at).collect()
}

/// Over many seeds each time has Poisson counts of the mean and the variance that the table says.
#[test]
fn each_time_has_poisson_counts_of_its_own_mean() {
    const SEEDS: u64 = 400;
    let counts = [0, 30, 2, 0, 0, 110, 1, 7];
    let mut sums = [(0.0, 0.0); 8];
    for seed in 0..SEEDS {
        let mut found = [0.0; 8];
        for at in instants(counted(&counts, Span::ZERO, 1.0), 1_000_000, seed) {
            found[usize::try_from(at.micros() / WIDTH.micros()).unwrap()] += 1.0;
        }
        for (sum, found) in sums.iter_mut().zip(found) {
            *sum = (sum.0 + found, sum.1 + found * found);
        }
    }
    let seeds = SEEDS as f64;
    for (count, (sum, squares)) in counts.iter().zip(sums) {
        let expected = f64::from(*count);
        let mean = sum / seeds;
        assert!((mean - expected).abs() <= 4.0 * (expected / seeds).sqrt(), "{mean}, not {count}");
        let variance = squares / seeds - mean * mean;
        assert!((variance - expected).abs() <= 0.35 * expected, "variance {variance} of {count}");
    }
}

/// Within a time arrivals are spread evenly, and gaps over its ends know nothing of them.
#[test]
fn equal_counts_are_a_poisson_process() {
    let all = instants(counted(&[60; 200], Span::ZERO, 1.0), 120_000, 7);
    let constant = ArrivalProcess::Poisson { per_second: 0.1, profile: None };
    let expected = instants(constant, 120_000, 7);
    assert_eq!(all.len(), expected.len());
    // The same draws; only rounding to the microsecond may differ.
    for (found, expected) in all.iter().zip(&expected) {
        assert!(found.micros().abs_diff(expected.micros()) < 10_000, "{found}, not {expected}");
    }
}

#[test]
fn the_kth_arrival_is_made_of_the_kth_draw() {
    let once = instants(counted(&[6, 6, 6, 6], Span::ZERO, 1.0), 1_000_000, 3);
    let twice = instants(counted(&[6, 6], Span::ZERO, 2.0), 1_000_000, 3);
    // Twice the rate over half the time: the same arrivals, twice as fast.
    assert_eq!(once.len(), twice.len());
    for (slow, fast) in once.iter().zip(&twice) {
        assert!(slow.micros().abs_diff(2 * fast.micros()) < 100, "{slow}, twice {fast}");
    }
    assert_eq!(mean_rate(&counted(&[6, 0], Span::ZERO, 2.0)), Some(0.01));
}

#[test]
fn arrivals_begin_within_the_table_and_end_with_it() {
    let counts = [600, 0, 600, 0];
    let from = Span::from_seconds(1_500);
    let mut customers = segment(counted(&counts, from, 1.0));
    customers.from = SimTime::from_seconds(10_000);
    let all = arrivals(&scenario(SimTime::from_seconds(100_000)), &customers, 5);
    // The rest of the third time, five minutes of it.
    assert!((230..370).contains(&all.len()), "{}", all.len());
    assert!(
        all.iter().all(|arrival| (10_000..10_300).contains(&(arrival.at.micros() / 1_000_000)))
    );
    let short = arrivals(&scenario(SimTime::from_seconds(10_100)), &customers, 5);
    assert_eq!(short[..], all[..short.len()], "a shorter horizon cuts, and changes nothing");
    assert!(instants(counted(&[0, 0], Span::ZERO, 1.0), 100_000, 5).is_empty());
    assert!(instants(counted(&[9], Span::ZERO, 0.0), 100_000, 5).is_empty());
    assert!(validate(&counted(&[1_000_000], Span::ZERO, 1e9)).is_err());
    assert!(validate(&counted(&[9], Span::ZERO, f64::INFINITY)).is_err());
}

const HEADER: &str = "time,submit_job_all,submit_gpu_job,submit_gpu_num\n";

fn bins(rows: &str, column: &str) -> Result<(Moment, Span, Vec<u32>), String> {
    let file = file("x.csv", format!("{HEADER}{rows}").as_bytes());
    match read_bins(&file.path, TraceFormat::HeliosThroughput, column) {
        Ok(bins) => Ok((bins.first, bins.width, bins.counts)),
        Err(error) => {
            let folder = format!("{}/", file.folder.path().display());
            Err(error.to_string().replace(&folder, ""))
        }
    }
}

#[test]
fn a_table_of_counts_is_read() {
    let rows = "2020-04-01 00:00:00,5,3,9\n2020-04-01 00:10:00,0,0,0\n2020-04-01 00:20:00,2,1,4\n";
    let first = Moment::parse("2020-04-01").unwrap();
    assert_eq!(bins(rows, "submit_gpu_job"), Ok((first, WIDTH, vec![3, 0, 1])));
    assert_eq!(bins(rows, "submit_job_all"), Ok((first, WIDTH, vec![5, 0, 2])));
}

#[test]
fn a_table_that_makes_no_rate_is_told() {
    let first = "2020-04-01 00:00:00,5,3,9\n2020-04-01 00:10:00,5,3,9\n";
    for (rows, column, told) in [
        (first, "submitted", "x.csv: column `submitted` is missing; the file has time, submit"),
        (first, "time", "x.csv: column `time` holds the time, not a count"),
        ("", "submit_gpu_job", "x.csv: column `time` has fewer than two rows"),
        (&first[..26], "submit_gpu_job", "x.csv: column `time` has fewer than two rows"),
        (
            &format!("{first}2020-04-01 00:30:00,5,3,9\n"),
            "submit_gpu_job",
            "x.csv: row 3, column `time` (line 4): found `2020-04-01 00:30:00`, expected as long",
        ),
        (
            &format!("{first}2020-04-01 00:20:00,5,many,9\n"),
            "submit_gpu_job",
            "x.csv: row 3, column `submit_gpu_job` (line 4): found `many`, expected a whole number",
        ),
    ] {
        let error = bins(rows, column).unwrap_err();
        assert!(error.starts_with(told), "{error}");
    }
}
