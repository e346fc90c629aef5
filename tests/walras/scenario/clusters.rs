//! The scenarios that run recorded clusters: what becomes of their samples, and that the path of the
//! trace's file is all that has to be set.

use super::{Files, segment};
use std::path::{Path, PathBuf};
use walras::ids::Id;
use walras::scenario::load::Override;
use walras::scenario::model::Scenario;
use walras::scenario::{demand::Arrival, load};
use walras::units::SimTime;
use walras::workload::Source;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn scenario(name: &str, overrides: &[(&str, &str)]) -> Scenario {
    let set = |(path, value): &(&str, &str)| Override::new(*path, *value);
    let overrides: Vec<_> = overrides.iter().map(set).collect();
    load(&folder().join(name), &overrides).unwrap_or_else(|problems| panic!("\n{problems}"))
}

fn arrivals(scenario: &Scenario) -> Vec<Arrival> {
    let mut source = Source::open(scenario, &scenario.segments[0], 0, 0).unwrap();
    let arrivals = std::iter::from_fn(|| source.next().copied()).collect();
    assert!(source.take_failure().is_none());
    arrivals
}

#[test]
fn the_sample_of_philly_is_replayed_in_pods_of_eight() {
    let philly = scenario("philly.ron", &[]);
    assert_eq!(philly.start_unix_s, 1_504_483_200, "2017-09-04");
    let all = arrivals(&philly);
    // 369 jobs, 15 of them larger: of 12, 16 and 32 GPUs.
    assert_eq!(all.len(), 396);
    assert_eq!(all.iter().map(|pod| pod.demand.gpus).max(), Some(8));
    let gpu_hours: f64 =
        all.iter().map(|pod| pod.work.unwrap().as_gpu_seconds_f64() / 3_600.0).sum();
    assert!((gpu_hours - 1_027.419_722).abs() < 1e-6, "{gpu_hours}");
    assert_eq!(philly.accounts.len(), 5, "one a virtual cluster");
    let skip = [("customers[philly].arrivals.larger", "skip")];
    assert_eq!(arrivals(&scenario("philly.ron", &skip)).len(), 369 - 15);
}

#[test]
fn the_sample_of_helios_sets_the_rate() {
    let helios = scenario("helios.ron", &[]);
    let all = arrivals(&helios);
    // 728 jobs are counted.
    assert!(all.len().abs_diff(728) < 3 * 27, "{}", all.len());
    assert_eq!(helios.inputs.len(), 1);
    let later = [("customers[helios].arrivals.from", "1d"), ("horizon", "3d")];
    let all = arrivals(&scenario("helios.ron", &later));
    assert!(all.iter().all(|job| job.at < SimTime::from_seconds(86_400)), "the table is over");
    let times = [("customers[helios].arrivals.times", "3")];
    let thrice = arrivals(&scenario("helios.ron", &times)).len();
    assert!(thrice.abs_diff(3 * 728) < 3 * 47, "{thrice}");
}

#[test]
fn the_sample_of_dlrm_begins_with_what_was_there() {
    let dlrm = scenario("dlrm.ron", &[]);
    let all = arrivals(&dlrm);
    assert_eq!(all.len(), 75, "of 123 replicas those with a GPU");
    assert_eq!(all.iter().filter(|pod| pod.at == SimTime::ZERO).count(), 39);
    assert_eq!(all.iter().filter(|pod| pod.work.is_none()).count(), 27);
    assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert_eq!(dlrm.accounts.len(), 8, "one a service");
    let first = dlrm.segments[0].first_account.index();
    assert!(all.iter().all(|pod| (first..first + 8).contains(&pod.account.index())));
}

#[test]
fn the_path_of_the_trace_is_set_from_outside() {
    let directory = tempfile::tempdir().unwrap();
    for (name, segment, sample) in [
        ("philly.ron", "philly", "philly_jobs_sample.csv"),
        ("helios.ron", "helios", "helios_throughput_sample.csv"),
        ("dlrm.ron", "services", "dlrm_instances_sample.csv"),
    ] {
        let text = std::fs::read_to_string(folder().join("traces").join(sample)).unwrap();
        let path = directory.path().join(sample);
        // The head of the sample, as another file.
        let head: Vec<&str> = text.lines().take(20).collect();
        std::fs::write(&path, head.join("\n")).unwrap();
        let (field, path) =
            (format!("customers[{segment}].arrivals.path"), path.display().to_string());
        let changed = scenario(name, &[(&field, &path)]);
        assert_eq!(changed.inputs[0].path, path);
        assert!(arrivals(&changed).len() < arrivals(&scenario(name, &[])).len());
    }
}

/// A row of a file that was sorted is told by where it stands in the file.
#[test]
fn a_row_that_no_host_could_hold_is_told_where_it_stands() {
    let header = "instance_sn,app_name,cpu_request,gpu_request,memory_request,disk_request,\
                  creation_time,scheduled_time,deletion_time";
    let rows = ["i0,a,8,1,9,9,500,500,", "i1,a,8,1,9,8000,300,300,", "i2,a,8,1,9,9,1,1,"];
    let instances = format!("{header}\n{}\n", rows.join("\n"));
    let text = segment(r#"Replay(path: "t.csv", format: dlrm_instances)"#, "");
    let told = Files::new([("a.ron", text.as_str()), ("t.csv", &instances)]).refused("a.ron");
    assert!(told.contains("`t.csv` in row 2 (line 3), column `disk_request`"), "{told}");
    let jobs = "timestamp,duration,num_gpus,cluster\n2017-10-03 00:00:00,60,1,a\n\
                2017-10-03 00:00:01,60,9,a\n";
    let text =
        |option| segment(&format!(r#"Replay(path: "t.csv", format: philly_jobs{option})"#), "");
    let whole = Files::new([("a.ron", text("").as_str()), ("t.csv", jobs)]).refused("a.ron");
    assert!(whole.contains("`t.csv` in row 2 (line 3), column `num_gpus`"), "{whole}");
    let split = text(", largest_pod: 4");
    let files = Files::new([("a.ron", split.as_str()), ("t.csv", jobs)]);
    assert_eq!(arrivals(&files.read("a.ron")).len(), 4, "9 GPUs are 4, 4 and 1");
}
