//! Everything into one blob, laid out as `layout` says.

use std::collections::HashMap;
use std::error::Error;

use crate::collect::{Data, Source};
use crate::compile::Module;
use crate::layout::{DATA_FIELDS, HEADER_FIELDS, MODULE_FIELDS, data, module};

/// The level at which DEFLATE takes long enough; higher ones gain nothing.
const LEVEL: u8 = 9;

/// Packs modules and data files, each sorted already.
pub(crate) fn pack(
    modules: &[Module<'_>],
    frozen: &[Module<'_>],
    files: &[Data],
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut texts = Texts::default();
    let mut contents = Contents::default();
    let mut records = Vec::new();
    let all = || modules.iter().chain(frozen);
    // Code first, in the order of names: what is imported together lies close together.
    let codes = all().map(|module| contents.lz4(&module.code)).collect::<Result<Vec<_>, _>>()?;
    for (compiled, code) in all().zip(codes) {
        let source = compiled.source;
        let mut record = [0; MODULE_FIELDS];
        record[module::NAME..][..2].copy_from_slice(&texts.add(&source.name)?);
        record[module::PATH..][..2].copy_from_slice(&texts.add(&source.path)?);
        record[module::ORIGIN..][..2].copy_from_slice(&texts.add(&source.origin)?);
        record[module::FLAGS] = flags(source);
        record[module::CODE..][..3].copy_from_slice(&code);
        record[module::SOURCE..][..3].copy_from_slice(&contents.deflate(source.text.as_bytes())?);
        records.extend(record);
    }
    for file in files {
        let mut record = [0; DATA_FIELDS];
        record[data::PATH..][..2].copy_from_slice(&texts.add(&file.path)?);
        record[data::CONTENTS..][..3].copy_from_slice(&contents.deflate(&file.contents)?);
        records.extend(record);
    }
    let header: [u32; HEADER_FIELDS] =
        [number(modules.len())?, number(frozen.len())?, number(files.len())?, number(texts.bytes.len())?];
    let mut blob: Vec<u8> = header.iter().chain(&records).flat_map(|number| number.to_le_bytes()).collect();
    blob.extend(texts.bytes);
    blob.extend(contents.bytes);
    Ok(blob)
}

fn flags(source: &Source) -> u32 {
    let package = if source.is_package { module::PACKAGE } else { 0 };
    let stand_in = if source.is_stand_in { module::STAND_IN } else { 0 };
    package | stand_in
}

/// Names and paths, each text once.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    known: HashMap<String, [u32; 2]>,
}

impl Texts {
    fn add(&mut self, text: &str) -> Result<[u32; 2], Box<dyn Error>> {
        if let Some(place) = self.known.get(text) {
            return Ok(*place);
        }
        let place = [number(self.bytes.len())?, number(text.len())?];
        self.bytes.extend(text.as_bytes());
        self.known.insert(text.to_owned(), place);
        Ok(place)
    }
}

/// Compressed contents, each source once.
#[derive(Default)]
struct Contents {
    bytes: Vec<u8>,
    known: HashMap<Vec<u8>, [u32; 3]>,
}

impl Contents {
    fn lz4(&mut self, bytes: &[u8]) -> Result<[u32; 3], Box<dyn Error>> {
        self.add(&lz4_flex::block::compress(bytes), bytes.len())
    }

    fn deflate(&mut self, bytes: &[u8]) -> Result<[u32; 3], Box<dyn Error>> {
        if let Some(place) = self.known.get(bytes) {
            return Ok(*place);
        }
        let place = self.add(&miniz_oxide::deflate::compress_to_vec(bytes, LEVEL), bytes.len())?;
        self.known.insert(bytes.to_owned(), place);
        Ok(place)
    }

    fn add(&mut self, packed: &[u8], unpacked: usize) -> Result<[u32; 3], Box<dyn Error>> {
        let place = [number(self.bytes.len())?, number(packed.len())?, number(unpacked)?];
        self.bytes.extend(packed);
        Ok(place)
    }
}

fn number(value: usize) -> Result<u32, Box<dyn Error>> {
    u32::try_from(value).map_err(|_| "the blob is larger than 4 GB".into())
}
