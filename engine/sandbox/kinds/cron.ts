/**
 * Checks the schedules of CronJobs.
 *
 * Source of the words: `github.com/robfig/cron/v3`, `parser.go`.
 *
 * @module
 */

const NAMED = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

interface FieldRange {
  readonly low: number;
  readonly high: number;
  readonly names: Record<string, number>;
}

function named(names: readonly string[], first: number): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, i + first]));
}

// Minute, hour, day of the month, month, day of the week.
const FIELDS: readonly FieldRange[] = [
  { low: 0, high: 59, names: {} },
  { low: 0, high: 23, names: {} },
  { low: 1, high: 31, names: {} },
  { low: 1, high: 12, names: named(MONTHS, 1) },
  { low: 0, high: 6, names: named(DAYS, 0) },
];

/** Returns the number that a text means, or the problem as text. */
function numberProblem(text: string, names: Record<string, number>): string | number {
  const own = names[text.toLowerCase()];
  if (own !== undefined) return own;
  if (/^\d+$/.test(text)) return Number(text);
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}

function partProblem(part: string, field: FieldRange): string | undefined {
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0) return `too many slashes: ${part}`;
  const [from = "", to, ...rest] = range.split("-");
  if (rest.length > 0) return `too many hyphens: ${part}`;
  let [low, high] = [field.low, field.high];
  if (from !== "*" && from !== "?") {
    const start = numberProblem(from, field.names);
    if (typeof start === "string") return start;
    low = start;
    // `5` is 5 alone; `5/10` is every tenth from 5 to the end of the range.
    high = step === undefined ? start : field.high;
    if (to !== undefined) {
      const end = numberProblem(to, field.names);
      if (typeof end === "string") return end;
      high = end;
    }
  }
  if (step !== undefined) {
    const size = numberProblem(step, {});
    if (typeof size === "string") return size;
    if (size === 0) return `step of range should be a positive number: ${part}`;
  }
  if (low < field.low) return `beginning of range (${low}) below minimum (${field.low}): ${part}`;
  if (high > field.high) return `end of range (${high}) above maximum (${field.high}): ${part}`;
  return low > high ? `beginning of range (${low}) beyond end of range (${high}): ${part}` : undefined;
}

/** Returns what the server's cron library says about a schedule; `undefined` when it is valid. */
export function cronProblem(schedule: string): string | undefined {
  // The library takes a time zone here; the rules of CronJobs refuse it afterwards.
  const text = schedule.replace(/^(?:CRON_)?TZ=\S*\s+/, "").trim();
  if (text.startsWith("@")) {
    if (NAMED.includes(text) || /^@every \d/.test(text)) return undefined;
    return `unrecognized descriptor: ${text}`;
  }
  const fields = text.split(/\s+/);
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
  for (const [i, field] of FIELDS.entries()) {
    for (const part of (fields[i] ?? "").split(",")) {
      const problem = partProblem(part, field);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}
