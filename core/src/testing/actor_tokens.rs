//! What the stand-in does with actor tokens.
use serde_json::Value;

use super::{Arguments, Refusal, StandIn, wire};
use crate::{
    JsonObject, Timestamp,
    api::actor_tokens::{Actor, ActorToken},
    model::{ObjectType, TokenStatus},
};

impl StandIn {
    pub(super) fn create_actor_token(
        &mut self,
        mut arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let mut take = |name: &str| arguments.body.remove(name).unwrap_or_default();
        let Value::String(user_id) = take("user_id") else {
            return Err(invalid("user_id", "text"));
        };
        let Value::Object(actor) = take("actor") else { return Err(invalid("actor", "an object")) };
        let Ok(actor_as_read) = serde_json::from_value::<Actor>(Value::Object(actor.clone()))
        else {
            return Err(invalid("actor", "an object with the member `sub`"));
        };
        for name in ["expires_in_seconds", "session_max_duration_in_seconds"] {
            let value = take(name);
            if !value.is_null() && value.as_u64().is_none_or(|seconds| seconds == 0) {
                return Err(invalid(name, "a whole number of seconds above 0"));
            }
        }
        for id in [user_id.as_str(), actor_as_read.sub.as_str()] {
            if self.user(id).is_err() {
                return Err(Refusal::not_found("user"));
            }
        }
        let id = self.id("act");
        let secret = format!("standin-token-of-{id}");
        let token = ActorToken {
            object: ObjectType::ActorToken,
            url: Some(format!("https://standin.invalid/v1/tickets/accept?ticket={secret}").into()),
            token: Some(secret.into()),
            id: id.into(),
            status: TokenStatus::Pending,
            user_id: user_id.into(),
            actor: JsonObject::from(actor),
            created_at: now,
            updated_at: now,
        };
        let answer = wire(&token);
        self.actor_tokens.push(token);
        answer
    }

    pub(super) fn revoke_actor_token(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let found = self.actor_tokens.iter_mut().find(|token| token.id == *arguments.id);
        let Some(token) = found else { return Err(Refusal::not_found("actor token")) };
        if token.status != TokenStatus::Pending {
            let message = format!("it is {} and no longer pending", token.status);
            return Err(Refusal::new(400, "actor_token_cannot_be_revoked_code", message));
        }
        token.status = TokenStatus::Revoked;
        token.updated_at = now;
        wire(&ActorToken { token: None, url: None, ..token.clone() })
    }
}

pub(super) fn invalid(name: &str, expected: &str) -> Refusal {
    Refusal::about(422, "form_param_format_invalid", format!("`{name}` must be {expected}"), name)
}
