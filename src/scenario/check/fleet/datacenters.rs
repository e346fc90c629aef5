//! Data centers: the catalogue's, with other figures where the scenario states them, and its own (CLD-02,
//! NVOL-01, NVOL-09).

use super::{Draft, failures};
use crate::ids::{DataCenterId, Id};
use crate::scenario::catalogue::Catalogue;
use crate::scenario::check::names::Names;
use crate::scenario::load::{Files, Gathered};
use crate::scenario::model::{DataCenter, Failures};
use crate::scenario::problem::Fault;
use crate::scenario::rules::{Rules, Tier};
use crate::scenario::schema::fleet::DatacenterText;
use crate::scenario::text::{Place, Reader};
use crate::units::Gb;
use std::collections::BTreeSet;

/// All data centers that hosts may stand in.
#[derive(Debug)]
pub(crate) struct Datacenters {
    /// Their names, each the index of a row.
    pub(crate) names: Names,
    rows: Vec<DataCenter>,
    /// Those with hosts or network storage, in order of name: the scenario's, by their ids.
    pub(crate) used: Vec<DataCenter>,
    /// How they fail as a whole, as stated: by name.
    failures: Vec<(String, Vec<Failures>)>,
    /// What a data center has of which nothing is known.
    plain: DataCenter,
}

impl Datacenters {
    /// Reads those that the scenario states beside the catalogue's, or instead of them.
    pub(super) fn read(
        reader: &mut Reader,
        (gathered, files): (&Gathered, &mut Files),
        rules: &Rules,
    ) -> Self {
        let plain = DataCenter {
            name: String::new(),
            speed: bits(rules.datacenter_gbps),
            tier: Tier::T3,
            network_storage: Gb::ZERO,
            country: None,
        };
        let mut all = Self {
            names: Names::of("data center"),
            rows: Vec::new(),
            used: Vec::new(),
            failures: Vec::new(),
            plain,
        };
        for datacenter in Catalogue::built_in().datacenters {
            all.names.insert(&datacenter.id, all.rows.len());
            let (name, country) = (datacenter.id, Some(datacenter.country_code));
            all.rows.push(DataCenter { name, country, ..all.plain.clone() });
        }
        let (mut restated, known) = (Names::of("data center"), all.rows.len());
        for place in &gathered.datacenters {
            if !reader.sources.text(place).starts_with('(') {
                if let Some(name) = reader.scalar::<String>(place) {
                    all.add(reader, name, place);
                }
                continue;
            }
            let Some(text) = reader.shape::<DatacenterText>(place) else { continue };
            let Some(id) = reader.required::<String>(place, ("id", text.id)) else { continue };
            let at = place.field("id");
            match all.names.get(&id).filter(|index| *index < known) {
                Some(_) => restated.add(reader, &id, 0, &at),
                None => all.add(reader, id.clone(), &at),
            }
            if let Some(row) = all.rows.iter_mut().find(|row| row.name == id) {
                figures(reader, place, &text, row);
            }
            let stated = (text.power_failures, text.network_failures);
            let failures = failures::read(reader, files, place, stated);
            if !failures.is_empty() {
                all.failures.push((id, failures));
            }
        }
        all
    }
    fn add(&mut self, reader: &mut Reader, name: String, place: &Place) {
        self.names.add(reader, &name, self.rows.len(), place);
        if self.names.get(&name) == Some(self.rows.len()) {
            self.rows.push(DataCenter { name, ..self.plain.clone() });
        }
    }
    /// Finds out which are used, once it is known where hosts stand.
    pub(super) fn note_used(&mut self, hosts: &[Draft]) {
        let stores = self.rows.iter().filter(|row| Gb::ZERO < row.network_storage);
        let hosts = hosts.iter().filter_map(|host| host.datacenter.as_deref());
        let names: BTreeSet<&str> = hosts.chain(stores.map(|row| row.name.as_str())).collect();
        self.used = names.into_iter().map(|name| self.get(name)).collect();
    }
    /// The id of a data center, if it is used.
    pub(crate) fn in_use(&self, name: &str) -> Option<DataCenterId> {
        let index = self.used.binary_search_by(|known| known.name.as_str().cmp(name));
        index.ok().map(DataCenterId::from_index)
    }
    /// One that is used.
    pub(crate) fn of(&self, datacenter: DataCenterId) -> &DataCenter {
        &self.used[datacenter.index()]
    }
    /// How a data center fails as a whole, as the scenario states it.
    pub(super) fn failures_of(&self, name: &str) -> Vec<Failures> {
        let stated = self.failures.iter().filter(|(id, _)| id == name);
        stated.flat_map(|(_, failures)| failures.clone()).collect()
    }
    /// The row of a data center; of one that is not known, what any has.
    pub(super) fn get(&self, name: &str) -> DataCenter {
        let row = self.names.get(name).map(|index| self.rows[index].clone());
        row.unwrap_or_else(|| DataCenter { name: name.to_owned(), ..self.plain.clone() })
    }
}

/// What the scenario states of a data center.
fn figures(reader: &mut Reader, place: &Place, text: &DatacenterText, row: &mut DataCenter) {
    let named = ("datacenter_gbps", text.datacenter_gbps);
    if let Some(gbps) = reader.optional::<u32>(place, named) {
        if gbps == 0 {
            let fault = Fault::new("no local speed", "a positive number of Gbit/s (NVOL-09)");
            reader.report(&place.field("datacenter_gbps"), fault);
        }
        row.speed = bits(gbps);
    }
    let storage = ("network_storage_gb", text.network_storage_gb);
    row.network_storage = reader.or(place, storage, row.network_storage);
    row.country = reader.optional(place, ("country", text.country)).or(row.country.take());
    row.tier = reader.or(place, ("tier", text.tier), row.tier);
}

/// Gbit/s in bit/s.
pub(super) fn bits(gbps: u32) -> u64 {
    const BITS_PER_GBIT: u64 = 1_000_000_000;
    u64::from(gbps) * BITS_PER_GBIT
}
