//! Sign-ups: attempts to become a user.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let sign_up = clerk.sign_ups().get("sua_1").send(); // `.await` it with clerk-hyper
//! let linked = clerk.sign_ups().update("sua_1").external_id("customer-17").send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Nullable, Timestamp,
    model::{ObjectType, SessionId, SignUpId, UserId, macros::open_enum},
    operation::macros::{group, operation},
};

group! {
    /// Sign-ups: attempts to become a user.
    #[doc(alias = "signUps")]
    sign_ups => SignUps, tag = "Sign Ups"
}

operation!(
    SignUps::get,
    GET("/sign_ups/{id}"),
    returns(SignUp),
    errors(403),
    /// Retrieve a sign-up.
    #[doc(alias = "signUpsGet")]
    #[doc(alias = "getSignUp")]
    #[doc(alias = "GetSignUpRequest")]
    pub struct GetSignUp {
        /// The sign-up.
        #[doc(alias = "signUpId")]
        sign_up_id: Path<"id", SignUpId>,
    }
);

operation!(
    SignUps::update,
    PATCH("/sign_ups/{id}"),
    returns(SignUp),
    errors(403),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a sign-up. What is not set stays as it is.
    ///
    /// ```
    /// use clerk_core::{Config, Nullable, Operation, api::sign_ups::UpdateSignUp};
    ///
    /// let update = UpdateSignUp::new("sua_1").external_id(Nullable::Null).custom_action(true);
    /// let request = update.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"external_id":null,"custom_action":true}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "signUpsUpdate")]
    #[doc(alias = "updateSignUp")]
    #[doc(alias = "UpdateSignUpRequestBody")]
    pub struct UpdateSignUp {
        /// The sign-up.
        #[doc(alias = "signUpId")]
        sign_up_id: Path<"id", SignUpId>,
    },
    struct Optional {
        /// The person's id in your system. The user has it once the sign-up is complete.
        #[doc(alias = "externalId")]
        external_id: Body<Nullable<String>>,
        /// Whether it is marked as a custom action.
        #[doc(alias = "customAction")]
        custom_action: Body<Nullable<bool>>,
    }
);

/// An attempt to become a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignUp {
    /// Always `sign_up_attempt`.
    pub object: ObjectType,
    /// Its id.
    pub id: SignUpId,
    /// Where it stands.
    pub status: SignUpStatus,
    /// What has to be given.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub required_fields: Vec<String>,
    /// What can be given.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub optional_fields: Vec<String>,
    /// What has to be given and is not there yet.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub missing_fields: Vec<String>,
    /// What was given and is still to be verified.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub unverified_fields: Vec<String>,
    /// How what was given is verified.
    pub verifications: SignUpVerifications,
    /// The user name.
    pub username: Option<String>,
    /// The email address.
    pub email_address: Option<String>,
    /// The phone number.
    pub phone_number: Option<String>,
    /// The web3 wallet.
    pub web3_wallet: Option<String>,
    /// Whether there is a password.
    pub password_enabled: bool,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// Data that frontends can change: do not trust it later.
    pub unsafe_metadata: Option<JsonObject>,
    /// Data of yours that frontends can read.
    pub public_metadata: Option<JsonObject>,
    /// Whether it is marked as a custom action.
    pub custom_action: bool,
    /// The person's id in your system.
    pub external_id: Option<String>,
    /// The session that it led to.
    pub created_session_id: Option<SessionId>,
    /// The user whom it led to.
    pub created_user_id: Option<UserId>,
    /// When it counts as abandoned.
    pub abandon_at: Timestamp,
    /// When the person accepted the legal terms.
    pub legal_accepted_at: Option<Timestamp>,
    /// The language and region, such as `en-US`.
    pub locale: Option<String>,
    /// An account elsewhere with which the person signs up. Deprecated: see
    /// [`verifications`](Self::verifications).
    #[deprecated(note = "See `external_account` of `verifications`.")]
    pub external_account: Option<JsonObject>,
}

/// How what was given in a sign-up is verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignUpVerifications {
    /// Of the email address.
    pub email_address: Option<SignUpVerification>,
    /// Of the phone number.
    pub phone_number: Option<SignUpVerification>,
    /// Of the web3 wallet.
    pub web3_wallet: Option<SignUpVerification>,
    /// Of an account elsewhere. Its members are not documented.
    pub external_account: Option<JsonObject>,
}

/// How one thing that was given in a sign-up is verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignUpVerification {
    /// What comes next.
    pub next_action: Option<SignUpNextAction>,
    /// By what means it can be verified, such as `email_code`.
    pub supported_strategies: Option<Vec<String>>,
}

open_enum! {
    /// Where a sign-up stands.
    pub enum SignUpStatus {
        /// Something is missing or not verified.
        MissingRequirements = "missing_requirements",
        /// It led to a user.
        Complete = "complete",
        /// It was given up.
        Abandoned = "abandoned",
    }
}

open_enum! {
    /// What comes next in a verification of a sign-up.
    pub enum SignUpNextAction {
        /// It has to be prepared, as by sending a code.
        NeedsPrepare = "needs_prepare",
        /// It has to be attempted, as with the code.
        NeedsAttempt = "needs_attempt",
        /// Nothing.
        Empty = "",
    }
}
