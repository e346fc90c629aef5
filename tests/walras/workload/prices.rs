//! Recorded spot prices as the price path of a run.

use super::traces::file;
use walras::scenario::demand::TraceFormat;
use walras::units::{Money, Share, SimTime, Span};
use walras::workload::calendar::Moment;
use walras::workload::prices::{PriceSeries, PriceTrace};

const AWS_2015: &str = "timestamp,SpotPrice\n";
const AWS_2020: &str = "Timestamp,AvailabilityZone,InstanceType,SpotPrice\n";
const HALF_A_DAY: &str = "2015-03-11T12:00:00Z,0.065\n2015-03-11T13:00:00Z,0.07\n\
                          2015-03-11T13:30:00Z,0.07\n2015-03-11T20:00:00Z,6.5\n\
                          2015-03-12T00:00:00Z,0.064\n";
const TWO_ZONES: &str = "2020-01-06T00:00:00Z,a,p3.8xlarge,3.672\n\
                         2020-01-06T01:00:00Z,b,p3.8xlarge,3.8\n\
                         2020-01-06T02:00:00Z,a,p3.2xlarge,0.918\n\
                         2020-01-06T03:00:00Z,a,p3.8xlarge,3.6723\n";

fn wanted(format: TraceFormat) -> PriceTrace {
    PriceTrace {
        path: std::path::PathBuf::new(),
        format,
        zone: None,
        instance: None,
        gpus: 1,
        times: Share::ONE,
        start: None,
        from: Span::ZERO,
    }
}

fn read(text: &str, wanted: PriceTrace) -> Result<PriceSeries, String> {
    let file = file("x.csv", text.as_bytes());
    PriceSeries::read(&PriceTrace { path: file.path.clone(), ..wanted }).map_err(|error| {
        error.to_string().replace(&format!("{}/", file.folder.path().display()), "")
    })
}

/// The price path as seconds and USD.
fn path(series: &PriceSeries) -> Vec<(u64, String)> {
    let shown = |(at, price): &(SimTime, Money)| (at.micros() / 1_000_000, price.to_string());
    series.path.rows.iter().map(shown).collect()
}

fn steps(steps: &[(u64, &str)]) -> Vec<(u64, String)> {
    steps.iter().map(|(at, price)| (*at, (*price).to_owned())).collect()
}

#[test]
fn a_market_s_prices_become_its_path() {
    let text = format!("{AWS_2015}{HALF_A_DAY}");
    let series = read(&text, wanted(TraceFormat::AwsSpot2015)).unwrap();
    // A price that is stated anew is no change.
    let expected = [(0, "0.065"), (3_600, "0.07"), (28_800, "6.5"), (43_200, "0.064")];
    assert_eq!(path(&series), steps(&expected));
    let at = |seconds| series.path.at(SimTime::from_seconds(seconds)).to_string();
    assert_eq!(
        [0, 3_599, 3_600, 28_800, 1_000_000].map(at),
        ["0.065", "0.065", "0.07", "6.5", "0.064"]
    );
    // AWS hands its history out newest first.
    let mut rows: Vec<&str> = HALF_A_DAY.lines().collect();
    rows.reverse();
    let newest = format!("{AWS_2015}{}\n", rows.join("\n"));
    let newest = read(&newest, wanted(TraceFormat::AwsSpot2015)).unwrap();
    assert_eq!((newest.path, newest.span), (series.path, series.span));
}

