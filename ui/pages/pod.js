/**
 * Page "pod": containers, their last end, events and the log.
 *
 * @module
 */
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { isField, useKeys } from "../lib/keys.js";
import { field, go, link, setFields } from "../lib/router.js";
import { Empty, Mark, Read, State } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { Time } from "../lib/time.js";
import { Log } from "./log.js";
import { Events } from "./object_pane.js";

/** @import { LiveObjectAnswer, PodContainer, PodDetails } from "../../app/ui/types.ts" */

/** @param {import("../routes.js").PageProps} props */
export default function Pod({ params }) {
  const { ctx = "", ns = "", name = "", podns = "", pod = "" } = params;
  usePage({
    title: `${pod}`,
    command: `status ${word(name)}`,
    ctx,
    hints: [["/", "filter"], ["w", "wrap"], ["f", "follow"], ["Esc", "back"]],
  });
  useKeys({ Escape: ({ target }) => isField(target) ? false : go(link(["r", ctx, ns, name, "resources"])) });
  const data = useData(apiPath(["releases", ctx, name, "objects", "v1/Pod", podns, pod]));
  const isLog = field("show") !== "events";
  return html`
    <h2 class="section-title">${pod} <span class="aside">${podns}</span></h2>
    <${Read} of=${data} what=${`pod ${pod}`}>${(/** @type {LiveObjectAnswer} */ answer) =>
      answer.pod === null
        ? html`<${Empty} title="There is no such pod">It may have been replaced: the resources have its successor.<//>`
        : html`
          <p class="summary"><${State} state=${answer.state} />${answer.reason && html`<span>${answer.reason}</span>`}
                    <span class="aside">${where(answer.pod)}</span></p>
                  <${Containers} containers=${answer.pod.containers} />
                  <div class="views" role="group" aria-label="Views of the pod">
            <button type="button" class="quiet" aria-pressed=${isLog} onClick=${() =>
              setFields({ show: "" })}>log</button>
            <button type="button" class="quiet" aria-pressed=${!isLog} onClick=${() =>
              setFields({ show: "events" })}>events${answer.events.length > 0 && html`
              <span class="count">${answer.events.length}</span>
            `}</button>
          </div>
                  ${isLog
                    ? html`<${Log} ctx=${ctx} name=${name} podns=${podns} pod=${pod} containers=${answer.pod.containers} />`
                    : html`<${Events} events=${answer.events} />`}
        `}<//>
  `;
}

/** @param {PodDetails} pod */
function where({ phase, node, ip }) {
  return [phase, node === "" ? "no node yet" : `on ${node}`, ip].filter((part) => part !== "").join(", ");
}

/** @param {{ containers: readonly PodContainer[] }} props */
function Containers({ containers }) {
  return html`
    <div class="plain-table-box" tabindex="0" role="region" aria-label="Containers">
      <table class="plain-table containers">
        <thead>
          <tr>
            <th>Container</th>
            <th>State</th>
            <th>Since</th>
            <th class="numeric">Restarts</th>
            <th>Last end</th>
            <th>Image</th>
          </tr>
        </thead>
        <tbody>${containers.map((container) =>
          html`
            <tr>
              <th scope="row">${container.name}${container.init && html`
                <span class="aside">init</span>
              `}</th>
              <td>
                <${ContainerState} container=${container} />
              </td>
              <td>
                <${Time} at=${container.since} />
              </td>
              <td class="numeric">${container.restarts}</td>
              <td class="message">${container.last === ""
                ? html`<span class="none">–</span>`
                : html`${container.last} <span class="aside"><${Time}
          at=${container.lastAt} ago /></span>`}</td>
              <td class="message"><code>${container.image}</code></td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** @param {{ container: PodContainer }} props */
function ContainerState({ container: { state, ready } }) {
  const isBad = /^waiting: (?!ContainerCreating|PodInitializing)|exit code (?!0\b)/.test(state);
  const mark = isBad ? "failed" : ready || /exit code 0\b/.test(state) ? "good" : "progress";
  return html`<span class=${`state ${mark}`}><${Mark} of=${mark} /><span>${state}${
    !ready && state === "running" && ", not ready"
  }</span></span>`;
}
