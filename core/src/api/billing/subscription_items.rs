use serde::{Deserialize, Serialize};

use super::{Billing, BillingPrice};
use crate::{
    Rfc3339, Timestamp,
    model::{
        BillingPlanId, BillingPriceId, BillingProductId, DiscountId, DiscountRedemptionId, Feature,
        InstanceId, List, Money, ObjectType, Payer, PayerId, PayerType, PaymentMethodStatus,
        PaymentSourceId, PlanPeriod, SubscriptionCredit, SubscriptionItem, SubscriptionItemId,
        SubscriptionItemNextPayment, SubscriptionItemStatus,
        macros::{named, open_enum},
    },
    operation::macros::operation,
};

operation!(
    Billing::list_subscription_items,
    GET("/billing/subscription_items"),
    returns(List<SubscriptionItem>),
    errors(400, 401, 422, 500),
    pages(SubscriptionItem),
    /// List the subscription items of users and organizations, the newest first.
    ///
    /// An item is one plan in the subscription of one payer. Items of free plans are left out
    /// unless [`include_free`](GetCommerceSubscriptionItemList::include_free) is set.
    #[doc(alias = "billingListSubscriptionItems")]
    #[doc(alias = "getCommerceSubscriptionItemList")]
    #[doc(alias = "GetCommerceSubscriptionItemListRequest")]
    pub struct GetCommerceSubscriptionItemList {},
    struct Optional {
        /// Whether the list is cut into pages. The answer is documented as one page either way.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those that stand so: `active`, `ended`, `past_due`, `upcoming` or `free_trial`.
        status: Query<SubscriptionItemStatus>,
        /// Only those of users, or only those of organizations.
        #[doc(alias = "payerType")]
        payer_type: Query<PayerType>,
        /// Only those of this plan.
        #[doc(alias = "planId")]
        plan_id: Query<BillingPlanId>,
        /// Whether items of free plans are listed too; not unless set.
        #[doc(alias = "includeFree")]
        include_free: Query<bool>,
        /// Only those that match this text. Where it is looked for is not documented.
        #[doc(alias = "query")]
        search: Query<"query", String>,
    }
);

operation!(
    Billing::cancel_subscription_item,
    DELETE("/billing/subscription_items/{subscription_item_id}"),
    returns(SubscriptionItem),
    errors(400, 401, 403, 404, 422, 500),
    /// Cancel a subscription item, at the end of the period that is being paid for unless
    /// [`end_now`](CancelCommerceSubscriptionItem::end_now) is set.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "billingCancelSubscriptionItem")]
    #[doc(alias = "cancelCommerceSubscriptionItem")]
    #[doc(alias = "CancelCommerceSubscriptionItemRequest")]
    pub struct CancelCommerceSubscriptionItem {
        /// The subscription item.
        #[doc(alias = "subscriptionItemId")]
        subscription_item_id: Path<SubscriptionItemId>,
    },
    struct Optional {
        /// Whether it ends at once; not unless set.
        #[doc(alias = "endNow")]
        end_now: Query<bool>,
    }
);

operation!(
    Billing::extend_subscription_item_free_trial,
    POST("/billing/subscription_items/{subscription_item_id}/extend_free_trial"),
    returns(SubscriptionItemWithPaymentSource),
    errors(400, 401, 403, 404, 422, 500),
    // The end of the trial is given and not computed.
    retry(Safe),
    /// Extend the free trial of a subscription item.
    ///
    /// The item must be in a free trial now, and its plan must offer them. Extending to the same
    /// time again changes nothing.
    #[doc(alias = "billingExtendSubscriptionItemFreeTrial")]
    #[doc(alias = "extendBillingSubscriptionItemFreeTrial")]
    #[doc(alias = "ExtendBillingSubscriptionItemFreeTrialRequestBody")]
    pub struct ExtendBillingSubscriptionItemFreeTrial {
        /// The subscription item.
        #[doc(alias = "subscriptionItemId")]
        subscription_item_id: Path<SubscriptionItemId>,
        /// When the trial shall end: in the future, and at most 365 days after now, or after its
        /// present end. Clerk documents both limits.
        #[doc(alias = "extendTo")]
        extend_to: Body<Rfc3339>,
    }
);

