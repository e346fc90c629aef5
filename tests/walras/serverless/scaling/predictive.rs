//! `Predictive` in runs: how many workers there are, by hand from `ceil(safety × rate × mean execution / c)`. Cold
//! starts take 3 s.

use crate::serverless::play::Play;

/// Windows of 10 s, a safety of 1.5; jobs of 4 s.
fn play() -> Play {
    let scaler = r#"scaler: Predictive(window: "10s", safety: 1.5)"#;
    Play::new(&format!("{scaler}, workers_max: 8, idle_timeout: \"1s\""))
}

const FIVE: &str = "0 4s; 2 4s; 4 4s; 6 4s; 8 4s";

/// - 0: nothing is known, one job: 1.
/// - 10: five jobs in 10 s, the mean is 4 s: ⌈1.5 × 0.5 × 4⌉ = 3. Two are woken, ready at 13.
/// - They idle from 15 and 17, but 3 are wanted. 20: no job came in the last window: 0.
/// - 45: four jobs: 1. They count for the window from 40 to 50: then ⌈1.5 × 0.4 × 4⌉ = 3. 60: 0.
#[test]
fn sls_32_the_rate_is_that_of_the_last_whole_window() {
    let play = play().jobs(FIVE).jobs("45 4s; 45 4s; 45 4s; 45 4s");
    play.workers(
        "0 1/0; 3 1/1; 9.999999 1/1; 10 3/1; 13 3/3; 19.999999 3/3; 20 0/0; 44 0/0; 45 1/0; 48 1/1;
        49.999999 1/1; 50 3/1; 53 3/3; 59.999999 3/3; 60 0/0",
    );
    play.told()
        .runs(
            "s1 0/3/20 20 s 0.0032; s2 10/13/20 10 s 0.0016; s3 10/13/20 10 s 0.0016;
            s1 45/48/60 15 s 0.0024; s2 50/53/60 10 s 0.0016; s3 50/53/60 10 s 0.0016",
        )
        .jobs(
            "j1 3–7 s1 cold; j2 7–11 s1; j3 11–15 s1; j4 13–17 s2 cold; j5 13–17 s3 cold;
            j6 48–52 s1 cold; j7 52–56 s1; j8 53–57 s2 cold; j9 53–57 s3 cold",
        );
}

/// A worker holds two: ⌈1.5 × 0.5 × 4 / 2⌉ = ⌈1.5⌉ = 2. Without a job in the next window they go at its end.
#[test]
fn sls_32_workers_that_hold_more_are_fewer() {
    let scaler = r#"scaler: Predictive(window: "10s", safety: 1.5), concurrency: 2"#;
    let play = Play::new(&format!("{scaler}, workers_max: 8, idle_timeout: \"1s\"")).jobs(FIVE);
    play.workers("0 1/0; 9.999999 1/1; 10 2/1; 13 2/2; 19.999999 2/2; 20 0/0");
}

/// One GPU: of the three wanted at 10 two are throttled. At 20 one job is in hand, no rate: 1; both are withdrawn. s1
/// has its fifth job done at 23, and goes at 24.
#[test]
fn sls_35_sls_37_throttled_demand_is_withdrawn_as_the_rate_falls() {
    let play = play().hosts(1, 1).jobs(FIVE);
    play.workers("10 3/1; 19.999999 3/1; 20 1/1; 23.999999 1/1; 24 0/0");
    play.told()
        .runs("s1 0/3/24 24 s 0.00384")
        .jobs("j1 3–7 s1 cold; j2 7–11 s1; j3 11–15 s1; j4 15–19 s1; j5 19–23 s1")
        .steps_of("withdrawn", "20 s3 withdrawn; 20 s2 withdrawn");
}

/// An endpoint that chooses it at 50 begins to count then, whatever came before: windows end at 100, 150 and so on.
///
/// - 50: no rate, no job: 0. 100: one job, of the window that begins: 1. It is done at 113, its worker goes at 118.
/// - 150: ⌈1 × 1/50 × 10⌉ = ⌈0.2⌉ = 1. 200: 0.
#[test]
fn sls_10_sls_32_jobs_before_the_choice_are_of_no_window() {
    let play = Play::new("")
        .jobs("0 10s; 0 10s; 0 10s; 0 10s; 0 10s; 100 10s")
        .update("50", r#"scaler: Predictive(window: "50s", safety: 1)"#);
    play.workers(
        "49 0/0; 50 0/0; 99 0/0; 100 1/0; 117.999999 1/1; 118 0/0; 149.999999 0/0; 150 1/0; 153 1/1;
        199.999999 1/1; 200 0/0",
    );
}
