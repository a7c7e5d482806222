//! A small server that keeps what it saw.
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use clerk_hyper::{Clerk, ClerkBuilder};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};

/// One request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) text: String,
}

impl Seen {
    pub(crate) fn target(&self) -> &str {
        self.text.split(' ').nth(1).unwrap()
    }
}

/// Answers with these bytes, written one piece at a time.
pub(crate) type Answer = Vec<Vec<u8>>;

pub(crate) fn json(status: u16, body: &str) -> Answer {
    vec![
        format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes(),
    ]
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    _running: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, connections) =
            (Arc::<Mutex<Vec<Seen>>>::default(), Arc::<AtomicUsize>::default());
        let (log, count, answer) = (Arc::clone(&seen), Arc::clone(&connections), Arc::new(answer));
        let mut running = JoinSet::new();
        running.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // Pieces are to arrive as pieces, and at once.
                stream.set_nodelay(true).unwrap();
                count.fetch_add(1, SeqCst);
                open.spawn(serve(stream, Arc::clone(&log), Arc::clone(&answer)));
            }
        });
        Self { url, seen, connections, _running: running }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many connections were opened so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    pub(crate) fn builder(&self) -> ClerkBuilder {
        Clerk::builder("sk_test_secret").base_url(&self.url)
    }

    pub(crate) fn clerk(&self) -> Clerk {
        self.builder().build().unwrap()
    }
}

/// Serves one connection until the other side is done with it.
pub(crate) async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<impl Fn(&Seen) -> Answer>,
) {
    let mut received = Vec::new();
    loop {
        while let Some(length) = whole(&received) {
            let text = String::from_utf8(received.drain(..length).collect()).unwrap();
            let seen = Seen { text };
            log.lock().unwrap().push(seen.clone());
            for piece in answer(&seen) {
                if stream.write_all(&piece).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        }
        match stream.read_buf(&mut received).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// The length of the request at the start, if it is all there.
fn whole(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&received[..head]).unwrap().to_ascii_lowercase();
    let body = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    (received.len() >= head + body).then_some(head + body)
}
