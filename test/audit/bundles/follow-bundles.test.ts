import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAudit } from "../../../audit/audit.ts";
import type { AuditReport } from "../../../audit/audit-report.ts";
import type { BundleSource } from "../../../audit/bundles/bundle-source.ts";
import { followBundles } from "../../../audit/bundles/follow-bundles.ts";
import type { AuditOptions } from "../../../audit/session/audit-options.ts";
import { watchAudit } from "../../../audit/session/watch.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { NetworkError } from "../../../protocol/base/errors.ts";
import { settleByVouchers } from "../../../scripts/tamper/play/batches.ts";
import { CONTENT_SIZES, grant, push } from "../../../scripts/tamper/play/lane.ts";
import { type Node, startNode } from "../../../scripts/tamper/play/node.ts";
import { perform, SENDERS } from "../../../scripts/tamper/play/perform.ts";
import { accountOf, type Scene } from "../../../scripts/tamper/play/scene.ts";

let node: Node;
let scene: Scene;
let directory: string;
/** The last block before the lie. */
let honest: number;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-audit-"));
  node = await startNode(SENDERS);
  scene = await perform(node, "third");
  honest = scene.chain.last().block;
  await overAllot();
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

/** The authority allots more than a payer has, and settles a part of it two blocks later. */
async function overAllot(): Promise<void> {
  const [payer, payee] = scene.parties;
  if (!payer || !payee) throw new Error("there are no parties");
  await scene.chain.mine();
  const { balance } = await accountOf(scene, payer.wallet.address);
  const lane = grant(scene, payer, payee, balance + 1_000n, scene.chain.last().time + 60);
  scene.unpublished.push(lane);
  lane.promised = 5_000n;
  push(scene, lane);
  await scene.chain.mine();
  await scene.chain.mine();
  await settleByVouchers(scene, [lane]);
  await scene.chain.mine();
}

const opened: Hex[] = [];
const source: BundleSource = {
  async open(name) {
    opened.push(name as Hex);
    const bytes = scene.bundles.get(name as Hex);
    return bytes === undefined ? null : bytesOf(bytes);
  },
};

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const optionsOf = (more: Partial<AuditOptions> = {}, from: BundleSource = source): AuditOptions => {
  const { signal } = new AbortController();
  return {
    rpcUrl: node.rpcUrl,
    contract: scene.chain.contract,
    seed: "s",
    sources: new Set(["bundles"]),
    observers: (made) => [followBundles(made, { source: from, held: null, contents: CONTENT_SIZES, signal })],
    signal,
    ...more,
  };
};

/** What it says, but not how it came to it. */
function saidBy({ findings, notChecked, tallies, checks }: AuditReport) {
  const { signaturesCheckedTwice: _, ...rest } = tallies;
  return { findings, notChecked, tallies: rest, checks };
}

describe("an audit with --state and --bundles", () => {
  test("says of each part what one that did not stop says, and reads each bundle once", async () => {
    const statePath = join(directory, "parts.sqlite");
    const parts = [honest - 30, honest - 29, honest - 10, honest, honest + 2, honest + 3];
    opened.length = 0;
    for (const toBlock of parts) await runAudit(optionsOf({ statePath, toBlock }));
    const resumed = await runAudit(optionsOf({ statePath }));
    expect(new Set(opened).size).toBe(opened.length);
    const whole = await runAudit(optionsOf());
    expect(saidBy(resumed)).toEqual(saidBy(whole));
    expect(resumed.resumedFrom).toBeGreaterThan(honest - 30);
  });

  test("finds what was allotted without money in blocks that an earlier run had read", async () => {
    const statePath = join(directory, "late.sqlite");
    expect(await runAudit(optionsOf({ statePath, toBlock: honest + 3 }))).toMatchObject({ findings: [] });
    const { findings, notChecked } = await runAudit(optionsOf({ statePath }));
    expect(new Set(findings.map(({ name }) => name))).toContain("allotment-covered");
    expect(notChecked.filter(({ sentence }) => sentence.includes("had passed their blocks"))).toEqual([]);
  });

  test("does not go on from a state that was made without them", async () => {
    const statePath = join(directory, "other.sqlite");
    await runAudit({ ...optionsOf({ statePath, toBlock: honest }), observers: () => [] });
    await expect(runAudit(optionsOf({ statePath }))).rejects.toMatchObject({ code: "STATE_SOURCES" });
  });
});

describe("a watch with bundles", () => {
  test("raises an alarm while their server is silent, and then goes on", async () => {
    let isAway = true;
    const away: BundleSource = {
      async open(name) {
        if (isAway) throw new NetworkError("EVIDENCE_UNREACHABLE", "no usable answer");
        return source.open(name);
      },
    };
    const { toBlock: _, ...options } = optionsOf({}, away);
    const steps = watchAudit({ ...options, pollMs: 10 });
    const first = await steps.next();
    expect(first.value?.alarms).toEqual([
      { name: "bundles-away", sentence: "the audit waits for bundles: no usable answer" },
    ]);
    isAway = false;
    const second = await steps.next();
    expect(second.value?.findings.map(({ name }: { name: string }) => name)).toContain("allotment-covered");
    await scene.chain.mine();
    expect((await steps.next()).value).toMatchObject({ findings: [], alarms: [] });
    await steps.return(undefined);
  });
});
