//! What operations turn into: the `http::Request` itself.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{
    CallOptions, Config, Draft, Meta, Operation, RawOperation, RetrySafety, Seconds,
    api::actor_tokens::{Actor, ActorToken, CreateActorToken, RevokeActorToken},
    error::Unreadable,
    model::TokenStatus,
    operation::decode_json,
};
use http::{Method, Request, Response};
use serde_json::json;

fn config() -> Config {
    Config::new("sk_test_abc").unwrap()
}

/// The whole request as text, headers in the order of their names.
fn text(request: &Request<Bytes>) -> String {
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = std::str::from_utf8(request.body()).unwrap();
    format!("{} {}\n{}\n\n{body}", request.method(), request.uri(), headers.join("\n"))
}

#[test]
fn create_actor_token() {
    let create = CreateActorToken::new("user_1", Actor::new("user_2").claim("why", "ticket 17"))
        .expires_in_seconds(Duration::from_millis(599_001))
        .session_max_duration_in_seconds(60);
    assert_eq!(create.expires_in_seconds, Some(Seconds(600)));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        text(&create.to_request(&config()).unwrap()),
        format!(
            "POST https://api.clerk.com/v1/actor_tokens\n\
             accept: application/json\n\
             authorization: Bearer sk_test_abc\n\
             clerk-api-version: 2026-05-12\n\
             content-type: application/json\n\
             user-agent: clerk-rust-unofficial/{version}\n\n\
             {{\"user_id\":\"user_1\",\"actor\":{{\"sub\":\"user_2\",\"why\":\"ticket 17\"}},\
             \"expires_in_seconds\":600,\"session_max_duration_in_seconds\":60}}"
        )
    );
    // Defaults are the server's business.
    let request =
        CreateActorToken::new("user_1", Actor::new("user_2")).to_request(&config()).unwrap();
    assert_eq!(request.body(), r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#);
    assert_eq!(format!("{:?}", request.headers()["authorization"]), "Sensitive");
}

#[test]
fn revoke_actor_token() {
    let request = RevokeActorToken::new("act_1").to_request(&config()).unwrap();
    assert_eq!(
        (request.method(), request.uri().to_string().as_str()),
        (&Method::POST, "https://api.clerk.com/v1/actor_tokens/act_1/revoke")
    );
    assert!(request.body().is_empty() && !request.headers().contains_key("content-type"));
}

#[test]
fn an_answer_becomes_a_token() {
    let body = json!({
        "object": "actor_token", "id": "act_1", "status": "pending", "user_id": "user_1", "actor": { "sub": "user_2", "more": [1, null] },
        "token": "secret-token", "url": "https://example.com/?ticket=secret-token", "created_at": 1_700_690_400_000_i64, "updated_at": 1_700_690_400_001_i64
    });
    let read =
        |body: &serde_json::Value| CreateActorToken::read(Response::new(body.to_string().into()));
    let token = read(&body).unwrap();
    assert_eq!(
        (token.id.as_str(), &token.status, token.sub()),
        ("act_1", &TokenStatus::Pending, Some("user_2"))
    );
    assert_eq!(token.token.as_ref().unwrap().expose(), "secret-token");
    assert!(!format!("{token:?}").contains("secret-token"));
    assert_eq!(serde_json::to_value(&token).unwrap(), body);

    // An empty actor, no token, no URL, a status from the future.
    let mut later = body.clone();
    later["actor"] = json!({});
    later["status"] = json!("paused");
    later["shiny"] = json!({ "new": true });
    later.as_object_mut().unwrap().remove("token");
    later["url"] = json!(null);
    let token: ActorToken = read(&later).unwrap();
    assert_eq!(
        (token.sub(), token.status.as_str(), &token.token, &token.url),
        (None, "paused", &None, &None)
    );

    // With a byte order mark, which Windows tools leave behind.
    assert!(CreateActorToken::read(Response::new(format!("\u{feff}{body}").into())).is_ok());
}

