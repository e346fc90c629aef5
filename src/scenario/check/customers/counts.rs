//! A segment whose customers come as often as a table counted.

use crate::scenario::check::trace;
use crate::scenario::demand::{ArrivalProcess, Counts, TraceFormat};
use crate::scenario::load::Files;
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::CountsText;
use crate::scenario::text::scalar::NotNegative;
use crate::scenario::text::{Place, Reader};
use crate::units::Span;
use crate::workload::counts::read_bins;

/// What jobs with GPUs are called in the one table that is known.
const COLUMN: &str = "submit_gpu_job";

/// The arrivals that the table at `at` counts.
pub(super) fn read(
    reader: &mut Reader,
    (at, text): (&Place, &CountsText),
    files: &mut Files,
) -> Option<ArrivalProcess> {
    let format = reader.or(at, ("format", text.format), TraceFormat::HeliosThroughput);
    if format != TraceFormat::HeliosThroughput {
        let fault = Fault::new(
            "a trace of another kind where counts of arrivals are wanted",
            "helios_throughput",
        );
        reader.report(&at.field("format"), fault);
        return None;
    }
    let column: String = reader.or(at, ("column", text.column), COLUMN.to_owned());
    let from: Span = reader.or(at, ("from", text.from), Span::ZERO);
    let NotNegative(times) = reader.or(at, ("times", text.times), NotNegative(1.0));
    let name: String = reader.required(at, ("path", text.path))?;
    let named = at.field("path");
    let path = files.path(&named, &name);
    let bins = match read_bins(&path, format, &column) {
        Ok(bins) => bins,
        Err(error) => {
            trace::report(reader, &named, &error);
            return None;
        }
    };
    files.add_table(&path, bins.digest);
    let whole = u64::try_from(bins.counts.len()).unwrap_or(u64::MAX);
    let whole = bins.width.micros().saturating_mul(whole);
    if whole <= from.micros() {
        let expected = format!("less than the {} s that the table lasts", Span::from_micros(whole));
        reader.report(&at.field("from"), Fault::new("the table has ended by then", expected));
        return None;
    }
    Some(ArrivalProcess::Counts(Counts { width: bins.width, counts: bins.counts, from, times }))
}
