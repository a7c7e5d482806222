//! A request to the stand-in, as far as it matters.
use axum::http::{
    HeaderMap, Method,
    header::{AUTHORIZATION, COOKIE, HOST},
    request::Parts,
};

use super::query;

pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) query: String,
    headers: HeaderMap,
}

impl Asked {
    pub(super) fn read(parts: &Parts) -> Self {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("-");
        Self {
            method: parts.method.clone(),
            host: host.to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
        }
    }

    /// The URL by which the browser knows it.
    pub(super) fn url(&self) -> String {
        format!("http://{}{}?{}", self.host, self.path, self.query)
    }

    /// A parameter that is not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        query::parameter(&self.query, name).filter(|value| !value.is_empty())
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let fields = self.headers.get_all(COOKIE).iter().filter_map(|field| field.to_str().ok());
        let mut pairs = fields.flat_map(|field| field.split(';'));
        pairs.find_map(|pair| pair.trim_ascii().strip_prefix(name)?.strip_prefix('='))
    }

    pub(super) fn has_key(&self, secret_key: &str) -> bool {
        let wanted = format!("Bearer {secret_key}");
        self.headers.get(AUTHORIZATION).is_some_and(|field| field.as_bytes() == wanted.as_bytes())
    }

    /// Why an application sent the browser here, if that is a code and nothing else.
    pub(super) fn reason(&self) -> Option<String> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        self.parameter("__clerk_hs_reason").filter(|reason| reason.bytes().all(is_plain))
    }
}
