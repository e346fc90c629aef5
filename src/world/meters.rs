//! The meters of live pods (GEN-05 to GEN-09): a column an item, by the pods' slots.
//!
//! They stand apart from the pods' rows, for a meter is large and most pods have fewer than three. A pod
//! that leaves the table has closed its meters, so its slot is empty for the next.

use crate::billing::Meter;
use crate::ids::PodId;
use crate::journal::fact::Item;
use crate::units::Money;

/// All open meters.
#[derive(Clone, Debug, Default)]
pub struct Meters {
    /// Which of a slot's meters are open, a bit an item: most have no volume, and nothing has to be
    /// fetched to see that.
    open: Vec<u8>,
    compute: Vec<Option<Meter>>,
    container_disk: Vec<Option<Meter>>,
    volume: Vec<Option<Meter>>,
}

impl Meters {
    /// The meter of `pod` for `item`, if it is open.
    pub fn get(&self, pod: PodId, item: Item) -> Option<&Meter> {
        if !self.is_open(pod, item) {
            return None;
        }
        self.column(item).get(pod.slot as usize)?.as_ref()
    }
    /// The same, to change.
    pub fn get_mut(&mut self, pod: PodId, item: Item) -> Option<&mut Meter> {
        if !self.is_open(pod, item) {
            return None;
        }
        self.column_mut(item).get_mut(pod.slot as usize)?.as_mut()
    }
    /// Whether the meter of `pod` for `item` is open.
    pub fn is_open(&self, pod: PodId, item: Item) -> bool {
        self.open.get(pod.slot as usize).is_some_and(|open| open & bit(item) != 0)
    }
    /// The open meters of `pod`, in the ledger's order of items.
    pub fn of(&self, pod: PodId) -> impl Iterator<Item = &Meter> {
        METERED.into_iter().filter_map(move |item| self.get(pod, item))
    }
    /// A meter opens.
    #[inline(always)] // on the way of every pod
    pub fn open(&mut self, pod: PodId, item: Item, meter: Meter) {
        let slot = pod.slot as usize;
        if self.open.len() <= slot {
            self.open.resize(slot + 1, 0);
        }
        self.open[slot] |= bit(item);
        let column = self.column_mut(item);
        match column.get_mut(slot) {
            Some(row) => *row = Some(meter),
            None => {
                column.resize(slot, None);
                column.push(Some(meter));
            }
        }
    }
    /// A meter closes; gives all that it posted.
    pub fn close(&mut self, pod: PodId, item: Item) -> Money {
        if !self.is_open(pod, item) {
            return Money::ZERO;
        }
        self.open[pod.slot as usize] &= !bit(item);
        let row = &mut self.column_mut(item)[pod.slot as usize];
        let posted = row.as_ref().map_or(Money::ZERO, Meter::posted);
        *row = None;
        posted
    }
    /// A meter closes, and is given.
    pub fn take(&mut self, pod: PodId, item: Item) -> Option<Meter> {
        if !self.is_open(pod, item) {
            return None;
        }
        self.open[pod.slot as usize] &= !bit(item);
        self.column_mut(item)[pod.slot as usize].take()
    }
    /// The slots in which a meter is open, for the audit.
    pub fn slots(&self) -> impl Iterator<Item = u32> {
        let columns = [&self.compute, &self.container_disk, &self.volume];
        let open = columns.into_iter().flat_map(|column| (0..).zip(column));
        open.filter(|(_, meter)| meter.is_some()).map(|(slot, _)| slot)
    }
    fn column(&self, item: Item) -> &Vec<Option<Meter>> {
        match item {
            Item::Compute => &self.compute,
            Item::ContainerDisk => &self.container_disk,
            Item::Volume => &self.volume,
            Item::Deposit
            | Item::AutoPay
            | Item::NetworkVolume
            | Item::SavingsPlan
            | Item::HostPayout
            | Item::Adjustment
            | Item::ServerlessCompute
            | Item::ServerlessDisk
            | Item::PublicEndpoint => no_meter(),
        }
    }
    fn column_mut(&mut self, item: Item) -> &mut Vec<Option<Meter>> {
        match item {
            Item::Compute => &mut self.compute,
            Item::ContainerDisk => &mut self.container_disk,
            Item::Volume => &mut self.volume,
            Item::Deposit
            | Item::AutoPay
            | Item::NetworkVolume
            | Item::SavingsPlan
            | Item::HostPayout
            | Item::Adjustment
            | Item::ServerlessCompute
            | Item::ServerlessDisk
            | Item::PublicEndpoint => no_meter(),
        }
    }
}

/// What is metered, in the ledger's order of items.
const METERED: [Item; 3] = [Item::Compute, Item::ContainerDisk, Item::Volume];

/// The bit of an item.
const fn bit(item: Item) -> u8 {
    1 << item as u8
}

fn no_meter() -> ! {
    unreachable!("only the use of a pod is metered here")
}
