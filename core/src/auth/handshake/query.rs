//! Parameters of a URL's query: read, taken away, added.
use std::borrow::Cow;

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use crate::operation::draft::UNRESERVED;

/// The value of the first parameter of a name.
pub(super) fn get<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    pairs(query).find(|(found, ..)| found == name).map(|(_, value, _)| value)
}

/// The query without the parameters of some names; the others stay as they are written.
pub(super) fn without(query: &str, names: &[&str]) -> String {
    let kept = pairs(query).filter(|(name, ..)| !names.contains(&&**name));
    kept.map(|(.., pair)| pair).collect::<Vec<_>>().join("&")
}

/// A URL, or a path, without the parameters of some names, and without a question mark if none is left. It has no
/// fragment.
pub(super) fn without_of(url: &str, names: &[&str]) -> String {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let kept = without(query, names);
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{kept}") }
}

/// Adds a parameter to a URL without a fragment.
pub(super) fn push(url: &mut String, name: &str, value: &str) {
    url.push(if url.contains('?') { '&' } else { '?' });
    url.push_str(name);
    url.push('=');
    url.extend(utf8_percent_encode(value, UNRESERVED));
}

/// Names, values, and both as they are written.
fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value), pair)
    })
}

fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&text).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_and_taken_away() {
        let query = "a=1&b=x+y%26&&c&%61=2&d=%C3%A9";
        assert_eq!(get(query, "a").as_deref(), Some("1"));
        assert_eq!(get(query, "b").as_deref(), Some("x y&"));
        assert_eq!(get(query, "c").as_deref(), Some(""));
        assert_eq!(get(query, "d").as_deref(), Some("é"));
        assert_eq!(get(query, "e"), None);
        // A name in disguise is that name; everything else stays to the letter.
        assert_eq!(without(query, &["a"]), "b=x+y%26&c&d=%C3%A9");
        assert_eq!(without("", &["a"]), "");
        let mut url = "https://a.example/".to_owned();
        push(&mut url, "b", "x y&=é");
        push(&mut url, "c", "");
        assert_eq!(url, "https://a.example/?b=x%20y%26%3D%C3%A9&c=");
    }
}
