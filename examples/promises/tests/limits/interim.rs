//! P09: interim answers without end, and what else keeps a connection busy.
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use clerk_fault_server::{
    Plan, Server,
    Step::{self, ReadRequest, Write, WriteForever},
};
use clerk_hyper::{CallOptions, Error, FailureKind, RawOperation};
use clerk_promises::{Driver, Figure, Settings, Transport, is_full};
use http::Method;

use crate::{alone, descriptors, head};

/// A debug build on a busy machine is many times slower than what the promise is about.
const LATE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 3000 } else { 250 });
const GAP: Duration = Duration::from_millis(if cfg!(debug_assertions) { 5000 } else { 250 });
const INTERIM: &[u8] = b"HTTP/1.1 102 Processing\r\n\r\n";

fn operation() -> RawOperation<()> {
    RawOperation::new(Method::GET, "/x").returns()
}

/// One call, and the longest time for which nothing else ran on its thread, if that can be told.
fn beside(transport: &Transport) -> (Result<(), Error>, Option<Duration>) {
    let Transport::Hyper(runtime, clerk) = transport else {
        return (transport.call(operation(), CallOptions::new()), None);
    };
    let done = Arc::new(AtomicBool::new(false));
    runtime.block_on(async {
        let over = Arc::clone(&done);
        let heartbeat = tokio::spawn(async move {
            let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
            let mut ticks = tokio::time::interval(Duration::from_millis(5));
            while !over.load(Relaxed) {
                ticks.tick().await;
                longest = longest.max(last.elapsed());
                last = Instant::now();
            }
            longest
        });
        let result = clerk.call(operation()).await;
        done.store(true, Relaxed);
        (result, heartbeat.await.ok())
    })
}

/// What the kernel may hold of what a server wrote and no client took: the buffers of both ends, as large as they get.
fn in_the_kernel() -> usize {
    ["tcp_wmem", "tcp_rmem"]
        .iter()
        .filter_map(|name| fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).ok())
        .filter_map(|sizes| sizes.split_whitespace().last()?.parse::<usize>().ok())
        .sum()
}

#[test]
fn interim_answers_without_end_cost_little_time_and_no_more_bytes_than_a_body() {
    let _alone = alone();
    let before = descriptors();
    let mut figure = Figure::of(9);
    let mut told = Vec::new();
    let limits = if is_full() { &[64 << 10, 1 << 20, 16 << 20][..] } else { &[1 << 20][..] };
    let chunked = "transfer-encoding: chunked\r\n\r\n";
    let floods: [(&str, Vec<Step>); 3] = [
        ("1xx", vec![ReadRequest, WriteForever(INTERIM.to_vec())]),
        (
            "1xx with fields",
            vec![
                ReadRequest,
                WriteForever(b"HTTP/1.1 103 X\r\nlink: <a>; rel=preload\r\nx: y\r\n\r\n".to_vec()),
            ],
        ),
        (
            "chunks of one byte",
            vec![
                ReadRequest,
                Write(head(200, chunked).into_bytes()),
                WriteForever(b"1\r\nx\r\n".to_vec()),
            ],
        ),
    ];
    for driver in Driver::ALL {
        for &max in limits {
            for (name, script) in &floods {
                let deadline = Duration::from_secs(1);
                let server = Server::start(Plan::always(script.clone())).unwrap();
                let settings = Settings::new("sk_test_limits", server.base_url()).max_body(max);
                let transport = Transport::new(driver, &settings.deadline(deadline)).unwrap();
                let start = Instant::now();
                let (result, gap) = beside(&transport);
                let elapsed = start.elapsed();
                drop(transport);
                let log = server.finish();
                let at = || format!("{driver}, {} KiB, {name}", max >> 10);
                let right = |kind| match kind {
                    FailureKind::Protocol | FailureKind::Timeout(_) => true,
                    FailureKind::TooLarge => name.contains("chunk"),
                    _ => false,
                };
                let failure = result.as_ref().err().and_then(Error::failure);
                figure.require(failure.is_some_and(|failure| right(failure.kind)), || {
                    format!("{}: {result:?}", at())
                });
                figure.require(elapsed < deadline + LATE, || {
                    format!("{}: it took {elapsed:?}", at())
                });
                figure.require(gap.unwrap_or_default() < GAP, || {
                    format!("{}: nothing else ran for {gap:?}", at())
                });
                let most = max + (1 << 20) + in_the_kernel();
                figure.require(log.bytes_written() <= most, || {
                    format!(
                        "{}: {} bytes were written, and {most} may be",
                        at(),
                        log.bytes_written()
                    )
                });
                figure.require(log.connections() == 1, || {
                    format!("{}: {} connections", at(), log.connections())
                });
                told.push(format!(
                    "{}: {:.0} ms, {} KiB written, gap {:.0} ms",
                    at(),
                    elapsed.as_secs_f64() * 1e3,
                    log.bytes_written() >> 10,
                    gap.unwrap_or_default().as_secs_f64() * 1e3
                ));
            }
        }
    }
    let left_open = descriptors().zip(before).map(|(after, before)| after.saturating_sub(before));
    figure.require(left_open.unwrap_or(0) == 0, || format!("{left_open:?} descriptors left open"));
    figure.print(&format!(
        "deadline 1 s; up to {} KiB of what is written is in the kernel; {}",
        in_the_kernel() >> 10,
        told.join("; ")
    ));
}

