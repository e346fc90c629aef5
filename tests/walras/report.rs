//! Reports: whole, the same bytes at once and later, asking nothing of any network, and at work in a real browser.

mod browser;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;
use walras::engine::RunId;
use walras::experiment::compare::compare_to_directory;
use walras::experiment::manifest::Timing;
use walras::experiment::replicate::{HowMany, replicate_to_directory};
use walras::experiment::report::{ReportError, again};
use walras::experiment::study::{Setting, read};
use walras::experiment::{Options, run_to_directory};
use walras::policy::Registry;
use walras::scenario::Scenario;
use walras::scenario::load::{Override, load};

fn timing() -> Timing {
    Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None }
}

fn scenario(path: &Path, sets: &[(&str, &str)]) -> Scenario {
    let set = |(path, value): &(&str, &str)| Override::new(*path, *value);
    load(path, &sets.iter().map(set).collect::<Vec<_>>()).unwrap()
}

fn options(out: PathBuf) -> Options {
    Options { report: true, ..Options::to(out) }
}

/// Reports of each kind, each in a directory of its own.
struct Done {
    home: TempDir,
}

/// Comparisons of a market that is crowded enough to tell variants apart.
const EXPERIMENT: &str = r#"Comparison(
    title: "Patience",
    scenario: "market.ron",
    set: {"rules.grace": "10s", "rules.longest_run": "300d"},
    variants: [
        (name: "as it is"),
        (name: "more GPUs", set: {"fleet[0].count": 9, "rules.longest_run": "200d"}),
        (name: "the same"),
    ],
    metrics: [Smallest("wait_mean"), "utilization", Largest("revenue")],
    replications: 12,
)"#;

/// Names that would end a script, an element or an attribute, if they were not escaped.
const WICKED: &str = r#"(
    title: "</script><script>document.title = 'out'</script>",
    horizon: "2d",
    fleet: [(prefix: "g", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 6, gpus: 1)],
    accounts: [(name: "\"><img src=x onerror=alert(1)>", balance: 100)],
    customers: [(
        name: "labs & <b>students</b>", accounts: 5, balance: 1000000, gpu_type: "NVIDIA RTX A6000",
        arrivals: Poisson(rate: "6/h"), duration: Exponential(mean: "1h"), patience: "6h",
    )],
)"#;

static DONE: LazyLock<Done> = LazyLock::new(|| {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let run = RunId { seed: 1, replication: 0 };
    for (name, sets) in
        [("quickstart", [("rules.grace", "10s")]), ("mixed_market", [("horizon", "1d")])]
    {
        let scenario = scenario(Path::new(&format!("scenarios/{name}.ron")), &sets);
        let options = options(at(name));
        run_to_directory(&scenario, run, &options, &mut |_| true, &mut |_| timing()).unwrap();
    }
    std::fs::write(at("market.ron"), WICKED).unwrap();
    let market = scenario(&at("market.ron"), &[("warm_up", "6h")]);
    let many = HowMany::Exactly(3);
    let of = (run, &many);
    replicate_to_directory(&market, of, &options(at("replications")), &|_| true, &mut |_| timing())
        .unwrap();
    std::fs::write(at("study.ron"), EXPERIMENT).unwrap();
    let (study, policies) = (read(&at("study.ron")).unwrap(), Registry::new());
    let setting = Setting {
        study: &study,
        given: &[],
        seed: Some(5),
        policies: &policies,
        format: walras::trace::Format::Csv,
        charts: None,
        report: true,
    };
    compare_to_directory(&setting, &at("comparison"), &|_| true, &mut |_| timing()).unwrap();
    Done { home }
});

const ALL: [&str; 4] = ["quickstart", "mixed_market", "replications", "comparison"];

fn directory(name: &str) -> PathBuf {
    DONE.home.path().join(name)
}

/// The page as it was written.
fn raw(name: &str) -> String {
    std::fs::read_to_string(directory(name).join("report.html")).unwrap()
}

/// The page with its slashes in plain, which the template engine escapes, too.
fn page(name: &str) -> String {
    raw(name).replace("&#x2f;", "/")
}

