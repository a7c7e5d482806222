//! Reads the JSON of an answer, and finds out where it is wrong.
use std::borrow::Cow;

use serde::de::DeserializeOwned;

/// Why some JSON could not be read: what [`Operation::decode`](crate::Operation::decode) gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unreadable {
    /// Where in the JSON.
    pub path: String,
    /// What is wrong there. Must quote nothing of the answer.
    pub problem: String,
    /// The line, from 1; 0 if unknown.
    pub line: usize,
    /// The column, from 1; 0 if unknown.
    pub column: usize,
}

impl Unreadable {
    /// Something that is not about one place in JSON. `problem` must quote nothing of the answer.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { path: String::new(), problem: problem.into(), line: 0, column: 0 }
    }

    fn from_json(path: String, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self { path, problem: harmless(error), line, column }
    }
}

/// What can be said of an error of serde_json, whose own text quotes the value that it found.
pub(crate) fn harmless(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Eof => return "it ends too early".to_owned(),
        Category::Syntax | Category::Io => return "it is not JSON".to_owned(),
        Category::Data => {}
    }
    let text = error.to_string();
    // The position has its own fields.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    // These two name fields of ours and nothing else.
    if text.starts_with("missing field `") || text.starts_with("duplicate field `") {
        return text.to_owned();
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "it does not have the documented shape".to_owned(),
    }
}

/// Reads JSON, as text: that is a fifth faster than reading bytes.
///
/// There is one reader for each type, this one: what serde derives is inlined into it only while
/// nothing else calls it (measured: with a second reader, users take 8 % longer).
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    let body = without_bom(body);
    if body.is_empty() {
        return Err(Unreadable::new("it is empty"));
    }
    let (text, repaired) = match std::str::from_utf8(body) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => match without_bad_bytes(body) {
            Some(text) => (Cow::Owned(text), true),
            None => return Err(Unreadable::new("it is not UTF-8")),
        },
    };
    if text.len() > MAX_DEPTH && is_deep(&text) {
        return Err(Unreadable::new("it is nested too deeply"));
    }
    serde_json::from_str(&text).map_err(|error| {
        let mut unreadable = Unreadable::from_json(place(text.as_bytes(), &error), &error);
        if repaired && error.is_syntax() {
            "it is not UTF-8".clone_into(&mut unreadable.problem);
        }
        unreadable
    })
}

/// How deep an answer may be where nobody reads: serde_json skips that without recursion, but with a list of what is
/// open. Not looked at in an answer that has no room for more.
const MAX_DEPTH: usize = 1 << 20;

#[cold]
fn is_deep(json: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// How many pieces of an answer may be no UTF-8 before none of it is read.
const MAX_BAD_PIECES: usize = 1000;

/// Text in which half a surrogate pair stands for what is not UTF-8: a reader refuses it where it
/// wants the value, and skips it where nobody looks. Bad bytes shall go no further, and a few shall
/// not cost anybody the rest of the answer.
#[cold]
fn without_bad_bytes(body: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(body.len() + 8 * MAX_BAD_PIECES);
    let mut bad = 0;
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            bad += 1;
            if bad > MAX_BAD_PIECES {
                return None;
            }
            text.push_str("\\ud800");
        }
    }
    Some(text)
}

/// How many steps of a way are told: serde_json itself goes no further where somebody reads.
const MAX_STEPS: usize = 128;
/// How much of a name is told, in bytes.
const MAX_NAME: usize = 128;

/// One step on the way to a place in JSON.
enum Towards<'j> {
    Member { name: &'j [u8], in_value: bool },
    Element(usize),
}

