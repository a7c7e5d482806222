//! Phone numbers of users.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let numbers = clerk.phone_numbers();
//! let added = numbers.create("user_1", "+15555550123").verified(true).send();
//!
//! // Or let the user prove it: send a code, and check what they type in.
//! let sent = numbers.prepare_verification("idn_1").send(); // `.await` it with clerk-hyper
//! let checked = numbers.attempt_verification("idn_1", "ver_1", "424242").send();
//! # }
//! ```
use crate::{
    Nullable, Sensitive,
    model::{
        DeletedObject, IdentificationStatus, PhoneNumber, PhoneNumberId, UserId,
        VerificationAttempt, VerificationId,
    },
    operation::macros::{group, operation},
};

group! {
    /// Phone numbers of users.
    #[doc(alias = "phoneNumbers")]
    phone_numbers => PhoneNumbers, tag = "Phone Numbers"
}

operation!(
    PhoneNumbers::create,
    POST("/phone_numbers"),
    returns(PhoneNumber),
    errors(400, 401, 403, 404, 422),
    /// Create a phone number of a user.
    ///
    /// Not repeated when it may have arrived: look for the number among the user's before you do.
    #[doc(alias = "phoneNumbersCreate")]
    #[doc(alias = "createPhoneNumber")]
    #[doc(alias = "CreatePhoneNumberRequestBody")]
    pub struct CreatePhoneNumber {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Body<UserId>,
        /// The number, in the form of E.164 (`+15555550123`).
        #[doc(alias = "phoneNumber")]
        phone_number: Body<String>,
    },
    struct Optional {
        /// Whether it counts as verified from the start.
        verified: Body<Nullable<bool>>,
        /// Whether it becomes the user's primary number; only a first number does unless set.
        primary: Body<Nullable<bool>>,
        /// Whether it serves as a second factor, for which it has to be verified. The first one
        /// that does is offered first.
        #[doc(alias = "reservedForSecondFactor")]
        reserved_for_second_factor: Body<Nullable<bool>>,
    }
);

operation!(
    PhoneNumbers::get,
    GET("/phone_numbers/{phone_number_id}"),
    returns(PhoneNumber),
    errors(400, 401, 403, 404),
    /// Retrieve a phone number.
    #[doc(alias = "phoneNumbersGet")]
    #[doc(alias = "getPhoneNumber")]
    #[doc(alias = "GetPhoneNumberRequest")]
    pub struct GetPhoneNumber {
        /// The number.
        #[doc(alias = "phoneNumberId")]
        phone_number_id: Path<PhoneNumberId>,
    }
);

operation!(
    PhoneNumbers::delete,
    DELETE("/phone_numbers/{phone_number_id}"),
    returns(DeletedObject),
    errors(400, 401, 403, 404),
    /// Delete a phone number.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "phoneNumbersDelete")]
    #[doc(alias = "deletePhoneNumber")]
    #[doc(alias = "DeletePhoneNumberRequest")]
    pub struct DeletePhoneNumber {
        /// The number.
        #[doc(alias = "phoneNumberId")]
        phone_number_id: Path<PhoneNumberId>,
    }
);

operation!(
    PhoneNumbers::update,
    PATCH("/phone_numbers/{phone_number_id}"),
    returns(PhoneNumber),
    errors(400, 401, 403, 404),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Mark a phone number as verified, or make it the primary one or a second factor.
    ///
    /// The number itself stays: for another one, see [`CreatePhoneNumber`].
    #[doc(alias = "phoneNumbersUpdate")]
    #[doc(alias = "updatePhoneNumber")]
    #[doc(alias = "UpdatePhoneNumberRequestBody")]
    pub struct UpdatePhoneNumber {
        /// The number.
        #[doc(alias = "phoneNumberId")]
        phone_number_id: Path<PhoneNumberId>,
    },
    struct Optional {
        /// Whether it counts as verified.
        verified: Body<Nullable<bool>>,
        /// Whether it becomes the user's primary number.
        primary: Body<Nullable<bool>>,
        /// Whether it serves as a second factor, for which it has to be verified. The first one
        /// that does is offered first.
        #[doc(alias = "reservedForSecondFactor")]
        reserved_for_second_factor: Body<Nullable<bool>>,
    }
);