/// What the client itself took, counted on its connection.
#[test]
fn no_more_comes_in_than_the_largest_body_and_1_mib() {
    let _alone = alone();
    let mut figure = Figure::of(9);
    let mut told = Vec::new();
    for max in [64 << 10, 1 << 20] {
        let server =
            Server::start(Plan::always(vec![ReadRequest, WriteForever(INTERIM.to_vec())])).unwrap();
        let (connector, taken) = counting::connector();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let clerk = clerk_hyper::Clerk::builder("sk_test_limits")
            .base_url(server.base_url())
            .max_response_body(max)
            .connector(connector)
            .build()
            .unwrap();
        let result = runtime.block_on(clerk.call(operation()));
        let kind = result.as_ref().err().and_then(Error::failure).map(|failure| failure.kind);
        figure.require(kind == Some(FailureKind::Protocol), || format!("{result:?}"));
        let taken = taken.load(Relaxed);
        let most = max + (1 << 20);
        figure.require((max..=most).contains(&taken), || format!("{taken} bytes, not {most}"));
        told.push(format!("{taken} bytes with a limit of {} KiB", max >> 10));
    }
    figure.print(&format!("hyper took {}", told.join(", ")));
}

/// Connections that tell how much was read from them.
mod counting {
    use std::{
        future::Future,
        io,
        pin::Pin,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
        task::{Context, Poll},
    };

    use hyper_util::{
        client::legacy::connect::{Connected, Connection},
        rt::TokioIo,
    };
    use tokio::{
        io::{AsyncRead, AsyncWrite, ReadBuf},
        net::TcpStream,
    };

    pub(super) fn connector() -> (Connector, Arc<AtomicUsize>) {
        let taken = Arc::default();
        (Connector(Arc::clone(&taken)), taken)
    }

    #[derive(Clone)]
    pub(super) struct Connector(Arc<AtomicUsize>);

    pub(super) struct Counted(TcpStream, Arc<AtomicUsize>);

    impl tower_service::Service<http::Uri> for Connector {
        type Response = TokioIo<Counted>;
        type Error = io::Error;
        type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, uri: http::Uri) -> Self::Future {
            let taken = Arc::clone(&self.0);
            Box::pin(async move {
                let address = uri.authority().map(ToString::to_string).unwrap_or_default();
                Ok(TokioIo::new(Counted(TcpStream::connect(address).await?, taken)))
            })
        }
    }

    impl Connection for Counted {
        fn connected(&self) -> Connected {
            Connected::new()
        }
    }

    impl AsyncRead for Counted {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let before = buffer.filled().len();
            let polled = Pin::new(&mut self.0).poll_read(cx, buffer);
            self.1.fetch_add(buffer.filled().len() - before, Relaxed);
            polled
        }
    }

    impl AsyncWrite for Counted {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            data: &[u8],
        ) -> Poll<io::Result<usize>> {
            Pin::new(&mut self.0).poll_write(cx, data)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_shutdown(cx)
        }
    }
}
