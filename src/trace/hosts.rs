//! `hosts.csv`: one row per host, written at the horizon (HOST-02, HOST-12, GEN-13).
//!
//! Every instant of a host's life is exactly one of: up (powered and online), down (without power, or under
//! maintenance), offline (powered, but cut off); so the three columns add up to the time from its joining to
//! its leaving, or to the horizon. GPU-time sold is what on-demand and spot pods, those in grace and serverless
//! workers hold while the host is available. A host that has not joined has no row.

use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::ids::{HostId, Id};
use crate::journal::Fact;
use crate::journal::fact::Book;
use crate::scenario::Scenario;
use crate::scenario::model::HostSpec;
use crate::units::{GpuTime, Money, SimTime, Span};

pub(super) const COLUMNS: &[&str] = &[
    "host",
    "cloud",
    "datacenter",
    "gpu_type",
    "gpus",
    "joined_s",
    "left_s",
    "uptime_s",
    "downtime_s",
    "offline_network_s",
    "failures",
    "reliability",
    "listed",
    "sold_gpu_s",
    "earned_usd",
];

/// What one host has been through so far.
#[derive(Clone, Copy, Debug, Default)]
struct Life {
    /// When it joined, if it did.
    joined: Option<SimTime>,
    left: Option<SimTime>,
    unlisted: bool,
    reliability: Option<u32>,
    unpowered: bool,
    in_maintenance: bool,
    cut_off: bool,
    state_since: SimTime,
    up: Span,
    down: Span,
    offline: Span,
    failures: u32,
    held: u32,
    held_since: SimTime,
    sold: GpuTime,
    earned: Money,
}

impl Life {
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

/// The lives of all hosts.
pub(super) struct Hosts(Vec<Life>);

impl Hosts {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let at_start = |joins_later: bool| (!joins_later).then_some(SimTime::ZERO);
        let life = |host: &HostSpec| Life { joined: at_start(host.joins_later), ..Life::default() };
        Self(scenario.hosts.iter().map(life).collect())
    }

    fn write(&mut self, at: SimTime, known: &Known<'_>, out: &mut TableFile) {
        for (index, life) in self.0.iter_mut().enumerate() {
            let Some(joined) = life.joined else { continue };
            if life.left.is_none() {
                life.change_state(at);
                life.hold(at, 0);
            }
            let id = HostId::from_index(index);
            let host = known.names.spec_of(id);
            let scope = known.names.scope_of(host.pool);
            out.row()
                .name(known.names.host(id))
                .word(known.names.cloud_of(scope).word())
                .optional(known.names.datacenter(host.pool), Row::name)
                .name(known.names.gpu_type(known.names.type_of(scope)))
                .count(u64::from(host.gpus))
                .time(joined)
                .optional(life.left, Row::time)
                .span(life.up)
                .span(life.down)
                .span(life.offline)
                .count(u64::from(life.failures))
                .optional(life.reliability, Row::millionths)
                .word(if life.unlisted { "false" } else { "true" })
                .gpu_time(life.sold)
                .money(life.earned)
                .end();
        }
    }
}

impl Table for Hosts {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts leave hosts as they are")]
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        let mut change = |host: HostId, change: fn(&mut Life)| {
            let life = &mut self.0[host.index()];
            life.change_state(at);
            change(life);
        };
        match *fact {
            Fact::HostDown { host } => change(host, |life| {
                life.unpowered = true;
                life.failures += 1;
            }),
            Fact::HostUp { host } => change(host, |life| life.unpowered = false),
            Fact::NetworkDown { host } => change(host, |life| life.cut_off = true),
            Fact::NetworkUp { host } => change(host, |life| life.cut_off = false),
            Fact::MaintenanceBegan(host) => change(host, |life| life.in_maintenance = true),
            Fact::MaintenanceEnded(host) => change(host, |life| life.in_maintenance = false),
            Fact::HostListed(host) => self.0[host.index()].unlisted = false,
            Fact::HostDelisted { host, .. } => self.0[host.index()].unlisted = true,
            Fact::HostScored { host, reliability } => {
                self.0[host.index()].reliability = Some(reliability);
            }
            Fact::HostSupplied(_) => self.0.push(Life::default()),
            Fact::HostJoined(host) => {
                let life = &mut self.0[host.index()];
                (life.joined, life.state_since, life.held_since) = (Some(at), at, at);
            }
            Fact::HostLeft(host) => {
                let life = &mut self.0[host.index()];
                life.change_state(at);
                life.hold(at, 0);
                life.left = Some(at);
            }
            Fact::Occupied { host, available, occupancy } => {
                let held = if available { occupancy.held() } else { 0 };
                self.0[host.index()].hold(at, held);
            }
            Fact::Posted(posting) => {
                if let Book::Host(host) = posting.credit {
                    self.0[host.index()].earned += posting.amount;
                }
            }
            Fact::RunEnded => self.write(at, known, out),
            _ => {}
        }
    }
}
