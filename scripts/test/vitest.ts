import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { add, type Counts, type FileResult, NONE } from "./results.ts";
import { ROOT, runProgram } from "./run-program.ts";

/** The parts that we read of vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly status: "passed" | "failed";
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Runs vitest with these arguments. A crash without a failed test counts as one. */
export async function runVitest(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<FileResult[]> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-test-"));
  const path = join(directory, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${path}`];
    const { code } = await runProgram(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args], { env });
    const files = readReport(path);
    const hasFailed = files.some(({ failed }) => failed > 0);
    return code === 0 || hasFailed ? files : [...files, { ...NONE, failed: 1, path: "vitest", seconds: 0 }];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readReport(path: string): FileResult[] {
  const { testResults } = JSON.parse(readFileSync(path, "utf8")) as Report;
  return testResults.map(({ name, startTime, endTime, status, assertionResults }) => {
    const counts = assertionResults.map(countOf).reduce(add, NONE);
    // A file that fails outside its tests has no failed one.
    const failed = status === "failed" && counts.failed === 0 ? 1 : counts.failed;
    return { ...counts, failed, path: relative(ROOT, name), seconds: (endTime - startTime) / 1000 };
  });
}

function countOf({ status }: { readonly status: string }): Counts {
  if (status === "passed") return { ...NONE, passed: 1 };
  return status === "failed" ? { ...NONE, failed: 1 } : { ...NONE, skipped: 1 };
}
