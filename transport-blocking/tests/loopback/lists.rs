//! Lists as iterators.
use bytes::Bytes;
use clerk_blocking::{
    Error, ItemsFlow, Listing, Meta, Operation, Paged, Pages, Position,
    error::Unreadable,
    operation::{Draft, decode_json},
};
use serde_json::json;

use crate::server::{Server, answer, ok};

/// An operation of one's own.
#[derive(Clone, Debug, Default)]
struct ListNumbers {
    offset: u64,
    limit: Option<u64>,
}

impl Operation for ListNumbers {
    const META: &'static Meta = &Meta::new("ListNumbers", http::Method::GET, "/numbers");

    type Output = Vec<u64>;

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        draft.query("offset", &self.offset)?;
        draft.query("limit", &self.limit.unwrap_or(0))
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
        if let Position::Offset(offset) = position {
            self.offset = *offset;
        }
        self.limit = Some(limit);
    }

    fn listing(output: Vec<u64>) -> Listing<u64> {
        output.into()
    }
}

/// Serves the numbers below `end`.
fn numbers(end: u64) -> Server {
    Server::answering(move |request| {
        let number = |name: &str| -> u64 {
            let (_, rest) = request.line().split_once(name).unwrap();
            rest.split('&').next().unwrap().parse().unwrap()
        };
        let (offset, limit) = (number("offset="), number("limit="));
        ok(&format!("{:?}", (offset..end.min(offset + limit)).collect::<Vec<_>>()))
    })
}

fn pages(clerk: &clerk_blocking::Clerk) -> Pages<ListNumbers> {
    Pages::new(ListNumbers { offset: 0, limit: Some(2) }, clerk.config(), 7)
}

#[test]
fn pages_are_fetched_when_they_are_asked_for() {
    let server = numbers(5);
    let clerk = server.client();
    let mut list = clerk.walk(pages(&clerk));
    assert!(server.seen().is_empty());
    assert_eq!(list.next().unwrap().unwrap().items, [0, 1]);
    assert_eq!(server.seen().len(), 1);
    assert_eq!(list.flow().position(), &Position::Offset(2));
    let rest: Vec<Vec<u64>> = list.by_ref().map(|page| page.unwrap().items).collect();
    assert_eq!(rest, [vec![2, 3], vec![4]]);
    assert!(list.next().is_none());
    // A short page is not the end, an empty one is.
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn items_of_a_page_at_hand_ask_nothing() {
    let server = numbers(5);
    let clerk = server.client();
    let mut list = clerk.walk(ItemsFlow::new(pages(&clerk)));
    assert_eq!(list.next().unwrap().unwrap(), 0);
    assert_eq!(list.next().unwrap().unwrap(), 1);
    assert_eq!(server.seen().len(), 1);
    assert_eq!(list.collect::<Result<Vec<_>, _>>().unwrap(), [2, 3, 4]);
}

#[test]
fn after_an_error_a_list_is_over() {
    let server = Server::answering(|request| {
        if request.number == 0 { ok("[0, 1]") } else { answer("403 Forbidden", "") }
    });
    let clerk = server.client();
    let items: Vec<_> = clerk.walk(ItemsFlow::new(pages(&clerk))).collect();
    assert_eq!(items.len(), 3);
    assert!(items[2].as_ref().unwrap_err().is_forbidden());
}

#[test]
fn a_list_of_the_api_is_an_iterator() {
    let user = |number: u32| {
        let flags = [
            "has_image",
            "password_enabled",
            "two_factor_enabled",
            "totp_enabled",
            "backup_code_enabled",
        ];
        let more = ["banned", "locked", "delete_self_enabled", "create_organization_enabled"];
        let mut user = json!({ "object": "user", "id": format!("user_{number}"), "created_at": 1, "updated_at": 2 });
        for flag in flags.into_iter().chain(more) {
            user[flag] = json!(false);
        }
        user
    };
    let server = Server::answering(move |request| {
        ok(&match request.number {
            0 => json!([user(1), user(2)]).to_string(),
            1 => json!([user(3)]).to_string(),
            _ => "[]".to_owned(),
        })
    });
    let clerk = server.client();
    let ids: Result<Vec<_>, _> = clerk
        .users()
        .list()
        .limit(2_u64)
        .items()
        .map(|user| user.map(|user| user.id.to_string()))
        .collect();
    assert_eq!(ids.unwrap(), ["user_1", "user_2", "user_3"]);
    let lines: Vec<_> = server.seen().iter().map(|request| request.line().to_owned()).collect();
    assert_eq!(
        lines,
        [
            "GET /v1/users?limit=2",
            "GET /v1/users?limit=2&starting_after=user_2",
            "GET /v1/users?limit=2&starting_after=user_3",
        ]
    );
}
