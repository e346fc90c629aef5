//! `Concurrency` in runs: how many workers there are, by hand from its formula. Cold starts take 3 s; it looks at each
//! even second, and a short window is a tenth of the stable one. `⌈·⌉` is of the mean number of jobs, `target` 1.

use crate::serverless::play::Play;

fn play(terms: &str) -> Play {
    Play::new(&format!("scaler: Concurrency({terms}), workers_max: 8, idle_timeout: \"1s\""))
}

/// Windows of 20 and 2 s; four jobs of 10 s at 10, before which nothing is to be seen.
///
/// - 10: no mean yet, one job: 1. s1 starts, is ready at 13.
/// - 12: both means are 4. 4 ≥ 2 × 1: panic, and 4 workers. Three start, ready at 15, in three events.
/// - 13, 15: 4 ≥ 2 × 1 and, when the second is ready, 4 ≥ 2 × 2: panic until 15 + 20 = 35, that instant included.
///   With three ready no more: 4 < 2 × 3.
/// - j1 ends at 23, the others at 25. In the panic nobody goes.
/// - 36: ⌈(4 × 7 + 3 × 2) / 20⌉ = ⌈34 / 20⌉ = 2, which is half of 4. s1 has idled longest, then s2.
/// - 38: ⌈(4 × 5 + 3 × 2) / 20⌉ = ⌈26 / 20⌉ = 2.
/// - 40: ⌈(4 × 3 + 3 × 2) / 20⌉ = ⌈18 / 20⌉ = 1, which is half of 2. s3 goes.
/// - 44: ⌈3 × 1 / 20⌉ = 1. 46: the window has rolled over the last job: 0.
#[test]
fn sls_32_a_panic_begins_holds_and_ends_and_the_window_rolls_over() {
    let play = play(r#"window: "20s""#).jobs("10 10s; 10 10s; 10 10s; 10 10s");
    play.workers(
        "9 0/0; 10 1/0; 11.999999 1/0; 12 4/0; 13 4/1; 14.999999 4/1; 15 4/4; 23 4/4; 34 4/4; 35 4/4;
        35.999999 4/4; 36 2/2; 38 2/2; 39.999999 2/2; 40 1/1; 44 1/1; 45.999999 1/1; 46 0/0",
    );
    play.told()
        .runs(
            "s1 10/13/36 26 s 0.00416; s2 12/15/36 24 s 0.00384; s3 12/15/40 28 s 0.00448;
            s4 12/15/46 34 s 0.00544",
        )
        .jobs("j1 13–23 s1 cold; j2 15–25 s2 cold; j3 15–25 s3 cold; j4 15–25 s4 cold");
}

/// The same, and two jobs of 4 s at 16, where the panic lasts, though no new one would begin: 6 < 2 × 4.
///
/// - 18: the short mean is 6, the stable one ⌈(4 × 6 + 6 × 2) / 8⌉ = ⌈4.5⌉ = 5. The greater rules: 6, and is held.
///   The two start, ready at 21, and have their jobs done at 25.
/// - 36: ⌈(6 × 7 + 5 × 2) / 20⌉ = ⌈52 / 20⌉ = 3, which is half of 6.
/// - 38: ⌈(6 × 5 + 5 × 2) / 20⌉ = 2. 40: ⌈28 / 20⌉ = 2. 42: ⌈16 / 20⌉ = 1. 44: ⌈5 / 20⌉ = 1. 46: 0.
#[test]
fn sls_32_what_a_panic_asked_for_once_it_holds() {
    let play = play(r#"window: "20s""#).jobs("10 10s; 10 10s; 10 10s; 10 10s; 16 4s; 16 4s");
    play.workers(
        "17.999999 4/4; 18 6/4; 21 6/6; 25 6/6; 35 6/6; 36 3/3; 38 2/2; 40 2/2; 41.999999 2/2; 42 1/1;
        45.999999 1/1; 46 0/0",
    );
}

/// Two GPUs, four jobs of 5 s at 0: two workers are throttled, and no more ready for that.
///
/// - 2: both means are 4: panic, 4 workers. Ready at 3 and 5: 4 ≥ 2 × 2 as long as the short mean is 4, that is up to
///   8, when j1 has ended: panic until 28. The four are wanted until then, though the last job ends at 15.
/// - 30: ⌈(2 × 3 + 1 × 2) / 20⌉ = ⌈8 / 20⌉ = 1, which is half of the two ready. The throttled go, then s1.
/// - 34: ⌈1 × 1 / 20⌉ = 1. 36: 0.
#[test]
fn sls_32_sls_35_throttled_workers_end_no_panic() {
    let play = play(r#"window: "20s""#).hosts(1, 2).jobs("0 5s; 0 5s; 0 5s; 0 5s");
    play.workers(
        "0 1/0; 2 4/0; 3 4/1; 5 4/2; 15 4/2; 22 4/2; 28 4/2; 29.999999 4/2; 30 1/1; 34 1/1;
        35.999999 1/1; 36 0/0",
    );
    play.told()
        .runs("s1 0/3/30 30 s 0.0048; s2 2/5/36 34 s 0.00544")
        .jobs("j1 3–8 s1 cold; j2 5–10 s2 cold; j3 8–13 s1; j4 10–15 s2")
        .steps_of("withdrawn", "30 s4 withdrawn; 30 s3 withdrawn");
}

/// A window of 2 s and no panic; eight jobs of 20 s at 0, and eight workers from 2 on. The first job ends at 23, the
/// others at 25.
///
/// - 24: ⌈(8 × 1 + 7 × 1) / 2⌉ = 8. 25: ⌈7 × 2 / 2⌉ = 7, and s1 has idled for long enough.
/// - 26: ⌈7 × 1 / 2⌉ = 4. The others have, too: s2, s3 and s4 go.
/// - 28: the mean is 0. Half of 4 stay, at 30 half of 2, at 32 half of 1: none.
fn eight() -> Play {
    let jobs = ["0 20s"; 8].join("; ");
    play(r#"window: "2s", panic_threshold: 100"#).hosts(2, 4).jobs(&jobs)
}

#[test]
fn sls_35_no_more_than_half_of_the_ready_go_in_two_seconds() {
    let play = eight();
    play.workers(
        "0 1/0; 2 8/0; 3 8/1; 5 8/8; 24.999999 8/8; 25 7/7; 25.999999 7/7; 26 4/4; 27.999999 4/4; 28 2/2; 30 1/1;
        31.999999 1/1; 32 0/0",
    );
}

/// Of the four that are there at 27, two are on h1, which fails: nobody is woken for them. At 28 half of two go.
#[test]
fn sls_35_half_of_the_ready_is_no_reason_to_wake_any() {
    let play = eight().platform("27", r#"HostDown(host: "h1")"#);
    play.workers("26 4/4; 26.999999 4/4; 27 2/2; 27.999999 2/2; 28 1/1; 29.999999 1/1; 30 0/0");
}

/// Windows of 60 and 6 s, a `target` of 2. The four jobs at 10 are the first; those at 120 come 24 s after the last
/// worker went, when the short mean begins anew; those at 300 when both do. Each time ⌈4 / 2⌉ = 2 ≥ 2 × 1 at the next
/// look. Over whole windows the short mean would be 4 × 2 / 6, and ask for one.
#[test]
fn sls_32_after_a_silence_the_mean_begins_anew() {
    let four = |at: u32| vec![format!("{at} 10s"); 4].join("; ");
    let play = play("target: 2").jobs(&four(10)).jobs(&four(120)).jobs(&four(300));
    play.workers(
        "10 1/0; 11.999999 1/0; 12 2/0; 95.999999 1/1; 96 0/0; 120 1/0; 121.999999 1/0; 122 2/0; 299 0/0;
        300 1/0; 301.999999 1/0; 302 2/0",
    );
}
