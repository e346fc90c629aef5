//! What a person at a terminal sees: `script` lends the program one where it is installed.

use std::process::Command;

/// What is drawn on a terminal so wide, and nothing where there is no `script` to lend one.
fn drawn(columns: usize, arguments: &str, no_color: bool) -> Option<String> {
    let walras = env!("CARGO_BIN_EXE_walras");
    let mut script = Command::new("script");
    script.args(["-q", "-c"]);
    script.arg(format!("stty rows 24 cols {columns}; {walras} {arguments}")).arg("/dev/null");
    script.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(std::process::Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        script.env_remove(variable);
    }
    script.env("TERM", "xterm");
    if no_color {
        script.env("NO_COLOR", "1");
    }
    let output = script.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A line without the codes that colour it and move the cursor.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    let after_code = |part: &str| {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        part[end..].to_owned()
    };
    parts.map(after_code).fold(first, |line, part| line + &part)
}

/// A frame of the bar: the bar itself, its share, and words.
fn is_frame(line: &str) -> bool {
    let share = line.split_once(" %  ").map(|(share, _)| share);
    share.is_some_and(|share| share.chars().all(|c| "░█ ".contains(c) || c.is_ascii_digit()))
}

/// A line that wraps could not be drawn over.
#[test]
fn progress_stays_on_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out").display().to_string();
    let run = format!("run scenarios/quickstart.ron --set horizon=80w --tables none --out {out}");
    let check = "check scenarios/quickstart.ron --set horizon=2000w";
    for columns in [80, 60, 30] {
        for arguments in [&*run, check] {
            let Some(text) = drawn(columns, arguments, false) else { return };
            let lines: Vec<String> = text.split(['\r', '\n']).map(plain).collect();
            let frames: Vec<&String> = lines.iter().filter(|line| is_frame(line)).collect();
            assert!(!frames.is_empty(), "no progress at all: {text}");
            for frame in frames {
                assert!(frame.chars().count() <= columns, "it wraps at {columns}: {frame}");
            }
        }
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let refused = "check scenarios/quickstart.ron --set horizn=1d";
    let Some(text) = drawn(80, refused, false) else { return };
    assert!(text.contains("unknown field") && text.contains('\u{1b}'), "{text}");
    let text = drawn(80, refused, true).unwrap_or_default();
    assert!(text.contains("unknown field") && !text.contains('\u{1b}'), "{text}");
}
