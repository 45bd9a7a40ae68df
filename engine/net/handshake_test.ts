import { equal, ok, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createECDH, randomBytes, sign } from "node:crypto";
import { createServer as createTcpServer, type Socket } from "node:net";
import {
  authority,
  CLIENT_USAGE,
  issue,
  type Issued,
  type IssueOptions,
  serverBy,
} from "../../tests/_lib/certificates.ts";
import { testServer } from "../../tests/_lib/tls_server.ts";
import { type HttpOptions, openHttp } from "./client.ts";
import { NetworkFault } from "./fault.ts";

const root = authority();
const PAST = { from: new Date("2020-01-01T00:00:00Z"), to: new Date("2021-01-01T00:00:00Z") };
const FUTURE = { from: new Date("2040-01-01T00:00:00Z"), to: new Date("2041-01-01T00:00:00Z") };
const HERE: IssueOptions = { commonName: "localhost", dns: ["localhost"], ips: ["127.0.0.1"] };

/** Returns the body of an answer, or the fault. */
async function outcome(url: string, options: HttpOptions): Promise<string | NetworkFault> {
  const client = openHttp({ variables: {}, ...options });
  try {
    const answer = await client.send({ method: "GET", url });
    let body = "";
    body = new TextDecoder().decode(await answer.body.bytes());
    return body;
  } catch (error) {
    if (error instanceof NetworkFault) return error;
    throw error;
  } finally {
    client.close();
  }
}

/** Returns the outcomes of requests to a server that presents `chain`: one by name, one by address. */
async function shown(
  chain: readonly Issued[],
  options: HttpOptions,
  host = "localhost",
): Promise<{ result: string | NetworkFault; asked: number }> {
  const [leaf] = chain;
  const server = await testServer({ cert: chain.map(({ cert }) => cert).join(""), key: leaf?.key ?? "" });
  try {
    return { result: await outcome(`https://${host}:${server.port}/`, options), asked: server.seen.length };
  } finally {
    await server.close();
  }
}

const OK = '{"ok":true}';

async function accepted(what: string, chain: readonly Issued[], options: HttpOptions, host?: string): Promise<void> {
  const { result } = await shown(chain, options, host);
  equal(result instanceof NetworkFault ? `${what}: ${result.message}` : result, OK);
}

async function refused(
  what: string,
  chain: readonly Issued[],
  options: HttpOptions,
  message: RegExp,
  hint: RegExp,
  host?: string,
): Promise<void> {
  const { result, asked } = await shown(chain, options, host);
  ok(result instanceof NetworkFault, `${what} was accepted`);
  equal(result.kind, "certificate", what);
  ok(message.test(result.message), `${what}: ${result.message}`);
  ok(hint.test(result.hint ?? ""), `${what}: ${result.hint}`);
  equal(asked, 0, `${what}: a request was sent`);
}

Deno.test("certificates that Go takes are taken: by an authority, over others, self-signed, named by CN alone", async () => {
  const ca = root.cert;
  await accepted("usual", [serverBy(root)], { ca });
  await accepted("usual, by address", [serverBy(root)], { ca }, "127.0.0.1");
  await accepted("RSA", [serverBy(root, { algorithm: "rsa" })], { ca });
  const between = issue({ commonName: "between", isAuthority: true, by: root });
  await accepted("over another", [serverBy(between), between], { ca });
  await accepted("over another, root sent too", [serverBy(between), between, root], { ca });
  await accepted("over another, which is trusted itself", [serverBy(between)], { ca: between.cert });
  await accepted("one of several authorities", [serverBy(root)], { ca: authority("other").cert + ca });
  await accepted("an unreadable authority beside it", [serverBy(root)], {
    ca: `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${ca}`,
  });
  const given = serverBy(root);
  await accepted("its own certificate before its authority", [given], { ca: given.cert + ca });
  await accepted("its own certificate after its authority", [given, root], { ca: ca + given.cert });
  const far = serverBy(between);
  await accepted("all of its chain", [far, between], { ca: far.cert + between.cert + ca });
  await accepted("its chain without the root", [far, between], { ca: far.cert + between.cert });
  await accepted("another server's certificate beside the authority", [given], { ca: far.cert + ca });
  await accepted("an expired authority beside it", [given], {
    ca: authority("expired", PAST).cert + ca,
  });
  for (const isAuthority of [true, false]) {
    const self = issue({ ...HERE, isAuthority });
    await accepted(`self-signed, CA:${isAuthority}`, [self], { ca: self.cert });
  }
  const bare = issue({ commonName: "localhost" });
  await accepted("self-signed, name in CN", [bare], { ca: bare.cert });
  await accepted("name in CN", [issue({ commonName: "localhost", by: root, isAuthority: false })], { ca });
  const isAuthority = serverBy(root, { isAuthority: true });
  await accepted("CA:TRUE that is given itself", [isAuthority], { ca: isAuthority.cert });
  const old = authority("old", { version: 1 });
  await accepted("an authority of version 1", [serverBy(old)], { ca: old.cert });
});

