"""Drives the example browser_session with Chromium: browser.py PROGRAM PICTURES.

In both manners: what happens to a session, step by step, and then combinations of cookies that nobody wants. Each
check is a line; ends with 1 if one of them fails. Pictures go to the directory PICTURES. Nothing leaves this machine.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 30  # seconds, for whatever is to happen at once
IN, OUT, FORM = "signed in as user_ann", "signed out", "sign in"
ROUND_TRIPS = 3  # to the handshake, for one page: the bound for whatever cookies there are
CHECKS = {"done": 0, "failed": 0}


def check(what, problems, note=""):
    CHECKS["done"] += 1
    CHECKS["failed"] += bool(problems)
    print(f"{'FAILED' if problems else 'ok'}: {what}{': ' + note if note else ''}")
    for problem in problems:
        print(f"    {problem}")
    sys.stdout.flush()


class Servers:
    """The program, with its log in a file: a line is there before the browser has the answer."""

    def __init__(self, program, manner):
        self.manner = manner
        self.is_production = manner == "production"
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        # Long enough for no token to expire by itself.
        arguments = [program, "--serve", "127.0.0.1:0", "--lifetime", "3600"]
        if self.is_production:
            arguments.append("--production")
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=self.log, text=True)
        told = {}
        for line in self.process.stdout:
            if match := re.fullmatch(r"  (.+?) {2,}(\S+)\n", line):
                told[match[1]] = match[2]
            if "Ctrl-C" in line:
                break
        if "cookies end with" not in told:
            self.end()
            raise OSError(f"{program} does not serve")
        self.app, self.shop = told["application"], told["satellite"]
        self.clerk, self.suffix = told["stand-in for Clerk"], told["cookies end with"]
        self.read = 0

    def logged(self):
        """The lines since the last time."""
        with open(self.log.name, encoding="utf-8") as log:
            log.seek(self.read)
            lines = log.read().splitlines()
            self.read = log.tell()
        return [re.sub(r":\d+ /", " /", line) for line in lines]

    def control(self, what, **arguments):
        """Asks the stand-in for something that Clerk does not do."""
        port = urllib.parse.urlsplit(self.clerk).port
        url = f"http://127.0.0.1:{port}/control/{what}?{urllib.parse.urlencode(arguments)}"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            text = answer.read().decode()
        self.logged()
        return text

    def token(self, kind):
        """A session token for the application: expired, or strange."""
        return self.control("session", kind=kind, origin=self.app)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Browser:
    def __init__(self, servers, block_cookies=False):
        self.servers = servers
        self.profile = tempfile.mkdtemp(prefix="browser-session-")
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for flag in [
            "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
            "disable-background-networking", "disable-component-update", "disable-sync",
            "disable-dev-shm-usage", f"user-data-dir={self.profile}", "window-size=800,600",
            "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost",
        ]:
            options.add_argument(f"--{flag}")
        if block_cookies:
            options.add_experimental_option("prefs", {"profile.default_content_setting_values.cookies": 2})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.process = self.driver.capabilities.get("goog:processID")
        self.driver.set_page_load_timeout(PATIENCE)
        self.driver.get("about:blank")

    def end(self):
        try:
            self.driver.quit()
        finally:
            # It has ended by then; if not, nothing else of it helps.
            if self.process and is_alive(self.process):
                os.kill(self.process, signal.SIGKILL)
            shutil.rmtree(self.profile, ignore_errors=True)

    # What is to be seen.

    def state(self):
        found = self.driver.find_elements(By.ID, "state")
        return found[0].text if found else f"no page of ours: {self.driver.title!r}"

    def url(self):
        return self.driver.current_url

    def cookies(self):
        """Those for the page, by name; one name may have several."""
        return self.cdp("Network.getCookies", urls=[self.url()])["cookies"]

    def cookie(self, name):
        found = [cookie for cookie in self.cookies() if cookie["name"] == name]
        return found[0] if len(found) == 1 else None

    def names(self):
        return sorted({cookie["name"] for cookie in self.cookies()})

    def status(self):
        return self.driver.execute_script("return performance.getEntriesByType('navigation')[0].responseStatus")

    def picture(self, directory, name):
        path = os.path.join(directory, f"{self.servers.manner}-{name}.png")
        if not self.driver.save_screenshot(path):
            raise OSError(f"cannot write {path}")

    # What it is told to do.

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def load(self, url):
        self.driver.get(url)

    def click(self, how, what):
        before = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.find_element(how, what).click()
        # The old page goes, the new one is there.
        WebDriverWait(self.driver, PATIENCE).until(lambda _: is_gone(before))
        self.driver.find_element(By.TAG_NAME, "html")
        WebDriverWait(self.driver, PATIENCE).until(
            lambda driver: driver.execute_script("return document.readyState") == "complete")

    def sign_in(self, site):
        self.load(f"{site}/members")
        if self.state() == FORM:
            self.click(By.ID, "sign-in")

    def wait_two_seconds(self):
        """Forgets how often it was sent away, as it does by itself after two seconds."""
        for cookie in self.cdp("Network.getAllCookies")["cookies"]:
            if cookie["name"] == "__clerk_redirect_count":
                self.cdp("Network.deleteCookies", name=cookie["name"], domain=cookie["domain"], path=cookie["path"])
        self.servers.logged()

    def set(self, name, value):
        """A cookie in place of the one that is there: of the application's host, or of the domain if Clerk's is."""
        of_host = name.startswith("host ")
        name, domain = name.removeprefix("host "), {}
        if self.servers.is_production and name.startswith("__client_uat") and not of_host:
            domain = {"domain": ".primary.localhost"}
        done = self.cdp("Network.setCookie", name=name, value=value, url=f"{self.servers.app}/", path="/",
                        secure=self.servers.is_production, sameSite="Lax", **domain)
        sent = self.cdp("Network.getCookies", urls=[f"{self.servers.app}/"])["cookies"]
        if not done["success"] or (name, value) not in [(cookie["name"], cookie["value"]) for cookie in sent]:
            raise ValueError(f"Chromium does not take the cookie {name}")

    def expire(self):
        token = self.servers.token("expired")
        self.keep_session(token)
        return token

    def keep_session(self, token):
        for name in ["__session", "__session" + self.servers.suffix]:
            self.set(name, token)

    def forget(self, name):
        self.cdp("Network.deleteCookies", name=name, url=self.servers.app)


def is_alive(process):
    """Whether there is such a process, and it is not just waiting for somebody to ask how it ended."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(") ")[2][:1] not in ("Z", "X")
    except FileNotFoundError:
        return False