#[test]
fn what_cannot_be_read_names_the_place_and_quotes_nothing() {
    let read = |body: &'static str| {
        CreateActorToken::read(
            Response::builder()
                .header("cf-ray", "ray-1")
                .body(Bytes::from_static(body.as_bytes()))
                .unwrap(),
        )
        .unwrap_err()
    };
    for (body, expected) in [
        ("", "CreateActorToken: the 200 answer cannot be read: it is empty"),
        (
            r#"{"object":"actor_token","id":"#,
            "CreateActorToken: the 200 answer cannot be read at `id`: it ends too early (line 1, column 29)",
        ),
        (
            "<html>sk_live_leak</html>",
            "CreateActorToken: the 200 answer cannot be read: it is not JSON (line 1, column 1)",
        ),
        (
            r#""sk_live_leak""#,
            "CreateActorToken: the 200 answer cannot be read: expected struct ActorToken (line 1, column 14)",
        ),
        (
            r#"{"object":"actor_token"}"#,
            "CreateActorToken: the 200 answer cannot be read: missing field `id` (line 1, column 24)",
        ),
        (
            r#"{"id":"act_1","id":"act_1"}"#,
            "CreateActorToken: the 200 answer cannot be read: duplicate field `id` (line 1, column 18)",
        ),
        (
            r#"{"object":"actor_token","id":{"sk_live_leak":", expected sk_live_leak"}}"#,
            "CreateActorToken: the 200 answer cannot be read at `id`: expected a string (line 1, column 29)",
        ),
        (
            r#"{"object":"actor_token","id":"act_1","created_at":"x, expected sk_live_leak"}"#,
            "CreateActorToken: the 200 answer cannot be read at `created_at`: expected milliseconds since the Unix epoch (line 1, column 76)",
        ),
    ] {
        let error = read(body);
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("sk_live_leak"), "{error:?}");
        assert_eq!(error.decode().unwrap().body, body.as_bytes());
        assert_eq!(error.trace_id(), Some("ray-1"));
    }
    let portal = Response::builder()
        .header("content-type", "text/html; charset=utf-8")
        .body(Bytes::from_static(b"<html>"))
        .unwrap();
    let error = CreateActorToken::read(portal).unwrap_err();
    assert_eq!(
        error.to_string(),
        "CreateActorToken: the 200 answer cannot be read: it is not JSON; its content type is text/html; charset=utf-8 (line 1, column 1)"
    );
}

