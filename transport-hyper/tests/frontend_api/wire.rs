//! Both ends of the proxy, byte for byte.
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::Router;
use clerk_hyper::frontend_api::FrontendApiService;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// One end of a connection.
pub(crate) struct Peer {
    stream: TcpStream,
    log: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, log: Arc::default() }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends as long as the other side takes it.
    pub(crate) async fn flood(&mut self, bytes: &[u8]) {
        while self.stream.write_all(bytes).await.is_ok() {}
    }

    /// The next head, without its date; `None` if the other side is done.
    pub(crate) async fn head(&mut self) -> Option<String> {
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n\r\n") {
            match self.stream.read_u8().await {
                Ok(byte) => read.push(byte),
                Err(_) => {
                    assert_eq!(String::from_utf8_lossy(&read), "", "half a head");
                    return None;
                }
            }
        }
        let text = String::from_utf8(read).unwrap();
        let lines = text.split_inclusive("\r\n").filter(|line| !line.starts_with("date: "));
        let head: String = lines.collect();
        self.log.lock().unwrap().push(head.clone());
        Some(head)
    }

    pub(crate) async fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await.unwrap();
        bytes
    }

    /// All pieces of a chunked body, and whether it came to its end.
    pub(crate) async fn chunks(&mut self) -> (Vec<u8>, bool) {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await {
            if chunk.is_empty() {
                return (all, true);
            }
            all.extend(chunk);
        }
        (all, false)
    }

    /// One piece of a chunked body; empty at its end, `None` if it breaks off.
    pub(crate) async fn chunk(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(self.stream.read_u8().await.ok()?);
        }
        let size = std::str::from_utf8(&line).unwrap().trim();
        let mut chunk = vec![0; usize::from_str_radix(size, 16).unwrap() + 2];
        self.stream.read_exact(&mut chunk).await.ok()?;
        assert!(chunk.ends_with(b"\r\n"));
        chunk.truncate(chunk.len() - 2);
        Some(chunk)
    }

    /// A head with the body that it announces.
    pub(crate) async fn answer(&mut self) -> String {
        let head = self.head().await.expect("there is no answer");
        let length = field(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        head + std::str::from_utf8(&self.exactly(length).await).unwrap()
    }

    /// What comes until the other side is done.
    pub(crate) async fn rest(mut self) -> String {
        let mut rest = Vec::new();
        drop(self.stream.read_to_end(&mut rest).await); // A reset is as good an end as any.
        String::from_utf8(rest).unwrap()
    }

    /// Says that nothing more is sent.
    pub(crate) async fn finish(&mut self) {
        self.stream.shutdown().await.unwrap();
    }
}

pub(crate) fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut fields = head.split("\r\n").filter_map(|line| line.split_once(": "));
    fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A server that does what a test says on each connection, and keeps the heads that it saw.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    pub(crate) async fn start<F>(mut script: impl FnMut(Peer) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                tokio::spawn(script(Peer { stream, log: Arc::clone(&kept) }));
            }
        });
        Self { address, log }
    }

    /// Answers every request, once it is there, with these bytes.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::start(move |mut peer| {
            let answer = Arc::clone(&answer);
            async move {
                while let Some(head) = peer.head().await {
                    let length = field(&head, "content-length").map_or(0, |it| it.parse().unwrap());
                    peer.exactly(length).await;
                    peer.send(&*answer).await;
                }
            }
        })
        .await
    }

    pub(crate) async fn ok() -> Self {
        Self::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await
    }

    /// The heads so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

/// An application on hyper alone, with nothing but the proxy.
pub(crate) async fn bare(service: FrontendApiService) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(async move { drop(connection.await) }); // A client that goes away is no news.
        }
    });
    address
}

pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// An application on axum, which has more than the proxy.
pub(crate) async fn on_axum(service: FrontendApiService) -> SocketAddr {
    let router = Router::new().route_service("/__clerk/{*rest}", service);
    serve(router.fallback(async || (http::StatusCode::IM_A_TEAPOT, "the application"))).await
}

/// The same proxy in both.
pub(crate) async fn both(service: &FrontendApiService) -> [SocketAddr; 2] {
    [bare(service.clone()).await, on_axum(service.clone()).await]
}

/// The answer to one request on a connection of its own.
pub(crate) async fn ask(app: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut browser = Peer::connect(app).await;
    browser.send(request).await;
    browser.answer().await
}