def is_gone(element):
    try:
        element.is_enabled()
        return False
    except WebDriverException:
        return True


def handshakes(lines):
    """How often a browser was at the handshake; a satellite's way over the primary domain counts once."""
    return sum(" /v1/client/handshake: " in line for line in lines) - sum(" /v1/client/sync: " in line for line in lines)


def pages(lines):
    return sum(line.startswith(("app: ", "shop: ")) for line in lines)


def steps(servers, browser, pictures):
    manner, app, shop, suffix = servers.manner, servers.app, servers.shop, servers.suffix
    is_production = servers.is_production
    number = 0

    def step(what, state, url, round_trips, requests, also=(), logged=()):
        nonlocal number
        number += 1
        lines = servers.logged()
        problems = []
        for name, found, wanted in [
            ("the page says", browser.state(), state),
            ("the URL is", browser.url(), url),
            ("round trips to the handshake", handshakes(lines), round_trips),
            ("requests to the applications", pages(lines), requests),
        ]:
            if found != wanted:
                problems.append(f"{name} {found!r}, and should be {wanted!r}")
        problems += [f"{name} is not so" for name, is_so in also if not is_so]
        for end in logged:
            if not any(line.endswith(end) for line in lines):
                problems.append(f"no line of the log ends with {end!r}")
        if problems:
            problems += ["the log:"] + [f"  {line}" for line in lines]
        check(f"{manner}: {what}", problems)
        browser.picture(pictures, f"{number:02}-{re.sub('[^a-z]+', '-', what.lower())}")
        browser.wait_two_seconds()

    def readable():
        return browser.driver.execute_script("return document.cookie")

    # A handshake makes 2 requests to the application of 1, in development 3: there the URL is cleaned.
    more = 1 if is_production else 2
    servers.logged()
    browser.load(f"{app}/")
    step("signed out", OUT, f"{app}/", 0 if is_production else 1, 1 if is_production else 1 + more)

    browser.click(By.LINK_TEXT, "members")
    step("a page for members leads to the sign-in page", FORM, browser.url(), 0, 1,
         [("it is the stand-in's", browser.url().startswith(f"{servers.clerk}/sign-in?redirect_url="))])
    browser.click(By.ID, "sign-in")
    session = browser.cookie("__session") or {}
    uat = browser.cookie("__client_uat") or {}
    refresh = browser.cookie("__refresh" + suffix) or {}
    step("signed in", IN, f"{app}/members", 1, 1 + more, [
        ("the session is readable for Clerk's script", "__session=" in readable() and f"__session{suffix}=" in readable()),
        ("the refresh token is not", "__refresh" not in readable() and refresh.get("httpOnly") is True),
        ("the session is of this host", session.get("domain") == "app.primary.localhost"),
        ("the time of signing in is of the domain, in production",
         uat.get("domain") == (".primary.localhost" if is_production else "app.primary.localhost")),
        ("cookies are secure, in production", session.get("secure") is is_production),
        ("nothing is left of the handshake", "__clerk_handshake_nonce" not in browser.names()),
        ("the count is not readable", "__clerk_redirect_count" not in readable()),
    ])
    browser.driver.refresh()
    step("still signed in", IN, f"{app}/members", 0, 1)

    expired = browser.expire()
    browser.load(f"{app}/")
    step("expired, and renewed by the server", IN, f"{app}/", 0, 1, [
        ("the cookie is a fresh one", (browser.cookie("__session") or {}).get("value") not in (None, expired)),
    ], ["/refresh: 200"])
    browser.expire()
    browser.forget("__refresh" + suffix)
    browser.load(f"{app}/")
    step("expired, and renewed by the handshake", IN, f"{app}/", 1, 1 + more, [
        ("the refresh token is back", "__refresh" + suffix in browser.names()),
    ], ["307, session-token-expired-refresh-non-eligible-no-refresh-cookie"])

    first = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    browser.load(f"{app}/")
    browser.wait_two_seconds()
    browser.click(By.LINK_TEXT, "sign out")
    step("signed out in another tab", OUT, f"{app}/", 1, 1 + more)
    browser.driver.switch_to.window(first)
    step("the first tab shows what it showed", IN, f"{app}/", 0, 0)
    browser.driver.refresh()
    step("the first tab is signed out when it is loaded again", OUT, f"{app}/", 0, 1, [
        ("the session is gone", not [name for name in browser.names() if name.startswith(("__session", "__refresh"))]),
    ])

    browser.sign_in(app)
    browser.wait_two_seconds()
    expired = servers.token("expired")
    browser.driver.switch_to.new_window("tab")
    browser.load(f"{servers.clerk}/sign-out")
    browser.driver.switch_to.window(first)
    browser.wait_two_seconds()
    if is_production:
        browser.load(f"{app}/")
        step("signed out at Clerk only", OUT, f"{app}/", 1, 1 + more, [], ["307, session-token-but-no-client-uat"])
    else:
        # The token is good until it expires: the Frontend API is on another site, and has no cookies here.
        browser.load(f"{app}/")
        step("signed out at Clerk only, the token lives on", IN, f"{app}/", 0, 1)
        browser.keep_session(expired)
        browser.load(f"{app}/")
        step("signed out at Clerk only, and the token is no more", OUT, f"{app}/", 1, 1 + more, [],
             ["/refresh: 404", "307, session-token-expired-refresh-session_not_found"])

    browser.load(f"{shop}/")
    step("a satellite knows nobody", OUT, f"{shop}/", 0, 1)
    browser.click(By.LINK_TEXT, "members")
    step("people sign in at the primary application for it", FORM, browser.url(), 0, 2)
    browser.click(By.ID, "sign-in")
    # What says that it was synced stays in the URL: it is for Clerk's script, and keeps it from asking again.
    # In development the primary application is asked on the way.
    step("signed in on the satellite", IN, f"{shop}/members?__clerk_synced=true", 1, 2 if is_production else 5)
    browser.load(f"{shop}/")
    step("the satellite knows", IN, f"{shop}/", 0, 1)

    browser.sign_in(app)
    browser.load(f"{shop}/")
    browser.wait_two_seconds()
    browser.click(By.LINK_TEXT, "the other application")
    step("from the satellite to the primary application", IN, f"{app}/", 1, 1 + more, [],
         ["307, primary-domain-cross-origin-sync"])


