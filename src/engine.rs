//! The loop: pop, advance, dispatch, and after each event look at the accounts that it touched.
//!
//! A run is a function of scenario, seed and replication alone. It states facts to a journal and keeps
//! nothing else: whoever wants figures listens.

pub mod dispatch;

use crate::agenda::{Class, Event};
use crate::customers::{self, Customers};
use crate::hosts::failures::Failures;
use crate::hosts::supply::Providers;
use crate::hosts::{is_there, listing};
use crate::ids::{ActionId, HostId, Id, PodId};
use crate::journal::{Fact, Journal};
use crate::market::{charge, funds, leave, list_price, spot};
use crate::policy::Policies;
use crate::policy::registry::{NotRegistered, Registry};
use crate::scenario::Scenario;
use crate::script;
use crate::serverless::Serverless;
use crate::turn::{News, Turn};
use crate::units::{SimTime, Span};
use crate::workload::import::TraceError;
use crate::world::World;
use crate::world::audit::{self, Fault};

/// Which run of a scenario this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunId {
    /// The seed.
    pub seed: u64,
    /// The replication, from 0.
    pub replication: u64,
}

/// Where a run stands, told every few thousand events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Simulated time reached.
    pub now: SimTime,
    /// Events taken so far.
    pub events: u64,
}

/// What a run came to, apart from its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Events taken.
    pub events: u64,
}

/// Why a run could not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    /// A trace could not be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A policy of the program's own is not known to this run.
    #[error(transparent)]
    Policy(#[from] NotRegistered),
    /// Whoever watched it wanted no more.
    #[error("interrupted: nothing was written")]
    Interrupted,
    /// An invariant was found broken, in an audited run: our bug.
    #[error("{0}")]
    Broken(Fault),
}

const EVENTS_BETWEEN_NEWS: u64 = 1 << 14;

/// Runs `scenario` to its horizon and states every fact to `journal`. `watch` hears of the progress.
///
/// # Errors
/// A trace that cannot be read, though it could when the scenario was checked.
pub fn run(
    scenario: &Scenario,
    run: RunId,
    journal: &mut Journal<'_>,
    watch: &mut dyn FnMut(Progress),
) -> Result<Outcome, RunFailure> {
    run_while(scenario, run, journal, &mut |progress| {
        watch(progress);
        true
    })
}

/// As [`run`], until `goes_on` says no.
///
/// # Errors
/// As [`run`], and [`RunFailure::Interrupted`].
pub fn run_while(
    scenario: &Scenario,
    run: RunId,
    journal: &mut Journal<'_>,
    goes_on: &mut dyn FnMut(Progress) -> bool,
) -> Result<Outcome, RunFailure> {
    run_with(scenario, run, &Registry::new(), journal, goes_on)
}

/// As [`run_while`], with policies of a program's own: those that `registry` has.
///
/// # Errors
/// As [`run_while`], and a policy of the scenario that is not registered.
pub fn run_with(
    scenario: &Scenario,
    run: RunId,
    registry: &Registry,
    journal: &mut Journal<'_>,
    goes_on: &mut dyn FnMut(Progress) -> bool,
) -> Result<Outcome, RunFailure> {
    let mut engine = Engine::begin_with(scenario, run, registry, journal)?;
    while engine.step() {
        let progress = Progress { now: engine.turn.now, events: engine.events };
        if engine.events.is_multiple_of(EVENTS_BETWEEN_NEWS) && !goes_on(progress) {
            return Err(RunFailure::Interrupted);
        }
    }
    engine.finish()
}

/// As [`run`], with every invariant checked after every event: for tests.
///
/// # Errors
/// As [`run`], and the first invariant found broken.
pub fn run_audited(
    scenario: &Scenario,
    run: RunId,
    journal: &mut Journal<'_>,
) -> Result<Outcome, RunFailure> {
    let mut engine = Engine::begin(scenario, run, journal)?;
    while engine.step() {
        audit::check(&engine.turn.world).map_err(RunFailure::Broken)?;
        if !engine.providers.is_sound(&engine.turn) {
            let what = "providers are there, and their supply sums what they earned";
            return Err(RunFailure::Broken(Fault { what, whom: String::new() }));
        }
    }
    engine.finish()
}

/// A run under way.
pub struct Engine<'a, 'j> {
    /// What handlers hold: readable between steps, for tests and answers.
    pub turn: Turn<'a, 'j>,
    customers: Customers,
    failures: Failures,
    providers: Providers,
    serverless: Serverless,
    events: u64,
    ended: bool,
}

