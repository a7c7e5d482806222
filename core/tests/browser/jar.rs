//! The cookies of a browser, as far as they matter here: names, hosts and domains, paths, and how long they live.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(Vec<Cookie>);

#[derive(Clone, Debug)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// Whether it is for this very host.
    is_of_host: bool,
    path: String,
    /// In milliseconds.
    expires: Option<i64>,
}

impl Jar {
    /// Takes a `Set-Cookie` of a page.
    pub(crate) fn set(&mut self, host: &str, page: &str, text: &str, now: i64) {
        let mut parts = text.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: host.to_owned(),
            is_of_host: true,
            path: if folder.is_empty() { "/".to_owned() } else { folder.to_owned() },
            expires: None,
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name.to_ascii_lowercase().as_str() {
                "domain" => {
                    assert!(is_in(host, value), "{host} sets a cookie of {value}");
                    (cookie.domain, cookie.is_of_host) = (value.to_owned(), false);
                }
                "path" if value.starts_with('/') => cookie.path = value.to_owned(),
                "max-age" => {
                    cookie.expires = Some(now + value.parse::<i64>().unwrap() * 1000);
                }
                _ => {}
            }
        }
        self.0.retain(|old| {
            (&old.name, &old.domain, old.is_of_host, &old.path)
                != (&cookie.name, &cookie.domain, cookie.is_of_host, &cookie.path)
        });
        if cookie.expires.is_none_or(|expires| expires > now) {
            self.0.push(cookie);
        }
    }

    /// The field `Cookie` for a page: longer paths come first, and older cookies.
    pub(crate) fn field(&self, host: &str, page: &str, now: i64) -> String {
        let mut sent: Vec<_> =
            self.0.iter().filter(|cookie| cookie.is_sent(host, page, now)).collect();
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs = sent.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

impl Cookie {
    fn is_sent(&self, host: &str, page: &str, now: i64) -> bool {
        let is_here = if self.is_of_host { host == self.domain } else { is_in(host, &self.domain) };
        let is_below = match page.strip_prefix(&*self.path) {
            Some(rest) => rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'),
            None => false,
        };
        is_here && is_below && self.expires.is_none_or(|expires| expires > now)
    }
}

fn is_in(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[test]
fn cookies_go_where_they_belong() {
    let mut jar = Jar::default();
    let host = "app.example.com";
    for text in [
        "a=1; Path=/",
        "a=2; Path=/deep",
        "a=3; Domain=example.com; Path=/",
        "b=4; Max-Age=2; Path=/",
        "c=5",
    ] {
        jar.set(host, "/deep/page", text, 0);
    }
    assert_eq!(jar.field(host, "/deep/page", 1999), "a=2; c=5; a=1; a=3; b=4");
    assert_eq!(jar.field(host, "/deeper", 2000), "a=1; a=3");
    assert_eq!(jar.field("other.example.com", "/deep", 0), "a=3");
    assert_eq!(jar.field("badexample.com", "/", 0), "");
    jar.set(host, "/", "a=6; Path=/", 0);
    jar.set(host, "/", "a=; Path=/deep; Max-Age=0", 0);
    assert_eq!(jar.field(host, "/deep/page", 5000), "c=5; a=3; a=6");
}
