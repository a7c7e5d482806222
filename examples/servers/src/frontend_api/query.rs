//! Parameters of URLs.
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ODD: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A parameter of a query, decoded. (An application has axum's `Query` for this, or serde's.)
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.find(|(found, _)| *found == name)?;
    Some(decoded(value))
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ODD).to_string()
}

/// A URL with a parameter, which it has once then.
pub(super) fn with(url: &str, name: &str, value: &str) -> String {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
    let mut pairs: Vec<String> = query.split('&').filter(is_other).map(str::to_owned).collect();
    pairs.push(format!("{name}={}", encoded(value)));
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_and_set() {
        let url = "http://a.localhost:1/x?b=1&c=x%20y%26&b=3";
        let query = url.split_once('?').unwrap().1;
        assert_eq!(parameter(query, "c").as_deref(), Some("x y&"));
        assert_eq!(parameter(query, "b").as_deref(), Some("1"));
        assert_eq!(parameter(query, "a"), None);
        assert_eq!(with(url, "b", "é&"), "http://a.localhost:1/x?c=x%20y%26&b=%C3%A9%26");
        assert_eq!(with("http://a.localhost:1/", "b", "2"), "http://a.localhost:1/?b=2");
    }
}
