//! `Fixed` and `Scheduled` in runs: how many workers there are, by hand. Cold starts take 3 s, idle timeouts 5 s.

use crate::serverless::play::Play;

/// - 0: three, without a job; idle timeouts pass at 8, and take none.
/// - 20: h1 fails, and s1 and s3 with it; two others are woken at once.
#[test]
fn sls_32_sls_38_fixed_restores_what_is_lost() {
    let play = Play::new("scaler: Fixed(3), workers_max: 5")
        .hosts(2, 4)
        .platform("20", r#"HostDown(host: "h1")"#);
    play.workers("0 3/0; 3 3/3; 8 3/3; 19.999999 3/3; 20 3/1; 22.999999 3/1; 23 3/3; 7199 3/3");
}

/// - 0: five, as `workers_max` says. 30: it says two. 40: it says five again.
/// - 50: one is wanted; all have idled for long enough, and four go. 60: none, but `workers_min` is 2.
#[test]
fn sls_10_sls_32_fixed_stays_within_the_bounds() {
    let play = Play::new("scaler: Fixed(9), workers_max: 5")
        .update("30", "workers_max: 2")
        .update("40", "workers_max: 5")
        .update("50", "scaler: Fixed(1)")
        .update("60", "scaler: Fixed(0), workers_min: 2");
    play.workers("0 5/0; 3 5/5; 30 2/2; 40 5/2; 43 5/5; 49.999999 5/5; 50 1/1; 60 2/1; 63 2/2");
}

/// Time 0 is 06:00 UTC: the last step of the day before holds, 1. The step of 08:00 is due after 2 h = 7,200 s, that
/// of 20:00 after 14 h = 50,400 s, the next at 08:00 after 26 h = 93,600 s.
#[test]
fn sls_32_scheduled_steps_are_times_of_the_day_in_utc() {
    let play = Play::new(r#"scaler: Scheduled([("8h", 3), ("20h", 1)])"#)
        .more(r#"start: "2024-01-01 06:00:00","#)
        .horizon("30h");
    play.workers(
        "0 1/0; 3 1/1; 7199.999999 1/1; 7200 3/1; 7203 3/3; 50399.999999 3/3; 50400 1/1; 93599.999999 1/1;
        93600 3/1",
    );
}

/// Time 0 is before 1970, 23:59:30: midnight is 30 s away. A step at midnight itself.
#[test]
fn sls_32_scheduled_steps_hold_whenever_the_start_is() {
    let play = Play::new(r#"scaler: Scheduled([("0s", 2), ("1m", 0)])"#)
        .more(r#"start: "1969-12-30 23:59:30","#)
        .horizon("25h");
    play.workers(
        "0 0/0; 29.999999 0/0; 30 2/0; 33 2/2; 89.999999 2/2; 90 0/0; 86429 0/0; 86430 2/0",
    );
}

/// A job waits as long as none is wanted. At 60 none is again: s2, which idles, stops; s1 has its job done at 83, and
/// stops after its idle timeout.
#[test]
fn sls_32_sls_35_scheduled_workers_end_their_jobs() {
    let play = Play::new(r#"scaler: Scheduled([("0s", 0), ("30s", 2), ("1m", 0)])"#).jobs("10 50s");
    play.workers(
        "10 0/0; 29.999999 0/0; 30 2/0; 33 2/2; 59.999999 2/2; 60 1/1; 87.999999 1/1; 88 0/0",
    );
    play.told().runs("s1 30/33/88 58 s 0.00928; s2 30/33/60 30 s 0.0048").jobs("j1 33–83 s1 cold");
}
