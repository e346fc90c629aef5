//! A small market with endpoints as scenario text, and what came of it in the notation of the rules' examples.
//!
//! - A run reads `s1 0/3/13 13 s 0.00208`: slot, woken/ready/stopped, seconds billed, what they cost; then what it
//!   was if it was active, and why it stopped if not for its idle timeout. With several hosts it is `s1@h1`, with
//!   several endpoints `e s1`. One that was never ready has `–`.
//! - How many workers there are reads `12 4/1`: at 12, when all that happens then has, W is 4, of whom 1 is ready.
//! - A job reads `j1 3–8 s1 cold`: taken, ended, slot, whether it started cold; then its status if not COMPLETED,
//!   with the reason. One that ended in the queue reads `j2 TIMED_OUT at 8 (ttl)`.

use super::told::{Collector, Told};
use std::fmt::Write as _;
use walras::engine::{Engine, RunId, run_audited};
use walras::journal::Journal;
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::rules::Rules;
use walras::turn::Turn;
use walras::units::{SimTime, Span};
use walras::world::audit;

/// A market of one account `a`, which owns the endpoint `e`, on hosts of RTX A4000 that hold the image.
pub(crate) struct Play {
    horizon: String,
    fleet: String,
    accounts: String,
    endpoints: String,
    more: String,
    script: String,
    jobs: u32,
    rules: Vec<fn(&mut Rules)>,
}

/// An instant, as the examples have it.
pub(crate) fn at(seconds: &str) -> SimTime {
    SimTime::ZERO + Span::parse(&format!("{seconds}s")).expect("seconds")
}

