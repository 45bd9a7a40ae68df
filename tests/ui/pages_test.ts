/** The pages of objects, logs, values, upgrades, findings and charts, as people use them. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { appName, LOG_LINE, seedRecords, seedShop } from "./_fleets.ts";
import { crashingPod, objectsOf } from "./_pages.ts";
import { shelf } from "./_shelf.ts";
import { CANARY, writeShopChart } from "./_shop_charts.ts";
import { type Site, siteTest } from "./_site.ts";

const WEB = "/r/sandbox/shop/web";
const REDIS = "/r/sandbox/cache/redis";

/** Types into the editor of values. */
async function typeValues({ page }: Site, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Values" }).fill(text);
}

/** Waits until a text is on the page. */
async function seeText({ page }: Site, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => [...document.querySelectorAll(selector)].some((each) => each.textContent?.includes(text)),
    [selector, text] as const,
  );
}

siteTest("objects and logs", seedShop, {
  "the tree has every object of the release and what it owns": async (site) => {
    await site.go(`${WEB}/resources`);
    const shown = await site.page.locator(".list.tree .object a").allInnerTexts();
    const wanted = (await objectsOf(site, "web")).map(({ kind, name }) => `${kind}/${name}`);
    deepEqual(shown.slice(0, wanted.length), wanted);
    ok(shown.includes("Job/web-migrate"), "hooks stand apart, below");
  },
  "arrows fold and unfold, Enter opens a pane, Escape closes it": async (site) => {
    const { page } = site;
    await site.go(`${WEB}/resources`);
    const rows = () => page.locator(".list.tree .object a").count();
    const all = await rows();
    for (let step = 0; step < 4; step++) await page.keyboard.press("j");
    await page.waitForFunction(() => document.querySelector(".row.active")?.textContent?.includes("Deployment/web"));
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((all) => document.querySelectorAll(".list.tree .object a").length < all, all);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((all) => document.querySelectorAll(".list.tree .object a").length === all, all);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".pane");
    await site.settled();
    match(await site.text(".pane"), /Deployment\/web/);
    match(await site.text(".pane"), /kind: Deployment/);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.querySelector(".pane") === null);
  },
  "an edit of the live object is marked as drift, and the pane shows the field": async (site) => {
    await site.page.goto("about:blank");
    await editGreeting(site);
    await site.go(`${WEB}/resources`);
    await seeText(site, ".list.tree .row", "drift");
    await site.go(`${WEB}/resources?object=v1/ConfigMap+shop+web&view=difference`);
    const text = await site.text(".pane");
    match(text, /greeting/);
    match(text, /edited by hand/);
  },
  "a log is shown with its colours, without secrets, and filtered": async (site) => {
    const { page } = site;
    await site.go(`${WEB}/pod/shop/${await crashingPod(site)}`);
    await seeText(site, ".list.log", "GET /healthz 200");
    equal(await page.locator(".list.log .ansi-2").first().innerText(), "GET");
    const text = await site.text(".list.log");
    ok(!text.includes(CANARY) && !text.includes("\u001b"), text);
    match(text, /connected with \(secret/);
    match(await site.text(), /CrashLoopBackOff/);
    await page.keyboard.press("/");
    await page.keyboard.type("healthz");
    await page.waitForFunction(() => document.querySelectorAll(".list.log .row").length === 1);
    ok(LOG_LINE.includes("healthz"));
    await page.keyboard.press("Escape");
    await page.keyboard.press("f");
    await page.waitForURL(/follow=0/);
  },
  "the tree follows the cluster while it is on screen": async (site) => {
    const { page } = site;
    await site.go(`${WEB}/resources`);
    await seeText(site, ".list.tree .row", "ConfigMap/web");
    const stateOf = async (): Promise<string> =>
      await page.locator(".list.tree .row").filter({ hasText: "ConfigMap/web" }).first().locator(".state-cell")
        .innerText();
    equal(await stateOf(), "ready");
    await inSandbox(site, { method: "DELETE", path: "/api/v1/namespaces/shop/configmaps/web" });
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".list.tree .row")].some((row) =>
        row.textContent?.includes("ConfigMap/web") && row.querySelector(".state-cell")?.textContent === "missing"
      )
    );
    match(await site.text(".summary"), /missing/);
    match(await site.text(".health-line"), /missing/);
  },
});

