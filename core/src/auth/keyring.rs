//! The keys of one instance, fetched when they are needed and kept as long as they may be.
//!
//! | what happens | what it costs |
//! |---|---|
//! | a token whose key is known, and the keys are no older than an hour | nothing, at once |
//! | the same, and the keys are older than five minutes | nothing, at once; a refresh is due beside it |
//! | no keys, or older ones | one request for all who wait |
//! | an unknown key id | one request for all who wait, and then none for 30 s |
//! | a fetch fails | the keys stay; waits of 1, 2, 4, … 30 s before the next |
//!
//! Whoever fetches has the *lease*: it ends with the answer, when its holder is dropped, or after
//! 30 s. Times are on the steady clock; the age of keys is what the steady or the wall clock says, if more.
use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;

use super::{
    backend::Rs256,
    key::{KeySet, ReadyKeys, VerifyingKey},
    reason::{Reason, Unavailable},
};
use crate::{
    Call, CallOptions, Config, Draft, Error, ErrorKind, Event, Flow as _, Meta, Moment, Operation,
    Step, api::jwks::GetJwks, error::Unreadable,
};

/// From this age on, keys are refreshed while they are used.
const SOFT_LIMIT: Duration = Duration::from_secs(5 * 60);
/// Beyond this age, keys are not used.
const HARD_LIMIT: Duration = Duration::from_secs(60 * 60);
/// How long nobody asks again for a key id that is unknown.
const UNKNOWN_ID: Duration = Duration::from_secs(30);
/// How long a fetch may be under way before it counts as lost, and how long anybody waits for one.
const LEASE: Duration = Duration::from_secs(30);
/// The wait after the first failed fetch; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest of these waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How many fetches in a row may be dropped by their callers before that, too, counts as failing.
const FREE_LOSSES: u32 = 3;
/// How soon, and how late, those who wait look again.
const SHORTEST_LOOK: Duration = Duration::from_millis(1);
const LONGEST_LOOK: Duration = Duration::from_millis(100);
/// How long a fetch may take, and one attempt of it: somebody waits for it.
const FETCH: Duration = Duration::from_secs(10);
const ATTEMPT: Duration = Duration::from_secs(5);

pub(super) struct Keyring {
    config: Config,
    backend: Arc<dyn Rs256>,
    seed: u64,
    state: RwLock<State>,
    /// Whether a verification saw that the keys are to be refreshed.
    due: AtomicBool,
    /// Whether somebody was told so, and has not begun yet.
    told: AtomicBool,
}

#[derive(Default)]
struct State {
    keys: Option<Held>,
    lease: Option<Leased>,
    /// The number of the last lease, counted from 1.
    leases: u64,
    /// The last fetch that ended: with an answer, or not.
    ended: Option<Ended>,
    /// When a fetch for an unknown key id was last begun.
    unknown_id: Option<Duration>,
    /// Whether the last fetch was dropped, so that nobody knows what it would have brought.
    is_lost: bool,
    /// Whether a refresh is wanted in place of a fetch that was dropped, and when one last was.
    is_wanted: bool,
    replaced: Option<Duration>,
    /// Fetches in a row that failed, and that were dropped.
    failures: u32,
    losses: u32,
    /// Until when no fetch is begun that is not for an unknown id: after failures, and after losses, which
    /// do not hold off a refresh.
    paused_until: Duration,
    held_off_until: Duration,
}

struct Held {
    keys: ReadyKeys,
    /// When they were asked for.
    since: Moment,
}

impl Held {
    /// How old they are, on the clock that says more: a machine that slept has a steady clock that did, too.
    fn age(&self, now: Moment) -> Duration {
        let wall = now.wall.as_millis().saturating_sub(self.since.wall.as_millis());
        let wall = Duration::from_millis(u64::try_from(wall).unwrap_or(0));
        now.steady.saturating_sub(self.since.steady).max(wall)
    }
}

#[derive(Clone, Copy)]
struct Leased {
    number: u64,
    since: Duration,
    /// Whether it is for a key id that is not among the keys at hand.
    for_unknown_id: bool,
}

struct Ended {
    number: u64,
    problem: Option<Unavailable>,
}

