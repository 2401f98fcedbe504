//! Which nodes of a control-flow graph every path to a node goes through: the dominator tree, by the
//! algorithm of Lengauer and Tarjan with path compression, O(e log n) on any graph, without recursion.

/// No node.
pub(super) const NONE: u32 = u32::MAX;

/// The dominator tree of a graph whose entry is node 0, as intervals: a node's interval holds those of the
/// nodes that it dominates.
#[derive(Debug)]
pub(super) struct Dominators {
    /// First and last number of the subtree, by node; `NONE` for a node that no path reaches.
    intervals: Vec<(u32, u32)>,
}

impl Dominators {
    /// Of a graph given as at most three successors for each node, `NONE` for an empty place.
    pub(super) fn new(successors: &[[u32; 3]]) -> Self {
        let immediate = immediate_dominators(successors);
        Self { intervals: number(&immediate, successors.len()) }
    }

    /// Whether any path reaches the node.
    pub(super) fn reachable(&self, node: u32) -> bool {
        self.intervals[node as usize].0 != NONE
    }

    /// Whether every path to `below` goes through `above`; a node dominates itself.
    pub(super) fn dominates(&self, above: u32, below: u32) -> bool {
        let ((first, last), (number, _)) = (self.intervals[above as usize], self.intervals[below as usize]);
        first != NONE && number != NONE && first <= number && number <= last
    }

    /// A number such that a dominator has a lower one than what it dominates.
    pub(super) fn order(&self, node: u32) -> u32 {
        self.intervals[node as usize].0
    }
}

/// The nodes in depth-first order, each with its immediate dominator (`NONE` for the entry).
fn immediate_dominators(successors: &[[u32; 3]]) -> Vec<(u32, u32)> {
    let count = successors.len();
    if count == 0 {
        return Vec::new();
    }
    let edges = || successors.iter().enumerate().flat_map(|(from, to)| to.iter().map(move |to| (from, *to)));
    let (mut first_pred, mut preds) = (vec![0u32; count + 1], Vec::new());
    for (_, to) in edges().filter(|(_, to)| *to != NONE) {
        first_pred[to as usize + 1] += 1;
    }
    for node in 0..count {
        first_pred[node + 1] += first_pred[node];
    }
    preds.resize(first_pred[count] as usize, 0u32);
    let mut fill = first_pred.clone();
    for (from, to) in edges().filter(|(_, to)| *to != NONE) {
        preds[fill[to as usize] as usize] = from as u32;
        fill[to as usize] += 1;
    }

    // Depth-first numbers. From here on, nodes are named by them.
    let (mut number, mut order, mut parent) = (vec![NONE; count], Vec::with_capacity(count), Vec::new());
    let mut pending = vec![(0u32, NONE)];
    while let Some((node, from)) = pending.pop() {
        if number[node as usize] != NONE {
            continue;
        }
        number[node as usize] = order.len() as u32;
        order.push(node);
        parent.push(from);
        let here = number[node as usize];
        pending.extend(successors[node as usize].iter().filter(|to| **to != NONE).map(|to| (*to, here)));
    }

    let reached = order.len();
    let mut semi: Vec<u32> = (0..reached as u32).collect();
    let mut forest = Forest { ancestor: vec![NONE; reached], label: semi.clone(), path: Vec::new() };
    let mut idom = vec![NONE; reached];
    // The nodes whose semidominator is this one, as a linked list.
    let (mut bucket, mut next_in_bucket) = (vec![NONE; reached], vec![NONE; reached]);
    for node in (1..reached).rev() {
        let original = order[node] as usize;
        for pred in &preds[first_pred[original] as usize..first_pred[original + 1] as usize] {
            let pred = number[*pred as usize];
            if pred != NONE {
                let best = forest.lowest(pred, &semi);
                semi[node] = semi[node].min(semi[best as usize]);
            }
        }
        let above = semi[node] as usize;
        next_in_bucket[node] = bucket[above];
        bucket[above] = node as u32;
        forest.ancestor[node] = parent[node];
        let up = parent[node] as usize;
        let mut member = std::mem::replace(&mut bucket[up], NONE);
        while member != NONE {
            let best = forest.lowest(member, &semi);
            idom[member as usize] =
                if semi[best as usize] < semi[member as usize] { best } else { up as u32 };
            member = next_in_bucket[member as usize];
        }
    }
    for node in 1..reached {
        if idom[node] != semi[node] {
            idom[node] = idom[idom[node] as usize];
        }
    }
    order
        .iter()
        .zip(&idom)
        .map(|(node, up)| (*node, order.get(*up as usize).copied().unwrap_or(NONE)))
        .collect()
}

