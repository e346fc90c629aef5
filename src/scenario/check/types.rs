//! GPU types: the catalogue's and the scenario's own; which are in use (GPU-01).

use super::names::{is_blank, unknown};
use crate::ids::{GpuTypeId, Id};
use crate::scenario::catalogue::{Catalogue, CatalogueType, Prices};
use crate::scenario::load::Gathered;
use crate::scenario::model::{Cloud, GpuType};
use crate::scenario::problem::Fault;
use crate::scenario::rules::{Rules, SpotFloors, WorkSpeed};
use crate::scenario::schema::fleet::{CloudPricesText, GpuTypeText};
use crate::scenario::text::scalar::Amount;
use crate::scenario::text::{Field, Place, Reader};
use crate::units::Speed;
use std::collections::BTreeMap;

/// GPU types by name; those in use have ids in order of first mention.
#[derive(Debug)]
pub(crate) struct Types {
    known: BTreeMap<String, CatalogueType>,
    used: Vec<String>,
    /// Preference lists, each distinct list once.
    pub(crate) lists: Vec<Vec<GpuTypeId>>,
}

impl Types {
    /// The catalogue with the scenario's `gpu_types` over it; without its floors, where the rules want
    /// none of another market's (GPU-04).
    pub(crate) fn read(reader: &mut Reader, gathered: &Gathered, rules: &Rules) -> Self {
        let mut catalogue = Catalogue::built_in();
        if rules.spot_floors == SpotFloors::Share {
            for known in &mut catalogue.gpu_types {
                (known.secure.min_bid, known.community.min_bid) = (None, None);
            }
        }
        let known =
            catalogue.gpu_types.into_iter().map(|known| (known.id.clone(), known)).collect();
        let mut types = Self { known, used: Vec::new(), lists: Vec::new() };
        let mut stated: BTreeMap<String, ()> = BTreeMap::new();
        for place in &gathered.gpu_types {
            let Some(text) = reader.shape::<GpuTypeText>(place) else { continue };
            let Some(id) = reader.required::<String>(place, ("id", text.id)) else { continue };
            if is_blank(reader, "GPU type", &id, &place.field("id")) {
                continue;
            }
            if stated.insert(id.clone(), ()).is_some() {
                let fault = Fault::new(format!("duplicate GPU type `{id}`"), "each type once");
                reader.report(&place.field("id"), fault);
            }
            types.state(reader, place, &text, id);
        }
        types
    }

    /// Puts what the scenario states of the type `id` over what is known of it.
    fn state(&mut self, reader: &mut Reader, place: &Place, text: &GpuTypeText, id: String) {
        if !self.known.contains_key(&id) && !text.memory_gb.is_stated() {
            let near = self.known.keys().map(String::as_str);
            let expected = "a type of the catalogue, or `memory_gb` for one of your own";
            let fault = Fault::new(format!("GPU type `{id}` is not in the catalogue"), expected);
            let fault = fault.near(&id, near);
            reader.report(&place.field("id"), fault);
        }
        let known = self.known.entry(id.clone()).or_insert_with(|| own(id));
        if let Some(name) = reader.optional(place, ("display_name", text.display_name)) {
            known.display_name = name;
        }
        if let Some(memory) = reader.optional(place, ("memory_gb", text.memory_gb)) {
            known.memory = memory;
        }
        if let Some(speed) = reader.optional(place, ("relative_speed", text.relative_speed)) {
            known.relative_speed = Some(speed);
        } else if text.relative_speed.is_stated() {
            // It has been reported already, and is not missing.
            known.relative_speed.get_or_insert(Speed::ONE);
        }
        state_prices(reader, &place.field("secure"), text.secure, &mut known.secure);
        state_prices(reader, &place.field("community"), text.community, &mut known.community);
    }

