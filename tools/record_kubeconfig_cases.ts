/**
 * Records how `@kubernetes/client-node` reads kubeconfigs, for
 * `testdata/kubeconfig/cases.json`: the server's address, the trusted
 * authorities, and the user's credentials.
 *
 *     deno run -A --no-config --node-modules-dir=none tools/record_kubeconfig_cases.ts > testdata/kubeconfig/cases.json
 *
 * @module
 */

/** The used parts of the library. */
interface Library {
  readonly KubeConfig: new () => {
    loadFromDefault(): void;
    setCurrentContext(name: string): void;
    getCurrentContext(): string;
    getContextObject(name: string): { namespace?: string } | null;
    getCurrentCluster(): { server: string; skipTLSVerify?: boolean; tlsServerName?: string; proxyUrl?: string } | null;
    applyToHTTPSOptions(options: Record<string, unknown>): Promise<void>;
  };
}

/** The library; it is fetched only when cases are recorded, so tests do not need it. */
const library = "npm:@kubernetes/client-node@2.0.1";

/** One kubeconfig, or several. */
interface Given {
  readonly name: string;
  /** Contents by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Paths in the order of KUBECONFIG. */
  readonly kubeconfig: readonly string[];
  readonly context?: string;
}

const PEM = (word: string): string => `-----BEGIN CERTIFICATE-----\n${btoa(word)}\n-----END CERTIFICATE-----\n`;

/** Returns a kubeconfig with one context; settings are in YAML's flow style. */
function one(cluster: string, user: string, more = ""): string {
  return `apiVersion: v1\nkind: Config\ncurrent-context: c\n` +
    `clusters: [{name: k, cluster: {server: "https://example.com:6443"${cluster}}}]\n` +
    `users: [{name: u, user: {${user}}}]\ncontexts: [{name: c, context: {cluster: k, user: u${more}}}]\n`;
}

const alone = (name: string, text: string, files: Readonly<Record<string, string>> = {}): Given => ({
  name,
  files: { config: text, ...files },
  kubeconfig: ["config"],
});

const TOKEN = `e30.${btoa(JSON.stringify({ exp: 4102444800 })).replaceAll("=", "")}.x`;
const EXEC = `exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, interactiveMode: Never, args: ['` +
  '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"from-exec"}}' + `']}`;

/**
 * In two cases skeg follows kubectl instead of the library: the library refuses the same name in two files, and prefers
 * an authority's file to its data. `engine/kube/kubeconfig_test.ts` has the tests.
 */
const CASES: readonly Given[] = [
  alone("a token", one("", "token: abc")),
  alone("a token and a namespace", one("", "token: abc", ", namespace: shop")),
  alone("a slash at the server's end", one("", "token: abc").replace(":6443", ":6443/")),
  alone("a path of the server", one("", "token: abc").replace(":6443", ":6443/k8s/clusters/x")),
  alone("a password", one("", 'username: jane, password: "p:w"')),
  alone("nobody in particular", one("", "")),
  alone("an authority in the file", one(`, certificate-authority-data: ${btoa(PEM("ca"))}`, "token: abc")),
  alone("an authority beside the file", one(", certificate-authority: pki/ca.crt", "token: abc"), {
    "pki/ca.crt": PEM("ca"),
  }),
  alone("no authority is asked for", one(", insecure-skip-tls-verify: true", "token: abc")),
  alone("another server name", one(", tls-server-name: inside.example.com", "token: abc")),
  alone("a proxy", one(", proxy-url: 'http://127.0.0.1:3128'", "token: abc")),
  alone(
    "a client certificate in the file",
    one("", `client-certificate-data: ${btoa(PEM("cert"))}, client-key-data: ${btoa(PEM("key"))}`),
  ),
  alone("a client certificate beside the file", one("", "client-certificate: pki/me.crt, client-key: pki/me.key"), {
    "pki/me.crt": PEM("cert"),
    "pki/me.key": PEM("key"),
  }),
  alone("a program", one("", EXEC)),
  alone("a token and a program", one("", `token: abc, ${EXEC}`)),
  alone(
    "an identity provider",
    one("", `auth-provider: {name: oidc, config: {id-token: ${TOKEN}, client-id: x, idp-issuer-url: "https://x"}}`),
  ),
  alone(
    "a provider with a token",
    one("", 'auth-provider: {name: gcp, config: {access-token: abc, expiry: "2100-01-01T00:00:00Z"}}'),
  ),
  {
    name: "a context in one file, its cluster and user in another",
    files: {
      a: "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n",
      "sub/b":
        "apiVersion: v1\nkind: Config\nclusters: [{name: k, cluster: {server: 'https://b', certificate-authority: ca.crt}}]\n" +
        "users: [{name: u, user: {token: b}}]\n",
      "sub/ca.crt": PEM("ca of b"),
    },
    kubeconfig: ["a", "sub/b"],
  },
  {
    name: "another context than the current one",
    files: {
      a: one("", "token: abc").replace(
        "contexts: [",
        "contexts: [{name: other, context: {cluster: k, user: u, namespace: shop}}, ",
      ),
    },
    kubeconfig: ["a"],
    context: "other",
  },
];

async function record({ KubeConfig }: Library, given: Given): Promise<unknown> {
  const folder = await Deno.makeTempDir();
  for (const [path, content] of Object.entries(given.files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, content);
  }
  Deno.env.set("KUBECONFIG", given.kubeconfig.map((path) => `${folder}/${path}`).join(":"));
  const config = new KubeConfig();
  config.loadFromDefault();
  if (given.context !== undefined) config.setCurrentContext(given.context);
  const cluster = config.getCurrentCluster();
  const options: Record<string, unknown> = { headers: {} };
  await config.applyToHTTPSOptions(options);
  await Deno.remove(folder, { recursive: true });
  const text = (value: unknown): string | null =>
    value === undefined || value === null
      ? null
      : typeof value === "string"
      ? value
      : new TextDecoder().decode(value as Uint8Array);
  const headers = options.headers as Record<string, string>;
  const auth = typeof options.auth === "string" ? `Basic ${btoa(options.auth)}` : null;
  return {
    ...given,
    answer: {
      server: cluster?.server,
      ca: text(options.ca),
      certificate: text(options.cert),
      key: text(options.key),
      insecure: options.rejectUnauthorized === false,
      serverName: cluster?.tlsServerName ?? null,
      proxyUrl: cluster?.proxyUrl ?? null,
      authorization: headers.Authorization ?? auth,
      namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? null,
    },
  };
}

const loaded: Library = await import(library);
const cases: unknown[] = [];
for (const given of CASES) {
  try {
    cases.push(await record(loaded, given));
  } catch (error) {
    // A kubeconfig that the library cannot read is not recorded, only reported.
    await Deno.stderr.write(new TextEncoder().encode(`${given.name}: ${(error as Error).message}\n`));
  }
}
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(cases, undefined, 1)}\n`));
Deno.exit();
