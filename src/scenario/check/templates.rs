//! Templates of the scenario and of its script (TMPL-01 to TMPL-03, POD-23).

use super::accounts::Accounts;
use super::images::Images;
use super::names::{Names, is_blank, unknown};
use crate::ids::{AccountId, Id, TemplateId};
use crate::scenario::load::Gathered;
use crate::scenario::model::{
    Container, Os, Port, Protocol, Said, SaveTemplate, TemplateKind, TemplateSpec,
};
use crate::scenario::problem::Fault;
use crate::scenario::schema::script::{ActionText, DoText};
use crate::scenario::schema::templates::TemplateText;
use crate::scenario::text::reader::Named;
use crate::scenario::text::scalar::Scalar;
use crate::scenario::text::{Place, Reader};

/// All templates, and the images that they and requests name.
#[derive(Debug)]
pub(crate) struct Templates {
    /// Those of the start, then those of the script.
    pub(crate) specs: Vec<TemplateSpec>,
    /// Their ids.
    ids: Names,
    /// The images.
    pub(crate) images: Images,
}

impl Templates {
    /// Reads the templates that the scenario has at its start.
    pub(crate) fn read(reader: &mut Reader, gathered: &Gathered, accounts: &Accounts) -> Self {
        let (ids, images) = (Names::of("template"), Images::default());
        let mut templates = Self { specs: Vec::new(), ids, images };
        for place in &gathered.templates {
            let Some(text) = reader.shape::<TemplateText>(place) else { continue };
            templates.add(reader, (place, &text), accounts);
        }
        templates
    }
    fn add(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &TemplateText),
        accounts: &Accounts,
    ) {
        if text.id.is_stated() {
            let fault = Fault::new("an id of its own", "no `id`: it is made of owner and name");
            reader.report(&place.field("id"), fault);
        }
        let mut owner = None;
        if text.owner.is_stated() {
            owner = accounts.names.find(reader, &place.field("owner"));
        }
        if !text.name.is_stated() {
            reader.missing(place, "name");
        }
        let mut said = self.said(reader, place, text);
        match (said.kind, text.owner.is_stated()) {
            (Some(TemplateKind::Official), true) => {
                let fault = Fault::new("an official template of an account", "no `owner`");
                reader.report(&place.field("owner"), fault);
            }
            (Some(TemplateKind::Community | TemplateKind::Private), false) => {
                let fault = Fault::new("a template of nobody", "its `owner`, an account");
                reader.report(&place.field("kind"), fault);
            }
            (None, false) => said.kind = Some(TemplateKind::Official),
            _ => {}
        }
        if said.not_offered {
            let expected = "a container that runs on Linux, without a daemon of its own (POD-23)";
            reader.report(place, Fault::new("a template that is not offered", expected));
        }
        let Some(name) = said.name.clone() else { return };
        let owner = owner.map(AccountId::from_index);
        let id = id_of(owner.map(|owner| accounts.specs[owner.index()].name.as_str()), &name);
        self.ids.add(reader, &id, self.specs.len(), &place.field("name"));
        self.specs.push(TemplateSpec { id, owner, at_start: Some(said) });
    }
    /// Makes known the templates that the script makes.
    pub(crate) fn introduce(
        &mut self,
        reader: &Reader,
        actions: &[(&Place, ActionText, DoText)],
        accounts: &Accounts,
    ) {
        for (place, _, done) in actions {
            let DoText::SaveTemplate(text) = done else { continue };
            if text.id.is_stated() {
                continue;
            }
            let read = |place: &Place| String::read(reader.sources.text(place)).ok();
            let account = read(&place.field("account"));
            let Some(owner) = account.as_deref().and_then(|name| accounts.names.get(name)) else {
                continue;
            };
            let Some(name) = read(&place.field("do").field("name")) else { continue };
            let id = id_of(account.as_deref(), &name);
            if self.ids.get(&id).is_none() {
                self.ids.insert(&id, self.specs.len());
                let owner = Some(AccountId::from_index(owner));
                self.specs.push(TemplateSpec { id, owner, at_start: None });
            }
        }
    }
    /// The template whose id stands at `place`; one's own may be called by its name alone.
    pub(crate) fn find(
        &self,
        reader: &mut Reader,
        place: &Place,
        account: Option<&str>,
    ) -> Option<TemplateId> {
        let name: String = reader.scalar(place)?;
        let own = account.and_then(|account| self.ids.get(&id_of(Some(account), &name)));
        let found = own.or_else(|| self.ids.get(&name));
        if found.is_none() {
            let fault = unknown("template", &name, self.ids.iter());
            reader.report(place, fault);
        }
        found.map(TemplateId::from_index)
    }
    /// What a template says at the start, if it is there.
    pub(crate) fn at_start(&self, template: TemplateId) -> Option<&Said> {
        self.specs[template.index()].at_start.as_ref()
    }
    /// SaveTemplate of an account.
    pub(crate) fn save(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &TemplateText),
        account: Option<&str>,
    ) -> Option<SaveTemplate> {
        if text.owner.is_stated() {
            let fault = Fault::new("a template of another", "no `owner`: it is the account's");
            reader.report(&place.field("owner"), fault);
        }
        let creates = !text.id.is_stated();
        if creates && !text.name.is_stated() {
            reader.missing(place, "name");
        }
        let said = self.said(reader, place, text);
        if said.kind == Some(TemplateKind::Official) {
            let fault = Fault::new("an official template of an account", "community or private");
            reader.report(&place.field("kind"), fault);
        }
        let template = if creates {
            let id = id_of(Some(account?), said.name.as_deref()?);
            TemplateId::from_index(self.ids.get(&id)?)
        } else {
            self.find(reader, &place.field("id"), account)?
        };
        Some(SaveTemplate { template, creates, said })
    }
    /// What is said of a template at `place`.
    fn said(&mut self, reader: &mut Reader, place: &Place, text: &TemplateText) -> Said {
        let name: Option<String> = reader.optional(place, ("name", text.name));
        let blank = name
            .as_deref()
            .is_some_and(|name| is_blank(reader, "template", name, &place.field("name")));
        let fields = (
            ("imageName", text.imageName),
            ("image_gb", text.image_gb),
            Some(("layers", text.layers)),
        );
        let image = self.images.read(reader, place, fields);
        let windows = reader.optional(place, ("os", text.os)) == Some(Os::Windows);
        let daemon: Option<bool> = reader.optional(place, ("docker_daemon", text.docker_daemon));
        Said {
            name: name.filter(|_| !blank),
            kind: reader.optional(place, ("kind", text.kind)),
            image,
            command: reader.optional(place, ("command", text.command)),
            container_disk: reader.optional(place, ("containerDiskInGb", text.containerDiskInGb)),
            volume: reader.optional(place, ("volumeInGb", text.volumeInGb)),
            container: container(
                reader,
                place,
                [
                    ("imageName", text.imageName),
                    ("dockerArgs", text.dockerArgs),
                    ("volumeMountPath", text.volumeMountPath),
                    ("ports", text.ports),
                    ("env", text.env),
                ],
            ),
            readme: reader.optional(place, ("readme", text.readme)),
            not_offered: windows || daemon == Some(true),
        }
    }
}

