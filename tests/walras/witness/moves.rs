//! Pods that go to another host, and their volumes on the way (POD-16).

use super::{Is, Witness};
use walras::ids::{HostId, PodId};
use walras::journal::Fact;
use walras::journal::fact::PodAt;
use walras::scenario::rules::PodMove;
use walras::units::Gb;

impl Witness<'_> {
    pub(super) fn hear_move(&mut self, fact: &Fact) {
        match *fact {
            Fact::PodMoves(PodAt { pod, host }) => self.goes(pod, host),
            Fact::DataCopied(pod) => {
                let Some(seen) = self.pods.get_mut(&pod) else { return };
                let (is, tied, from) = (seen.is, seen.tied, seen.from.take());
                let both = [tied, from].iter().flatten().all(|host| self.available(*host));
                let right =
                    both && from.is_some() && tied.is_some_and(|on| is == Is::Initializing(on));
                self.ensure(right, || format!("POD-16: {fact:?} from {from:?} to {is:?}"));
            }
            Fact::MoveUndone(PodAt { pod, host }) => {
                let now = self.now;
                let Some(seen) = self.pods.get_mut(&pod) else { return };
                let from = seen.from.take();
                seen.former = seen.tied.map(|tied| (tied, now));
                (seen.tied, seen.had_by) = (Some(host), Some(host));
                let is = seen.is;
                let right = from == Some(host) && is.holds().is_some();
                self.ensure(right, || format!("POD-16: {fact:?} of {from:?} in {is:?}"));
            }
            Fact::PodRunning { pod } => {
                let from = self.pods.get(&pod).and_then(|seen| seen.from);
                self.ensure(from.is_none(), || format!("POD-16: {fact:?} without its data"));
            }
            _ => {}
        }
    }

    /// It leaves its host for the one on which it is placed now.
    fn goes(&mut self, pod: PodId, from: HostId) {
        let allowed = self.scenario.rules.pod_move == PodMove::Allowed;
        let Some(asked) = self.pods.get(&pod).map(|seen| seen.asked) else { return };
        let copies = Gb::ZERO < self.demand(&asked).volume;
        let now = self.now;
        let Some(seen) = self.pods.get_mut(&pod) else { return };
        let tied = seen.tied.take();
        seen.former = Some((from, now));
        seen.from = copies.then_some(from);
        let is = seen.is;
        let right = match is {
            Is::Asked => true,
            Is::Reserved(host) => host != from,
            _ => false,
        };
        self.ensure(allowed && right && tied == Some(from), || {
            format!("POD-16: {pod:?} leaves {from:?} in {is:?}, tied to {tied:?}")
        });
    }
    /// The host that earns what is posted of a pod: its own, or the one that it left in this instant.
    pub(super) fn may_earn(&self, pod: PodId, host: HostId) -> bool {
        let seen = self.pods.get(&pod);
        let left = seen.and_then(|seen| seen.former) == Some((host, self.now));
        left || host == self.host_of(pod)
    }
}
