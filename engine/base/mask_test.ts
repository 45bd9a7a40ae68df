import { equal, ok } from "node:assert/strict";
import { maskAddress, maskSecrets, maskYamlProblem } from "./mod.ts";

/** Checks one address alone and within a message. */
function bothWays(address: string, shown: string): void {
  equal(maskAddress(address), shown);
  equal(maskSecrets(`Get ${JSON.stringify(address)}: refused`), `Get ${JSON.stringify(shown)}: refused`);
  equal(maskSecrets(`cannot read ${address}: 404`), `cannot read ${shown}: 404`);
}

Deno.test("maskAddress() and maskSecrets() mask names and passwords", () => {
  bothWays("https://ann:pw@h.io/x", "https://ann:***@h.io/x");
  bothWays("oci://ann:pw@h.io:5000/charts", "oci://ann:***@h.io:5000/charts");
  bothWays("https://pw@h.io/x", "https://***@h.io/x");
  bothWays("https://pw:@h.io/x", "https://***:***@h.io/x");
  bothWays("https://pw:x-oauth-basic@h.io/x", "https://***:***@h.io/x");
  bothWays("https://ghp0123456789abcdefgh:pw@h.io/x", "https://***:***@h.io/x");
  bothWays("//ann:pw@h.io/x", "//ann:***@h.io/x");
  bothWays("http:/ann:pw@h.io/x", "http:/ann:***@h.io/x"); // joining paths removes one slash
  bothWays("ann:pw@h.io/x", "ann:***@h.io/x");
});

Deno.test("maskAddress() and maskSecrets() mask passwords that are not escaped", () => {
  bothWays("https://ann:p@w@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:p/w@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:p@w/x@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:p#w?x@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:p%zw@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:p w@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:p\"w'x@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:p\u0001w@h.io/x", "https://ann:***@h.io/x");
  bothWays("https://ann:pw@h.io:x/y", "https://ann:***@h.io:x/y");
  bothWays("ht!tp://ann:pw@h.io/y", "ht!tp://ann:***@h.io/y");
  equal(maskAddress("https://ann:p\nw@h.io/x"), "https://ann:***@h.io/x");
});

Deno.test("maskAddress() and maskSecrets() mask parameters that let a reader in", () => {
  bothWays("https://h.io/?token=pw&a=b", "https://h.io/?token=***&a=b");
  bothWays("https://h.io/?a=b&access_token=pw", "https://h.io/?a=b&access_token=***");
  bothWays("https://h.io/x?sv=1&SIG=p%2Fw", "https://h.io/x?sv=1&SIG=***");
  bothWays("https://h.io/?X-Amz-Signature=pw", "https://h.io/?X-Amz-Signature=***");
  bothWays("https://h.io/?X-Amz-Credential=pw&X-Amz-Date=1", "https://h.io/?X-Amz-Credential=***&X-Amz-Date=1");
  bothWays("https://h.io/?X-Goog-Signature=pw", "https://h.io/?X-Goog-Signature=***");
  bothWays("https://h.io/#id_token=pw", "https://h.io/#id_token=***");
  bothWays("https://h.io/?api_key=pw&api-key=pw&key=pw", "https://h.io/?api_key=***&api-key=***&key=***");
});

Deno.test("maskAddress() and maskSecrets() leave addresses without credentials", () => {
  for (
    const address of [
      "https://h.io/charts/a@b/c",
      "https://h.io:8443/a@b",
      "http://HOST:PORT/x",
      "http://[::1]:80/a@b",
      "oci://h:5000/a:1.0@sha256:00",
      "git@github.com:ann/charts.git",
      "ssh://git@h.io/ann/charts",
      "h.io:5000/a/b:1@sha256:00",
      "nginx:1.25@sha256:00",
      "https://h.io/?labelSelector=a%3Db&page=2",
      "file://../common@2",
      "stable/web",
      "@stable",
    ]
  ) bothWays(address, address);
});

Deno.test("maskSecrets() masks every address of a line", () => {
  equal(
    maskSecrets("see http://ann:a@h.io/, https://b@h.io (or http://cy:c d@h.io)."),
    "see http://ann:***@h.io/, https://***@h.io (or http://cy:***@h.io).",
  );
  equal(maskSecrets("http://ann:pw@a.io\nhttp://b.io\n"), "http://ann:***@a.io\nhttp://b.io\n");
});

