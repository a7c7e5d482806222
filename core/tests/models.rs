//! Models forgive what servers do as they evolve, and errors say where they cannot.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
#![recursion_limit = "256"] // A user is a large object for `json!`.
use bytes::Bytes;
use clerk_core::{
    JsonObject, Listing, Operation, Timestamp,
    api::{
        actor_tokens::ActorToken,
        billing::BillingStatement,
        m2m::CreatedM2mToken,
        sessions::{RefreshSession, SessionRefresh},
        users::GetUserList,
    },
    model::{
        DeletedObject, EmailAddress, Invitation, InvitationStatus, JwkSet, KeyType, List,
        ObjectType, Organization, OrganizationDomain, OrganizationMembership, PlainList,
        TotalCount, User, VerificationStatus, VerificationStrategy,
    },
    operation::decode_json,
};
use http::Response;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// A model as the server writes it, and what of it the tests damage.
struct Fixture {
    json: Value,
    /// An enum that may grow.
    grows: &'static str,
    /// A list or a map that is always there, if there is one.
    empty: Option<&'static str>,
    /// A text, and where an error finds it.
    text: (&'static str, &'static str),
}

impl Fixture {
    fn with(&self, pointer: &str, value: Value) -> Value {
        let mut json = self.json.clone();
        *json.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        json
    }

    fn without(&self, pointer: &str) -> Value {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut json = self.json.clone();
        json.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        json
    }
}

fn read<T: DeserializeOwned>(json: &Value) -> Result<T, clerk_core::error::Unreadable> {
    decode_json(&Bytes::from(json.to_string()))
}

/// Every member of `json` came back, and nothing was made up.
fn same(json: &Value, back: &Value) -> bool {
    match (json, back) {
        (Value::Object(json), Value::Object(back)) => {
            json.iter().all(|(name, value)| back.get(name).is_some_and(|back| same(value, back)))
                && back.iter().all(|(name, value)| {
                    json.contains_key(name)
                        || value.is_null()
                        || *value == json!([])
                        || *value == json!({})
                })
        }
        (Value::Array(json), Value::Array(back)) => {
            json.len() == back.len() && json.iter().zip(back).all(|(json, back)| same(json, back))
        }
        _ => json == back,
    }
}

fn check<T: DeserializeOwned + Serialize + std::fmt::Debug>(fixture: &Fixture) {
    let back = |json: &Value| {
        serde_json::to_value(read::<T>(json).unwrap_or_else(|error| panic!("{error:?}: {json}")))
            .unwrap()
    };
    assert!(same(&fixture.json, &back(&fixture.json)), "{}", back(&fixture.json));

    let mut more = fixture.json.clone();
    more.as_object_mut().unwrap().insert("zz_new".to_owned(), json!({ "a": [1, null] }));
    assert_eq!(back(&more), back(&fixture.json), "an unknown member is ignored");

    let grown = fixture.with(fixture.grows, json!("brand_new \u{2603}"));
    assert!(
        same(&grown, &back(&grown)),
        "an unknown value of an enum comes back: {}",
        back(&grown)
    );

    if let Some(empty) = fixture.empty {
        let expected = match fixture.json.pointer(empty).unwrap() {
            Value::Array(_) => json!([]),
            _ => json!({}),
        };
        for json in [fixture.with(empty, Value::Null), fixture.without(empty)] {
            assert_eq!(
                back(&json).pointer(empty),
                Some(&expected),
                "null and absence are empty: {empty}"
            );
        }
    }

    let (pointer, path) = fixture.text;
    let error = read::<T>(&fixture.with(pointer, json!(["c2VjcmV0", 7_193_116]))).unwrap_err();
    assert_eq!(error.path, path, "{error:?}");
    let shown = format!("{error:?}");
    assert!(!shown.contains("c2VjcmV0") && !shown.contains("7193116"), "{shown}");
}

fn verification() -> Value {
    json!({ "object": "verification_otp", "status": "verified", "strategy": "email_code", "attempts": 1, "expire_at": 1_700_690_400_000_i64 })
}

