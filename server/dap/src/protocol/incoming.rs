//! The envelope of what a client sends: a request, or the response to a reverse request.
//!
//! Arguments stay JSON here, so that a request with bad arguments, or one that nobody knows, can be answered.

use serde_json::{Map, Value};

/// A message from the client.
#[derive(Clone, PartialEq, Debug)]
pub enum Incoming {
    /// A request.
    Request {
        /// Its number, which the response repeats.
        seq: i64,
        /// Its name, as written: it may be one that the protocol does not have.
        command: String,
        /// Its arguments, if any.
        arguments: Option<Value>,
    },
    /// The response to a reverse request.
    Response {
        /// Its number.
        seq: i64,
        /// The number of the request that it answers.
        request_seq: i64,
        /// Whether the request was carried out.
        success: bool,
        /// The request's name.
        command: String,
        /// Why not, in short.
        message: Option<String>,
        /// What it brings.
        body: Option<Value>,
    },
}

/// JSON that is no message which a client may send.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{reason}")]
pub struct InvalidMessage {
    /// What is wrong.
    pub reason: String,
    /// The `seq` of what is recognisable as a request: it still gets its response.
    pub answer_to: Option<i64>,
}

impl Incoming {
    /// Reads a message.
    pub fn from_json(message: Value) -> Result<Self, InvalidMessage> {
        let invalid = |reason| InvalidMessage { reason, answer_to: None };
        let Value::Object(mut fields) = message else {
            return Err(invalid(format!("a message is an object, not {}", name_of(&message))));
        };
        let kind = string(&mut fields, "type").map_err(invalid)?;
        match kind.as_str() {
            "request" => {
                let seq = integer(&fields, "seq").map_err(invalid)?;
                let command = string(&mut fields, "command")
                    .map_err(|reason| InvalidMessage { reason, answer_to: Some(seq) })?;
                Ok(Self::Request { seq, command, arguments: present(&mut fields, "arguments") })
            }
            "response" => response(fields).map_err(invalid),
            "event" => Err(invalid("a client sends no events".into())),
            other => Err(invalid(format!("`type` is {other:?}, expected \"request\" or \"response\""))),
        }
    }
}

fn response(mut fields: Map<String, Value>) -> Result<Incoming, String> {
    let success = match fields.get("success") {
        Some(&Value::Bool(success)) => success,
        other => return Err(expected("success", "a boolean", other)),
    };
    Ok(Incoming::Response {
        seq: integer(&fields, "seq")?,
        request_seq: integer(&fields, "request_seq")?,
        success,
        command: string(&mut fields, "command")?,
        message: match present(&mut fields, "message") {
            None => None,
            Some(Value::String(message)) => Some(message),
            Some(other) => return Err(expected("message", "a string", Some(&other))),
        },
        body: present(&mut fields, "body"),
    })
}

fn present(fields: &mut Map<String, Value>, name: &str) -> Option<Value> {
    fields.remove(name).filter(|value| !value.is_null())
}

fn integer(fields: &Map<String, Value>, name: &str) -> Result<i64, String> {
    let value = fields.get(name);
    value.and_then(Value::as_i64).ok_or_else(|| expected(name, "an integer", value))
}

fn string(fields: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        other => Err(expected(name, "a string", other.as_ref())),
    }
}

fn expected(name: &str, wanted: &str, found: Option<&Value>) -> String {
    match found {
        None => format!("`{name}` is missing, expected {wanted}"),
        Some(value) => format!("`{name}` is {}, expected {wanted}", name_of(value)),
    }
}

/// What kind of value it is, with its article.
pub(crate) fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a fraction",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_requests_and_responses() {
        assert_eq!(
            Incoming::from_json(
                json!({"seq": 4, "type": "request", "command": "next", "arguments": {"threadId": 1}})
            ),
            Ok(Incoming::Request { seq: 4, command: "next".into(), arguments: Some(json!({"threadId": 1})) })
        );
        assert_eq!(
            Incoming::from_json(json!({
                "seq": 5, "type": "response", "request_seq": 2, "success": false, "command": "runInTerminal",
                "message": "no terminal", "body": null
            })),
            Ok(Incoming::Response {
                seq: 5,
                request_seq: 2,
                success: false,
                command: "runInTerminal".into(),
                message: Some("no terminal".into()),
                body: None,
            })
        );
    }

    #[test]
    fn says_what_is_wrong_and_whom_to_answer() {
        let cases = [
            (json!([1]), "a message is an object, not an array", None),
            (json!(null), "a message is an object, not null", None),
            (json!({}), "`type` is missing, expected a string", None),
            (json!({"type": 1}), "`type` is an integer, expected a string", None),
            (json!({"type": "ping"}), "`type` is \"ping\", expected \"request\" or \"response\"", None),
            (json!({"type": "event", "seq": 1, "event": "stopped"}), "a client sends no events", None),
            (json!({"type": "request", "command": "next"}), "`seq` is missing, expected an integer", None),
            (json!({"type": "request", "seq": 1.5}), "`seq` is a fraction, expected an integer", None),
            (json!({"type": "request", "seq": 7}), "`command` is missing, expected a string", Some(7)),
            (
                json!({"type": "request", "seq": 7, "command": null}),
                "`command` is null, expected a string",
                Some(7),
            ),
            (json!({"type": "response", "seq": 1}), "`success` is missing, expected a boolean", None),
            (
                json!({"type": "response", "seq": 1, "success": true, "command": "x"}),
                "`request_seq` is missing, expected an integer",
                None,
            ),
        ];
        for (message, reason, answer_to) in cases {
            let error = Incoming::from_json(message.clone()).unwrap_err();
            assert_eq!((error.to_string().as_str(), error.answer_to), (reason, answer_to), "{message}");
        }
    }
}
