//! Which header fields pass.
use std::collections::BTreeSet;

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, TRANSFER_ENCODING},
};

/// What is between two neighbours only, whatever `Connection` says.
const HOP_BY_HOP: [&str; 10] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What a stranger must not say, or what is ours to say; and all that begins with `x-forwarded-`.
const NOT_THEIRS: [&str; 38] = [
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-ipcountry",
    "cf-visitor",
    "clerk-proxy-url",
    "clerk-secret-key",
    // Whoever waits for the body asks for it himself.
    "expect",
    "fastly-client-ip",
    "fly-client-ip",
    "forwarded",
    "forwarded-for",
    "front-end-https",
    "host",
    "proxy-client-ip",
    "true-client-ip",
    "wl-proxy-client-ip",
    "x-appengine-user-ip",
    "x-azure-clientip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-external-address",
    "x-forwarded",
    "x-host",
    // Another method than the one that was looked at.
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-nf-client-connection-ip",
    "x-original-forwarded-for",
    "x-original-host",
    // Another path than the one that was looked at.
    "x-original-url",
    "x-originating-ip",
    "x-proxyuser-ip",
    "x-real-ip",
    "x-remote-addr",
    "x-remote-ip",
    "x-rewrite-url",
    "x-scheme",
    "x-true-client-ip",
];

/// The fields of a request that is passed on, without those that are the proxy's to set.
pub(super) fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let named = named(headers);
    let mut passed = HeaderMap::with_capacity(headers.len() + 8);
    for (name, value) in headers {
        if *name == COOKIE
            || *name == CONTENT_LENGTH
            || named.contains(name.as_str())
            || !is_theirs(name)
        {
            continue;
        }
        let mut value = value.clone();
        if *name == AUTHORIZATION {
            value.set_sensitive(true);
        }
        passed.append(name, value);
    }
    if !named.contains(COOKIE.as_str())
        && let Some(cookies) = cookies(headers)
    {
        passed.insert(COOKIE, cookies);
    }
    if let Some(length) = length(headers) {
        passed.insert(CONTENT_LENGTH, length);
    }
    passed
}

/// Takes away from the fields of an answer what does not go back.
pub(super) fn go_back(headers: &mut HeaderMap) {
    let named = named(headers);
    // With both, the length is that of something else.
    let has_length = !headers.contains_key(TRANSFER_ENCODING);
    let stays = |name: &HeaderName| {
        !is_hop_by_hop(name.as_str())
            && (has_length || *name != CONTENT_LENGTH)
            // How long a body is belongs to the message, whatever `Connection` says.
            && (*name == CONTENT_LENGTH || !named.contains(name.as_str()))
            // The key stays here if it comes back; other ways to reach the Frontend API's host are none for ours.
            && !matches!(&*dashed(name), "clerk-secret-key" | "alt-svc")
    };
    // Not removed one by one, which would change the order of the others.
    let all = std::mem::take(headers);
    headers.reserve(all.len());
    for (name, value) in all.iter().filter(|(name, _)| stays(name)) {
        headers.append(name, value.clone());
    }
}

fn is_theirs(name: &HeaderName) -> bool {
    let name = dashed(name);
    !(is_hop_by_hop(&name) || NOT_THEIRS.contains(&&*name) || name.starts_with("x-forwarded-"))
}

fn is_hop_by_hop(name: &str) -> bool {
    HOP_BY_HOP.contains(&name)
}

/// Some servers take `clerk_secret_key` for the same name.
fn dashed(name: &HeaderName) -> String {
    name.as_str().replace('_', "-")
}

/// What `Connection` names, in lower case.
fn named(headers: &HeaderMap) -> BTreeSet<String> {
    let fields = headers.get_all(CONNECTION).iter().map(HeaderValue::as_bytes);
    let names = fields.flat_map(|field| field.split(|byte| *byte == b','));
    names
        .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

/// All cookies as one field: HTTP/2 brings them in several, and HTTP/1.1 does not know that.
fn cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let fields: Vec<_> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if fields.is_empty() {
        return None;
    }
    let mut cookies = HeaderValue::from_bytes(&fields.join(&b"; "[..])).ok()?;
    cookies.set_sensitive(true);
    Some(cookies)
}

/// The length of the body, if it is said once and nothing else says something different.
fn length(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut fields = headers.get_all(CONTENT_LENGTH).iter();
    let (Some(field), None, false) =
        (fields.next(), fields.next(), headers.contains_key(TRANSFER_ENCODING))
    else {
        return None;
    };
    let text = field.to_str().ok()?;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok();
    is_number.then(|| field.clone())
}
