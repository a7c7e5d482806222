use super::macros::open_enum;

open_enum! {
    /// What kind of thing an object is: the text of its member `object`.
    pub enum ObjectType {
        // Those that answers are full of come first: they are compared in this order.
        /// A user.
        User = "user",
        /// An email address of a user.
        EmailAddress = "email_address",
        /// A verification with a code that was sent.
        VerificationOtp = "verification_otp",
        /// A phone number of a user.
        PhoneNumber = "phone_number",
        /// An account with an OAuth provider.
        ExternalAccount = "external_account",
        /// A verification that an OAuth provider did, of its account.
        VerificationOauth = "verification_oauth",
        /// A verification that an OAuth provider did, of an email address.
        VerificationFromOauth = "verification_from_oauth",
        /// An organization.
        Organization = "organization",
        /// A membership in an organization.
        OrganizationMembership = "organization_membership",
        /// A session.
        Session = "session",
        /// A verification by an administrator or the Backend API.
        VerificationAdmin = "verification_admin",
        /// A verification with a ticket, as in an invitation.
        VerificationTicket = "verification_ticket",
        /// A verification with a link that was mailed.
        VerificationEmailLink = "verification_email_link",
        /// A verification that a SAML identity provider did.
        VerificationSaml = "verification_saml",
        /// A verification by a directory that provisions users.
        VerificationScim = "verification_scim",
        /// A verification with a signature of a wallet.
        VerificationWeb3 = "verification_web3",
        /// A verification with a passkey.
        VerificationPasskey = "verification_passkey",
        /// A verification with Google One Tap.
        VerificationGoogleOneTap = "verification_google_one_tap",
        // People, and what identifies them.
        /// A web3 wallet of a user.
        Web3Wallet = "web3_wallet",
        /// A passkey of a user.
        Passkey = "passkey",
        /// A device that a user trusts.
        TrustedDevice = "trusted_device",
        /// An account with Google.
        GoogleAccount = "google_account",
        /// An account with Facebook.
        FacebookAccount = "facebook_account",
        /// An account with a SAML identity provider.
        SamlAccount = "saml_account",
        /// An account with an enterprise's identity provider.
        EnterpriseAccount = "enterprise_account",
        // Signing up and in.
        /// A client: a browser or a device with sessions.
        Client = "client",
        /// An attempt to sign up.
        SignUpAttempt = "sign_up_attempt",
        /// A token that lets a user sign in.
        SignInToken = "sign_in_token",
        /// A token that lets an actor sign in as a user.
        ActorToken = "actor_token",
        /// A task of an agent that acts for a user.
        AgentTask = "agent_task",
        /// A session token.
        Token = "token",
        /// A token that lets tests past the detection of bots.
        TestingToken = "testing_token",
        /// An invitation to the application.
        Invitation = "invitation",
        /// An entry of the waitlist.
        WaitlistEntry = "waitlist_entry",
        /// An entry of the allowlist.
        AllowlistIdentifier = "allowlist_identifier",
        /// An entry of the blocklist.
        BlocklistIdentifier = "blocklist_identifier",
        // Organizations, and what their members may do.
        /// An invitation to an organization.
        OrganizationInvitation = "organization_invitation",
        /// A domain of an organization.
        OrganizationDomain = "organization_domain",
        /// A role in organizations.
        Role = "role",
        /// Something that roles permit.
        Permission = "permission",
        /// A set of roles.
        RoleSet = "role_set",
        /// A role in a set of roles.
        RoleSetItem = "role_set_item",
        /// A migration of members from one set of roles to another.
        RoleSetMigration = "role_set_migration",
        // Enterprises.
        /// A connection to an enterprise's identity provider.
        EnterpriseConnection = "enterprise_connection",
        /// A connection to a SAML identity provider.
        SamlConnection = "saml_connection",
        /// A directory from which users are provisioned.
        Directory = "directory",
        /// A rule that the users in a group of a directory have a role.
        DirectoryGroupRoleMapping = "directory_group_role_mapping",
        /// A directory that provisions users with SCIM.
        ScimDirectory = "scim_directory",
        /// A rule that the users in a group of a SCIM directory have a role.
        ScimGroupRoleMapping = "scim_group_role_mapping",
        /// A token of a link to the admin portal.
        AdminPortalLinkToken = "admin_portal_link_token",
        // Machines and other applications.
        /// An API key.
        ApiKey = "api_key",
        /// A machine.
        Machine = "machine",
        /// That one machine may reach another.
        MachineScope = "machine_scope",
        /// The secret key of a machine.
        MachineSecretKey = "machine_secret_key",
        /// A token of a machine.
        M2mToken = "machine_to_machine_token",
        /// An application for which Clerk is the OAuth provider.
        OauthApplication = "oauth_application",
        /// An OAuth access token that Clerk issued.
        ClerkOauthAccessToken = "clerk_idp_oauth_access_token",
        /// An OAuth access token that another provider issued for a user.
        OauthAccessToken = "oauth_access_token",
        // The instance.
        /// An instance of Clerk.
        Instance = "instance",
        /// Settings of an instance.
        InstanceSettings = "instance_settings",
        /// Whom an instance lets sign up and in.
        InstanceRestrictions = "instance_restrictions",
        /// How an instance sends text messages.
        InstanceCommunication = "instance_communication",
        /// How an instance is protected.
        InstanceProtect = "instance_protect",
        /// How an instance uses organizations.
        OrganizationSettings = "organization_settings",
        /// How an instance serves OAuth applications.
        OauthApplicationSettings = "oauth_application_settings",
        /// A domain of an instance.
        Domain = "domain",
        /// A check of a domain's proxy.
        ProxyCheck = "proxy_check",
        /// An allowed redirect URL.
        RedirectUrl = "redirect_url",
        /// A JWT template.
        JwtTemplate = "jwt_template",
        /// A template of an email or a text message.
        Template = "template",
        // Billing.
        /// A plan.
        BillingPlan = "commerce_plan",
        /// A price of a plan.
        BillingPrice = "commerce_price",
        /// A change of the price that a subscription pays.
        BillingPriceTransition = "commerce_price_transition",
        /// A feature that plans have.
        Feature = "feature",
        /// What a user or an organization has subscribed to.
        BillingSubscription = "commerce_subscription",
        /// One plan in a subscription.
        BillingSubscriptionItem = "commerce_subscription_item",
        /// The use of a discount.
        BillingDiscountRedemption = "commerce_discount_redemption",
        /// How much credit a payer has.
        BillingCreditBalance = "commerce_credit_balance",
        /// A change of a payer's credit.
        BillingCreditLedgerEntry = "commerce_credit_ledger",
        /// Who pays.
        BillingPayer = "commerce_payer",
        /// A way to pay.
        BillingPaymentMethod = "commerce_payment_method",
        /// A way to pay, in the older form of the API.
        BillingPaymentSource = "commerce_source",
        /// An attempt to collect a payment.
        BillingPaymentAttempt = "commerce_payment",
        /// A statement of billing.
        BillingStatement = "commerce_statement",
        /// A part of a statement of billing.
        BillingStatementGroup = "commerce_statement_group",
        // The rest.
        /// An email that was sent to a user.
        Email = "email",
        /// A text message that was sent to a phone.
        SmsMessage = "sms_message",
        /// A number of things.
        TotalCount = "total_count",
    }
}

