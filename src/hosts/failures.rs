//! Hosts fail, at random or as a trace tells, and come back (HOST-02 to HOST-04, CLD-02).
//!
//! A cause takes the power or the network of one host, or of a group at once, by an alternating renewal
//! process: it leaves them alone for a time to failure, and takes them away for a time to repair. Each is
//! drawn from a stream of the cause's own, whatever the market does: under every policy the same hosts fail
//! at the same instants, and other repairs leave the times to failure as they are. A failure costs two
//! events, and time without failures none.
//!
//! A host is back when the last of its causes is over. The script may set the same flags: a failure that
//! finds a host's flag set leaves it at that, and a repair ends no loss but one that a failure began.

use crate::agenda::{Class, Event};
use crate::hosts;
use crate::ids::{FailureId, HostId, Id, SupplyId};
use crate::rng::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::scenario::model::{self, FailureTimes, Loss};
use crate::turn::Turn;
use crate::units::{SimTime, Span};
use crate::world::standing::Bar;
use std::ops::Range;

/// What makes hosts fail at random, and where each host stands.
pub struct Failures {
    /// The seed and the replication.
    seeds: (u64, u64),
    causes: Vec<Cause>,
    /// By host and loss.
    held: Vec<[Held; 2]>,
}

/// What takes some hosts' power or network again and again.
struct Cause {
    /// Which of the scenario's failures this is of, or of a supply's.
    of: Of,
    /// Whom it takes, by their places among the hosts of those failures; a provider's host by its number.
    places: Range<usize>,
    /// Of times to failure.
    failing: Stream,
    /// Of times to repair.
    repairs: Stream,
    /// Which of the recorded outages is the present or the next one.
    next: usize,
}

/// Whose failures a cause is one of.
#[derive(Clone, Copy, Debug)]
enum Of {
    /// The how-manieth of the scenario's.
    Hosts(usize),
    /// A provider's host: the how-manieth of its supply's.
    Provider(HostId, SupplyId, usize),
}

/// What failures did to one host, by one of its losses.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    /// How many causes hold it at present.
    causes: u32,
    /// The how-manieth loss of the host a failure began, if it began the present one.
    began: Option<u32>,
}

impl Failures {
    /// Those of a scenario.
    pub fn open(scenario: &Scenario, seed: u64, replication: u64) -> Self {
        let causes = scenario.failures.iter().enumerate().flat_map(|(of, failures)| {
            let stream = move |which, host| {
                let entity = entity(failures, host, which);
                Stream::open(seed, replication, Purpose::Failures, entity)
            };
            let cause = move |places: Range<usize>| {
                let first = failures.hosts[places.start];
                let (failing, repairs) = (stream(0, first), stream(1, first));
                Cause { of: Of::Hosts(of), failing, repairs, next: 0, places }
            };
            let all = 0..failures.hosts.len();
            let whole = (failures.together && !all.is_empty()).then(|| all.clone());
            let each = all.filter(|_| !failures.together).map(|place| place..place + 1);
            whole.into_iter().chain(each).map(cause)
        });
        let causes: Vec<Cause> = causes.collect();
        let hosts = if causes.is_empty() { 0 } else { scenario.hosts.len() };
        let held = vec![<[Held; 2]>::default(); hosts];
        Self { seeds: (seed, replication), causes, held }
    }
    /// A provider's host has joined: the how-manieth of its supply.
    /// Its own causes begin. An invited one fails alike however many were there.
    pub fn watch(&mut self, turn: &mut Turn<'_, '_>, host: HostId, (id, number): (SupplyId, u32)) {
        const INVITED: u64 = 1 << 31;
        let supply = &turn.scenario.supply[id.index()];
        let all = &supply.failures;
        // The how-manieth of those invited, or else of those of the start.
        let invited = supply.invited(number);
        let place = usize::try_from(invited.unwrap_or(number) - 1).expect("an index fits");
        if self.held.len() <= host.index() && !all.is_empty() {
            self.held.resize(host.index() + 1, <[Held; 2]>::default());
        }
        let who = invited.map_or(u64::from(number), |number| u64::from(number) + INVITED);
        let supplied = u64::try_from(id.index()).expect("an index fits in 64 bits");
        for (index, failures) in all.iter().enumerate() {
            let stream = |which| {
                let cause =
                    u64::from(failures.number) * 4 + u64::from(failures.loss == Loss::Network) * 2;
                let entity = (supplied << 40) + (who << 8) + cause + which;
                Stream::open(self.seeds.0, self.seeds.1, Purpose::ProviderFailures, entity)
            };
            self.causes.push(Cause {
                of: Of::Provider(host, id, index),
                places: place..place + 1,
                failing: stream(0),
                repairs: stream(1),
                next: 0,
            });
            self.expect(turn, FailureId::from_index(self.causes.len() - 1));
        }
    }
    /// Schedules the first failure of each cause.
    pub fn begin(&mut self, turn: &mut Turn<'_, '_>) {
        for index in 0..self.causes.len() {
            self.expect(turn, FailureId::from_index(index));
        }
    }
    /// Class 1: hosts fail.
    pub fn fail(&mut self, turn: &mut Turn<'_, '_>, id: FailureId) {
        let cause = &mut self.causes[id.index()];
        let failures = cause.failures(turn.scenario);
        for &host in cause.hosts(turn.scenario) {
            let held = &mut self.held[host.index()][failures.loss as usize];
            held.causes += 1;
            if hosts::is_there(turn, host) && !is_lost(turn, host, failures.loss) {
                lose(turn, host, failures.loss);
                held.began = Some(turn.world.fleet.hosts[host].losses[failures.loss as usize]);
            }
        }
        let returns = cause.returns(&failures.times, turn.now);
        let (_, class) = classes(failures.loss);
        turn.schedule(returns, class, Event::HostsReturn(id));
    }
    /// Class 2: they have been repaired.
    pub fn end(&mut self, turn: &mut Turn<'_, '_>, id: FailureId) {
        let cause = &self.causes[id.index()];
        let loss = cause.failures(turn.scenario).loss;
        for &host in cause.hosts(turn.scenario) {
            let held = &mut self.held[host.index()][loss as usize];
            held.causes -= 1;
            let present = turn.world.fleet.hosts[host].losses[loss as usize];
            let began_it = held.causes == 0 && held.began == Some(present);
            if began_it && hosts::is_there(turn, host) && is_lost(turn, host, loss) {
                get_back(turn, host, loss);
            }
        }
        self.causes[id.index()].next += 1;
        self.expect(turn, id);
    }

