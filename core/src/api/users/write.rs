use super::Users;
use crate::{
    JsonObject, Nullable, Rfc3339, Sensitive,
    model::{
        EmailAddressId, IdentificationStatus, ImageId, PasswordHasher, PhoneNumberId, User, UserId,
        Web3WalletId,
    },
    operation::macros::operation,
};

operation!(
    Users::create,
    POST("/users"),
    returns(User),
    errors(400, 401, 402, 403, 422),
    /// Create a user.
    ///
    /// What is needed depends on the settings of the instance. Email addresses and phone numbers
    /// count as verified unless their status says otherwise. Not repeated when it may have arrived:
    /// look for the [`external_id`](CreateUser::external_id) or the address before you do.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::users::CreateUser};
    ///
    /// let create = CreateUser::new()
    ///     .email_address(["ann@example.com"])
    ///     .first_name("Ann")
    ///     .password("correct horse battery staple");
    /// assert!(!format!("{create:?}").contains("horse"));
    /// assert_eq!(create.to_request(&Config::new("sk_test_abc")?)?.method(), "POST");
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "usersCreate")]
    #[doc(alias = "createUser")]
    #[doc(alias = "CreateUserRequestBody")]
    pub struct CreateUser {},
    struct Optional {
        /// The user's id in your system. No two users can have the same.
        #[doc(alias = "externalId")]
        external_id: Body<Nullable<String>>,
        /// The first name.
        #[doc(alias = "firstName")]
        first_name: Body<Nullable<String>>,
        /// The last name.
        #[doc(alias = "lastName")]
        last_name: Body<Nullable<String>>,
        /// The language and region, such as `en-US`.
        locale: Body<Nullable<String>>,
        /// The email addresses. No two users can have the same; the first one becomes the primary.
        #[doc(alias = "emailAddress")]
        email_address: Body<Vec<String>>,
        /// The status of each of the email addresses, `verified` or `reserved`, in the same order
        /// and as many; all are verified unless set.
        #[doc(alias = "emailAddressIdentificationStatus")]
        email_address_identification_status: Body<Vec<IdentificationStatus>>,
        /// The phone numbers. No two users can have the same; the first one becomes the primary.
        #[doc(alias = "phoneNumber")]
        phone_number: Body<Vec<String>>,
        /// The status of each of the phone numbers, `verified` or `reserved`, in the same order and
        /// as many; all are verified unless set.
        #[doc(alias = "phoneNumberIdentificationStatus")]
        phone_number_identification_status: Body<Vec<IdentificationStatus>>,
        /// The web3 wallets. No two users can have the same; the first one becomes the primary.
        #[doc(alias = "web3Wallet")]
        web3_wallet: Body<Vec<String>>,
        /// The user name. No two users can have the same.
        username: Body<Nullable<String>>,
        /// The password, at least 8 characters and on no list of breached passwords.
        password: Body<Nullable<Sensitive<String>>>,
        /// The digest of the password, if that is what you have; goes together with
        /// [`password_hasher`](Self::password_hasher).
        #[doc(alias = "passwordDigest")]
        password_digest: Body<Nullable<Sensitive<String>>>,
        /// How the digest was made.
        #[doc(alias = "passwordHasher")]
        password_hasher: Body<PasswordHasher>,
        /// Whether any password will do: for a migration of users with weak ones.
        #[doc(alias = "skipPasswordChecks")]
        skip_password_checks: Body<Nullable<bool>>,
        /// Whether no password is needed, where the instance has other ways to sign in.
        #[doc(alias = "skipPasswordRequirement")]
        skip_password_requirement: Body<Nullable<bool>>,
        /// The secret of the user's authenticator app: codes of 6 digits, for 30 seconds, by SHA-1.
        #[doc(alias = "totpSecret")]
        totp_secret: Body<Nullable<Sensitive<String>>>,
        /// The backup codes, as they are or as bcrypt digests.
        #[doc(alias = "backupCodes")]
        backup_codes: Body<Vec<Sensitive<String>>>,
        /// Data of yours that frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<JsonObject>,
        /// Data of yours that only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<JsonObject>,
        /// Data that frontends can change: do not trust it later.
        #[doc(alias = "unsafeMetadata")]
        unsafe_metadata: Body<JsonObject>,
        /// Whether the user can delete their own account.
        #[doc(alias = "deleteSelfEnabled")]
        delete_self_enabled: Body<Nullable<bool>>,
        /// When the user agreed to the legal terms.
        #[doc(alias = "legalAcceptedAt")]
        legal_accepted_at: Body<Nullable<Rfc3339>>,
        /// Whether the user need not have accepted the legal terms: for a migration.
        #[doc(alias = "skipLegalChecks")]
        skip_legal_checks: Body<Nullable<bool>>,
        /// Whether the user need not have what the instance requires, such as an email address: for
        /// a migration, or if Clerk's components shall ask for it later.
        #[doc(alias = "skipUserRequirement")]
        skip_user_requirement: Body<Nullable<bool>>,
        /// Whether the user can create organizations.
        #[doc(alias = "createOrganizationEnabled")]
        create_organization_enabled: Body<Nullable<bool>>,
        /// How many organizations the user may create; 0 stands for any number.
        #[doc(alias = "createOrganizationsLimit")]
        create_organizations_limit: Body<Nullable<u32>>,
        /// When the user signed up, if not now.
        #[doc(alias = "createdAt")]
        created_at: Body<Nullable<Rfc3339>>,
        /// Whether signing in on a new device needs no further check.
        #[doc(alias = "bypassClientTrust")]
        bypass_client_trust: Body<Nullable<bool>>,
        /// Whether the user is banned from the start.
        banned: Body<Nullable<bool>>,
        /// Whether the user is locked from the start, where the instance locks users.
        locked: Body<Nullable<bool>>,
    }
);

