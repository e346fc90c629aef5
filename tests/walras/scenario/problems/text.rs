//! Syntax, types, amounts, durations: what may be wrong anywhere.

use super::with;
use crate::scenario::{poisson, refused};
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refused(text));
}

#[test]
fn brackets_that_do_not_match() {
    check(
        "(\n    horizon: \"7d\",\n    fleet: [(count: 2),\n)",
        expect![[r#"
            error: `)` does not belong here
             --> test.ron:4:1
              |
            4 | )
              | ^ expected another value, or the bracket that is still open to be closed
        "#]],
    );
}

#[test]
fn a_comma_is_missing() {
    check(
        "(\n    horizon: \"7d\"\n    seed: 1,\n)",
        expect![[r#"
        error: not readable as RON
         --> test.ron:3:5
          |
        3 |     seed: 1,
          |     ^ expected comma
    "#]],
    );
}

#[test]
fn an_empty_file() {
    check(
        "",
        expect![[r#"
            error: the text ends too early
            --> test.ron
             = note: expected a whole scenario in brackets, ( ... )
        "#]],
    );
}

#[test]
fn brackets_nested_beyond_reason() {
    check(
        &"[".repeat(100_000),
        expect![[r#"
            error: brackets nested too deep
             --> test.ron:1:65
              |
            1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...
              |                                                                 ^ expected at most some sixty within one another
        "#]],
    );
}

#[test]
fn an_unknown_field() {
    check(
        &poisson(r#"duration: "1h", patiense: "1h","#),
        expect![[r#"
            error: unknown field `patiense`
             --> test.ron:9:25
              |
            9 |         duration: "1h", patiense: "1h",
              |                         ^^^^^^^^ expected one of name, accounts, balance, deposits, auto_pay, low_balance, credit_line, spending_limit, account_age, arrivals, batch, from, or one of 28 more: see scenarios/README.md
              |
              = note: field: customers[0].patiense
              = help: did you mean `patience`?
        "#]],
    );
}

#[test]
fn a_field_stands_twice() {
    check(
        &with("seed: 1, seed: 2"),
        expect![[r#"
            error: field `seed` stands here twice
             --> test.ron:4:14
              |
            4 |     seed: 1, seed: 2
              |              ^^^^ expected each field once
              |
              = note: field: seed
        "#]],
    );
}

#[test]
fn a_group_where_a_list_is_wanted() {
    check(
        &with("accounts: (name: \"alice\")"),
        expect![[r#"
        error: no list
         --> test.ron:4:15
          |
        4 |     accounts: (name: "alice")
          |               ^^^^^^^^^^^^^^^ expected a list in square brackets, [...]
          |
          = note: field: accounts
    "#]],
    );
}

#[test]
fn a_text_where_a_group_is_wanted() {
    check(
        &with("accounts: [\"alice\"]"),
        expect![[r#"
        error: no group of fields
         --> test.ron:4:16
          |
        4 |     accounts: ["alice"]
          |                ^^^^^^^ expected fields in brackets, (name: value, ...)
          |
          = note: field: accounts[0]
    "#]],
    );
}

#[test]
fn numbers_of_another_type() {
    check(
        &with(
            "seed: -1, title: 5, sample_every: 10, accounts: [(name: \"alice\", balance: \"ten\")]",
        ),
        expect![[r#"
            error: unreadable value
             --> test.ron:4:11
              |
            4 |     seed: -1, title: 5, sample_every: 10, accounts: [(name: "alice", balance: "ten")]
              |           ^^ expected a whole number from 0 to 18446744073709551615
              |
              = note: field: seed

            error: unreadable value
             --> test.ron:4:22
              |
            4 |     seed: -1, title: 5, sample_every: 10, accounts: [(name: "alice", balance: "ten")]
              |                      ^ expected a text in quotation marks
              |
              = note: field: title

            error: unreadable duration
             --> test.ron:4:39
              |
            4 |     seed: -1, title: 5, sample_every: 10, accounts: [(name: "alice", balance: "ten")]
              |                                       ^^ expected a duration in quotation marks, such as "90s", "1h30m" or "30d", or None
              |
              = note: field: sample_every

            error: unreadable amount
             --> test.ron:4:79
              |
            4 |     seed: -1, title: 5, sample_every: 10, accounts: [(name: "alice", balance: "ten")]
              |                                                                               ^^^^^ expected an amount in USD with at most nine decimals, such as 0.79 or 10, and below 1000000000000
              |
              = note: field: accounts[0].balance
        "#]],
    );
}

#[test]
fn negative_and_overflowing_amounts() {
    check(
        &with(
            r#"accounts: [
        (name: "alice", balance: -5),
        (name: "bob", balance: 1000000000000000),
        (name: "carol", balance: 0.0000000001),
    ]"#,
        ),
        expect![[r#"
            error: negative amount
             --> test.ron:5:34
              |
            5 |         (name: "alice", balance: -5),
              |                                  ^^ expected an amount of at least 0
              |
              = note: field: accounts[0].balance

            error: unreadable amount
             --> test.ron:6:32
              |
            6 |         (name: "bob", balance: 1000000000000000),
              |                                ^^^^^^^^^^^^^^^^ expected an amount in USD with at most nine decimals, such as 0.79 or 10, and below 1000000000000
              |
              = note: field: accounts[1].balance

            error: unreadable amount
             --> test.ron:7:34
              |
            7 |         (name: "carol", balance: 0.0000000001),
              |                                  ^^^^^^^^^^^^ expected an amount in USD with at most nine decimals, such as 0.79 or 10, and below 1000000000000
              |
              = note: field: accounts[2].balance
        "#]],
    );
}

#[test]
fn durations_that_are_none() {
    check(
        &with(
            r#"warm_up: "1 day", sample_every: "5", rules: (grace: 5, rent_reserve: "1e3s", compute_unit: "7s")"#,
        ),
        expect![[r#"
            error: unreadable duration
             --> test.ron:4:14
              |
            4 |     warm_up: "1 day", sample_every: "5", rules: (grace: 5, rent_reserve: "1e3s", compute_unit: "7s")
              |              ^^^^^^^ expected a duration such as "5s", "90m", "1h30m", "36h" or "30d" (units: us, ms, s, m, h, d, w)
              |
              = note: field: warm_up

            error: unreadable duration
             --> test.ron:4:37
              |
            4 |     warm_up: "1 day", sample_every: "5", rules: (grace: 5, rent_reserve: "1e3s", compute_unit: "7s")
              |                                     ^^^ expected a duration such as "5s", "90m", "1h30m", "36h" or "30d" (units: us, ms, s, m, h, d, w), or None
              |
              = note: field: sample_every

            error: unreadable duration
             --> test.ron:4:57
              |
            4 |     warm_up: "1 day", sample_every: "5", rules: (grace: 5, rent_reserve: "1e3s", compute_unit: "7s")
              |                                                         ^ expected a duration in quotation marks, such as "90s", "1h30m" or "30d"
              |
              = note: field: rules.grace

            error: unreadable duration
             --> test.ron:4:74
              |
            4 |     warm_up: "1 day", sample_every: "5", rules: (grace: 5, rent_reserve: "1e3s", compute_unit: "7s")
              |                                                                          ^^^^^^ expected a duration such as "5s", "90m", "1h30m", "36h" or "30d" (units: us, ms, s, m, h, d, w)
              |
              = note: field: rules.rent_reserve

            error: an hour is no whole number of units
             --> test.ron:4:96
              |
            4 |     warm_up: "1 day", sample_every: "5", rules: (grace: 5, rent_reserve: "1e3s", compute_unit: "7s")
              |                                                                                                ^^^^ expected a duration of which an hour is a whole number (GEN-05)
              |
              = note: field: rules.compute_unit
        "#]],
    );
}

#[test]
fn an_unknown_rule_and_an_unknown_choice() {
    check(
        &with("rules: (minute_rounding: up)"),
        expect![[r#"
        error: unknown choice `up`
         --> test.ron:4:30
          |
        4 |     rules: (minute_rounding: up)
          |                              ^^ expected one of started, completed
          |
          = note: field: rules.minute_rounding
    "#]],
    );
}

#[test]
fn a_misspelt_rule() {
    check(
        &with("rules: (minute_roundings: started)"),
        expect![[r#"
            error: unknown field `minute_roundings`
             --> test.ron:4:13
              |
            4 |     rules: (minute_roundings: started)
              |             ^^^^^^^^^^^^^^^^ expected one of days_per_month, compute_unit, storage_unit, network_volume_unit, minute_rounding, hour_rounding, statement_every, host_share_compute, host_share_storage, community_pricing, host_price_interval, host_failures, or one of 142 more: see scenarios/README.md
              |
              = note: field: rules.minute_roundings
              = help: did you mean `minute_rounding`?
        "#]],
    );
}

/// Nothing else is said to lie past a horizon that is not there.
#[test]
fn an_empty_horizon() {
    let customers = poisson("duration: \"1h\", from: \"2d\"");
    check(
        &customers.replace("horizon: \"7d\"", "horizon: \"0s\", warm_up: \"3d\""),
        expect![[r#"
            error: empty horizon
             --> test.ron:2:14
              |
            2 |     horizon: "0s", warm_up: "3d",
              |              ^^^^ expected a positive duration
              |
              = note: field: horizon
        "#]],
    );
}

#[test]
fn no_horizon() {
    check(
        "()",
        expect![[r#"
        error: missing field `horizon`
         --> test.ron:1:1
          |
        1 | ()
          | ^^ expected a field `horizon` in here
    "#]],
    );
}

#[test]
fn what_is_unknown_is_called_by_what_it_is() {
    let scripted = with(r#"script: [(at: "0s", do: HostDwn(host: "h"))]"#);
    check(
        &scripted,
        expect![[r#"
            error: unknown action `HostDwn`
             --> test.ron:4:29
              |
            4 |     script: [(at: "0s", do: HostDwn(host: "h"))]
              |                             ^^^^^^^ expected one of Deposit, SetAutoPay, BuySavingsPlan, Adjust, CreatePod, CreateSpotPod, StopPod, ResumePod, ResumeSpotPod, MovePod, ResetPod, ChangeBid, or one of 22 more: see scenarios/README.md
              |
              = note: field: script[0].do
              = help: did you mean `HostDown`?
        "#]],
    );
    for (text, expected) in [
        (poisson(r#"duration: Gama(shape: 1)"#), "unknown distribution `Gama`"),
        (poisson(r#"duration: "1h", kind: spott(bid: 1)"#), "unknown way of buying `spott`"),
        (
            poisson(r#"duration: "1h""#).replace("Poisson", "Poison"),
            "unknown arrival process `Poison`",
        ),
    ] {
        assert!(refused(&text).starts_with(&format!("error: {expected}\n")), "{text}");
    }
}

/// The calendar has an end.
#[test]
fn a_date_that_can_be_read_and_not_be_used() {
    let start = |date: &str| format!(r#"(horizon: "1d", start: "{date}")"#);
    check(
        &start("9999-12-31"),
        expect![[r#"
        error: date out of range
         --> test.ron:1:24
          |
        1 | (horizon: "1d", start: "9999-12-31")
          |                        ^^^^^^^^^^^^ expected a day from "-9999-01-03" to "9999-12-30"
          |
          = note: field: start
    "#]],
    );
    for (date, expected) in [("2024-02-30", "unreadable date"), ("soon", "unreadable date")] {
        assert!(refused(&start(date)).starts_with(&format!("error: {expected}\n")), "{date}");
    }
}
