//! The arguments of axum's handlers.
use axum::{Router, routing::get as route};
use clerk_core::testing::TestKey;
use clerk_hyper::{
    auth::Require,
    axum::{Auth, Protect, Protected, Session},
};

use crate::{
    ISSUER, REACHED, UNAUTHORIZED, UNAVAILABLE, any,
    api::Api,
    clerk, in_time, modes, session, unix_time, verifier, warm,
    wire::{Seen, ask, bearer, get, serve_axum},
};

const FORBIDDEN: &str =
    "HTTP/1.1 403 Forbidden\r\ncache-control: no-store\r\ncontent-length: 0\r\n\r\n";
/// Who develops is told what is missing; strangers are not.
const NO_LAYER: &str = if cfg!(debug_assertions) {
    "HTTP/1.1 500 Internal Server Error\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 46\r\n\r\n\
    there is no AuthLayer in front of this handler"
} else {
    "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"
};

struct Admin;

impl Protect for Admin {
    fn require() -> Require {
        Require::new().role("org:admin")
    }
}

/// What a handler says.
fn said(text: &str) -> String {
    let type_ = "content-type: text/plain; charset=utf-8";
    format!("HTTP/1.1 200 OK\r\n{type_}\r\ncontent-length: {}\r\n\r\n{text}", text.len())
}

/// A handler for each extractor.
fn router() -> Router {
    Router::new()
        .route("/auth", route(async |Auth(auth): Auth| auth.to_string()))
        .route(
            "/option",
            route(async |auth: Option<Auth>| {
                auth.map_or("nobody".to_owned(), |auth| auth.token_type().to_string())
            }),
        )
        .route(
            "/optional_session",
            route(async |session: Option<Session>| {
                session.map_or("nobody".to_owned(), |session| session.user_id.to_string())
            }),
        )
        .route("/session", route(async |session: Session| session.user_id.to_string()))
        .route(
            "/protected",
            route(async |admin: Protected<Admin>| admin.session.user_id.to_string()),
        )
}

const PATHS: [&str; 5] = ["/auth", "/option", "/optional_session", "/session", "/protected"];

#[tokio::test]
async fn each_extractor_for_each_caller() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let opaque = api.stand_in.with(|stand_in| stand_in.add_m2m_token("mch_1"));
        let issued = crate::adjusted(&clerk).issuer(ISSUER).build().unwrap();
        let [required, optional] = modes(&clerk, &issued).map(|layer| layer.accept(any()));
        let behind = serve_axum(router().layer(required)).await;
        let behind_optional = serve_axum(router().layer(optional)).await;
        let without = serve_axum(router()).await;

        let (now, key) = (unix_time(), TestKey::first());
        let admin = bearer(&session(&key).organization("org_1", "org:admin").mint(now));
        let member = bearer(&session(&key).organization("org_1", "org:member").mint(now));
        let nowhere = bearer(&session(&key).mint(now));
        let expired = session(&key).organization("org_1", "org:admin").mint(now - 7200);
        let machine = bearer(&key.m2m("mch_1").issuer(ISSUER).mint(now));
        let (user, user_id) = (said("session_token of user_1"), said("user_1"));
        let (a_session, a_machine) = (said("session_token"), said("m2m_token of mch_1"));
        let (m2m, nobody) = (said("m2m_token"), said("nobody"));
        let (out, may_not) = (UNAUTHORIZED, FORBIDDEN);
        for (name, address, request, answers) in [
            ("admin", behind, &admin, [&*user, &a_session, &user_id, &user_id, &user_id]),
            ("admin", behind_optional, &admin, [&user, &a_session, &user_id, &user_id, &user_id]),
            ("admin", without, &admin, [NO_LAYER; 5]),
            ("member", behind, &member, [&user, &a_session, &user_id, &user_id, may_not]),
            ("member", behind_optional, &member, [&user, &a_session, &user_id, &user_id, may_not]),
            (
                "in no organization",
                behind,
                &nowhere,
                [&user, &a_session, &user_id, &user_id, may_not],
            ),
            ("machine", behind, &machine, [&a_machine, &m2m, may_not, may_not, may_not]),
            ("machine", behind_optional, &machine, [&a_machine, &m2m, may_not, may_not, may_not]),
            ("opaque", behind, &bearer(&opaque), [&a_machine, &m2m, may_not, may_not, may_not]),
            ("nobody", behind, &get(""), [out; 5]),
            ("nobody", behind_optional, &get(""), [out, &nobody, &nobody, out, out]),
            ("nobody", without, &get(""), [NO_LAYER; 5]),
            ("expired", behind, &bearer(&expired), [out; 5]),
            ("expired", behind_optional, &bearer(&expired), [out, &nobody, &nobody, out, out]),
        ] {
            for (path, answer) in PATHS.into_iter().zip(answers) {
                let request = request.replacen("GET /", &format!("GET {path}"), 1);
                assert_eq!(ask(address, &request).await, answer, "{name} {path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn where_nobody_can_say_no_extractor_is_asked() {
    in_time(async {
        let api = Api::held().await;
        api.stand_in.with(|stand_in| stand_in.set_keys([]));
        api.release();
        let clerk = clerk(&api.url);
        for mode in [0, 1] {
            for path in PATHS {
                let layer = modes(&clerk, &verifier(&clerk))[mode].clone();
                let address = serve_axum(router().layer(layer)).await;
                let request = bearer(&crate::session_token());
                let request = request.replacen("GET /", &format!("GET {path}"), 1);
                assert_eq!(ask(address, &request).await, UNAVAILABLE, "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_layer_on_one_route_protects_that_one() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let [required, optional] = modes(&clerk, &warm(&clerk).await);
        let seen = Seen::default();
        let app = router()
            .layer(required)
            .merge(
                Router::new().route("/", route(async |_: Option<Auth>| "anybody")).layer(optional),
            )
            .fallback_service(seen.handler());
        let address = serve_axum(app).await;
        assert_eq!(ask(address, &get("")).await, said("anybody"));
        for path in PATHS {
            let request = get("").replacen("GET /", &format!("GET {path}"), 1);
            assert_eq!(ask(address, &request).await, UNAUTHORIZED, "{path}");
        }
        assert_eq!(seen.count(), 0);
        // What was added behind the layer is not behind it.
        assert_eq!(ask(address, &get("").replacen("GET /", "GET /other", 1)).await, REACHED);
        assert_eq!(seen.take(), ["(None, None)"]);
    })
    .await;
}
