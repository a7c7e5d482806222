//! What the stand-in does with users.
use serde_json::{Map, Value, json};

use super::{Arguments, Refusal, StandIn, actor_tokens::invalid, wire};
use crate::{Timestamp, model::User};

const METADATA: [&str; 3] = ["public_metadata", "private_metadata", "unsafe_metadata"];

impl StandIn {
    /// The place of a user.
    pub(super) fn user(&self, id: &str) -> Result<usize, Refusal> {
        self.users.iter().position(|user| user.id == *id).ok_or_else(|| Refusal::not_found("user"))
    }

    pub(super) fn list_users(
        &mut self,
        arguments: Arguments,
        _: Timestamp,
    ) -> Result<Value, Refusal> {
        let limit = arguments.number("limit", 10, 500)?.max(1);
        let offset = arguments.number("offset", 0, usize::MAX)?;
        let mut users = self.matching(&arguments)?;
        // They are kept in the order of their creation.
        match arguments.all("order_by").next() {
            None | Some("-created_at") => users.reverse(),
            Some("created_at" | "+created_at") => {}
            Some(_) => {
                return Err(invalid(
                    "order_by",
                    "`created_at`, with `+` or `-` in front; this stand-in knows no other order",
                ));
            }
        }
        if let Some(last) = arguments.all("starting_after").next() {
            if offset > 0 {
                return Err(invalid("starting_after", "alone: it does not go with `offset`"));
            }
            let position = users.iter().position(|user| user.id == *last);
            let Some(position) = position else {
                return Err(invalid("starting_after", "the id of a user in the list"));
            };
            users.drain(..=position);
        }
        wire(&users.into_iter().skip(offset).take(limit).collect::<Vec<_>>())
    }

    pub(super) fn count_users(
        &mut self,
        arguments: Arguments,
        _: Timestamp,
    ) -> Result<Value, Refusal> {
        Ok(json!({ "object": "total_count", "total_count": self.matching(&arguments)?.len() }))
    }

    pub(super) fn get_user(
        &mut self,
        arguments: Arguments,
        _: Timestamp,
    ) -> Result<Value, Refusal> {
        let place = self.user(&arguments.id)?;
        wire(&self.users.get(place))
    }

    pub(super) fn create_user(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        for address in texts(&arguments.body, "email_address")? {
            if self.users.iter().any(|user| has_email_address(user, address)) {
                return Err(Refusal::about(
                    422,
                    "form_identifier_exists",
                    "the e-mail address is taken".to_owned(),
                    "email_address",
                ));
            }
        }
        for name in ["username", "external_id"] {
            self.check_unique(&arguments.body, name, None)?;
        }
        wire(&self.insert_user(arguments.body, now)?)
    }

    pub(super) fn update_user(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let place = self.user(&arguments.id)?;
        for name in ["username", "external_id"] {
            self.check_unique(&arguments.body, name, Some(&arguments.id))?;
        }
        self.change(place, now, |user| apply(user, arguments.body))
    }

    pub(super) fn delete_user(
        &mut self,
        arguments: Arguments,
        _: Timestamp,
    ) -> Result<Value, Refusal> {
        let place = self.user(&arguments.id)?;
        let user = self.users.remove(place);
        Ok(json!({ "object": "user", "id": user.id, "deleted": true }))
    }

    pub(super) fn ban_user(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let place = self.user(&arguments.id)?;
        self.change(place, now, |user| {
            user.insert("banned".to_owned(), json!(true));
        })
    }

    pub(super) fn bulk_ban_users(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let ids = texts(&arguments.body, "user_ids")?;
        let places = ids.into_iter().map(|id| self.user(id)).collect::<Result<Vec<_>, _>>()?;
        let ban = |place| {
            self.change(place, now, |user| {
                user.insert("banned".to_owned(), json!(true));
            })
        };
        places.into_iter().map(ban).collect::<Result<Vec<_>, _>>().map(Value::Array)
    }

    pub(super) fn merge_user_metadata(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let place = self.user(&arguments.id)?;
        self.change(place, now, |user| {
            for (name, change) in arguments.body {
                merge(user.entry(name).or_insert_with(|| json!({})), change);
            }
        })
    }

    pub(super) fn replace_user_metadata(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let place = self.user(&arguments.id)?;
        self.change(place, now, |user| user.extend(arguments.body))
    }

