/** The fleet page: its numbers are those of the command line, its keys work, and long lists stay short in the document. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { CHROMIUM } from "./_browser.ts";
import { appName, seedRecords, seedShop } from "./_fleets.ts";
import { type Site, siteTest } from "./_site.ts";

if (CHROMIUM === undefined) {
  // deno-lint-ignore no-console
  console.log("CHROMIUM names no browser: the tests of the pages in a browser are skipped.");
}

/** A release, as `list --output json` has it. */
interface Listed {
  readonly Name: string;
  readonly Revision: number;
  readonly Status: string;
  readonly Chart: string;
  readonly Namespace: string;
}

async function listed(site: Site, ...flags: string[]): Promise<Listed[]> {
  const { stdout, code, stderr } = await site.skeg("list", "--output", "json", "--max", "1000", ...flags);
  equal(code, 0, stderr);
  return stdout.trim() === "" ? [] : (JSON.parse(stdout) as { Releases: Listed[] }).Releases;
}

/** Returns the rows that are in the document, as `name revision status chart namespace`. */
async function shownRows({ page }: Site): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll("[role=table] [role=rowgroup] [role=row]")].filter((row) =>
      row.querySelector(".name a")
    )
      .map((row) =>
        ["name", "revision", "status", "chart", "namespace"].map((name) =>
          row.querySelector(`.${name}`)?.textContent?.trim()
        ).join(" ")
      )
  );
}

const asRow = ({ Name, Revision, Status, Chart, Namespace }: Listed): string =>
  `${Name} ${Revision} ${Status} ${Chart} ${Namespace}`;

/** The number of rows in the whole list, without its header. */
async function rowCount({ page }: Site): Promise<number> {
  return Number(await page.getByRole("table", { name: "Releases" }).getAttribute("aria-rowcount")) - 1;
}

siteTest("an empty fleet", async () => {}, {
  "says that there are no releases, and how to get one": async (site) => {
    await site.go("/");
    match(await site.text(), /no releases/i);
    match(await site.text(), /install/);
    deepEqual(await listed(site), []);
  },
  "doctor and activity have nothing to say": async (site) => {
    await site.go("/doctor");
    match(await site.text(), /Nothing is wrong/);
    await site.go("/activity");
    match(await site.text(), /Activity/);
  },
});

