//! What is in a delivery: its JSON as it came, and types made of it.
use clerk_core::{
    Error, ErrorKind, Timestamp,
    model::DeletedObject,
    webhook::{Delivery, Event, EventData, EventType, Webhook},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{DELETED, NOW, SECRET};

const ORGANIZATION: &str = r#"{"object":"organization","id":"org_1","name":"Acme","slug":"acme","has_image":false,"max_allowed_memberships":5,"admin_delete_enabled":true,"created_at":1,"updated_at":2}"#;

fn delivery(body: &str) -> Delivery {
    let (webhook, now) = (Webhook::new(SECRET).unwrap(), Timestamp::from_secs(NOW));
    let headers = webhook.sign("msg_1", now, body.as_bytes()).unwrap();
    webhook.verify(&headers, body.as_bytes(), now).unwrap()
}

fn event(members: &Value) -> Event {
    let mut body = json!({ "type": "a.b", "data": {} });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    delivery(&body.to_string()).event
}

/// Bodies of all kinds, without white space around them.
fn bodies() -> Vec<String> {
    let organization = |before: &str| {
        format!(
            r#"{{{before}"data":{ORGANIZATION},"type":"organization.created","later":[1,{{}}]}}"#
        )
    };
    let mut bodies: Vec<_> = [
        DELETED,
        "{ \"type\" :\t\"user.deleted\" ,\r\n \"data\": {  \"deleted\" :true,\"object\":\"user\" }\n}",
        r#"{"type":"a.b","data":null}"#,
        r#"{"type":"a.b","data":[ 1, 2 ,3 ]}"#,
        r#"{"type":"a.b","data":"te\u0078t \ud83d\ude00 ü\/"}"#,
        r#"{"type":"a.b","data":123456789012345678901234567890123456789.50}"#,
        r#"{"type":"a.b","data":{"n":-9223372036854775809,"m":1e400,"o":-0,"p":1.0E+2}}"#,
        r#"{"type":"a.b","data":{"a":1,"a":2},"x":1,"x":{"y":null}}"#,
        r#"{"type":"\u0061.b","d\u0061ta":{},"":0}"#,
        r#"{"type":"user.created","data":{"does":"not fit"}}"#,
        r#"{"data":{},"type":"","timestamp":1700000000123,"instance_id":"ins_1","event_attributes":{"http_request":{"client_ip":"::1","user_agent":null}}}"#,
    ]
    .map(str::to_owned)
    .into();
    bodies
        .extend([organization(""), organization(r#""object":"event","n":18446744073709551616,"#)]);
    bodies
}

#[test]
fn a_delivery_goes_through_a_queue() {
    for body in bodies() {
        let delivery = delivery(&body);
        assert_eq!(delivery.event.as_json(), body);
        assert_eq!(Event::from_json(&body).unwrap(), delivery.event);

        let written = serde_json::to_string(&delivery).unwrap();
        assert_eq!(written, format!(r#"{{"id":"msg_1","sent_at":1700000000000,"event":{body}}}"#));
        let pretty = serde_json::to_vec_pretty(&delivery).unwrap();
        for read in [
            serde_json::from_str::<Delivery>(&written).unwrap(),
            serde_json::from_reader(written.as_bytes()).unwrap(),
            serde_json::from_slice(&pretty).unwrap(),
        ] {
            assert_eq!(read, delivery, "{body}");
            assert_eq!(read.event.as_json(), body);
            assert_eq!(read.event.data_as_json(), delivery.event.data_as_json());
        }
    }
}

#[test]
fn white_space_around_the_json_is_no_part_of_the_event() {
    for around in ["\n", " ", "\r\n\t "] {
        let delivery = delivery(&format!("{around}{DELETED}{around}"));
        let written = serde_json::to_string(&delivery).unwrap();
        assert_eq!(serde_json::from_str::<Delivery>(&written).unwrap(), delivery);
        assert_eq!(delivery.event.as_json(), DELETED);
    }
}

#[test]
fn places_in_a_list_are_named() {
    let event = event(&json!({ "data": [1, "canary"] }));
    let text = "an unknown event: invalid `data[1]`: expected u8";
    assert_eq!(event.read::<Vec<u8>>().unwrap_err().to_string(), text);
}

#[test]
fn what_is_in_a_queue_must_be_an_event() {
    for json in [
        r#"{"id":"msg_1","sent_at":1,"event":{"type":"a.b"}}"#,
        r#"{"id":"msg_1","sent_at":1,"event":["a.b",{}]}"#,
        r#"{"id":"msg_1","sent_at":1,"event":null}"#,
        r#"{"id":"msg_1","sent_at":1}"#,
    ] {
        assert!(serde_json::from_str::<Delivery>(json).is_err(), "{json}");
    }
    for json in ["", "null", "[]", r#"{"type":7,"data":"canary"}"#, r#"{"type":"canary"}"#] {
        let error = Event::from_json(json).unwrap_err();
        let text = "invalid `event`: it is not a JSON object with `type` and `data`";
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn the_data_is_that_part_of_the_json() {
    for (json, data) in [
        (DELETED, r#"{"object":"user","id":"user_1","deleted":true}"#),
        (r#"{"data": [ 1 ] ,"type":"a.b"}"#, "[ 1 ]"),
        ("{\"type\":\"a.b\",\"data\"\n:\t null }", "null"),
        (r#"{"more":{"data":1},"type":"a.b","data":"d\u0061ta"}"#, r#""d\u0061ta""#),
        (r#"{"type":"ü","x":"😀","data":7}"#, "7"),
    ] {
        assert_eq!(Event::from_json(json).unwrap().data_as_json(), data, "{json}");
    }
}

#[test]
fn times_are_in_seconds_or_milliseconds() {
    for (json, millis) in [
        (json!(1_700_000_000), Some(1_700_000_000_000)),
        (json!(1_700_000_000_123_i64), Some(1_700_000_000_123)),
        (json!(99_999_999_999_i64), Some(99_999_999_999_000)),
        (json!(100_000_000_000_i64), Some(100_000_000_000)),
        (json!(0), Some(0)),
        (json!(-1), Some(-1000)),
        (json!(i64::MAX), Some(i64::MAX)),
        (json!(null), None),
        (json!("1700000000"), None),
        (json!(1.5), None),
        (json!(u64::MAX), None),
        (json!([1]), None),
        (json!({}), None),
        (json!(true), None),
    ] {
        let event = event(&json!({ "timestamp": json }));
        assert_eq!(event.timestamp.map(Timestamp::as_millis), millis, "{json}");
        assert_eq!(event.event_type, EventType::Unknown("a.b".into()));
    }
}

#[test]
fn what_is_around_the_data_does_not_cost_the_event() {
    let request = json!({ "client_ip": "192.0.2.1", "user_agent": "curl/8", "more": [1] });
    let good = event(&json!({
        "instance_id": "ins_1", "event_attributes": { "http_request": request, "more": 1 },
    }));
    assert_eq!(good.instance_id.as_ref().map(AsRef::<str>::as_ref), Some("ins_1"));
    let http_request = good.event_attributes.unwrap().http_request.unwrap();
    assert_eq!(http_request.client_ip.as_deref(), Some("192.0.2.1"));
    assert_eq!(http_request.user_agent.as_deref(), Some("curl/8"));

    for odd in [json!(null), json!(7), json!([]), json!({ "a": 1 }), json!(true)] {
        let event = event(&json!({ "timestamp": 1, "instance_id": odd }));
        assert_eq!((event.instance_id, event.timestamp), (None, Some(Timestamp::from_secs(1))));
    }
    for odd in [
        json!("curl"),
        json!(7),
        json!({ "http_request": "curl" }),
        json!({ "http_request": { "client_ip": 1 } }),
        json!({ "http_request": { "user_agent": [] } }),
    ] {
        let event = event(&json!({ "instance_id": "ins_1", "event_attributes": odd }));
        assert_eq!(event.event_attributes, None, "{odd}");
        assert!(event.instance_id.is_some());
        assert_eq!(event.data().unwrap(), EventData::Unknown(json!({})));
    }
    for empty in [json!({}), json!({ "http_request": null }), json!({ "other": 1 })] {
        let event = event(&json!({ "event_attributes": empty }));
        assert_eq!(event.event_attributes.unwrap().http_request, None, "{empty}");
    }
}

#[test]
fn data_is_read_by_the_type() {
    let deleted = delivery(DELETED).event;
    assert_eq!(deleted.event_type, EventType::UserDeleted);
    let EventData::UserDeleted(user) = deleted.data().unwrap() else { panic!("{deleted:?}") };
    assert_eq!((user.id.as_deref(), user.deleted), (Some("user_1"), true));

    let body = format!(r#"{{"type":"organization.created","data":{ORGANIZATION}}}"#);
    let EventData::OrganizationCreated(organization) = delivery(&body).event.data().unwrap() else {
        panic!("{body}")
    };
    assert_eq!((organization.name.as_str(), organization.max_allowed_memberships), ("Acme", 5));

    let data = json!({ "id": "x_1", "list": [1, null], "n": 9_007_199_254_740_993_i64 });
    let unknown = event(&json!({ "type": "user.promoted", "data": data }));
    assert_eq!(unknown.event_type.as_str(), "user.promoted");
    assert_eq!(unknown.data().unwrap(), EventData::Unknown(data.clone()));
    assert_eq!(serde_json::to_value(unknown.data().unwrap()).unwrap(), data);
}

#[derive(Debug, Deserialize, PartialEq)]
struct Mine {
    id: String,
    tags: Vec<u8>,
}

#[test]
fn data_is_read_into_types_of_others() {
    let good = event(&json!({ "data": { "id": "x_1", "tags": [1, 2], "more": {} } }));
    assert_eq!(good.read::<Mine>().unwrap(), Mine { id: "x_1".to_owned(), tags: vec![1, 2] });
    assert_eq!(delivery(DELETED).event.read::<DeletedObject>().unwrap().object.as_str(), "user");
    // Whatever the type, nothing says what it found.
    let refused = |error: Error, text: &str| {
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidRequest, text));
        assert!(!format!("{error:?} {error:#?}").contains("canary"), "{error:?}");
    };
    for (data, text) in [
        (json!("canary"), "an unknown event: invalid `data`: expected struct Mine"),
        (json!({ "canary": "canary" }), "an unknown event: invalid `data`: missing field `id`"),
        (
            json!({ "id": { "canary": 1 }, "tags": [] }),
            "an unknown event: invalid `data.id`: expected a string",
        ),
        (
            json!({ "id": "canary", "tags": "canary" }),
            "an unknown event: invalid `data.tags`: expected a sequence",
        ),
        (
            json!({ "id": "canary", "tags": [1, "canary"] }),
            "an unknown event: invalid `data.tags[1]`: expected u8",
        ),
    ] {
        refused(event(&json!({ "data": data })).read::<Mine>().unwrap_err(), text);
    }
}

#[test]
fn data_that_does_not_fit_is_an_error_when_it_is_read() {
    for (data, text) in [
        (json!({}), "user.created: invalid `data`: missing field `"),
        (json!(null), "user.created: invalid `data`: expected struct User"),
        (json!("canary"), "user.created: invalid `data`: expected struct User"),
        (json!({ "id": ["canary"] }), "user.created: invalid `data.id`: expected a string"),
    ] {
        let event = event(&json!({ "type": "user.created", "data": data }));
        assert_eq!(event.event_type, EventType::UserCreated);
        let error = event.data().unwrap_err();
        assert!(error.to_string().starts_with(text), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        // It can be read in another way, and is not lost.
        assert_eq!(event.read::<Value>().unwrap(), data);
    }
    // No number is too large for the event, though it may be for what reads it.
    let event = Event::from_json(r#"{"type":"a.b","data":1e400}"#).unwrap();
    assert_eq!(
        event.data().unwrap_err().to_string(),
        "an unknown event: invalid `data`: it is not JSON"
    );
    assert_eq!(event.data_as_json(), "1e400");
}

#[test]
fn what_it_is_about_is_not_shown() {
    let event = event(&json!({ "data": { "otp_code": "canary" }, "canary": "canary" }));
    for shown in [format!("{event:?}"), format!("{event:#?}"), format!("{:?}", event.data())] {
        assert!(!shown.contains("canary"), "{shown}");
    }
    assert_eq!(format!("{:?}", event.data().unwrap()), "Unknown(…)");
}

#[test]
fn the_catalog_keeps_all_numbers() {
    // As text, as no value of serde_json holds them.
    let body = "{\"type\":\"a.b\",\n\"data\":{\"n\":[18446744073709551616,1e400]},\r\"m\":-9223372036854775809}";
    let (webhook, now) = (Webhook::new(SECRET).unwrap(), Timestamp::from_secs(NOW));
    let headers = webhook.sign("msg_1", now, body.as_bytes()).unwrap();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let question = json!({
        "do": "webhook", "secrets": [SECRET], "now": NOW * 1000, "headers": headers, "body": body,
    });
    let answer = clerk_core::catalog::answer_line(question.to_string().as_bytes());
    assert_eq!(
        answer,
        r#"{"ok":{"event":{"type":"a.b", "data":{"n":[18446744073709551616,1e400]}, "m":-9223372036854775809},"id":"msg_1","known":false,"timestamp":1700000000,"type":"a.b"}}"#
    );
    // Around data that was read the numbers stay as they are as well.
    let body = r#"{"type":"user.deleted","m":1e400,"data":{"object":"user","deleted":true,"x":1}}"#;
    let mut question = question;
    let signed = webhook.sign("msg_1", now, body.as_bytes()).unwrap();
    question["headers"][2] = json!(["svix-signature", signed["svix-signature"].to_str().unwrap()]);
    question["body"] = body.into();
    let answer = clerk_core::catalog::answer_line(question.to_string().as_bytes());
    let event = r#"{"data":{"object":"user","id":null,"slug":null,"deleted":true,"external_id":null},"m":1e400,"type":"user.deleted"}"#;
    assert!(answer.starts_with(&format!(r#"{{"ok":{{"event":{event},"#)), "{answer}");
}
