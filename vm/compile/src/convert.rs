//! The library's code objects as ours.

use std::sync::Arc;

use lasti_code::{CodeFlags, CodeObject, Const, Int, Str};
use rustpython_compiler_core::bytecode::{self, CommonConstant, ConstantData, Instruction};

use crate::identifiers;
use crate::mend::columnless::Columnless;
use crate::mend::docstring::Docstrings;
use crate::mend::long_display::{LongDisplays, NotConstant};
use crate::mend::{frozenset, global_doc, list_position, qualname};
use crate::share::Sharer;

/// Converts a code object and all that is nested in it.
pub(crate) fn convert(
    code: bytecode::CodeObject,
    displays: &LongDisplays<'_>,
    docstrings: &Docstrings,
    columnless: &Columnless,
    doc_is_global: bool,
) -> Result<Arc<CodeObject>, NotConstant> {
    Converter { sharer: Sharer::default(), displays, docstrings, columnless, doc_is_global }.code(code, None)
}

struct Converter<'a> {
    sharer: Sharer,
    displays: &'a LongDisplays<'a>,
    docstrings: &'a Docstrings,
    columnless: &'a Columnless,
    doc_is_global: bool,
}

/// What a nested code object depends on: the code object around it, and that one's surroundings.
pub(crate) struct Scope<'a> {
    pub(crate) qualname: &'a str,
    pub(crate) name: &'a str,
    pub(crate) is_function: bool,
    pub(crate) outer: Option<&'a Scope<'a>>,
}

/// Whether this is the code of an annotation scope. CPython compiles it with a parameter `.format`, and
/// then gives it a new tuple of slot names that begins with `format` (Python/codegen.c,
/// `codegen_leave_annotations_scope`). Nothing else loads `NotImplementedError` as a common constant.
fn has_renamed_parameter(code: &bytecode::CodeObject) -> bool {
    code.varnames.first().is_some_and(|name| name == "format")
        && code.instructions.iter().any(|unit| {
            matches!(unit.op, Instruction::LoadCommonConstant { .. })
                && u8::from(unit.arg) == CommonConstant::NotImplementedError as u8
        })
}

