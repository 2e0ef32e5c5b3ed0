import type { Finding } from "../findings.ts";

/**
 * What was due and what was found, where that says more than the sentence. Null: it does not, for
 * sentences tell amounts with their unit, and here they would be base units.
 */
export function valuesOf({
  expected,
  actual,
}: {
  readonly [K in "expected" | "actual"]: Finding[K] | undefined;
}): { readonly expected: string; readonly actual: string } | null {
  if (expected === undefined || [expected, actual].some((value) => /^-?\d+$/.test(value ?? ""))) return null;
  return { expected, actual: actual ?? "nothing" };
}
