//! What other hosts get to see.
use std::{
    process::Command,
    time::{Duration, SystemTime},
};

use clerk_fault_server::{
    Plan, Server,
    Step::{Again, ReadRequest, Stall, Write},
    What, answer,
};
use clerk_hyper::{CallOptions, RawOperation, http::Request, testing::TestKey};
use clerk_promises::{Driver, Figure, Settings, Transport};
use http::Method;
use serde_json::json;

use crate::Search;

/// Everything that a server was told, as text.
fn read(server: Server) -> (usize, usize, String) {
    let log = server.finish();
    let mut text = String::new();
    for event in log.events() {
        if let What::Request(request) = &event.what {
            text += &format!("{} {} {:?}\n", request.method, request.target, request.headers);
            text += &String::from_utf8_lossy(&request.body);
        }
    }
    (log.connections(), log.bytes_read(), text)
}

#[test]
fn a_proxy_sees_the_host_and_nothing_else() {
    let mut search = Search::default();
    let key = format!("sk_live_{}", search.canaries.marker("secret key"));
    let word = search.canaries.marker("password");
    let mut bytes = 0;
    for (number, refusal) in [
        &b"HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\n\r\n"[..],
        b"HTTP/1.1 502 No\r\n\r\n",
        b"HTTP/1.1 301 No\r\nlocation: http://127.0.0.1:9/\r\n\r\n",
        b"HTTP/1.1 200 Yes\r\n\r\n",
        b"HTTP/1.1 200 Yes\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        for kind in Driver::CRATES {
            let proxy =
                Server::start(Plan::always(vec![ReadRequest, Write(refusal.to_vec()), Stall]))
                    .unwrap();
            let mut settings = Settings::new(&key, "https://api.clerk.com".to_owned())
                .deadline(Duration::from_millis(700));
            settings.proxy = Some(format!("http://{}", proxy.address()));
            let transport = Transport::new(kind, &settings).unwrap();
            let operation = RawOperation::new(Method::POST, "/users").body(&word);
            assert!(transport.call(operation, CallOptions::new()).is_err());
            drop(transport);
            let (_, read, text) = read(proxy);
            assert!(text.starts_with("CONNECT api.clerk.com:443 "), "{text}");
            bytes += read;
            search.text(&format!("{kind}, proxy {number}"), &text);
            search.text("proxy", &text.replace(' ', ""));
        }
    }
    search.print(&format!("{bytes} bytes to a proxy, but no key and no data"));
}

#[test]
fn nothing_in_a_token_is_fetched() {
    let mut figure = Figure::of(5);
    let elsewhere = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
    let url = format!("{}/.well-known/jwks.json", elsewhere.base_url());
    let key = TestKey::first();
    let now =
        i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
            .unwrap();
    let mut tokens = 0;
    for kind in Driver::CRATES {
        let body = json!({ "keys": [key.jwk()], "jwks_uri": url }).to_string();
        let server =
            Server::start(Plan::always(vec![ReadRequest, Write(answer(200, &body)), Again]))
                .unwrap();
        let transport =
            Transport::new(kind, &Settings::new("sk_test_x", server.base_url())).unwrap();
        let verifier = transport.verifier().issuer("https://clerk.example.com").build().unwrap();
        for name in ["jku", "x5u", "jwk", "x5c", "kid", "iss", "aud", "azp"] {
            for signer in
                [TestKey::first(), TestKey::second(), TestKey::second().with_kid(url.as_str())]
            {
                let token = signer
                    .session("user_1")
                    .issuer(&url)
                    .header(name, url.as_str())
                    .claim(name, url.as_str())
                    .mint(now);
                let parts = Request::get("/")
                    .header("authorization", format!("Bearer {token}"))
                    .body(())
                    .unwrap()
                    .into_parts()
                    .0;
                let state = transport.authenticate(&verifier, &parts);
                figure.require(!state.is_signed_in(), || {
                    format!("{kind}: a token of {name} is taken")
                });
                tokens += 1;
            }
        }
    }
    let (connections, bytes, _) = read(elsewhere);
    figure.require(connections == 0, || format!("{connections} connections, {bytes} bytes"));
    figure.print(&format!(
        "{tokens} tokens that point elsewhere: {connections} connections, {bytes} bytes there"
    ));
}

/// Run as a process of its own: see below.
#[test]
fn child() {
    let Ok(url) = std::env::var("PROMISES_CHILD_URL") else { return };
    for kind in Driver::CRATES {
        let transport = Transport::new(kind, &Settings::new("sk_test_child", url.clone())).unwrap();
        transport.call(RawOperation::new(Method::GET, "/x"), CallOptions::new()).unwrap();
        // It cannot be reached, and that is said without a word about any proxy.
        let settings = Settings::new("sk_test_child", "https://api.clerk.invalid".to_owned());
        let transport =
            Transport::new(kind, &settings.deadline(Duration::from_millis(700))).unwrap();
        assert!(transport.call(RawOperation::new(Method::GET, "/x"), CallOptions::new()).is_err());
    }
    println!("child: done");
}

#[test]
fn proxies_of_the_environment_are_not_asked() {
    let mut figure = Figure::of(5);
    let proxy = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
    let server = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "elsewhere::child", "--nocapture"])
        .env("PROMISES_CHILD_URL", server.base_url());
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
    {
        child.env(name, proxy.base_url());
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    figure.require(text.contains("child: done"), || {
        format!("{text} {}", String::from_utf8_lossy(&output.stderr))
    });
    let (connections, bytes, _) = read(proxy);
    let (_, _, seen) = read(server);
    figure.require(seen.matches("GET /v1/x").count() == 2, || format!("the server saw {seen}"));
    figure.require(connections == 0, || {
        format!("{connections} connections to the environment's proxy")
    });
    figure.print(&format!(
        "6 variables that name a proxy, 4 calls: {connections} connections, {bytes} bytes there"
    ));
}
