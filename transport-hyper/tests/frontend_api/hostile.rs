//! What strangers send, byte for byte, and where it goes.
use clerk_hyper::frontend_api::FrontendApiService;

use crate::{
    KEY, in_time, passed_on, service, told,
    wire::{Peer, Upstream, ask, both, field},
};

/// Where the application and the Frontend API were asked, and an onlooker who is never to be.
struct Place {
    api: Upstream,
    evil: Upstream,
    service: FrontendApiService,
}

impl Place {
    async fn new() -> Self {
        let (api, evil) = (Upstream::ok().await, Upstream::ok().await);
        let service = service(api.address);
        Self { api, evil, service }
    }
}

#[tokio::test]
async fn request_lines() {
    in_time(async {
        let Place { api, evil, service } = Place::new().await;
        let other = evil.address.to_string();
        let mut count = 0;
        for (target, to) in [
            ("/__clerk/v1/client", Some("/v1/client")),
            ("/__clerk/v1/client?next=//EVIL/", Some("/v1/client?next=//EVIL/")),
            ("/__clerk/@EVIL/", Some("/@EVIL/")),
            ("/__clerk/http://EVIL/", Some("/http://EVIL/")),
            ("http://EVIL/__clerk/v1/x", Some("/v1/x")),
            ("http://EVIL/__clerk/v1/x?a", Some("/v1/x?a")),
            ("http://user:pass@EVIL/__clerk/v1/x", Some("/v1/x")),
            ("https://EVIL/__clerk/v1/x", Some("/v1/x")),
            ("//EVIL", None),
            ("//EVIL/__clerk/v1", None),
            ("/__clerk//EVIL/v1", None),
            ("/__clerk///EVIL/v1", None),
            ("/__clerk/%2fEVIL/v1", None),
            ("/__clerk/%252fEVIL/v1", None),
            ("/__clerk/%2e%2e/x", None),
            ("/__clerk/%2e%2e//EVIL/x", None),
            ("/__clerk/%252e%252e/x", None),
            ("/__clerk/../x", None),
            ("/__clerk/..;/x", None),
            ("/__clerk/./x", None),
            ("/__clerk/..%2fx", None),
            ("/__clerk/\\EVIL/x", None),
            ("/__clerk/%5cEVIL/x", None),
            ("/__clerk/%00", None),
            ("/__clerk/x%0d%0ahost:EVIL", None),
            ("/__clerk/%zz", None),
            ("/__clerk@EVIL/", None),
            ("/__clerk:80@EVIL/", None),
            ("/__clerk.EVIL/", None),
            ("/__clerkx/v1", None),
            ("/__CLERK/v1", None),
            ("/x/../__clerk/v1", None),
            ("http://EVIL/", None),
            ("http://EVIL/__clerk//EVIL/", None),
            ("http://EVIL/__clerk/%2e%2e/", None),
            ("*", None),
            ("EVIL", None),
            ("/__clerk/\u{e9}", None),
            ("/__clerk/a b", None),
            ("/__clerk/\u{1}", None),
        ] {
            let target = target.replace("EVIL", &other);
            for app in both(&service).await {
                // Both what the line and what the field say is the onlooker's.
                let request =
                    format!("GET {target} HTTP/1.1\r\nhost: {other}\r\nconnection: close\r\n\r\n");
                let mut browser = Peer::connect(app).await;
                browser.send(request).await;
                let answer = browser.rest().await;
                let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
                if let Some(to) = to {
                    assert_eq!(status, "200", "{target}: {answer}");
                    let line = format!("GET {}", to.replace("EVIL", &other));
                    let expected = passed_on(api.address, &line, "");
                    assert_eq!(api.seen().get(count), Some(&expected), "{target}");
                    count += 1;
                } else {
                    assert!(matches!(&*status, "400" | "404" | "418"), "{target}: {answer}");
                }
                assert_eq!(api.seen().len(), count, "{target}");
                assert!(!answer.contains("canary"), "{answer}");
            }
        }
        assert_eq!((count, evil.seen().len()), (16, 0));
    })
    .await;
}

#[tokio::test]
async fn methods() {
    in_time(async {
        let Place { api, evil, service } = Place::new().await;
        for app in both(&service).await {
            for method in ["TRACE", "trace", "TRACK", "PROPFIND", "get", "CONNECT"] {
                let mut browser = Peer::connect(app).await;
                let request =
                    format!("{method} /__clerk/v1 HTTP/1.1\r\nhost: {}\r\n\r\n", evil.address);
                browser.send(request).await;
                browser.finish().await;
                let answer = browser.rest().await;
                let status = answer.split(' ').nth(1).unwrap_or_default();
                assert!(matches!(status, "405" | "400" | "404"), "{method}: {answer}");
                assert!(!answer.contains("canary"), "{answer}");
            }
            let mut browser = Peer::connect(app).await;
            browser.send(format!("CONNECT {0} HTTP/1.1\r\nhost: {0}\r\n\r\n", evil.address)).await;
            let head = browser.head().await.unwrap();
            assert!(matches!(head.split(' ').nth(1).unwrap(), "404" | "418" | "405"), "{head}");
        }
        assert_eq!((api.seen().len(), evil.seen().len()), (0, 0));
        let answer =
            ask(crate::wire::bare(service).await, "TRACE /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n");
        let allow = "allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n";
        let message = "the Frontend API has no such method";
        let expected = told("405 Method Not Allowed", allow, "proxy_request_failed", message);
        assert_eq!(answer.await, expected);
    })
    .await;
}

