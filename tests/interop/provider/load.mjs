// npm's oidc-provider as it is measured: in memory, JWT access tokens signed with ES256, nothing else switched on.
//
//   node load.mjs PORT [jwt|opaque]

import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'

const [port, format = 'jwt'] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const AUDIENCE = 'https://notes.example'
const keys = [['ec', { namedCurve: 'P-256' }, 'ES256'], ['rsa', { modulusLength: 2048 }, 'RS256']].map(
  ([type, options, alg]) => ({
    ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg
  })
)

const provider = new Provider(issuer, {
  jwks: { keys },
  clients: [
    {
      client_id: 'robot',
      client_secret: 'the secret of a test, thirty-two bytes or more',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post'
    }
  ],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'notes:read', audience: AUDIENCE, accessTokenFormat: format, accessTokenTTL: 900, jwt: { sign: { alg: 'ES256' } }
      })
    }
  }
})

provider.listen(Number(port), '127.0.0.1')
