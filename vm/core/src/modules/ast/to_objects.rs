//! A syntax tree as objects of the program. CPython: Python/Python-ast.c, `ast2obj_*`.

use lasti_compile::ast::{Node, Value};

use super::classes::Classes;
use super::node::AstNode;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::List;
use crate::vm::Vm;

/// The object for `node`.
pub(crate) fn to_object(vm: &Vm, node: &Node) -> PyResult {
    object(vm, Classes::get(vm)?, node)
}

fn object(vm: &Vm, classes: &Classes, node: &Node) -> PyResult {
    if let Some(shared) = classes.shared(node.kind) {
        return Ok(shared.clone());
    }
    vm.check_native_stack()?;
    let made = Ref::new_in(classes.class(node.kind), AstNode).into_obj();
    for (field, content) in node.kind.class().fields.iter().zip(&node.fields) {
        vm.setattr(&made, &vm.intern(field.name), &value(vm, classes, content)?)?;
    }
    if let Some(span) = node.span {
        for (name, number) in [
            ("lineno", span.lineno),
            ("col_offset", span.col_offset),
            ("end_lineno", span.end_lineno),
            ("end_col_offset", span.end_col_offset),
        ] {
            vm.setattr(&made, &vm.intern(name), &Int::new(number.into()))?;
        }
    }
    Ok(made)
}

fn value(vm: &Vm, classes: &Classes, content: &Value) -> PyResult<Obj> {
    Ok(match content {
        Value::None => vm.none(),
        Value::Node(node) => object(vm, classes, node)?,
        Value::List(items) => {
            let items = items.iter().map(|item| value(vm, classes, item)).collect::<PyResult<_>>()?;
            List::new(items).into_obj()
        }
        Value::Text(text) => crate::code::constant(vm, &lasti_code::Const::Str(text.clone())),
        Value::Int(int) => Int::new((*int).into()),
        Value::Constant(constant) => crate::code::constant(vm, constant),
    })
}
