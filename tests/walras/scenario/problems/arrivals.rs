//! What may be wrong with how often customers arrive.

use crate::scenario::{Files, refused, segment};
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

fn counts(fields: &str) -> String {
    segment(&format!(r#"Counts({fields})"#), r#"duration: "1h","#)
}

#[test]
fn counts_that_make_no_rate() {
    let table = "time,submit_gpu_job,submit_gpu_num\n2020-04-01 00:00:00,3,9\n\
                 2020-04-01 00:10:00,x,9\n";
    for (fields, expected) in [
        (
            r#"format: plain, path: "counts.csv""#,
            expect![[r#"
            error: a trace of another kind where counts of arrivals are wanted
             --> a.ron:8:34
              |
            8 |         arrivals: Counts(format: plain, path: "counts.csv"),
              |                                  ^^^^^ expected helios_throughput
              |
              = note: field: customers[0].arrivals.format
        "#]],
        ),
        (
            r#"path: "counts.csv""#,
            expect![[r#"
            error: `counts.csv` is malformed in row 2 (line 3), column `submit_gpu_job`
             --> a.ron:8:32
              |
            8 |         arrivals: Counts(path: "counts.csv"),
              |                                ^^^^^^^^^^^^ expected a whole number, not negative there
              |
             ::: counts.csv:3:21
              |
            3 | 2020-04-01 00:10:00,x,9
              |                     - found here
              |
              = note: field: customers[0].arrivals.path
              = note: found: x
        "#]],
        ),
        (
            r#"path: "counts.csv", column: "submit_gpu_num", from: "20m""#,
            expect![[r#"
            error: the table has ended by then
             --> a.ron:8:78
              |
            8 |         arrivals: Counts(path: "counts.csv", column: "submit_gpu_num", from: "20m"),
              |                                                                              ^^^^^ expected less than the 1200 s that the table lasts
              |
              = note: field: customers[0].arrivals.from
        "#]],
        ),
        (
            r#"path: "counts.csv", column: "submit_gpu_num", times: 1000000000000"#,
            expect![[r#"
            error: `times` is out of range
             --> a.ron:8:79
              |
            8 |         arrivals: Counts(path: "counts.csv", column: "submit_gpu_num", times: 1000000000000),
              |                                                                               ^^^^^^^^^^^^^ expected a number that makes no rate above 10^9 a second
              |
              = note: field: customers[0].arrivals.times
        "#]],
        ),
    ] {
        let files = Files::new([("a.ron", &*counts(fields)), ("counts.csv", table)]);
        expected.assert_eq(&files.refused("a.ron"));
    }
}
