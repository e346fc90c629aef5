//! Reading a scenario: its file, what it includes, the traces that it names.
//!
//! Paths are relative to the file that names them; if there is nothing, to the working directory, so
//! that an override on the command line may name a file as the shell shows it.

mod overrides;

use super::check;
use super::model::{InputFile, Scenario, SourceText};
use super::own::OwnPolicies;
use super::problem::{Fault, Problems, nearest};
use super::schema::{FragmentText, ScenarioText};
use super::text::{Origin, Place, Reader, Source, Stated};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A value that replaces, or adds, one of the scenario's: `--set path=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The path of the field, such as `rules.grace` or `customers[0].arrivals.rate`.
    pub path: String,
    /// Its new value as RON; a text that is no RON is taken as if in quotation marks.
    pub value: String,
    /// Where it is stated, if not on the command line.
    origin: Option<Origin>,
}

impl Override {
    /// The override that gives the field at `path` this value.
    pub fn new(path: impl Into<String>, value: impl Into<String>) -> Self {
        Self { path: path.into(), value: value.into(), origin: None }
    }
    /// The same, stated in a file: what is wrong with it is shown there.
    pub(crate) fn stated_at(self, origin: Origin) -> Self {
        Self { origin: Some(origin), ..self }
    }
    fn stated(&self) -> Stated<'_> {
        Stated { path: &self.path, value: &self.value, origin: self.origin.as_ref() }
    }
}

impl std::fmt::Display for Override {
    /// As the command line gives it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.path, self.value)
    }
}

/// Reads and checks the scenario file at `path`, with `overrides` spliced in.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(path: &Path, overrides: &[Override]) -> Result<Scenario, Problems> {
    load_with(path, overrides, OwnPolicies::default())
}

/// As [`load`], for a program with policies of its own, which the scenario may choose by name.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load_with(
    path: &Path,
    overrides: &[Override],
    own: OwnPolicies,
) -> Result<Scenario, Problems> {
    let name = path.display().to_string();
    let directory = path.parent().unwrap_or(Path::new("")).to_path_buf();
    match std::fs::read(path) {
        Ok(bytes) => read((&name, &bytes), directory, overrides, own),
        Err(error) => {
            let mut reader = Reader::default();
            let file = reader.sources.add(Source::new(&name, String::new()));
            let mut fault =
                Fault::new(format!("cannot read `{name}`"), "a scenario file").found(error);
            fault.nearest = scenario_near(path);
            reader.report(&Place::root(file), fault);
            reader.finish(None)
        }
    }
}

/// The scenario beside `path` that may have been meant.
pub(crate) fn scenario_near(path: &Path) -> Option<String> {
    let directory = path.parent()?;
    let here = if directory == Path::new("") { Path::new(".") } else { directory };
    let entries = std::fs::read_dir(here).ok()?.flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".ron")).collect();
    names.sort_unstable();
    let name = path.file_stem()?.to_str()?;
    let stems = names.iter().filter_map(|name| name.strip_suffix(".ron"));
    let near = nearest(name, stems)?;
    Some(directory.join(format!("{near}.ron")).display().to_string())
}

/// Reads and checks the scenario `text`, called `name`; paths in it are relative to the working
/// directory.
///
/// # Errors
/// Everything that is wrong with it.
pub fn from_text(name: &str, text: &str) -> Result<Scenario, Problems> {
    from_text_with(name, text, OwnPolicies::default())
}

/// As [`from_text`], for a program with policies of its own, which the scenario may choose by name.
///
/// # Errors
/// Everything that is wrong with it.
pub fn from_text_with(name: &str, text: &str, own: OwnPolicies) -> Result<Scenario, Problems> {
    read((name, text.as_bytes()), PathBuf::new(), &[], own)
}

fn read(
    (name, bytes): (&str, &[u8]),
    directory: PathBuf,
    overrides: &[Override],
    own: OwnPolicies,
) -> Result<Scenario, Problems> {
    let mut reader = Reader::default();
    let mut files = Files::new(name, bytes, directory);
    let place = reader.open(name, bytes);
    let waiting = place.as_ref().map(|place| overrides::set(&mut reader, place, overrides));
    let gathered = place.and_then(|place| Gathered::read(&mut reader, place, &mut files, own));
    if let (Some(waiting), Some(gathered)) = (waiting, &gathered)
        && !overrides::set_included(&mut reader, gathered, waiting)
    {
        return reader.finish(None);
    }
    let scenario = gathered.map(|gathered| Scenario {
        overrides: overrides.iter().map(Override::to_string).collect(),
        ..check::scenario(&mut reader, &gathered, &mut files)
    });
    reader.finish(scenario)
}

