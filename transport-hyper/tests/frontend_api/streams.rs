//! Bodies that nobody could collect: the first bytes arrive before the last ones are sent.
use tokio::sync::mpsc;

use crate::{
    in_time, service,
    wire::{Peer, Upstream, both},
};

const PIECE: usize = 256 << 10;
const PIECES: usize = 128; // 32 MiB
/// How much may be under way in all the buffers between both ends before the sender has to wait.
const FIRST: usize = 1000;

/// Each piece differs from the others.
fn piece(number: usize) -> Vec<u8> {
    (0..PIECE).map(|at| (at * 31 + number * 7 + at / 251) as u8).collect()
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

#[tokio::test]
async fn an_upload_of_32_mib() {
    in_time(async {
        for chunked in [false, true] {
            let (first, mut firsts) = mpsc::channel(1);
            let api = Upstream::start(move |mut peer| {
                let first = first.clone();
                async move {
                    let head = peer.head().await.unwrap();
                    assert_eq!(head.contains("transfer-encoding: chunked\r\n"), chunked, "{head}");
                    assert_eq!(
                        head.contains(&format!("content-length: {}\r\n", PIECE * PIECES)),
                        !chunked
                    );
                    if chunked {
                        let mut all = peer.chunk().await.unwrap();
                        first.send(()).await.unwrap();
                        let (rest, whole) = peer.chunks().await;
                        all.extend(rest);
                        assert!(whole && all.len() == PIECE * PIECES);
                        for (number, found) in all.chunks(PIECE).enumerate() {
                            assert!(found == piece(number), "{number}");
                        }
                    } else {
                        let start = peer.exactly(FIRST).await;
                        assert!(start == piece(0)[..FIRST]);
                        first.send(()).await.unwrap();
                        assert!(peer.exactly(PIECE - FIRST).await == piece(0)[FIRST..]);
                        for number in 1..PIECES {
                            assert!(peer.exactly(PIECE).await == piece(number), "{number}");
                        }
                    }
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
                }
            })
            .await;
            for app in both(&service(api.address)).await {
                let mut browser = Peer::connect(app).await;
                let framing = if chunked {
                    "transfer-encoding: chunked".to_owned()
                } else {
                    format!("content-length: {}", PIECE * PIECES)
                };
                browser
                    .send(format!("POST /__clerk/v1 HTTP/1.1\r\nhost: a\r\n{framing}\r\n\r\n"))
                    .await;
                for number in 0..PIECES {
                    let piece = piece(number);
                    browser.send(if chunked { chunk(&piece) } else { piece }).await;
                    if number == 0 {
                        // Nothing more is sent before the other end has some of it.
                        firsts.recv().await.unwrap();
                    }
                }
                if chunked {
                    browser.send("0\r\n\r\n").await;
                }
                assert_eq!(
                    browser.answer().await,
                    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_download_of_32_mib() {
    in_time(async {
        for chunked in [false, true] {
            let (first, firsts) = mpsc::channel(1);
            let firsts = std::sync::Arc::new(tokio::sync::Mutex::new(firsts));
            let api = Upstream::start(move |mut peer| {
                let firsts = std::sync::Arc::clone(&firsts);
                async move {
                    peer.head().await.unwrap();
                    let framing = if chunked {
                        "transfer-encoding: chunked".to_owned()
                    } else {
                        format!("content-length: {}", PIECE * PIECES)
                    };
                    peer.send(format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n")).await;
                    for number in 0..PIECES {
                        let piece = piece(number);
                        peer.send(if chunked { chunk(&piece) } else { piece }).await;
                        if number == 0 {
                            firsts.lock().await.recv().await.unwrap();
                        }
                    }
                    if chunked {
                        peer.send("0\r\n\r\n").await;
                    }
                }
            })
            .await;
            for app in both(&service(api.address)).await {
                let mut browser = Peer::connect(app).await;
                browser.send("GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n").await;
                let head = browser.head().await.unwrap();
                assert_eq!(head.contains("transfer-encoding: chunked\r\n"), chunked, "{head}");
                if chunked {
                    let mut all = browser.chunk().await.unwrap();
                    first.send(()).await.unwrap();
                    let (rest, whole) = browser.chunks().await;
                    all.extend(rest);
                    assert!(whole && all.len() == PIECE * PIECES);
                    for (number, found) in all.chunks(PIECE).enumerate() {
                        assert!(found == piece(number), "{number}");
                    }
                } else {
                    assert!(browser.exactly(FIRST).await == piece(0)[..FIRST]);
                    first.send(()).await.unwrap();
                    assert!(browser.exactly(PIECE - FIRST).await == piece(0)[FIRST..]);
                    for number in 1..PIECES {
                        assert!(browser.exactly(PIECE).await == piece(number), "{number}");
                    }
                }
            }
        }
    })
    .await;
}

/// A sender is held back as long as the other side takes nothing: it is not all in memory.
#[tokio::test]
async fn a_download_that_nobody_reads_waits() {
    in_time(async {
        let (sent, mut sends) = mpsc::unbounded_channel();
        let api = Upstream::start(move |mut peer| {
            let sent = sent.clone();
            async move {
                peer.head().await.unwrap();
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n").await;
                let piece = vec![b'x'; PIECE];
                for _ in 0..PIECES * 2 {
                    peer.send(&piece).await;
                    sent.send(()).unwrap();
                }
            }
        })
        .await;
        let app = crate::wire::bare(service(api.address)).await;
        let mut browser = Peer::connect(app).await;
        browser.send("GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n").await;
        browser.head().await.unwrap();
        // It gets stuck, in the buffers of four sockets; a minute would do for much more than those hold.
        let mut count = 0;
        while let Ok(Some(())) =
            tokio::time::timeout(std::time::Duration::from_millis(500), sends.recv()).await
        {
            count += 1;
        }
        assert!(count < PIECES * 2, "all of it was sent to nobody");
        // And goes on, for 64 MiB.
        for _ in 0..PIECES * 2 {
            assert!(browser.exactly(PIECE).await.iter().all(|byte| *byte == b'x'));
        }
    })
    .await;
}

/// An answer may come, and go on, while the request is still being sent.
#[tokio::test]
async fn both_ways_at_once() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
            while let Some(chunk) = peer.chunk().await.filter(|chunk| !chunk.is_empty()) {
                peer.send(self::chunk(&chunk)).await;
            }
            peer.send("0\r\n\r\n").await;
        })
        .await;
        for app in both(&service(api.address)).await {
            let mut browser = Peer::connect(app).await;
            browser
                .send("POST /__clerk/v1 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
                .await;
            browser.head().await.unwrap();
            for _ in 0..100 {
                browser.send("4\r\nping\r\n").await;
                assert_eq!(browser.chunk().await.unwrap(), b"ping");
            }
            browser.send("0\r\n\r\n").await;
            assert_eq!(browser.chunks().await, (Vec::new(), true));
        }
    })
    .await;
}
