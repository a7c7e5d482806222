//! The stand-in answers as the API does: statuses, codes, shapes, state.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{
    Client, Config, Error, Nullable, RetryPolicy, Timestamp,
    api::{actor_tokens::Actor, users::CreateUser},
    model::TokenStatus,
    testing::{StandIn, StandInTransport},
};
use http::{Method, Request};
use serde_json::{Value, json};

#[path = "stand_in/tokens.rs"]
mod tokens;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A client and the stand-in behind it.
fn client() -> (Client<StandInTransport>, StandInTransport) {
    let transport = StandInTransport::new(StandIn::new("sk_test_abc"));
    (Client::new(Config::new("sk_test_abc").unwrap(), transport.clone(), 7), transport)
}

fn ask(
    stand_in: &mut StandIn,
    method: Method,
    path: &str,
    key: Option<&str>,
    body: &str,
) -> (u16, Value) {
    let mut request = Request::builder().method(method).uri(format!("http://127.0.0.1{path}"));
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let response = stand_in.handle(request.body(Bytes::from(body.to_owned())).unwrap(), NOW);
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

#[test]
fn an_actor_token_from_end_to_end() {
    let (client, transport) = client();
    let (user, actor) = transport.with(|stand_in| {
        (stand_in.add_user("ann@example.com"), stand_in.add_user("bob@example.com"))
    });

    let token = client
        .actor_tokens()
        .create(&user, Actor::new(&actor).claim("why", "ticket 17"))
        .expires_in_seconds(600)
        .send()
        .unwrap();
    assert_eq!(
        (&token.status, &token.user_id, token.sub()),
        (&TokenStatus::Pending, &user, Some(actor.as_str()))
    );
    assert_eq!(token.actor["why"], "ticket 17");
    assert_eq!(token.created_at, NOW);
    assert!(token.token.is_some() && token.url.is_some());

    let revoked = client.actor_tokens().revoke(&token.id).send_with_response().unwrap();
    assert_eq!(
        (revoked.value.status, revoked.status.as_u16(), revoked.attempts),
        (TokenStatus::Revoked, 200, 1)
    );
    assert!(serde_json::from_slice::<Value>(&revoked.body).unwrap()["token"].is_null());

    let again = client.actor_tokens().revoke(&token.id).send().unwrap_err();
    assert_eq!(again.status().unwrap(), 400);
    assert!(again.has_code("actor_token_cannot_be_revoked_code"));
    assert_eq!(again.trace_id(), Some("standin"));
    assert!(client.actor_tokens().revoke("act_none").send().unwrap_err().is_not_found());
    assert!(
        client
            .actor_tokens()
            .create("user_none", Actor::new(&actor))
            .send()
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        client
            .actor_tokens()
            .create(&user, Actor::new("user_none"))
            .send()
            .unwrap_err()
            .is_not_found()
    );
}

#[test]
fn users_from_end_to_end() {
    let (client, _) = client();
    let users = client.users();
    let ann = users
        .create()
        .email_address(["ann@example.com"])
        .first_name("Ann")
        .password("correct horse")
        .public_metadata([("plan", "free")])
        .send()
        .unwrap();
    assert_eq!(
        (ann.first_name.as_deref(), ann.password_enabled, ann.email_addresses.len()),
        (Some("Ann"), true, 1)
    );
    assert_eq!(ann.primary_email_address().unwrap().email_address, "ann@example.com");
    assert_eq!(
        client
            .call(CreateUser::new().email_address(["ANN@example.com"]))
            .unwrap_err()
            .api()
            .unwrap()
            .errors()[0]
            .code,
        "form_identifier_exists"
    );

    let bob = users.create().email_address(["bob@example.com"]).username("bob").send().unwrap();
    assert!(users.create().username("bob").send().unwrap_err().is_unprocessable());
    assert_eq!(users.count().send().unwrap().total_count, 2);
    assert_eq!(users.count().username(["bob", "eve"]).send().unwrap().total_count, 1);
    let ids = |list: Vec<clerk_core::model::User>| {
        list.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(users.list().send().unwrap()), [bob.id.as_str(), ann.id.as_str()]);
    assert_eq!(
        ids(users.list().order_by("+created_at").limit(1).send().unwrap()),
        [ann.id.as_str()]
    );
    assert_eq!(ids(users.list().search("ANN@").send().unwrap()), [ann.id.as_str()]);

    let updated = users.update(&bob.id).first_name("Bob").username(Nullable::Null).send().unwrap();
    assert_eq!((updated.first_name.as_deref(), updated.username), (Some("Bob"), None));
    assert_eq!(users.get(&bob.id).send().unwrap().first_name.as_deref(), Some("Bob"));

    let merged = users
        .merge_metadata(&ann.id)
        .public_metadata([("plan", json!("pro")), ("old", json!({ "a": 1, "b": 2 }))])
        .send()
        .unwrap();
    assert_eq!(
        Value::from(merged.public_metadata.into_map()),
        json!({ "plan": "pro", "old": { "a": 1, "b": 2 } })
    );
    let merged = users
        .merge_metadata(&ann.id)
        .public_metadata([("old", json!({ "a": null, "c": 3 }))])
        .send()
        .unwrap();
    assert_eq!(
        Value::from(merged.public_metadata.into_map()),
        json!({ "plan": "pro", "old": { "b": 2, "c": 3 } })
    );
    let replaced =
        users.replace_metadata(&ann.id).public_metadata([("plan", "none")]).send().unwrap();
    assert_eq!(Value::from(replaced.public_metadata.into_map()), json!({ "plan": "none" }));

    assert!(users.ban(&ann.id).send().unwrap().banned);
    assert_eq!(users.bulk_ban([&bob.id]).send().unwrap().len(), 1);
    assert_eq!(users.count().banned(true).send().unwrap().total_count, 2);

    let deleted = users.delete(&ann.id).send().unwrap();
    assert!(deleted.deleted);
    assert!(users.get(&ann.id).send().unwrap_err().is_not_found());
    assert!(users.delete(&ann.id).send().unwrap_err().has_code("resource_not_found"));
}

#[test]
fn the_key_is_checked() {
    let mut stand_in = StandIn::new("sk_test_abc");
    for (key, code) in
        [(None, "authentication_invalid"), (Some("sk_test_other"), "clerk_key_invalid")]
    {
        let (status, body) = ask(&mut stand_in, Method::GET, "/v1/users", key, "");
        assert_eq!((status, &body["errors"][0]["code"]), (401, &json!(code)));
    }
    let wrong =
        Client::new(Config::new("sk_test_other").unwrap(), StandInTransport::new(stand_in), 7);
    assert!(wrong.users().list().send().unwrap_err().is_unauthorized());
}

#[test]
fn bad_requests_are_refused() {
    let mut stand_in = StandIn::new("sk_test_abc");
    let user = stand_in.add_user("ann@example.com");
    let key = Some("sk_test_abc");
    for (method, path, body, status, code, param) in [
        (
            Method::POST,
            "/v1/actor_tokens".to_owned(),
            r#"{"user_id":"u","actor":{"sub":"u"},"shiny":1}"#,
            422,
            "form_param_unknown",
            Some("shiny"),
        ),
        (
            Method::POST,
            "/v1/actor_tokens".to_owned(),
            r#"{"user_id":"u"}"#,
            422,
            "form_param_missing",
            Some("actor"),
        ),
        (
            Method::POST,
            "/v1/actor_tokens".to_owned(),
            r#"{"user_id":7,"actor":{"sub":"u"}}"#,
            422,
            "form_param_format_invalid",
            Some("user_id"),
        ),
        (
            Method::POST,
            "/v1/actor_tokens".to_owned(),
            r#"{"user_id":"u","actor":{"why":"no sub"}}"#,
            422,
            "form_param_format_invalid",
            Some("actor"),
        ),
        (
            Method::POST,
            "/v1/actor_tokens".to_owned(),
            r#"{"user_id":"u","actor":{"sub":"u"},"expires_in_seconds":0}"#,
            422,
            "form_param_format_invalid",
            Some("expires_in_seconds"),
        ),
        (Method::POST, "/v1/actor_tokens".to_owned(), "[1]", 400, "request_body_invalid", None),
        (
            Method::PATCH,
            format!("/v1/users/{user}"),
            r#"{"public_metadata":{}}"#,
            422,
            "form_param_unknown",
            Some("public_metadata"),
        ),
        (
            Method::PATCH,
            format!("/v1/users/{user}"),
            r#"{"first_name":7}"#,
            422,
            "form_param_format_invalid",
            None,
        ),
        (
            Method::GET,
            "/v1/users?limit=501".to_owned(),
            "",
            422,
            "form_param_format_invalid",
            Some("limit"),
        ),
        (
            Method::GET,
            "/v1/users?offset=-1".to_owned(),
            "",
            422,
            "form_param_format_invalid",
            Some("offset"),
        ),
        (Method::GET, "/v1/users?shiny=1".to_owned(), "", 422, "form_param_unknown", Some("shiny")),
        (Method::GET, "/v1/nothing".to_owned(), "", 404, "resource_not_found", None),
        (Method::GET, "/v2/users".to_owned(), "", 404, "resource_not_found", None),
        (Method::PUT, "/v1/users".to_owned(), "", 405, "method_not_allowed", None),
    ] {
        let (seen, answer) = ask(&mut stand_in, method, &path, key, body);
        assert_eq!(
            (seen, &answer["errors"][0]["code"]),
            (status, &json!(code)),
            "{path} {body}: {answer}"
        );
        assert_eq!(
            answer["errors"][0]["meta"].get("param_name").and_then(Value::as_str),
            param,
            "{path} {body}"
        );
    }
    assert_eq!(stand_in.requests().count(), 14);
    assert_eq!(stand_in.requests().last().unwrap().status, 405);
}

#[test]
fn it_throttles_on_demand() {
    let (client, transport) = client();
    transport.with(|stand_in| stand_in.throttle(2, Some(Duration::from_secs(3))));
    // Two refusals, and the third attempt gets through; the clock moved by what was asked for.
    assert_eq!(client.users().count().send().unwrap().total_count, 0);
    let waited = transport.now().as_millis() - NOW.as_millis();
    assert!((6000..=7500).contains(&waited), "{waited}");
    assert_eq!(transport.with(|stand_in| stand_in.requests().count()), 3);

    transport.with(|stand_in| stand_in.throttle(1, Some(Duration::from_secs(120))));
    let error: Error = client.users().count().send().unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!((error.retry_after(), error.attempts()), (Some(Duration::from_secs(120)), 1));
    transport.with(|stand_in| stand_in.throttle(1, None));
    assert_eq!(
        client.users().count().retry(RetryPolicy::none()).send().unwrap_err().retry_after(),
        None
    );
}