#[test]
fn error_answers_keep_everything() {
    let read = |status: u16, headers: &[(&str, &str)], body: Vec<u8>| {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        RevokeActorToken::read(response.body(body.into()).unwrap()).unwrap_err()
    };
    let body = json!({
        "errors": [
            { "code": "resource_not_found", "message": "not found", "long_message": "No such token.", "meta": { "param_name": "id", "deep": [1, null] } },
            { "code": "second", "message": null, "shiny": 1 },
        ],
        "meta": { "k": 1 },
        "clerk_trace_id": "trace-1",
    });
    let error = read(404, &[("cf-ray", "ray-1"), ("retry-after", "3")], body.to_string().into());
    assert_eq!(
        error.to_string(),
        "RevokeActorToken: 404 Not Found, resource_not_found: not found (and 1 more) [trace trace-1]"
    );
    assert!(error.is_not_found() && error.has_code("second") && !error.has_code("third"));
    assert_eq!(
        (error.trace_id(), error.retry_after()),
        (Some("trace-1"), Some(Duration::from_secs(3)))
    );
    let api = error.api().unwrap();
    assert_eq!(api.errors()[0].long_message.as_deref(), Some("No such token."));
    assert_eq!(api.errors()[0].meta.as_ref().unwrap()["deep"], json!([1, null]));
    assert_eq!(api.meta.as_ref().unwrap()["k"], 1);
    assert_eq!(api.body, body.to_string());

    // Not Clerk's shape: a proxy's page, nothing, JSON of another kind, half an answer.
    for body in
        ["<html>sk_live_leak</html>", "", "[1]", "{\"errors\":[{\"code\"", "{\"errors\":\"no\"}"]
    {
        let error = read(502, &[("cf-ray", "ray-1")], body.into());
        assert_eq!(
            error.to_string(),
            "RevokeActorToken: 502 Bad Gateway, without a body of Clerk's error shape [trace ray-1]"
        );
        assert!(error.api().unwrap().errors().is_empty() && error.is_server_error());
        assert!(!format!("{error:?}").contains("leak"));
    }
    assert_eq!(
        read(500, &[], Vec::new()).to_string(),
        "RevokeActorToken: 500 Internal Server Error, without a body of Clerk's error shape"
    );

    // What a hostile server writes into a message stays one short line.
    let long =
        json!({ "errors": [{ "code": "a\nb\u{202e}", "message": "x".repeat(5000) }] }).to_string();
    let shown = read(422, &[], long.into()).to_string();
    assert!(
        shown.lines().count() == 1
            && shown.chars().count() < 300
            && shown.contains("a\\u{a}b\\u{202e}"),
        "{shown}"
    );

    // And its body does not fill the memory.
    let error = read(500, &[], vec![b'x'; 1 << 20]);
    assert_eq!(error.api().unwrap().body.len(), 64 << 10);

    for (status, check) in [
        (401, clerk_core::Error::is_unauthorized as fn(&clerk_core::Error) -> bool),
        (402, clerk_core::Error::is_payment_required),
        (403, clerk_core::Error::is_forbidden),
        (404, clerk_core::Error::is_not_found),
        (409, clerk_core::Error::is_conflict),
        (422, clerk_core::Error::is_unprocessable),
        (429, clerk_core::Error::is_rate_limited),
        (500, clerk_core::Error::is_server_error),
    ] {
        assert!(check(&read(status, &[], Vec::new())), "{status}");
        assert!(!check(&read(400, &[], Vec::new())), "{status}");
    }
}

#[test]
fn one_odd_member_of_an_error_does_not_cost_the_others() {
    for body in [
        r#"{"errors":[{"code":"taken","message":5,"meta":[]}],"meta":"x","clerk_trace_id":"t"}"#,
        r#"{"errors":["odd",{"code":"taken","long_message":{}}],"clerk_trace_id":"t","meta":null}"#,
        "\u{feff}{\"errors\":[{\"code\":\"taken\",\"meta\":7}],\"clerk_trace_id\":\"t\"}",
    ] {
        let response = Response::builder().status(422).body(Bytes::from(body)).unwrap();
        let error = CreateActorToken::read(response).unwrap_err();
        assert!(error.has_code("taken"), "{body}: {error}");
        assert_eq!((error.trace_id(), error.api().unwrap().errors().len()), (Some("t"), 1));
    }
}

#[test]
fn every_answer_has_its_trace_id() {
    for (status, header, value) in [
        (404, "content-type", "text/html"),
        (200, "content-type", "text/html"),
        (302, "location", "https://example.com"),
        (200, "content-encoding", "gzip"),
    ] {
        for (ids, expected) in
            [(&["clerk-trace-id", "cf-ray"][..], "clerk-trace-id"), (&["cf-ray"], "cf-ray")]
        {
            let mut response = Response::builder().status(status).header(header, value);
            for name in ids {
                response = response.header(*name, *name);
            }
            let error = CreateActorToken::read(response.body(Bytes::new()).unwrap()).unwrap_err();
            assert_eq!(error.trace_id(), Some(expected), "{status} {header}");
        }
    }
}

#[test]
fn what_an_error_keeps_is_limited() {
    for body in [vec![b'x'; 1 << 20], vec![0xff; 1 << 20]] {
        let error = CreateActorToken::read(Response::new(body.into())).unwrap_err();
        assert_eq!(error.decode().unwrap().body.len(), 64 << 10);
    }
}

