//! The classes of nodes: ordinary classes, made from the table of their facts.

use lasti_compile::ast::{CLASSES, Class, Field, FieldType, Kind, Quantity};

use super::node::AST;
use crate::builtins::{INT, LIST, NONE_TYPE, OBJECT, STR, TYPE, generic_alias, union_type};
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::types::TypeData;
use crate::vm::Vm;

/// The classes by their kinds, and the nodes that trees share: those without fields, such as `Load()`.
pub(crate) struct Classes {
    classes: Vec<Ref<TypeData>>,
    shared: Vec<Option<Obj>>,
}

static POSITIONS: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

impl Classes {
    /// The classes, made now if they were not yet.
    pub(crate) fn get(vm: &Vm) -> PyResult<&'static Self> {
        if let Some(made) = vm.interp().ast_classes().get() {
            return Ok(made);
        }
        let made = Self::make(vm)?;
        Ok(vm.interp().ast_classes().get_or_init(|| made))
    }

    /// All classes, without `AST`.
    pub(crate) fn all(&self) -> &[Ref<TypeData>] {
        &self.classes
    }

    /// The class of this kind.
    pub(crate) fn class(&self, kind: Kind) -> &Ref<TypeData> {
        &self.classes[kind as usize]
    }

    /// The node of this kind that trees share, if they share one.
    pub(crate) fn shared(&self, kind: Kind) -> Option<&Obj> {
        self.shared[kind as usize].as_ref()
    }

    fn make(vm: &Vm) -> PyResult<Self> {
        let mut classes: Vec<Ref<TypeData>> = Vec::with_capacity(CLASSES.len());
        for class in CLASSES {
            let base = match class.base {
                Some(base) => classes[base as usize].as_obj().clone(),
                None => AST.to_obj(),
            };
            let name = vm.intern(class.name).into_obj();
            let bases = Tuple::new(vec![base]).into_obj();
            let made = vm.call(&TYPE.to_obj(), &[name, bases, namespace(vm, class)?.into_obj()])?;
            let made = made.into_ref::<TypeData>();
            classes.push(made.map_err(|_| vm.system_error("type() made no class"))?);
        }
        let mut made = Self { classes, shared: Vec::new() };
        for class in CLASSES.iter().filter(|class| !class.sum) {
            let types = Dict::new();
            for field in class.fields {
                types.set_str(vm, &vm.intern(field.name), made.field_type(vm, field)?)?;
            }
            let object = made.class(class.kind).as_obj();
            vm.setattr(object, &vm.intern("_field_types"), types.as_obj())?;
            vm.setattr(object, &vm.names().__annotations_cache__, types.as_obj())?;
        }
        for class in CLASSES {
            let is_shared = !class.sum && class.fields.is_empty() && !class.positions;
            let node = if is_shared {
                Some(vm.call_with(made.class(class.kind).as_obj(), Args::NONE)?)
            } else {
                None
            };
            made.shared.push(node);
        }
        Ok(made)
    }

    /// What `_field_types` says of a field.
    fn field_type(&self, vm: &Vm, field: &Field) -> PyResult {
        let one = match field.ty {
            FieldType::Identifier | FieldType::String => STR.to_obj(),
            FieldType::Int => INT.to_obj(),
            FieldType::Constant => OBJECT.to_obj(),
            FieldType::Node(kind) => self.class(kind).as_obj().clone(),
        };
        match field.quantity {
            Quantity::One => Ok(one),
            Quantity::Optional => union_type::from_args(vm, &[one, NONE_TYPE.to_obj()]),
            Quantity::Many | Quantity::ManyOrNone => Ok(generic_alias::make(vm, LIST.to_obj(), &one)),
        }
    }
}

fn names(vm: &Vm, names: impl Iterator<Item = &'static str>) -> Obj {
    Tuple::new(names.map(|name| vm.intern(name).into_obj()).collect()).into_obj()
}

fn namespace(vm: &Vm, class: &Class) -> PyResult<Ref<Dict>> {
    let namespace = Dict::new();
    let set = |name: &str, value: Obj| namespace.set_str(vm, &vm.intern(name), value);
    let fields = names(vm, class.fields.iter().map(|field| field.name));
    set("_fields", fields.clone())?;
    set("__match_args__", fields)?;
    set("__module__", vm.intern("ast").into_obj())?;
    set("__doc__", crate::text::Str::new(class.doc).into_obj())?;
    if class.base.is_none() {
        let positions: &[&'static str] = if class.positions { &POSITIONS } else { &[] };
        set("_attributes", names(vm, positions.iter().copied()))?;
    }
    for field in class.fields.iter().filter(|field| field.quantity == Quantity::Optional) {
        set(field.name, vm.none())?;
    }
    if class.end_is_optional {
        set("end_lineno", vm.none())?;
        set("end_col_offset", vm.none())?;
    }
    Ok(namespace)
}
