//! `fragmentation_aware`: the host whose expected fragmentation grows least, or falls most; ties: the
//! lower host id.
//!
//! Fragmentation gradient descent, Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing
//! Workloads with Fragmentation Gradient Descent", USENIX ATC 2023. The free GPUs of a host are a
//! fragment for a request that it cannot take. Over the typical shapes m of the demand, each with its
//! share p(m) of all requests, and f free GPUs on host n:
//!
//! ```text
//! F(n, m) = f if the free GPUs (or vCPUs, or memory) of n do not suffice for m, else 0
//! F(n)    = Σ p(m) · F(n, m)
//! choose n with the least F(n after) - F(n before)
//! ```
//!
//! This is that paper's measure for whole GPUs, where no part of a GPU is left over. The typical shapes
//! are what requests that accept the hosts' GPU type have asked for so far, this one included: the past
//! of the demand and nothing else, the same under every policy. (That paper takes the whole trace, known
//! before.) What other types are asked for adds the same to every candidate. Counts stand for shares:
//! all is reckoned in whole numbers.
//!
//! If half of the requests want one GPU and half want 8: on a host of 8 with 3 free the last three are a
//! fragment for half of them, and taking one lets F fall from 1.5 to 1; breaking a whole host lets it
//! rise from 0 to 3.5; filling the last GPU of another, from 0.5 to 0. So small pods gather where large
//! ones cannot go, on small hosts too.
//!
//! Where vCPUs and memory come with the GPUs by share, F hangs on the free GPUs alone and the index finds
//! the host; with `vcpu_memory: requested` every candidate is looked at for every typical shape.

use super::{Needs, Placement};
use crate::ids::HostId;
use crate::rng::Stream;
use crate::units::Bundle;
use crate::world::view::Candidates;

/// The member.
pub struct FragmentationAware;

/// F of a host with so much free, times the number of all requests.
fn fragmentation(free: &Bundle, typical: &[(Bundle, u64)]) -> i128 {
    let misfits = typical.iter().filter(|(need, _)| !free.covers(need));
    i128::from(free.gpus) * misfits.map(|(_, count)| i128::from(*count)).sum::<i128>()
}

impl Placement for FragmentationAware {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        let typical: Vec<(Bundle, u64)> = candidates.typical().collect();
        candidates.least(|room| {
            let after = room.free - room.taken;
            fragmentation(&after, &typical) - fragmentation(&room.free, &typical)
        })
    }
    fn needs(&self) -> Needs {
        Needs { typical: true, ..Needs::default() }
    }
}
