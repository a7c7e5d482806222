//! The facts of Clerk's Backend API and of its webhooks: names, types, statuses.
//!
//! [`Facts`] has a text of its own (`core/facts/api.txt`, `webhooks.txt`), which people can read and compare; it is
//! made from an OpenAPI document by [`openapi::read`]. [`diff::diff`] says what differs between two
//! of them. It holds no sentence of the document.
pub mod diff;
pub mod openapi;
mod text;

pub use self::text::Malformed;

use std::collections::BTreeMap;

/// What an API has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // A program's own module, not a library for others.
pub struct Facts {
    /// The version, such as `2026-05-12`.
    pub version: String,
    /// The operations by their `operationId`.
    pub operations: BTreeMap<String, Operation>,
    /// What webhooks carry, by the type of the event.
    pub events: BTreeMap<String, Shape>,
    /// The shapes that have a name.
    pub types: BTreeMap<String, Shape>,
}

/// One operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // As above.
pub struct Operation {
    /// The method, in capitals.
    pub method: String,
    /// The path, with parameters in braces.
    pub path: String,
    /// The first tag.
    pub tag: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Whether it goes without a key.
    pub keyless: bool,
    /// The parameters in the path, in its order.
    pub path_params: Vec<Member>,
    /// The parameters in the query.
    pub query: Vec<Member>,
    /// The names of those of the query whose lists are joined with commas.
    pub joined: Vec<String>,
    /// The parameters in the headers.
    pub headers: Vec<Member>,
    /// The parameters in cookies.
    pub cookies: Vec<Member>,
    /// The body, if it has one.
    pub body: Option<Body>,
    /// The statuses that begin with 1, 2 or 3, each with what it carries.
    pub answers: BTreeMap<String, Option<Shape>>,
    /// All other statuses, `4XX` and `default` among them, sorted.
    pub errors: Vec<String>,
}

/// What a request carries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // As above.
pub struct Body {
    /// Whether it may not be left out.
    pub required: bool,
    /// Whether it is a multipart form, and not JSON.
    pub form: bool,
    /// What it is.
    pub shape: Shape,
}

/// A parameter, or a member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // As above.
pub struct Member {
    /// Its name.
    pub name: String,
    /// Whether it may not be left out.
    pub required: bool,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// What it is.
    pub shape: Shape,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // As above.
pub struct Shape {
    /// Whether it may be `null`.
    pub nullable: bool,
    /// What it is else.
    pub kind: Kind,
}

/// What a value is, when it is not `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // As above.
pub enum Kind {
    /// Any text.
    Text,
    /// A time in RFC 3339.
    DateTime,
    /// A file of a form.
    File,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Any JSON.
    Any,
    /// One of these, each as JSON writes it.
    OneOfValues(Vec<String>),
    /// A list.
    List(Box<Shape>),
    /// An object with any names.
    Map(Box<Shape>),
    /// An object with these members, and others if it is open.
    Object {
        /// The members.
        members: Vec<Member>,
        /// Whether others are allowed.
        open: bool,
    },
    /// The shape of this name.
    Named(String),
    /// One of several shapes.
    OneOf(Vec<Shape>),
}

impl Facts {
    /// The shape itself, where it is only named; nullable if either is.
    ///
    /// There is none if a name has no shape, or only itself.
    pub fn resolve(&self, shape: &Shape) -> Option<Shape> {
        let (mut shape, mut nullable) = (shape, shape.nullable);
        for _ in 0..=self.types.len() {
            let Kind::Named(name) = &shape.kind else {
                return Some(Shape { nullable, kind: shape.kind.clone() });
            };
            shape = self.types.get(name)?;
            nullable |= shape.nullable;
        }
        None
    }

    /// All shapes that have no name, each with what it belongs to.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = (&String, &Shape)> {
        let operations = self
            .operations
            .iter()
            .flat_map(|(id, operation)| operation.shapes().map(move |shape| (id, shape)));
        operations.chain(&self.events)
    }
}

impl Operation {
    /// Everything that it takes and answers.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = &Shape> {
        let params = [&self.path_params, &self.query, &self.headers, &self.cookies];
        let params = params.into_iter().flatten().map(|param| &param.shape);
        let body = self.body.iter().map(|body| &body.shape);
        params.chain(body).chain(self.answers.values().flatten())
    }
}

/// Whether a status is one of an error; nothing if it is no status.
pub(crate) fn is_error(status: &str) -> Option<bool> {
    match status.as_bytes() {
        b"default" => Some(true),
        [first @ b'1'..=b'5', b'X', b'X'] | [first @ b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] => {
            Some(*first >= b'4')
        }
        _ => None,
    }
}
