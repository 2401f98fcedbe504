//! Source texts, which come in pages: for the client to show, and to count columns by.

use lasti_engine::SourceId;
use lasti_engine::command::SourceText;

use super::super::answer::{Outcome, PATIENCE, ask_for};
use super::super::{ErrorId, RequestError, Session};

/// Goes on when the texts of some sources are known, as far as they can be. Sources that are not loaded are
/// passed over.
pub(in crate::session) fn with_texts<B: 'static>(
    session: &mut Session,
    mut sources: Vec<SourceId>,
    then: impl FnOnce(&mut Session) -> Outcome<B> + Send + 'static,
) -> Outcome<B> {
    sources.retain(|&id| session.sources.lacks_text(id));
    let Some(id) = sources.pop() else { return then(session) };
    whole_text(id, String::new(), move |session, text| {
        // A text that cannot be had is taken for ASCII.
        session.sources.set_text(id, &text.unwrap_or_default());
        with_texts(session, sources, then)
    })
}

/// Asks for a source's text, a page after the other.
pub(super) fn whole_text<B: 'static>(
    id: SourceId,
    text: String,
    then: impl FnOnce(&mut Session, Result<String, RequestError>) -> Outcome<B> + Send + 'static,
) -> Outcome<B> {
    let command = SourceText { source: id, start: text.len() as u64 };
    ask_for(PATIENCE, command, move |session, reply| {
        let page = match reply {
            Ok(reply) => reply.0,
            Err(error) => return then(session, Err(error)),
        };
        let mut text = text;
        if page.start != text.len() as u64 || page.text.is_empty() && page.total > page.start {
            let error =
                RequestError::new(ErrorId::Internal, "the engine's pages of a text do not fit together");
            return then(session, Err(error));
        }
        text += &page.text;
        if text.len() as u64 >= page.total { then(session, Ok(text)) } else { whole_text(id, text, then) }
    })
}
