//! Email addresses of users.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let addresses = clerk.email_addresses();
//! let added = addresses.create("user_1", "ann@example.com").verified(true).send();
//!
//! // Or let the user prove it: send a code, and check what they type in.
//! let sent = addresses.prepare_verification("idn_1").send(); // `.await` it with clerk-hyper
//! let checked = addresses.attempt_verification("idn_1", "ver_1", "424242").send();
//! # }
//! ```
use crate::{
    Nullable, Sensitive,
    model::{
        DeletedObject, EmailAddress, EmailAddressId, IdentificationStatus, UserId,
        VerificationAttempt, VerificationId,
    },
    operation::macros::{group, operation},
};

group! {
    /// Email addresses of users.
    #[doc(alias = "emailAddresses")]
    email_addresses => EmailAddresses, tag = "Email Addresses"
}

operation!(
    EmailAddresses::create,
    POST("/email_addresses"),
    returns(EmailAddress),
    errors(400, 401, 403, 404, 409, 422),
    /// Create an email address of a user.
    ///
    /// Not repeated when it may have arrived: look for the address among the user's before you do.
    #[doc(alias = "emailAddressesCreate")]
    #[doc(alias = "createEmailAddress")]
    #[doc(alias = "CreateEmailAddressRequestBody")]
    pub struct CreateEmailAddress {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Body<UserId>,
        /// The address, in the format of RFC 5322.
        #[doc(alias = "emailAddress")]
        email_address: Body<String>,
    },
    struct Optional {
        /// Whether it counts as verified from the start.
        verified: Body<Nullable<bool>>,
        /// Whether it becomes the user's primary address; only a first address does unless set.
        primary: Body<Nullable<bool>>,
        /// Whether the primary address of before is told, if this one takes its place; not unless
        /// set.
        #[doc(alias = "notifyPrimaryEmailAddressChanged")]
        notify_primary_email_address_changed: Body<Nullable<bool>>,
    }
);

operation!(
    EmailAddresses::get,
    GET("/email_addresses/{email_address_id}"),
    returns(EmailAddress),
    errors(400, 401, 403, 404),
    /// Retrieve an email address.
    #[doc(alias = "emailAddressesGet")]
    #[doc(alias = "getEmailAddress")]
    #[doc(alias = "GetEmailAddressRequest")]
    pub struct GetEmailAddress {
        /// The address.
        #[doc(alias = "emailAddressId")]
        email_address_id: Path<EmailAddressId>,
    }
);

operation!(
    EmailAddresses::delete,
    DELETE("/email_addresses/{email_address_id}"),
    returns(DeletedObject),
    errors(400, 401, 403, 404, 409),
    /// Delete an email address.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "emailAddressesDelete")]
    #[doc(alias = "deleteEmailAddress")]
    #[doc(alias = "DeleteEmailAddressRequest")]
    pub struct DeleteEmailAddress {
        /// The address.
        #[doc(alias = "emailAddressId")]
        email_address_id: Path<EmailAddressId>,
    }
);

operation!(
    EmailAddresses::update,
    PATCH("/email_addresses/{email_address_id}"),
    returns(EmailAddress),
    errors(400, 401, 403, 404, 409),
    // Not safe, because of `notify_primary_email_address_changed`: the second one would mail again.
    /// Mark an email address as verified, or make it the primary one.
    ///
    /// The address itself stays: for another one, see [`CreateEmailAddress`]. Not repeated when it
    /// may have arrived, as it may notify the user.
    #[doc(alias = "emailAddressesUpdate")]
    #[doc(alias = "updateEmailAddress")]
    #[doc(alias = "UpdateEmailAddressRequestBody")]
    pub struct UpdateEmailAddress {
        /// The address.
        #[doc(alias = "emailAddressId")]
        email_address_id: Path<EmailAddressId>,
    },
    struct Optional {
        /// Whether it counts as verified.
        verified: Body<Nullable<bool>>,
        /// Whether it becomes the user's primary address.
        primary: Body<Nullable<bool>>,
        /// Whether the primary address of before is told, if this one takes its place; not unless
        /// set.
        #[doc(alias = "notifyPrimaryEmailAddressChanged")]
        notify_primary_email_address_changed: Body<Nullable<bool>>,
    }
);

