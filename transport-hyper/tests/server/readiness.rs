//! Which service is called, and what becomes of those who go away.
use std::{
    convert::Infallible,
    future::{Future, Ready, poll_fn, ready},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
};

use clerk_core::testing::TestKey;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::sync::watch;
use tower::{Layer as _, Service, limit::ConcurrencyLimit, service_fn};

use crate::{
    REACHED, UNAVAILABLE, adjusted, any,
    api::Api,
    clerk, in_time, modes, session_token, verifier, warm,
    wire::{Body, Raw, Seen, bearer, pipe, serve},
};

fn request(token: &str) -> Request<()> {
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    request.body(()).unwrap()
}

fn is_pending(future: impl Future) -> bool {
    pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

/// A service that insists on being asked before it is called, each clone for itself.
struct Strict {
    number: usize,
    is_ready: bool,
    /// The first number that no clone has.
    next: Arc<AtomicUsize>,
    log: Arc<Mutex<Vec<(&'static str, usize)>>>,
}

impl Strict {
    fn new() -> Self {
        let next = Arc::new(AtomicUsize::new(1));
        Self { number: 0, is_ready: false, next, log: Arc::default() }
    }
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        let (next, log) = (Arc::clone(&self.next), Arc::clone(&self.log));
        Self { number: next.fetch_add(1, SeqCst), is_ready: false, next, log }
    }
}

impl Service<Request<()>> for Strict {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        self.log.lock().unwrap().push(("ready", self.number));
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        assert!(self.is_ready, "{} was not asked", self.number);
        self.is_ready = false;
        self.log.lock().unwrap().push(("called", self.number));
        ready(Ok(Response::default()))
    }
}

async fn is_ready<S: Service<Request<()>, Error = Infallible>>(service: &mut S) {
    poll_fn(|context| service.poll_ready(context)).await.unwrap();
}

#[tokio::test]
async fn the_service_that_is_ready_is_the_one_that_is_called() {
    in_time(async {
        let api = Api::held().await;
        let clerk = clerk(&api.url);
        let [required, _] = modes(&clerk, &verifier(&clerk));
        let (good, strict) = (session_token(), Strict::new());
        let log = Arc::clone(&strict.log);
        let take = || std::mem::take(&mut *log.lock().unwrap());
        let mut service = required.layer(strict);

        // Without keys they wait. The one that is ready stays ready for others, and each gets one of its own, which
        // is asked when it is known who it is.
        let mut waits = Vec::new();
        for _ in 0..3 {
            is_ready(&mut service).await;
            waits.push(tokio::spawn(service.call(request(&good))));
        }
        api.asked(1).await;
        assert_eq!(take(), [("ready", 0); 3]);
        api.release();
        for waits in waits {
            assert_eq!(waits.await.unwrap().unwrap().status(), StatusCode::OK);
        }
        let mut called = take();
        called.sort_unstable(); // Who comes first is open.
        let own = [1, 2, 3].map(|number| ("called", number));
        assert_eq!(called, [own, [1, 2, 3].map(|number| ("ready", number))].concat());

        // With keys there is one service, and who is refused leaves it ready.
        for (token, status) in [(&*good, 200), ("garbage", 401), (&good, 200)] {
            is_ready(&mut service).await;
            let response = service.call(request(token)).await.unwrap();
            assert_eq!(response.status(), status);
        }
        let same = [("ready", 0), ("called", 0), ("ready", 0), ("ready", 0), ("called", 0)];
        assert_eq!(take(), same);
    })
    .await;
}

#[tokio::test]
async fn who_waits_takes_nothing_from_the_service() {
    in_time(async {
        let api = Api::held().await;
        let clerk = clerk(&api.url);
        let (_, key) = api.stand_in.with(|stand_in| stand_in.add_api_key("org_1", "robot"));
        let verifier = adjusted(&clerk).key_set(TestKey::first().key_set()).build().unwrap();
        let seen = Seen::default();
        let service = ConcurrencyLimit::new(seen.handler(), 1); // one request at a time
        let service = modes(&clerk, &verifier)[0].clone().accept(any()).layer(service);
        let mut waits = pipe(service.clone());
        waits.send(&bearer(&key)).await;
        api.asked(1).await;
        assert_eq!(pipe(service).ask(&bearer(&session_token())).await, REACHED);
        assert_eq!((seen.count(), api.log().len()), (1, 0));
        api.release();
        assert_eq!(waits.answer(&bearer(&key)).await, REACHED);
    })
    .await;
}

