//! What hosts go through, as facts tell it (HOST-02, GEN-13).

use super::{Is, Seen, Witness};
use walras::ids::{HostId, Id};
use walras::journal::Fact;
use walras::journal::fact::Occupancy;
use walras::scenario::model::HostSpec;
use walras::units::{Money, SimTime};

/// What is known of a host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) powered: bool,
    pub(super) online: bool,
    pub(super) in_maintenance: bool,
    pub(super) is_there: bool,
    pub(super) listed: bool,
    /// Since when it is not available, if it is not.
    pub(super) away_since: Option<SimTime>,
    pub(super) occupancy: Option<(bool, Occupancy)>,
    pub(super) own_min_bid: Option<Money>,
    pub(super) own_price: Option<Money>,
}

impl Site {
    /// A host at the start.
    pub(super) fn of(spec: &HostSpec) -> Self {
        Self {
            powered: true,
            online: true,
            in_maintenance: false,
            is_there: !spec.joins_later,
            listed: true,
            away_since: None,
            occupancy: None,
            own_min_bid: spec.min_bid,
            own_price: spec.price,
        }
    }
    fn is_available(&self) -> bool {
        self.powered && self.online && self.is_there && !self.in_maintenance
    }
}

impl Witness<'_> {
    pub(super) fn available(&self, host: HostId) -> bool {
        let site = &self.sites[host.index()];
        site.is_available()
    }
    /// HOST-02. Requests for new pods see it.
    pub(super) fn offered(&self, host: HostId) -> bool {
        self.available(host) && self.sites[host.index()].listed
    }
    /// What hosts go through.
    pub(super) fn hear_host(&mut self, fact: &Fact) {
        let (host, powered, online) = match *fact {
            Fact::HostDown { host } => (host, Some(false), None),
            Fact::HostUp { host } => (host, Some(true), None),
            Fact::NetworkDown { host } => (host, None, Some(false)),
            Fact::NetworkUp { host } => (host, None, Some(true)),
            Fact::Occupied { host, available, occupancy } => {
                self.sites[host.index()].occupancy = Some((available, occupancy));
                return;
            }
            Fact::HostSupplied(supplied) => {
                self.likes.hear(fact);
                self.sites.push(Site::of(&self.scenario.hosts[supplied.like.index()]));
                return;
            }
            _ => return self.hear_life(fact),
        };
        let site = &mut self.sites[host.index()];
        let changed = powered.is_none_or(|on| site.powered != on)
            && online.is_none_or(|on| site.online != on);
        site.powered = powered.unwrap_or(site.powered);
        site.online = online.unwrap_or(site.online);
        site.away_since = (!site.is_available()).then(|| site.away_since.unwrap_or(self.now));
        self.ensure(changed, || format!("HOST-02: {fact:?} set twice"));
    }
    /// How hosts join, are listed, are maintained and leave.
    fn hear_life(&mut self, fact: &Fact) {
        let (Fact::HostListed(host)
        | Fact::HostDelisted { host, .. }
        | Fact::MaintenanceBegan(host)
        | Fact::MaintenanceEnded(host)
        | Fact::HostJoined(host)
        | Fact::HostLeft(host)) = *fact
        else {
            return;
        };
        let site = &mut self.sites[host.index()];
        let (flag, to) = match fact {
            Fact::HostListed(_) => (&mut site.listed, true),
            Fact::HostDelisted { .. } => (&mut site.listed, false),
            Fact::MaintenanceBegan(_) => (&mut site.in_maintenance, true),
            Fact::MaintenanceEnded(_) => (&mut site.in_maintenance, false),
            Fact::HostJoined(_) => (&mut site.is_there, true),
            _ => (&mut site.is_there, false),
        };
        let changed = std::mem::replace(flag, to) != to;
        site.away_since = (!site.is_available()).then(|| site.away_since.unwrap_or(self.now));
        self.ensure(changed, || format!("HOST-02: {fact:?} set twice"));
    }

    /// GEN-13. A free GPU that is promised counts as the newcomer's, one in grace as in grace.
    pub(super) fn check_occupancy(&mut self, host: HostId) {
        let Some((available, stated)) = self.sites[host.index()].occupancy else { return };
        let spot = |pod: &Seen| pod.bid().is_some();
        let held = |pod: &Seen| pod.is.holds() == Some(host) && pod.is.claims() == Some(host);
        let reserved = |pod: &Seen| pod.is == Is::Reserved(host);
        let grace = self.sum(|pod| pod.is.holds() == Some(host) && pod.is.claims().is_none());
        let (on_demand, bid) =
            (self.sum(|pod| held(pod) && !spot(pod)), self.sum(|pod| held(pod) && spot(pod)));
        let promised = self.sum(reserved);
        let Occupancy { on_demand: said_on_demand, spot: said_spot, grace: said_grace, .. } =
            stated;
        let (free, serverless) = (stated.free, stated.serverless);
        let said = u32::from(said_on_demand + said_spot);
        let fair = u32::from(said_grace) == grace
            && on_demand <= u32::from(said_on_demand)
            && bid <= u32::from(said_spot)
            && said <= on_demand + bid + promised
            && said + grace + u32::from(free + serverless) == self.total(host)
            && available == self.available(host);
        self.ensure(fair, || format!("GEN-13: {host:?} states {available} {stated:?}"));
    }
}
