//! Where people are sent to sign in, and where they come back to.
use clerk_core::{
    Config,
    auth::{AuthenticateOptions, Handshake, Verifier},
    testing::TestKey,
};
use http::{Request, Response, request::Parts};

use super::{LIVE, TEST};

const PAGE: &str = "https://app.example.com/page?x=1";
const BACK: &str = "redirect_url=https%3A%2F%2Fapp.example.com%2Fpage%3Fx%3D1";

fn verifier(key: &str, handshake: Handshake) -> Verifier {
    let config = Config::builder("sk_test_abc").build().unwrap();
    let builder = Verifier::builder().pem(TestKey::first().pem()).config(&config);
    builder.publishable_key(key).handshake(handshake).build().unwrap()
}

fn app() -> Handshake {
    Handshake::new().origin("https://app.example.com")
}

fn shop() -> Handshake {
    let shop = Handshake::new().origin("https://shop.example").satellite().domain("shop.example");
    shop.sign_in_url("https://primary.example/sign-in")
}

fn get(url: &str, headers: &[(&str, &str)]) -> Parts {
    let request = Request::get(url);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap().into_parts().0
}

/// The Location of an answer, which says nothing else.
fn location(response: &Response<()>) -> &str {
    assert_eq!(response.status(), 307);
    assert_eq!(response.headers().len(), 2, "{response:?}");
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.headers()["location"].to_str().unwrap()
}

/// Where people go to sign in, to sign up, and to what is left to do.
fn locations(verifier: &Verifier, parts: &Parts, options: &AuthenticateOptions) -> [String; 3] {
    let redirects = verifier.redirects(parts, options).unwrap();
    [
        redirects.redirect_to_sign_in(),
        redirects.redirect_to_sign_up(),
        redirects.redirect_to_tasks(),
    ]
    .map(|response| location(&response).to_owned())
}

fn assert_locations(key: &str, handshake: Handshake, parts: &Parts, expected: [&str; 3]) {
    let verifier = verifier(key, handshake);
    assert_eq!(locations(&verifier, parts, &AuthenticateOptions::new()), expected);
}

#[test]
fn unless_told_otherwise_people_go_to_the_account_portal_and_back() {
    assert_locations(
        LIVE,
        app(),
        &get(PAGE, &[]),
        [
            &format!("https://accounts.example.com/sign-in?{BACK}"),
            &format!("https://accounts.example.com/sign-up?{BACK}"),
            &format!("https://accounts.example.com/sign-in/tasks?{BACK}"),
        ],
    );
    assert_locations(
        "pk_test_aGFwcHktY2F0LTEuY2xlcmsuYWNjb3VudHMuZGV2JA",
        app(),
        &get(PAGE, &[]),
        [
            &format!("https://happy-cat-1.accounts.dev/sign-in?{BACK}"),
            &format!("https://happy-cat-1.accounts.dev/sign-up?{BACK}"),
            &format!("https://happy-cat-1.accounts.dev/sign-in/tasks?{BACK}"),
        ],
    );
}

#[test]
fn configured_pages_go_before_the_portal() {
    let sign_in = app().sign_in_url("https://app.example.com/sign-in");
    assert_locations(
        LIVE,
        sign_in.clone(),
        &get(PAGE, &[]),
        [
            &format!("https://app.example.com/sign-in?{BACK}"),
            &format!("https://app.example.com/sign-in/create?{BACK}"),
            &format!("https://app.example.com/sign-in/tasks?{BACK}"),
        ],
    );
    assert_locations(
        LIVE,
        sign_in.sign_up_url("https://www.example.com/join?plan=free"),
        &get(PAGE, &[]),
        [
            &format!("https://app.example.com/sign-in?{BACK}"),
            &format!("https://www.example.com/join?plan=free&{BACK}"),
            &format!("https://app.example.com/sign-in/tasks?{BACK}"),
        ],
    );
    assert_locations(
        LIVE,
        app().sign_up_url("https://app.example.com/join"),
        &get(PAGE, &[]),
        [
            &format!("https://accounts.example.com/sign-in?{BACK}"),
            &format!("https://app.example.com/join?{BACK}"),
            &format!("https://accounts.example.com/sign-in/tasks?{BACK}"),
        ],
    );
    // A query stays behind the path, and a slash at its end is not doubled.
    assert_locations(
        LIVE,
        app().sign_in_url("https://app.example.com/sign-in/?a=b"),
        &get(PAGE, &[]),
        [
            &format!("https://app.example.com/sign-in/?a=b&{BACK}"),
            &format!("https://app.example.com/sign-in/create?a=b&{BACK}"),
            &format!("https://app.example.com/sign-in/tasks?a=b&{BACK}"),
        ],
    );
    assert_locations(
        LIVE,
        app().sign_in_url("https://app.example.com"),
        &get(PAGE, &[]),
        [
            &format!("https://app.example.com?{BACK}"),
            &format!("https://app.example.com/create?{BACK}"),
            &format!("https://app.example.com/tasks?{BACK}"),
        ],
    );
}

