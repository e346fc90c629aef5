//! One pod's work, tick by tick, against the closed form.
//!
//! The naive model hears what happens to the pod (its container is up, SIGTERM, reset, power loss) and
//! works through every quarter of a second, writing checkpoints as they come. It tells when the work must
//! be done, whether SIGTERM begins a checkpoint, and what each rental comes to; at the end of each instant
//! in which anything happens, also what would be lost if memory were.

use super::{first_pod, read};
use crate::build;
use crate::storm::config;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;
use std::fmt::Write;
use walras::engine::{Engine, RunId};
use walras::ids::PodId;
use walras::journal::fact::{EndReason, RentalEnd};
use walras::journal::{Fact, Journal};
use walras::scenario::Scenario;
use walras::units::SimTime;

/// A tick is a quarter of a second: a pod of one, two or four GPUs does a whole part of a GPU-second in it.
const TICK_MICROS: u64 = 250_000;
const TICKS_PER_SECOND: u64 = 4;

/// What the owner does, in seconds.
#[derive(Clone, Copy, Debug)]
struct Terms {
    /// GPU-seconds.
    work: u64,
    interval: Option<u64>,
    cost: u64,
    restart: u64,
    on_sigterm: bool,
}

/// What the pod does at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Nothing,
    Restarting {
        left: u64,
    },
    Working {
        since_checkpoint: u64,
    },
    Writing {
        left: u64,
    },
    /// The work is done, and out of reach.
    Idling,
}

/// The model. Work is in GPU-ticks.
#[derive(Clone, Debug)]
struct Naive {
    terms: Terms,
    tick: u64,
    gpus: u64,
    doing: Doing,
    started: bool,
    done: u64,
    saved: u64,
    saved_before: u64,
    held: u64,
    lost: u64,
    overhead: u64,
    /// When the work was done, until that has been told.
    done_at: Option<u64>,
}

impl Naive {
    fn new(terms: Terms) -> Self {
        Self {
            terms,
            tick: 0,
            gpus: 0,
            doing: Doing::Nothing,
            started: false,
            done: 0,
            saved: 0,
            saved_before: 0,
            held: 0,
            lost: 0,
            overhead: 0,
            done_at: None,
        }
    }
    fn work(&mut self, since_checkpoint: u64) {
        self.doing = if self.terms.work * TICKS_PER_SECOND <= self.done {
            self.done_at = Some(self.tick);
            Doing::Idling
        } else if self.terms.interval.map(|of| of * TICKS_PER_SECOND) == Some(since_checkpoint) {
            return self.write();
        } else {
            Doing::Working { since_checkpoint }
        };
    }
    fn write(&mut self) {
        self.doing = Doing::Writing { left: self.terms.cost * TICKS_PER_SECOND };
        self.go_on();
    }
    /// What takes no time, or no more, is over.
    fn go_on(&mut self) {
        match self.doing {
            Doing::Restarting { left: 0 } => self.work(0),
            Doing::Writing { left: 0 } => {
                self.saved = self.done;
                self.work(0);
            }
            _ => {}
        }
    }
    fn step(&mut self) {
        self.tick += 1;
        if self.doing == Doing::Nothing {
            return;
        }
        self.held += self.gpus;
        match &mut self.doing {
            Doing::Restarting { left } | Doing::Writing { left } => {
                *left -= 1;
                self.overhead += self.gpus;
                self.go_on();
            }
            Doing::Working { since_checkpoint } => {
                let since_checkpoint = *since_checkpoint + 1;
                self.done += self.gpus;
                if 0 < self.gpus {
                    self.work(since_checkpoint);
                }
            }
            Doing::Idling => self.done += self.gpus,
            Doing::Nothing => {}
        }
    }
    fn advance(&mut self, to: u64) {
        while self.tick < to {
            self.step();
        }
    }
    fn begin(&mut self) {
        let restart = if self.started { self.terms.restart } else { 0 };
        self.started = true;
        self.doing = Doing::Restarting { left: restart * TICKS_PER_SECOND };
        self.go_on();
    }
    /// SIGTERM. Gives what a checkpoint that begins now keeps.
    fn signal(&mut self, kill_at: u64) -> Option<u64> {
        let mut without = self.clone();
        without.advance(kill_at);
        let fits = self.tick + self.terms.cost * TICKS_PER_SECOND <= kill_at;
        let works = matches!(self.doing, Doing::Working { .. });
        let ends = without.doing == Doing::Idling;
        if !self.terms.on_sigterm || !fits || !works || ends || self.done == self.saved {
            return None;
        }
        let kept = self.done;
        self.write();
        Some(kept)
    }
    fn lose_memory(&mut self) {
        self.lost += self.done - self.saved;
        self.done = self.saved;
        self.doing = Doing::Nothing;
        self.done_at = None;
    }
    fn end(&mut self, reason: EndReason, terminated: bool) {
        if reason == EndReason::Completed {
            self.saved = self.done;
        } else if terminated {
            self.saved = self.saved_before;
        }
        self.lose_memory();
    }
    fn begin_rental(&mut self) {
        self.saved_before = self.saved;
        (self.held, self.lost, self.overhead) = (0, 0, 0);
    }
}

