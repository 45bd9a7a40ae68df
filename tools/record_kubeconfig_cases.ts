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
    readonly clusters: unknown;
    readonly users: unknown;
    readonly contexts: unknown;
    readonly currentContext: string;
    loadFromDefault(): void;
    loadFromFile(path: string): void;
    loadFromCluster(pathPrefix: string): void;
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
  /** The account of a pod: its folder is `files`' root, and KUBECONFIG is not set. */
  readonly pod?: { readonly host: string; readonly port: string };
  /** Where skeg follows kubectl instead of the library: what it answers, and why. */
  readonly ours?: Readonly<Record<string, unknown>>;
  readonly why?: string;
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

/** `user` of `one`, with several texts that YAML reads in ways of its own. */
const ODD_TEXTS: readonly [string, string][] = [
  ["a token in quotes", 'token: "abc"'],
  ["a token in single quotes", "token: 'abc'"],
  ["a token with a colon", "token: 'kubeconfig-u-abc:def'"],
  ["a token that looks like base64", "token: dG9rZW4="],
  ["a long token", `token: ${TOKEN}`],
  ["a password with blanks and an umlaut", 'username: jane, password: "p w ü"'],
  ["a password with a hash", "username: jane, password: 'p#w'"],
  ["a name with an at sign", "username: jane@example.com, password: x"],
  ["an empty token", 'token: ""'],
  ["an empty password", 'username: jane, password: ""'],
];

/** `cluster` of `one`: addresses of servers. */
const SERVERS: readonly string[] = [
  "https://10.0.0.1:6443",
  "https://[::1]:6443",
  "https://[fd00::1]",
  "http://localhost:8080",
  "https://example.com",
  "https://example.com/",
  "https://example.com/k8s/clusters/c-1/",
  "https://EXAMPLE.com:443",
  "https://user-1.example.com:8443/api",
];

const PROXIES: readonly string[] = [
  "http://proxy.example.com:3128",
  "https://proxy.example.com",
  "socks5://127.0.0.1:1080",
  "http://name:word@127.0.0.1:3128",
];

/** Returns a program of a user whose answer is `status`. */
function program(status: Readonly<Record<string, string>>, more = "", version = "v1"): string {
  const apiVersion = `client.authentication.k8s.io/${version}`;
  const answer = JSON.stringify({ kind: "ExecCredential", apiVersion, status });
  return `exec: {apiVersion: ${apiVersion}, command: echo, interactiveMode: Never, args: ['${answer}']${more}}`;
}

/** The files of a pod's account, in the folder that every pod has. */
const POD_FOLDER = "var/run/secrets/kubernetes.io/serviceaccount";
const POD: Readonly<Record<string, string>> = {
  [`${POD_FOLDER}/token`]: "pod-token",
  [`${POD_FOLDER}/ca.crt`]: PEM("ca of the pod"),
  [`${POD_FOLDER}/namespace`]: "in-pod",
};

const NAMES = ["a", "b"].map((name) => `{name: ${name}, context: {cluster: k, user: u, namespace: in-${name}}}`);

/** In several files the first entry of a name counts, as in kubectl. */
function several(name: string, files: Readonly<Record<string, string>>, more: Partial<Given> = {}): Given {
  const kubeconfig = Object.keys(files).filter((path) => !/\.(?:crt|key)$/.test(path));
  return { name, files, kubeconfig, ...more };
}

const CLUSTERS = (server: string, more = ""): string =>
  `apiVersion: v1\nkind: Config\nclusters: [{name: k, cluster: {server: '${server}'${more}}}]\n`;
