//! Rows about pods that go to another host (POD-16).

use super::Line;
use crate::journal::Fact;
use crate::journal::fact::PodAt;

#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about moves")]
pub(super) fn line(fact: &Fact) -> Option<Line> {
    match *fact {
        Fact::PodMoves(PodAt { pod, host }) | Fact::MoveUndone(PodAt { pod, host }) => {
            Some(Line { host: Some(host), ..Line::of_pod(pod) })
        }
        Fact::DataCopied(pod) => Some(Line::of_pod(pod)),
        _ => None,
    }
}
