//! Browsers in front of the layer: who is sent to the handshake, what nobody can lose on the way, and what handlers'
//! own answers become.
use std::convert::Infallible;

use clerk_core::testing::TestKey;
use clerk_hyper::{
    AuthLayer, Clerk, Refusal, Responder,
    auth::{Handshake, PublishableKey, Verifier},
};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use serde_json::json;
use tower::{Layer as _, service_fn};

use crate::{
    PARTY, REACHED, UNAUTHORIZED, clerk, in_time, session, unix_time,
    wire::{Handler, Seen, Served, ask, both, serve},
};

/// The API, as far as browsers need it: keys, what nonces stand for, and fresh sessions.
async fn api() -> Served {
    serve(service_fn(|request: Request<Incoming>| async move {
        let token = session(&TestKey::first()).mint(unix_time());
        let answer = match (request.uri().path(), request.uri().query()) {
            ("/v1/jwks", _) => json!({ "keys": [TestKey::first().jwk()] }),
            ("/v1/clients/handshake_payload", Some("nonce=in")) => json!({ "directives": [
                format!("__session={token}; Path=/; Secure"), "__client_uat=1; Path=/; Secure",
            ] }),
            ("/v1/clients/handshake_payload", Some("nonce=out")) => {
                json!({ "directives": ["__client_uat=0; Path=/; Secure"] })
            }
            ("/v1/sessions/sess_test/refresh", _) => {
                json!({ "cookies": [format!("__session={token}; Path=/; Secure")] })
            }
            other => panic!("{other:?}"),
        };
        Ok::<_, Infallible>(Response::new(Full::from(answer.to_string())))
    }))
    .await
}

fn live() -> PublishableKey {
    PublishableKey::live("clerk.example.com").unwrap()
}

fn test() -> PublishableKey {
    PublishableKey::test("clerk.example.com").unwrap()
}

/// Without keys.
fn cold(clerk: &Clerk, key: &PublishableKey) -> Verifier {
    let builder = clerk.verifier().publishable_key(key.as_str()).authorized_party(PARTY);
    builder.handshake(Handshake::new()).build().unwrap()
}

async fn warm(clerk: &Clerk, key: &PublishableKey) -> Verifier {
    let verifier = cold(clerk, key);
    clerk.run(verifier.refresh()).await.unwrap();
    verifier
}

/// Answers as if the library had said nothing, and sends everybody elsewhere.
#[derive(Clone)]
struct Careless;

impl<B: From<&'static str>> Responder<B> for Careless {
    fn respond(&self, refusal: Refusal<'_>) -> Response<B> {
        assert!(refusal.state.auth().is_none());
        Response::builder()
            .status(200)
            .header("location", "https://evil.example/")
            .header("location", "https://evil.example/2")
            .header("cache-control", "public, max-age=600")
            .header("x-own", "1")
            .body("mine".into())
            .unwrap()
    }
}

const DOCUMENT: &str = "sec-fetch-dest: document\r\n";

/// A request for a page of the application.
fn page(method: &str, target: &str, host: &str, lines: &str, cookies: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\n{lines}cookie: {cookies}\r\n\r\n")
}

fn get(target: &str, cookies: &str) -> String {
    page("GET", target, "app.example.com", DOCUMENT, cookies)
}

/// The status and the headers, sorted, without the length; and the body.
fn read(answer: &str) -> (u16, Vec<&str>, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut lines: Vec<_> = lines.filter(|line| !line.starts_with("content-length: ")).collect();
    lines.sort_unstable();
    (status, lines, body)
}

/// The values of `Set-Cookie` in their order.
fn cookies(answer: &str) -> Vec<&str> {
    answer.split("\r\n").filter_map(|line| line.strip_prefix("set-cookie: ")).collect()
}

const GONE: &str = "__client_uat=1; __clerk_db_jwt=dvb_1";
const SENT: &str = "HTTP/1.1 307 Temporary Redirect\r\n\
    location: https://clerk.example.com/v1/client/handshake\
    ?redirect_url=https%3A%2F%2Fapp.example.com%2Fpage%3Fa%3Db&__clerk_api_version=2026-05-12\
    &suffixed_cookies=false&__clerk_hs_reason=client-uat-but-no-session-token&format=nonce\
    &__clerk_db_jwt=dvb_1\r\n\
    cache-control: no-store\r\n\
    set-cookie: __clerk_redirect_count=1; Path=/; SameSite=Lax; HttpOnly; Max-Age=2; Secure\r\n\
    content-length: 0\r\n\r\n";

