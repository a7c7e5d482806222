//! The proxy for the Frontend API between real sockets: where requests go, and that nothing is collected.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::{net::SocketAddr, time::Duration};

use clerk_hyper::frontend_api::{FrontendApiProxy, FrontendApiService, FrontendApiServiceBuilder};
use tokio::time::timeout;

mod answers;
mod failures;
mod hostile;
mod requests;
mod settings;
mod streams;
mod wire;

pub(crate) const KEY: &str = "sk_test_canary7f3a";

pub(crate) fn builder(api: SocketAddr) -> FrontendApiServiceBuilder {
    let proxy = FrontendApiProxy::builder("https://app.example.com/__clerk", KEY)
        .frontend_api_url(format!("http://{api}"))
        .build()
        .unwrap();
    FrontendApiService::builder(&proxy)
}

pub(crate) fn service(api: SocketAddr) -> FrontendApiService {
    builder(api).build().unwrap()
}

/// The bound of every test.
pub(crate) async fn in_time(test: impl Future<Output = ()>) {
    timeout(Duration::from_secs(60), test).await.expect("it hangs");
}

/// What a request is passed on as, with these lines of its own.
pub(crate) fn passed_on(api: SocketAddr, line: &str, lines: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\n{lines}host: {api}\r\nclerk-proxy-url: https://app.example.com/__clerk\r\n\
         clerk-secret-key: {KEY}\r\nx-forwarded-host: app.example.com\r\nx-forwarded-proto: https\r\n\r\n"
    )
}

/// What is answered in the place of the Frontend API.
pub(crate) fn told(status: &str, more: &str, code: &str, message: &str) -> String {
    let json = format!(r#"{{"errors":[{{"code":"{code}","message":"{message}"}}]}}"#);
    format!(
        "HTTP/1.1 {status}\r\ncache-control: no-store\r\n{more}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{json}",
        json.len()
    )
}

pub(crate) fn unreachable() -> String {
    told("502 Bad Gateway", "", "proxy_request_failed", "the Frontend API could not be reached")
}

pub(crate) fn late() -> String {
    let message = "the Frontend API took too long to answer";
    told("504 Gateway Timeout", "", "proxy_request_failed", message)
}
