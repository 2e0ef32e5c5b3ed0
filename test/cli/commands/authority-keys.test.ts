import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateKeyToAddress } from "viem/accounts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAuthorityKeys } from "../../../cli/keys.ts";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "floodgate-keys-"));
  for (const kind of ["operator", "allotter"])
    writeFileSync(join(home, `${kind}.key`), `0x${"ab".repeat(32)}\n`, { mode: 0o600 });
});
afterEach(() => rmSync(home, { recursive: true }));

const add = (kind: string) => runInProcess(["authority", `add-${kind}`, "--home", home, "--json"]);

test("the authority reads all keys of its home, the newest last", async () => {
  const answers = [];
  for (const _ of [1, 2]) answers.push(JSON.parse((await add("allotter")).stdout));
  const { operatorKey, allotterKey } = await readAuthorityKeys(home);
  expect(operatorKey).toHaveLength(1);
  const [, ...added] = allotterKey.map((key) => privateKeyToAddress(key).toLowerCase());
  expect(answers.map(({ address }) => address)).toEqual(added);
  expect(answers.map(({ file }) => file)).toEqual([2, 3].map((number) => join(home, `allotter-${number}.key`)));
  expect(statSync(join(home, "allotter-3.key")).mode & 0o777).toBe(0o600);
});

test("in a home without a first key none is added", async () => {
  rmSync(join(home, "operator.key"));
  const { exitCode, stderr } = await add("operator");
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("KEY_FILE_MISSING")]);
  expect(readdirSync(home)).toEqual(["allotter.key"]);
});
