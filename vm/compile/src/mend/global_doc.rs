//! `global __doc__` anywhere in a module makes CPython's symbol table take `__doc__` for a global in the
//! module too, so that its docstring is stored by STORE_GLOBAL. The library always writes STORE_NAME there.

use lasti_code::{CodeUnits, Opcode};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Mod, Stmt};

const DOC: &str = "__doc__";

/// Whether some function or class of the module declares `global __doc__`.
pub(crate) fn is_declared(tree: &Mod, source: &str) -> bool {
    let Mod::Module(module) = tree else { return false };
    if !source.contains(DOC) || !source.contains("global") {
        return false;
    }
    let mut search = Search { found: false };
    search.visit_body(&module.body);
    search.found
}

/// Makes the module's docstring stored as a global.
pub(crate) fn mend(co_code: &mut [u8], names: &[String]) {
    let stores: Vec<_> = CodeUnits::new(co_code)
        .instructions()
        .filter(|instruction| instruction.opcode() == Some(Opcode::StoreName))
        .filter(|instruction| names.get(instruction.arg as usize).is_some_and(|name| name == DOC))
        .map(|instruction| instruction.at.byte_offset().get())
        .collect();
    for at in stores {
        co_code[at] = Opcode::StoreGlobal as u8;
    }
}

struct Search {
    found: bool,
}

impl<'a> Visitor<'a> for Search {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Global(global) => self.found |= global.names.iter().any(|name| name.as_str() == DOC),
            _ => visitor::walk_stmt(self, statement),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::compiled;
    use lasti_code::Opcode;

    fn store_of_docstring(source: &str) -> Option<Opcode> {
        let code = compiled(source);
        let stores = [Opcode::StoreName, Opcode::StoreGlobal];
        let mut found = code.units().instructions().filter_map(lasti_code::Instruction::opcode);
        found.find(|opcode| stores.contains(opcode))
    }

    #[test]
    fn a_docstring_that_a_function_declares_global_is_stored_as_one() {
        let plain = "\"\"\"text\"\"\"\ndef f():\n    __doc__ = 1\n";
        assert_eq!(store_of_docstring(plain), Some(Opcode::StoreName));
        let global =
            "\"\"\"text\"\"\"\ndef f():\n    if 1:\n        global x, __doc__\n        __doc__ = 1\n";
        assert_eq!(store_of_docstring(global), Some(Opcode::StoreGlobal));
    }
}
