use super::Users;
use crate::{
    Timestamp,
    model::{OrganizationId, TotalCount, User, UserId},
    operation::macros::operation,
};

operation!(
    Users::list,
    GET("/users"),
    returns(Vec<User>),
    errors(400, 401, 422),
    pages(User, after(starting_after, GetUserList::cursor_behind)),
    /// List the users, the newest first unless ordered otherwise.
    ///
    /// Filters can be combined; what a filter lists and does not exist is ignored. To walk through
    /// many users, use `pages` or `items`: in the order of creation they go on behind the last user
    /// with [`starting_after`](GetUserList::starting_after), which costs the server the same on
    /// every page and neither repeats nor misses anybody who was there from the start.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::users::GetUserList};
    ///
    /// let list = GetUserList::new().email_address(["ann@example.com"]).banned(false).limit(20);
    /// assert_eq!(
    ///     list.to_request(&Config::new("sk_test_abc")?)?.uri().query(),
    ///     Some("email_address=ann%40example.com&banned=false&limit=20")
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "usersList")]
    #[doc(alias = "getUserList")]
    #[doc(alias = "GetUserListRequest")]
    pub struct GetUserList {},
    struct Optional {
        /// Only those with one of these email addresses, at most 100.
        #[doc(alias = "emailAddress")]
        email_address: Query<Vec<String>>,
        /// Only those with one of these phone numbers, at most 100.
        #[doc(alias = "phoneNumber")]
        phone_number: Query<Vec<String>>,
        /// Only those with one of these ids in your system, at most 100; with `-` in front of an
        /// id, only those without.
        #[doc(alias = "externalId")]
        external_id: Query<Vec<String>>,
        /// Only those with one of these user names, at most 100.
        username: Query<Vec<String>>,
        /// Only those with one of these web3 wallets, at most 100.
        #[doc(alias = "web3Wallet")]
        web3_wallet: Query<Vec<String>>,
        /// Only these, at most 100; with `-` in front of an id (`-user_1`), all but these.
        #[doc(alias = "userId")]
        user_id: Query<Vec<UserId>>,
        /// Only members of one of these organizations, at most 100; with `-` in front of an id
        /// (`-org_1`), only those who are not.
        #[doc(alias = "organizationId")]
        organization_id: Query<Vec<OrganizationId>>,
        /// Only those with this text in the id, the name, the user name, a web3 wallet, a phone
        /// number or an email address.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// Only those with this text in an email address, in upper or lower case.
        #[doc(alias = "emailAddressQuery")]
        email_address_query: Query<String>,
        /// Only those with this text in a phone number.
        #[doc(alias = "phoneNumberQuery")]
        phone_number_query: Query<String>,
        /// Only those with this text in the user name, in upper or lower case.
        #[doc(alias = "usernameQuery")]
        username_query: Query<String>,
        /// Only those with this text in the name, in upper or lower case.
        #[doc(alias = "nameQuery")]
        name_query: Query<String>,
        /// Only those who are banned, or only those who are not.
        banned: Query<bool>,
        /// Only those whose sessions were all last active before this time.
        #[doc(alias = "lastActiveAtBefore")]
        last_active_at_before: Query<Timestamp>,
        /// Only those with a session that was active after this time.
        #[doc(alias = "lastActiveAtAfter")]
        last_active_at_after: Query<Timestamp>,
        /// Only those with a session that was active since this time.
        #[deprecated(note = "Use `last_active_at_after`.")]
        #[doc(alias = "lastActiveAtSince")]
        last_active_at_since: Query<Timestamp>,
        /// Only those who were created before this time.
        #[doc(alias = "createdAtBefore")]
        created_at_before: Query<Timestamp>,
        /// Only those who were created after this time.
        #[doc(alias = "createdAtAfter")]
        created_at_after: Query<Timestamp>,
        /// Only those who last signed in before this time.
        #[doc(alias = "lastSignInAtBefore")]
        last_sign_in_at_before: Query<Timestamp>,
        /// Only those who last signed in after this time.
        #[doc(alias = "lastSignInAtAfter")]
        last_sign_in_at_after: Query<Timestamp>,
        /// Only those with an account at this OAuth provider (`oauth_google`); goes together with
        /// [`provider_user_id`](Self::provider_user_id).
        provider: Query<String>,
        /// Only those with one of these ids at the [`provider`](Self::provider), at most 100.
        #[doc(alias = "providerUserId")]
        provider_user_id: Query<Vec<String>>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those behind this user. Goes with an order by `created_at`, and not with an offset.
        #[doc(alias = "startingAfter")]
        starting_after: Query<UserId>,
        /// The order: `created_at`, `last_sign_in_at`, `last_active_at`, `updated_at`, `username`,
        /// `first_name`, `last_name`, `web3wallet`, `phone_number` or `email_address`, with `-` in
        /// front for descending. `-created_at` unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
    }
);

impl GetUserList {
    /// The server refuses a cursor in any order but that of creation, and beside an offset.
    fn cursor_behind(&self, last: &User) -> Option<String> {
        let by_creation = matches!(
            self.order_by.as_deref(),
            None | Some("created_at" | "+created_at" | "-created_at")
        );
        (by_creation && self.offset.unwrap_or(0) == 0).then(|| last.id.as_str().to_owned())
    }
}