/// A service that never is ready.
#[derive(Clone)]
struct Busy;

impl Service<Request<()>> for Busy {
    type Response = Response<Body>;
    type Error = &'static str;
    type Future = Ready<Result<Response<Body>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        panic!("it was not ready")
    }
}

#[tokio::test]
async fn a_busy_service_is_busy_behind_the_layer() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let mut service = modes(&clerk, &warm(&clerk).await)[0].layer(Busy);
        assert!(service.poll_ready(&mut Context::from_waker(Waker::noop())).is_pending());
    })
    .await;
}

/// With one place to wait in, those who go away while they wait leave it to others.
async fn places_come_back(token: String, fetches: usize) {
    let api = Api::held().await;
    let clerk = clerk(&api.url);
    let (_, key) = api.stand_in.with(|stand_in| stand_in.add_api_key("org_1", "robot"));
    let token = if token.is_empty() { key } else { token };
    let verifier = adjusted(&clerk).max_waiting(1).build().unwrap();
    let [required, _] = modes(&clerk, &verifier);
    let mut service = required.accept(any()).layer(Seen::default().handler());
    let mut tasks = Vec::new();
    for _ in 0..fetches {
        tasks.push(tokio::spawn(service.call(request(&token)))); // It takes no place.
    }
    api.asked(fetches).await;
    for _ in 0..1000 {
        assert!(is_pending(service.call(request(&token))));
        drop(service.call(request(&token))); // Never polled.
    }
    // Who is refused takes none either.
    tasks.push(tokio::spawn(service.call(request(&token))));
    for _ in 0..1000 {
        let refused = service.call(request(&token)).await.unwrap();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    api.release();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    // And it is there for the next one, whoever had it.
    let response = service.call(request(&token)).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn places_come_back_from_those_who_wait_for_keys() {
    in_time(places_come_back(session_token(), 1)).await;
}

#[tokio::test]
async fn places_come_back_from_those_who_ask() {
    in_time(places_come_back(String::new(), 0)).await;
}

#[tokio::test]
async fn connections_that_go_away_leave_their_places() {
    const PLACES: usize = 50;
    in_time(async {
        let api = Api::held().await;
        let clerk = clerk(&api.url);
        let verifier = adjusted(&clerk).max_waiting(PLACES).build().unwrap();
        let (seen, (calls, mut called)) = (Seen::default(), watch::channel(0));
        let service = modes(&clerk, &verifier)[0].layer(seen.handler());
        let served = serve(service_fn(move |request: Request<Incoming>| {
            let answer = service.clone().call(request);
            calls.send_modify(|called| *called += 1); // It has its place now.
            answer
        }))
        .await;
        let good = bearer(&session_token());
        let sent = async || {
            let mut raw = Raw::connect(served.address).await;
            raw.send(&good).await;
            raw
        };
        let mut first = sent().await;
        api.asked(1).await;
        for round in 0..3 {
            let mut waits = Vec::new();
            for _ in 0..PLACES {
                waits.push(sent().await);
            }
            let before = 1 + round * (PLACES + 1);
            called.wait_for(|called| *called == before + PLACES).await.unwrap();
            // All places are taken.
            assert_eq!(Raw::connect(served.address).await.ask(&good).await, UNAVAILABLE);
            if round < 2 {
                drop(waits);
                served.left(1).await;
                continue;
            }
            api.release();
            for raw in &mut waits {
                assert_eq!(raw.answer(&good).await, REACHED);
            }
        }
        assert_eq!(first.answer(&good).await, REACHED);
        assert_eq!(seen.count(), PLACES + 1);
        assert_eq!(api.count(), 1);
    })
    .await;
}