const USERS = (user: string): string => `apiVersion: v1\nkind: Config\nusers: [{name: u, user: {${user}}}]\n`;
const CONTEXTS = (current: string): string =>
  `apiVersion: v1\nkind: Config\n${current === "" ? "" : `current-context: ${current}\n`}contexts: [${NAMES}]\n`;

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
  ...ODD_TEXTS.map(([name, user]) => alone(name, one("", user))),
  ...SERVERS.map((server) =>
    alone(`server ${server}`, one("", "token: abc").replace("https://example.com:6443", server))
  ),
  ...PROXIES.map((proxy) => alone(`proxy ${proxy}`, one(`, proxy-url: '${proxy}'`, "token: abc"))),
  alone(
    "an authority without verification of names",
    one(`, certificate-authority-data: ${btoa(PEM("ca"))}, tls-server-name: kubernetes`, "token: abc"),
  ),
  alone(
    "an authority of two certificates",
    one(`, certificate-authority-data: ${btoa(PEM("one") + PEM("two"))}`, "token: abc"),
  ),
  alone("an authority's file above the folder", one(", certificate-authority: ../ca.crt", "token: abc"), {
    "../ca.crt": PEM("above"),
  }),
  alone(
    "a certificate and a token",
    one("", `client-certificate-data: ${btoa(PEM("cert"))}, client-key-data: ${btoa(PEM("key"))}, token: abc`),
  ),
  alone(
    "a certificate in the file, its key beside it",
    one("", `client-certificate-data: ${btoa(PEM("cert"))}, client-key: me.key`),
    {
      "me.key": PEM("key"),
    },
  ),
  alone(
    "a certificate beside the file, its key in it",
    one("", `client-certificate: me.crt, client-key-data: ${btoa(PEM("key"))}`),
    {
      "me.crt": PEM("cert"),
    },
  ),
  alone("impersonation", one("", "token: abc, as: jane")),
  alone(
    "impersonation by a certificate",
    one("", `client-certificate-data: ${btoa(PEM("cert"))}, client-key-data: ${btoa(PEM("key"))}, as: "system:admin"`),
  ),
  alone("a token and a password", one("", "token: abc, username: jane, password: x")),
  alone("a program with variables", one("", program({ token: "from-exec" }, ", env: [{name: A, value: b}]"))),
  alone("a program of the beta version", one("", program({ token: "from-exec" }, "", "v1beta1"))),
  alone(
    "a program that answers with an expiry",
    one("", program({ token: "short", expirationTimestamp: "2100-01-01T00:00:00Z" })),
  ),
  alone(
    "a program that answers with a certificate",
    one("", program({ clientCertificateData: "cert", clientKeyData: "key" })),
  ),
  alone(
    "a program without arguments",
    one("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./answer, interactiveMode: Never}"),
    {
      "answer":
        `#!/bin/sh\necho '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"beside"}}'\n`,
    },
  ),
  alone(
    "a namespace and a client certificate",
    one("", `client-certificate-data: ${btoa(PEM("cert"))}, client-key-data: ${btoa(PEM("key"))}`, ", namespace: shop"),
  ),
  alone("a provider without settings that expire", one("", "auth-provider: {name: gcp, config: {access-token: abc}}")),
  alone(
    "azure with a token that is valid",
    one("", `auth-provider: {name: azure, config: {access-token: abc, expires-on: "4102444800"}}`),
  ),
  alone(
    "JSON instead of YAML",
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      clusters: [{ name: "k", cluster: { server: "https://json.example.com" } }],
      users: [{ name: "u", user: { token: "abc" } }],
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    }),
  ),
  alone(
    "anchors of YAML",
    "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: k, cluster: {server: 'https://e.example'}}]\n" +
      "users:\n- &u {name: u, user: {token: abc}}\n- {name: v, user: {token: def}}\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n",
  ),
  alone(
    "fields that no program knows",
    one(", extensions: [{name: x, extension: {a: 1}}]", "token: abc") + "preferences: {colors: true}\n",
  ),
  alone("a user that is not named", one("", "token: abc").replace(", user: u}", "}")),
  several("clusters, users and contexts in three files", {
    a: CONTEXTS("a"),
    b: CLUSTERS("https://b"),
    c: USERS("token: c"),
  }),
  several("a current context in the last file only", {
    a: CLUSTERS("https://b"),
    b: USERS("token: c"),
    c: CONTEXTS("b"),
  }),
  several("files in other folders, each with its authority", {
    "x/a": CONTEXTS("a"),
    "y/b": CLUSTERS("https://b", ", certificate-authority: ca.crt"),
    "y/ca.crt": PEM("ca of y"),
    "z/c": USERS("client-certificate: me.crt, client-key: me.key"),
    "z/me.crt": PEM("cert of z"),
    "z/me.key": PEM("key of z"),
  }),
  several("another context of several files", { a: CONTEXTS("a"), b: CLUSTERS("https://b"), c: USERS("token: c") }, {
    context: "b",
  }),
  several("a file that is empty but for its kind", { a: "apiVersion: v1\nkind: Config\n", b: one("", "token: abc") }),
  several("two current contexts: the first counts", {
    a: CONTEXTS("a") + "clusters: [{name: k, cluster: {server: 'https://b'}}]\n",
    b: "current-context: b\n" + USERS("token: c"),
  }, {
    ours: { namespace: "in-a" },
    why: "kubectl takes the first current-context of several files, the library the last",
  }),
  several("the same user in two files: the first counts", { a: one("", "token: first"), b: USERS("token: second") }, {
    ours: { server: "https://example.com:6443", authorization: "Bearer first", namespace: null },
    why: "kubectl takes the first entry of a name, the library refuses the second",
  }),
  alone(
    "an authority in the file and beside it",
    one(`, certificate-authority-data: ${btoa(PEM("data"))}, certificate-authority: ca.crt`, "token: abc"),
    { "ca.crt": PEM("file") },
  ),
  alone("a token's file", one("", "tokenFile: token.txt"), { "token.txt": "from-file\n" }),
  alone("impersonation of groups", one("", "token: abc, as: jane, as-groups: [devs, ops]")),
  { name: "the account of a pod", files: POD, kubeconfig: [], pod: { host: "10.0.0.1", port: "443" } },
  { name: "the account of a pod, over IPv6", files: POD, kubeconfig: [], pod: { host: "fd00::1", port: "6443" } },
];

