//! Syntax trees as Python sees them in `_ast`, as plain data.
//!
//! - `nodes`: which classes there are, with which fields (generated);
//! - here: the tree, [`Node`], which has the fields of its class in their order;
//! - `from_source`: a source as a tree;
//! - `to_library`: a tree as the compiler library's.
//!
//! Nothing here checks whether a tree makes sense; what a field must hold is checked where trees are compiled.

pub(crate) mod from_source;
mod nodes;
pub(crate) mod to_library;
pub(crate) mod validate;

use lasti_code::{Const, Str};

pub use nodes::{CLASSES, Kind};

/// A class of syntax trees: a sum such as `expr`, one of its constructors, or a product such as `arguments`.
#[derive(Debug)]
pub struct Class {
    /// Which one.
    pub kind: Kind,
    /// Its name in `_ast`.
    pub name: &'static str,
    /// The sum that it is a constructor of.
    pub base: Option<Kind>,
    /// Whether it is a sum: instances are of its constructors.
    pub sum: bool,
    /// Whether nodes have positions.
    pub positions: bool,
    /// Whether it is where the end's positions get None for a default.
    pub end_is_optional: bool,
    /// Its fields.
    pub fields: &'static [Field],
    /// `__doc__`: its production in the grammar.
    pub doc: &'static str,
}

/// A field of a class.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub ty: FieldType,
    /// How many of it.
    pub quantity: Quantity,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldType {
    /// A name: a str.
    Identifier,
    /// A str.
    String,
    /// An int.
    Int,
    /// Any constant.
    Constant,
    /// A node.
    Node(Kind),
}

/// How many things a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// One.
    One,
    /// One or None.
    Optional,
    /// A list.
    Many,
    /// A list whose items may be None.
    ManyOrNone,
}

impl Kind {
    /// The facts about the class.
    pub fn class(self) -> &'static Class {
        &CLASSES[self as usize]
    }
}

/// Where a node stands in the source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// Line, counted from 1.
    pub lineno: i32,
    /// Column in bytes of UTF-8, counted from 0.
    pub col_offset: i32,
    /// Last line.
    pub end_lineno: i32,
    /// Column behind the end.
    pub end_col_offset: i32,
}

/// A node of a syntax tree.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Its class.
    pub kind: Kind,
    /// Its fields, in the class's order.
    pub fields: Vec<Value>,
    /// Where it stands, if its class has positions.
    pub span: Option<Span>,
}

/// What is in a field.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// None in an optional field.
    None,
    /// A node.
    Node(Node),
    /// A list.
    List(Vec<Value>),
    /// An identifier or string.
    Text(Str),
    /// An int.
    Int(i32),
    /// A constant.
    Constant(Const),
}

/// Why a tree is not compiled.
#[derive(Clone, PartialEq, Debug)]
pub enum TreeError {
    /// A ValueError: something that no source could give.
    Value(String),
    /// A TypeError.
    Type(String),
    /// A SystemError.
    System(String),
    /// A RecursionError.
    TooDeep,
    /// A MemoryError: positions beyond any source.
    Memory,
    /// What the compiler says.
    Syntax(crate::SyntaxError),
}
