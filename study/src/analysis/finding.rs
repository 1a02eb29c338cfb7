//! A statistic, or why there is none.

use serde::Serialize;

use crate::error::Result;

/// A value, or in words why it is undefined. As JSON the value itself, or `{"undefined": "why"}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Finding<T> {
    /// The value; all its numbers are finite.
    Value(T),
    /// There is no value.
    Undefined {
        /// Why not.
        undefined: String,
    },
}

impl<T> Finding<T> {
    /// There is no value.
    pub fn undefined(why: impl Into<String>) -> Self {
        Self::Undefined {
            undefined: why.into(),
        }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Undefined { .. } => None,
        }
    }

    /// Why there is none, if so.
    pub fn why_not(&self) -> Option<&str> {
        match self {
            Self::Value(_) => None,
            Self::Undefined { undefined } => Some(undefined),
        }
    }
}

impl<T> From<Result<T>> for Finding<T> {
    fn from(result: Result<T>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(error) => Self::undefined(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn values_and_reasons_as_json() {
        let json = |finding: Finding<f64>| serde_json::to_string(&finding).unwrap();
        assert_eq!(json(Finding::Value(0.5)), "0.5");
        let error = Error::NoVariation {
            statistic: "the test",
            what: "nothing varies",
        };
        assert_eq!(
            json(Err(error).into()),
            "{\"undefined\":\"the test is undefined: nothing varies\"}"
        );
    }
}
