import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKS } from "../../../audit/checks.ts";
import type { Finding } from "../../../audit/findings.ts";
import { type WatchOptions, watchAudit } from "../../../audit/session/watch.ts";
import { postMessage } from "../../../audit/session/webhook.ts";
import { keyOf } from "../../../scripts/tamper/play/people.ts";
import { about, startLyingNode } from "../support/lying-node.ts";
import { openStage, type Stage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const abort = new AbortController();
const options = (more: Partial<WatchOptions> = {}): WatchOptions => ({
  rpcUrl: stage.rpcUrl,
  contract: stage.chain.contract,
  signal: abort.signal,
  pollMs: 10,
  ...more,
});

/** The first step for which this holds. */
async function until<T>(steps: AsyncGenerator<T>, holds: (step: T) => boolean): Promise<T> {
  for await (const step of { [Symbol.asyncIterator]: () => ({ next: () => steps.next() }) })
    if (holds(step)) return step;
  throw new Error("the watch ended");
}

describe("a watch", () => {
  test("finds nothing in honest blocks, and what is wrong once", async () => {
    let isLying = false;
    await using node = await startLyingNode(
      stage.rpcUrl,
      about("eth_getLogs", (logs: unknown[]) => (isLying ? [] : logs)),
    );
    const steps = watchAudit(options({ rpcUrl: node.url }));
    const first = await until(steps, () => true);
    expect(first.findings).toEqual([]);
    const account = keyOf("somebody").address;
    await stage.chain.call(stage.owner.address, "depositFor", account, 5n, `0x${"0".repeat(64)}`);
    const block = Number(await stage.rpc("eth_blockNumber"));
    expect(await until(steps, (step) => step.block >= block)).toMatchObject({ findings: [], notChecked: [] });

    isLying = true;
    await stage.chain.call(stage.owner.address, "setOperator", account);
    const alarm = await until(steps, ({ findings }) => findings.length > 0);
    expect(alarm.findings.map(({ name, sentence }) => [name, sentence])).toEqual([
      ["contract-state", expect.stringMatching(/^the operator is 0x.* in the contract; its history gives 0x/)],
    ]);
    await stage.chain.mine();
    const next = await until(steps, (step) => step.block > alarm.block);
    expect(next.findings).toEqual([]);
    await steps.return(undefined);
  });

  test("raises an alarm when the bond is lower than it should be", async () => {
    const steps = watchAudit(options({ limits: () => ({ minBond: 1n }) }));
    const sentence = "the bond is 0.000000 TUSD, less than 0.000001 TUSD";
    expect((await until(steps, () => true)).alarms).toEqual([{ name: "low-bond", sentence }]);
    await steps.return(undefined);
  });

  test("goes on when its node was away, and says so once", async () => {
    let isAway = false;
    await using node = await startLyingNode(stage.rpcUrl, (_, honest) => (isAway ? "out of order" : honest));
    const steps = watchAudit(options({ rpcUrl: node.url }));
    const { block } = await until(steps, () => true);
    isAway = true;
    const names = async () => (await until(steps, ({ alarms }) => alarms.length > 0)).alarms.map(({ name }) => name);
    expect(await names()).toEqual(["node-away"]);
    isAway = false;
    await stage.chain.mine();
    expect(await until(steps, () => true)).toMatchObject({ block: block + 1, alarms: [], findings: [] });
    await steps.return(undefined);
  });

  test("waits for the confirmations that it was asked to wait for", async () => {
    const steps = watchAudit(options({ confirmations: 3 }));
    const before = Number(await stage.rpc("eth_blockNumber"));
    const step = await until(steps, () => true);
    const after = Number(await stage.rpc("eth_blockNumber"));
    expect(step.block).toBeGreaterThanOrEqual(before - 3);
    expect(step.block).toBeLessThanOrEqual(after - 3);
    await steps.return(undefined);
  });

  test("stops at a reorganization that reaches what it has read", async () => {
    let replaced = Number.POSITIVE_INFINITY;
    const isReplaced = (number: unknown): boolean => Number(number) >= replaced && String(number) !== "latest";
    await using node = await startLyingNode(
      stage.rpcUrl,
      about("eth_getBlockByNumber", (block: Record<string, unknown>, [number]) =>
        isReplaced(number) ? { ...block, hash: `0x${"ee".repeat(32)}` } : block,
      ),
    );
    const steps = watchAudit(options({ rpcUrl: node.url }));
    replaced = (await until(steps, () => true)).block;
    await stage.chain.call(stage.owner.address, "pauseDeposits");
    await expect(until(steps, () => false)).rejects.toMatchObject({ code: "RPC_REORG" });
  });

  test("ends with its signal", async () => {
    const own = new AbortController();
    const steps = watchAudit(options({ signal: own.signal, pollMs: 1_000_000 }));
    await steps.next();
    own.abort();
    expect(await steps.next()).toEqual({ done: true, value: undefined });
  });
});

describe("an alarm", () => {
  const { number: check, severity } = CHECKS.operator;
  const finding: Finding = {
    check,
    name: "operator",
    severity,
    sentence: "it is wrong",
    block: 7,
    tx: "0xaa",
    batch: 1,
  };
  const alarm = { contract: "0xC0", chainId: "31337", finding };

  /** Answers with these HTTP codes in turn; says what came. */
  async function receive(codes: readonly number[], act: (url: string) => Promise<unknown>) {
    const bodies: unknown[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.writeHead(codes[bodies.length - 1] ?? 500).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const outcome = await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/alarms`).then(
      () => "taken",
      (error) => error.code,
    );
    server.closeAllConnections();
    server.close();
    return { outcome, bodies };
  }
  const post = (url: string): Promise<void> => postMessage(url, alarm, abort.signal, () => 1);

  test("is posted as JSON", async () => {
    expect(await receive([204], post)).toEqual({ outcome: "taken", bodies: [alarm] });
  });

  test("is posted again when it is not taken, three times at most", async () => {
    expect(await receive([500, 503, 200], post)).toEqual({ outcome: "taken", bodies: [alarm, alarm, alarm] });
    expect(await receive([500, 500, 500, 200], post)).toEqual({
      outcome: "WEBHOOK_FAILED",
      bodies: [alarm, alarm, alarm],
    });
  });

  test("that nobody can take is an error", async () => {
    await expect(post("http://127.0.0.1:1/alarms")).rejects.toMatchObject({ code: "WEBHOOK_FAILED" });
    await expect(post("ftp://example.org")).rejects.toMatchObject({ code: "URL_INVALID" });
  });
});
