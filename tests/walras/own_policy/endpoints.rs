//! The seams of endpoints: how many workers there are to be, and how long idle ones are kept.

use super::{RUN, audited_digest};
use walras::engine::{self, RunFailure};
use walras::experiment::{self, Options, manifest::Timing};
use walras::journal::Journal;
use walras::policy::registry::{BadName, NotRegistered};
use walras::policy::{KeepAlive, Load, Registry, Scaling};
use walras::scenario::Scenario;
use walras::scenario::model::serverless::{Change, EndpointAction};
use walras::scenario::model::{Action, ActionKind};
use walras::units::{SimTime, Span};

/// An endpoint that may have more workers than there are GPUs.
const MARKET: &str = r#"(
    horizon: "1h",
    fleet: [(gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1", gpus: 4)],
    accounts: [(name: "ada", balance: 1000)],
    rules: (RULES),
    endpoints: [(name: "e", account: "ada", gpus: "NVIDIA RTX A4000", workers_max: 6, SETTINGS)],
    requests: [(
        endpoint: "e", arrivals: Bursts(states: [(rate: "0.05/s", stay: "4m"), (rate: "1/s", stay: "1m")]),
        execution: Exponential(mean: "8s"),
    )],
    script: [SCRIPT],
)"#;

/// SLS-34, a copy: a worker for two jobs.
struct ByCount;
impl Scaling for ByCount {
    fn desired(&mut self, load: &Load) -> u32 {
        load.clamp((load.queued + load.in_hand).div_ceil(2))
    }
    fn stops_at_once(&self) -> bool {
        true
    }
}

/// SLS-33, a copy: a worker for each job that has waited for four seconds.
struct ByDelay;
impl Scaling for ByDelay {
    fn desired(&mut self, load: &Load) -> u32 {
        load.workers_min
    }
    fn add(&mut self, load: &Load) -> u32 {
        let add = load.late.div_ceil(load.concurrency).saturating_sub(load.coming);
        if 0 < load.queued && load.workers == 0 { add.max(1) } else { add }
    }
    fn withdraws(&mut self, load: &Load) -> bool {
        load.queued.div_ceil(load.concurrency) < load.coming
    }
    fn lateness(&self) -> Option<Span> {
        Some(Span::from_seconds(4))
    }
}

/// All that there may be as long as there is a job, none else.
struct AllOrNone;
impl Scaling for AllOrNone {
    fn desired(&mut self, load: &Load) -> u32 {
        let any = 0 < load.queued + load.in_hand;
        load.clamp(if any { load.workers_max } else { 0 })
    }
}

/// Wakes and sends away in one breath, and would be asked again at once, for ever.
struct Mad;
impl Scaling for Mad {
    fn desired(&mut self, _: &Load) -> u32 {
        u32::MAX
    }
    fn floor(&mut self, _: &Load) -> u32 {
        0
    }
    fn withdraws(&mut self, _: &Load) -> bool {
        true
    }
    fn stops_at_once(&self) -> bool {
        true
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        Some(load.now)
    }
}

/// So many times what the endpoint states.
struct Times(u64);
impl KeepAlive for Times {
    fn timeout(&mut self, _: SimTime, stated: Span) -> Span {
        stated * self.0
    }
}

/// Keeps nobody, and would wake the next in the past.
struct Backwards;
impl KeepAlive for Backwards {
    fn timeout(&mut self, _: SimTime, _: Span) -> Span {
        Span::ZERO
    }
    fn wake_ahead(&mut self, _: SimTime) -> Option<SimTime> {
        Some(SimTime::ZERO)
    }
}

fn registry() -> Registry {
    let mut all = Registry::new();
    all.add_scaling("by_count", || Box::new(ByCount)).unwrap();
    all.add_scaling("by_delay", || Box::new(ByDelay)).unwrap();
    all.add_scaling("all_or_none", || Box::new(AllOrNone)).unwrap();
    all.add_scaling("mad", || Box::new(Mad)).unwrap();
    all.add_keep_alive("as_stated", || Box::new(Times(1))).unwrap();
    all.add_keep_alive("thrice", || Box::new(Times(3))).unwrap();
    all.add_keep_alive("backwards", || Box::new(Backwards)).unwrap();
    all
}

fn text(settings: &str, [rules, script]: [&str; 2]) -> String {
    let text = MARKET.replace("SETTINGS", settings).replace("RULES", rules);
    text.replace("SCRIPT", script)
}
fn read(settings: &str, rest: [&str; 2]) -> Scenario {
    let read = registry().from_text("market", &text(settings, rest));
    read.unwrap_or_else(|problems| panic!("{problems}"))
}
fn digest(settings: &str) -> String {
    audited_digest(&read(settings, ["", ""]), &registry())
}

const UPDATE: &str = r#"(at: "20m", account: "ada", do: UpdateEndpoint(endpoint: "e", CHANGE)),"#;

/// SLS-33, SLS-34. One that decides as a built-in one does is like it in every fact; one that does not is not.
#[test]
fn a_scaler_decides() {
    assert_eq!(digest("scaler: by_count"), digest("scaler: RequestCount(2)"));
    assert_eq!(digest("scaler: by_delay"), digest(r#"scaler: QueueDelay("4s")"#));
    let own = digest("scaler: all_or_none");
    for other in ["by_count", "by_delay", "Concurrency()", "Predictive()", "Fixed(6)", "Fixed(0)"] {
        assert_ne!(own, digest(&format!("scaler: {other}")), "{other}");
    }
}

/// SLS-23. The same of how long idle workers are kept.
#[test]
fn a_keep_alive_decides() {
    assert_eq!(digest("keep_alive: as_stated"), digest("keep_alive: idle_timeout"));
    assert_eq!(digest("keep_alive: thrice"), digest(r#"idle_timeout: "15s""#));
    for other in ["as_stated", "hybrid", "adaptive(factor: 2)"] {
        assert_ne!(
            digest("keep_alive: thrice"),
            digest(&format!("keep_alive: {other}")),
            "{other}"
        );
    }
}

/// SLS-32, SLS-49. Whatever they answer, the bounds of workers hold (the audit looks), and the clock goes on.
#[test]
fn absurd_answers_do_no_harm() {
    let mad = digest("scaler: mad");
    assert_ne!(mad, digest("scaler: mad, keep_alive: backwards"));
    assert_ne!(mad, digest("scaler: Fixed(6)"));
    for more in ["keep_alive: backwards", "scaler: mad, workers_min: 2"] {
        digest(more);
    }
}

/// SLS-10. They are chosen by the endpoint, by the rules' defaults, and by an update from its instant on.
#[test]
fn they_are_chosen_wherever_built_in_ones_are() {
    let of = |settings, rest| audited_digest(&read(settings, rest), &registry());
    let default = "endpoint_defaults: (scaler: by_count, keep_alive: thrice)";
    let stated = digest("scaler: by_count, keep_alive: thrice");
    assert_eq!(of("", [default, ""]), stated);
    let update = UPDATE.replace("CHANGE", "scaler: by_count, keep_alive: thrice");
    let built_in = UPDATE.replace("CHANGE", r#"scaler: RequestCount(2), idle_timeout: "15s""#);
    // An endpoint's count of requests and workers goes on; what is in a policy begins with it.
    assert_eq!(of("", ["", &update]), of("", ["", &built_in]));
    assert_ne!(of("", ["", &update]), stated);
}

/// What registering gives is what the name means.
#[test]
fn a_name_means_the_choice_that_registering_gave() {
    let mut all = Registry::new();
    let scaler = all.add_scaling("by_count", || Box::new(ByCount)).unwrap();
    let kept = all.add_keep_alive("thrice", || Box::new(Times(3))).unwrap();
    let update = UPDATE.replace("CHANGE", "scaler: \"by_count\"");
    let scenario = read("scaler: by_count, keep_alive: \"thrice\"", ["", &update]);
    let settings = &scenario.endpoints[0].at_start.as_ref().unwrap().settings;
    assert_eq!((&settings.scaler, &settings.keep_alive), (&scaler, &kept));
    let [Action { kind: ActionKind::Endpoint(action), .. }] = &scenario.script[..] else {
        panic!("one action")
    };
    let EndpointAction::Update(_, change) = &**action else { panic!("an update") };
    assert_eq!(**change, Change { scaler: Some(scaler), ..Change::default() });
}

/// A name is taken within its seam alone.
#[test]
fn a_name_is_taken_within_its_seam() {
    let mut all = registry();
    let mut scale = |name| all.add_scaling(name, || Box::new(Mad)).map(|_| ());
    assert_eq!(scale("by_count"), Err(BadName::Taken("by_count")));
    assert_eq!(scale("Fixed"), Err(BadName::Unwritable("Fixed")));
    assert_eq!(scale("hybrid"), Ok(()));
    let mut keep = |name| all.add_keep_alive(name, || Box::new(Backwards)).map(|_| ());
    assert_eq!(keep("hybrid"), Err(BadName::Taken("hybrid")));
    assert_eq!(keep("thrice"), Err(BadName::Taken("thrice")));
    assert_eq!(keep("by_count"), Ok(()));
}

/// An unknown name is a problem of the scenario, with the nearest that is known, own names included.
#[test]
fn an_unknown_name_is_shown_with_the_nearest() {
    let unknown = |registry: &Registry, settings: &str| {
        let problems = registry.from_text("market", &text(settings, ["", ""])).unwrap_err();
        let problem = problems.iter().next().unwrap().clone();
        (problem.field, problem.message, problem.nearest, problem.expected)
    };
    let scalers = "one of QueueDelay, RequestCount, Concurrency, Predictive, Fixed, Scheduled, by_count, by_delay, all_or_none, mad";
    let kept = "one of idle_timeout, hybrid, adaptive, as_stated, thrice, backwards";
    let cases = [
        ("scaler", "by_cuont", "by_count", scalers),
        ("scaler", "RequestCounts", "RequestCount", scalers),
        ("keep_alive", "trice", "thrice", kept),
        ("keep_alive", "hybird", "hybrid", kept),
    ];
    for (field, name, nearest, expected) in cases {
        let settings = format!("{field}: {name}");
        let found = unknown(&registry(), &settings);
        assert_eq!(found.0, format!("endpoints[0].{field}"));
        assert_eq!(found.1, format!("unknown choice `{name}`"));
        assert_eq!((found.2.as_deref(), found.3.as_str()), (Some(nearest), expected), "{name}");
        // Without the registry nobody has heard of them.
        let alone = unknown(&Registry::new(), &settings);
        assert!(!alone.3.contains("by_count") && !alone.3.contains("thrice"), "{}", alone.3);
    }
}

/// A run without the registry says what it lacks, and begins not at all, whenever it would be needed.
#[test]
fn a_run_without_the_registry_says_what_it_lacks() {
    let lacks = |settings: &str, script: &str, name: &str| {
        let scenario = read(settings, ["", script]);
        let failure = engine::run(&scenario, RUN, &mut Journal::default(), &mut |_| {});
        let Err(RunFailure::Policy(NotRegistered(lacked))) = failure else { panic!("{failure:?}") };
        assert_eq!(lacked, name);
    };
    lacks("scaler: by_count", "", "by_count");
    lacks("keep_alive: thrice", "", "thrice");
    lacks("", &UPDATE.replace("CHANGE", "scaler: mad"), "mad");
    let create = r#"(at: "9m", account: "ada", do: CreateEndpoint(
        name: "f", gpus: "NVIDIA RTX A4000", image_gb: 5, keep_alive: backwards)),"#;
    lacks("", create, "backwards");
}

/// The manifest names each once.
#[test]
fn the_manifest_names_them() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("run");
    let options = Options { policies: registry(), ..Options::to(out.clone()) };
    let timing = |_| Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None };
    let scenario = read("scaler: by_count", ["", &UPDATE.replace("CHANGE", "keep_alive: thrice")]);
    experiment::run_to_directory(&scenario, RUN, &options, &mut |_| true, &mut { timing }).unwrap();
    let text = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["own_policies"], serde_json::json!(["by_count", "thrice"]));
}
