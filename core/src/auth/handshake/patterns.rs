//! Patterns of paths that say which organization a page is about.
use crate::Error;

/// A pattern such as `/orgs/:slug/(.*)`: segments that are text, a parameter, or, at the end, whatever follows.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    segments: Vec<Segment>,
    /// Whether anything may follow.
    is_open: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Text(String),
    Parameter(String),
}

/// Which organization is meant to be active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target<'p> {
    Id(&'p str),
    Slug(&'p str),
    PersonalAccount,
}

impl Pattern {
    fn parse(field: &'static str, text: &str) -> Result<Self, Error> {
        let refuse = |problem: &'static str| Err(Error::config(field, problem));
        let Some(path) = text.strip_prefix('/') else {
            return refuse("it does not begin with a slash");
        };
        let (path, is_open) = match path.strip_suffix("(.*)") {
            Some("") => ("", true),
            Some(path) => match path.strip_suffix('/') {
                Some(path) => (path, true),
                None => return refuse("(.*) stands for whole segments, behind a slash"),
            },
            None => (path.strip_suffix('/').unwrap_or(path), false),
        };
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let mut segments = Vec::new();
        for segment in path.split('/').filter(|_| !path.is_empty()) {
            segments.push(match segment.strip_prefix(':') {
                Some(name) if is_name(name) => Segment::Parameter(name.to_owned()),
                Some(_) => {
                    return refuse("a parameter is a colon, letters, digits and underscores");
                }
                None if segment.is_empty() => return refuse("it has an empty segment"),
                None if segment.contains(|char: char| "()[]{}*+?:\\".contains(char)) => {
                    return refuse("only :name and, at the end, /(.*) stand for something else");
                }
                None => Segment::Text(segment.to_owned()),
            });
        }
        Ok(Self { segments, is_open })
    }

    fn has(&self, name: &str) -> bool {
        self.segments
            .iter()
            .any(|segment| matches!(segment, Segment::Parameter(known) if known == name))
    }

    /// The parameters of a path, if it fits. As in Clerk's own patterns case makes no difference, and neither does a
    /// slash at the end.
    fn matches<'p>(&self, path: &'p str) -> Option<Vec<(&str, &'p str)>> {
        let path = path.strip_prefix('/')?;
        let mut rest = Some(path);
        let mut parameters = Vec::new();
        for segment in &self.segments {
            let (here, after) = match rest?.split_once('/') {
                Some((here, after)) => (here, Some(after)),
                None => (rest?, None),
            };
            match segment {
                Segment::Text(text) if text.eq_ignore_ascii_case(here) => {}
                Segment::Parameter(name) if !here.is_empty() => parameters.push((&**name, here)),
                _ => return None,
            }
            rest = after;
        }
        let fits = match rest {
            Some(_) if self.is_open => true,
            None => !self.is_open,
            Some(rest) => rest.is_empty(),
        };
        fits.then_some(parameters)
    }
}

/// Patterns of both kinds.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    organization: Vec<Pattern>,
    personal_account: Vec<Pattern>,
}

impl Patterns {
    pub(super) fn parse(
        organization: &[String],
        personal_account: &[String],
    ) -> Result<Self, Error> {
        let field = "organization_pattern";
        let organization: Vec<_> = organization
            .iter()
            .map(|text| Pattern::parse(field, text))
            .collect::<Result<_, _>>()?;
        if organization.iter().any(|pattern| pattern.has("id") == pattern.has("slug")) {
            return Err(Error::config(field, "it needs one parameter :id or :slug"));
        }
        let personal_account = personal_account
            .iter()
            .map(|text| Pattern::parse("personal_account_pattern", text))
            .collect::<Result<_, _>>()?;
        Ok(Self { organization, personal_account })
    }

    /// Which organization a page is about; patterns of organizations come first.
    pub(super) fn target<'p>(&self, path: &'p str) -> Option<Target<'p>> {
        for parameters in self.organization.iter().filter_map(|pattern| pattern.matches(path)) {
            for (name, value) in parameters {
                match name {
                    "id" => return Some(Target::Id(value)),
                    "slug" => return Some(Target::Slug(value)),
                    _ => {}
                }
            }
        }
        let is_personal =
            self.personal_account.iter().any(|pattern| pattern.matches(path).is_some());
        is_personal.then_some(Target::PersonalAccount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_or_do_not() {
        for (pattern, path, target) in [
            ("/orgs/:slug", "/orgs/acmecorp", Some("acmecorp")),
            ("/orgs/:slug", "/orgs/acmecorp/", Some("acmecorp")),
            ("/orgs/:slug", "/Orgs/acmecorp", Some("acmecorp")),
            ("/orgs/:slug", "/orgs", None),
            ("/orgs/:slug", "/orgs/", None),
            ("/orgs/:slug", "/orgs//", None),
            ("/orgs/:slug", "/orgs/acmecorp/settings", None),
            ("/orgs/:slug/(.*)", "/orgs/acmecorp", None),
            ("/orgs/:slug/(.*)", "/orgs/acmecorp/", Some("acmecorp")),
            ("/orgs/:slug/(.*)", "/orgs/acmecorp/a/b", Some("acmecorp")),
            ("/app/:any/orgs/:slug", "/app/petstore/orgs/acmecorp", Some("acmecorp")),
            ("/app/:any/orgs/:slug", "/app/dogstore/v2/orgs/acmecorp", None),
            ("/:slug/(.*)", "//x", None),
            ("/orgs/:slug", "/orgs/%2e%2e", Some("%2e%2e")),
        ] {
            let patterns = Patterns::parse(&[pattern.to_owned()], &[]).unwrap();
            assert_eq!(patterns.target(path), target.map(Target::Slug), "{pattern} {path}");
        }
    }

    #[test]
    fn organizations_come_before_the_personal_account() {
        let patterns = Patterns::parse(
            &["/orgs/:id".to_owned()],
            &["/orgs/:any".to_owned(), "/me".to_owned(), "/me/(.*)".to_owned(), "/(.*)".to_owned()],
        )
        .unwrap();
        assert_eq!(patterns.target("/orgs/org_1"), Some(Target::Id("org_1")));
        for path in ["/me", "/me/", "/me/x", "/", "/x"] {
            assert_eq!(patterns.target(path), Some(Target::PersonalAccount), "{path}");
        }
        assert_eq!(Patterns::default().target("/me"), None);
    }

    #[test]
    fn patterns_that_would_not_mean_what_they_say_are_refused() {
        for pattern in [
            "",
            "orgs/:slug",
            "/orgs",
            "/orgs/:id/:slug",
            "/orgs/:",
            "/orgs/:slug?",
            "/orgs/:slug*",
            "/orgs//:slug",
            "/orgs/(.*)/:slug",
            "/orgs/:slug(.*)",
            "/orgs/{:slug}",
            "/orgs/:sl-ug",
        ] {
            let error = Patterns::parse(&[pattern.to_owned()], &[]).unwrap_err().to_string();
            assert!(error.starts_with("invalid `organization_pattern`: "), "{pattern}: {error}");
        }
    }
}