    /// The users that the filters of a list let through, oldest first.
    fn matching(&self, arguments: &Arguments) -> Result<Vec<&User>, Refusal> {
        const FILTERS: [&str; 4] = ["email_address", "user_id", "username", "external_id"];
        const OTHERS: [&str; 6] =
            ["query", "banned", "limit", "offset", "order_by", "starting_after"];
        for (name, _) in &arguments.query {
            if !FILTERS.contains(&name.as_str()) && !OTHERS.contains(&name.as_str()) {
                return Err(Refusal::about(
                    422,
                    "form_param_unknown",
                    format!("this stand-in does not know the filter `{name}`"),
                    name,
                ));
            }
        }
        let wanted = |name: &'static str, matches: &dyn Fn(&str) -> bool| {
            let mut values = arguments.all(name).peekable();
            values.peek().is_none() || values.any(matches)
        };
        let passes = |user: &&User| {
            wanted("email_address", &|value| has_email_address(user, value))
                && wanted("user_id", &|value| user.id == *value)
                && wanted("username", &|value| user.username.as_deref() == Some(value))
                && wanted("external_id", &|value| user.external_id.as_deref() == Some(value))
                && wanted("banned", &|value| user.banned.to_string() == value)
                && wanted("query", &|value| {
                    let addresses =
                        user.email_addresses.iter().map(|address| address.email_address.as_str());
                    let names = [
                        user.first_name.as_deref(),
                        user.last_name.as_deref(),
                        user.username.as_deref(),
                    ];
                    addresses
                        .chain(names.into_iter().flatten())
                        .chain([user.id.as_str()])
                        .any(|text| text.to_lowercase().contains(&value.to_lowercase()))
                })
        };
        Ok(self.users.iter().filter(passes).collect())
    }

    fn check_unique(
        &self,
        body: &Map<String, Value>,
        name: &'static str,
        except: Option<&str>,
    ) -> Result<(), Refusal> {
        let Some(Value::String(wanted)) = body.get(name) else { return Ok(()) };
        let taken =
            self.users.iter().filter(|user| except.is_none_or(|id| user.id != *id)).any(|user| {
                let has = if name == "username" { &user.username } else { &user.external_id };
                has.as_deref() == Some(wanted)
            });
        if taken {
            Err(Refusal::about(
                422,
                "form_identifier_exists",
                format!("the `{name}` is taken"),
                name,
            ))
        } else {
            Ok(())
        }
    }

    /// Makes a user out of the arguments of `CreateUser`, which were checked.
    pub(super) fn insert_user(
        &mut self,
        mut body: Map<String, Value>,
        now: Timestamp,
    ) -> Result<User, Refusal> {
        let id = self.id("user");
        let addresses = body.remove("email_address").unwrap_or_default();
        let addresses: Vec<Value> = addresses
            .as_array()
            .into_iter()
            .flatten()
            .map(|address| {
                let verification = json!({ "object": "verification_admin", "status": "verified", "strategy": "admin", "attempts": null, "expire_at": null });
                json!({
                    "id": self.id("idn"), "object": "email_address", "email_address": address, "reserved": false,
                    "verification": verification, "linked_to": [], "created_at": now, "updated_at": now,
                })
            })
            .collect();
        let mut user = Map::from_iter([
            (
                "primary_email_address_id".to_owned(),
                addresses.first().map_or(Value::Null, |first| first["id"].clone()),
            ),
            ("email_addresses".to_owned(), addresses.into()),
        ]);
        for name in [
            "has_image",
            "password_enabled",
            "two_factor_enabled",
            "totp_enabled",
            "backup_code_enabled",
            "banned",
            "locked",
        ] {
            user.insert(name.to_owned(), json!(false));
        }
        for name in ["delete_self_enabled", "create_organization_enabled"] {
            user.insert(name.to_owned(), json!(true));
        }
        for name in METADATA {
            user.insert(name.to_owned(), json!({}));
        }
        for (name, value) in [
            ("id", json!(id)),
            ("object", json!("user")),
            ("created_at", json!(now)),
            ("updated_at", json!(now)),
        ] {
            user.insert(name.to_owned(), value);
        }
        // Known answers, such as `first_name`, were declared with `null`; this keeps `apply` to them.
        for name in [
            "external_id",
            "username",
            "first_name",
            "last_name",
            "locale",
            "legal_accepted_at",
            "create_organizations_limit",
            "bypass_client_trust",
        ] {
            user.insert(name.to_owned(), Value::Null);
        }
        body.remove("created_at");
        apply(&mut user, body);
        let user = serde_json::from_value::<User>(Value::Object(user)).map_err(|_| wrong_type())?;
        self.users.push(user.clone());
        Ok(user)
    }

    /// Changes a user as JSON, so that what is not the documented type is refused.
    fn change(
        &mut self,
        place: usize,
        now: Timestamp,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<Value, Refusal> {
        let Some(user) = self.users.get_mut(place) else { return Err(Refusal::not_found("user")) };
        let Value::Object(mut object) = wire(user)? else { return Err(Refusal::not_found("user")) };
        change(&mut object);
        object.insert("updated_at".to_owned(), json!(now));
        let changed = serde_json::from_value(Value::Object(object));
        *user = changed.map_err(|_| wrong_type())?;
        wire(user)
    }
}

/// Sets what a user shows of the arguments of `CreateUser` or `UpdateUser`.
fn apply(user: &mut Map<String, Value>, body: Map<String, Value>) {
    for (name, value) in body {
        match name.as_str() {
            "password" | "password_digest" => {
                user.insert("password_enabled".to_owned(), json!(!value.is_null()));
            }
            "totp_secret" => {
                user.insert("totp_enabled".to_owned(), json!(!value.is_null()));
            }
            // Given as text, shown as a number: this stand-in reads no dates.
            "legal_accepted_at" | "created_at" => {}
            _ if user.contains_key(&name) => {
                user.insert(name, value);
            }
            _ => {}
        }
    }
}

/// Merges `change` into `target`: objects member by member, where `null` removes.
fn merge(target: &mut Value, change: Value) {
    match (target, change) {
        (Value::Object(target), Value::Object(change)) => {
            for (name, value) in change {
                if value.is_null() {
                    target.remove(&name);
                } else {
                    merge(target.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (target, change) => *target = change,
    }
}

fn wrong_type() -> Refusal {
    Refusal::new(422, "form_param_format_invalid", "a parameter has the wrong type")
}

fn has_email_address(user: &User, wanted: &str) -> bool {
    user.email_addresses.iter().any(|address| address.email_address.eq_ignore_ascii_case(wanted))
}

/// A list of texts in a body; empty if it is not there.
fn texts<'b>(body: &'b Map<String, Value>, name: &'static str) -> Result<Vec<&'b str>, Refusal> {
    match body.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().ok_or_else(|| invalid(name, "a list of texts")))
            .collect(),
        Some(_) => Err(invalid(name, "a list of texts")),
    }
}
