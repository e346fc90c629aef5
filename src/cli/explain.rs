//! `walras explain`: the story of one entity of a run that was finished before.

use super::print::{complain, say};
use super::progress::Bar;
use super::run::{INTERRUPTED, on_interruption};
use crate::engine::{self, RunFailure};
use crate::experiment::reopen::{ReopenError, Reopened, reopen};
use crate::explain::{Explainer, Kind, Question};
use crate::journal::Journal;
use crate::policy::Registry;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The directory of a finished run.
    run: PathBuf,
    #[command(flatten)]
    whose: Whose,
    /// Where the scenario is now, if it was moved since.
    #[arg(long, value_name = "PATH")]
    scenario: Option<PathBuf>,
}

/// Whose story: exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// A pod: by the script's name, or pod-N.
    #[arg(long, value_name = "ID")]
    pod: Option<String>,
    /// A request to an endpoint: by the script's name, or req-N.
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// A host.
    #[arg(long, value_name = "ID")]
    host: Option<String>,
    /// An account.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// A worker of an endpoint: ENDPOINT-wN.
    #[arg(long, value_name = "ID")]
    worker: Option<String>,
    /// An endpoint.
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
}

impl Whose {
    fn question(&self) -> Question {
        let all = [
            (Kind::Pod, &self.pod),
            (Kind::Request, &self.request),
            (Kind::Host, &self.host),
            (Kind::Account, &self.account),
            (Kind::Worker, &self.worker),
            (Kind::Endpoint, &self.endpoint),
        ];
        let stated = all.into_iter().find_map(|(kind, name)| Some((kind, name.clone()?)));
        let (kind, name) = stated.expect("the arguments' own check wants exactly one");
        Question { kind, name }
    }
}

/// Tells the story that the arguments ask for.
pub(super) fn explain(arguments: &ExplainArguments) -> Result<(), ExitCode> {
    let policies = Registry::new();
    let Reopened { scenario, run, .. } =
        reopen(&arguments.run, arguments.scenario.as_deref(), &policies)
            .map_err(|error| unread(&error))?;
    let unknown = |error| {
        complain(format!("error: {error}"));
        ExitCode::from(2)
    };
    let mut explainer = Explainer::new(&scenario, &arguments.whose.question()).map_err(unknown)?;
    let bar = Bar::of_run(scenario.horizon);
    let interrupted = on_interruption()?;
    let outcome = engine::run_with(
        &scenario,
        run,
        &policies,
        &mut Journal::new(vec![&mut explainer]),
        &mut |progress| {
            bar.show_run(progress, scenario.horizon);
            !interrupted.load(Ordering::Relaxed)
        },
    );
    bar.clear();
    outcome.map_err(|failure| failed(&failure))?;
    say(explainer.finish().map_err(unknown)?.text)
}

fn failed(failure: &RunFailure) -> ExitCode {
    complain(format!("error: {failure}"));
    match failure {
        RunFailure::Interrupted => ExitCode::from(INTERRUPTED),
        RunFailure::Trace(_) | RunFailure::Policy(_) | RunFailure::Broken(_) => ExitCode::FAILURE,
    }
}

/// Why the run cannot be had again.
fn unread(error: &ReopenError) -> ExitCode {
    complain(format!("error: {error}"));
    if let ReopenError::Scenario(_, problems) = error {
        complain(problems.render(console::colors_enabled_stderr()));
    }
    ExitCode::from(2)
}
