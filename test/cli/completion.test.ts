import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { runInProcess } from "../../scripts/devnet/in-process.ts";

/** What bash offers after this line. */
async function completed(line: string): Promise<string[]> {
  const { stdout } = await runInProcess(["completion", "bash"]);
  const words = line.split(" ");
  const list = words.map((word) => `'${word}'`).join(" ");
  const script = `${stdout}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _floodgate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout: reply, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: import.meta.dirname });
  expect(stderr).toBe("");
  return reply.split("\n").filter((word) => word !== "");
}

test("bash completes commands, those of a group, and options", async () => {
  expect(await completed("floodgate wal")).toEqual(["wallet"]);
  expect(await completed("floodgate wallet ex")).toEqual(["export"]);
  expect(await completed("floodgate get --max-s")).toEqual(["--max-spend"]);
  expect(await completed("floodgate wallet import --ind")).toEqual(["--index"]);
  expect(await completed("floodgate frobnicate --ind")).toEqual([]);
});

test("bash completes files where a file is asked for, and nothing for other values", async () => {
  expect(await completed("floodgate publish completion.te")).toEqual(["completion.test.ts"]);
  expect(await completed("floodgate seed ID --file completion.te")).toEqual(["completion.test.ts"]);
  expect(await completed("floodgate seed ID --host comp")).toEqual([]);
});

test.each(["zsh", "fish"])("the script for %s names every command", async (shell) => {
  const { exitCode, stdout } = await runInProcess(["completion", shell]);
  expect(exitCode).toBe(0);
  for (const name of ["up", "get", "wallet", "import", "doctor"]) expect(stdout).toContain(name);
});

test("another shell is refused", async () => {
  const { exitCode, stderr } = await runInProcess(["completion", "csh"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("Allowed choices are bash, zsh, fish")]);
});