operation!(
    Billing::create_price_transition,
    POST("/billing/subscription_items/{subscription_item_id}/price_transition"),
    returns(PriceTransition),
    errors(400, 401, 403, 404, 409, 422, 500),
    /// Move a subscription item to another price.
    ///
    /// Whether that happens at once or with the next period depends on the plan and the payer; the
    /// answer says it. Not repeated when it may have arrived: it may charge the payer at once.
    ///
    /// ```
    /// use clerk_core::{
    ///     Config, Operation,
    ///     api::billing::{CreateBillingPriceTransition, FromPrice, ToPrice},
    /// };
    ///
    /// let transition = CreateBillingPriceTransition::new(
    ///     "subi_1",
    ///     FromPrice::new("cprice_1"),
    ///     ToPrice::new("cprice_2"),
    /// );
    /// assert_eq!(
    ///     transition.to_request(&Config::new("sk_test_abc")?)?.body(),
    ///     r#"{"from_price_id":"cprice_1","to_price_id":"cprice_2"}"#
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "billingCreatePriceTransition")]
    #[doc(alias = "createBillingPriceTransition")]
    #[doc(alias = "CreateBillingPriceTransitionRequestBody")]
    pub struct CreateBillingPriceTransition {
        /// The subscription item.
        #[doc(alias = "subscriptionItemId")]
        subscription_item_id: Path<SubscriptionItemId>,
        /// The price that the item has now.
        #[doc(alias = "fromPriceId")]
        from_price_id: Body<FromPrice>,
        /// The price that it shall have.
        #[doc(alias = "toPriceId")]
        to_price_id: Body<ToPrice>,
    }
);

operation!(
    Billing::apply_subscription_item_discount,
    POST("/billing/subscription_items/{subscription_item_id}/discounts"),
    returns(DiscountRedemption),
    errors(400, 401, 403, 404, 409, 422, 500),
    /// Give a subscription item a discount that exists already.
    ///
    /// This passes over the rules by which payers get the discount themselves. An item has one
    /// active discount at the most: another one takes its place, and the same one again is an error
    /// 409. Not repeated when it may have arrived: a second one would fail with that 409.
    #[doc(alias = "billingApplySubscriptionItemDiscount")]
    #[doc(alias = "applyBillingSubscriptionItemDiscount")]
    #[doc(alias = "ApplyBillingSubscriptionItemDiscountRequestBody")]
    pub struct ApplyBillingSubscriptionItemDiscount {
        /// The subscription item.
        #[doc(alias = "subscriptionItemId")]
        subscription_item_id: Path<SubscriptionItemId>,
        /// The discount.
        #[doc(alias = "discountId")]
        discount_id: Body<DiscountId>,
    }
);

operation!(
    Billing::remove_subscription_item_discount,
    DELETE("/billing/subscription_items/{subscription_item_id}/discounts/{discount_id}"),
    returns(DiscountRedemption),
    errors(400, 401, 403, 404, 409, 422, 500),
    /// Take the active discount away from a subscription item.
    ///
    /// Where an earlier attempt got no answer, an error may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "billingRemoveSubscriptionItemDiscount")]
    #[doc(alias = "removeBillingSubscriptionItemDiscount")]
    #[doc(alias = "RemoveBillingSubscriptionItemDiscountRequest")]
    pub struct RemoveBillingSubscriptionItemDiscount {
        /// The subscription item.
        #[doc(alias = "subscriptionItemId")]
        subscription_item_id: Path<SubscriptionItemId>,
        /// The discount: the one that is active on the item.
        #[doc(alias = "discountId")]
        discount_id: Path<DiscountId>,
    }
);

/// A subscription item, in an older shape that some operations still answer with:
/// [`ExtendBillingSubscriptionItemFreeTrial`] and [`CreateBillingPriceTransition`].
///
/// Other than [`SubscriptionItem`] it has a [`payment_source`](Self::payment_source) in place of a
/// payment method, a plan of the older shape too ([`BillingPlanWithAmounts`]), and beside
/// [`next_payment`](Self::next_payment) an [`amount`](Self::amount) and a
/// [`next_invoice`](Self::next_invoice). It has no `credits`, `seats` and `totals`.
#[doc(alias = "CommerceSubscriptionItem-2")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionItemWithPaymentSource {
    /// Always `commerce_subscription_item`.
    pub object: ObjectType,
    /// Its id.
    pub id: SubscriptionItemId,
    /// The instance.
    pub instance_id: InstanceId,
    /// Where it stands.
    pub status: SubscriptionItemStatus,
    /// The credit; only in events about payment attempts.
    pub credit: Option<SubscriptionCredit>,
    /// The plan.
    pub plan_id: BillingPlanId,
    /// The price.
    pub price_id: Option<BillingPriceId>,
    /// The plan, in full.
    pub plan: Option<BillingPlanWithAmounts>,
    /// For how long one payment lasts.
    pub plan_period: PlanPeriod,
    /// How it is paid.
    pub payment_source_id: PaymentSourceId,
    /// How it is paid, in full.
    pub payment_source: Option<PaymentSource>,
    /// How much was paid for it so far.
    pub lifetime_paid: Option<Money>,
    /// How much it costs now.
    pub amount: Option<Money>,
    /// The next invoice.
    pub next_invoice: Option<SubscriptionItemNextPayment>,
    /// The next payment.
    pub next_payment: Option<SubscriptionItemNextPayment>,
    /// Who pays.
    pub payer_id: PayerId,
    /// Who pays, in full.
    pub payer: Option<Payer>,
    /// Whether it is in a free trial.
    pub is_free_trial: bool,
    /// When the period that is being paid for began.
    pub period_start: Option<Timestamp>,
    /// When that period ends.
    pub period_end: Option<Timestamp>,
    /// The date by which a part of a period is counted.
    pub proration_date: String,
    /// When it was canceled.
    pub canceled_at: Option<Timestamp>,
    /// When a payment became overdue.
    pub past_due_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A plan, in an older shape that comes with a [`SubscriptionItemWithPaymentSource`] and in a
