//! Does a message keep to the protocol's JSON schema? For tests: of this crate, and with the feature
//! `schema` of others.
//!
//! It is stricter than a general validator. A message is held against the definition of its own request,
//! response or event; a property that the schema does not name is an error, since a misspelt flag is the
//! mistake that is made in practice and a general validator lets it pass; and a keyword that is not
//! understood here is an error too, so that a newer schema is never half checked. `jsonschema` would bring
//! 80 packages, for less.

use std::sync::LazyLock;

use serde_json::{Map, Value};

static DEFINITIONS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let text = include_str!("../testdata/debugAdapterProtocol.json");
    let schema: Value = serde_json::from_str(text).unwrap_or_default();
    schema["definitions"].as_object().cloned().unwrap_or_default()
});

/// The schema's definitions, by name.
pub fn definitions() -> &'static Map<String, Value> {
    &DEFINITIONS
}

/// What is wrong with a message, each thing with its place; nothing if it is valid.
pub fn violations(message: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match definition_of(message) {
        Ok(name) => {
            let mut schema = flatten(&DEFINITIONS[&name], &mut found);
            let own = &DEFINITIONS[&name]["allOf"][1]["properties"];
            for free in ["body", "arguments"] {
                // The envelope allows anything there; a message that has none of it must not.
                if own.get(free).is_none()
                    && let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut)
                {
                    properties.remove(free);
                }
            }
            compare(&Value::Object(schema), message, "message", &mut found);
        }
        Err(reason) => found.push(reason),
    }
    found
}

/// The definition that a message has to keep to.
fn definition_of(message: &Value) -> Result<String, String> {
    let (base, name_in) = match message["type"].as_str() {
        // A request that the protocol does not have gets its response too.
        Some("response") if message["success"] == false => return Ok("ErrorResponse".to_owned()),
        Some("request" | "response") => ("Request", "command"),
        Some("event") => ("Event", "event"),
        _ => return Err(format!("message.type: {}", message["type"])),
    };
    let wanted = &message[name_in];
    let (name, _) = DEFINITIONS
        .iter()
        .filter(|(name, _)| name.ends_with(base) && *name != base)
        .find(|(_, definition)| &definition["allOf"][1]["properties"][name_in]["enum"][0] == wanted)
        .ok_or_else(|| format!("message.{name_in}: the protocol has no {wanted}"))?;
    Ok(if message["type"] == "response" { name.replace("Request", "Response") } else { name.clone() })
}

/// An `allOf` as one object.
fn flatten(schema: &Value, found: &mut Vec<String>) -> Map<String, Value> {
    let Some(parts) = schema["allOf"].as_array() else {
        return schema.as_object().cloned().unwrap_or_default();
    };
    let mut merged = Map::new();
    for part in parts {
        let part = match part["$ref"].as_str() {
            Some(target) => flatten(resolve(target, found), found),
            None => flatten(part, found),
        };
        for (key, value) in part {
            match (merged.get_mut(&key), value) {
                (Some(Value::Object(into)), Value::Object(from)) => into.extend(from),
                (Some(Value::Array(into)), Value::Array(from)) => into.extend(from),
                (_, value) => {
                    merged.insert(key, value);
                }
            }
        }
    }
    merged
}

fn resolve(target: &str, found: &mut Vec<String>) -> &'static Value {
    target.strip_prefix("#/definitions/").and_then(|name| DEFINITIONS.get(name)).unwrap_or_else(|| {
        found.push(format!("the schema has no {target}"));
        &Value::Null
    })
}

