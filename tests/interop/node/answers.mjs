// Does with npm's `jose` what the tests ask for: one JSON object per line in, one per line out, in order.
//
// {"do": <operation>, ...} is answered with {"done": <result>}, {"refused": <jose's code>} where jose refused, or
// {"failed": <text>} where this program or the request is wrong. Bytes travel as base64url.
import { createInterface } from 'node:readline'
import { webcrypto } from 'node:crypto'

// Node.js 18 has it, and not yet as a global.
globalThis.crypto ??= webcrypto
const jose = await import('jose')

const { decode, encode } = jose.base64url

// How a key is spelled, in both directions.
const readKey = {
  jwk: ({ text, alg }) => jose.importJWK(JSON.parse(text), alg, { extractable: true }),
  spki: ({ text, alg }) => jose.importSPKI(text, alg, { extractable: true }),
  pkcs8: ({ text, alg }) => jose.importPKCS8(text, alg, { extractable: true }),
  password: ({ text }) => new TextEncoder().encode(text),
  x509: ({ text, alg }) => jose.importX509(text, alg, { extractable: true }),
}
const writeKey = {
  jwk: async (key, alg) => JSON.stringify({ ...(await jose.exportJWK(key)), alg }),
  spki: (key) => jose.exportSPKI(key),
  pkcs8: (key) => jose.exportPKCS8(key),
}
const key = (spelled) => readKey[spelled.form](spelled)

const sign = {
  async compact({ payload, signers: [{ key: spelled, header }] }) {
    return new jose.CompactSign(decode(payload)).setProtectedHeader(header).sign(await key(spelled))
  },
  async jwt({ payload, signers: [{ key: spelled, header }] }) {
    const claims = JSON.parse(new TextDecoder().decode(decode(payload)))
    return new jose.SignJWT(claims).setProtectedHeader(header).sign(await key(spelled))
  },
  async flattened({ payload, signers: [{ key: spelled, header, unprotected }] }) {
    const signing = new jose.FlattenedSign(decode(payload)).setProtectedHeader(header)
    if (unprotected) signing.setUnprotectedHeader(unprotected)
    return signing.sign(await key(spelled))
  },
  async general({ payload, signers }) {
    const signing = new jose.GeneralSign(decode(payload))
    for (const { key: spelled, header, unprotected } of signers) {
      const signature = signing.addSignature(await key(spelled)).setProtectedHeader(header)
      if (unprotected) signature.setUnprotectedHeader(unprotected)
    }
    return signing.sign()
  },
}

const verify = {
  compact: async ({ token, key: spelled }) => jose.compactVerify(token, await key(spelled)),
  flattened: async ({ token, key: spelled }) => jose.flattenedVerify(token, await key(spelled)),
  general: async ({ token, key: spelled }) => jose.generalVerify(token, await key(spelled)),
  async jwt({ token, key: spelled }) {
    const { payload, protectedHeader } = await jose.jwtVerify(token, await key(spelled))
    return { payload: new TextEncoder().encode(JSON.stringify(payload)), protectedHeader }
  },
  async keySet({ token, jwks }) {
    return jose.compactVerify(token, jose.createLocalJWKSet(jwks))
  },
}

const encrypt = {
  async compact({ plaintext, header, key: spelled }) {
    return new jose.CompactEncrypt(decode(plaintext)).setProtectedHeader(header).encrypt(await key(spelled))
  },
  async flattened({ plaintext, header, key: spelled, unprotected, aad }) {
    const encrypting = new jose.FlattenedEncrypt(decode(plaintext)).setProtectedHeader(header)
    if (unprotected) encrypting.setSharedUnprotectedHeader(unprotected)
    if (aad) encrypting.setAdditionalAuthenticatedData(decode(aad))
    return encrypting.encrypt(await key(spelled))
  },
  async general({ plaintext, header, recipients }) {
    const encrypting = new jose.GeneralEncrypt(decode(plaintext)).setProtectedHeader(header)
    for (const { key: spelled, header: own } of recipients) {
      encrypting.addRecipient(await key(spelled)).setUnprotectedHeader(own)
    }
    return encrypting.encrypt()
  },
}

const decrypt = {
  compact: jose.compactDecrypt,
  flattened: jose.flattenedDecrypt,
  general: jose.generalDecrypt,
}

const operations = {
  encrypt: (request) => encrypt[request.form](request),
  async decrypt({ form, token, key: spelled }) {
    // A password's algorithm counts only where it is named.
    const options = { keyManagementAlgorithms: [spelled.alg] }
    const { plaintext, protectedHeader } = await decrypt[form](token, await key(spelled), options)
    return { plaintext: encode(plaintext), header: protectedHeader }
  },
  sign: (request) => sign[request.form](request),
  async verify(request) {
    const { payload, protectedHeader } = await verify[request.form](request)
    return { payload: encode(payload), header: protectedHeader }
  },
  async computes({ alg }) {
    return jose.generateKeyPair(alg).then(
      () => true,
      () => false,
    )
  },
  async generate({ alg }) {
    const options = { extractable: true }
    if (alg.startsWith('HS')) return { jwk: await writeKey.jwk(await jose.generateSecret(alg, options), alg) }
    const { privateKey, publicKey } = await jose.generateKeyPair(alg, options)
    return {
      jwk: await writeKey.jwk(privateKey, alg),
      pkcs8: await writeKey.pkcs8(privateKey),
      spki: await writeKey.spki(publicKey),
    }
  },
  async respell({ key: spelled, form }) {
    return writeKey[form](await key(spelled), spelled.alg)
  },
  async thumbprint({ jwk }) {
    return { text: await jose.calculateJwkThumbprint(jwk), uri: await jose.calculateJwkThumbprintUri(jwk) }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  let answer
  try {
    answer = { done: await operations[request.do](request) }
  } catch (error) {
    answer = error instanceof jose.errors.JOSEError ? { refused: error.code } : { failed: String(error?.stack) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
