/**
 * Light, dark, or as the system says.
 *
 * @module
 */
import { signal } from "@preact/signals";

const KEY = "skeg-theme";
/** @type {readonly ("auto" | "light" | "dark")[]} */
const THEMES = ["auto", "light", "dark"];

/** The theme that the user chose. The only thing that is kept after the tab is closed. */
export const theme = signal(THEMES.find((name) => name === localStorage.getItem(KEY)) ?? "auto");

/** Takes the next theme. */
export function nextTheme() {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
  if (theme.value === "auto") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme.value);
  applyTheme();
}

/** Sets the theme on the document. */
export function applyTheme() {
  const { dataset } = document.documentElement;
  if (theme.value === "auto") delete dataset["theme"];
  else dataset["theme"] = theme.value;
}
