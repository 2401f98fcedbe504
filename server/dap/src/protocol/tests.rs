//! The generated types against the schema: for each message, one instance with every property that the
//! schema names and one with those alone that it requires. Both must be read, and written as they were.

use serde_json::{Map, Value, json};

use super::*;
use crate::schema;

/// A value of a definition. `full`: with every optional property, down to a depth, since some types contain
/// themselves.
fn instance(schema: &Value, full: bool, depth: u32) -> Value {
    let full = full && depth < 8;
    if let Some(target) = schema["$ref"].as_str() {
        return instance(&schema::definitions()[target.rsplit('/').next().unwrap()], full, depth);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut merged = Map::new();
        for part in parts {
            let Value::Object(fields) = instance(part, full, depth) else { panic!("{part}") };
            merged.extend(fields);
        }
        return Value::Object(merged);
    }
    if let Some(values) = schema["enum"].as_array().or(schema["_enum"].as_array()) {
        return values[values.len() - 1].clone();
    }
    match &schema["type"] {
        Value::String(kind) => match kind.as_str() {
            "string" => json!("text"),
            "boolean" => json!(true),
            "integer" => json!(7),
            "number" => json!(1.5),
            "array" => json!([instance(&schema["items"], full, depth + 1)]),
            "object" => object(schema, full, depth),
            other => panic!("{other}"),
        },
        Value::Array(kinds) if kinds.len() > 2 => json!({"any": [null]}),
        Value::Array(kinds) if kinds.contains(&json!("null")) && !full => Value::Null,
        Value::Array(kinds) => instance(&json!({"type": kinds[0]}), full, depth),
        _ => json!({"any": [null]}),
    }
}

fn object(schema: &Value, full: bool, depth: u32) -> Value {
    let mut fields = Map::new();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if full || required.contains(&json!(name)) {
            fields.insert(name.clone(), instance(property, full, depth + 1));
        }
    }
    match &schema["additionalProperties"] {
        Value::Null => {}
        Value::Bool(_) => drop(fields.insert("free".into(), json!([1]))),
        extra => drop(fields.insert("key".into(), instance(extra, full, depth + 1))),
    }
    Value::Object(fields)
}

/// The property of a message that its definition adds to the envelope.
fn part(definition: &str, property: &str, full: bool) -> Option<Value> {
    let schema = schema::definitions()[definition]["allOf"][1]["properties"].get(property)?;
    Some(instance(schema, full, 0))
}

/// The definitions of all requests, without the suffix.
fn requests() -> Vec<(Command, String)> {
    let requests = schema::definitions().iter().filter_map(|(name, definition)| {
        let command = definition["allOf"][1]["properties"]["command"]["enum"][0].as_str()?;
        Some((Command::from_name(command).unwrap(), name.strip_suffix("Request").unwrap().to_owned()))
    });
    requests.collect()
}

fn is_valid(message: &Value) {
    assert_eq!(schema::violations(message), Vec::<String>::new(), "{message}");
}

#[test]
fn every_argument_of_the_schema_is_read_and_written() {
    let requests = requests();
    assert_eq!(requests.len(), Command::ALL.len());
    for (command, name) in requests {
        for full in [true, false] {
            let arguments = part(&format!("{name}Request"), "arguments", full);
            let read = Request::parse(command, arguments.clone()).unwrap();
            assert_eq!(read.command(), command);
            let written = serde_json::to_value(&read).unwrap();
            let expected = arguments.unwrap_or(json!({}));
            assert_eq!(written, json!({"command": command.name(), "arguments": expected}));
            // `threads` has no arguments, not even none of them.
            if command != Command::Threads {
                let mut message = json!({"seq": 1, "type": "request"});
                message.as_object_mut().unwrap().extend(written.as_object().unwrap().clone());
                is_valid(&message);
            }
        }
    }
}

#[test]
fn every_body_of_the_schema_is_read_and_written() {
    let mut with_body = 0;
    for (command, name) in requests() {
        for full in [true, false] {
            let body = part(&format!("{name}Response"), "body", full);
            let read = ResponseBody::parse(command, body.clone()).unwrap();
            let mut message = json!({
                "seq": 1, "type": "response", "request_seq": 1, "success": true, "command": command.name()
            });
            if let Some(body) = body {
                with_body += 1;
                assert_eq!(serde_json::to_value(&read).unwrap(), body);
                message["body"] = body;
            } else {
                assert_eq!(read, ResponseBody::None);
            }
            is_valid(&message);
        }
    }
    assert!(with_body > 40, "{with_body}");
}

#[test]
fn every_event_of_the_schema_is_read_and_written() {
    let mut seen = 0;
    for (name, definition) in schema::definitions() {
        let Some(event) = definition["allOf"][1]["properties"]["event"]["enum"][0].as_str() else { continue };
        seen += 1;
        for full in [true, false] {
            let mut message = json!({"event": event});
            if let Some(body) = part(name, "body", full) {
                message["body"] = body;
            }
            let read: Event = serde_json::from_value(message.clone()).unwrap();
            assert_eq!(read.name(), event);
            assert_eq!(serde_json::to_value(&read).unwrap(), message);
            message["seq"] = json!(1);
            message["type"] = json!("event");
            is_valid(&message);
        }
    }
    assert_eq!(seen, 17);
}
