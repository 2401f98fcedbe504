//! The programs of a story, and the markers in them: `#@ name` at the end of a line gives the line a name.

use std::collections::BTreeMap;

use super::Fault;
use super::markdown::Block;

/// What begins a marker.
const MARK: &str = "#@";

/// A file of a story.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// Its path in the story's folder, or the name of a file beside the story.
    pub(crate) name: String,
    pub(crate) text: String,
    /// The line of the story to blame for a fault in it: where its first line stands, or its `launch`.
    line: usize,
    /// Whether it stands in the story, so that its lines have places there.
    inside: bool,
}

/// A line of a program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl Program {
    pub(crate) fn of_story(name: Option<String>, block: &Block<'_>) -> Result<Self, Fault> {
        let name = name.unwrap_or_else(|| "main.py".to_owned());
        let inside = std::path::Path::new(&name)
            .components()
            .all(|component| matches!(component, std::path::Component::Normal(_)));
        if !inside {
            return Err(Fault::new(block.line, format!("`{name}`: a file of a story lies in its folder")));
        }
        let text = block.lines().map(|(_, line)| format!("{line}\n")).collect();
        Ok(Self { name, text, line: block.line + 1, inside: true })
    }

    pub(crate) fn beside(name: String, text: String, line: usize) -> Self {
        Self { name, text, line, inside: false }
    }

    fn place_in_story(&self, index: usize) -> usize {
        if self.inside { self.line + index } else { self.line }
    }

    fn markers(&self) -> Result<Vec<(usize, &str)>, Fault> {
        let mut found = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            let Some((_, names)) = line.rsplit_once(MARK) else { continue };
            let mut any = false;
            for name in names.split_whitespace() {
                if !name.chars().all(is_of_name) {
                    let message = format!("marker `{name}`: letters, digits, `_` and `-` make a name");
                    return Err(Fault::new(self.place_in_story(index), message));
                }
                any = true;
                found.push((index, name));
            }
            if !any {
                return Err(Fault::new(self.place_in_story(index), "a marker without a name: `#@ name`"));
            }
        }
        Ok(found)
    }
}

/// What may be in a marker's name.
pub(crate) fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

/// The markers of a story.
#[derive(Debug, Default)]
pub(crate) struct Markers {
    places: BTreeMap<String, Place>,
    /// The first name of each marked line.
    names: BTreeMap<Place, String>,
}

impl Markers {
    pub(crate) fn of(programs: &[Program]) -> Result<Self, Fault> {
        let mut markers = Self::default();
        for (index, program) in programs.iter().enumerate() {
            if programs[..index].iter().any(|other| other.name == program.name) {
                let message = format!("a second file `{}`: give each block a name", program.name);
                return Err(Fault::new(program.line, message));
            }
            for (at, name) in program.markers()? {
                let place = Place { file: program.name.clone(), line: at + 1 };
                markers.names.entry(place.clone()).or_insert_with(|| name.to_owned());
                if let Some(first) = markers.places.insert(name.to_owned(), place) {
                    let message = format!(
                        "marker `{name}` is there twice, first on line {} of {}",
                        first.line, first.file
                    );
                    return Err(Fault::new(program.place_in_story(at), message));
                }
            }
        }
        Ok(markers)
    }

    /// The line that a marker names.
    pub(crate) fn find(&self, name: &str) -> Result<&Place, String> {
        self.places.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.places.keys().map(String::as_str).collect();
            match known.as_slice() {
                [] => format!("no marker `{name}`: the programs have none; write `#@ {name}` behind a line"),
                known => format!("no marker `{name}`; there are: {}", known.join(", ")),
            }
        })
    }

    /// The first marker of a line.
    pub(crate) fn name(&self, place: &Place) -> Option<&str> {
        self.names.get(place).map(String::as_str)
    }
}