fn email_address() -> Value {
    json!({
        "id": "idn_1", "object": "email_address", "email_address": "ann@example.com", "reserved": false,
        "verification": verification(), "linked_to": [{ "type": "oauth_google", "id": "idn_2" }],
        "created_at": 1, "updated_at": 2,
    })
}

fn user() -> Value {
    json!({
        "id": "user_1", "object": "user", "external_id": null, "primary_email_address_id": "idn_1", "primary_phone_number_id": null,
        "primary_web3_wallet_id": null, "username": null, "first_name": "Ann", "last_name": "Bee", "has_image": false,
        "public_metadata": { "plan": "pro", "nothing": null }, "private_metadata": { "big": 9_007_199_254_740_993_i64 },
        "email_addresses": [email_address()], "phone_numbers": [{
            "id": "idn_3", "object": "phone_number", "phone_number": "+15555550123", "reserved": false, "verification": null,
            "linked_to": [], "backup_codes": ["c0de"], "created_at": 1, "updated_at": 2,
        }],
        "web3_wallets": [{
            "id": "idn_4", "object": "web3_wallet", "web3_wallet": "0x0", "created_at": 1, "updated_at": 2,
            "verification": { "object": "verification_web3", "status": "failed", "strategy": "web3_base_signature", "nonce": "n", "attempts": null, "expire_at": null },
        }],
        "passkeys": [{ "id": "idn_5", "object": "passkey", "name": "Laptop", "last_used_at": 1, "verification": { "status": "verified" } }],
        "password_enabled": true, "two_factor_enabled": false, "totp_enabled": false, "backup_code_enabled": false,
        "mfa_enabled_at": null, "mfa_disabled_at": null,
        "external_accounts": [{
            "object": "google_account", "id": "eac_1", "provider": "oauth_google", "identification_id": "idn_2", "provider_user_id": "1",
            "approved_scopes": "email", "email_address": "ann@example.com", "first_name": "Ann", "last_name": "Bee", "public_metadata": {},
            "created_at": 1, "updated_at": 2,
            "verification": {
                "object": "verification_oauth", "status": "failed", "strategy": "oauth_google", "attempts": null, "expire_at": 1,
                "error": { "code": "x", "message": "m", "long_message": "l", "meta": { "a": 1 } },
            },
        }],
        "saml_accounts": [{
            "id": "samlacc_1", "object": "saml_account", "provider": "saml_okta", "active": true, "email_address": "ann@example.com", "verification": null,
            "saml_connection": {
                "id": "samlc_1", "name": "Okta", "domains": ["example.com"], "active": true, "provider": "saml_okta",
                "sync_user_attributes": true, "created_at": 1, "updated_at": 2,
            },
        }],
        "enterprise_accounts": [{
            "id": "entacc_1", "object": "enterprise_account", "protocol": "saml", "provider": "saml_okta", "active": true,
            "email_address": "ann@example.com", "verification": null,
            "enterprise_connection": {
                "id": "entc_1", "protocol": "oauth", "provider": "x", "name": "X", "logo_public_url": null, "domain": "example.com", "active": true,
                "sync_user_attributes": true, "allow_subdomains": true, "allow_idp_initiated": false,
                "disable_additional_identifications": false, "created_at": 1, "updated_at": 2,
            },
        }],
        "last_sign_in_at": null, "banned": false, "locked": false, "lockout_expires_in_seconds": null,
        "verification_attempts_remaining": -1, "updated_at": 2, "created_at": i64::MIN, "delete_self_enabled": true,
        "create_organization_enabled": true, "last_active_at": i64::MAX, "legal_accepted_at": null,
        "scim": { "directory_id": "dir_1", "external_id": null },
    })
}

fn organization() -> Value {
    json!({
        "object": "organization", "id": "org_1", "name": "Acme", "slug": "acme", "has_image": true, "max_allowed_memberships": 5,
        "admin_delete_enabled": true, "public_metadata": {}, "created_at": 1, "updated_at": 2, "role_set_key": "role_set:default",
    })
}

fn money() -> Value {
    json!({ "amount": 4999, "amount_formatted": "49.99", "currency": "USD", "currency_symbol": "$" })
}

