//! Servers, what their handlers see, and a client that shows answers byte for byte.
use std::{
    convert::Infallible,
    error::Error as StdError,
    future::ready,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use axum::Router;
use clerk_hyper::{
    AuthLayer, Responder,
    auth::{Auth, Rejection},
    bytes::Bytes,
};
use http::{Extensions, Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower::{Layer as _, Service, service_fn};

pub(crate) type Body = Full<Bytes>;

/// What the handler was reached with, one text for each request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn note(&self, extensions: &Extensions) {
        let found = (extensions.get::<Auth>(), extensions.get::<Rejection>());
        self.0.lock().unwrap().push(match found {
            (Some(auth), None) => auth.to_string(),
            (None, Some(rejection)) => rejection.reason.code().to_owned(),
            found => format!("{found:?}"),
        });
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// A handler that notes what it sees.
    pub(crate) fn handler<B: Send + 'static>(&self) -> impl Handler<B> {
        let seen = self.clone();
        service_fn(move |request: Request<B>| {
            seen.note(request.extensions());
            ready(Ok(Response::new(Full::from("reached"))))
        })
    }
}

/// A service as servers want it.
pub(crate) trait Handler<B>:
    Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<B, S> Handler<B> for S where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// A server on hyper.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    open: watch::Sender<usize>,
}

impl Served {
    /// How many connections there were.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }

    /// Waits until that many connections are left.
    pub(crate) async fn left(&self, count: usize) {
        self.open.subscribe().wait_for(|open| *open == count).await.unwrap();
    }
}

/// Serves on a port of its own, with nothing but hyper.
pub(crate) async fn serve<S>(service: S) -> Served
where
    S: Service<Request<Incoming>, Response = Response<Body>, Future: Send + 'static>,
    S: Clone + Send + 'static,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, (open, _)) = (Arc::<AtomicUsize>::default(), watch::channel(0));
    let served = Served { address, accepted: Arc::clone(&accepted), open: open.clone() };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            accepted.fetch_add(1, SeqCst);
            open.send_modify(|open| *open += 1);
            let connection = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service.clone()));
            let open = open.clone();
            tokio::spawn(async move {
                drop(connection.await); // A client that goes away is no news.
                open.send_modify(|open| *open -= 1);
            });
        }
    });
    served
}

/// Serves one connection that needs no socket, and gives its other end.
pub(crate) fn pipe<S>(service: S) -> Raw<DuplexStream>
where
    S: Service<Request<Incoming>, Response = Response<Body>, Future: Send + 'static>,
    S: Clone + Send + 'static,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let (near, far) = duplex(4096);
    let connection = http1::Builder::new()
        .serve_connection(TokioIo::new(far), TowerToHyperService::new(service));
    tokio::spawn(async move { drop(connection.await) });
    Raw(near)
}

pub(crate) async fn serve_axum(router: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A server with this layer in front of a handler: on hyper alone, and on axum.
pub(crate) async fn both<R>(layer: &AuthLayer<R>, seen: &Seen) -> [SocketAddr; 2]
where
    R: Responder<Body> + Responder<axum::body::Body> + Clone + Send + Sync + 'static,
{
    let bare = serve(layer.layer(seen.handler())).await;
    let router = Router::new().fallback_service(seen.handler()).layer(layer.clone());
    [bare.address, serve_axum(router).await]
}

/// The client's end of a connection.
pub(crate) struct Raw<S>(S);

impl Raw<TcpStream> {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Raw<S> {
    pub(crate) async fn send(&mut self, request: &str) {
        self.0.write_all(request.as_bytes()).await.unwrap();
    }

    /// One answer, byte for byte but for its date, of which there must be one.
    pub(crate) async fn answer(&mut self, to: &str) -> String {
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n\r\n") {
            read.push(self.0.read_u8().await.unwrap());
        }
        let head = String::from_utf8(read).unwrap();
        let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; if to.starts_with("HEAD ") { 0 } else { length }];
        self.0.read_exact(&mut body).await.unwrap();
        let date = header(&head, "date").unwrap();
        assert!(date.len() == 29 && date.ends_with(" GMT"), "{head}");
        let head = head.replacen(&format!("date: {date}\r\n"), "", 1);
        assert!(!head.contains("\r\ndate:"), "{head}");
        head + std::str::from_utf8(&body).unwrap()
    }

    pub(crate) async fn ask(&mut self, request: &str) -> String {
        self.send(request).await;
        self.answer(request).await
    }

    /// Says that nothing more was sent.
    pub(crate) async fn nothing_else(mut self) {
        self.0.shutdown().await.unwrap();
        let mut rest = Vec::new();
        drop(self.0.read_to_end(&mut rest).await); // A reset is as good an end as any.
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n")
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// The answer to one request on a connection of its own.
pub(crate) async fn ask(address: SocketAddr, request: &str) -> String {
    let mut raw = Raw::connect(address).await;
    let answer = raw.ask(request).await;
    raw.nothing_else().await;
    answer
}

/// A request with these header lines.
pub(crate) fn get(lines: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: app\r\n{lines}\r\n")
}

pub(crate) fn bearer(token: &str) -> String {
    get(&format!("authorization: Bearer {token}\r\n"))
}
