//! JSON that is looked at member by member: what is not asked for is checked and not built.
use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// How deep claims may be nested: as deep as serde_json builds values.
const MAX_DEPTH: usize = 127;
/// The largest number of seconds that counts as a time: as far as every reader of JSON is exact.
const MAX_TIME: u64 = 1 << 53;

/// The members of a JSON object, in order. None comes twice.
pub(super) struct Members<'j>(Vec<(Cow<'j, str>, Json<'j>)>);

impl<'j> Members<'j> {
    /// Reads one object and nothing else; `None` if it is none, or has a member twice.
    pub(super) fn read(json: &'j str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Reads the claims of a token: additionally, everything in them must be such that it can be
    /// built later on.
    pub(super) fn read_claims(json: &'j str) -> Option<Self> {
        let members = Self::read(json)?;
        // Half a surrogate pair needs an escape, deep nesting needs brackets: both are rare.
        let may_be_odd = memchr::memmem::find(json.as_bytes(), b"\\u").is_some()
            || memchr::memchr2_iter(b'{', b'[', json.as_bytes()).nth(MAX_DEPTH).is_some();
        if may_be_odd && serde_json::from_str::<serde_json::Value>(json).is_err() {
            return None;
        }
        Some(members)
    }

    pub(super) fn get(&self, name: &str) -> Option<Json<'j>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// The text of a member; `None` if there is none, or it is something else.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'j, str>> {
        self.get(name)?.text()
    }

    /// The text of a member, unless it is empty.
    pub(super) fn some_text(&self, name: &str) -> Option<Cow<'j, str>> {
        self.text(name).filter(|text| !text.is_empty())
    }
}

impl<'de: 'j, 'j> Deserialize<'de> for Members<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(Cow<'de, str>, Json<'de>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some((Name(name), value)) = map.next_entry::<_, &RawValue>()? {
                    members.push((name, Json(value.get())));
                }
                Ok(members)
            }
        }

        let members = deserializer.deserialize_map(Object)?;
        if has_twins(&members) {
            Err(D::Error::custom("a member twice"))
        } else {
            Ok(Self(members))
        }
    }
}

fn has_twins(members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
    let names = members.iter().map(|(name, _)| &**name);
    if members.len() <= 24 {
        return names
            .clone()
            .enumerate()
            .any(|(at, name)| names.clone().skip(at + 1).any(|other| other == name));
    }
    // Whoever sends thousands must not make that thousands times thousands.
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
}

/// The name of a member, copied only if it is escaped.
struct Name<'j>(Cow<'j, str>);

impl<'de: 'j, 'j> Deserialize<'de> for Name<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Text).map(Self)
    }
}

/// The text of one JSON value, which is known to be well-formed.
#[derive(Clone, Copy)]
pub(super) struct Json<'j>(pub(super) &'j str);

impl<'j> Json<'j> {
    pub(super) fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// The text, if it is one.
    pub(super) fn text(self) -> Option<Cow<'j, str>> {
        let inside = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if inside.contains('\\') {
            serde_json::from_str(self.0).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(inside))
        }
    }

    pub(super) fn object(self) -> Option<Members<'j>> {
        Members::read(self.0)
    }

    /// The elements, if it is a list.
    pub(super) fn list(self) -> Option<Vec<Self>> {
        let list: Vec<&RawValue> = serde_json::from_str(self.0).ok()?;
        Some(list.into_iter().map(|value| Self(value.get())).collect())
    }

    /// The elements, if it is a list of texts and nothing else.
    pub(super) fn texts(self) -> Option<Vec<Cow<'j, str>>> {
        self.list()?.into_iter().map(Self::text).collect()
    }

    /// The number, if it is one, as exactly as a float can be.
    pub(super) fn number(self) -> Option<f64> {
        self.0.starts_with(|first: char| first == '-' || first.is_ascii_digit()).then_some(())?;
        self.0.parse().ok()
    }

    /// Whole seconds, if it is a number from 0 to 2^53; a fraction is cut off.
    pub(super) fn seconds(self) -> Option<i64> {
        let seconds = if self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            self.0.parse::<u64>().ok().filter(|seconds| *seconds <= MAX_TIME)?
        } else {
            let number = self.number()?;
            (0.0..=MAX_TIME as f64).contains(&number).then_some(number as u64)?
        };
        i64::try_from(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_without_twins_is_read() {
        for json in ["{}", " {} ", r#"{"a":1,"b":{"a":1,"a":2}}"#, r#"{"a":"\u0041"}"#] {
            assert!(Members::read_claims(json).is_some(), "{json}");
        }
        let many: String = (0..3000).map(|n| format!(r#""{n}":0,"#)).collect();
        assert!(Members::read(&format!(r#"{{{many}"x":0}}"#)).is_some());
        assert!(Members::read(&format!(r#"{{{many}"7":0}}"#)).is_none());
        for json in [
            "",
            "null",
            "[]",
            "\"a\"",
            "7",
            "{",
            "{}{}",
            "{} x",
            "\u{feff}{}",
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"a":tru}"#,
            r#"{a:1}"#,
            "{\"a\":\"\n\"}",
        ] {
            assert!(Members::read(json).is_none(), "{json}");
        }
        for json in [r#"{"a":"\ud800"}"#, r#"{"a":{"b":["\udc00\ud800"]}}"#] {
            assert!(Members::read_claims(json).is_none(), "{json}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested =
            |depth: usize| format!("{}{}{}", r#"{"a":"#.repeat(depth), 1, "}".repeat(depth));
        assert!(Members::read_claims(&nested(127)).is_some());
        assert!(Members::read_claims(&nested(128)).is_none());
        let wide = format!(r#"{{"a":[{}1]}}"#, "[],".repeat(1000));
        assert!(Members::read_claims(&wide).is_some());
    }

    #[test]
    fn times_are_numbers_up_to_two_to_the_fifty_third() {
        for (json, seconds) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("-0.0", Some(0)),
            ("1.9", Some(1)),
            ("1.7e9", Some(1_700_000_000)),
            ("9007199254740992", Some(1 << 53)),
            ("9007199254740993", None),
            ("18446744073709551616", None),
            ("1e300", None),
            ("1e999", None),
            ("-1", None),
            ("-0.5", None),
            ("null", None),
            ("true", None),
            ("\"1\"", None),
            ("[1]", None),
        ] {
            assert_eq!(Json(json).seconds(), seconds, "{json}");
        }
    }
}
