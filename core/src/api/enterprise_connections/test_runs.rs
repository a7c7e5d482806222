use serde::{Deserialize, Serialize};

use super::EnterpriseConnections;
use crate::{
    Sensitive, Timestamp,
    model::{
        EnterpriseConnectionId, EnterpriseConnectionTestRunId, EnterpriseProtocol, List,
        macros::open_enum,
    },
    operation::macros::operation,
};

operation!(
    EnterpriseConnections::list_test_runs,
    GET("/enterprise_connections/{enterprise_connection_id}/test_runs"),
    returns(List<EnterpriseConnectionTestRun>),
    errors(402, 403, 404, 422),
    pages(EnterpriseConnectionTestRun),
    /// List the test runs of an enterprise connection.
    #[doc(alias = "enterpriseConnectionsListTestRuns")]
    #[doc(alias = "listEnterpriseConnectionTestRuns")]
    #[doc(alias = "ListEnterpriseConnectionTestRunsRequest")]
    pub struct ListEnterpriseConnectionTestRuns {
        /// The connection.
        #[doc(alias = "enterpriseConnectionId")]
        enterprise_connection_id: Path<EnterpriseConnectionId>,
    },
    struct Optional {
        /// Only those with one of these statuses.
        status: Query<Vec<TestRunStatus>>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    EnterpriseConnections::create_test_run,
    POST("/enterprise_connections/{enterprise_connection_id}/test_runs"),
    returns(EnterpriseConnectionTestRunUrl),
    errors(402, 403, 404),
    /// Create a URL at which an enterprise connection can be tried out.
    ///
    /// Open it in a browser soon, and sign in at the identity provider; what came of it is then
    /// among the connection's test runs ([`ListEnterpriseConnectionTestRuns`]).
    #[doc(alias = "enterpriseConnectionsCreateTestRun")]
    #[doc(alias = "createEnterpriseConnectionTestRun")]
    #[doc(alias = "CreateEnterpriseConnectionTestRunRequest")]
    pub struct CreateEnterpriseConnectionTestRun {
        /// The connection.
        #[doc(alias = "enterpriseConnectionId")]
        enterprise_connection_id: Path<EnterpriseConnectionId>,
    }
);

/// A sign-in that tried out an enterprise connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnterpriseConnectionTestRun {
    /// Its id.
    pub id: EnterpriseConnectionTestRunId,
    /// How it went.
    pub status: TestRunStatus,
    /// What the connection speaks: OIDC counts as OAuth.
    pub connection_type: EnterpriseProtocol,
    /// What could be read of the user in the identity provider's response.
    pub parsed_user_info: Option<TestRunUserInfo>,
    /// What happened, step by step.
    pub logs: Option<Vec<TestRunLog>>,
    /// What was exchanged, with SAML.
    pub saml: Option<TestRunSaml>,
    /// What was exchanged, with OIDC.
    pub oauth: Option<TestRunOauth>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// What could be read of the user in a test run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestRunUserInfo {
    /// The email address.
    pub email_address: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The user's id at the identity provider.
    pub user_id: Option<String>,
}

/// A line of a test run's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestRunLog {
    /// How much it matters.
    pub level: String,
    /// What happened, for programs.
    pub code: Option<String>,
    /// What happened, in short.
    pub short_message: Option<String>,
    /// What happened.
    pub message: String,
}

/// What a test run exchanged with SAML.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestRunSaml {
    /// The request to the identity provider.
    pub saml_request: Option<Sensitive<String>>,
    /// The identity provider's response, with its assertion.
    pub saml_response: Option<Sensitive<String>>,
    /// The relay state that went along.
    pub relay_state: Option<String>,
}

/// What a test run exchanged with OIDC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestRunOauth {
    /// The identity provider's ID token.
    pub id_token: Option<Sensitive<String>>,
    /// The identity provider's access token.
    pub access_token: Option<Sensitive<String>>,
    /// What the identity provider told of the user.
    pub user_info: Option<String>,
}

/// Where an enterprise connection can be tried out.
#[doc(alias = "EnterpriseConnectionTestRunResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnterpriseConnectionTestRunUrl {
    /// The URL, for a browser. It works for a short time only.
    pub url: Sensitive<String>,
}

open_enum! {
    /// How an [`EnterpriseConnectionTestRun`] went.
    pub enum TestRunStatus {
        /// It has not ended yet.
        Pending = "pending",
        /// The sign-in succeeded.
        Success = "success",
        /// The sign-in failed.
        Failed = "failed",
    }
}