#[test]
fn users() {
    let fixture = |grows, empty, text| Fixture { json: user(), grows, empty: Some(empty), text };
    check::<User>(&fixture("/object", "/email_addresses", ("/id", "id")));
    check::<User>(&fixture(
        "/email_addresses/0/verification/status",
        "/phone_numbers",
        ("/first_name", "first_name"),
    ));
    check::<User>(&fixture(
        "/email_addresses/0/verification/strategy",
        "/web3_wallets",
        ("/email_addresses/0/email_address", "email_addresses[0].email_address"),
    ));
    check::<User>(&fixture(
        "/email_addresses/0/verification/object",
        "/passkeys",
        ("/phone_numbers/0/phone_number", "phone_numbers[0].phone_number"),
    ));
    check::<User>(&fixture(
        "/external_accounts/0/object",
        "/external_accounts",
        ("/web3_wallets/0/web3_wallet", "web3_wallets[0].web3_wallet"),
    ));
    check::<User>(&fixture(
        "/enterprise_accounts/0/protocol",
        "/saml_accounts",
        ("/passkeys/0/name", "passkeys[0].name"),
    ));
    check::<User>(&fixture(
        "/enterprise_accounts/0/object",
        "/enterprise_accounts",
        ("/saml_accounts/0/saml_connection/name", "saml_accounts[0].saml_connection.name"),
    ));
    check::<User>(&fixture(
        "/saml_accounts/0/object",
        "/public_metadata",
        (
            "/enterprise_accounts/0/enterprise_connection/name",
            "enterprise_accounts[0].enterprise_connection.name",
        ),
    ));
    check::<User>(&fixture(
        "/passkeys/0/object",
        "/external_accounts/0/public_metadata",
        ("/external_accounts/0/provider", "external_accounts[0].provider"),
    ));
    check::<User>(&fixture(
        "/phone_numbers/0/object",
        "/phone_numbers/0/linked_to",
        ("/scim/directory_id", "scim.directory_id"),
    ));
}

#[test]
fn other_models() {
    check::<EmailAddress>(&Fixture {
        json: email_address(),
        grows: "/object",
        empty: Some("/linked_to"),
        text: ("/linked_to/0/type", "linked_to[0].type"),
    });
    check::<Organization>(&Fixture {
        json: organization(),
        grows: "/object",
        empty: Some("/public_metadata"),
        text: ("/slug", "slug"),
    });
    let json = json!({
        "id": "orgmem_1", "object": "organization_membership", "role": "org:admin", "permissions": ["org:sys_profile:manage"],
        "public_metadata": {}, "organization": organization(), "created_at": 1, "updated_at": 2,
        "public_user_data": { "user_id": "user_1", "first_name": null, "last_name": null, "profile_image_url": null, "image_url": "https://example.com", "has_image": false },
    });
    check::<OrganizationMembership>(&Fixture {
        json,
        grows: "/organization/object",
        empty: Some("/permissions"),
        text: ("/public_user_data/image_url", "public_user_data.image_url"),
    });
    let verification = json!({ "status": "unverified", "strategy": "affiliation_email_code", "attempts": 0, "expire_at": null });
    let json = json!({
        "object": "organization_domain", "id": "orgdmn_1", "organization_id": "org_1", "name": "example.com",
        "enrollment_mode": "enterprise_sso", "affiliation_email_address": null, "affiliation_verification": verification,
        "ownership_verification": null, "verification": verification, "total_pending_invitations": 0, "total_pending_suggestions": 1,
        "public_organization_data": { "id": "org_1", "name": "Acme", "slug": "acme", "has_image": false }, "created_at": 1, "updated_at": 2,
    });
    check::<OrganizationDomain>(&Fixture {
        json,
        grows: "/enrollment_mode",
        empty: None,
        text: ("/public_organization_data/slug", "public_organization_data.slug"),
    });
    let json = json!({
        "object": "invitation", "id": "inv_1", "email_address": "ann@example.com", "public_metadata": { "a": null }, "status": "pending",
        "created_at": 1, "updated_at": 2,
    });
    check::<Invitation>(&Fixture {
        json,
        grows: "/status",
        empty: Some("/public_metadata"),
        text: ("/email_address", "email_address"),
    });
    let json = json!({ "object": "user", "id": "user_1", "deleted": true });
    check::<DeletedObject>(&Fixture { json, grows: "/object", empty: None, text: ("/id", "id") });
    let json = json!({ "object": "total_count", "total_count": i64::MAX });
    check::<TotalCount>(&Fixture {
        json,
        grows: "/object",
        empty: None,
        text: ("/total_count", "total_count"),
    });
    check::<List<Organization>>(&Fixture {
        json: json!({ "data": [organization()], "total_count": 7 }),
        grows: "/data/0/object",
        empty: Some("/data"),
        text: ("/data/0/name", "data[0].name"),
    });
    let json = json!({
        "object": "actor_token", "id": "act_1", "status": "pending", "user_id": "user_1", "actor": { "sub": "user_2" },
        "token": "c2VjcmV0", "created_at": 1, "updated_at": 2,
    });
    check::<ActorToken>(&Fixture {
        json,
        grows: "/status",
        empty: Some("/actor"),
        text: ("/token", "token"),
    });
    let json = json!({
        "object": "machine_to_machine_token", "id": "mt_1", "subject": "mch_1", "claims": ["any", null], "scopes": ["mch_2"],
        "token": "c2VjcmV0", "revoked": false, "revocation_reason": null, "expired": false, "expiration": 1_700_690_400_000.5,
        "last_used_at": null, "created_at": 1, "updated_at": 2,
    });
    check::<CreatedM2mToken>(&Fixture {
        json,
        grows: "/object",
        empty: Some("/scopes"),
        text: ("/token", "token"),
    });
    let json = json!({ "keys": [{ "kty": "RSA", "kid": "ins_1", "alg": "RS256", "use": "sig", "n": "AQAB", "e": "AQAB", "x5t#S256": "x" }] });
    check::<JwkSet>(&Fixture {
        json,
        grows: "/keys/0/kty",
        empty: None,
        text: ("/keys/0/n", "keys[0].n"),
    });
}

