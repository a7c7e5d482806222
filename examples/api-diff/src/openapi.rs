//! Facts out of an OpenAPI 3.0 document.
use std::cell::Cell;

use serde_json::{Map, Value};

use super::{Body, Facts, Kind, Member, Operation, Shape, is_error};

/// Methods, as a document spells them.
const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// What a schema says its shape with, besides `type`; all else is a remark on it.
const SHAPING: [&str; 8] =
    ["$ref", "properties", "required", "additionalProperties", "items", "enum", "oneOf", "anyOf"];

/// Where the events are: OpenAPI 3.0 has no place of its own for them.
const EVENTS: &str = "x-webhooks";

/// How deep shapes may be in each other.
const DEEPEST: usize = 100;

/// Reads the facts.
///
/// # Errors
///
/// If something is not where OpenAPI wants it, or is not understood.
pub fn read(document: &Value) -> Result<Facts, String> {
    match document.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => {}
        Some(other) => return Err(format!("`openapi` is {other}; only 3.0.x is understood")),
        None => return Err("`openapi` is missing: this is no OpenAPI 3.0 document".to_owned()),
    }
    let version = document.pointer("/info/version").and_then(Value::as_str);
    let reader = Reader { document, depth: Cell::new(0) };
    let mut facts = Facts {
        version: version.ok_or("`info.version` is missing")?.to_owned(),
        ..Facts::default()
    };
    reader.operations(&mut facts)?;
    reader.events(&mut facts)?;
    let mut wanted: Vec<String> = facts.shapes().flat_map(|(_, shape)| names(shape)).collect();
    while let Some(name) = wanted.pop() {
        if facts.types.contains_key(&name) {
            continue;
        }
        let schema = document
            .pointer("/components/schemas")
            .and_then(|schemas| schemas.get(&name))
            .ok_or_else(|| format!("the schema {name} is missing"))?;
        let shape = reader.shape(schema).map_err(|problem| format!("schema {name}: {problem}"))?;
        wanted.extend(names(&shape));
        facts.types.insert(name, shape);
    }
    Ok(facts)
}

/// The names that a shape mentions.
pub fn names(shape: &Shape) -> Vec<String> {
    match &shape.kind {
        Kind::Named(name) => vec![name.clone()],
        Kind::List(inner) | Kind::Map(inner) => names(inner),
        Kind::Object { members, .. } => {
            members.iter().flat_map(|member| names(&member.shape)).collect()
        }
        Kind::OneOf(shapes) => shapes.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

struct Reader<'a> {
    document: &'a Value,
    /// How deep it is in a shape.
    depth: Cell<usize>,
}

fn text<'a>(value: &'a Value, name: &str) -> Result<Option<&'a str>, String> {
    value.get(name).map(|text| text.as_str().ok_or(format!("`{name}` is no text"))).transpose()
}

