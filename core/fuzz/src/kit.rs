//! What the targets have in common: how inputs are read, how flows are driven, what every text has to hold to.
use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use clerk_core::{Config, Event, Flow, Moment, Step};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};

/// A secret in inputs and configurations: where it must not be shown, it is looked for.
pub(super) const CANARY: &str = "hush4711canary";

pub(super) fn config() -> Config {
    Config::new(&format!("sk_test_{CANARY}")).unwrap()
}

pub(super) fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// The first line, and what is behind it.
pub(super) fn line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

/// `name: value` lines up to an empty one, and what is behind that. Lines that are no header are left out.
pub(super) fn headers(mut data: &[u8], expand: impl Fn(&[u8]) -> Vec<u8>) -> (HeaderMap, &[u8]) {
    let mut headers = HeaderMap::new();
    while !data.is_empty() {
        let (field, rest) = line(data);
        data = rest;
        if field.is_empty() {
            break;
        }
        let colon = field.iter().position(|byte| *byte == b':').unwrap_or(field.len());
        let (name, value) = field.split_at(colon);
        let value = expand(value.strip_prefix(b":").unwrap_or_default().trim_ascii());
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(&value))
        {
            headers.append(name, value);
        }
    }
    (headers, data)
}

/// Replaces `$` and a character by what the character stands for; others stay as they are.
pub(super) fn expanded<'t>(data: &[u8], value: impl Fn(u8) -> Option<&'t str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(byte) = data.get(at) {
        let found = data.get(at + 1).filter(|_| *byte == b'$').and_then(|name| value(*name));
        match found {
            Some(value) => out.extend_from_slice(value.as_bytes()),
            None => out.push(*byte),
        }
        at += 1 + usize::from(found.is_some());
    }
    out
}

/// A number at the beginning of a text, brought into a range.
pub(super) fn number(text: &[u8], range: std::ops::Range<u16>) -> u16 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    let number =
        digits.fold(0_u16, |all, digit| all.wrapping_mul(10).wrapping_add(u16::from(digit - b'0')));
    if range.contains(&number) { number } else { range.start + number % (range.end - range.start) }
}

/// A text for people or logs: one line, nothing in it that changes how it is shown, and not endless.
pub(super) fn assert_shown(shown: &str, most: usize) {
    assert!(!shown.contains(is_odd), "more than a line: {shown:?}");
    assert!(shown.len() <= most, "{} bytes: {shown:?}", shown.len());
}

/// What changes how the text around it is shown, or is not shown itself.
pub(super) fn is_odd(char: char) -> bool {
    let ranges = [
        '\u{ad}'..='\u{ad}',
        '\u{61c}'..='\u{61c}',
        '\u{180e}'..='\u{180e}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{feff}'..='\u{feff}',
        '\u{fff9}'..='\u{fffb}',
        '\u{e0000}'..='\u{e007f}',
    ];
    char.is_control() || ranges.iter().any(|range| range.contains(&char))
}

/// An error with all that it stands on: each of them is such a text, and none tells a secret.
pub(super) fn assert_error(error: &(dyn std::error::Error + 'static), most: usize) {
    let mut next = Some(error);
    while let Some(error) = next {
        assert_shown(&error.to_string(), most);
        assert!(!format!("{error} {error:?}").contains(CANARY), "a secret: {error:?}");
        next = error.source();
    }
}

pub(super) fn reply(status: u16, headers: &HeaderMap, body: &[u8]) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = status.try_into().unwrap();
    *response.headers_mut() = headers.clone();
    response
}

/// Runs a flow to its end, which has to come; `waited` sees every wait.
pub(super) fn drive<F: Flow>(
    mut flow: F,
    start: Moment,
    mut answer: impl FnMut(Request<Bytes>, Duration) -> Event,
    mut waited: impl FnMut(Duration),
) -> F::Output {
    let (mut now, mut event) = (start, Event::Start);
    for _ in 0..200 {
        event = match flow.advance(event, now) {
            Step::Done(output) => {
                // Whoever goes on nonetheless gets an answer, too.
                assert!(matches!(flow.advance(Event::Elapsed, now), Step::Done(_)));
                return output;
            }
            Step::Send(outgoing) => answer(outgoing.request, outgoing.time_left),
            Step::Wait(time) => {
                waited(time);
                now = now.after(time);
                Event::Elapsed
            }
        };
    }
    panic!("the flow does not end");
}