/** Changes a field of a live object, as a person does with kubectl. */
async function editGreeting(site: Site): Promise<void> {
  await inSandbox(site, {
    method: "PATCH",
    path: "/api/v1/namespaces/shop/configmaps/web?fieldManager=kubectl-edit",
    contentType: "application/merge-patch+json",
    body: JSON.stringify({ data: { greeting: "edited by hand" } }),
  });
}

/** Sends a request to the site's sandbox, which must succeed. */
async function inSandbox({ folder }: Site, request: KubeRequest): Promise<void> {
  const { openSandbox } = await import("../../engine/sandbox/mod.ts");
  const sandbox = await openSandbox({ file: `${folder}/state.db` });
  const answer = await sandbox.transport(request);
  equal(answer.status, 200, await answer.text());
  await sandbox.close();
}

siteTest("values, findings and charts", seedShop, {
  "given, computed and default values are texts of their own": async (site) => {
    await site.go(`${WEB}/values?view=user`);
    match(await site.text(".list.text"), /fault: crash/);
    await site.go(`${WEB}/values?view=computed`);
    match(await site.text(".list.text"), /replicas: 2/);
    await site.go(`${WEB}/values?view=defaults`);
    match(await site.text(".list.text"), /replicas: 1/);
  },
  "the filter and the switch leave the values that fit": async (site) => {
    const { page } = site;
    await site.go(`${WEB}/values`);
    await page.getByRole("button", { name: "only given" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".leaves .row.given").length === 5);
    await page.keyboard.press("/");
    await page.keyboard.type("image");
    await page.waitForFunction(() => document.querySelectorAll(".leaves .row.given").length === 1);
  },
  "older revisions have their own values": async (site) => {
    await site.go(`${WEB}/values?rev=3`);
    const row = site.page.getByRole("row").filter({
      has: site.page.getByRole("rowheader", { name: "replicas", exact: true }),
    });
    match(await row.innerText(), /1[\s\S]*values\.yaml/);
  },
  "a failed upgrade is a finding with evidence": async (site) => {
    await site.go("/doctor");
    match(await site.text(), /revision 2 FAILED/);
    match(await site.text(), /record orders\.v2/);
  },
  "a chart of a repository has versions, README, values, files and what it renders": async (site) => {
    const { page } = site;
    await site.go("/charts");
    match(await site.text(), /shelf/);
    await page.getByRole("link", { name: "shelf/tea" }).click();
    await page.waitForURL(/\/charts\/shelf\/tea\/2\.0\.0/);
    await site.settled();
    match(await site.text(), /A chart for tests/);
    await page.getByRole("button", { name: "values", exact: true }).click();
    await seeText(site, ".list.text", "replicas");
    await page.getByRole("button", { name: "render" }).click();
    await seeText(site, ".list.text", "kind: Deployment");
    await typeValues(site, "replicas: 7\n");
    await seeText(site, ".list.text", "replicas: 7");
    await page.getByRole("combobox", { name: "version" }).selectOption("1.0.0");
    await page.waitForURL(/\/charts\/shelf\/tea\/1\.0\.0/);
  },
  "activity names what has failed": async (site) => {
    site.expect(/^answer 404 /);
    await site.page.goto(`${site.served.origin}/r/sandbox/shop/nothing`);
    await site.page.getByRole("alert").waitFor();
    await site.page.getByRole("link", { name: "Activity" }).click();
    await seeText(site, ".list.activity", "nothing");
  },
}, { prepare: shelf });

siteTest("findings with repairs", (file) => seedRecords(file, { releases: 20, revisions: 3 }), {
  "a repair is shown as a command, and its preview writes nothing": async (site) => {
    const { page } = site;
    const status = async (): Promise<string> => (await site.skeg("history", appName(17))).stdout;
    const before = await status();
    await site.go(`/doctor?release=${appName(17)}`);
    match(await site.text(), /the server has no namespace "team-01"/);
    match(await site.text(".command-line"), /repair forget app-017/);
    await page.getByRole("button", { name: "preview" }).first().click();
    await page.waitForSelector(".preview .row, .failure");
    equal(await page.locator(".failure").count(), 0);
    equal(await status(), before);
  },
  "the findings of one release, and of one severity": async (site) => {
    await site.go("/doctor");
    const all = await site.page.locator(".finding").count();
    await site.page.getByRole("button", { name: /warning|broken/ }).first().click();
    await site.page.waitForFunction((all) => document.querySelectorAll(".finding").length < all, all);
    await site.page.reload();
    await site.settled();
    ok(await site.page.locator(".finding").count() < all);
  },
});