/// GPU-ticks.
fn ticks(time: walras::units::GpuTime) -> u64 {
    let micros = u64::try_from(time.gpu_micros()).unwrap();
    assert!(micros.is_multiple_of(TICK_MICROS), "{time} is no whole number of ticks");
    micros / TICK_MICROS
}

/// What would be lost at the end of each instant in which anything happens to anybody, in GPU-ticks.
fn unsaved(scenario: &Scenario, pod: PodId) -> BTreeMap<SimTime, Option<u64>> {
    let mut journal = Journal::default();
    let run = RunId { seed: scenario.seed, replication: 0 };
    let mut engine = Engine::begin(scenario, run, &mut journal).unwrap();
    let mut found = BTreeMap::new();
    while engine.step() {
        let now = engine.turn.now;
        if now.micros().is_multiple_of(TICK_MICROS) {
            let row = engine.turn.world.pods.get(pod);
            found.insert(now, row.map(|row| ticks(row.unsaved(now))));
        }
    }
    found
}

/// The model beside a run.
struct Witness {
    naive: Naive,
    pod: PodId,
    terminated: bool,
    overhead: u64,
    /// What SIGTERM has to begin in the present instant.
    begins: Option<(u64, u64)>,
}

impl Witness {
    fn hear(&mut self, at: SimTime, fact: &Fact) -> Result<(), TestCaseError> {
        let now = at.micros() / TICK_MICROS;
        self.naive.advance(now);
        match *fact {
            Fact::PodRequested(asked) if asked.pod == self.pod => self.naive.begin_rental(),
            Fact::PodPlaced { pod, gpus, .. } if pod == self.pod => {
                self.naive.gpus = u64::from(gpus);
            }
            Fact::PodRunning { pod } if pod == self.pod => self.naive.begin(),
            Fact::PodReset { pod } | Fact::PodDown { pod } if pod == self.pod => {
                self.naive.lose_memory();
            }
            Fact::PodDisplaced { pod, kill_at, .. } if pod == self.pod => {
                let due = now + self.naive.terms.cost * TICKS_PER_SECOND;
                let kept = self.naive.signal(kill_at.micros() / TICK_MICROS);
                self.begins = kept.map(|kept| (due, kept));
            }
            Fact::CheckpointBegun { pod, due, work } if pod == self.pod => {
                let begun = (due.micros() / TICK_MICROS, ticks(work));
                prop_assert_eq!(self.begins.take(), Some(begun));
            }
            Fact::ActionRecorded { pod, operation: None } if pod == self.pod => {
                prop_assert_eq!(self.naive.done_at.take(), Some(now), "recorded as done");
            }
            Fact::PodTerminated { pod } if pod == self.pod => self.terminated = true,
            Fact::CheckpointOverhead { pod, overhead } if pod == self.pod => {
                self.overhead = ticks(overhead);
            }
            Fact::RentalEnded(ref end) if end.pod == self.pod => self.rental_ended(now, end)?,
            _ => {}
        }
        Ok(())
    }
    fn rental_ended(&mut self, now: u64, end: &RentalEnd) -> Result<(), TestCaseError> {
        let naive = &mut self.naive;
        if end.reason == EndReason::Completed {
            prop_assert_eq!(naive.doing, Doing::Idling, "completed at tick {}", now);
            naive.done_at = None;
        }
        if end.reason != EndReason::Alive {
            naive.end(end.reason, self.terminated);
        }
        let useful = naive.held - naive.lost;
        prop_assert_eq!((ticks(end.useful), ticks(end.lost)), (useful, naive.lost), "{:?}", end);
        prop_assert_eq!(std::mem::take(&mut self.overhead), naive.overhead);
        Ok(())
    }
    /// All of the instant `at` has been told.
    fn settle(&mut self, at: SimTime, unsaved: u64) -> Result<(), TestCaseError> {
        let naive = &mut self.naive;
        naive.advance(at.micros() / TICK_MICROS);
        prop_assert_eq!(naive.done_at, None, "the work is done, and nobody said so by {}", at);
        prop_assert_eq!(self.begins, None, "a checkpoint is begun at {}", at);
        prop_assert_eq!(naive.done - naive.saved, unsaved, "at {}", at);
        Ok(())
    }
}

