//! Services and connectors of the caller's.
use std::{
    convert::Infallible,
    future::{Ready, ready},
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::Bytes;
use clerk_hyper::{Body, Clerk, Error, FailureKind, HttpService, RawOperation, Reach, RetryPolicy};
use http::{Method, Request, Response, Uri};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection, HttpConnector},
    rt::TokioIo,
};
use tokio::io::DuplexStream;
use tower_service::Service;

use crate::{
    calls::echo,
    server::{Seen, Server, serve},
};

/// Answers from memory: the method, the URI and the body that it got.
#[derive(Clone)]
struct Mirror;

impl Service<Request<Body>> for Mirror {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (head, body) = request.into_parts();
        assert!(head.headers["authorization"].is_sensitive());
        let text = format!(
            "{:?}",
            [
                head.method.to_string(),
                head.uri.to_string(),
                String::from_utf8(body.into_bytes().into()).unwrap()
            ]
        );
        ready(Ok(Response::new(Bytes::from(text).into())))
    }
}

#[tokio::test]
async fn a_service_in_memory() {
    fn is_a_service(_: &impl HttpService) {}
    is_a_service(&Mirror);
    let clerk = Clerk::builder("sk_test_x").service(Mirror).build().unwrap();
    let answer: Vec<String> =
        clerk.call(RawOperation::new(Method::PUT, "/x").body(&7).returns()).await.unwrap();
    assert_eq!(answer, ["PUT", "https://api.clerk.com/v1/x", "7"]);
}

#[tokio::test]
async fn a_service_that_fails() {
    /// Neither `Sync` nor quick to be ready.
    #[derive(Clone)]
    struct Broken(std::cell::Cell<bool>);
    impl Service<Request<Body>> for Broken {
        type Response = Response<Body>;
        type Error = io::Error;
        type Future = Ready<Result<Response<Body>, io::Error>>;

        fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
            if self.0.replace(true) {
                return Poll::Ready(Ok(()));
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        }

        fn call(&mut self, _: Request<Body>) -> Self::Future {
            assert!(self.0.get(), "not asked whether it is ready");
            ready(Err(io::Error::other("lost")))
        }
    }
    let clerk = Clerk::builder("sk_test_x")
        .service(Broken(false.into()))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = clerk.call(RawOperation::new(Method::GET, "/x")).await.unwrap_err();
    let failure = error.failure().unwrap();
    // Nobody knows what it did before.
    assert_eq!((failure.kind, failure.reach), (FailureKind::Closed, Reach::MaybeSent));
}

/// Connects every host to one server in memory.
#[derive(Clone)]
struct InMemory {
    seen: Arc<Mutex<Vec<Seen>>>,
    asked: Arc<Mutex<Vec<Uri>>>,
    claims_h2: bool,
}

impl InMemory {
    fn new(claims_h2: bool) -> Self {
        Self { seen: Arc::default(), asked: Arc::default(), claims_h2 }
    }
}

struct Pipe {
    io: TokioIo<DuplexStream>,
    claims_h2: bool,
}

impl Service<Uri> for InMemory {
    type Response = Pipe;
    type Error = Infallible;
    type Future = Ready<Result<Pipe, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        self.asked.lock().unwrap().push(uri);
        let (here, there) = tokio::io::duplex(64);
        tokio::spawn(serve(there, Arc::clone(&self.seen), Arc::new(echo)));
        ready(Ok(Pipe { io: TokioIo::new(here), claims_h2: self.claims_h2 }))
    }
}

impl Connection for Pipe {
    fn connected(&self) -> Connected {
        if self.claims_h2 { Connected::new().negotiated_h2() } else { Connected::new() }
    }
}

impl Read for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl Write for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn a_connector_in_memory() {
    let connector = InMemory::new(false);
    let clerk = Clerk::builder("sk_test_x").connector(connector.clone()).build().unwrap();
    for n in 0..3 {
        let answer: String = clerk
            .call(RawOperation::new(Method::GET, format!("/echo/{n}")).returns())
            .await
            .unwrap();
        assert_eq!(answer, n.to_string());
    }
    // Our pool is over it: one connection for three calls.
    assert_eq!(*connector.asked.lock().unwrap(), ["https://api.clerk.com/"]);
    assert!(connector.seen.lock().unwrap()[0].text.contains("\r\nhost: api.clerk.com\r\n"));
}

#[tokio::test]
async fn a_connector_that_negotiated_http_2() {
    let clerk = Clerk::builder("sk_test_x")
        .connector(InMemory::new(true))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = clerk.call(RawOperation::new(Method::GET, "/x")).await.unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!((failure.kind, failure.reach), (FailureKind::Connect, Reach::NotSent));
}

#[tokio::test]
async fn a_connector_of_hyper_util() {
    let server = Server::start(echo).await;
    let clerk = server.builder().connector(HttpConnector::new()).build().unwrap();
    let answer: String =
        clerk.call(RawOperation::new(Method::GET, "/echo/1").returns()).await.unwrap();
    assert_eq!(answer, "1");
    // It refuses https by itself, and the key goes nowhere.
    let clerk = Clerk::builder("sk_test_x")
        .connector(HttpConnector::new())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error: Error = clerk.call(RawOperation::new(Method::GET, "/x")).await.unwrap_err();
    assert_eq!(error.failure().unwrap().kind, FailureKind::Connect);
}
