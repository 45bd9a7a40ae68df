import { deepEqual, equal, ok } from "node:assert/strict";
import { checkPrimeSync, createPublicKey, privateDecrypt, publicEncrypt, sign, verify } from "node:crypto";
import { Buffer } from "node:buffer";
import { generateRsaKey, randomPrime } from "./_rsa.ts";

Deno.test("randomPrime() finds primes of exactly the wanted length, the two highest bits set", () => {
  for (const bits of [256, 256, 256, 512, 1024]) {
    const prime = randomPrime(bits);
    equal(prime.toString(2).length, bits);
    equal(prime >> BigInt(bits - 2), 3n);
    ok(checkPrimeSync(prime), `${prime} is no prime`);
  }
});

Deno.test("generateRsaKey() makes keys that the runtime signs, verifies and decrypts with", () => {
  const message = new TextEncoder().encode("web");
  const seen = new Set<string>();
  for (let round = 0; round < 4; round++) {
    const key = generateRsaKey(2048);
    const publicKey = createPublicKey(key);
    deepEqual(publicKey.asymmetricKeyDetails?.modulusLength, 2048);
    deepEqual(publicKey.asymmetricKeyDetails?.publicExponent, 65537n);
    ok(verify("sha256", message, publicKey, sign("sha256", message, key)));
    equal(privateDecrypt(key, publicEncrypt(publicKey, Buffer.from("web"))).toString(), "web");
    seen.add(key.export({ type: "pkcs1", format: "pem" }).toString());
  }
  equal(seen.size, 4);
});

Deno.test("generateRsaKey() gives numbers that fit each other", () => {
  const jwk = generateRsaKey(2048).export({ format: "jwk" });
  const [n, d, p, q, dp, dq, qi] = [jwk.n, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((text) =>
    BigInt(`0x${Buffer.from(text ?? "", "base64url").toString("hex")}`)
  ) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  equal(n, p * q);
  equal(65537n * d % (p - 1n), 1n);
  equal(65537n * d % (q - 1n), 1n);
  equal(dp, d % (p - 1n));
  equal(dq, d % (q - 1n));
  equal(qi * q % p, 1n);
});