/// The text between the first `from` and the next `to` after it.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let begin = text.find(from).unwrap_or_else(|| panic!("{from} is missing")) + from.len();
    let length = text[begin..].find(to).unwrap_or_else(|| panic!("{to} is missing"));
    &text[begin..begin + length]
}

#[test]
fn a_report_is_the_same_bytes_at_once_and_later() {
    for name in ALL {
        let later = again(&directory(name), None, &Registry::new(), &mut |_, _| true).unwrap();
        assert!(later.html() == raw(name), "{name}");
    }
}

/// What a page can fetch from, in markup, styles and scripts.
#[test]
fn a_report_asks_nothing_of_any_network() {
    for name in ALL {
        let page = page(name);
        let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
        assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'"), "{policy}");
        for word in
            [" src=\"", "<link", "@import", "<iframe", "<object", "<base", "fetch(", "import("]
        {
            assert!(!page.contains(word), "{name}: {word}");
        }
        for reference in page.split(" href=\"").skip(1) {
            assert!(reference.starts_with('#'), "{name}: {}", &reference[..40]);
        }
        for url in page.split("url(").skip(1) {
            assert!(
                url.starts_with("data:") || url.starts_with('#') || url.starts_with("${"),
                "{}",
                &url[..40]
            );
        }
    }
}

#[test]
fn a_report_is_small_enough_to_be_sent_by_mail() {
    for name in ALL {
        assert!(raw(name).len() < 1_500_000, "{name}: {}", raw(name).len());
    }
}

#[test]
fn a_runs_report_says_all_that_decided_it() {
    let page = page("quickstart");
    let scenario = std::fs::read_to_string("scenarios/quickstart.ron").unwrap();
    let first = scenario.lines().next().unwrap();
    assert!(page.contains(first), "{first}");
    // Of the profile, a rule that the scenario does not mention.
    let profile =
        between(&page, "<code>scenarios/profiles/runpod-2024-03.ron</code>", "</details>");
    assert!(profile.contains("compute_unit"));
    for fact in [
        "<dt>Seed</dt><dd>1</dd>",
        "<dt>Set</dt><dd><code>rules.grace=10s</code>",
        "runpod-2024-03, as of",
    ] {
        assert!(page.contains(fact), "{fact}");
    }
    let summary = std::fs::read_to_string(directory("quickstart").join("summary.csv")).unwrap();
    assert_eq!(
        between(&page, "id=\"all\"", "</table>").matches("<tr>").count(),
        summary.lines().count()
    );
    assert!(
        page.contains("One run is one draw") && page.contains("<code>--replications 20</code>")
    );
    let manifest = between(&page, "id=\"manifest\"", "</section>");
    assert!(
        manifest.contains("&quot;horizon_s&quot;: &quot;604800&quot;")
            && !manifest.contains("timing&quot;")
    );
    assert!(!manifest.contains("report.html"));
}

/// Every mean of replications has its interval, in the main figures and in each table.
#[test]
fn means_have_intervals_and_say_of_what() {
    let page = page("replications");
    let groups = between(&page, "<div class=\"groups\">", "</div>");
    let values = groups.split("<td class=\"value\"><span>").skip(1);
    assert!(10 < values.clone().count());
    for value in values {
        let value = &value[..value.find("</tr>").unwrap()];
        assert!(value.contains("<span class=\"width\">±") || value.starts_with('–'), "{value}");
    }
    let parts = between(&page, "id=\"parts\"", "</section>");
    for cell in parts.split("<td class=\"number\" data-key=").skip(1) {
        let cell = &cell[..cell.find("</td>").unwrap()];
        assert!(cell.contains('±'), "{cell}");
    }
    assert!(page.contains("A study of the steady state: the warm-up is left out"));
    assert!(page.contains("one draw of 3, without intervals"));
    assert!(page.contains("is of the whole run, warm-up included: so it may differ"));
    let summary = std::fs::read_to_string(directory("replications").join("summary.csv")).unwrap();
    let row = summary.lines().find(|row| row.starts_with("revenue,market,")).unwrap();
    let mean = row.split(',').nth(2).unwrap();
    assert!(between(&page, "id=\"all\"", "</table>").contains(mean), "{mean}");
}