#[test]
fn satellites_have_people_come_back_with_the_wish_to_be_synced() {
    let back = "redirect_url=https%3A%2F%2Fshop.example%2Fpage%3Fx%3D1%26__clerk_synced%3Dfalse";
    for key in [LIVE, TEST] {
        for url in [
            "https://shop.example/page?x=1",
            // What it says so far does not count any more.
            "https://shop.example/page?__clerk_synced=true&x=1",
            "https://shop.example/page?x=1&__clerk_synced=false&__clerk_synced=true",
        ] {
            assert_locations(
                key,
                shop(),
                &get(url, &[]),
                [
                    &format!("https://primary.example/sign-in?{back}"),
                    &format!("https://primary.example/sign-in/create?{back}"),
                    &format!("https://primary.example/sign-in/tasks?{back}"),
                ],
            );
        }
    }
    let back = "redirect_url=https%3A%2F%2Fshop.example%2F%3F__clerk_synced%3Dfalse";
    assert_locations(
        LIVE,
        Handshake::new().origin("https://shop.example").satellite().domain("shop.example"),
        &get("https://shop.example/", &[]),
        [
            &format!("https://accounts.example.com/sign-in?{back}"),
            &format!("https://accounts.example.com/sign-up?{back}"),
            &format!("https://accounts.example.com/sign-in/tasks?{back}"),
        ],
    );
    // A page of the satellite itself has nothing to sync with.
    let back = "redirect_url=https%3A%2F%2Fshop.example%2F";
    assert_locations(
        LIVE,
        shop().sign_up_url("https://shop.example/join"),
        &get("https://shop.example/", &[]),
        [
            &format!("https://primary.example/sign-in?{back}%3F__clerk_synced%3Dfalse"),
            &format!("https://shop.example/join?{back}"),
            &format!("https://primary.example/sign-in/tasks?{back}%3F__clerk_synced%3Dfalse"),
        ],
    );
}

#[test]
fn in_development_the_token_of_the_browser_goes_along_to_other_origins() {
    let cookie = [("cookie", "__clerk_db_jwt=dvb_1")];
    let sign_in = |key: &str, handshake: Handshake, headers: &[(&str, &str)]| {
        let options = AuthenticateOptions::new();
        locations(&verifier(key, handshake), &get(PAGE, headers), &options)[0].clone()
    };
    let portal = format!("https://accounts.example.com/sign-in?{BACK}");
    for (headers, token) in [
        (&cookie[..], "&__clerk_db_jwt=dvb_1"),
        (
            &[("cookie", "__clerk_db_jwt_l2OS3d9k=dvb_2; __clerk_db_jwt=dvb_1")],
            "&__clerk_db_jwt=dvb_2",
        ),
        (&[("cookie", "__clerk_db_jwt=a+b/c=&d")], "&__clerk_db_jwt=a%2Bb%2Fc%3D%26d"),
        // That of a production instance with the same Frontend API, none, and two that differ.
        (&[("cookie", "__clerk_db_jwt_naoXFJnI=dvb_3")], ""),
        (&[("cookie", "__clerk_db_jwt=")], ""),
        (&[("cookie", "__clerk_db_jwt=dvb_1; __clerk_db_jwt=dvb_2")], ""),
        (&[], ""),
    ] {
        assert_eq!(sign_in(TEST, app(), headers), format!("{portal}{token}"), "{headers:?}");
    }
    assert_eq!(sign_in(LIVE, app(), &cookie), portal);
    let here = app().sign_in_url("https://app.example.com/sign-in");
    assert_eq!(sign_in(TEST, here, &cookie), format!("https://app.example.com/sign-in?{BACK}"));

    let shop = verifier(TEST, shop());
    let parts = get("https://shop.example/", &cookie);
    assert_eq!(
        locations(&shop, &parts, &AuthenticateOptions::new())[0],
        "https://primary.example/sign-in?redirect_url=https%3A%2F%2Fshop.example%2F%3F__clerk_synced%3Dfalse&__clerk_db_jwt=dvb_1"
    );
}

