//! Policies of a program's own: registered, chosen by name, run, and refused where nobody knows them.

mod customers;
mod endpoints;
mod seams;

use walras::engine::{self, Engine, RunFailure, RunId};
use walras::experiment::{self, Options, manifest::Timing};
use walras::journal::Journal;
use walras::journal::digest::Digest;
use walras::policy::placement::placement;
use walras::policy::registry::{BadName, NotRegistered};
use walras::policy::{Candidates, HostId, Needs, Placement, Registry, Stream};
use walras::scenario::Scenario;
use walras::scenario::model::PlacementChoice;
use walras::world::audit;

const RUN: RunId = RunId { seed: 4, replication: 1 };

/// The digest of a run in which all that must hold of a market holds after every event.
fn audited_digest(scenario: &Scenario, registry: &Registry) -> String {
    let mut digest = Digest::new();
    let mut journal = Journal::new(vec![&mut digest]);
    let mut engine = Engine::begin_with(scenario, RUN, registry, &mut journal).unwrap();
    while engine.step() {
        audit::check(&engine.turn.world).unwrap_or_else(|fault| panic!("{fault}"));
    }
    engine.finish().unwrap();
    digest.finish()
}

/// A market in which it matters where a pod goes.
const MARKET: &str = r#"(
    horizon: "2d",
    sample_every: None,
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 5, gpus: 8)],
    customers: [(
        name: "labs", accounts: 5, balance: 5000,
        arrivals: Poisson(rate: "8/h"), gpu_type: "NVIDIA RTX A6000",
        gpus: Choice({1: 0.6, 2: 0.2, 4: 0.1, 8: 0.1}),
        duration: LogNormal(median: "1h", p95: "8h"), patience: "1h",
    )],
    policies: (placement: CHOICE),
)"#;

/// A copy of a built-in policy that needs an index of its own.
struct Clustering;

impl Placement for Clustering {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.least_by_sizes(|room, there| {
            let rank = match there {
                _ if there.are_all(room.taken.gpus) => 1,
                _ if there.include(room.taken.gpus) => 2,
                _ if there.is_empty() => 3,
                _ => 4,
            };
            (rank, room.free.gpus)
        })
    }
    fn needs(&self) -> Needs {
        Needs { sizes: true, ..Needs::default() }
    }
}

/// The candidate with the highest id.
struct Last;

impl Placement for Last {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.iter().max()
    }
}

fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.add_placement("clustering", || Box::new(Clustering)).unwrap();
    registry.add_placement("last", || Box::new(Last)).unwrap();
    registry
}

fn read(choice: &str) -> Scenario {
    let text = MARKET.replace("CHOICE", choice);
    registry().from_text("market", &text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The digest of a run, audited by none.
fn digest(scenario: &Scenario) -> String {
    let mut digest = Digest::new();
    let mut journal = Journal::new(vec![&mut digest]);
    engine::run_with(scenario, RUN, &registry(), &mut journal, &mut |_| true).unwrap();
    digest.finish()
}

/// A registered policy decides, with all that it needs; its run is that of a built-in one that decides
/// alike, and another than that of any that does not.
#[test]
fn a_registered_policy_decides() {
    let clustering = digest(&read("clustering"));
    assert_eq!(clustering, digest(&read("gpu_clustering")));
    let last = digest(&read("last"));
    for choice in ["best_fit", "first_fit", "worst_fit", "clustering"] {
        assert_ne!(last, digest(&read(choice)), "{choice}");
    }
}

/// The choice that registering gives is the one that the name means in a scenario.
#[test]
fn a_name_means_the_choice_that_registering_gave() {
    let mut registry = Registry::new();
    let last = registry.add_placement("last", || Box::new(Last)).unwrap();
    assert_eq!(read("last").policies.placement, last);
    assert_eq!(read("\"last\"").policies.placement, last);
    assert_eq!(last.own().map(|own| own.name), Some("last"));
}

/// Built-in policies need what the world keeps for their choice.
#[test]
fn built_in_policies_need_what_is_kept_for_them() {
    for choice in PlacementChoice::ALL {
        let needs = placement(choice, &Registry::new()).unwrap().needs();
        let (sizes, typical) = (choice.asks_for_sizes(), choice.asks_for_typical());
        let kept = Needs { sizes, typical, ..Needs::default() };
        assert_eq!(needs, kept, "{choice:?}");
    }
}

#[test]
fn a_name_is_writable_and_free() {
    let mut registry = registry();
    let mut add = |name| registry.add_placement(name, || Box::new(Last)).map(|_| ());
    assert_eq!(add("best_fit"), Err(BadName::Taken("best_fit")));
    assert_eq!(add("last"), Err(BadName::Taken("last")));
    for name in ["", "Last", "2nd", "last fit", "own-fit", "_last"] {
        assert_eq!(add(name), Err(BadName::Unwritable(name)));
    }
    assert_eq!(add("last_2"), Ok(()));
}

/// A name that nobody has registered is a problem of the scenario, with the nearest one that is known.
#[test]
fn an_unknown_name_is_shown_with_the_nearest() {
    let problem = |registry: &Registry, choice: &str| {
        let problems = registry.from_text("market", &MARKET.replace("CHOICE", choice)).unwrap_err();
        problems.iter().next().unwrap().clone()
    };
    let found = problem(&registry(), "clusterin");
    assert_eq!(found.message, "unknown choice `clusterin`");
    assert_eq!(found.field, "policies.placement");
    assert_eq!(found.nearest.as_deref(), Some("clustering"));
    assert!(found.expected.starts_with("one of best_fit, "), "{}", found.expected);
    assert!(found.expected.ends_with(", clustering, last"), "{}", found.expected);
    assert_eq!(problem(&registry(), "bestfit").nearest.as_deref(), Some("best_fit"));
    let unknown = problem(&Registry::new(), "last");
    assert!(!unknown.expected.ends_with(", last"), "{}", unknown.expected);
}

/// A run without the registry says what it lacks, and begins not at all.
#[test]
fn a_run_without_the_registry_says_what_it_lacks() {
    let failure = engine::run(&read("last"), RUN, &mut Journal::default(), &mut |_| {});
    assert!(matches!(failure, Err(RunFailure::Policy(NotRegistered("last")))), "{failure:?}");
}

/// A run's directory says that a policy was the program's own; others say nothing of it.
#[test]
fn the_manifest_names_policies_of_the_programs_own() {
    let directory = tempfile::tempdir().unwrap();
    let manifest = |choice: &str| {
        let out = directory.path().join(choice);
        let options = Options { policies: registry(), ..Options::to(out.clone()) };
        let timing = |_| Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None };
        let scenario = read(choice);
        experiment::run_to_directory(&scenario, RUN, &options, &mut |_| true, &mut { timing })
            .unwrap();
        let text = std::fs::read_to_string(out.join("manifest.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    assert_eq!(manifest("last")["own_policies"], serde_json::json!(["last"]));
    assert_eq!(manifest("best_fit").get("own_policies"), None);
}
