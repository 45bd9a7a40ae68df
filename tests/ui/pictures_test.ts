/**
 * Pictures of eight pages, light and dark, at 1280 and 400 pixels, beside their references.
 *
 * `SKEG_PICTURES=write` makes the references and the pictures of the README anew. `SKEG_PICTURES_DIR` keeps the whole pictures
 * for the eye.
 */
import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { seedShop } from "./_fleets.ts";
import { allPages, crashingPod, PICTURED } from "./_pages.ts";
import {
  isComparable,
  noteSurroundings,
  picturesIn,
  reference,
  SHARE_MAX,
  surroundings,
  writeReference,
} from "./_pictures.ts";
import { type Site, siteTest } from "./_site.ts";

const WIDTHS = [1280, 400];
const THEMES = ["light", "dark"] as const;
const IMAGES = join(import.meta.dirname ?? ".", "..", "..", "docs", "images");
/** Pictures of the README: page, theme and file. */
const IN_README = [["fleet", "dark", "ui-fleet.png"], ["diff", "light", "ui-diff.png"]] as const;

/** Waits for what comes last in the fleet: health and findings. */
async function wholeFleet({ page }: Site): Promise<void> {
  await page.waitForFunction(() => document.querySelector(".fleet .row [aria-label='not read yet']") === null);
}

/** Takes the picture of every page, theme and width. */
async function eachPicture(
  site: Site,
  take: (name: string, png: () => Promise<Uint8Array>) => Promise<void>,
): Promise<void> {
  const pages = allPages(await crashingPod(site)).filter(({ name }) => PICTURED.includes(name));
  for (const width of WIDTHS) {
    await site.page.setViewportSize({ width, height: 800 });
    for (const colorScheme of THEMES) {
      await site.page.emulateMedia({ colorScheme });
      for (const { name, path } of pages) {
        await site.go(path);
        await site.page.evaluate(() => document.fonts.ready);
        await wholeFleet(site);
        await site.page.mouse.move(0, 0);
        await take(
          `${name}-${colorScheme}-${width}`,
          () => site.page.screenshot({ animations: "disabled", caret: "hide" }),
        );
      }
    }
  }
  await site.page.setViewportSize({ width: 1280, height: 800 });
  await site.page.emulateMedia({ colorScheme: "light" });
}

/** Writes the pictures of the README, in a window that has no empty half. */
async function writeImages(site: Site): Promise<void> {
  Deno.mkdirSync(IMAGES, { recursive: true });
  const pages = allPages(await crashingPod(site));
  await site.page.setViewportSize({ width: 1280, height: 440 });
  for (const [page, colorScheme, file] of IN_README) {
    await site.page.emulateMedia({ colorScheme });
    await site.go(pages.find(({ name }) => name === page)?.path ?? "/");
    await wholeFleet(site);
    await site.page.screenshot({ path: join(IMAGES, file), animations: "disabled", caret: "hide" });
  }
}

siteTest("pictures", seedShop, {
  "eight pages look as their references, light and dark, wide and narrow": async (site) => {
    const isWriting = Deno.env.get("SKEG_PICTURES") === "write";
    const keep = Deno.env.get("SKEG_PICTURES_DIR");
    const here = await surroundings(site.browser, site.page);
    if (isWriting) noteSurroundings(here);
    else if (!isComparable(here) && keep === undefined) {
      // deno-lint-ignore no-console
      console.log("Pictures were made with another Chromium or other fonts: not compared here.");
      return;
    }
    if (keep !== undefined) Deno.mkdirSync(keep, { recursive: true });
    const blank = await site.browser.newPage();
    const pictures = picturesIn(blank);
    const differing: string[] = [];
    await eachPicture(site, async (name, take) => {
      const whole = await take();
      if (keep !== undefined) Deno.writeFileSync(join(keep, `${name}.png`), whole);
      const small = await pictures.shrink(whole);
      if (isWriting) return writeReference(name, small);
      const wanted = reference(name);
      const share = wanted === undefined ? 1 : await pictures.difference(small, wanted);
      if (share > SHARE_MAX) differing.push(`${name}: ${(share * 100).toFixed(1)} % of its pixels differ`);
    });
    await blank.close();
    if (isWriting) await writeImages(site);
    if (isComparable(here)) deepEqual(differing, []);
  },
});
