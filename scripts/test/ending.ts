import { add, type Counts, type FileResult, NONE } from "./results.ts";

const SLOWEST = 10;

/** What the tests of each folder show, in words. */
const AREAS: Readonly<Record<string, string>> = {
  contracts: "the contract's rules, in Solidity: every entry point, fuzzed properties, invariants",
  protocol: "signed types, wire formats and files, the same in TypeScript and in Solidity",
  authority: "accounts, deposits, allotments, vouchers, settlement, withdrawals, complaints",
  tracker: "announce and scrape over HTTP and WebSocket, and who is admitted",
  client: "a peer's payments, torrent engine, store, wallet and stream",
  audit: "the auditor: honest histories pass, and each lie is found",
  cli: "every command: help, results, refusals and exit codes",
  e2e: "whole networks: downloads, crashes, a dead and a dishonest authority, foreign clients",
  adversaries: "every kind of cheat, and the bound on what it gains",
  "break-it": "the demo's desk: its cases by real processes, and who may lose how much",
  chaos: "the authority under reorganizations, faults of nodes and kills",
  crash: "kill -9 of the authority at named steps",
  web: "pages: what they show, to whom, and what hostile texts and wallets do to them",
  package: "what npm installs of it",
  scripts: "benches, mutants and the tamper campaign, each once and small",
  browser: "the pure files, bundled, and loaded where there is no Node",
  examples: "the examples of the documents, each run",
  docs: "links and citations of the documents, and the answers to a stranger's questions",
  architecture: "the directions of imports, and the sizes of files and folders",
};

/**
 * The last lines of `npm test`: what was covered, where the time went, and the counts alone in the
 * last one.
 */
export function formatEnding(files: readonly FileResult[]): string {
  const areas = new Map<string, Counts>();
  for (const file of files) {
    const area = areaOf(file.path);
    areas.set(area, add(areas.get(area) ?? NONE, file));
  }
  const { passed, failed, skipped } = files.reduce(add, NONE);
  const inOrder = [...Object.keys(AREAS).filter((area) => areas.has(area)), ...[...areas.keys()].filter(isOther)];
  return [
    "Covered, in tests:",
    ...inOrder.map((area) => formatArea(area, areas.get(area) ?? NONE)),
    "",
    "Slowest files, in seconds:",
    ...files
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, SLOWEST)
      .map(formatFile),
    "",
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join("\n");
}

/** The folder under test/, or the name of a file that lies in test/ itself. */
function areaOf(path: string): string {
  return path.split("/")[1]?.replace(/\.test\.ts$/, "") ?? path;
}

function isOther(area: string): boolean {
  return !Object.hasOwn(AREAS, area);
}

function formatArea(area: string, { passed, failed, skipped }: Counts): string {
  const notes = [failed > 0 ? `${failed} FAILED` : "", skipped > 0 ? `${skipped} skipped` : ""].filter(Boolean);
  const ending = notes.length > 0 ? ` (${notes.join(", ")})` : "";
  return `${String(passed).padStart(6)}  ${area.padEnd(12)}  ${AREAS[area] ?? ""}${ending}`;
}

function formatFile({ path, seconds }: FileResult): string {
  return `${seconds.toFixed(1).padStart(6)}  ${path}`;
}
