//! The text of the facts: one thing a line, what belongs to it below and indented by two.
//!
//! ```text
//! operation CreateActorToken POST /actor_tokens "Actor Tokens"
//!   header X-Trace text
//!   body! object
//!     user_id! text
//!     mode enum ["fast","slow"]
//!   200 ActorToken
//!   errors 400 402 4XX default
//!
//! event actorToken.created object
//!   type! text
//!   data! ActorToken
//!
//! type ActorToken object
//!   object! enum ["actor_token"]
//!   token text?
//! ```
//!
//! A name with `!` is required, a type with `?` may be `null`. `[text]` is a list, `{text}` an
//! object with any names. A name with odd characters is a JSON string, and so is that of a type
//! which is a word of this form, such as `"text"`.
use std::fmt::{self, Display, Write as _};

use serde_json::Value;

use super::{Body, Facts, Kind, Member, Operation, Shape, is_error, openapi::names};

/// The words that a shape begins with, or stand in place of one.
const RESERVED: [&str; 12] = [
    "text",
    "date-time",
    "file",
    "int",
    "number",
    "bool",
    "any",
    "object",
    "open",
    "one",
    "enum",
    "nothing",
];

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.-".contains(c)
}

fn is_plain_in_path(c: char) -> bool {
    is_plain(c) || "/{}".contains(c)
}

/// A name, quoted if it has odd characters.
pub(crate) struct Name<'a>(pub(crate) &'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = *self;
        quoted_unless(f, name, !name.is_empty() && name.chars().all(is_plain))
    }
}

/// The name of a type: no word that means something else.
struct TypeName<'a>(&'a str);

impl Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = *self;
        if RESERVED.contains(&name) { quoted_unless(f, name, false) } else { Name(name).fmt(f) }
    }
}

fn quoted_unless(f: &mut fmt::Formatter<'_>, name: &str, plain: bool) -> fmt::Result {
    if plain { f.write_str(name) } else { write!(f, "{}", Value::from(name)) }
}

/// A path, quoted if it has odd characters.
struct Path<'a>(&'a str);

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(path) = *self;
        quoted_unless(f, path, !path.is_empty() && path.chars().all(is_plain_in_path))
    }
}

impl Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "version {}", Name(&self.version))?;
        for (id, operation) in &self.operations {
            let Operation { method, path, tag, .. } = operation;
            let (id, path, tag) = (Name(id), Path(path), Value::from(tag.as_str()));
            writeln!(f, "\noperation {id} {method} {path} {tag}")?;
            if operation.deprecated {
                writeln!(f, "  deprecated")?;
            }
            if operation.keyless {
                writeln!(f, "  without key")?;
            }
            for param in &operation.path_params {
                member(f, "path ", param, 1)?;
            }
            for param in &operation.query {
                let joined = operation.joined.contains(&param.name);
                member(f, if joined { "joined " } else { "query " }, param, 1)?;
            }
            for param in &operation.headers {
                member(f, "header ", param, 1)?;
            }
            for param in &operation.cookies {
                member(f, "cookie ", param, 1)?;
            }
            if let Some(Body { required, form, shape }) = &operation.body {
                let kind = if *form { "form" } else { "body" };
                let required = if *required { "!" } else { "" };
                writeln!(f, "  {kind}{required} {shape}")?;
                below(f, shape, 2)?;
            }
            for (status, shape) in &operation.answers {
                match shape {
                    None => writeln!(f, "  {status} nothing")?,
                    Some(shape) => {
                        writeln!(f, "  {status} {shape}")?;
                        below(f, shape, 2)?;
                    }
                }
            }
            if !operation.errors.is_empty() {
                writeln!(f, "  errors {}", operation.errors.join(" "))?;
            }
        }
        for (name, shape) in &self.events {
            writeln!(f, "\nevent {} {shape}", Name(name))?;
            below(f, shape, 1)?;
        }
        for (name, shape) in &self.types {
            writeln!(f, "\ntype {} {shape}", TypeName(name))?;
            below(f, shape, 1)?;
        }
        Ok(())
    }
}

fn member(f: &mut fmt::Formatter<'_>, place: &str, member: &Member, depth: usize) -> fmt::Result {
    let Member { name, required, deprecated, shape } = member;
    let (name, required) = (Name(name), if *required { "!" } else { "" });
    let deprecated = if *deprecated { " deprecated" } else { "" };
    writeln!(f, "{:1$}{place}{name}{required} {shape}{deprecated}", "", 2 * depth)?;
    below(f, shape, depth + 1)
}

