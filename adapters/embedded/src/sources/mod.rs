//! The sources that were loaded, as data: names, texts, code objects, source maps. A source map is made when it is
//! first needed: that takes milliseconds, and of most of the library it never is.

mod marks;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lasti_code::CodeObject;
use lasti_code::source_map::{CodeIdx, SourceMap, code_objects};
use lasti_compile::source::{Origin, decode};
use lasti_engine::place::SourceName;
use lasti_engine::snapshot::SourceInfo;
use lasti_engine::{EngineError, SourceId};
use lasti_vm::vm::config::Config;

pub(crate) use marks::Marks;

/// Whose code a source is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// The user's.
    User,
    /// The standard library's, an installed package's, or made at run time.
    Library,
    /// The interpreter's own: never shown to be stepped in.
    Hidden,
}

/// One text under one name.
#[derive(Debug)]
pub(crate) struct Source {
    /// The name that clients know it by: an absolute path, or `co_filename`.
    pub(crate) name: String,
    kind: Kind,
    pub(crate) module: Option<String>,
    /// In pre-order.
    pub(crate) codes: Vec<Arc<CodeObject>>,
    text: Option<Arc<str>>,
    map: Option<Arc<SourceMap>>,
    marks: HashMap<CodeIdx, Arc<Marks>>,
    /// The client was told of it.
    announced: bool,
    /// Breakpoints are bound in it.
    bound: bool,
}

/// How many sources made at run time are remembered that nobody has asked for.
const PASSING: usize = 1000;

/// All sources.
#[derive(Debug)]
pub(crate) struct Sources {
    all: BTreeMap<SourceId, Source>,
    /// Those made at run time that nobody has asked for, the oldest first.
    passing: VecDeque<SourceId>,
    last: u32,
    /// By the address of the code object, which its source keeps alive.
    codes: HashMap<usize, (SourceId, CodeIdx)>,
    folder: PathBuf,
    has_program: bool,
}

impl Sources {
    pub(crate) fn new() -> Self {
        let folder = std::env::current_dir().unwrap_or_default();
        Self {
            all: BTreeMap::new(),
            passing: VecDeque::new(),
            last: 0,
            codes: HashMap::new(),
            folder,
            has_program: false,
        }
    }

    /// Whether the program itself was loaded.
    pub(crate) fn has_program(&self) -> bool {
        self.has_program
    }

    /// Which code object of which source this is.
    pub(crate) fn find(&self, code: &Arc<CodeObject>) -> Option<(SourceId, CodeIdx)> {
        self.codes.get(&(Arc::as_ptr(code) as usize)).copied()
    }

    /// Adds the source of code that comes from none that is known.
    pub(crate) fn add(
        &mut self,
        root: &Arc<CodeObject>,
        module: Option<String>,
        is_program: bool,
    ) -> SourceId {
        let id = SourceId(self.last);
        self.last += 1;
        let filename = root.filename.to_string_lossy().into_owned();
        self.has_program |= is_program;
        let kind = kind(&filename, is_program);
        let name = self.absolute(&filename);
        let codes = code_objects(root);
        for (index, code) in codes.iter().enumerate() {
            self.codes.insert(Arc::as_ptr(code) as usize, (id, CodeIdx(index as u32)));
        }
        if kind != Kind::User && filename.starts_with('<') {
            self.passing.push_back(id);
            self.forget_passing();
        }
        let source = Source {
            name,
            kind,
            module,
            codes,
            text: lasti_vm::sources::text_of(root),
            map: None,
            marks: HashMap::new(),
            announced: false,
            bound: false,
        };
        self.all.insert(id, source);
        id
    }

    /// Forgets sources made at run time that nobody has heard of, if there are many: a program may make them without end.
    /// Code that is still there and runs again is taken note of again.
    fn forget_passing(&mut self) {
        while self.passing.len() > PASSING {
            let Some(id) = self.passing.pop_front() else { return };
            let kept = self.get(id).is_none_or(|source| source.announced || source.bound);
            if !kept && let Some(source) = self.all.remove(&id) {
                for code in &source.codes {
                    self.codes.remove(&(Arc::as_ptr(code) as usize));
                }
            }
        }
    }

    fn absolute(&self, filename: &str) -> String {
        if filename.starts_with('<') || Path::new(filename).is_absolute() {
            return filename.to_owned();
        }
        let mut path = self.folder.clone();
        for part in Path::new(filename).components() {
            match part {
                std::path::Component::ParentDir => drop(path.pop()),
                std::path::Component::CurDir => {}
                other => path.push(other),
            }
        }
        path.display().to_string()
    }

    pub(crate) fn get(&self, id: SourceId) -> Option<&Source> {
        self.all.get(&id)
    }

    fn get_mut(&mut self, id: SourceId) -> Option<&mut Source> {
        self.all.get_mut(&id)
    }

    pub(crate) fn ids(&self) -> Vec<SourceId> {
        self.all.keys().copied().collect()
    }

