//! Everything that marshal can hold, as a graph of plain nodes: lists, dicts and sets too, and objects
//! that contain themselves.

use std::vec::Drain;

use rustpython_wtf8::Wtf8;

use super::encode::Encoder;
use super::read::{Atom, Builder, CodeFields, Container, ReadError, Refused, read};
use super::{DumpError, MAX_DEPTH, tag};
use crate::constant::Int;
use crate::text::Str;

/// The index of a node in its [`Graph`]: an object's identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u32);

/// An object.
#[derive(Clone, Debug)]
pub enum Node {
    /// `None`, a bool, `...`, `StopIteration`.
    Atom(Atom),
    /// An integer.
    Int(Int),
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(f64, f64),
    /// A string.
    Str(Str),
    /// A bytes object.
    Bytes(Vec<u8>),
    /// A tuple, list, dict (keys and values in turn), set, frozen set or slice.
    Container(Container, Vec<NodeId>),
    /// A code object.
    Code(Box<CodeFields<NodeId>>),
}

/// Objects that refer to each other.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    root: NodeId,
}

impl Graph {
    /// A graph of these nodes; `None` if `root` or a reference is to no node.
    pub fn new(nodes: Vec<Node>, root: NodeId) -> Option<Self> {
        let exists = |id: &NodeId| (id.0 as usize) < nodes.len();
        let whole = nodes.iter().all(|node| match node {
            Node::Container(_, items) => items.iter().all(exists),
            Node::Code(fields) => code_objects(fields).iter().all(exists),
            _ => true,
        });
        (whole && exists(&root)).then_some(Self { nodes, root })
    }

    /// Reads a graph from the beginning of some bytes, which may go on after it.
    pub fn loads(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut nodes = Nodes(Vec::new());
        let (root, _) = read(bytes, &mut nodes)?;
        Ok(Self { nodes: nodes.0, root })
    }

    /// The outermost object.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// A node. Ids of another graph may give any node or none.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// Marshals the graph. An object is entered in the reference table when it is referred to more than
    /// once, which is all that a reader needs. Sets keep their order.
    pub fn dumps(&self) -> Result<Vec<u8>, DumpError> {
        let mut uses = vec![0u32; self.nodes.len()];
        let mut objects = vec![self.root];
        while let Some(id) = objects.pop() {
            let index = id.0 as usize;
            uses[index] += 1;
            if uses[index] == 1 {
                match &self.nodes[index] {
                    Node::Container(_, items) => objects.extend(items),
                    Node::Code(fields) => objects.extend(code_objects(fields)),
                    _ => {}
                }
            }
        }
        self.write(&uses)
    }

    fn write(&self, uses: &[u32]) -> Result<Vec<u8>, DumpError> {
        enum Task {
            Object(NodeId, usize),
            Long(i32),
            EndDict,
        }
        let mut out = Encoder::default();
        let mut indices = vec![None; self.nodes.len()];
        let mut entered = 0;
        let mut pending = vec![Task::Object(self.root, 0)];
        while let Some(task) = pending.pop() {
            let (index, depth) = match task {
                Task::Object(id, depth) => (id.0 as usize, depth),
                Task::Long(value) => {
                    out.long(value);
                    continue;
                }
                Task::EndDict => {
                    out.tag(tag::NULL, false);
                    continue;
                }
            };
            if let Some(reference) = indices[index] {
                out.reference(reference);
                continue;
            }
            let node = &self.nodes[index];
            let flagged = uses[index] > 1 && !matches!(node, Node::Atom(_));
            if flagged {
                indices[index] = Some(entered);
                entered += 1;
            }
            node.begin(&mut out, flagged)?;
            if depth >= MAX_DEPTH && matches!(node, Node::Container(..) | Node::Code(_)) {
                return Err(DumpError::TooDeep);
            }
            let part = |&id: &NodeId| Task::Object(id, depth + 1);
            match node {
                Node::Container(kind, items) => {
                    pending.extend((*kind == Container::Dict).then_some(Task::EndDict));
                    pending.extend(items.iter().rev().map(part));
                }
                Node::Code(fields) => {
                    let objects = code_objects(fields);
                    let (before, after) = objects.split_at(objects.len() - 2);
                    pending.extend(after.iter().rev().map(part));
                    pending.push(Task::Long(fields.firstlineno));
                    pending.extend(before.iter().rev().map(part));
                }
                _ => {}
            }
        }
        Ok(out.finish())
    }
}

