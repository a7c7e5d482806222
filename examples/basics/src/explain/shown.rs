//! What others wrote, and what somebody typed, as a terminal may have it.
use std::fmt::{Display, Write as _};

use serde_json::Value;

/// How much of a text is shown, in characters.
const SHOWN: usize = 100;

/// A claim as it stands.
pub(super) fn shown(claim: Option<&Value>) -> String {
    let Some(claim) = claim else { return "(nothing)".to_owned() };
    let mut shown = Shown::new();
    shown.value(claim);
    shown.text
}

/// A text that does nothing to a terminal, and is not endless.
pub(super) fn escaped(text: &str) -> String {
    let mut shown = Shown::new();
    shown.text(text, false);
    shown.text
}

/// What others wrote, as far as there is room for it.
struct Shown {
    text: String,
    /// How much more is shown, in characters of what they wrote.
    room: usize,
    is_cut: bool,
}

impl Shown {
    fn new() -> Self {
        Self { text: String::new(), room: SHOWN, is_cut: false }
    }

    fn piece(&mut self, piece: impl Display) {
        if let Some(room) = self.room.checked_sub(1) {
            self.room = room;
            // Writing to a string cannot fail.
            let _ = write!(self.text, "{piece}");
        } else if !self.is_cut {
            self.is_cut = true;
            self.text.push('…');
        }
    }

    /// Only ASCII is shown as it is: other characters can be blank, turn the line around, or look like
    /// a letter of the right issuer.
    fn text(&mut self, text: &str, is_quoted: bool) {
        for char in text.chars() {
            match char {
                // These two would be escaped as well, and do no harm.
                '\'' => self.piece(char),
                '"' if !is_quoted => self.piece(char),
                _ => self.piece(char.escape_default()),
            }
        }
    }

    fn quoted(&mut self, text: &str) {
        self.piece('"');
        self.text(text, true);
        self.piece('"');
    }

    /// A value as JSON, but with our own escapes: those of JSON would be escaped once more.
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.quoted(text),
            Value::Array(values) => {
                self.piece('[');
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        self.piece(',');
                    }
                    self.value(value);
                }
                self.piece(']');
            }
            Value::Object(members) => {
                self.piece('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        self.piece(',');
                    }
                    self.quoted(name);
                    self.piece(':');
                    self.value(value);
                }
                self.piece('}');
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                self.text(&value.to_string(), true);
            }
        }
    }
}

/// What somebody typed, for an error: escaped, or `None` if it may be a token or a key, which got
/// into the wrong place and is not to be shown.
pub fn typed(text: &str) -> Option<String> {
    (!may_be_secret(text)).then(|| escaped(text))
}

/// Rather too often than too seldom: nobody misses the name of a file that they typed.
fn may_be_secret(text: &str) -> bool {
    const PREFIXES: [&str; 6] = ["eyJ", "mt_", "oat_", "ak_", "sk_", "whsec_"];
    let is_base64url = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-');
    // The key itself, where the name of its file should be.
    if text.contains("-----BEGIN") || text.trim_start().starts_with(['{', '[']) {
        return true;
    }
    let begins_so = text
        .split(|char: char| !char.is_ascii_alphanumeric() && char != '_')
        .any(|word| PREFIXES.iter().any(|prefix| word.trim_start_matches('_').starts_with(prefix)));
    // In the middle of a word only if it goes on: `keyJwks.json` is the name of a file.
    let is_inside = text.match_indices("eyJ").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        rest.chars().take_while(|char| is_base64url(*char)).count() >= 16
    });
    let has_three_parts =
        text.split(|char| !is_base64url(char) && !matches!(char, '.' | '/')).any(|word| {
            let mut parts = word.split('.');
            let mut is_part = |may_be_empty: bool| {
                parts.next().is_some_and(|part| {
                    (may_be_empty || !part.is_empty()) && part.chars().all(is_base64url)
                })
            };
            is_part(false) && is_part(false) && is_part(true) && parts.next().is_none()
        });
    begins_so || is_inside || has_three_parts
}

#[cfg(test)]
mod tests {
    use clerk_core::testing::TestKey;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_not_endless() {
        assert_eq!(
            shown(Some(&json!({ "x": { "y": true }, "z": {} }))),
            r#"{"x":{"y":true},"z":{}}"#
        );
        assert_eq!(escaped(&"a".repeat(100)), "a".repeat(100));
        assert_eq!(escaped(&"a".repeat(101)), "a".repeat(100) + "…");
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        let token = TestKey::first().session("user_1").mint(1_800_000_000);
        for text in [
            &token,
            &format!("Bearer {token}"),
            &format!("Bearer%20{token}"),
            &format!("__session={token}"),
            &format!("./{token}"),
            &format!("-{token}"),
            "eyJSECRET",
            "e30.e30.sig",
            "e30.e30.",
            "\"e30.e30.sig\"",
            "mt_1",
            "oat_1",
            "ak_1",
            "sk_test_1",
            "KEY=sk_live_1",
            "whsec_1",
            "-----BEGIN PRIVATE KEY-----\nMIIE",
            "{\"keys\":[]}",
        ] {
            assert_eq!(typed(text), None, "{text}");
        }
        for text in
            ["", "key.pem", "../keys/key.pem", "./a.public.pem", "keyJwks.json", "task_1", "a..b"]
        {
            assert_eq!(typed(text).as_deref(), Some(text));
        }
        assert_eq!(typed("\u{1b}[31m").as_deref(), Some(r"\u{1b}[31m"));
        assert!(typed(&"a".repeat(1000)).unwrap().len() < 200);
    }
}