    /// The sources of a name, the last loaded last.
    pub(crate) fn named(&self, name: &SourceName) -> Vec<SourceId> {
        match name {
            SourceName::Loaded(id) => self.get(*id).map(|_| *id).into_iter().collect(),
            SourceName::Path(path) => self
                .ids()
                .into_iter()
                .filter(|id| self.get(*id).is_some_and(|source| source.name == *path))
                .collect(),
        }
    }

    pub(crate) fn is_user_code(&self, id: SourceId, just_my_code: bool) -> bool {
        self.get(id).is_some_and(|source| match source.kind {
            Kind::User => true,
            Kind::Library => !just_my_code,
            Kind::Hidden => false,
        })
    }

    /// Whether the source is the user's own, whatever is shown.
    pub(crate) fn is_users(&self, id: SourceId) -> bool {
        self.get(id).is_some_and(|source| source.kind == Kind::User)
    }

    /// The source map, if it was made.
    pub(crate) fn known_map(&self, id: SourceId) -> Option<&Arc<SourceMap>> {
        self.get(id)?.map.as_ref()
    }

    /// The source map, made now if it was not; `true` if it was made now.
    pub(crate) fn map(&mut self, id: SourceId) -> Option<(Arc<SourceMap>, bool)> {
        let source = self.get_mut(id)?;
        if let Some(map) = &source.map {
            return Some((Arc::clone(map), false));
        }
        let root = source.codes.first()?;
        let statements =
            source.text.clone().or_else(|| read(&source.name).ok().map(Into::into)).and_then(|text| {
                let statements = lasti_compile::statements(&text).ok();
                source.text = Some(text);
                statements
            });
        let map = Arc::new(match statements {
            Some(statements) => SourceMap::new(root, statements),
            None => SourceMap::from_lines(root),
        });
        source.map = Some(Arc::clone(&map));
        Some((map, true))
    }

    /// What begins where in a code object.
    pub(crate) fn marks(&mut self, id: SourceId, index: CodeIdx) -> Option<Arc<Marks>> {
        if let Some(marks) = self.get(id)?.marks.get(&index) {
            return Some(Arc::clone(marks));
        }
        let (map, _) = self.map(id)?;
        let source = self.get_mut(id)?;
        let marks = Arc::new(Marks::new(&map, index, source.codes.get(index.get())?));
        source.marks.insert(index, Arc::clone(&marks));
        Some(marks)
    }

    /// The whole text of a source.
    pub(crate) fn text(&mut self, id: SourceId) -> Result<Arc<str>, EngineError> {
        let source = self.get_mut(id).ok_or(EngineError::NoSource)?;
        if source.text.is_none() {
            source.text = Some(read(&source.name).map_err(EngineError::NoText)?.into());
        }
        source.text.clone().ok_or(EngineError::NoSource)
    }

    /// A line of a source, without its end.
    pub(crate) fn line(&mut self, id: SourceId, line: u32) -> Option<String> {
        let text = self.text(id).ok()?;
        text.lines().nth(line.checked_sub(1)? as usize).map(str::to_owned)
    }

    pub(crate) fn info(&self, id: SourceId) -> Option<SourceInfo> {
        let source = self.get(id)?;
        let is_file = !source.name.starts_with('<') && Path::new(&source.name).is_file();
        Some(SourceInfo { id, name: source.name.clone(), is_file, module: source.module.clone() })
    }

    /// Whether breakpoints are still to be bound in it, which the caller does.
    pub(crate) fn begin_binding(&mut self, id: SourceId) -> bool {
        self.get_mut(id).is_some_and(|source| !std::mem::replace(&mut source.bound, true))
    }

    pub(crate) fn is_announced(&self, id: SourceId) -> bool {
        self.get(id).is_some_and(|source| source.announced)
    }

    /// What to tell the client of a source that it is about to hear of.
    pub(crate) fn announce(&mut self, id: SourceId) -> Option<SourceInfo> {
        let source = self.get_mut(id)?;
        if std::mem::replace(&mut source.announced, true) {
            return None;
        }
        self.info(id)
    }
}

fn kind(filename: &str, is_program: bool) -> Kind {
    let within = |folder: &str| filename.contains(&format!("/{folder}/"));
    match () {
        () if filename.starts_with("<frozen ") => Kind::Hidden,
        () if is_program => Kind::User,
        () if filename.starts_with('<') => Kind::Library,
        () if Config::get().is_of_library(filename) => Kind::Library,
        () if within("site-packages") || within("dist-packages") => Kind::Library,
        () => Kind::User,
    }
}

/// The text of a file, or of the library's.
fn read(name: &str) -> Result<String, String> {
    let library = || Config::get().stdlib.and_then(|library| library.contents(name));
    let bytes = match std::fs::read(name) {
        Ok(bytes) => bytes,
        Err(error) => library().ok_or_else(|| error.to_string())?,
    };
    decode(&bytes, name, Origin::File).map_err(|error| error.msg)
}
