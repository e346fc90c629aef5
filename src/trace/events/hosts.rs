//! What becomes of hosts: listed or not, maintained, joining, leaving; and of those who provide them.

use super::{Detail, Known, Line};
use crate::journal::Fact;
use crate::journal::fact::Announced;

/// The columns and details of a fact about a host that joins, is listed or not, or leaves.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for such facts")]
pub(super) fn line(fact: &Fact, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::HostDelisted { host, why } => {
            detail.add("reason", why.word());
            Some(Line::of_host(host))
        }
        Fact::MaintenanceAnnounced(Announced { host, from, until }) => {
            detail.add("start_s", from).add("end_s", until);
            Some(Line::of_host(host))
        }
        Fact::DepartureAnnounced(crate::journal::fact::DepartureAnnounced { host, at }) => {
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

/// The columns and details of a fact about a provider.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for such facts")]
pub(super) fn of_provider(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::HostSupplied(supplied) => {
            detail.add("cost_usd_per_hour", supplied.cost);
            let pool = known.names.pool_of(supplied.host);
            let gpu_type = known.names.type_of(known.names.scope_of(pool));
            let gpus = known.names.spec_of(supplied.host).gpus;
            let line = Line::of_host(supplied.host);
            Some(Line { gpu_type: Some(gpu_type), gpus: Some(gpus), ..line })
        }
        Fact::ProviderDeclined(declined) => {
            let scenario = known.names.scenario();
            detail.add("provider", scenario.supplied_name(declined.supply, declined.number));
            Some(Line::default())
        }
        Fact::ProviderLeaves(host, why) => {
            detail.add("reason", why.word());
            Some(Line::of_host(host))
        }
        _ => None,
    }
}