#[tokio::test]
async fn only_who_asks_for_a_page_is_sent_away() {
    in_time(async {
        let clerk = clerk(&format!("http://{}", api().await.address));
        let required = AuthLayer::new(&clerk, &warm(&clerk, &test()).await);
        let seen = Seen::default();
        let html = "accept: text/html,*/*\r\n";
        let counted = format!("{GONE}; __clerk_redirect_count=3");
        for (method, host, lines, cookies, is_sent) in [
            ("GET", "app.example.com", DOCUMENT, GONE, true),
            ("GET", "app.example.com:443", "sec-fetch-dest: iframe\r\n", GONE, true),
            ("GET", "app.example.com", html, GONE, true),
            ("GET", "app.example.com", "", GONE, false),
            ("GET", "app.example.com", "accept: application/json\r\n", GONE, false),
            (
                "GET",
                "app.example.com",
                "sec-fetch-dest: empty\r\naccept: text/html\r\n",
                GONE,
                false,
            ),
            ("GET", "app.example.com", "sec-fetch-dest: image\r\n", GONE, false),
            (
                "POST",
                "app.example.com",
                "sec-fetch-dest: document\r\ncontent-length: 0\r\n",
                GONE,
                false,
            ),
            ("HEAD", "app.example.com", DOCUMENT, GONE, false),
            ("OPTIONS", "app.example.com", DOCUMENT, GONE, false),
            ("GET", "evil.example", DOCUMENT, GONE, false),
            ("GET", "app.example.com@evil.example", DOCUMENT, GONE, false),
            ("GET", "app.example.com", DOCUMENT, &*counted, false),
        ] {
            let request = page(method, "/page?a=b", host, lines, cookies);
            for address in both(&required, &seen).await {
                let answer = ask(address, &request).await;
                if is_sent {
                    assert_eq!(answer, SENT, "{request}");
                } else {
                    assert_eq!(read(&answer), read(UNAUTHORIZED), "{request}");
                }
            }
            assert_eq!(seen.count(), 0, "{request}");
            for address in both(&required.clone().optional(), &seen).await {
                let answer = ask(address, &request).await;
                if is_sent {
                    assert_eq!(answer, SENT, "{request}");
                } else {
                    let body = if method == "HEAD" { "" } else { "reached" };
                    assert_eq!(read(&answer), (200, vec![], body), "{request}");
                    assert_eq!(seen.take(), ["client-uat-but-no-session-token"], "{request}");
                }
            }
            assert_eq!(seen.count(), 0, "{request}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_responder_loses_neither_the_way_nor_the_cookies() {
    in_time(async {
        let clerk = clerk(&format!("http://{}", api().await.address));
        let seen = Seen::default();
        let (_, sent, _) = read(SENT);
        let with_own = |lines: &[&'static str]| {
            let mut lines = lines.to_vec();
            lines.push("x-own: 1");
            lines.sort_unstable();
            lines
        };
        let development =
            AuthLayer::new(&clerk, &warm(&clerk, &test()).await).respond_with(Careless);
        for layer in [development.clone(), development.clone().optional()] {
            for address in both(&layer, &seen).await {
                let answer = ask(address, &get("/page?a=b", GONE)).await;
                assert_eq!(read(&answer), (307, with_own(&sent), "mine"));
                // Back from the handshake.
                let answer =
                    ask(address, &get("/page?__clerk_handshake_nonce=out&a=b", GONE)).await;
                let settled = [
                    "cache-control: no-store",
                    "location: https://app.example.com/page?a=b",
                    "set-cookie: __client_uat=0; Path=/; Secure",
                    "set-cookie: __clerk_redirect_count=1; Path=/; SameSite=Lax; HttpOnly; Max-Age=2; Secure",
                ];
                assert_eq!(read(&answer), (307, with_own(&settled), "mine"));
                let answer = ask(address, &get("/page?__clerk_handshake_nonce=in&a=b", GONE)).await;
                let (status, lines, body) = read(&answer);
                assert_eq!((status, body, lines.len()), (307, "mine", 6));
                assert!(lines.contains(&"location: https://app.example.com/page?a=b"), "{lines:?}");
                assert!(lines.contains(&"cache-control: no-store"), "{lines:?}");
                let set = cookies(&answer);
                assert!(set[0].starts_with("__session=ey"), "{set:?}");
                assert_eq!(set[1..], ["__client_uat=1; Path=/; Secure", "__clerk_redirect_count=1; Path=/; SameSite=Lax; HttpOnly; Max-Age=2; Secure"]);
            }
        }
        // In production the answer to somebody who is signed out is the responder's, with the cookies.
        let production = AuthLayer::new(&clerk, &warm(&clerk, &live()).await);
        let back = get("/page", "__clerk_handshake_nonce=out; __client_uat=1");
        for address in both(&production.clone().respond_with(Careless), &seen).await {
            let answer = ask(address, &back).await;
            let (status, lines, body) = read(&answer);
            assert_eq!((status, body), (200, "mine"));
            assert_eq!(
                lines,
                [
                    "cache-control: no-store",
                    "location: https://evil.example/",
                    "location: https://evil.example/2",
                    "set-cookie: __client_uat=0; Path=/; Secure",
                    "x-own: 1",
                ]
            );
        }
        for address in both(&production, &seen).await {
            assert_eq!(
                read(&ask(address, &back).await),
                (
                    401,
                    vec![
                        "cache-control: no-store",
                        "set-cookie: __client_uat=0; Path=/; Secure",
                        "www-authenticate: Bearer"
                    ],
                    ""
                )
            );
        }
        assert_eq!(seen.count(), 0);
    })
    .await;
}

/// A handler with a cookie of its own, which has its answer stored by everybody.
fn own<B: Send + 'static>(seen: &Seen) -> impl Handler<B> + use<B> {
    let seen = seen.clone();
    service_fn(move |request: Request<B>| {
        seen.note(request.extensions());
        let response = Response::builder()
            .header("set-cookie", "theme=dark")
            .header("cache-control", "public")
            .header("cache-control", "max-age=600")
            .header("vary", "accept");
        std::future::ready(Ok(response.body(Full::from("own")).unwrap()))
    })
}

#[tokio::test]
async fn fresh_cookies_come_with_whatever_the_handler_answers() {
    in_time(async {
        let clerk = clerk(&format!("http://{}", api().await.address));
        let (key, now) = (live(), unix_time());
        let first = TestKey::first();
        let (stale, good) = (session(&first).mint(now - 7200), session(&first).mint(now - 10));
        let uat = now - 9000;
        let refresh = format!(
            "__session={stale}; __client_uat={uat}; __refresh_{}=rt_1",
            key.cookie_suffix()
        );
        let fetch = "sec-fetch-dest: empty\r\n";
        let user = "session_token of user_1";
        let nonce = "__clerk_handshake_nonce=in; __client_uat=1";
        let seen = Seen::default();
        for has_keys in [true, false] {
            for (lines, jar, saw, fresh) in [
                (DOCUMENT, nonce, user, &["__session=ey", "__client_uat=1; Path=/; Secure"][..]),
                (fetch, nonce, user, &["__session=ey", "__client_uat=1; Path=/; Secure"]),
                (DOCUMENT, &refresh, user, &["__session=ey"]),
                (fetch, &refresh, user, &["__session=ey"]),
                (
                    DOCUMENT,
                    "__clerk_handshake_nonce=out; __client_uat=1",
                    "session-token-missing",
                    &["__client_uat=0; Path=/; Secure"],
                ),
                (DOCUMENT, &format!("__session={good}; __client_uat={uat}"), user, &[]),
                (fetch, "", "session-token-and-uat-missing", &[]),
            ] {
                let verifier = if has_keys { warm(&clerk, &key).await } else { cold(&clerk, &key) };
                let required = AuthLayer::new(&clerk, &verifier);
                for layer in [required.clone(), required.optional()]
                    .into_iter()
                    .skip(usize::from(saw != user))
                {
                    let bare = serve(layer.layer(own(&seen))).await.address;
                    let router = axum::Router::new().fallback_service(own(&seen)).layer(layer);
                    for address in [bare, crate::wire::serve_axum(router).await] {
                        let request = page("GET", "/page", "app.example.com", lines, jar);
                        let answer = ask(address, &request).await;
                        let (status, lines, body) = read(&answer);
                        assert_eq!((status, body), (200, "own"), "{request}");
                        let set = cookies(&answer);
                        assert_eq!(
                            (set[0], set.len()),
                            ("theme=dark", 1 + fresh.len()),
                            "{request}"
                        );
                        for (set, begin) in set[1..].iter().zip(fresh) {
                            assert!(set.starts_with(begin), "{set}");
                        }
                        let stored: Vec<_> =
                            lines.iter().filter(|line| line.starts_with("cache-control")).collect();
                        let expected = if fresh.is_empty() {
                            &["cache-control: max-age=600", "cache-control: public"][..]
                        } else {
                            &["cache-control: no-store"]
                        };
                        assert_eq!(stored, expected.iter().collect::<Vec<_>>(), "{request}");
                        assert!(lines.contains(&"vary: accept"), "{request}");
                        assert_eq!(seen.take(), [saw], "{request}");
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_waits_for_keys_is_sent_to_the_same_place() {
    in_time(async {
        let served = api().await;
        let clerk = clerk(&format!("http://{}", served.address));
        let now = unix_time();
        let stale = session(&TestKey::first()).mint(now - 7200);
        let forged = session(&TestKey::second().with_kid(TestKey::first().kid())).mint(now);
        let seen = Seen::default();
        let jar = |token: &str| format!("__session={token}; __client_uat=1; __clerk_db_jwt=dvb_1");
        let location = "location: https://clerk.example.com/v1/client/handshake\
            ?redirect_url=https%3A%2F%2Fapp.example.com%2F&__clerk_api_version=2026-05-12\
            &suffixed_cookies=false\
            &__clerk_hs_reason=session-token-expired-refresh-non-eligible-no-refresh-cookie\
            &format=nonce&__session=";
        for (request, is_sent) in [
            (get("/", &jar(&stale)), true),
            (page("GET", "/", "app.example.com", "", &jar(&stale)), false),
            (get("/", &jar(&forged)), false),
        ] {
            let mut answers = Vec::new();
            for has_keys in [true, false] {
                for is_optional in [true, false] {
                    let verifier =
                        if has_keys { warm(&clerk, &test()).await } else { cold(&clerk, &test()) };
                    let layer = AuthLayer::new(&clerk, &verifier);
                    let layer = if is_optional { layer.optional() } else { layer };
                    for address in both(&layer, &seen).await {
                        let answer = ask(address, &request).await;
                        if is_sent {
                            assert!(
                                answer.contains(&format!(
                                    "{location}{stale}&__clerk_db_jwt=dvb_1\r\n"
                                )),
                                "{answer}"
                            );
                            answers.push(answer);
                        } else {
                            assert_eq!(answer, if is_optional { REACHED } else { UNAUTHORIZED });
                        }
                    }
                }
            }
            answers.dedup();
            assert_eq!(answers.len(), usize::from(is_sent));
        }
        // Those that nobody can judge are sent nowhere.
        let down = crate::clerk("http://127.0.0.1:9");
        for layer in [
            AuthLayer::new(&down, &cold(&down, &test())),
            AuthLayer::new(&down, &cold(&down, &test())).optional(),
        ] {
            for address in both(&layer.respond_with(Keeps), &seen).await {
                let answer = ask(address, &get("/", &jar(&stale))).await;
                assert_eq!(answer, crate::UNAVAILABLE);
            }
        }
        assert_eq!(seen.take(), [["token-expired"; 4], ["token-invalid-signature"; 4]].concat());
    })
    .await;
}

/// Gives the answer as it is.
#[derive(Clone)]
struct Keeps;

impl<B: Default> Responder<B> for Keeps {
    fn respond(&self, refusal: Refusal<'_>) -> Response<B> {
        refusal.response.map(|()| B::default())
    }
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn extractors_behind_an_optional_layer() {
    use axum::{Router, routing::get as route};
    use clerk_hyper::axum::{Auth, Session};

    in_time(async {
        let clerk = clerk(&format!("http://{}", api().await.address));
        let layer = AuthLayer::new(&clerk, &cold(&clerk, &live())).optional();
        let router = Router::new()
            .route("/auth", route(async |Auth(auth): Auth| auth.to_string()))
            .route("/session", route(async |session: Session| session.user_id.to_string()))
            .route(
                "/option",
                route(async |auth: Option<Auth>| {
                    auth.map_or("nobody".to_owned(), |auth| auth.to_string())
                }),
            )
            .layer(layer);
        let address = crate::wire::serve_axum(router).await;
        let (into, out, gone) = (
            "__clerk_handshake_nonce=in; __client_uat=1",
            "__clerk_handshake_nonce=out; __client_uat=1",
            "__client_uat=1",
        );
        for (path, jar, status, body, set) in [
            ("/auth", into, 200, "session_token of user_1", 2),
            ("/session", into, 200, "user_1", 2),
            ("/option", into, 200, "session_token of user_1", 2),
            // What an extractor refuses has the fresh cookies as well.
            ("/auth", out, 401, "", 1),
            ("/session", out, 401, "", 1),
            ("/option", out, 200, "nobody", 1),
            ("/auth", gone, 307, "", 1),
            ("/session", gone, 307, "", 1),
            ("/option", gone, 307, "", 1),
            ("/auth", "", 401, "", 0),
            ("/option", "", 200, "nobody", 0),
        ] {
            let answer = ask(address, &get(path, jar)).await;
            let (found, lines, said) = read(&answer);
            assert_eq!((found, said, cookies(&answer).len()), (status, body, set), "{path} {jar}");
            let is_stored = !lines.contains(&"cache-control: no-store");
            assert_eq!(is_stored, set == 0 && status == 200, "{path} {jar}: {lines:?}");
            let locations = lines.iter().filter(|line| line.starts_with("location: ")).count();
            assert_eq!(locations, usize::from(status == 307), "{path} {jar}");
        }
    })
    .await;
}