/** Answers of skeg where it follows kubectl, by the name of a case of one file. */
const OURS: Readonly<Record<string, { readonly ours: Readonly<Record<string, unknown>>; readonly why: string }>> = {
  "an authority in the file and beside it": {
    ours: { ca: PEM("data") },
    why: "kubectl prefers the data to the file, the library the file",
  },
  "a token's file": { ours: { authorization: "Bearer from-file" }, why: "the library does not read tokenFile" },
  "server http://localhost:8080": {
    ours: { server: "http://localhost:8080", authorization: "Bearer abc" },
    why: "kubectl talks to servers without TLS, the library refuses them",
  },
  "a program without arguments": {
    ours: { server: "https://example.com:6443", authorization: "Bearer beside" },
    why: "kubectl looks for a program beside the kubeconfig, the library in the current folder",
  },
  "impersonation of groups": {
    ours: { impersonate: [["Impersonate-User", "jane"], ["Impersonate-Group", "devs"], ["Impersonate-Group", "ops"]] },
    why: "the library sends the user alone",
  },
};

/** Returns the text with the folder's path, which differs each time, as `$FOLDER`. */
function withoutFolder(value: unknown, folder: string): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null).replaceAll(folder, "$FOLDER").replaceAll(
      folder.replace(/\/[^/]*$/, ""),
      "$FOLDER/..",
    ),
  );
}

/** Returns the impersonation headers, in the order of their names. */
function impersonation(headers: Readonly<Record<string, string>>): string[][] {
  return Object.entries(headers).filter(([name]) => /^impersonate/i.test(name));
}

async function record({ KubeConfig }: Library, given: Given): Promise<unknown> {
  const base = await Deno.makeTempDir();
  const folder = `${base}/here`;
  await Deno.mkdir(folder);
  for (const [path, content] of Object.entries(given.files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, content);
    if (content.startsWith("#!")) await Deno.chmod(`${folder}/${path}`, 0o755);
  }
  const config = new KubeConfig();
  if (given.pod === undefined) {
    Deno.env.set("KUBECONFIG", given.kubeconfig.map((path) => `${folder}/${path}`).join(":"));
    config.loadFromDefault();
  } else {
    Deno.env.set("KUBERNETES_SERVICE_HOST", given.pod.host);
    Deno.env.set("KUBERNETES_SERVICE_PORT", given.pod.port);
    config.loadFromCluster(folder);
  }
  if (given.context !== undefined) config.setCurrentContext(given.context);
  const cluster = config.getCurrentCluster();
  const options: Record<string, unknown> = { headers: {} };
  await config.applyToHTTPSOptions(options);
  await Deno.remove(base, { recursive: true });
  const text = (value: unknown): string | null =>
    value === undefined || value === null
      ? null
      : typeof value === "string"
      ? value
      : new TextDecoder().decode(value as Uint8Array);
  const headers = options.headers as Record<string, string>;
  const auth = typeof options.auth === "string" ? `Basic ${new TextEncoder().encode(options.auth).toBase64()}` : null;
  return {
    ...given,
    ...OURS[given.name],
    object: withoutFolder({
      clusters: config.clusters,
      users: config.users,
      contexts: config.contexts,
      currentContext: config.currentContext,
    }, folder),
    answer: {
      server: cluster?.server,
      ca: text(options.ca),
      certificate: text(options.cert),
      key: text(options.key),
      insecure: options.rejectUnauthorized === false,
      serverName: cluster?.tlsServerName ?? null,
      proxyUrl: cluster?.proxyUrl ?? null,
      authorization: headers.Authorization ?? auth,
      impersonate: impersonation(headers),
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
    // Of a kubeconfig that the library refuses, only our own answer is recorded.
    const own = { ...given, ...OURS[given.name] };
    if (own.ours !== undefined) cases.push({ ...own, refused: (error as Error).message });
    await Deno.stderr.write(new TextEncoder().encode(`${given.name}: ${(error as Error).message}\n`));
  }
}
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(cases, undefined, 1)}\n`));
Deno.exit();
