//! OpenAPI documents become facts, or an error that says what is not understood.
#![cfg(feature = "yaml")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test says what is wrong by failing.
use clerk_api_diff::{Facts, Kind, openapi};

fn read(yaml: &str) -> Result<Facts, String> {
    // As the program does.
    let options = serde_saphyr::options! { strict_booleans: true };
    openapi::read(&serde_saphyr::from_str_with_options(yaml, options).unwrap())
}

/// A document with one operation and these schemas, indented by four.
fn with_schemas(schemas: &str) -> Result<Facts, String> {
    read(&format!(
        "
openapi: 3.0.3
info: {{ version: v1 }}
paths:
  /x:
    get:
      operationId: X
      responses:
        '200':
          content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/A' }} }} }}
components:
  schemas:
{schemas}"
    ))
}

/// The text of a type `A` that is this schema.
fn shape(schema: &str) -> Result<String, String> {
    let facts = with_schemas(&format!(
        "    A: {schema}
    B: {{ type: object, required: [b], properties: {{ b: {{ type: integer }} }} }}
    E: {{ type: string, enum: [on, off] }}"
    ))?;
    let text = facts.to_string();
    let at = text.find("type A ").unwrap();
    let end = text[at..].find("\n\n").map_or(text.len(), |end| at + end);
    Ok(text[at..end].trim_end().replace("type A ", ""))
}

/// An operation with these members, indented by six.
fn with_operation(members: &str) -> Result<Facts, String> {
    read(&format!(
        "
openapi: 3.0.0
info: {{ version: v1 }}
paths:
  /x/{{id}}/{{n}}:
    parameters:
      - {{ name: n, in: path, required: true, schema: {{ type: integer }} }}
      - {{ $ref: '#/components/parameters/Trace' }}
    post:
      operationId: X
{members}
components:
  parameters:
    Trace: {{ name: X-Trace, in: header, schema: {{ type: string }} }}"
    ))
}

#[test]
fn an_operation() {
    let facts = with_operation(
        "      tags: [Some Things, Others]
      deprecated: true
      security: []
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { name: all, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: limit, in: query, deprecated: true, schema: { type: number } }
        - { name: crumb, in: cookie, content: { application/json: { schema: { type: boolean } } } }
      requestBody:
        required: true
        content: { multipart/form-data: { schema: { type: object, properties: { file: { type: string, format: binary } } } } }
      responses:
        x-note: nothing of ours
        204: { description: an integer as a key }
        3XX: { content: { application/json: {} } }
        default: { description: all else }
        '404': { description: none }
        4XX: { description: none }",
    );
    let expected = r#"version v1

operation X POST /x/{id}/{n} "Some Things"
  deprecated
  without key
  path id! text
  path n! int
  joined all [text]
  query limit number deprecated
  header X-Trace text
  cookie crumb bool
  form! object
    file file
  204 nothing
  3XX any
  errors 404 4XX default
"#;
    assert_eq!(facts.unwrap().to_string(), expected);
}

#[test]
fn what_the_operation_says_of_a_parameter_counts() {
    let facts = with_operation(
        "      parameters:
        - { name: n, in: path, required: true, schema: { type: string } }
        - { name: n, in: query, schema: { type: boolean } }
      responses: {}",
    )
    .unwrap();
    let operation = &facts.operations["X"];
    assert_eq!(operation.path_params.len(), 1);
    assert_eq!(operation.path_params[0].shape.kind, Kind::Text);
    assert_eq!(operation.query.len(), 1);
    assert_eq!(operation.headers.len(), 1);
}

