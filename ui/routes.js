/**
 * The pages. To add one, write `pages/NAME.js` and a line here.
 *
 * A page is the default export of its module: a component with the properties {@link PageProps}. It calls `usePage`
 * for its title and its command, and begins with an `h1`; a tab of a release begins with an `h2`.
 *
 * @module
 */

/**
 * @import { Element } from "./lib/h.js"
 * @import { ReleaseAnswer } from "../app/ui/types.ts"
 */

/**
 * @typedef {object} PageProps
 * @property {Readonly<Record<string, string>>} params The named parts of the path.
 * @property {ReleaseAnswer} [release] For tabs: the release, at the revision that `?rev=` names.
 */

/**
 * @typedef {object} Route
 * @property {string} pattern Such as `/r/:ctx/:ns/:name`.
 * @property {() => Promise<{ default: (props: any) => Element | null }>} load In the bundle: the page itself.
 * @property {string} [nav] Its word in the navigation.
 * @property {string} [tab] Its word among a release's tabs; it is shown in the release's frame.
 * @property {string} [under] The tab that is marked; for pages in the frame that are no tab.
 * @property {boolean} [revisions] For tabs: true if it shows one revision, which `[` and `]` change.
 */

const RELEASE = "/r/:ctx/:ns/:name";

/** The order is that of the navigation and of the tabs. @type {readonly Route[]} */
export const ROUTES = [
  { pattern: "/", nav: "Fleet", load: () => import("./pages/fleet.js") },
  { pattern: RELEASE, under: "history", load: () => import("./pages/history.js") },
  { pattern: `${RELEASE}/history`, tab: "history", load: () => import("./pages/history.js") },
  { pattern: `${RELEASE}/diff`, tab: "diff", load: () => import("./pages/diff.js") },
  { pattern: `${RELEASE}/diff/:from/:to`, under: "diff", load: () => import("./pages/diff.js") },
  { pattern: `${RELEASE}/rollback/:to`, under: "history", load: () => import("./pages/rollback.js") },
  { pattern: `${RELEASE}/values`, tab: "values", revisions: true, load: () => import("./pages/values.js") },
  { pattern: `${RELEASE}/manifest`, tab: "manifest", revisions: true, load: () => import("./pages/manifest.js") },
  { pattern: `${RELEASE}/resources`, tab: "resources", load: () => import("./pages/resources.js") },
  { pattern: `${RELEASE}/pod/:podns/:pod`, under: "resources", load: () => import("./pages/pod.js") },
  { pattern: `${RELEASE}/hooks`, tab: "hooks", revisions: true, load: () => import("./pages/hooks.js") },
  { pattern: `${RELEASE}/notes`, tab: "notes", revisions: true, load: () => import("./pages/notes.js") },
  { pattern: `${RELEASE}/template`, tab: "template", revisions: true, load: () => import("./pages/template.js") },
  { pattern: `${RELEASE}/upgrade`, tab: "upgrade", load: () => import("./pages/upgrade.js") },
  { pattern: "/doctor", nav: "Doctor", load: () => import("./pages/doctor.js") },
  { pattern: "/charts", nav: "Charts", load: () => import("./pages/charts.js") },
  { pattern: "/charts/:repo/:name/:version", load: () => import("./pages/chart.js") },
  { pattern: "/activity", nav: "Activity", load: () => import("./pages/activity.js") },
  { pattern: "/help", load: () => import("./pages/help.js") },
];