impl Converter<'_> {
    fn code(
        &mut self,
        mut code: bytecode::CodeObject,
        outer: Option<&Scope<'_>>,
    ) -> Result<Arc<CodeObject>, NotConstant> {
        let qualname = std::mem::take(&mut code.qualname);
        let qualname = qualname::mended(&code.obj_name, qualname, outer);
        let is_function = code.flags.contains(bytecode::CodeFlags::OPTIMIZED);
        let scope = Scope { qualname: &qualname, name: &code.obj_name, is_function, outer };
        let is_class = !is_function && code.names.first().is_some_and(|name| name == "__name__");
        let identifiers = identifiers::not_ascii(&code);
        let mut consts = Vec::with_capacity(code.constants.len());
        for (index, constant) in code.constants.iter().enumerate() {
            // The library has no way to take the constants out of their box.
            consts.push(match constant {
                // What a class body stores as `__qualname__` is the object that is also `co_qualname`.
                ConstantData::Str { value } if is_class && value.as_bytes() == qualname.as_bytes() => {
                    self.sharer.qualname_as_constant(value)
                }
                constant if identifiers.contains(&index) => self.identifiers(constant),
                constant => self.constant(constant.clone(), Some(&scope))?,
            });
        }
        let consts = self.sharer.constants_of_code(consts);
        let names = self.sharer.names(code.names.iter().map(String::as_str));
        let plain_cells = code.cellvars.iter().filter(|cell| !code.varnames.contains(*cell));
        let slots = code.varnames.iter().chain(plain_cells).chain(&code.freevars);
        let slots = slots.map(String::as_str);
        let localsplusnames = if has_renamed_parameter(&code) {
            slots.map(|name| self.sharer.name(name)).collect()
        } else {
            self.sharer.names(slots)
        };
        let firstlineno = code.first_line_number.map_or(0, |line| line.get() as i32);
        let mut bytecode = code.instructions.original_bytes();
        if self.doc_is_global && outer.is_none() {
            global_doc::mend(&mut bytecode, &code.names);
        }
        let lists: Vec<usize> = (code.constants.iter().enumerate())
            .filter(|(_, constant)| self.displays.is_list_or_set(constant))
            .map(|(index, _)| index)
            .collect();
        let mut linetable = code.linetable.into_vec();
        if !lists.is_empty() {
            linetable = list_position::mended(&bytecode, &linetable, firstlineno, &lists);
        }
        if let Some(mended) = self.docstrings.mended(&linetable, firstlineno) {
            linetable = mended;
        }
        if let Some(mended) = self.columnless.mended(&linetable, firstlineno) {
            linetable = mended;
        }
        Ok(Arc::new(CodeObject {
            argcount: code.arg_count,
            posonlyargcount: code.posonlyarg_count,
            kwonlyargcount: code.kwonlyarg_count,
            stacksize: code.max_stackdepth,
            flags: CodeFlags::from_bits_retain(code.flags.bits()),
            code: bytecode.into(),
            consts,
            names,
            localsplusnames,
            localspluskinds: code.localspluskinds.into(),
            filename: self.sharer.name(&code.source_path),
            name: self.sharer.name(&code.obj_name),
            qualname: self.sharer.name(&qualname),
            firstlineno,
            linetable: self.sharer.bytes(linetable),
            exceptiontable: self.sharer.bytes(code.exceptiontable),
        }))
    }

    fn constant(&mut self, constant: ConstantData, scope: Option<&Scope<'_>>) -> Result<Const, NotConstant> {
        let constant = match self.displays.restore(constant)? {
            ConstantData::None => return Ok(Const::None),
            ConstantData::Ellipsis => return Ok(Const::Ellipsis),
            ConstantData::Boolean { value } => return Ok(Const::Bool(value)),
            ConstantData::Integer { value } => return Ok(Const::Int(Int::from(value))),
            ConstantData::Float { value } => return Ok(Const::Float(value)),
            ConstantData::Complex { value } => return Ok(Const::Complex(value.re, value.im)),
            ConstantData::Str { value } => return Ok(self.sharer.string(&value)),
            ConstantData::Bytes { value } => Const::Bytes(value.into()),
            ConstantData::Tuple { elements } => Const::Tuple(self.constants(elements, scope)?.into()),
            ConstantData::Frozenset { elements } => {
                let members = frozenset::distinct(self.constants(elements, scope)?);
                Const::FrozenSet(members.into_iter().collect())
            }
            ConstantData::Slice { elements } => {
                let [start, stop, step] = *elements;
                let part = |part| self.slice_part(part, scope);
                let [start, stop, step] = [start, stop, step].map(part);
                Const::Slice(Arc::new([start?, stop?, step?]))
            }
            ConstantData::Code { code } => Const::Code(self.code(*code, scope)?),
        };
        Ok(self.sharer.constant(constant))
    }

    /// A constant made of identifiers.
    fn identifiers(&mut self, constant: &ConstantData) -> Const {
        match constant {
            ConstantData::Str { value } => self.sharer.identifier(value),
            ConstantData::Tuple { elements } => {
                let items = elements.iter().map(|item| self.identifiers(item)).collect();
                self.sharer.constant(Const::Tuple(items))
            }
            _ => Const::None,
        }
    }

    /// A part of a slice. CPython looks into slices neither for sharing nor for interning.
    fn slice_part(&self, part: ConstantData, scope: Option<&Scope<'_>>) -> Result<Const, NotConstant> {
        match part {
            ConstantData::Str { value } if value.code_points().nth(1).is_some() => {
                Ok(Const::Str(Str::from_wtf8(&value, false)))
            }
            part => Converter { sharer: Sharer::default(), ..*self }.constant(part, scope),
        }
    }

    fn constants(
        &mut self,
        constants: Vec<ConstantData>,
        scope: Option<&Scope<'_>>,
    ) -> Result<Vec<Const>, NotConstant> {
        constants.into_iter().map(|constant| self.constant(constant, scope)).collect()
    }
}
