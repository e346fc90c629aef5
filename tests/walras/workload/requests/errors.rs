//! What is wrong with a trace of requests is told with its row and column.

use super::samples::trace;
use super::{Requests, instants, source, submitted, traced};
use crate::workload::traces::{file, gzipped};
use walras::scenario::model::serverless::{
    RequestArrivals, RequestSource, RequestTrace, RequestTraceFormat,
};
use walras::units::{SimTime, Span};
use walras::workload::requests::survey::check_requests;

fn told_of(text: &str, format: RequestTraceFormat, only: Option<&str>) -> String {
    let file = file("trace.csv", text.as_bytes());
    let trace = trace(file.path.clone(), format);
    let trace = RequestTrace { only: only.map(str::to_owned), ..trace };
    let error = check_requests(&trace, true, Span::FOREVER).unwrap_err();
    error.to_string().replace(&format!("{}/", file.folder.path().display()), "")
}

fn plain(rows: &str) -> String {
    let header = "arrival_s,execution_s,prompt_tokens,answer_tokens,low_priority,operation";
    told_of(&format!("{header}\n{rows}"), RequestTraceFormat::Plain, None)
}

#[test]
fn a_row_has_a_time_or_tokens() {
    for (row, told) in [
        ("0,5,,,,\n1,,,,,", "row 2, column `execution_s` (line 3): found ``, expected seconds, or"),
        ("0,5,7,,,", "column `execution_s` (line 2): found `5`, expected nothing in a row"),
        ("0,,7,,,", "column `answer_tokens` (line 2): found ``"),
        ("0,,,7,,", "column `prompt_tokens` (line 2): found ``"),
        ("0,-5,,,,", "found `-5`, expected seconds, not negative"),
        ("0,5,,,maybe,", "column `low_priority` (line 2): found `maybe`, expected true, false"),
        ("0,5,,,,walk", "column `operation` (line 2): found `walk`, expected run, runsync"),
        ("5,1,,,,\n4,1,,,,", "row 2 (line 3) is unsorted: it arrives at 4 s, the row above at 5 s"),
    ] {
        let found = plain(row);
        assert!(found.contains(told), "{found}");
    }
}

#[test]
fn columns_and_kinds_are_checked() {
    use RequestTraceFormat as Format;
    let cases = [
        ("arrival_s,execution_s,lowpriority\n", Format::Plain, "nearest is `low_priority`"),
        ("execution_s\n", Format::Plain, "expected a list of requests to endpoints in the plain"),
        ("app,func,end_timestamp,duration\n", Format::AzureLlm2023, "found a list of invocations"),
        ("gmt_create,exec_time_seconds\n", Format::AlibabaGenai2026, "checkpoint_model_version_id"),
        (
            "app,func,end_timestamp,duration\na,f,5,1\na,f,x,1\n",
            Format::AzureFunctions2021,
            "row 2, column `end_timestamp` (line 3): found `x`",
        ),
        (
            "TIMESTAMP,ContextTokens,GeneratedTokens\n2030-01-01 00:00:09.1,1,1\n\
             2030-01-01 00:00:10,1.5,1\n",
            Format::AzureLlm2023,
            "row 2, column `ContextTokens` (line 3): found `1.5`",
        ),
        (
            "TIMESTAMP,ContextTokens,GeneratedTokens\n2030-01-01 00:00:09.1,1,1\n\
             2030-01-01 00:00:09.0,1,1\n",
            Format::AzureLlm2023,
            "no instant before the first row's",
        ),
        (
            "HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,1,2\n",
            Format::AzureFunctions2019,
            "durations.csv: can't be opened",
        ),
    ];
    for (text, format, told) in cases {
        let found = told_of(text, format, None);
        assert!(found.contains(told), "{found}");
    }
    let found = told_of("arrival_s,execution_s\n1,1\n", Format::Plain, Some("chat"));
    assert!(found.contains("column `service` is missing"), "{found}");
}

#[test]
fn run_times_have_to_rise_and_counts_to_be_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invocations_per_function_md.anon.d01.csv");
    let beside = folder.path().join("function_durations_percentiles.anon.d01.csv");
    let told = |count: &str, median: &str| {
        let key = "HashOwner,HashApp,HashFunction";
        std::fs::write(&path, format!("{key},Trigger,1,2\no,a,f,http,1,{count}\n")).unwrap();
        let told = [0, 1, 25, 50, 75, 99, 100].map(|p| format!("percentile_Average_{p}")).join(",");
        let row = format!("o,a,f,5,1,2,{median},8,9,9");
        std::fs::write(&beside, format!("{key},Average,{told}\n{row}\n")).unwrap();
        let trace = trace(path.clone(), RequestTraceFormat::AzureFunctions2019);
        check_requests(&trace, true, Span::FOREVER).map(|facts| facts.requests)
    };
    assert_eq!(told("3", "4,5").unwrap(), 4);
    let fault = told("3", "4,3").unwrap_err().to_string();
    assert!(fault.contains("column `percentile_Average_50` (line 2): found `3`"), "{fault}");
    let fault = told("3.5", "4,5").unwrap_err().to_string();
    assert!(fault.contains("row 1, column `2` (line 2): found `3.5`"), "{fault}");
}

#[test]
fn a_gzipped_file_is_read_and_an_end_told_to_whoever_asks() {
    let text = "arrival_s,execution_s\n1,2\n1,3\n0.5,1\n";
    let file = file("trace.csv", &gzipped(text));
    let broken = trace(file.path.clone(), RequestTraceFormat::Plain);
    let source = RequestSource { ..source(RequestArrivals::Trace(broken)) };
    let mut requests = Requests::open(&source, 0, (1, 0), (0, SimTime::NEVER)).unwrap();
    let at = SimTime::from_seconds(1);
    assert!(requests.next().is_some_and(|(first, _)| first == at));
    assert!(requests.next().is_some_and(|(second, _)| second == at), "two in one instant");
    assert!(requests.next().is_none() && requests.next().is_none());
    let failure = requests.take_failure().unwrap().to_string();
    assert!(failure.contains("row 3 (line 4) is unsorted"), "{failure}");
    assert!(requests.take_failure().is_none());
}

#[test]
fn what_comes_too_late_is_counted() {
    let file = file("trace.csv", b"arrival_s,execution_s\n0,1\n5,1\n9.999999,1\n10,1\n11,1\n");
    let trace = trace(file.path.clone(), RequestTraceFormat::Plain);
    let all = submitted(&traced(trace.clone()), 1, 10);
    assert_eq!(instants(&all).last(), Some(&SimTime::from_micros(9_999_999)));
    let mut requests =
        Requests::open(&traced(trace), 0, (1, 0), (0, SimTime::from_seconds(10))).unwrap();
    while requests.next().is_some() {}
    assert_eq!(requests.count_late().unwrap(), 2);
}
