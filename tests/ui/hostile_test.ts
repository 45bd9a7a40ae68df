/** Everything that comes from charts and records is shown as text. */
import { equal, ok } from "node:assert/strict";
import { MARKUP, seedHostile } from "./_fleets.ts";
import { releasePath } from "./_pages.ts";
import { type Site, siteTest } from "./_site.ts";

const TABS = ["", "/history", "/values", "/manifest", "/hooks", "/notes", "/template", "/resources", "/upgrade"];

/** Fails when something of a release became markup or ran. */
async function staysText(site: Site, place: string): Promise<void> {
  const found = await site.page.evaluate(() => ({
    hacked: (globalThis as { hacked?: number }).hacked,
    scripts:
      [...document.querySelectorAll("script")].filter((each) => each.src === "" && each.type !== "importmap").length,
    pictures: document.querySelectorAll("img[src=x], img[src^=http]").length,
    bold:
      [...document.querySelectorAll("b")].filter((each) =>
        ["?x#y", "key"].some((word) => each.textContent?.includes(word))
      )
        .length,
  }));
  equal(found.hacked, undefined, place);
  equal(found.scripts, 0, place);
  equal(found.pictures, 0, place);
  equal(found.bold, 0, place);
  const text = await site.page.evaluate(() => document.body.textContent ?? "");
  ok(!/[\u202a-\u202e\u2066-\u2069\u0007\u001b]/.test(text), `${place}: characters that change the reading direction`);
}

/** Answers of the program that say that a broken record cannot be shown. */
const REFUSED = /^answer 4\d\d /;

siteTest("hostile texts", seedHostile, {
  "the fleet shows markup as text": async (site) => {
    await site.go("/");
    await staysText(site, "/");
    ok((await site.text()).includes(MARKUP.slice(0, 20)));
    ok((await site.text()).includes("‹U+202E›"));
  },
  "every tab of every release shows markup as text": async (site) => {
    site.expect(REFUSED);
    for (const name of ["markup", "turned", "no-chart", `${"long-".repeat(10)}name`]) {
      const base = await releasePath(site, name);
      for (const tab of TABS) {
        await site.go(base + tab);
        await staysText(site, name + tab);
      }
    }
  },
  "notes of one megabyte are shown within two seconds and do not widen the page": async (site) => {
    const base = await releasePath(site, "large-notes");
    await site.go(`${base}/notes`);
    await staysText(site, "notes");
    ok(await site.page.evaluate(() => document.documentElement.scrollWidth) <= 1280);
    ok((await site.text()).includes("xxxxxxxx"));
  },
  "a record that cannot be decoded has a row, and says so": async (site) => {
    site.expect(REFUSED);
    await site.go("/");
    ok((await site.text()).includes("broken"));
    await site.go(await releasePath(site, "broken"));
    ok((await site.page.getByRole("alert").count()) > 0);
  },
  "a chart's README and icon fetch nothing": async (site) => {
    await site.go(await releasePath(site, "markup"));
    ok(!site.requests.some((each) => each.includes("elsewhere.example")));
  },
});
