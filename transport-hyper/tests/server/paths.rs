//! Whatever is asked for is protected.
use axum::{Router, body::Body as AxumBody, routing::get as route};
use http::{Request, Response};
use tower::{Layer as _, service_fn};

use crate::{
    UNAUTHORIZED,
    api::Api,
    clerk, in_time, modes, session_token, warm,
    wire::{Raw, Seen, ask, both, serve_axum},
};

/// The beginning of a request, and a name for what it is.
const LINES: [&str; 20] = [
    "GET /",
    "GET //",
    "GET ///health",
    "GET /health",
    "GET /health/",
    "GET /%2e%2e",
    "GET /..%2f..%2f",
    "GET /public/../private",
    "GET /.well-known/jwks.json",
    "GET /?health",
    "GET http://app/health",
    "GET http://elsewhere.example.com/",
    "HEAD /health",
    "OPTIONS /",
    "OPTIONS *",
    "TRACE /",
    "PUT /health",
    "DELETE /",
    "BREW /pot",
    "CONNECT app:443",
];

#[tokio::test]
async fn every_method_and_path_is_protected() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let [required, _] = modes(&clerk, &warm(&clerk).await);
        let seen = Seen::default();
        let [bare, fallback] = both(&required, &seen).await;
        let noting = || {
            let seen = seen.clone();
            route(async move |request: Request<AxumBody>| seen.note(request.extensions()))
        };
        // The layer is in front of what there is no route for, too.
        let router = Router::new()
            .route("/", noting())
            .route("/health", noting())
            .nest("/public", Router::new().route("/", noting()));
        let whole = Router::new().fallback_service(required.layer(router.clone()));
        let whole = serve_axum(whole).await;
        let routed = serve_axum(router.layer(required.clone())).await;
        let good = format!("authorization: Bearer {}\r\n", session_token());
        for line in LINES {
            let request = |more: &str| format!("{line} HTTP/1.1\r\nhost: app\r\n{more}\r\n");
            for address in [bare, fallback, whole, routed] {
                let mut answer = ask(address, &request("")).await;
                if line.starts_with("HEAD ") && !answer.contains("content-length") {
                    // Some servers tell the length of what does not come, and some do not.
                    answer = answer.replacen("\r\n\r\n", "\r\ncontent-length: 0\r\n\r\n", 1);
                }
                if address == routed {
                    // Around the layers of its routes, axum tells which methods they have.
                    answer = answer.replacen("allow: GET,HEAD\r\n", "", 1);
                }
                assert_eq!(answer, UNAUTHORIZED, "{line}");
            }
            assert_eq!(seen.take(), [""; 0], "{line}");
            for address in [bare, fallback] {
                // After CONNECT there is no HTTP any more: only its answer is of interest.
                let answer = Raw::connect(address).await.ask(&request(&good)).await;
                assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{line}: {answer}");
                assert_eq!(seen.take(), ["session_token of user_1"], "{line}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_has_no_memory() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let [required, _] = modes(&clerk, &warm(&clerk).await);
        let seen = Seen::default();
        let good = format!("authorization: Bearer {}\r\n", session_token());
        for address in both(&required, &seen).await {
            let mut raw = Raw::connect(address).await;
            for (lines, status) in [(&*good, "200"), ("", "401"), (&good, "200"), ("", "401")] {
                // What is refused is not read, and is not taken for the next request either.
                let body = "GET / HTTP/1.1\r\nhost: app\r\nauthorization: Bearer x\r\n\r\n";
                let length = body.len();
                let request = format!(
                    "POST / HTTP/1.1\r\nhost: app\r\n{lines}content-length: {length}\r\n\r\n{body}"
                );
                let answer = raw.ask(&request).await;
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
            }
            assert_eq!(seen.take(), ["session_token of user_1"; 2]);
            raw.nothing_else().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_goes_in_and_out_is_not_changed() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        // Without keys a request waits, and is the same afterwards.
        for verifier in [warm(&clerk).await, crate::verifier(&clerk)] {
            let [required, _] = modes(&clerk, &verifier);
            let echo = route(async || "").post(async |request: Request<AxumBody>| {
                let (parts, body) = request.into_parts();
                assert_eq!((parts.uri.path(), parts.uri.query()), ("/echo", Some("a=b")));
                let answer =
                    Response::builder().status(418).header("x-own", &parts.headers["x-own"]);
                answer.body(body).unwrap()
            });
            let router = Router::new().route("/echo", echo).layer(required);
            let request = format!(
                "POST /echo?a=b HTTP/1.1\r\nhost: app\r\nx-own: 7\r\nauthorization: Bearer {}\r\n\
                 content-length: 5\r\n\r\nhello",
                session_token()
            );
            assert_eq!(
                ask(serve_axum(router).await, &request).await,
                "HTTP/1.1 418 I'm a teapot\r\nx-own: 7\r\ncontent-length: 5\r\n\r\nhello"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_error_of_the_service_is_its_own() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        for verifier in [warm(&clerk).await, crate::verifier(&clerk)] {
            for layer in modes(&clerk, &verifier) {
                let broken = service_fn(async |_: Request<()>| {
                    Err::<Response<crate::wire::Body>, _>("it is broken")
                });
                let mut service = layer.layer(broken);
                let request = Request::get("/")
                    .header("authorization", format!("Bearer {}", session_token()));
                let error = tower::Service::call(&mut service, request.body(()).unwrap()).await;
                assert_eq!(error.unwrap_err(), "it is broken");
            }
        }
    })
    .await;
}
