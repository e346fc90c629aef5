//! What `walras describe` prints about files that it knows by their columns.

use super::{stdout, walras};

#[test]
fn a_file_of_any_kind_is_named_and_summarised() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("x.csv");
    for (text, parts) in [
        ("time,active,total\n2017-10-03 00:00:00,3,9\n", ["hosts in use of", "active"]),
        ("Date,NC6\n2/24/2020,0.25\n", ["Azure's daily prices", "0.25"]),
        (
            "at_s,price_usd_per_gpu_hour\n900,0.25\n7200,0.5\n",
            ["prices in the plain format", "15 min to 2 h; USD per GPU-hour"],
        ),
        (
            "timestamp,duration,num_gpus,cluster\n2017-10-03 01:00:00,9,1,a\n",
            ["Microsoft Philly 2017", "after 2017-10-03 00:00:00"],
        ),
        (
            "arrival_s,execution_s,service\n1,2,chat\n31,4,chat\n",
            ["requests to endpoints in the plain format", "busiest minute  2, at 0 s"],
        ),
        (
            "timestamp_anon,value,container_ip\n0,1500.0,a\n60,2500.0,b\n",
            ["measured values of Alibaba GenAI 2026", "times: 0.001"],
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let shown = stdout(&walras(&["describe", &file.display().to_string()]));
        assert!(parts.iter().all(|part| shown.contains(part)), "{shown}");
    }
}

#[test]
fn requests_where_a_fleet_is_wanted_are_refused() {
    let pods = "scenarios/traces/openb_pods_sample.csv";
    let wrong = walras(&["describe", pods, "--fleet", pods]);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("is a list of pods of Alibaba openb 2023, expected a list of"), "{said}");
    assert_eq!(wrong.status.code(), Some(2));
}
