//! Overrides of the command line: made in the scenario file, or in the included file in which the item
//! stands that they name.
//!
//! An item of a list is meant as the whole scenario has it: by its name, or by its place among the scenario's own
//! items and those of what it includes, in their order. What is included is known only once the scenario
//! file has been read, so such overrides wait for that.

use super::{Gathered, Override};
use crate::scenario::text::splice::{NoSuchPlace, item, names, no_item, no_item_called};
use crate::scenario::text::{Place, Reader};

/// What the scenario file itself has no place for.
pub(super) struct Waiting<'a> {
    overrides: Vec<(&'a Override, NoSuchPlace)>,
    /// Whether all others lead somewhere.
    all_good: bool,
}

/// Makes the changes that lead into the scenario file at `place`. Those that may lead into an included file are
/// handed over; what can lead nowhere is reported.
pub(super) fn set<'a>(
    reader: &mut Reader,
    place: &Place,
    overrides: &'a [Override],
) -> Waiting<'a> {
    let mut waiting = Waiting { overrides: Vec::new(), all_good: true };
    for stated in overrides {
        let argument = stated.stated();
        match reader.set(place.file, &stated.path, &argument) {
            Ok(()) => {}
            Err(reason) if item(&stated.path).is_some() => {
                waiting.overrides.push((stated, reason));
            }
            Err(reason) => {
                reader.refuse_set(&argument, reason);
                waiting.all_good = false;
            }
        }
    }
    waiting
}

/// Makes the changes that lead into included files, and tells whether every override led somewhere.
pub(super) fn set_included(reader: &mut Reader, gathered: &Gathered, waiting: Waiting<'_>) -> bool {
    let mut all_good = waiting.all_good;
    for (stated, reason) in waiting.overrides {
        let argument = stated.stated();
        let made = match included(reader, gathered, &stated.path) {
            Ok(Some((file, path))) => reader.set(file, &path, &argument),
            Ok(None) => Err(reason),
            Err(reason) => Err(reason),
        };
        if let Err(reason) = made {
            reader.refuse_set(&argument, reason);
            all_good = false;
        }
    }
    all_good
}

/// The included file into which `path` leads, and the path in it; none where it leads into the scenario file, or
/// names no list that files may add to.
fn included(
    reader: &Reader,
    gathered: &Gathered,
    path: &str,
) -> Result<Option<(usize, String)>, NoSuchPlace> {
    let Some((list, wanted, rest)) = item(path) else { return Ok(None) };
    let Some(places) = gathered.list(list).filter(|places| !places.is_empty()) else {
        return Ok(None);
    };
    let called = |place: &Place| {
        let source = reader.sources.get(place.file);
        let node = source.root().map(|root| root.nearest(&place.steps, &source.text));
        node.into_iter().flat_map(|node| names(node, &source.text)).map(str::to_owned).collect()
    };
    let here = format!("`{list}`");
    let place = if let Ok(index) = wanted.parse::<usize>() {
        places.get(index).ok_or_else(|| no_item(&here, index, places.len()))?
    } else {
        let named = places.iter().map(|place| -> (&Place, Vec<String>) { (place, called(place)) });
        let named: Vec<_> = named.collect();
        let found = named.iter().find(|(_, names)| names.iter().any(|name| name == wanted));
        let all = || named.iter().flat_map(|(_, names)| names.clone()).collect();
        found.map(|(place, _)| *place).ok_or_else(|| no_item_called(&here, wanted, all()))?
    };
    let is_own = place.file == gathered.place.file;
    Ok((!is_own).then(|| (place.file, format!("{place}{rest}"))))
}
