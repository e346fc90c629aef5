//! What a file is, told by its columns alone, and what is said about tables of counts and prices.

use super::traces::file;
use walras::scenario::demand::TraceFormat;
use walras::units::{Money, Span};
use walras::workload::calendar::Moment;
use walras::workload::describe::series::{CountDescription, CountsDescription, PricesDescription};
use walras::workload::describe::{Content, Description, describe};
use walras::workload::import::FileKind;

fn described(text: &str) -> Description {
    describe(&file("x.csv", text.as_bytes()).path).unwrap()
}

/// Why a file can't be described, without its folder.
fn refused(text: &str) -> String {
    let file = file("x.csv", text.as_bytes());
    let error = describe(&file.path).unwrap_err().to_string();
    error.replace(&format!("{}/", file.folder.path().display()), "")
}

fn counts(text: &str) -> CountsDescription {
    match described(text).content {
        Content::Counts(found) => found,
        other => panic!("{other:?}"),
    }
}

fn prices(text: &str) -> PricesDescription {
    match described(text).content {
        Content::Prices(found) => found,
        other => panic!("{other:?}"),
    }
}

const THROUGHPUT: &str = "time,submit_job_all,start_job_all,submit_gpu_job,submit_gpu_num\n";
const AWS_2020: &str = "Timestamp,AvailabilityZone,InstanceType,SpotPrice\n";

#[test]
fn every_format_is_known_by_its_columns() {
    let headers = [
        ("arrival_s,duration_s,gpus", TraceFormat::Plain),
        (
            "name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time,deletion_time,scheduled_time",
            TraceFormat::OpenbPods,
        ),
        ("sn,cpu_milli,memory_mib,gpu,model", TraceFormat::OpenbNodes),
        ("timestamp,duration,num_gpus,gpu_time,cluster", TraceFormat::PhillyJobs),
        ("time,active,total", TraceFormat::PhillyNodes),
        (THROUGHPUT.trim_end(), TraceFormat::HeliosThroughput),
        ("time,total_gpu_num,running_gpu_num,pending_gpu_num", TraceFormat::HeliosOccupancy),
        (
            "instance_sn,role,app_name,cpu_request,gpu_request,memory_request,disk_request,\
             creation_time,scheduled_time,deletion_time",
            TraceFormat::DlrmInstances,
        ),
        ("timestamp,SpotPrice", TraceFormat::AwsSpot2015),
        (AWS_2020.trim_end(), TraceFormat::AwsSpot2020),
        ("Date,NC12,NC6s v3", TraceFormat::AzureSpot2020),
        ("at_s,price_usd_per_gpu_hour", TraceFormat::PlainPrices),
        ("node_id,event_time,event_type,Level", TraceFormat::GpuHostFaults),
        ("seconds,us-west-2a_v100_1", TraceFormat::SpotAvailability),
    ];
    assert_eq!(headers.map(|(_, format)| format), TraceFormat::ALL);
    for (header, format) in headers {
        let found = described(&format!("{header}\n"));
        assert_eq!((found.kind, found.rows), (FileKind::Known(format), 0), "{header}");
    }
    let unknown = refused("Date,price\n");
    for format in TraceFormat::ALL {
        assert!(unknown.contains(&format.to_string()), "{format} is missing in {unknown}");
    }
}

#[test]
fn counts_are_described_by_their_spread() {
    let found = counts(
        "time,active,total\n2017-10-03 00:00:00,3,9\n2017-10-03 00:02:00,1,9\n\
         2017-10-03 00:03:00,7,9\n2017-10-03 00:06:00,4,9\n",
    );
    let at = |text| Moment::parse(text).unwrap();
    assert_eq!(found.span, Some((at("2017-10-03 00:00:00"), at("2017-10-03 00:06:00"))));
    assert_eq!((found.step, found.missing), (Some(Span::MINUTE), 3));
    let active = CountDescription {
        name: "active".to_owned(),
        sum: 15,
        least: 1,
        median: 3,
        mean: 3.75,
        most: 7,
    };
    assert_eq!(found.columns[0], active);
    assert_eq!((&*found.columns[1].name, found.columns[1].sum), ("total", 36));
}

#[test]
fn prices_are_described_by_market() {
    let rows = "2020-01-01T00:00:00Z,a,p3.2xlarge,0.918\n2020-01-01T00:00:00Z,b,p3.2xlarge,1\n\
                2020-01-01T03:00:00Z,a,p3.2xlarge,0.95\n2020-01-01T04:00:00Z,a,p3.2xlarge,0.9\n";
    let found = prices(&format!("{AWS_2020}{rows}"));
    let usd = |text: &str| Money::parse(text).unwrap();
    let [a, b] = &found.markets[..] else { panic!("{found:?}") };
    assert_eq!((&*a.zone, &*a.instance, a.prices), ("a", "p3.2xlarge", 3));
    // Three hours at 0.918, one at 0.95; the last holds for no time that is known.
    assert_eq!((a.least, a.median, a.most), (usd("0.9"), usd("0.918"), usd("0.95")));
    assert_eq!((b.least, b.median, b.most), (usd("1"), usd("1"), usd("1")));
    // Newest first is the same.
    let mut newest: Vec<&str> = rows.lines().collect();
    newest.reverse();
    assert_eq!(prices(&format!("{AWS_2020}{}\n", newest.join("\n"))), found);
    let azure = prices("Date,NC6,NC6s v3\n2/29/2020,0.1,\n3/1/2020,0.2,0.60313\n");
    let names: Vec<_> =
        azure.markets.iter().map(|found| (&*found.instance, found.prices)).collect();
    assert_eq!(names, [("NC6", 2), ("NC6s v3", 1)]);
    let (first, last) = azure.span.unwrap();
    assert_eq!(last.since(first), Some(Span::DAY));
    let old = prices("timestamp,SpotPrice\n2015-03-11T16:53:20Z,0.0652\n");
    assert_eq!((old.markets.len(), old.markets[0].least), (1, usd("0.0652")));
}

#[test]
fn malformed_rows_of_series_are_told() {
    let good = "2020-04-01 00:00:00,1,1,1,1\n";
    for (row, column, found) in [
        ("2020-04-01 00:10:00,1,1,1,x\n", "submit_gpu_num", "x"),
        ("2020-04-01 00:10:00,1,1,-1,1\n", "submit_gpu_job", "-1"),
        ("2020-04-01 00:00:00,1,1,1,1\n", "time", "2020-04-01 00:00:00"),
        ("soon,1,1,1,1\n", "time", "soon"),
    ] {
        let told = refused(&format!("{THROUGHPUT}{good}{row}"));
        let at = format!("row 2, column `{column}` (line 3): found `{found}`");
        assert!(told.contains(&at), "{row:?}: {told}");
    }
    for (text, column, found) in [
        ("timestamp,SpotPrice\n2015-03-11 16:53,1\n", "timestamp", "2015-03-11 16:53"),
        ("timestamp,SpotPrice\n2015-03-11 16:53:00,-1\n", "SpotPrice", "-1"),
        ("timestamp,SpotPrice\n2015-03-11 16:53:00,\n", "SpotPrice", ""),
        ("Date,NC6\n24/2/2020,1\n", "Date", "24/2/2020"),
        ("Date,NC6,NC6s v3\n2/24/2020,1,free\n", "NC6s v3", "free"),
    ] {
        let at = format!("row 1, column `{column}` (line 2): found `{found}`");
        assert!(refused(text).contains(&at), "{text:?}: {}", refused(text));
    }
}
