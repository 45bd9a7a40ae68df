/** No answer of `skeg ui` holds a secret, unless the user allowed it and asked for that one. */
import { equal, match, ok } from "node:assert/strict";
import type { ResourcesAnswer } from "../../app/ui/types.ts";
import { CANARIES, makeReleases, webChart } from "./_releases.ts";
import { type ServedUi, withUi } from "./_server.ts";

const WEB = "/releases/sandbox/web";

/** The canaries as they are, and as a Secret's data holds them. */
const FORBIDDEN = CANARIES.flatMap((secret) => [secret, new TextEncoder().encode(secret).toBase64()]);

function checked(path: string, text: string): void {
  for (const secret of FORBIDDEN) ok(!text.includes(secret), `${path} has ${secret}: ${text.slice(0, 4000)}`);
}

/** Paths of every route that reads. */
async function allPaths({ json }: ServedUi): Promise<string[]> {
  const { objects } = await json<ResourcesAnswer>(`${WEB}/resources`);
  const pod = objects.flatMap(({ owned }) => owned).flatMap(({ owned }) => owned)[0]?.name ?? "";
  const revisions = [1, 2, 3].flatMap((n) =>
    ["values", "manifest", "hooks", "notes", "chart"].map((part) => `${WEB}/revisions/${n}/${part}`)
  );
  return [
    "/contexts",
    "/me",
    "/releases?all=1&revisions=1",
    WEB,
    `${WEB}/revisions`,
    ...revisions,
    ...["templates/web.yaml", "templates/secret.yaml", "templates/NOTES.txt", "values.yaml"].map((file) =>
      `${WEB}/revisions/3/chart?file=${encodeURIComponent(file)}`
    ),
    ...["Secret/web&path=stringData.password", "Secret/web&path=stringData.given", "Deployment/web&path="].map((
      object,
    ) => `${WEB}/revisions/3/origins?object=${object}`),
    ...Array.from({ length: 40 }, (_, line) => `${WEB}/revisions/3/origins?line=${line + 1}`),
    `${WEB}/revisions/3/origins?value=auth.password`,
    `${WEB}/diff?from=1&to=2&text=1`,
    `${WEB}/diff?from=1&to=3&text=1`,
    `${WEB}/diff?from=3&to=live&text=1`,
    `${WEB}/resources?drift=1`,
    `${WEB}/objects/v1%2FSecret/default/web`,
    `${WEB}/objects/apps%2Fv1%2FDeployment/default/web`,
    `${WEB}/objects/v1%2FPod/default/${pod}`,
    `${WEB}/events`,
    `${WEB}/logs/default/${pod}`,
    "/doctor?deep=1",
    "/charts",
    "/activity",
  ];
}

Deno.test("no route has a secret in its answer", () =>
  withUi({ allowWrite: true }, async (ui) => {
    await makeReleases(ui.skeg);
    for (const path of await allPaths(ui)) {
      const text = await (await ui.ask(path)).text();
      checked(path, text);
      if (path.includes("/logs/")) match(text, /connected with \(secret \d+ bytes/);
    }
    for (const operation of ["upgrade", "rollback", "delete"] as const) {
      const body = { operation, revision: 1, values: "replicas: 3", reuseValues: true, save: true, text: true };
      checked(operation, await (await ui.ask(`${WEB}/plans`, body)).text());
    }
    checked("health", await (await ui.ask("/releases/health", { ids: [["sandbox", "web"]] })).text());
    checked("the terminal", ui.said.join("\n"));
  }));

Deno.test("what is told while a plan is applied has no secret", () =>
  withUi({ allowWrite: true }, async (ui) => {
    const chart = webChart();
    const values = { auth: { password: CANARIES[1] } };
    await ui.skeg.install(chart, { name: "web", values, wait: true, waitStrict: true });
    const text = await (await ui.ask(`${WEB}/plans`, {
      operation: "upgrade",
      values: `auth: {password: ${CANARIES[1]}}`,
      save: true,
    })).json();
    const applied = await (await ui.ask(`/plans/${text.digest}/apply`, { confirm: "web" })).text();
    checked("apply", applied);
    match(applied, /"done":\{"revision":2,"status":"DEPLOYED"\}/);
    checked("activity", await (await ui.ask("/activity")).text());
  }));

Deno.test("one secret is shown with --allow-secrets, and the terminal names it", () =>
  withUi({ allowSecrets: true }, async (ui) => {
    await makeReleases(ui.skeg);
    const base = { ctx: "sandbox", release: "web", revision: 3 };
    const shown = (body: object) => ui.json<{ value: string }>("/secrets/reveal", { ...base, ...body });
    equal((await shown({ secret: "web", namespace: "default", key: "password" })).value, CANARIES[0]);
    equal((await shown({ secret: "web", key: "given", live: true })).value, CANARIES[1]);
    equal((await shown({ value: "auth.password" })).value, CANARIES[1]);
    match(ui.said.join("\n"), /showed key password of Secret\/web of web in sandbox/);
    match(ui.said.join("\n"), /showed value auth\.password of web in sandbox/);
    equal(ui.said.length, 3);
    equal((await ui.ask("/secrets/reveal", { ...base, secret: "web", key: "nothing" })).status, 404);
    // Nothing else changes: other answers stay masked.
    for (const path of [`${WEB}/revisions/3/values`, `${WEB}/revisions/3/manifest`, "/activity"]) {
      checked(path, await (await ui.ask(path)).text());
    }
  }));
