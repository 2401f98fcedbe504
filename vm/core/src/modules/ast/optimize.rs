//! What `compile()` makes of a tree under `PyCF_OPTIMIZED_AST`: `__debug__` is its value, docstrings are gone, and
//! numbers in patterns are one constant. CPython: Python/ast_preprocess.c. Unlike there, `'%s' % (x,)` stays.

use super::node::AST;
use crate::errors::PyResult;
use crate::object::Obj;
use crate::ops::BinaryOp;
use crate::sequence::List;
use crate::text::Str;
use crate::vm::Vm;

fn is_node(object: &Obj) -> bool {
    object.is_instance_of(&AST)
}

/// The tree for an optimization level. Its nodes are changed in place.
pub(crate) fn optimize(vm: &Vm, tree: &Obj, level: u8) -> PyResult {
    vm.check_native_stack_in(" during compilation")?;
    let fields = vm.getattr_named(tree, "_fields")?;
    for name in vm.collect(&fields)? {
        let Some(name) = name.downcast::<Str>() else { continue };
        let Some(value) = vm.find_attr(tree, name)? else { continue };
        if let Some(list) = value.downcast::<List>() {
            let mut items = Vec::new();
            for item in list.items.to_vec() {
                items.push(if is_node(&item) { optimize(vm, &item, level)? } else { item });
            }
            vm.setattr(tree, name, List::new(items).as_obj())?;
        } else if is_node(&value) {
            let now = optimize(vm, &value, level)?;
            vm.setattr(tree, name, &now)?;
        }
    }
    match tree.ty().name().as_str() {
        "Name" => return debug_value(vm, tree, level),
        "Module" | "FunctionDef" | "AsyncFunctionDef" | "ClassDef" if level >= 2 => drop_docstring(vm, tree)?,
        "MatchValue" => {
            let value = folded(vm, &vm.getattr_named(tree, "value")?)?;
            vm.setattr(tree, &vm.names().value, &value)?;
        }
        "MatchMapping" => {
            let keys = vm.collect(&vm.getattr_named(tree, "keys")?)?;
            let keys = keys.iter().map(|key| folded(vm, key)).collect::<PyResult<Vec<Obj>>>()?;
            vm.setattr(tree, &vm.names().keys, List::new(keys).as_obj())?;
        }
        _ => {}
    }
    Ok(tree.clone())
}

/// A node of the class at the place of `like`.
fn make(vm: &Vm, class: &str, args: &[Obj], like: &Obj) -> PyResult {
    let class = vm.getattr_named(&vm.import_module("_ast")?, class)?;
    let made = vm.call(&class, args)?;
    for place in ["lineno", "col_offset", "end_lineno", "end_col_offset"] {
        let place = vm.intern(place);
        if let Some(value) = vm.find_attr(like, &place)? {
            vm.setattr(&made, &place, &value)?;
        }
    }
    Ok(made)
}

fn debug_value(vm: &Vm, name: &Obj, level: u8) -> PyResult {
    let id = vm.getattr_named(name, "id")?;
    let is_debug = id.downcast::<Str>().is_some_and(|id| id.as_bytes() == b"__debug__");
    if is_debug && vm.getattr_named(name, "ctx")?.ty().name() == "Load" {
        return make(vm, "Constant", &[vm.bool(level == 0)], name);
    }
    Ok(name.clone())
}

fn drop_docstring(vm: &Vm, tree: &Obj) -> PyResult<()> {
    let body = vm.getattr_named(tree, "body")?;
    let Some(body) = body.downcast::<List>() else { return Ok(()) };
    let Some(first) = body.items.get(0) else { return Ok(()) };
    if first.ty().name() != "Expr"
        || constant(vm, &vm.getattr_named(&first, "value")?)?.is_none_or(is_no_text)
    {
        return Ok(());
    }
    if body.items.len() == 1 {
        let pass = make(vm, "Pass", &[], &first)?;
        body.items.push(pass);
    }
    drop(body.items.remove(0));
    Ok(())
}

fn is_no_text(value: Obj) -> bool {
    value.downcast::<Str>().is_none()
}

/// The value of a Constant.
fn constant(vm: &Vm, node: &Obj) -> PyResult<Option<Obj>> {
    if node.ty().name() == "Constant" { vm.getattr_named(node, "value").map(Some) } else { Ok(None) }
}

/// `-1` and `1 + 2j` as one constant.
fn folded(vm: &Vm, node: &Obj) -> PyResult {
    let value = match node.ty().name().as_str() {
        "UnaryOp" if vm.getattr_named(node, "op")?.ty().name() == "USub" => {
            match constant(vm, &vm.getattr_named(node, "operand")?)? {
                Some(number) => vm.call_method_named(&number, "__neg__", &[])?,
                None => return Ok(node.clone()),
            }
        }
        "BinOp" => {
            let left = folded(vm, &vm.getattr_named(node, "left")?)?;
            let right = constant(vm, &vm.getattr_named(node, "right")?)?;
            let (Some(left), Some(right)) = (constant(vm, &left)?, right) else { return Ok(node.clone()) };
            let op = match vm.getattr_named(node, "op")?.ty().name().as_str() {
                "Add" => BinaryOp::Add,
                "Sub" => BinaryOp::Subtract,
                _ => return Ok(node.clone()),
            };
            vm.binary(op, &left, &right)?
        }
        _ => return Ok(node.clone()),
    };
    make(vm, "Constant", &[value], node)
}
