//! What a layer takes from those around it, what it accepts, and what it answers.
use clerk_core::testing::TestKey;
use clerk_hyper::{
    AuthLayer, Refusal, Responder,
    auth::{Auth, AuthenticateOptions, RequestState, TokenType},
};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Layer as _, util::MapRequest};

use crate::{
    ISSUER, REACHED, UNAUTHORIZED, any,
    api::Api,
    clerk, in_time, modes, session, session_token, unix_time, verifier, warm,
    wire::{Body, Seen, ask, bearer, both, get, serve},
};

#[tokio::test]
async fn what_others_left_in_a_request_is_gone() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let warm = warm(&clerk).await;
        let parts = |token: &str| {
            let request = Request::get("/").header("authorization", format!("Bearer {token}"));
            request.body(()).unwrap().into_parts().0
        };
        let token =
            TestKey::first().session("user_other").issuer(ISSUER).authorized_party(crate::PARTY);
        let other = parts(&token.mint(unix_time()));
        let auth = clerk.authenticate(&warm, &other, &any()).await.into_auth().unwrap();
        assert_eq!(auth.to_string(), "session_token of user_other");
        let state = clerk.authenticate(&warm, &parts("garbage"), &any()).await;
        let RequestState::SignedOut { rejection, .. } = state else { panic!("{state:?}") };

        let seen = Seen::default();
        // Without keys a request waits before it is known who sent it.
        for verifier in [warm, verifier(&clerk)] {
            let [required, optional] = modes(&clerk, &verifier);
            for (layer, request, answer, saw) in [
                (&required, get(""), UNAUTHORIZED, None),
                (&optional, get(""), REACHED, Some("session-token-and-uat-missing")),
                (&optional, bearer("garbage"), REACHED, Some("token-invalid")),
                (&optional, bearer(&session_token()), REACHED, Some("session_token of user_1")),
                (&required, bearer(&session_token()), REACHED, Some("session_token of user_1")),
            ] {
                let (auth, rejection) = (auth.clone(), rejection.clone());
                let inserts = move |mut request: Request<_>| {
                    request.extensions_mut().insert(auth.clone());
                    request.extensions_mut().insert(rejection.clone());
                    request
                };
                let served = serve(MapRequest::new(layer.layer(seen.handler()), inserts)).await;
                assert_eq!(ask(served.address, &request).await, answer);
                assert_eq!(seen.take(), Vec::from_iter(saw));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn layers_can_be_nested() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let seen = Seen::default();
        let machine = TestKey::first().m2m("mch_1").issuer(ISSUER).mint(unix_time());
        for has_keys in [true, false] {
            let keys = async || if has_keys { warm(&clerk).await } else { verifier(&clerk) };
            let [required, optional] = modes(&clerk, &keys().await);
            let [_, anybody] = modes(&clerk, &keys().await);
            let anybody = anybody.accept(any());
            for (outer, inner, request, answer, saw) in [
                (&optional, &required, get(""), UNAUTHORIZED, None),
                (
                    &optional,
                    &required,
                    bearer(&session_token()),
                    REACHED,
                    Some("session_token of user_1"),
                ),
                // Whom the outer one knows is nobody to the inner one.
                (&anybody, &required, bearer(&machine), UNAUTHORIZED, None),
                (&anybody, &optional, bearer(&machine), REACHED, Some("token-type-mismatch")),
                (&optional, &anybody, bearer(&machine), REACHED, Some("m2m_token of mch_1")),
                (&required, &optional, get(""), UNAUTHORIZED, None),
                (
                    &required,
                    &optional,
                    bearer(&session_token()),
                    REACHED,
                    Some("session_token of user_1"),
                ),
                (&required, &anybody, bearer(&machine), UNAUTHORIZED, None),
            ] {
                let served = serve(outer.layer(inner.layer(seen.handler()))).await;
                assert_eq!(ask(served.address, &request).await, answer);
                assert_eq!(seen.take(), Vec::from_iter(saw));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn machines_get_in_where_they_are_accepted() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let (m2m, oauth, (_, key), revoked) = api.stand_in.with(|stand_in| {
            let revoked = stand_in.add_m2m_token("mch_3");
            stand_in.revoke(&revoked);
            (
                stand_in.add_m2m_token("mch_2"),
                stand_in.add_oauth_token("user_2", &["profile"]),
                stand_in.add_api_key("org_2", "robot"),
                revoked,
            )
        });
        let (now, first) = (unix_time(), TestKey::first());
        let m2m_jwt = first.m2m("mch_1").issuer(ISSUER).mint(now);
        let oauth_jwt = first.oauth("user_1").issuer(ISSUER).mint(now);
        let machines = AuthenticateOptions::new().accept_only([TokenType::M2m, TokenType::ApiKey]);
        // With all types accepted, and with two of them.
        let issued = crate::adjusted(&clerk).issuer(ISSUER).build().unwrap();
        clerk.run(issued.refresh()).await.unwrap();
        let seen = Seen::default();
        for (request, saw, saw_machines) in [
            (bearer(&session_token()), "session_token of user_1", "token-type-mismatch"),
            (bearer(&m2m_jwt), "m2m_token of mch_1", "m2m_token of mch_1"),
            (bearer(&oauth_jwt), "oauth_token of user_1", "token-type-mismatch"),
            (bearer(&m2m), "m2m_token of mch_2", "m2m_token of mch_2"),
            (bearer(&oauth), "oauth_token of user_2", "token-type-mismatch"),
            (bearer(&key), "api_key of org_2", "api_key of org_2"),
            (bearer(&revoked), "token-revoked", "token-revoked"),
            (bearer("ak_unknown"), "token-invalid", "token-invalid"),
            (bearer("ak_odd!"), "token-invalid", "token-invalid"),
            (get(""), "session-token-and-uat-missing", "token-missing"),
        ] {
            for (options, saw) in [(any(), saw), (machines, saw_machines)] {
                let [required, optional] =
                    modes(&clerk, &issued).map(|layer| layer.accept(options));
                let is_in = saw.contains(" of ");
                for address in both(&required, &seen).await {
                    let answer = if is_in { REACHED } else { UNAUTHORIZED };
                    assert_eq!(ask(address, &request).await, answer, "{saw}");
                    assert_eq!(seen.take(), Vec::from_iter(is_in.then_some(saw)));
                }
                for address in both(&optional, &seen).await {
                    assert_eq!(ask(address, &request).await, REACHED, "{saw}");
                    assert_eq!(seen.take(), [saw]);
                }
            }
        }
        let count = |line: &str| api.log().iter().filter(|asked| **asked == line).count();
        assert_eq!(count("GET /v1/jwks 200"), 1);
        // Four layers of two servers ask each time, and of an OAuth token those that accept it.
        assert_eq!(count("POST /v1/oauth_applications/access_tokens/verify 200"), 4);
        assert_eq!(count("POST /v1/m2m_tokens/verify 200"), 16);
        assert_eq!(count("POST /v1/api_keys/verify 200"), 8);
    })
    .await;
}

/// Tells of the request and the reason in the body.
fn says(refusal: Refusal<'_>) -> Response<Body> {
    let Refusal { request, state, response, .. } = refusal;
    assert!(request.extensions.get::<Auth>().is_none());
    let said = format!("{} {} {}", request.method, request.uri, state.reason().unwrap().code());
    response.map(|()| Body::from(said))
}

#[tokio::test]
async fn answers_can_have_bodies() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let down = crate::clerk("http://127.0.0.1:9"); // Nobody connects: nothing may be sent.
        let keyless = down.verifier().key_set(clerk_hyper::auth::KeySet::default());
        let keyless = keyless.publishable_key(crate::PUBLISHABLE_KEY).build().unwrap();
        let seen = Seen::default();
        let unavailable =
            "HTTP/1.1 503 Service Unavailable\r\ncache-control: no-store\r\nretry-after: 1\r\n";
        let unauthorized =
            "HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\nwww-authenticate: Bearer\r\n";
        let layers = [
            modes(&clerk, &warm(&clerk).await),
            modes(&clerk, &verifier(&clerk)),
            modes(&down, &keyless),
        ];
        let impostor = TestKey::second().with_kid(TestKey::first().kid());
        let (good, forged) = (session_token(), session(&impostor).mint(unix_time()));
        for (verifier, mode, token, head, reason) in [
            (0, 0, &forged, unauthorized, "token-invalid-signature"),
            (1, 0, &forged, unauthorized, "token-invalid-signature"),
            (2, 0, &good, unavailable, "jwk-remote-invalid"),
            (2, 1, &good, unavailable, "jwk-remote-invalid"),
        ] {
            let layer = layers[verifier][mode].clone().respond_with(says);
            let served = serve(layer.layer(seen.handler())).await;
            let request = bearer(token).replacen("GET /", "PUT /a//b?c=%2e", 1);
            let body = format!("PUT /a//b?c=%2e {reason}");
            assert_eq!(
                ask(served.address, &request).await,
                format!("{head}content-length: {}\r\n\r\n{body}", body.len())
            );
        }
        assert_eq!(seen.take(), [""; 0]);
        // Who gets through hears nothing of it.
        for mode in [0, 1] {
            let layer = layers[0][mode].clone().respond_with(says);
            let served = serve(layer.layer(seen.handler())).await;
            assert_eq!(ask(served.address, &bearer(&good)).await, REACHED);
        }
        assert_eq!(seen.take(), ["session_token of user_1"; 2]);
    })
    .await;
}

