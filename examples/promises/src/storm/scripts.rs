//! What servers do in a storm: some good answers, then one fault.
use std::time::Duration;

use clerk_fault_server::{
    Script, Sighting,
    Step::{
        self, Again, Bare, Drain, Drip, Echo, EchoAnd, Fin, Read, ReadHead, ReadRequest, Reset,
        Stall, Write, WriteForever,
    },
    answer, answer_with, person,
};

use super::Random;

/// Whose answer nobody asked for.
pub(super) const STRANGER: &str = "user_of_somebody_else";
/// A good beginning.
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
/// Between two bytes of what comes drop by drop.
const DRIP: Duration = Duration::from_millis(15);
const PAGE: &[u8] = b"<!doctype html><title>Bad gateway</title>";
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabV\xcaLQ\xb2R*-N-\x8a7T\xaa\x05\x005i\xbfQ\x0f\x00\x00\x00";

/// The script of a connection: up to three good answers, then one of the faults of the table that a
/// single connection can have. One in ten has none.
pub fn stormy(random: &mut Random, elsewhere: &str) -> Script {
    let mut script = good(random.below(4));
    if random.chance(10) {
        return [ReadRequest, Echo, Again].into();
    }
    let fault = match random.below(5) {
        0 => closes(random),
        1 => stalls(random),
        2 => framing(random),
        3 => large(random),
        _ => answers(random, elsewhere),
    };
    script.extend(fault);
    script
}

/// The script of a connection that ends at a random point: at once, with or after a request, within
/// or after an answer; now and then after a refusal, with `hints` one that asks to come back after a
/// second.
pub fn closing(random: &mut Random, hints: bool) -> Script {
    let mut script = good(random.below(5));
    if random.chance(30) {
        return [ReadRequest, Echo, Again].into();
    }
    script.extend(match random.below(12) {
        // Right after the last answer, while the next request may be on its way.
        0..=2 => [end(random)].into(),
        3 => answered(random, Write(answer(429, "{}"))),
        4 => {
            let hint = if hints { "retry-after: 1\r\n" } else { "" };
            answered(random, Write(answer_with(429, hint, b"{}")))
        }
        5 => answered(random, Write(answer(503, "{}"))),
        _ => closes(random),
    });
    script
}

/// The script of a connection on which there will be no TLS session.
pub fn bad_handshake(random: &mut Random) -> Script {
    let mut script: Script = [Bare].into();
    script.extend(match random.below(5) {
        0 => vec![],
        1 => vec![Read],
        // An alert: the handshake failed.
        2 => vec![Read, Write(b"\x15\x03\x03\x00\x02\x02\x28".to_vec())],
        3 => vec![Read, Write(answer(400, "plain HTTP"))],
        // The beginning of a record that does not go on.
        _ => vec![Read, Write(b"\x16\x03\x03\x00\x7a\x02\x00".to_vec())],
    });
    script.push(end_or_stall(random));
    script
}

/// Whether a script answers this request with a 429, after which even a POST may come again.
pub fn is_refusal(script: &Script, sighting: Sighting) -> bool {
    let reads = || {
        let is_read = |step: &Step| matches!(step, ReadRequest | ReadHead | Read);
        script.iter().enumerate().filter(move |(_, step)| is_read(step))
    };
    let nth = sighting.nth.checked_rem(reads().count()).unwrap_or_default();
    let next = reads().nth(nth).and_then(|(at, _)| script.get(at.saturating_add(1)));
    matches!(next, Some(Write(bytes)) if bytes.starts_with(b"HTTP/1.1 429"))
}

fn good(answers: usize) -> Script {
    std::iter::repeat_n([ReadRequest, Echo], answers).flatten().collect()
}

fn end(random: &mut Random) -> Step {
    if random.chance(50) { Fin } else { Reset }
}

fn end_or_stall(random: &mut Random) -> Step {
    if random.chance(33) { Stall } else { end(random) }
}

/// A whole answer, after which the connection goes on or ends.
fn answered(random: &mut Random, answer: Step) -> Script {
    let next = if random.chance(50) { Again } else { end(random) };
    [ReadRequest, answer, next].into()
}

fn text(text: &str) -> Step {
    Write(text.as_bytes().to_vec())
}

fn head_and(rest: &str) -> Step {
    text(&format!("{HEAD}{rest}"))
}

fn chunked(body: &str) -> Step {
    head_and(&format!("transfer-encoding: chunked\r\n\r\n{body}"))
}

fn endless(text: &str) -> Step {
    WriteForever(text.as_bytes().to_vec())
}

/// Up to where an answer gets that is not whole.
fn part(random: &mut Random) -> Step {
    match random.below(5) {
        0 => text("HTTP/1.1 200 OK\r\ncontent-ty"),
        1 => head_and("content-length: 100\r\n\r\n"),
        2 => head_and("content-length: 100\r\n\r\n{\"id\":"),
        3 => chunked("64\r\n{\"id\":"),
        _ => text("HT"),
    }
}

fn closes(random: &mut Random) -> Script {
    let mut script = match random.below(6) {
        0 => vec![],
        1 => vec![Read],
        2 => vec![ReadHead],
        3 => vec![ReadRequest],
        4 => vec![ReadHead, part(random)],
        _ => vec![ReadRequest, part(random)],
    };
    script.push(end(random));
    script
}

