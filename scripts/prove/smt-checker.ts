import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

/** SMTChecker of npm's solc, with Debian's z3 as its solver. */

interface Message {
  readonly severity: string;
  readonly message: string;
  readonly sourceLocation?: { readonly start: number; readonly end: number };
}

interface Compiler {
  compile(input: string, callbacks: { smtSolver(query: string): { contents: string } }): string;
}

export interface Finding {
  readonly isProved: boolean;
  /** Of the checked expression in the source. */
  readonly start: number;
  readonly end: number;
  /** What SMTChecker says, first line. */
  readonly message: string;
}

const solc = createRequire(import.meta.url)("solc") as Compiler;
const FILE = "Proof.sol";
/** Steps, not seconds: the same on a busy machine. */
const STEPS = 8_000_000;
/** As solc's own interface calls it, for constrained Horn clauses. */
const OPTIONS = ["fp.spacer.q3.use_qgen=true", "fp.spacer.mbqi=false", "fp.spacer.ground_pobs=false"];
const Z3 = ["-smt2", "-in", `rlimit=${STEPS}`, "rewriter.pull_cheap_ite=true", ...OPTIONS];

/** Whether z3 is there. */
export function hasSolver(): boolean {
  return spawnSync("z3", ["--version"]).status === 0;
}

/** @throws when the source does not compile */
export function check(source: string, contract: string): Finding[] {
  const modelChecker = {
    contracts: { [FILE]: [contract] },
    engine: "chc",
    showProvedSafe: true,
    showUnproved: true,
    solvers: ["smtlib2"],
    targets: ["assert", "underflow"],
  };
  const input = { language: "Solidity", sources: { [FILE]: { content: source } }, settings: { modelChecker } };
  const smtSolver = (query: string): { contents: string } => ({ contents: solve(query) });
  const { errors } = JSON.parse(solc.compile(JSON.stringify(input), { smtSolver })) as { errors?: Message[] };
  const failed = errors?.find(({ severity }) => severity === "error");
  if (failed) throw new Error(`the rewritten source does not compile: ${failed.message}`);
  return (errors ?? []).flatMap(({ message, sourceLocation }) => {
    if (!sourceLocation || !/^CHC: /.test(message)) return [];
    const [first = ""] = message.split("\n");
    return [{ isProved: first.endsWith("check is safe!"), ...sourceLocation, message: first }];
  });
}

function solve(query: string): string {
  // Not 0 when a model is asked of what has none: then the answer stands all the same.
  const { stdout } = spawnSync("z3", Z3, { input: query, encoding: "utf8", maxBuffer: 2 ** 30 });
  return stdout || "unknown";
}
