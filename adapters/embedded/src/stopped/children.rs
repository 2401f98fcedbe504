//! What values hold: items by index, attributes by name; in pages, and each looked at only when its page is.

use lasti_engine::command::VariableFilter;
use lasti_engine::place::Page;
use lasti_engine::snapshot::{Children, ValueInfo, VariableInfo, VariablePage};
use lasti_engine::{EngineError, VariableRef};
use lasti_vm::dict::Dict;
use lasti_vm::errors::BaseException;
use lasti_vm::generator::Generator;
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::set::Set;
use lasti_vm::text::Str;
use lasti_vm::types::TypeData;
use lasti_vm::{Obj, Ref, Vm, inspect};

use super::scopes::Home;
use super::{Handle, Holder, SHORT, Session, special, suspended};
use crate::show::{self, Code};

/// How many variables are told at a time.
const PAGE: usize = 500;

/// A child, before it is shown.
#[derive(Clone)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) value: What,
    pub(super) expression: Option<String>,
    pub(super) writable: bool,
}

/// What a child is.
#[derive(Clone)]
pub(super) enum What {
    Value(Obj),
    /// A property, which is not evaluated yet.
    Property,
    /// The group of those whose names are special: how many.
    Special(u32),
    /// It is no value of the program's, but something to be said of it.
    Said(String),
}

/// How many named and indexed children a value has; none if it has none.
pub(super) fn count(value: &Obj) -> Option<(u32, u32)> {
    let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let indexed = items(value).map_or(0, |items| items.len());
    let named = named_count(value);
    (indexed + named > 0).then_some((narrow(named), narrow(indexed)))
}

