import { afterAll, beforeAll, expect, test } from "vitest";
import { runAudit } from "../../../audit/audit.ts";
import { decodeArtifact } from "../../../audit/code/artifact.ts";
import { readArtifact } from "../../../cli/deploy/contracts.ts";
import { type Audited, auditHistory } from "../support/audited.ts";

let audited: Audited;
beforeAll(async () => {
  audited = await auditHistory();
});
afterAll(() => audited[Symbol.asyncDispose]());

test("the contract of a clean audit is said to be a published build", () => {
  expect(audited.report).toMatchObject({ ok: true, build: expect.stringMatching(/^Floodgate \d/) });
});

test("a contract whose owner can take all tokens is not clean before a single token is gone", async () => {
  const { history, report } = audited;
  const real = "0x00000000000000000000000000000000000c0de0";
  // What it does stays the same: its code moves away, and is called from there.
  await history.rpc("hardhat_setCode", real, await history.rpc("eth_getCode", history.contract, "latest"));
  const { deployedBytecode, immutableReferences } = readArtifact("BackdoorProxy");
  const places = Object.values(immutableReferences).flat();
  const code = places.reduce(
    (digits, { start }) => `${digits.slice(0, 2 + 2 * start + 24)}${real.slice(2)}${digits.slice(2 + 2 * start + 64)}`,
    deployedBytecode as string,
  );
  await history.rpc("hardhat_setCode", history.contract, code);
  await history.rpc("evm_mine");

  const after = await audited.audit();
  expect(after).toMatchObject({ ok: false, build: null, held: report.held, findingCount: 1 });
  expect(after.findings).toMatchObject([
    {
      name: "contract-code",
      severity: "critical",
      sentence: expect.stringMatching(
        /^the contract's code \(hash 0x[0-9a-f]{64}\) is no published build of Floodgate/,
      ),
    },
  ]);

  // Somebody who has read this code may say so.
  const { rpcUrl, contract } = history;
  const artifact = decodeArtifact(JSON.stringify({ deployedBytecode, immutableReferences }));
  const { signal } = new AbortController();
  expect(await runAudit({ rpcUrl, contract, fromBlock: null, artifact, signal })).toMatchObject({
    ok: true,
    build: "Floodgate of the artifact",
    notChecked: expect.arrayContaining([
      expect.objectContaining({ sentence: expect.stringMatching(/^what the constructor fixed in the code/) }),
    ]),
  });
});

test("a token of unknown code is said not to be checked: it may freeze, mint or take", async () => {
  const { history, audit } = audited;
  const code = String(await history.rpc("eth_getCode", history.token, "latest"));
  expect((await audit()).notChecked.filter(({ sentence }) => /code of the token/.test(sentence))).toEqual([]);
  await history.rpc("hardhat_setCode", history.token, `${code}00`);
  await history.rpc("evm_mine");
  const { notChecked } = await audit();
  await history.rpc("hardhat_setCode", history.token, code);
  expect(notChecked.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringMatching(/^the code of the token 0x[0-9a-fA-F]{40}: whether it can freeze, mint or take tokens$/),
  );
});
