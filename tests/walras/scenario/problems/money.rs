//! What may be wrong with the accounts of segments: their money and their names.

use crate::scenario::{poisson, refused};
use expect_test::{Expect, expect};
use walras::scenario::from_text;

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refused(text));
}

/// ACCT-02. Where some would be taken, it is a matter of the draws.
#[test]
fn deposits_that_would_all_be_refused() {
    let later = |amount: &str| {
        poisson(&format!("duration: \"1h\", deposits: (every: \"7d\", amount: {amount}),"))
    };
    check(
        &later("Uniform(low: 2, high: 9.999999999)"),
        expect![[r#"
        error: deposits below the minimum (ACCT-02)
         --> test.ron:9:57
          |
        9 |         duration: "1h", deposits: (every: "7d", amount: Uniform(low: 2, high: 9.999999999)),
          |                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected at least the minimum deposit, 10 USD
          |
          = note: field: customers[0].deposits.amount
    "#]],
    );
    for amount in ["9.99", "0", "Constant(5)", "Choice({0: 0.5, 5: 0.5, 20: 0.0})"] {
        assert!(refused(&later(amount)).contains("below the minimum (ACCT-02)"), "{amount}");
    }
    for amount in ["10", "Choice({0: 0.5, 20: 0.5})", "Exponential(mean: 1)"] {
        assert!(from_text("test.ron", &later(amount)).is_ok(), "{amount}");
    }
}

#[test]
fn deposits_of_nothing() {
    check(
        &poisson(
            r#"duration: "1h", deposits: (every: "0s"), auto_pay: (threshold: 5, amount: 1), accounts: 0,"#,
        ),
        expect![[r#"
            error: missing field `amount`
             --> test.ron:9:35
              |
            9 |         duration: "1h", deposits: (every: "0s"), auto_pay: (threshold: 5, amount: 1), accounts: 0,
              |                                   ^^^^^^^^^^^^^ expected a field `amount` in here
              |
              = note: field: customers[0].deposits

            error: deposits without end
             --> test.ron:9:43
              |
            9 |         duration: "1h", deposits: (every: "0s"), auto_pay: (threshold: 5, amount: 1), accounts: 0,
              |                                           ^^^^ expected at least a microsecond between deposits
              |
              = note: field: customers[0].deposits.every

            error: automatic payment below the minimum deposit (ACCT-05)
             --> test.ron:9:83
              |
            9 |         duration: "1h", deposits: (every: "0s"), auto_pay: (threshold: 5, amount: 1), accounts: 0,
              |                                                                                   ^ expected at least the minimum deposit, 10 USD
              |
              = note: field: customers[0].auto_pay.amount

            error: number of accounts out of range
             --> test.ron:9:97
              |
            9 |         duration: "1h", deposits: (every: "0s"), auto_pay: (threshold: 5, amount: 1), accounts: 0,
              |                                                                                                 ^ expected 1 to 10000000 accounts
              |
              = note: field: customers[0].accounts
        "#]],
    );
}

#[test]
fn a_segment_and_an_account_of_the_same_name() {
    check(
        &poisson(r#"duration: "1h","#)
            .replace("horizon", r#"accounts: [(name: "labs-1")], horizon"#),
        expect![[r#"
            error: duplicate account `labs-1`
             --> test.ron:5:15
              |
            5 |         name: "labs",
              |               ^^^^^^ expected a name of its own; `accounts[0].name` in line 2 of test.ron has it
              |
              = note: field: customers[0].name
              = note: found: labs-1
        "#]],
    );
}

#[test]
fn segments_of_the_same_name() {
    check(
        &poisson(
            r#"duration: "1h", ), (name: "labs", balance: 1, arrivals: Poisson(rate: "1/h"), gpu_type: "NVIDIA RTX A6000", duration: "1h","#,
        ),
        expect![[r#"
            error: duplicate segment `labs`
             --> test.ron:9:35
              |
            9 |         duration: "1h", ), (name: "labs", balance: 1, arrivals: Poisson(rate: "1/h"), gpu_type: "NVIDIA RTX A6000", duration: "1h",
              |                                   ^^^^^^ expected a name of its own; `customers[0].name` in line 5 of test.ron has it
              |
              = note: field: customers[1].name
        "#]],
    );
}
