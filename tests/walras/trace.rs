//! Every table, whole, as the hand-made story makes it.

use crate::story;
use expect_test::{Expect, expect};
use walras::trace::{TableName, Traces};

fn check(table: TableName, expected: &Expect) {
    let scenario = story::scenario();
    let directory = tempfile::tempdir().unwrap();
    let mut traces = Traces::create(directory.path(), &[table], &scenario).unwrap();
    story::tell(&mut traces, None);
    let records = traces.finish().unwrap();
    let text = std::fs::read_to_string(directory.path().join(&records[0].name)).unwrap();
    assert_eq!(records[0].digest, blake3::hash(text.as_bytes()).to_hex().to_string());
    assert_eq!(records[0].bytes, text.len() as u64);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("rows of equal length");
    assert_eq!(records[0].rows, Some(rows.len() as u64));
    expected.assert_eq(&text);
}

#[test]
fn events() {
    check(
        TableName::Events,
        &expect![[r#"
            time_s,event,account,pod,host,gpu_type,endpoint,worker,request,volume,gpus,amount_usd,detail
            0,posted,"alice, ""inc""",,,,,,,,,10,item=deposit
            0,posted,labs-1,,,,,,,,,20,item=deposit
            0,price_published,,,,NVIDIA RTX A6000,,,,,,,cloud=SECURE; on_demand_usd_per_hour=0.79; spot_floor_usd_per_hour=0.49; min_winning_bid_usd_per_hour=0.49
            0,price_published,,,,NVIDIA RTX A6000,,,,,,,cloud=COMMUNITY; on_demand_usd_per_hour=0.69; spot_floor_usd_per_hour=0.3; min_winning_bid_usd_per_hour=0.3
            60,pod_requested,"alice, ""inc""",train,,NVIDIA RTX A6000,,,,,4,,rental=1; kind=spot; bid_usd_per_hour=0.5
            60,pod_placed,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,step=free; price_usd_per_hour=0.5
            60,meter_opened,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,item=compute; price_usd=0.5; period_s=3600; quantity=4
            60,price_published,,,,NVIDIA RTX A6000,,,,,,,cloud=SECURE; on_demand_usd_per_hour=0.79; spot_floor_usd_per_hour=0.49; spot_price_usd_per_hour=0.5; min_winning_bid_usd_per_hour=0.500000001
            65,pod_running,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,
            118,pod_requested,labs-1,pod-1,,NVIDIA RTX A6000,,,,,2,,rental=1; kind=on_demand; work_gpu_s=1200; value_usd=1.5
            118,pod_displaced,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,reason=displaced_by_on_demand; by=pod-1; kill_at_s=123
            118,pod_promised,labs-1,pod-1,host-a,NVIDIA RTX A6000,,,,,2,,step=displacement; due_s=123
            123,pod_killed,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,
            123,meter_closed,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,item=compute
            123,posted,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,0.066666666,item=compute
            123,posted,,train,host-a,NVIDIA RTX A6000,,,,,4,0.050666666,item=host_payout
            123,pod_stopped,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,
            123,rental_ended,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,0.066666666,reason=displaced_by_on_demand
            123,pod_placed,labs-1,pod-1,host-a,NVIDIA RTX A6000,,,,,2,,step=displacement; price_usd_per_hour=0.79
            123,price_published,,,,NVIDIA RTX A6000,,,,,,,cloud=SECURE; on_demand_usd_per_hour=0.79; spot_floor_usd_per_hour=0.49; min_winning_bid_usd_per_hour=0.49
            128,pod_running,labs-1,pod-1,host-a,NVIDIA RTX A6000,,,,,2,,
            130,pod_requested,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,rental=2; kind=spot; bid_usd_per_hour=0.5
            130,pod_waits,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,,
            140,host_down,,,host-b,NVIDIA RTX A6000,,,,,,,
            150,host_up,,,host-b,NVIDIA RTX A6000,,,,,,,
            160,network_down,,,host-b,NVIDIA RTX A6000,,,,,,,
            180,network_up,,,host-b,NVIDIA RTX A6000,,,,,,,
            200,pod_requested,labs-1,pod-2,,NVIDIA RTX A6000,,,,,2,,rental=1; kind=on_demand; work_gpu_s=1200; value_usd=1.5
            200,rejected,labs-1,pod-2,,NVIDIA RTX A6000,,,,,2,,reason=no_capacity; operation=CreatePod
            200,rental_ended,labs-1,pod-2,,NVIDIA RTX A6000,,,,,2,0,reason=rejected
            728,posted,labs-1,pod-1,host-a,NVIDIA RTX A6000,,,,,2,0.289666666,item=compute
            728,posted,,pod-1,host-a,NVIDIA RTX A6000,,,,,2,0.220146666,item=host_payout
            728,rental_ended,labs-1,pod-1,host-a,NVIDIA RTX A6000,,,,,2,0.289666666,reason=completed
            728,pod_terminated,labs-1,pod-1,host-a,NVIDIA RTX A6000,,,,,2,,
            900,posted,"alice, ""inc""",,,,,,,,,0.5,item=adjustment
            900,notice,labs-1,,,,,,,,,,kind=stopped_for_funds
            950,account_drained,labs-1,,,,,,,,,,hold_until_s=173750
            1000,rental_ended,"alice, ""inc""",train,host-a,NVIDIA RTX A6000,,,,,4,0,reason=alive
            1000,run_ended,,,,,,,,,,,
        "#]],
    );
}

#[test]
fn pods() {
    check(
        TableName::Pods,
        &expect![[r#"
        pod,rental,account,segment,cloud,datacenter,host,gpu_type,gpus,kind,bid_usd_per_hour,requested_s,placed_s,running_s,stopped_s,end_reason,compute_usd,storage_usd,useful_gpu_s,lost_gpu_s,preemptions
        train,1,"alice, ""inc""",,SECURE,EU-RO-1,host-a,NVIDIA RTX A6000,4,spot,0.5,60,60,65,123,displaced_by_on_demand,0.066666666,0,200,32,1
        pod-2,1,labs-1,labs,,,,NVIDIA RTX A6000,2,on_demand,,200,,,200,rejected,0,0,0,0,0
        pod-1,1,labs-1,labs,SECURE,EU-RO-1,host-a,NVIDIA RTX A6000,2,on_demand,,118,123,128,728,completed,0.289666666,0,1200,0,0
        train,2,"alice, ""inc""",,SECURE,EU-RO-1,host-a,NVIDIA RTX A6000,4,spot,0.5,130,,,,alive,0,0,0,0,0
    "#]],
    );
}

#[test]
fn ledger() {
    check(
        TableName::Ledger,
        &expect![[r#"
        time_s,account,item,subject,quantity,unit,periods,debit,credit,amount_usd,balance_usd
        0,"alice, ""inc""",deposit,,,,,cash,"customer/alice, ""inc""",10,10
        0,labs-1,deposit,,,,,cash,customer/labs-1,20,20
        123,"alice, ""inc""",compute,train,4,60 s,2,"customer/alice, ""inc""",revenue,0.066666666,9.933333334
        123,,host_payout,train,4,60 s,2,revenue,host/host-a,0.050666666,
        728,labs-1,compute,pod-1,2,60 s,11,customer/labs-1,revenue,0.289666666,19.710333334
        728,,host_payout,pod-1,2,60 s,11,revenue,host/host-a,0.220146666,
        900,"alice, ""inc""",adjustment,,,,,adjustments,"customer/alice, ""inc""",0.5,0.5
    "#]],
    );
}

#[test]
fn prices() {
    check(
        TableName::Prices,
        &expect![[r#"
        time_s,gpu_type,cloud,on_demand_usd_per_hour,spot_floor_usd_per_hour,spot_price_usd_per_hour,min_winning_bid_usd_per_hour
        0,NVIDIA RTX A6000,SECURE,0.79,0.49,,0.49
        0,NVIDIA RTX A6000,COMMUNITY,0.69,0.3,,0.3
        60,NVIDIA RTX A6000,SECURE,0.79,0.49,0.5,0.500000001
        123,NVIDIA RTX A6000,SECURE,0.79,0.49,,0.49
    "#]],
    );
}

#[test]
fn utilization() {
    check(
        TableName::Utilization,
        &expect![[r#"
        time_s,gpu_type,cloud,datacenter,gpus_total,gpus_up,gpus_on_demand,gpus_spot,gpus_serverless,gpus_grace,gpus_free,waiting_pods
        500,NVIDIA RTX A6000,SECURE,EU-RO-1,4,4,2,0,0,0,2,1
        500,NVIDIA RTX A6000,COMMUNITY,,2,2,0,0,0,0,2,0
        1000,NVIDIA RTX A6000,SECURE,EU-RO-1,4,4,0,0,0,0,4,1
        1000,NVIDIA RTX A6000,COMMUNITY,,2,2,0,0,0,0,2,0
    "#]],
    );
}

#[test]
fn hosts() {
    check(
        TableName::Hosts,
        &expect![[r#"
        host,cloud,datacenter,gpu_type,gpus,joined_s,left_s,uptime_s,downtime_s,offline_network_s,failures,reliability,listed,sold_gpu_s,earned_usd
        host-a,SECURE,EU-RO-1,NVIDIA RTX A6000,4,0,,1000,0,0,0,,true,1462,0.270813332
        host-b,COMMUNITY,,NVIDIA RTX A6000,2,0,,970,10,20,1,,true,0,0
    "#]],
    );
}

#[test]
fn accounts() {
    check(
        TableName::Accounts,
        &expect![[r#"
        account,segment,deposited_usd,spent_usd,balance_usd,pods,rejected,preemptions,stops_for_funds,terminations_for_funds,useful_gpu_s,lost_gpu_s
        "alice, ""inc""",,10.5,0.066666666,10.433333334,1,0,1,0,0,200,32
        labs-1,labs,20,0.289666666,19.710333334,1,1,0,1,0,1200,0
    "#]],
    );
}