/// [`PriceTransition`].
///
/// Other than [`BillingPlan`](crate::model::BillingPlan) it has each fee as an amount and as a text
/// too, with the [`currency`](Self::currency) beside them, and a [`payer_type`](Self::payer_type),
/// a [`period`](Self::period) and an [`interval`](Self::interval). It has no `unit_prices`. Its
/// description and its picture are always there.
#[doc(alias = "CommercePlan-2")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingPlanWithAmounts {
    /// Always `commerce_plan`.
    pub object: ObjectType,
    /// Its id.
    pub id: BillingPlanId,
    /// The name.
    pub name: String,
    /// How much a month costs if it is paid by the month.
    pub fee: Option<Money>,
    /// How much a month costs if it is paid by the year.
    pub annual_monthly_fee: Option<Money>,
    /// How much a year costs.
    pub annual_fee: Option<Money>,
    /// How much it costs, in the smallest unit of the currency, such as cents.
    pub amount: i64,
    /// The same for people, such as `$49.99`.
    pub amount_formatted: String,
    /// How much a month costs if it is paid by the year, in the smallest unit of the currency.
    pub annual_monthly_amount: i64,
    /// The same for people.
    pub annual_monthly_amount_formatted: String,
    /// How much a year costs, in the smallest unit of the currency.
    pub annual_amount: i64,
    /// The same for people.
    pub annual_amount_formatted: String,
    /// The sign of the currency, such as `$`.
    pub currency_symbol: String,
    /// The currency, such as `USD`.
    pub currency: String,
    /// The description.
    pub description: String,
    /// The product that it is part of.
    pub product_id: BillingProductId,
    /// Whether it is the default plan.
    pub is_default: bool,
    /// Whether it is paid again and again.
    pub is_recurring: bool,
    /// Whether everybody can see it.
    pub publicly_visible: bool,
    /// Whether it has a base fee.
    pub has_base_fee: bool,
    /// Which kinds of payers can have it.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub payer_type: Vec<PayerType>,
    /// Which kind of payers it is made for.
    pub for_payer_type: PayerType,
    /// Its name in URLs.
    pub slug: String,
    /// A picture.
    pub avatar_url: String,
    /// For how long one payment lasts.
    pub period: Option<String>,
    /// How often it is paid; in what unit is not documented.
    pub interval: Option<i64>,
    /// What payers get.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub features: Vec<Feature>,
    /// Whether it begins with a free trial.
    pub free_trial_enabled: Option<bool>,
    /// How many days the free trial lasts.
    pub free_trial_days: Option<i64>,
}

/// A way to pay, in an older shape: [`PaymentMethod`](crate::model::PaymentMethod) took its place.
#[doc(alias = "CommercePaymentSourceResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaymentSource {
    /// Always `commerce_source`.
    pub object: ObjectType,
    /// Its id.
    pub id: PaymentSourceId,
    /// Whose it is.
    pub payer_id: PayerId,
    /// What kind it is.
    pub payment_method: PaymentSourceMethod,
    /// Whether the payer pays with it unless something else is said.
    pub is_default: Option<bool>,
    /// The payment gateway.
    pub gateway: String,
    /// Its id at the gateway.
    pub gateway_external_id: String,
    /// The account's id at the gateway.
    pub gateway_external_account_id: Option<String>,
    /// The last four digits, for cards.
    pub last4: String,
    /// Whether it can be used.
    pub status: PaymentMethodStatus,
    /// The kind of wallet, for wallets.
    pub wallet_type: String,
    /// The kind of card, for cards.
    pub card_type: String,
    /// The year in which it expires, for cards.
    pub expiry_year: Option<i64>,
    /// The month in which it expires, for cards.
    pub expiry_month: Option<i64>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Whether it can be removed.
    pub is_removable: Option<bool>,
}