#[test]
fn statements() {
    let payer = json!({ "object": "commerce_payer", "id": "payer_1", "instance_id": "ins_1", "credits_balance": money() });
    let totals = json!({ "grand_total": money(), "subtotal": money(), "base_fee": money(), "tax_total": money() });
    let mut payment_totals = totals.clone();
    let more = payment_totals.as_object_mut().unwrap();
    let tiers = json!([{ "quantity": null, "fee_per_block": money(), "total": money() }]);
    more.insert(
        "per_unit_totals".to_owned(),
        json!([{ "name": "seats", "block_size": 1, "tiers": tiers }]),
    );
    let credit = json!({ "amount": money(), "cycle_days_remaining": 1, "cycle_days_total": 30, "cycle_remaining_percent": 3.3 });
    let payer_credit = json!({ "remaining_balance": money(), "applied_amount": money() });
    more.insert(
        "credits".to_owned(),
        json!({ "proration": credit, "payer": payer_credit, "total": money() }),
    );
    let discount = json!({ "amount": money(), "cycle_days_passed": 1, "cycle_days_total": 30, "cycle_passed_percent": 3.3 });
    more.insert("discounts".to_owned(), json!({ "proration": discount, "total": money() }));
    let method = json!({
        "object": "commerce_payment_method", "id": "pm_1", "payer_id": "payer_1", "payment_type": "payer-credits", "gateway": "stripe",
        "gateway_external_id": "x", "gateway_external_account_id": null, "last4": null, "status": "active", "card_type": null,
    });
    let payment = json!({
        "object": "commerce_payment", "id": "cpa_1", "payment_id": "p_1", "instance_id": "ins_1", "charge_type": "recurring", "payee_id": "pe_1",
        "payee": { "any": [null] }, "payer_id": "payer_1", "payer": payer, "amount": money(), "totals": payment_totals,
        "payment_method_id": "pm_1", "payment_method": method, "statement_id": "st_1", "gateway_external_id": null,
        "gateway_external_url": null, "status": "paid", "paid_at": 1, "failed_at": null, "created_at": 1, "updated_at": 2,
    });
    let json = json!({
        "object": "commerce_statement", "id": "st_1", "instance_id": "ins_1", "timestamp": 1, "payer": payer, "status": "open",
        "totals": totals, "groups": [{ "object": "commerce_statement_group", "timestamp": 1, "items": [payment] }],
    });
    let fixture =
        |grows, empty, text| Fixture { json: json.clone(), grows, empty: Some(empty), text };
    check::<BillingStatement>(&fixture("/status", "/groups", ("/payer/id", "payer.id")));
    check::<BillingStatement>(&fixture(
        "/groups/0/items/0/status",
        "/groups/0/items",
        ("/totals/base_fee/currency", "totals.base_fee.currency"),
    ));
    check::<BillingStatement>(&fixture(
        "/groups/0/items/0/payment_method/payment_type",
        "/groups/0/items/0/payee",
        ("/groups/0/items/0/charge_type", "groups[0].items[0].charge_type"),
    ));
    check::<BillingStatement>(&fixture(
        "/groups/0/items/0/payment_method/status",
        "/groups/0/items/0/totals/per_unit_totals/0/tiers",
        ("/groups/0/items/0/payment_method/gateway", "groups[0].items[0].payment_method.gateway"),
    ));
}

