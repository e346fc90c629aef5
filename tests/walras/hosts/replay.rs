//! Recorded outages: what files say, and what becomes of hosts (HOST-03, HOST-04).

use crate::build::{Heard, run};
use std::path::PathBuf;
use walras::ids::Id;
use walras::journal::Fact;
use walras::scenario::demand::TraceFormat;
use walras::scenario::load::{from_text, load};
use walras::scenario::outages::{Outage, Outages};
use walras::units::SimTime;
use walras::workload::describe::{Content, describe};
use walras::workload::outages::read_outages;

/// A file of this text, and what it says.
fn read(text: &str, format: TraceFormat, series: Option<&str>) -> Result<Outages, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("trace.csv");
    std::fs::write(&path, text).unwrap();
    let read = read_outages(&path, format, series);
    read.map(|(outages, _)| outages)
        .map_err(|error| error.to_string().replace(&path.display().to_string(), "trace.csv"))
}

fn seconds(outages: &[Outage]) -> Vec<(u64, Option<u64>)> {
    let second = |at: SimTime| at.micros() / 1_000_000;
    let until = |outage: &Outage| (outage.until != SimTime::NEVER).then(|| second(outage.until));
    outages.iter().map(|outage| (second(outage.from), until(outage))).collect()
}

const FAULTS: &str = "node_id,event_time,event_type,Desc\n\
    n7,0.5,fault_start,x\nn2,0.75,fault_start,y\nn7,1,fault_end,x\nn7,2.000001,fault_start,z\n";

/// Nodes in order of their first fault; a day is 86,400 s, to the microsecond.
#[test]
fn faults_take_nodes_away_until_they_end() {
    let found = read(FAULTS, TraceFormat::GpuHostFaults, None).unwrap();
    assert_eq!(seconds(found.of(0)), [(43_200, Some(86_400)), (172_800, None)]);
    assert_eq!(found.of(0)[1].from, SimTime::from_micros(172_800_086_400));
    assert_eq!(seconds(found.of(1)), [(64_800, None)]);
    assert_eq!(seconds(found.of(2)), [], "who never fails");
    let later = found.since(SimTime::from_seconds(80_000));
    assert_eq!(seconds(later.of(0)), [(0, Some(6_400)), (92_800, None)]);
    assert_eq!(seconds(later.of(1)), [(0, None)]);
}

const PROBES: &str = "seconds,a_v100_1,b_v100_1,b_v100_1_price\n\
    0,1,0,0.9\n300,3,2,0.9\n600,0,1,0.9\n900,2,,0.9\n1200,2,,0.9\n";

/// The i-th instance is there while the series is at least i; a series that has ended stays as it was.
#[test]
fn the_last_instances_go_first() {
    let a = read(PROBES, TraceFormat::SpotAvailability, Some("a_v100_1")).unwrap();
    assert_eq!(seconds(a.of(0)), [(600, Some(900))]);
    assert_eq!(seconds(a.of(1)), [(0, Some(300)), (600, Some(900))]);
    assert_eq!(seconds(a.of(2)), [(0, Some(300)), (600, None)]);
    assert_eq!(seconds(a.of(3)), [(0, None)], "more than there ever were");
    let b = read(PROBES, TraceFormat::SpotAvailability, Some("b_v100_1")).unwrap();
    assert_eq!(seconds(b.of(0)), [(0, Some(300))]);
    assert_eq!(seconds(b.of(1)), [(0, Some(300)), (600, None)]);
}

#[test]
fn what_is_wrong_with_a_record_is_said() {
    let faults = |text: &str| {
        let text = format!("node_id,event_time,event_type\n{text}");
        read(&text, TraceFormat::GpuHostFaults, None).unwrap_err()
    };
    assert!(faults("n,1,fault_end\n").contains("a fault_start of this node"));
    let twice = faults("n,1,fault_start\nn,2,fault_start\n");
    assert!(twice.contains("row 2, column `event_type`"), "{twice}");
    assert!(faults("n,-1,fault_start\n").contains("days, not negative"));
    assert!(faults("n,1,fault\n").contains("fault_start or fault_end"));
    let series =
        |text: &str, name| read(text, TraceFormat::SpotAvailability, Some(name)).unwrap_err();
    let unknown = series(PROBES, "c");
    assert!(unknown.contains("it has a_v100_1, b_v100_1"), "{unknown}");
    assert!(series("seconds,a\n5,1\n5,1\n", "a").contains("more than in the row above"));
    assert!(series("seconds,a\n5,x\n", "a").contains("a number of instances"));
}