operation!(
    PhoneNumbers::prepare_verification,
    POST("/phone_numbers/{phone_number_id}/prepare_verification"),
    returns(VerificationAttempt),
    errors(400, 401, 403, 404, 429, 500),
    // Each one sends a code.
    /// Send a code to a phone number, so that its owner can prove that it is theirs.
    ///
    /// The answer has the [`id`](VerificationAttempt::id) of the verification, which
    /// [`AttemptPhoneNumberVerification`] wants together with the code. Not repeated when it may
    /// have arrived: the user would get two codes.
    #[doc(alias = "phoneNumbersPrepareVerification")]
    #[doc(alias = "preparePhoneNumberVerification")]
    #[doc(alias = "PreparePhoneNumberVerificationRequest")]
    pub struct PreparePhoneNumberVerification {
        /// The number.
        #[doc(alias = "phoneNumberId")]
        phone_number_id: Path<PhoneNumberId>,
    }
);

operation!(
    PhoneNumbers::attempt_verification,
    POST("/phone_numbers/{phone_number_id}/attempt_verification"),
    returns(VerificationAttempt),
    errors(400, 401, 403, 404, 500),
    // Attempts are counted, and a code works once.
    /// Check a code that was sent to a phone number.
    ///
    /// **Success does not mean that the code was right.** One that is wrong or too old is no error:
    /// ask [`VerificationAttempt::is_verified`]. The right one also makes the number a verified
    /// one, but signs nobody in: for that, see
    /// [`CreateSignInToken`](crate::api::sign_in_tokens::CreateSignInToken). A verification that
    /// has succeeded cannot be tried again: that is an error with the code
    /// `verification_already_verified`.
    ///
    /// Not repeated when it may have arrived: attempts are counted, and the right code works once.
    #[doc(alias = "phoneNumbersAttemptVerification")]
    #[doc(alias = "attemptPhoneNumberVerification")]
    #[doc(alias = "AttemptPhoneNumberVerificationRequestBody")]
    pub struct AttemptPhoneNumberVerification {
        /// The number.
        #[doc(alias = "phoneNumberId")]
        phone_number_id: Path<PhoneNumberId>,
        /// The verification, as [`PreparePhoneNumberVerification`] gave it.
        #[doc(alias = "verificationId")]
        verification_id: Body<VerificationId>,
        /// What the user typed in.
        code: Body<Sensitive<String>>,
    }
);

operation!(
    PhoneNumbers::replace_for_user,
    PUT("/users/{user_id}/phone_number"),
    returns(PhoneNumber),
    errors(400, 401, 403, 404, 422),
    // A number that is the only one already stays as it is.
    /// Replace all phone numbers of a user with a single one, the primary.
    ///
    /// The old ones are deleted. The new number is no second factor. If one of the old ones was,
    /// the user's multi-factor authentication is switched off.
    ///
    /// A new number that is `unverified` may leave the user with no way in: it does not serve to
    /// sign in, and a user who is not signed in cannot verify it.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::phone_numbers::ReplaceUserPhoneNumber};
    ///
    /// let replace =
    ///     ReplaceUserPhoneNumber::new("user_1", "+15555550123").identification_status("reserved");
    /// assert_eq!(
    ///     replace.to_request(&Config::new("sk_test_abc")?)?.body(),
    ///     r#"{"phone_number":"+15555550123","identification_status":"reserved"}"#
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "phoneNumbersReplaceForUser")]
    #[doc(alias = "replaceUserPhoneNumber")]
    #[doc(alias = "ReplaceUserPhoneNumberRequestBody")]
    pub struct ReplaceUserPhoneNumber {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The new number, in the form of E.164 (`+15555550123`).
        #[doc(alias = "phoneNumber")]
        phone_number: Body<String>,
    },
    struct Optional {
        /// What the new number is; `verified` unless set. One that is `unverified` does not serve
        /// to sign in, and others can claim it: prefer `reserved`.
        #[doc(alias = "identificationStatus")]
        identification_status: Body<IdentificationStatus>,
    }
);