Deno.test("maskSecrets() masks headers and tokens", () => {
  equal(maskSecrets("authorization: Bearer abcdef"), "authorization: ***");
  equal(maskSecrets('{"Authorization":"Basic YW5uOnB3"}'), '{"Authorization":"***"}');
  equal(maskSecrets("X-Auth-Token: pw1"), "X-Auth-Token: ***");
  equal(maskSecrets("Set-Cookie: a=pw; b=pw\nx"), "Set-Cookie: ***\nx");
  equal(maskSecrets("the token Bearer abc123def456 is bad"), "the token Bearer *** is bad");
  equal(maskSecrets("Basic YW5uOnB3aW5p was refused"), "Basic *** was refused");
  equal(maskSecrets("got eyJhbGciOiJ.eyJzdWIiOiJ.c2ln, which"), "got ***, which");
});

Deno.test("maskSecrets() masks values of flags and variables", () => {
  equal(maskSecrets("sh -c 'x --password pw --user ann'"), "sh -c 'x --password *** --user ann'");
  equal(maskSecrets('x --password="p w" y'), "x --password=*** y");
  equal(maskSecrets("--set db.password=pw,size=3"), "--set db.password=***,size=3");
  equal(maskSecrets("DB_PASSWORD=pw; API_KEY='p w'"), "DB_PASSWORD=***; API_KEY=***");
});

Deno.test("maskSecrets() masks what an old API server quotes of a Secret", () => {
  const of = (kind: string, near: string, far: string) =>
    `${kind} in version "v1" cannot be handled as a ${kind}: v1.${kind}.StringData: ReadString: expects " or n, but found 1, ` +
    `error found in #10 byte of ...|${near}|..., bigger context ...|${far}|...`;
  const [near, far] = ['assword":12345},"typ', '{"kind":"Secret","stringData":{"password":12345}}'];
  equal(maskSecrets(of("Secret", near, far)), of("Secret", "***", "***"));
  equal(
    maskSecrets("Secret: no, error found in #1 byte of ...|pw|..."),
    "Secret: no, error found in #1 byte of ...|***|...",
  );
  const other = of("Deployment", '"replicas":"1"', '{"kind":"Deployment"}');
  equal(maskSecrets(other), other);
});

Deno.test("maskSecrets() leaves sentences alone", () => {
  for (
    const text of [
      "give --username and --password.",
      "use --password to log in, or --token-file",
      "flag needs an argument: --password",
      "unknown flag: --token\nRun 'helm --help' for usage.",
      "basic authentication is needed, or a bearer token",
      'Error: release: "web.v1" not found',
      'authorization: cluster role "x" not found',
      'executing "a" at <.Values.password>: nil pointer evaluating interface {}.password',
      "ask ann@h.io, or mailto:bob@h.io",
      "x/templates/a.yaml:3:5",
      "a=b, c=d",
    ]
  ) equal(maskSecrets(text), text);
});

Deno.test("maskSecrets() leaves what it has masked", () => {
  const once = maskSecrets("http://ann:p w@h.io/?token=pw Authorization: Basic YW5uOnB3 --password pw a_token=pw");
  ok(!once.includes("pw") && !once.includes("YW5"));
  equal(maskSecrets(once), once);
});

Deno.test("maskSecrets() takes time in proportion to the text", () => {
  const pieces = [
    "A",
    "a:b,",
    "//",
    "//a:b ",
    "--",
    "eyJ",
    "token",
    "bearer ",
    "x-",
    "@",
    "&a.",
    "\\",
    "a:a@",
    "cookie ",
  ];
  const timeOf = (piece: string, count: number): number => {
    const text = `//h?${piece.repeat(count)}@=`;
    const start = performance.now();
    maskSecrets(text);
    return performance.now() - start;
  };
  // With a quadratic algorithm a hundred thousand pieces would take minutes.
  for (const piece of pieces) ok(timeOf(piece, 100_000) < 5000, piece);
});

Deno.test("maskYamlProblem() leaves out what a reader quotes of a document", () => {
  equal(maskYamlProblem("yaml: unknown anchor 'pw' referenced"), "yaml: unknown anchor '***' referenced");
  equal(maskYamlProblem("yaml: anchor 'pw' value contains itself"), "yaml: anchor '***' value contains itself");
  equal(maskYamlProblem("yaml: cannot decode !!str `pw` as a !!int"), "yaml: cannot decode !!str `***` as a !!int");
  equal(maskYamlProblem('yaml: invalid map key: map[interface {}]interface {}{"pw":1}'), "yaml: invalid map key: ***");
  const syntax = "yaml: line 1: did not find expected ',' or ']'";
  equal(maskYamlProblem(syntax), syntax);
});
