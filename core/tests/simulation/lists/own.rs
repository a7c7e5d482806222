//! A list that somebody declares for themselves.
use bytes::Bytes;
use clerk_core::{
    Draft, Error, Listing, Meta, Operation, Paged, Position, error::Unreadable,
    operation::decode_json,
};
use serde::Deserialize;

#[derive(Clone)]
pub(crate) struct ListThings {
    pub(crate) after: Option<String>,
    pub(crate) limit: u64,
}

#[derive(Deserialize)]
pub(crate) struct Thing {
    pub(crate) id: String,
}

#[derive(Deserialize)]
pub(crate) struct Things {
    data: Vec<Thing>,
    total_count: u64,
}

impl Operation for ListThings {
    const META: &'static Meta = &Meta::new("ListThings", http::Method::GET, "/things");
    type Output = Things;

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        draft.query("limit", &self.limit)?;
        match &self.after {
            Some(after) => draft.query("starting_after", after),
            None => Ok(()),
        }
    }

    fn decode(body: &Bytes) -> Result<Things, Unreadable> {
        decode_json(body)
    }
}

impl Paged for ListThings {
    type Item = Thing;

    const HAS_CURSOR: bool = true;

    fn limit(&self) -> Option<u64> {
        Some(self.limit)
    }

    fn position(&self) -> Position {
        Position::Offset(0)
    }

    fn seek(&mut self, position: &Position, limit: u64) {
        self.limit = limit;
        self.after = match position {
            Position::After(after) => Some(after.clone()),
            _ => None,
        };
    }

    fn cursor(&self, last: &Thing) -> Option<String> {
        Some(last.id.clone())
    }

    fn listing(output: Things) -> Listing<Thing> {
        Listing { items: output.data, total: Some(output.total_count) }
    }
}
