//! A plain server in front of which browsers come: who is sent to the handshake, and what comes with the answers.
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use clerk_blocking::{
    Clerk,
    auth::{AuthenticateOptions, Handshake, PublishableKey, Verifier},
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, request::Parts},
};
use clerk_core::testing::{TestKey, TokenBuilder};
use serde_json::json;

use super::{ISSUER, PATIENCE, key_set, unix_time};
use crate::server::{Seen, Server, answer, ok};

const PARTY: &str = "https://app.example.com";
const DOCUMENT: &str = "sec-fetch-dest: document\r\n";
const GONE: &str = "__client_uat=1; __clerk_db_jwt=dvb_1";

fn now() -> i64 {
    i64::try_from(unix_time().as_secs()).unwrap()
}

fn session(key: &TestKey) -> TokenBuilder {
    key.session("user_1").issuer(ISSUER).authorized_party(PARTY).lifetime(3600)
}

/// The API, as far as browsers need it.
fn api() -> Server {
    Server::answering(|seen| {
        let token = session(&TestKey::first()).mint(now());
        match seen.line() {
            "GET /v1/jwks" => ok(&key_set(&TestKey::first())),
            "GET /v1/clients/handshake_payload?nonce=in" => ok(&json!({ "directives": [
                format!("__session={token}; Path=/; Secure"), "__client_uat=1; Path=/; Secure",
            ] })
            .to_string()),
            "GET /v1/clients/handshake_payload?nonce=out" => {
                ok(&json!({ "directives": ["__client_uat=0; Path=/; Secure"] }).to_string())
            }
            "GET /v1/clients/handshake_payload?nonce=down" => answer("500 Oh", "{}"),
            "POST /v1/sessions/sess_test/refresh" => {
                ok(&json!({ "cookies": [format!("__session={token}; Path=/; Secure")] })
                    .to_string())
            }
            other => panic!("{other}"),
        }
    })
}

fn verifier(clerk: &Clerk, key: &PublishableKey) -> Verifier {
    let builder = clerk.verifier().publishable_key(key.as_str()).authorized_party(PARTY);
    builder.handshake(Handshake::new()).build().unwrap()
}

fn test() -> PublishableKey {
    PublishableKey::test("clerk.example.com").unwrap()
}

fn live() -> PublishableKey {
    PublishableKey::live("clerk.example.com").unwrap()
}

/// The head of a request, as a server has it.
fn parts(seen: &Seen) -> Parts {
    let mut line = seen.head.split(' ');
    let mut request = Request::builder().method(line.next().unwrap()).uri(line.next().unwrap());
    for (name, value) in seen.head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        request = request.header(name, HeaderValue::from_str(value).unwrap());
    }
    request.body(()).unwrap().into_parts().0
}

