//! Which hits of a breakpoint count: `5`, `== 5`, `>= 5`, `% 5`, as debugpy and js-debug read them.

use std::str::FromStr;

/// Which hits count. The first hit has the number 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HitCondition {
    /// `5`, `= 5`, `== 5`: this one.
    Equal(u64),
    /// `> 5`
    Greater(u64),
    /// `>= 5`
    AtLeast(u64),
    /// `< 5`
    Less(u64),
    /// `<= 5`
    AtMost(u64),
    /// `% 5`: every fifth.
    Every(std::num::NonZeroU64),
}

/// What is wrong with a hit condition.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HitConditionError {
    /// It has another form.
    #[error("hit condition {0:?}: write a number, or one of == > >= < <= % and a number, as in `>= 5`")]
    Form(String),
    /// `% 0`
    #[error("hit condition `% 0`: there is no zeroth hit; write `% 1` for every hit")]
    Zero,
}

impl HitCondition {
    /// Whether the hit of this number counts.
    pub const fn matches(self, hit: u64) -> bool {
        match self {
            Self::Equal(number) => hit == number,
            Self::Greater(number) => hit > number,
            Self::AtLeast(number) => hit >= number,
            Self::Less(number) => hit < number,
            Self::AtMost(number) => hit <= number,
            Self::Every(number) => hit.is_multiple_of(number.get()),
        }
    }
}

impl FromStr for HitCondition {
    type Err = HitConditionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let digits = trimmed.trim_start_matches(['=', '<', '>', '%']);
        let operator = &trimmed[..trimmed.len() - digits.len()];
        let form = || HitConditionError::Form(text.into());
        let digits = digits.trim_start();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(form());
        }
        let number = digits.parse().map_err(|_| form())?;
        Ok(match operator {
            "" | "=" | "==" | "===" => Self::Equal(number),
            ">" => Self::Greater(number),
            ">=" => Self::AtLeast(number),
            "<" => Self::Less(number),
            "<=" => Self::AtMost(number),
            "%" => Self::Every(number.try_into().map_err(|_| HitConditionError::Zero)?),
            _ => return Err(form()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_of_seven_hits_count() {
        for (text, expected) in [
            ("5", vec![5]),
            (" = 5 ", vec![5]),
            ("==5", vec![5]),
            ("=== 5", vec![5]),
            ("> 5", vec![6, 7]),
            (">=5", vec![5, 6, 7]),
            ("< 3", vec![1, 2]),
            ("<= 3", vec![1, 2, 3]),
            ("% 3", vec![3, 6]),
            ("0", vec![]),
        ] {
            let condition: HitCondition = text.parse().unwrap();
            let counted: Vec<u64> = (1..=7).filter(|hit| condition.matches(*hit)).collect();
            assert_eq!(counted, expected, "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        for text in ["", "five", "=> 5", "5 5", "-1", "> ", "!= 3", "5.0", "99999999999999999999", "٥"] {
            assert_eq!(text.parse::<HitCondition>(), Err(HitConditionError::Form(text.into())));
        }
        assert_eq!("% 0".parse::<HitCondition>(), Err(HitConditionError::Zero));
    }
}
