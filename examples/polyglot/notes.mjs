// Notes in Node.js with npm's `jose`, for whoever carries a good token of one issuer: the tokens that the Python
// services beside this one take, judged by another library.
//
//   npm ci && node notes.mjs --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001

import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { inflateSync } from "node:zlib";

import { createRemoteJWKSet, jwtVerify } from "jose";

const { values: chosen } = parseArgs({
  options: {
    issuer: { type: "string", default: "http://127.0.0.1:8000" },
    audience: { type: "string", default: "http://127.0.0.1:8001" },
    port: { type: "string", default: "8001" },
  },
});
const { issuer, audience } = chosen;
const ALGORITHMS = ["ES256", "RS256"];
const POLL_MS = 2000;
const MAX_STALE_MS = 60_000;
const MAX_LIST_BYTES = 1 << 20;

const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
if (metadata.issuer !== issuer) throw new Error(`the metadata is about ${metadata.issuer}`); // RFC 8414 §3.3
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { cacheMaxAge: 300_000, cooldownDuration: 10_000 });

class Refusal extends Error {
  constructor(status, error, scope) {
    super(error);
    Object.assign(this, { status, error, scope });
  }
}

// Token Status Lists §5.1, §8.3: one bit for each grant, in a signed list that is asked for again every two seconds.
const lists = new Map();

async function listAt(uri) {
  const held = lists.get(uri);
  if (held && Date.now() - held.askedAt < POLL_MS) return held.statuses;
  const askedAt = Date.now();
  try {
    const answer = await fetch(uri, { redirect: "error", signal: AbortSignal.timeout(3000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { payload } = await jwtVerify(await answer.text(), keys, {
      issuer,
      subject: uri,
      typ: "statuslist+jwt",
      algorithms: ALGORITHMS,
    });
    const { bits, lst } = payload.status_list;
    const octets = inflateSync(Buffer.from(lst, "base64url"), { maxOutputLength: MAX_LIST_BYTES });
    lists.set(uri, { askedAt, statuses: { bits, octets } });
  } catch (error) {
    if (!held || Date.now() - held.askedAt >= MAX_STALE_MS) throw new Refusal(503, "temporarily_unavailable");
  }
  return lists.get(uri).statuses;
}

async function isRevoked({ uri, idx }) {
  if (new URL(uri).origin !== new URL(issuer).origin) return true;
  const { bits, octets } = await listAt(uri);
  const perOctet = 8 / bits;
  const octet = octets[Math.floor(idx / perOctet)];
  return octet === undefined || ((octet >> ((idx % perOctet) * bits)) & ((1 << bits) - 1)) !== 0;
}

async function callerOf(request, scope) {
  const match = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? "");
  if (!request.headers.authorization) throw new Refusal(401);
  if (!match) throw new Refusal(401, "invalid_token");
  let claims;
  try {
    // RFC 9068 §4: the type keeps ID tokens out, the audience the tokens of the services next door.
    ({ payload: claims } = await jwtVerify(match[1], keys, {
      issuer,
      audience,
      typ: "at+jwt",
      algorithms: ALGORITHMS,
      requiredClaims: ["exp", "sub", "status"],
    }));
  } catch (error) {
    if (error.code?.startsWith("ERR_JW") || error.code?.startsWith("ERR_JOSE")) throw new Refusal(401, "invalid_token");
    throw new Refusal(503, "temporarily_unavailable");
  }
  // A token that is bound to a key is not for whoever sends it without a proof (RFC 9449 §7.2).
  if (claims.cnf || (await isRevoked(claims.status.status_list))) throw new Refusal(401, "invalid_token");
  if (!(claims.scope ?? "").split(" ").includes(scope)) throw new Refusal(403, "insufficient_scope", scope);
  return claims.sub;
}

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers });
  response.end(JSON.stringify(body));
}

function refuse(response, { status = 500, error, scope }) {
  const parts = [error && `error="${error}"`, scope && `scope="${scope}"`].filter(Boolean);
  const challenge = ["Bearer", parts.join(", ")].filter(Boolean).join(" ");
  answer(response, status, { error: error ?? null }, status === 401 || status === 403 ? { "WWW-Authenticate": challenge } : {});
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()).text;
}

const notes = new Map();
const notesOf = (subject) => notes.get(subject) ?? notes.set(subject, []).get(subject);

const routes = {
  "GET /health": async (_, response) => answer(response, 200, "ok"),
  "GET /notes": async (request, response) => answer(response, 200, notesOf(await callerOf(request, "notes:read"))),
  "POST /notes": async (request, response) => {
    const mine = notesOf(await callerOf(request, "notes:write"));
    mine.push(await textOf(request));
    answer(response, 201, mine);
  },
};

createServer((request, response) => {
  const route = routes[`${request.method} ${request.url.split("?")[0]}`];
  if (!route) return answer(response, 404, { error: "not_found" });
  return route(request, response).catch((error) => refuse(response, error));
}).listen(Number(chosen.port), "127.0.0.1");
