//! The real traces, where the folder that holds them is named by `WALRAS_DATA`; nothing is done where it is
//! not. Their figures were counted apart from this code, by a script over the same files.

use super::samples::{surveyed, trace};
use super::{submitted, traced};
use std::path::PathBuf;
use walras::scenario::model::serverless::RequestTraceFormat as Format;
use walras::units::SimTime;

fn real(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("WALRAS_DATA")?;
    let path = PathBuf::from(folder).join(name);
    assert!(path.exists(), "WALRAS_DATA names a folder without {}", path.display());
    Some(path)
}

/// Describes a real file, replays it, and compares requests and the mean of seconds, or of prompts.
fn hold(name: &str, format: Format, (requests, last, mean): (u64, u64, f64)) {
    let Some(path) = real(name) else { return };
    let survey = surveyed(&path);
    assert_eq!(survey.requests, requests, "{name}");
    let found = survey.executions.or(survey.tokens.map(|(prompt, _)| prompt)).unwrap().mean;
    assert!((found - mean).abs() < 1e-6, "{name}: {found}");
    let all = submitted(&traced(trace(path, format)), 1, 100 * 86_400);
    assert_eq!(u64::try_from(all.len()).unwrap(), requests, "{name}");
    assert!(all.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    if format != Format::AzureFunctions2019 {
        assert_eq!(all.last().unwrap().0, SimTime::from_micros(last), "{name}");
    }
}

#[test]
fn the_real_files_come_to_their_figures() {
    hold(
        "azure-llm-2023/AzureLLMInferenceTrace_conv.csv.gz",
        Format::AzureLlm2023,
        (19_366, 3_501_721_937, 1_154.697_407_828),
    );
    hold(
        "azure-functions-format/invocations.csv",
        Format::AzureFunctions2019,
        (4_525, 0, 0.243_049_033),
    );
    hold(
        "azure-functions-format/azure2021_200.csv",
        Format::AzureFunctions2021,
        (199, 1_200_014_798, 53.262_160_804),
    );
    hold(
        "alibaba-gentd-2026/lora_request_trace.csv.gz",
        Format::AlibabaGenai2026,
        (14_266, 1_320_314_000_000, 26.448_058_320),
    );
}