/// The forest of the nodes done so far.
struct Forest {
    ancestor: Vec<u32>,
    /// The node of least semidominator on the compressed path.
    label: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// The node of least semidominator on the path from a node to its root, the root left out.
    fn lowest(&mut self, node: u32, semi: &[u32]) -> u32 {
        let mut at = node;
        loop {
            let up = self.ancestor[at as usize];
            if up == NONE || self.ancestor[up as usize] == NONE {
                break;
            }
            self.path.push(at);
            at = up;
        }
        while let Some(at) = self.path.pop() {
            let up = self.ancestor[at as usize] as usize;
            if semi[self.label[up] as usize] < semi[self.label[at as usize] as usize] {
                self.label[at as usize] = self.label[up];
            }
            self.ancestor[at as usize] = self.ancestor[up];
        }
        self.label[node as usize]
    }
}

/// Numbers the tree in pre-order.
fn number(tree: &[(u32, u32)], count: usize) -> Vec<(u32, u32)> {
    let (mut first_child, mut sibling) = (vec![NONE; count], vec![NONE; count]);
    for &(node, up) in tree.iter().rev().filter(|(_, up)| *up != NONE) {
        sibling[node as usize] = first_child[up as usize];
        first_child[up as usize] = node;
    }
    let mut intervals = vec![(NONE, NONE); count];
    let Some(&(entry, _)) = tree.first() else { return intervals };
    let mut next = 0;
    let mut open = vec![entry];
    while let Some(&node) = open.last() {
        if intervals[node as usize].0 == NONE {
            intervals[node as usize].0 = next;
            next += 1;
        }
        let child = first_child[node as usize];
        if child == NONE {
            intervals[node as usize].1 = next - 1;
            open.pop();
        } else {
            first_child[node as usize] = sibling[child as usize];
            open.push(child);
        }
    }
    intervals
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What dominance means: cutting the node off leaves the other unreachable.
    fn reached_without(successors: &[[u32; 3]], cut: Option<u32>) -> Vec<bool> {
        let mut seen = vec![false; successors.len()];
        let mut pending = vec![0u32];
        while let Some(node) = pending.pop() {
            if Some(node) != cut && !std::mem::replace(&mut seen[node as usize], true) {
                pending.extend(successors[node as usize].iter().filter(|to| **to != NONE));
            }
        }
        seen
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(graph in prop::collection::vec([0..14u32, 0..14u32, 0..30u32], 1..14)) {
            let count = graph.len() as u32;
            let keep = |to: u32| if to < count { to } else { NONE };
            let graph: Vec<[u32; 3]> = graph.into_iter().map(|node| node.map(keep)).collect();
            let dominators = Dominators::new(&graph);
            let reached = reached_without(&graph, None);
            for above in 0..count {
                let without = reached_without(&graph, Some(above));
                for below in 0..count {
                    let both = reached[above as usize] && reached[below as usize];
                    let expected = both && !without[below as usize];
                    prop_assert_eq!(dominators.dominates(above, below), expected, "{} over {}", above, below);
                }
                prop_assert_eq!(dominators.reachable(above), reached[above as usize]);
            }
        }
    }
}
