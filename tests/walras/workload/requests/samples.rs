//! The samples of traces of requests that we ship. Their figures were counted apart from this code, by a
//! script over the same files.

use super::{Submitted, Z99, instants, seconds, submitted, traced};
use std::path::{Path, PathBuf};
use walras::rng::draw::Distribution;
use walras::scenario::model::serverless::{
    RequestSource, RequestTrace, RequestTraceFormat, ServiceTime, Work,
};
use walras::units::{SimTime, Span};
use walras::workload::describe::{Content, describe};
use walras::workload::import::{FileKind, numbers};
use walras::workload::requests::Requests;
use walras::workload::requests::survey::{Survey, check_requests};

const MONTH: u64 = 30 * 86_400;

pub(super) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/traces").join(name)
}

pub(super) fn trace(path: PathBuf, format: RequestTraceFormat) -> RequestTrace {
    RequestTrace { path, format, only: None, stretch: 1.0 }
}

fn plain() -> RequestTrace {
    trace(sample("plain_requests_sample.csv"), RequestTraceFormat::Plain)
}
fn llm() -> RequestTrace {
    trace(sample("azure_llm_2023_sample.csv"), RequestTraceFormat::AzureLlm2023)
}
fn counted() -> RequestTrace {
    let path = sample("azure_functions_2019_invocations_sample.csv");
    trace(path, RequestTraceFormat::AzureFunctions2019)
}
fn functions() -> RequestTrace {
    trace(sample("azure_functions_2021_sample.csv"), RequestTraceFormat::AzureFunctions2021)
}
fn genai() -> RequestTrace {
    trace(sample("alibaba_genai_2026_sample.csv"), RequestTraceFormat::AlibabaGenai2026)
}

fn only(name: &str, trace: RequestTrace) -> RequestTrace {
    RequestTrace { only: Some(name.to_owned()), ..trace }
}

pub(super) fn surveyed(path: &Path) -> Survey {
    match describe(path).unwrap().content {
        Content::Submissions(survey) => *survey,
        _ => panic!("requests are described as something else"),
    }
}

fn total(all: &Submitted) -> f64 {
    all.iter().map(|(_, job)| seconds(job)).sum()
}

#[test]
fn the_plain_sample_is_replayed_and_what_it_leaves_open_is_the_source_s() {
    let source = RequestSource {
        sync: true,
        ttl: Some(Span::HOUR),
        input_bytes: Some(Distribution::Constant(77.0)),
        ..traced(plain())
    };
    let all = submitted(&source, 1, MONTH);
    assert_eq!(all.len(), 240);
    let (at, first) = all[0];
    assert_eq!((at, first.execution), (SimTime::from_micros(17_942_000), Work::Tokens(953, 95)));
    assert_eq!((first.sync, first.input_bytes, first.output_bytes), (false, 25_465, 191_978));
    let count = |is: &dyn Fn(&walras::scenario::model::serverless::Submission) -> bool| {
        all.iter().filter(|(_, job)| is(job)).count()
    };
    assert_eq!((count(&|job| job.low_priority), count(&|job| job.handler_error)), (35, 9));
    let tokens = |job: &walras::scenario::model::serverless::Submission| {
        matches!(job.execution, Work::Tokens(..))
    };
    assert_eq!(count(&tokens), 61);
    assert!(
        0 < count(&|job| job.input_bytes == 77) && 0 < count(&|job| job.output_units == 1_048_576)
    );
    assert!(0 < count(&|job| job.ttl == Some(Span::MINUTE * 10)));
    assert!(all.iter().all(|(_, job)| job.ttl.is_some()));
    let images = submitted(&traced(only("image", plain())), 1, MONTH);
    assert_eq!(images.len(), 179);
    assert!((total(&images) - 1_008.222).abs() < 1e-6);
}

#[test]
fn tokens_are_the_trace_s_or_give_way_to_times_of_the_scenario() {
    let all = submitted(&traced(llm()), 1, MONTH);
    assert_eq!((all.len(), all[0].0), (300, SimTime::ZERO));
    assert_eq!(all[0].1.execution, Work::Tokens(1_165, 51));
    let tokens = all.iter().map(|(_, job)| match job.execution {
        Work::Tokens(prompt, answer) => (u64::from(prompt), u64::from(answer)),
        Work::Takes(_) => panic!("a request of seconds"),
    });
    let sums = tokens.fold((0, 0), |sums, found| (sums.0 + found.0, sums.1 + found.1));
    assert_eq!(sums, (275_248, 50_455));
    // 09:20:53.2055084 less 09:00:11.8841065, each to the nearest microsecond.
    assert_eq!(all[299].0, SimTime::from_micros(1_241_321_401));
    let service = ServiceTime::Drawn(Distribution::Constant(2.0));
    let drawn = submitted(&RequestSource { service, ..traced(llm()) }, 1, MONTH);
    assert_eq!(instants(&drawn), instants(&all));
    assert!(drawn.iter().all(|(_, job)| job.execution == Work::Takes(Span::from_seconds(2))));
    let facts = check_requests(&llm(), true, Span::MINUTE * 10).unwrap();
    assert_eq!((facts.rows, facts.requests + facts.late, facts.tokens), (300, 300, facts.requests));
    assert!(0 < facts.late);
}

