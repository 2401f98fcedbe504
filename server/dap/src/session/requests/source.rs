//! `source`, `loadedSources`, `modules`.

use lasti_engine::{EngineError, SourceId};

use super::super::answer::{Outcome, now};
use super::super::{Session, to_dap};
use super::texts::whole_text;
use crate::protocol::{
    LoadedSourcesArguments, LoadedSourcesResponseBody, ModulesArguments, ModulesResponseBody,
    SourceArguments, SourceResponseBody,
};

pub(super) fn text(session: &mut Session, arguments: SourceArguments) -> Outcome<SourceResponseBody> {
    let inner = arguments.source.as_ref().and_then(|source| source.source_reference);
    let reference = inner.filter(|&reference| reference > 0).unwrap_or(arguments.source_reference);
    // What `Source.sourceReference` of this server means.
    let id = u32::try_from(reference).ok().and_then(|reference| reference.checked_sub(1)).map(SourceId);
    // A client may ask for a file, too.
    let by_path = || {
        let source = arguments.source.as_ref()?;
        session.sources.find(&session.sources.named_by(source).ok()?)
    };
    let id = id.or_else(by_path).ok_or(EngineError::NoSource)?;
    whole_text(id, String::new(), |_, text| {
        now(SourceResponseBody { content: text?, mime_type: Some("text/x-python".into()) })
    })
}

pub(super) fn loaded(session: &mut Session, _: LoadedSourcesArguments) -> Outcome<LoadedSourcesResponseBody> {
    let ids: Vec<_> = session.sources.all().map(|info| info.id).collect();
    let sources = ids.into_iter().filter_map(|id| session.sources.to_dap(id, true)).collect();
    now(LoadedSourcesResponseBody { sources })
}

pub(super) fn modules(session: &mut Session, arguments: ModulesArguments) -> Outcome<ModulesResponseBody> {
    let all: Vec<_> = session.sources.all().filter_map(to_dap::module).collect();
    let total = all.len() as u64;
    let start = usize::try_from(arguments.start_module.unwrap_or(0)).unwrap_or(0);
    let count = arguments.module_count.filter(|&count| count > 0).map_or(usize::MAX, |count| count as usize);
    let modules = all.into_iter().skip(start).take(count).collect();
    now(ModulesResponseBody { modules, total_modules: Some(total) })
}
