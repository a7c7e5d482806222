//! P08: a redirect is never followed, and nothing that an answer says makes the client ask somebody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use clerk_fault_server::{
    Plan, Server,
    Step::{Again, ReadRequest, Write},
    answer, answer_with,
};
use clerk_hyper::{CallOptions, Error, ErrorKind, RawOperation};
use clerk_promises::{Driver, Figure, Settings, Transport};
use http::Method;
use serde_json::Value;

const KEY: &str = "sk_test_redirects";

/// Somebody else, at a port that nobody was told of.
fn elsewhere() -> Server {
    Server::start(Plan::answering(answer(200, r#"{"id":"elsewhere"}"#))).unwrap()
}

fn locations(elsewhere: &Server) -> Vec<String> {
    let (address, port) = (elsewhere.address(), elsewhere.address().port());
    vec![
        format!("http://{address}/v1/users"),
        format!("HTTP://{address}/v1/users#fragment"),
        format!("//{address}/v1/users"),
        format!("http://user:password@{address}/"),
        format!("http://localhost:{port}/v1/users?a=b"),
        format!("https://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://127.1:{port}/"),
        format!(r"http:\\{address}\v1"),
        format!(" http://{address}/ "),
        "/v1/users".to_owned(),
        "users".to_owned(),
        "?page=2".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:application/json,{}".to_owned(),
        "\u{7f}".to_owned(),
        String::new(),
    ]
}

#[test]
fn a_redirect_is_never_followed() {
    let mut figure = Figure::of(8);
    let elsewhere = elsewhere();
    let (mut calls, mut statuses) = (0, 0);
    let methods =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for status in 300..=308 {
        statuses += 1;
        for location in locations(&elsewhere) {
            let headers = format!(
                "location: {location}\r\ncontent-location: {location}\r\nlink: <{location}>; rel=\"next\"\r\nrefresh: 0; url={location}\r\nconnection: close\r\n"
            );
            let body: &[u8] = if status == 304 { b"" } else { b"{}" };
            let respond = |body| {
                vec![
                    ReadRequest,
                    Write(answer_with(status, &headers, body)),
                    clerk_fault_server::Step::Fin,
                ]
            };
            let server = Server::start(Plan::always(respond(body))).unwrap();
            let mut expected = 0;
            for kind in Driver::CRATES {
                let settings = Settings::new(KEY, server.base_url());
                let transport = Transport::new(kind, &settings).unwrap();
                for method in &methods {
                    let mut operation = RawOperation::new(method.clone(), "/users");
                    if !matches!(*method, Method::GET | Method::HEAD | Method::DELETE) {
                        operation = operation.body(&"x");
                    }
                    let result = transport.call(operation, CallOptions::new());
                    let right = match &result {
                        Err(error) => {
                            // Not a head that HTTP allows: it may be refused before anybody looks at the status.
                            let odd = location == "\u{7f}";
                            error.kind() == ErrorKind::Redirect
                                || odd && error.kind() == ErrorKind::Transport
                        }
                        Ok(_) => false,
                    };
                    figure
                        .require(right, || format!("{kind}, {status} to {location:?}: {result:?}"));
                    let shown = result.err().as_ref().map(Error::to_string).unwrap_or_default();
                    figure.require(!shown.contains("password") && !shown.contains("/v1"), || {
                        format!("shown: {shown}")
                    });
                    calls += 1;
                    expected += 1;
                }
            }
            let seen = server.finish().requests().count();
            figure.require(seen == expected, || {
                format!("{status} to {location:?}: {seen} requests, not {expected}")
            });
        }
    }
    let log = elsewhere.finish();
    figure.require(log.connections() == 0, || {
        format!("{} connections to another server", log.connections())
    });
    figure.print(&format!(
        "{calls} calls, {statuses} statuses, 17 locations, 6 methods, 2 transports: {} connections and {} bytes at the other server",
        log.connections(), log.bytes_read()
    ));
}

/// Statuses that are no redirects, with headers that point elsewhere.
#[test]
fn nothing_else_in_an_answer_is_followed() {
    let mut figure = Figure::of(8);
    let elsewhere = elsewhere();
    let mut calls = 0;
    for status in [200, 201, 202, 401, 407, 421, 503] {
        for location in locations(&elsewhere).into_iter().take(6) {
            let headers = format!(
                "location: {location}\r\nlink: <{location}>; rel=preload\r\nrefresh: 0; url={location}\r\nalt-svc: h2=\"{0}\", http/1.1=\"{0}\"\r\nproxy-authenticate: Basic\r\nwww-authenticate: Bearer authorization_uri=\"{location}\"\r\n",
                elsewhere.address()
            );
            let server = Server::start(Plan::always(vec![
                ReadRequest,
                Write(answer_with(status, &headers, b"{}")),
                Again,
            ]))
            .unwrap();
            for kind in Driver::CRATES {
                let transport =
                    Transport::new(kind, &Settings::new(KEY, server.base_url())).unwrap();
                for method in [Method::GET, Method::POST] {
                    let operation = RawOperation::new(method, "/users").returns::<Value>();
                    let result = transport.call(operation, CallOptions::new());
                    figure.require(result.is_ok() == (status < 300), || {
                        format!("{kind}, {status}: {result:?}")
                    });
                    calls += 1;
                }
            }
        }
    }
    let log = elsewhere.finish();
    figure.require(log.connections() == 0, || {
        format!("{} connections to another server", log.connections())
    });
    figure.print(&format!(
        "{calls} answers that point elsewhere and are no redirects: {} connections there",
        log.connections()
    ));
}
