//! What is wrong with a trace is told with its place; gzip is told by content, not by name.

use super::{arrivals, replay, scenario, segment};
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;
use walras::scenario::demand::{ArrivalProcess, Replay, TraceFormat};
use walras::units::{SimTime, Span};
use walras::workload::Source;
use walras::workload::describe::describe;
use walras::workload::import::{TraceError, check_trace, digest, numbers};
use walras::workload::openb::read_nodes;

const PLAIN: &str = "arrival_s,duration_s,gpus\n0,60,1\n5.5,60,2\n";
const PODS: &str = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,\
                    creation_time,deletion_time,scheduled_time\n";
const NODES: &str = "sn,cpu_milli,memory_mib,gpu,model\n";

/// A folder with one file in it.
pub(super) struct File {
    pub(super) folder: TempDir,
    pub(super) path: PathBuf,
}

pub(super) fn file(name: &str, bytes: &[u8]) -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    File { folder, path }
}

pub(super) fn gzipped(text: &str) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

/// The error of checking a file, without its folder.
pub(super) fn told(bytes: &[u8], format: TraceFormat) -> String {
    let file = file("trace.csv", bytes);
    let error = check_trace(&replay(&file.path, format), Span::FOREVER).unwrap_err();
    let folder = format!("{}/", file.folder.path().display());
    error.to_string().replace(&folder, "")
}

fn plain(rows: &str) -> String {
    told(
        format!("arrival_s,duration_s,gpus,kind,bid_usd_per_gpu_hour\n{rows}").as_bytes(),
        TraceFormat::Plain,
    )
}

fn pods(rows: &str) -> String {
    told(format!("{PODS}{rows}").as_bytes(), TraceFormat::OpenbPods)
}

fn instants(path: &std::path::Path) -> Vec<SimTime> {
    let customers = segment(ArrivalProcess::Replay(replay(path, TraceFormat::Plain)));
    let all = arrivals(&scenario(SimTime::from_seconds(1_000)), &customers, 1);
    all.iter().map(|arrival| arrival.at).collect()
}

#[test]
fn gzip_is_told_by_content() {
    let expected = [SimTime::ZERO, SimTime::from_micros(5_500_000)];
    let misnamed = file("trace.csv", &gzipped(PLAIN));
    assert_eq!(instants(&misnamed.path), expected);
    assert!(describe(&misnamed.path).unwrap().compressed);
    let plain = file("trace.csv.gz", PLAIN.as_bytes());
    assert_eq!(instants(&plain.path), expected);
    assert!(!describe(&plain.path).unwrap().compressed);
    // Two gzip members, one after another, are one file.
    let (head, tail) = PLAIN.split_at(30);
    let parts = file("trace.csv.gz", &[gzipped(head), gzipped(tail)].concat());
    assert_eq!(instants(&parts.path), expected);
    // The digest is that of the bytes on the disk.
    let of_text = blake3::hash(PLAIN.as_bytes()).to_hex().to_string();
    assert_eq!(digest(&plain.path).unwrap(), of_text);
    assert_ne!(digest(&parts.path).unwrap(), of_text);
}

#[test]
fn spaces_comments_and_a_byte_order_mark_are_passed_over() {
    let text =
        "\u{feff}arrival_s, duration_s, gpus, name\n# a note\n 0, 60, 1,\"a, b\"\r\n5.5,,2,\n";
    let tidy = file("trace.csv", text.as_bytes());
    assert_eq!(instants(&tidy.path), [SimTime::ZERO, SimTime::from_micros(5_500_000)]);
}

#[test]
fn a_missing_file_is_told() {
    let here = tempfile::tempdir().unwrap();
    for path in [here.path().join("none.csv"), here.path().to_owned()] {
        let error = check_trace(&replay(&path, TraceFormat::Plain), Span::FOREVER).unwrap_err();
        assert!(matches!(error, TraceError::Missing { .. }), "{error}");
        assert!(error.to_string().contains("can't be opened"), "{error}");
        assert!(matches!(digest(&here.path().join("none.csv")), Err(TraceError::Missing { .. })));
    }
}

#[test]
fn a_damaged_gzip_file_is_told() {
    let mut text = PLAIN.to_owned();
    for second in 6..5_000 {
        text.push_str(&format!("{second},{},1\n", second * second % 977));
    }
    let whole = gzipped(&text);
    let cut = &whole[..whole.len() / 2];
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0xff;
    for bytes in [cut, &flipped, &whole[..5]] {
        let file = file("trace.csv.gz", bytes);
        let error = check_trace(&replay(&file.path, TraceFormat::Plain), Span::FOREVER);
        let error = error.unwrap_err();
        // A flipped bit may show as text that is no CSV before the checksum tells.
        let told = matches!(error, TraceError::Unreadable { .. } | TraceError::Malformed { .. });
        assert!(told, "{error}");
    }
    let file = file("trace.csv.gz", cut);
    let error = describe(&file.path).unwrap_err().to_string();
    assert!(error.contains("can't be read after row"), "{error}");
}

