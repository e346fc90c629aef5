//! How GPUs are used, as the charts of occupancy and of hosts show it: the same kinds in the same order and
//! colours.

use super::palette::{BLUE, Fill, GREEN, GREY, IDLE, INK, ORANGE, PAPER, VERMILLION};
use crate::journal::fact::Occupancy;

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

/// How many GPUs are used in which way; of a host that is not available, none is anything else.
pub(super) fn by_kind(available: bool, occupancy: Occupancy) -> [u32; USES] {
    let Occupancy { on_demand, spot, grace, free, serverless } = occupancy;
    if available {
        [on_demand, serverless, spot, grace, free, 0].map(u32::from)
    } else {
        [0, 0, 0, 0, 0, occupancy.total()]
    }
}
