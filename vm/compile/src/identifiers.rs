//! Which string constants are identifiers of the source.
//!
//! CPython's parser interns identifiers, and what code generation makes constants of are those objects: the
//! names of keyword arguments, of what is imported, of the attributes in a class pattern and those that a
//! class's methods set, of keyword-only parameters with a default, and a class's name. That shows only in identifiers that are not ASCII; others are interned as constants too.

use rustpython_compiler_core::bytecode::{CodeObject, ConstantData, Instruction, OpArgState};

/// The constants, by index, that are identifiers or tuples of them, and are not ASCII.
pub(crate) fn not_ascii(code: &CodeObject) -> Vec<usize> {
    let mut found = Vec::new();
    for (index, constant) in code.constants.iter().enumerate() {
        let is_identifier = match constant {
            ConstantData::Str { value } if !value.as_bytes().is_ascii() => {
                let text = value.as_bytes();
                code.constants.iter().any(|other| match other {
                    ConstantData::Code { code } => {
                        code.obj_name.as_bytes() == text
                            || keyword_only(code).any(|name| name.as_bytes() == text)
                    }
                    _ => false,
                })
            }
            ConstantData::Tuple { elements } if is_not_ascii(elements) => names_something(code, index),
            _ => false,
        };
        if is_identifier {
            found.push(index);
        }
    }
    found
}

/// The names of a function's keyword-only parameters: keys of the dictionary of their defaults.
fn keyword_only(code: &CodeObject) -> impl Iterator<Item = &String> {
    code.varnames.iter().skip(code.arg_count as usize).take(code.kwonlyarg_count as usize)
}

/// Whether these are strings, some of them not ASCII.
fn is_not_ascii(items: &[ConstantData]) -> bool {
    items.iter().all(|item| matches!(item, ConstantData::Str { .. }))
        && items
            .iter()
            .any(|item| matches!(item, ConstantData::Str { value } if !value.as_bytes().is_ascii()))
}

/// Whether an instruction that takes names follows the one that loads a constant.
fn names_something(code: &CodeObject, constant: usize) -> bool {
    let mut state = OpArgState::default();
    let mut loaded = false;
    for unit in &*code.instructions {
        let (instruction, argument) = state.get(*unit);
        match instruction {
            Instruction::CallKw { .. } | Instruction::ImportName { .. } | Instruction::MatchClass { .. }
                if loaded =>
            {
                return true;
            }
            Instruction::StoreName { namei }
                if loaded
                    && code
                        .names
                        .get(namei.get(argument) as usize)
                        .is_some_and(|n| n == "__static_attributes__") =>
            {
                return true;
            }
            Instruction::ExtendedArg => {}
            Instruction::LoadConst { consti } => {
                loaded = consti.get(argument).as_usize() == constant;
            }
            _ => loaded = false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use lasti_code::{CodeObject, Const};

    use crate::testing::compiled;

    /// All strings among the constants, those in tuples included, with whether they are interned.
    fn strings(code: &CodeObject) -> Vec<(String, bool)> {
        let mut pending: Vec<&Const> = code.consts.iter().collect();
        let mut found = Vec::new();
        while let Some(constant) = pending.pop() {
            match constant {
                Const::Str(text) => found.push((text.to_string(), text.is_interned())),
                Const::Tuple(items) => pending.extend(items.iter()),
                _ => {}
            }
        }
        found.sort();
        found
    }

    #[test]
    fn identifiers_are_interned_whatever_their_letters() {
        // CPython: sys._is_interned of the same constants.
        let expected = |name: &str, interned| vec![(name.to_owned(), interned)];
        assert_eq!(strings(&compiled("f(größe=1)")), expected("größe", true));
        assert_eq!(strings(&compiled("from m import größe")), expected("größe", true));
        assert_eq!(strings(&compiled("class Größe: pass")), expected("Größe", true));
        assert_eq!(strings(&compiled("def f(*, größe=1): pass")), expected("größe", true));
        let class = compiled("class C:\n    def f(self): self.größe = 1\n");
        assert!(strings(&class.children().next().unwrap().clone()).contains(&("größe".to_owned(), true)));
        assert_eq!(strings(&compiled("x = 'größe'")), expected("größe", false));
        // The first constant of all stays, though only the tuple is used.
        let twice = [expected("größe", false), expected("größe", false)].concat();
        assert_eq!(strings(&compiled("x = ('größe',)")), twice);
    }
}
