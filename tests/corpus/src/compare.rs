//! What differs between two code objects, field by field.

use std::fmt::Debug;

use lasti_code::{CodeObject, Const};

/// How many code objects were compared, and what differs in them: the code object's name and first line,
/// the field, our value and CPython's.
pub fn differences(ours: &CodeObject, theirs: &CodeObject) -> (usize, Vec<String>) {
    let mut found = Vec::new();
    let mut compared = 0;
    let mut pending = vec![(ours, theirs)];
    while let Some((ours, theirs)) = pending.pop() {
        compared += 1;
        let before = found.len();
        let mut field = |name: &str, same: bool, ours: &dyn Debug, theirs: &dyn Debug| {
            if !same {
                found.push(format!("{name}: {ours:?} instead of {theirs:?}"));
            }
        };
        macro_rules! fields {
            ($($field:ident)*) => {
                $(field(concat!("co_", stringify!($field)), ours.$field == theirs.$field, &ours.$field, &theirs.$field);)*
            };
        }
        fields!(argcount posonlyargcount kwonlyargcount stacksize flags code names localsplusnames localspluskinds
            filename name qualname firstlineno linetable exceptiontable);
        let same_length = ours.consts.len() == theirs.consts.len();
        field("number of co_consts", same_length, &ours.consts, &theirs.consts);
        for (ours, theirs) in ours.consts.iter().zip(theirs.consts.iter()) {
            match (ours, theirs) {
                (Const::Code(ours), Const::Code(theirs)) => pending.push((ours, theirs)),
                _ => field("constant", ours == theirs, ours, theirs),
            }
        }
        for difference in &mut found[before..] {
            difference.insert_str(0, &format!("{} line {}: ", theirs.qualname, theirs.firstlineno));
        }
    }
    (compared, found)
}
