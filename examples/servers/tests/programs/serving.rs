//! Programs that go on serving: against the stand-in, and for an instance of one's own.
use std::{
    io::Write as _,
    net::{TcpListener, TcpStream},
    thread::yield_now,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use clerk_core::{testing::TestKey, webhook::Webhook};
use clerk_examples::stand_in::{SECRET_KEY, Server};
use serde_json::json;

use crate::{
    PROGRAMS, program,
    running::{Running, answer, connect, read, status},
};

#[test]
fn what_is_served_is_what_the_docs_say() {
    for (name, path, source) in PROGRAMS {
        let (_, documented) = source.split_once("//! ```text\n").unwrap();
        let (documented, _) = documented.split_once("//! ```\n").unwrap();
        let served = Running::start(program(path, &["--serve", "127.0.0.1:0"], &[]));
        let (address, lines) = (served.address, served.commands());
        let printed: String = lines
            .iter()
            .skip_while(|line| !line.starts_with("curl "))
            .map(|line| format!("//! {}\n", line.replace(&address.to_string(), "127.0.0.1:3000")))
            .collect();
        assert_eq!(printed, documented, "{name}");

        // And what is pasted works.
        let variable = |name: &str| {
            let value = lines.iter().find_map(|line| line.strip_prefix(&format!("{name}='")));
            value.unwrap().strip_suffix('\'').unwrap().to_owned()
        };
        if name == "webhook_receiver" {
            let head = format!(
                "POST /webhooks HTTP/1.1\r\nsvix-id: msg_1\r\nsvix-timestamp: {}\r\nsvix-signature: {}",
                variable("NOW"),
                variable("ANN_SIGNED"),
            );
            assert_eq!(status(&answer(address, &head, variable("ANN").as_bytes())), 204);
            assert_eq!(status(&answer(address, &head, variable("BOB").as_bytes())), 400);
            // What is larger than a webhook can be, is not read.
            let (fits, too_large) = (vec![b' '; 1 << 20], vec![b' '; (1 << 20) + 1]);
            assert_eq!(status(&answer(address, &head, &fits)), 400);
            assert_eq!(status(&answer(address, &head, &too_large)), 413);
            continue;
        }
        let me = |address, token| {
            let head = format!("GET /me HTTP/1.1\r\nAuthorization: Bearer {}", variable(token));
            status(&answer(address, &head, b""))
        };
        assert_eq!((me(address, "ANN"), me(address, "EXPIRED")), (200, 401), "{name}");
        let cut_off = variable("CUT_OFF").strip_prefix("http://").unwrap().parse().unwrap();
        assert_eq!(me(cut_off, "ANN"), 503, "{name}");
    }
}

/// Of an instance whose Frontend API is at clerk.own.example.
const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsub3duLmV4YW1wbGUk";
const ISSUER: &str = "https://clerk.own.example";
const ORIGIN: &str = "https://own.example";

fn token(issuer: &str, origin: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let session = TestKey::first().session("user_1").issuer(issuer).authorized_party(origin);
    session.mint(i64::try_from(now).unwrap())
}

/// An instance of one's own: with a key, and an issuer, that the demonstrations do not have.
#[test]
fn the_real_thing_is_what_the_environment_says() {
    let api = Server::start().unwrap();
    let variables = [
        ("CLERK_SECRET_KEY", SECRET_KEY),
        ("CLERK_PUBLISHABLE_KEY", PUBLISHABLE_KEY),
        ("CLERK_API_URL", &api.url()),
    ];
    for (name, path, _) in &PROGRAMS[..3] {
        let arguments = ["--real", "--origin", ORIGIN, "--serve=127.0.0.1:0"];
        let served = Running::start(program(path, &arguments, &variables));
        let (address, url) = (served.address, api.url());
        assert_eq!(served.first, format!("serving on http://{address}; Clerk is at {url}"));
        let me = |token| {
            let head = format!("GET /me HTTP/1.1\r\nAuthorization: Bearer {token}");
            status(&answer(address, &head, b""))
        };
        assert_eq!(me(token(ISSUER, ORIGIN)), 200, "{name}");
        assert_eq!(me(token(ISSUER, "https://app.example.com")), 401, "{name}");
        assert_eq!(me(token("https://clerk.example.com", ORIGIN)), 401, "{name}");
    }
}

#[test]
fn while_a_secret_is_changed_both_are_good() {
    let (old, new, other) = (
        "whsec_b25lIHNlY3JldCB0aGF0IGlzIGxvbmcgZW5vdWdo",
        "whsec_YW5vdGhlciBzZWNyZXQsIGxvbmcgZW5vdWdo",
        "whsec_dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHMgb25seQ==", // the demonstrations'
    );
    let secrets = [("CLERK_WEBHOOK_SIGNING_SECRET", &*format!("{new}, {old}"))];
    let arguments = ["--real", "--serve", "127.0.0.1:0"];
    let served = Running::start(program(PROGRAMS[3].1, &arguments, &secrets));
    assert_eq!(served.first, format!("receiving at http://{}/webhooks", served.address));
    let body = json!({ "type": "user.deleted", "data": { "object": "user", "id": "user_1", "deleted": true } });
    let body = body.to_string();
    let deliver = |id: &str, secret, age| {
        let time = SystemTime::now() - Duration::from_secs(age);
        let headers = Webhook::new(secret).unwrap().sign(id, time, body.as_bytes()).unwrap();
        let mut head = "POST /webhooks HTTP/1.1".to_owned();
        for (name, value) in &headers {
            head += &format!("\r\n{name}: {}", value.to_str().unwrap());
        }
        status(&answer(served.address, &head, body.as_bytes()))
    };
    assert_eq!((deliver("msg_1", new, 0), deliver("msg_2", old, 0)), (204, 204));
    assert_eq!(deliver("msg_3", other, 0), 400);
    assert_eq!(served.logged(), "refused: signature-invalid");
    assert_eq!(deliver("msg_4", new, 302), 400);
    assert_eq!(served.logged(), "refused: timestamp-too-old");
    // Sent again, it has another time and another signature, and is the same.
    assert_eq!(deliver("msg_1", old, 1), 204);
    assert_eq!(served.logged(), "msg_1 was here before");
}

#[test]
fn threads_read_so_much_and_no_more() {
    let served = Running::start(program(PROGRAMS[2].1, &["--serve", "127.0.0.1:0"], &[]));
    let ask = |head: &str| {
        let mut stream = connect(served.address);
        stream.write_all(head.as_bytes()).unwrap();
        let answer = read(stream);
        answer.split_once("\r\n").unwrap().0.to_owned()
    };
    // Exactly as much as is read, and a byte less: both with an end that is not among it.
    let long = |size: usize| format!("GET / HTTP/1.1\r\nx: {}", "x".repeat(size - 19));
    assert_eq!(long(16 << 10).len(), 16 << 10);
    assert_eq!(ask(&long(16 << 10)), "HTTP/1.1 431 Request Header Fields Too Large");
    assert_eq!(ask(&(long((16 << 10) - 4) + "\r\n\r\n")), "HTTP/1.1 200 OK");
    assert_eq!(
        ask(&(long((16 << 10) - 3) + "\r\n\r\n")),
        "HTTP/1.1 431 Request Header Fields Too Large"
    );
    // What is left unread does not take the answer away: it is read, for a while.
    let mut stream = connect(served.address);
    stream.write_all(long(200 << 10).as_bytes()).unwrap();
    let answer = read(stream.try_clone().unwrap());
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    for _ in 0..100 {
        stream.write_all(b"more").unwrap();
    }
    let fields = "x: y\r\n".repeat(65);
    assert_eq!(ask(&format!("GET / HTTP/1.1\r\n{fields}\r\n")), "HTTP/1.1 400 Bad Request");
    assert_eq!(ask("nonsense\r\n\r\n"), "HTTP/1.1 400 Bad Request");
    assert_eq!(ask("DELETE /me HTTP/1.1\r\n\r\n"), "HTTP/1.1 405 Method Not Allowed");
}

/// A request of two tokens, of which one is good, is nobody's.
#[test]
fn every_header_comes_through() {
    for (name, path, _) in &PROGRAMS[..3] {
        let served = Running::start(program(path, &["--serve", "127.0.0.1:0"], &[]));
        let lines = served.commands();
        let ann = lines.iter().find_map(|line| line.strip_prefix("ANN='")).unwrap();
        let ann = ann.strip_suffix('\'').unwrap();
        let once = format!("GET /me HTTP/1.1\r\nAuthorization: Bearer {ann}");
        let twice = format!("{once}\r\nAuthorization: Bearer {ann}");
        assert_eq!(status(&answer(served.address, &once, b"")), 200, "{name}");
        let refused = answer(served.address, &twice, b"");
        assert_eq!(status(&refused), 401, "{name}");
        // The headers that belong to a refusal are there, whatever its body is.
        let refused = refused.to_lowercase();
        assert!(refused.contains("\r\nwww-authenticate: bearer\r\n"), "{name}: {refused}");
        assert_eq!(
            refused.matches("\r\ncache-control: no-store\r\n").count(),
            1,
            "{name}: {refused}"
        );
    }
}

/// A request is under way, as it waits for the keys, when the server is told to stop.
#[cfg(unix)]
#[test]
fn whoever_is_served_is_answered_before_the_end() {
    let api = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", api.local_addr().unwrap());
    let variables = [
        ("CLERK_SECRET_KEY", "sk_test_1"),
        ("CLERK_PUBLISHABLE_KEY", PUBLISHABLE_KEY),
        ("CLERK_API_URL", &url),
    ];
    let arguments = ["--real", "--origin", ORIGIN, "--serve", "127.0.0.1:0"];
    let served = Running::start(program(PROGRAMS[1].1, &arguments, &variables));
    let mut waits = connect(served.address);
    let request = format!(
        "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        token(ISSUER, ORIGIN)
    );
    waits.write_all(request.as_bytes()).unwrap();
    let (mut asked, _) = api.accept().unwrap();

    served.interrupt();
    let late = Instant::now() + Duration::from_secs(5); // less than it waits for those that are left
    while TcpStream::connect(served.address).is_ok() {
        assert!(Instant::now() < late, "it still lets in others");
        yield_now();
    }
    let keys = json!({ "keys": [TestKey::first().jwk()] }).to_string();
    let length = keys.len();
    let keys =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{keys}");
    asked.write_all(keys.as_bytes()).unwrap();
    let answer = read(waits);
    assert_eq!(status(&answer), 200, "{answer}");
    assert_eq!(served.logged(), "stopped; every request was answered");
    assert!(served.ended().success());
}
