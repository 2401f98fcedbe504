//! Objects of the program as a syntax tree to compile. CPython: Python/Python-ast.c, `obj2ast_*`.

use lasti_code::Const;
use lasti_compile::ast::{CLASSES, Class, Field, FieldType, Kind, Node, Quantity, Span, TreeError, Value};

use super::classes::Classes;
use crate::builtins::{FROZENSET, INT, STR, TUPLE};
use crate::bytes::Bytes;
use crate::errors::{Exc, PyResult};
use crate::number::{Complex, Float};
use crate::object::Obj;
use crate::sequence::{List, Tuple};
use crate::set::Set;
use crate::text::Str;
use crate::types::TypeData;
use crate::vm::Vm;

/// The tree that `object` is, which must be of the class `kind`.
pub(crate) fn from_object(vm: &Vm, object: &Obj, kind: Kind) -> PyResult<Node> {
    let classes = Classes::get(vm)?;
    if !vm.is_instance(object, classes.class(kind).as_obj())? {
        return Err(vm.type_error(format!(
            "expected {} node, got {}",
            kind.class().name,
            object.ty().tp_name()
        )));
    }
    Reader { vm, classes }.fields(object, kind, None)
}

/// The exception for a tree that can't be compiled.
pub(crate) fn tree_error(vm: &Vm, error: TreeError) -> Exc {
    match error {
        TreeError::Value(message) => vm.value_error(message),
        TreeError::Type(message) => vm.type_error(message),
        TreeError::System(message) => vm.system_error(message),
        TreeError::TooDeep => vm.recursion_error("maximum recursion depth exceeded during compilation"),
        TreeError::Memory => {
            vm.error(&crate::builtins::MEMORY_ERROR, "positions in the syntax tree are too large")
        }
        TreeError::Syntax(mut error) => {
            // There is no source to show.
            error.text = None;
            vm.syntax_error(&error)
        }
    }
}

struct Reader<'a> {
    vm: &'a Vm,
    classes: &'static Classes,
}

