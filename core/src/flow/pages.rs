//! Lists, page by page and item by item.
use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Event, Flow, Step, call::CallWithResponse};
use crate::{Call, CallOptions, Config, Error, Moment, Operation};

/// An operation that answers with a page of a longer list.
pub trait Paged: Operation + Clone {
    /// What the list is of.
    type Item: Send + 'static;

    /// The largest page that the API gives.
    const MAX_LIMIT: u64 = 500;

    /// Whether the list can go on from a cursor ([`Position::After`]).
    const HAS_CURSOR: bool = false;

    /// The page size that was set.
    fn limit(&self) -> Option<u64>;

    /// Where the list starts, as it was set.
    fn position(&self) -> Position;

    /// Asks for at most `limit` items from `position` on.
    fn seek(&mut self, position: &Position, limit: u64);

    /// The cursor behind `last`, where the API has one and this list can use it.
    fn cursor(&self, last: &Self::Item) -> Option<String> {
        let _ = last;
        None
    }

    /// Takes the items out of an answer.
    fn listing(output: Self::Output) -> Listing<Self::Item>;
}

/// What one answer of a list holds: a bare array, or an object with the total.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::exhaustive_structs)] // Operations of others make these.
pub struct Listing<I> {
    /// The items.
    pub items: Vec<I>,
    /// How many there are in all, where the API says.
    pub total: Option<u64>,
}

impl<I> From<Vec<I>> for Listing<I> {
    fn from(items: Vec<I>) -> Self {
        Self { items, total: None }
    }
}

/// A place in a list, to go on from later.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Position {
    /// Behind so many items.
    Offset(u64),
    /// Behind the item that this cursor stands for.
    After(String),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<I> {
    /// The items; never empty.
    pub items: Vec<I>,
    /// How many there are in all, where the API says.
    pub total: Option<u64>,
    /// Where the next page starts: keep it to go on later
    /// ([`Pages::starting_at`], or set it as `offset` or cursor). The list may end there.
    pub next: Position,
}

/// A [`Flow`] that gives the pages of a list: start it again until it gives `None`.
///
/// A page is as large as the API allows unless `limit` is set. The list ends on an empty page, or,
/// by offset, when the total is reached; a page that is merely short does not end it, and a page that
/// is byte for byte the one before does (a server that ignores the position would go on for ever).
/// After an error it is over; [`position`](Self::position) is where to start again.
///
/// While it is walked by offset, an item that is added in front of the position is followed by one
/// that was already seen, and after one that is deleted there, one is missed; if a whole page is added
/// there between two requests and the list has no total, it can end too early. With a cursor (users in
/// the order of their creation, which is the default) nothing is seen twice or missed.
#[derive(Debug)]
pub struct Pages<O: Paged> {
    operation: O,
    config: Config,
    options: Option<Box<CallOptions>>,
    seed: u64,
    call: Option<CallWithResponse<O>>,
    position: Position,
    limit: u64,
    last_body: Option<u64>,
    finished: bool,
}

impl<O: Paged> Pages<O> {
    /// From the position that is set in the operation; `seed` feeds the jitter of waits.
    pub fn new(operation: O, config: &Config, seed: u64) -> Self {
        Self::boxed(operation, config, seed, None)
    }

    pub(crate) fn boxed(
        operation: O,
        config: &Config,
        seed: u64,
        options: Option<Box<CallOptions>>,
    ) -> Self {
        Self {
            position: operation.position(),
            limit: operation.limit().unwrap_or(O::MAX_LIMIT),
            operation,
            config: config.clone(),
            options,
            seed,
            call: None,
            last_body: None,
            finished: false,
        }
    }

    /// The same list from another position, as an earlier [`Page::next`] gave it.
    #[must_use]
    pub fn starting_at(mut self, position: Position) -> Self {
        self.position = position;
        self
    }

    /// Where the next page starts.
    pub fn position(&self) -> &Position {
        &self.position
    }

