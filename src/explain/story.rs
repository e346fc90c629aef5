//! A story as text: what it is of, in short, the dated lines, and the tables under it.

use super::when;
use crate::units::SimTime;

/// The longest line, but for words longer than that.
const WIDTH: usize = 110;

/// What was told of one entity.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    lines: Vec<(SimTime, String)>,
}

impl Lines {
    /// Tells something.
    pub(super) fn say(&mut self, at: SimTime, text: impl Into<String>) {
        self.lines.push((at, text.into()));
    }
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// A part under the lines, with its title.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) text: Vec<String>,
}

/// How instants are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// Seconds since 1970 at the start, if the scenario states them.
    pub(super) start: Option<i64>,
    /// To the millisecond.
    pub(super) fine: bool,
}

/// Everything, as a person reads it.
pub(super) fn text(
    (title, in_short): (&str, &[String]),
    lines: &Lines,
    sections: &[Section],
    clock: Clock,
) -> String {
    let mut text = format!("{title}\n");
    for line in in_short {
        text.push_str(&wrapped("  ", line));
    }
    if !lines.is_empty() {
        text.push('\n');
    }
    dated(lines, clock, &mut text);
    for section in sections.iter().filter(|section| !section.text.is_empty()) {
        text.push_str(&format!("\n{}\n", section.title));
        for line in &section.text {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// The lines, each instant named once, and each date.
fn dated(lines: &Lines, clock: Clock, text: &mut String) {
    let since = |at| when::since_start(at, clock.fine);
    let longest = lines.lines.iter().map(|(at, _)| since(*at).len()).max().unwrap_or_default();
    let mut last = None;
    for (at, line) in &lines.lines {
        let date = clock.start.map(|start| when::date(*at, start));
        let mut head = format!("{:>longest$}", since(*at));
        if let Some(date) = &date {
            head.push_str(&format!("  {date}"));
        }
        let again = last == Some(*at);
        if again {
            head = " ".repeat(head.chars().count());
        }
        last = Some(*at);
        text.push_str(&wrapped(&format!("{head}  "), line));
    }
}

/// `line` behind `head`, broken between words, what follows set under it.
fn wrapped(head: &str, line: &str) -> String {
    let indent = head.chars().count();
    let room = WIDTH.saturating_sub(indent).max(40);
    let mut text = head.to_owned();
    let mut used = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        if 0 < used && room < used + 1 + length {
            text.push_str(&format!("\n{}", " ".repeat(indent + 2)));
            used = 2;
        } else if 0 < used {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        used += length;
    }
    let mut text: Vec<&str> = text.lines().map(str::trim_end).collect();
    text.push("");
    text.join("\n")
}

/// Rows in columns, those of numbers flush right, two blanks apart.
pub(super) fn columns<const N: usize>(rows: &[[String; N]], right: [bool; N]) -> Vec<String> {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let cell = |column: usize, text: &str| {
        let blanks = " ".repeat(widths[column] - text.chars().count());
        if right[column] { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
    };
    let line = |row: &[String; N]| {
        let cells: Vec<String> = (0..N).map(|column| cell(column, &row[column])).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
