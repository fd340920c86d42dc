// Standard clients of other people, unmodified, at our server. One line of JSON in, one out:
// {"do": "begin", "with": "openid-client", "issuer": …, …} → {"done": {…}} or {"failed": "…"}.
import { createInterface } from 'node:readline'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'

const insecure = { [oauth.allowInsecureRequests]: true }
const begun = {}

const withOpenidClient = {
  async begin ({ issuer, id, secret, key, redirectUri, scope, resource, par, signed, dpop }) {
    const signingKey = key && await crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
    const auth = key && openid.PrivateKeyJwt({ key: signingKey, kid: key.kid })
    const config = await openid.discovery(new URL(issuer), id, key ? undefined : secret, auth, {
      execute: [openid.allowInsecureRequests]
    })
    const DPoP = dpop ? openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256')) : undefined
    const verifier = openid.randomPKCECodeVerifier()
    const parameters = {
      redirect_uri: redirectUri,
      scope,
      ...(resource && { resource }),
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256'
    }
    Object.assign(begun, { config, verifier, parameters, DPoP })
    if (signed) return (await openid.buildAuthorizationUrlWithJAR(config, parameters, { key: signingKey, kid: key.kid })).href
    const url = par
      ? await openid.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
      : openid.buildAuthorizationUrl(config, parameters)
    return url.href
  },
  async finish ({ url, resource }) {
    const { config, verifier, parameters, DPoP } = begun
    const tokens = await openid.authorizationCodeGrant(
      config,
      new URL(url),
      { pkceCodeVerifier: verifier, expectedState: parameters.state, expectedNonce: parameters.nonce, idTokenExpected: true },
      resource && { resource },
      { DPoP }
    )
    const claims = tokens.claims()
    const info = await openid.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP })
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
    const active = await openid.tokenIntrospection(config, refreshed.access_token)
    await openid.tokenRevocation(config, refreshed.refresh_token)
    const after = await openid.tokenIntrospection(config, refreshed.access_token)
    const bye = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token })
    const rotated = refreshed.refresh_token !== tokens.refresh_token
    return { claims, info, rotated, scope: tokens.scope, active: active.active, after: after.active, bye: bye.href }
  },
  async credentials ({ issuer, id, secret, resource }) {
    const config = await openid.discovery(new URL(issuer), id, secret, openid.ClientSecretBasic(secret), {
      execute: [openid.allowInsecureRequests]
    })
    return await openid.clientCredentialsGrant(config, { resource })
  }
}

const withOauth4webapi = {
  async begin ({ issuer, id, secret, redirectUri, scope, dpop }) {
    const server = await oauth.processDiscoveryResponse(
      new URL(issuer),
      await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure })
    )
    const client = { client_id: id }
    const auth = secret ? oauth.ClientSecretBasic(secret) : oauth.None()
    const proof = dpop ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const nonce = oauth.generateRandomNonce()
    const url = new URL(server.authorization_endpoint)
    const parameters = {
      client_id: id,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256'
    }
    if (proof) parameters.dpop_jkt = await proof.calculateThumbprint()
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    Object.assign(begun, { server, client, auth, proof, verifier, state, nonce, redirectUri })
    return url.href
  },
  async finish ({ url }) {
    const { server, client, auth, proof, verifier, state, nonce, redirectUri } = begun
    const parameters = oauth.validateAuthResponse(server, client, new URL(url), state)
    const options = { DPoP: proof, ...insecure }
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, auth, parameters, redirectUri, verifier, options),
      { expectedNonce: nonce, requireIdToken: true }
    )
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    const info = await oauth.processUserInfoResponse(
      server,
      client,
      claims.sub,
      await oauth.userInfoRequest(server, client, tokens.access_token, options)
    )
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token, options)
    )
    return { claims, info, scope: tokens.scope, type: refreshed.token_type }
  }
}

const clients = { 'openid-client': withOpenidClient, oauth4webapi: withOauth4webapi }

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  try {
    const done = await clients[question.with][question.do](question)
    console.log(JSON.stringify({ done }))
  } catch (error) {
    const cause = error.cause === undefined ? '' : ` ${JSON.stringify(error.cause)}`
    console.log(JSON.stringify({ failed: `${error.name}: ${error.message}${cause}` }))
  }
}
