use super::Users;
use crate::{
    model::{
        CreditAdjustment, CreditBalance, CreditLedgerEntry, IdempotencyKey, Subscription, UserId,
    },
    operation::macros::operation,
};

operation!(
    Users::get_billing_subscription,
    GET("/users/{user_id}/billing/subscription"),
    returns(Subscription),
    errors(400, 401, 403, 404, 422, 500),
    /// Retrieve a user's subscription, with an item for each plan and the next payment.
    #[doc(alias = "usersGetBillingSubscription")]
    #[doc(alias = "getUserBillingSubscription")]
    #[doc(alias = "GetUserBillingSubscriptionRequest")]
    pub struct GetUserBillingSubscription {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::get_billing_credit_balance,
    GET("/users/{user_id}/billing/credits"),
    returns(CreditBalance),
    errors(400, 401, 403, 404, 422, 500),
    /// Retrieve how much credit a user has.
    ///
    /// Credit lowers what is charged, at the checkout or when a plan is renewed.
    #[doc(alias = "usersGetBillingCreditBalance")]
    #[doc(alias = "getUserBillingCreditBalance")]
    #[doc(alias = "GetUserBillingCreditBalanceRequest")]
    pub struct GetUserBillingCreditBalance {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::adjust_billing_credit_balance,
    POST("/users/{user_id}/billing/credits"),
    returns(CreditLedgerEntry),
    errors(400, 401, 403, 404, 409, 422, 500),
    // The server knows the idempotency key again and does not count twice.
    retry(Safe),
    /// Give a user credit, or take it away.
    ///
    /// Each adjustment becomes an entry of its own. One with a key that was used before changes
    /// nothing and gives the entry of then, so it is repeated after any passing trouble: use a new
    /// key for each adjustment, and the same when you try it again yourself.
    ///
    /// ```
    /// use clerk_core::{
    ///     Config, Operation, api::users::AdjustUserBillingCreditBalance, model::CreditAdjustment,
    /// };
    ///
    /// // 5 US dollars
    /// let adjust = AdjustUserBillingCreditBalance::new(
    ///     "user_1",
    ///     500,
    ///     CreditAdjustment::Increase,
    ///     "ticket-17",
    /// )
    /// .note("delay");
    /// assert_eq!(
    ///     adjust.to_request(&Config::new("sk_test_abc")?)?.body(),
    ///     r#"{"amount":500,"action":"increase","idempotency_key":"ticket-17","note":"delay"}"#
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "usersAdjustBillingCreditBalance")]
    #[doc(alias = "adjustUserBillingCreditBalance")]
    #[doc(alias = "AdjustUserBillingCreditBalanceRequestBody")]
    pub struct AdjustUserBillingCreditBalance {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// How much, in the smallest unit of the currency, such as cents: more than 0 for a
        /// decrease too.
        amount: Body<i64>,
        /// Whether to give it or to take it away.
        action: Body<CreditAdjustment>,
        /// The key of this adjustment: any text that no other one has.
        #[doc(alias = "idempotencyKey")]
        idempotency_key: Body<IdempotencyKey>,
    },
    struct Optional {
        /// The currency, such as `EUR`; `USD` unless set.
        currency: Body<String>,
        /// A note that the entry keeps.
        note: Body<String>,
    }
);
