//! Owns the nodes the diagnosing parser builds: as much of a syntax tree as error messages look at.
//! Does not own the tree that is compiled; that is the compiler library's.
use super::grammar::Targets;

pub(super) type NodeId = u32;

/// What a node is, as far as messages tell kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Token,
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    Operation,
    GeneratorExp,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    JoinedStr,
    TemplateStr,
    True,
    False,
    None,
    Ellipsis,
    Literal,
    Bytes,
    Compare,
    In,
    IfExp,
    NamedExpr,
    Comprehension,
    KeywordArg,
    DoubleStarArg,
    Args,
    Seq,
}

impl Kind {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "Attribute" => Self::Attribute,
            "Subscript" => Self::Subscript,
            "Starred" => Self::Starred,
            "List" => Self::List,
            "Tuple" => Self::Tuple,
            "Lambda" => Self::Lambda,
            "Call" => Self::Call,
            "Operation" => Self::Operation,
            "GeneratorExp" => Self::GeneratorExp,
            "Yield" => Self::Yield,
            "Await" => Self::Await,
            "ListComp" => Self::ListComp,
            "SetComp" => Self::SetComp,
            "DictComp" => Self::DictComp,
            "Dict" => Self::Dict,
            "Set" => Self::Set,
            "JoinedStr" => Self::JoinedStr,
            "TemplateStr" => Self::TemplateStr,
            "True" => Self::True,
            "False" => Self::False,
            "None" => Self::None,
            "Ellipsis" => Self::Ellipsis,
            "Compare" => Self::Compare,
            "In" => Self::In,
            "IfExp" => Self::IfExp,
            "NamedExpr" => Self::NamedExpr,
            "Comprehension" => Self::Comprehension,
            "KeywordArg" => Self::KeywordArg,
            "DoubleStarArg" => Self::DoubleStarArg,
            "Args" => Self::Args,
            "Seq" => Self::Seq,
            _ => return None,
        })
    }

    /// The kind in messages. `CPython: pegen.c::_PyPegen_get_expr_name`.
    pub(super) fn expr_name(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Subscript => "subscript",
            Self::Starred => "starred",
            Self::Name => "name",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Lambda => "lambda",
            Self::Call => "function call",
            Self::GeneratorExp => "generator expression",
            Self::Yield => "yield expression",
            Self::Await => "await expression",
            Self::ListComp => "list comprehension",
            Self::SetComp => "set comprehension",
            Self::DictComp => "dict comprehension",
            Self::Dict => "dict literal",
            Self::Set => "set display",
            Self::JoinedStr => "f-string expression",
            Self::TemplateStr => "t-string expression",
            Self::True => "True",
            Self::False => "False",
            Self::None => "None",
            Self::Ellipsis => "ellipsis",
            Self::Literal | Self::Bytes => "literal",
            Self::Compare => "comparison",
            Self::IfExp => "conditional expression",
            Self::NamedExpr => "named expression",
            _ => "expression",
        }
    }
}

/// A node and where it stands; columns are byte columns, -1 for none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub kind: Kind,
    pub line: u32,
    pub col: i32,
    pub end_line: u32,
    pub end_col: i32,
    /// The token of a leaf, the first token otherwise.
    pub token: u32,
    first_child: u32,
    children: u32,
}

/// All nodes of a parse.
#[derive(Default)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    children: Vec<NodeId>,
}

impl Nodes {
    pub(super) fn add(
        &mut self,
        kind: Kind,
        span: (u32, i32, u32, i32),
        token: u32,
        children: &[NodeId],
    ) -> NodeId {
        let first_child = self.children.len() as u32;
        self.children.extend_from_slice(children);
        let (line, col, end_line, end_col) = span;
        let children = children.len() as u32;
        self.nodes.push(Node { kind, line, col, end_line, end_col, token, first_child, children });
        self.nodes.len() as u32 - 1
    }

    pub(super) fn get(&self, id: NodeId) -> Node {
        self.nodes[id as usize]
    }

    pub(super) fn children(&self, id: NodeId) -> &[NodeId] {
        let node = self.get(id);
        &self.children[node.first_child as usize..(node.first_child + node.children) as usize]
    }

    /// A node's elements, sequences inside it opened.
    pub(super) fn elements(&self, id: NodeId) -> Vec<NodeId> {
        let mut elements = Vec::new();
        let mut open: Vec<NodeId> = self.children(id).iter().rev().copied().collect();
        while let Some(id) = open.pop() {
            if self.get(id).kind == Kind::Seq {
                open.extend(self.children(id).iter().rev());
            } else {
                elements.push(id);
            }
        }
        elements
    }

    /// The part of `id` that no target may be. `CPython: pegen.c::_PyPegen_get_invalid_target`.
    pub(super) fn invalid_target(&self, id: NodeId, targets: Targets) -> Option<NodeId> {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            match self.get(id).kind {
                Kind::List | Kind::Tuple => open.extend(self.elements(id).iter().rev()),
                Kind::Starred if targets != Targets::Del => open.extend(self.children(id).last()),
                Kind::Compare if targets == Targets::For => {
                    let elements = self.elements(id);
                    if elements.get(1).is_some_and(|first| self.get(*first).kind == Kind::In) {
                        open.extend(elements.first());
                    }
                }
                Kind::Name | Kind::Subscript | Kind::Attribute => {}
                _ => return Some(id),
            }
        }
        None
    }
}
