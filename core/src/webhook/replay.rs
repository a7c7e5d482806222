//! Deliveries that were here before.
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use sha2::{Digest as _, Sha256};

use super::{Delivery, TOLERANCE};
use crate::Moment;

/// How many ids are remembered at the most.
const MAX_REMEMBERED: usize = 100_000;

/// Remembers which deliveries were here before, as a value: for one process, with whatever lock it needs
/// around it.
///
/// A delivery is remembered until its own time is more than five minutes past, from when on
/// [`verify`](super::Webhook::verify) refuses it; there are at most 100,000, of which the oldest goes first. What is
/// kept of an id is its hash, however long it is.
///
/// ```
/// use clerk_core::webhook::{ReplayGuard, Webhook};
///
/// # let body = br#"{"type":"user.deleted","data":{"object":"user","id":"user_1","deleted":true}}"#;
/// # let now = clerk_core::Timestamp::from_secs(1_800_000_000);
/// # let webhook = Webhook::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?;
/// # let delivery = webhook.verify(&webhook.sign("msg_1", now, body)?, body, now)?;
/// let mut guard = ReplayGuard::new();
/// assert!(guard.insert(&delivery, now)); // it is new: handle it
/// assert!(!guard.insert(&delivery, now)); // it was here before: answer 204
///
/// // If it could not be handled, let it come again.
/// guard.remove(&delivery);
/// assert!(guard.insert(&delivery, now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// **A delivery that is remembered and was not handled is lost.** A handler can end in between: by a panic, and at any
/// `.await`, as servers drop it when the other side hangs up. Where that can be, ask [`contains`](Self::contains)
/// before and `insert` when all is done, and be ready for one that comes twice at the same time.
///
/// It guards against replays, and not against what Clerk sends again later than that: it has a new signature, and is new
/// here. Whoever must not handle an event twice keeps its id where the effects are kept, in a database. One guard belongs
/// to one endpoint, as a message may have the same id at others.
#[derive(Clone, Default)]
pub struct ReplayGuard {
    /// By the SHA-256 of the id, which is of one size: until when it is remembered, in Unix seconds.
    known: BTreeMap<[u8; 32], i64>,
    /// The same, the first to be forgotten first.
    by_time: BTreeSet<(i64, [u8; 32])>,
}

impl ReplayGuard {
    /// Remembers nothing yet.
    pub const fn new() -> Self {
        Self { known: BTreeMap::new(), by_time: BTreeSet::new() }
    }

    /// Remembers a delivery that was verified at this time; `false` if it was here before, when it is not to be
    /// handled again. `now` is a `SystemTime`, a [`Timestamp`](crate::Timestamp) or a [`Moment`].
    #[must_use]
    pub fn insert(&mut self, delivery: &Delivery, now: impl Into<Moment>) -> bool {
        let now = now.into().wall.as_secs();
        while self.by_time.first().is_some_and(|(until, _)| *until < now) {
            self.forget_first();
        }
        let key: [u8; 32] = Sha256::digest(&delivery.id).into();
        let until = delivery
            .sent_at
            .as_secs()
            .saturating_add(TOLERANCE)
            .min(now.saturating_add(2 * TOLERANCE));
        let before = self.known.get(&key).copied();
        // What was sent again has a time of its own, until which it can be replayed.
        if before.is_none_or(|before| before < until) {
            self.known.insert(key, until);
            self.by_time.insert((until, key));
            if let Some(before) = before {
                self.by_time.remove(&(before, key));
            }
        }
        if self.known.len() > MAX_REMEMBERED {
            self.forget_first();
        }
        before.is_none()
    }

    /// Whether a delivery was here before, and would not be [inserted](Self::insert); asking remembers nothing.
    pub fn contains(&self, delivery: &Delivery, now: impl Into<Moment>) -> bool {
        let now = now.into().wall.as_secs();
        let key: [u8; 32] = Sha256::digest(&delivery.id).into();
        self.known.get(&key).is_some_and(|until| *until >= now)
    }

    /// Forgets a delivery, so that it is handled when it comes again.
    pub fn remove(&mut self, delivery: &Delivery) {
        let key: [u8; 32] = Sha256::digest(&delivery.id).into();
        if let Some(until) = self.known.remove(&key) {
            self.by_time.remove(&(until, key));
        }
    }

    /// How many deliveries it remembers.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    fn forget_first(&mut self) {
        if let Some((_, key)) = self.by_time.pop_first() {
            self.known.remove(&key);
        }
    }
}

impl fmt::Debug for ReplayGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayGuard").field("len", &self.len()).finish_non_exhaustive()
    }
}
