//! The script: actions with names resolved to ids (API-01).

mod hosts;
pub(super) mod network_volumes;
mod plans;
mod pods;
mod prices;
mod team;

use super::accounts::{Accounts, auto_pay_terms};
use super::endpoints::{Endpoints, Scene};
use super::fleet::Fleet;
use super::names::Names;
use super::sites::Sites;
use super::teams::Teams;
use super::templates::Templates;
use super::types::Types;
use crate::ids::{AccountId, HostId, Id, TemplateId};
use crate::scenario::load::Gathered;
use crate::scenario::model::{Action, ActionKind, Said};
use crate::scenario::own::OwnPolicies;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::schema::script::{ActionText, AmountText, DoText};
use crate::scenario::text::scalar::Amount;
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Gb, Money, SimTime, Span};
use network_volumes::Volumes;

/// POD-01. The container disk of a request that states none.
pub(crate) const DEFAULT_CONTAINER_DISK: Gb = Gb::new(10);

/// The checked script.
#[derive(Debug)]
pub(crate) struct Script {
    /// Names of scripted pods, in order of creation in the text.
    pub(crate) pod_names: Vec<String>,
    /// The same of network volumes.
    pub(crate) network_volume_names: Vec<String>,
    /// The actions, in order of the text.
    pub(crate) actions: Vec<Action>,
    /// Endpoints, those of the script among them.
    pub(crate) endpoints: Endpoints,
    /// Network volumes.
    pub(crate) volumes: Volumes,
}

/// What actions may refer to.
pub(crate) struct Known<'a> {
    /// GPU types.
    pub(crate) types: &'a mut Types,
    /// Hosts.
    pub(crate) fleet: &'a Fleet,
    /// Accounts.
    pub(crate) accounts: &'a Accounts,
    /// Their teams.
    pub(crate) teams: &'a mut Teams,
    /// Templates and images.
    pub(crate) templates: &'a mut Templates,
    /// The market's rules.
    pub(crate) rules: &'a Rules,
    /// Policies of the program's own.
    pub(crate) own: &'a OwnPolicies,
    /// Scripted pods.
    pub(crate) pods: Names,
    /// Scripted network volumes.
    pub(crate) volumes: Volumes,
    /// What requests demand of hosts' places.
    pub(crate) sites: &'a mut Sites,
}

impl Known<'_> {
    /// What a template says at the start, if it is there.
    fn said(&self, template: TemplateId) -> Option<&Said> {
        self.templates.at_start(template)
    }
    /// What endpoints of an account refer to.
    pub(super) fn scene(&mut self, account: Option<AccountId>) -> Scene<'_> {
        let account = account.map(|account| self.accounts.specs[account.index()].name.clone());
        let (here, others) = (
            (&mut *self.types, &mut *self.sites, self.fleet),
            (self.accounts, &mut *self.templates),
        );
        Scene { account, ..Scene::of(here, others, (self.rules, &self.volumes, self.own)) }
    }
}

/// Accounts, their teams, their templates.
type Others<'a> = (&'a Accounts, &'a mut Teams, &'a mut Templates);

/// The script as it stands: each action at its place.
pub(crate) type Acts<'g> = Vec<(&'g Place, ActionText, DoText)>;

/// Reads the actions, without what they refer to: hosts that join are part of the fleet.
pub(crate) fn acts<'g>(reader: &mut Reader, gathered: &'g Gathered) -> Acts<'g> {
    let mut actions = Vec::new();
    for place in &gathered.script {
        let Some(text) = reader.shape::<ActionText>(place) else { continue };
        if !text.r#do.is_stated() {
            reader.missing(place, "do");
        } else if let Some(done) = reader.shape::<DoText>(&place.field("do")) {
            actions.push((place, text, done));
        }
    }
    actions
}