operation!(
    Users::count,
    GET("/users/count"),
    returns(TotalCount),
    errors(422),
    /// Count the users.
    ///
    /// Filters can be combined; what a filter lists and does not exist is ignored.
    #[doc(alias = "usersCount")]
    #[doc(alias = "getUsersCount")]
    #[doc(alias = "GetUsersCountRequest")]
    pub struct GetUsersCount {},
    struct Optional {
        /// Only those with one of these email addresses, at most 100.
        #[doc(alias = "emailAddress")]
        email_address: Query<Vec<String>>,
        /// Only those with one of these phone numbers, at most 100.
        #[doc(alias = "phoneNumber")]
        phone_number: Query<Vec<String>>,
        /// Only those with one of these ids in your system, at most 100.
        #[doc(alias = "externalId")]
        external_id: Query<Vec<String>>,
        /// Only those with one of these user names, at most 100.
        username: Query<Vec<String>>,
        /// Only those with one of these web3 wallets, at most 100.
        #[doc(alias = "web3Wallet")]
        web3_wallet: Query<Vec<String>>,
        /// Only these, at most 100.
        #[doc(alias = "userId")]
        user_id: Query<Vec<UserId>>,
        /// Only members of one of these organizations, at most 100; with `-` in front of an id
        /// (`-org_1`), only those who are not.
        #[doc(alias = "organizationId")]
        organization_id: Query<Vec<OrganizationId>>,
        /// Only those with this text in the id, the name, the user name, a web3 wallet, a phone
        /// number or an email address.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// Only those with this text in an email address, in upper or lower case.
        #[doc(alias = "emailAddressQuery")]
        email_address_query: Query<String>,
        /// Only those with this text in a phone number.
        #[doc(alias = "phoneNumberQuery")]
        phone_number_query: Query<String>,
        /// Only those with this text in the user name, in upper or lower case.
        #[doc(alias = "usernameQuery")]
        username_query: Query<String>,
        /// Only those with this text in the name, in upper or lower case.
        #[doc(alias = "nameQuery")]
        name_query: Query<String>,
        /// Only those who are banned, or only those who are not.
        banned: Query<bool>,
        /// Only those whose sessions were all last active before this time.
        #[doc(alias = "lastActiveAtBefore")]
        last_active_at_before: Query<Timestamp>,
        /// Only those with a session that was active after this time.
        #[doc(alias = "lastActiveAtAfter")]
        last_active_at_after: Query<Timestamp>,
        /// Only those with a session that was active since this time.
        #[deprecated(note = "Use `last_active_at_after`.")]
        #[doc(alias = "lastActiveAtSince")]
        last_active_at_since: Query<Timestamp>,
        /// Only those who were created before this time.
        #[doc(alias = "createdAtBefore")]
        created_at_before: Query<Timestamp>,
        /// Only those who were created after this time.
        #[doc(alias = "createdAtAfter")]
        created_at_after: Query<Timestamp>,
        /// Only those who last signed in before this time.
        #[doc(alias = "lastSignInAtBefore")]
        last_sign_in_at_before: Query<Timestamp>,
        /// Only those who last signed in after this time.
        #[doc(alias = "lastSignInAtAfter")]
        last_sign_in_at_after: Query<Timestamp>,
        /// Only those with an account at this OAuth provider (`oauth_google`); goes together with
        /// [`provider_user_id`](Self::provider_user_id).
        provider: Query<String>,
        /// Only those with one of these ids at the [`provider`](Self::provider), at most 100.
        #[doc(alias = "providerUserId")]
        provider_user_id: Query<Vec<String>>,
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Paged as _, Position};

    #[test]
    fn a_cursor_is_used_where_the_server_takes_one() {
        let user = serde_json::json!({
            "id": "user_9", "object": "user", "has_image": false, "password_enabled": true, "two_factor_enabled": false,
            "totp_enabled": false, "backup_code_enabled": false, "banned": false, "locked": false, "updated_at": 1, "created_at": 1,
            "delete_self_enabled": true, "create_organization_enabled": true,
        });
        let user: User = serde_json::from_value(user).unwrap();
        let cursor = |list: GetUserList| list.cursor(&user);
        let behind = Some("user_9".to_owned());
        assert_eq!(cursor(GetUserList::new()), behind);
        assert_eq!(cursor(GetUserList::new().offset(0_u64)), behind);
        assert_eq!(
            cursor(GetUserList::new().order_by("+created_at").starting_after("user_1")),
            behind
        );
        assert_eq!(cursor(GetUserList::new().order_by("-created_at")), behind);
        assert_eq!(cursor(GetUserList::new().order_by("username")), None);
        assert_eq!(cursor(GetUserList::new().offset(10_u64)), None);

        let mut list = GetUserList::new().offset(0_u64);
        list.seek(&Position::After("user_9".to_owned()), 500);
        assert_eq!(
            (list.limit, list.offset, list.starting_after),
            (Some(500), None, Some("user_9".into()))
        );
    }
}