fn check(text: &str, terms: Terms) -> Result<(), TestCaseError> {
    let scenario = read(text);
    let facts = build::run_audited(&scenario, 0);
    let pod = first_pod(&facts);
    let naive = Naive::new(terms);
    let mut witness = Witness { naive, pod, terminated: false, overhead: 0, begins: None };
    let mut facts = facts.iter().peekable();
    for (at, unsaved) in unsaved(&scenario, pod) {
        while let Some((time, fact)) = facts.next_if(|(time, _)| *time <= at) {
            witness.hear(*time, fact)?;
        }
        if let Some(unsaved) = unsaved.filter(|_| at < scenario.horizon) {
            witness.settle(at, unsaved)?;
        }
    }
    Ok(())
}

prop_compose! {
    fn terms()(
        work in 100..900_u64,
        interval in select(vec![None, Some(20), Some(60), Some(75), Some(200)]),
        cost in select(vec![0, 1, 5, 12, 30]),
        restart in select(vec![0, 7, 40]),
        on_sigterm in any::<bool>(),
    ) -> Terms {
        Terms { work: 4 * work, interval, cost, restart, on_sigterm }
    }
}

/// Something that happens at a second.
fn acts() -> impl Strategy<Value = (u64, String)> {
    let of = |what: &'static str| Just(what.to_owned());
    let host = |what: &str| format!("do: {what}(host: \"h\")");
    let gpus = select(vec![1, 2, 4]);
    let resume = (gpus, any::<bool>()).prop_map(|(gpus, is_spot)| {
        let (verb, bid) =
            if is_spot { ("ResumeSpotPod", "bidPerGpu: 0.5") } else { ("ResumePod", "") };
        format!(
            "account: \"a\", do: {verb}(podId: \"p\", gpuCount: {gpus}, when_full: wait, \
             patience: \"10m\", {bid})"
        )
    });
    let act = prop_oneof![
        6 => (1..90_u64).prop_map(|work| format!("RIVAL {work}")),
        4 => resume,
        1 => of("account: \"a\", do: StopPod(podId: \"p\")"),
        2 => of("account: \"a\", do: ResetPod(podId: \"p\")"),
        1 => select(vec![host("HostDown"), host("NetworkDown")]),
        3 => select(vec![host("HostUp"), host("NetworkUp")]),
    ];
    // The pod comes first.
    (1..3_000_u64, act)
}

prop_compose! {
    fn lives()(
        terms in terms(),
        gpus in select(vec![1, 2, 4]),
        mut acts in prop::collection::vec(acts(), 0..25),
        terminated in prop::option::weighted(0.3, 500..3_000_u64),
        (grace, container_start) in (select(vec![0, 5, 12, 40]), select(vec![0, 5])),
        displaced in select(vec!["stop", "resume", "resume", "terminate"]),
        on_done in select(vec!["stop", "terminate"]),
    ) -> (String, Terms) {
        acts.sort_by_key(|(at, _)| *at);
        let policy = match terms.interval {
            None => "never".to_owned(),
            Some(interval) => format!("interval(\"{interval}s\")"),
        };
        let Terms { work, cost, restart, on_sigterm, .. } = terms;
        let mut text = format!(
            r#"(horizon: "2h", sample_every: None,
            rules: (container_start: "{container_start}s", grace: "{grace}s",
                displaced: {displaced}),
            fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4)],
            accounts: [(name: "a", balance: 1000)],
            script: [(at: "0s", account: "a", do: CreateSpotPod(name: "p", bidPerGpu: 0.5,
                work: {work}, gpuTypeId: "NVIDIA RTX A6000", gpuCount: {gpus}, volumeInGb: 20,
                on_done: {on_done}, checkpoint: (policy: {policy}, cost: "{cost}s",
                restart: "{restart}s", on_sigterm: {on_sigterm}))),"#
        );
        for (number, (at, act)) in acts.into_iter().enumerate() {
            let act = match act.strip_prefix("RIVAL ") {
                None => act,
                Some(work) => format!(
                    "account: \"a\", do: CreatePod(name: \"r{number}\", gpuCount: 4, \
                     gpuTypeId: \"NVIDIA RTX A6000\", work: \"{work}s\", patience: \"2m\")"
                ),
            };
            writeln!(text, "(at: \"{at}s\", {act}),").unwrap();
        }
        if let Some(at) = terminated {
            writeln!(text, "(at: \"{at}s\", account: \"a\", do: TerminatePod(podId: \"p\")),").unwrap();
        }
        text.push_str("])");
        (text, terms)
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn pod_20_the_closed_form_agrees_with_a_model_that_works_tick_by_tick(
        (text, terms) in lives(),
    ) {
        check(&text, terms)?;
    }
}
