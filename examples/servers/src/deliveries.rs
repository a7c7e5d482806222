//! Webhooks as Clerk would send them, signed here.
use std::time::SystemTime;

use clerk_core::webhook::Webhook;
use serde_json::{Value, json};

use crate::{Ask, Failure, post};

/// A signing secret that everybody can read in this repository.
pub const SIGNING_SECRET: &str = "whsec_dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHMgb25seQ==";

/// Deliveries in the making: what they send is in variables.
#[derive(Debug)]
pub struct Deliveries {
    webhook: Webhook,
    now: SystemTime,
    /// Each delivery's body and signature, and the time at which all were signed.
    pub variables: Vec<(&'static str, String)>,
}

impl Deliveries {
    /// Of an endpoint with this secret, at this time.
    pub fn new(webhook: Webhook) -> Self {
        Self { webhook, now: SystemTime::now(), variables: Vec::new() }
    }

    /// Signs a delivery of an event, the parts of which have these names.
    ///
    /// # Errors
    ///
    /// If the id cannot be one.
    pub fn sign(
        &mut self,
        (body, signature): (&'static str, &'static str),
        id: &str,
        event: &Value,
    ) -> Result<Ask, Failure> {
        let json = event.to_string();
        let headers = self.webhook.sign(id, self.now, json.as_bytes())?;
        let header = |name: &str| -> Result<String, Failure> {
            let value = headers.get(name).ok_or("it has not been signed")?;
            Ok(value.to_str()?.to_owned())
        };
        if self.variables.is_empty() {
            self.variables.push(("NOW", header("svix-timestamp")?));
        }
        self.variables.extend([(body, json), (signature, header("svix-signature")?)]);
        Ok(delivery(id, body, signature))
    }
}

/// A delivery of these parts, which need not belong together.
pub fn delivery(id: &str, body: &str, signature: &str) -> Ask {
    post("/webhooks", body)
        .header("svix-id", id)
        .header("svix-timestamp", "$NOW")
        .header("svix-signature", format!("${signature}"))
}

/// A new user, with all that a user has to have.
pub fn user_created(id: &str, email_address: &str) -> Value {
    json!({ "type": "user.created", "timestamp": 1_700_000_000_000_i64, "data": {
        "object": "user", "id": id, "created_at": 1, "updated_at": 1,
        "primary_email_address_id": "idn_1",
        "email_addresses": [{
            "object": "email_address", "id": "idn_1", "email_address": email_address,
            "reserved": false, "linked_to": [], "created_at": 1, "updated_at": 1,
        }],
        "has_image": false, "password_enabled": true, "two_factor_enabled": false,
        "totp_enabled": false, "backup_code_enabled": false, "banned": false, "locked": false,
        "delete_self_enabled": true, "create_organization_enabled": true,
    }})
}