open_enum! {
    /// Where an actor token or a sign-in token stands.
    pub enum TokenStatus {
        /// It was neither used nor revoked; its time may be over.
        Pending = "pending",
        /// It was used.
        Accepted = "accepted",
        /// It was revoked.
        Revoked = "revoked",
    }
}

open_enum! {
    /// How users whose email address is of a verified domain get into its organization.
    pub enum EnrollmentMode {
        /// Only when somebody invites them.
        ManualInvitation = "manual_invitation",
        /// They are invited automatically.
        AutomaticInvitation = "automatic_invitation",
        /// They are offered to ask for membership.
        AutomaticSuggestion = "automatic_suggestion",
        /// By signing in with the enterprise's identity provider.
        EnterpriseSso = "enterprise_sso",
    }
}

open_enum! {
    /// How an account with an enterprise's identity provider signs in.
    pub enum EnterpriseProtocol {
        /// With SAML.
        Saml = "saml",
        /// With OAuth.
        Oauth = "oauth",
    }
}

open_enum! {
    /// In which state an email address is created, or a phone number.
    pub enum IdentificationStatus {
        /// It counts as verified.
        Verified = "verified",
        /// It is not verified; the user can sign in with it and nobody else can claim it.
        Reserved = "reserved",
        /// It is not verified: nobody can sign in with it, and others can claim it. Not for users
        /// who are being created.
        Unverified = "unverified",
    }
}

open_enum! {
    /// Where an invitation stands.
    pub enum InvitationStatus {
        /// It can be accepted.
        Pending = "pending",
        /// It was accepted.
        Accepted = "accepted",
        /// It was revoked.
        Revoked = "revoked",
        /// It was not accepted in time.
        Expired = "expired",
    }
}

