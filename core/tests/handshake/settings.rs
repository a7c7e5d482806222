//! Settings of the handshake that are refused: each error names the field.
use clerk_core::{
    Config,
    auth::{Handshake, Verifier},
    testing::TestKey,
};

use super::{LIVE, TEST};

const NO_ORIGIN: &str = "it is no origin: scheme, host and port, such as https://app.example.com";
const NOT_PRIVATE: &str = "a production instance goes with https, but for this machine itself";
const NO_URL: &str = "it is no whole URL, such as https://app.example.com/sign-in";
const ODD_URL: &str = "it has a fragment, or a character that no URL has";
const NO_PATH: &str = "it is neither a URL nor a plain path such as /__clerk";
const NO_DOMAIN: &str = "it is no domain, such as shop.example";

fn build(key: &str, handshake: Handshake) -> Result<Verifier, clerk_core::Error> {
    let config = Config::builder("sk_test_abc").build().unwrap();
    let builder = Verifier::builder().pem(TestKey::first().pem()).config(&config);
    builder.publishable_key(key).handshake(handshake).build()
}

fn assert_refused(key: &str, handshake: Handshake, field: &str, problem: &str) {
    let shown = format!("{handshake:?}");
    let error = build(key, handshake).err().unwrap_or_else(|| panic!("it is taken: {shown}"));
    assert_eq!(error.to_string(), format!("invalid `{field}`: {problem}"), "{shown}");
}

fn app() -> Handshake {
    Handshake::new().origin("https://app.example.com")
}

fn shop() -> Handshake {
    Handshake::new().origin("https://shop.example").satellite().domain("shop.example")
}

#[test]
fn a_publishable_key_origins_and_a_secret_key_are_needed() {
    let config = Config::builder("sk_test_abc").build().unwrap();
    let builder = || Verifier::builder().pem(TestKey::first().pem());
    let error = |built: Result<Verifier, clerk_core::Error>| built.unwrap_err().to_string();

    let no_key = builder().config(&config).issuer("https://clerk.example.com").handshake(app());
    assert_eq!(
        error(no_key.build()),
        "invalid `publishable_key`: the handshake needs it: it says where the Frontend API is"
    );
    let no_origin = builder().config(&config).publishable_key(LIVE).handshake(Handshake::new());
    assert_eq!(
        error(no_origin.build()),
        "invalid `origin`: the handshake needs to know where browsers may come back to: give `authorized_party`, or `origin` of the handshake"
    );
    let no_secret = "invalid `secret_key`: the handshake needs that of the instance: begin with `verifier()` of a client that has it, or give `config`";
    let no_config = builder().publishable_key(LIVE).handshake(app());
    assert_eq!(error(no_config.build()), no_secret);
    let machine = Config::for_machine("ak_test_abc").build().unwrap();
    let for_machine = builder().config(&machine).publishable_key(LIVE).handshake(app());
    assert_eq!(error(for_machine.build()), no_secret);

    // Authorized parties are the origins, unless others are given.
    let parties = |party: &str, handshake| {
        let builder = builder().config(&config).publishable_key(LIVE);
        builder.authorized_party(party).handshake(handshake).build()
    };
    parties("https://app.example.com", Handshake::new()).unwrap();
    assert_eq!(error(parties("app", Handshake::new())), format!("invalid `origin`: {NO_ORIGIN}"));
    parties("app", app()).unwrap();
}

#[test]
fn origins_are_origins() {
    for text in [
        "",
        "app.example.com",
        "//app.example.com",
        "https://",
        "https:///",
        "https://app.example.com/path",
        "https://app.example.com//",
        "https://app.example.com?x",
        "https://app.example.com#x",
        "https://user@app.example.com",
        "https://app.example.com:port",
        "https://app.example.com:99999",
        "https://app example.com",
        "https://*.example.com",
        "https://app.example.com\\",
        "ftp://app.example.com",
        "javascript://app.example.com",
        "null",
        "*",
    ] {
        for key in [LIVE, TEST] {
            assert_refused(key, Handshake::new().origin(text), "origin", NO_ORIGIN);
            // One bad one among good ones, too.
            assert_refused(key, app().origin(text), "origin", NO_ORIGIN);
            let redirects = app().allowed_redirect_origin(text);
            assert_refused(key, redirects, "allowed_redirect_origin", NO_ORIGIN);
        }
    }
}

