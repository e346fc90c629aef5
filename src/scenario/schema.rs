//! What a scenario file may say: plain structs of named fields, unknown fields denied.
//!
//! Each comment says what a field holds and what it is when left out. A field is only known to be
//! there; the check reads it at its place, so that everything wrong is told at once. Lists are
//! written `[…]`, durations as text (`"36h"`), money and shares as decimal numbers.

pub(super) mod conduct;
pub(super) mod demand;
pub(super) mod fleet;
pub(super) mod jobs;
pub(super) mod models;
pub(super) mod prices;
pub(super) mod script;
pub(super) mod serverless;
pub(super) mod supply;
pub(super) mod templates;

use super::text::Field;
use serde::Deserialize;

/// The scenario file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScenarioText {
    /// Text. Default: the file's name.
    pub(crate) title: Field,
    /// Whole number. Default: 0.
    pub(crate) seed: Field,
    /// Duration. When the run ends. Mandatory.
    pub(crate) horizon: Field,
    /// Duration. When statistics begin. Default: `"0s"`.
    pub(crate) warm_up: Field,
    /// Duration, or `None` for never. How often utilisation is sampled. Default: `"10m"`.
    pub(crate) sample_every: Field,
    /// Date, or date and time in UTC, of time 0. Default: `"2024-01-01"`, a Monday.
    pub(crate) start: Field,
    /// A built-in profile's name, or the path of a profile file. Default: `"runpod-2024-03"`.
    pub(crate) profile: Field,
    /// [`RulesText`]: rules that differ from the profile's.
    pub(crate) rules: Field,
    /// [`PoliciesText`].
    pub(crate) policies: Field,
    /// List of paths of [`FragmentText`] files, relative to this file.
    pub(crate) include: Field,
    /// List of [`fleet::GpuTypeText`]: types that differ from the catalogue or are not in it.
    pub(crate) gpu_types: Field,
    /// List of texts, or [`fleet::DatacenterText`]: data centers that are not in the catalogue, or differ
    /// from it.
    pub(crate) datacenters: Field,
    /// List of [`fleet::GroupText`].
    pub(crate) fleet: Field,
    /// List of [`supply::SupplyText`].
    pub(crate) supply: Field,
    /// List of [`AccountText`].
    pub(crate) accounts: Field,
    /// List of [`templates::TemplateText`].
    pub(crate) templates: Field,
    /// List of [`demand::SegmentText`].
    pub(crate) customers: Field,
    /// List of [`serverless::EndpointText`].
    pub(crate) endpoints: Field,
    /// List of [`jobs::RequestsText`].
    pub(crate) requests: Field,
    /// List of [`script::ActionText`].
    pub(crate) script: Field,
    /// List of [`prices::ScopeSpotPriceText`]: recorded spot prices, under `spot_clearing: trace`.
    pub(crate) spot_prices: Field,
}

/// An included file: its lists are appended to the scenario's, in order of inclusion.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FragmentText {
    /// As in [`ScenarioText`], relative to the fragment.
    pub(crate) include: Field,
    /// As in [`ScenarioText`].
    pub(crate) gpu_types: Field,
    /// As in [`ScenarioText`].
    pub(crate) datacenters: Field,
    /// As in [`ScenarioText`].
    pub(crate) fleet: Field,
    /// As in [`ScenarioText`].
    pub(crate) supply: Field,
    /// As in [`ScenarioText`].
    pub(crate) accounts: Field,
    /// As in [`ScenarioText`].
    pub(crate) templates: Field,
    /// As in [`ScenarioText`].
    pub(crate) customers: Field,
    /// As in [`ScenarioText`].
    pub(crate) endpoints: Field,
    /// As in [`ScenarioText`].
    pub(crate) requests: Field,
    /// As in [`ScenarioText`].
    pub(crate) script: Field,
}