fn bytes(response: &Response<String>) -> String {
    let mut text = format!("HTTP/1.1 {}\r\n", response.status().as_u16());
    for (name, value) in response.headers() {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    text + &format!("content-length: {}\r\n\r\n{}", response.body().len(), response.body())
}

/// A server whose handler has a cookie of its own, and has its answer stored by everybody.
fn app(clerk: &Clerk, verifier: &Verifier, required: bool) -> Server {
    let (clerk, verifier) = (clerk.clone(), verifier.clone());
    Server::answering(move |seen| {
        let state = clerk.authenticate(&verifier, &parts(seen), &AuthenticateOptions::new());
        let known = if required {
            state.require().map(|(auth, headers)| (Some(auth), headers))
        } else {
            state.optional()
        };
        bytes(&match known {
            Ok((auth, headers)) => {
                let who = auth.map_or("nobody".to_owned(), |auth| auth.to_string());
                let response = Response::builder()
                    .header("set-cookie", "theme=dark")
                    .header("cache-control", "public")
                    .header("cache-control", "max-age=600");
                let mut response = response.body(who).unwrap();
                headers.apply(response.headers_mut());
                response
            }
            Err(response) => response.map(|()| String::new()),
        })
    })
}

/// The status, the headers and the body of an answer.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn values(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

fn ask(app: &Server, method: &str, target: &str, host: &str, lines: &str, cookies: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", app.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request =
        format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\n{lines}cookie: {cookies}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    Answer { status, headers, body: body.to_owned() }
}

fn get(app: &Server, target: &str, cookies: &str) -> Answer {
    ask(app, "GET", target, "app.example.com", DOCUMENT, cookies)
}

#[test]
fn only_who_asks_for_a_page_is_sent_away() {
    let api = api();
    let clerk = api.client();
    let counted = format!("{GONE}; __clerk_redirect_count=3");
    for required in [true, false] {
        let app = app(&clerk, &verifier(&clerk, &test()), required);
        for (method, host, lines, cookies, is_sent) in [
            ("GET", "app.example.com", DOCUMENT, GONE, true),
            ("GET", "app.example.com", "accept: text/html\r\n", GONE, true),
            ("GET", "app.example.com", "sec-fetch-dest: iframe\r\n", GONE, true),
            ("GET", "app.example.com", "", GONE, false),
            ("GET", "app.example.com", "sec-fetch-dest: empty\r\n", GONE, false),
            ("POST", "app.example.com", DOCUMENT, GONE, false),
            ("HEAD", "app.example.com", DOCUMENT, GONE, false),
            ("GET", "evil.example", DOCUMENT, GONE, false),
            ("GET", "app.example.com", DOCUMENT, &counted, false),
        ] {
            let answer = ask(&app, method, "/page?a=b", host, lines, cookies);
            let what = format!("{required} {method} {host} {lines}");
            if is_sent {
                assert_eq!(answer.status, 307, "{what}");
                assert_eq!(
                    answer.values("location"),
                    ["https://clerk.example.com/v1/client/handshake\
                        ?redirect_url=https%3A%2F%2Fapp.example.com%2Fpage%3Fa%3Db\
                        &__clerk_api_version=2026-05-12&suffixed_cookies=false\
                        &__clerk_hs_reason=client-uat-but-no-session-token&format=nonce\
                        &__clerk_db_jwt=dvb_1"],
                    "{what}"
                );
                assert_eq!(answer.values("cache-control"), ["no-store"], "{what}");
                assert_eq!(
                    answer.values("set-cookie"),
                    ["__clerk_redirect_count=1; Path=/; SameSite=Lax; HttpOnly; Max-Age=2; Secure"],
                    "{what}"
                );
                assert_eq!(answer.body, "", "{what}");
            } else if required {
                assert_eq!((answer.status, &*answer.body), (401, ""), "{what}");
                assert_eq!(answer.values("set-cookie"), [""; 0], "{what}");
                assert_eq!(answer.values("cache-control"), ["no-store"], "{what}");
            } else {
                assert_eq!((answer.status, &*answer.body), (200, "nobody"), "{what}");
                assert_eq!(answer.values("set-cookie"), ["theme=dark"], "{what}");
                assert_eq!(answer.values("cache-control"), ["public", "max-age=600"], "{what}");
            }
            assert_eq!(answer.values("location").len(), usize::from(is_sent), "{what}");
        }
    }
    assert_eq!(api.seen().len(), 0);
}

#[test]
fn fresh_cookies_come_with_the_answer() {
    let api = api();
    let clerk = api.client();
    let now = now();
    let stale = session(&TestKey::first()).mint(now - 7200);
    let good = session(&TestKey::first()).mint(now - 10);
    let renewed = format!(
        "__session={stale}; __client_uat={}; __refresh_{}=rt_1",
        now - 9000,
        live().cookie_suffix()
    );
    let signed_in = format!("__session={good}; __client_uat={}", now - 9000);
    let back = |nonce: &str| format!("__clerk_handshake_nonce={nonce}; __client_uat=1");
    let user = "session_token of user_1";
    for (cookies, who, fresh) in [
        (&*back("in"), Some(user), &["__session=ey", "__client_uat=1; Path=/; Secure"][..]),
        (&renewed, Some(user), &["__session=ey"]),
        (&back("out"), None, &["__client_uat=0; Path=/; Secure"]),
        (&signed_in, Some(user), &[]),
        ("", None, &[]),
    ] {
        for required in [true, false] {
            for has_keys in [true, false] {
                let verifier = verifier(&clerk, &live());
                if has_keys {
                    clerk.run(verifier.refresh()).unwrap();
                }
                let answer = get(&app(&clerk, &verifier, required), "/page", cookies);
                let what = format!("{required} {has_keys} {cookies}");
                let is_handled = who.is_some() || !required;
                let body = if is_handled { who.unwrap_or("nobody") } else { "" };
                let status = if is_handled { 200 } else { 401 };
                assert_eq!((answer.status, &*answer.body), (status, body), "{what}");
                let begins = is_handled.then_some("theme=dark").into_iter();
                let begins: Vec<_> = begins.chain(fresh.iter().copied()).collect();
                let set = answer.values("set-cookie");
                assert_eq!(set.len(), begins.len(), "{what}");
                for (set, begin) in set.iter().zip(begins) {
                    assert!(set.starts_with(begin), "{what}: {set}");
                }
                let stored: &[_] = if is_handled && fresh.is_empty() {
                    &["public", "max-age=600"]
                } else {
                    &["no-store"]
                };
                assert_eq!(answer.values("cache-control"), stored, "{what}");
            }
        }
    }
    // Where nobody can say what a nonce is worth, nobody is sent anywhere or let in.
    for required in [true, false] {
        let answer = get(&app(&clerk, &verifier(&clerk, &live()), required), "/", &back("down"));
        assert_eq!((answer.status, &*answer.body), (503, ""));
        assert_eq!(answer.values("set-cookie"), [""; 0]);
        assert_eq!(answer.values("location"), [""; 0]);
    }
}

#[test]
fn in_development_a_browser_comes_back_to_the_clean_page() {
    let api = api();
    let clerk = api.client();
    for (nonce, first, count) in
        [("in", "__session=ey", 3), ("out", "__client_uat=0; Path=/; Secure", 2)]
    {
        for required in [true, false] {
            let app = app(&clerk, &verifier(&clerk, &test()), required);
            let target = format!("/page?__clerk_handshake_nonce={nonce}&a=b");
            let answer = get(&app, &target, GONE);
            assert_eq!((answer.status, &*answer.body), (307, ""));
            assert_eq!(answer.values("location"), ["https://app.example.com/page?a=b"]);
            assert_eq!(answer.values("cache-control"), ["no-store"]);
            let set = answer.values("set-cookie");
            assert!(set.len() == count && set[0].starts_with(first), "{set:?}");
            // What is no page is not sent away, and has its cookies.
            let fetch = "sec-fetch-dest: empty\r\n";
            let answer = ask(&app, "GET", &target, "app.example.com", fetch, GONE);
            let status = if nonce == "in" || !required { 200 } else { 401 };
            assert_eq!(answer.status, status);
            assert!(answer.values("set-cookie").iter().any(|set| set.starts_with(first)));
            assert_eq!(answer.values("cache-control"), ["no-store"]);
        }
    }
}

#[test]
fn who_waits_for_keys_is_sent_to_the_same_place() {
    let api = api();
    let clerk = api.client();
    let stale = session(&TestKey::first()).mint(now() - 7200);
    let cookies = format!("__session={stale}; __client_uat=1; __clerk_db_jwt=dvb_1");
    let mut locations = Vec::new();
    for required in [true, false] {
        for has_keys in [true, false] {
            let verifier = verifier(&clerk, &test());
            if has_keys {
                clerk.run(verifier.refresh()).unwrap();
            }
            let answer = get(&app(&clerk, &verifier, required), "/", &cookies);
            assert_eq!(answer.status, 307);
            locations.push(answer.values("location").concat());
        }
    }
    locations.dedup();
    assert_eq!(
        locations,
        [format!(
            "https://clerk.example.com/v1/client/handshake\
            ?redirect_url=https%3A%2F%2Fapp.example.com%2F&__clerk_api_version=2026-05-12\
            &suffixed_cookies=false\
            &__clerk_hs_reason=session-token-expired-refresh-non-eligible-no-refresh-cookie\
            &format=nonce&__session={stale}&__clerk_db_jwt=dvb_1"
        )]
    );
}
