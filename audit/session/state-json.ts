/** Maps, sets and bigints in JSON, marked by keys that no object of the audit uses. */
const MARKS = { map: "$map", set: "$set", bigint: "$bigint" } as const;

export function toStateJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (one instanceof Map) return { [MARKS.map]: [...one] };
    if (one instanceof Set) return { [MARKS.set]: [...one] };
    return typeof one === "bigint" ? { [MARKS.bigint]: String(one) } : one;
  });
}

/** @throws {SyntaxError} when it is no JSON */
export function fromStateJson(text: string): unknown {
  return JSON.parse(text, (_key, one: unknown) => {
    if (typeof one !== "object" || one === null) return one;
    if (MARKS.map in one) return new Map(one[MARKS.map] as [unknown, unknown][]);
    if (MARKS.set in one) return new Set(one[MARKS.set] as unknown[]);
    return MARKS.bigint in one ? BigInt(one[MARKS.bigint] as string) : one;
  });
}