#[tokio::test]
async fn two_requests_in_one() {
    in_time(async {
        let Place { api, evil, service } = Place::new().await;
        let inner = format!("GET /admin HTTP/1.1\r\nhost: {}\r\n\r\n", evil.address);
        for app in both(&service).await {
            // Two lengths, and a length beside chunks: the server in front refuses, or takes the chunks.
            for fields in [
                format!("content-length: 0\r\ncontent-length: {}\r\n", inner.len()),
                format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", inner.len()),
                "content-length: +0\r\n".to_owned(),
                "transfer-encoding: identity\r\n".to_owned(),
                "transfer-encoding: chunked, identity\r\n".to_owned(),
            ] {
                let mut browser = Peer::connect(app).await;
                browser
                    .send(format!("POST /__clerk/v1 HTTP/1.1\r\nhost: a\r\n{fields}\r\n{inner}"))
                    .await;
                browser.finish().await;
                let answer = browser.rest().await;
                assert!(!answer.contains("canary"), "{answer}");
            }
        }
        // What there was of it is one request for the proxy, and never one for what was inside.
        for head in api.seen() {
            assert!(head.starts_with("POST /v1 HTTP/1.1\r\n"), "{head}");
            assert_eq!(field(&head, "host").unwrap(), api.address.to_string());
        }
        assert_eq!(evil.seen().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    in_time(async {
        let evil = Upstream::ok().await;
        for status in ["301 X", "302 X", "303 X", "307 X", "308 X"] {
            let location = format!("http://{}/take", evil.address);
            let answer =
                format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
            let api = Upstream::answering(answer).await;
            for app in both(&service(api.address)).await {
                let request = "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n";
                let answer = ask(app, request).await;
                assert_eq!(answer.split(' ').nth(1), status.split(' ').next());
                assert_eq!(field(&answer, "location").unwrap(), location);
            }
            assert_eq!(api.seen().len(), 2);
            assert!(api.seen().iter().all(|head| field(head, "clerk-secret-key") == Some(KEY)));
        }
        assert_eq!(evil.seen().len(), 0);
    })
    .await;
}

/// Whoever answers a request before the whole of it has come may take the rest for another one.
#[tokio::test]
async fn a_connection_that_was_answered_early_is_nobody_elses() {
    in_time(async {
        let (told, mut body) = tokio::sync::mpsc::unbounded_channel();
        let mut number = 0;
        let api = Upstream::start(move |mut peer| {
            number += 1;
            let (number, told) = (number, told.clone());
            async move {
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{number}");
                while let Some(head) = peer.head().await {
                    peer.send(&answer).await;
                    if head.starts_with("POST") {
                        // It takes the body all the same.
                        told.send(peer.exactly(40).await).unwrap();
                    }
                }
            }
        })
        .await;
        for app in both(&service(api.address)).await {
            let before = api.seen().len();
            let mut stranger = Peer::connect(app).await;
            stranger
                .send("POST /__clerk/v1/first HTTP/1.1\r\nhost: a\r\ncontent-length: 40\r\n\r\n")
                .await;
            let head = stranger.head().await.unwrap();
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
            let first = stranger.exactly(1).await;
            let smuggled = "GET /v1/smuggled HTTP/1.1\r\nhost: a\r\nxy: ";
            stranger.send(smuggled).await;
            assert_eq!(body.recv().await.unwrap(), smuggled.as_bytes());
            let answer = ask(app, "GET /__clerk/v1/second HTTP/1.1\r\nhost: a\r\n\r\n").await;
            assert!(!answer.ends_with(std::str::from_utf8(&first).unwrap()), "{answer}");
            assert_eq!(api.seen().len(), before + 2);
        }
    })
    .await;
}

/// An answer with a length and chunks: somebody on the way may take the rest of it for the next one.
#[tokio::test]
async fn a_connection_whose_answer_had_two_lengths_is_nobody_elses() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            while peer.head().await.is_some() {
                let both = "content-length: 1\r\ntransfer-encoding: chunked\r\n";
                peer.send(format!("HTTP/1.1 200 OK\r\n{both}\r\n2\r\nhi\r\n0\r\n\r\n")).await;
                // The next request gets no answer on this connection.
                assert_eq!(peer.head().await, None);
            }
        })
        .await;
        for app in both(&service(api.address)).await {
            for _ in 0..20 {
                let mut browser = Peer::connect(app).await;
                browser.send("GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n").await;
                let head = browser.head().await.unwrap();
                assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
                assert_eq!(browser.chunks().await, (b"hi".to_vec(), true));
            }
        }
        assert_eq!(api.seen().len(), 40);
    })
    .await;
}