impl Play {
    /// One secure host of 8 RTX A4000; `settings` of e, the defaults else.
    pub(crate) fn new(settings: &str) -> Self {
        let play = Self {
            horizon: "2h".into(),
            fleet: String::new(),
            accounts: r#"(name: "a", balance: 1000),"#.into(),
            endpoints: String::new(),
            more: String::new(),
            script: String::new(),
            jobs: 0,
            rules: vec![|rules| rules.serverless.worker_quota = None],
        };
        play.endpoint("e", settings).hosts(1, 8)
    }
    /// No endpoint but those that are told next.
    pub(crate) fn without_endpoint(mut self) -> Self {
        self.endpoints.clear();
        self
    }
    /// One more endpoint.
    pub(crate) fn endpoint(mut self, name: &str, settings: &str) -> Self {
        let gpus = if settings.contains("gpus:") || settings.contains("quick_deploy") {
            ""
        } else {
            r#"gpus: "RTX A4000","#
        };
        let _ = write!(
            self.endpoints,
            r#"(name: "{name}", account: "a", {gpus} image_gb: 5, {settings}),"#
        );
        self
    }
    /// So many hosts, h1 and so on, of so many RTX A4000 each.
    pub(crate) fn hosts(self, count: u32, gpus: u32) -> Self {
        let names: Vec<String> = (1..=count).map(|number| format!("\"h{number}\"")).collect();
        self.fleet(&format!(
            r#"(names: [{}], gpu_type: "NVIDIA RTX A4000", gpus: {gpus}, datacenter: "EU-RO-1"),"#,
            names.join(", ")
        ))
    }
    /// Other hosts.
    pub(crate) fn fleet(mut self, text: &str) -> Self {
        self.fleet = text.into();
        self
    }
    /// Other accounts.
    pub(crate) fn accounts(mut self, text: &str) -> Self {
        self.accounts = text.into();
        self
    }
    /// Another balance.
    pub(crate) fn balance(self, usd: &str) -> Self {
        self.accounts(&format!(r#"(name: "a", balance: {usd}),"#))
    }
    /// Another horizon.
    pub(crate) fn horizon(mut self, span: &str) -> Self {
        self.horizon = span.into();
        self
    }
    /// Other fields of the scenario.
    pub(crate) fn more(mut self, text: &str) -> Self {
        self.more += text;
        self
    }
    /// Rules that differ.
    pub(crate) fn rule(mut self, rule: fn(&mut Rules)) -> Self {
        self.rules.push(rule);
        self
    }
    /// Jobs of e: `0 5s; 9 0.3s ttl: "8s"` are j1 at 0, j2 at 9.
    pub(crate) fn jobs(self, jobs: &str) -> Self {
        self.jobs_on("e", jobs)
    }
    /// Jobs of an endpoint.
    pub(crate) fn jobs_on(mut self, endpoint: &str, jobs: &str) -> Self {
        for job in jobs.split(';').map(str::trim) {
            let (at, rest) = job.split_once(' ').expect("an instant, then a duration");
            let (takes, more) = rest.split_once(' ').unwrap_or((rest, ""));
            self.jobs += 1;
            let id = format!("j{}", self.jobs);
            self = self.act(
                at,
                &format!(
                    r#"SubmitJob(endpoint: "{endpoint}", id: "{id}", execution: "{takes}", {more})"#
                ),
            );
        }
        self
    }
    /// An action of account a.
    pub(crate) fn act(self, at: &str, action: &str) -> Self {
        self.act_as("a", at, action)
    }
    /// An action of an account.
    pub(crate) fn act_as(mut self, account: &str, at: &str, action: &str) -> Self {
        let _ = writeln!(self.script, r#"(at: "{at}s", account: "{account}", do: {action}),"#);
        self
    }
    /// An action of the platform.
    pub(crate) fn platform(mut self, at: &str, action: &str) -> Self {
        let _ = writeln!(self.script, r#"(at: "{at}s", do: {action}),"#);
        self
    }
    /// An update of e.
    pub(crate) fn update(self, at: &str, change: &str) -> Self {
        self.act(at, &format!(r#"UpdateEndpoint(endpoint: "e", {change})"#))
    }

    /// The scenario.
    pub(crate) fn scenario(&self) -> Scenario {
        let Self { horizon, fleet, accounts, endpoints, more, script, .. } = self;
        let text = format!(
            "(horizon: \"{horizon}\", fleet: [{fleet}], accounts: [{accounts}], endpoints: [{endpoints}],
            datacenters: [(id: \"EU-RO-1\", network_storage_gb: 1000)],
            {more}
            script: [\n{script}])"
        );
        let mut scenario = from_text("case.ron", &text).unwrap_or_else(|found| panic!("{found}"));
        for rule in &self.rules {
            rule(&mut scenario.rules);
        }
        scenario
    }
    /// Runs it, every invariant checked after every event.
    pub(crate) fn told(&self) -> Told {
        self.told_of(&self.scenario())
    }
    /// The same of a scenario that was changed.
    pub(crate) fn told_of(&self, scenario: &Scenario) -> Told {
        let mut collector = Collector::new(scenario);
        let mut journal = Journal::new(vec![&mut collector]);
        let run = RunId { seed: scenario.seed, replication: 0 };
        run_audited(scenario, run, &mut journal).expect("a run without a broken invariant");
        collector.finish()
    }
    /// Holds how many workers e has at some instants against this, ready ones behind the stroke (SLS-32).
    pub(crate) fn workers(&self, expected: &str) -> &Self {
        let expected: Vec<&str> = expected.split(';').map(str::trim).collect();
        let instants: Vec<&str> =
            expected.iter().map(|line| line.split(' ').next().unwrap_or_default()).collect();
        let counts = self.seen(&instants, &mut |turn, _| {
            let own = &turn.world.endpoints.iter().next().expect("e").1.workers;
            (own.undrained(), own.undrained() - own.coming)
        });
        let line = |(at, (workers, ready)): (&&str, &(u32, u32))| format!("{at} {workers}/{ready}");
        let seen: Vec<String> = instants.iter().zip(&counts).map(line).collect();
        assert_eq!(seen, expected);
        self
    }
    /// What is seen at some instants, when all that happens then has.
    pub(crate) fn seen<T>(
        &self,
        instants: &[&str],
        see: &mut dyn FnMut(&Turn<'_, '_>, &Scenario) -> T,
    ) -> Vec<T> {
        let scenario = self.scenario();
        let mut journal = Journal::new(Vec::new());
        let run = RunId { seed: scenario.seed, replication: 0 };
        let mut engine = Engine::begin(&scenario, run, &mut journal).expect("a sound scenario");
        let wanted: Vec<SimTime> = instants.iter().map(|seconds| at(seconds)).collect();
        let mut seen: Vec<Option<T>> = wanted.iter().map(|_| None).collect();
        while engine.step() {
            audit::check(&engine.turn.world).expect("no broken invariant");
            let now = engine.turn.now;
            for (instant, seen) in wanted.iter().zip(&mut seen).filter(|(at, _)| now <= **at) {
                // Nothing else may happen until then.
                engine.turn.now = *instant;
                *seen = Some(see(&engine.turn, &scenario));
            }
            engine.turn.now = now;
        }
        seen.into_iter().map(|seen| seen.expect("an instant before the horizon")).collect()
    }
}