/// A market profile: dated rules.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProfileText {
    /// Text, not blank. Mandatory.
    pub(crate) name: Field,
    /// Date as text, such as `"2024-03-01"`: the state of the market that the rules describe. Mandatory.
    pub(crate) date: Field,
    /// Text, not blank: where the rules come from. Mandatory.
    pub(crate) source: Field,
    /// [`RulesText`]: what is left out is as in the default profile.
    pub(crate) rules: Field,
}

/// The policies, a field per seam.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PoliciesText {
    /// [`prices::ListPriceText`]: what moves the list price of every scope that has hosts. Default:
    /// `fixed`.
    pub(crate) list_price: Field,
    /// List of [`prices::ScopeListPriceText`]: other choices for some scopes. Default: none.
    pub(crate) list_prices: Field,
    /// `best_fit`, `first_fit`, `worst_fit`, `random`, `cheapest`, `pack_by_gpu_count`,
    /// `fragmentation_aware`, `dot_product`, `gpu_packing`, `gpu_clustering` or `most_reliable` (POD-05). Default:
    /// `best_fit`.
    pub(crate) placement: Field,
    /// `lowest_bid`, `youngest`, `least_work_lost` or `fewest_pods` (SPOT-05). Default: `lowest_bid`.
    pub(crate) eviction: Field,
}

/// An account. It opens with its balance as a deposit at time 0.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccountText {
    /// Text. Mandatory.
    pub(crate) name: Field,
    /// USD. Default: 0.
    pub(crate) balance: Field,
    /// [`AutoPayText`] (ACCT-05). Default: none.
    pub(crate) auto_pay: Field,
    /// USD: tell the owner when the balance falls below (ACCT-08). Default: never.
    pub(crate) low_balance: Field,
    /// USD (ACCT-10). Default: the rules' `credit_line`.
    pub(crate) credit_line: Field,
    /// USD per hour that the account may burn, or `None`: no limit (ACCT-06). Default: by the rules'
    /// `spending_limit_steps`.
    pub(crate) spending_limit: Field,
    /// Duration: how old the account is at time 0 (ACCT-07). Default: `"0s"`, new.
    pub(crate) account_age: Field,
    /// Pair of a share and a duration: so much off what serverless workers cost, until then (SLS-42). Default:
    /// none.
    pub(crate) serverless_discount: Field,
    /// Text: the name of the team that it is (TEAM-01). Default: a personal account.
    pub(crate) team: Field,
    /// List of [`MemberText`]: the team's. Default: none but the owner.
    pub(crate) members: Field,
}

/// A member of a team (TEAM-02).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MemberText {
    /// Text. Mandatory.
    pub(crate) name: Field,
    /// `Basic`, `Billing`, `Dev` or `Admin` (TEAM-03). Mandatory.
    pub(crate) role: Field,
}

/// An automatic payment (ACCT-05).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AutoPayText {
    /// USD: pay below this balance. Mandatory.
    pub(crate) threshold: Field,
    /// USD: pay so much, at least the rules' `minimum_deposit`. Mandatory.
    pub(crate) amount: Field,
}

/// A step of the spending limit (ACCT-07).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LimitStepText {
    /// Duration: the account's age. Mandatory.
    pub(crate) age: Field,
    /// USD paid in so far, by deposits and automatic payments. Mandatory.
    pub(crate) paid: Field,
    /// USD per hour, or `None`: no limit. Mandatory.
    pub(crate) limit: Field,
}

/// What a uniform price is reckoned against (SPOT-17).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum SpotReserveText {
    /// The spot floor.
    SpotFloor,
    /// USD per GPU-hour.
    Amount(Field),
    /// A price that wanders.
    Walk(WalkText),
}

