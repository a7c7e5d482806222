//! `Retry-After`: a wait is never shorter than what the server asks for, and never beyond what the caller gave.
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_core::{Call, Event, Moment, Operation as _, Timestamp, api::users::GetUser};
use http::{
    HeaderMap, HeaderValue, Request, StatusCode,
    header::{DATE, RETRY_AFTER},
};

use super::kit::{assert_error, config, drive, headers, line, number, reply};

/// Sun, 06 Nov 1994 08:49:37 GMT: the date that RFC 9110 writes in three forms.
const NOW: i64 = 784_111_777;
const DEADLINE: Duration = Duration::from_secs(30);
const LONGEST_HINT: Duration = Duration::from_secs(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A status and the headers of every answer.
pub fn retry_after(data: &[u8]) {
    let (status, rest) = line(data);
    let status = number(status, 100..1000);
    let (headers, body) = headers(rest, <[u8]>::to_vec);
    let now = Moment::from(Timestamp::from_secs(NOW));
    let hint = hint(&headers);
    let mut elapsed = Duration::ZERO;
    let (mut sent, mut waits) = (0, Vec::new());
    let seed = data.iter().fold(0, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(*byte));
    let result = drive(
        Call::new(GetUser::new("user_1"), &config(), seed),
        now,
        |request: Request<_>, left| {
            sent += 1;
            assert_eq!(request.uri(), "https://api.clerk.com/v1/users/user_1");
            assert!(!left.is_zero() && left <= Duration::from_secs(10), "{left:?}");
            Event::Reply(Ok(reply(status, &headers, body)))
        },
        |wait| waits.push(wait),
    );
    for wait in &waits {
        elapsed += *wait;
        if is_steady(&headers) {
            match hint {
                Some(hint) => {
                    let more = (hint / 4).min(Duration::from_secs(1));
                    assert!((hint..=hint + more).contains(wait), "{hint:?}: {wait:?}");
                }
                None => assert!(*wait <= LONGEST_PAUSE, "{wait:?}"),
            }
        }
        assert!(*wait <= LONGEST_HINT + Duration::from_secs(1), "{wait:?}");
    }
    if let (Some(hint), Some(first)) = (hint, waits.first()) {
        assert!(*first >= hint && hint <= LONGEST_HINT, "{hint:?}: {first:?}");
    }
    assert!(elapsed < DEADLINE, "{elapsed:?}");
    assert_eq!(sent, waits.len() + 1);
    assert!(sent <= 3, "{sent}");
    let is_repeated = [408, 425, 429, 500, 502, 503, 504].contains(&status);
    assert!(is_repeated || sent == 1, "{status}: {sent}");
    let is_refused = hint.is_some_and(|hint| hint > LONGEST_HINT);
    assert!(!is_repeated || (sent > 1) != is_refused, "{status}, {hint:?}: {sent}");

    let Err(error) = result else { return assert!((200..300).contains(&status)) };
    assert_error(&error, 1500);
    assert_eq!(usize::try_from(error.attempts()).unwrap(), sent);
    assert_eq!(error.is_rate_limited(), status == 429);
    if let Some(api) = error.api() {
        assert!(status >= 400 && api.status == StatusCode::from_u16(status).unwrap());
        if is_steady(&headers) || sent == 1 {
            assert_eq!(error.retry_after(), hint);
        }
    }
    // Without waits there is nothing else to decide.
    if sent == 1 {
        let single = GetUser::read(reply(status, &headers, body)).unwrap_err();
        assert_eq!(single.kind(), error.kind());
    }
}

/// Whether the hint is the same whenever the answer comes: seconds, or a date and what to compare it with.
fn is_steady(headers: &HeaderMap) -> bool {
    let is_number = |value: &HeaderValue| {
        value.as_bytes().trim_ascii().iter().all(|byte| byte.is_ascii_digit())
    };
    headers.get(RETRY_AFTER).is_none_or(is_number) || date(headers).is_some()
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// What the first answer asks for, by a second reading.
fn hint(headers: &HeaderMap) -> Option<Duration> {
    let values: Vec<_> = headers.get_all(RETRY_AFTER).iter().collect();
    let [value] = &*values else { return None };
    let text = value.to_str().ok()?.trim();
    let hint = match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true if text.is_empty() => return None,
        true if text.trim_start_matches('0').len() > 20 => Duration::MAX,
        true => match u64::try_from(text.parse::<u128>().ok()?) {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => Duration::MAX,
        },
        false => {
            let date = httpdate::parse_http_date(text).ok()?;
            let now = UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs());
            date.duration_since(self::date(headers).unwrap_or(now)).ok()?
        }
    };
    (!hint.is_zero()).then_some(hint)
}