fn flag(value: &Value, name: &str) -> Result<bool, String> {
    let flag = value.get(name).unwrap_or(&Value::Bool(false));
    flag.as_bool().ok_or_else(|| format!("`{name}` is neither true nor false"))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], String> {
    let Some(list) = value.get(name) else { return Ok(&[]) };
    list.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{name}` is no list"))
}

fn object<'a>(value: &'a Value, name: &str) -> Result<Option<&'a Map<String, Value>>, String> {
    value.get(name).map(|map| map.as_object().ok_or(format!("`{name}` is no object"))).transpose()
}

/// The texts of a list.
fn required(schema: &Value) -> Result<Vec<&str>, String> {
    let names = list(schema, "required")?.iter().map(Value::as_str);
    names.collect::<Option<_>>().ok_or_else(|| "`required` is no list of names".to_owned())
}

/// Whether a schema says anything with one of these words.
fn has(schema: &Value, words: &[&str]) -> bool {
    words.iter().any(|word| schema.get(word).is_some())
}

/// The shapes of a union, if it is one.
fn union(schema: &Value) -> Result<Option<&[Value]>, String> {
    for several in ["oneOf", "anyOf"] {
        let shapes = list(schema, several)?;
        // Often it only says which members are required, and nothing about shapes.
        let only_required = |shape: &Value| {
            has(shape, &["required"])
                && !has(shape, &["type", "allOf"])
                && SHAPING.iter().all(|word| *word == "required" || shape.get(word).is_none())
        };
        if shapes.is_empty() || shapes.iter().all(only_required) {
            continue;
        }
        let others = ["properties", "items", "enum", "allOf", "anyOf"];
        if others.iter().any(|word| *word != several && schema.get(word).is_some()) {
            return Err(format!("another shape stands beside `{several}`"));
        }
        return Ok(Some(shapes));
    }
    Ok(None)
}

/// The members that the parts of an `allOf` have together.
#[derive(Default)]
struct Merged<'a> {
    members: Vec<Member>,
    required: Vec<&'a str>,
    open: bool,
}

impl<'a> Reader<'a> {
    /// What a `$ref` names.
    fn target(&self, target: &str) -> Result<&'a Value, String> {
        target
            .strip_prefix('#')
            .and_then(|pointer| self.document.pointer(pointer))
            .ok_or_else(|| format!("{target} leads nowhere"))
    }

    /// What `$ref` refers to, however often.
    fn resolve(&self, mut value: &'a Value) -> Result<&'a Value, String> {
        for _ in 0..16 {
            let Some(target) = text(value, "$ref")? else { return Ok(value) };
            value = self.target(target)?;
        }
        Err("a reference leads to itself".to_owned())
    }

    fn operations(&self, facts: &mut Facts) -> Result<(), String> {
        let Some(paths) = self.document.get("paths").and_then(Value::as_object) else {
            // A document may be about webhooks alone.
            let is_enough = self.document.get("paths").is_none() && has(self.document, &[EVENTS]);
            return if is_enough { Ok(()) } else { Err("`paths` is missing".to_owned()) };
        };
        for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
            let item = self.resolve(item).map_err(|problem| format!("{path}: {problem}"))?;
            if !item.is_object() {
                return Err(format!("{path}: not an object"));
            }
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let id = text(operation, "operationId")?
                    .ok_or_else(|| format!("{method} {path}: `operationId` is missing"))?;
                let operation = self
                    .operation(method, path, item, operation)
                    .map_err(|problem| format!("{id}: {problem}"))?;
                if facts.operations.insert(id.to_owned(), operation).is_some() {
                    return Err(format!("{method} {path}: another operation is {id}, too"));
                }
            }
        }
        Ok(())
    }

    fn events(&self, facts: &mut Facts) -> Result<(), String> {
        for (event, item) in object(self.document, EVENTS)?.into_iter().flatten() {
            let shape = self.event(item).map_err(|problem| format!("{event}: {problem}"))?;
            facts.events.insert(event.clone(), shape);
        }
        Ok(())
    }

    /// What Clerk posts.
    fn event(&self, item: &'a Value) -> Result<Shape, String> {
        let post = self.resolve(item)?.get("post").ok_or("`post` is missing")?;
        let body = post.get("requestBody").ok_or("`requestBody` is missing")?;
        let (_, shape) = self.content(self.resolve(body)?)?.ok_or("a body has no content")?;
        Ok(shape)
    }

    fn operation(
        &self,
        method: &str,
        path: &str,
        item: &'a Value,
        value: &'a Value,
    ) -> Result<Operation, String> {
        let mut operation = Operation {
            method: method.to_uppercase(),
            path: path.to_owned(),
            tag: list(value, "tags")?
                .first()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            deprecated: flag(value, "deprecated")?,
            keyless: value.get("security").is_some() && list(value, "security")?.is_empty(),
            ..Operation::default()
        };
        let params = |value: &'a Value| {
            list(value, "parameters")?
                .iter()
                .map(|param| self.resolve(param))
                .collect::<Result<Vec<_>, _>>()
        };
        let own = params(value)?;
        // The operation's own is the one that counts.
        let is_own = |param: &&Value| {
            own.iter().any(|other| ["in", "name"].iter().all(|n| other.get(n) == param.get(n)))
        };
        for param in params(item)?.into_iter().filter(|param| !is_own(param)).chain(own.clone()) {
            self.param(param, &mut operation)?;
        }
        operation.path_params.sort_by_key(|param| path.find(&format!("{{{}}}", param.name)));
        if let Some(body) = value.get("requestBody") {
            let body = self.resolve(body)?;
            let (kind, shape) = self.content(body)?.ok_or("a body has no content")?;
            let form = kind == "multipart/form-data";
            operation.body = Some(Body { required: flag(body, "required")?, form, shape });
        }
        let answers = object(value, "responses")?.ok_or("no `responses`")?;
        for (status, answer) in answers.iter().filter(|(status, _)| !status.starts_with("x-")) {
            if is_error(status).ok_or_else(|| format!("{status} is no status"))? {
                operation.errors.push(status.clone());
            } else {
                let content = self.content(self.resolve(answer)?)?;
                operation.answers.insert(status.clone(), content.map(|(_, shape)| shape));
            }
        }
        operation.errors.sort_unstable();
        Ok(operation)
    }

    fn param(&self, param: &'a Value, operation: &mut Operation) -> Result<(), String> {
        let name = text(param, "name")?.ok_or("a parameter has no name")?.to_owned();
        let shape = match param.get("schema") {
            Some(schema) => self.shape(schema)?,
            None => self.content(param)?.ok_or_else(|| format!("{name} has no schema"))?.1,
        };
        let place = match text(param, "in")? {
            Some("path") => &mut operation.path_params,
            Some("query") => {
                if param.get("explode").and_then(Value::as_bool) == Some(false) {
                    operation.joined.push(name.clone());
                }
                &mut operation.query
            }
            Some("header") => &mut operation.headers,
            Some("cookie") => &mut operation.cookies,
            other => return Err(format!("the parameter {name} is in {other:?}")),
        };
        let (required, deprecated) = (flag(param, "required")?, flag(param, "deprecated")?);
        place.push(Member { name, required, deprecated, shape });
        Ok(())
    }

    /// The first media type, and the shape of what it carries.
    fn content(&self, value: &'a Value) -> Result<Option<(&'a str, Shape)>, String> {
        let content = object(value, "content")?.and_then(|content| content.iter().next());
        let Some((kind, content)) = content else { return Ok(None) };
        let shape = match content.get("schema") {
            Some(schema) => self.shape(schema)?,
            None => Shape { nullable: false, kind: Kind::Any },
        };
        Ok(Some((kind, shape)))
    }

    /// Goes one deeper into a shape, but not for ever.
    fn deeper<T>(&self, read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        if self.depth.get() >= DEEPEST {
            return Err("a shape contains itself without a name".to_owned());
        }
        self.depth.update(|depth| depth + 1);
        let result = read();
        self.depth.update(|depth| depth - 1);
        result
    }

    fn shape(&self, schema: &'a Value) -> Result<Shape, String> {
        self.deeper(|| {
            if !schema.is_object() {
                return Err(format!("{schema} is no schema"));
            }
            if let Some(target) = text(schema, "$ref")? {
                let name = target.strip_prefix("#/components/schemas/");
                return match name.filter(|name| !name.contains('/')) {
                    Some(name) => {
                        let kind = Kind::Named(name.replace("~1", "/").replace("~0", "~"));
                        Ok(Shape { nullable: false, kind })
                    }
                    None => self.shape(self.target(target)?),
                };
            }
            self.inline(schema)
        })
    }

    fn inline(&self, schema: &'a Value) -> Result<Shape, String> {
        let mut nullable = flag(schema, "nullable")?;
        let union = union(schema)?;
        let mut only = match union {
            Some([only]) => Some(only),
            _ => None,
        };
        // Some parts of an `allOf` only say `nullable`, or describe something.
        let mut parts = Vec::new();
        for part in list(schema, "allOf")? {
            if has(part, &SHAPING) || has(part, &["type", "allOf"]) {
                parts.push(part);
            } else {
                nullable |= flag(part, "nullable")?;
            }
        }
        if !has(schema, &SHAPING)
            && let [part] = parts.as_slice()
        {
            only = Some(*part);
        }
        // A reference that something stands beside is written as `allOf` or `oneOf` of one.
        if let Some(only) = only {
            let shape = self.shape(only)?;
            return Ok(Shape { nullable: nullable || shape.nullable, ..shape });
        }
        let kind = if !parts.is_empty() {
            self.all_of(schema)?
        } else if let Some(shapes) = union {
            let shapes = shapes.iter().map(|shape| self.shape(shape));
            Kind::OneOf(shapes.collect::<Result<_, _>>()?)
        } else {
            self.kind(schema)?
        };
        Ok(Shape { nullable, kind })
    }

    fn kind(&self, schema: &'a Value) -> Result<Kind, String> {
        let values = list(schema, "enum")?;
        if !values.is_empty() {
            let values = values.iter().filter(|value| !value.is_null()).map(Value::to_string);
            return Ok(Kind::OneOfValues(values.collect()));
        }
        Ok(match (text(schema, "type")?, text(schema, "format")?) {
            (Some("string"), Some("date-time")) => Kind::DateTime,
            (Some("string"), Some("binary")) => Kind::File,
            (Some("string"), _) => Kind::Text,
            (Some("integer"), _) => Kind::Int,
            (Some("number"), _) => Kind::Number,
            (Some("boolean"), _) => Kind::Bool,
            (Some("array"), _) => Kind::List(Box::new(match schema.get("items") {
                Some(items) => self.shape(items)?,
                None => Shape { nullable: false, kind: Kind::Any },
            })),
            (Some("object"), _) => self.object(schema)?,
            (None, _) if has(schema, &["properties", "additionalProperties"]) => {
                self.object(schema)?
            }
            (None, _) if schema.get("items").is_some() => {
                return Err("`items` without a type".to_owned());
            }
            (None, _) => Kind::Any,
            (Some(other), _) => return Err(format!("there is no type {other}")),
        })
    }

    fn object(&self, schema: &'a Value) -> Result<Kind, String> {
        if schema.get("properties").is_some() {
            let required = required(schema)?;
            return Ok(Kind::Object {
                members: self.members(schema, &required)?,
                open: others(schema)?.unwrap_or(false),
            });
        }
        Ok(match schema.get("additionalProperties") {
            Some(inner @ Value::Object(map)) if !map.is_empty() => {
                Kind::Map(Box::new(self.shape(inner)?))
            }
            _ => Kind::Object { members: Vec::new(), open: others(schema)?.unwrap_or(true) },
        })
    }

    fn members(&self, schema: &'a Value, required: &[&str]) -> Result<Vec<Member>, String> {
        object(schema, "properties")?
            .into_iter()
            .flatten()
            .map(|(name, property)| {
                Ok(Member {
                    name: name.clone(),
                    required: required.contains(&name.as_str()),
                    deprecated: flag(property, "deprecated")?,
                    shape: self.shape(property)?,
                })
            })
            .collect()
    }

    fn all_of(&self, schema: &'a Value) -> Result<Kind, String> {
        let mut merged = Merged::default();
        self.merge(schema, &mut merged)?;
        let Merged { mut members, required, open } = merged;
        for member in &mut members {
            member.required = required.contains(&member.name.as_str());
        }
        Ok(Kind::Object { members, open })
    }

    /// Puts the parts of an `allOf` together; a later part changes what an earlier one said.
    fn merge(&self, schema: &'a Value, merged: &mut Merged<'a>) -> Result<(), String> {
        self.deeper(|| {
            let schema = self.resolve(schema)?;
            for part in list(schema, "allOf")? {
                self.merge(part, merged)?;
            }
            let is_object = matches!(text(schema, "type")?, None | Some("object"));
            if !is_object || has(schema, &["items", "enum"]) || union(schema)?.is_some() {
                return Err("a part of an `allOf` of several is no object".to_owned());
            }
            merged.required.extend(required(schema)?);
            merged.open |= others(schema)?.unwrap_or(false);
            for member in self.members(schema, &[])? {
                match merged.members.iter_mut().find(|earlier| earlier.name == member.name) {
                    Some(earlier) => *earlier = member,
                    None => merged.members.push(member),
                }
            }
            Ok(())
        })
    }
}

/// Whether an object may have other members, if it says so.
fn others(schema: &Value) -> Result<Option<bool>, String> {
    match schema.get("additionalProperties") {
        None => Ok(None),
        Some(Value::Bool(others)) => Ok(Some(*others)),
        Some(Value::Object(_)) => Ok(Some(true)),
        Some(_) => Err("`additionalProperties` is no schema".to_owned()),
    }
}
