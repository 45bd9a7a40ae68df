/**
 * Keys, what is sent where, and versions.
 *
 * @module
 */
import { html } from "../lib/h.js";
import { keysOn, switchKeys } from "../lib/keys.js";
import { currentContext, useMe, usePage } from "../lib/store.js";

/** @type {readonly (readonly [string, readonly (readonly [string, string])[]])[]} */
const KEYS = [
  ["Everywhere", [
    ["g f", "the fleet"],
    ["g d", "doctor"],
    ["/", "filter or search"],
    ["j k  ↓ ↑", "next and previous row"],
    ["Enter", "open the row"],
    ["Esc", "leave a field; go up"],
    ["y", "copy the command that shows the same"],
    ["?", "this page"],
  ]],
  ["A release", [
    ["1 … 9", "its pages, from the left"],
    ["[ ]", "older and newer revision"],
    ["x", "pick a revision"],
    ["c", "compare the picked revisions"],
  ]],
  ["Changes and texts", [
    ["n p", "next and previous change, or place that was found"],
    ["t", "changes by object, or as text"],
    ["w", "wrap long lines"],
  ]],
  ["Objects and logs", [
    ["← →", "fold and unfold what an object owns"],
    ["f", "follow the log, or stop"],
  ]],
];

/** @type {readonly (readonly [string, string])[]} */
const FILTERS = [
  ["redis", "the word is in the name, the namespace or the chart"],
  ["ns:shop", "the namespace"],
  ["status:FAILED", "the status; its beginning is enough"],
  ["chart:redis", "the chart, with its version"],
  ["app:1.27", "the app version"],
  ["description:timed", "the description of the revision"],
  ["ctx:prod", "the context"],
  ["-status:DEPLOYED", "every status but this"],
];

/** The page. */
export default function Help() {
  const me = useMe(currentContext.value).data.value;
  usePage({ title: "Help" });
  return html`<div class="page prose">
    <h1>Help</h1>
    <section><h2>Keys</h2>
      <p>Keys are off in fields. <button type="button" aria-pressed=${keysOn.value} onClick=${switchKeys}>${
    keysOn.value ? "Switch single keys off" : "Switch single keys on"
  }</button></p>
      <div class="key-groups">${
    KEYS.map(([title, keys]) =>
      html`
        <div key=${title}>
          <h3>${title}</h3>
          <dl class="keys">
                ${keys.map(([key, does]) =>
                  html`
                    <div key=${key}>
                      <dt><kbd>${key}</kbd></dt>
                      <dd>${does}</dd>
                    </div>
                  `
                )}</dl>
        </div>
      `
    )
  }</div>
    </section>
    <section><h2>What the filter understands</h2>
      <p>Words are looked for in names, namespaces and charts.</p>
      <dl class="keys filters">${
    FILTERS.map(([term, does]) =>
      html`
        <div key=${term}>
          <dt><code>${term}</code></dt>
          <dd>${does}</dd>
        </div>
      `
    )
  }</dl>
    </section>
    <section><h2>What is sent where</h2>
      <p>This page talks to the program in your terminal alone, and that to your cluster, with the rights of your kubeconfig. Nothing comes
        from elsewhere, and no use is counted.</p>
      <p>Only the theme is kept. Secrets are masked in the program: <code>(secret 24 bytes, 9f2c)</code> has the length, and digits that
        are equal for equal secrets.</p>
    </section>
    ${
    me !== undefined && html`
      <section>
        <h2>This program</h2>
        <dl class="about">
          <div>
            <dt>Version</dt>
            <dd>${me.version}</dd>
          </div>
          <div>
            <dt>Context</dt>
            <dd>${me.ctx}</dd>
          </div>
          <div>
            <dt>Server</dt>
            <dd>${me.server || "cannot be reached"}${me.kubeVersion === "" ? "" : `, ${me.kubeVersion}`}</dd>
          </div>
          <div>
            <dt>Records</dt>
            <dd>${me.storage} in ${me.tillerNamespace}</dd>
          </div>
          <div>
            <dt>Writing</dt>
            <dd>${me.allowWrite ? "on" : "off (--allow-write)"}</dd>
          </div>
          <div>
            <dt>Secrets</dt>
            <dd>${me.allowSecrets ? "shown one by one" : "masked (--allow-secrets)"}</dd>
          </div>
          <div>
            <dt>Ends</dt>
            <dd>after ${me.idleMinutes} minutes without a tab, or with Ctrl-C</dd>
          </div>
        </dl>
        <h3>Your rights</h3>
        <ul class="rights">${me.rights.map(({ use, words, allowed }) =>
          html`<li key=${use + words}>
      <b>${allowed ? "yes" : "no"}</b> ${words}</li>`
        )}</ul>
      </section>
    `
  }
  </div>`;
}
