//! Names such as `__doc__`, which few people look for: they stand in a group of their own, as debugpy has it.

use super::children::{Child, What};

/// What the group is called: as in debugpy, whose users know it.
const GROUP: &str = "special variables";

fn is_special(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// How many children are listed where these names are, with the special ones in their group.
pub(super) fn listed(names: impl Iterator<Item = String>) -> usize {
    let (special, others): (Vec<String>, Vec<String>) = names.partition(|name| is_special(name));
    others.len() + usize::from(!special.is_empty())
}

/// The special ones.
pub(super) fn of(children: Vec<Child>) -> Vec<Child> {
    children.into_iter().filter(|child| is_special(&child.name)).collect()
}

/// The children, with the special ones in a group before the others.
pub(super) fn grouped(children: Vec<Child>) -> Vec<Child> {
    let (special, others): (Vec<Child>, Vec<Child>) =
        children.into_iter().partition(|child| is_special(&child.name));
    if special.is_empty() {
        return others;
    }
    let value = What::Special(special.len() as u32);
    let group = Child { name: GROUP.into(), value, expression: None, writable: false };
    std::iter::once(group).chain(others).collect()
}
