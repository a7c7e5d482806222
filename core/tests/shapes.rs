//! One request of every kind of shape that the API has, and the answers that are not plain JSON.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use bytes::Bytes;
use clerk_core::{
    CallOptions, Config, File, MachineSecretKey, Nullable, Operation, RetrySafety,
    api::{
        billing::GetBillingStatement,
        instance_settings::UpdateInstance,
        invitations::{CreateBulkInvitations, NewInvitation},
        jwks::GetJwks,
        m2m::CreateM2mToken,
        miscellaneous::GetPublicInterstitial,
        organization_domains::ListAllOrganizationDomains,
        organizations::ListOrganizations,
        sessions::{ExpiredToken, RefreshSession, RefreshToken, RequestOrigin, SessionRefresh},
        users::{CreateUser, DeleteUser, GetUserList, SetUserProfileImage, UpdateUser, UsersBan},
    },
};
use http::{Request, Response};

fn config() -> Config {
    Config::new("sk_test_abc").unwrap()
}

/// Method, target and body.
fn wire(operation: &impl Operation) -> (String, String) {
    let request = operation.to_request(&config()).unwrap();
    let target = request.uri().path_and_query().unwrap();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    (format!("{} {target}", request.method()), body)
}

#[track_caller]
fn is(operation: &impl Operation, line: &str, body: &str) {
    assert_eq!(wire(operation), (line.to_owned(), body.to_owned()));
}

#[test]
fn queries() {
    is(&GetUserList::new(), "GET /v1/users", "");
    is(
        &GetUserList::new()
            .email_address(["a+b@example.com", "c@example.com"])
            .user_id(["+user_1", "-user_2"])
            .search("a b&c=d")
            .banned(false)
            .limit(0)
            .order_by("+created_at"),
        "GET /v1/users?email_address=a%2Bb%40example.com&email_address=c%40example.com\
         &user_id=%2Buser_1&user_id=-user_2&query=a%20b%26c%3Dd&banned=false&limit=0\
         &order_by=%2Bcreated_at",
        "",
    );
    is(&GetUserList::new().email_address(Vec::<String>::new()), "GET /v1/users", "");
    is(
        &ListOrganizations::new().include_members_count(true).organization_id(["org_1"]),
        "GET /v1/organizations?include_members_count=true&organization_id=org_1",
        "",
    );
    // The one list that is joined with commas, beside one that is not.
    is(
        &ListAllOrganizationDomains::new()
            .enrollment_mode(["manual_invitation", "-enterprise_sso"])
            .domains(["a.example", "b.example"])
            .verified(true),
        "GET /v1/organization_domains?verified=true\
         &enrollment_mode=manual_invitation,-enterprise_sso&domains=a.example&domains=b.example",
        "",
    );
    is(&GetBillingStatement::new("stmt_1"), "GET /v1/billing/statements/stmt_1", "");
    is(&DeleteUser::new("user_1"), "DELETE /v1/users/user_1", "");
}

