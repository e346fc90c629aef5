//! What is asked for in storms.

use walras::scenario::demand::Clouds;

/// A request of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) gpus: u32,
    /// Cents per GPU-hour; none: on demand.
    pub(crate) bid: Option<u32>,
    pub(crate) patience: u64,
    /// Seconds on its GPUs.
    pub(crate) work: Option<u64>,
    pub(crate) stops: bool,
    pub(crate) clouds: Clouds,
    /// Index of a type list: the first type, the second, both.
    pub(crate) types: u32,
    /// GB of container disk, volume, image.
    pub(crate) sizes: (u32, u32, u32),
    pub(crate) exits: bool,
    /// vCPUs at least.
    pub(crate) vcpus: u32,
    /// Whether it has its account's network volume, and no volume.
    pub(crate) network: bool,
}

impl Ask {
    /// For so many GPUs of the first type, on demand, without disks, until stopped.
    pub(crate) const fn of_gpus(gpus: u32) -> Self {
        Self {
            gpus,
            bid: None,
            patience: 0,
            work: None,
            stops: false,
            clouds: Clouds::All,
            types: 0,
            sizes: (0, 0, 0),
            exits: false,
            vcpus: 0,
            network: false,
        }
    }
}
