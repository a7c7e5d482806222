//! A request that shows what a server does: sent by the program itself, or by curl.
use std::cmp::Reverse;

/// A request, and what has to come of it. In what is sent, `$NAME` stands for a variable, as in a shell.
#[derive(Clone, Debug)]
pub struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// The variable with the URL of another server, if it is for one.
    pub(crate) at: Option<&'static str>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
    /// Whose it is, in the line that is printed.
    pub(crate) whose: String,
    pub(crate) status: u16,
    pub(crate) answer: &'static str,
}

/// A GET request, of nobody.
pub fn get(path: &'static str) -> Ask {
    Ask {
        method: "GET",
        path,
        at: None,
        headers: Vec::new(),
        body: None,
        whose: "nobody".to_owned(),
        status: 200,
        answer: "",
    }
}

/// A POST request with what is in a variable.
pub fn post(path: &'static str, body: &str) -> Ask {
    Ask { method: "POST", body: Some(format!("${body}")), ..get(path) }
}

impl Ask {
    /// With the token in this variable.
    #[must_use]
    pub fn by(self, token: &str) -> Self {
        let whose = token.to_lowercase();
        self.header("Authorization", format!("Bearer ${token}")).of(whose)
    }

    /// With the token in this variable, as a browser sends it.
    #[must_use]
    pub fn by_cookie(self, token: &str) -> Self {
        let whose = format!("{}, by cookie", token.to_lowercase());
        self.header("Cookie", format!("__session=${token}; __client_uat=1")).of(whose)
    }

    /// Says whose it is.
    #[must_use]
    pub fn of(mut self, whose: impl Into<String>) -> Self {
        self.whose = whose.into();
        self
    }

    /// With this header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// For the server that nobody tells the keys of the instance.
    #[must_use]
    pub fn cut_off(mut self) -> Self {
        self.at = Some("CUT_OFF");
        self
    }

    /// Sets what has to be answered: the body, or the header that says the most if there is none.
    #[must_use]
    pub fn gets(mut self, status: u16, answer: &'static str) -> Self {
        (self.status, self.answer) = (status, answer);
        self
    }

    /// The command that sends it, to a server at this URL.
    pub(crate) fn curl(&self, server: &str) -> String {
        let server = self.at.map_or_else(|| server.to_owned(), |other| format!("${other}"));
        let mut command = format!("curl -i {server}{}", self.path);
        for (name, value) in &self.headers {
            command.push_str(&format!(" -H \"{name}: {value}\""));
        }
        if let Some(body) = &self.body {
            command.push_str(&format!(" --data-binary \"{body}\""));
        }
        command
    }
}

/// A text with the values of variables put in.
pub(crate) fn expand(text: &str, variables: &[(&'static str, String)]) -> String {
    // The longest names first: one may begin with another.
    let mut variables: Vec<_> = variables.iter().collect();
    variables.sort_by_key(|(name, _)| Reverse(name.len()));
    let mut text = text.to_owned();
    for (name, value) in variables {
        text = text.replace(&format!("${name}"), value);
    }
    text
}
