//! Which known name somebody who misspelled one may have meant. CPython: Python/suggestions.c.

/// From so many candidates on, none is looked at.
const MOST_CANDIDATES: usize = 750;
/// Longer names are not compared, once what they have in common is taken off.
const LONGEST: usize = 40;
/// What a character costs that is put in, left out or replaced.
const MOVE: usize = 2;
/// What a change of case costs.
const CASE: usize = 1;

/// The first of the candidates that are nearest to `name`, if one is near enough.
pub fn closest<S: AsRef<[u8]>>(name: &[u8], candidates: &[S]) -> Option<usize> {
    if candidates.len() >= MOST_CANDIDATES {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let candidate = candidate.as_ref();
        if candidate == name {
            continue;
        }
        // At most a third of the characters may differ.
        let mut limit = (name.len() + candidate.len() + 3) * MOVE / 6;
        if let Some((_, distance)) = best {
            limit = limit.min(distance.saturating_sub(1));
        }
        if let Some(distance) = distance(name, candidate, limit) {
            best = Some((index, distance));
        }
    }
    best.map(|(index, _)| index)
}

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// Levenshtein's distance, unless it is more than `limit`.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return Some((a.len() + b.len()) * MOVE).filter(|distance| *distance <= limit);
    }
    if a.len() > LONGEST || b.len() > LONGEST || a.len().abs_diff(b.len()) * MOVE > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).map(|index| index * MOVE).collect();
    for (index, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], (index + 1) * MOVE);
        for (column, y) in b.iter().enumerate() {
            let moved = row[column].min(row[column + 1]) + MOVE;
            let next = moved.min(diagonal + substitution(*x, *y));
            diagonal = std::mem::replace(&mut row[column + 1], next);
        }
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn the_nearest_of_several_is_found_and_nothing_where_all_are_far() {
        let names = ["blech", "bluch", "somethingverylong", "BLuch"];
        assert_eq!(closest(b"bluck", &names), Some(1));
        assert_eq!(closest(b"bluch", &names), Some(0));
        assert_eq!(closest(b"xyzzy", &names), None);
    }
}
