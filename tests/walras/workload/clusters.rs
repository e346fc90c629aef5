//! Recorded clusters: the jobs of Philly and the instances of Alibaba's inference services.

use super::traces::{file, told};
use super::{arrivals, replay, scenario, segment};
use walras::ids::Id;
use walras::scenario::demand::{Arrival, ArrivalProcess, Larger, NoGpu, Replay, TraceFormat};
use walras::units::{Gb, GpuTime, Money, SimTime, Span};
use walras::workload::import::{check_trace, pods};

const JOBS: &str = "timestamp,duration,num_gpus,gpu_time,cluster\n";
const INSTANCES: &str = "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,\
                         rdma_request,rdma_limit,memory_request,memory_limit,disk_request,\
                         disk_limit,max_instance_per_node,creation_time,scheduled_time,deletion_time\n";

/// Three jobs, the second of them larger than any host.
const THREE_JOBS: &str = "2017-10-02 23:00:01,60.5,2,121.0,a\n\
                          2017-10-03 00:00:00,100.0,35,3500.0,b\n\
                          2017-10-03 00:00:00,7.0,1,7.0,a\n";

fn jobs(rows: &str) -> String {
    told(format!("{JOBS}{rows}").as_bytes(), TraceFormat::PhillyJobs)
}

fn instances(rows: &str) -> String {
    told(format!("{INSTANCES}{rows}").as_bytes(), TraceFormat::DlrmInstances)
}

/// The arrivals of a replay of `text`, changed as `change` says, with three accounts.
fn replayed(text: &str, format: TraceFormat, change: impl Fn(Replay) -> Replay) -> Vec<Arrival> {
    let file = file("trace.csv", text.as_bytes());
    let mut customers = segment(ArrivalProcess::Replay(change(replay(&file.path, format))));
    customers.population = 3;
    arrivals(&scenario(SimTime::from_seconds(1_000_000)), &customers, 1)
}

#[test]
fn jobs_are_replayed_from_the_midnight_before_the_first() {
    let all = replayed(&format!("{JOBS}{THREE_JOBS}"), TraceFormat::PhillyJobs, |jobs| jobs);
    let at: Vec<_> = all.iter().map(|job| job.at).collect();
    assert_eq!(at, [82_801, 86_400, 86_400].map(SimTime::from_seconds));
    assert_eq!(all[0].work, Some(GpuTime::new(2, Span::from_micros(60_500_000))));
    let accounts: Vec<_> = all.iter().map(|job| job.account.index()).collect();
    assert_eq!(accounts, [0, 1, 0], "a virtual cluster is an account");
    assert_eq!(all[1].demand.gpus, 35, "nothing is split unless a scenario says so");
    assert_eq!(all[0].demand.min_vcpus, 0, "the trace knows no vCPUs");
}

#[test]
fn large_jobs_are_split_or_left_out() {
    let text = format!("{JOBS}{THREE_JOBS}");
    let split = |jobs| Replay { largest_pod: Some(16), ..jobs };
    let all = replayed(&text, TraceFormat::PhillyJobs, split);
    let gpus: Vec<_> = all.iter().map(|pod| pod.demand.gpus).collect();
    assert_eq!(gpus, [2, 16, 16, 3, 1]);
    for part in &all[1..4] {
        let whole = (part.at, part.account.index(), part.work);
        let expected = GpuTime::new(part.demand.gpus, Span::from_seconds(100));
        assert_eq!(whole, (SimTime::from_seconds(86_400), 1, Some(expected)));
    }
    let skip = |jobs| Replay { largest_pod: Some(16), larger: Larger::Skip, ..jobs };
    let kept = replayed(&text, TraceFormat::PhillyJobs, skip);
    assert_eq!(kept.iter().map(|pod| pod.demand.gpus).collect::<Vec<_>>(), [2, 1]);
    // The check counts what the replay brings.
    let file = file("trace.csv", text.as_bytes());
    let jobs = replay(&file.path, TraceFormat::PhillyJobs);
    let facts = check_trace(&split(jobs.clone()), Span::FOREVER).unwrap();
    assert_eq!((facts.rows, facts.requests, facts.split, facts.accounts), (3, 5, 1, 2));
    assert_eq!((facts.types[0].largest, facts.types[0].requests), (16, 5));
    let micros: u128 = all.iter().map(|pod| pod.work.unwrap().gpu_micros()).sum();
    assert_eq!(facts.types[0].work.gpu_micros(), micros);
    let facts = check_trace(&skip(jobs), Span::FOREVER).unwrap();
    assert_eq!((facts.requests, facts.split), (2, 0));
}

#[test]
fn a_request_is_cut_into_full_pods_and_the_rest() {
    let cut = |gpus, largest| pods(gpus, largest).collect::<Vec<_>>();
    assert_eq!(cut(35, Some(16)), [16, 16, 3]);
    assert_eq!(cut(32, Some(16)), [16, 16]);
    assert_eq!(cut(8, Some(16)), [8]);
    assert_eq!(cut(128, None), [128]);
    assert_eq!((cut(0, Some(16)), cut(0, None)), (vec![0], vec![0]));
}