    /// The type of this name, in use from now on.
    pub(crate) fn mention(&mut self, name: &str) -> Option<GpuTypeId> {
        if let Some(index) = self.used.iter().position(|used| used == name) {
            return Some(GpuTypeId::from_index(index));
        }
        self.known.contains_key(name).then(|| {
            self.used.push(name.to_owned());
            GpuTypeId::from_index(self.used.len() - 1)
        })
    }
    /// The type of this id or display name, in use from now on.
    pub(crate) fn called(&mut self, name: &str) -> Option<GpuTypeId> {
        if let Some(found) = self.mention(name) {
            return Some(found);
        }
        let shown = self.known.values().find(|known| known.display_name == name);
        let id = shown.map(|known| known.id.clone())?;
        self.mention(&id)
    }
    /// The display names of all types that may be used.
    pub(crate) fn display_names(&self) -> impl Iterator<Item = &str> {
        self.known.values().map(|known| known.display_name.as_str())
    }
    /// The names of all types that may be used.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }
    /// The type that is named at `place`; an unknown one is reported.
    pub(crate) fn find(&mut self, reader: &mut Reader, place: &Place) -> Option<GpuTypeId> {
        let name: String = reader.scalar(place)?;
        let found = self.mention(&name);
        if found.is_none() {
            let mut fault = unknown("GPU type", &name, self.names());
            fault.expected = "a GPU type of the catalogue or of `gpu_types`".to_owned();
            reader.report(place, fault);
        }
        found
    }
    /// The types named at `place`, one or a list.
    pub(crate) fn find_all(&mut self, reader: &mut Reader, place: &Place) -> Vec<GpuTypeId> {
        let mut found: Vec<GpuTypeId> = Vec::new();
        for item in reader.one_or_more(place, "GPU type") {
            if let Some(gpu_type) = self.find(reader, &item) {
                if found.contains(&gpu_type) {
                    reader.report(&item, Fault::new("type named twice", "each type once"));
                }
                found.push(gpu_type);
            }
        }
        found
    }
    /// The index of the preference list `types`.
    pub(crate) fn list(&mut self, types: Vec<GpuTypeId>) -> u32 {
        let index = self.lists.iter().position(|list| *list == types).unwrap_or_else(|| {
            self.lists.push(types);
            self.lists.len() - 1
        });
        u32::try_from(index).expect("fewer lists than requests of a scenario")
    }
    /// What is known of a type in use.
    pub(crate) fn known(&self, gpu_type: GpuTypeId) -> &CatalogueType {
        &self.known[&self.used[gpu_type.index()]]
    }
    /// All types in use, in order of first mention.
    pub(crate) fn ids(&self) -> impl Iterator<Item = GpuTypeId> {
        (0..self.used.len()).map(GpuTypeId::from_index)
    }
    /// The types in use, checked.
    pub(crate) fn in_use(&self) -> Vec<GpuType> {
        let checked = |known: &CatalogueType| GpuType {
            name: known.id.clone(),
            display_name: known.display_name.clone(),
            memory: known.memory,
            relative_speed: known.relative_speed,
        };
        self.ids().map(|id| checked(self.known(id))).collect()
    }
    /// POD-25. Reports each type in use whose speed is asked for and not known.
    pub(crate) fn check_speeds(&self, reader: &mut Reader, place: &Place, rules: &Rules) {
        if rules.work_speed == WorkSpeed::Equal {
            return;
        }
        let unknown = self.used.iter().filter(|name| self.known[*name].relative_speed.is_none());
        for name in unknown {
            let message = format!("no relative speed of `{name}` is known (POD-25)");
            let expected =
                format!("its speed in `gpu_types: [(id: \"{name}\", relative_speed: …)]`");
            reader.report(place, Fault::new(message, expected));
        }
    }
    /// The prices of a type in use in one cloud.
    pub(crate) fn prices(&self, gpu_type: GpuTypeId, cloud: Cloud) -> Prices {
        self.known(gpu_type).prices(cloud)
    }
}

/// A type that is not in the catalogue, before anything is stated of it.
fn own(id: String) -> CatalogueType {
    CatalogueType {
        display_name: id.clone(),
        id,
        memory: crate::units::Gb::ZERO,
        secure: Prices::default(),
        community: Prices::default(),
        vcpus_per_gpu: None,
        memory_per_gpu: None,
        relative_speed: None,
        source: String::new(),
        as_of: String::new(),
    }
}

fn state_prices(reader: &mut Reader, place: &Place, field: Field, prices: &mut Prices) {
    if !field.is_stated() {
        return;
    }
    let Some(text) = reader.shape::<CloudPricesText>(place) else { return };
    if let Some(Amount(price)) = reader.optional(place, ("price", text.price)) {
        prices.on_demand = Some(price);
    }
    if let Some(Amount(min_bid)) = reader.optional(place, ("min_bid", text.min_bid)) {
        prices.min_bid = Some(min_bid);
    }
}
