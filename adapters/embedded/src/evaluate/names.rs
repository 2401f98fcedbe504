//! The names that an expression in a frame sees before globals, and where their values live.

use lasti_code::{CodeFlags, LocalKind};
use lasti_vm::text::Str;
use lasti_vm::trace::Activation;
use lasti_vm::{Obj, PyResult, Ref, Vm};

/// Where a name's value lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a slot of the frame.
    Slot(usize),
    /// In the namespace of a class body, or of code given to `exec`.
    Namespace,
    /// Beside the frame's variables: an earlier expression set it.
    Beside,
}

/// The names of a frame.
pub(super) struct Names {
    pub(super) places: Vec<(String, Place)>,
    /// What else has a name is global.
    pub(super) is_module: bool,
}

/// Names that code cannot name are left out.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|next| next == '_' || next.is_alphanumeric())
}

impl Names {
    /// The variables of a function, whether they have values or not.
    pub(super) fn of_slots(frame: &Activation<'_>) -> Self {
        let code = frame.code();
        let slots = code
            .data()
            .slots()
            .filter(|(_, name, kind)| !kind.contains(LocalKind::HIDDEN) && is_name(&name.to_string_lossy()));
        let places = slots
            .map(|(slot, name, _)| (name.to_string_lossy().into_owned(), Place::Slot(slot.get())))
            .collect();
        Self { places, is_module: false }
    }

    /// All names of a frame.
    pub(super) fn of(vm: &Vm, frame: &Activation<'_>) -> Self {
        let mut names = Self::of_slots(frame);
        for variable in frame.variables() {
            // Of an inlined comprehension that runs.
            let name = variable.name.to_string_lossy().into_owned();
            if variable.kind.contains(LocalKind::HIDDEN) && variable.value.is_some() && is_name(&name) {
                names.places.retain(|(known, _)| *known != name);
                names.places.push((name, Place::Slot(variable.slot)));
            }
        }
        let function = frame.code().flags().contains(CodeFlags::OPTIMIZED);
        match frame.namespace() {
            Some(namespace) if !function => {
                names.is_module = namespace.is(frame.globals().as_obj());
                if !names.is_module {
                    names.add(vm, &namespace, &Place::Namespace);
                }
            }
            _ => {
                if let Ok(locals) = vm.getattr_named(&frame.object(), "f_locals") {
                    names.add(vm, &locals, &Place::Beside);
                }
            }
        }
        names
    }

    fn add(&mut self, vm: &Vm, mapping: &Obj, place: &Place) {
        for key in vm.collect(mapping).unwrap_or_default() {
            let Some(name) = key.downcast::<Str>().map(|name| name.to_string_lossy().into_owned()) else {
                continue;
            };
            if is_name(&name) && !self.places.iter().any(|(known, _)| *known == name) {
                self.places.push((name, place.clone()));
            }
        }
    }
}

impl Place {
    /// The value, if there is one.
    pub(super) fn value(&self, vm: &Vm, frame: &Activation<'_>, name: &str) -> PyResult<Option<Obj>> {
        let mapping = match self {
            Self::Slot(slot) => return Ok(frame.variable(*slot)),
            Self::Namespace => frame.namespace(),
            Self::Beside => Some(vm.getattr_named(&frame.object(), "f_locals")?),
        };
        let Some(mapping) = mapping else { return Ok(None) };
        match vm.getitem(&mapping, Str::new(name).as_obj()) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is(&lasti_vm::builtins::KEY_ERROR) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Sets a name: where it lives, or else beside the frame's variables.
pub(super) fn store(
    vm: &Vm,
    frame: &Activation<'_>,
    place: Option<&Place>,
    name: &str,
    value: Obj,
) -> PyResult<()> {
    let name: Ref<Str> = vm.intern(name);
    match (place, frame.namespace()) {
        (Some(Place::Slot(slot)), _) => {
            frame.set_variable(*slot, value);
            Ok(())
        }
        (_, Some(namespace)) => vm.setitem(&namespace, name.as_obj(), &value),
        (_, None) => {
            let locals = vm.getattr_named(&frame.object(), "f_locals")?;
            vm.setitem(&locals, name.as_obj(), &value)
        }
    }
}

/// Takes a name's value away.
pub(super) fn delete(vm: &Vm, frame: &Activation<'_>, place: Option<&Place>, name: &str) -> PyResult<()> {
    let mapping = match place {
        Some(Place::Slot(slot)) => {
            frame.delete_variable(*slot);
            return Ok(());
        }
        Some(Place::Namespace) => frame.namespace(),
        Some(Place::Beside) | None => Some(vm.getattr_named(&frame.object(), "f_locals")?),
    };
    mapping.map_or(Ok(()), |mapping| vm.delitem(&mapping, vm.intern(name).as_obj()))
}

/// Sets a name of a frame; false if the frame has none.
pub(crate) fn set_by_name(vm: &Vm, frame: &Activation<'_>, name: &str, value: Obj) -> PyResult<bool> {
    let names = Names::of(vm, frame);
    match names.places.iter().find(|(known, _)| known == name) {
        Some((_, place)) => store(vm, frame, Some(place), name, value).map(|()| true),
        None if names.is_module => frame.globals().set_str(vm, &vm.intern(name), value).map(|()| true),
        None => Ok(false),
    }
}