siteTest("a failed release", seedShop, {
  "the page of the release has the whole reason": async (site) => {
    await site.go("/r/sandbox/shop/orders");
    const [record] = JSON.parse((await site.skeg("history", "orders", "-o", "json")).stdout).slice(-1);
    equal(await site.text(".failed-why"), record.description);
    const { scrollWidth, clientWidth } = await site.page.locator(".failed-why").evaluate((element) => element);
    equal(scrollWidth, clientWidth);
  },
});

siteTest("a cluster that does not answer", seedShop, {
  "the page says after a while that there is no answer": async (site) => {
    const { page, served } = site;
    await page.clock.install();
    await page.route("**/api/v1/releases/sandbox/redis", () => {});
    await page.goto(`${served.origin}${REDIS}`);
    await page.waitForSelector("main .waiting");
    equal((await site.text("main .waiting")).includes("no answer"), false);
    await page.clock.fastForward(11_000);
    await seeText(site, "main .waiting", "There is no answer yet: the cluster is slow, or cannot be reached.");
  },
});

siteTest("an address of another cluster", seedShop, {
  "the page says which contexts it shows": async (site) => {
    site.expect(/^answer 404 /);
    await site.page.goto(`${site.served.origin}/r/prod/shop/web`);
    await seeText(
      site,
      ".failure-hint",
      "It shows sandbox. Start it with --contexts prod or --all-contexts to see others.",
    );
  },
});

siteTest("a program that has ended", seedShop, {
  "the page says so, and what to do": async (site) => {
    await site.go(WEB);
    await site.served.stop();
    await site.page.getByRole("link", { name: "values" }).click();
    await seeText(site, ".failure", `skeg does not answer at ${site.served.origin}`);
    await seeText(site, ".failure-hint", "start it again with 'skeg ui'");
  },
});

siteTest("an upgrade in the page", seedShop, {
  "a mistake in the values names its line": async (site) => {
    site.expect(/^answer 4\d\d .*plans/);
    await site.go(`${REDIS}/upgrade`);
    await typeValues(site, "replicas: 2\nimage: [\n");
    await site.page.waitForSelector(".failure");
    await site.page.waitForSelector(".gutter .bad");
  },
  "without --allow-write the page says how to apply": async (site) => {
    await site.go(`${REDIS}/upgrade`);
    await typeValues(site, "replicas: 2\n");
    await seeText(site, ".planned", "spec.replicas");
    await site.page.getByRole("button", { name: "save plan" }).click();
    await seeText(site, ".apply", "--allow-write");
    equal(await site.page.getByRole("button", { name: "apply", exact: true }).count(), 0);
  },
  "a dropped archive is the chart of the plan": async (site) => {
    await site.go(`${REDIS}/upgrade`);
    await site.page.getByLabel("Archive of a chart").setInputFiles(`${site.folder}/shelf/tea-2.0.0.tgz`);
    await seeText(site, "fieldset", "tea-2.0.0.tgz");
    await site.page.waitForSelector(".planned");
  },
}, { prepare: shelf });