fn below(f: &mut fmt::Formatter<'_>, shape: &Shape, depth: usize) -> fmt::Result {
    match &shape.kind {
        Kind::List(inner) | Kind::Map(inner) => below(f, inner, depth),
        Kind::Object { members, .. } => {
            members.iter().try_for_each(|inner| member(f, "", inner, depth))
        }
        Kind::OneOf(shapes) => shapes.iter().try_for_each(|inner| {
            writeln!(f, "{:1$}- {inner}", "", 2 * depth)?;
            below(f, inner, depth + 1)
        }),
        _ => Ok(()),
    }
}

/// What stands in a line; members stand below.
impl Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Text => f.write_str("text"),
            Kind::DateTime => f.write_str("date-time"),
            Kind::File => f.write_str("file"),
            Kind::Int => f.write_str("int"),
            Kind::Number => f.write_str("number"),
            Kind::Bool => f.write_str("bool"),
            Kind::Any => f.write_str("any"),
            Kind::OneOfValues(values) => write!(f, "enum [{}]", values.join(",")),
            Kind::List(inner) => write!(f, "[{inner}]"),
            Kind::Map(inner) => write!(f, "{{{inner}}}"),
            Kind::Object { open: false, .. } => f.write_str("object"),
            Kind::Object { open: true, .. } => f.write_str("open object"),
            Kind::Named(name) => TypeName(name).fmt(f),
            Kind::OneOf(_) => f.write_str("one of"),
        }?;
        if self.nullable { f.write_char('?') } else { Ok(()) }
    }
}

/// What is wrong with a text that is none of facts.
#[derive(Debug)]
pub struct Malformed(String);

impl Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

fn malformed(line: &str) -> Malformed {
    Malformed(format!("not a line of the table of facts: {line:?}"))
}

impl std::str::FromStr for Facts {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut facts = Self::default();
        let mut lines = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .peekable();
        for entry in &entries(&mut lines, 0) {
            let mut line = Line::new(entry);
            let again = if line.takes("version ") {
                facts.version = line.name(is_plain)?;
                false
            } else if line.takes("event ") {
                let name = line.name(is_plain)?;
                line.expect(" ")?;
                facts.events.insert(name, line.shape()?).is_some()
            } else if line.takes("type ") {
                let name = line.name(is_plain)?;
                line.expect(" ")?;
                facts.types.insert(name, line.shape()?).is_some()
            } else if line.takes("operation ") {
                let id = line.name(is_plain)?;
                facts.operations.insert(id, line.operation()?).is_some()
            } else {
                true
            };
            if again {
                return Err(malformed(entry.line));
            }
            line.end()?;
        }
        // Where the indentation is wrong, the entries end.
        match lines.next() {
            Some(line) => Err(malformed(line)),
            None => facts.all_types_are_there().map(|()| facts),
        }
    }
}

impl Facts {
    fn all_types_are_there(&self) -> Result<(), Malformed> {
        for (user, shape) in self.shapes().chain(&self.types) {
            if let Some(name) = names(shape).iter().find(|name| !self.types.contains_key(*name)) {
                return Err(Malformed(format!("{user}: there is no type {name:?}")));
            }
        }
        Ok(())
    }
}

/// A line, and what stands below it.
struct Entry<'a> {
    line: &'a str,
    below: Vec<Self>,
}

/// Takes the entries of this depth off the front.
fn entries<'a>(
    lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>,
    depth: usize,
) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    let indented = |line: &&str| line.len() - line.trim_start_matches(' ').len() == 2 * depth;
    while let Some(line) = lines.next_if(indented) {
        let line = line.trim_start_matches(' ');
        entries.push(Entry { line, below: self::entries(lines, depth + 1) });
    }
    entries
}

/// What is yet to be read of a line, and of what stands below it.
struct Line<'a> {
    whole: &'a str,
    rest: &'a str,
    below: &'a [Entry<'a>],
}

impl<'a> Line<'a> {
    fn new(entry: &'a Entry<'_>) -> Self {
        Self { whole: entry.line, rest: entry.line, below: &entry.below }
    }

    fn takes(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, text: &str) -> Result<(), Malformed> {
        if self.takes(text) { Ok(()) } else { Err(malformed(self.whole)) }
    }

    /// Nothing may be left.
    fn end(&self) -> Result<(), Malformed> {
        match self.below.first() {
            _ if !self.rest.is_empty() => Err(malformed(self.whole)),
            Some(entry) => Err(malformed(entry.line)),
            None => Ok(()),
        }
    }

