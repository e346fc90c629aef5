//! What templates say at present, and what pods were started with (TMPL-01 to TMPL-03, TMPL-06).

use crate::ids::{AccountId, ActionId, Id, PodId, TemplateId, VersionId};
use crate::scenario::Scenario;
use crate::scenario::model::{Said, TemplateSpec};
use std::collections::{BTreeMap, BTreeSet};

/// The templates.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    /// All that any of them ever said: a pod keeps what it was placed with (TMPL-02).
    versions: Vec<Said>,
    /// What each says now; none: it is yet to be made.
    current: Vec<Option<VersionId>>,
    /// The names that each account's have: no two share one.
    names: BTreeSet<(Option<AccountId>, String)>,
    /// TMPL-06. Where it stands what live pods were started with, of those that were told anything.
    pub containers: BTreeMap<PodId, Origin>,
}

/// Where it stands what a pod's container was started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What its template said.
    pub version: Option<VersionId>,
    /// The scripted request.
    pub action: Option<ActionId>,
}

impl Templates {
    /// Those of the start.
    pub fn new(scenario: &Scenario) -> Self {
        let mut templates = Self::default();
        for TemplateSpec { owner, at_start, .. } in &scenario.templates {
            templates.current.push(None);
            if let Some(said) = at_start {
                let template = TemplateId::from_index(templates.current.len() - 1);
                templates.say(template, *owner, said.clone());
            }
        }
        templates
    }
    /// What a template says now; none: it is yet to be made.
    pub fn current(&self, template: TemplateId) -> Option<VersionId> {
        self.current[template.index()]
    }
    /// What was said.
    pub fn said(&self, version: VersionId) -> &Said {
        &self.versions[version.index()]
    }
    /// Whether a template of the account has this name.
    pub fn has(&self, owner: AccountId, name: &str) -> bool {
        self.names.contains(&(Some(owner), name.to_owned()))
    }
    /// From now on the template says this.
    pub fn say(&mut self, template: TemplateId, owner: Option<AccountId>, said: Said) -> VersionId {
        if let Some(before) = self.current(template) {
            let name = self.said(before).name.clone().unwrap_or_default();
            self.names.remove(&(owner, name));
        }
        self.names.insert((owner, said.name.clone().unwrap_or_default()));
        let version = VersionId::from_index(self.versions.len());
        self.versions.push(said);
        self.current[template.index()] = Some(version);
        version
    }
}
