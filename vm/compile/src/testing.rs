//! What the tests of this crate share.

use std::sync::Arc;

use lasti_code::CodeObject;

use crate::{Options, compile};

/// The module code of a source.
pub(crate) fn compiled(source: &str) -> Arc<CodeObject> {
    match compile(source, "test.py", &Options::default()) {
        Ok(compiled) => compiled.code,
        Err(error) => panic!("{error}"),
    }
}

/// All code objects of a name, outermost and first ones first.
pub(crate) fn code_named(code: &Arc<CodeObject>, name: &str) -> Vec<Arc<CodeObject>> {
    let mut found = Vec::new();
    for child in code.children() {
        if child.name == *name {
            found.push(Arc::clone(child));
        }
        found.extend(code_named(child, name));
    }
    found
}