/// What the keyring has to say about a key id.
pub(super) enum Look {
    /// Here it is.
    Key(Arc<VerifyingKey>),
    /// Fetch the keys, then look again.
    Fetch(Box<Fetch>),
    /// Somebody else does; look again after this time.
    Wait(Duration),
    /// There is no such key.
    Unknown,
    /// Nobody can say.
    Unavailable(Unavailable),
}

/// How one verification waits for a fetch.
#[derive(Default)]
pub(super) struct Waiting {
    /// Since when, and for which fetch.
    on: Option<(Duration, u64)>,
}

impl Keyring {
    pub(super) fn new(config: Config, backend: Arc<dyn Rs256>, seed: u64) -> Self {
        let (due, told) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { config, backend, seed, state: RwLock::default(), due, told }
    }

    /// The key, if it is here and may be used; `None` says that a fetch would have to tell.
    pub(super) fn find(&self, kid: &str, now: Moment) -> Option<Arc<VerifyingKey>> {
        // A panic elsewhere cannot have left it half changed: nothing in here panics.
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let key = state.usable(now)?.find(kid)?.clone();
        if state.is_refresh_due(now) {
            self.due.store(true, Relaxed);
        }
        Some(key)
    }

    /// The key, or what to do about it.
    pub(super) fn look(self: &Arc<Self>, kid: &str, waiting: &mut Waiting, moment: Moment) -> Look {
        let now = moment.steady;
        if let Some(key) = self.find(kid, moment) {
            return Look::Key(key);
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let usable = state.usable(moment);
        if let Some(key) = usable.and_then(|keys| keys.find(kid)) {
            return Look::Key(key.clone()); // It came in between.
        }
        let have_others = usable.is_some();
        // What the fetch brought that this one waited for counts as its own.
        let is_own = |ended: &&Ended| waiting.on.is_some_and(|(_, number)| ended.number >= number);
        match state.ended.as_ref().filter(is_own) {
            Some(Ended { problem: Some(_), .. }) => {
                return Look::Unavailable(state.unavailable(now));
            }
            Some(Ended { problem: None, .. }) if have_others => {
                state.unknown_id =
                    state.unknown_id.max(state.keys.as_ref().map(|held| held.since.steady));
                return Look::Unknown;
            }
            _ => {}
        }
        let asked = |last: Duration| now.saturating_sub(last) < UNKNOWN_ID;
        let asked_lately = have_others && state.unknown_id.is_some_and(asked);
        match state.lease_at(now) {
            // A refresh is under way, which is not for those who would not be allowed a fetch.
            Some(lease) if asked_lately && !lease.for_unknown_id => return state.known_lately(now),
            Some(lease) => {
                let since = waiting.on.map_or(now, |(since, _)| since);
                waiting.on = Some((since, lease.number));
                let waited = now.saturating_sub(since);
                if waited >= LEASE {
                    return Look::Unavailable(state.unavailable(now));
                }
                // Those who have waited long look less often: nobody is more than an eighth late.
                let pause = (waited / 8).clamp(SHORTEST_LOOK, LONGEST_LOOK);
                return Look::Wait(pause.min(LEASE.saturating_sub(waited)));
            }
            // The fetch was lost, and one of its own would take it beyond the limit.
            None if waiting
                .on
                .is_some_and(|(since, _)| now.saturating_sub(since) > LEASE - FETCH) =>
            {
                return Look::Unavailable(state.unavailable(now));
            }
            None if asked_lately => return state.known_lately(now),
            None if have_others => state.unknown_id = Some(now),
            None if now < state.paused_until.max(state.held_off_until) => {
                return Look::Unavailable(state.unavailable(now));
            }
            None => {}
        }
        let is_first = !have_others && state.failures == 0 && state.losses == 0;
        let attempts = if is_first { 2 } else { 1 };
        let lease = self.lease(&mut state, moment, have_others);
        waiting.on = Some((waiting.on.map_or(now, |(since, _)| since), lease.number));
        Look::Fetch(Box::new(Fetch::new(lease, attempts)))
    }

    /// Whether somebody should run a refresh. Says so to one at a time: many verifications may end before
    /// the first refresh begins, and each would cost a task or a thread.
    pub(super) fn take_due(self: &Arc<Self>) -> Option<Told> {
        if !self.due.load(Relaxed) || self.told.swap(true, Relaxed) {
            return None;
        }
        let told = Told(Arc::clone(self));
        self.due.swap(false, Relaxed).then_some(told)
    }

    /// A fetch, if the keys are older than five minutes or not there, or a fetch was dropped that was to
    /// find a new key; and if nobody is at it.
    pub(super) fn refresh(self: &Arc<Self>, now: Moment) -> Option<Fetch> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if !state.is_refresh_due(now) {
            return None;
        }
        if state.is_wanted && state.usable(now).is_some() {
            // It stands for the fetch that was lost, and counts as one.
            state.replaced = Some(now.steady);
            state.unknown_id = state.unknown_id.max(Some(now.steady));
        }
        let lease = self.lease(&mut state, now, false);
        Some(Fetch::new(lease, 1))
    }

