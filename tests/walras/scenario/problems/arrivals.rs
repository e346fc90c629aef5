//! What may be wrong with how often customers arrive.

use crate::scenario::{refused, segment};
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refused(text));
}

#[test]
fn arrivals_that_are_too_many() {
    check(
        &segment(r#"Poisson(rate: "1000000/s")"#, "batch: 2000000, duration: \"1h\","),
        expect![[r#"
            error: rate out of range
             --> test.ron:8:33
              |
            8 |         arrivals: Poisson(rate: "1000000/s"),
              |                                 ^^^^^^^^^^^ expected at most "100000/s": instants are whole microseconds
              |
              = note: field: customers[0].arrivals.rate

            error: batches too large
             --> test.ron:9:16
              |
            9 |         batch: 2000000, duration: "1h",
              |                ^^^^^^^ expected at most 1000000 who arrive together
              |
              = note: field: customers[0].batch
        "#]],
    );
}