/// A code object's parts in the order in which they are marshalled.
fn code_objects(fields: &CodeFields<NodeId>) -> [NodeId; 10] {
    [
        fields.code,
        fields.consts,
        fields.names,
        fields.localsplusnames,
        fields.localspluskinds,
        fields.filename,
        fields.name,
        fields.qualname,
        fields.linetable,
        fields.exceptiontable,
    ]
}

impl Node {
    /// Writes the node, or its beginning if it has parts.
    fn begin(&self, out: &mut Encoder, flagged: bool) -> Result<(), DumpError> {
        let fits = |len: usize| i32::try_from(len).map(drop).map_err(|_| DumpError::TooLong(len));
        match self {
            Self::Atom(atom) => out.tag(
                match atom {
                    Atom::None => tag::NONE,
                    Atom::Bool(false) => tag::FALSE,
                    Atom::Bool(true) => tag::TRUE,
                    Atom::Ellipsis => tag::ELLIPSIS,
                    Atom::StopIteration => tag::STOP_ITERATION,
                },
                false,
            ),
            Self::Int(value) => out.int(value, flagged),
            Self::Float(value) => out.float(*value, flagged),
            Self::Complex(real, imag) => out.complex(*real, *imag, flagged),
            Self::Str(text) => {
                fits(text.as_bytes().len())?;
                out.str(text.as_bytes(), text.is_interned(), flagged);
            }
            Self::Bytes(bytes) => {
                fits(bytes.len())?;
                out.bytes(bytes, flagged);
            }
            Self::Container(kind, items) => {
                fits(items.len())?;
                match kind {
                    Container::Tuple => out.tuple(items.len(), flagged),
                    Container::List => out.sized(tag::LIST, items.len(), flagged),
                    Container::Set => out.sized(tag::SET, items.len(), flagged),
                    Container::FrozenSet => out.sized(tag::FROZENSET, items.len(), flagged),
                    Container::Slice => out.tag(tag::SLICE, flagged),
                    Container::Dict => out.tag(tag::DICT, flagged),
                }
            }
            Self::Code(fields) => {
                out.tag(tag::CODE, flagged);
                let counts = [fields.argcount, fields.posonlyargcount, fields.kwonlyargcount];
                for count in counts.into_iter().chain([fields.stacksize, fields.flags]) {
                    out.long(count);
                }
            }
        }
        Ok(())
    }
}

/// The builder of a graph's nodes.
struct Nodes(Vec<Node>);

impl Nodes {
    fn push(&mut self, node: Node) -> NodeId {
        self.0.push(node);
        NodeId(self.0.len() as u32 - 1)
    }
}

impl Builder for Nodes {
    type Value = NodeId;

    fn atom(&mut self, atom: Atom) -> Result<NodeId, Refused> {
        Ok(self.push(Node::Atom(atom)))
    }

    fn int(&mut self, value: Int) -> NodeId {
        self.push(Node::Int(value))
    }

    fn float(&mut self, value: f64) -> NodeId {
        self.push(Node::Float(value))
    }

    fn complex(&mut self, real: f64, imag: f64) -> NodeId {
        self.push(Node::Complex(real, imag))
    }

    fn str(&mut self, text: &Wtf8, interned: bool) -> NodeId {
        self.push(Node::Str(Str::from_wtf8(text, interned)))
    }

    fn bytes(&mut self, bytes: &[u8]) -> NodeId {
        self.push(Node::Bytes(bytes.to_vec()))
    }

    /// As in CPython, an object that is hashed or immutable in its parts can't be referred to before it is
    /// complete; a tuple can.
    fn open(&mut self, kind: Container) -> Result<Option<NodeId>, Refused> {
        Ok(match kind {
            Container::FrozenSet | Container::Slice => None,
            _ => Some(self.push(Node::Container(kind, Vec::new()))),
        })
    }

    fn close(
        &mut self,
        kind: Container,
        opened: Option<NodeId>,
        items: Drain<'_, NodeId>,
    ) -> Result<NodeId, Refused> {
        let node = Node::Container(kind, items.collect());
        match opened {
            Some(id) => {
                self.0[id.0 as usize] = node;
                Ok(id)
            }
            None => Ok(self.push(node)),
        }
    }

    fn code(&mut self, fields: CodeFields<NodeId>) -> Result<NodeId, Refused> {
        Ok(self.push(Node::Code(Box::new(fields))))
    }
}
