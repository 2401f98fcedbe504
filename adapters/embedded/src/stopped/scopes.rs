//! The scopes of a frame, and what is in them.

use lasti_code::{CodeFlags, LocalKind};
use lasti_engine::snapshot::{ScopeInfo, ScopeKind};
use lasti_engine::{EngineError, FrameRef};
use lasti_vm::dict::Dict;
use lasti_vm::text::Str;
use lasti_vm::trace::{Activation, Variable};
use lasti_vm::{Obj, Ref};

use super::{Handle, Session, special};

/// A scope.
pub(super) type Scope = ScopeKind;

/// Where a variable lives that a scope shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Home {
    Slot(usize),
    Name,
    /// It is only shown.
    Nowhere,
}

impl<'a> Session<'a> {
    pub(super) fn scopes(&mut self, of: FrameRef) -> Result<Vec<ScopeInfo>, EngineError> {
        let frame = self.frame(of)?;
        let mut kinds = vec![ScopeKind::Locals];
        let variables = frame.variables();
        let has = |kind: LocalKind| variables.iter().any(|v| v.kind.contains(kind) && v.value.is_some());
        if has(LocalKind::FREE) {
            kinds.push(ScopeKind::FreeVariables);
        }
        if has(LocalKind::HIDDEN) {
            kinds.push(ScopeKind::Comprehension);
        }
        let innermost = frame.is(&self.frame);
        if innermost && self.result.is_some() {
            kinds.push(ScopeKind::Results);
        }
        if innermost && (self.raised.is_some() || self.vm.handled_exception().is_some()) {
            kinds.push(ScopeKind::Exception);
        }
        if !is_module(&frame) {
            kinds.push(ScopeKind::Globals);
        }
        kinds.extend([ScopeKind::Builtins, ScopeKind::ValueStack]);
        // A module's locals are its globals, which clients look for by that name.
        if is_module(&frame) {
            kinds.insert(1, ScopeKind::Globals);
        }
        let infos = kinds.into_iter().map(|kind| {
            let expensive = matches!(kind, ScopeKind::Globals | ScopeKind::Builtins | ScopeKind::ValueStack);
            let count = self.scope_count(kind, &frame) as u32;
            let variables = self.refer(Handle::Scope(kind, frame));
            ScopeInfo { kind, variables, count: Some(count), expensive }
        });
        Ok(infos.collect())
    }

    /// How many variables a scope has. Those of large ones are not made for that.
    fn scope_count(&self, scope: Scope, frame: &Activation<'a>) -> usize {
        match scope {
            ScopeKind::Globals => names_in(&frame.globals()),
            ScopeKind::Builtins => names_in(&frame.builtins()),
            _ => special::listed(self.scope_variables(scope, frame).into_iter().map(|(name, ..)| name)),
        }
    }

    /// Names, values and homes of a scope's variables.
    pub(super) fn scope_variables(&self, scope: Scope, frame: &Activation<'a>) -> Vec<(String, Obj, Home)> {
        let slots = |wanted: fn(LocalKind) -> bool| {
            let variables = frame.variables().into_iter().filter(move |variable| wanted(variable.kind));
            let shown = |Variable { slot, name, value, .. }: Variable| {
                Some((name.to_string_lossy().into_owned(), value?, Home::Slot(slot)))
            };
            variables.filter_map(shown).collect::<Vec<_>>()
        };
        match scope {
            ScopeKind::Locals => match locals_dict(frame) {
                Some(namespace) => of_dict(&namespace),
                None => {
                    let mut own = slots(|kind| !kind.intersects(LocalKind::FREE | LocalKind::HIDDEN));
                    own.extend(self.beside(frame, &own));
                    own
                }
            },
            ScopeKind::FreeVariables => slots(|kind| kind.contains(LocalKind::FREE)),
            ScopeKind::Comprehension => slots(|kind| kind.contains(LocalKind::HIDDEN)),
            ScopeKind::Globals => of_dict(&frame.globals()),
            ScopeKind::Builtins => of_dict(&frame.builtins()),
            ScopeKind::Results => {
                let result = self.result.iter();
                result
                    .map(|it| (format!("(return) {}", it.function), it.value.clone(), Home::Nowhere))
                    .collect()
            }
            ScopeKind::Exception => {
                let raised = self.raised.as_ref().map(|(exception, _)| exception.as_obj().clone());
                let exception = raised.or_else(|| self.vm.handled_exception());
                exception
                    .into_iter()
                    .map(|exception| ("exception".into(), exception, Home::Nowhere))
                    .collect()
            }
            ScopeKind::ValueStack => {
                let values = frame.value_stack().into_iter().enumerate();
                values.filter_map(|(at, value)| Some((at.to_string(), value?, Home::Nowhere))).collect()
            }
        }
    }

    /// What expressions set beside the frame's variables.
    fn beside(&self, frame: &Activation<'a>, own: &[(String, Obj, Home)]) -> Vec<(String, Obj, Home)> {
        let Ok(locals) = self.vm.getattr_named(&frame.object(), "f_locals") else { return Vec::new() };
        let slots: Vec<String> =
            frame.code().data().slots().map(|(_, name, _)| name.to_string_lossy().into_owned()).collect();
        let names = self.vm.collect(&locals).unwrap_or_default().into_iter();
        let beside = names.filter_map(|name| {
            let text = name.downcast::<Str>()?.to_string_lossy().into_owned();
            let is_own = own.iter().any(|(known, ..)| *known == text) || slots.contains(&text);
            if is_own { None } else { Some((text, self.vm.getitem(&locals, &name).ok()?, Home::Name)) }
        });
        beside.collect()
    }
}

/// Whether a frame's names are a module's globals.
pub(super) fn is_module(frame: &Activation<'_>) -> bool {
    frame.namespace().is_some_and(|namespace| namespace.is(frame.globals().as_obj()))
}

/// The namespace of a frame that has one for its locals.
pub(super) fn locals_dict(frame: &Activation<'_>) -> Option<Ref<Dict>> {
    if frame.code().flags().contains(CodeFlags::OPTIMIZED) {
        return None;
    }
    frame.namespace()?.into_ref::<Dict>().ok()
}

/// How many children are listed for what [`of_dict`] has.
fn names_in(dict: &Ref<Dict>) -> usize {
    let mut position = 0;
    let entries = std::iter::from_fn(|| dict.next(&mut position));
    special::listed(
        entries.filter_map(|(name, _)| Some(name.downcast::<Str>()?.to_string_lossy().into_owned())),
    )
}

fn of_dict(dict: &Ref<Dict>) -> Vec<(String, Obj, Home)> {
    let named = |(name, value): (Obj, Obj)| {
        Some((name.downcast::<Str>()?.to_string_lossy().into_owned(), value, Home::Name))
    };
    dict.items().into_iter().filter_map(named).collect()
}