#[test]
fn what_the_url_says_of_a_browser_does_not_come_back_and_the_rest_does() {
    for (url, back) in [
        (
            "https://app.example.com/?__clerk_db_jwt=dvb_1&x=1&__dev_session=old",
            "https%3A%2F%2Fapp.example.com%2F%3Fx%3D1",
        ),
        ("https://app.example.com/?__clerk_db_jwt=dvb_1", "https%3A%2F%2Fapp.example.com%2F"),
        (
            "https://app.example.com/a%20b?q=%26+",
            "https%3A%2F%2Fapp.example.com%2Fa%2520b%3Fq%3D%2526%2B",
        ),
        ("https://APP.example.com:443/", "https%3A%2F%2Fapp.example.com%2F"),
        ("http://app.example.com/", "https%3A%2F%2Fapp.example.com%2F"),
        (
            "https://app.example.com//evil.example/",
            "https%3A%2F%2Fapp.example.com%2F%2Fevil.example%2F",
        ),
    ] {
        let expected = format!("https://accounts.example.com/sign-in?redirect_url={back}");
        let sent = locations(&verifier(LIVE, app()), &get(url, &[]), &AuthenticateOptions::new());
        assert_eq!(sent[0], expected, "{url}");
    }
}

#[test]
fn nobody_is_brought_back_to_a_strange_host() {
    let verifier = verifier(LIVE, app());
    let (plain, trusting) =
        (AuthenticateOptions::new(), AuthenticateOptions::new().trust_forwarded());
    let sign_in = |options, url: &str, headers: &[(&str, &str)]| {
        locations(&verifier, &get(url, headers), options)[0].clone()
    };
    let (nowhere, back) = (
        "https://accounts.example.com/sign-in",
        "https://accounts.example.com/sign-in?redirect_url=https%3A%2F%2Fapp.example.com%2Fpage",
    );
    for (options, url, headers, expected) in [
        (&plain, "https://evil.example/page", &[][..], nowhere),
        (&plain, "/page", &[], nowhere),
        (&plain, "/page", &[("host", "evil.example")], nowhere),
        (&plain, "/page", &[("host", "app.example.com"), ("host", "evil.example")], nowhere),
        (&plain, "https://evil.example/page", &[("x-forwarded-host", "app.example.com")], nowhere),
        (
            &trusting,
            "/page",
            &[("host", "app.example.com"), ("x-forwarded-host", "evil.example")],
            nowhere,
        ),
        (&plain, "/page", &[("host", "app.example.com")], back),
        (
            &plain,
            "/page",
            &[("host", "app.example.com"), ("x-forwarded-host", "evil.example")],
            back,
        ),
        (
            &trusting,
            "/page",
            &[("host", "10.0.0.1"), ("x-forwarded-host", "app.example.com")],
            back,
        ),
    ] {
        assert_eq!(sign_in(options, url, headers), expected, "{url} {headers:?}");
    }
    // A path has no origin then, a whole URL does.
    let parts = get("https://evil.example/page", &[]);
    let to = |target: &str| {
        let redirects = verifier.redirects(&parts, &plain).unwrap();
        let redirects = redirects.return_back_to(target).unwrap();
        location(&redirects.redirect_to_sign_in()).to_owned()
    };
    assert_eq!(to("/page"), nowhere);
    assert_eq!(to("https://app.example.com/page"), back);
}