siteTest("writing", seedShop, {
  "a saved plan is applied, and the fleet shows the new revision": async (site) => {
    await site.go(`${REDIS}/upgrade`);
    await typeValues(site, "greeting: good night\n");
    await seeText(site, ".planned", "values greeting");
    await site.page.getByRole("button", { name: "save plan" }).click();
    await site.page.getByRole("button", { name: "apply", exact: true }).click();
    await seeText(site, ".apply", "revision 2 is DEPLOYED");
    const { stdout } = await site.skeg("get", "values", "redis");
    match(stdout, /greeting: good night/);
  },
  "a rollback is applied": async (site) => {
    await site.go(`${WEB}/rollback/4`);
    await seeText(site, ".section-title", "nothing is changed before a saved plan is applied");
    await site.page.getByRole("button", { name: "save plan" }).click();
    await site.page.getByRole("button", { name: "apply", exact: true }).click();
    await seeText(site, ".apply", "revision 6 is DEPLOYED");
    match((await site.skeg("history", "web")).stdout, /DEPLOYED.*Rollback to 4/);
  },
  "a plan that does not fit any more says what has changed, and is made again": async (site) => {
    site.expect(/^answer 409 .*apply/);
    const { page } = site;
    await site.go(`${WEB}/rollback/3`);
    await page.getByRole("button", { name: "save plan" }).click();
    const apply = page.getByRole("button", { name: "apply", exact: true });
    await apply.waitFor();
    equal((await site.skeg("rollback", "web", "2")).code, 0);
    await apply.click();
    await seeText(site, ".apply .failure-text", "revision 7 was made since (plan: after 6)");
    await seeText(site, ".apply .failure-hint", "Make the plan again");
    await page.getByRole("button", { name: "plan again" }).click();
    await page.getByRole("button", { name: "save plan" }).click();
    await apply.click();
    await seeText(site, ".apply", "revision 8 is DEPLOYED");
  },
  "the page shows the plan that was saved, not an older preview": async (site) => {
    await site.go(`${WEB}/rollback/3`);
    match(await site.text(), /No changes/);
    equal((await site.skeg("rollback", "web", "5")).code, 0);
    await site.page.getByRole("button", { name: "save plan" }).click();
    await seeText(site, "main", "spec.replicas");
  },
  "a rollback to something that is no revision is refused": async (site) => {
    site.expect(/^answer 400 .*plans/);
    await site.go(`${WEB}/rollback/abc`);
    await seeText(site, ".failure", "a whole number from 1 on");
    equal(await site.page.getByRole("button", { name: "save plan" }).count(), 0);
  },
  "a chart of removed API versions is planned once they are mapped": async (site) => {
    site.expect(/^answer 5\d\d .*plans/);
    await site.go(`${REDIS}/upgrade`);
    await site.page.getByLabel("another one").check();
    await site.page.getByRole("textbox", { name: "Chart" }).fill(`${site.folder}/old`);
    await seeText(site, ".failure", "--removed-apis map");
    await site.page.getByLabel("map removed API versions").check();
    await seeText(site, ".command-line", "--removed-apis map");
    await site.page.waitForSelector(".planned:not(.is-old)");
    equal(await site.page.locator(".failure").count(), 0);
  },
  "a danger is confirmed by the name of the release": async (site) => {
    await site.go(`${REDIS}/upgrade`);
    await typeValues(site, "tier: front\n");
    await seeText(site, ".planned", "DANGER");
    await site.page.getByRole("button", { name: "save plan" }).click();
    const apply = site.page.getByRole("button", { name: "apply", exact: true });
    const confirm = site.page.getByRole("textbox", { name: /Type redis/ });
    await confirm.fill("web");
    ok(await apply.isDisabled());
    await confirm.fill("redis");
    ok(await apply.isEnabled());
  },
}, { args: ["--allow-write"], prepare: oldChart });

/** Writes a chart whose Deployment has an API version of 2019. */
function oldChart(folder: string): void {
  writeShopChart(`${folder}/old`, "redis", "10.5.8");
  const path = `${folder}/old/templates/deployment.yaml`;
  Deno.writeTextFileSync(
    path,
    Deno.readTextFileSync(path).replace("apiVersion: apps/v1", "apiVersion: extensions/v1beta1"),
  );
}

siteTest("revealing", seedShop, {
  "one key of one Secret is shown when asked for, and the terminal says so": async (site) => {
    site.expect(/a secret in (.*\/secrets\/reveal|the document)/);
    await site.go(`${WEB}/resources?object=v1/Secret+shop+web`);
    ok(!(await site.text(".pane")).includes(CANARY));
    await site.page.getByRole("button", { name: "reveal" }).click();
    await seeText(site, ".pane", CANARY);
    match(site.served.printed(), /Secret/i);
    ok(!site.served.printed().includes(CANARY));
  },
}, { args: ["--allow-secrets"] });
