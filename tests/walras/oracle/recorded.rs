//! What was asked of a pod that is cut off, and happens at the return (HOST-04).

use super::biller::Biller;
use super::state::{Pod, Recorded, State};
use walras::journal::fact::EndReason;

impl Biller<'_> {
    /// HOST-04. Records what will happen at the return; a later one in the order replaces the one that
    /// is there, any other is refused.
    pub(crate) fn record(&mut self, pod: usize, recorded: Recorded) -> bool {
        let replaces = self.pod(pod).recorded.is_none_or(|before| rank(before) < rank(recorded));
        if replaces {
            self.pod_mut(pod).recorded = Some(recorded);
        }
        replaces
    }

    /// Does what is recorded, if the pod's state still allows it.
    pub(crate) fn act_out(&mut self, pod: usize) {
        let Some(recorded) = self.pod_mut(pod).recorded.take() else { return };
        let state = self.pod(pod).state;
        let live = self.pod(pod).costs() || state == State::Resuming;
        match recorded {
            Recorded::Reset if self.pod(pod).runs() => self.reset(pod),
            Recorded::Stop { for_funds: true } if live => self.stop(pod, EndReason::NoFunds),
            Recorded::Stop { for_funds: false } if live => self.stop(pod, EndReason::Stopped),
            Recorded::Terminate { for_funds: true } => self.terminate(pod, EndReason::NoFunds),
            Recorded::Terminate { for_funds: false } => self.terminate(pod, EndReason::Terminated),
            Recorded::Done if self.pod(pod).costs() => self.complete(pod),
            Recorded::Reset | Recorded::Stop { .. } | Recorded::Done => {}
        }
    }
}

fn rank(recorded: Recorded) -> u8 {
    match recorded {
        Recorded::Reset => 0,
        Recorded::Stop { .. } => 1,
        Recorded::Terminate { .. } => 2,
        Recorded::Done => 3,
    }
}

impl Pod {
    /// What waits for a host's return gives up its claim to a recorded stop when its wait ends.
    pub(crate) fn forget_recorded_stop(&mut self) {
        if matches!(self.recorded, Some(Recorded::Stop { .. })) {
            self.recorded = None;
        }
    }
}