fn stalls(random: &mut Random) -> Script {
    let drip = |start: Step, drops: &str| vec![ReadRequest, start, Drip(drops.into(), DRIP)];
    match random.below(8) {
        0 => vec![Stall],
        1 => vec![ReadHead, Stall],
        2 => vec![ReadRequest, Stall],
        3 => drip(text(HEAD), "x-drip: drop\r\n"),
        4 => drip(head_and("content-length: 9999\r\n\r\n"), " "),
        5 => drip(chunked(""), "1\r\n \r\n"),
        _ => vec![ReadRequest, part(random), Stall],
    }
}

fn framing(random: &mut Random) -> Script {
    let stranger = answer(200, &person(STRANGER));
    let wrong = match random.below(16) {
        0 => return vec![text("SSH-2.0-OpenSSH_9.6\r\n"), Read, Stall],
        1 => text("SSH-2.0-OpenSSH_9.6\r\n"),
        2 => Write(b"\x15\x03\x03\x00\x02\x02\x46".to_vec()),
        3 => Write(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec()),
        4 => head_and("content-length: 31\r\ncontent-length: 9\r\n\r\n{}"),
        5 => head_and("content-length: 99999999999999999999\r\n\r\n{}"),
        6 => head_and("content-length: -1\r\n\r\n{}"),
        7 => {
            head_and("content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        }
        8 => chunked("zz\r\n{}\r\n0\r\n\r\n"),
        9 => chunked("fffffffffffffffff\r\n{}"),
        10 => chunked("2\r\n{}xx0\r\n\r\n"),
        11 => head_and("x-folded: a\r\n b\r\ncontent-length: 2\r\n\r\n{}"),
        12 => text("HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
        13 => text("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello"),
        // The answer of a stranger behind the right one, where the next request would find it.
        _ => return vec![ReadRequest, EchoAnd(stranger.clone()), ReadRequest, Write(stranger)],
    };
    vec![ReadRequest, wrong, end_or_stall(random)]
}

fn large(random: &mut Random) -> Script {
    let header = |line: String| head_and(&format!("{line}content-length: 2\r\n\r\n{{}}"));
    let endless = |start: Step, text: &str| vec![ReadRequest, start, endless(text)];
    match random.below(12) {
        0 => vec![ReadRequest, head_and("content-length: 1048577\r\n\r\n"), Stall],
        1 => endless(head_and("\r\n"), " "),
        2 => endless(chunked(""), &format!("40\r\n{}\r\n", " ".repeat(64))),
        3 => endless(chunked("ffffffffffffffff\r\n"), " "),
        4 => endless(chunked("0\r\n"), "x-trailer: 1\r\n"),
        5 => endless(text("HTTP/1.1 500 No\r\n\r\n"), " "),
        6 => endless(text("HTTP/1.1 200 OK\r\nx-long: "), "x"),
        7 => endless(text(HEAD), "x-more: y\r\n"),
        8 => endless(text(""), "HTTP/1.1 102 Processing\r\n\r\n"),
        9 => vec![ReadRequest, header(format!("x-long: {}\r\n", "x".repeat(200 << 10))), Stall],
        10 => vec![ReadRequest, header("x-many: y\r\n".repeat(150)), Stall],
        _ => {
            let hints = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n".repeat(100);
            vec![ReadRequest, text(&hints), Echo, Again]
        }
    }
}

fn answers(random: &mut Random, elsewhere: &str) -> Script {
    let refused = |hint: &str| Write(answer_with(429, hint, b"{}"));
    let answer = match random.below(16) {
        0 => refused(""),
        1 => refused("retry-after: 0\r\n"),
        2 => refused("retry-after: 1\r\n"),
        3 => refused("retry-after: 120\r\n"),
        4..=6 => {
            let status = random.one_of(&[408, 425, 500, 503]);
            Write(answer(status, "{\"errors\":[]}"))
        }
        7 => {
            let status = random.one_of(&[502, 503, 504]);
            Write(answer_with(status, "content-type: text/html\r\n", PAGE))
        }
        8 => Write(answer_with(200, "content-type: text/html\r\n", PAGE)),
        9 => Write(answer(200, "")),
        10 => Write(answer_with(200, "content-encoding: gzip\r\n", GZIP)),
        11 => Write(answer(200, &format!("{{\"id\":{}", "[".repeat(100_000)))),
        12 => Write(answer(200, "{\"id\":\"a\",\"id\":\"b\"}")),
        13 => {
            let early = Write(answer(413, "{\"errors\":[]}"));
            return vec![ReadHead, early, Drain];
        }
        _ => {
            let status = random.one_of(&[301, 302, 303, 307, 308]);
            let to = format!("location: http://{elsewhere}/v1/users/user_1\r\n");
            Write(answer_with(status, &to, b""))
        }
    };
    answered(random, answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_found_again() {
        let script = vec![ReadRequest, Echo, ReadRequest, Write(answer(429, "{}")), Again];
        let at = |nth| is_refusal(&script, Sighting { connection: 7, nth });
        assert_eq!([0, 1, 2, 3].map(at), [false, true, false, true]);
        assert!(!is_refusal(&vec![Fin], Sighting { connection: 7, nth: 0 }));
    }

    #[test]
    fn scripts_come_from_the_seed() {
        let script = |number| format!("{:?}", stormy(&mut Random::of(1, 1, number), "127.0.0.1:9"));
        assert_eq!(script(5), script(5));
        let different: std::collections::BTreeSet<_> = (0..500).map(script).collect();
        assert!(different.len() > 150, "{}", different.len());
    }
}