#[test]
fn a_user_has_conveniences() {
    let user: User = read(&user()).unwrap();
    assert_eq!(user.full_name().as_deref(), Some("Ann Bee"));
    let address = user.primary_email_address().unwrap();
    assert_eq!(address.email_address, "ann@example.com");
    let verification = address.verification.as_ref().unwrap();
    assert!(verification.is_verified());
    assert_eq!(verification.status, Some(VerificationStatus::Verified));
    assert_eq!(verification.strategy, Some(VerificationStrategy::EmailCode));
    assert_eq!(user.primary_phone_number(), None);
    assert_eq!(
        (user.created_at, user.last_active_at),
        (Timestamp::from_millis(i64::MIN), Some(Timestamp::from_millis(i64::MAX)))
    );
    assert_eq!(
        user.public_metadata,
        JsonObject::from([("plan", json!("pro")), ("nothing", Value::Null)])
    );

    for (first, last, full) in [
        (json!("Ann"), json!(" "), json!("Ann")),
        (Value::Null, json!("Bee"), json!("Bee")),
        (Value::Null, json!(""), Value::Null),
    ] {
        let user: User = read(
            &Fixture {
                json: serde_json::to_value(&user).unwrap(),
                grows: "",
                empty: None,
                text: ("", ""),
            }
            .with("/first_name", first),
        )
        .unwrap();
        let mut user = user;
        user.last_name = last.as_str().map(str::to_owned);
        assert_eq!(json!(user.full_name()), full);
    }
}

#[test]
fn secrets_do_not_show() {
    let json = json!({
        "kty": "EC", "d": "c2VjcmV0", "k": "c2VjcmV0", "p": "c2VjcmV0", "q": "c2VjcmV0", "dp": "c2VjcmV0", "dq": "c2VjcmV0", "qi": "c2VjcmV0", "crv": true,
    });
    let keys: JwkSet = read(&json!({ "keys": [json] })).unwrap();
    assert!(!format!("{keys:?}").contains("c2VjcmV0"), "{keys:?}");
    let [key] = keys.keys() else { panic!("{keys:?}") };
    assert_eq!((&key.kty, key.is_secret(), &key.crv), (&KeyType::Ec, true, &None));

    for json in [
        json!({ "object": "token", "jwt": "c2VjcmV0" }),
        json!({ "object": "cookies", "cookies": ["c2VjcmV0"] }),
    ] {
        let refreshed: SessionRefresh = read(&json).unwrap();
        assert!(!format!("{refreshed:?}").contains("c2VjcmV0"), "{refreshed:?}");
    }
}

