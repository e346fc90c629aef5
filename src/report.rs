//! The report: one HTML file that says what was run, what came of it and how sure that is.
//!
//! [`Report`] is plain data: sections of words, facts, groups of figures, tables, charts and texts. [`Report::html`]
//! puts it into a page (`report/page/`: a template, a style, a script), which has everything inside: it opens
//! offline, asks nothing of any network, and says in a Content-Security-Policy that it may not. Charts stand in it
//! as SVG and tables as tables, so that it can be read without its script, too; the script sorts and filters tables, shows
//! values beside the pointer, and zooms. Bytes are a function of the data: there is no clock in it.

mod market;
mod page;
mod parts;
mod sources;

pub use market::{Reading, Spread, of_market};
pub use parts::{Cell, Chart, Column, Fact, FileText, Group, Line, Part, Section, Table};
pub use sources::{facts_of_scenario, texts_of_scenario};

/// The file that a report is written to.
pub const REPORT: &str = "report.html";

/// A report.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    /// What was run.
    pub title: String,
    /// In which way: one run, replications, a comparison.
    pub kind: String,
    /// What it is, and how sure, in sentences; what stands between backticks is code.
    pub lead: Vec<String>,
    /// The rest.
    pub sections: Vec<Section>,
    /// The calendar instant of time 0, if one was stated, in seconds since 1970.
    pub start_unix_s: Option<i64>,
}

impl Report {
    /// The page.
    pub fn html(&self) -> String {
        page::html(self)
    }
}
