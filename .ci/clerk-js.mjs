// Asks this crate and Clerk's JavaScript SDK the same: random requests of browsers, decided by both, and everything that
// comes out compared: state, reason, location, cookies, who is signed in, what Clerk was asked. Run by .ci/clerk-js.
//
// Where this crate is stricter on purpose (core/docs/browser-sessions.md), the requests leave that out or the comparison
// allows for it; each place says so.
import { spawn } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [packages, catalog, keys, count, firstSeed] = process.argv.slice(2);
const resolve = createRequire(`${packages}/`).resolve;
const { createAuthenticateRequest } = await import(pathToFileURL(resolve('@clerk/backend/internal')));

const NOW = 1_800_000_000;
Date.now = () => NOW * 1000;
const ORIGIN = 'https://app.example.com';
const FRONTEND_API = { live: 'clerk.example.com', test: 'happy-cat-1.clerk.accounts.dev' };
const readKey = (number) =>
  createPrivateKey({ key: readFileSync(`${keys}/${number}.private.der`), format: 'der', type: 'pkcs8' });
const [ourKey, anotherKey] = [readKey(1), readKey(2)];
const pem = createPublicKey(ourKey).export({ type: 'spki', format: 'pem' });

let seed = Number(firstSeed);
const random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const chance = (probability) => random() < probability;
const pick = (list) => list[Math.floor(random() * list.length)];

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims, { key = ourKey, cat = 'cl_B7d4PD111AAA' } = {}) => {
  const signed = `${base64({ alg: 'RS256', kid: 'ins_1', typ: 'JWT', cat })}.${base64(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
};
const TEMPLATE = 'cl_B7d4PD222AAA';
const M2M = 'cl_B7d4PD333AAA';
const claims = (iss, more = {}) => ({
  azp: ORIGIN, exp: NOW + 60, iat: NOW - 10, iss, nbf: NOW - 20, sid: 'sess_1', sub: 'user_1', v: 2, ...more,
});
const organization = (id, slg) => ({ o: { id, slg, rol: 'admin' } });
const sessions = {
  good: (iss) => token(claims(iss)),
  older: (iss) => token(claims(iss, { iat: NOW - 50 })),
  expired: (iss) => token(claims(iss, { exp: NOW - 10, iat: NOW - 70, nbf: NOW - 80 })),
  future: (iss) => token(claims(iss, { iat: NOW + 100 })),
  notYet: (iss) => token(claims(iss, { nbf: NOW + 100 })),
  forged: (iss) => token(claims(iss), { key: anotherKey }),
  ofAnother: () => token(claims('https://clerk.other.example'), { key: anotherKey }),
  machine: (iss) => token({ ...claims(iss), sub: 'mch_1' }, { cat: M2M }),
  party: (iss) => token(claims(iss, { azp: 'https://evil.example' })),
  acme: (iss) => token(claims(iss, organization('org_1', 'acme'))),
  other: (iss) => token(claims(iss, organization('org_2', 'other'))),
  garbage: () => pick(['garbage', 'a.b.c', 'x']),
};
// Theirs takes a template's token, and one without an issuer, for a session where they come out of a handshake.
const fromHandshake = (iss) => pick(Object.values(sessions))(iss);
const fromCookie = (iss) =>
  pick([
    ...Object.values(sessions), sessions.good, sessions.good, sessions.expired,
    () => token(claims(iss), { cat: TEMPLATE }), () => token(claims(undefined)),
  ])(iss);

function question(id) {
  const instance = pick(['live', 'test']);
  const live = instance === 'live';
  const publishableKey = `pk_${instance}_${Buffer.from(`${FRONTEND_API[instance]}$`).toString('base64').replace(/=+$/, '')}`;
  const suffix = createHash('sha1').update(publishableKey).digest('base64url').slice(0, 8);
  const satellite = chance(0.3);
  const domain = satellite ? 'shop.example' : undefined;
  const iss = `https://${satellite && live ? 'clerk.shop.example' : FRONTEND_API[instance]}`;
  const [cookies, query] = [[], []];
  const cookie = (probability, name, value) => chance(probability) && cookies.push(`${name}=${value()}`);
  const parameter = (probability, name, value) => chance(probability) && query.push(`${name}=${value()}`);
  const uat = () => pick(['0', NOW - 30, NOW - 30, NOW - 1000, NOW - 5, 'x', '']);
  cookie(0.6, '__session', () => fromCookie(iss));
  cookie(0.35, `__session_${suffix}`, () => fromCookie(iss));
  cookie(0.65, '__client_uat', uat);
  cookie(0.35, `__client_uat_${suffix}`, uat);
  cookie(0.4, `__refresh_${suffix}`, () => 'rt_1');
  cookie(0.1, '__refresh', () => 'rt_0');
  cookie(0.6, '__clerk_db_jwt', () => 'dvb_1');
  cookie(0.3, `__clerk_db_jwt_${suffix}`, () => 'dvb_2');
  // Counts beyond 3 start again in theirs.
  cookie(0.4, '__clerk_redirect_count', () => pick(['0', '1', '2', '3', 'x']));
  // Without any cookie, a page in development is not loaded once more by ours.
  cookies.push('other=cookie');
  const directives = () => {
    const set = [];
    if (chance(0.7)) set.push(`__session=${fromHandshake(iss)}; Path=/`);
    if (chance(0.3)) set.push(`__session_${suffix}=${fromHandshake(iss)}; Path=/; Secure`);
    if (chance(0.4)) set.push('__client_uat=1; Path=/');
    return set;
  };
  // A token in a cookie that stands for nothing is passed over by ours.
  const some = () => ({ handshake: [...directives(), ...(live ? ['__client_uat=1'] : [])] });
  const result = () =>
    pick([
      () => token(some()), () => token(some()), () => token(some(), { key: anotherKey }),
      () => token(some(), { cat: TEMPLATE }), () => (live ? 'garbage' : token({})), () => 'garbage',
    ])();
  if (chance(0.2)) {
    const brought = chance(0.5) ? '__clerk_handshake_nonce=nonce_1' : `__clerk_handshake=${result()}`;
    // In production ours does not read it from the query; in development theirs loops where it is in a cookie.
    (live ? cookies : query).push(brought);
  }
  parameter(0.15, '__clerk_db_jwt', () => 'dvb_q');
  parameter(0.3, '__clerk_synced', () => pick(['true', 'false', 'x']));
  parameter(0.15, '__clerk_redirect_url', () =>
    encodeURIComponent(pick(['https://shop.example/x?y=1', 'https://shop.example/?__clerk_synced=false'])));
  parameter(0.3, 'a', () => 'b%20c');
  parameter(0.1, '__dev_session', () => '1');
  parameter(0.1, '__clerk_help', () => '1');
  const headers = { host: 'app.example.com', cookie: cookies.join('; ') };
  const header = (name, value) => value && (headers[name] = value);
  header('sec-fetch-dest', pick(['document', 'document', 'document', 'iframe', 'empty', undefined, undefined]));
  header('accept', pick(['text/html,*/*', 'application/json', undefined]));
  const proxy = chance(0.15) ? pick([`${ORIGIN}/__clerk`, '/__clerk']) : undefined;
  const clerks = ['https://clerk.example.com/', 'https://accounts.example.com/sign-in'];
  header('referer', pick([
    undefined, undefined, `${ORIGIN}/x`, 'https://elsewhere.example/', 'https://accounts.evil.example/', 'garbage',
    'https://happy-cat-1.accounts.dev/x', 'https://foo-bar-1.accounts.dev/',
    // With a proxy, theirs does not know Clerk's own pages any more.
    ...(proxy ? [] : clerks),
  ]));
  const path = pick(['/', '/page', '/orgs/acme', '/orgs/acme/x', '/o/org_1', '/me', '/a%20b']);
  const renewal = pick(['good', 'good', 'forged', 'resource_not_found', 'unexpected_error', 'nothing']);
  return {
    id, live, publishableKey, satellite, domain, proxy, headers, renewal,
    method: pick(['GET', 'GET', 'GET', 'GET', 'POST', 'HEAD']),
    target: path + (query.length ? `?${query.join('&')}` : ''),
    organizations: chance(0.5),
    autoSync: satellite && chance(0.4),
    directives: directives(),
    // A nonce in a cookie that Clerk does not know is passed over by ours.
    nonceStatus: live ? 200 : pick([200, 200, 200, 404]),
    renewed: {
      good: [`__session=${sessions.good(iss)}; Path=/`, '__client_uat=5'], forged: [`__session=${sessions.forged(iss)}`],
    }[renewal] ?? [],
  };
}
const PATTERNS = { organization: ['/orgs/:slug', '/orgs/:slug/(.*)', '/o/:id'], personal: ['/me'] };
const SIGN_IN = 'https://primary.example/sign-in';

