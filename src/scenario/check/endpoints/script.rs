//! Scripted endpoints and jobs, read in order of time: what an action says anew is put over what those before
//! it have said (SLS-09, SLS-10, SLS-14, JOB-01, JOB-16, JOB-17).

use super::states::{self, Standing, State};
use super::{Draft, Endpoints, Scene, account_at, quick_deploy};
use crate::ids::{AccountId, EndpointId, Id, RequestNameId};
use crate::scenario::check::endpoints::settings::{self, Sayer};
use crate::scenario::check::script::{Acts, Known};
use crate::scenario::model::serverless::{
    Change, EndpointAction, EndpointSpec, Resolved, Submission, Work,
};
use crate::scenario::problem::Fault;
use crate::scenario::schema::jobs::{CancelJobText, SubmitJobText};
use crate::scenario::schema::script::DoText;
use crate::scenario::schema::serverless::{CreateEndpointText, SettingsText, UpdateEndpointText};
use crate::scenario::text::scalar::Scalar;
use crate::scenario::text::scalar::serverless::{Operation, Units};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What actions do to endpoints, by their place in the script.
pub(crate) type EndpointActs = BTreeMap<usize, EndpointAction>;

/// Who acts.
#[derive(Clone, Copy)]
struct Actor {
    account: Option<AccountId>,
    /// TEAM-03. Whether a member acts for it, whose role may not allow it by then.
    is_member: bool,
}