    /// Whether there are keys that can be used, and if not, why.
    pub(super) fn readiness(&self, now: Moment) -> Result<(), Unavailable> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.usable(now).is_some() { Ok(()) } else { Err(state.unavailable(now.steady)) }
    }

    fn lease(self: &Arc<Self>, state: &mut State, now: Moment, for_unknown_id: bool) -> Lease {
        state.leases += 1;
        state.is_wanted = false;
        state.lease = Some(Leased { number: state.leases, since: now.steady, for_unknown_id });
        Lease { keyring: Arc::clone(self), number: state.leases, since: now, latest: now }
    }

    fn take(&self, lease: &Lease, answer: Result<KeySet, Error>) {
        let keys = answer.map_err(refused).and_then(|set| {
            let keys = ReadyKeys::new(set, &*self.backend);
            if keys.is_empty() {
                Err(Unavailable::new(Reason::JwkRemoteInvalid, None))
            } else {
                Ok(keys)
            }
        });
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.lease.is_none_or(|current| current.number != lease.number) {
            return; // It took too long: somebody else is at it, or was.
        }
        state.lease = None;
        state.is_lost = false;
        let problem = match keys {
            Ok(keys) => {
                state.keys = Some(Held { keys, since: lease.since });
                (state.failures, state.losses) = (0, 0);
                (state.paused_until, state.held_off_until) = (Duration::ZERO, Duration::ZERO);
                None
            }
            Err(problem) => {
                state.failures = state.failures.saturating_add(1);
                let hint = problem.retry_after.unwrap_or_default().min(LONGEST_PAUSE * 2);
                let pause = pause_after(state.failures).max(hint);
                state.paused_until = lease.latest.steady.saturating_add(pause);
                Some(problem)
            }
        };
        state.ended = Some(Ended { number: lease.number, problem });
    }

    fn lost(&self, lease: &Lease) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(current) = state.lease.filter(|current| current.number == lease.number) {
            state.lease = None;
            state.is_lost = true;
            state.losses = state.losses.saturating_add(1);
            let (now, losses) = (lease.latest.steady, state.losses.saturating_sub(FREE_LOSSES));
            state.held_off_until = now.saturating_add(pause_after(losses));
            // Whoever sends tokens and hangs up must not keep keys from being found: a refresh, which
            // nobody can hang up on, does it in their place. Where there are other keys, once in a minute:
            // unknown ids must not cause more than three requests in one.
            let is_cold = state.usable(lease.latest).is_none();
            let is_allowed = |last: Duration| now.saturating_sub(last) >= UNKNOWN_ID * 2;
            if is_cold || current.for_unknown_id && state.replaced.is_none_or(is_allowed) {
                state.is_wanted = true;
                self.due.store(true, Relaxed);
            }
        }
    }
}

/// How long to wait after so many failures in a row.
fn pause_after(failures: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(1) else { return Duration::ZERO };
    (FIRST_PAUSE * (1 << doublings.min(10))).min(LONGEST_PAUSE)
}

impl State {
    /// The keys, if they are young enough to be used.
    fn usable(&self, now: Moment) -> Option<&ReadyKeys> {
        let held = self.keys.as_ref()?;
        (held.age(now) <= HARD_LIMIT).then_some(&held.keys)
    }