/// A subscription item that moved, or is about to move, to another price.
#[doc(alias = "CommercePriceTransitionResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PriceTransition {
    /// Always `commerce_price_transition`.
    pub object: ObjectType,
    /// The item with the new price.
    pub subscription_item: SubscriptionItemWithPaymentSource,
    /// What changed, and when.
    pub transition: PriceTransitionDetails,
}

/// What a move to another price changed, and when.
#[doc(alias = "CommercePriceTransitionDetails")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PriceTransitionDetails {
    /// The plan before.
    pub previous_plan: BillingPlanWithAmounts,
    /// The price before.
    pub previous_price: BillingPrice,
    /// From when the new price counts.
    pub effective_at: Timestamp,
    /// Whether that is at once.
    pub effective_mode: PriceTransitionMode,
    /// When the next payment is due.
    pub next_billing_date: Option<Timestamp>,
    /// Whether something was charged at once.
    pub charged_immediately: bool,
    /// How much that was.
    pub immediate_charge: Option<Money>,
    /// Where the item with the price before stands now: `canceled`, `ended` or `abandoned`.
    pub previous_subscription_item_status: SubscriptionItemStatus,
    /// The item with the price before.
    pub previous_subscription_item_id: SubscriptionItemId,
}

/// A discount that a subscription item got.
#[doc(alias = "CommerceDiscountRedemptionResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiscountRedemption {
    /// Always `commerce_discount_redemption`.
    pub object: ObjectType,
    /// Its id.
    pub id: DiscountRedemptionId,
    /// The subscription item.
    pub subscription_item_id: SubscriptionItemId,
    /// The discount.
    pub discount_id: DiscountId,
    /// The discount's name for people.
    pub name: Option<String>,
    /// By what way the item got it.
    pub source: DiscountSource,
    /// The promo code, where one was used.
    pub promo_code: Option<String>,
    /// What it takes off, as it was when the item got it.
    pub effect: Option<DiscountEffect>,
    /// How many percent it takes off, for a percentage.
    pub percent_off: Option<f64>,
    /// How much it takes off, for a fixed amount.
    pub amount_off: Option<Money>,
    /// How much it takes off at the next renewal, whatever the effect, where the next payment is
    /// known.
    pub amount: Option<Money>,
    /// For how many more periods it counts; `None` stands for all.
    pub cycles_remaining: Option<i64>,
    /// For how many periods it has counted already.
    pub cycles_applied: i64,
    /// Where it stands.
    pub status: Option<DiscountStatus>,
    /// When the item got it.
    pub redeemed_at: Timestamp,
    /// Who gave or took it, where that is known.
    pub redeemed_by: Option<String>,
}

open_enum! {
    /// What kind of [`PaymentSource`] it is.
    pub enum PaymentSourceMethod {
        /// A card.
        Card = "card",
        /// Apple Pay.
        ApplePay = "apple_pay",
        /// Google Pay.
        GooglePay = "google_pay",
    }
}

open_enum! {
    /// When a move to another price counts.
    pub enum PriceTransitionMode {
        /// At once.
        Immediate = "immediate",
        /// With the end of the period that is being paid for.
        EndOfPeriod = "end_of_period",
    }
}

open_enum! {
    /// By what way a subscription item got a discount.
    pub enum DiscountSource {
        /// By a promotion.
        Promotion = "promotion",
        /// By hand.
        Manual = "manual",
        /// With a promo code.
        PromoCode = "promo_code",
    }
}

open_enum! {
    /// What a discount takes off.
    pub enum DiscountEffect {
        /// Some percent.
        Percentage = "percentage",
        /// A fixed amount.
        FixedAmount = "fixed_amount",
    }
}

open_enum! {
    /// Where a discount of a subscription item stands.
    pub enum DiscountStatus {
        /// It counts.
        Active = "active",
        /// It has counted as often as it could.
        Exhausted = "exhausted",
        /// It was taken away.
        Removed = "removed",
    }
}

named! {
    /// The price that a subscription item has now.
    FromPrice(BillingPriceId);
    /// The price that a subscription item shall have.
    ToPrice(BillingPriceId);
}
