//! Serverless endpoints: those of the start, those that the script makes, those of the platform that are
//! called (SLS-01 to SLS-10, AIE-01, AIE-02).

mod draft;
mod gpus;
pub(super) mod requests;
mod scaler;
mod script;
pub(super) mod settings;
mod states;

use super::accounts::Accounts;
use super::fleet::Fleet;
use super::names::{Names, unknown};
use super::script::network_volumes::Volumes;
use super::sites::Sites;
use super::templates::Templates;
use super::types::Types;
use crate::ids::{AccountId, EndpointId, Id};
use crate::scenario::load::Gathered;
use crate::scenario::model::serverless::{EndpointSpec, Resolved};
use crate::scenario::model::{AccountSpec, SpendingLimit};
use crate::scenario::own::OwnPolicies;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::schema::serverless::EndpointText;
use crate::scenario::text::scalar::Scalar;
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Money, Span};
use draft::{Draft, OwnImages};
use settings::Sayer;
use states::{Standing, State};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What endpoints refer to, and add to.
pub(crate) struct Scene<'a> {
    /// GPU types.
    pub(crate) types: &'a mut Types,
    /// Where workers may be.
    pub(crate) sites: &'a mut Sites,
    /// Hosts.
    pub(crate) fleet: &'a Fleet,
    /// Accounts.
    pub(crate) accounts: &'a Accounts,
    /// Templates and images.
    pub(crate) templates: &'a mut Templates,
    /// The market's rules.
    pub(crate) rules: &'a Rules,
    /// Network volumes of the script.
    pub(crate) volumes: &'a Volumes,
    /// Policies of the program's own.
    pub(crate) own: &'a OwnPolicies,
    /// The account whose endpoint it is, if known.
    pub(crate) account: Option<String>,
}

