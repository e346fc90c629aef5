//! What is read of serverless endpoints, of requests to them, and of what the script does to them.

use super::{Files, read};
use walras::ids::Id;
use walras::rng::draw::Distribution;
use walras::scenario::load::from_text;
use walras::scenario::model::serverless::{
    Amiss, Change, EndpointAction, KeepAliveChoice, RequestArrivals, RequestTraceFormat, Resolved,
    ScalerChoice, ServiceTime, Settings, Work,
};
use walras::scenario::model::{ActionKind, Scenario};
use walras::units::{Gb, Money, Span};

const ENDPOINT: &str = r#"(name: "e", account: "ada", gpus: "RTX A4000")"#;

/// A scenario of two hosts, two accounts, these endpoints and these fields.
fn scenario(endpoints: &str, fields: &str) -> Scenario {
    read(&format!(
        r#"(
            horizon: "1d",
            fleet: [
                (gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1"),
                (gpu_type: "NVIDIA RTX A6000", datacenter: "CA-MTL-1"),
            ],
            accounts: [(name: "ada", balance: 100), (name: "bob", balance: 100)],
            endpoints: [{endpoints}],
            {fields}
        )"#
    ))
}

fn scripted(actions: &[&str]) -> Scenario {
    let action = |text: &&str| format!("(account: \"ada\", {text}),");
    let actions: String = actions.iter().map(action).collect();
    scenario(ENDPOINT, &format!("script: [{actions}]"))
}

fn at_start(scenario: &Scenario, index: usize) -> &Resolved {
    scenario.endpoints[index].at_start.as_deref().expect("it is there at the start")
}

fn types<'s>(scenario: &'s Scenario, resolved: &Resolved) -> Vec<&'s str> {
    let types = scenario.type_lists[resolved.types as usize].iter();
    types.map(|id| scenario.gpu_types[id.index()].display_name.as_str()).collect()
}

/// The size of the image that hosts keep for an endpoint, and its name.
fn image<'s>(scenario: &'s Scenario, resolved: &Resolved) -> (&'s str, u32) {
    let image = &scenario.images.named[resolved.image.index()];
    let sizes = image.layers.iter().map(|layer| scenario.images.layers[layer.index()].size.get());
    (&image.name, sizes.sum())
}

fn acts(scenario: &Scenario) -> Vec<&EndpointAction> {
    let acts = scenario.script.iter().filter_map(|action| match &action.kind {
        ActionKind::Endpoint(action) => Some(&**action),
        _ => None,
    });
    acts.collect()
}

fn change(action: &EndpointAction) -> &Change {
    let EndpointAction::Update(_, change) = action else { panic!("{action:?}") };
    change
}

