//! The proxy for the Frontend API: where the key goes, and what it takes along.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use clerk_core::frontend_api::FrontendApiProxy;
use http::{HeaderMap, Method, Request, Uri, request::Parts};

mod answers;
mod headers;
mod properties;
mod settings;
mod targets;

const KEY: &str = "sk_test_canary7f3a";
const PROXY_URL: &str = "https://app.example.com/__clerk";

fn proxy() -> FrontendApiProxy {
    FrontendApiProxy::builder(PROXY_URL, KEY).build().unwrap()
}

fn head(method: Method, uri: Uri) -> Parts {
    Request::builder().method(method).uri(uri).body(()).unwrap().into_parts().0
}

/// The head of a request for this path with these fields.
fn with(fields: &[(&str, &str)]) -> Parts {
    let mut request = Request::get("/__clerk/v1/client");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

/// All values of a field.
fn values<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}