impl<'a, 'j> Engine<'a, 'j> {
    /// Sets up the run: the script, the accounts, the first arrivals, the periodic events.
    ///
    /// # Errors
    /// A trace that cannot be opened.
    pub fn begin(
        scenario: &'a Scenario,
        run: RunId,
        journal: &'a mut Journal<'j>,
    ) -> Result<Self, RunFailure> {
        Self::begin_with(scenario, run, &Registry::new(), journal)
    }
    /// As [`begin`](Self::begin), with policies of a program's own.
    ///
    /// # Errors
    /// As [`begin`](Self::begin), and a policy of the scenario that is not registered.
    pub fn begin_with(
        scenario: &'a Scenario,
        run: RunId,
        registry: &Registry,
        journal: &'a mut Journal<'j>,
    ) -> Result<Self, RunFailure> {
        let RunId { seed, replication } = run;
        let world = World::new(scenario, seed, replication);
        let policies = Policies::new(scenario, registry, (seed, replication))?;
        let turn = Turn::new(scenario, world, policies, journal);
        let customers = Customers::open(&turn, seed, replication)?;
        let failures = Failures::open(scenario, seed, replication);
        let providers = Providers::open(scenario, seed, replication);
        let serverless = Serverless::open(scenario, seed, replication)?;
        let mut engine =
            Self { turn, customers, failures, providers, serverless, events: 0, ended: false };
        engine.open_books(run);
        for (index, action) in scenario.script.iter().enumerate() {
            let event = Event::Act(ActionId::from_index(index));
            engine.turn.schedule(action.at, script::class(&action.kind), event);
        }
        engine.failures.begin(&mut engine.turn);
        engine.providers.begin(&mut engine.turn, &mut engine.failures);
        list_price::begin(&mut engine.turn);
        engine.customers.begin(&mut engine.turn);
        engine.serverless.begin(&mut engine.turn);
        engine.schedule_periodic();
        Ok(engine)
    }
    /// Accounts open with their balances; every host says how its GPUs are used.
    fn open_books(&mut self, run: RunId) {
        let turn = &mut self.turn;
        for account in turn.world.account_ids() {
            let RunId { seed, replication } = run;
            let balance = customers::opening_balance(turn, account, seed, replication);
            customers::open_account(turn, account, balance);
        }
        spot::open(turn);
        for (index, host) in turn.scenario.hosts.iter().enumerate() {
            if !host.joins_later {
                turn.settle_host(HostId::from_index(index));
            }
        }
    }
    fn schedule_periodic(&mut self) {
        let scenario = self.turn.scenario;
        let turn = &mut self.turn;
        turn.schedule(scenario.warm_up, Class::WarmUpEnds, Event::WarmUpEnds);
        if scenario.sample_every.is_some() {
            turn.schedule(SimTime::ZERO, Class::Sample, Event::Sample);
        }
        if let Some(every) = scenario.rules.statement_every {
            turn.schedule(SimTime::ZERO + every, Class::Statement, Event::Statement);
        }
        turn.schedule(scenario.horizon, Class::Horizon, Event::Horizon);
    }

    /// Takes one event; false once the run has ended.
    pub fn step(&mut self) -> bool {
        if self.ended {
            return false;
        }
        let (at, class, event) = self.turn.agenda.pop().expect("the horizon is always due");
        if self.turn.world.is_large() {
            self.foresee();
        }
        self.turn.advance(at, class);
        self.events += 1;
        dispatch::dispatch(self, event);
        self.look_at_accounts();
        if !self.turn.outcomes.is_empty() {
            self.customers.hear(&mut self.turn);
        }
        while !self.turn.news.is_empty() {
            self.serverless.hear(&mut self.turn);
            self.look_at_accounts();
        }
        !self.ended
    }
    /// What is due is posted, and the accounts that were touched are looked at.
    #[inline(always)] // after every event
    fn look_at_accounts(&mut self) {
        charge::post::post(&mut self.turn);
        while let Some(account) = self.turn.take_touched() {
            funds::plan::plan(&mut self.turn, account);
            if !self.turn.world.requests.refusing.is_empty()
                && self.turn.world.requests.refusing.contains_key(&account)
            {
                self.turn.news.push(News::Eased(account));
            }
        }
    }
    /// Fetches what the next event will need, while the present one is handled.
    #[inline(never)] // apart from the way of small markets
    fn foresee(&mut self) {
        let foreseen = self.turn.agenda.foreseen();
        let world = &self.turn.world;
        match foreseen {
            Some(Event::WorkDone { pod, .. }) => world.warm(pod),
            Some(Event::ContainerUp { pod, .. } | Event::ImagePulled { pod, .. }) => {
                world.warm_pod(pod);
            }
            Some(Event::CustomerArrives(segment)) => {
                world.warm_account(self.customers.expected(segment).account);
            }
            _ => {}
        }
    }
    /// Gives what the run came to.
    ///
    /// # Errors
    /// A trace that ended in an error.
    pub fn finish(mut self) -> Result<Outcome, RunFailure> {
        match self.customers.take_failure().or_else(|| self.serverless.take_failure()) {
            Some(failure) => Err(failure.into()),
            None => Ok(Outcome { events: self.events }),
        }
    }

    pub(crate) fn customers(&mut self) -> (&mut Customers, &mut Turn<'a, 'j>) {
        (&mut self.customers, &mut self.turn)
    }
    /// Class 12: every account is settled (GEN-09).
    pub(crate) fn statement(&mut self) {
        for account in self.turn.world.account_ids() {
            funds::settle(&mut self.turn, account);
        }
    }
    pub(crate) fn repeat(&mut self, every: Option<Span>, class: Class, event: Event) {
        if let Some(every) = every {
            let next = self.turn.now + every;
            self.turn.schedule(next, class, event);
        }
    }
    /// Class 13: accounts are settled, what is alive is said, the run ends.
    pub(crate) fn end(&mut self) {
        self.statement();
        let turn = &mut self.turn;
        let mut alive: Vec<PodId> = turn.world.pods.ids().collect();
        alive.sort_unstable();
        for pod in alive {
            leave::state_alive(turn, pod);
        }
        Serverless::end(turn);
        self.customers.end(turn);
        for host in turn.world.fleet.hosts.ids() {
            if is_there(turn, host) {
                listing::state_score(turn, host);
            }
        }
        turn.state(Fact::RunEnded);
        self.ended = true;
    }
}
