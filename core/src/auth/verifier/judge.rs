//! The steps of verifying a token, and of refreshing keys.
use std::{fmt, marker::PhantomData, sync::Arc};

use super::{Inner, Keys, Place, TokenKind, Verified, Verifier, refused};
use crate::{
    Error, Event, Flow, Moment, Step,
    auth::{
        claims::Demanded,
        jws::{Jws, Kind},
        keyring::{Fetch, Look, Told, Waiting},
        reason::{Reason, Rejection, Unavailable, VerifyError},
    },
};

/// The steps of one verification.
pub(in crate::auth) enum Judge {
    /// It ended before it began.
    Refused(Rejection),
    Going(Box<Going>),
    Finished,
}

pub(in crate::auth) struct Going {
    inner: Arc<Inner>,
    token: String,
    jws: Jws,
    kind: Kind,
    demanded: Demanded,
    waiting: Waiting,
    /// Among those who may wait, once it does.
    place: Option<Place>,
    step: At,
}

/// What a verification waits for.
enum At {
    Nothing,
    Pause,
    Fetch(Box<Fetch>),
}

impl Judge {
    pub(in crate::auth) fn new(
        verifier: &Verifier,
        token: String,
        demanded: Demanded,
        kind: impl FnOnce(&Jws) -> Kind,
    ) -> Self {
        match Jws::parse(&token) {
            Ok(jws) => {
                let kind = kind(&jws);
                Self::parsed(verifier, token, jws, demanded, kind)
            }
            Err(reason) => Self::Refused(reason.into()),
        }
    }

    pub(in crate::auth) fn parsed(
        verifier: &Verifier,
        token: String,
        jws: Jws,
        demanded: Demanded,
        kind: Kind,
    ) -> Self {
        if let Err(reason) = jws.check(kind) {
            return Self::Refused(refused(reason, kind, &jws));
        }
        let inner = Arc::clone(&verifier.0);
        let (waiting, place, step) = (Waiting::default(), None, At::Nothing);
        Self::Going(Box::new(Going { inner, token, jws, kind, demanded, waiting, place, step }))
    }

    pub(in crate::auth) fn advance(
        &mut self,
        event: Event,
        now: Moment,
    ) -> Step<Result<Verified, VerifyError>> {
        match std::mem::replace(self, Self::Finished) {
            Self::Refused(rejection) => match event {
                Event::Start => Step::Done(Err(rejection.into())),
                _ => Step::Done(Err(misuse())),
            },
            Self::Finished => Step::Done(Err(misuse())),
            Self::Going(mut going) => {
                match (&mut going.step, event) {
                    (At::Nothing, Event::Start) | (At::Pause, Event::Elapsed) => {}
                    (At::Fetch(fetch), event) => match fetch.advance(event, now) {
                        Step::Send(outgoing) => {
                            *self = Self::Going(going);
                            return Step::Send(outgoing);
                        }
                        Step::Wait(time) => {
                            *self = Self::Going(going);
                            return Step::Wait(time);
                        }
                        Step::Done(()) => going.step = At::Nothing,
                    },
                    _ => return Step::Done(Err(misuse())),
                }
                self.look(going, now)
            }
        }
    }

    fn look(&mut self, mut going: Box<Going>, now: Moment) -> Step<Result<Verified, VerifyError>> {
        let refuse = |reason, going: &Going| refused(reason, going.kind, &going.jws).into();
        let found = match going.inner.find(&going.jws, now) {
            Ok(found) => found,
            Err(reason) => return Step::Done(Err(refuse(reason, &going))),
        };
        let key = match (found, &going.inner.keys) {
            (Some(key), _) => key,
            (None, Keys::Fetched(keyring)) => {
                let kid = going.jws.kid().unwrap_or_default();
                match keyring.look(kid, &mut going.waiting, now) {
                    Look::Key(key) => key,
                    Look::Wait(time) => {
                        if going.place.is_none() {
                            match going.inner.for_keys.take() {
                                Ok(place) => going.place = Some(place),
                                Err(unavailable) => return Step::Done(Err(unavailable.into())),
                            }
                        }
                        going.step = At::Pause;
                        *self = Self::Going(going);
                        return Step::Wait(time);
                    }
                    Look::Fetch(fetch) => {
                        // Who fetches does so for all, and is not counted.
                        going.place = None;
                        going.step = At::Fetch(fetch);
                        *self = Self::Going(going);
                        return self.advance(Event::Start, now);
                    }
                    Look::Unknown => {
                        return Step::Done(Err(refuse(Reason::JwkKidMismatch, &going)));
                    }
                    Look::Unavailable(unavailable) => return Step::Done(Err(unavailable.into())),
                }
            }
            (None, _) => {
                return Step::Done(Err(Unavailable::new(going.inner.why_no_keys(), None).into()));
            }
        };
        let Going { inner, token, jws, kind, demanded, .. } = *going;
        let verdict = inner.judge(&token, jws, kind, demanded, &key, now);
        Step::Done(verdict.map_err(|reason| {
            Rejection { token_type: kind.token_type(), ..Rejection::new(reason) }.into()
        }))
    }
}

/// The driver reported something that does not follow the last step.
pub(in crate::auth) fn misuse() -> VerifyError {
    let error = Error::misuse("the driver reported an event that does not follow the last step");
    Unavailable::new(Reason::UnexpectedError, Some(Arc::new(error))).into()
}

/// A [`Flow`] that verifies a token: see [`Verifier::verify`].
#[must_use]
pub struct Verify<K> {
    judge: Judge,
    kind: PhantomData<fn() -> K>,
}

impl<K> Verify<K> {
    pub(super) fn new(judge: Judge) -> Self {
        Self { judge, kind: PhantomData }
    }
}

impl<K> fmt::Debug for Verify<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify").finish_non_exhaustive()
    }
}

impl<K: TokenKind> Flow for Verify<K> {
    type Output = Result<K, VerifyError>;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output> {
        self.judge.advance(event, now).map(|verdict| {
            let verified = verdict?;
            K::pick(verified).ok_or_else(|| Reason::TokenTypeMismatch.into())
        })
    }
}

/// A [`Flow`] that fetches keys when that is due: see [`Verifier::refresh`].
#[must_use]
pub struct Refresh {
    verifier: Verifier,
    told: Option<Told>,
    fetch: Option<Fetch>,
}

impl Refresh {
    pub(super) fn new(verifier: &Verifier, told: Option<Told>) -> Self {
        Self { verifier: verifier.clone(), told, fetch: None }
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").finish_non_exhaustive()
    }
}

impl Flow for Refresh {
    type Output = Result<(), Unavailable>;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output> {
        let Keys::Fetched(keyring) = &self.verifier.0.keys else { return Step::Done(Ok(())) };
        if let (None, Event::Start) = (&self.fetch, &event) {
            self.fetch = keyring.refresh(now);
            self.told = None;
        }
        let step = match &mut self.fetch {
            Some(fetch) => fetch.advance(event, now),
            None => Step::Done(()),
        };
        if let Step::Done(()) = step {
            self.fetch = None;
        }
        step.map(|()| keyring.readiness(now))
    }
}