fn shipped(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// Each begin of a fault is a HostDown of its node's host, each end a HostUp; the shipped sample.
#[test]
fn the_sample_of_faults_is_replayed_to_the_microsecond() {
    let mut scenario = load(&shipped("host_faults.ron"), &[]).unwrap();
    scenario.segments[0].until = SimTime::ZERO;
    let path = shipped("traces/gpu_host_faults_sample.csv");
    let (expected, _) = read_outages(&path, TraceFormat::GpuHostFaults, None).unwrap();
    let mut heard = Heard::default();
    run(&scenario, 0, &mut heard);
    let mut told: Vec<Vec<(SimTime, bool)>> = vec![Vec::new(); scenario.hosts.len()];
    for (at, fact) in heard.0 {
        match fact {
            Fact::HostDown { host } => told[host.index()].push((at, true)),
            Fact::HostUp { host } => told[host.index()].push((at, false)),
            _ => {}
        }
    }
    for (host, told) in told.iter().enumerate() {
        let both = |outage: &Outage| [(outage.from, true), (outage.until, false)];
        let all = expected.of(host).iter().flat_map(both);
        let all: Vec<_> = all.filter(|(at, _)| *at <= scenario.horizon).collect();
        assert_eq!(*told, all, "host {host}");
    }
    let described = describe(&path).unwrap();
    assert_eq!(described.rows, 108);
    let Content::Faults(found) = described.content else { panic!("faults") };
    assert_eq!(found.hosts, 11);
    assert_eq!(found.faults, expected.by_host.iter().flatten().count() as u64);
}

/// As many hosts are there as the series says, at each of its probes.
#[test]
fn the_sample_of_capacity_is_there() {
    let mut scenario = load(&shipped("spot_capacity.ron"), &[]).unwrap();
    scenario.segments[0].until = SimTime::ZERO;
    let mut heard = Heard::default();
    run(&scenario, 0, &mut heard);
    let text = std::fs::read_to_string(shipped("traces/spot_availability_sample.csv")).unwrap();
    let mut facts = heard.0.into_iter().peekable();
    let mut there = [true; 16];
    for row in text.lines().skip(2) {
        let cells: Vec<u64> = row.split(',').map(|cell| cell.parse().unwrap()).collect();
        while let Some((_, fact)) = facts.next_if(|(at, _)| *at <= SimTime::from_seconds(cells[0]))
        {
            match fact {
                Fact::HostDown { host } => there[host.index()] = false,
                Fact::HostUp { host } => there[host.index()] = true,
                _ => {}
            }
        }
        let counts = [&there[..8], &there[8..]].map(|zone| zone.iter().filter(|is| **is).count());
        assert_eq!(counts.map(|count| count as u64), [cells[1], cells[2]], "{row}");
    }
}

#[test]
fn a_scenario_says_all_of_a_record_or_is_told() {
    let problems = |failures: &str| {
        let text = format!(
            r#"(horizon: "1d", fleet: [(gpu_type: "NVIDIA A40", datacenter: "EU-RO-1",
            power_failures: {failures})])"#
        );
        from_text("test.ron", &text).unwrap_err().to_string()
    };
    let found = problems(r#"(trace: (path: "no.csv"), together: true)"#);
    assert!(found.contains("failures by a trace and by more"), "{found}");
    assert!(found.contains("cannot open `no.csv`"), "{found}");
    let found = problems(r#"(trace: (path: "no.csv", format: spot_availability))"#);
    assert!(found.contains("missing field `series`"), "{found}");
    let found = problems(r#"(trace: (path: "no.csv", format: plain))"#);
    assert!(found.contains("a trace of another kind where outages are wanted"), "{found}");
}