/// The items of a container.
enum Items<'a> {
    List(&'a Ref<List>),
    Tuple(&'a Ref<Tuple>),
    Dict(&'a Ref<Dict>),
    Set(&'a Ref<Set>),
}

fn items(value: &Obj) -> Option<Items<'_>> {
    let list = || value.downcast::<List>().map(Items::List);
    let tuple = || value.downcast::<Tuple>().map(Items::Tuple);
    let dict = || value.downcast::<Dict>().map(Items::Dict);
    let set = || value.downcast::<Set>().map(Items::Set);
    list().or_else(tuple).or_else(dict).or_else(set)
}

impl Items<'_> {
    fn len(&self) -> usize {
        match self {
            Self::List(list) => list.items.len(),
            Self::Tuple(tuple) => tuple.len(),
            Self::Dict(dict) => dict.len(),
            Self::Set(set) => set.len(),
        }
    }

    fn children(&self, vm: &Vm, from: usize, count: usize, of: Option<&str>) -> Vec<Child> {
        let at = |name: &str| of.map(|of| format!("{}[{name}]", operand(of)));
        let indexed = |values: Vec<Obj>, writable| {
            let child = |(index, value)| {
                let name = usize::to_string(&(from + index));
                Child { expression: at(&name), name, value: What::Value(value), writable }
            };
            values.into_iter().enumerate().map(child).collect()
        };
        match self {
            Self::List(list) => indexed(list.items.copy_range(from..from.saturating_add(count)), true),
            Self::Tuple(tuple) => {
                indexed(tuple.items().iter().skip(from).take(count).cloned().collect(), false)
            }
            Self::Dict(dict) => {
                let mut position = 0;
                let entries = std::iter::from_fn(|| dict.next(&mut position)).skip(from).take(count);
                let child = |(key, value): (Obj, Obj)| {
                    let name = show::shown(vm, &key, SHORT, Code::Rests).text;
                    let plain = key.downcast_exact::<Str>().is_some() || key.is_exact_int();
                    let expression = if plain { at(&name) } else { None };
                    Child { name, value: What::Value(value), expression, writable: true }
                };
                entries.collect::<Vec<_>>().into_iter().map(child).collect()
            }
            Self::Set(set) => {
                let mut position = 0;
                let elements = std::iter::from_fn(|| set.next(&mut position)).map(|(element, _)| element);
                let elements: Vec<Obj> = elements.skip(from).take(count).collect();
                let child = |(index, value)| {
                    let name = usize::to_string(&(from + index));
                    Child { name, value: What::Value(value), expression: None, writable: false }
                };
                elements.into_iter().enumerate().map(child).collect()
            }
        }
    }
}

fn named_count(value: &Obj) -> usize {
    if let Some(module) = value.downcast::<Module>() {
        return module.dict.len();
    }
    if let Some(class) = value.downcast::<TypeData>() {
        return class.dict().map_or(0, |dict| dict.len());
    }
    if let Some(generator) = value.downcast::<Generator>() {
        return suspended::count(generator);
    }
    inspect::attributes(value).len()
        + inspect::slots(value).iter().filter(|(_, value)| value.is_some()).count()
        + inspect::properties(value).len()
        + usize::from(value.downcast::<BaseException>().is_some())
}

/// The attributes of a value: its own, those of its slots, then its properties.
fn named(value: &Obj, of: Option<&str>) -> Vec<Child> {
    let path = |name: &str| of.map(|of| format!("{}.{name}", operand(of)));
    let child = |name: &str, value: What, writable| Child {
        name: name.to_owned(),
        value,
        expression: path(name),
        writable,
    };
    let text = |name: &Obj| name.downcast::<Str>().map(|name| name.to_string_lossy().into_owned());
    let of_pairs = |pairs: Vec<(Obj, Obj)>, writable| {
        let one = |(name, value): (Obj, Obj)| Some(child(&text(&name)?, What::Value(value), writable));
        pairs.into_iter().filter_map(one).collect::<Vec<_>>()
    };
    if let Some(module) = value.downcast::<Module>() {
        return of_pairs(module.dict.items(), true);
    }
    if let Some(class) = value.downcast::<TypeData>() {
        return of_pairs(class.dict().map(|dict| dict.items()).unwrap_or_default(), class.is_heap());
    }
    let mut children = Vec::new();
    if let Some(exception) = value.downcast::<BaseException>() {
        children.push(child("args", What::Value(Tuple::new(exception.args()).into_obj()), true));
    }
    children.extend(of_pairs(inspect::attributes(value), true));
    for (name, value) in inspect::slots(value) {
        if let Some(value) = value {
            children.push(child(&name.to_string_lossy(), What::Value(value), true));
        }
    }
    let properties = inspect::properties(value).into_iter();
    children.extend(properties.map(|name| child(&name.to_string_lossy(), What::Property, true)));
    children
}

/// An expression as what a `.` or `[` may follow.
pub(super) fn operand(expression: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "_.[]'\"".contains(character);
    if expression.chars().all(plain) && !expression.starts_with(|first: char| first.is_ascii_digit()) {
        expression.to_owned()
    } else {
        format!("({expression})")
    }
}

impl<'a> Session<'a> {
    pub(super) fn variables(
        &mut self,
        of: VariableRef,
        filter: VariableFilter,
        page: Page,
    ) -> Result<VariablePage, EngineError> {
        let (start, count) = (page.start as usize, (page.count as usize).min(PAGE));
        let handle = self.handle(of)?;
        match &handle {
            Handle::Scope(..) | Handle::Value(_) | Handle::Special(_) => {
                let (mut named, items) = match &handle {
                    Handle::Special(of) => (special::of(self.named(of)), None),
                    Handle::Value(holder) => (special::grouped(self.named(&handle)), items(&holder.value)),
                    _ => (special::grouped(self.named(&handle)), None),
                };
                if filter == VariableFilter::Indexed {
                    named.clear();
                }
                let items = items.filter(|_| filter != VariableFilter::Named);
                Ok(self.page(&handle, named, items.as_ref(), start, count))
            }
            Handle::Property(holder, name) => {
                let vm = self.vm;
                let value = vm.getattr_named(&holder.value, name);
                let expression = holder.expression.as_ref().map(|of| format!("{}.{name}", operand(of)));
                let value = match value {
                    Ok(value) => {
                        let holder = Holder { value, frame: holder.frame, expression: expression.clone() };
                        self.value_info(holder, SHORT, Code::Runs)
                    }
                    Err(error) => failed(vm, &error),
                };
                let variable = VariableInfo { name: name.clone(), value, expression, writable: true };
                Ok(VariablePage { variables: vec![variable], more: false })
            }
        }
    }

    /// The children that have names.
    fn named(&self, handle: &Handle<'a>) -> Vec<Child> {
        match handle {
            Handle::Scope(scope, frame) => {
                let child = |(name, value, home): (String, Obj, Home)| {
                    let writable = home != Home::Nowhere;
                    let expression = writable.then(|| name.clone());
                    Child { name, value: What::Value(value), expression, writable }
                };
                self.scope_variables(*scope, frame).into_iter().map(child).collect()
            }
            Handle::Value(holder) => {
                let of = holder.expression.as_deref();
                match holder.value.downcast::<Generator>() {
                    Some(generator) => suspended::children(self.shared, self.vm, generator, of),
                    None => named(&holder.value, of),
                }
            }
            Handle::Special(of) => self.named(of),
            Handle::Property(..) => Vec::new(),
        }
    }

    /// Part of the children: the named first, then the indexed.
    fn page(
        &mut self,
        handle: &Handle<'a>,
        named: Vec<Child>,
        items: Option<&Items<'_>>,
        start: usize,
        count: usize,
    ) -> VariablePage {
        let total = named.len() + items.map_or(0, Items::len);
        let names = named.len();
        let mut children: Vec<Child> = named.into_iter().skip(start).take(count).collect();
        if let (Some(items), Handle::Value(holder)) = (items, handle) {
            let (from, of) = (start.saturating_sub(names), holder.expression.as_deref());
            children.extend(items.children(self.vm, from, count - children.len(), of));
        }
        let more = total > start.saturating_add(children.len()) && !children.is_empty();
        let variables = children.into_iter().map(|child| self.child(handle, child)).collect();
        VariablePage { variables, more }
    }

    fn child(&mut self, handle: &Handle<'a>, child: Child) -> VariableInfo {
        let Child { name, value, expression, writable } = child;
        let value = match value {
            What::Value(value) => {
                let holder = Holder { value, frame: handle.frame(), expression: expression.clone() };
                self.value_info(holder, SHORT, Code::Runs)
            }
            What::Said(text) => {
                ValueInfo { text, cut: false, type_name: String::new(), children: None, lazy: false }
            }
            What::Special(count) => {
                let variables = self.refer(Handle::Special(Box::new(handle.clone())));
                let children = Some(Children { variables, named: count, indexed: 0 });
                ValueInfo { text: String::new(), cut: false, type_name: String::new(), children, lazy: false }
            }
            What::Property => {
                let mut of = handle;
                while let Handle::Special(inner) = of {
                    of = inner;
                }
                let children = match of {
                    Handle::Value(holder) => {
                        let variables = self.refer(Handle::Property(holder.clone(), name.clone()));
                        Some(Children { variables, named: 1, indexed: 0 })
                    }
                    _ => None,
                };
                let (text, type_name) = (String::new(), "property".into());
                ValueInfo { text, cut: false, type_name, children, lazy: true }
            }
        };
        VariableInfo { name, value, expression, writable }
    }

    /// The item of a container that has this name.
    pub(super) fn item_key(&self, value: &Obj, name: &str) -> Option<Obj> {
        match items(value)? {
            Items::List(_) => name.parse().ok().map(Int::from_usize),
            Items::Dict(dict) => {
                let keys = dict.items().into_iter().map(|(key, _)| key);
                keys.into_iter().find(|key| show::shown(self.vm, key, SHORT, Code::Rests).text == name)
            }
            Items::Tuple(_) | Items::Set(_) => None,
        }
    }
}

/// What a property is shown as that raised an exception.
fn failed(vm: &Vm, error: &lasti_vm::Exc) -> ValueInfo {
    let text = format!("<{}>", show::last_line(vm, error));
    ValueInfo {
        text,
        cut: false,
        type_name: error.exception().as_obj().ty().name(),
        children: None,
        lazy: false,
    }
}