LONG_AGO, FAR_AHEAD = "1700000000", "4000000000"
GARBAGE = "garbage"
UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyX2FubiJ9.AAAA"

# Who is there first; cookies of the application; cookies that a neighbouring host has set for the whole domain, which
# the application cannot take away. In names, `_S` at the end is the suffix of the instance, `host ` before it is for a
# cookie of the host where Clerk's is of the domain, and ` path=` is for one that is not for all pages. The tokens
# <expired> and <strange> are of the stand-in and of another instance. Last, what comes of it in development and in
# production: who is there, and after how many round trips to the handshake.
HOSTILE = [
    ("a stale time of signing in, no session", False, {"__client_uat": LONG_AGO, "__client_uat_S": LONG_AGO}, {}, (OUT, 1), (OUT, 1)),
    ("a time of this host alone", False, {"host __client_uat": LONG_AGO}, {}, (OUT, 1), (OUT, 1)),
    ("a garbage session", False, {"__session": GARBAGE, "__client_uat": LONG_AGO}, {}, (OUT, 0), (OUT, 0)),
    ("an unsigned session", False, {"__session": UNSIGNED, "__client_uat": LONG_AGO}, {}, (OUT, 0), (OUT, 0)),
    ("a garbage session without a time", False, {"__session": GARBAGE, "__session_S": GARBAGE}, {}, (OUT, 1), (OUT, 1)),
    ("a garbage count", False, {"__clerk_redirect_count": GARBAGE, "__client_uat": LONG_AGO}, {}, (OUT, 1), (OUT, 1)),
    ("a count of 99", False, {"__clerk_redirect_count": "99", "__client_uat": LONG_AGO}, {}, (OUT, 0), (OUT, 0)),
    ("a count of -1", False, {"__clerk_redirect_count": "-1", "__client_uat": LONG_AGO}, {}, (OUT, 1), (OUT, 1)),
    ("a count from a neighbour", False, {"__client_uat": LONG_AGO}, {"__clerk_redirect_count": "2"}, (OUT, 1), (OUT, 1)),
    ("a time in the future", True, {"__client_uat": FAR_AHEAD, "__client_uat_S": FAR_AHEAD}, {}, (IN, 1), (IN, 1)),
    ("a time that is none", True, {"__client_uat": "1e99", "__client_uat_S": "-5"}, {}, (IN, 1), (IN, 1)),
    ("a session of another instance", False, {"__session": "<strange>", "__client_uat": LONG_AGO}, {}, (OUT, 0), (OUT, 0)),
    ("a session of another instance with the suffix", False, {"__session_S": "<strange>", "__client_uat_S": LONG_AGO}, {}, (OUT, 0), (OUT, 0)),
    ("two pairs that contradict each other", True, {"__session": "<strange>", "__client_uat": "0"}, {}, (IN, 0), (IN, 0)),
    ("two pairs that contradict each other, the other way", True, {"__session_S": "<expired>", "__client_uat_S": "0"}, {}, (IN, 0), (IN, 0)),
    ("a time of nobody from a neighbour", True, {}, {"__client_uat": "0", "__client_uat_S": "0"}, (OUT, 0), (IN, 1)),
    ("a time in the future from a neighbour", False, {}, {"__client_uat": FAR_AHEAD}, (OUT, 0), (OUT, 1)),
    ("a time in the future from a neighbour, who is signed in", True, {}, {"__client_uat_S": FAR_AHEAD}, (OUT, 0), (IN, 1)),
    ("a time in the future from a neighbour, for a path", False, {}, {"__client_uat path=/members": FAR_AHEAD}, (OUT, 0), (OUT, 0)),
    ("a session from a neighbour", True, {}, {"__session": GARBAGE}, (OUT, 0), (OUT, 0)),
    ("an expired session from a neighbour", True, {}, {"__session_S": "<expired>"}, (OUT, 0), (OUT, 0)),
    ("an expired session from a neighbour alone", False, {}, {"__session": "<expired>", "__client_uat": LONG_AGO}, (OUT, 0), (OUT, 1)),
    ("an unknown nonce", False, {"__clerk_handshake_nonce": "nonce_0"}, {}, (OUT, 0), (OUT, 0)),
    ("an unknown nonce from a neighbour", True, {}, {"__clerk_handshake_nonce": "nonce_0"}, (IN, 0), (IN, 0)),
    ("two nonces", False, {"__clerk_handshake_nonce": "nonce_0"}, {"__clerk_handshake_nonce": "nonce_1"}, (OUT, 0), (OUT, 0)),
    ("a garbage token of a handshake", True, {"__clerk_handshake": UNSIGNED}, {}, (IN, 0), (IN, 0)),
    ("a garbage refresh token", True, {"__session": "<expired>", "__session_S": "<expired>", "__refresh_S": GARBAGE}, {}, (IN, 1), (IN, 1)),
    ("two refresh tokens", True, {"__session": "<expired>", "__session_S": "<expired>"}, {"__refresh_S": GARBAGE}, (IN, 1), (IN, 1)),
    ("a very long session", False, {"__session": "x" * 4000, "__client_uat": LONG_AGO}, {}, (OUT, 0), (OUT, 0)),
    ("many long cookies", True, {f"c{number}": "x" * 4000 for number in range(20)}, {}, (IN, 0), (IN, 0)),
    ("a development browser from a neighbour", True, {}, {"__clerk_db_jwt": "dvb_0", "__clerk_db_jwt_S": "dvb_0"}, (OUT, 0), (IN, 0)),
    ("an unknown development browser", False, {"__clerk_db_jwt": "dvb_0", "__clerk_db_jwt_S": "dvb_0"}, {}, (OUT, 0), (OUT, 0)),
]