Deno.test("certificates that are wrong are refused before anything is sent, with what is wrong and what to do", async () => {
  const ca = root.cert;
  const unknown = /^x509: certificate signed by unknown authority$/;
  await refused("another authority", [serverBy(authority("else"))], { ca }, unknown, /signed by "else"\. Give/);
  await refused("another of the same name", [serverBy(authority())], { ca }, unknown, /signed by "test authority"/);
  await refused("self-signed", [issue(HERE)], { ca }, unknown, /signed itself/);
  await refused(
    "self-signed, CA:TRUE",
    [issue({ ...HERE, isAuthority: true })],
    { ca },
    /is an authority's/,
    /Give it itself/,
  );
  await refused(
    "expired",
    [serverBy(root, PAST)],
    { ca },
    /^x509: certificate has expired or is not yet valid: current time .* is after 2021-01-01T00:00:00Z$/,
    /expired: renew/,
  );
  await refused(
    "not yet",
    [serverBy(root, FUTURE)],
    { ca },
    /is not yet valid: current time .* is before 2040-01-01T00:00:00Z$/,
    /clocks/,
  );
  await refused(
    "for clients",
    [serverBy(root, { usages: [CLIENT_USAGE] })],
    { ca },
    /^x509: certificate specifies an incompatible key usage$/,
    /serverAuth/,
  );
  await refused("CA:TRUE", [serverBy(root, { isAuthority: true })], { ca }, /cannot be a server's$/, /CA:FALSE/);
  const expiredRoot = authority("expired", PAST);
  await refused(
    "expired authority",
    [serverBy(expiredRoot)],
    { ca: expiredRoot.cert },
    /has expired/,
    /"expired" has expired/,
  );
  const leaf = serverBy(root);
  await refused(
    "the leaf as authority",
    [leaf],
    { ca: leaf.cert },
    unknown,
    /server's own certificate, but "test authority" signed it/,
  );
  await refused("signed by a leaf", [serverBy(leaf), leaf], { ca }, /unknown authority/, /CA:TRUE|authority/);
  await refused(
    "signed by a leaf that is trusted",
    [serverBy(leaf)],
    { ca: leaf.cert },
    /parent certificate cannot sign/,
    /CA:TRUE/,
  );
  const late = issue({ commonName: "late", isAuthority: true, by: root, ...PAST });
  await refused("over an expired one", [serverBy(late), late], { ca }, /has expired/, /"late" has expired/);
});

Deno.test("certificates for other names are refused in Go's words", async () => {
  const ca = root.cert;
  const name = (message: RegExp, options: IssueOptions, host?: string, more: HttpOptions = {}): Promise<void> =>
    refused("names", [serverBy(root, options)], { ca, ...more }, message, /subjectAltName=(DNS|IP):/, host);
  const other = { dns: ["other.example.com", "b.example.com"], ips: [] };
  await name(/^x509: certificate is valid for other\.example\.com, b\.example\.com, not localhost$/, other);
  await name(
    /^x509: cannot validate certificate for 127\.0\.0\.1 because it doesn't contain any IP SANs$/,
    other,
    "127.0.0.1",
  );
  await name(/^x509: certificate is valid for 10\.0\.0\.1, not 127\.0\.0\.1$/, { ips: ["10.0.0.1"] }, "127.0.0.1");
  await name(/^x509: certificate is not valid for any names, but wanted to match localhost$/, {
    dns: [],
    commonName: "localhost",
  });
  await name(/^x509: certificate is valid for server, not localhost$/, { dns: [], ips: [] });
  await name(/^x509: certificate is valid for \*\.localhost, not localhost$/, { dns: ["*.localhost"], ips: [] });
  await name(/, not outside\.example\.com$/, {}, "localhost", { serverName: "outside.example.com" });
  await accepted("serverName", [serverBy(root)], { ca, serverName: "inside.example.com" });
  await accepted("serverName that is an address", [serverBy(root)], { ca, serverName: "127.0.0.1" });
  await accepted("insecure", [serverBy(authority("else"), other)], { insecure: true });
});

Deno.test("certificates of X.509 version 1 are refused: the runtime's TLS checks no signature of theirs", async () => {
  const ca = root.cert;
  const words = /^x509: certificate ".*" is of X\.509 version 1: make one of version 3, with subjectAltName$/;
  const how = /subjectAltName=DNS:NAME/;
  await refused("by the authority", [issue({ commonName: "localhost", version: 1, by: root })], { ca }, words, how);
  const self = issue({ commonName: "localhost", version: 1 });
  await refused("self-signed", [self], { ca: self.cert }, words, how);
  // A man in the middle can write the authority's name into a certificate. node:tls alone accepts both of these.
  const forger = authority();
  await refused("forged", [issue({ commonName: "localhost", version: 1, by: forger })], { ca }, words, how);
  const between = issue({ commonName: "between", version: 1, by: forger });
  await refused("forged in between", [serverBy(between), between], { ca }, words, how);
});

Deno.test("a certificate authority that is given is the only one: not the system's, not the runtime's", async () => {
  const other = authority("public");
  const chain = [serverBy(other)];
  const file = await Deno.makeTempFile({ suffix: ".pem" });
  try {
    await Deno.writeTextFile(file, other.cert);
    for (const name of ["DENO_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) {
      const variables = { [name]: file };
      await accepted(name, chain, { variables });
      await refused(name, chain, { variables, ca: root.cert }, /unknown authority/, /"public"/);
    }
    await refused("none", chain, {}, /unknown authority/, /"public"/);
  } finally {
    await Deno.remove(file);
  }
});

/** Starts a server that calls `act` with each connection. */
async function bare(act: (socket: Socket) => void): Promise<{ port: number; close: () => void }> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as { port: number }).port, close: () => void server.close() };
}

