//! Workers as the facts tell them: where each stands and with how many GPUs, which a posting does not say
//! again.
//!
//! Only those that are wanted or awake are remembered, so memory follows the workers that there are at
//! once. One that has stopped is kept for the rest of the instant, in which it is settled.

use super::Fact;
use super::fact::{WorkerAsked, WorkerAt, WorkerId, WorkerStopped, WorkerWoken};
use crate::ids::HostId;
use crate::units::SimTime;
use std::collections::BTreeMap;

/// What is known of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerPlace {
    /// Its host; none before it has GPUs.
    pub host: Option<HostId>,
    /// GPUs held, or asked for.
    pub gpus: u32,
}

/// The workers that there are.
#[derive(Clone, Debug, Default)]
pub struct Workers {
    known: BTreeMap<WorkerId, WorkerPlace>,
    gone: Vec<WorkerId>,
    gone_at: SimTime,
}

impl Workers {
    /// Takes in what `fact` says of them. To be called before anything is asked about the fact.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts say nothing about workers")]
    pub fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkerAsked(WorkerAsked { worker, gpus, .. }) => {
                self.forget_before(at);
                self.known.insert(worker, WorkerPlace { host: None, gpus });
            }
            Fact::WorkerReserved(WorkerAt { worker, host })
            | Fact::WorkerWoken(WorkerWoken { worker, host, .. }) => {
                self.known.entry(worker).or_default().host = Some(host);
            }
            Fact::WorkerStopped(WorkerStopped { worker, host, gpus, .. }) => {
                self.forget_before(at);
                self.known.insert(worker, WorkerPlace { host, gpus });
                self.gone.push(worker);
                self.gone_at = at;
            }
            _ => {}
        }
    }
    fn forget_before(&mut self, at: SimTime) {
        if self.gone_at < at {
            for worker in self.gone.drain(..) {
                self.known.remove(&worker);
            }
        }
    }
    /// What is known of a worker; nothing of one that is forgotten.
    pub fn find(&self, worker: WorkerId) -> Option<WorkerPlace> {
        self.known.get(&worker).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;

    #[test]
    fn a_worker_is_known_until_the_instant_of_its_stop_is_over() {
        let at = SimTime::from_seconds;
        let of = |run| WorkerId { endpoint: Id::from_index(0), run };
        let host = HostId::from_index(3);
        let asked = |run| {
            let kind = crate::journal::fact::WorkerKind::Flex;
            Fact::WorkerAsked(WorkerAsked { worker: of(run), slot: 1, kind, gpus: 2 })
        };
        let mut workers = Workers::default();
        workers.hear(at(1), &asked(1));
        assert_eq!(workers.find(of(1)), Some(WorkerPlace { host: None, gpus: 2 }));
        workers.hear(at(2), &Fact::WorkerReserved(WorkerAt { worker: of(1), host }));
        let place = Some(WorkerPlace { host: Some(host), gpus: 2 });
        assert_eq!(workers.find(of(1)), place);
        workers.gone.push(of(1));
        workers.gone_at = at(5);
        workers.hear(at(5), &asked(2));
        assert_eq!(workers.find(of(1)), place);
        workers.hear(at(6), &asked(3));
        assert_eq!(workers.find(of(1)), None);
    }
}
