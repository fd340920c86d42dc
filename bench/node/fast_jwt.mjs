// Verifies one token with fast-jwt, without its cache, as often as it is asked to, and says how long each time took.
//
// The first line it reads is {"token", "secret" (base64), "issuer", "audience"}; every further one is a number of calls,
// answered with as many times in nanoseconds. All that ours checks is asked for here, too.

import { createInterface } from 'node:readline'
import { createVerifier } from 'fast-jwt'

let verify
let token

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  if (typeof asked === 'number') {
    const times = []
    for (let call = 0; call < asked; call++) {
      const started = process.hrtime.bigint()
      verify(token)
      times.push(Number(process.hrtime.bigint() - started))
    }
    console.log(JSON.stringify(times))
  } else {
    token = asked.token
    verify = createVerifier({
      key: Buffer.from(asked.secret, 'base64'),
      algorithms: ['HS256'],
      allowedIss: asked.issuer,
      allowedAud: asked.audience,
      checkTyp: 'JWT',
      requiredClaims: ['exp'],
      cache: false
    })
    console.log(JSON.stringify(verify(token).sub))
  }
}