#[test]
fn bodies() {
    // Left alone, cleared, replaced; and an update of nothing is an object without members.
    is(&UpdateUser::new("user_1"), "PATCH /v1/users/user_1", "{}");
    is(
        &UpdateUser::new("user_1").first_name("Ann").username(Nullable::Null).last_name(None),
        "PATCH /v1/users/user_1",
        r#"{"first_name":"Ann","last_name":null,"username":null}"#,
    );
    is(&UpdateInstance::new().test_mode(false), "PATCH /v1/instance", r#"{"test_mode":false}"#);
    is(
        &CreateUser::new().skip_password_checks(true),
        "POST /v1/users",
        r#"{"skip_password_checks":true}"#,
    );
    let body = r#"{"user_ids":["user_1","user_2"]}"#;
    is(&UsersBan::new(["user_1", "user_2"]), "POST /v1/users/ban", body);
    is(&UsersBan::new(vec!["user_1", "user_2"]), "POST /v1/users/ban", body);
    let collected: Vec<String> = (1..=2).map(|n| format!("user_{n}")).collect();
    is(&UsersBan::new(&collected), "POST /v1/users/ban", body);
    is(&UsersBan::new(collected), "POST /v1/users/ban", body);
    let (line, body) = wire(&CreateBulkInvitations::new([
        NewInvitation::new("a@example.com"),
        NewInvitation::new("b@example.com"),
    ]));
    assert_eq!(line, "POST /v1/invitations/bulk");
    let body: Vec<NewInvitation> = serde_json::from_str(&body).unwrap();
    assert_eq!(body.len(), 2);
}

#[test]
fn an_upload() {
    let image = File::new("ann.png", &b"\x89PNG"[..]).content_type("image/png");
    let request = SetUserProfileImage::new("user_1", image).to_request(&config()).unwrap();
    assert_eq!(request.uri().path(), "/v1/users/user_1/profile_image");
    let content_type = request.headers()["content-type"].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let expected = [
        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"ann.png\"\r\ncontent-type: image/png\r\n\r\n").as_bytes(),
        b"\x89PNG",
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(request.body(), &expected[..]);
    // The JSON limit is not for uploads.
    let large = SetUserProfileImage::new("user_1", File::new("a.png", vec![0; 2 << 20]));
    assert!(large.to_request(&config()).is_ok());
    let small = Config::builder("sk_test_abc").max_upload(1 << 20).build().unwrap();
    assert!(large.to_request(&small).unwrap_err().to_string().contains("the limit is 1048576"));
}

#[test]
fn keys() {
    let key = |request: Request<Bytes>| {
        request.headers().get("authorization").map(|key| key.to_str().unwrap().to_owned())
    };
    let with_machine =
        Config::builder("sk_test_abc").machine_secret_key("ak_client").build().unwrap();
    let own = CallOptions::new().machine_secret_key(&MachineSecretKey::new("ak_call").unwrap());
    let create = CreateM2mToken::new().seconds_until_expiration(60);
    // The call's, else the client's, else the secret key, and the server decides.
    for (request, expected) in [
        (create.to_request_with(&with_machine, &own), "Bearer ak_call"),
        (create.to_request_with(&config(), &own), "Bearer ak_call"),
        (create.to_request(&with_machine), "Bearer ak_client"),
        (create.to_request(&config()), "Bearer sk_test_abc"),
        // It goes with no other operation.
        (GetJwks::new().to_request_with(&with_machine, &own), "Bearer sk_test_abc"),
    ] {
        assert_eq!(key(request.unwrap()).as_deref(), Some(expected));
    }
    let interstitial = GetPublicInterstitial::new().publishable_key("pk_test_x");
    assert_eq!(key(interstitial.to_request(&with_machine).unwrap()), None);
    assert_eq!(create.retry_safety(), RetrySafety::Unsafe);
}

#[test]
fn answers_that_are_not_plain_json() {
    // Nothing is read where nothing is documented; text is text.
    for body in ["", "{}", "<html>"] {
        let response = Response::builder().status(204).body(Bytes::from(body)).unwrap();
        assert!(UpdateInstance::read(response).is_ok(), "{body}");
    }
    let page = GetPublicInterstitial::read(Response::new(Bytes::from("<p>\u{2603}</p>")));
    assert_eq!(page.unwrap(), "<p>\u{2603}</p>");
    let odd = GetPublicInterstitial::read(Response::new(Bytes::from_static(b"\xff")));
    assert!(odd.unwrap_err().to_string().ends_with("cannot be read: it is not UTF-8"));

    // A union: by its tag, wherever that stands; and of a kind that nobody knows.
    let read = |body: &'static str| RefreshSession::read(Response::new(Bytes::from(body)));
    for body in
        [r#"{"object":"token","jwt":"a.b.c"}"#, r#"{"jwt":"a.b.c","object":"token","new":1}"#]
    {
        let SessionRefresh::Token(token) = read(body).unwrap() else { panic!("{body}") };
        assert_eq!(token.jwt.expose(), "a.b.c");
    }
    let SessionRefresh::Cookies(cookies) = read(r#"{"object":"cookies","cookies":null}"#).unwrap()
    else {
        panic!("it is about cookies")
    };
    assert!(cookies.cookies.is_empty());
    for body in [r#"{"object":"sticker","n":1}"#, r#"{"object":null,"n":1}"#, r#"{"n":1}"#, "{}"] {
        let SessionRefresh::Unknown(kept) = read(body).unwrap() else { panic!("{body}") };
        assert_eq!(serde_json::to_string(&kept).unwrap().len(), body.len());
    }
    // What nobody knows may hold a secret.
    let unknown = read(r#"{"object":"sticker","jwt":"hunter2"}"#).unwrap();
    assert_eq!(format!("{unknown:?}"), r#"Unknown(["jwt", "object"])"#);
    let error = read(r#"{"object":"token","jwt":7}"#).unwrap_err();
    assert_eq!(error.decode().unwrap().path, "jwt");
    assert!(read("[]").is_err());

    let refresh = RefreshSession::new(
        "sess_1",
        ExpiredToken::new("a"),
        RefreshToken::new("b"),
        RequestOrigin::new("https://app.example.com"),
    );
    is(
        &refresh,
        "POST /v1/sessions/sess_1/refresh",
        r#"{"expired_token":"a","refresh_token":"b","request_origin":"https://app.example.com"}"#,
    );
}
