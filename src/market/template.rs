//! Templates are made, changed, and used by requests (TMPL-01 to TMPL-03, POD-08, POD-23).

use crate::ids::{AccountId, Id, TemplateId, VersionId};
use crate::journal::Fact;
use crate::journal::fact::{Named, Operation, Refusal, TemplateSaved};
use crate::scenario::demand::Demand;
use crate::scenario::model::{Command, FromTemplate, Image, Said, SaveTemplate, TemplateKind};
use crate::turn::Turn;

/// POD-01. The container disk where nobody states one.
const CONTAINER_DISK: crate::units::Gb = crate::units::Gb::new(10);

/// Class 5: SaveTemplate. One without an id is made, one of one's own is changed; what is left out of a change
/// stays. Pods that were placed with it keep what it said (TMPL-02).
pub fn save(turn: &mut Turn<'_, '_>, account: AccountId, save: &SaveTemplate) {
    match saved(turn, account, save) {
        Ok(said) => {
            let template = save.template;
            turn.world.templates.say(template, Some(account), said);
            turn.state(Fact::TemplateSaved(TemplateSaved { account, template }));
        }
        Err(reason) => {
            let name = Named::Template(save.template);
            turn.reject_named(account, Operation::SaveTemplate, name, reason);
        }
    }
}

/// GEN-14. What the template says from now on, or why not.
fn saved(turn: &Turn<'_, '_>, account: AccountId, save: &SaveTemplate) -> Result<Said, Refusal> {
    let SaveTemplate { template, creates, said } = save;
    let templates = &turn.world.templates;
    let before = templates.current(*template);
    let own = turn.scenario.templates[template.index()].owner == Some(account);
    if !creates && (before.is_none() || !own) {
        return Err(Refusal::Unknown);
    }
    let name_before = before.and_then(|before| templates.said(before).name.as_deref());
    let name = said.name.as_deref();
    // TMPL-03. An id is never given twice, and a name to one of an account's at a time.
    let taken = (*creates && before.is_some())
        || name.is_some_and(|name| name_before != Some(name) && templates.has(account, name));
    if taken || said.not_offered {
        return Err(Refusal::BadArgument);
    }
    Ok(match before {
        Some(before) => said.over(templates.said(before)),
        None => Said { kind: said.kind.or(Some(TemplateKind::Private)), ..said.clone() },
    })
}

/// TMPL-02. What a template says at present to an account: nothing, if it is yet to be made or is private
/// to another.
pub fn find(turn: &Turn<'_, '_>, account: AccountId, template: TemplateId) -> Option<VersionId> {
    let version = turn.world.templates.current(template)?;
    let owner = turn.scenario.templates[template.index()].owner;
    let is_shared = match turn.world.templates.said(version).kind {
        Some(TemplateKind::Official | TemplateKind::Community) => true,
        Some(TemplateKind::Private) | None => false,
    };
    (is_shared || owner == Some(account)).then_some(version)
}

/// TMPL-01. Puts what a template says in the place of what a request leaves out; none, if the account has
/// no such template.
pub fn fill_in(
    turn: &Turn<'_, '_>,
    (account, from): (AccountId, FromTemplate),
    (demand, image, command): (&mut Demand, &mut Image, &mut Command),
) -> Option<VersionId> {
    let version = find(turn, account, from.template)?;
    let said = turn.world.templates.said(version);
    if !from.states_container_disk {
        demand.container_disk = said.container_disk.unwrap_or(CONTAINER_DISK);
    }
    if !from.states_volume {
        demand.volume = said.volume.unwrap_or_default();
    }
    if !from.states_image {
        *image = said.image.unwrap_or(Image::EVERYWHERE);
    }
    if !from.states_command {
        *command = said.command.unwrap_or_default();
    }
    Some(version)
}