/// How deep files may include one another.
const MOST_INCLUDED: usize = 64;

/// The scenario's own fields, and the items of its lists with those of all that it includes.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// The scenario file.
    pub(crate) place: Place,
    /// Its fields.
    pub(crate) text: ScenarioText,
    /// Where each of the lists' items stands.
    pub(crate) gpu_types: Vec<Place>,
    pub(crate) datacenters: Vec<Place>,
    pub(crate) fleet: Vec<Place>,
    pub(crate) supply: Vec<Place>,
    pub(crate) accounts: Vec<Place>,
    pub(crate) templates: Vec<Place>,
    pub(crate) customers: Vec<Place>,
    pub(crate) endpoints: Vec<Place>,
    pub(crate) requests: Vec<Place>,
    pub(crate) script: Vec<Place>,
    /// The policies that it may choose beside the built-in ones.
    pub(crate) own: OwnPolicies,
    /// How many files include the one that is being read.
    depth: usize,
}

impl Gathered {
    fn read(
        reader: &mut Reader,
        place: Place,
        files: &mut Files,
        own_policies: OwnPolicies,
    ) -> Option<Self> {
        let text: ScenarioText = reader.shape(&place)?;
        let own = FragmentText {
            include: text.include,
            gpu_types: text.gpu_types,
            datacenters: text.datacenters,
            fleet: text.fleet,
            supply: text.supply,
            accounts: text.accounts,
            templates: text.templates,
            customers: text.customers,
            endpoints: text.endpoints,
            requests: text.requests,
            script: text.script,
        };
        let mut gathered = Self {
            place: place.clone(),
            text,
            gpu_types: Vec::new(),
            datacenters: Vec::new(),
            fleet: Vec::new(),
            supply: Vec::new(),
            accounts: Vec::new(),
            templates: Vec::new(),
            customers: Vec::new(),
            endpoints: Vec::new(),
            requests: Vec::new(),
            script: Vec::new(),
            own: own_policies,
            depth: 0,
        };
        gathered.append(reader, &place, &own, files);
        Some(gathered)
    }
    fn append(
        &mut self,
        reader: &mut Reader,
        place: &Place,
        text: &FragmentText,
        files: &mut Files,
    ) {
        let mut list = |name: &str, field| reader.items(&place.field(name), field);
        self.gpu_types.extend(list("gpu_types", text.gpu_types));
        self.datacenters.extend(list("datacenters", text.datacenters));
        self.fleet.extend(list("fleet", text.fleet));
        self.supply.extend(list("supply", text.supply));
        self.accounts.extend(list("accounts", text.accounts));
        self.templates.extend(list("templates", text.templates));
        self.customers.extend(list("customers", text.customers));
        self.endpoints.extend(list("endpoints", text.endpoints));
        self.requests.extend(list("requests", text.requests));
        self.script.extend(list("script", text.script));
        for named in list("include", text.include) {
            self.include(reader, &named, files);
        }
    }
    /// Where the items of the list of this name stand, those of included files after the scenario's own.
    fn list(&self, name: &str) -> Option<&[Place]> {
        match name {
            "gpu_types" => Some(&self.gpu_types),
            "datacenters" => Some(&self.datacenters),
            "fleet" => Some(&self.fleet),
            "supply" => Some(&self.supply),
            "accounts" => Some(&self.accounts),
            "templates" => Some(&self.templates),
            "customers" => Some(&self.customers),
            "endpoints" => Some(&self.endpoints),
            "requests" => Some(&self.requests),
            "script" => Some(&self.script),
            _ => None,
        }
    }
    fn include(&mut self, reader: &mut Reader, named: &Place, files: &mut Files) {
        let Some(name) = reader.scalar::<String>(named) else { return };
        // Two files may both rest on a third; that it is there once is all that they ask.
        if files.has(named, &name) {
            return;
        }
        if self.depth == MOST_INCLUDED {
            let expected = format!("files that include one another at most {MOST_INCLUDED} deep");
            reader.report(named, Fault::new("included too deep", expected));
            return;
        }
        self.depth += 1;
        if let Some(place) = files.open(reader, named, &name)
            && let Some(text) = reader.shape::<FragmentText>(&place)
        {
            self.append(reader, &place, &text, files);
        }
        self.depth -= 1;
    }
}

