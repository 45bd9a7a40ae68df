/**
 * Pictures of pages and their comparison.
 *
 * References are a quarter of the size: small in the repository, and blind to how letters are smoothed. They hold for the
 * browser and the fonts that they were made with, which `made.json` names; with others, pictures are not compared.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";

const FOLDER = join(import.meta.dirname ?? ".", "pictures");
const MADE = join(FOLDER, "made.json");
/** A reference has one pixel for this many. */
const SCALE = 4;
/** A pixel differs when one of its colours does by more than this, of 255. */
const COLOUR_MAX = 40;
/** The share of pixels that may differ: ages and names of pods change from run to run. */
export const SHARE_MAX = 0.02;

/** Facts that references depend on. */
interface Made {
  /** Major version of the browser. */
  readonly browser: string;
  /** Widths of sample texts in the page's fonts. */
  readonly fonts: string;
}

/** Returns what pictures of this browser depend on. */
export async function surroundings(browser: Browser, page: Page): Promise<Made> {
  const fonts = await page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d");
    if (context === null) return "";
    return ["body", "code"].map((selector) => {
      const { fontFamily } = getComputedStyle(document.querySelector(selector) ?? document.body);
      context.font = `16px ${fontFamily}`;
      return context.measureText("Handgloves 0123456789 – ok").width.toFixed(2);
    }).join(" ");
  });
  return { browser: browser.version().split(".")[0] ?? "", fonts };
}

/** True if the references were made with the same browser and fonts. */
export function isComparable(here: Made): boolean {
  if (!existsSync(MADE)) return false;
  const made = JSON.parse(Deno.readTextFileSync(MADE)) as Made;
  return made.browser === here.browser && made.fonts === here.fonts;
}

/** Notes what the references are made with. */
export function noteSurroundings(here: Made): void {
  Deno.mkdirSync(FOLDER, { recursive: true });
  Deno.writeTextFileSync(MADE, `${JSON.stringify(here, null, 2)}\n`);
}

/** Works on pictures, in a page of the browser that has no content. */
export interface Pictures {
  /** Returns a picture at a quarter of its size, as PNG. */
  readonly shrink: (png: Uint8Array) => Promise<Uint8Array>;
  /** Returns the share of pixels that differ, from 0 to 1; 1 for pictures of different sizes. */
  readonly difference: (left: Uint8Array, right: Uint8Array) => Promise<number>;
}

/** Returns the tools for pictures. */
export function picturesIn(blank: Page): Pictures {
  return {
    shrink: async (png) =>
      fromBase64(
        await blank.evaluate(async ([data, scale]) => {
          const image = new Image();
          image.src = `data:image/png;base64,${data}`;
          await image.decode();
          const canvas = document.createElement("canvas");
          canvas.width = Math.round(image.width / scale);
          canvas.height = Math.round(image.height / scale);
          const context = canvas.getContext("2d");
          if (context === null) throw new Error("no canvas");
          context.imageSmoothingQuality = "high";
          context.drawImage(image, 0, 0, canvas.width, canvas.height);
          return canvas.toDataURL("image/png").split(",")[1] ?? "";
        }, [toBase64(png), SCALE] as const),
      ),
    difference: (left, right) =>
      blank.evaluate(async ([datas, most]) => {
        const pixels = await Promise.all(datas.map(async (data) => {
          const image = new Image();
          image.src = `data:image/png;base64,${data}`;
          await image.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.width, image.height];
          const context = canvas.getContext("2d");
          if (context === null) throw new Error("no canvas");
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height);
        }));
        const [one, two] = pixels;
        if (one === undefined || two === undefined || one.width !== two.width || one.height !== two.height) return 1;
        let count = 0;
        for (let at = 0; at < one.data.length; at += 4) {
          const differs = [0, 1, 2].some((channel) =>
            Math.abs((one.data[at + channel] ?? 0) - (two.data[at + channel] ?? 0)) > most
          );
          if (differs) count++;
        }
        return count / (one.data.length / 4);
      }, [[toBase64(left), toBase64(right)], COLOUR_MAX] as const),
  };
}

/** Returns the reference of a name; `undefined` when there is none. */
export function reference(name: string): Uint8Array | undefined {
  const file = join(FOLDER, `${name}.png`);
  return existsSync(file) ? Deno.readFileSync(file) : undefined;
}

/** Writes a reference. */
export function writeReference(name: string, png: Uint8Array): void {
  Deno.mkdirSync(FOLDER, { recursive: true });
  Deno.writeFileSync(join(FOLDER, `${name}.png`), png);
}

function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.fromBase64(text);
}
