#!/bin/sh
# Is this a good token for this service? With the command `jose` of Debian and curl, and nothing else.
#
#   echo "$TOKEN" | ./check-token.sh http://127.0.0.1:8000 http://127.0.0.1:8001 [SCOPE]
#
# Prints whose it is and ends with 0; otherwise it says why not, and ends with 1, or with 2 where the issuer cannot be
# asked. What it leaves out: whether the token was revoked within its lifetime. For that, ask the issuer's /introspect.
set -eu

issuer=$1 audience=$2 scope=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

refuse() { echo "refused: $1" >&2; exit 1; }
unavailable() { echo "unavailable: $1" >&2; exit 2; }
fetch() { curl --silent --show-error --fail --max-time 5 --max-filesize 1000000 --proto '=http,https' --url "$1" || unavailable "$1"; }
member() { jose fmt --json="$1" --get="$2" --unquote=- 2>/dev/null || jose fmt --json="$1" --get="$2" --output=- 2>/dev/null || true; }

tr -d '\n' > "$work/token"
cut -d. -f1 "$work/token" | tr -d '\n' | jose b64 dec -i- -O "$work/header" 2>/dev/null || refuse "no token"
cut -d. -f2 "$work/token" | tr -d '\n' | jose b64 dec -i- -O "$work/peek" 2>/dev/null || refuse "no token"

# Whose keys to ask for is ours to say, not the token's; which of them, it may.
fetch "$issuer/.well-known/oauth-authorization-server" > "$work/metadata"
[ "$(member "$work/metadata" issuer)" = "$issuer" ] || unavailable "the metadata is about another issuer"
fetch "$(member "$work/metadata" jwks_uri)" > "$work/keys"
kid=$(member "$work/header" kid)
index=0 key=
while jose fmt --json="$work/keys" --get=keys --get="$index" --output="$work/key" 2>/dev/null; do
  if [ "$(member "$work/key" kid)" = "$kid" ]; then key=$work/key; break; fi
  index=$((index + 1))
done
[ -n "$key" ] || refuse "no key of the issuer is called $kid"
# The key says what it is for, so that the token cannot choose.
[ "$(member "$key" alg)" = "$(member "$work/header" alg)" ] || refuse "another algorithm than the key's"
jose jws ver -i "$work/token" -k "$key" -O "$work/claims" 2>/dev/null || refuse "the signature is not the issuer's"

[ "$(member "$work/header" typ)" = "at+jwt" ] || refuse "no access token"
[ "$(member "$work/claims" iss)" = "$issuer" ] || refuse "another issuer"
[ "$(member "$work/claims" aud)" = "$audience" ] || refuse "for another service"
expires=$(member "$work/claims" exp)
[ "${expires%%.*}" -gt "$(date +%s)" ] || refuse "expired"
[ -z "$(member "$work/claims" cnf)" ] || refuse "bound to a key, which nobody has proven here"
if [ -n "$scope" ]; then
  case " $(member "$work/claims" scope) " in *" $scope "*) ;; *) refuse "without the scope $scope" ;; esac
fi
member "$work/claims" sub