/// The files that a scenario is made from, and where paths in them start.
#[derive(Debug)]
pub(crate) struct Files {
    source: InputFile,
    inputs: Vec<InputFile>,
    texts: Vec<SourceText>,
    /// The RON files among them and the scenario, however they were named.
    opened: Vec<PathBuf>,
    /// The directory of each of the reader's sources.
    directories: BTreeMap<usize, PathBuf>,
}

impl Files {
    fn new(name: &str, bytes: &[u8], directory: PathBuf) -> Self {
        let digest = blake3::hash(bytes).to_hex().to_string();
        let source = InputFile { path: name.to_owned(), digest };
        let opened = std::fs::canonicalize(name).into_iter().collect();
        let directories = BTreeMap::from([(0, directory)]);
        let mut files = Self { source, inputs: Vec::new(), texts: Vec::new(), opened, directories };
        files.note(name, bytes);
        files
    }
    /// Keeps the text of a RON file.
    pub(crate) fn note(&mut self, path: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').to_owned();
        self.texts.push(SourceText { path: path.to_owned(), text });
    }
    /// The texts of all RON files, in order of mention.
    pub(crate) fn texts(&self) -> Vec<SourceText> {
        self.texts.clone()
    }
    /// The scenario file itself.
    pub(crate) fn source(&self) -> InputFile {
        self.source.clone()
    }
    /// All other files, in order of mention.
    pub(crate) fn inputs(&self) -> Vec<InputFile> {
        self.inputs.clone()
    }
    /// The scenario's file name without its ending.
    pub(crate) fn title(&self) -> String {
        let stem = Path::new(&self.source.path).file_stem();
        stem.map_or_else(|| self.source.path.clone(), |stem| stem.to_string_lossy().into_owned())
    }
    /// The path that `name`, stated at `named`, leads to.
    pub(crate) fn path(&self, named: &Place, name: &str) -> PathBuf {
        let beside = self.directories.get(&named.file).map(|directory| directory.join(name));
        beside.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name))
    }
    /// Whether the RON file `name`, stated at `named`, has been opened already, by whatever name.
    fn has(&self, named: &Place, name: &str) -> bool {
        let whole = std::fs::canonicalize(self.path(named, name));
        whole.is_ok_and(|whole| self.opened.contains(&whole))
    }
    /// Opens the RON file `name`, stated at `named`. What cannot be opened is reported.
    pub(crate) fn open(&mut self, reader: &mut Reader, named: &Place, name: &str) -> Option<Place> {
        let path = self.path(named, name);
        let shown = path.display().to_string();
        let whole = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if self.opened.contains(&whole) {
            let fault = Fault::new(format!("`{shown}` is read twice"), "each file once");
            reader.report(named, fault);
            return None;
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let fault = Fault::new(format!("cannot read `{shown}`: {error}"), "a RON file");
                reader.report(named, fault);
                return None;
            }
        };
        self.opened.push(whole);
        self.add(&shown, &bytes);
        self.note(&shown, &bytes);
        let place = reader.open(&shown, &bytes)?;
        let directory = path.parent().unwrap_or(Path::new("")).to_path_buf();
        self.directories.insert(place.file, directory);
        Some(place)
    }
    /// Remembers an input file.
    pub(crate) fn add(&mut self, path: &str, bytes: &[u8]) {
        let digest = blake3::hash(bytes).to_hex().to_string();
        self.inputs.push(InputFile { path: path.to_owned(), digest });
    }
    /// Remembers a table of this digest, which may be named more than once.
    pub(crate) fn add_table(&mut self, path: &Path, digest: String) {
        let input = InputFile { path: path.display().to_string(), digest };
        if !self.inputs.contains(&input) {
            self.inputs.push(input);
        }
    }
}
