//! What is said about a scenario that makes no sense, as its author sees it.

mod all_at_once;
mod arrivals;
mod checkpoints;
mod conduct;
mod demand;
mod distributions;
mod endpoints;
mod failures;
mod list_prices;
mod money;
mod names;
mod oversized;
mod places;
mod reserve;
mod text;
mod traces;

use super::{Files, poisson};

/// Exit code 2, everything on stderr, and nothing written.
#[test]
fn a_bad_scenario_is_refused_before_anything_is_written() {
    let files = Files::new([("bad.ron", poisson(r#"duration: "long""#).as_str())]);
    let out = files.path("out");
    let walras = std::process::Command::new(env!("CARGO_BIN_EXE_walras"))
        .args(["run".as_ref(), files.path("bad.ron").as_os_str(), "--out".as_ref()])
        .arg(&out)
        .output()
        .unwrap();
    assert_eq!(walras.status.code(), Some(2));
    assert!(walras.stdout.is_empty() && !out.exists());
    assert!(String::from_utf8_lossy(&walras.stderr).contains("unreadable duration"));
}

const FLEET: &str = r#"fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")]"#;

/// A scenario of one host and these fields.
fn with(fields: &str) -> String {
    format!("(\n    horizon: \"7d\",\n    {FLEET},\n    {fields}\n)")
}
