/**
 * Page "doctor": what is unhealthy about records and releases, why, and what would mend it.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { ApiError, apiPath, ask } from "../lib/api.js";
import { copy } from "../lib/command.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Text } from "../lib/lines.js";
import { field, link, setFields } from "../lib/router.js";
import { counted } from "../lib/shown.js";
import { Age, Empty, Failure, Mark, Read, State, STATES, Waiting } from "../lib/states.js";
import { contexts, currentContext, usePage, word } from "../lib/store.js";

/**
 * @import { DoctorAnswer, RepairAnswer } from "../../app/ui/types.ts"
 * @import { DoctorReport, Finding, ProposedRepair } from "../../engine/release/mod.ts"
 */

export default function Doctor() {
  const ctx = field("ctx") || currentContext.value;
  const [release, deep] = [field("release"), field("deep") === "1"];
  usePage({
    title: "Doctor",
    command: `doctor${release === "" ? "" : ` ${word(release)}`}${deep ? " --deep" : ""}`,
    ctx,
    hints: [["g f", "fleet"], ["y", "copy the command"]],
  });
  const data = useData(ctx === "" ? undefined : apiPath(["doctor"], { ctx, release, deep: deep ? 1 : undefined }));
  const all = contexts.value ?? [];
  return html`
    <div class="page doctor-page">
      <header class="page-head">
          <h1>Doctor</h1>
          ${all.length > 1 &&
            html`<label class="choice">context <select value=${ctx} onChange=${(/** @type {any} */ { target }) =>
              setFields({ ctx: target.value })}>${
              all.map(({ name }) => html`<option value=${name}>${name}</option>`)
            }</select></label>`}
          ${release !== "" &&
            html`<span class="chip">${release} <button type="button" class="quiet" aria-label="Examine all releases"
      onClick=${() => setFields({ release: "" })}>×</button></span>`}
          <button type="button" class="quiet" aria-pressed=${deep} title="Reads every revision, not only the newest"
            onClick=${() => setFields({ deep: deep ? "" : "1" })}>all revisions</button>
          <${Age} of=${data} />
        </header>
      <${Read} of=${data} what=${release === "" ? "every release" : release}>${(/** @type {DoctorAnswer} */ report) =>
        html`<${Report} report=${report} ctx=${ctx} />`}<//></div>
  `;
}

/** @param {{ report: DoctorAnswer, ctx: string }} props */
function Report({ report, ctx }) {
  const severity = field("severity");
  const { findings } = report;
  const shown = severity === "" ? findings : findings.filter((finding) => finding.severity === severity);
  const groups = useMemo(() => byRelease(shown), [report, severity]);
  return html`<p class="summary">
      <span>${counted(report.releases, "release")} examined</span>
      ${
    ["broken", "warning", "note"].map((name) => {
      const count = findings.filter((finding) => finding.severity === name).length;
      return count > 0 && html`
        <button type="button" class=${`quiet state ${STATES[name]}`} aria-pressed=${severity === name}
          onClick=${() => setFields({ severity: severity === name ? "" : name })}><${Mark} of=${STATES[
            name
          ]} /><span>${name === "broken" ? `${count} broken` : counted(count, name)}</span></button>
      `;
    })
  }
    </p>
    ${findings.length === 0 && html`<${Empty} title="Nothing is wrong">${places(report)}<//>`}
    ${
    [...groups].map(([release, list]) =>
      html`<section class="findings" key=${release}><h2>${
        release === "" ? "Storage and cluster" : html`<a href=${releaseLink(ctx, release)}>${release}</a>`
      }</h2>${
        list.map((finding) =>
          html`<${FindingBox} key=${`${finding.id} ${finding.revision} ${finding.title}`} finding=${finding} ctx=${ctx} />`
        )
      }</section>`
    )
  }
    ${
    report.unseen.length > 0 && html`
      <section class="findings">
        <h2>Not looked at</h2>
        <ul class="uses">${report.unseen.map(({ what, why }) => html`<li>${what}: ${why}</li>`)}</ul>
      </section>
    `
  }`;
}

/** The fleet knows the namespace of a release. @param {string} ctx @param {string} release */
function releaseLink(ctx, release) {
  return link(["r", ctx, "-", release]);
}

/**
 * @param {readonly Finding[]} findings
 * @returns {Map<string, Finding[]>}
 */
function byRelease(findings) {
  return Map.groupBy(findings, ({ release }) => release);
}

/** @param {DoctorReport} report */
function places({ places }) {
  return places.map(({ storage, namespace, releases, revisions }) =>
    `${storage}${namespace === "" ? "" : ` in ${namespace}`}: ${counted(releases, "release")}, ${
      counted(revisions, "revision")
    }`
  ).join("; ");
}

/** @param {{ finding: Finding, ctx: string }} props */
function FindingBox({ finding, ctx }) {
  const { id, name, severity, title, revision, evidence, consequence, repairs, noRepair } = finding;
  return html`<article class=${`finding ${severity}`}>
    <h3><${State} state=${severity} /> ${title}
      <span class="aside">${id} ${name}${revision !== null && `, revision ${revision}`}</span></h3>
    <p class="consequence">${consequenceText(consequence)}</p>
    <dl class="evidence">${
    evidence.map(({ source, text }) =>
      html`
        <div>
          <dt>${source}</dt>
          <dd>${text}</dd>
        </div>
      `
    )
  }</dl>
    ${repairs.map((repair) => html`<${Repair} key=${repair.command + repair.effect} repair=${repair} ctx=${ctx} />`)}
    ${noRepair !== "" && html`<p class="aside">No repair: ${noRepair}</p>`}
  </article>`;
}

/** Says what happens if nothing is done. @param {string} consequence */
function consequenceText(consequence) {
  const [, rest] = /^none: (.*)$/s.exec(consequence) ?? [];
  return rest === undefined ? `If nothing is done: ${consequence}` : `Nothing has to be done: ${rest}`;
}

/** @param {{ repair: ProposedRepair, ctx: string }} props */
function Repair({ repair: { command, effect }, ctx }) {
  const state = useSignal(/** @type {undefined | "reading" | { text: string } | { error: ApiError }} */ (undefined));
  const preview = async () => {
    state.value = "reading";
    try {
      const body = { ctx, command };
      state.value = /** @type {RepairAnswer} */ (await ask(apiPath(["doctor", "preview"]), { method: "POST", body }));
    } catch (error) {
      state.value = { error: error instanceof ApiError ? error : new ApiError(String(error)) };
    }
  };
  const shown = state.value;
  return html`<div class="repair">
    <p>${effect}</p>
    ${
    command !== "" && html`<p class="command-line"><code>${command}</code>
      <button type="button" onClick=${() => void copy(command)}>copy</button>
      ${
      /\brepair\b/.test(command) &&
      html`<button type="button" disabled=${shown === "reading"} onClick=${() =>
        shown === undefined ? preview() : state.value = undefined}>${
        shown === undefined || shown === "reading" ? "preview" : "hide the preview"
      }</button>`
    }</p>`
  }
    ${shown === "reading" && html`<${Waiting} what="what it would write" />`}
    ${
    typeof shown === "object" && "error" in shown &&
    html`<${Failure} error=${shown.error} title="There is no preview" />`
  }
    ${
    typeof shown === "object" && "text" in shown && html`
      <div class="preview">
        <${Text} label="preview" text=${shown.text} />
      </div>
    `
  }
  </div>`;
}
