/** A stand-in plays Helm 3: it reads the records' Secrets through the gate, and shows what a variable of its script says. */
import { deepEqual, match, rejects } from "node:assert/strict";
import type { Environment } from "../engine/release/mod.ts";
import { helm3CrossCheck } from "./helm3_check.ts";

const SCRIPT = `
const [command, ...args] = Deno.args;
if (command === "version") { console.log("v3.22.0"); Deno.exit(0); }
const server = /server: (\\S+)/.exec(Deno.readTextFileSync(Deno.env.get("KUBECONFIG")))[1];
const { items } = await (await fetch(server + "/api/v1/namespaces/shop/secrets")).json();
if (items === undefined) { console.error("Error: list: not found"); Deno.exit(1); }
if (command === "list") console.log(JSON.stringify(items.slice(-1)));
if (command === "history") console.log(JSON.stringify(items));
if (command === "get") console.log("---\\nkind: " + Deno.env.get("HELM_DRIVER"));
`;

const RELEASE = {
  name: "web",
  namespace: "shop",
  version: 2,
  info: { status: "deployed" as const, first_deployed: "", last_deployed: "", deleted: "" },
  manifest: "\n---\nkind: secret\n",
};

/** Returns what the check says when the cluster answers with these records. */
async function check(items: readonly object[] | undefined): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/helm.js`, SCRIPT);
    const start = `#!/bin/sh\nexec ${Deno.execPath()} run --no-config --no-lock --quiet -A ${folder}/helm.js "$@"\n`;
    await Deno.writeTextFile(`${folder}/helm`, start, { mode: 0o700 });
    const transport = () => Promise.resolve(Response.json({ items }));
    const env = { kube: { cluster: { transport } } } as unknown as Environment;
    return await (await helm3CrossCheck(env, `${folder}/helm`))(RELEASE, [1, 2], "secret");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ignore = Deno.build.os === "windows";
const [one, two] = [{ revision: 1, status: "superseded" }, { revision: 2, status: "deployed" }];

Deno.test({
  name: "helm3CrossCheck() finds nothing where the program sees the same",
  ignore,
  fn: async () => deepEqual(await check([one, { ...two, revision: "2" }]), []),
});

Deno.test({
  name: "helm3CrossCheck() says what the program shows otherwise, and that it fails",
  ignore,
  fn: async () => {
    deepEqual(await check([one, { ...two, status: "failed" }]), [
      "helm v3.22.0 list shows revision 2 failed, not 2 deployed",
    ]);
    deepEqual(await check([two]), ["helm v3.22.0 history shows 1 revisions, and there are 2 records"]);
    match((await check(undefined)).join(), /^helm v3\.22\.0 list fails: Error: list: not found$/);
    await rejects(helm3CrossCheck({} as Environment, "/bin/true"), { kind: "usage" });
  },
});