#[test]
fn production_goes_with_https() {
    let url = "http://app.example.com";
    assert_refused(LIVE, Handshake::new().origin(url), "origin", NOT_PRIVATE);
    let redirects = app().allowed_redirect_origin(url);
    assert_refused(LIVE, redirects, "allowed_redirect_origin", NOT_PRIVATE);
    assert_refused(LIVE, app().proxy_url(url), "proxy_url", NOT_PRIVATE);
    assert_refused(LIVE, app().sign_in_url(url), "sign_in_url", NOT_PRIVATE);
    assert_refused(LIVE, app().sign_up_url(url), "sign_up_url", NOT_PRIVATE);
    for host in ["localhost.example.com", "127.0.0.1.example.com", "192.168.0.1", "notlocalhost"] {
        let origin = format!("http://{host}");
        assert_refused(LIVE, Handshake::new().origin(origin), "origin", NOT_PRIVATE);
    }
}

#[test]
fn domains_are_domains_of_satellites() {
    let of_satellites = "it is for satellites: say `satellite` as well";
    assert_refused(LIVE, app().domain("shop.example"), "domain", of_satellites);
    assert_refused(TEST, app().domain("shop.example"), "domain", of_satellites);
    let satellite = || Handshake::new().origin("https://shop.example").satellite();
    for domain in [
        "",
        " ",
        "shop",
        "https://shop.example",
        "shop.example:8443",
        "shop.example/path",
        "shop.example?x",
        "shop.example#x",
        "user@shop.example",
        "shop example.com",
        "shop.example\\",
    ] {
        assert_refused(LIVE, satellite().domain(domain), "domain", NO_DOMAIN);
    }
    let problem = "a satellite needs one, or a `proxy_url`";
    assert_refused(LIVE, satellite(), "domain", problem);
    let sign_in_url = satellite().sign_in_url("https://primary.example/sign-in");
    assert_refused(TEST, sign_in_url, "domain", problem);
}

#[test]
fn proxies_are_urls_or_plain_paths() {
    for (url, problem) in [
        ("", NO_PATH),
        ("proxy.example", NO_PATH),
        ("__clerk", NO_PATH),
        ("ftp://proxy.example", NO_PATH),
        ("https://", NO_PATH),
        ("https://user@proxy.example", NO_PATH),
        ("https://user:password@proxy.example", NO_PATH),
        ("https://proxy.example/#x", ODD_URL),
        ("https://proxy.example/a b", ODD_URL),
        ("https://proxy.example/a\\b", ODD_URL),
        ("https://proxy.example/\u{e9}", ODD_URL),
        ("https://proxy.example/?x", "a query is no part of it"),
        ("/", NO_PATH),
        ("//", NO_PATH),
        ("//proxy.example", NO_PATH),
        ("/a//b", NO_PATH),
        ("/a/../b", NO_PATH),
        ("/./a", NO_PATH),
        ("/a?b", NO_PATH),
        ("/a#b", NO_PATH),
        ("/a b", NO_PATH),
        ("/a\\b", NO_PATH),
        ("/@evil.example", NO_PATH),
        ("/a%2Fb", NO_PATH),
    ] {
        for key in [LIVE, TEST] {
            assert_refused(key, app().proxy_url(url), "proxy_url", problem);
        }
    }
}

#[test]
fn pages_are_absolute_urls() {
    for (url, problem) in [
        ("", NO_URL),
        ("/sign-in", NO_URL),
        ("app.example.com/sign-in", NO_URL),
        ("//app.example.com/sign-in", NO_URL),
        ("javascript:alert(1)", NO_URL),
        ("ftp://app.example.com/", NO_URL),
        ("https://user@app.example.com/", NO_URL),
        ("https://app.example.com/#/sign-in", ODD_URL),
        ("https://app.example.com/a b", ODD_URL),
        ("https://app.example.com/\"", ODD_URL),
        ("https://app.example.com/<x>", ODD_URL),
        ("https://app.example.com/a\\b", ODD_URL),
        ("https://app.example.com/\r\nset-cookie: a=b", ODD_URL),
        ("https://app.example.com/\u{e9}", ODD_URL),
    ] {
        for key in [LIVE, TEST] {
            assert_refused(key, app().sign_in_url(url), "sign_in_url", problem);
            assert_refused(key, app().sign_up_url(url), "sign_up_url", problem);
        }
    }
}

#[test]
fn satellites_in_development_know_the_page_of_the_primary_application() {
    assert_refused(
        TEST,
        shop(),
        "sign_in_url",
        "a satellite in development needs it: the page of the primary application",
    );
    for url in
        ["https://shop.example/sign-in", "https://SHOP.example:443/", "https://shop.example?x=1"]
    {
        assert_refused(
            TEST,
            shop().sign_in_url(url),
            "sign_in_url",
            "it is on the satellite itself; it has to be on the primary application",
        );
    }
    build(TEST, shop().sign_in_url("https://primary.example/sign-in")).unwrap();
    build(LIVE, shop()).unwrap();
}

