/**
 * Credentials in addresses: no command prints them, for all forms of addresses
 * and all kinds of errors.
 *
 * @module
 */
import { deepEqual } from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryFiles, serveFiles } from "../_lib/chart_server.ts";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";

/** A text that is part of every secret, so that unmasked rests are found too. */
const CANARY = "hunter2";

/** Forms of addresses that hold a secret, for a server at `host`. */
const FORMS: Readonly<Record<string, (host: string) => string>> = {
  "name and password": (host) => `http://ann:${CANARY}@${host}`,
  "a token as the name": (host) => `http://${CANARY}@${host}`,
  "a token before a word for it": (host) => `http://${CANARY}:x-oauth-basic@${host}`,
  "@ in the password": (host) => `http://ann:${CANARY}@${CANARY}@${host}`,
  "a slash in the password": (host) => `http://ann:${CANARY}/${CANARY}@${host}`,
  "a # in the password": (host) => `http://ann:${CANARY}#${CANARY}@${host}`,
  "a blank in the password": (host) => `http://ann:${CANARY} ${CANARY}@${host}`,
  "a quote in the password": (host) => `http://ann:${CANARY}"${CANARY}@${host}`,
  "a control character in the password": (host) => `http://ann:${CANARY}\u0001${CANARY}@${host}`,
  "a bad port": () => `http://ann:${CANARY}@127.0.0.1:x`,
  "a bad escape": (host) => `http://ann:${CANARY}%zz@${host}`,
  "a registry": (host) => `oci://ann:${CANARY}@${host}/charts`,
  "an unknown scheme": (host) => `s3://ann:${CANARY}@${host}`,
  "a scheme that is none": (host) => `ht!tp://ann:${CANARY}@${host}`,
  "no scheme": (host) => `ann:${CANARY}@${host}/charts`,
  "a token in the query": (host) => `http://${host}?token=${CANARY}`,
  "an access token beside others": (host) => `http://${host}/?a=b&access_token=${CANARY}&c=d`,
  "a shared signature": (host) => `http://${host}/?sv=2020&sig=${CANARY}%2F${CANARY}`,
  "a signed request": (host) => `http://${host}/?X-Amz-Credential=${CANARY}&X-Amz-Signature=${CANARY}`,
};

/** The parts of a command line. */
interface Place {
  readonly folder: string;
  readonly address: string;
}

/** Writes a chart into the folder; with `repository`, also a requirement from there and its lock. */
async function makeChart({ folder, address }: Place): Promise<string> {
  const chart = join(folder, "chart");
  await mkdir(join(chart, "templates"), { recursive: true });
  await writeFile(join(chart, "Chart.yaml"), "apiVersion: v1\nname: chart\nversion: 1.0.0\n");
  await writeFile(join(chart, "values.yaml"), "{}\n");
  const entry = { name: "web", version: "1.0.0", repository: address };
  await writeFile(join(chart, "requirements.yaml"), JSON.stringify({ dependencies: [entry] }));
  return chart;
}

/** Writes a list of repositories that contains the address. */
async function addToList({ folder, address }: Place, cached = true): Promise<void> {
  const cache = join(folder, "home", "repository", "cache");
  const repositories = [{ name: "ours", url: address, cache: join(cache, "ours-index.yaml") }];
  const file = { apiVersion: "v1", generated: "2020-01-01T00:00:00Z", repositories };
  await writeFile(join(folder, "home", "repository", "repositories.yaml"), JSON.stringify(file));
  if (!cached) return;
  const index = {
    apiVersion: "v1",
    generated: "2020-01-01T00:00:00Z",
    entries: { web: [{ name: "web", version: "1.0.0", urls: ["web-1.0.0.tgz"] }] },
  };
  await writeFile(join(cache, "ours-index.yaml"), JSON.stringify(index));
}

