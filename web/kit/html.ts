import { printable } from "../../protocol/base/text.ts";

/** Markup that is safe to put into a page. Only `html` and `xml` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** `null` and `false` write nothing. */
export type Value = string | number | bigint | null | false | Markup | readonly Markup[];

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const MAX_TEXT = 4_096;

/**
 * A template of HTML or XML. A value that is not markup is a stranger's text: it is escaped, and
 * nothing in it stays hidden. Attributes must be quoted; one that is not is a fault of ours.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Markup {
  for (const literal of literals.raw.slice(0, -1))
    if (/=\s*$/.test(literal)) throw new Error("a value stands in an attribute without quotes");
  return new Markup(String.raw({ raw: literals.raw }, ...values.map(write)));
}

function write(value: Value): string {
  if (value === null || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return printable(String(value), MAX_TEXT).replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
