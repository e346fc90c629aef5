//! Names of hosts: stated, by prefix, or generated as `host-ro-4090-3`.
//!
//! A generated name says the place, the GPU type and the how-manieth such host of the fleet it is,
//! so it depends on the scenario alone.

use crate::scenario::catalogue::CatalogueType;
use crate::scenario::check::names::is_blank;
use crate::scenario::problem::Fault;
use crate::scenario::schema::fleet::GroupText;
use crate::scenario::text::{Place, Reader};
use std::collections::BTreeMap;

/// How many hosts were named after each place and type.
#[derive(Debug, Default)]
pub(crate) struct HostNames(BTreeMap<String, u32>);

/// The names of one group's hosts.
#[derive(Debug)]
pub(crate) enum GroupNames {
    /// Each is stated.
    Stated(Vec<(Place, String)>),
    /// `prefix-1`, `prefix-2`, …
    Prefix(String, usize),
    /// Generated.
    Generated(usize),
}

impl GroupNames {
    /// How many hosts the group has.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Stated(names) => names.len(),
            Self::Prefix(_, count) | Self::Generated(count) => *count,
        }
    }
    /// The stated name of the host `index`.
    pub(crate) fn stated(&self, index: usize) -> Option<String> {
        match self {
            Self::Stated(names) => Some(names[index].1.clone()),
            Self::Prefix(prefix, _) => Some(format!("{prefix}-{}", index + 1)),
            Self::Generated(_) => None,
        }
    }
    /// Where the name of the host `index` of the group at `group` comes from.
    pub(crate) fn place(&self, group: &Place, index: usize) -> Place {
        match self {
            Self::Stated(names) => names[index].0.clone(),
            Self::Prefix(..) => group.field("prefix"),
            Self::Generated(_) => group.clone(),
        }
    }
}

impl HostNames {
    /// Reads how the hosts of a group are named, and how many they are.
    pub(crate) fn of_group(
        &self,
        reader: &mut Reader,
        place: &Place,
        text: &GroupText,
    ) -> GroupNames {
        /// More hosts than any study needs; a slip of a digit is more likely.
        const MOST: u32 = 10_000_000;
        let count: Option<u32> = reader.optional(place, ("count", text.count));
        if count.is_some_and(|count| count == 0 || MOST < count) {
            let fault = Fault::new("number of hosts out of range", "1 to 10000000 hosts");
            reader.report(&place.field("count"), fault);
            return GroupNames::Generated(1);
        }
        let count_or_one = count.unwrap_or(1) as usize;
        let stated = [("name", text.name), ("names", text.names), ("prefix", text.prefix)];
        let stated: Vec<&str> =
            stated.iter().filter(|(_, field)| field.is_stated()).map(|(name, _)| *name).collect();
        if let [_, second, ..] = stated[..] {
            let fault = Fault::new("hosts named in two ways", "one of `name`, `names`, `prefix`");
            reader.report(&place.field(second), fault);
        }
        if text.prefix.is_stated() {
            let prefix: Option<String> = reader.scalar(&place.field("prefix"));
            if let Some(prefix) = &prefix {
                is_blank(reader, "hosts", prefix, &place.field("prefix"));
            }
            return GroupNames::Prefix(prefix.unwrap_or_default(), count_or_one);
        }
        if text.name.is_stated() || text.names.is_stated() {
            let field = place.field(stated[0]);
            let names = stated_names(reader, &field);
            if let Some(count) = count.filter(|count| *count as usize != names.len()) {
                let fault = miscounted(count, &names);
                reader.report(&place.field("count"), fault);
            }
            return GroupNames::Stated(names);
        }
        GroupNames::Generated(count_or_one)
    }

    /// The name of the next host of this type in this place.
    pub(crate) fn generate(
        &mut self,
        datacenter: Option<&str>,
        gpu_type: &CatalogueType,
    ) -> String {
        let site = datacenter.map_or_else(|| "community".to_owned(), short_site);
        let stem = format!("host-{site}-{}", short_type(&gpu_type.display_name));
        let count = self.0.entry(stem.clone()).or_default();
        *count += 1;
        format!("{stem}-{count}")
    }
}

/// A number of hosts that is not the number of their names.
fn miscounted(count: u32, names: &[(Place, String)]) -> Fault {
    match names {
        [(_, name)] => Fault::new(
            format!("{count} hosts cannot all be called `{name}`"),
            format!(
                "`prefix: \"{name}\"` instead of `name`: they are called `{name}-1` to `{name}-{count}`"
            ),
        ),
        _ => Fault::new(
            format!("{count} hosts and {} names", names.len()),
            "as many names as hosts, or no `count` at all",
        ),
    }
}

fn stated_names(reader: &mut Reader, place: &Place) -> Vec<(Place, String)> {
    let mut names = Vec::new();
    for item in reader.one_or_more(place, "name") {
        if let Some(name) = reader.scalar(&item) {
            names.push((item, name));
        }
    }
    names
}

/// Lower-case letters and digits, the rest joined by hyphens.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// `EU-RO-1` is `ro`; what has another form is kept whole.
fn short_site(datacenter: &str) -> String {
    match datacenter.split('-').collect::<Vec<_>>()[..] {
        [region, site, number]
            if !region.is_empty() && !site.is_empty() && number.parse::<u32>().is_ok() =>
        {
            slug(site)
        }
        _ => slug(datacenter),
    }
}

/// `RTX 4090` is `4090`: makers and brands are left out.
fn short_type(display_name: &str) -> String {
    const BRANDS: [&str; 6] = ["amd", "geforce", "instinct", "nvidia", "rtx", "tesla"];
    let slug = slug(display_name);
    let words: Vec<&str> = slug.split('-').filter(|word| !BRANDS.contains(word)).collect();
    if words.is_empty() { slug } else { words.join("-") }
}