async function theirs(asked) {
  const apiClient = {
    clients: {
      getHandshakePayload: async () => {
        if (asked.nonceStatus !== 200) throw Object.assign(new Error('no nonce'), { status: asked.nonceStatus });
        return { directives: asked.directives };
      },
    },
    sessions: {
      refreshSession: async (_, params) => {
        asked.renewalAsked = params;
        if (asked.renewal.includes('_')) throw { errors: [{ code: asked.renewal }] };
        return { cookies: asked.renewed };
      },
    },
  };
  const options = {
    publishableKey: asked.publishableKey, secretKey: `sk_${asked.live ? 'live' : 'test'}_abc`, jwtKey: pem,
    isSatellite: asked.satellite, domain: asked.domain, satelliteAutoSync: asked.autoSync, proxyUrl: asked.proxy,
    signInUrl: asked.satellite ? SIGN_IN : undefined, authorizedParties: [ORIGIN],
    organizationSyncOptions: asked.organizations
      ? { organizationPatterns: PATTERNS.organization, personalAccountPatterns: PATTERNS.personal } : undefined,
  };
  const request = new Request(ORIGIN + asked.target, { method: asked.method, headers: asked.headers });
  try {
    const state = await createAuthenticateRequest({ options: {}, apiClient }).authenticateRequest(request, options);
    return {
      state: state.status.replace('-', '_'), reason: state.reason, location: state.headers.get('location'),
      cookies: state.headers.getSetCookie(), user: state.status === 'signed-in' ? state.toAuth().userId : undefined,
    };
  } catch (error) {
    return { state: 'throws', reason: error.message };
  }
}

