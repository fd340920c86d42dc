// npm's oidc-provider: an authorization server of somebody else's, for our client, guard and back end for front ends.
//
//   node provider.mjs PORT "REDIRECT_URI …" PUBLIC_JWK
//
// Whoever signs in is believed: its own pages for development ask for any name.

import { Provider } from "oidc-provider";

const [port, redirectUris, signerJwk] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const NOTES = "https://notes.example";

const secret = { client_secret: "the secret of a test, thirty-two bytes or more" };
const web = {
  redirect_uris: redirectUris.split(" "),
  post_logout_redirect_uris: redirectUris.split(" ").map((uri) => new URL("/", uri).href),
  response_types: ["code"],
};

const provider = new Provider(issuer, {
  clients: [
    { client_id: "web", grant_types: ["authorization_code", "refresh_token"], ...secret, ...web },
    { client_id: "robot", grant_types: ["client_credentials"], redirect_uris: [], response_types: [], ...secret },
    {
      client_id: "signer",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      jwks: { keys: [JSON.parse(signerJwk)] },
    },
    {
      client_id: "tool",
      grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: "none",
    },
  ],
  scopes: ["openid", "offline_access", "notes:read"],
  // A short life, so that tests see a renewal.
  ttl: { AccessToken: 2, ClientCredentials: 60 },
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  pkce: { required: () => true },
  cookies: { keys: ["of a test"] },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: "notes:read", audience: NOTES, accessTokenFormat: "opaque" }),
    },
  },
});

provider.listen(Number(port), "127.0.0.1");
