//! The qualified name of a function's annotation scope.
//!
//! The library follows a later CPython, where `f`'s annotations are computed by `f.__annotate__`. In 3.14
//! the function's name is not part of it: the scope is named after what encloses the function
//! (Python/compile.c, `_PyCompile_SetQualname`).

use crate::convert::Scope;

const ANNOTATE: &str = "__annotate__";

/// The qualified name that CPython gives to a code object.
pub(crate) fn mended(name: &str, qualname: String, outer: Option<&Scope<'_>>) -> String {
    if name != ANNOTATE {
        return qualname;
    }
    let prefix = prefix(outer);
    // Either all is well, or one more name stands between. A function that is declared global and
    // called `__annotate__` matches neither.
    let between = qualname.strip_prefix(&*prefix).and_then(|rest| rest.strip_suffix(ANNOTATE));
    match between {
        Some(between) if !between.is_empty() => format!("{prefix}{ANNOTATE}"),
        _ => qualname,
    }
}

/// What precedes the name of anything defined in a scope.
fn prefix(outer: Option<&Scope<'_>>) -> String {
    match outer {
        Some(scope) if scope.name.starts_with("<generic parameters of ") => prefix(scope.outer),
        Some(scope) if scope.is_function => format!("{}.<locals>.", scope.qualname),
        Some(Scope { qualname, outer: Some(_), .. }) => format!("{qualname}."),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{code_named, compiled};

    #[test]
    fn annotation_scopes_are_named_after_what_encloses_the_function() {
        let module = compiled(
            "def f(a: int): pass\n\
             class C:\n    def m(self) -> int: pass\n    x: int\n\
             class D[T]:\n    def m[U](self, x: U): pass\n\
             def g():\n    def h(x: int): pass\n    def k[T](x: T): pass\n",
        );
        let names: Vec<String> =
            code_named(&module, "__annotate__").iter().map(|code| code.qualname.to_string()).collect();
        let expected = [
            "__annotate__",
            "C.__annotate__",
            "C.__annotate__",
            "D.__annotate__",
            "g.<locals>.__annotate__",
            "g.<locals>.__annotate__",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_function_of_that_name_keeps_its_own() {
        let module = compiled(
            "class C:\n    def __annotate__(self): pass\n\
             def f():\n    global __annotate__\n    def __annotate__(): pass\n",
        );
        let names: Vec<String> =
            code_named(&module, "__annotate__").iter().map(|code| code.qualname.to_string()).collect();
        assert_eq!(names, ["C.__annotate__", "__annotate__"]);
    }
}