#[test]
fn a_file_of_another_kind_is_told_by_its_header() {
    let nodes = told(format!("{NODES}a,1000,1000,1,T4\n").as_bytes(), TraceFormat::OpenbPods);
    let expected = "trace.csv: found a list of nodes of Alibaba openb 2023, \
                    expected a list of pods of Alibaba openb 2023";
    assert_eq!(nodes, expected);
    let other = told(b"a,b,c,d,e,f,g\n", TraceFormat::Plain);
    let expected = "trace.csv: found an unknown table with the columns a, b, c, d, e, f, …, \
                    expected a trace in the plain format";
    assert_eq!(other, expected);
    assert!(told(b"", TraceFormat::Plain).contains("found an empty file"));
    let binary = told(&[0xff, 0xfe, 0x00, b'\n', 0x01], TraceFormat::Plain);
    assert!(binary.contains("found a file that is no text"), "{binary}");
    let fleet = told(format!("{NODES}a,1000,1000,1,T4\n").as_bytes(), TraceFormat::OpenbNodes);
    assert!(fleet.contains("expected a trace of requests"), "{fleet}");
    let unknown = file("trace.csv", b"a,b\n1,2\n");
    assert!(matches!(describe(&unknown.path), Err(TraceError::OtherKind { .. })));
}

#[test]
fn a_missing_or_misspelt_column_is_told() {
    let missing = told(b"arrival_s,duration_s\n", TraceFormat::Plain);
    let expected = "trace.csv: column `gpus` is missing; the file has arrival_s, duration_s";
    assert_eq!(missing, expected);
    let misspelt = told(b"arrival_s,duration_s,gpus,patience\n", TraceFormat::Plain);
    let expected = "trace.csv: column `patience` is unknown; nearest is `patience_s`";
    assert_eq!(misspelt, expected);
    let twice = told(b"arrival_s,duration_s,gpus,gpus\n", TraceFormat::Plain);
    assert_eq!(twice, "trace.csv: column `gpus` stands there twice");
}

#[test]
fn a_malformed_field_is_told_with_its_row_and_column() {
    let at = |row: u32, column: &str, found: &str| {
        format!("trace.csv: row {row}, column `{column}` (line {}): found `{found}`", row + 1)
    };
    for (rows, row, column, found) in [
        ("0,60,1,,\nsoon,60,1,,\n", 2, "arrival_s", "soon"),
        ("-1,60,1,,\n", 1, "arrival_s", "-1"),
        ("0,0.0000001,1,,\n", 1, "duration_s", "0.0000001"),
        ("0,60,1.5,,\n", 1, "gpus", "1.5"),
        ("0,60,,,\n", 1, "gpus", ""),
        ("0,60,1,auction,\n", 1, "kind", "auction"),
        ("0,60,1,spot,0.1234567891\n", 1, "bid_usd_per_gpu_hour", "0.1234567891"),
        ("0,60,1,on_demand,0.5\n", 1, "bid_usd_per_gpu_hour", "0.5"),
        ("0,60,1,,\n1,60,1\n", 2, "kind", "3 fields"),
        ("0,60,1,,\n1,60,1,,,,\n", 2, "bid_usd_per_gpu_hour", "7 fields"),
    ] {
        let told = plain(rows);
        assert!(told.starts_with(&at(row, column, found)), "{rows:?}: {told}");
    }
    for (rows, column) in [
        ("p,1000,1000,1,1500,,LS,Running,0,9,0\n", "gpu_milli"),
        ("p,1000,1000,2,500,,LS,Running,0,9,0\n", "gpu_milli"),
        ("p,1000,1000,one,1000,,LS,Running,0,9,0\n", "num_gpu"),
        ("p,1000,1000,1,1000,,LS,Running,5,9,10\n", "deletion_time"),
        ("p,1.5,1000,1,1000,,LS,Running,5,9,6\n", "cpu_milli"),
    ] {
        assert!(pods(rows).contains(&format!("row 1, column `{column}`")), "{}", pods(rows));
    }
    let no_text = told(b"arrival_s,duration_s,gpus\n0,60,1\n1,\xff,1\n", TraceFormat::Plain);
    assert!(no_text.contains("row 2, column `duration_s` (line 3)"), "{no_text}");
}

/// CSV's own reading of an open quotation mark is that the file goes on inside it.
#[test]
fn a_quotation_mark_that_stays_open_is_told_and_swallows_nothing() {
    let rows = "arrival_s,duration_s,gpus,name\n1,10,1,one\n2,10,1,\"two\n3,10,1,three\n";
    let expected = "trace.csv: row 2, column `name` (line 3): found `\"two`, expected a field that ends \
                    on its line: is a quotation mark open?";
    assert_eq!(told(rows.as_bytes(), TraceFormat::Plain), expected);
}

#[test]
fn an_unsorted_row_is_told() {
    let expected = "trace.csv: row 3 (line 4) is unsorted: it arrives at 4.999999 s, \
                    the row above at 5 s; sort the file by `arrival_s`";
    assert_eq!(plain("0,60,1,,\n5,60,1,,\n4.999999,60,1,,\n"), expected);
    let told = pods("p,0,0,1,1000,,,,7,9,7\nq,0,0,1,1000,,,,6,9,6\n");
    assert!(told.contains("row 2 (line 3) is unsorted"), "{told}");
}