impl<'a> Scene<'a> {
    /// All of it, for endpoints of nobody yet.
    pub(crate) fn of(
        (types, sites, fleet): (&'a mut Types, &'a mut Sites, &'a Fleet),
        (accounts, templates): (&'a Accounts, &'a mut Templates),
        (rules, volumes, own): (&'a Rules, &'a Volumes, &'a OwnPolicies),
    ) -> Self {
        Self { types, sites, fleet, accounts, templates, rules, volumes, own, account: None }
    }
}

/// All endpoints.
#[derive(Debug)]
pub(crate) struct Endpoints {
    /// In order of their ids.
    pub(crate) specs: Vec<EndpointSpec>,
    /// Names of scripted requests.
    pub(crate) request_names: Vec<String>,
    names: Names,
    jobs: Names,
    /// Endpoints that were stated as several alike.
    groups: BTreeMap<String, Vec<EndpointId>>,
    /// What is known of each at the time to which the script has been read.
    states: Vec<State>,
    images: OwnImages,
}

/// How many alike one item may state.
const MOST_ALIKE: u32 = 100_000;

impl Endpoints {
    /// Reads those that are there at the start.
    pub(crate) fn read(reader: &mut Reader, gathered: &Gathered, scene: &mut Scene<'_>) -> Self {
        let mut endpoints = Self {
            specs: Vec::new(),
            request_names: Vec::new(),
            names: Names::of("endpoint"),
            jobs: Names::of("request"),
            groups: BTreeMap::new(),
            states: Vec::new(),
            images: OwnImages::default(),
        };
        check_defaults(reader, gathered, scene);
        for place in &gathered.endpoints {
            let Some(text) = reader.shape::<EndpointText>(place) else { continue };
            endpoints.declare(reader, (place, &text), scene);
        }
        endpoints
    }
    fn declare(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &EndpointText),
        scene: &mut Scene<'_>,
    ) {
        let name: Option<String> = reader.required(place, ("name", text.name));
        let mut account = None;
        if text.account.is_stated() {
            account = scene.accounts.names.find(reader, &place.field("account"));
        } else {
            reader.missing(place, "account");
        }
        scene.account = account.map(|account| scene.accounts.specs[account].name.clone());
        let mut draft = Draft::new(scene);
        draft.has_image = true;
        let mut sayer = Sayer { reader, place, is_strict: true, own: scene.own };
        quick_deploy(&mut sayer, text.quick_deploy, &mut draft, scene);
        let said = text.settings();
        settings::read(&mut sayer, &said, &mut draft, scene);
        draft.check(&mut sayer, &said, scene);
        let count = sayer.get::<u32>(("count", text.count));
        if count.is_some_and(|count| !(1..=MOST_ALIKE).contains(&count)) {
            let expected = format!("a whole number from 1 to {MOST_ALIKE}");
            reader.report(&place.field("count"), Fault::new("count out of range", expected));
            return;
        }
        let Some(name) = name else { return };
        let names = match count {
            None | Some(1) => vec![name.clone()],
            Some(count) => (1..=count).map(|number| format!("{name}-{number}")).collect(),
        };
        let first = self.specs.len();
        let is_taken = self.names.get(&name).is_some() && 1 < names.len();
        if is_taken || self.groups.contains_key(&name) {
            let fault = Fault::new(format!("duplicate endpoint `{name}`"), "a name of its own");
            reader.report(&place.field("name"), fault);
        }
        for name in names {
            let id = EndpointId::from_index(self.specs.len());
            self.names.add(reader, &name, id.index(), &place.field("name"));
            let resolved = draft.resolve((id, &name), scene, &mut self.images);
            let account = AccountId::from_index(account.unwrap_or_default());
            let at_start = Some(self.state(draft.clone(), resolved));
            self.specs.push(EndpointSpec { name, account, model: None, at_start });
        }
        if 1 < count.unwrap_or(1) {
            let ids = (first..self.specs.len()).map(EndpointId::from_index).collect();
            self.groups.insert(name, ids);
        }
    }
    /// The endpoint of this name: one of the scenario, or one of the platform's, which is there once it is
    /// referred to.
    fn called(&mut self, name: &str, scene: &mut Scene<'_>) -> Option<EndpointId> {
        if let Some(index) = self.names.get(name) {
            return Some(EndpointId::from_index(index));
        }
        let model = scene.rules.serverless.ai_models.iter().position(|model| model.name == name)?;
        let id = EndpointId::from_index(self.specs.len());
        let draft = of_model(model, scene);
        let resolved = draft.resolve((id, name), scene, &mut self.images);
        self.names.insert(name, id.index());
        let at_start = Some(self.state(draft, resolved));
        self.specs.push(EndpointSpec {
            name: name.to_owned(),
            account: AccountId::from_index(scene.accounts.specs.len()),
            model: Some(model),
            at_start,
        });
        Some(id)
    }
    /// Remembers what the next endpoint is at the start.
    fn state(&mut self, draft: Draft, resolved: Resolved) -> Arc<Resolved> {
        let mut state = State::default();
        state.execution = draft.execution;
        let resolved = state.number(resolved);
        state.may_become(Standing { number: resolved.standing, draft });
        self.states.push(state);
        resolved
    }
    /// The endpoint whose name stands at `place`; an unknown one is reported.
    fn find(
        &mut self,
        reader: &mut Reader,
        place: &Place,
        scene: &mut Scene<'_>,
    ) -> Option<EndpointId> {
        let name: String = reader.scalar(place)?;
        let found = self.called(&name, scene);
        if found.is_none() {
            let models = scene.rules.serverless.ai_models.iter().map(|model| model.name.as_str());
            let fault = unknown("endpoint", &name, self.names.iter().chain(models));
            reader.report(place, fault);
        }
        found
    }
    /// The account that owns the platform's endpoints, if there are any; it comes after all others.
    pub(crate) fn platform(&self, accounts: &Accounts) -> Option<AccountSpec> {
        self.specs.iter().any(|endpoint| endpoint.model.is_some()).then(|| {
            let mut name = "platform".to_owned();
            while accounts.names.get(&name).is_some() {
                name = format!("the {name}");
            }
            AccountSpec {
                name,
                segment: None,
                balance: Some(Money::ZERO),
                auto_pay: None,
                low_balance: None,
                credit_line: Money::ZERO,
                spending_limit: SpendingLimit::Own(None),
                age: Span::ZERO,
            }
        })
    }
}

/// Reports GPU types of the rules' `endpoint_defaults` that are not there.
fn check_defaults(reader: &mut Reader, gathered: &Gathered, scene: &mut Scene<'_>) {
    if gathered.endpoints.is_empty() {
        return;
    }
    let place = gathered.place.field("rules").field("endpoint_defaults").field("gpus");
    for name in &scene.rules.serverless.endpoint_defaults.gpus {
        if gpus::meant(name, scene.types, scene.rules).is_none() {
            reader.report(&place, gpus::unknown_type(name, scene));
        }
    }
}

/// SLS-09, AIE-08. Takes what the quick deploy says whose name stands in the field.
fn quick_deploy(sayer: &mut Sayer<'_>, field: Field, draft: &mut Draft, scene: &Scene<'_>) {
    let Some(name) = sayer.get::<String>(("quick_deploy", field)) else { return };
    let known = &scene.rules.serverless.quick_deploys;
    if let Some((_, deploy)) = known.iter().find(|(known, _)| *known == name) {
        draft.deploy(*deploy);
        return;
    }
    let fault = unknown("quick deploy", &name, known.iter().map(|(name, _)| name.as_str()));
    sayer.reader.report(&sayer.place.field("quick_deploy"), fault);
}

/// AIE-01, AIE-02. What the platform's endpoint of a model is.
fn of_model(model: usize, scene: &mut Scene<'_>) -> Draft {
    let mut draft = Draft::new(scene);
    let rules = &scene.rules.serverless;
    let model = &rules.ai_models[model];
    let (workers_min, workers_max, flashboot) = rules.ai_defaults;
    draft.deploy(model.deploy);
    draft.types = gpus::meant(&model.class, scene.types, scene.rules).unwrap_or_default();
    let settings = &mut draft.settings;
    settings.gpus = vec![model.class.clone()];
    (settings.workers_min, settings.workers_max) = (workers_min, workers_max);
    settings.flashboot = flashboot;
    settings.execution_timeout = model.execution_timeout.unwrap_or(settings.execution_timeout);
    draft
}

/// The account whose name stands in the field `account` of `place`; what is wrong with it is told elsewhere.
fn account_at(reader: &Reader, place: &Place, accounts: &Accounts) -> Option<AccountId> {
    let name = String::read(reader.sources.text(&place.field("account"))).ok()?;
    accounts.names.get(&name).map(AccountId::from_index)
}