async function faultAt(
  port: number,
  scheme = "https",
  options: HttpOptions = { ca: root.cert },
): Promise<NetworkFault> {
  const result = await outcome(`${scheme}://localhost:${port}/`, options);
  ok(result instanceof NetworkFault);
  return result;
}

Deno.test("what is no TLS, too old, or silent is named", async () => {
  const plain = await testServer(undefined);
  const notTls = await faultAt(plain.port);
  equal(notTls.message, "http: server gave HTTP response to HTTPS client");
  ok(notTls.hint?.includes("http://"));
  await plain.close();

  // An alert of TLS 1.0: protocol version.
  const old = await bare((socket) => socket.once("data", () => socket.end(new Uint8Array([21, 3, 1, 0, 2, 2, 70]))));
  const tooOld = await faultAt(old.port);
  equal(tooOld.message, "remote error: tls: protocol version not supported");
  ok(tooOld.hint?.includes("TLS 1.2"));
  old.close();

  const closing = await bare((socket) => socket.destroy());
  equal((await faultAt(closing.port)).message, "EOF");
  equal((await faultAt(closing.port, "http")).kind, "cut");
  closing.close();

  const talking = await bare((socket) => void socket.end("SSH-2.0-OpenSSH_9\r\n"));
  equal((await faultAt(talking.port, "http")).kind, "answer");
  talking.close();
  equal((await faultAt(talking.port)).message, `dial tcp localhost:${talking.port}: connect: connection refused`);
  const nowhere = await outcome("https://no-such-host.invalid/", { ca: root.cert });
  ok(nowhere instanceof NetworkFault);
  equal(nowhere.message, "dial tcp: lookup no-such-host.invalid: no such host");
});

