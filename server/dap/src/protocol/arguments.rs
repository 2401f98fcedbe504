//! How a request's arguments are read, and what ties them to the request and its response.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Command, ResponseBody};

/// The arguments of one request: they name the request, and the body that answers it.
pub trait RequestArguments: DeserializeOwned + Serialize {
    /// The request.
    const COMMAND: Command;
    /// What a successful response carries; `()` for none.
    type Body: Into<ResponseBody> + DeserializeOwned;
}

/// Arguments that are not what the protocol says.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("invalid arguments for `{}`: {}{reason}", command.name(), at(path))]
pub struct ArgumentsError {
    /// The request.
    pub command: Command,
    /// The argument, such as `breakpoints[2].line`; empty for the arguments as a whole.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("`{path}`: ") }
}

/// Reads arguments; absent ones, also as `null`, are an empty object.
pub(super) fn typed<A: RequestArguments>(arguments: Option<Value>) -> Result<A, ArgumentsError> {
    let arguments = match arguments {
        None | Some(Value::Null) => Value::Object(Map::new()),
        // A sequence would be taken for the fields in their order.
        Some(Value::Array(_)) => {
            return Err(ArgumentsError {
                command: A::COMMAND,
                path: String::new(),
                reason: "expected an object, found an array".into(),
            });
        }
        Some(arguments) => arguments,
    };
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        ArgumentsError {
            command: A::COMMAND,
            path: if path == "." { String::new() } else { path },
            reason: error.inner().to_string(),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Request, ScopesArguments};
    use super::*;

    fn error(command: Command, arguments: Value) -> String {
        Request::parse(command, Some(arguments)).unwrap_err().to_string()
    }

    #[test]
    fn reads_arguments() {
        assert_eq!(
            Request::parse(Command::Scopes, Some(json!({"frameId": 3, "unknown": 1}))),
            Ok(Request::Scopes(ScopesArguments { frame_id: 3 }))
        );
    }

    #[test]
    fn absent_arguments_are_empty_ones() {
        for arguments in [None, Some(Value::Null), Some(json!({}))] {
            let request = Request::parse(Command::Disconnect, arguments).unwrap();
            assert_eq!(
                serde_json::to_value(request).unwrap(),
                json!({"command": "disconnect", "arguments": {}})
            );
        }
    }

    #[test]
    fn null_is_absent() {
        let Request::Next(next) =
            Request::parse(Command::Next, Some(json!({"threadId": 1, "granularity": null}))).unwrap()
        else {
            panic!("another request");
        };
        assert_eq!(next.granularity, None);
    }

    #[test]
    fn errors_name_the_argument() {
        assert_eq!(
            error(Command::Scopes, json!({})),
            "invalid arguments for `scopes`: missing field `frameId`"
        );
        assert_eq!(
            error(
                Command::SetBreakpoints,
                json!({"source": {}, "breakpoints": [{"line": 1}, {"line": "2"}]})
            ),
            "invalid arguments for `setBreakpoints`: `breakpoints[1].line`: \
             invalid type: string \"2\", expected u64"
        );
        assert_eq!(
            error(Command::Next, json!({"threadId": 1, "granularity": "word"})),
            "invalid arguments for `next`: `granularity`: unknown variant `word`, \
             expected one of `statement`, `line`, `instruction`"
        );
        assert_eq!(
            error(Command::Scopes, json!([3])),
            "invalid arguments for `scopes`: expected an object, found an array"
        );
        assert_eq!(
            error(Command::Variables, json!({"variablesReference": 1_i64 << 40})),
            "invalid arguments for `variables`: `variablesReference`: \
             invalid value: integer `1099511627776`, expected i32"
        );
    }
}
