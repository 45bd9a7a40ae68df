/**
 * Four walks of a new user, without help and on the first try: each begins at the fleet, goes by what the page shows, and ends
 * at the answer to a question.
 */
import { match, ok } from "node:assert/strict";
import { seedShop } from "./_fleets.ts";
import { writeShopChart } from "./_shop_charts.ts";
import { type Site, siteTest } from "./_site.ts";

/** Clicks a link or button by its visible name, and waits for what it shows. */
async function click({ page, settled }: Site, name: string | RegExp, role: "link" | "button" = "link"): Promise<void> {
  await page.locator("main").getByRole(role, { name }).first().click();
  await settled();
}

/** Opens a release from the fleet. */
async function openFromFleet(site: Site, name: string): Promise<void> {
  await site.go("/");
  await click(site, name);
}

siteTest("walks", seedShop, {
  "which releases are unhealthy, and why": async (site) => {
    await site.go("/");
    const rows = site.page.getByRole("row");
    await site.page.waitForFunction(() =>
      [...document.querySelectorAll("[role=row] .health")].every((cell) =>
        !["", "·"].includes(cell.textContent?.trim() ?? "")
      )
    );
    match(await rows.filter({ hasText: "redis" }).innerText(), /ok/);
    const unhealthy = rows.filter({ hasText: /failed|waits/i });
    ok(await unhealthy.filter({ hasText: "web" }).count() > 0, "the row of web says that it is not well");
    await click(site, "web");
    match(await site.text(), /Deployment\/web: .*CrashLoopBackOff/s);
    // The next step from there: the pod and its log.
    await click(site, "resources");
    await site.page.getByRole("link", { name: /^Pod\/web-/ }).first().click();
    await site.settled();
    match(await site.text(), /CrashLoopBackOff/);
    await site.page.getByText("GET").first().waitFor();
    match(await site.text(), /exit code 1/);
  },
  "what changed between two revisions": async (site) => {
    await openFromFleet(site, "web");
    match(await site.text(), /values fault, image\.tag/);
    await site.page.getByRole("checkbox", { name: "Pick revision 3" }).check();
    await site.page.getByRole("checkbox", { name: "Pick revision 4" }).check();
    await click(site, "Compare 3 with 4");
    const text = await site.text();
    match(text, /Deployment\/web/);
    match(text, /spec\.replicas/);
    match(text, /− ?1/);
    match(text, /\+ ?2/);
    match(text, /values replicas/);
  },
  "where a value comes from": async (site) => {
    await openFromFleet(site, "web");
    await click(site, "values");
    const row = (path: string) =>
      site.page.getByRole("row").filter({ has: site.page.getByRole("rowheader", { name: path, exact: true }) });
    match(await row("replicas").innerText(), /given at revision 4/);
    match(await row("service.port").innerText(), /values\.yaml/);
    match(await row("unused.colour").innerText(), /not read/);
    await row("replicas").click();
    await site.settled();
    match(await site.text(".pane"), /Deployment\/web\s+spec\.replicas/);
  },
  "what an upgrade would do": async (site) => {
    await openFromFleet(site, "web");
    await click(site, "upgrade");
    await site.page.getByRole("textbox", { name: "Values" }).fill("replicas: 3\n");
    await site.page.getByText("spec.replicas").waitFor();
    await site.settled();
    match(await site.text(".planned"), /values replicas/);
    match(await site.text(".command-line"), /upgrade web/);
    await click(site, "another one", "radio" as "button");
    await site.page.getByRole("textbox", { name: "Chart", exact: true }).fill(`${site.folder}/web-2`);
    await site.page.waitForFunction(() => document.querySelector(".command-line")?.textContent?.includes("/web-2"));
    await site.settled();
    match(await site.text(".planned"), /values replicas/);
  },
}, { prepare: (folder) => writeShopChart(`${folder}/web-2`, "web", "1.5.0") });
