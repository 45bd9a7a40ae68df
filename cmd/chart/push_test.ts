import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type OciServer, type OciServerOptions, startOciRegistry } from "../../tests/_lib/oci_registry.ts";
import { asHelm, type Outcome } from "../../tests/_lib/program.ts";

const CHART = {
  "web/Chart.yaml": "name: web\nversion: 1.2.3\nappVersion: '4.5'\n",
  "web/values.yaml": "greeting: hello\n",
  "web/templates/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  greeting: {{ .Values.greeting }}\n",
};

interface Stage {
  readonly folder: string;
  readonly server: OciServer;
  /** Runs a command line in which `AT` is the registry's path for charts, and `DIR` the folder. */
  readonly run: (line: string) => Promise<Outcome>;
}

/** A packaged chart of version 1.2.3, and a registry. */
function withRegistry(play: (stage: Stage) => Promise<void>, behaviour: OciServerOptions = {}): Promise<void> {
  return inFolder(CHART, async (folder) => {
    const server = startOciRegistry(behaviour);
    const variables = { HOME: folder, HELM_HOME: join(folder, "helm"), SKEG_SANDBOX: join(folder, "state.sqlite") };
    const run = (line: string): Promise<Outcome> =>
      asHelm(line.replaceAll("AT", `oci://${server.host}/charts`).replaceAll("DIR", folder).split(" "), { variables });
    try {
      equal((await run("package DIR/web --save=false -d DIR")).code, 0);
      await play({ folder, server, run });
    } finally {
      await server.stop();
    }
  });
}

Deno.test("a chart that is pushed can be fetched, inspected, rendered, installed and upgraded", () =>
  withRegistry(async ({ folder, server, run }) => {
    const pushed = await run("push DIR/web-1.2.3.tgz AT");
    deepEqual([pushed.code, pushed.stderr], [0, ""]);
    match(pushed.stdout, /^Pushed: 127\.0\.0\.1:\d+\/charts\/web:1\.2\.3\nDigest: sha256:[0-9a-f]{64}\n$/);

    mkdirSync(join(folder, "got"));
    deepEqual(await run("fetch AT/web -d DIR/got"), { code: 0, stdout: "", stderr: "" });
    deepEqual(readFileSync(join(folder, "got/web-1.2.3.tgz")), readFileSync(join(folder, "web-1.2.3.tgz")));
    equal((await run("fetch AT/web:1.2.3 --untar --untardir DIR/got")).code, 0);
    equal(readFileSync(join(folder, "got/web/values.yaml"), "utf8"), CHART["web/values.yaml"]);

    match((await run("inspect values AT/web --version ^1")).stdout, /greeting: hello/);
    const rendered = await run("template AT/web:1.2.3 --set greeting=hi --name x");
    match(rendered.stdout, /# Source: web\/templates\/config\.yaml\n[^]*name: x\n[^]*greeting: hi/);
    match((await run("install AT/web --name shop")).stdout, /^STATUS: DEPLOYED$/m);
    match((await run("upgrade shop AT/web --version 1.2.3 --set greeting=hi")).stdout, /^STATUS: DEPLOYED$/m);
    match((await run("history shop")).stdout, /^2 .*\tDEPLOYED +\tweb-1\.2\.3\t4\.5 /m);
    ok(server.seen.some(({ method }) => method === "PUT"));
  }));

Deno.test("a version that is not there is one clear error, and nothing is written", () =>
  withRegistry(async ({ folder, run }) => {
    await run("push DIR/web-1.2.3.tgz AT");
    mkdirSync(join(folder, "got"));
    for (
      const [line, words] of [
        ["fetch AT/web --version ^2 -d DIR/got", /has no version that matches "\^2"$/],
        ["fetch AT/web --version 9.9.9 -d DIR/got", /manifests\/9\.9\.9": status 404: MANIFEST_UNKNOWN/],
        ["install AT/none", /status 404|no released version/],
        ["template AT/Web", /invalid chart reference/],
        ["fetch AT/web:1.2.3 --verify -d DIR/got", /Failed to fetch provenance "oci:/],
        ["upgrade shop AT/web:1.0.0 --version 1.2.3", /mismatch: 1\.2\.3 is not 1\.0\.0/],
      ] as const
    ) {
      const { code, stdout, stderr } = await run(line);
      deepEqual([code, line.startsWith("upgrade") ? "" : stdout], [1, ""], line);
      match(stderr.trim(), words, line);
      equal(stderr.trim().split("\n").length, 1, line);
    }
    deepEqual(readdirSync(join(folder, "got")), []);
  }));

Deno.test("push refuses what cannot be pushed", () =>
  withRegistry(async ({ folder, server, run }) => {
    writeFileSync(join(folder, "text.tgz"), "no archive");
    for (
      const [line, words] of [
        ["push", /This command needs 2 arguments: chart archive, address of a registry/],
        ["push DIR/web AT", /is a folder: only packaged charts can be pushed/],
        ["push DIR/none.tgz AT", /no such file or directory/],
        ["push DIR/text.tgz AT", /^Error: /],
        ["push DIR/web-1.2.3.tgz https://r.example/charts", /does not begin with oci:/],
        ["push DIR/web-1.2.3.tgz AT/web:1.2.3", /names a tag or a digest/],
      ] as const
    ) {
      const { code, stderr } = await run(line);
      equal(code, 1, line);
      match(stderr, words, line);
    }
    equal(server.manifests.size, 0);
  }));

Deno.test("a provenance file goes with its chart, and is verified when it is fetched", () =>
  withRegistry(async ({ folder, run }) => {
    writeFileSync(join(folder, "web-1.2.3.tgz.prov"), "proof");
    equal((await run("push DIR/web-1.2.3.tgz AT")).code, 0);
    mkdirSync(join(folder, "got"));
    equal((await run("fetch AT/web --prov -d DIR/got")).code, 0);
    equal(readFileSync(join(folder, "got/web-1.2.3.tgz.prov"), "utf8"), "proof");
    const refused = await run("install AT/web --verify --keyring DIR/none.gpg");
    deepEqual([refused.code, refused.stdout], [1, ""]);
  }));

Deno.test("names and passwords come from Docker's file, or from flags, and are in no message", () =>
  withRegistry(async ({ folder, server, run }) => {
    const closed = await run("push DIR/web-1.2.3.tgz AT");
    deepEqual([closed.code, closed.stdout], [1, ""]);
    match(closed.stderr, /status 401/);
    const wrong = await run("push DIR/web-1.2.3.tgz AT --username ann --password hush-hush");
    ok(wrong.code === 1 && !wrong.stderr.includes("hush-hush"));
    equal((await run("push DIR/web-1.2.3.tgz AT --username ann --password secret")).code, 0);
    mkdirSync(join(folder, ".docker"));
    const auths = { [server.host]: { auth: btoa("ann:secret") } };
    writeFileSync(join(folder, ".docker/config.json"), JSON.stringify({ auths }));
    match((await run("install AT/web --name shop")).stdout, /^STATUS: DEPLOYED$/m);
    ok(existsSync(join(folder, "helm")));
  }, { auth: "token", user: { name: "ann", password: "secret" } }));