/// What the whole request asks for and is worth is shared out over its pods; a bid is per GPU.
#[test]
fn the_parts_of_a_request_share_what_it_states() {
    let text = "arrival_s,duration_s,gpus,min_vcpus,min_memory_gb,volume_gb,value_usd,kind,\
                bid_usd_per_gpu_hour\n5,60,6,9,100,7,1,spot,0.5\n";
    let all = replayed(text, TraceFormat::Plain, |jobs| Replay { largest_pod: Some(4), ..jobs });
    let asked: Vec<_> = all
        .iter()
        .map(|pod| (pod.demand.gpus, pod.demand.min_vcpus, pod.demand.min_memory.get()))
        .collect();
    assert_eq!(asked, [(4, 6, 67), (2, 3, 34)]);
    assert!(all.iter().all(|pod| pod.demand.volume == Gb::new(7)), "each pod has its own disk");
    let values: Vec<_> = all.iter().map(|pod| pod.value.unwrap()).collect();
    assert_eq!(values, [666_666_666, 333_333_333].map(Money::from_nanos));
    assert_eq!(all[0].buying, all[1].buying);
}

#[test]
fn instances_are_sorted_and_those_of_before_come_first() {
    let rows = "i0,CN,web,64,64,0,0,1,1,320.0,320.0,255.0,300.0,2,900,900,950\n\
                i1,HN,ads,12,12,1,1,25,25,120.0,120.0,680.0,800.0,8,700,710,760\n\
                i2,HN,web,7.5,8,1,1,25,25,40.0,40.0,85.0,100.0,-1,,,300\n\
                i3,HN,ads,12,12,1,1,25,25,120.0,120.0,680.0,800.0,8,,,\n\
                i4,HN,web,12,12,1,1,25,25,120.0,120.0,680.0,800.0,8,700,720,\n";
    let text = format!("{INSTANCES}{rows}");
    let all = replayed(&text, TraceFormat::DlrmInstances, |instances| instances);
    let at: Vec<_> = all.iter().map(|pod| pod.at).collect();
    assert_eq!(at, [0, 0, 700, 700].map(SimTime::from_seconds));
    let seconds = |span| Some(GpuTime::new(1, Span::from_seconds(span)));
    // From scheduling to deletion; without the latter they run until told.
    let work: Vec<_> = all.iter().map(|pod| pod.work).collect();
    assert_eq!(work, [seconds(300), None, seconds(50), None]);
    let accounts: Vec<_> = all.iter().map(|pod| pod.account.index()).collect();
    assert_eq!(accounts, [0, 1, 1, 0], "a service is an account");
    // 40 GiB are 42.95 GB, 85 GiB 91.27 GB: a demand is rounded up.
    let first = &all[0].demand;
    assert_eq!(
        (first.min_vcpus, first.min_memory, first.container_disk),
        (8, Gb::new(43), Gb::new(92))
    );
    let zero_gpu = |instances| Replay { no_gpu: NoGpu::ZeroGpu, ..instances };
    let all = replayed(&text, TraceFormat::DlrmInstances, zero_gpu);
    assert_eq!((all.len(), all[4].demand.gpus), (5, 0));
    let file = file("trace.csv", text.as_bytes());
    let facts = check_trace(&replay(&file.path, TraceFormat::DlrmInstances), Span::FOREVER);
    let facts = facts.unwrap();
    assert_eq!((facts.rows, facts.requests, facts.endless, facts.accounts), (5, 4, 2, 2));
}

#[test]
fn a_malformed_row_of_a_cluster_is_told() {
    for (rows, row, column, found) in [
        ("2017-10-03 00:00,60,1,60,a\n", 1, "timestamp", "2017-10-03 00:00"),
        ("2017-10-03 00:00:00,,1,60,a\n", 1, "duration", ""),
        ("2017-10-03 00:00:00,-5,1,60,a\n", 1, "duration", "-5"),
        ("2017-10-03 00:00:00,60,1.5,60,a\n", 1, "num_gpus", "1.5"),
        (
            "2017-10-03 00:00:00,60,1,60,a\n2017-10-02 23:59:59,60,1,60,a\n",
            2,
            "timestamp",
            "2017-10-02 23:59:59",
        ),
    ] {
        let at = format!("row {row}, column `{column}` (line {}): found `{found}`", row + 1);
        assert!(jobs(rows).contains(&at), "{rows:?}: {}", jobs(rows));
    }
    let unsorted = "2017-10-03 00:00:02,60,1,60,a\n2017-10-03 00:00:01,60,1,60,a\n";
    assert!(jobs(unsorted).contains("row 2 (line 3) is unsorted"), "{}", jobs(unsorted));
    assert!(jobs(unsorted).contains("sort the file by `timestamp`"));
    let good = "i0,HN,a,1,1,1,1,1,1,1,1,1,1,1,5,5,9\n";
    for (row, column, found) in [
        ("i1,HN,a,1,1,1,1,1,1,1,1,1,1,1,5,5,4\n", "deletion_time", "4"),
        ("i1,HN,a,1,1,1,1,1,1,1,1,1,1,1,soon,5,9\n", "creation_time", "soon"),
        ("i1,HN,a,1,1,1.5,1,1,1,1,1,1,1,1,5,5,9\n", "gpu_request", "1.5"),
        ("i1,HN,a,x,1,1,1,1,1,1,1,1,1,1,5,5,9\n", "cpu_request", "x"),
        ("i1,HN,a,1,1,1,1,1,1,-2,1,1,1,1,5,5,9\n", "memory_request", "-2"),
        ("i1,HN,a,1,1,1,1,1,1,1,1,,1,1,5,5,9\n", "disk_request", ""),
    ] {
        let told = instances(&format!("{good}{row}"));
        let at = format!("row 2, column `{column}` (line 3): found `{found}`");
        assert!(told.contains(&at), "{row:?}: {told}");
    }
    let missing = told(b"timestamp,duration,num_gpus\n", TraceFormat::PhillyJobs);
    assert!(missing.contains("an unknown table with the columns"), "{missing}");
}