#[test]
fn people_come_back_to_paths_and_known_origins_and_nowhere_else() {
    let handshake =
        app().origin("http://localhost:3000").allowed_redirect_origin("https://shop.example:8443");
    let verifier = verifier(TEST, handshake);
    let parts = get(PAGE, &[]);
    let redirects = verifier.redirects(&parts, &AuthenticateOptions::new()).unwrap();
    for (target, back) in [
        ("/", "https%3A%2F%2Fapp.example.com%2F"),
        ("/dashboard", "https%3A%2F%2Fapp.example.com%2Fdashboard"),
        ("/a?b=c&d=%20", "https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d%3D%2520"),
        ("/a//evil.example", "https%3A%2F%2Fapp.example.com%2Fa%2F%2Fevil.example"),
        ("/@evil.example", "https%3A%2F%2Fapp.example.com%2F%40evil.example"),
        ("https://app.example.com", "https%3A%2F%2Fapp.example.com"),
        (
            "https://app.example.com/dashboard?x=1",
            "https%3A%2F%2Fapp.example.com%2Fdashboard%3Fx%3D1",
        ),
        ("http://localhost:3000/", "http%3A%2F%2Flocalhost%3A3000%2F"),
        ("https://shop.example:8443/cart", "https%3A%2F%2Fshop.example%3A8443%2Fcart"),
    ] {
        let redirects = redirects.clone().return_back_to(target).unwrap();
        let expected = format!("https://accounts.example.com/sign-in?redirect_url={back}");
        assert_eq!(location(&redirects.redirect_to_sign_in()), expected, "{target}");
        let expected = format!("https://accounts.example.com/sign-up?redirect_url={back}");
        assert_eq!(location(&redirects.redirect_to_sign_up()), expected, "{target}");
        let expected = format!("https://accounts.example.com/sign-in/tasks?redirect_url={back}");
        assert_eq!(location(&redirects.redirect_to_tasks()), expected, "{target}");
    }
    for target in [
        "",
        "dashboard",
        "?x=1",
        "#x",
        "*",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " /dashboard",
        " //evil.example",
        "/a b",
        "/\u{e9}",
        "/a\"b",
        "/<script>",
        "https://evil.example",
        "https://evil.example/https://app.example.com",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://app.example.com.evil.example/",
        "https://evil.example#https://app.example.com",
        "https://evil.example?https://app.example.com",
        "https://evil.example\\@app.example.com/",
        "https://app.example.com@evil.example/",
        "https://user@app.example.com/",
        "https://app.example.com:8443/",
        "http://app.example.com/",
        "https://localhost:3000/",
        "https://shop.example/",
        "javascript:alert(1)",
        "javascript://app.example.com/%0aalert(1)",
        "data:text/html,x",
        "ftp://app.example.com/",
        "app.example.com/",
        "https://",
    ] {
        let error = redirects.clone().return_back_to(target).unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid `return_back_to`: it is neither a path on this origin nor a URL on a configured one",
            "{target:?}"
        );
    }
}

#[test]
fn a_satellite_is_told_to_sync_wherever_people_come_back_to() {
    let verifier = verifier(LIVE, shop());
    let parts = get("https://shop.example/page?x=1", &[]);
    let redirects = verifier.redirects(&parts, &AuthenticateOptions::new()).unwrap();
    for (target, back) in [
        ("/cart", "https%3A%2F%2Fshop.example%2Fcart%3F__clerk_synced%3Dfalse"),
        (
            "/cart?__clerk_synced=true&y=1",
            "https%3A%2F%2Fshop.example%2Fcart%3Fy%3D1%26__clerk_synced%3Dfalse",
        ),
        ("https://shop.example/cart", "https%3A%2F%2Fshop.example%2Fcart%3F__clerk_synced%3Dfalse"),
        // A fragment is behind the query.
        ("/cart#total", "https%3A%2F%2Fshop.example%2Fcart%3F__clerk_synced%3Dfalse%23total"),
    ] {
        let redirects = redirects.clone().return_back_to(target).unwrap();
        let expected = format!("https://primary.example/sign-in?redirect_url={back}");
        assert_eq!(location(&redirects.redirect_to_sign_in()), expected, "{target}");
    }
}

#[test]
fn without_a_handshake_there_are_no_redirects() {
    let verifier =
        Verifier::builder().pem(TestKey::first().pem()).publishable_key(LIVE).build().unwrap();
    let error = verifier.redirects(&get(PAGE, &[]), &AuthenticateOptions::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid `handshake`: redirects take one: it knows where browsers may be sent"
    );
}

#[test]
fn debug_shows_no_token_of_a_browser() {
    let verifier = verifier(TEST, app());
    let parts = get(PAGE, &[("cookie", "__clerk_db_jwt=canary")]);
    let redirects = verifier.redirects(&parts, &AuthenticateOptions::new()).unwrap();
    assert!(!format!("{redirects:?}").contains("canary"), "{redirects:?}");
    let response = redirects.redirect_to_sign_in();
    assert!(location(&response).contains("canary"));
    assert!(!format!("{response:?}").contains("canary"), "{response:?}");
}

/// A form is not sent along to another host.
#[test]
fn what_is_no_get_is_answered_303() {
    let verifier = verifier(LIVE, app());
    for (method, status) in [("GET", 307), ("HEAD", 307), ("POST", 303), ("PUT", 303)] {
        let request = Request::builder().method(method).uri(PAGE).body(()).unwrap();
        let (parts, ()) = request.into_parts();
        let redirects = verifier.redirects(&parts, &AuthenticateOptions::new()).unwrap();
        for response in [
            redirects.redirect_to_sign_in(),
            redirects.redirect_to_sign_up(),
            redirects.redirect_to_tasks(),
        ] {
            assert_eq!(response.status(), status, "{method}");
        }
    }
}
