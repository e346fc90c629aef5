//! How GPUs are used, as the charts of occupancy and of hosts show it: the same kinds in the same order and
//! colours.

use super::palette::{BLUE, Fill, GREEN, GREY, IDLE, INK, ORANGE, PAPER, VERMILLION};
use crate::ids::{HostId, Id};
use crate::journal::Fact;
use crate::journal::fact::Occupancy;
use crate::scenario::Scenario;

/// So many kinds of use.
pub(super) const USES: usize = 6;

/// The name of each, from the bottom of a stack to its top.
pub(super) const NAMES: [&str; USES] =
    ["on demand", "serverless", "spot", "in grace", "free", "not available"];

/// The filling of each: darker is further down; what gives way, and what is not there, is hatched.
pub(super) const FILLS: [Fill; USES] = [
    Fill::plain(BLUE),
    Fill::plain(GREEN),
    Fill::plain(ORANGE),
    Fill::hatched(VERMILLION, INK),
    Fill::plain(IDLE),
    Fill::hatched(PAPER, GREY),
];

/// So many of the kinds, from the bottom, are sold.
pub(super) const SOLD: usize = 4;

/// How many GPUs are used in which way.
pub(super) type Uses = [u32; USES];

/// How the GPUs of each host are used, as far as it is there: not before it has joined, nor after it has left.
#[derive(Clone, Debug)]
pub(super) struct Fleet(Vec<Host>);

#[derive(Clone, Copy, Debug)]
struct Host {
    is_there: bool,
    available: bool,
    occupancy: Occupancy,
}

impl Fleet {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let occupancy = Occupancy::default();
        let hosts = scenario.hosts.iter().map(|host| !host.joins_later);
        Self(hosts.map(|is_there| Host { is_there, available: false, occupancy }).collect())
    }
    /// Takes in what `fact` says of a host's use, and gives the host with what its use is then.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts leave uses as they are")]
    pub(super) fn hear(&mut self, fact: &Fact) -> Option<(HostId, Uses)> {
        let (id, change): (HostId, Host) = match *fact {
            Fact::Occupied { host, available, occupancy } => {
                (host, Host { available, occupancy, ..self.0[host.index()] })
            }
            Fact::HostJoined(host) => (host, Host { is_there: true, ..self.0[host.index()] }),
            Fact::HostLeft(host) => (host, Host { is_there: false, ..self.0[host.index()] }),
            Fact::HostSupplied(_) => {
                let occupancy = Occupancy::default();
                self.0.push(Host { is_there: false, available: false, occupancy });
                return None;
            }
            _ => return None,
        };
        self.0[id.index()] = change;
        Some((id, change.uses()))
    }
}

impl Host {
    /// Of a host that is not available, none is anything else.
    fn uses(self) -> Uses {
        let Occupancy { on_demand, spot, grace, free, serverless } = self.occupancy;
        match (self.is_there, self.available) {
            (false, _) => [0; USES],
            (true, true) => [on_demand, serverless, spot, grace, free, 0].map(u32::from),
            (true, false) => [0, 0, 0, 0, 0, self.occupancy.total()],
        }
    }
}