#[test]
fn whatever_was_answered_was_sent() {
    for status in [429, 503, 404, 302, 200] {
        let response = Response::builder().status(status).body(Bytes::new()).unwrap();
        assert!(CreateActorToken::read(response).unwrap_err().may_have_been_sent(), "{status}");
    }
}

#[test]
fn redirects_are_errors() {
    for (location, target) in [
        ("https://evil.example:8443/x?token=1", " to https://evil.example"),
        ("https://user:password@evil.example/", " to https://evil.example"),
        ("//evil.example/x", ""),
        ("file:///etc/passwd", ""),
        ("/v2/actor_tokens", ""),
    ] {
        let response = Response::builder()
            .status(307)
            .header("location", location)
            .body(Bytes::new())
            .unwrap();
        let error = CreateActorToken::read(response).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "CreateActorToken: 307 redirect{target}, which is not followed; is the base URL right?"
            )
        );
        assert_eq!(error.status().unwrap(), 307);
    }
}

#[test]
fn path_segments_are_checked_and_encoded() {
    let path = |id: &str| {
        RevokeActorToken::new(id)
            .to_request(&config())
            .map(|request| request.uri().path().to_owned())
            .map_err(|error| error.to_string())
    };
    for (id, segment) in [
        ("act_1", "act_1"),
        ("...", "..."),
        ("%2e%2e", "%252e%252e"),
        ("%252e", "%25252e"),
        ("../users", "..%2Fusers"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("a?x", "a%3Fx"),
        ("a#x", "a%23x"),
        (";x", "%3Bx"),
        ("//evil", "%2F%2Fevil"),
        ("a b+c", "a%20b%2Bc"),
        ("ünï/漢", "%C3%BCn%C3%AF%2F%E6%BC%A2"),
    ] {
        assert_eq!(path(id).unwrap(), format!("/v1/actor_tokens/{segment}/revoke"));
    }
    let long = "x".repeat(1 << 20);
    for (id, problem) in [
        ("", "it is empty"),
        (".", "`.` and `..` would address something else"),
        ("..", "`.` and `..` would address something else"),
        ("a\0b", "it has a control or an invisible character"),
        ("a\r\nb", "it has a control or an invisible character"),
        ("a\u{7f}", "it has a control or an invisible character"),
        ("a\u{202e}b", "it has a control or an invisible character"),
        ("a\u{61c}b", "it has a control or an invisible character"),
        ("a\u{e0041}b", "it has a control or an invisible character"),
        (&long, "it is longer than 1024 bytes"),
    ] {
        assert_eq!(
            path(id).unwrap_err(),
            format!("RevokeActorToken: invalid `actor_token_id`: {problem}")
        );
    }
}

#[test]
fn the_options_of_a_call() {
    let create = CreateActorToken::new("user_1", Actor::new("user_2"));
    let options = CallOptions::new()
        .header("x-request-source", "nightly")
        .header("user-agent", "mine")
        .query("a b", "c+d&e=f")
        .base_url("http://127.0.0.1:4010/proxy/v1/");
    let request = create.to_request_with(&config(), &options).unwrap();
    assert_eq!(request.uri(), "http://127.0.0.1:4010/proxy/v1/actor_tokens?a%20b=c%2Bd%26e%3Df");
    assert_eq!(
        (&request.headers()["x-request-source"], &request.headers()["user-agent"]),
        (&"nightly".parse().unwrap(), &"mine".parse().unwrap())
    );
    assert!(!format!("{options:?}").contains("nightly"), "a header may hold a secret");

    // A name that is given twice is sent twice, and no longer ours.
    let options =
        CallOptions::new().header("accept", "a/b").header("Accept", "c/d").query("r#type", "x");
    let request = create.to_request_with(&config(), &options).unwrap();
    assert_eq!(request.headers().get_all("accept").iter().collect::<Vec<_>>(), ["a/b", "c/d"]);
    assert_eq!(request.uri().query(), Some("r%23type=x"));

    for (options, problem) in [
        (
            CallOptions::new().header("authorization", "Bearer sk_test_other"),
            "`header`: `authorization` is set by the SDK or the HTTP library",
        ),
        (
            CallOptions::new().header("Content-Length", "1"),
            "`header`: `content-length` is set by the SDK or the HTTP library",
        ),
        (
            CallOptions::new().header("host", "evil.example"),
            "`header`: `host` is set by the SDK or the HTTP library",
        ),
        (
            CallOptions::new().header("x", "a\r\nb: c"),
            "`header`: the value of `x` has a character that no header can have",
        ),
        (CallOptions::new().header("a b", "c"), "`header`: it has a name that no header can have"),
        (
            CallOptions::new().base_url("http://example.com"),
            "`base_url`: plain http is only for loopback",
        ),
        (
            CallOptions::new().base_url("https://user:sk_live_leak@example.com"),
            "`base_url`: user info",
        ),
        (CallOptions::new().attempt_timeout(Duration::ZERO), "`attempt_timeout`: no time at all"),
    ] {
        let error = create.to_request_with(&config(), &options).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("CreateActorToken: invalid {problem}")),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("leak"), "{error:?}");
    }

    // A live key goes to Clerk's hosts, unless its owner says otherwise.
    let elsewhere = CallOptions::new().base_url("https://proxy.example/v1");
    let live = Config::new("sk_live_abc").unwrap();
    assert!(
        create
            .to_request_with(&live, &elsewhere)
            .unwrap_err()
            .to_string()
            .contains("allow_live_key_anywhere")
    );
    let allowed = Config::builder("sk_live_abc").allow_live_key_anywhere().build().unwrap();
    assert_eq!(
        create.to_request_with(&allowed, &elsewhere).unwrap().uri(),
        "https://proxy.example/v1/actor_tokens"
    );
}