impl Endpoints {
    /// Reads all that the script does to endpoints.
    pub(crate) fn acts(
        &mut self,
        reader: &mut Reader,
        actions: &Acts<'_>,
        known: &mut Known<'_>,
    ) -> EndpointActs {
        self.introduce(reader, actions, known);
        let at = |index: &usize| {
            let (place, ..) = &actions[*index];
            Span::read(reader.sources.text(&place.field("at"))).unwrap_or(Span::ZERO)
        };
        let mut order: Vec<(Span, usize)> =
            (0..actions.len()).map(|index| (at(&index), index)).collect();
        order.sort_unstable();
        let mut acts = EndpointActs::new();
        for (_, index) in order {
            let (place, text, done) = &actions[index];
            let account = account_at(reader, place, known.accounts);
            let by = Actor { account, is_member: text.member.is_stated() };
            let mut scene = known.scene(account);
            let place = place.field("do");
            let action = self.act(reader, (&place, done, by), &mut scene);
            acts.extend(action.map(|action| (index, action)));
        }
        acts
    }
    /// What an action does, if that is to an endpoint.
    fn act(
        &mut self,
        reader: &mut Reader,
        (place, done, by): (&Place, &DoText, Actor),
        scene: &mut Scene<'_>,
    ) -> Option<EndpointAction> {
        if let DoText::CreateEndpoint(text) = done {
            self.create(reader, (place, text), scene)
        } else if let DoText::UpdateEndpoint(text) = done {
            self.update(reader, (place, text, by), scene)
        } else if let DoText::DeleteEndpoint(text) = done {
            self.stated(reader, (place, text.endpoint), scene).map(EndpointAction::Delete)
        } else if let DoText::PurgeQueue(text) = done {
            self.stated(reader, (place, text.endpoint), scene).map(EndpointAction::Purge)
        } else if let DoText::SubmitJob(text) = done {
            self.submit(reader, (place, text), scene)
        } else if let DoText::CancelJob(text) = done {
            self.cancel(reader, (place, text), scene)
        } else {
            None
        }
    }
    /// Makes known the endpoints that the script makes, and the jobs that have ids.
    fn introduce(&mut self, reader: &mut Reader, actions: &Acts<'_>, known: &Known<'_>) {
        for (place, _, done) in actions {
            if let DoText::CreateEndpoint(text) = done
                && text.name.is_stated()
                && let Some(owner) = account_at(reader, place, known.accounts)
            {
                self.introduce_one(reader, &place.field("do").field("name"), owner);
            }
            if let DoText::SubmitJob(text) = done
                && text.id.is_stated()
            {
                let place = place.field("do").field("id");
                let Ok(name) = String::read(reader.sources.text(&place)) else { continue };
                self.jobs.add(reader, &name, self.request_names.len(), &place);
                self.request_names.push(name);
            }
        }
    }
    fn introduce_one(&mut self, reader: &mut Reader, place: &Place, owner: AccountId) {
        let Some(name) = reader.scalar::<String>(place) else { return };
        if self.groups.contains_key(&name) {
            let expected = "a name of its own: several endpoints alike have this one";
            reader.report(place, Fault::new(format!("duplicate endpoint `{name}`"), expected));
        }
        let Some(index) = self.names.get(&name) else {
            self.names.add(reader, &name, self.specs.len(), place);
            self.push(name, owner);
            return;
        };
        if self.specs[index].account != owner {
            let expected = "a name of its own: outputs tell endpoints by their names";
            reader.report(place, Fault::new("another account's endpoint has this name", expected));
        }
    }
    fn push(&mut self, name: String, account: AccountId) -> EndpointId {
        let id = EndpointId::from_index(self.specs.len());
        self.specs.push(EndpointSpec { name, account, model: None, at_start: None });
        self.states.push(State::default());
        id
    }
    /// The endpoint named in the field `endpoint` of `place`.
    fn stated(
        &mut self,
        reader: &mut Reader,
        (place, field): (&Place, Field),
        scene: &mut Scene<'_>,
    ) -> Option<EndpointId> {
        if !field.is_stated() {
            reader.missing(place, "endpoint");
            return None;
        }
        self.find(reader, &place.field("endpoint"), scene)
    }
    /// CreateEndpoint. One without a name still is one of which it is told that it is refused.
    fn create(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &CreateEndpointText),
        scene: &mut Scene<'_>,
    ) -> Option<EndpointAction> {
        let name: Option<String> = reader.optional(place, ("name", text.name));
        let settings = text.settings();
        let mut draft = Draft::new(scene);
        let mut sayer = Sayer { reader, place, is_strict: false, own: scene.own };
        quick_deploy(&mut sayer, text.quick_deploy, &mut draft, scene);
        settings::read(&mut sayer, &settings, &mut draft, scene);
        let Some(name) = name else {
            let owner = scene.accounts.names.get(scene.account.as_deref()?)?;
            let id = self.push(String::new(), AccountId::from_index(owner));
            return (!text.name.is_stated()).then_some(EndpointAction::Create(id, None));
        };
        let id = EndpointId::from_index(self.names.get(&name)?);
        if !settings.gpus.is_stated() || !draft.has_image {
            return Some(EndpointAction::Create(id, None));
        }
        let resolved = self.resolve(id, &draft, scene);
        let state = &mut self.states[id.index()];
        state.execution = draft.execution.or(state.execution);
        let resolved = state.number(resolved);
        if resolved.amiss.is_none() && draft.has_bounds(scene) {
            state.may_become(Standing { number: resolved.standing, draft });
        }
        Some(EndpointAction::Create(id, Some(resolved)))
    }
    fn resolve(&mut self, id: EndpointId, draft: &Draft, scene: &mut Scene<'_>) -> Resolved {
        let name = self.specs[id.index()].name.clone();
        draft.resolve((id, &name), scene, &mut self.images)
    }
    /// UpdateEndpoint.
    fn update(
        &mut self,
        reader: &mut Reader,
        (place, text, by): (&Place, &UpdateEndpointText, Actor),
        scene: &mut Scene<'_>,
    ) -> Option<EndpointAction> {
        let id = self.stated(reader, (place, text.endpoint), scene);
        if text.name.is_stated() {
            let expected = "no `name`: outputs tell endpoints by the names that they began with";
            reader.report(&place.field("name"), Fault::new("a new name", expected));
        }
        let said = text.settings();
        let before = id.and_then(|id| self.states[id.index()].may_be.first().cloned());
        let first = before.map_or_else(|| Draft::new(scene), |standing| standing.draft);
        let draft = put_over(reader, place, (&said, first), scene);
        let id = id?;
        let new = &draft.settings;
        let mut change = Change {
            workers_min: said.workers_min.is_stated().then_some(new.workers_min),
            workers_max: said.workers_max.is_stated().then_some(new.workers_max),
            idle_timeout: said.idle_timeout.is_stated().then_some(new.idle_timeout),
            scaler: said.scaler.is_stated().then(|| new.scaler.clone()),
            keep_alive: said.keep_alive.is_stated().then_some(new.keep_alive),
            execution_timeout: said.execution_timeout.is_stated().then_some(new.execution_timeout),
            ttl: said.ttl.is_stated().then_some(new.ttl),
            max_attempts: said.max_attempts.is_stated().then_some(new.max_attempts),
            revisions: Vec::new(),
            amiss: draft.amiss,
        };
        if is_revision(&said) {
            change.revisions = self.revise(reader, (place, &said, by), id, scene);
        }
        Some(EndpointAction::Update(id, Box::new(change)))
    }
    /// SLS-10. What an update makes of all that an endpoint may be; it may be all of these from now on, and where
    /// the market may refuse the update, what it was, too.
    fn revise(
        &mut self,
        reader: &mut Reader,
        (place, said, by): (&Place, &SettingsText, Actor),
        id: EndpointId,
        scene: &mut Scene<'_>,
    ) -> Vec<(u32, Arc<Resolved>)> {
        let before = std::mem::take(&mut self.states[id.index()].may_be);
        let is_owner = by.account == Some(self.specs[id.index()].account);
        let bounds = said.workers_min.is_stated() || said.workers_max.is_stated();
        let (mut revisions, mut taken, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for standing in before {
            let base = standing.draft.clone();
            let draft = reader.quietly(|reader| put_over(reader, place, (said, base), scene));
            let has_volume = draft.settings.network_volume.is_some();
            let resolved = self.resolve(id, &draft, scene);
            let is_sound = resolved.amiss.is_none() && is_owner;
            let resolved = self.states[id.index()].number(resolved);
            revisions.push((standing.number, Arc::clone(&resolved)));
            if is_sound {
                taken.push(Standing { number: resolved.standing, draft });
            }
            if !is_sound || bounds || has_volume || by.is_member {
                refused.push(standing);
            }
        }
        let may_be = states::with(taken, refused);
        if states::MOST < may_be.len() {
            let expected =
                "fewer that change both `workers_max` or `workers_min` and what needs a revision";
            let message = "so many updates of an endpoint, each of which may be refused (SLS-10)";
            reader.report(place, Fault::new(message, expected));
        }
        self.states[id.index()].may_be = may_be.into_iter().take(states::MOST).collect();
        revisions
    }
    /// SubmitJob.
    fn submit(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &SubmitJobText),
        scene: &mut Scene<'_>,
    ) -> Option<EndpointAction> {
        let endpoint = self.stated(reader, (place, text.endpoint), scene);
        let count = reader.or(place, ("count", text.count), 1);
        if count == 0 {
            reader.report(&place.field("count"), Fault::new("no job at all", "a positive number"));
        }
        if 1 < count && text.id.is_stated() {
            let fault = Fault::new("an id of several jobs", "no `id`, or a single job");
            reader.report(&place.field("id"), fault);
        }
        let name: Option<String> = reader.optional(place, ("id", text.id));
        let name = name.and_then(|name| self.jobs.get(&name)).map(RequestNameId::from_index);
        let execution = self.work(reader, (place, text), endpoint);
        let operation = reader.or(place, ("operation", text.operation), Operation::Run);
        let job = Submission {
            sync: operation == Operation::RunSync,
            execution: execution.unwrap_or(Work::Takes(Span::ZERO)),
            low_priority: reader.or(place, ("lowPriority", text.lowPriority), false),
            execution_timeout: reader.optional(place, ("executionTimeout", text.executionTimeout)),
            ttl: reader.optional(place, ("ttl", text.ttl)),
            handler_error: reader.or(place, ("handler_error", text.handler_error), false),
            has_input: reader.or(place, ("input", text.input), true),
            input_bytes: reader.or(place, ("input_bytes", text.input_bytes), 0),
            output_bytes: reader.or(place, ("output_bytes", text.output_bytes), 0),
            output_units: reader.or(place, ("output_units", text.output_units), Units(0)).0,
            sync_wait: reader.optional(place, ("sync_wait", text.sync_wait)),
            webhook: reader.or(place, ("webhook", text.webhook), false),
        };
        execution?;
        Some(EndpointAction::Submit { endpoint: endpoint?, name, count, job })
    }
    /// What a scripted job comes to.
    fn work(
        &self,
        reader: &mut Reader,
        (place, text): (&Place, &SubmitJobText),
        endpoint: Option<EndpointId>,
    ) -> Option<Work> {
        let state = endpoint.map(|endpoint| &self.states[endpoint.index()]);
        if text.tokens.is_stated() {
            let at = place.field("tokens");
            if text.execution.is_stated() {
                let fault = Fault::new("a job of two lengths", "`execution` or `tokens`");
                reader.report(&at, fault);
            }
            if state.is_some_and(State::lacks_rates) {
                let expected = "`execution`, or an endpoint with `token_rates`";
                reader.report(&at, Fault::new("tokens that nothing works off", expected));
            }
            let (prompt, answer) = reader.pair(&at, "tokens of prompt and answer")?;
            let (prompt, answer) = (reader.scalar(&prompt), reader.scalar(&answer));
            return Some(Work::Tokens(prompt?, answer?));
        }
        if text.execution.is_stated() {
            return reader.optional(place, ("execution", text.execution)).map(Work::Takes);
        }
        let usual = state?.execution;
        if usual.is_none() {
            let expected = "`execution` or `tokens`, as the endpoint has no quick deploy";
            reader.report(place, Fault::new("a job of no length", expected));
        }
        usual.map(Work::Takes)
    }
    /// CancelJob.
    fn cancel(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &CancelJobText),
        scene: &mut Scene<'_>,
    ) -> Option<EndpointAction> {
        let endpoint = self.stated(reader, (place, text.endpoint), scene);
        if !text.id.is_stated() {
            reader.missing(place, "id");
            return None;
        }
        let job = self.jobs.find(reader, &place.field("id")).map(RequestNameId::from_index);
        Some(EndpointAction::Cancel(endpoint?, job?))
    }
}

/// What an update at `place` says, over a draft of what the endpoint is.
fn put_over(
    reader: &mut Reader,
    place: &Place,
    (said, mut draft): (&SettingsText, Draft),
    scene: &mut Scene<'_>,
) -> Draft {
    draft.amiss = None;
    let mut sayer = Sayer { reader, place, is_strict: false, own: scene.own };
    settings::read(&mut sayer, said, &mut draft, scene);
    draft
}

/// SLS-10. Whether any field is said that needs a new revision.
fn is_revision(said: &SettingsText) -> bool {
    let fields = [
        said.gpus,
        said.gpus_per_worker,
        said.flashboot,
        said.data_centers,
        said.network_volume,
        said.template,
        said.image_name,
        said.image_gb,
        said.model_gb,
        said.model_source,
        said.container_disk_gb,
        said.concurrency,
        said.stream_interval,
        said.aggregate,
        said.token_rates,
    ];
    fields.iter().any(|field| field.is_stated())
}