#[test]
fn patterns_are_read_at_once() {
    let slash = "it does not begin with a slash";
    let parameter = "a parameter is a colon, letters, digits and underscores";
    let wild = "(.*) stands for whole segments, behind a slash";
    let empty = "it has an empty segment";
    let other = "only :name and, at the end, /(.*) stand for something else";
    for (pattern, problem) in [
        ("", slash),
        ("orgs/:slug", slash),
        ("https://app.example.com/orgs/:slug", slash),
        ("/orgs/:", parameter),
        ("/orgs/:org-slug", parameter),
        ("/orgs/:slug(.*)", wild),
        ("/orgs//:slug", empty),
        ("//orgs/:slug", empty),
        ("/orgs/:slug/*", other),
        ("/orgs/(.*)/:slug", other),
        ("/orgs/{:slug}", other),
        ("/orgs/x:slug", other),
        ("/orgs/[a-z]", other),
        ("/orgs/a+", other),
        ("/orgs/a?", other),
        ("/orgs\\:slug", other),
    ] {
        assert_refused(LIVE, app().organization_pattern(pattern), "organization_pattern", problem);
        let personal = app().personal_account_pattern(pattern);
        assert_refused(LIVE, personal, "personal_account_pattern", problem);
    }
    for pattern in ["/", "/orgs", "/orgs/:name", "/orgs/:id/:slug", "/(.*)"] {
        let problem = "it needs one parameter :id or :slug";
        assert_refused(LIVE, app().organization_pattern(pattern), "organization_pattern", problem);
        build(LIVE, app().personal_account_pattern(pattern)).unwrap();
    }
}

#[test]
fn good_settings_are_taken() {
    for (key, handshake) in [
        (LIVE, app()),
        (TEST, app()),
        (TEST, Handshake::new().origin("http://app.example.com")),
        (LIVE, Handshake::new().origin("http://localhost:3000").origin("http://app.localhost")),
        (LIVE, Handshake::new().origin("http://127.0.0.1:3000").origin("http://[::1]:3000")),
        (LIVE, Handshake::new().origin(" HTTPS://APP.example.com:443/ ")),
        (LIVE, app().proxy_url("https://proxy.example/__clerk/")),
        (LIVE, app().proxy_url("/__clerk")),
        (LIVE, app().proxy_url("/api/v1.0/clerk_~-/")),
        (TEST, app().proxy_url("http://proxy.example:8080")),
        (LIVE, shop()),
        (LIVE, shop().domain(" Shop.example/ ")),
        (LIVE, shop().proxy_url("https://proxy.example")),
        (LIVE, Handshake::new().origin("https://shop.example").satellite().proxy_url("/__clerk")),
        (TEST, shop().sign_in_url("http://localhost:4000/sign-in?x=1")),
        (
            LIVE,
            app().sign_in_url("https://app.example.com").sign_up_url("https://www.example.com/"),
        ),
        (LIVE, app().allowed_redirect_origin("https://shop.example:8443")),
        (LIVE, app().organization_pattern("/orgs/:slug").organization_pattern("/o/:id/(.*)")),
        (LIVE, app().personal_account_pattern("/me").personal_account_pattern("/me/(.*)")),
        (LIVE, app().satellite_auto_sync()),
    ] {
        let shown = format!("{handshake:?}");
        build(key, handshake).unwrap_or_else(|error| panic!("{shown}: {error}"));
    }
}

/// A party is compared with tokens to the letter, so that one that only an origin's reader takes would fit none.
#[test]
fn authorized_parties_are_written_as_browsers_write_them() {
    let build = |party: &str| {
        let config = Config::builder("sk_test_abc").build().unwrap();
        let builder = Verifier::builder().pem(TestKey::first().pem()).config(&config);
        builder.publishable_key(TEST).authorized_party(party).handshake(Handshake::new()).build()
    };
    build("http://localhost:3000").unwrap();
    for party in
        ["http://localhost:3000/", "https://App.example.com", "https://app.example.com:443"]
    {
        assert_eq!(
            build(party).unwrap_err().to_string(),
            "invalid `authorized_party`: write it as browsers do: https://app.example.com, in lower case, without a slash or the usual port",
            "{party}"
        );
    }
}
