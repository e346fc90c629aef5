//! The demand of a run, drawn before it.

use walras::scenario::from_text;
use walras::workload::offered::forecast;

/// Whoever waits for a long draw hears how far it is: forwards, and never past the end.
#[test]
fn a_forecast_tells_how_far_it_is() {
    let segment = |name: &str, fields: &str| {
        format!(
            r#"(name: "{name}", accounts: 3, balance: 1, gpu_type: "NVIDIA RTX A6000", duration: "1m",
            arrivals: Poisson(rate: "1/s"){fields})"#
        )
    };
    let plan = r#", deposits: (every: "10s", amount: 20)"#;
    let text = format!(
        r#"(horizon: "1d", fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        customers: [{}, {}])"#,
        segment("a", ""),
        segment("b", plan),
    );
    let scenario = from_text("test.ron", &text).unwrap();
    let mut heard = Vec::new();
    let offered =
        forecast(&scenario, (1, 0), &[None, None], &mut |drawn| heard.push(drawn)).unwrap();
    let requests: u64 = offered.by_types.values().map(|offered| offered.requests).sum();
    let last = heard.last().unwrap();
    assert!(last.count <= requests + 3 * 8_640 && requests < last.count, "{last:?}");
    for pair in heard.windows(2) {
        assert!((pair[0].part, pair[0].at) <= (pair[1].part, pair[1].at), "{pair:?}");
    }
    assert!(heard.iter().all(|one| one.part < one.parts && one.at < scenario.horizon));
    assert_eq!((heard[0].parts, heard[0].part, last.part), (3, 0, 2));
}