operation!(
    EmailAddresses::prepare_verification,
    POST("/email_addresses/{email_address_id}/prepare_verification"),
    returns(VerificationAttempt),
    errors(400, 401, 403, 404, 500),
    // Each one sends a code.
    /// Send a code to an email address, so that its owner can prove that it is theirs.
    ///
    /// The answer has the [`id`](VerificationAttempt::id) of the verification, which
    /// [`AttemptEmailAddressVerification`] wants together with the code. Not repeated when it may
    /// have arrived: the user would get two codes.
    #[doc(alias = "emailAddressesPrepareVerification")]
    #[doc(alias = "prepareEmailAddressVerification")]
    #[doc(alias = "PrepareEmailAddressVerificationRequest")]
    pub struct PrepareEmailAddressVerification {
        /// The address.
        #[doc(alias = "emailAddressId")]
        email_address_id: Path<EmailAddressId>,
    }
);

operation!(
    EmailAddresses::attempt_verification,
    POST("/email_addresses/{email_address_id}/attempt_verification"),
    returns(VerificationAttempt),
    errors(400, 401, 403, 404, 500),
    // Attempts are counted, and a code works once.
    /// Check a code that was sent to an email address.
    ///
    /// **Success does not mean that the code was right.** One that is wrong or too old is no error:
    /// ask [`VerificationAttempt::is_verified`]. The right one also makes the address a verified
    /// one, but signs nobody in: for that, see
    /// [`CreateSignInToken`](crate::api::sign_in_tokens::CreateSignInToken). A verification that
    /// has succeeded cannot be tried again: that is an error with the code
    /// `verification_already_verified`.
    ///
    /// Not repeated when it may have arrived: attempts are counted, and the right code works once.
    #[doc(alias = "emailAddressesAttemptVerification")]
    #[doc(alias = "attemptEmailAddressVerification")]
    #[doc(alias = "AttemptEmailAddressVerificationRequestBody")]
    pub struct AttemptEmailAddressVerification {
        /// The address.
        #[doc(alias = "emailAddressId")]
        email_address_id: Path<EmailAddressId>,
        /// The verification, as [`PrepareEmailAddressVerification`] gave it.
        #[doc(alias = "verificationId")]
        verification_id: Body<VerificationId>,
        /// What the user typed in.
        code: Body<Sensitive<String>>,
    }
);

operation!(
    EmailAddresses::replace_for_user,
    PUT("/users/{user_id}/email_address"),
    returns(EmailAddress),
    errors(400, 401, 403, 404, 422),
    // Nobody is told of an address that comes first already.
    /// Replace all email addresses of a user by a single one, the primary.
    ///
    /// Refused if one of the old ones is linked to an account with a provider: remove that account
    /// first.
    ///
    /// A new address that is `unverified` may leave the user with no way in: nobody can sign in
    /// with it, and only who is signed in can verify it.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::email_addresses::ReplaceUserEmailAddress};
    ///
    /// let replace = ReplaceUserEmailAddress::new("user_1", "ann@example.com")
    ///     .identification_status("reserved");
    /// assert_eq!(
    ///     replace.to_request(&Config::new("sk_test_abc")?)?.body(),
    ///     r#"{"email_address":"ann@example.com","identification_status":"reserved"}"#
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "emailAddressesReplaceForUser")]
    #[doc(alias = "replaceUserEmailAddress")]
    #[doc(alias = "ReplaceUserEmailAddressRequestBody")]
    pub struct ReplaceUserEmailAddress {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The new address, in the format of RFC 5322.
        #[doc(alias = "emailAddress")]
        email_address: Body<String>,
    },
    struct Optional {
        /// What the new address is; `verified` unless set. One that is `unverified` does not serve
        /// to sign in, and others can claim it: prefer `reserved`.
        #[doc(alias = "identificationStatus")]
        identification_status: Body<IdentificationStatus>,
        /// Whether the primary address of before is told, if it is another one; not unless set.
        #[doc(alias = "notifyPrimaryEmailAddressChanged")]
        notify_primary_email_address_changed: Body<Nullable<bool>>,
    }
);
