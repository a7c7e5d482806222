//! What servers ask: the part of the Backend API that the handshake takes.
use axum::http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use axum::{body::Body, response::Response};
use clerk_core::testing::TestKey;
use serde_json::{Value, json};

use super::{FrontendApi, asked::Asked};

impl FrontendApi {
    pub(super) fn backend(&self, asked: &Asked, body: &[u8]) -> Response {
        if !asked.has_key(self.secret_key) {
            return problem(StatusCode::UNAUTHORIZED, "clerk_key_invalid");
        }
        let path: Vec<_> = asked.path.split('/').skip(2).collect();
        match (asked.method.as_str(), &*path) {
            ("GET", ["jwks"]) => {
                json_response(StatusCode::OK, &json!({ "keys": [TestKey::first().jwk()] }))
            }
            ("GET", ["clients", "handshake_payload"]) => self.payload(asked),
            ("POST", ["sessions", id, "refresh"]) => self.refresh(id, body),
            _ => problem(StatusCode::NOT_FOUND, "resource_not_found"),
        }
    }

    /// What a nonce stands for, once.
    fn payload(&self, asked: &Asked) -> Response {
        let nonce = asked.parameter("nonce").unwrap_or_default();
        match self.clients().nonces.remove(&nonce) {
            Some(directives) => json_response(StatusCode::OK, &json!({ "directives": directives })),
            None => problem(StatusCode::NOT_FOUND, "resource_not_found"),
        }
    }

    /// A fresh session token in place of one that has expired, as long as the session goes on.
    fn refresh(&self, id: &str, body: &[u8]) -> Response {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return problem(StatusCode::BAD_REQUEST, "request_body_invalid");
        };
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let (Some(token), Some("cookie"), Some(_), Some(origin)) =
            (text("refresh_token"), text("format"), text("expired_token"), text("request_origin"))
        else {
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "form_param_missing");
        };
        if !self.is_application(origin) {
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "origin_invalid");
        }
        let clients = self.clients();
        let client = clients
            .all
            .iter()
            .find(|(_, client)| client.session.as_ref().is_some_and(|session| session.id == id));
        match client {
            Some((name, client))
                if client.session.as_ref().is_some_and(|it| it.refresh_token == token) =>
            {
                let cookies = self.directives(client, name, origin);
                json_response(StatusCode::OK, &json!({ "object": "cookies", "cookies": cookies }))
            }
            Some(_) => problem(StatusCode::UNAUTHORIZED, "refresh_token_invalid"),
            None => problem(StatusCode::NOT_FOUND, "session_not_found"),
        }
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn problem(status: StatusCode, code: &str) -> Response {
    json_response(status, &json!({ "errors": [{ "code": code, "message": code }] }))
}