    fn fetch(&mut self) -> Result<CallWithResponse<O>, Error> {
        if self.limit == 0 || self.limit > O::MAX_LIMIT {
            return Err(Error::argument(
                "limit",
                format!("a page has between 1 and {} items", O::MAX_LIMIT),
            )
            .during(self.operation.name(), 0));
        }
        if matches!(self.position, Position::After(_)) && !O::HAS_CURSOR {
            let problem = "this list has no cursor: it goes on from an offset only";
            return Err(Error::argument("position", problem).during(self.operation.name(), 0));
        }
        self.operation.seek(&self.position, self.limit);
        self.seed = self.seed.wrapping_add(1);
        Ok(Call::boxed(self.operation.clone(), &self.config, self.seed, self.options.clone())
            .with_response())
    }

    fn take(&mut self, output: O::Output, body: &Bytes) -> Option<Page<O::Item>> {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let hash = Some(hasher.finish());
        let Listing { items, total } = O::listing(output);
        if items.is_empty() || self.last_body == hash {
            self.finished = true;
            return None;
        }
        self.last_body = hash;
        let is_start = self.position == Position::Offset(0);
        let cursor = match &self.position {
            // A caller who set an offset keeps it.
            Position::Offset(offset) if *offset > 0 => None,
            _ => items.last().and_then(|last| self.operation.cursor(last)),
        };
        self.position = match (cursor, &self.position) {
            (Some(cursor), _) => Position::After(cursor),
            (None, Position::Offset(offset)) => {
                Position::Offset(offset.saturating_add(items.len() as u64))
            }
            (None, after) => {
                self.finished = true;
                after.clone()
            }
        };
        let reached = match &self.position {
            Position::Offset(offset) => Some(*offset),
            Position::After(_) if is_start => Some(items.len() as u64),
            // Of those that were seen, some may be deleted by now: the total says nothing of what is left.
            Position::After(_) => None,
        };
        self.finished |= reached.zip(total).is_some_and(|(reached, total)| reached >= total);
        Some(Page { items, total, next: self.position.clone() })
    }
}

impl<O: Paged> Flow for Pages<O> {
    type Output = Option<Result<Page<O::Item>, Error>>;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output> {
        if matches!(event, Event::Start) && self.call.is_none() {
            if self.finished {
                return Step::Done(None);
            }
            match self.fetch() {
                Ok(call) => self.call = Some(call),
                Err(error) => {
                    self.finished = true;
                    return Step::Done(Some(Err(error)));
                }
            }
        }
        let Some(call) = &mut self.call else { return Step::Done(None) };
        match call.advance(event, now) {
            Step::Send(outgoing) => Step::Send(outgoing),
            Step::Wait(time) => Step::Wait(time),
            Step::Done(Err(error)) => {
                self.call = None;
                self.finished = true;
                Step::Done(Some(Err(error)))
            }
            Step::Done(Ok(response)) => {
                self.call = None;
                Step::Done(self.take(response.value, &response.body).map(Ok))
            }
        }
    }
}

/// A [`Flow`] that gives the items of a list: start it again until it gives `None`.
///
/// As [`Pages`], one item at a time.
#[derive(Debug)]
pub struct Items<O: Paged> {
    pages: Pages<O>,
    ready: VecDeque<O::Item>,
}

impl<O: Paged> Items<O> {
    /// The items of these pages.
    pub fn new(pages: Pages<O>) -> Self {
        Self { pages, ready: VecDeque::new() }
    }

    /// Where the next page starts: behind the last item of the pages fetched so far. After an error
    /// that is where to start again.
    pub fn position(&self) -> &Position {
        self.pages.position()
    }
}

impl<O: Paged> Flow for Items<O> {
    type Output = Option<Result<O::Item, Error>>;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output> {
        if matches!(event, Event::Start)
            && let Some(item) = self.ready.pop_front()
        {
            return Step::Done(Some(Ok(item)));
        }
        match self.pages.advance(event, now) {
            Step::Send(outgoing) => Step::Send(outgoing),
            Step::Wait(time) => Step::Wait(time),
            Step::Done(None) => Step::Done(None),
            Step::Done(Some(Err(error))) => Step::Done(Some(Err(error))),
            Step::Done(Some(Ok(page))) => {
                self.ready = page.items.into();
                Step::Done(self.ready.pop_front().map(Ok))
            }
        }
    }
}
