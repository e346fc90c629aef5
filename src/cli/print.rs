//! How the commands print: tables in columns, numbers as people read them ([`crate::figures::written`]).
//! Exact values stand in the files that a run writes.

pub(super) use crate::figures::written::{count, dollars, duration, number, percent};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

/// Says something on stderr; nobody is left to hear of a failure there.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints to stdout; a reader that has gone away is no error.
pub(super) fn say(text: impl Display) -> Result<(), ExitCode> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(format!("error: cannot print: {error}"));
            Err(ExitCode::FAILURE)
        }
        _ => Ok(()),
    }
}

/// A table with this header, its columns of numbers set flush right.
pub(super) fn table<const N: usize>(header: [&str; N], rows: Vec<[String; N]>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let is_number = |column: usize| {
        rows.iter().all(|row| row[column].is_empty() || row[column].starts_with(numeric))
    };
    let numbers: Vec<usize> = (0..N).filter(|column| is_number(*column)).collect();
    if header.iter().any(|name| !name.is_empty()) {
        table.set_header(header);
    }
    table.add_rows(rows);
    for column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A paragraph in lines that fit a terminal.
pub(super) fn wrapped(text: &str) -> String {
    const WIDTH: usize = 110;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always one");
        if !line.is_empty() && WIDTH < line.chars().count() + 1 + word.chars().count() {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.join("\n")
}

fn numeric(c: char) -> bool {
    c.is_ascii_digit() || c == '-'
}
