//! How the hosts of a group fail at random (HOST-03, HOST-04).

use crate::scenario::check::distribution;
use crate::scenario::check::trace;
use crate::scenario::demand::TraceFormat;
use crate::scenario::load::Files;
use crate::scenario::model::{FailureTimes, Failures, Loss};
use crate::scenario::outages::Outages;
use crate::scenario::problem::Fault;
use crate::scenario::schema::fleet::{FailuresText, OutageTraceText};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{SimTime, Span};
use crate::workload::outages::read_outages;

/// The losses that come to hosts which are not known yet, as the fields of `place` state them.
pub(super) fn read(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    (power, network): (Field, Field),
) -> Vec<Failures> {
    let stated =
        [(Loss::Power, "power_failures", power), (Loss::Network, "network_failures", network)];
    let mut all = Vec::new();
    for (loss, name, field) in stated {
        if !field.is_stated() {
            continue;
        }
        let causes = reader.one_or_more(&place.field(name), "cause of failures");
        for (number, cause) in (0..).zip(&causes) {
            all.extend(one(reader, files, cause, (loss, number)));
        }
    }
    all
}

fn one(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    (loss, number): (Loss, u32),
) -> Option<Failures> {
    let text: FailuresText = reader.shape(place)?;
    let together = reader.or(place, ("together", text.together), false);
    let times = if text.trace.is_stated() {
        recorded(reader, files, place, &text).map(FailureTimes::Recorded)
    } else {
        drawn(reader, files, place, &text)
    };
    Some(Failures { loss, hosts: Vec::new(), together, number, times: times? })
}

/// By an alternating renewal process.
fn drawn(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    text: &FailuresText,
) -> Option<FailureTimes> {
    let mut time = |name: &str, is_stated: bool| {
        if !is_stated {
            reader.missing(place, name);
            return None;
        }
        distribution::some_time(reader, files, &place.field(name))
    };
    let time_to_failure = time("time_to_failure", text.time_to_failure.is_stated());
    let time_to_repair = time("time_to_repair", text.time_to_repair.is_stated());
    Some(FailureTimes::Drawn { time_to_failure: time_to_failure?, time_to_repair: time_to_repair? })
}

/// As a trace tells, which says all of it itself.
fn recorded(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    text: &FailuresText,
) -> Option<Outages> {
    let others = [
        ("time_to_failure", text.time_to_failure),
        ("time_to_repair", text.time_to_repair),
        ("together", text.together),
    ];
    for (name, _) in others.into_iter().filter(|(_, field)| field.is_stated()) {
        let fault = Fault::new("failures by a trace and by more", format!("no `{name}`"));
        reader.report(&place.field(name), fault);
    }
    let at = place.field("trace");
    let text: OutageTraceText = reader.shape(&at)?;
    let series: Option<String> = reader.optional(&at, ("series", text.series));
    let usual = if text.series.is_stated() {
        TraceFormat::SpotAvailability
    } else {
        TraceFormat::GpuHostFaults
    };
    let format = reader.or(&at, ("format", text.format), usual);
    if !format.has_outages() {
        let expected = "gpu_host_faults or spot_availability";
        let fault = Fault::new("a trace of another kind where outages are wanted", expected);
        reader.report(&at.field("format"), fault);
        return None;
    }
    let has_series = format == TraceFormat::SpotAvailability;
    if has_series && !text.series.is_stated() {
        reader.missing(&at, "series");
        return None;
    }
    if !has_series && text.series.is_stated() {
        let fault = Fault::new("a series of a list of faults", "no `series`");
        reader.report(&at.field("series"), fault);
    }
    let from: Span = reader.or(&at, ("from", text.from), Span::ZERO);
    let name: String = reader.required(&at, ("path", text.path))?;
    let named = at.field("path");
    let path = files.path(&named, &name);
    match read_outages(&path, format, series.as_deref().filter(|_| has_series)) {
        Ok((outages, digest)) => {
            files.add_table(&path, digest);
            Some(outages.since(SimTime::ZERO + from))
        }
        Err(error) => {
            trace::report(reader, &named, &error);
            None
        }
    }
}