/// Reads the whole script.
pub(crate) fn read(
    reader: &mut Reader,
    (gathered, actions): (&Gathered, Acts<'_>),
    (types, sites, fleet, (accounts, teams, templates)): (
        &mut Types,
        &mut Sites,
        &Fleet,
        Others<'_>,
    ),
    rules: &Rules,
) -> Script {
    let (pod_names, pods) = pods::names(reader, &actions);
    let volumes = Volumes::read(reader, &actions, fleet);
    let own = &gathered.own;
    let network_volume_names = volumes.listed.clone();
    templates.introduce(reader, &actions, accounts);
    let mut known =
        Known { types, fleet, accounts, teams, templates, rules, own, pods, volumes, sites };
    team::invite(reader, &actions, &mut known);
    let mut endpoints = Endpoints::read(reader, gathered, &mut known.scene(None));
    let mut on_endpoints = endpoints.acts(reader, &actions, &mut known);
    let mut listed = Vec::new();
    for (index, (place, text, done)) in actions.iter().enumerate() {
        let at: Option<Span> = reader.required(place, ("at", text.at));
        let account = account(reader, (place, text), done, &known);
        let member = team::acting(reader, (place, text), (account, done), &known);
        let kind = match on_endpoints.remove(&index) {
            Some(action) => Some(ActionKind::Endpoint(Box::new(action))),
            None => kind(reader, (&place.field("do"), account), done, &mut known),
        };
        if let (Some(at), Some(kind)) = (at, kind) {
            let at = SimTime::from_micros(at.micros());
            listed.push(Action { at, account, member, kind });
        }
    }
    let volumes = known.volumes;
    Script { pod_names, network_volume_names, actions: listed, endpoints, volumes }
}

/// Whether an action is the platform's own, and no account's.
fn is_platforms(done: &DoText) -> bool {
    matches!(
        done,
        DoText::HostDown(_)
            | DoText::HostUp(_)
            | DoText::NetworkDown(_)
            | DoText::NetworkUp(_)
            | DoText::HostJoin(_)
            | DoText::HostLeave(_)
            | DoText::ScheduleMaintenance(_)
            | DoText::SetPrice(_)
    )
}

/// Who acts: mandatory, but for what is the platform's own, where it is refused.
fn account(
    reader: &mut Reader,
    (place, text): (&Place, &ActionText),
    done: &DoText,
    known: &Known<'_>,
) -> Option<AccountId> {
    match (text.account.is_stated(), is_platforms(done)) {
        (true, false) => {
            known.accounts.names.find(reader, &place.field("account")).map(AccountId::from_index)
        }
        (false, false) => {
            reader.missing(place, "account");
            None
        }
        (true, true) => {
            let fault = Fault::new("this action is the platform's own", "no `account`");
            reader.report(&place.field("account"), fault);
            None
        }
        (false, true) => None,
    }
}

fn kind(
    reader: &mut Reader,
    (place, account): (&Place, Option<AccountId>),
    done: &DoText,
    known: &mut Known<'_>,
) -> Option<ActionKind> {
    match done {
        DoText::Deposit(text) => amount::<Amount>(reader, place, text)
            .map(|Amount(amount)| ActionKind::Deposit { amount }),
        DoText::Adjust(text) => {
            amount::<Money>(reader, place, text).map(|amount| ActionKind::Adjust { amount })
        }
        DoText::SetAutoPay(text) => {
            auto_pay_terms(reader, place, text).map(|auto_pay| ActionKind::SetAutoPay { auto_pay })
        }
        DoText::CreatePod(text) => pods::create(reader, (place, account), (text, false), known),
        DoText::CreateSpotPod(text) => pods::create(reader, (place, account), (text, true), known),
        DoText::BuySavingsPlan(text) => plans::buy(reader, place, text, known),
        DoText::StopPod(text) => {
            pods::pod(reader, place, text.podId, known).map(|pod| ActionKind::StopPod { pod })
        }
        DoText::ChangeBid(text) => pods::change_bid(reader, place, text, known),
        DoText::ConnectPod(text) => {
            pods::pod(reader, place, text.podId, known).map(|pod| ActionKind::ConnectPod { pod })
        }
        DoText::ResetPod(text) => {
            pods::pod(reader, place, text.podId, known).map(|pod| ActionKind::ResetPod { pod })
        }
        DoText::TerminatePod(text) => {
            pods::pod(reader, place, text.podId, known).map(|pod| ActionKind::TerminatePod { pod })
        }
        DoText::MovePod(text) => pods::move_to(reader, place, text, known),
        DoText::ResumePod(text) => pods::resume(reader, place, (text, false), known),
        DoText::ResumeSpotPod(text) => pods::resume(reader, place, (text, true), known),
        DoText::SaveTemplate(text) => {
            let owner = account.map(|account| known.accounts.specs[account.index()].name.as_str());
            let save = known.templates.save(reader, (place, text), owner);
            save.map(|save| ActionKind::SaveTemplate(Box::new(save)))
        }
        DoText::ConvertToTeam(text) => team::convert(reader, place, text, known),
        DoText::SetMember(text) => team::set_member(reader, (place, account), text, known),
        DoText::CreateNetworkVolume(text) => network_volumes::create(reader, place, text, known),
        DoText::ResizeNetworkVolume(text) => network_volumes::resize(reader, place, text, known),
        DoText::DeleteNetworkVolume(text) => network_volumes::delete(reader, place, text, known),
        DoText::HostDown(text) => {
            host(reader, place, text.host, known).map(|host| ActionKind::HostDown { host })
        }
        DoText::HostUp(text) => {
            host(reader, place, text.host, known).map(|host| ActionKind::HostUp { host })
        }
        DoText::NetworkDown(text) => {
            host(reader, place, text.host, known).map(|host| ActionKind::NetworkDown { host })
        }
        DoText::NetworkUp(text) => {
            host(reader, place, text.host, known).map(|host| ActionKind::NetworkUp { host })
        }
        DoText::HostJoin(text) => hosts::join(reader, place, text, known),
        DoText::HostLeave(text) => hosts::leave(reader, place, text, known),
        DoText::ScheduleMaintenance(text) => hosts::maintenance(reader, place, text, known),
        DoText::SetPrice(text) => prices::set_price(reader, place, text, known),
        // Read before, in order of time.
        DoText::CreateEndpoint(_)
        | DoText::UpdateEndpoint(_)
        | DoText::DeleteEndpoint(_)
        | DoText::SubmitJob(_)
        | DoText::CancelJob(_)
        | DoText::PurgeQueue(_) => None,
    }
}

fn amount<T: crate::scenario::text::scalar::Scalar>(
    reader: &mut Reader,
    place: &Place,
    text: &AmountText,
) -> Option<T> {
    reader.required(place, ("amount", text.amount))
}

fn host(reader: &mut Reader, place: &Place, field: Field, known: &Known<'_>) -> Option<HostId> {
    if !field.is_stated() {
        reader.missing(place, "host");
        return None;
    }
    known.fleet.names.find(reader, &place.field("host")).map(HostId::from_index)
}
