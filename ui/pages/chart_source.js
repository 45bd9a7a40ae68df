/**
 * Where the chart of an upgrade comes from: the record, a path, a repository, or an archive that is dropped on the page.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { classes, html } from "../lib/h.js";
import { sized } from "../lib/shown.js";

/**
 * @import { Signal } from "@preact/signals"
 * @import { PlanRequest, ReleaseAnswer } from "../../app/ui/types.ts"
 */

/**
 * A chart that the user chose.
 *
 * @typedef {(
 *   | { kind: "recorded" }
 *   | { kind: "named", chart: string, version: string }
 *   | { kind: "archive", name: string, sizeBytes: number, base64: string }
 * )} GivenChart
 */

/** The server takes bodies of 5 MiB, and base64 makes four characters of three bytes. */
const ARCHIVE_MAX = 3_700_000;
/** Time after the last key before a name is used, in milliseconds. */
const QUIET_MS = 400;

/**
 * Returns the part of a request that names the chart.
 *
 * @param {GivenChart} chart
 * @returns {Pick<PlanRequest, "chart" | "version" | "archive">}
 */
export function archiveOf(chart) {
  if (chart.kind === "archive") return { archive: chart.base64 };
  if (chart.kind === "recorded" || chart.chart.trim() === "") return {};
  return { chart: chart.chart.trim(), ...chart.version.trim() === "" ? {} : { version: chart.version.trim() } };
}

/** @param {{ chart: Signal<GivenChart>, release: ReleaseAnswer | undefined }} props */
export function ChartSource({ chart, release }) {
  const problem = useSignal("");
  const isOver = useSignal(false);
  /** @param {File | undefined} file */
  const take = async (file) => {
    if (file === undefined) return;
    if (file.size > ARCHIVE_MAX) {
      problem.value = `${file.name} is larger than ${sized(ARCHIVE_MAX)}. Name its path instead.`;
      return;
    }
    problem.value = "";
    chart.value = { kind: "archive", name: file.name, sizeBytes: file.size, base64: await base64Of(file) };
  };
  useDropping(isOver, take);
  const given = chart.value;
  const recorded = release?.chart === null || release?.chart === undefined
    ? "none"
    : `${release.chart.name}-${release.chart.version}`;
  return html`<fieldset class=${classes("choices", isOver.value && "drop")}><legend>Chart</legend>
    <label class="choice"><input type="radio" name="chart" checked=${given.kind === "recorded"} onChange=${() =>
    chart.value = { kind: "recorded" }} />
      as recorded <span class="aside">${recorded}</span></label>
    <label class="choice"><input type="radio" name="chart" checked=${given.kind === "named"} onChange=${() =>
    chart.value = { kind: "named", chart: "", version: "" }} />
      another one</label>
    ${given.kind === "named" && html`<${Named} chart=${chart} />`}
    <label class="choice"><input type="radio" name="chart" checked=${given.kind === "archive"} disabled=${
    given.kind !== "archive"
  } />
      an archive: drop it on the page, or
      <input type="file" accept=".tgz,application/gzip" aria-label="Archive of a chart" onChange=${(
    /** @type {any} */ { target },
  ) => take(target.files?.[0])} /></label>
    ${given.kind === "archive" && html`<p class="aside">${given.name}, ${sized(given.sizeBytes)}</p>`}
    ${problem.value !== "" && html`<p class="state failed" role="alert">${problem.value}</p>`}
  </fieldset>`;
}

/** @param {{ chart: Signal<GivenChart> }} props */
function Named({ chart }) {
  const [name, version] = [useSignal(""), useSignal("")];
  useEffect(() => {
    const timer = setTimeout(() => {
      const known = chart.peek();
      if (known.kind === "named" && (known.chart !== name.value || known.version !== version.value)) {
        chart.value = { kind: "named", chart: name.value, version: version.value };
      }
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [name.value, version.value]);
  return html`
    <div class="named">
      <input type="text" aria-label="Chart" placeholder="path, repo/name or address" autocomplete="off"
        spellcheck=${false} value=${name.value}
        onInput=${(/** @type {any} */ { target }) => name.value = target.value} />
      <input type="text" aria-label="Version" placeholder="version" autocomplete="off" spellcheck=${false}
        value=${version.value}
        onInput=${(/** @type {any} */ { target }) => version.value = target.value} />
    </div>
  `;
}

/**
 * Takes files that are dropped anywhere on the page. A browser would leave the page for them otherwise.
 *
 * @param {Signal<boolean>} isOver
 * @param {(file: File | undefined) => Promise<void>} take
 */
function useDropping(isOver, take) {
  const last = useRef(take);
  last.current = take;
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    addEventListener("dragover", (event) => {
      event.preventDefault();
      isOver.value = true;
    }, { signal });
    addEventListener("dragleave", () => isOver.value = false, { signal });
    addEventListener("drop", (event) => {
      event.preventDefault();
      isOver.value = false;
      void last.current(event.dataTransfer?.files[0]);
    }, { signal });
    return () => end.abort();
  }, []);
}

/** @param {File} file */
async function base64Of(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