operation!(
    Users::update,
    PATCH("/users/{user_id}"),
    returns(User),
    errors(400, 401, 404, 409, 422),
    // Not safe, because of `notify_primary_email_address_changed`: the second one would mail again.
    /// Change a user. What is not set stays as it is.
    ///
    /// That `null` clears something is documented for the [`username`](UpdateUser::username) only.
    /// Metadata has operations of its own: [`UpdateUserMetadata`](super::UpdateUserMetadata) and
    /// [`ReplaceUserMetadata`](super::ReplaceUserMetadata). Not repeated when it may have arrived,
    /// as it may notify the user.
    #[doc(alias = "usersUpdate")]
    #[doc(alias = "updateUser")]
    #[doc(alias = "UpdateUserRequestBody")]
    pub struct UpdateUser {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    },
    struct Optional {
        /// The user's id in your system. No two users can have the same.
        #[doc(alias = "externalId")]
        external_id: Body<Nullable<String>>,
        /// The first name.
        #[doc(alias = "firstName")]
        first_name: Body<Nullable<String>>,
        /// The last name.
        #[doc(alias = "lastName")]
        last_name: Body<Nullable<String>>,
        /// The language and region, such as `en-US`.
        locale: Body<Nullable<String>>,
        /// Which email address comes first: a verified one of this user.
        #[doc(alias = "primaryEmailAddressId")]
        primary_email_address_id: Body<Nullable<EmailAddressId>>,
        /// Whether the user is told that another email address comes first; not unless set.
        #[doc(alias = "notifyPrimaryEmailAddressChanged")]
        notify_primary_email_address_changed: Body<Nullable<bool>>,
        /// Which phone number comes first: a verified one of this user.
        #[doc(alias = "primaryPhoneNumberId")]
        primary_phone_number_id: Body<Nullable<PhoneNumberId>>,
        /// Which web3 wallet comes first: a verified one of this user.
        #[doc(alias = "primaryWeb3WalletId")]
        primary_web3_wallet_id: Body<Nullable<Web3WalletId>>,
        /// The user name. No two users can have the same; `null` or an empty text clears it.
        username: Body<Nullable<String>>,
        /// The uploaded image that shows the user.
        #[doc(alias = "profileImageId")]
        profile_image_id: Body<Nullable<ImageId>>,
        /// The password, at least 8 characters and on no list of breached passwords.
        password: Body<Nullable<Sensitive<String>>>,
        /// The digest of the password, if that is what you have; goes together with
        /// [`password_hasher`](Self::password_hasher).
        #[doc(alias = "passwordDigest")]
        password_digest: Body<Sensitive<String>>,
        /// How the digest was made.
        #[doc(alias = "passwordHasher")]
        password_hasher: Body<PasswordHasher>,
        /// Whether any password will do. Only together with [`password`](Self::password).
        #[doc(alias = "skipPasswordChecks")]
        skip_password_checks: Body<Nullable<bool>>,
        /// Whether a new password ends all sessions. Only together with
        /// [`password`](Self::password).
        #[doc(alias = "signOutOfOtherSessions")]
        sign_out_of_other_sessions: Body<Nullable<bool>>,
        /// The secret of the user's authenticator app: codes of 6 digits, for 30 seconds, by SHA-1.
        #[doc(alias = "totpSecret")]
        totp_secret: Body<Nullable<Sensitive<String>>>,
        /// The backup codes, as they are or as bcrypt digests.
        #[doc(alias = "backupCodes")]
        backup_codes: Body<Vec<Sensitive<String>>>,
        /// Whether the user can delete their own account.
        #[doc(alias = "deleteSelfEnabled")]
        delete_self_enabled: Body<Nullable<bool>>,
        /// Whether the user can create organizations.
        #[doc(alias = "createOrganizationEnabled")]
        create_organization_enabled: Body<Nullable<bool>>,
        /// When the user agreed to the legal terms.
        #[doc(alias = "legalAcceptedAt")]
        legal_accepted_at: Body<Nullable<Rfc3339>>,
        /// Whether the user need not have accepted the legal terms.
        #[doc(alias = "skipLegalChecks")]
        skip_legal_checks: Body<Nullable<bool>>,
        /// How many organizations the user may create; 0 stands for any number.
        #[doc(alias = "createOrganizationsLimit")]
        create_organizations_limit: Body<Nullable<u32>>,
        /// When the user signed up.
        #[doc(alias = "createdAt")]
        created_at: Body<Nullable<Rfc3339>>,
        /// Whether signing in on a new device needs no further check.
        #[doc(alias = "bypassClientTrust")]
        bypass_client_trust: Body<Nullable<bool>>,
    }
);
