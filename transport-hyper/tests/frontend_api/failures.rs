//! A Frontend API that does not answer, or not well.
use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use clerk_hyper::{Failure, FailureKind, Phase, frontend_api::ProxyRefusal};
use http::{Request, Uri};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tower::{ServiceExt as _, service_fn};

use crate::{
    builder, in_time, late, service, unreachable,
    wire::{Peer, Upstream, ask, bare, both},
};

const GET: &str = "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n";

fn request() -> Request<Empty<Bytes>> {
    Request::get("/__clerk/v1").body(Empty::new()).unwrap()
}

#[tokio::test]
async fn nobody_listens() {
    in_time(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        for app in both(&service(address)).await {
            assert_eq!(ask(app, GET).await, unreachable());
        }
    })
    .await;
}

#[tokio::test]
async fn no_answer_that_is_one() {
    in_time(async {
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(200));
        let long = format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "b".repeat(70_000));
        for answer in [
            "",
            "HTTP/1.1 200",
            "nonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
            &many,
            &long,
        ] {
            let answer = Arc::new(answer.to_owned());
            let api = Upstream::start(move |mut peer| {
                let answer = Arc::clone(&answer);
                async move {
                    peer.head().await.unwrap();
                    peer.send(&*answer).await;
                    peer.finish().await;
                    peer.rest().await;
                }
            })
            .await;
            for app in both(&service(api.address)).await {
                assert_eq!(ask(app, GET).await, unreachable());
            }
            assert_eq!(api.seen().len(), 2);
        }
    })
    .await;
}

#[tokio::test]
async fn interim_answers_without_end() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            peer.flood(&b"HTTP/1.1 102 X\r\n\r\n".repeat(1000)).await;
        })
        .await;
        for app in both(&service(api.address)).await {
            assert_eq!(ask(app, GET).await, unreachable());
        }
    })
    .await;
}

#[tokio::test]
async fn chunk_sizes_without_end() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n").await;
            peer.flood(&b"a: b\r\n".repeat(1000)).await;
        })
        .await;
        let mut browser = Peer::connect(bare(service(api.address)).await).await;
        browser.send(GET).await;
        browser.head().await.unwrap();
        assert_eq!(browser.chunks().await, (b"a".to_vec(), false));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabcde").await;
        })
        .await;
        for app in both(&service(api.address)).await {
            let mut browser = Peer::connect(app).await;
            browser.send(GET).await;
            assert_eq!(
                browser.head().await.unwrap(),
                "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"
            );
            assert_eq!(browser.rest().await, "abcde");
        }
    })
    .await;
}

