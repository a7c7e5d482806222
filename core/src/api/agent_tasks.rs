//! Agent tasks: let an agent have a session of a user.
//!
//! ```
//! use clerk_core::api::agent_tasks::{AgentName, OnBehalfOf, TaskDescription, TaskRedirectUrl};
//!
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let task = clerk.agent_tasks().create(
//!     OnBehalfOf::new().user_id("user_1"),
//!     "*",
//!     AgentName::new("travel"),
//!     TaskDescription::new("Book the flights of ticket 17"),
//!     TaskRedirectUrl::new("https://app.example.com/trips"),
//! );
//! let task = task.send(); // `.await` it with clerk-hyper; the agent opens its `url`
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Seconds, Sensitive,
    model::{
        AgentId, AgentTaskId, ObjectType, UserId,
        macros::{input, named, open_enum},
    },
    operation::macros::{group, operation},
};

group! {
    /// Agent tasks: let an agent have a session of a user.
    #[doc(alias = "agentTasks")]
    agent_tasks => AgentTasks, tag = "Agent Tasks"
}

operation!(
    AgentTasks::create,
    POST("/agents/tasks"),
    returns(AgentTask),
    errors(400, 404, 422),
    /// Create a task that an agent does as a user.
    ///
    /// The answer has a URL that starts a session of the user for whoever opens it.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::agent_tasks::*};
    ///
    /// let create = CreateAgentTask::new(
    ///     OnBehalfOf::new().identifier("ann@example.com"), // or `user_id`, not both
    ///     AgentPermissions::All,
    ///     AgentName::new("travel"),
    ///     TaskDescription::new("Book"),
    ///     TaskRedirectUrl::new("https://example.com/"),
    /// );
    /// let request = create.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"{"on_behalf_of":{"identifier":"ann@example.com"},"permissions":"*","#,
    ///         r#""agent_name":"travel","task_description":"Book","#,
    ///         r#""redirect_url":"https://example.com/"}"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "agentTasksCreate")]
    #[doc(alias = "createAgentTask")]
    #[doc(alias = "CreateAgentTaskRequestBody")]
    pub struct CreateAgentTask {
        /// The user.
        #[doc(alias = "onBehalfOf")]
        on_behalf_of: Body<OnBehalfOf>,
        /// What the agent may do.
        permissions: Body<AgentPermissions>,
        /// Who the agent is. One name makes one [`agent_id`](AgentTask::agent_id) in an instance.
        #[doc(alias = "agentName")]
        agent_name: Body<AgentName>,
        /// What it is to do.
        #[doc(alias = "taskDescription")]
        task_description: Body<TaskDescription>,
        /// Where the browser goes when the session has started: an absolute URL at a domain of the
        /// instance, with `https` except in development. A wrong domain shows only when the task is
        /// used.
        #[doc(alias = "redirectUrl")]
        redirect_url: Body<TaskRedirectUrl>,
    },
    struct Optional {
        /// How long the session may last, in seconds; 1800 (half an hour) unless set.
        #[doc(alias = "sessionMaxDurationInSeconds")]
        session_max_duration_in_seconds: Body<Seconds>,
    }
);

operation!(
    AgentTasks::revoke,
    POST("/agents/tasks/{agent_task_id}/revoke"),
    returns(AgentTask),
    errors(400, 404),
    // Revoking twice may be an error, so after a lost answer the caller looks for themselves.
    /// Revoke an agent task that is still pending.
    ///
    /// One that was used is not pending: end its session with
    /// [`RevokeSession`](crate::api::sessions::RevokeSession). Not repeated when it may have
    /// arrived: a task that was revoked is no longer pending.
    #[doc(alias = "agentTasksRevoke")]
    #[doc(alias = "revokeAgentTask")]
    #[doc(alias = "RevokeAgentTaskRequest")]
    pub struct RevokeAgentTask {
        /// The task.
        #[doc(alias = "agentTaskId")]
        agent_task_id: Path<AgentTaskId>,
    }
);

input! {
    /// The user for whom an agent acts: by exactly one of the two.
    pub struct OnBehalfOf {}
    struct Optional {
        /// The user.
        user_id: UserId,
        /// Something verified by which the user is known, such as an email address.
        identifier: String,
    }
}

/// A task that an agent does as a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AgentTask {
    /// Always `agent_task`.
    pub object: ObjectType,
    /// The agent: the same for all tasks with its name.
    pub agent_id: AgentId,
    /// The task: another one for each creation.
    pub agent_task_id: AgentTaskId,
    /// The task, by an older name.
    #[deprecated(note = "Use `agent_task_id`.")]
    pub task_id: AgentTaskId,
    /// The URL that starts a session of the user for whoever opens it. Only the answer to a
    /// creation has it.
    pub url: Option<Sensitive<String>>,
}

open_enum! {
    /// What an agent may do.
    pub enum AgentPermissions {
        /// Everything: the one value that the API takes.
        All = "*",
    }
}

named! {
    /// The name of an agent. It is logged.
    AgentName(String);
    /// What an agent is to do. It is logged.
    TaskDescription(String);
    /// Where the browser goes when the session of an agent has started.
    TaskRedirectUrl(String);
}
