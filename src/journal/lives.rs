//! Lives of hosts as the facts tell them: how long each was up, down or cut off, how often it failed, what it sold and
//! earned (HOST-02, HOST-12, GEN-13).
//!
//! Every instant of a host's life is exactly one of: up (powered and online), down (without power, or under
//! maintenance), offline (powered, but cut off). GPU-time sold is what on-demand and spot pods, those in grace and
//! serverless workers hold while the host is available.

use super::Fact;
use super::fact::Book;
use crate::ids::HostId;
use crate::units::{GpuTime, Money, SimTime, Span};

/// What one host has been through so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Life {
    /// When it joined, if it did.
    pub joined: Option<SimTime>,
    /// When it left, if it did.
    pub left: Option<SimTime>,
    /// Whether requests do not see it.
    pub unlisted: bool,
    /// HOST-09. In millionths, once it was said.
    pub reliability: Option<u32>,
    /// How long it was up.
    pub up: Span,
    /// How long it was down.
    pub down: Span,
    /// How long it was cut off.
    pub offline: Span,
    /// How often it lost power.
    pub failures: u32,
    /// GPU-time sold.
    pub sold: GpuTime,
    /// What it earned.
    pub earned: Money,
    unpowered: bool,
    in_maintenance: bool,
    cut_off: bool,
    state_since: SimTime,
    held: u32,
    held_since: SimTime,
}

impl Life {
    /// That of a host that is there from the start, or is not yet.
    pub fn at_start(joins_later: bool) -> Self {
        Self { joined: (!joins_later).then_some(SimTime::ZERO), ..Self::default() }
    }
    /// Takes in a fact about this host.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts leave hosts as they are")]
    pub fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::HostDown { .. } => {
                self.change_state(at);
                self.unpowered = true;
                self.failures += 1;
            }
            Fact::HostUp { .. } => {
                self.change_state(at);
                self.unpowered = false;
            }
            Fact::NetworkDown { .. } | Fact::NetworkUp { .. } => {
                self.change_state(at);
                self.cut_off = matches!(fact, Fact::NetworkDown { .. });
            }
            Fact::MaintenanceBegan(_) | Fact::MaintenanceEnded(_) => {
                self.change_state(at);
                self.in_maintenance = matches!(fact, Fact::MaintenanceBegan(_));
            }
            Fact::HostListed(_) => self.unlisted = false,
            Fact::HostDelisted { .. } => self.unlisted = true,
            Fact::HostScored { reliability, .. } => self.reliability = Some(reliability),
            Fact::HostJoined(_) => {
                (self.joined, self.state_since, self.held_since) = (Some(at), at, at);
            }
            Fact::HostLeft(_) => {
                self.settle(at);
                self.left = Some(at);
            }
            Fact::Occupied { available, occupancy, .. } => {
                self.hold(at, if available { occupancy.held() } else { 0 });
            }
            Fact::Posted(posting) => self.earned += posting.amount,
            _ => {}
        }
    }
    /// Books what has passed until the horizon.
    pub fn close(&mut self, at: SimTime) {
        if self.left.is_none() {
            self.settle(at);
        }
    }
    fn settle(&mut self, at: SimTime) {
        self.change_state(at);
        self.hold(at, 0);
    }
    /// Books the time since the last change of power or network to the state that ends now.
    fn change_state(&mut self, at: SimTime) {
        let past = at - std::mem::replace(&mut self.state_since, at);
        if self.unpowered || self.in_maintenance {
            self.down += past;
        } else if self.cut_off {
            self.offline += past;
        } else {
            self.up += past;
        }
    }
    /// Books the GPU-time sold since the last change, and holds `gpus` from now on.
    fn hold(&mut self, at: SimTime, gpus: u32) {
        let past = at - std::mem::replace(&mut self.held_since, at);
        self.sold += GpuTime::new(std::mem::replace(&mut self.held, gpus), past);
    }
}

/// The host whose life a fact is of, if it is of one: what befalls it, how its GPUs are used, what it is paid.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are of no host's life")]
pub fn host_of(fact: &Fact) -> Option<HostId> {
    match *fact {
        Fact::HostDown { host }
        | Fact::HostUp { host }
        | Fact::NetworkDown { host }
        | Fact::NetworkUp { host }
        | Fact::MaintenanceBegan(host)
        | Fact::MaintenanceEnded(host)
        | Fact::HostListed(host)
        | Fact::HostDelisted { host, .. }
        | Fact::HostScored { host, .. }
        | Fact::HostJoined(host)
        | Fact::HostLeft(host)
        | Fact::Occupied { host, .. } => Some(host),
        Fact::Posted(posting) => match posting.credit {
            Book::Host(host) => Some(host),
            Book::Cash
            | Book::Customer(_)
            | Book::Revenue
            | Book::Adjustments
            | Book::Prepaid(_) => None,
        },
        _ => None,
    }
}