#[test]
fn time_0_is_a_stated_instant_of_the_trace() {
    let from =
        |text: &str| PriceTrace { start: Moment::parse(text), ..wanted(TraceFormat::AwsSpot2015) };
    let read = |start: &str| read(&format!("{AWS_2015}{HALF_A_DAY}"), from(start));
    let within = read("2015-03-11 13:10:00").unwrap();
    assert_eq!(path(&within), steps(&[(0, "0.07"), (24_600, "6.5"), (39_000, "0.064")]));
    let on_a_change = read("2015-03-11 20:00:00").unwrap();
    assert_eq!(path(&on_a_change), steps(&[(0, "6.5"), (14_400, "0.064")]));
    let last = read("2015-03-12").unwrap();
    assert_eq!(path(&last), steps(&[(0, "0.064")]));
    let told = |start| {
        format!(
            "x.csv: the price wanted is that of {start}; the market's begin at 2015-03-11 12:00:00, the \
             last at 2015-03-12 00:00:00"
        )
    };
    assert_eq!(read("2015-03-12 00:00:01").unwrap_err(), told("2015-03-12 00:00:01"));
    // SPOT-13. Before the first row the first one's price holds.
    let earlier = read("2015-03-11 11:00:00").unwrap();
    assert_eq!(
        path(&earlier),
        steps(&[(0, "0.065"), (7_200, "0.07"), (32_400, "6.5"), (46_800, "0.064")])
    );
}

/// `from` counts from the first price, or from the instant stated.
#[test]
fn time_0_may_lie_some_time_after_it() {
    let text = format!("{AWS_2015}{HALF_A_DAY}");
    let from = |start: Option<&str>, from| {
        let start = start.and_then(Moment::parse);
        read(&text, PriceTrace { start, from, ..wanted(TraceFormat::AwsSpot2015) })
    };
    let after_first = from(None, Span::MINUTE * 70).unwrap();
    assert_eq!(path(&after_first), steps(&[(0, "0.07"), (24_600, "6.5"), (39_000, "0.064")]));
    let after_start = from(Some("2015-03-11 10:00:00"), Span::MINUTE * 190).unwrap();
    assert_eq!(after_start.path, after_first.path);
    assert!(from(None, Span::HOUR * 12).is_ok(), "at the last price");
    let past = from(None, Span::HOUR * 12 + Span::from_micros(1)).unwrap_err();
    assert!(past.contains("is that of 43200.000001 s after 2015-03-11 12:00:00; the"), "{past}");
}

#[test]
fn plain_prices_count_seconds_from_a_zero_of_their_own() {
    let text = "at_s,price_usd_per_gpu_hour\n3600,0.5\n7200,0.8\n90000,0.333333333\n";
    let of = |times, from| {
        let times = Share::parse(times).unwrap();
        read(text, PriceTrace { times, from, ..wanted(TraceFormat::PlainPrices) })
    };
    let whole = of("1", Span::ZERO).unwrap();
    assert_eq!(path(&whole), steps(&[(0, "0.5"), (7_200, "0.8"), (90_000, "0.333333333")]));
    // Rows before time 0 tell only the price in force then; a product is rounded down once.
    let eighth = of("0.125", Span::HOUR * 3).unwrap();
    assert_eq!(path(&eighth), steps(&[(0, "0.1"), (79_200, "0.041666666")]));
    let past = of("1", Span::HOUR * 26).unwrap_err();
    let told = "is that of 93600 s after 0 s; the market's begin at 3600 s, the last at 90000 s";
    assert!(past.contains(told), "{past}");
    let bad = text.replace("7200", "2h");
    let bad = read(&bad, wanted(TraceFormat::PlainPrices)).unwrap_err();
    assert!(bad.contains("row 2, column `at_s` (line 3): found `2h`"), "{bad}");
}

