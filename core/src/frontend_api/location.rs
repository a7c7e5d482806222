//! Where an answer points to.
use http::{
    HeaderMap, HeaderValue,
    header::{Entry, LOCATION},
    uri::{Authority, Scheme},
};

use super::target::{below, is_sound};
use crate::base_url::Base;

/// Makes each `Location` at the target one that leads through the proxy.
pub(super) fn rewrite(headers: &mut HeaderMap, target: &Base, public: &Base) {
    if let Entry::Occupied(mut fields) = headers.entry(LOCATION) {
        for field in fields.iter_mut() {
            let text = field.to_str().ok().and_then(|location| through(location, target, public));
            if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
                *field = value;
            }
        }
    }
}

/// The location through the proxy; `None` if it is not at the target, or nothing that is to be touched.
fn through(location: &str, target: &Base, public: &Base) -> Option<String> {
    let path = at_target(location, target)?;
    let (path, more) = path.find(['?', '#']).map_or((path, ""), |end| path.split_at(end));
    // Of what the proxy would refuse, it makes nothing.
    let rest = below(path, &target.prefix).filter(|rest| is_sound(rest))?;
    Some(format!("{public}{rest}{more}"))
}

/// What comes after the host, if that is the target's.
fn at_target<'l>(location: &'l str, target: &Base) -> Option<&'l str> {
    if location.starts_with('/') && !location.starts_with("//") {
        return Some(location);
    }
    let (scheme, rest) = match location.split_once("//")? {
        ("", rest) => (target.scheme.clone(), rest),
        (scheme, rest) if scheme.eq_ignore_ascii_case("https:") => (Scheme::HTTPS, rest),
        (scheme, rest) if scheme.eq_ignore_ascii_case("http:") => (Scheme::HTTP, rest),
        _ => return None,
    };
    // A backslash is a part of the host to some and its end to others: it is no character of one.
    let (authority, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |end| rest.split_at(end));
    let authority = authority.parse().ok()?;
    let place = Base { scheme, authority, prefix: "".into() }.without_default_port();
    // The whole of it: with user info, it is not the same.
    is_same(&place.authority, &target.authority).then_some(path)
}

fn is_same(one: &Authority, other: &Authority) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}