siteTest("a fleet of three", seedShop, {
  "rows equal list -o json": async (site) => {
    await site.go("/");
    deepEqual((await shownRows(site)).sort(), (await listed(site)).map(asRow).sort());
  },
  "history equals history -o json": async (site) => {
    await site.go("/r/sandbox/shop/web/history");
    const { stdout } = await site.skeg("history", "web", "--output", "json");
    const wanted = (JSON.parse(stdout) as { revision: number; status: string; chart: string }[])
      .map(({ revision, status, chart }) => `${revision} ${status} ${chart}`).reverse();
    const shown = await site.page.evaluate(() =>
      [...document.querySelectorAll(".history [role=row]")].filter((row) => row.querySelector(".revision a"))
        .map((row) =>
          ["revision", "status", "chart"].map((name) => row.querySelector(`.${name}`)?.textContent?.trim()).join(" ")
        )
    );
    deepEqual(shown, wanted);
  },
  "the comparison of two revisions has the fields of diff revision -o json": async (site) => {
    await site.go("/r/sandbox/shop/web/diff/3/4");
    const { stdout } = await site.skeg("diff", "revision", "web", "3", "4", "-o", "json");
    const report = JSON.parse(stdout) as {
      objects: { id: { kind: string; name: string }; action: string; changes: { path: string }[] }[];
    };
    const text = await site.text();
    for (const { id, changes } of report.objects) {
      if (changes.length > 0) ok(text.includes(`${id.kind}/${id.name}`), `${id.kind}/${id.name}`);
    }
    const fields = report.objects.flatMap(({ changes }) => changes).length;
    equal(await site.page.locator(".c-field").count(), fields);
  },
  "doctor has the findings of doctor -o json": async (site) => {
    const { stdout } = await site.skeg("doctor", "-o", "json");
    const { findings } = JSON.parse(stdout) as { findings: { id: string; title: string }[] };
    await site.go("/doctor");
    const shown = await site.page.evaluate(() => [...document.querySelectorAll(".finding")].length);
    equal(shown, findings.length);
    const text = await site.text();
    for (const { title } of findings) ok(text.includes(title), title);
  },
  "findings of all releases come from one request, and equal doctor -o json": async (site) => {
    const asked = (): number => site.requests.filter((each) => each.includes("/api/v1/findings")).length;
    const before = asked();
    await site.go("/");
    await site.page.waitForFunction(() =>
      [...document.querySelectorAll(".fleet .row[data-index] .doctor")].every((cell) => !/·/.test(cell.textContent))
    );
    const shown = await site.page.evaluate(() =>
      [...document.querySelectorAll(".fleet .row[data-index]")].map((row) =>
        [".name", ".doctor"].map((cell) => row.querySelector(cell)?.textContent?.trim()).join(": ")
      )
    );
    const { stdout } = await site.skeg("doctor", "-o", "json");
    const { findings } = JSON.parse(stdout) as { findings: { release: string; severity: string }[] };
    const wanted = (await listed(site)).map(({ Name }) => {
      const own = findings.filter(({ release }) => release === Name);
      const worst = ["broken", "warning", "note"].find((each) => own.some(({ severity }) => severity === each));
      const count = own.filter(({ severity }) => severity === worst).length;
      return `${Name}: ${worst === undefined ? "–" : `${count} ${worst}`}`;
    });
    deepEqual(shown.sort(), wanted.sort());
    ok(wanted.some((line) => !line.endsWith("–")), wanted.join("\n"));
    equal(asked() - before, 1);
  },
  "keys move, open, filter and go back": async (site) => {
    const { page } = site;
    await site.go("/");
    await page.keyboard.press("j");
    await page.waitForSelector(".row.active");
    const first = await page.locator(".row.active .name").innerText();
    await page.keyboard.press("j");
    await page.waitForFunction((name) => document.querySelector(".row.active .name")?.textContent !== name, first);
    await page.keyboard.press("k");
    await page.waitForFunction((name) => document.querySelector(".row.active .name")?.textContent === name, first);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/r\/sandbox\//);
    await site.settled();
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => url.pathname === "/");
    await site.settled();
    await page.keyboard.press("/");
    await page.keyboard.type("red");
    await page.waitForFunction(() => document.querySelectorAll("[role=row] .name a").length === 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.waitForURL(/\/doctor$/);
    await site.settled();
    await page.keyboard.press("?");
    await page.waitForURL(/\/help$/);
    await page.keyboard.press("g");
    await page.keyboard.press("f");
    await page.waitForURL((url) => url.pathname === "/");
  },
  "keys of a release: tabs by number, picks, comparison, next change": async (site) => {
    const { page } = site;
    await site.go("/r/sandbox/shop/web");
    const tabs = await page.locator("nav.tabs a").allInnerTexts();
    for (const [at, tab] of tabs.slice(1, 9).entries()) {
      await page.keyboard.press(String(at + 2));
      await page.waitForFunction(
        (tab) => document.querySelector("nav.tabs [aria-current=page]")?.textContent === tab,
        tab,
      );
    }
    await site.go("/r/sandbox/shop/web/history");
    for (const key of ["j", "x", "j", "j", "x", "c"]) await page.keyboard.press(key);
    await page.waitForURL(/\/diff\/3\/5$/);
    await page.waitForSelector(".changes .row");
    await page.keyboard.press("n");
    await page.waitForSelector(".changes .row.active");
    const at = await page.locator(".changes .row.active").getAttribute("data-index");
    await page.keyboard.press("n");
    await page.waitForFunction(
      (at) => document.querySelector(".changes .row.active")?.getAttribute("data-index") !== at,
      at,
    );
    await page.keyboard.press("p");
    await page.waitForFunction(
      (at) => document.querySelector(".changes .row.active")?.getAttribute("data-index") === at,
      at,
    );
  },
  "every address can be opened anew, and shows the same": async (site) => {
    await site.go("/?q=ns:shop");
    const rows = await shownRows(site);
    equal(rows.length, 2);
    await site.page.reload();
    await site.settled();
    deepEqual(await shownRows(site), rows);
  },
  "a new revision appears without a reload of the page": async (site) => {
    await site.go("/");
    const { code, stderr } = await site.skeg("rollback", "redis", "1");
    equal(code, 0, stderr);
    await site.page.waitForFunction(() =>
      [...document.querySelectorAll("[role=row]")].some((row) =>
        row.querySelector(".name")?.textContent === "redis" && row.querySelector(".revision")?.textContent === "2"
      )
    );
  },
});

siteTest("400 releases and 10,000 revisions", (file) => seedRecords(file, { releases: 400, revisions: 25 }), {
  "counts equal the command line's": async (site) => {
    await site.go("/");
    const wanted = await listed(site, "--all");
    const text = await site.text();
    match(text, /400 releases, 10,000 revisions/);
    for (const status of ["DEPLOYED", "FAILED", "PENDING_UPGRADE"]) {
      const count = wanted.filter((each) => each.Status === status).length;
      const shown = await site.page.locator(".statuses button", { hasText: status }).locator(".count").innerText();
      equal(Number(shown), count, status);
    }
  },
  "the document holds the rows on screen only": async (site) => {
    await site.go("/?revisions=1");
    await site.page.waitForFunction(() =>
      Number(document.querySelector("[role=table]")?.getAttribute("aria-rowcount")) > 5000
    );
    ok(await site.page.getByRole("row").count() < 80);
    equal(await rowCount(site), 10_000);
  },
  "the filter finds a release among all of them": async (site) => {
    await site.go("/");
    await site.page.keyboard.press("/");
    await site.page.keyboard.type(`${appName(217)} status:PENDING_UPGRADE`);
    await site.page.waitForFunction((name) => {
      const names = [...document.querySelectorAll("[role=row] .name a")].map((each) => each.textContent);
      return names.length === 1 && names[0] === name;
    }, appName(217));
    match(site.page.url(), /q=/);
  },
  "End and Home reach the ends of the list": async (site) => {
    await site.go("/");
    await site.page.keyboard.press("End");
    // The last of all is DELETED, and so not in the list.
    await site.page.waitForFunction(
      (name) => document.querySelector(".row.active .name")?.textContent === name,
      appName(398),
    );
    await site.page.keyboard.press("Home");
    await site.page.waitForFunction(
      (name) => document.querySelector(".row.active .name")?.textContent === name,
      appName(0),
    );
  },
  "health is asked for the rows on screen, and not for the whole fleet": async (site) => {
    await site.go("/");
    await site.page.waitForTimeout(500);
    const asked = site.requests.filter((each) => each.includes("/releases/health")).length;
    ok(asked >= 1 && asked <= 3, `${asked} requests for health`);
  },
});