def hostile(servers, browser):
    """Whatever cookies there are, a page comes, and soon."""
    app, suffix = servers.app, servers.suffix
    neighbour = app.replace("//app.", "//neighbour.")

    for what, is_in, own, others, *expected in HOSTILE:
        expected = expected[servers.is_production]
        browser.cdp("Network.clearBrowserCookies")
        browser.sign_in(app) if is_in else browser.load(f"{app}/")
        if browser.state() != (IN if is_in else OUT):
            check(f"{servers.manner}: {what}", [f"it begins with {browser.state()!r}"])
            continue
        tokens = {}
        def value(text):
            if text.startswith("<"):
                # They are of a session, and there is one if somebody is signed in.
                tokens[text] = tokens.get(text) or servers.token(text[1:-1])
                return tokens[text]
            return text
        for name, text in own.items():
            browser.set(re.sub("_S$", suffix, name), value(text))
        browser.load(f"{neighbour}/")
        for name, text in others.items():
            name, _, path = name.partition(" path=")
            cookie = f"{re.sub('_S$', suffix, name)}={value(text)}; Domain=primary.localhost; Path={path or '/'}"
            browser.driver.execute_script("document.cookie = arguments[0]", cookie)
        # The neighbour's are there, next to the others.
        set_there = [cookie for cookie in browser.cookies() if cookie["domain"] == ".primary.localhost"]
        problems = [] if len(set_there) >= len(others) - any("path=" in name for name in others) else ["the neighbour's cookies are not kept"]
        servers.logged()
        seen = []
        for path in ["/", "/members", "/"]:
            try:
                browser.load(app + path)
                found = (browser.state(), browser.status())
            except WebDriverException as error:
                found = (error.msg.splitlines()[0], 0)
            lines = servers.logged()
            trips = handshakes(lines)
            last = next((line for line in reversed(lines) if line.startswith("app: ")), "").partition(": ")[2].partition(": ")[2]
            seen.append(f"{path} {found[0]} ({trips}; {last})")
            if not seen[1:] and (found[0], trips) != expected:
                problems.append(f"{path}: {found[0]!r} after {trips} round trips, and should be {expected}")
            if found not in [(IN, 200), (OUT, 200), (OUT, 401), (FORM, 200)]:
                problems.append(f"{path}: {found[0]!r}, {found[1]}")
            if trips > ROUND_TRIPS:
                problems.append(f"{path}: {trips} round trips to the handshake")
            if problems:
                problems += [f"  {line}" for line in lines]
        check(f"{servers.manner}: {what}", problems, " | ".join(seen))


