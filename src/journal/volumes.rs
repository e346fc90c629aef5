//! Network volumes as the facts tell them: whose each is and what it is called, which a posting does not
//! say again.

use super::Fact;
use super::fact::NetworkVolumeCreated;
use crate::ids::{Id, NetworkVolumeId};

/// All network volumes that there were so far, in order of creation.
#[derive(Clone, Debug, Default)]
pub struct NetworkVolumes(Vec<NetworkVolumeCreated>);

impl NetworkVolumes {
    /// Takes in what `fact` says of them. To be called before anything is asked about the fact.
    pub fn hear(&mut self, fact: &Fact) {
        if let Fact::NetworkVolumeCreated(created) = fact {
            self.0.push(*created);
        }
    }
    /// What was said when a volume was created.
    ///
    /// # Panics
    /// If no fact has told of it: facts are stated in order.
    pub fn of(&self, volume: NetworkVolumeId) -> &NetworkVolumeCreated {
        &self.0[volume.index()]
    }
}
