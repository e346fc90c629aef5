//! A fleet from a trace's list of nodes: names, GPUs, vCPUs and memory are the trace's, the rest is
//! the group's.

use super::{Common, Draft, Fleet, draft};
use crate::scenario::check::trace::{self, Meanings};
use crate::scenario::check::types::Types;
use crate::scenario::demand::TraceFormat;
use crate::scenario::load::Files;
use crate::scenario::problem::Fault;
use crate::scenario::schema::fleet::{GroupText, ImportText};
use crate::scenario::text::{Place, Reader};
use crate::workload::openb::{Nodes, read_nodes};

const NOTHING: &str = "nothing here: each row of the trace says it";

/// Adds the hosts of the trace that `group` imports.
pub(super) fn import(
    fleet: &mut Fleet,
    reader: &mut Reader,
    (group, text): (&Place, &GroupText),
    (types, files): (&mut Types, &mut Files),
    common: &Common,
) {
    for (name, field) in [
        ("count", text.count),
        ("name", text.name),
        ("names", text.names),
        ("prefix", text.prefix),
        ("gpu_type", text.gpu_type),
        ("gpus", text.gpus),
    ] {
        if field.is_stated() {
            let fault = Fault::new(format!("`{name}` beside `import`"), NOTHING);
            reader.report(&group.field(name), fault);
        }
    }
    let place = group.field("import");
    let Some(text) = reader.shape::<ImportText>(&place) else {
        fleet.is_complete = false;
        return;
    };
    let mut meanings = Meanings::read(reader, &place, (types, text.types), false);
    let Some(nodes) = nodes(reader, &place, &text, files) else {
        fleet.is_complete = false;
        return;
    };
    for node in nodes.nodes {
        let Some(gpu_type) = meanings.of(reader, types, &node.model).first().copied() else {
            fleet.is_complete = false;
            continue;
        };
        let path = place.field("path");
        fleet.names.add(reader, &node.name, fleet.drafts.len(), &path);
        let made = draft(group, types, (node.name, gpu_type, node.gpus), common);
        let vcpus = common.vcpus.unwrap_or(node.vcpus);
        let memory = common.memory.unwrap_or(node.memory);
        fleet.drafts.push(Draft { vcpus, memory, ..made });
    }
}

fn nodes(
    reader: &mut Reader,
    place: &Place,
    text: &ImportText,
    files: &mut Files,
) -> Option<Nodes> {
    let format = reader.or(place, ("format", text.format), TraceFormat::OpenbNodes);
    if format != TraceFormat::OpenbNodes {
        let fault = Fault::new("requests where hosts are wanted", "openb_nodes");
        reader.report(&place.field("format"), fault);
    }
    let name: String = reader.required(place, ("path", text.path))?;
    let at = place.field("path");
    let path = files.path(&at, &name);
    let nodes = read_nodes(&path).and_then(|nodes| {
        trace::remember(files, &path)?;
        Ok(nodes)
    });
    match nodes {
        Ok(nodes) if nodes.nodes.is_empty() => {
            reader.report(&at, Fault::new("no host in this file", "nodes with GPUs"));
            None
        }
        Ok(nodes) => Some(nodes),
        Err(error) => {
            trace::report(reader, &at, &error);
            None
        }
    }
}
