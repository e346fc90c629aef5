//! A finished run once more, from its directory.

use super::{QUEUE, timing};
use std::path::Path;
use walras::engine::RunId;
use walras::experiment::reopen::{ReopenError, reopen};
use walras::experiment::{Options, run_to_directory};
use walras::policy::Registry;
use walras::scenario::load::{Override, load};
use walras::trace::TableName;

fn run(scenario: &Path, out: &Path) {
    let set =
        [("horizon", "6h"), ("warm_up", "0s")].map(|(path, value)| Override::new(path, value));
    let scenario = load(scenario, &set).unwrap();
    let options = Options { tables: vec![TableName::Pods], ..Options::to(out.to_owned()) };
    let run = RunId { seed: 5, replication: 2 };
    run_to_directory(&scenario, run, &options, &mut |_| true, &mut { timing }).unwrap();
}

#[test]
fn a_run_is_had_again_unless_something_of_it_has_changed() {
    let home = tempfile::tempdir().unwrap();
    let (scenario, out) = (home.path().join("queue.ron"), home.path().join("out"));
    std::fs::write(&scenario, QUEUE).unwrap();
    run(&scenario, &out);
    let of = |at: Option<&Path>| reopen(&out, at, &Registry::new());
    let found = of(None).unwrap();
    assert_eq!((found.run, found.replications), (RunId { seed: 5, replication: 2 }, None));
    assert_eq!(found.scenario.overrides, ["horizon=6h", "warm_up=0s"]);
    assert_eq!(found.scenario.horizon.micros(), 6 * 3_600_000_000);
    // Moved, it has to be named; changed, it is another run's.
    let moved = home.path().join("moved.ron");
    std::fs::rename(&scenario, &moved).unwrap();
    assert!(matches!(of(None), Err(ReopenError::Scenario(..))));
    assert!(of(Some(&moved)).is_ok());
    std::fs::write(&moved, QUEUE.replace("6/h", "7/h")).unwrap();
    let changed = of(Some(&moved)).unwrap_err();
    assert!(
        matches!(&changed, ReopenError::Changed(path, _) if path.ends_with("moved.ron")),
        "{changed}"
    );
}

#[test]
fn what_is_no_run_is_told() {
    let home = tempfile::tempdir().unwrap();
    let of = || reopen(home.path(), None, &Registry::new()).unwrap_err();
    assert!(matches!(of(), ReopenError::NoRun(..)));
    let manifest = home.path().join("manifest.json");
    std::fs::write(&manifest, "{}").unwrap();
    assert!(matches!(of(), ReopenError::Foreign(_, "version")));
    std::fs::write(&manifest, r#"{"version": "0.0.1"}"#).unwrap();
    assert!(matches!(of(), ReopenError::OtherVersion(_, version) if version == "0.0.1"));
}