/// The path of the value that a reader had come to when it met the error.
#[cold]
fn place(json: &[u8], error: &serde_json::Error) -> String {
    let line_start: usize = json
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    // Where the syntax is wrong, the column is that of the wrong character, which says nothing.
    let end = (line_start + error.column()).saturating_sub(usize::from(error.is_syntax()));
    let json = json.get(..end).unwrap_or(json);
    let mut way = Vec::new();
    // Nobody reads so deep; what nobody reads may be as deep as the answer is long.
    let mut deeper = 0_usize;
    let mut bytes = json.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        let full = way.len() == MAX_STEPS;
        match (byte, way.last_mut()) {
            (b'"', parent) => {
                let mut end = json.len();
                while let Some((at, byte)) = bytes.next() {
                    match byte {
                        b'\\' => _ = bytes.next(),
                        b'"' => {
                            end = at;
                            break;
                        }
                        _ => {}
                    }
                }
                if deeper == 0
                    && let Some(Towards::Member { name, in_value: false }) = parent
                {
                    *name = json.get(at + 1..end).unwrap_or_default();
                }
            }
            (b':' | b',', _) if deeper > 0 => {}
            (b':', Some(Towards::Member { in_value, .. })) => *in_value = true,
            (b',', Some(Towards::Member { in_value, .. })) => *in_value = false,
            (b',', Some(Towards::Element(index))) => *index += 1,
            (b'{' | b'[', _) if full => deeper += 1,
            (b'{', _) => way.push(Towards::Member { name: b"", in_value: false }),
            (b'[', _) => way.push(Towards::Element(0)),
            (b'}' | b']', _) if deeper > 0 => deeper -= 1,
            (b'}' | b']', _) => _ = way.pop(),
            _ => {}
        }
    }
    let mut path = String::new();
    for step in way {
        match step {
            Towards::Member { name, in_value: true } => {
                if !path.is_empty() {
                    path.push('.');
                }
                let cut = name.get(..MAX_NAME).unwrap_or(name);
                path.push_str(&String::from_utf8_lossy(cut));
                if cut.len() < name.len() {
                    path.push('…');
                }
            }
            Towards::Member { in_value: false, .. } => {}
            Towards::Element(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

/// One byte order mark in front of the text is no part of it.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)] // It is about what cannot be read.
    struct Node {
        name: String,
        #[serde(default)]
        nodes: Vec<Self>,
        next: Option<Box<Self>>,
    }

    #[test]
    fn errors_name_the_place() {
        // As far as anybody would look.
        let (deep, long) = ("other".to_owned() + &"[0]".repeat(127), "x".repeat(128) + "…");
        for (json, path, problem) in [
            (r#"{}"#, "", "missing field `name`"),
            ("7", "", "expected struct Node"),
            (r#"{"name":7}"#, "name", "expected a string"),
            (r#"{"name":{"name":"a"}}"#, "name", "expected a string"),
            (r#"{"name":"a","name":"b"}"#, "", "duplicate field `name`"),
            (
                r#"{"name":"a:,{[\"\\","nodes":[{"name":"b"},{"name":["c"]}]}"#,
                "nodes[1].name",
                "expected a string",
            ),
            (
                "{\n \"name\": \"\u{2603}\",\n \"nodes\": [\n  {},\n  {}]}",
                "nodes[0]",
                "missing field `name`",
            ),
            (
                r#"{"name":"a","other":[{"x":[1]}],"next":{"name":"b","next":{"nodes":[]}}}"#,
                "next.next",
                "missing field `name`",
            ),
            (r#"{"name":"a","nodes":7}"#, "nodes", "expected a sequence"),
            (
                r#"{"name":"a","nodes":[{"name":"b","nodes":[{"name":tru}]}]}"#,
                "nodes[0].nodes[0].name",
                "it is not JSON",
            ),
            (r#"{"name":}"#, "name", "it is not JSON"),
            (r#"{"name":"a","nodes":[{"name":"#, "nodes[0].name", "it ends too early"),
            (r#"{"name":"a","no"#, "", "it ends too early"),
            ("\u{2603}", "", "it is not JSON"),
            (&format!(r#"{{"other":{}"#, "[".repeat(1_000_000)), &deep, "it ends too early"),
            (
                &format!(
                    r#"{{"other":{0}{{"a":[1,2]}}{1},"name":7}}"#,
                    "[".repeat(300),
                    "]".repeat(300)
                ),
                "name",
                "expected a string",
            ),
            (&format!(r#"{{"{}":tru}}"#, "x".repeat(1000)), &long, "it is not JSON"),
        ] {
            let error = from_json::<Node>(json.as_bytes()).unwrap_err();
            assert_eq!((error.path.as_str(), error.problem.as_str()), (path, problem), "{json}");
        }
    }

    #[test]
    fn what_nobody_reads_may_be_deep_but_not_endlessly() {
        let nested = |depth: usize, text: &str| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            format!(r#"{{"name":"a","other":[{open}{close},"{text}"]}}"#)
        };
        let read = |json: &str| from_json::<Node>(json.as_bytes()).map(|node| node.name);
        assert_eq!(read(&nested(MAX_DEPTH - 2, r#"\"[[["#)).unwrap(), "a");
        assert_eq!(read(&nested(2, &"[".repeat(MAX_DEPTH + 2))).unwrap(), "a");
        assert_eq!(read(&nested(MAX_DEPTH, "")).unwrap_err().problem, "it is nested too deeply");
    }

    #[test]
    fn bad_bytes_are_refused_where_they_count() {
        let error = from_json::<Node>(b"{\"name\":\"a\xff\"}").unwrap_err();
        assert_eq!((error.path.as_str(), error.problem.as_str()), ("name", "it is not UTF-8"));
        let node = from_json::<Node>(b"{\"name\":\"a\",\"other\":[\"b\xff\",{\"c\":\"\xc3\"}]}");
        assert_eq!(node.unwrap().name, "a");
        for body in [&b"{\"name\":\"a\",\xff:1}"[..], b"\xff", b"{\"na\xffme\":\"a\"}"] {
            assert_eq!(from_json::<Node>(body).unwrap_err().problem, "it is not UTF-8");
        }
    }
}
