//! The page: a template, its style and its script, filled with a report.
//!
//! The template engine escapes whatever is put into the page; what is not to be escaped is made here alone: the SVG of
//! charts, whose texts are escaped by its own writer, and JSON, in which `<` is written so that no text can end
//! the script that it stands in.

use super::Report;
use crate::chart::{self, Panel};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;
use serde_json::{Value, json};

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/style.css");
/// The parts of the script, in order; they share one scope.
const SCRIPT: [&str; 6] = [
    include_str!("page/begin.js"),
    include_str!("page/tables.js"),
    include_str!("page/amounts.js"),
    include_str!("page/axes.js"),
    include_str!("page/charts.js"),
    include_str!("page/end.js"),
];

pub(super) fn html(report: &Report) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    environment.add_template("page", PAGE).expect("the template is part of the program");
    let page = environment.get_template("page").expect("it was added");
    let style = format!("{}\n{}\n{STYLE}", chart::style_sheet(), fonts());
    let script = format!("\"use strict\";\n(function () {{\n{}}})();", SCRIPT.join("\n"));
    let about = in_script(&json!({ "start": report.start_unix_s }));
    let version = env!("CARGO_PKG_VERSION");
    let report = minijinja::Value::from(Serde(report));
    let context = context! { report, style, script, about, version };
    page.render(context).expect("the template knows what a report is")
}

/// The fonts besides the charts'.
fn fonts() -> String {
    let face = |family: &str, weight: u32, file: &[u8]| {
        let data = STANDARD.encode(file);
        format!(
            "@font-face{{font-family:\"{family}\";font-weight:{weight};\
             src:url(data:font/woff2;base64,{data}) format(\"woff2\")}}"
        )
    };
    let figures = face("Walras Figures", 400, include_bytes!("font/figures.woff2"));
    [figures, face("Walras Inter", 600, include_bytes!("font/semibold.woff2"))].join("\n")
}

/// JSON that can stand in a script of a page.
fn in_script(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("plain data");
    text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The plots of a chart as the script wants them.
pub(super) fn panels(panels: &[Panel]) -> String {
    let mut value = serde_json::to_value(panels).expect("plain data");
    shorten(&mut value);
    in_script(&value)
}

/// Rounds to seven digits that count, as no screen shows more.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        Value::Number(number) => {
            let rounded = number.as_f64().map(|number| format!("{number:.6e}"));
            let rounded = rounded.and_then(|text| text.parse::<f64>().ok());
            *value = match rounded {
                Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => {
                    // Plus nothing, as there is no negative nothing among whole numbers.
                    serde_json::from_str(&format!("{:.0}", whole + 0.0)).expect("a whole number")
                }
                Some(number) => json!(number),
                None => Value::Null,
            };
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column, Fact, FileText, Group, Line, Part, Section, Table};
    use super::*;

    const WICKED: &str = "</script><script>alert('&\"1')</script>";

    /// A text that would end a script, in every place that a text can have.
    #[test]
    fn no_text_can_break_out() {
        let words = || WICKED.to_owned();
        let line = Line {
            label: words(),
            value: words(),
            width: words(),
            share: words(),
            share_width: words(),
        };
        let table = Table {
            title: words(),
            note: words(),
            columns: vec![Column::words(WICKED), Column::numbers(WICKED, WICKED)],
            rows: vec![vec![Cell::words(WICKED), Cell::number(Some(1.0), WICKED).beside(WICKED)]],
            filters: true,
        };
        let parts = vec![
            Part::Groups(vec![Group { title: words(), lines: vec![line] }]),
            Part::Facts(vec![Fact::code(WICKED, WICKED), Fact::words(WICKED, WICKED)]),
            Part::Table(table),
            Part::Text(FileText { path: words(), what: words(), text: words() }),
            Part::Words(vec![words()]),
        ];
        let sections = vec![Section { id: "a", title: "A", about: vec![words()], parts }];
        let (title, kind, lead) = (words(), words(), vec![words()]);
        let start_unix_s = None;
        let page = Report { title, kind, lead, sections, start_unix_s }.html();
        assert!(!page.contains("<script>alert") && !page.contains("</script><script>"));
        let plain = Report {
            title: String::new(),
            kind: String::new(),
            lead: Vec::new(),
            sections: Vec::new(),
            start_unix_s: None,
        };
        let scripts = |page: &str| page.matches("<script").count();
        assert_eq!(scripts(&page), scripts(&plain.html()));
        assert!(16 < page.matches("alert(").count(), "each is there, as text");
    }

    #[test]
    fn json_cannot_end_its_script() {
        let text = in_script(&json!([WICKED, "\u{2028}"]));
        assert!(!text.contains('<') && !text.contains('\u{2028}'));
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back, json!([WICKED, "\u{2028}"]));
    }

    #[test]
    fn numbers_are_as_short_as_a_screen_needs() {
        let mut value = json!([0.1 + 0.2, 604_800.0, 1_234.567_891_2, null, "x", -0.0]);
        shorten(&mut value);
        assert_eq!(value.to_string(), "[0.3,604800,1234.568,null,\"x\",0]");
    }
}
