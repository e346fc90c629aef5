//! What becomes of hosts: listed or not, maintained, joining, leaving.

use super::{Detail, Line};
use crate::journal::Fact;

/// The columns and details of a fact about a host that joins, is listed or not, or leaves.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for such facts")]
pub(super) fn line(fact: &Fact, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::HostDelisted { host, why } => {
            detail.add("reason", why.word());
            Some(Line::of_host(host))
        }
        Fact::MaintenanceAnnounced { host, from, until } => {
            detail.add("start_s", from).add("end_s", until);
            Some(Line::of_host(host))
        }
        Fact::DepartureAnnounced { host, at } => {
            detail.add("leaves_s", at);
            Some(Line::of_host(host))
        }
        Fact::HostListed(host)
        | Fact::MaintenanceBegan(host)
        | Fact::MaintenanceEnded(host)
        | Fact::HostJoined(host)
        | Fact::HostLeft(host) => Some(Line::of_host(host)),
        _ => None,
    }
}