/// Sends everybody to another place.
#[derive(Clone)]
struct Elsewhere;

impl<B: Default> Responder<B> for Elsewhere {
    fn respond(&self, refusal: Refusal<'_>) -> Response<B> {
        let mut response = refusal.response.map(|()| B::default());
        *response.status_mut() = StatusCode::SEE_OTHER;
        response.headers_mut().insert("location", "/sign-in".parse().unwrap());
        response
    }
}

#[tokio::test]
async fn a_responder_answers_as_it_likes() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let seen = Seen::default();
        let layer = AuthLayer::new(&clerk, &warm(&clerk).await).respond_with(Elsewhere);
        for address in both(&layer, &seen).await {
            assert_eq!(
                ask(address, &get("")).await,
                "HTTP/1.1 303 See Other\r\ncache-control: no-store\r\nwww-authenticate: Bearer\r\n\
                 location: /sign-in\r\ncontent-length: 0\r\n\r\n"
            );
            assert_eq!(ask(address, &bearer(&session_token())).await, REACHED);
        }
        assert_eq!(seen.take(), ["session_token of user_1"; 2]);
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_of_a_refusal_holds_no_token() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let seen = Seen::default();
        let shows = |refusal: Refusal<'_>| {
            refusal.response.clone().map(|()| Full::from(format!("{refusal:?} {refusal:#?}")))
        };
        let layer = AuthLayer::new(&clerk, &warm(&clerk).await).respond_with(shows);
        let served = serve(layer.layer(seen.handler())).await;
        let token = session(&TestKey::second()).mint(unix_time());
        let lines = format!("authorization: Bearer {token}\r\ncookie: __session={token}\r\n");
        let request = get(&lines).replacen("GET /", "GET /a?__clerk_ticket=canary", 1);
        let shown = ask(served.address, &request).await;
        assert!(shown.contains("GET") && shown.contains("\"/a\""), "{shown}");
        assert!(shown.contains("JwkKidMismatch"), "{shown}");
        assert!(!shown.contains("eyJ") && !shown.contains("canary"), "{shown}");
    })
    .await;
}
