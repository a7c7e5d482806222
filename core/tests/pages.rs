//! Lists, page by page and item by item: what is asked for, where they end.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{
    Config, Error, Event, Failure, FailureKind, Flow, Items, Moment, Page, Paged, Pages, Position,
    Reach, Step,
    api::{
        allowlist_blocklist, api_keys::GetApiKeys, billing::GetBillingStatementList, clients,
        invitations, jwt_templates, m2m::GetM2mTokens, organizations::ListOrganizations,
        redirect_urls::ListRedirectUrls, sessions, templates, users, users::GetUserList,
    },
    model::User,
};
use http::Response;
use serde_json::{Value, json};

const T0: Moment = Moment::at(Duration::from_secs(1_800_000_000));

fn user(n: usize) -> Value {
    json!({
        "id": format!("user_{n}"), "object": "user", "has_image": false, "password_enabled": false, "two_factor_enabled": false,
        "totp_enabled": false, "backup_code_enabled": false, "banned": false, "locked": false, "updated_at": 1, "created_at": 1,
        "delete_self_enabled": true, "create_organization_enabled": true,
    })
}

fn organization(n: usize) -> Value {
    json!({
        "object": "organization", "id": format!("org_{n}"), "name": "x", "slug": "x", "has_image": false, "max_allowed_memberships": 1,
        "admin_delete_enabled": true, "public_metadata": {}, "created_at": 1, "updated_at": 1,
    })
}

/// Drives a flow over and over, against a server; gives the queries that the server saw beside.
fn walk<W: Flow<Output = Option<Result<I, Error>>>, I>(
    mut flow: W,
    mut serve: impl FnMut(usize) -> Result<Value, Failure>,
) -> (Vec<Result<I, Error>>, Vec<String>) {
    let (mut given, mut queries) = (Vec::new(), Vec::new());
    loop {
        let mut event = Event::Start;
        let output = loop {
            event = match flow.advance(event, T0) {
                Step::Send(outgoing) => {
                    queries.push(outgoing.request.uri().query().unwrap_or_default().to_owned());
                    assert!(queries.len() < 50, "it goes on for ever");
                    Event::Reply(
                        serve(queries.len() - 1)
                            .map(|body| Response::new(Bytes::from(body.to_string()))),
                    )
                }
                Step::Wait(_) => Event::Elapsed,
                Step::Done(output) => break output,
            };
        };
        match output {
            Some(item) => given.push(item),
            None => break,
        }
    }
    // It stays over, whatever it is told.
    for event in [Event::Start, Event::Elapsed, Event::Reply(Ok(Response::new(Bytes::new())))] {
        assert!(matches!(flow.advance(event, T0), Step::Done(None)));
    }
    (given, queries)
}

fn config() -> Config {
    Config::new("sk_test_abc").unwrap()
}

fn users() -> Pages<GetUserList> {
    Pages::new(GetUserList::new(), &config(), 7)
}

fn ids(pages: Vec<Result<Page<User>, Error>>) -> Vec<Vec<String>> {
    pages
        .into_iter()
        .map(|page| page.unwrap().items.into_iter().map(|user| user.id.to_string()).collect())
        .collect()
}

#[test]
fn users_go_by_cursor() {
    let (pages, queries) = walk(users(), |n| {
        Ok(if n < 2 { json!([user(2 * n), user(2 * n + 1)]) } else { json!([]) })
    });
    assert_eq!(ids(pages), [["user_0", "user_1"], ["user_2", "user_3"]]);
    // The largest page unless set; a short page does not end the list, an empty one does.
    assert_eq!(
        queries,
        ["limit=500", "limit=500&starting_after=user_1", "limit=500&starting_after=user_3"]
    );
}

#[test]
fn what_a_caller_set_is_kept() {
    let serve = |n| Ok(if n < 2 { json!([user(n)]) } else { json!([]) });
    let list = |list: GetUserList| walk(Pages::new(list, &config(), 7), serve).1;
    // An order without a cursor, an offset: by offset. A cursor: from there.
    assert_eq!(
        list(GetUserList::new().order_by("last_name").limit(2)),
        [
            "limit=2&order_by=last_name",
            "limit=2&offset=1&order_by=last_name",
            "limit=2&offset=2&order_by=last_name"
        ]
    );
    assert_eq!(
        list(GetUserList::new().offset(40)),
        ["limit=500&offset=40", "limit=500&offset=41", "limit=500&offset=42"]
    );
    assert_eq!(
        list(GetUserList::new().starting_after("user_9")),
        [
            "limit=500&starting_after=user_9",
            "limit=500&starting_after=user_0",
            "limit=500&starting_after=user_1"
        ]
    );
    assert_eq!(
        list(GetUserList::new().order_by("+created_at").banned(false)).last().unwrap(),
        "banned=false&limit=500&starting_after=user_1&order_by=%2Bcreated_at"
    );
}