#[test]
fn sizes_are_limited() {
    let many: Vec<String> = (0..4000).map(|n| format!("user_{n:020}")).collect();
    let error = RawOperation::new(Method::GET, "/users")
        .query("user_id", &many)
        .to_request(&config())
        .unwrap_err();
    assert!(
        error.to_string().starts_with("GET /users: invalid `query`: the URL would be ")
            && error.to_string().ends_with("at most 65534 can be sent"),
        "{error}"
    );
    let error =
        CreateActorToken::new("user_1", Actor::new("user_2").claim("x", "y".repeat(1 << 20)))
            .to_request(&config())
            .unwrap_err();
    assert!(
        error.to_string().starts_with("CreateActorToken: invalid `body`: it would be 1048"),
        "{error}"
    );
    let roomy = Config::builder("sk_test_abc").max_request_body(2 << 20).build().unwrap();
    assert!(
        CreateActorToken::new("user_1", Actor::new("user_2").claim("x", "y".repeat(1 << 20)))
            .to_request(&roomy)
            .is_ok()
    );
}

#[test]
fn raw_operations() {
    let path = |path: &'static str, values: &[&str]| {
        let raw =
            values.iter().fold(RawOperation::new(Method::GET, path), |raw, value| raw.path(*value));
        raw.to_request(&config())
            .map(|request| request.uri().to_string())
            .map_err(|error| error.to_string())
    };
    assert_eq!(path("/a/{b}/c", &["x y"]).unwrap(), "https://api.clerk.com/v1/a/x%20y/c");
    assert_eq!(path("a", &[]).unwrap_err(), "GET …: invalid `path`: it must begin with a slash");
    assert_eq!(
        path("/a/{b}", &[]).unwrap_err(),
        "GET /a/{b}: invalid `path`: it has more parameters than were filled"
    );
    assert_eq!(
        path("/a", &["x"]).unwrap_err(),
        "GET /a: invalid `path`: it has fewer parameters than were filled"
    );
    assert_eq!(
        path("/a/../b", &[]).unwrap_err(),
        "GET /a/../b: invalid `path`: `.` and `..` would address something else"
    );
    assert_eq!(
        path("//evil.example/x", &[]).unwrap_err(),
        "GET //evil.example/x: invalid `path`: it is empty"
    );
    assert_eq!(path("/a?b=c", &[]).unwrap(), "https://api.clerk.com/v1/a%3Fb%3Dc");
    assert_eq!(
        path("/a/{b}", &[".."]).unwrap_err(),
        "GET /a/{b}: invalid `b`: `.` and `..` would address something else"
    );
    assert_eq!(RawOperation::<serde_json::Value>::decode(&Bytes::new()).unwrap(), json!(null));
    let post = RawOperation::new(Method::POST, "/x").body(&[1, 2]).returns::<Vec<u8>>();
    assert_eq!(post.retry_safety(), RetrySafety::Unsafe);
    assert_eq!(post.to_request(&config()).unwrap().body(), "[1,2]");
}