#[test]
fn a_comparison_has_a_verdict_for_each_measure_and_variant() {
    let page = page("comparison");
    let verdicts = between(&page, "id=\"verdicts\"", "</section>");
    assert_eq!(verdicts.matches("<figure class=\"table\">").count(), 3);
    let row = |name: &str| {
        let start = verdicts.find(&format!("<td>{name}</td>")).unwrap();
        &verdicts[start..start + verdicts[start..].find("</tr>").unwrap()]
    };
    assert!(row("more GPUs").ends_with("<td class=\"good\">better</td>"), "{}", row("more GPUs"));
    assert!(row("the same").ends_with("<td>no difference detected</td>"), "{}", row("the same"));
    assert!(row("as it is").ends_with("<td>baseline</td>"), "{}", row("as it is"));
    let utilization = between(verdicts, "<h3>utilization", "</table>");
    let utilization = &utilization[utilization.find("<td>more GPUs</td>").unwrap()..];
    let cells: Vec<&str> = utilization.split("</td>").take(5).collect();
    assert!(cells[1].contains(" %") && !cells[1].contains(" pp"), "a mean: {}", cells[1]);
    for difference in &cells[2..5] {
        assert!(difference.contains(" pp") && !difference.contains(" %"), "{difference}");
    }
    assert!(page.contains("id=\"chart-forest\""), "the forest plot");
    let variants = between(&page, "id=\"variants\"", "</section>");
    for row in [
        "<td>more GPUs</td><td class=\"wrap\">fleet[0].count=9; rules.longest_run=&quot;200d&quot;</td>",
        "<td>the same</td><td>rules.longest_run=&quot;300d&quot;</td>",
    ] {
        assert!(variants.contains(row), "{variants}");
    }
    assert!(variants.contains("Set in all variants: rules.grace=&quot;10s&quot;."), "{variants}");
    let made = between(&page, "id=\"made\"", "</section>");
    assert!(
        made.contains("<dt>Set in all variants</dt><dd><code>rules.grace=&quot;10s&quot;</code>"),
        "{made}"
    );
    assert!(made.contains("<dt>Set in the baseline</dt><dd><code>rules.longest_run"), "{made}");
    assert!(made.contains("<dt>Baseline</dt><dd>as it is: what follows is of this variant"));
    assert!(
        between(&page, "id=\"scenario\"", "</section>").contains("Comparison("),
        "the experiment"
    );
}

/// The names of a scenario are text, whatever they look like.
#[test]
fn names_cannot_break_out_of_the_page() {
    let scripts = |page: &str| page.matches("<script").count();
    for name in ["replications", "comparison"] {
        let page = page(name);
        assert!(
            !page.contains("<img")
                && !page.contains("<b>students")
                && !page.contains("<script>document.title")
        );
        let charts = page.matches("<figure class=\"chart\"").count();
        assert_eq!(
            scripts(&page),
            charts + 2,
            "{name}: each chart's data, what the page is about, the script"
        );
        assert!(page.contains("&lt;b&gt;students"), "{name}");
    }
}

#[test]
fn what_has_no_report_or_has_changed_is_told() {
    let home = tempfile::tempdir().unwrap();
    let of = |directory: &Path| again(directory, None, &Registry::new(), &mut |_, _| true);
    assert!(matches!(of(home.path()), Err(ReportError::Reopen(_))));
    let manifest = home.path().join("manifest.json");
    std::fs::write(&manifest, r#"{"version": "0.1.0", "study": "sweep"}"#).unwrap();
    let error = of(home.path()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("holds a sweep: a report is of a run, of replications or of a comparison")
    );
    for (name, table) in [("replications", "replications.csv"), ("comparison", "runs.csv")] {
        for file in ["manifest.json", table] {
            std::fs::copy(directory(name).join(file), home.path().join(file)).unwrap();
        }
        let path = home.path().join(table);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
        assert!(matches!(of(home.path()), Err(ReportError::Table(..))), "{name}");
    }
}