/// A reserve that wanders between the floor and a ceiling (SPOT-17).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WalkText {
    /// USD per GPU-hour at the start. This or `start_share` is mandatory.
    pub(crate) start: Field,
    /// The same as a share of the on-demand price that is stated.
    pub(crate) start_share: Field,
    /// USD per GPU-hour; goes with `start`.
    pub(crate) ceiling: Field,
    /// The same as a share; goes with `start_share`.
    pub(crate) ceiling_share: Field,
    /// Number: the deviation of a step, as a share of the way from the floor to the ceiling. Mandatory.
    pub(crate) sigma: Field,
    /// Duration between two steps. Mandatory.
    pub(crate) every: Field,
}

/// How long data centers are out in a year, by tier (CLD-02).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "tiers bear their own names")]
pub(crate) struct TierDowntimeText {
    /// Duration. Default: the profile's.
    pub(crate) T3: Field,
    /// Duration. Default: the profile's.
    pub(crate) T4: Field,
}

macro_rules! rules_text {
    ($($name:ident),* $(,)?) => {
        /// The market's rules, each under its own name; what is left out is the profile's. Amounts
        /// are in USD, spans are durations, choices are bare names (`minute_rounding: completed`).
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct RulesText {
            $(
                #[doc = concat!("The rule `", stringify!($name), "`.")]
                pub(crate) $name: Field,
            )*
        }
    };
}

rules_text! {
    days_per_month, compute_unit, storage_unit, network_volume_unit, minute_rounding, hour_rounding, statement_every,
    host_share_compute, host_share_storage, community_pricing, host_price_interval,
    host_failures, secure_mtbf, secure_mttr, community_mtbf, community_mttr, tier_downtime,
    community_joins, vetting_time, maintenance_notice, maintenance_delist, heartbeat_interval,
    reliability_buffer, reliability_window, listing_minimum,
    price_change_applies, spot_floor_share, spot_floors, vcpu_memory, waiting_order, container_start,
    zero_gpu_vcpu, zero_gpu_memory_gb, cpu_price, pod_move, longest_run, work_speed, bid_per, spot, bid_change,
    bid_tick, bid_cap, grace, displaced, spot_clearing, posted_interval, posted_target, posted_gain,
    posted_cap_share, spot_reserve, reserve_shown, reserve_rises, billing_starts,
    grace_paid_by, interrupted_unit, rent_reserve, rent_reserve_scope, rent_reserve_storage,
    low_funds_reserve, low_funds_action, drained_storage, debt_limit_days, drained_hold,
    outage_partial_unit, outage_storage,
    minimum_billed, minimum_deposit, trial_credit, auto_pay_interval, payment_failure,
    spending_limit_steps, credit_line, plan_discounts,
    container_disk_price, volume_price_running, volume_price_stopped,
    gb_per_tb, network_volume_max_gb, network_volume_price, network_volume_price_above, network_volume_tiers,
    network_volume_pods_stop, download_gbps, upload_gbps, datacenter_gbps, image_cache_gb,
    serverless_clouds, endpoint_defaults, workers_limit, worker_quota, multi_gpu_classes, fit_check, quick_deploys,
    rollout, rollout_share, extra_workers, health_idle, declared_prepared, prewarm, wake_placement,
    worker_container_start, crash_probability, init_timeout, unhealthy_retry, unhealthy_for, model_load_gb_per_s,
    flash_restore, flash_hold, flash_expiry, flash_law, dispatch, binding, scaler_period, count_coming, scale_down,
    workers_displace_spot, worker_rank, worker_loss_detection, serverless_unit, serverless_rounding,
    serverless_prices, active_price_when, worker_price_change, serverless_disk_unit, serverless_disk_price,
    workers_at_line, rate_run, rate_runsync, rate_other, rate_window, rate_law, rate_growth, queue_limit,
    input_run, input_runsync, output_run, output_runsync, job_speed, low_priority_escalates,
    on_execution_timeout, ttl_covers, retry_handler_error, cancel_stops_worker, retention_run, retention_runsync,
    sync_wait, webhook_failure, webhook_gap, webhook_retries, ai_models, ai_defaults, ai_unit, ai_markup,
    ai_charge_unfinished,
}
