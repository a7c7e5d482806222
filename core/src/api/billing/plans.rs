use serde::{Deserialize, Serialize};

use super::Billing;
use crate::{
    Nullable, Timestamp,
    model::{
        BillingPlan, BillingPlanId, BillingPriceId, InstanceId, List, Money, ObjectType, PayerType,
        macros::open_enum,
    },
    operation::macros::operation,
};

operation!(
    Billing::list_plans,
    GET("/billing/plans"),
    returns(List<BillingPlan>),
    errors(400, 401, 422, 500),
    pages(BillingPlan),
    /// List the plans, free and paid ones, the newest first.
    #[doc(alias = "billingListPlans")]
    #[doc(alias = "getCommercePlanList")]
    #[doc(alias = "GetCommercePlanListRequest")]
    pub struct GetCommercePlanList {},
    struct Optional {
        /// Whether the list is cut into pages. The answer is documented as one page either way.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those for users, or only those for organizations.
        #[doc(alias = "payerType")]
        payer_type: Query<PayerType>,
    }
);

operation!(
    Billing::list_prices,
    GET("/billing/prices"),
    returns(List<BillingPrice>),
    errors(400, 401, 404, 422, 500),
    pages(BillingPrice),
    /// List the prices of the plans, custom ones too: the cheapest first, and of equal ones the
    /// newest first.
    #[doc(alias = "billingListPrices")]
    #[doc(alias = "getBillingPriceList")]
    #[doc(alias = "GetBillingPriceListRequest")]
    pub struct GetBillingPriceList {},
    struct Optional {
        /// Whether the list is cut into pages. The answer is documented as one page either way.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those of this plan.
        #[doc(alias = "planId")]
        plan_id: Query<BillingPlanId>,
    }
);

operation!(
    Billing::create_price,
    POST("/billing/prices"),
    returns(BillingPrice),
    errors(400, 401, 404, 422, 500),
    /// Create a custom price of a plan, for some of its customers.
    ///
    /// Amounts of money are in the smallest unit of the currency, such as cents. Not repeated when
    /// it may have arrived: the plan might get the price twice.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::billing::CreateBillingPrice};
    ///
    /// let create = CreateBillingPrice::new("cplan_1", 1900).annual_monthly_amount(1500);
    /// assert_eq!(
    ///     create.to_request(&Config::new("sk_test_abc")?)?.body(),
    ///     r#"{"plan_id":"cplan_1","amount":1900,"annual_monthly_amount":1500}"#
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "billingCreatePrice")]
    #[doc(alias = "createBillingPrice")]
    #[doc(alias = "CreateBillingPriceRequestBody")]
    pub struct CreateBillingPrice {
        /// The plan.
        #[doc(alias = "planId")]
        plan_id: Body<BillingPlanId>,
        /// How much a month costs if it is paid by the month, in the smallest unit of the currency:
        /// 0 if nothing, else at least 100. It has to be given, and may be `null`.
        amount: Body<Nullable<i64>>,
    },
    struct Optional {
        /// The currency, such as `EUR`; `USD` unless set.
        currency: Body<String>,
        /// How much a month costs if it is paid by the year, in the smallest unit of the currency:
        /// 0 if nothing, else at least 100.
        #[doc(alias = "annualMonthlyAmount")]
        annual_monthly_amount: Body<Nullable<i64>>,
        /// A description.
        description: Body<String>,
        /// For which periods it can be paid; the server goes by the amounts unless set.
        #[doc(alias = "supportedBillingPeriods")]
        supported_billing_periods: Body<SupportedBillingPeriods>,
    }
);

/// A price of a plan: the usual one, or a custom one.
#[doc(alias = "BillingPriceResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingPrice {
    /// Always `commerce_price`.
    pub object: ObjectType,
    /// Its id.
    pub id: BillingPriceId,
    /// The plan.
    pub plan_id: BillingPlanId,
    /// The instance.
    pub instance_id: InstanceId,
    /// The currency, such as `USD`.
    pub currency: String,
    /// The sign of the currency, such as `$`.
    pub currency_symbol: String,
    /// How much a month costs if it is paid by the month, in the smallest unit of the currency,
    /// such as cents.
    pub amount: i64,
    /// How much a month costs if it is paid by the year, in the smallest unit of the currency, such
    /// as cents.
    pub annual_monthly_amount: i64,
    /// How much a month costs if it is paid by the month, with the currency.
    pub fee: Option<Money>,
    /// How much a month costs if it is paid by the year, with the currency.
    pub annual_monthly_fee: Option<Money>,
    /// The description.
    pub description: Option<String>,
    /// Whether it is the usual price of the plan, and not a custom one.
    pub is_default: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// For which periods it can be paid.
    pub supported_billing_periods: SupportedBillingPeriods,
}

open_enum! {
    /// For which periods a price can be paid.
    pub enum SupportedBillingPeriods {
        /// By the month.
        Month = "month",
        /// By the year.
        Annual = "annual",
        /// By the month or by the year.
        Both = "both",
    }
}
