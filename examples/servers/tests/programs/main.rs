//! Each program shows what it says that it shows, and its commands are those of its docs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::process::{Command, Output, Stdio};

mod browsing;
mod running;
mod serving;
mod showing;

use self::running::wait;

/// Each program's name, its path, its source.
pub(crate) const PROGRAMS: [(&str, &str, &str); 4] = [
    ("axum_auth", env!("CARGO_BIN_EXE_axum_auth"), include_str!("../../src/bin/axum_auth.rs")),
    ("hyper_auth", env!("CARGO_BIN_EXE_hyper_auth"), include_str!("../../src/bin/hyper_auth.rs")),
    (
        "threads_auth",
        env!("CARGO_BIN_EXE_threads_auth"),
        include_str!("../../src/bin/threads_auth.rs"),
    ),
    (
        "webhook_receiver",
        env!("CARGO_BIN_EXE_webhook_receiver"),
        include_str!("../../src/bin/webhook_receiver.rs"),
    ),
];
/// What is in the environment of whoever runs the tests is not for them.
const VARIABLES: [&str; 4] =
    ["CLERK_SECRET_KEY", "CLERK_PUBLISHABLE_KEY", "CLERK_WEBHOOK_SIGNING_SECRET", "CLERK_API_URL"];

pub(crate) fn program(path: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(path);
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.args(arguments).envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(
    path: &str,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = wait(program(path, arguments, variables));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// What a program prints without arguments, and logs; its stand-in's port is replaced.
fn shown(at: usize) -> (String, String) {
    let (code, out, log) = run(PROGRAMS[at].1, &[], &[]);
    assert_eq!(code, Some(0), "{out}{log}");
    assert!(!out.contains("eyJ") && !log.contains("eyJ"), "a token was printed");
    (out, log)
}

/// All but the first line, which has a port in it.
fn after_the_first(out: &str) -> &str {
    let (first, rest) = out.split_once('\n').unwrap();
    assert!(first.starts_with("stand-in for Clerk at http://127.0.0.1:"), "{first}");
    rest
}

#[test]
fn axum_auth_shows_itself() {
    let (out, log) = shown(0);
    assert_eq!(
        after_the_first(&out),
        "\
GET  /              nobody             200 hello, whoever you are
GET  /              ann                200 hello, user_ann
GET  /me            nobody             401 www-authenticate: Bearer
GET  /me            ann                200 user_ann
GET  /me            ann, by cookie     200 user_ann
GET  /me            support            200 user_ann, impersonated by user_support
GET  /me            expired            401 www-authenticate: Bearer
GET  /me            elsewhere          401 www-authenticate: Bearer
GET  /me            stranger           401 www-authenticate: Bearer
GET  /admin         admin              200 user_adam may
GET  /admin         ann                403
GET  /posts         ann                200 the posts of org_acme
GET  /posts         admin              403
GET  /nowhere       nobody             404
GET  /me (no keys)  ann                503 retry-after: 1
GET  /me (no keys)  nobody             401 www-authenticate: Bearer
as it should be
"
    );
    let log: Vec<_> = log.lines().filter(|line| !line.starts_with("  because: ")).collect();
    assert_eq!(
        log,
        [
            "GET /me: 401 Unauthorized, session-token-and-uat-missing",
            "GET /me: 401 Unauthorized, token-expired",
            "GET /me: 401 Unauthorized, token-invalid-authorized-parties",
            "GET /me: 401 Unauthorized, jwk-kid-mismatch",
            "GET /me: 503 Service Unavailable, jwk-remote-failed-to-load",
            "GET /me: 401 Unauthorized, session-token-and-uat-missing",
        ]
    );
}

#[test]
fn hyper_auth_shows_itself() {
    let (out, log) = shown(1);
    assert_eq!(
        after_the_first(&out),
        "\
GET  /              nobody             200 {\"hello\":null}
GET  /              ann                200 {\"hello\":\"user_ann\"}
GET  /me            nobody             401 {\"error\":\"sign in first\"}
GET  /me            ann                200 {\"actor\":null,\"user\":\"user_ann\"}
GET  /me            support            200 {\"actor\":\"user_support\",\"user\":\"user_ann\"}
GET  /me            expired            401 {\"error\":\"sign in first\"}
GET  /admin         admin              200 {\"admin\":\"user_adam\"}
GET  /admin         ann                403 {\"error\":\"you may not do that\"}
GET  /nowhere       ann                404 {\"error\":\"there is no such thing\"}
GET  /me (no keys)  ann                503 {\"error\":\"try again later\"}
as it should be
"
    );
    assert_eq!(
        log,
        "\
GET /me: 401 Unauthorized, session-token-and-uat-missing
GET /me: 401 Unauthorized, token-expired
GET /me: 503 Service Unavailable, jwk-remote-failed-to-load
"
    );
}

#[test]
fn threads_auth_shows_itself() {
    let (out, log) = shown(2);
    assert_eq!(
        after_the_first(&out),
        "\
GET  /              nobody             200 hello, whoever you are
GET  /              ann                200 hello, user_ann
GET  /me            nobody             401 www-authenticate: Bearer
GET  /me            ann                200 user_ann
GET  /me            support            200 user_ann, impersonated by user_support
GET  /me            expired            401 www-authenticate: Bearer
GET  /admin         admin              200 user_adam may
GET  /admin         ann                403
GET  /nowhere       ann                404
GET  /me (no keys)  ann                503 retry-after: 1
as it should be
"
    );
    assert_eq!(
        log,
        "\
GET /me: 401 Unauthorized, session-token-and-uat-missing
GET /me: 401 Unauthorized, token-expired
GET /me: 503 Service Unavailable, jwk-remote-failed-to-load
"
    );
}

#[test]
fn webhook_receiver_shows_itself() {
    let (out, log) = shown(3);
    assert_eq!(
        out,
        "\
POST /webhooks      ann is created     204
POST /webhooks      bob is created     204
POST /webhooks      ann is deleted     204
POST /webhooks      the first again    204
POST /webhooks      ann, from before   204
POST /webhooks      a forgery          400
POST /webhooks      an unknown type    204
POST /webhooks      odd data           500
POST /webhooks      odd data again     500
the copy has user_bob, bob@example.com
as it should be
"
    );
    assert_eq!(
        log,
        "\
msg_1 was here before
user.updated of user_ann is older than what is known
refused: signature-invalid
comet.passed is passed over
msg_6: user.created: invalid `data.id`: expected a string
msg_6: user.created: invalid `data.id`: expected a string
"
    );
}

#[test]
fn mistakes_are_told() {
    for (name, path, _) in PROGRAMS {
        for (arguments, problem) in [
            (&["--sk_live_1234"][..], "there is no such option"),
            (&["-x"], "there is no such option"),
            (&["sk_live_1234"], "there is no such option"),
            (&["--real=sk_live_1234"], "an option has a value, and takes none"),
            (&["--serve", "sk_live_1234"], "--serve wants an address such as 127.0.0.1:3000"),
            (&["--serve", "127.0.0.1:0", "sk_live_1234"], "there is no such option"),
            (&["--origin"], "--origin needs an origin"),
            (&["--origin", "https://a.example"], "--origin goes with --real"),
            // What everybody can sign for is for nobody else.
            (
                &["--serve", "0.0.0.0:0"],
                "without --real it serves this machine only: 127.0.0.1, or [::1]",
            ),
        ] {
            let (code, out, error) = run(path, arguments, &[]);
            assert_eq!((code, &*out), (Some(2), ""), "{name} {arguments:?}");
            let first = error.lines().next().unwrap();
            assert_eq!(first, format!("error: {problem}"), "{name} {arguments:?}");
            assert!(error.contains(&format!("  {name} --serve [ADDRESS] ")), "{error}");
            assert!(!error.contains("1234"), "{error}");
        }
        let (code, out, error) = run(path, &["--help"], &[]);
        assert_eq!((code, &*error), (Some(0), ""), "{name}");
        assert!(out.contains(&format!("  {name} --serve [ADDRESS] ")), "{out}");
    }
}

#[test]
fn what_the_real_thing_needs_is_named() {
    const SECRET: (&str, &str) = ("CLERK_SECRET_KEY", "sk_test_1234");
    const PUBLISHABLE: (&str, &str) = ("CLERK_PUBLISHABLE_KEY", "pk_test_1234");
    let origin = "https://app.example.com";
    for (name, path, _) in &PROGRAMS[..3] {
        let all = [SECRET, PUBLISHABLE];
        for (arguments, variables, problem) in [
            (
                &["--real"][..],
                &[][..],
                "--real needs CLERK_SECRET_KEY and CLERK_PUBLISHABLE_KEY and --origin https://…",
            ),
            (&["--real"], &all[..], "--real needs --origin https://…"),
            (&["--real", "--origin", origin], &all[1..], "--real needs CLERK_SECRET_KEY"),
            (&["--real", "--origin", origin], &all[..1], "--real needs CLERK_PUBLISHABLE_KEY"),
            (
                &["--real", "--origin", origin],
                &[("CLERK_SECRET_KEY", " "), PUBLISHABLE],
                "--real needs CLERK_SECRET_KEY",
            ),
        ] {
            let result = run(path, arguments, variables);
            assert_eq!(result, (Some(2), String::new(), format!("error: {problem}\n")), "{name}");
        }
        // A key that is none is not shown either.
        let arguments = ["--real", "--origin", origin, "--serve", "127.0.0.1:0"];
        let (code, out, error) = run(path, &arguments, &all);
        let problem =
            "invalid `publishable_key`: there is no host of a Frontend API in it; is it cut?";
        let said = (Some(1), String::new(), format!("error: {problem}\n"));
        assert_eq!((code, out, error), said, "{name}");
    }
    let (_, receiver, _) = PROGRAMS[3];
    let problem = "error: --real needs CLERK_WEBHOOK_SIGNING_SECRET\n";
    assert_eq!(run(receiver, &["--real"], &[]), (Some(2), String::new(), problem.to_owned()));
    let secret = [("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_1234")];
    let (code, out, error) = run(receiver, &["--real"], &secret);
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(error.starts_with("error: invalid `signing_secret`: "), "{error}");
    assert!(!error.contains("1234"), "{error}");
    let (code, _, error) = run(receiver, &["--real", "--origin", origin], &secret);
    assert_eq!((code, &*error), (Some(2), "error: a receiver has no --origin; see --help\n"));
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (name, path, _) in PROGRAMS {
        let (code, out, error) = run(path, &["--serve", &address], &[]);
        assert_eq!((code, &*out), (Some(1), ""), "{name}");
        assert!(error.starts_with(&format!("error: cannot listen on {address}: ")), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}
