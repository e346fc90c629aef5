//! The reader of scenarios: what RON text means, and what is said when it means nothing.

mod clusters;
mod customers;
mod distributions;
mod endpoints;
mod files;
mod openb;
mod prices;
mod problems;
mod profile;
mod reading;
mod reference;

use std::path::PathBuf;
use tempfile::TempDir;
use walras::scenario::model::Scenario;
use walras::scenario::{Problems, from_text, load};

fn read(text: &str) -> Scenario {
    from_text("test.ron", text).unwrap_or_else(|problems| panic!("\n{problems}"))
}

/// What is said about a scenario that makes no sense.
pub(crate) fn refused(text: &str) -> String {
    match from_text("test.ron", text) {
        Ok(_) => panic!("this scenario makes sense"),
        Err(problems) => shown(&problems),
    }
}

fn shown(problems: &Problems) -> String {
    format!("{problems}\n")
}

/// A scenario of one segment, `fields` of which follow those that it cannot do without.
fn segment(arrivals: &str, fields: &str) -> String {
    format!(
        r#"(
    horizon: "7d",
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4)],
    customers: [(
        name: "labs",
        balance: 100,
        gpu_type: "NVIDIA RTX A6000",
        arrivals: {arrivals},
        {fields}
    )],
)"#
    )
}

/// The same with Poisson arrivals.
fn poisson(fields: &str) -> String {
    segment(r#"Poisson(rate: "12/h")"#, fields)
}

/// A trace in the plain format: its mandatory columns, further `columns`, and rows.
fn trace(columns: &str, rows: &[&str]) -> String {
    format!("arrival_s,duration_s,gpus{columns}\n{}\n", rows.join("\n"))
}

/// Files side by side in a directory of their own.
struct Files(TempDir);

impl Files {
    fn new<const N: usize>(files: [(&str, &str); N]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        Self(directory)
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn read(&self, name: &str) -> Scenario {
        load(&self.path(name), &[]).unwrap_or_else(|problems| panic!("\n{problems}"))
    }
    /// What is said about the scenario of this name, the directory left out.
    fn refused(&self, name: &str) -> String {
        let Err(problems) = load(&self.path(name), &[]) else {
            panic!("this scenario makes sense")
        };
        shown(&problems).replace(&format!("{}/", self.0.path().display()), "")
    }
}