#[test]
fn bad_nodes_are_told() {
    let told = |rows: &str| {
        let file = file("nodes.csv", format!("{NODES}{rows}").as_bytes());
        read_nodes(&file.path).unwrap_err().to_string()
    };
    assert!(told("a,1000,1000,17,T4\n").contains("at most 16 GPUs (HOST-01)"));
    assert!(told("a,1000,1000,2,\n").contains("column `model`"));
    assert!(told("a,1000,1000,2,T4\na,1000,1000,2,T4\n").contains("row 2, column `sn`"));
    assert!(told(",1000,1000,2,T4\n").contains("column `sn`"));
}

#[test]
fn a_column_that_is_no_number_is_told() {
    let bad = file("x.csv", b"seconds\n1.5\nNaN\n");
    let error = numbers(&bad.path, "seconds").unwrap_err().to_string();
    assert!(error.contains("row 2, column `seconds`") && error.contains("`NaN`"), "{error}");
    let error = numbers(&bad.path, "minutes").unwrap_err().to_string();
    assert!(error.contains("column `minutes` is missing; the file has seconds"), "{error}");
}

/// A spot row without a bid needs one of its segment: the check hands on its row.
#[test]
fn a_spot_row_without_a_bid_is_handed_on() {
    let text = "arrival_s,duration_s,gpus,kind\n0,60,1,\n1,60,1,spot\n2,60,1,spot\n";
    let file = file("trace.csv", text.as_bytes());
    let facts = check_trace(&replay(&file.path, TraceFormat::Plain), Span::FOREVER).unwrap();
    assert_eq!(facts.spot_without_bid, Some(2));
}

/// A file that changes between its check and its replay ends the arrivals, and is not silent about it.
#[test]
fn a_trace_that_breaks_after_its_check_is_a_failure() {
    let file = file("trace.csv", PLAIN.as_bytes());
    let checked = replay(&file.path, TraceFormat::Plain);
    let facts = check_trace(&checked, Span::FOREVER).unwrap();
    assert_eq!((facts.rows, facts.requests), (2, 2));
    std::fs::write(&file.path, format!("{PLAIN}later,60,1\n")).unwrap();
    assert_eq!(broken(checked.clone()), (2, Some("arrival_s".to_owned())));
    // So does a name of GPU types that nobody has resolved.
    let text = "arrival_s,duration_s,gpus,gpu_type\n0,60,1,\n1,60,1,T4\n";
    std::fs::write(&file.path, text).unwrap();
    assert_eq!(broken(checked), (1, Some("gpu_type".to_owned())));
}

/// How many arrivals come before a replay breaks, and on which column it does.
fn broken(replay: Replay) -> (usize, Option<String>) {
    let market = scenario(SimTime::from_seconds(1_000));
    let customers = segment(ArrivalProcess::Replay(replay));
    let mut source = Source::open(&market, &customers, 1, 0).unwrap();
    let count = std::iter::from_fn(|| source.next().copied()).count();
    let column = match source.take_failure() {
        Some(TraceError::Malformed { column, .. }) => Some(column),
        _ => None,
    };
    (count, column)
}

/// The line is that of the row itself, whatever stands between it and the row above.
#[test]
fn a_row_is_told_by_its_own_line() {
    const HEADER: &str = "arrival_s,duration_s,gpus";
    for (rows, expected) in [
        ("{}\r\n0,10,1\r\n5,x,1\r\n", "row 2, column `duration_s` (line 3)"),
        ("{}\n0,10,1\n\n# a note, with commas\n5,x,1\n", "row 2, column `duration_s` (line 5)"),
        ("# a note\r\n{}\r\n\r\n0,x,1\r\n", "row 1, column `duration_s` (line 4)"),
        ("{}\r\n\r\n # no comment\r\n0,10,1\r\n", "row 1, column `duration_s` (line 3)"),
        ("{}\r\n9,10,1\r\n\r\n5,10,1\r\n", "row 2 (line 4) is unsorted"),
        ("{}\r\n0,10,1\r\n#\r\n5,\"10\r\n,1\r\n", "row 2, column `gpus` (line 4)"),
        ("{}\n0,10,1", ""),
    ] {
        let text = rows.replace("{}", HEADER);
        for bytes in [text.clone().into_bytes(), gzipped(&text)] {
            let trace = file("trace.csv", &bytes);
            let read = check_trace(&replay(&trace.path, TraceFormat::Plain), Span::FOREVER);
            let said = read.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{said}");
        }
    }
    let empirical = file("hours.csv", b"hours\r\n1\r\n\r\n# more\r\ntwo\r\n");
    let said = numbers(&empirical.path, "hours").unwrap_err().to_string();
    assert!(said.contains("row 2, column `hours` (line 5): found `two`"), "{said}");
    let nodes = file("nodes.csv", format!("{NODES}\na,1,1,x,G1\n").as_bytes());
    let said = describe(&nodes.path).unwrap_err().to_string();
    assert!(said.contains("row 1, column `gpu` (line 3)"), "{said}");
}
