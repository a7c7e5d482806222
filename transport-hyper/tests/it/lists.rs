//! Lists as streams.
use std::{future::poll_fn, pin::Pin, sync::Arc};

use bytes::Bytes;
use clerk_hyper::{
    Error, ItemsFlow, Listing, Meta, Operation, Paged, Pages, Position,
    error::Unreadable,
    operation::{Draft, decode_json},
};
use futures_core::{FusedStream as _, Stream};
use http::Method;

use crate::server::{Seen, Server, json};

/// Numbers, 5 in all.
#[derive(Clone, Debug, Default)]
struct ListNumbers {
    limit: Option<u64>,
    offset: u64,
}

impl Operation for ListNumbers {
    const META: &'static Meta = &Meta::new("ListNumbers", Method::GET, "/numbers");
    type Output = Vec<u64>;

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        draft.query("offset", &self.offset)?;
        draft.query("limit", &self.limit.unwrap_or(10))
    }

    fn decode(body: &Bytes) -> Result<Vec<u64>, Unreadable> {
        decode_json(body)
    }
}

impl Paged for ListNumbers {
    type Item = u64;

    fn limit(&self) -> Option<u64> {
        self.limit
    }

    fn position(&self) -> Position {
        Position::Offset(self.offset)
    }

    fn seek(&mut self, position: &Position, limit: u64) {
        self.limit = Some(limit);
        if let Position::Offset(offset) = position {
            self.offset = *offset;
        }
    }

    fn listing(output: Vec<u64>) -> Listing<u64> {
        output.into()
    }
}

fn numbers(seen: &Seen) -> Vec<Vec<u8>> {
    let query = seen.target().split_once('?').unwrap().1;
    let value = |name: &str| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse::<u64>().ok())
            .unwrap()
    };
    let page: Vec<u64> =
        (0..5).skip(value("offset") as usize).take(value("limit") as usize).collect();
    json(200, &format!("{page:?}"))
}

fn by_twos() -> ListNumbers {
    ListNumbers { limit: Some(2), offset: 0 }
}

#[tokio::test]
async fn page_by_page() {
    let server = Server::start(numbers).await;
    let clerk = server.clerk();
    let mut pages = clerk.walk(Pages::new(by_twos(), clerk.config(), 1));
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await {
        seen.push(page.unwrap().items);
    }
    assert_eq!(seen, [vec![0, 1], vec![2, 3], vec![4]]);
    assert!(pages.is_terminated() && pages.next().await.is_none());
    assert_eq!((server.seen().len(), server.connections()), (4, 1));
}

#[tokio::test]
async fn item_by_item_as_a_stream() {
    let server = Server::start(numbers).await;
    let clerk = server.clerk();
    let items = clerk.walk(ItemsFlow::new(Pages::new(by_twos(), clerk.config(), 1)));
    let collect = async |mut stream: Pin<Box<dyn Stream<Item = Result<u64, Error>> + Send>>| {
        let mut all = Vec::new();
        while let Some(item) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
            all.push(item.unwrap());
        }
        all
    };
    assert_eq!(collect(Box::pin(items)).await, [0, 1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_next_loses_nothing() {
    let server = Server::start(numbers).await;
    let clerk = server.clerk();
    let mut items = clerk.walk(ItemsFlow::new(Pages::new(by_twos(), clerk.config(), 1)));
    let walked = tokio::spawn(async move {
        let mut all = Vec::new();
        loop {
            tokio::select! {
                biased;
                item = items.next() => match item {
                    Some(item) => all.push(item.unwrap()),
                    None => return all,
                },
                () = tokio::task::yield_now() => {}
            }
        }
    });
    assert_eq!(walked.await.unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn an_error_ends_the_list() {
    let failing = Server::start(|seen| {
        if seen.target().contains("offset=2") { json(403, "{}") } else { numbers(seen) }
    })
    .await;
    let clerk = failing.clerk();
    let mut items = clerk.walk(ItemsFlow::new(Pages::new(by_twos(), clerk.config(), 1)));
    let mut seen = Vec::new();
    while let Some(item) = items.next().await {
        seen.push(item.map_err(|error| error.status().unwrap().as_u16()));
    }
    assert_eq!(seen, [Ok(0), Ok(1), Err(403)]);
}

/// Sharing a stream between tasks behind a lock must compile.
#[test]
fn streams_are_send() {
    fn is_send<T: Send>() {}
    is_send::<clerk_hyper::Items<Pages<ListNumbers>>>();
    is_send::<Arc<clerk_hyper::Clerk>>();
}