def wrong_clock(servers, browser):
    """Sessions that are over before they begin, as a server sees them whose clock is wrong: no handshake helps."""
    app = servers.app
    for path, status in [("/", 200), ("/members", 401)]:
        browser.cdp("Network.clearBrowserCookies")
        servers.control("lifetime", seconds=3600)
        browser.sign_in(app)
        problems = [] if browser.state() == IN else [f"it begins with {browser.state()!r}"]
        browser.wait_two_seconds()
        browser.expire()
        servers.control("lifetime", seconds=-100)
        browser.load(app + path)
        lines = servers.logged()
        found = (browser.state(), browser.status(), handshakes(lines))
        if found != (OUT, status, ROUND_TRIPS):
            problems.append(f"{found}, and should be {(OUT, status, ROUND_TRIPS)}")
        if not any(line.endswith("; no handshake: Loop") for line in lines):
            problems.append("the log does not speak of a loop")
        if problems:
            problems += [f"  {line}" for line in lines]
        check(f"{servers.manner}: sessions that are over before they begin, {path}", problems, f"{found}")
    servers.control("lifetime", seconds=3600)


def blocked(servers):
    """A browser that keeps no cookies at all."""
    browser = Browser(servers, block_cookies=True)
    try:
        for path in ["/", "/members"]:
            servers.logged()
            problems = []
            try:
                browser.load(servers.app + path)
                if browser.state() not in [OUT, FORM]:
                    problems.append(f"the page says {browser.state()!r}")
            except WebDriverException as error:
                problems.append(error.msg.splitlines()[0])
            lines = servers.logged()
            if handshakes(lines) > ROUND_TRIPS:
                problems.append(f"{handshakes(lines)} round trips to the handshake")
            if problems:
                problems += [f"  {line}" for line in lines]
            check(f"{servers.manner}: no cookies are kept, {path}", problems, f"{browser.state()} ({handshakes(lines)})")
    finally:
        browser.end()


def main():
    program, pictures = sys.argv[1:]
    # All of it is on this machine, and nothing of it behind a proxy.
    os.environ.update(NO_PROXY="*", no_proxy="*")
    # Whoever ends this one ends the others with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    for manner in ["development", "production"]:
        servers = Servers(program, manner)
        try:
            browser = Browser(servers)
            try:
                steps(servers, browser, pictures)
                hostile(servers, browser)
                wrong_clock(servers, browser)
            finally:
                browser.end()
            blocked(servers)
        finally:
            servers.end()
    done, failed = CHECKS["done"], CHECKS["failed"]
    print(f"{done} checks, {failed} failed" if failed else f"{done} checks: as it should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