/// As many in each minute as were counted, in order; a function's run times lie within its percentiles.
#[test]
fn counts_of_minutes_become_requests_at_instants() {
    let all = submitted(&traced(counted()), 1, MONTH);
    assert_eq!(all.len(), 1_382);
    assert!(all.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    let mean = total(&all) / 1_382.0;
    assert!((mean - 7.198).abs() < Z99 * 9.0 / 1_382_f64.sqrt(), "{mean}");
    assert_eq!(submitted(&traced(counted()), 1, MONTH), all);
    let other = submitted(&traced(counted()), 2, MONTH);
    let minutes = |all: &Submitted| {
        instants(all).iter().map(|at| at.micros() / 60_000_000).collect::<Vec<_>>()
    };
    assert!(minutes(&other) == minutes(&all) && instants(&other) != instants(&all));
    let timer = submitted(&traced(only("0bcc056cf604c313", counted())), 1, MONTH);
    assert_eq!(timer.len(), 96, "once in each quarter of an hour");
    assert!(timer.iter().all(|(_, job)| (0.05..1.7).contains(&seconds(job))));
    // The function whose run times are not told is there when the scenario has some.
    let service = ServiceTime::Drawn(Distribution::Constant(1.0));
    let with_all = RequestSource { service, ..traced(counted()) };
    assert_eq!(submitted(&with_all, 1, MONTH).len(), 1_382 + 165);
    let facts = check_requests(&counted(), true, Span::FOREVER).unwrap();
    assert_eq!((facts.rows, facts.requests, facts.left_out), (5, 1_382, 165));
    let files: Vec<_> = facts.files.iter().map(|(path, _)| path.file_name().unwrap()).collect();
    assert_eq!(files[1], "azure_functions_2019_durations_sample.csv");
}

/// What a trace of counts comes to is told from the counts: of a minute that the window cuts, its share.
#[test]
fn counts_are_added_up_and_not_spread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invocations.csv");
    // Spread one by one, so many would take days.
    let counts = "HashOwner,HashApp,HashFunction,Trigger,1,2,3\no,a,f,http,4000000000,30,0\no,a,g,http,1,0,7\n";
    std::fs::write(&path, counts).unwrap();
    let day = trace(path, RequestTraceFormat::AzureFunctions2019);
    let of = |window: Span, stretch: f64| {
        let facts =
            check_requests(&RequestTrace { stretch, ..day.clone() }, false, window).unwrap();
        (facts.rows, facts.requests, facts.late, facts.tokens)
    };
    assert_eq!(of(Span::FOREVER, 1.0), (2, 4_000_000_038, 0, 0));
    assert_eq!(of(Span::MINUTE, 1.0), (2, 4_000_000_001, 37, 0));
    // A third of the second minute, and its half.
    assert_eq!(of(Span::from_seconds(80), 1.0), (2, 4_000_000_011, 27, 0));
    assert_eq!(of(Span::from_seconds(180), 2.0), (2, 4_000_000_016, 22, 0));
    assert_eq!(of(Span::ZERO, 1.0), (2, 0, 4_000_000_038, 0));
    // Once those in time are over, the rest is told from the counts, too.
    let small = folder.path().join("few.csv");
    let counts = "HashOwner,HashApp,HashFunction,Trigger,1,2,3\no,a,f,http,10,30,4000000000\n";
    std::fs::write(&small, counts).unwrap();
    let few = trace(small, RequestTraceFormat::AzureFunctions2019);
    let service = ServiceTime::Drawn(Distribution::Constant(1.0));
    let source = RequestSource { service, ..traced(few) };
    let until = (0, SimTime::from_seconds(60));
    let mut requests = Requests::open(&source, 0, (1, 0), until).unwrap();
    let mut taken = 0;
    while requests.next().is_some() {
        taken += 1;
    }
    assert_eq!((taken, requests.count_late().unwrap()), (10, 4_000_000_030));
}