impl Reader<'_> {
    /// A node of the sum or product `kind`; nothing for None.
    fn node(&self, object: &Obj, kind: Kind) -> PyResult<Option<Node>> {
        let vm = self.vm;
        let class = kind.class();
        if !class.sum {
            if vm.is_none(object) {
                return Ok(None);
            }
            let span = if class.positions { Some(self.span(object, class)?) } else { None };
            return self.fields(object, kind, span).map(Some);
        }
        let is_simple = is_simple(kind);
        if vm.is_none(object) && !is_simple {
            return Ok(None);
        }
        let span = if class.positions { Some(self.span(object, class)?) } else { None };
        match self.constructor(object, kind)? {
            Some(constructor) => self.fields(object, constructor, span).map(Some),
            None => Err(vm.type_error(format!(
                "expected some sort of {}, but got {}",
                class.name,
                vm.repr_text(object)?
            ))),
        }
    }

    /// Which constructor of the sum `kind` the object is of.
    fn constructor(&self, object: &Obj, kind: Kind) -> PyResult<Option<Kind>> {
        let own = object.ty();
        for class in CLASSES.iter().filter(|class| class.base == Some(kind)) {
            let ty: &TypeData = self.classes.class(class.kind);
            if std::ptr::eq(ty, &raw const **own) {
                return Ok(Some(class.kind));
            }
        }
        for class in CLASSES.iter().filter(|class| class.base == Some(kind)) {
            if self.vm.is_instance(object, self.classes.class(class.kind).as_obj())? {
                return Ok(Some(class.kind));
            }
        }
        Ok(None)
    }

    fn fields(&self, object: &Obj, kind: Kind, span: Option<Span>) -> PyResult<Node> {
        self.vm.check_native_stack()?;
        let class = kind.class();
        let fields =
            class.fields.iter().map(|field| self.field(object, class, field)).collect::<PyResult<_>>()?;
        Ok(Node { kind, fields, span })
    }

    fn field(&self, object: &Obj, class: &Class, field: &Field) -> PyResult<Value> {
        let vm = self.vm;
        let found = vm.find_attr(object, &vm.intern(field.name))?;
        match field.quantity {
            Quantity::Many | Quantity::ManyOrNone => {
                let Some(found) = found else { return Ok(Value::List(Vec::new())) };
                let Some(list) = found.downcast::<List>() else {
                    return Err(vm.type_error(format!(
                        "{} field \"{}\" must be a list, not a {}",
                        class.name,
                        field.name,
                        found.ty().tp_name()
                    )));
                };
                let length = list.items.len();
                let mut items = Vec::with_capacity(length);
                for index in 0..length {
                    let item = list.items.get(index);
                    let item = self.content(&vm.or_none(item), field.ty)?;
                    if list.items.len() != length {
                        return Err(vm.runtime_error(format!(
                            "{} field \"{}\" changed size during iteration",
                            class.name, field.name
                        )));
                    }
                    items.push(item);
                }
                Ok(Value::List(items))
            }
            Quantity::Optional => match found {
                Some(found) if !vm.is_none(&found) => self.content(&found, field.ty),
                _ => Ok(Value::None),
            },
            Quantity::One => {
                let Some(found) = found else { return Err(self.missing(field.name, class)) };
                match self.content(&found, field.ty)? {
                    Value::None => {
                        Err(vm.value_error(format!("field '{}' is required for {}", field.name, class.name)))
                    }
                    content => Ok(content),
                }
            }
        }
    }

    fn missing(&self, name: &str, class: &Class) -> Exc {
        self.vm.type_error(format!("required field \"{name}\" missing from {}", class.name))
    }

    fn content(&self, object: &Obj, ty: FieldType) -> PyResult<Value> {
        let vm = self.vm;
        match ty {
            FieldType::Node(kind) => Ok(self.node(object, kind)?.map_or(Value::None, Value::Node)),
            FieldType::Int => self.int(object).map(Value::Int),
            FieldType::Constant => self.constant(object).map(Value::Constant),
            FieldType::Identifier | FieldType::String => match object.downcast::<Str>() {
                Some(text) if object.is_exact(&STR) => {
                    Ok(Value::Text(lasti_code::Str::from_wtf8(text.as_wtf8(), true)))
                }
                _ if vm.is_none(object) => Ok(Value::None),
                _ if ty == FieldType::Identifier => Err(vm.type_error("AST identifier must be of type str")),
                // Type comments may be bytes, and are not looked at.
                _ if object.downcast_exact::<Bytes>().is_some() => Ok(Value::None),
                _ => Err(vm.type_error("AST string must be of type str")),
            },
        }
    }

    fn int(&self, object: &Obj) -> PyResult<i32> {
        if !object.ty().is_subtype_of(&INT) {
            let shown = self.vm.repr_text(object)?;
            return Err(self.vm.value_error(format!("invalid integer value: {shown}")));
        }
        self.vm.c_int_argument(object)
    }

    /// A constant: of a builtin type, no subclass.
    fn constant(&self, object: &Obj) -> PyResult<Const> {
        let vm = self.vm;
        let is_exact = vm.is_none(object)
            || object.is(&vm.ellipsis())
            || object.is_exact(&crate::builtins::BOOL)
            || object.is_exact_int()
            || object.is_exact(&STR)
            || object.downcast_exact::<Float>().is_some()
            || object.downcast_exact::<Complex>().is_some()
            || object.downcast_exact::<Bytes>().is_some();
        if !is_exact {
            let items = if object.is_exact(&TUPLE) {
                object.downcast::<Tuple>().map(|tuple| tuple.items().to_vec())
            } else if object.is_exact(&FROZENSET) {
                object.downcast::<Set>().map(|set| set.elements())
            } else {
                None
            };
            let Some(items) = items else {
                return Err(
                    vm.type_error(format!("got an invalid type in Constant: {}", object.ty().tp_name()))
                );
            };
            vm.check_native_stack()?;
            items.iter().try_for_each(|item| self.constant(item).map(drop))?;
        }
        crate::builtins::code_constant(vm, object)
    }

    fn span(&self, object: &Obj, class: &Class) -> PyResult<Span> {
        let vm = self.vm;
        let start = |name: &str| match vm.find_attr(object, &vm.intern(name))? {
            Some(found) => self.int(&found),
            None => Err(self.missing(name, class)),
        };
        let end = |name: &str, default: i32| match vm.find_attr(object, &vm.intern(name))? {
            Some(found) if !vm.is_none(&found) => self.int(&found),
            _ => Ok(default),
        };
        let lineno = start("lineno")?;
        let col_offset = start("col_offset")?;
        let (end_lineno, end_col_offset) = if class.end_is_optional {
            (end("end_lineno", lineno)?, end("end_col_offset", col_offset)?)
        } else {
            (start("end_lineno")?, start("end_col_offset")?)
        };
        Ok(Span { lineno, col_offset, end_lineno, end_col_offset })
    }
}

/// Sums whose constructors have no fields: contexts and operators.
fn is_simple(kind: Kind) -> bool {
    matches!(kind, Kind::ExprContext | Kind::BoolopNode | Kind::Operator | Kind::UnaryopNode | Kind::Cmpop)
}
