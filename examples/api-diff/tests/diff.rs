//! Every kind of difference is said, each in a line of its own.
#![allow(clippy::unwrap_used)] // A test says what is wrong by failing.
use clerk_api_diff::{Facts, diff::diff};

fn lines(old: &str, new: &str) -> Vec<String> {
    let read = |text: &str| text.parse::<Facts>().unwrap();
    assert_eq!(diff(&read(old), &read(old)), [""; 0]);
    diff(&read(old), &read(new))
}

/// The differences of two shapes that a type has, without what is said in front of each.
fn shapes(old: &str, new: &str) -> Vec<String> {
    let text = |shape| format!("type A {shape}\ntype B text\ntype C text\n");
    let lines = lines(&text(old), &text(new));
    lines.iter().map(|line| line.replacen("type A (in ): ", "", 1)).collect()
}

#[test]
fn operations() {
    assert_eq!(
        lines(
            "operation A GET /a \"T\"\noperation \"b b\" GET /b \"T\"\n",
            "operation \"b b\" GET /b \"T\"\noperation C GET /c \"T\"\n",
        ),
        ["- A: GET /a", "+ C: GET /c"],
    );
    assert_eq!(
        lines("operation \"b b\" GET /b \"T\"\n", "operation \"b b\" PUT /c \"U\"\n"),
        ["~ \"b b\": method GET -> PUT", "~ \"b b\": path /b -> /c", "~ \"b b\": tag T -> U"],
    );
}

#[test]
fn what_operations_have() {
    let old = r#"operation A GET /{a} "T"
  path a! text
  query b text
  query c [text]
  header h text
  cookie k text
  body object
    d text
  200 text
  201 nothing
  202 nothing
  errors 400 4XX
"#;
    let new = r#"operation A GET /{a} "T"
  deprecated
  without key
  path a! int
  query b! text deprecated
  joined c [text]
  header i text
  cookie k! text
  form! object
    d int
  200 int
  201 text
  302 nothing
  errors 400 default
"#;
    let expected = [
        "~ A: deprecated false -> true",
        "~ A: without key false -> true",
        "~ A: path.a text -> int",
        "~ A: query.b required false -> true",
        "~ A: query.b deprecated false -> true",
        "- A: header.h text",
        "+ A: header.i text",
        "~ A: cookie.k required false -> true",
        "~ A: joined  -> c",
        "~ A: body required false -> true",
        "~ A: body is a form false -> true",
        "~ A: body.d text -> int",
        "~ A: 200 text -> int",
        "~ A: 201 nothing -> text",
        "~ A: 202 nothing -> not documented",
        "~ A: 302 not documented -> nothing",
        "~ A: errors 400 4XX -> 400 default",
    ];
    assert_eq!(lines(old, new), expected);
    let none = "operation A GET /{a} \"T\"\n";
    let body = format!("{none}  body open object?\n");
    assert_eq!(lines(none, &body), ["+ A: body open object?"]);
    assert_eq!(lines(&body, none), ["- A: body open object?"]);
}

#[test]
fn events() {
    assert_eq!(
        lines(
            "event a.b object\n  data! text\nevent \"c d\" text\n",
            "event a.b object\n  data! int\n  more text\nevent e.f text\n",
        ),
        [
            "~ event a.b: data text -> int",
            "+ event a.b: more text",
            "- event \"c d\"",
            "+ event e.f",
        ],
    );
    // Types are those of events as well.
    assert_eq!(
        lines(
            "operation O GET /x \"T\"\n  header h A\nevent a.b object\n  data! [A]\ntype A text\n",
            "operation O GET /x \"T\"\n  header h A\nevent a.b object\n  data! [A]\ntype A int\n",
        ),
        ["~ type A (in O, a.b): text -> int"],
    );
}

#[test]
fn types_say_who_uses_them() {
    let users = |ids: &[&str], shape: &str| {
        let operations =
            ids.iter().map(|id| format!("operation {id} GET /x \"T\"\n  header h B\n"));
        operations.collect::<String>() + "type B [A]\ntype A " + shape
    };
    assert_eq!(
        lines(&users(&["O", "P"], "text"), &users(&["O", "P"], "int")),
        ["~ type A (in O, P): text -> int"],
    );
    assert_eq!(
        lines(&users(&["O", "P", "Q", "R"], "text"), &users(&["O", "P", "Q", "R"], "int")),
        ["~ type A (in O, P, Q and 1 more): text -> int"],
    );
    assert_eq!(
        lines("type A text\n", "type \"B b\" text\n"),
        ["- type A (in ): text", "+ type \"B b\" (in ): text"],
    );
}

#[test]
fn kinds() {
    for (old, new, expected) in [
        ("text", "int?", "~ text -> int?"),
        ("text", "text?", "~ nullable false -> true"),
        ("[text]", "[int]", "~ [] text -> int"),
        ("[text]", "[text?]", "~ [] nullable false -> true"),
        ("{[text]}", "{[int]}", "~ {}[] text -> int"),
        ("[text]", "{text}", "~ [text] -> {text}"),
        ("enum [\"a\"]", "enum [\"a\",1]", "~ enum [\"a\"] -> enum [\"a\",1]"),
        ("B", "C", "~ B -> C"),
    ] {
        assert_eq!(shapes(old, new), [expected], "{old} -> {new}");
    }
}

#[test]
fn members_are_compared_whatever_else_changes() {
    assert_eq!(
        shapes(
            "object\n  a text\n  b! text\n  \"c c\" text",
            "open object?\n  b int\n  \"c c\" text?\n  d text"
        ),
        [
            "~ open false -> true",
            "- a text",
            "~ b required true -> false",
            "~ b text -> int",
            "~ \"c c\" nullable false -> true",
            "+ d text",
            "~ nullable false -> true",
        ],
    );
    assert_eq!(
        shapes("object\n  m {object}\n    a text", "object\n  m {open object?}?\n    b text"),
        [
            "~ m{} open false -> true",
            "- m{}.a text",
            "+ m{}.b text",
            "~ m{} nullable false -> true",
            "~ m nullable false -> true",
        ],
    );
    // Their order is none of a difference.
    assert_eq!(shapes("object\n  a text\n  b int", "object\n  b int\n  a text"), [""; 0]);
}

#[test]
fn unions() {
    let union = |shapes: &[&str]| format!("one of\n  - {}", shapes.join("\n  - "));
    let (one, two) = ("object\n    a text", "object\n    b text");
    for (old, new, expected) in [
        (vec!["B", "C"], vec!["B", "C", "text"], vec!["+ (2) text"]),
        (vec!["B", "text", "C"], vec!["C", "B"], vec!["- (1) text"]),
        (vec!["B", "C"], vec!["C", "B"], vec![]),
        (vec!["B", "C"], vec!["C", "int"], vec!["~ (0) B -> int"]),
        (vec!["B", "C", "text"], vec!["int", "C"], vec!["- (0) B", "- (2) text", "+ (0) int"]),
        (vec![one, "B"], vec!["B", two, "int"], vec!["- (0).a text", "+ (0).b text", "+ (2) int"]),
        (vec![one], vec![two, one], vec!["+ (0) object"]),
    ] {
        assert_eq!(shapes(&union(&old), &union(&new)), expected, "{old:?} -> {new:?}");
    }
    assert_eq!(
        shapes("object\n  u [one of]\n    - B", "object\n  u [one of?]\n    - B\n    - C"),
        ["+ u[].(1) C", "~ u[] nullable false -> true"],
    );
}