#[tokio::test]
async fn no_answer_in_time() {
    in_time(async {
        let (closed, mut closes) = mpsc::channel(9);
        let api = Upstream::start(move |mut peer| {
            let closed = closed.clone();
            async move {
                peer.head().await.unwrap();
                // Half of an answer is none.
                peer.send("HTTP/1.1 200 OK\r\n").await;
                assert_eq!(peer.head().await, None);
                closed.send(()).await.unwrap();
            }
        })
        .await;
        let service =
            builder(api.address).response_timeout(Duration::from_millis(50)).build().unwrap();
        for app in both(&service).await {
            assert_eq!(ask(app, GET).await, late());
            closes.recv().await.unwrap();
        }
        assert_eq!(api.seen().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_goes_on_has_its_time() {
    in_time(async {
        let (arrived, mut arrives) = mpsc::channel(1);
        let api = Upstream::start(move |mut peer| {
            let arrived = arrived.clone();
            async move {
                peer.head().await.unwrap();
                for _ in 0..8 {
                    assert_eq!(peer.exactly(1).await, b"x");
                    arrived.send(()).await.unwrap();
                }
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
            }
        })
        .await;
        let limit = Duration::from_millis(1000);
        let service = builder(api.address).response_timeout(limit).build().unwrap();
        let mut browser = Peer::connect(bare(service).await).await;
        let start = tokio::time::Instant::now();
        browser.send("POST /__clerk/v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\n").await;
        for _ in 0..8 {
            // A slow line: this is what the test is about, and nothing is waited for by it.
            tokio::time::sleep(limit / 5).await;
            browser.send("x").await;
            arrives.recv().await.unwrap();
        }
        assert_eq!(browser.answer().await, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        assert!(start.elapsed() > limit);
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_stops() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            peer.exactly(1).await;
            assert_eq!(peer.head().await, None);
        })
        .await;
        let service =
            builder(api.address).response_timeout(Duration::from_millis(50)).build().unwrap();
        for app in both(&service).await {
            let request = "POST /__clerk/v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\nx";
            let answer = ask(app, request).await;
            assert_eq!(answer.replace("connection: close\r\n", ""), late());
        }
    })
    .await;
}

#[tokio::test]
async fn no_connection_in_time() {
    in_time(async {
        let address = ([127, 0, 0, 1], 9).into();
        let never = service_fn(async |_: Uri| {
            std::future::pending::<()>().await;
            Err::<TokioIo<TcpStream>, _>("never")
        });
        let limits = builder(address).connector(never).response_timeout(Duration::from_secs(60));
        let service = limits.connect_timeout(Duration::from_millis(50)).build().unwrap();
        for app in both(&service).await {
            assert_eq!(ask(app, GET).await, late());
        }
    })
    .await;
}

#[tokio::test]
async fn logs_are_told_why() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            assert!(peer.head().await.is_some());
            peer.head().await;
        })
        .await;
        let service = builder(api.address).response_timeout(Duration::from_millis(50)).build().unwrap();
        let answer = service.clone().oneshot(request()).await.unwrap();
        let failure = answer.extensions().get::<Arc<Failure>>().unwrap();
        assert_eq!(failure.kind, FailureKind::Timeout(Phase::Headers));
        assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        let elsewhere = Request::get("/x").body(Empty::<Bytes>::new()).unwrap();
        let answer = service.oneshot(elsewhere).await.unwrap();
        let refusal = answer.extensions().get::<ProxyRefusal>().copied();
        assert_eq!(refusal, Some(ProxyRefusal::PathNotProxied));
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let expected = r#"{"errors":[{"code":"proxy_path_mismatch","message":"nothing of the Frontend API is at this path"}]}"#;
        assert_eq!(body, expected);
    })
    .await;
}

#[tokio::test]
async fn who_goes_away_ends_it() {
    in_time(async {
        let (event, mut events) = mpsc::channel(9);
        let api = Upstream::start(move |mut peer| {
            let event = event.clone();
            async move {
                let head = peer.head().await.unwrap();
                event.send("asked").await.unwrap();
                if head.starts_with("POST") {
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabcde").await;
                }
                assert_eq!(peer.head().await, None);
                event.send("closed").await.unwrap();
            }
        })
        .await;
        let service = service(api.address);
        // Before there is an answer.
        let asking = tokio::spawn(service.clone().oneshot(request()));
        assert_eq!(events.recv().await, Some("asked"));
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        assert_eq!(events.recv().await, Some("closed"));
        // In the middle of it.
        let post = Request::post("/__clerk/v1").body(Empty::<Bytes>::new()).unwrap();
        let mut answer = service.clone().oneshot(post).await.unwrap();
        assert_eq!(events.recv().await, Some("asked"));
        let piece = answer.body_mut().frame().await.unwrap().unwrap().into_data().unwrap();
        assert!(!piece.is_empty());
        drop(answer);
        assert_eq!(events.recv().await, Some("closed"));
        // With a browser that hangs up.
        let mut browser = Peer::connect(bare(service).await).await;
        browser.send(GET).await;
        assert_eq!(events.recv().await, Some("asked"));
        drop(browser);
        assert_eq!(events.recv().await, Some("closed"));
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile() {
    in_time(async {
        let (closed, mut closes) = mpsc::channel(9);
        let api = Upstream::start(move |mut peer| {
            let closed = closed.clone();
            async move {
                peer.head().await.unwrap();
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
                drop(peer);
                closed.send(()).await.unwrap();
            }
        })
        .await;
        let app = bare(service(api.address)).await;
        for _ in 0..5 {
            assert_eq!(ask(app, GET).await, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            closes.recv().await.unwrap();
        }
        assert_eq!(api.seen().len(), 5);
    })
    .await;
}
