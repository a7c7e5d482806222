//! What the layer costs a request whose key is at hand: a service behind it, against the same service that
//! verifies the token by itself.
//!
//! `bash .ci/bench` runs it with all others; core/docs/benchmarks.md says what is measured and what was seen.
#![allow(clippy::unwrap_used, clippy::panic)] // A benchmark that fails stops.
use std::{
    convert::Infallible,
    future::{Ready, ready},
    hint::black_box,
    pin::pin,
    process::ExitCode,
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clerk_bench_support::{
    SECRET_KEY, USER_ID,
    values::{Bars, Case, Group, MostAllocations, main as run},
};
use clerk_hyper::{
    AuthLayer, Clerk,
    auth::{Auth, SessionAuth, Verifier},
    testing::{StandIn, StandInTransport, TestKey},
};
use http::{HeaderMap, Request, Response, header::AUTHORIZATION, request::Parts};
use http_body_util::Empty;
use tokio::runtime;
use tower_layer::Layer as _;
use tower_service::Service;

type Body = Empty<bytes::Bytes>;

/// A handler that wants to know who is calling.
#[derive(Clone)]
struct Handler {
    /// What it verifies tokens with by itself; nothing behind the layer.
    verifier: Option<Verifier>,
}

impl Handler {
    fn by_hand(verifier: &Verifier, headers: &HeaderMap) -> SessionAuth {
        let token = headers[AUTHORIZATION].to_str().unwrap().strip_prefix("Bearer ").unwrap();
        verifier.verify_local(token, SystemTime::now()).unwrap()
    }
}

impl Service<Request<Body>> for Handler {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match &self.verifier {
            Some(verifier) => {
                assert_eq!(Self::by_hand(verifier, request.headers()).user_id, USER_ID);
            }
            None => {
                let auth = request.extensions().get::<Auth>().unwrap();
                assert_eq!(auth.session().unwrap().user_id, USER_ID);
            }
        }
        ready(Ok(Response::new(Body::new())))
    }
}

/// Serves one request; nothing of it may wait.
fn serve(service: &mut impl Service<Request<Body>, Response = Response<Body>>, parts: &Parts) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    let request = Request::from_parts(black_box(parts).clone(), Body::new());
    let Poll::Ready(answer) = pin!(service.call(request)).poll(&mut context) else {
        panic!("it waits")
    };
    assert_eq!(answer.unwrap_or_else(|_| panic!("it fails")).status(), 200);
}

fn main() -> ExitCode {
    let stand_in = StandInTransport::new(StandIn::new(SECRET_KEY));
    let clerk = Clerk::builder(SECRET_KEY).stand_in(&stand_in).build().unwrap();
    let verifier = clerk
        .verifier()
        .issuer("https://clerk.example.com")
        .authorized_party("https://app.example.com")
        .build()
        .unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let token = TestKey::first()
        .session(USER_ID)
        .issuer("https://clerk.example.com")
        .authorized_party("https://app.example.com")
        .organization("org_2zC4oLg9StYr6XkUe1WiDa8NhFv", "org:admin")
        .permissions(&[("posts", "publish"), ("posts", "read"), ("teams", "read")])
        .claim("sid", "sess_2zA1bCd3EfGh5IjKl7MnOp9QrSt")
        .lifetime(3600)
        .mint(i64::try_from(now).unwrap());

    // As in a server: within a runtime, and with the keys at hand.
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(clerk.verify::<Auth>(&verifier, &token)).unwrap();
    let _entered = runtime.enter();

    let request = Request::get("/me").header(AUTHORIZATION, format!("Bearer {token}"));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let (parts_by_hand, parts_layered) = (parts.clone(), parts);
    let mut layered = AuthLayer::new(&clerk, &verifier).layer(Handler { verifier: None });
    let mut by_hand = Handler { verifier: Some(verifier) };
    run(vec![Group {
        title: "layer: a request with a session token, with ring",
        limit: Case::new("layer/limit: the handler calls verify_local", move || {
            serve(&mut by_hand, &parts_by_hand)
        }),
        ours: vec![(
            Case::new("layer/ours: the handler is behind AuthLayer", move || {
                serve(&mut layered, &parts_layered)
            }),
            Bars {
                cost: None,
                more_time: Some(Duration::from_micros(3)),
                allocations: Some(MostAllocations::More(5.0)),
            },
        )],
        repetitions: 200,
    }])
}
