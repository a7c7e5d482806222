//! Opaque tokens, which Clerk is asked about.
use std::time::Duration;

use clerk_fault_server::{
    Log, Plan, Server,
    Step::{ReadRequest, Write},
    answer, answer_with,
};
use clerk_hyper::{
    Clerk,
    auth::{Auth, AuthenticateOptions, Reason, RequestState, TokenType},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{ISSUER, SECRET_KEY, assert_unavailable, bearer, clerk, in_time, session, verifier};

/// What Clerk says of opaque tokens, by their types, with this added.
pub(crate) fn verdict(token_type: TokenType, more: &str) -> Vec<u8> {
    let object = match token_type {
        TokenType::M2m => {
            r#""object":"machine_to_machine_token","id":"mt_1","subject":"mch_1","claims":null,"scopes":["mch_2"]"#
        }
        TokenType::Oauth => {
            r#""object":"clerk_idp_oauth_access_token","id":"oat_1","client_id":"client_1","subject":"user_1","scopes":["profile"]"#
        }
        _ => {
            r#""object":"api_key","id":"ak_1","type":"api_key","subject":"org_1","name":"robot","claims":{"a":1},"scopes":["read"]"#
        }
    };
    answer(200, &format!(r#"{{{object},"expiration":null,"created_at":1,"updated_at":1,{more}}}"#))
}

pub(crate) const GOOD: &str = r#""revoked":false,"expired":false"#;
const REVOKED: &str = r#""revoked":true,"expired":false"#;

/// Answers the requests in this order, on one connection after the other.
pub(crate) fn answers(answers: impl IntoIterator<Item = Vec<u8>>) -> Server {
    let script = answers.into_iter().flat_map(|answer| [ReadRequest, Write(answer)]);
    Server::start(Plan::always(script.collect())).unwrap()
}

/// The requests: what was asked for, with which key, and what it said.
fn seen(log: &Log) -> Vec<(String, String, Value)> {
    let requests = log.requests().map(|request| {
        let line = format!("{} {}", request.method, request.target);
        let key = request.header("authorization").unwrap().to_owned();
        (line, key, serde_json::from_slice(&request.body).unwrap())
    });
    requests.collect()
}

#[tokio::test]
async fn opaque_tokens_are_asked_about() {
    in_time(async {
        let any = AuthenticateOptions::new().accept_any();
        for (token_type, token, path, field) in [
            (TokenType::ApiKey, "ak_0123", "/v1/api_keys/verify", "secret"),
            (TokenType::M2m, "mt_0123", "/v1/m2m_tokens/verify", "token"),
            (
                TokenType::Oauth,
                "oat_0123",
                "/v1/oauth_applications/access_tokens/verify",
                "access_token",
            ),
        ] {
            let server = answers([
                verdict(token_type, GOOD),
                verdict(token_type, REVOKED),
                answer(404, "{}"),
                answer_with(500, "retry-after: 30\r\n", b"{}"),
            ]);
            let clerk = clerk(&server.base_url());
            let verifier = verifier(&clerk);
            let parts = bearer(token);
            let mut states = Vec::new();
            for _ in 0..4 {
                states.push(clerk.authenticate(&verifier, &parts, &any).await);
            }
            let auth = states[0].auth().unwrap_or_else(|| panic!("{:?}", states[0]));
            assert_eq!(auth.token_type(), token_type);
            match auth {
                Auth::ApiKey(key) => assert_eq!(key.org_id().unwrap().as_str(), "org_1"),
                Auth::M2m(token) => assert_eq!(token.machine_id.as_str(), "mch_1"),
                auth => assert_eq!(auth.user_id().unwrap().as_str(), "user_1"),
            }
            for (state, reason) in
                states[1..3].iter().zip([Reason::TokenRevoked, Reason::TokenInvalid])
            {
                let RequestState::SignedOut { rejection, .. } = state else { panic!("{state:?}") };
                assert_eq!((rejection.reason, rejection.token_type), (reason, Some(token_type)));
                assert_eq!(state.refusal().unwrap().status(), StatusCode::UNAUTHORIZED);
            }
            assert_eq!(assert_unavailable(&states[3], Reason::UnexpectedError), 30);
            let request =
                (format!("POST {path}"), format!("Bearer {SECRET_KEY}"), json!({ field: token }));
            assert_eq!(seen(&server.finish()), vec![request; 4]);
        }
    })
    .await;
}

#[tokio::test]
async fn machines_ask_with_their_own_key() {
    in_time(async {
        let server = answers([verdict(TokenType::M2m, GOOD), verdict(TokenType::M2m, GOOD)]);
        let any = AuthenticateOptions::new().accept_any();
        let instance = Clerk::builder(SECRET_KEY).machine_secret_key("ak_machine");
        for builder in [instance, Clerk::for_machine("ak_machine")] {
            let clerk = builder.base_url(server.base_url()).build().unwrap();
            let verifier = verifier(&clerk);
            let state = clerk.authenticate(&verifier, &bearer("mt_0123"), &any).await;
            assert_eq!(state.auth().unwrap().token_type(), TokenType::M2m);
        }
        // For what needs the key of the instance, nobody is asked.
        let machine = Clerk::for_machine("ak_machine").base_url(server.base_url()).build().unwrap();
        let verifier = verifier(&machine);
        for token in ["ak_0123", "oat_0123", &session()] {
            let state = machine.authenticate(&verifier, &bearer(token), &any).await;
            assert_unavailable(&state, Reason::SecretKeyMissing);
        }
        let request = (
            "POST /v1/m2m_tokens/verify".to_owned(),
            "Bearer ak_machine".to_owned(),
            json!({ "token": "mt_0123" }),
        );
        assert_eq!(seen(&server.finish()), vec![request; 2]);
    })
    .await;
}

#[tokio::test]
async fn a_good_opaque_token_can_be_remembered() {
    in_time(async {
        let key = |more| verdict(TokenType::ApiKey, more);
        let server = answers([key(GOOD), key(REVOKED), key(REVOKED)]);
        let clerk = clerk(&server.base_url());
        let verifier = clerk
            .verifier()
            .issuer(ISSUER)
            .cache_opaque_tokens(Duration::from_secs(60))
            .build()
            .unwrap();
        let any = AuthenticateOptions::new().accept_any();
        for _ in 0..100 {
            let state = clerk.authenticate(&verifier, &bearer("ak_good"), &any).await;
            assert!(state.auth().is_some(), "{state:?}");
        }
        for _ in 0..2 {
            let state = clerk.authenticate(&verifier, &bearer("ak_revoked"), &any).await;
            assert_eq!(state.reason(), Some(Reason::TokenRevoked));
        }
        let tokens: Vec<_> =
            seen(&server.finish()).into_iter().map(|(_, _, body)| body["secret"].clone()).collect();
        assert_eq!(tokens, ["ak_good", "ak_revoked", "ak_revoked"]);
    })
    .await;
}