/// The id of a template: its first name, behind its owner's.
fn id_of(owner: Option<&str>, name: &str) -> String {
    owner.map_or_else(|| name.to_owned(), |owner| format!("{owner}/{name}"))
}

/// What the fields at `place` say of a container: image, arguments, mount path, ports, environment.
pub(crate) fn container(
    reader: &mut Reader,
    place: &Place,
    [image, args, mount, ports, env]: [Named<'_>; 5],
) -> Container {
    // What is wrong with the image's name is told where the image is read.
    let image_name = image.1.is_stated().then(|| reader.sources.text(&place.field(image.0)));
    Container {
        image_name: image_name.and_then(|text| String::read(text).ok()),
        docker_args: reader.optional(place, args),
        mount_path: reader.optional(place, mount),
        ports: reader.optional::<Ports>(place, ports).map(|ports| ports.0),
        env: if env.1.is_stated() { environment(reader, place, env) } else { None },
    }
}

/// Names and values, in order of the names.
fn environment(
    reader: &mut Reader,
    place: &Place,
    (name, field): Named<'_>,
) -> Option<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, place) in reader.entries(&place.field(name), field)? {
        let text = &reader.sources.get(place.file).text[key.clone()];
        let name = String::read(text).unwrap_or_default();
        if is_blank(reader, "variable", &name, &place) {
            continue;
        }
        if pairs.iter().any(|(known, _)| *known == name) {
            let fault = Fault::new(format!("variable `{name}` twice"), "each variable once");
            reader.report_key(key, &place, fault);
        }
        if let Some(value) = reader.scalar::<String>(&place) {
            pairs.push((name, value));
        }
    }
    pairs.sort_unstable();
    Some(pairs)
}

/// The ports that a container opens.
struct Ports(Vec<Port>);

impl Scalar for Ports {
    fn read(text: &str) -> Result<Self, Fault> {
        let stated = String::read(text)?;
        let mut ports = Vec::new();
        for part in stated.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let port = part.split_once('/').and_then(|(number, protocol)| {
                let number = number.parse().ok().filter(|number| 0 < *number)?;
                let protocol = match protocol {
                    "http" => Protocol::Http,
                    "tcp" => Protocol::Tcp,
                    _ => return None,
                };
                Some(Port { number, protocol })
            });
            let Some(port) = port else {
                let expected = "ports such as \"8888/http,22/tcp\"";
                return Err(Fault::new(format!("unreadable port `{part}`"), expected));
            };
            if ports.contains(&port) {
                return Err(Fault::new(format!("port `{part}` twice"), "each port once"));
            }
            ports.push(port);
        }
        Ok(Self(ports))
    }
}