/// An operation of somebody else's.
struct Ping {
    user_id: String,
}

impl Operation for Ping {
    const META: &'static Meta = &Meta::new("Ping", Method::POST, "/ping/{user_id}")
        .with_retry(RetrySafety::Safe)
        .with_fields();
    type Output = Vec<u8>;

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), clerk_core::Error> {
        draft.path("user_id", &self.user_id)?;
        draft.query("loud", &true)?;
        draft.body("n", &3)
    }

    fn decode(body: &Bytes) -> Result<Vec<u8>, Unreadable> {
        decode_json(body)
    }
}

/// One that forgets what its path needs.
struct Forgetful;

impl Operation for Forgetful {
    const META: &'static Meta = &Meta::new("Forgetful", Method::GET, "/ping/{user_id}/{other}");
    type Output = ();

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), clerk_core::Error> {
        draft.path("user_id", &"user_1")
    }

    fn decode(_: &Bytes) -> Result<(), Unreadable> {
        Ok(())
    }
}

#[test]
fn operations_of_ones_own() {
    let error = Forgetful.to_request(&config()).unwrap_err().to_string();
    assert_eq!(error, "Forgetful: invalid `path`: a parameter of it was not filled");
    let request = Ping { user_id: "user_1".into() }.to_request(&config()).unwrap();
    assert_eq!(request.uri(), "https://api.clerk.com/v1/ping/user_1?loud=true");
    assert_eq!(request.body(), r#"{"n":3}"#);
    assert_eq!(Ping::read(Response::new("[1]".into())).unwrap(), [1]);
}

/// What a caller, or a server, says where an error names it: shown in one line, and cut.
#[test]
fn errors_are_one_line_whatever_they_name() {
    let get = |path: &str| RawOperation::new(Method::GET, path.to_owned());
    for (operation, said) in [
        // What is no path may be a secret that was put there by mistake.
        (get("a\nb\u{202e}"), "GET …: invalid `path`: it must begin with a slash"),
        (
            get("/{a\r\nb}").path(".."),
            r"GET …: invalid `a\u{d}\u{a}b`: `.` and `..` would address something else",
        ),
    ] {
        assert_eq!(operation.to_request(&config()).unwrap_err().to_string(), said);
    }
    let path = format!("/{}/{{a}}", "x".repeat(100_000));
    let long = get(&path).to_request(&config()).unwrap_err().to_string();
    let shown = "x".repeat(195);
    assert_eq!(long, format!("GET /{shown}…: invalid `path`: it is longer than 1024 bytes"));

    let location = format!("https://{}.example/", "a".repeat(60_000));
    let answer = Response::builder().status(302).header("location", location);
    let error = CreateActorToken::read(answer.body(Bytes::new()).unwrap()).unwrap_err();
    let target = format!("https://{}…", "a".repeat(192));
    assert_eq!(
        error.to_string(),
        format!(
            "CreateActorToken: 302 redirect to {target}, which is not followed; is the base URL right?"
        )
    );
}