#[test]
fn a_union_is_told_apart_by_its_tag_wherever_it_is() {
    for text in [
        r#"{"object":"token","jwt":"a"}"#,
        r#"{"jwt":"a","object":"token"}"#,
        r#"{"cookies":["a"],"object":"cookies"}"#,
        r#"{"object":"biscuits","crumbs":[1,null]}"#,
        r#"{"crumbs":[1,null]}"#,
        r#"{"object":7,"crumbs":[1,null]}"#,
    ] {
        let refreshed = RefreshSession::decode(&Bytes::from(text)).unwrap();
        let known = matches!(refreshed, SessionRefresh::Token(_) | SessionRefresh::Cookies(_));
        assert_eq!(known, text.contains("jwt") || text.contains("cookies"), "{refreshed:?}");
        assert_eq!(
            serde_json::to_value(&refreshed).unwrap(),
            serde_json::from_str::<Value>(text).unwrap()
        );
    }
    for text in [
        r#"{"object":"token","jwt":7193116}"#,
        r#"{"jwt":7193116,"object":"token"}"#,
        r#"{"object":"token"}"#,
        "[]",
        "7193116",
    ] {
        let error = RefreshSession::decode(&Bytes::from(text)).unwrap_err();
        assert!(!format!("{error:?}").contains("7193116"), "{error:?}");
    }
}

#[test]
fn lists_say_how_long_they_are() {
    let list: List<Organization> =
        read(&json!({ "data": [organization()], "total_count": 7 })).unwrap();
    let listing = Listing::from(list);
    assert_eq!((listing.items.len(), listing.total), (1, Some(7)));
    let list: List<Organization> = read(&json!({ "data": null, "total_count": -1 })).unwrap();
    assert_eq!(Listing::from(list), Listing { items: Vec::new(), total: None });
    // Where the API answers with an array unless it is asked for the length.
    for (json, length, total) in [
        (json!([organization()]), 1, None),
        (json!({ "data": [organization()], "total_count": 7 }), 1, Some(7)),
        (json!({ "total_count": 7, "data": [] }), 0, Some(7)),
        (json!({ "data": null, "total_count": null }), 0, None),
    ] {
        let list: PlainList<Organization> = read(&json).unwrap();
        assert_eq!((list.data.len(), list.total_count), (length, total), "{json}");
        let listing = Listing::from(list);
        assert_eq!((listing.items.len(), listing.total), (length, total.map(i64::unsigned_abs)));
    }
    for json in [json!({}), json!({ "total_count": 7 }), json!(null), json!("[]")] {
        assert!(read::<PlainList<Organization>>(&json).is_err(), "{json}");
    }
}

#[test]
fn a_list_of_users_is_an_array() {
    let users = GetUserList::decode(&Bytes::from(json!([user()]).to_string())).unwrap();
    assert_eq!((users[0].object.clone(), users[0].id.as_str()), (ObjectType::User, "user_1"));
    let mut odd = user();
    odd["email_addresses"][0]["created_at"] = json!("c2VjcmV0");
    let page: Vec<_> = (0..37).map(|_| user()).chain([odd]).collect();
    let response = Response::new(Bytes::from(json!(page).to_string()));
    let error = GetUserList::read(response).unwrap_err();
    let decode = error.decode().unwrap();
    assert_eq!(
        (decode.path.as_str(), decode.problem.as_str()),
        ("[37].email_addresses[0].created_at", "expected milliseconds since the Unix epoch")
    );
    // The message says so, and quotes nothing of the value.
    let said = format!("{error} {error:?}");
    assert!(
        said.contains("[37].email_addresses[0].created_at") && !said.contains("c2VjcmV0"),
        "{said}"
    );
}

#[test]
fn enums_are_compared_with_what_they_know() {
    assert_eq!(InvitationStatus::from("revoked"), InvitationStatus::Revoked);
    assert_eq!(InvitationStatus::from("lost").as_str(), "lost");
    assert_eq!(InvitationStatus::from("lost"), InvitationStatus::Unknown("lost".into()));
}

#[test]
fn numbers_in_metadata_come_back_as_they_were() {
    for number in ["14.650636250198145", "0.1", "1e-7", "9007199254740993", "-9223372036854775808"]
    {
        let json = format!("{{\"n\":{number}}}");
        let object: JsonObject = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&object).unwrap(), json);
    }
}