    /// The next failure of a cause.
    fn expect(&mut self, turn: &mut Turn<'_, '_>, id: FailureId) {
        let cause = &mut self.causes[id.index()];
        if cause.is_over(turn) {
            return;
        }
        let failures = cause.failures(turn.scenario);
        let Some(fails) = cause.fails(&failures.times, turn.now) else { return };
        let (class, _) = classes(failures.loss);
        turn.schedule(fails, class, Event::HostsFail(id));
    }
}

impl Cause {
    fn failures<'a>(&self, scenario: &'a Scenario) -> &'a model::Failures {
        match self.of {
            Of::Hosts(index) => &scenario.failures[index],
            Of::Provider(_, supply, index) => &scenario.supply[supply.index()].failures[index],
        }
    }
    /// Whom it takes.
    fn hosts<'a>(&'a self, scenario: &'a Scenario) -> &'a [HostId] {
        match &self.of {
            Of::Hosts(index) => &scenario.failures[*index].hosts[self.places.clone()],
            Of::Provider(host, ..) => std::slice::from_ref(host),
        }
    }
    /// Whether there is nobody left whom it could take.
    fn is_over(&self, turn: &Turn<'_, '_>) -> bool {
        matches!(self.of, Of::Provider(host, ..) if turn.world.records[host].left.is_some())
    }
    /// When it takes its hosts next, if it does.
    fn fails(&mut self, times: &FailureTimes, now: SimTime) -> Option<SimTime> {
        match times {
            FailureTimes::Drawn { time_to_failure, .. } => {
                Some(now.saturating_add(drawn(time_to_failure.draw(&mut self.failing))))
            }
            FailureTimes::Recorded(outages) => {
                // Who joins later has missed what was over before.
                let outages = outages.of(self.places.start);
                while outages.get(self.next)?.until <= now {
                    self.next += 1;
                }
                Some(outages[self.next].from.max(now))
            }
        }
    }
    /// When the present failure is over.
    fn returns(&mut self, times: &FailureTimes, now: SimTime) -> SimTime {
        match times {
            FailureTimes::Drawn { time_to_repair, .. } => {
                now.saturating_add(drawn(time_to_repair.draw(&mut self.repairs)))
            }
            FailureTimes::Recorded(outages) => {
                let present = outages.of(self.places.start).get(self.next);
                present.map_or(SimTime::NEVER, |outage| outage.until)
            }
        }
    }
}

/// The stream's entity: a host is of one group, which has few causes.
fn entity(failures: &model::Failures, host: HostId, which: u64) -> u64 {
    let host = u64::try_from(host.index()).expect("an index fits in 64 bits");
    let cause = u64::from(failures.number) * 2 + u64::from(failures.loss == Loss::Network);
    (host << 20) + cause * 2 + which
}

/// When within an instant a loss comes, and when it ends (GEN-11).
const fn classes(loss: Loss) -> (Class, Class) {
    match loss {
        Loss::Power => (Class::HostDown, Class::HostUp),
        Loss::Network => (Class::NetworkDown, Class::NetworkUp),
    }
}

/// Whether the host is without it already.
fn is_lost(turn: &Turn<'_, '_>, host: HostId, loss: Loss) -> bool {
    let row = &turn.world.fleet.hosts[host];
    match loss {
        Loss::Power => row.standing.is_under(Bar::Power),
        Loss::Network => row.standing.is_under(Bar::Network),
    }
}

fn lose(turn: &mut Turn<'_, '_>, host: HostId, loss: Loss) {
    match loss {
        Loss::Power => hosts::power_lost(turn, host),
        Loss::Network => hosts::network_lost(turn, host),
    }
}

fn get_back(turn: &mut Turn<'_, '_>, host: HostId, loss: Loss) {
    match loss {
        Loss::Power => hosts::power_back(turn, host),
        Loss::Network => hosts::network_back(turn, host),
    }
}

/// A drawn time, in seconds: a microsecond at least, so that time moves on whatever is drawn.
fn drawn(seconds: f64) -> Span {
    Span::from_seconds_f64(seconds).max(Span::from_micros(1))
}