#[test]
fn one_market_is_chosen_and_its_price_is_per_gpu() {
    let text = format!("{AWS_2020}{TWO_ZONES}");
    let of = |zone: Option<&str>, instance: Option<&str>, gpus| {
        let (zone, instance) = (zone.map(str::to_owned), instance.map(str::to_owned));
        read(&text, PriceTrace { zone, instance, gpus, ..wanted(TraceFormat::AwsSpot2020) })
    };
    let series = of(Some("a"), Some("p3.8xlarge"), 4).unwrap();
    assert_eq!((&*series.zone, &*series.instance), ("a", "p3.8xlarge"));
    assert_eq!(path(&series), steps(&[(0, "0.918"), (10_800, "0.918075")]));
    // A third of a price is rounded down to the nano-dollar.
    assert_eq!(of(Some("b"), None, 3).unwrap().path.rows[0].1.to_string(), "1.266666666");
    assert_eq!(path(&of(None, Some("p3.2xlarge"), 1).unwrap()), steps(&[(0, "0.918")]));
    let several = of(None, Some("p3.8xlarge"), 4).unwrap_err();
    assert_eq!(
        several,
        "x.csv: the price wanted may be that of several markets: `p3.8xlarge a`, `p3.8xlarge b`"
    );
    let none = of(Some("c"), Some("p3.2xlarge"), 1).unwrap_err();
    assert!(none.starts_with("x.csv: the price wanted is that of `p3.2xlarge c`; the file has"));
    let azure = "Date,NC6s v2,NC12s v3\n2/24/2020,0.27,1.2\n2/25/2020,0.41,1.2\n2/27/2020,,1.3\n";
    let azure = |instance: &str, gpus| {
        let instance = Some(instance.to_owned());
        read(azure, PriceTrace { instance, gpus, ..wanted(TraceFormat::AzureSpot2020) })
    };
    assert_eq!(path(&azure("NC12s v3", 2).unwrap()), steps(&[(0, "0.6"), (259_200, "0.65")]));
    assert_eq!(path(&azure("NC6s v2", 1).unwrap()), steps(&[(0, "0.27"), (86_400, "0.41")]));
    assert!(azure("NC6", 1).unwrap_err().contains("is that of `NC6`; the file has `NC12s v3`"));
}

#[test]
fn prices_that_make_no_path_are_told() {
    let told = |rows: &str| {
        read(&format!("{AWS_2015}{rows}"), wanted(TraceFormat::AwsSpot2015)).unwrap_err()
    };
    let first = "2015-03-11T12:00:00Z,1\n2015-03-11T13:00:00Z,2\n";
    assert_eq!(
        told(&format!("{first}2015-03-11T12:30:00Z,3\n")),
        "x.csv: row 3, column `timestamp` (line 4): found `2015-03-11T12:30:00Z`, expected rows in \
         order of time, oldest or newest first"
    );
    let twice = told(&format!("{first}2015-03-11T13:00:00Z,3\n"));
    assert!(twice.contains("row 3, column `timestamp` (line 4)"), "{twice}");
    assert!(twice.contains("states another price for this one"), "{twice}");
    let same = format!("{AWS_2015}{first}2015-03-11T13:00:00Z,2\n");
    assert!(read(&same, wanted(TraceFormat::AwsSpot2015)).is_ok(), "the same price twice is one");
    assert_eq!(told(""), "x.csv: the price wanted is missing: the file has no row");
    let bad = told(&format!("{first}2015-03-11T14:00:00Z,-1\n"));
    assert!(bad.contains("row 3, column `SpotPrice` (line 4): found `-1`"), "{bad}");
    let zone = PriceTrace { zone: Some("a".to_owned()), ..wanted(TraceFormat::AwsSpot2015) };
    let zone = read(&format!("{AWS_2015}{first}"), zone).unwrap_err();
    assert!(zone.contains("column `AvailabilityZone` is missing"), "{zone}");
    let other = read(TWO_ZONES, wanted(TraceFormat::AwsSpot2020)).unwrap_err();
    assert!(other.contains("found an unknown table"), "{other}");
}

/// The samples that we ship have one price at least of each market from their first day on.
#[test]
fn the_samples_are_read() {
    let of = |name: &str, format, zone: Option<&str>, instance: Option<&str>| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/traces");
        let (zone, instance) = (zone.map(str::to_owned), instance.map(str::to_owned));
        let path = path.join(name);
        let series = PriceSeries::read(&PriceTrace { path, zone, instance, ..wanted(format) });
        series.unwrap().path.rows.len()
    };
    assert!(100 < of("aws_spot_2015_sample.csv", TraceFormat::AwsSpot2015, None, None));
    let (zone, instance) = (Some("us-sample-1a"), Some("p3.2xlarge"));
    assert!(10 < of("aws_spot_2020_sample.csv", TraceFormat::AwsSpot2020, zone, instance));
    let instance = Some("NC6s v3");
    assert!(1 < of("azure_spot_2020_sample.csv", TraceFormat::AzureSpot2020, None, instance));
}
