//! What events say of messages. They carry what people sign in with, so `Debug` shows neither text nor data.
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Sensitive, Timestamp,
    model::{EmailAddressId, EmailId, ObjectType, PhoneNumberId, SmsId, UserId},
};

/// An email to a user, which Clerk has sent or you are to send.
#[doc(alias = "EmailEventPayload")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Email {
    /// Always `email`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: EmailId,
    /// The template that it was made from, such as `verification_code`.
    pub slug: Option<String>,
    /// Who it is from: the part before the `@`.
    pub from_email_name: Option<String>,
    /// Where answers go: the part before the `@`.
    pub reply_to_email_name: Option<String>,
    /// Where it goes.
    pub to_email_address: Option<String>,
    /// The email address's id, if a user has it.
    pub email_address_id: Option<EmailAddressId>,
    /// The user.
    pub user_id: Option<UserId>,
    /// The subject, which may hold a code.
    pub subject: Option<Sensitive<String>>,
    /// The text as HTML.
    pub body: Option<Sensitive<String>>,
    /// The text as it is.
    pub body_plain: Option<Sensitive<String>>,
    /// Where it stands, such as `queued`.
    pub status: Option<String>,
    /// What the template was filled with: codes, links, the application.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub data: Sensitive<JsonObject>,
    /// Whether Clerk sends it. If not, it is yours to send.
    pub delivered_by_clerk: Option<bool>,
}

/// A text message to a phone, which Clerk has sent or you are to send.
#[doc(alias = "SmsEventPayload")]
#[doc(alias = "SMSMessage")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sms {
    /// What kind of object it is: in Clerk's example `sms_message`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: SmsId,
    /// The template that it was made from, such as `verification_code`.
    pub slug: Option<String>,
    /// The number that it is from.
    pub from_phone_number: Option<String>,
    /// The number that it goes to.
    pub to_phone_number: Option<String>,
    /// The phone number's id, if a user has it.
    pub phone_number_id: Option<PhoneNumberId>,
    /// The user.
    pub user_id: Option<UserId>,
    /// The text.
    pub message: Option<Sensitive<String>>,
    /// Where it stands, such as `queued`.
    pub status: Option<String>,
    /// What the template was filled with: codes, the application.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub data: Sensitive<JsonObject>,
    /// Whether Clerk sends it. If not, it is yours to send.
    pub delivered_by_clerk: Option<bool>,
    /// When it was created.
    pub created_at_ms: Option<Timestamp>,
    /// When it was created, in Clerk's example, which does not have [`created_at_ms`](Self::created_at_ms).
    pub created_at: Option<Timestamp>,
}