const program = spawn(catalog, [], { stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = [];
createInterface({ input: program.stdout }).on('line', (line) => waiting.shift()(JSON.parse(line)));
async function ours(asked) {
  const reply = (match, status, body) => ({ match, status, headers: {}, body: JSON.stringify(body) });
  const handshake = {
    origins: [ORIGIN], allowed_redirect_origins: ['https://shop.example'], satellite: asked.satellite,
    satellite_auto_sync: asked.autoSync,
    ...(asked.satellite && { domain: asked.domain, sign_in_url: SIGN_IN }),
    ...(asked.proxy && { proxy_url: asked.proxy }),
    ...(asked.organizations && {
      organization_patterns: PATTERNS.organization, personal_account_patterns: PATTERNS.personal,
    }),
  };
  const line = {
    id: asked.id, do: 'authenticate', now: NOW * 1000, method: asked.method, url: asked.target,
    headers: Object.entries(asked.headers), secret_key: 'sk_test_abc', keys: { pem },
    options: { publishable_key: asked.publishableKey, authorized_parties: [ORIGIN], handshake },
    replies: [
      asked.nonceStatus === 200
        ? reply('handshake_payload', 200, { directives: asked.directives })
        : reply('handshake_payload', asked.nonceStatus, { errors: [{ code: 'resource_not_found' }] }),
      asked.renewal.includes('_')
        ? reply('refresh', 400, { errors: [{ code: asked.renewal }] })
        : reply('refresh', 200, { object: 'cookies', cookies: asked.renewed }),
    ],
  };
  const answer = await new Promise((resolve) => {
    waiting.push(resolve);
    program.stdin.write(`${JSON.stringify(line)}\n`);
  });
  const fields = (name) => (answer.headers ?? []).filter(([known]) => known === name).map(([, value]) => value);
  return {
    ...answer, location: fields('location')[0], cookies: fields('set-cookie'), cache: fields('cache-control')[0],
    renewalAsked: (answer.requests ?? []).find(({ uri }) => uri.includes('/refresh')),
  };
}

// One spelling of each URL; a session token that is none is left out by ours.
function place(location) {
  const url = new URL(location);
  const spelled = (name, value) => (name.endsWith('redirect_url') ? new URL(value).href.replaceAll('+', '%20') : value);
  const isToken = (value) => value.split('.').length === 3 && value !== 'a.b.c';
  const parameters = [...url.searchParams]
    .filter(([name, value]) => name !== '__session' || isToken(value))
    .map(([name, value]) => `${name}=${spelled(name, value)}`);
  return `${url.origin}${url.pathname} ${parameters.sort().join(' ')}`;
}
const withoutSession = (text) => text.replace(/ ?__session=\S*/, '');
// Ours has a path, and `Secure` with https.
const spelled = (cookies) =>
  JSON.stringify(cookies.map((cookie) =>
    cookie.startsWith('__clerk_redirect_count=') ? cookie.replace('; Path=/', '').replace('; Secure', '') : cookie));
const RENAMED = {
  'session-token-nbf': 'token-not-active-yet', 'session-token-iat-in-the-future': 'token-iat-in-the-future',
};
const renamed = (reason) =>
  reason?.startsWith('session-token-expired-refresh-') ? 'token-expired' : RENAMED[reason] ?? reason ?? null;

// How often the comparison allowed for something.
const allowed = {};
const allow = (what) => {
  allowed[what] = (allowed[what] ?? 0) + 1;
  return undefined;
};

function difference(asked, a, b) {
  if (b.error) return `error: ${JSON.stringify(b.error)}`;
  // Theirs looks at no issuer.
  if (b.reason === 'token-invalid-issuer') return allow('an issuer that theirs does not look at');
  // A handshake's token that is not good: an exception there, an outcome here.
  if (a.state === 'throws') {
    const isKnown = a.reason.startsWith('Clerk: Handshake token verification failed');
    return isKnown && b.state === 'signed_out' ? allow('an exception, and signed out') : 'state';
  }
  // A page that is loaded once more: signed in or out with a location there, an answer to give here.
  const again = a.state !== 'handshake' && a.location && b.state === 'handshake';
  if (a.state !== b.state && !again) return 'state';
  if (renamed(a.reason) !== (b.reason ?? null)) return 'reason';
  if (a.state === 'signed_in' && !again && a.user !== b.user_id) return 'user';
  // Ours counts the page that is loaded once more.
  if (again && !b.cookies.pop().startsWith('__clerk_redirect_count=')) return 'count';
  if (spelled(a.cookies) !== spelled(b.cookies)) return 'cookies';
  if (b.state === 'handshake') {
    const [there, here] = [place(a.location), place(b.location)];
    // Theirs sends whatever is in the cookie along.
    if (there !== here) {
      if (here.includes('__session=') || withoutSession(there) !== here) return 'location';
      allow('a session token in the location that is not known to be of the instance');
    }
  }
  if (b.cookies.length > 0 && b.cache !== 'no-store') return 'cache';
  if (Boolean(asked.renewalAsked) !== Boolean(b.renewalAsked)) return 'renewal';
  if (asked.renewalAsked) {
    const { expired_token, refresh_token, request_origin, suffixed_cookies } = asked.renewalAsked;
    const { uri, body } = b.renewalAsked;
    const sent = typeof body === 'string' ? JSON.parse(body) : body;
    if (uri.includes('suffixed_cookies=true') !== Boolean(suffixed_cookies)) return 'suffixed_cookies of the renewal';
    if (expired_token !== sent.expired_token || refresh_token !== sent.refresh_token) return 'tokens of the renewal';
    if (request_origin !== sent.request_origin) return 'origin of the renewal';
  }
  return undefined;
}

const say = console.log;
console.log = console.warn = console.error = () => {};
const [outcomes, differences] = [{}, []];
for (let id = 1; id <= Number(count); id += 1) {
  const asked = question(id);
  const [a, b] = [await theirs(asked), await ours(asked)];
  const outcome = a.state === 'throws' ? a.state : `${a.state} ${renamed(a.reason) ?? ''}`.trim();
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const what = difference(asked, a, b);
  if (what) differences.push({ what, asked, theirs: a, ours: b });
}
program.stdin.end();
for (const [outcome, times] of Object.entries(outcomes).sort()) say(`${String(times).padStart(6)}  ${outcome}`);
for (const [what, times] of Object.entries(allowed)) say(`${String(times).padStart(6)}  allowed for: ${what}`);
for (const difference of differences.slice(0, 5)) say(JSON.stringify(difference, null, 1));
say(`${count} requests from seed ${firstSeed}, ${Object.keys(outcomes).length} outcomes, ${differences.length} differences`);
process.exitCode = differences.length === 0 ? 0 : 1;