#[test]
fn organizations_go_by_offset_and_total() {
    let pages = || Pages::new(ListOrganizations::new().limit(2), &config(), 7);
    let data = |from: usize, to: usize| (from..to).map(organization).collect::<Vec<_>>();
    let (given, queries) =
        walk(pages(), |n| Ok(json!({ "data": data(2 * n, (2 * n + 2).min(3)), "total_count": 3 })));
    assert_eq!(
        given.iter().map(|page| page.as_ref().unwrap().items.len()).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(given[0].as_ref().unwrap().total, Some(3));
    assert_eq!(queries, ["limit=2", "limit=2&offset=2"]);
    // A total that lies: too high ends on the empty page, too low ends early, absent as well works.
    let (_, queries) = walk(pages(), |n| {
        Ok(json!({ "data": if n == 0 { data(0, 2) } else { vec![] }, "total_count": 1000 }))
    });
    assert_eq!(queries.len(), 2);
    let (_, queries) = walk(pages(), |_| Ok(json!({ "data": data(0, 2), "total_count": 0 })));
    assert_eq!(queries.len(), 1);
    // A server that ignores the offset.
    let (given, queries) =
        walk(pages(), |_| Ok(json!({ "data": data(0, 2), "total_count": 1000 })));
    assert_eq!((given.len(), queries.len()), (1, 2));
    // An offset that cannot grow.
    let end = Pages::new(GetUserList::new().offset(u64::MAX), &config(), 7);
    let (_, queries) = walk(end, |n| Ok(if n < 2 { json!([user(n)]) } else { json!([]) }));
    assert_eq!(queries[1], format!("limit=500&offset={}", u64::MAX));
}

/// How many items each page had, and the queries.
fn sizes<O: Paged>(
    operation: O,
    serve: impl FnMut(usize) -> Result<Value, Failure>,
) -> (Vec<(usize, Option<u64>)>, Vec<String>) {
    let (pages, queries) = walk(Pages::new(operation, &config(), 7), serve);
    let sizes =
        pages.into_iter().map(|page| page.unwrap()).map(|page| (page.items.len(), page.total));
    (sizes.collect(), queries)
}

fn redirect_url(n: usize) -> Value {
    json!({ "object": "redirect_url", "id": format!("ru_{n}"), "url": "x", "created_at": 1, "updated_at": 1 })
}

#[test]
fn bare_arrays_are_asked_for_their_length() {
    let urls = |from: usize, to: usize| (from..to).map(redirect_url).collect::<Vec<_>>();
    // A server that tells it saves the last, empty page.
    let (pages, queries) = sizes(ListRedirectUrls::new(), |n| {
        Ok(json!({ "data": urls(2 * n, (2 * n + 2).min(3)), "total_count": 3 }))
    });
    assert_eq!(pages, [(2, Some(3)), (1, Some(3))]);
    assert_eq!(queries, ["paginated=true&limit=500", "paginated=true&limit=500&offset=2"]);
    // One that does not, and goes on with arrays.
    let (pages, queries) =
        sizes(ListRedirectUrls::new().limit(2), |n| Ok(json!(urls(2 * n, (2 * n + 2).min(3)))));
    assert_eq!(pages, [(2, None), (1, None)]);
    assert_eq!(
        queries,
        [
            "paginated=true&limit=2",
            "paginated=true&limit=2&offset=2",
            "paginated=true&limit=2&offset=3"
        ]
    );
    // A caller who says no is not overruled.
    let (_, queries) = sizes(ListRedirectUrls::new().paginated(false), |_| Ok(json!([])));
    assert_eq!(queries, ["paginated=false&limit=500"]);
}

/// Whether walking the list asks how long it is.
fn asks_for_the_total<O: Paged>(operation: O) -> bool {
    let (_, queries) = walk(Pages::new(operation, &config(), 7), |_| Ok(json!([])));
    queries.first().is_some_and(|query| query.contains("paginated=true"))
}

#[test]
#[allow(deprecated)] // Those that Clerk calls deprecated are among the eight.
fn all_bare_arrays_with_the_switch_are_asked() {
    assert!(asks_for_the_total(clients::GetClientList::new()));
    assert!(asks_for_the_total(sessions::GetSessionList::new()));
    assert!(asks_for_the_total(templates::GetTemplateList::new("email")));
    assert!(asks_for_the_total(users::GetOauthAccessToken::new("user_1", "oauth_google")));
    assert!(asks_for_the_total(invitations::ListInvitations::new()));
    assert!(asks_for_the_total(allowlist_blocklist::ListAllowlistIdentifiers::new()));
    assert!(asks_for_the_total(jwt_templates::ListJwtTemplates::new()));
    assert!(asks_for_the_total(ListRedirectUrls::new()));
}

#[test]
fn lists_that_are_paginated_anyway_are_not_told_to_be() {
    let (pages, queries) =
        sizes(GetBillingStatementList::new(), |_| Ok(json!({ "data": [], "total_count": 0 })));
    assert_eq!((pages.len(), queries), (0, vec!["limit=500".to_owned()]));
}

#[test]
fn keys_and_tokens_come_in_pages_of_a_hundred() {
    let key = |n: usize| {
        json!({
            "object": "api_key", "id": format!("ak_{n}"), "type": "api_key", "subject": "user_1", "name": "abc", "claims": null,
            "scopes": [], "revoked": false, "revocation_reason": null, "expired": false, "expiration": null, "created_by": null,
            "last_used_at": null, "created_at": 1, "updated_at": 1,
        })
    };
    // A total that came as a number with a point is a total.
    let (pages, queries) = sizes(GetApiKeys::new("user_1"), |n| {
        Ok(json!({ "data": [key(2 * n), key(2 * n + 1)], "total_count": 4.0 }))
    });
    assert_eq!(pages, [(2, Some(4)), (2, Some(4))]);
    assert_eq!(queries, ["subject=user_1&limit=100", "subject=user_1&limit=100&offset=2"]);

    let token = json!({
        "object": "machine_to_machine_token", "id": "mt_1", "subject": "mch_1", "scopes": [], "revoked": false,
        "revocation_reason": null, "expired": false, "expiration": null, "last_used_at": null, "created_at": 1, "updated_at": 1,
    });
    // One that is no count says nothing: the list ends where it is empty.
    let (pages, queries) = sizes(GetM2mTokens::new("mch_1"), |n| {
        Ok(json!({ "m2m_tokens": if n == 0 { vec![&token] } else { vec![] }, "total_count": 0.5 }))
    });
    assert_eq!(pages, [(1, None)]);
    assert_eq!(queries, ["subject=mch_1&limit=100", "subject=mch_1&limit=100&offset=1"]);

    let (given, queries) =
        walk(Pages::new(GetM2mTokens::new("mch_1").limit(101), &config(), 7), |_| {
            Ok(json!({ "m2m_tokens": [], "total_count": 0 }))
        });
    assert_eq!(
        given[0].as_ref().unwrap_err().to_string(),
        "getM2MTokens: invalid `limit`: a page has between 1 and 100 items"
    );
    assert!(queries.is_empty());
}

#[test]
fn a_list_can_be_resumed() {
    let (pages, _) = walk(users(), |n| Ok(if n == 0 { json!([user(0)]) } else { json!([]) }));
    let next = &pages[0].as_ref().unwrap().next;
    assert_eq!(*next, Position::After("user_0".to_owned()));
    let saved = serde_json::to_string(next).unwrap();
    let again = users().starting_at(serde_json::from_str(&saved).unwrap());
    let (_, queries) = walk(again, |_| Ok(json!([])));
    assert_eq!(queries, ["limit=500&starting_after=user_0"]);
}

#[test]
fn an_error_ends_the_list_and_keeps_the_place() {
    let lost = || Failure::new(FailureKind::Protocol, Reach::MaybeSent, "as the test says");
    let (given, queries) =
        walk(users(), |n| if n == 0 { Ok(json!([user(0)])) } else { Err(lost()) });
    assert_eq!((given.len(), queries.len()), (2, 2));
    assert!(given[1].is_err());
    // Each page is a call with its own retries.
    let lost = || Failure::new(FailureKind::Closed, Reach::MaybeSent, "as the test says");
    let (given, queries) = walk(users(), |n| match n {
        0 => Ok(json!([user(0)])),
        1 => Err(lost()),
        _ => Ok(json!([])),
    });
    assert_eq!((given.len(), queries.len()), (1, 3));
    assert_eq!(queries[1], queries[2]);
}

#[test]
fn items_come_one_by_one() {
    let (items, queries) = walk(Items::new(users()), |n| {
        Ok(if n < 2 { json!([user(2 * n), user(2 * n + 1)]) } else { json!([]) })
    });
    let items: Vec<_> = items.into_iter().map(|item| item.unwrap().id.to_string()).collect();
    assert_eq!(items, ["user_0", "user_1", "user_2", "user_3"]);
    assert_eq!(queries.len(), 3);
}

#[test]
fn page_sizes_are_checked() {
    for limit in [0, 501, u64::MAX] {
        let (given, queries) =
            walk(Pages::new(GetUserList::new().limit(limit), &config(), 7), |_| Ok(json!([])));
        assert_eq!(
            given[0].as_ref().unwrap_err().to_string(),
            "GetUserList: invalid `limit`: a page has between 1 and 500 items"
        );
        assert!(queries.is_empty());
    }
}

#[test]
fn a_position_that_does_not_fit_is_refused() {
    let list = Pages::new(ListOrganizations::new(), &config(), 7);
    let (given, queries) =
        walk(list.starting_at(Position::After("org_1".to_owned())), |_| Ok(json!({})));
    let error = given[0].as_ref().unwrap_err().to_string();
    assert_eq!(
        error,
        "ListOrganizations: invalid `position`: this list has no cursor: it goes on from an offset only"
    );
    assert!(queries.is_empty());
}

#[test]
fn items_know_where_they_stand() {
    let mut items = Items::new(users());
    let Step::Send(_) = items.advance(Event::Start, T0) else { panic!("nothing was asked for") };
    let page = Response::new(Bytes::from(json!([user(1), user(2)]).to_string()));
    let Step::Done(Some(Ok(_))) = items.advance(Event::Reply(Ok(page)), T0) else {
        panic!("an item is there")
    };
    assert_eq!(items.position(), &Position::After("user_2".to_owned()));
}
