//! Named streams of random numbers.
//!
//! Each random source has a stream of its own, keyed by (seed, replication, purpose, entity). So a
//! policy that draws more or fewer numbers never shifts those of a customer or a host, and two
//! policies compared under one seed meet the same arrivals: common random numbers by construction.
//! The generator is value-stable (ChaCha8); what is made of its bits is in [`draw`].

pub mod draw;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream is for. Discriminants are part of the output contract: append, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// When the customers of a segment arrive. Entity: the segment.
    Arrivals = 1,
    /// What the arrivals of a segment want. Entity: the segment.
    Attributes = 2,
    /// The opening balance of an account. Entity: the account.
    OpeningBalance = 3,
    /// Whether an automatic payment fails (ACCT-05). Entity: the account.
    Payment = 4,
    /// Choices of the placement policy. Entity: 0.
    Placement = 5,
    /// Later deposits of an account. Entity: the account.
    Deposits = 6,
    /// Attributes of generated hosts. Entity: the host.
    HostAttributes = 7,
    /// How the reserve of spot prices wanders (SPOT-17). Entity: the scope.
    Reserve = 8,
    /// When a cause takes hosts' power or network, and for how long. Entity: the first of the hosts times 2^20,
    /// plus 4 times the number of the cause, 2 for networks, and 1 for repairs.
    Failures = 9,
    /// When providers are invited, and what they are like. Entity: the supply times 16, 8 for those who are
    /// invited, and what is drawn: 0 when the next one is, 1 costs, 2 prices, 3 how long they stay.
    Supply = 13,
    /// How a provider's host fails. Entity: the supply times 2^40, its number among those of the start, or
    /// those invited and 2^31, times 2^8, plus 4 times the number of the cause, 2 for networks, and 1 for repairs.
    ProviderFailures = 14,
    /// How much bad treatment an account tolerates, and when it comes back. Entity: the account times 2, plus 1
    /// for its returns.
    Churn = 15,
    /// When the requests of a source come, and what they are like. Entity: the source, plus 2^32 times the
    /// number of what is drawn.
    Requests = 16,
    /// What the wakings of an endpoint draw (SLS-24). Entity: the endpoint.
    Waking = 17,
    /// Whether a call of a webhook fails (JOB-21). Entity: the request times 2^8, and the how-manieth call it is.
    Webhook = 18,
    /// What a customer draws when it answers what happens to its job. Entity: the segment times 2^40, and
    /// the how-manieth of its jobs.
    Reactions = 12,
    /// Where the points of a sweep lie. Entity: the axis.
    Design = 19,
}

/// A stream of uniform bits.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
    /// How many numbers it gave.
    drawn: u64,
}

impl Stream {
    /// The stream of `purpose` and `entity` in replication `replication` of the run seeded `seed`.
    pub fn open(seed: u64, replication: u64, purpose: Purpose, entity: u64) -> Self {
        let mut key = [0; 32];
        let words = [seed, replication, purpose as u64, entity];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self { generator: ChaCha8Rng::from_seed(key), drawn: 0 }
    }
    /// How far it has been drawn from.
    pub fn position(&self) -> u64 {
        self.drawn
    }
    /// Takes back what was drawn since it was at `position`.
    pub fn rewind(&mut self, position: u64) {
        if self.drawn != position {
            self.drawn = position;
            // The generator counts words of 32 bits.
            self.generator.set_word_pos(2 * u128::from(position));
        }
    }
    /// 64 uniform bits.
    pub fn bits(&mut self) -> u64 {
        self.drawn += 1;
        self.generator.next_u64()
    }
}