#[test]
fn shapes() {
    for (schema, expected) in [
        ("{ type: string }", "text"),
        ("{ type: string, format: date-time, nullable: true }", "date-time?"),
        ("{ description: anything }", "any"),
        ("{ type: array, items: { type: integer } }", "[int]"),
        ("{ type: object }", "open object"),
        ("{ type: object, additionalProperties: false }", "object"),
        ("{ additionalProperties: { type: number, nullable: true } }", "{number?}"),
        ("{ enum: [a b, 'c\"', 1, true, null] }", r#"enum ["a b","c\"",1,true]"#),
        ("{ oneOf: [{ $ref: '#/components/schemas/B' }], nullable: true }", "B?"),
        ("{ anyOf: [{ type: string }, { type: integer }] }", "one of\n  - text\n  - int"),
        (
            "{ properties: { a: {}, b: { deprecated: true } }, anyOf: [{ required: [a] }, { required: [b] }] }",
            "object\n  a any\n  b any deprecated",
        ),
        (
            "{ properties: { a: { type: string } }, additionalProperties: { type: string } }",
            "open object\n  a text",
        ),
        // One part with a shape, and remarks on it.
        ("{ allOf: [{ $ref: '#/components/schemas/E' }, { nullable: true }] }", "E?"),
        ("{ allOf: [{ description: d }, { $ref: '#/components/schemas/E' }] }", "E"),
        ("{ allOf: [{ description: d }], type: string }", "text"),
        // Several.
        (
            "{ allOf: [{ $ref: '#/components/schemas/B' }, { properties: { c: {} }, required: [c] }] }",
            "object\n  b! int\n  c! any",
        ),
        (
            "{ allOf: [{ properties: { c: {} } }], required: [c], additionalProperties: true }",
            "open object\n  c! any",
        ),
        // A reference to what has no name of its own.
        ("{ $ref: '#/components/schemas/B/properties/b' }", "int"),
    ] {
        assert_eq!(shape(schema).as_deref(), Ok(expected), "{schema}");
    }
}

#[test]
fn what_is_not_understood_is_an_error() {
    for (schema, expected) in [
        ("{ type: [string, 'null'] }", "`type` is no text"),
        ("{ type: text }", "schema A: there is no type text"),
        ("{ nullable: 'yes' }", "`nullable` is neither"),
        ("{ enum: a }", "`enum` is no list"),
        ("{ properties: [a] }", "`properties` is no object"),
        ("{ properties: { a: text } }", "is no schema"),
        ("{ properties: {}, required: true }", "`required` is no list"),
        ("{ type: object, additionalProperties: 1 }", "`additionalProperties` is no schema"),
        ("{ items: {} }", "`items` without a type"),
        ("{ $ref: 'other.yml#/A' }", "leads nowhere"),
        ("{ $ref: '#/components/schemas/C' }", "the schema C is missing"),
        ("{ $ref: '#/components/schemas/B/properties/z' }", "leads nowhere"),
        ("{ oneOf: [{ type: string }], properties: {} }", "beside `oneOf`"),
        (
            "{ allOf: [{ $ref: '#/components/schemas/E' }, { $ref: '#/components/schemas/B' }] }",
            "is no object",
        ),
        ("{ allOf: [{ properties: {} }, { type: array, items: {} }] }", "is no object"),
        ("{ allOf: [{ properties: {} }, { oneOf: [{ type: string }] }] }", "is no object"),
    ] {
        let error = shape(schema).unwrap_err();
        assert!(error.contains(expected), "{schema}: {error}");
    }
}

#[test]
fn what_contains_itself_without_a_name() {
    let itself = "contains itself without a name";
    for schemas in [
        "    A: { allOf: [{ $ref: '#/components/schemas/A' }, { type: object }] }",
        "    A: { allOf: [{ $ref: '#/x' }, { type: object }] }
x: { allOf: [{ $ref: '#/components/schemas/A' }, { type: object }] }",
        "    A: { $ref: '#/x' }
x: { properties: { a: { $ref: '#/x' }, b: { $ref: '#/x' } } }",
        "    A: { $ref: '#/x' }
x: { $ref: '#/x' }",
    ] {
        let error = with_schemas(schemas).unwrap_err();
        assert!(error.contains(itself), "{schemas}: {error}");
    }
    // With a name it may.
    let facts = with_schemas(
        "    A: { properties: { a: { type: array, items: { $ref: '#/components/schemas/A' } } } }",
    );
    assert!(facts.unwrap().to_string().ends_with("type A object\n  a [A]\n"));
}

#[test]
fn what_is_named_by_itself_has_no_shape() {
    let facts = with_schemas(
        "    A: { $ref: '#/components/schemas/B' }
    B: { $ref: '#/components/schemas/A' }",
    )
    .unwrap();
    assert_eq!(facts.resolve(&facts.types["A"]), None);
    let facts = with_schemas(
        "    A: { allOf: [{ $ref: '#/components/schemas/B' }], nullable: true }
    B: { type: string }",
    )
    .unwrap();
    let shape = facts.resolve(&facts.types["A"]).unwrap();
    assert_eq!((shape.kind, shape.nullable), (Kind::Text, true));
}

#[test]
fn documents_that_are_none() {
    let x = "get: { operationId: X, responses: {} }";
    for (yaml, expected) in [
        ("just text".to_owned(), "`openapi` is missing"),
        ("openapi: 3.1.0".to_owned(), "`openapi` is \"3.1.0\"; only 3.0.x"),
        ("openapi: 3.0".to_owned(), "only 3.0.x"),
        ("swagger: '2.0'".to_owned(), "`openapi` is missing"),
        ("openapi: 3.0.3".to_owned(), "`info.version` is missing"),
        ("{ openapi: 3.0.3, info: { version: v } }".to_owned(), "`paths` is missing"),
        (in_paths("/x: []"), "/x: not an object"),
        (in_paths("/x: { get: { responses: {} } }"), "get /x: `operationId` is missing"),
        (in_paths("/x: { get: { operationId: X } }"), "X: no `responses`"),
        (in_paths("/x: { get: { operationId: X, responses: { 600: {} } } }"), "600 is no status"),
        (in_paths(&format!("/x: {{ {x} }}, /y: {{ {x} }}")), "get /y: another operation is X"),
        (
            in_paths(
                "/x: { get: { operationId: X, parameters: [{ name: b, in: body, schema: {} }] } }",
            ),
            "the parameter b is in",
        ),
        (
            in_paths("/x: { get: { operationId: X, parameters: [{ name: b, in: query }] } }"),
            "b has no schema",
        ),
    ] {
        let error = read(&yaml).unwrap_err();
        assert!(error.contains(expected), "{yaml}: {error}");
    }
    // All methods, and none of an extension.
    let facts = read(&in_paths(&format!("/x: {{ $ref: '#/paths/x-y' }}, x-y: {{ {x} }}"))).unwrap();
    assert_eq!(facts.operations["X"].path, "/x");
    let facts = read(&in_paths("/x: { head: { operationId: X, responses: {} }, x-y: 1 }")).unwrap();
    assert_eq!(facts.operations["X"].method, "HEAD");
}

fn in_paths(paths: &str) -> String {
    format!("{{ openapi: 3.0.3, info: {{ version: v }}, paths: {{ {paths} }} }}")
}

#[test]
fn odd_names_come_back() {
    // Names that mean something else in the text, or would end in it too early.
    let facts = read(
        r##"
openapi: 3.0.3
info: { version: "v 1\n# 2" }
paths:
  "/x y/{a \"b\"}":
    get:
      operationId: "odd! id"
      tags: ["a \"tag\"\n"]
      parameters:
        - { name: "filter[a]?", in: query, explode: false, schema: { type: array, items: { $ref: "#/components/schemas/text" } } }
        - { name: "", in: header, schema: { type: string } }
      responses:
        200: { content: { application/json: { schema: { $ref: "#/components/schemas/nothing" } } } }
        2XX: { description: nothing }
components:
  schemas:
    text: { type: object, properties: { object: { $ref: "#/components/schemas/one" } } }
    nothing: { type: array, items: { $ref: "#/components/schemas/a~1b~0 c" } }
    one: { oneOf: [{ $ref: "#/components/schemas/open" }, { type: object, properties: { deprecated: { $ref: "#/components/schemas/deprecated", deprecated: true } } }] }
    open: { enum: ["a\" | \"b", "x] deprecated", "", 1.5, -3, false, [1, { a: null }]], nullable: true }
    deprecated: { enum: [null] }
    "a/b~ c": { additionalProperties: { $ref: "#/components/schemas/größe" } }
    größe: { type: string, format: binary }
"##,
    )
    .unwrap();
    assert_eq!(facts.types.len(), 7);
    let text = facts.to_string();
    assert!(text.contains("joined \"filter[a]?\" [\"text\"]\n"), "{text}");
    assert!(text.contains("deprecated deprecated deprecated\n"), "{text}");
    assert_eq!(text.parse::<Facts>().unwrap(), facts, "{text}");
}

/// A document about webhooks alone, with these.
fn with_webhooks(webhooks: &str) -> Result<Facts, String> {
    read(&format!(
        "
openapi: 3.0.3
info: {{ version: v1 }}
x-webhooks:
{webhooks}
components:
  schemas:
    Envelope: {{ required: [type], properties: {{ type: {{ type: string }} }} }}
    Thing: {{ type: object, properties: {{ other: {{ $ref: '#/components/schemas/Other' }} }} }}
    Other: {{ type: integer }}
    Unused: {{ type: string }}"
    ))
}

#[test]
fn events() {
    let facts = with_webhooks(
        "  thing.created:
    post:
      requestBody:
        content:
          application/json:
            schema:
              allOf:
                - $ref: '#/components/schemas/Envelope'
                - { required: [data], properties: { data: { $ref: '#/components/schemas/Thing' } } }
  \"thing made\":
    $ref: '#/x-more'
x-more: { post: { requestBody: { content: { application/json: { schema: { type: boolean } } } } } }",
    );
    let expected = r#"version v1

event "thing made" bool

event thing.created object
  type! text
  data! Thing

type Other int

type Thing object
  other Other
"#;
    let facts = facts.unwrap();
    assert_eq!(facts.to_string(), expected);
    assert!(facts.operations.is_empty());
}

#[test]
fn events_beside_operations() {
    let event = "post: { requestBody: { content: { application/json: {} } } }";
    let facts = read(&format!(
        "{{ openapi: 3.0.3, info: {{ version: v }}, x-webhooks: {{ a.b: {{ {event} }} }},
         paths: {{ /x: {{ get: {{ operationId: X, responses: {{}} }} }} }} }}"
    ));
    let expected = "version v\n\noperation X GET /x \"\"\n\nevent a.b any\n";
    assert_eq!(facts.unwrap().to_string(), expected);
}

#[test]
fn events_that_are_none() {
    for (webhooks, expected) in [
        ("  []", "`x-webhooks` is no object"),
        ("  a.b: {}", "a.b: `post` is missing"),
        ("  a.b: { get: {} }", "a.b: `post` is missing"),
        ("  a.b: { post: {} }", "a.b: `requestBody` is missing"),
        ("  a.b: { post: { requestBody: {} } }", "a.b: a body has no content"),
        ("  a.b: { $ref: '#/nowhere' }", "a.b: #/nowhere leads nowhere"),
        (
            "  a.b: { post: { requestBody: { content: { json: { schema: { type: text } } } } } }",
            "a.b: there is no type text",
        ),
        (
            "  a.b: { post: { requestBody: { content: { json: { schema: { $ref: '#/components/schemas/C' } } } } } }",
            "the schema C is missing",
        ),
        ("  {}\npaths: []", "`paths` is missing"),
    ] {
        let error = with_webhooks(webhooks).unwrap_err();
        assert!(error.contains(expected), "{webhooks}: {error}");
    }
}
