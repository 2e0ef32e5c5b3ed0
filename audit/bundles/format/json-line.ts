/** One kind of line: its keys in their only order, each with the form of its value. */
export type LineForm = Readonly<Record<string, Field>>;

/** Whether a value may stand there. */
export type Field = (value: unknown) => boolean;

const MAX_UINT96 = (1n << 96n) - 1n;
const MAX_UINT40 = 2 ** 40 - 1;
const MAX_UINT32 = 2 ** 32 - 1;

const matches =
  (pattern: RegExp): Field =>
  (value) =>
    typeof value === "string" && pattern.test(value);
const integerUpTo =
  (most: number): Field =>
  (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

export const address: Field = matches(/^0x[0-9a-f]{40}$/);
export const hash: Field = matches(/^0x[0-9a-f]{64}$/);
/** 64 bytes r, vs (EIP-2098). */
export const signature: Field = matches(/^0x[0-9a-f]{128}$/);
export const infoHash: Field = matches(/^[0-9a-f]{40}$/);
export const uint32: Field = integerUpTo(MAX_UINT32);
/** Seconds since 1970. */
export const time: Field = integerUpTo(MAX_UINT40);
export const count: Field = integerUpTo(Number.MAX_SAFE_INTEGER);
/** Decimal string of base units, at most 2^96-1. */
export const amount: Field = (value) =>
  typeof value === "string" && /^(0|[1-9]\d{0,28})$/.test(value) && BigInt(value) <= MAX_UINT96;
export const is =
  (only: unknown): Field =>
  (value) =>
    value === only;
export const oneOf =
  (...all: readonly string[]): Field =>
  (value) =>
    all.includes(value as string);
export const ascending =
  (field: Field): Field =>
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one, i) => field(one) && (i === 0 || (value[i - 1] as number) < (one as number)));
export const orNull =
  (form: LineForm): Field =>
  (value) =>
    value === null || faultOf(value, form) === null;

/**
 * Reads one line: JSON without spaces, with exactly the keys of its form in their order. A string
 * says what is wrong with it.
 */
export function readLine<T>(text: string, forms: Readonly<Record<string, LineForm>>): T | string {
  const value = parse(text);
  if (!isObject(value) || typeof value.kind !== "string") return "is no JSON object with a kind";
  const form = Object.hasOwn(forms, value.kind) ? forms[value.kind] : undefined;
  if (form === undefined) return `is of the unknown kind "${printable(value.kind)}"`;
  const fault = faultOf(value, form);
  if (fault !== null) return fault;
  // Keys given twice, spaces and other ways to write the same.
  if (JSON.stringify(value) !== text) return "is not spelled in the one way that the format allows";
  return value as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Foreign text: that it is no JSON is all there is to say.
    return null;
  }
}

function faultOf(value: unknown, form: LineForm): string | null {
  if (!isObject(value)) return "is no JSON object";
  const [due, found] = [Object.keys(form), Object.keys(value)];
  if (due.length !== found.length || due.some((key, i) => key !== found[i]))
    return `has the keys ${printable(found.join(","))}, not ${due.join(",")}`;
  const wrong = due.find((key) => !(form[key] as Field)(value[key]));
  return wrong === undefined ? null : `has a wrong ${wrong}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const MAX_SHOWN = 200;

/** Foreign text in a sentence: short, and nothing that moves a cursor. */
export function printable(text: string): string {
  return text.slice(0, MAX_SHOWN).replace(/[^\x20-\x7e]/g, "?");
}