fn compare(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(target) = schema["$ref"].as_str() {
        return compare(resolve(target, found), value, path, found);
    }
    let schema = flatten(schema, found);
    let get = |key: &str| schema.get(key).unwrap_or(&Value::Null);
    for key in schema.keys() {
        const KNOWN: &[&str] = &[
            "type",
            "properties",
            "required",
            "items",
            "enum",
            "oneOf",
            "additionalProperties",
            "minimum",
            "maximum",
            "format",
            "description",
            "title",
            "_enum",
            "enumDescriptions",
            "default",
            "deprecated",
        ];
        if !KNOWN.contains(&key.as_str()) {
            found.push(format!("{path}: the schema uses `{key}`, which is not checked here"));
        }
    }
    let types: Vec<&str> = match get("type") {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|kind| is_a(kind, value)) {
        found.push(format!("{path}: {value} is no {}", types.join(" or ")));
        return;
    }
    if let Some(allowed) = get("enum").as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{path}: {value} is none of {}", get("enum")));
    }
    if let Some(number) = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from)) {
        let (low, high) = match get("format").as_str() {
            Some("int32") => (i128::from(i32::MIN), i128::from(i32::MAX)),
            Some("uint32") => (0, i128::from(u32::MAX)),
            Some("int64") => (i128::from(i64::MIN), i128::from(i64::MAX)),
            Some("uint64") => (0, i128::from(u64::MAX)),
            _ => (i128::MIN, i128::MAX),
        };
        let low = low.max(get("minimum").as_i64().map_or(i128::MIN, i128::from));
        let high = high.min(get("maximum").as_i64().map_or(i128::MAX, i128::from));
        if !(low..=high).contains(&number) {
            found.push(format!("{path}: {number} is not within {low} to {high}"));
        }
    }
    if let Some(choices) = get("oneOf").as_array() {
        let fits = |choice: &&Value| {
            let mut wrong = Vec::new();
            compare(choice, value, path, &mut wrong);
            wrong.is_empty()
        };
        if !choices.iter().any(|choice| fits(&choice)) {
            found.push(format!("{path}: {value} is none of the alternatives"));
        }
    }
    if let Some(elements) = value.as_array() {
        for (index, element) in elements.iter().enumerate() {
            compare(get("items"), element, &format!("{path}[{index}]"), found);
        }
    }
    if let Some(fields) = value.as_object() {
        compare_object(&schema, fields, path, found);
    }
}

fn compare_object(
    schema: &Map<String, Value>,
    fields: &Map<String, Value>,
    path: &str,
    found: &mut Vec<String>,
) {
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        if !name.as_str().is_some_and(|name| fields.contains_key(name)) {
            found.push(format!("{path}: no {name}"));
        }
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, field) in fields {
        let path = format!("{path}.{name}");
        match (properties.and_then(|properties| properties.get(name)), schema.get("additionalProperties")) {
            (Some(property), _) => compare(property, field, &path, found),
            (None, Some(Value::Bool(true))) => {}
            (None, Some(extra @ Value::Object(_))) => compare(extra, field, &path, found),
            // An object without named properties is free, and so is a configuration.
            (None, _) if properties.is_none_or(|named| named.contains_key("__restart")) => {}
            (None, _) => found.push(format!("{path}: the schema has no such property")),
        }
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "so that the cases read `check(json!(...))`")]
    fn check(message: Value, expected: &[&str]) {
        assert_eq!(violations(&message), expected, "{message}");
    }

    #[test]
    fn valid_messages_pass() {
        check(json!({"seq": 1, "type": "request", "command": "threads"}), &[]);
        check(json!({"seq": 1, "type": "event", "event": "initialized"}), &[]);
        check(
            json!({"seq": 1, "type": "request", "command": "launch", "arguments": {"program": [1, null]}}),
            &[],
        );
        check(
            json!({"seq": 1, "type": "response", "request_seq": 1, "success": true, "command": "threads",
                "body": {"threads": [{"id": 1, "name": "MainThread"}]}}),
            &[],
        );
        check(
            json!({"seq": 1, "type": "event", "event": "stopped",
                "body": {"reason": "anything", "threadId": 1}}),
            &[],
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        check(
            json!({"seq": 1, "type": "event", "event": "stop"}),
            &["message.event: the protocol has no \"stop\""],
        );
        check(json!({"seq": 1}), &["message.type: null"]);
        check(
            json!({"seq": 0, "type": "event", "event": "initialized", "body": null}),
            &[
                "message.body: the schema has no such property",
                "message.seq: 0 is not within 1 to 2147483647",
            ],
        );
        check(
            json!({"seq": 1, "type": "event", "event": "stopped",
                "body": {"threadId": null, "hitBreakpointIds": [1, "2"], "preserveFocus": true}}),
            &[
                "message.body: no \"reason\"",
                "message.body.hitBreakpointIds[1]: \"2\" is no integer",
                "message.body.preserveFocus: the schema has no such property",
                "message.body.threadId: null is no integer",
            ],
        );
        check(
            json!({"seq": 1, "type": "event", "event": "module", "body": {"reason": "gone", "module": {"id": 1.5, "name": "m"}}}),
            &[
                "message.body.module.id: 1.5 is no integer or string",
                "message.body.reason: \"gone\" is none of [\"new\",\"changed\",\"removed\"]",
            ],
        );
        check(
            json!({"seq": 1, "type": "response", "request_seq": 1, "success": true, "command": "next", "body": {}}),
            &["message.body: the schema has no such property"],
        );
        check(
            json!({"seq": 1, "type": "response", "request_seq": 1, "success": false, "command": "next"}),
            &["message: no \"body\""],
        );
        check(
            json!({"seq": 1, "type": "response", "request_seq": 1, "success": true, "command": "initialize",
                "body": {"supportsTerminateDebuggee": true}}),
            &["message.body.supportsTerminateDebuggee: the schema has no such property"],
        );
    }
}