Deno.test("a server that wants a client certificate gets ours, and what it says of it is passed on", async () => {
  const server = await testServer({ ...serverBy(root), ca: root.cert, requestCert: true, rejectUnauthorized: true });
  const client = (by: Issued, more: IssueOptions = {}): Issued =>
    issue({ commonName: "me", by, isAuthority: false, usages: [CLIENT_USAGE], ...more });
  const get = (own?: Issued, key = own?.key): Promise<string | NetworkFault> =>
    outcome(`https://localhost:${server.port}/`, { ca: root.cert, certificate: own?.cert, key });
  try {
    equal(await get(client(root)), OK);
    const none = await get();
    ok(none instanceof NetworkFault);
    equal(none.message, "remote error: tls: bad certificate");
    equal(none.kind, "client-certificate");
    const mixed = await get(client(root), client(root).key);
    ok(mixed instanceof NetworkFault);
    equal(mixed.message, "tls: private key does not match public key");
    ok(await get(client(authority("else"))) instanceof NetworkFault);
  } finally {
    await server.close();
  }
});

Deno.test("openHttp() refuses an authority that holds no certificate", () => {
  for (const ca of ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]) {
    throws(() => openHttp({ ca }), { kind: "certificate" });
  }
});

/** Offset of the client's random bytes in a ClientHello that arrives in one record. */
const RANDOM_AT = 5 + 4 + 2;

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

const sized = (bytes: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([uint(content.length, bytes), content]);
};

/**
 * Plays the first messages of a TLS 1.2 server: its certificate, and the key of this
 * connection, signed by `signer`. Returns the record type of the client's reply:
 * 22 continues the handshake, 21 is an alert.
 */
async function firstReply(cert: string, signer: string, options: HttpOptions): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const message = (type: number, ...parts: Uint8Array[]): Buffer => Buffer.concat([uint(type, 1), sized(3, ...parts)]);
  const server = await bare((socket) => {
    socket.once("data", (hello: Buffer) => {
      const [theirs, ours] = [hello.subarray(RANDOM_AT, RANDOM_AT + 32), randomBytes(32)];
      const point = createECDH("prime256v1").generateKeys();
      const params = Buffer.concat([Buffer.from([3, 0, 23]), sized(1, point)]);
      const signature = sign("sha256", Buffer.concat([theirs, ours, params]), signer);
      const der = Buffer.from(cert.replace(/-----[^-]+-----|\s+/g, ""), "base64");
      const flight = Buffer.concat([
        // TLS 1.2, no session, ECDHE-ECDSA-AES128-GCM-SHA256, no compression, extended master secret.
        message(2, Buffer.from([3, 3]), ours, Buffer.from([0, 0xc0, 0x2b, 0]), sized(2, Buffer.from([0, 23, 0, 0]))),
        message(11, sized(3, sized(3, der))),
        message(12, params, Buffer.from([4, 3]), sized(2, signature)),
        message(14),
      ]);
      socket.once("data", (reply: Buffer) => {
        resolve(reply[0]);
        socket.destroy();
      });
      socket.once("close", () => resolve(undefined));
      socket.write(Buffer.concat([Buffer.from([22, 3, 3]), sized(2, flight)]));
    });
  });
  const ended = outcome(`https://localhost:${server.port}/`, options);
  const type = await promise;
  ok(await ended instanceof NetworkFault);
  server.close();
  return type;
}

Deno.test("a server that shows a trusted certificate and lacks its key is refused, a self-signed one too", async () => {
  const self = issue({ ...HERE, isAuthority: true });
  for (const [leaf, ca] of [[serverBy(root), root.cert], [self, self.cert]] as const) {
    equal(await firstReply(leaf.cert, leaf.key, { ca }), 22);
    equal(await firstReply(leaf.cert, issue().key, { ca }), 21);
  }
});