    fn is_refresh_due(&self, now: Moment) -> bool {
        let is_old = self.keys.as_ref().is_none_or(|held| held.age(now) >= SOFT_LIMIT);
        let (is_paused, is_fetched) =
            (now.steady < self.paused_until, self.lease_at(now.steady).is_some());
        (is_old || self.is_wanted) && !is_paused && !is_fetched
    }

    /// What to say of an unknown key id when somebody asked for one a moment ago.
    fn known_lately(&self, now: Duration) -> Look {
        match &self.ended {
            Some(Ended { problem: None, .. }) if !self.is_lost => Look::Unknown,
            // The last fetch failed, or nobody waited for its answer: the key may well be there.
            _ => Look::Unavailable(self.unavailable(now)),
        }
    }

    /// The fetch under way.
    fn lease_at(&self, now: Duration) -> Option<Leased> {
        self.lease.filter(|lease| now.saturating_sub(lease.since) < LEASE)
    }

    /// What the last fetch failed with, and when the next may be.
    fn unavailable(&self, now: Duration) -> Unavailable {
        let last = self.ended.as_ref().and_then(|ended| ended.problem.clone());
        let mut problem =
            last.unwrap_or_else(|| Unavailable::new(Reason::JwkRemoteFailedToLoad, None));
        let next = self.paused_until.max(self.held_off_until).saturating_sub(now);
        problem.retry_after = Some(next.max(FIRST_PAUSE));
        problem
    }
}

/// Somebody was told that a refresh is due. Dropped when it has begun, or when it never will.
pub(super) struct Told(Arc<Keyring>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.told.store(false, Relaxed);
    }
}

/// The right to fetch, which comes back when it is dropped.
struct Lease {
    keyring: Arc<Keyring>,
    number: u64,
    since: Moment,
    /// The latest time that the fetch has heard of.
    latest: Moment,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keyring.lost(self);
    }
}

/// A fetch of the key set, for the keyring that asked for it.
pub(super) struct Fetch {
    lease: Lease,
    call: Call<FetchKeys>,
}

impl Fetch {
    fn new(lease: Lease, attempts: u32) -> Self {
        let Keyring { config, seed, .. } = &*lease.keyring;
        let inner = config.inner();
        let options = CallOptions::new()
            .retry(inner.retry.clone().max_attempts(attempts.min(inner.retry.max_attempts)))
            .deadline(inner.deadline.min(FETCH))
            .attempt_timeout(inner.attempt_timeout.min(ATTEMPT));
        let call = Call::with_options(FetchKeys, config, seed ^ lease.number, options);
        Self { lease, call }
    }

    /// One step; the keyring has the answer when it is done.
    pub(super) fn advance(&mut self, event: Event, now: Moment) -> Step<()> {
        if now.steady > self.lease.latest.steady {
            self.lease.latest = now;
        }
        self.call.advance(event, now).map(|answer| {
            let keyring = Arc::clone(&self.lease.keyring);
            keyring.take(&self.lease, answer);
        })
    }
}

/// Why there are no keys.
fn refused(error: Error) -> Unavailable {
    // Only a whole answer says something: a broken one may have a status, too.
    let status = error.api().map(|answer| answer.status);
    let reason = if status == Some(http::StatusCode::UNAUTHORIZED) {
        Reason::SecretKeyInvalid
    } else if error.kind() == ErrorKind::Decode {
        Reason::JwkRemoteInvalid
    } else {
        Reason::JwkRemoteFailedToLoad
    };
    Unavailable::new(reason, Some(Arc::new(error)))
}

/// `GET /v1/jwks`, read strictly: one odd key must not cost the others, and no odd key may count.
#[derive(Debug)]
struct FetchKeys;

impl Operation for FetchKeys {
    const META: &'static Meta = GetJwks::META;
    type Output = KeySet;

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        GetJwks::new().encode(draft)
    }

    fn decode(body: &Bytes) -> Result<KeySet, Unreadable> {
        let text = std::str::from_utf8(body).map_err(|_| Unreadable::new("it is not UTF-8"))?;
        KeySet::read(text).map_err(Unreadable::new)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Keyring")
            .field("has_keys", &state.keys.is_some())
            .field("failures", &state.failures)
            .finish_non_exhaustive()
    }
}
