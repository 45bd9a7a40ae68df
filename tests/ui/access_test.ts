/** Pages and accessibility: axe finds nothing in both themes, and nothing is cut off on small screens. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeSource } from "./_browser.ts";
import { allPages, crashingPod } from "./_pages.ts";
import { seedShop } from "./_fleets.ts";
import { shelf } from "./_shelf.ts";
import { type Site, siteTest } from "./_site.ts";

const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** One violation, in words. */
async function violations(page: Page): Promise<string[]> {
  // A string is run by the debugger, which the policy does not bind.
  await page.evaluate(`${axeSource()};0`);
  return await page.evaluate(async (levels) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (options: unknown) => Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>;
      };
    };
    const found = await axe.run({ runOnly: levels });
    return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  }, LEVELS);
}

/** Visits every page of the fleet. */
async function visit(site: Site, look: (name: string) => Promise<void>): Promise<void> {
  const chart = { name: "chart", path: "/charts/shelf/tea/2.0.0" };
  for (const { name, path } of [...allPages(await crashingPod(site)), chart]) {
    await site.go(path);
    await look(name);
  }
}

siteTest("access", seedShop, {
  "axe finds no violation on any page, in the light and in the dark theme": async (site) => {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await site.page.emulateMedia({ colorScheme });
      await visit(site, async (name) => {
        found.push(...(await violations(site.page)).map((text) => `${name}, ${colorScheme}: ${text}`));
      });
    }
    await site.page.emulateMedia({ colorScheme: "light" });
    deepEqual(found, []);
  },
  "no page is wider than a screen of 1280, 400 or 320 pixels": async (site) => {
    const wide: string[] = [];
    for (const width of [1280, 400, 320]) {
      await site.page.setViewportSize({ width, height: 800 });
      await visit(site, async (name) => {
        const has = await site.page.evaluate(() => document.documentElement.scrollWidth);
        if (has > width) wide.push(`${name}: ${has} of ${width}`);
      });
    }
    await site.page.setViewportSize({ width: 1280, height: 800 });
    deepEqual(wide, []);
  },
  "every page has one heading of the first level, and a title that begins with it": async (site) => {
    await visit(site, async (name) => {
      equal(await site.page.locator("h1").count(), 1, name);
      ok((await site.page.title()).includes("skeg"), name);
    });
  },
  "a control that has the focus shows it": async (site) => {
    await visit(site, async (name) => {
      await site.page.keyboard.press("Tab");
      const outline = await site.page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === null || focused === document.body) return "no focus";
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(focused);
        return outlineStyle !== "none" && outlineWidth !== "0px" || boxShadow !== "none" ? "shown" : focused.outerHTML;
      });
      equal(outline, "shown", name);
    });
  },
  "pages can be read with forced colours and with reduced motion": async (site) => {
    await site.page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    await visit(site, async (name) => {
      const moving = await site.page.evaluate(() =>
        document.getAnimations().filter((animation) => animation.playState === "running").length
      );
      equal(moving, 0, name);
    });
    await site.page.emulateMedia({ forcedColors: "none", reducedMotion: "no-preference" });
  },
}, { prepare: shelf });
