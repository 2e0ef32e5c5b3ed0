import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take longest, by parts of their paths, longest first: the last file to end should be a
 * short one.
 */
const LONGEST = [
  "/e2e/demo",
  "/web/browser",
  "/web/account/account",
  "/web/peer/",
  "/web/whole-path",
  "/break-it/",
  "/crash/",
  "/examples/",
  "/e2e/crashes",
  "/e2e/",
  "/adversaries/",
  "/audit/lies",
  "/cli/commands/refusals",
  "/cli/commands/get",
  "/scripts/bench/",
  "/cli/content/",
  "/authority/chain/",
  "/authority/http/",
  "/cli/commands/audit/",
  "/scripts/tamper/",
  "/audit/",
  "/protocol/cross-check/",
];

/** The same order on every machine, whatever it has run before. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((part) => moduleId.includes(part));
  return rank === -1 ? LONGEST.length : rank;
}
