/**
 * The frame of a release: what it is, how it is, and its tabs.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { ROUTES } from "../routes.js";
import { apiPath } from "./api.js";
import { useData } from "./data.js";
import { useEvents } from "./events.js";
import { html } from "./h.js";
import { healthOf, wantHealth } from "./health.js";
import { useKeys } from "./keys.js";
import { field, go, link, place, setFields } from "./router.js";
import { Age, Mark, Read, State, Status } from "./states.js";
import { usePage } from "./store.js";
import { now, Time } from "./time.js";
import { word } from "./words.js";

/**
 * @import { ReleaseAnswer } from "../../app/ui/types.ts"
 * @import { Route } from "../routes.js"
 * @import { Children } from "./h.js"
 */

/** The routes that are tabs. They are asked for when a page is shown: the table of routes may load its pages first. */
const tabs = () => ROUTES.filter(({ tab }) => tab !== undefined);

/**
 * @typedef {object} ReleaseParams
 * @property {string} ctx
 * @property {string} ns
 * @property {string} name
 */

/**
 * Returns the address of a page of a release; of the release itself without parts.
 *
 * @param {{ ctx: string, namespace: string, name: string }} release
 * @param {readonly (string | number)[]} [parts] Such as `["diff", 4, 5]`.
 * @param {Readonly<Record<string, string | number | undefined>>} [query]
 */
export function releaseLink({ ctx, namespace, name }, parts = [], query = {}) {
  return link(["r", ctx, namespace, name, ...parts], query);
}

/**
 * @param {{ route: Route, params: Record<string, string>, children: (release: ReleaseAnswer) => Children }} props
 */
export function ReleaseFrame({ route, params, children }) {
  const { ctx = "", name = "" } = params;
  const revision = field("rev");
  const data =
    /** @type {import("./data.js").Data<ReleaseAnswer>} */ (useData(apiPath(["releases", ctx, name], { revision })));
  useEvents((line) => {
    const isOurs = line.topic === "reload" || line.topic === "release" && line.ctx === ctx && line.name === name;
    if (isOurs) void data.reload();
  }, [data]);
  useEffect(() => wantHealth([[ctx, name]]), [ctx, name, data.data.value]);
  /** @param {ReleaseAnswer} release */
  const show = (release) =>
    html`
      <${Head} release=${release} age=${html`<${Age} of=${data} />`} />
      <${Health} release=${release} />
      <${Tabs} route=${route} release=${release} />
      ${children(release)}
    `;
  // While another revision is read, the page stays.
  const last = useRef(data.data.value);
  last.current = data.data.value ?? last.current;
  const isSame = last.current?.name === name && last.current.ctx === ctx;
  const before = data.data.value === undefined && data.error.value === undefined && isSame ? last.current : undefined;
  return html`
    <div class="page release-page">
        ${before !== undefined ? show(before) : html`
          ${data.data.value === undefined && html`<${Unread} ctx=${ctx} name=${name} />`}
          <${Read} of=${data} what=${`release ${name}`}>${show}<//>
        `}
      </div>
  `;
}

/** The heading of a release that is not read yet, or cannot be. @param {{ ctx: string, name: string }} props */
function Unread({ ctx, name }) {
  usePage({ title: name, command: `status ${word(name)}`, ctx });
  return html`<h1>${name}</h1>`;
}

/** @param {{ release: ReleaseAnswer, age: Children }} props */
function Head({ release, age }) {
  const { name, namespace, revision, newest, status, chart, lastDeployed, description } = release;
  // The reason of a failure is what is looked for: it is shown whole.
  const isFailed = status === "FAILED";
  return html`<header class="page-head release-head">
    <h1><span class="release-name">${name}</span></h1>
    <${Status} status=${status} />
    <ul class="facts">
      <li><a href=${link("/", { q: `ns:${namespace}` })} title="Releases of this namespace">${namespace || "–"}</a></li>
      <li>revision ${revision}</li>
      <li>${chart === null ? "no chart" : `${chart.name}-${chart.version}`}</li>
      ${chart !== null && chart.appVersion !== "" && html`<li>app ${chart.appVersion}</li>`}
      <li><${Time} at=${lastDeployed} ago=${true} /></li>
      ${description !== "" && !isFailed && html`<li class="description" title=${description}>${description}</li>`}
    </ul>
    ${age}
  </header>
  ${description !== "" && isFailed && html`<p class="failed-why">${description}</p>`}
  ${
    revision !== newest &&
    html`<p class="old-revision" role="note"><${Mark} of="old" /> Revision ${revision} is not the newest.${" "}
    <a href=${link(place.value.path, { ...place.value.query, rev: undefined })}>Show revision ${newest}</a></p>`
  }`;
}