open_enum! {
    /// With which algorithm a password digest was made. Each wants its own format of the digest.
    pub enum PasswordHasher {
        /// Argon2i.
        Argon2i = "argon2i",
        /// Argon2id.
        Argon2id = "argon2id",
        /// bcrypt.
        Bcrypt = "bcrypt",
        /// bcrypt over SHA-256, as Django does it.
        BcryptSha256Django = "bcrypt_sha256_django",
        /// Salted SHA-1, as LDAP servers keep it.
        LdapSsha = "ldap_ssha",
        /// MD5.
        Md5 = "md5",
        /// phpass over MD5.
        Md5Phpass = "md5_phpass",
        /// PBKDF2 with SHA-1.
        Pbkdf2Sha1 = "pbkdf2_sha1",
        /// PBKDF2 with SHA-256.
        Pbkdf2Sha256 = "pbkdf2_sha256",
        /// PBKDF2 with SHA-256, as Django does it.
        Pbkdf2Sha256Django = "pbkdf2_sha256_django",
        /// PBKDF2 with SHA-512.
        Pbkdf2Sha512 = "pbkdf2_sha512",
        /// PBKDF2 with SHA-512; salt and hash in hexadecimal.
        Pbkdf2Sha512Hex = "pbkdf2_sha512_hex",
        /// phpass.
        Phpass = "phpass",
        /// scrypt, as Firebase does it.
        ScryptFirebase = "scrypt_firebase",
        /// scrypt, as Werkzeug does it.
        ScryptWerkzeug = "scrypt_werkzeug",
        /// SHA-256.
        Sha256 = "sha256",
        /// SHA-512, as Symfony once did it.
        Sha512Symfony = "sha512_symfony",
    }
}

open_enum! {
    /// Where a verification stands.
    pub enum VerificationStatus {
        /// It succeeded.
        Verified = "verified",
        /// It has not been completed.
        Unverified = "unverified",
        /// It failed.
        Failed = "failed",
        /// It was not completed in time.
        Expired = "expired",
        /// What began as a sign-in can go on as a sign-up with it, or the reverse.
        Transferable = "transferable",
    }
}

open_enum! {
    /// By what means something is verified. OAuth providers have one each (`oauth_google`).
    pub enum VerificationStrategy {
        /// A code that was mailed.
        EmailCode = "email_code",
        /// A code that was sent to a phone.
        PhoneCode = "phone_code",
        /// An account with Google.
        OauthGoogle = "oauth_google",
        /// An account with GitHub.
        OauthGithub = "oauth_github",
        /// An email address that came from an account with Google.
        FromOauthGoogle = "from_oauth_google",
        /// An administrator or the Backend API.
        Admin = "admin",
        /// A ticket, as in an invitation.
        Ticket = "ticket",
        /// A link that was mailed.
        EmailLink = "email_link",
        /// A code that was mailed to reset the password.
        ResetPasswordEmailCode = "reset_password_email_code",
        /// A SAML identity provider.
        Saml = "saml",
        /// A directory that provisions users.
        Scim = "scim",
        /// A passkey.
        Passkey = "passkey",
        /// Google One Tap.
        GoogleOneTap = "google_one_tap",
        /// A signature of MetaMask.
        Web3MetamaskSignature = "web3_metamask_signature",
        /// A signature of Base.
        Web3BaseSignature = "web3_base_signature",
        /// A signature of Coinbase Wallet.
        Web3CoinbaseWalletSignature = "web3_coinbase_wallet_signature",
        /// A signature of OKX Wallet.
        Web3OkxWalletSignature = "web3_okx_wallet_signature",
        /// A signature of a Solana wallet.
        Web3SolanaSignature = "web3_solana_signature",
        /// An email for the affiliation with an organization.
        AffiliationEmailCode = "affiliation_email_code",
        /// Somebody's word, by the Backend API.
        ManualOverride = "manual_override",
    }
}

open_enum! {
    /// Where a session stands.
    pub enum SessionStatus {
        /// The user is signed in.
        Active = "active",
        /// It was revoked.
        Revoked = "revoked",
        /// The user signed out.
        Ended = "ended",
        /// Its time has run out.
        Expired = "expired",
        /// The user signed out, and the client no longer has it.
        Removed = "removed",
        /// It was not used for too long.
        Abandoned = "abandoned",
        /// Another session took its place.
        Replaced = "replaced",
        /// The user signed in, and has tasks to do before it is active.
        Pending = "pending",
    }
}