    fn json(&mut self) -> Result<Value, Malformed> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter();
        let Some(Ok(value)) = values.next() else { return Err(malformed(self.whole)) };
        self.rest = self.rest.get(values.byte_offset()..).unwrap_or_default();
        Ok(value)
    }

    fn name(&mut self, is_plain: fn(char) -> bool) -> Result<String, Malformed> {
        if self.rest.starts_with('"') {
            return match self.json()? {
                Value::String(name) => Ok(name),
                _ => Err(malformed(self.whole)),
            };
        }
        let end = self.rest.find(|c| !is_plain(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if name.is_empty() { Err(malformed(self.whole)) } else { Ok(name.to_owned()) }
    }

    /// What follows the name of an operation.
    fn operation(&mut self) -> Result<Operation, Malformed> {
        self.expect(" ")?;
        let method = self.name(is_plain)?;
        self.expect(" ")?;
        let path = self.name(is_plain_in_path)?;
        self.expect(" ")?;
        let Value::String(tag) = self.json()? else { return Err(malformed(self.whole)) };
        let mut operation = Operation { method, path, tag, ..Operation::default() };
        for entry in std::mem::take(&mut self.below) {
            let mut line = Line::new(entry);
            line.fact(&mut operation)?;
            line.end()?;
        }
        Ok(operation)
    }

    /// A line below an operation.
    fn fact(&mut self, operation: &mut Operation) -> Result<(), Malformed> {
        let word = self.name(is_plain)?;
        match word.as_str() {
            "deprecated" => operation.deprecated = true,
            "without" => {
                self.expect(" key")?;
                operation.keyless = true;
            }
            "path" => operation.path_params.push(self.param()?),
            "query" => operation.query.push(self.param()?),
            "joined" => {
                let param = self.param()?;
                operation.joined.push(param.name.clone());
                operation.query.push(param);
            }
            "header" => operation.headers.push(self.param()?),
            "cookie" => operation.cookies.push(self.param()?),
            "body" | "form" => {
                let required = self.takes("!");
                self.expect(" ")?;
                let shape = self.shape()?;
                operation.body = Some(Body { required, form: word == "form", shape });
            }
            "errors" => {
                while self.takes(" ") {
                    let status = self.name(is_plain)?;
                    if is_error(&status) != Some(true) {
                        return Err(malformed(self.whole));
                    }
                    operation.errors.push(status);
                }
            }
            status if is_error(status) == Some(false) => {
                self.expect(" ")?;
                let nothing = self.rest == "nothing" && self.takes("nothing");
                let shape = if nothing { None } else { Some(self.shape()?) };
                operation.answers.insert(word, shape);
            }
            _ => return Err(malformed(self.whole)),
        }
        Ok(())
    }

    fn param(&mut self) -> Result<Member, Malformed> {
        self.expect(" ")?;
        self.member()
    }

    fn member(&mut self) -> Result<Member, Malformed> {
        let name = self.name(is_plain)?;
        let required = self.takes("!");
        self.expect(" ")?;
        let shape = self.shape()?;
        let deprecated = self.takes(" deprecated");
        Ok(Member { name, required, deprecated, shape })
    }

    fn shape(&mut self) -> Result<Shape, Malformed> {
        let kind = if self.takes("[") {
            let inner = self.shape()?;
            self.expect("]")?;
            Kind::List(Box::new(inner))
        } else if self.takes("{") {
            let inner = self.shape()?;
            self.expect("}")?;
            Kind::Map(Box::new(inner))
        } else if self.rest.starts_with('"') {
            Kind::Named(self.name(is_plain)?)
        } else {
            self.plain_kind()?
        };
        Ok(Shape { nullable: self.takes("?"), kind })
    }

    fn plain_kind(&mut self) -> Result<Kind, Malformed> {
        let word = self.name(is_plain)?;
        Ok(match word.as_str() {
            "text" => Kind::Text,
            "date-time" => Kind::DateTime,
            "file" => Kind::File,
            "int" => Kind::Int,
            "number" => Kind::Number,
            "bool" => Kind::Bool,
            "any" => Kind::Any,
            "enum" => {
                self.expect(" ")?;
                let Value::Array(values) = self.json()? else { return Err(malformed(self.whole)) };
                Kind::OneOfValues(values.iter().map(Value::to_string).collect())
            }
            "object" => Kind::Object { members: self.each_below(Self::member)?, open: false },
            "open" => {
                self.expect(" object")?;
                Kind::Object { members: self.each_below(Self::member)?, open: true }
            }
            "one" => {
                self.expect(" of")?;
                Kind::OneOf(self.each_below(|line| {
                    line.expect("- ")?;
                    line.shape()
                })?)
            }
            "nothing" => return Err(malformed(self.whole)),
            _ => Kind::Named(word),
        })
    }

    /// Reads the lines below.
    fn each_below<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        std::mem::take(&mut self.below)
            .iter()
            .map(|entry| {
                let mut line = Line::new(entry);
                let value = read(&mut line)?;
                line.end().map(|()| value)
            })
            .collect()
    }
}