/** The most objects that the health line names. */
const NAMED = 3;
/** While objects are getting ready they are looked at again, in milliseconds. */
const AGAIN_MS = 10_000;
/** A look that is older says its age, in seconds. */
const OLD_SECONDS = 60;

/** @param {{ release: ReleaseAnswer }} props */
function Health({ release }) {
  const { ctx, name, status } = release;
  const health = healthOf(ctx, name).value;
  useEffect(() => {
    if (health?.state !== "progress") return;
    const timer = setTimeout(() => wantHealth([[ctx, name]], { fresh: true }), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [health]);
  if (status === "DELETED") {
    return html`<p class="health-line none">Deleted: its objects are gone, its records are kept.</p>`;
  }
  if (health === undefined) return html`<p class="health-line none">Looking at its objects…</p>`;
  if (health.error !== null) {
    return html`
      <p class="health-line">
        <${State} state="unknown">its objects cannot be read<//> <span class="why">${health.error.message}</span></p>
    `;
  }
  const { waiting, state, words, total, at } = health;
  const looked = now.value - at > OLD_SECONDS && html`
    <button type="button" class="quiet age"
      onClick=${() => wantHealth([[ctx, name]], { fresh: true })}>looked <${Time} at=${at} ago=${true} /></button>
  `;
  if (waiting.length === 0) {
    const text = total === 0 ? "no objects" : total === 1 ? "1 object is ready" : `all ${total} objects are ready`;
    return html`
      <p class="health-line">
        <${State} state=${state}>${words === "-" ? "–" : words}<//> <span class="why">${text}</span>${looked}</p>
    `;
  }
  return html`
    <div class="health-line">
      <${State} state=${state}>${words}<//><ul class="why">
        ${waiting.slice(0, NAMED).map(({ object, reason }) => html`<li key=${object}><b>${object}</b>: ${reason}</li>`)}
        ${waiting.length > NAMED && html`<li>and ${waiting.length - NAMED} more</li>`}
      </ul>${looked}</div>
  `;
}

/** @param {{ route: Route, release: ReleaseAnswer }} props */
function Tabs({ route, release }) {
  const marked = route.tab ?? route.under;
  const rev = release.revision === release.newest ? undefined : release.revision;
  /** @param {Route} to */
  const address = (to) => releaseLink(release, to.tab === "history" ? [] : [to.tab ?? ""], to.revisions ? { rev } : {});
  const keys = Object.fromEntries(tabs().slice(0, 9).map((tab, at) => [String(at + 1), () => go(address(tab))]));
  useKeys(keys);
  return html`<div class="tabs-row">
    <nav class="tabs" aria-label=${`Pages of ${release.name}`}>${
    tabs().map((tab) =>
      html`<a key=${tab.tab} href=${address(tab)} aria-current=${
        tab.tab === marked ? "page" : undefined
      }>${tab.tab}</a>`
    )
  }</nav>
    ${route.revisions && html`<${Revisions} release=${release} />`}
  </div>`;
}

/** The revision that a tab shows; `[` and `]` change it. @param {{ release: ReleaseAnswer }} props */
function Revisions({ release }) {
  const { revision, newest } = release;
  /** @param {number} to */
  const show = (to) => {
    if (to >= 1 && to <= newest) setFields({ rev: to === newest ? undefined : to });
  };
  useKeys({ "[": () => show(revision - 1), "]": () => show(revision + 1) });
  return html`
    <span class="revisions">
      <button type="button" class="quiet" aria-label="Older revision" title="Older revision  [" disabled=${revision <=
        1}
        onClick=${() => show(revision - 1)}>‹</button>
      <span>revision ${revision}</span>
      <button type="button" class="quiet" aria-label="Newer revision" title="Newer revision  ]" disabled=${revision >=
        newest}
        onClick=${() => show(revision + 1)}>›</button>
    </span>
  `;
}