/// Within a minute all places are equally likely: the means of their places and of their squares.
#[test]
fn requests_of_a_minute_are_uniform_within_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invocations.csv");
    let counts =
        "HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,30000,0\no,a,g,http,10000,0\n";
    std::fs::write(&path, counts).unwrap();
    let service = ServiceTime::Drawn(Distribution::Constant(1.0));
    let day = trace(path, RequestTraceFormat::AzureFunctions2019);
    let all = submitted(&RequestSource { service, ..traced(day) }, 1, MONTH);
    assert_eq!(all.len(), 40_000);
    let places: Vec<f64> = instants(&all).iter().map(|at| at.micros() as f64 / 60e6).collect();
    let moment = |power| places.iter().map(|x| x.powi(power)).sum::<f64>() / 40_000.0;
    let error = |deviation: f64| Z99 * deviation / 200.0;
    assert!((moment(1) - 0.5).abs() < error(1.0 / 12_f64.sqrt()), "{}", moment(1));
    assert!((moment(2) - 1.0 / 3.0).abs() < error((4.0 / 45_f64).sqrt()), "{}", moment(2));
}

#[test]
fn invocations_arrive_at_their_end_less_their_duration() {
    let all = submitted(&traced(functions()), 1, MONTH);
    assert_eq!((all.len(), all[0].0), (220, SimTime::from_micros(9_475_122)));
    assert_eq!(all[219].0, SimTime::from_micros(3_340_948_032));
    assert!((total(&all) - 2_890.091).abs() < 1e-6);
    assert!(all.windows(2).all(|pair| pair[0].0 <= pair[1].0), "the file is in another order");
    let of = |name| submitted(&traced(only(name, functions())), 1, MONTH).len();
    assert_eq!((of("c52f136c6acd68bd"), of("3b49cfbea89456ca"), of("nobody")), (152, 53, 0));
}

#[test]
fn requests_of_base_models_keep_step_and_failures() {
    let all = submitted(&traced(genai()), 1, MONTH);
    assert_eq!((all.len(), all[0].0), (259, SimTime::ZERO));
    assert!((total(&all) - 5_772.0).abs() < 1e-6);
    assert_eq!(all.iter().filter(|(_, job)| job.handler_error).count(), 3);
    let model = submitted(&traced(only("M0001", genai())), 1, MONTH);
    assert_eq!(model.len(), 60);
    // 10:02:50, the third row; the trace's zero is its first row, 10:01:18.
    assert_eq!(model[0].0, SimTime::from_seconds(92));
}

#[test]
fn a_trace_is_stretched_from_the_source_s_beginning() {
    let stretch = RequestTrace { stretch: 0.5, ..genai() };
    let from = SimTime::from_seconds(1_000);
    let until = SimTime::from_seconds(20_000);
    let half = submitted(&RequestSource { from, until, ..traced(stretch) }, 1, MONTH);
    let whole = submitted(&traced(genai()), 1, MONTH);
    for ((half, job), (at, same)) in half.iter().zip(&whole) {
        assert_eq!((half.micros() - from.micros()) * 2, at.micros());
        assert_eq!(job, same);
    }
    let within = whole.iter().filter(|(at, _)| *at < SimTime::from_seconds(38_000)).count();
    assert_eq!(half.len(), within);
}

#[test]
fn each_sample_is_recognized() {
    for (trace, requests) in
        [(plain(), 240), (llm(), 300), (counted(), 1_382), (functions(), 220), (genai(), 259)]
    {
        let found = describe(&trace.path).unwrap();
        assert_eq!(found.kind, FileKind::Requests(trace.format));
        let survey = surveyed(&trace.path);
        assert_eq!(survey.requests, requests);
        assert_eq!(survey.services.iter().map(|(_, many)| many).sum::<u64>(), requests);
        assert!(survey.executions.is_some() || survey.tokens.is_some());
        let replayed = u64::try_from(submitted(&traced(trace), 1, MONTH).len()).unwrap();
        assert_eq!(replayed, requests, "{:?}", found.kind);
    }
    let mean = surveyed(&counted().path).executions.unwrap().mean;
    assert!((mean - 7.197_796_628).abs() < 1e-9, "{mean}");
    let times = describe(&sample("azure_functions_2019_durations_sample.csv")).unwrap();
    assert_eq!((times.kind, times.rows), (FileKind::Durations, 4));
}

/// Milliseconds of loading a base model, as any other column of numbers.
#[test]
fn measured_loads_are_an_empirical_distribution() {
    let path = sample("alibaba_genai_loads_sample.csv");
    let Content::Measured(found) = describe(&path).unwrap().content else {
        panic!("measured values are described as something else")
    };
    assert!((found.values.unwrap().mean - 20_863.304_166_667).abs() < 1e-6);
    assert_eq!(numbers(&path, "value").unwrap().len(), 120);
}
