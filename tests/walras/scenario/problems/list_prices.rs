//! What may be wrong with list prices that move by themselves.

use super::with;
use crate::scenario::{Files, refused};
use expect_test::{Expect, expect};

fn check(policies: &str, expected: Expect) {
    expected.assert_eq(&refused(&with(&format!("policies: ({policies})"))));
}

/// The same beside a file of prices.
fn check_file(replayed: &str, file: &str, expected: Expect) {
    let scenario = with(&format!("policies: (list_price: replayed({replayed}))"));
    let files = Files::new([("a.ron", scenario.as_str()), ("prices.csv", file)]);
    expected.assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_policy_of_no_such_name() {
    check(
        "list_price: time_of_days(factors: {8: 1})",
        expect![[r#"
        error: unknown choice `time_of_days`
         --> test.ron:4:28
          |
        4 |     policies: (list_price: time_of_days(factors: {8: 1}))
          |                            ^^^^^^^^^^^^ expected one of fixed, time_of_day, utilization, replayed
          |
          = note: field: policies.list_price
          = help: did you mean `time_of_day`?
    "#]],
    );
}

#[test]
fn factors_that_make_no_day() {
    check(
        "list_price: time_of_day(factors: {8: 1.25, 24: 1, 8.0: 2, 9: -1, \"ten\": 1})",
        expect![[r#"
            error: unreadable hour
             --> test.ron:4:59
              |
            4 |     policies: (list_price: time_of_day(factors: {8: 1.25, 24: 1, 8.0: 2, 9: -1, "ten": 1}))
              |                                                           ^^ expected an hour (UTC) from 0 to below 24, such as 8 or 17.5, in whole microseconds
              |
              = note: field: policies.list_price.factors{24}

            error: hour named twice
             --> test.ron:4:66
              |
            4 |     policies: (list_price: time_of_day(factors: {8: 1.25, 24: 1, 8.0: 2, 9: -1, "ten": 1}))
              |                                                                  ^^^ expected each hour once
              |
              = note: field: policies.list_price.factors{8.0}

            error: unreadable factor
             --> test.ron:4:77
              |
            4 |     policies: (list_price: time_of_day(factors: {8: 1.25, 24: 1, 8.0: 2, 9: -1, "ten": 1}))
              |                                                                             ^^ expected a number from 0 to 1000 with at most nine decimals, such as 0.8
              |
              = note: field: policies.list_price.factors{9}

            error: unreadable hour
             --> test.ron:4:81
              |
            4 |     policies: (list_price: time_of_day(factors: {8: 1.25, 24: 1, 8.0: 2, 9: -1, "ten": 1}))
              |                                                                                 ^^^^^ expected an hour (UTC) from 0 to below 24, such as 8 or 17.5, in whole microseconds
              |
              = note: field: policies.list_price.factors{"ten"}
        "#]],
    );
    check(
        "list_price: time_of_day(factors: {})",
        expect![[r#"
        error: no factor
         --> test.ron:4:49
          |
        4 |     policies: (list_price: time_of_day(factors: {}))
          |                                                 ^^ expected at least one hour with its factor, such as {8: 1.25, 20: 0.8}
          |
          = note: field: policies.list_price.factors
    "#]],
    );
    check(
        "list_price: time_of_day(factors: [1, 2])",
        expect![[r#"
        error: no map
         --> test.ron:4:49
          |
        4 |     policies: (list_price: time_of_day(factors: [1, 2]))
          |                                                 ^^^^^^ expected a map in curly brackets, {key: value, …}
          |
          = note: field: policies.list_price.factors
    "#]],
    );
}

#[test]
fn use_that_moves_nothing_sensibly() {
    check(
        "list_price: utilization(interval: \"0s\", target: 1.5, gain: 0.0000001, floor_share: 2, \
         cap_share: 1.5)",
        expect![[r#"
            error: empty interval
             --> test.ron:4:50
              |
            4 |     policies: (list_price: utilization(interval: "0s", target: 1.5, gain: 0.0000001, floor_share: 2, cap_share: 1.5))
              |                                                  ^^^^ expected a positive duration
              |
              = note: field: policies.list_price.interval

            error: share out of range
             --> test.ron:4:64
              |
            4 |     policies: (list_price: utilization(interval: "0s", target: 1.5, gain: 0.0000001, floor_share: 2, cap_share: 1.5))
              |                                                                ^^^ expected a share from 0 to 1
              |
              = note: field: policies.list_price.target

            error: unreadable number
             --> test.ron:4:75
              |
            4 |     policies: (list_price: utilization(interval: "0s", target: 1.5, gain: 0.0000001, floor_share: 2, cap_share: 1.5))
              |                                                                           ^^^^^^^^^ expected a number from 0 to 1000 with at most six decimals, such as 0.8
              |
              = note: field: policies.list_price.gain

            error: the cap is below the floor
             --> test.ron:4:113
              |
            4 |     policies: (list_price: utilization(interval: "0s", target: 1.5, gain: 0.0000001, floor_share: 2, cap_share: 1.5))
              |                                                                                                                 ^^^ expected a `cap_share` of at least the `floor_share`, which is 2
              |
              = note: field: policies.list_price.cap_share
        "#]],
    );
}

#[test]
fn scopes_that_are_named_twice_or_have_no_host() {
    check(
        "list_prices: [\n        (gpu_type: \"NVIDIA RTX A6000\", list_price: fixed),\n        (gpu_type: \"NVIDIA \
         RTX A6000\", cloud: SECURE, list_price: fixed),\n        (gpu_type: \"NVIDIA A40\", list_price: \
         fixed),\n        (cloud: SECURE, list_price: fixed),\n        (gpu_type: \"NVIDIA RTX A6000\", cloud: \
         COMMUNITY),\n    ]",
        expect![[r#"
            error: two list prices of one GPU type in one cloud
             --> test.ron:6:20
              |
            6 |         (gpu_type: "NVIDIA RTX A6000", cloud: SECURE, list_price: fixed),
              |                    ^^^^^^^^^^^^^^^^^^ expected each GPU type once in each cloud
              |
              = note: field: policies.list_prices[1].gpu_type

            error: no host of `NVIDIA A40` is there
             --> test.ron:7:20
              |
            7 |         (gpu_type: "NVIDIA A40", list_price: fixed),
              |                    ^^^^^^^^^^^^ expected a GPU type that hosts have in a cloud named
              |
              = note: field: policies.list_prices[2].gpu_type

            error: missing field `gpu_type`
             --> test.ron:8:9
              |
            8 |         (cloud: SECURE, list_price: fixed),
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `gpu_type` in here
              |
              = note: field: policies.list_prices[3]

            error: missing field `list_price`
             --> test.ron:9:9
              |
            9 |         (gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY),
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `list_price` in here
              |
              = note: field: policies.list_prices[4]

            error: no host of `NVIDIA RTX A6000` is there
             --> test.ron:9:20
              |
            9 |         (gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY),
              |                    ^^^^^^^^^^^^^^^^^^ expected a GPU type that hosts have in a cloud named
              |
              = note: field: policies.list_prices[4].gpu_type
        "#]],
    );
}

const GOOD: &str = "at_s,price_usd_per_gpu_hour\n0,0.5\n600,0.7\n";

#[test]
fn recorded_prices_that_are_none() {
    check_file(
        r#"path: "price.csv""#,
        GOOD,
        expect![[r#"
        error: cannot open `price.csv`: No such file or directory (os error 2)
         --> a.ron:4:43
          |
        4 |     policies: (list_price: replayed(path: "price.csv"))
          |                                           ^^^^^^^^^^^ expected a CSV file, plain or gzipped, relative to this file
          |
          = note: field: policies.list_price.path
    "#]],
    );
    check_file(
        r#"path: "prices.csv", format: philly_jobs"#,
        GOOD,
        expect![[r#"
        error: a trace of another kind where prices are wanted
         --> a.ron:4:65
          |
        4 |     policies: (list_price: replayed(path: "prices.csv", format: philly_jobs))
          |                                                                 ^^^^^^^^^^^ expected plain_prices, aws_spot_2015, aws_spot_2020 or azure_spot_2020
          |
          = note: field: policies.list_price.format
    "#]],
    );
    check_file(
        r#"path: "prices.csv", format: aws_spot_2015"#,
        GOOD,
        expect![[r#"
        error: `prices.csv` is a file of another kind
         --> a.ron:4:43
          |
        4 |     policies: (list_price: replayed(path: "prices.csv", format: aws_spot_2015))
          |                                           ^^^^^^^^^^^^ expected a list of AWS spot prices of one market, as of 2015
          |
          = note: field: policies.list_price.path
          = note: found: a list of prices in the plain format
    "#]],
    );
}

#[test]
fn recorded_prices_of_another_time_or_of_no_instance() {
    check_file(
        r#"path: "prices.csv", gpus: 0, times: 1e3, start: "2020-01-06", from: "11m""#,
        GOOD,
        expect![[r#"
            error: the price wanted of `prices.csv` is that of 660 s after 0 s; the market's begin at 0 s, the last at 600 s
             --> a.ron:4:43
              |
            4 |     policies: (list_price: replayed(path: "prices.csv", gpus: 0, times: 1e3, start: "2020-01-06", from: "11m"))
              |                                           ^^^^^^^^^^^^ expected one market of the file, and an instant at which it has a price
              |
              = note: field: policies.list_price.path

            error: an instance without a GPU
             --> a.ron:4:63
              |
            4 |     policies: (list_price: replayed(path: "prices.csv", gpus: 0, times: 1e3, start: "2020-01-06", from: "11m"))
              |                                                               ^ expected at least 1 GPU
              |
              = note: field: policies.list_price.gpus

            error: unreadable factor
             --> a.ron:4:73
              |
            4 |     policies: (list_price: replayed(path: "prices.csv", gpus: 0, times: 1e3, start: "2020-01-06", from: "11m"))
              |                                                                         ^^^ expected a number from 0 to 1000 with at most nine decimals, such as 0.8
              |
              = note: field: policies.list_price.times

            error: a date in a trace that has none
             --> a.ron:4:85
              |
            4 |     policies: (list_price: replayed(path: "prices.csv", gpus: 0, times: 1e3, start: "2020-01-06", from: "11m"))
              |                                                                                     ^^^^^^^^^^^^ expected `from` alone
              |
              = note: field: policies.list_price.start
        "#]],
    );
}

#[test]
fn recorded_prices_that_are_unreadable() {
    check_file(
        r#"path: "prices.csv""#,
        &GOOD.replace("0.7", "cheap"),
        expect![[r#"
        error: `prices.csv` is malformed in row 2 (line 3), column `price_usd_per_gpu_hour`
         --> a.ron:4:43
          |
        4 |     policies: (list_price: replayed(path: "prices.csv"))
          |                                           ^^^^^^^^^^^^ expected USD per hour, not negative, with at most nine decimals there
          |
         ::: prices.csv:3:5
          |
        3 | 600,cheap
          |     ----- found here
          |
          = note: field: policies.list_price.path
          = note: found: cheap
    "#]],
    );
    let aws = "timestamp,SpotPrice\n2015-03-11T12:00:00Z,0.07\n";
    check_file(
        r#"path: "prices.csv", format: aws_spot_2015, start: "last year""#,
        aws,
        expect![[r#"
            error: unreadable date
             --> a.ron:4:87
              |
            4 |     policies: (list_price: replayed(path: "prices.csv", format: aws_spot_2015, start: "last year"))
              |                                                                                       ^^^^^^^^^^^ expected a date such as "2020-01-06", or a date and time such as "2020-01-06 12:00:00"
              |
              = note: field: policies.list_price.start
        "#]],
    );
}