/// SLS-02. What an endpoint leaves out is the rules' default.
#[test]
fn sls_02_an_endpoint_that_says_nothing_is_the_default() {
    let all = scenario(r#"(name: "e", account: "bob")"#, "");
    let endpoint = at_start(&all, 0);
    assert_eq!(endpoint.settings, Settings::default());
    assert_eq!(types(&all, endpoint), ["RTX 4090", "RTX A4000", "RTX A4500"]);
    assert_eq!(image(&all, endpoint), ("e", 5));
    assert_eq!((endpoint.amiss, endpoint.execution), (None, Span::ZERO));
    assert_eq!(all.accounts[all.endpoints[0].account.index()].name, "bob");
    let other = r#"rules: (endpoint_defaults: (ttl: "1h", gpus: ["AMPERE_48"]))"#;
    let all = scenario(r#"(name: "e", account: "bob")"#, other);
    let endpoint = at_start(&all, 0);
    assert_eq!(endpoint.settings.ttl, Span::HOUR);
    assert_eq!(endpoint.settings.workers_max, 3);
    assert_eq!(types(&all, endpoint), ["RTX A6000", "A40"]);
}

/// SLS-05, SLS-41. A class stands for its types in the table's order; types go by id or by display name.
#[test]
fn sls_05_gpus_are_types_and_classes_in_order_of_preference() {
    let gpus = r#"["NVIDIA RTX A6000", "AMPERE_24", "RTX 4090"]"#;
    let all = scenario(&format!(r#"(name: "e", account: "ada", gpus: {gpus})"#), "");
    let expected = ["RTX A6000", "L4", "RTX A5000", "RTX 3090", "RTX 4090"];
    assert_eq!(types(&all, at_start(&all, 0)), expected);
}

#[test]
fn scalers_and_keep_alive_policies_are_read() {
    let scaler = |text: &str| {
        let endpoint = format!(r#"(name: "e", account: "ada", {text})"#);
        let all = scenario(&endpoint, "");
        let settings = at_start(&all, 0).settings.clone();
        (settings.scaler, settings.keep_alive)
    };
    let delay = ScalerChoice::QueueDelay(Span::from_micros(500_000));
    assert_eq!(scaler(r#"scaler: QueueDelay("500ms")"#).0, delay);
    assert_eq!(scaler("scaler: RequestCount").0, ScalerChoice::RequestCount(4));
    assert_eq!(scaler("scaler: RequestCount(2)").0, ScalerChoice::RequestCount(2));
    assert_eq!(scaler("scaler: Fixed(3)").0, ScalerChoice::Fixed(3));
    let times = [(Span::HOUR * 8, 5), (Span::HOUR * 20, 1)];
    assert_eq!(
        scaler(r#"scaler: Scheduled([("8h", 5), ("20h", 1)])"#).0,
        ScalerChoice::Scheduled(times.into())
    );
    let ScalerChoice::Concurrency(terms) = scaler("scaler: Concurrency(target: 2)").0 else {
        panic!("a target")
    };
    assert_eq!((terms.window, terms.panic_window), (Span::MINUTE, Span::from_seconds(6)));
    let ScalerChoice::Concurrency(terms) = scaler(r#"scaler: Concurrency(window: "5s")"#).0 else {
        panic!("a target")
    };
    assert_eq!(terms.panic_window, Span::from_micros(500_000), "a tenth of the window");
    let KeepAliveChoice::Hybrid(terms) = scaler("keep_alive: hybrid").1 else { panic!("hybrid") };
    assert_eq!((terms.range, terms.cell), (Span::HOUR * 4, Span::MINUTE));
    let whole = scaler("keep_alive: hybrid(head: 0.05, tail: 0.99, margin: 0.1)").1;
    assert_eq!(whole, KeepAliveChoice::Hybrid(terms));
    let KeepAliveChoice::Adaptive(terms) = scaler("keep_alive: adaptive(factor: 2)").1 else {
        panic!("adaptive")
    };
    assert_eq!((terms.least, terms.most), (Span::from_seconds(1), Span::HOUR));
}

/// SLS-07. Workers are where the endpoint says: anywhere, in one place, in several, with its network volume.
#[test]
fn sls_07_the_data_centers_of_an_endpoint_are_its_site() {
    let site = |text: &str| {
        let fields = r#"
            datacenters: [(id: "EU-RO-1", network_storage_gb: 100)],
            script: [(at: "1s", account: "ada",
                do: CreateNetworkVolume(name: "v", size: 10, dataCenterId: "EU-RO-1"))]"#;
        let endpoint = format!(r#"(name: "e", account: "ada", {text})"#);
        let all = scenario(&endpoint, fields);
        let site = &all.sites[at_start(&all, 0).site as usize];
        let name = |id: &walras::ids::DataCenterId| all.datacenters[id.index()].name.clone();
        (site.datacenter.as_ref().map(name), site.datacenters.iter().map(name).collect::<Vec<_>>())
    };
    let (here, there) = ("EU-RO-1".to_owned(), "CA-MTL-1".to_owned());
    assert_eq!(site(""), (None, vec![]));
    assert_eq!(site(r#"data_centers: "EU-RO-1""#), (Some(here.clone()), vec![]));
    assert_eq!(site(r#"network_volume: "v""#), (Some(here.clone()), vec![]));
    let both = (None, vec![there, here]);
    assert_eq!(site(r#"data_centers: ["EU-RO-1", "CA-MTL-1"]"#), both);
    assert_eq!(site(r#"data_centers: ["CA-MTL-1", "EU-RO-1"]"#), both);
}

/// SLS-26. Each endpoint has an image of its own, with the model where hosts keep that beside it; a named one
/// is shared.
#[test]
fn sls_26_images_are_of_one_endpoint_unless_they_have_a_name() {
    let endpoints = r#"
        (name: "a", account: "ada", image_gb: 4),
        (name: "b", account: "ada", image_gb: 4, model_source: HostCache),
        (name: "c", account: "ada", image_name: "x", image_gb: 3),
        (name: "d", account: "bob", image_name: "x"),
        (name: "e", account: "bob", image_name: "x", model_source: HostCache, model_gb: 7),
        (name: "f", account: "bob", template: "t")"#;
    let templates = r#"templates: [(name: "t", image_gb: 12, containerDiskInGb: 20)]"#;
    let all = scenario(endpoints, templates);
    let images: Vec<_> = (0..6).map(|index| image(&all, at_start(&all, index))).collect();
    assert_eq!(images, [("a", 4), ("b", 8), ("x", 3), ("x", 3), ("e", 10), ("f", 12)]);
    assert_eq!(at_start(&all, 2).image, at_start(&all, 3).image);
    assert_eq!(at_start(&all, 3).settings.image_gb, Gb::new(3));
    assert_eq!(at_start(&all, 5).settings.container_disk, Gb::new(20));
}

/// SLS-09. A quick deploy says what is left out.
#[test]
fn sls_09_a_quick_deploy_says_image_model_disk_and_time() {
    let all = scenario(
        r#"(name: "q", account: "ada", count: 2, quick_deploy: "whisper", model_gb: 7)"#,
        r#"requests: [(endpoint: "q", arrivals: Poisson(rate: "1/m"))]"#,
    );
    let names: Vec<_> = all.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
    assert_eq!(names, ["q-1", "q-2"]);
    let Settings { image_gb, model_gb, container_disk, .. } = at_start(&all, 1).settings.clone();
    assert_eq!([image_gb, model_gb, container_disk].map(Gb::get), [8, 7, 10]);
    assert_eq!(at_start(&all, 1).execution, Span::from_seconds(8));
    let of: Vec<_> = all.request_sources.iter().map(|source| source.endpoint.index()).collect();
    assert_eq!(of, [0, 1], "each of the group has a source of its own");
    let takes = ServiceTime::Drawn(Distribution::Constant(8.0));
    assert!(all.request_sources.iter().all(|source| source.service == takes));
}

#[test]
fn requests_are_read() {
    let files = Files::new([
        ("calls.csv", "arrival_s,execution_s\n1,2\n"),
        (
            "a.ron",
            r#"(horizon: "1d",
                fleet: [(gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1")],
                accounts: [(name: "ada", balance: 100), (name: "bob", balance: 100)],
                endpoints: [(name: "e", account: "ada", gpus: "RTX A4000", token_rates: {"RTX A4000": (1000, 50)})],
                requests: [
                    (endpoint: "e", from: "1h", until: "2h", arrivals: Renewal(gap: "1s"), operation: runsync,
                     execution: Tokens(prompt: 100, answer: Exponential(mean: 50)), low_priority: 0.25,
                     input_bytes: 1000, ttl: "1m", webhook: true),
                    (endpoint: "e", arrivals: Trace(file: "calls.csv", format: azure_functions_2021, only: "f", stretch: 2)),
                    (endpoint: "faster-whisper", account: "bob", arrivals: Poisson(rate: "1/h")),
                ])"#,
        ),
    ]);
    let all = files.read("a.ron");
    let [first, traced, model] = &all.request_sources[..] else { panic!("three sources") };
    assert!(first.sync && first.webhook && matches!(first.service, ServiceTime::Tokens { .. }));
    assert_eq!((first.until - first.from, first.ttl), (Span::HOUR, Some(Span::MINUTE)));
    assert_eq!(first.low_priority.to_bits(), 0.25_f64.to_bits());
    let RequestArrivals::Trace(trace) = &traced.arrivals else { panic!("a trace") };
    assert_eq!(trace.format, RequestTraceFormat::AzureFunctions2021);
    assert_eq!(trace.only.as_deref(), Some("f"));
    assert_eq!(traced.service, ServiceTime::Traced);
    assert!(all.inputs.iter().any(|input| input.path.ends_with("calls.csv")));
    assert_eq!(all.accounts[model.account.index()].name, "bob");
    let platform = &all.endpoints[model.endpoint.index()];
    assert_eq!(all.rules.serverless.ai_models[platform.model.unwrap()].name, "faster-whisper");
    let owner = &all.accounts[platform.account.index()];
    assert_eq!((owner.name.as_str(), owner.segment), ("platform", None));
    let settings = &platform.at_start.as_ref().unwrap().settings;
    assert_eq!((settings.workers_min, settings.workers_max, settings.flashboot), (1, 100, true));
}

/// SLS-10. An update's revision is what the endpoint is if all before it in time holds; live fields make none.
#[test]
fn sls_10_an_update_is_put_over_those_before_it_in_time() {
    let all = scripted(&[
        r#"at: "3s", do: UpdateEndpoint(endpoint: "e", concurrency: 2)"#,
        r#"at: "1s", do: UpdateEndpoint(endpoint: "e", image_gb: 3, workers_max: 4)"#,
        r#"at: "2s", do: UpdateEndpoint(endpoint: "e", gpus_per_worker: 2)"#,
        r#"at: "4s", do: UpdateEndpoint(endpoint: "e", ttl: "1h")"#,
        r#"at: "5s", do: UpdateEndpoint(endpoint: "e", ttl: "1s")"#,
    ]);
    let acts = acts(&all);
    let revision = |index: usize, standing| change(acts[index]).revision(standing).unwrap();
    assert_eq!(revision(1, 0).settings.image_gb, Gb::new(3));
    assert_eq!(image(&all, revision(1, 0)), ("e-r2", 3));
    assert_eq!(change(acts[1]).workers_max, Some(4));
    // SLS-04. The quota may not have allowed that: then it is what it was.
    let (first, second) = (at_start(&all, 0).standing, revision(1, 0).standing);
    assert_ne!(first, second);
    // SLS-06. Two A4000 in one worker are refused for certain, so the next revision has one.
    for standing in [first, second] {
        assert_eq!(revision(2, standing).amiss, Some(Amiss::BadArgument));
    }
    for (standing, image) in [(second, 3), (first, 5)] {
        let last = &revision(0, standing).settings;
        assert_eq!((last.concurrency, last.gpus_per_worker, last.image_gb), (2, 1, Gb::new(image)));
    }
    assert_eq!(change(acts[0]).revisions.len(), 2);
    assert_eq!((change(acts[3]).revision(second), change(acts[3]).ttl), (None, Some(Span::HOUR)));
    assert_eq!(change(acts[4]).amiss, Some(Amiss::BadArgument));
}

/// SLS-10. What an endpoint may come to is told apart as long as it can be: updates that are taken for certain, and
/// those that say the same, make no more of it.
#[test]
fn sls_10_what_an_endpoint_may_come_to_has_an_end() {
    let script = |more: &str, ranges: [(&str, u32); 3]| {
        let of = |(name, most): (&str, u32)| {
            let say = |value| format!(r#"UpdateEndpoint(endpoint: "e", {name}: {value}{more})"#);
            (1..=most).map(say).collect::<Vec<_>>()
        };
        let acts = ranges.into_iter().flat_map(of).zip(1..);
        let act = |(act, at)| format!(r#"(at: "{at}s", account: "ada", do: {act}),"#);
        let acts: String = acts.map(act).collect();
        from_text(
            "many.ron",
            &format!(
                r#"(horizon: "1h", fleet: [(gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1")],
                accounts: [(name: "ada", balance: 100)],
                endpoints: [(name: "e", account: "ada", gpus: "RTX A4000")], script: [{acts}])"#
            ),
        )
    };
    let (all, few) = ([("concurrency", 16), ("model_gb", 16), ("image_gb", 5)], ("image_gb", 3));
    assert!(script("", all).is_ok(), "one after the other is taken");
    let fewer = [("concurrency", 16), ("model_gb", 14), few];
    assert!(script(", workers_max: 4", fewer).is_ok(), "16 by 14 by 4 may be");
    let problems = script(", workers_max: 4", all).unwrap_err();
    let first = problems.iter().next().unwrap();
    assert!(first.message.starts_with("so many updates of an endpoint"), "{}", first.message);
}

/// SLS-02, SLS-08. What the market refuses of a scripted endpoint is no problem of the scenario.
#[test]
fn sls_02_a_scripted_endpoint_may_be_amiss() {
    let all = scripted(&[
        r#"at: "1s", do: CreateEndpoint(name: "a", gpus: "RTX A4000", image_gb: 6)"#,
        r#"at: "1s", do: CreateEndpoint(name: "b", gpus: "RTX A4000", image_gb: 5, idle_timeout: "2h")"#,
        r#"at: "1s", do: CreateEndpoint(name: "c", gpus: "RTX A4000")"#,
        r#"at: "1s", do: CreateEndpoint(name: "d", image_gb: 5)"#,
        r#"at: "1s", do: CreateEndpoint(gpus: "RTX A4000", image_gb: 5)"#,
        r#"at: "1s", do: CreateEndpoint(name: "g", gpus: "RTX A4000", quick_deploy: "llm_7b", workers_min: 9)"#,
    ]);
    let amiss: Vec<_> = acts(&all)
        .into_iter()
        .map(|action| match action {
            EndpointAction::Create(_, resolved) => resolved.as_ref().map(|resolved| resolved.amiss),
            other => panic!("{other:?}"),
        })
        .collect();
    let (argument, large) = (Some(Some(Amiss::BadArgument)), Some(Some(Amiss::TooLarge)));
    assert_eq!(amiss, [large, argument, None, None, None, Some(None)]);
    let names: Vec<_> = all.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
    assert_eq!(names, ["e", "a", "b", "c", "d", "g", ""]);
}

#[test]
fn scripted_jobs_are_read() {
    let all = scripted(&[
        r#"at: "1s", do: SubmitJob(endpoint: "e", id: "j", execution: "5s", output_units: 1.048576)"#,
        r#"at: "1s", do: SubmitJob(endpoint: "dreambooth", count: 3, operation: runsync, sync_wait: "2s")"#,
        r#"at: "2s", do: CancelJob(endpoint: "e", id: "j")"#,
        r#"at: "3s", do: PurgeQueue(endpoint: "e")"#,
        r#"at: "4s", do: DeleteEndpoint(endpoint: "e")"#,
    ]);
    let acts = acts(&all);
    let EndpointAction::Submit { name, count, job, .. } = acts[0] else { panic!("a job") };
    assert_eq!(all.request_names[name.unwrap().index()], "j");
    assert_eq!((*count, job.execution), (1, Work::Takes(Span::from_seconds(5))));
    assert_eq!((job.output_units, job.has_input), (1_048_576, true));
    let EndpointAction::Submit { endpoint, name, count, job } = acts[1] else { panic!("jobs") };
    assert_eq!((all.endpoints[endpoint.index()].model, *name, *count), (Some(3), None, 3));
    assert_eq!((job.sync, job.execution), (true, Work::Takes(Span::from_seconds(1200))));
    assert!(matches!(acts[2], EndpointAction::Cancel(..)));
    assert!(matches!(acts[3], EndpointAction::Purge(_)));
    assert!(matches!(acts[4], EndpointAction::Delete(_)));
}

/// SLS-41. Prices of classes: of the rules, and of the script.
#[test]
fn sls_41_prices_of_classes_are_set() {
    let all = read(
        r#"(horizon: "1d",
            rules: (serverless_prices: {
                "AMPERE_16": (0.0002, 0.0002),
                "BLACKWELL_180": (types: ["B200"], flex: 0.0024, active: 0.0019),
            }),
            script: [(at: "1s", do: SetPrice(workerClass: "BLACKWELL_180", active: 0.002))])"#,
    );
    let classes = &all.rules.serverless.classes;
    assert_eq!((classes[0].active, classes.len()), (Money::from_nanos(200_000), 9));
    let EndpointAction::SetPrice(class, flex, active) = acts(&all)[0] else { panic!("a price") };
    assert_eq!((class.index(), *flex, *active), (8, None, Some(Money::from_nanos(2_000_000))));
}