/** Commands that get an address as an argument or from a file. */
const COMMANDS: Readonly<Record<string, (place: Place) => Promise<string[]> | string[]>> = {
  "repo add": ({ address }) => ["repo", "add", "ours", address],
  "repo list": async (place) => (await addToList(place), ["repo", "list"]),
  "repo list -o json": async (place) => (await addToList(place), ["repo", "list", "-o", "json"]),
  "repo list -o yaml": async (place) => (await addToList(place), ["repo", "list", "-o", "yaml"]),
  "repo update": async (place) => (await addToList(place), ["repo", "update"]),
  "repo update --strict": async (place) => (await addToList(place), ["repo", "update", "--strict"]),
  "completion of a repository": async (place) => (await addToList(place), ["__complete", "inspect", ""]),
  "fetch of an address": ({ address, folder }) => ["fetch", `${address}/web-1.0.0.tgz`, "-d", folder],
  "fetch --prov of an address": ({ address, folder }) => ["fetch", "--prov", `${address}/web-1.0.0.tgz`, "-d", folder],
  "fetch --repo": ({ address, folder }) => ["fetch", "--repo", address, "web", "-d", folder],
  "fetch --repo of what is not there": ({ address }) => ["fetch", "--repo", address, "nothing"],
  "fetch from the list": async (place) => (await addToList(place), ["fetch", "ours/web", "-d", place.folder]),
  "fetch from the list without an index": async (place) => (await addToList(place, false), ["fetch", "ours/web"]),
  "fetch with a password beside": (
    { address, folder },
  ) => ["fetch", "--repo", address, "web", "--username", "ann", "--password", CANARY, "-d", folder],
  "inspect of an address": ({ address }) => ["inspect", "values", `${address}/web-1.0.0.tgz`],
  "inspect --repo": ({ address }) => ["inspect", "values", "--repo", address, "web"],
  "install of an address": ({ address }) => ["install", `${address}/web-1.0.0.tgz`, "--sandbox=:memory:"],
  "install --repo": ({ address }) => ["install", "--repo", address, "web", "--sandbox=:memory:"],
  "install --verify --repo": ({ address }) => ["install", "--verify", "--repo", address, "web", "--sandbox=:memory:"],
  "upgrade --repo": ({ address }) => ["upgrade", "--repo", address, "web", "web", "--sandbox=:memory:"],
  "install of values from an address": async (
    place,
  ) => ["install", await makeChart(place), "-f", `${place.address}/values.yaml`, "--sandbox=:memory:"],
  "template of a file from an address": async (
    place,
  ) => ["template", await makeChart(place), "--set-file", `a=${place.address}/values.yaml`],
  "dependency list": async (place) => ["dependency", "list", await makeChart(place)],
  "dependency update": async (place) => ["dependency", "update", await makeChart(place)],
  "dependency update with a list": async (
    place,
  ) => (await addToList(place), ["dependency", "update", await makeChart(place)]),
  "dependency update --skip-refresh": async (
    place,
  ) => (await addToList(place), ["dependency", "update", "--skip-refresh", await makeChart(place)]),
  "dependency build": async (place) => {
    const chart = await makeChart(place);
    await program(["dependency", "update", chart], { variables: { HELM_HOME: join(place.folder, "home") } });
    return ["dependency", "build", chart];
  },
  "package -u": async (place) => ["package", "-u", await makeChart(place), "-d", place.folder],
  "init --stable-repo-url": async (place) => {
    await Deno.remove(join(place.folder, "home", "repository", "repositories.yaml"));
    return ["init", "--client-only", "--stable-repo-url", place.address];
  },
  "init --local-repo-url": async (place) => {
    await Deno.remove(join(place.folder, "home", "repository", "repositories.yaml"));
    return ["init", "--client-only", "--skip-refresh", "--local-repo-url", place.address];
  },
  "plugin install of an archive": ({ address }) => ["plugin", "install", `${address}/p.tgz`],
  "plugin install of a checkout": ({ address }) => ["plugin", "install", `${address}/p.git`],
  "push": async (place) => {
    await writeFile(join(place.folder, "web-1.0.0.tgz"), repositoryFiles([["web", "1.0.0"]])["/web-1.0.0.tgz"] ?? "");
    return ["push", join(place.folder, "web-1.0.0.tgz"), place.address];
  },
  "list --host": ({ address }) => ["list", "--host", address, "--sandbox=:memory:"],
};

/** Returns the pairs of command and form that print the canary. */
async function leaks(host: string, debug: string | undefined, watched: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const [command, line] of Object.entries(COMMANDS)) {
    for (const [form, addressOf] of Object.entries(FORMS)) {
      await inFolder({}, async (folder) => {
        for (const each of ["plugins", "repository/cache"]) {
          await mkdir(join(folder, "home", each), { recursive: true });
        }
        const list = "apiVersion: v1\ngenerated: 2020-01-01T00:00:00Z\nrepositories: []\n";
        await writeFile(join(folder, "home", "repository", "repositories.yaml"), list);
        const argv = await line({ folder, address: addressOf(host) });
        const variables = {
          HOME: folder,
          HELM_HOME: join(folder, "home"),
          ...debug === undefined ? {} : { HELM_DEBUG: debug },
        };
        const { stdout, stderr } = await program(argv, { variables, watched });
        for (const line of `${stdout}${stderr}`.split("\n")) {
          if (line.includes(CANARY)) found.push(`${command}, ${form}: ${line}`);
        }
      });
    }
  }
  return found;
}

// Otherwise Git would try to reach hosts named like the users.
Deno.env.set("GIT_SSH_COMMAND", "false");

/** Serves a repository while `work` runs. It stops without waiting, because some addresses leave connections open. */
async function withRepository(work: (host: string) => Promise<void>): Promise<void> {
  const answer = serveFiles(repositoryFiles([["web", "1.0.0"]]));
  const end = new AbortController();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, signal: end.signal, onListen: () => {} }, answer);
  try {
    await work(`127.0.0.1:${server.addr.port}`);
  } finally {
    end.abort();
    await server.finished;
  }
}

Deno.test("no command prints the secrets of an address, with HELM_DEBUG and on a terminal", async () => {
  await withRepository(async (host) => deepEqual(await leaks(host, "1", true), []));
});

Deno.test("no command prints the secrets of an address that cannot be reached", async () => {
  deepEqual(await leaks("127.0.0.1:9", undefined, false), []);
});
