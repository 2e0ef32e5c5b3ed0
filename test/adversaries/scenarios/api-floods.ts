import type { InjectOptions } from "fastify";
import type { Server } from "../../../authority/http/routes/route.ts";
import { PROOF_HEADER } from "../../../protocol/http/proof.ts";
import type { Row } from "../../../scripts/cheats/row.ts";
import { accountOf, TestAuthority, type TestSession } from "../../authority/support/context.ts";
import { serve } from "../../authority/support/serve.ts";
import { signedRequest } from "../../authority/support/signed-request.ts";

/** The API with its default limits, attacked from one network. The honest ask from another. */
interface Edge {
  readonly authority: TestAuthority;
  readonly cheat: TestSession;
  readonly honest: TestSession;
  /** Statuses of so many requests, by how often each came. */
  send(count: number, request: (i: number) => InjectOptions): Promise<Map<number, number>>;
  isHonestServed(): Promise<boolean>;
}

const CHEAT = "192.0.2.66";
const HONEST = "198.51.100.1";
/** Units that one network or account may take at once by default. */
const BURST = 1_000;

/** Floods that cost their sender nothing, each of so many requests to an authority of its own. */
export async function apiFloods(requests: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const flood of [noncesForNobody, operatorsWithoutSecret, badVouchers, bencodeBombs, stolenToken])
    rows.push(await onEdge((edge) => flood(edge, requests)));
  return rows;
}

function noncesForNobody(edge: Edge, requests: number): Promise<Row> {
  return flood(edge, "asks for login nonces", requests, BURST, () => ({
    method: "POST",
    url: "/v1/login/nonce",
    payload: { account: accountOf(9) },
  }));
}

function operatorsWithoutSecret(edge: Edge, requests: number): Promise<Row> {
  return flood(edge, "announces without the secret", requests, BURST, () => ({
    method: "POST",
    url: "/v1/tracker/announces",
    headers: { authorization: `Bearer ${"9".repeat(64)}` },
    payload: {},
  }));
}

function badVouchers(edge: Edge, requests: number): Promise<Row> {
  const voucher = { payer: accountOf(9), amount: "1", signature: `0x${"11".repeat(64)}`, final: true };
  const vouchers = Array.from({ length: 100 }, (_, lane) => ({ ...voucher, lane: lane + 1 }));
  return flood(edge, "pushes 100 bad vouchers at once", requests, BURST / 100, () =>
    signedRequest(edge.authority, edge.cheat, { method: "POST", url: "/v1/vouchers", payload: { vouchers } }),
  );
}

function bencodeBombs(edge: Edge, requests: number): Promise<Row> {
  const bomb = Buffer.from(`d4:infod5:filesl${"de".repeat(100_000)}eee`);
  return flood(edge, "publishes empty dictionaries", Math.min(requests, 200), BURST / 20, () => ({
    ...signedRequest(
      edge.authority,
      edge.cheat,
      { method: "POST", url: "/v1/torrents?title=a&pricePerGiB=0" },
      {
        headers: { "content-type": "application/x-bittorrent" },
        body: bomb,
      },
    ),
  }));
}

function stolenToken(edge: Edge, requests: number): Promise<Row> {
  return flood(edge, "uses another's access token", requests, 0, () =>
    signedRequest(edge.authority, edge.honest, { url: "/v1/account" }, { headers: { [PROOF_HEADER]: "" } }),
  );
}

/** `bound`: requests that may be looked into; the others must be refused for their number. */
async function flood(
  edge: Edge,
  scenario: string,
  requests: number,
  bound: number,
  request: (i: number) => InjectOptions,
): Promise<Row> {
  const statuses = await edge.send(requests, request);
  const taken = statuses.get(200) ?? 0;
  const refused = (statuses.get(429) ?? 0) + (statuses.get(401) ?? 0);
  const looked = requests - refused;
  const problems = looked > bound ? [`${looked} of ${requests} requests were looked into, the bound is ${bound}`] : [];
  if (!(await edge.isHonestServed())) problems.push("an honest request was refused");
  const nothing = { bytes: 0, money: 0n };
  const why = `at most ${bound} requests are looked into, and no other network or account is concerned`;
  return {
    scenario,
    cheats: 1,
    gained: nothing,
    lost: nothing,
    bound: { ...nothing, why },
    problems,
    note: `${requests} requests: ${taken} taken, ${looked - taken} looked into and refused, ${refused} refused at the door`,
  };
}

async function onEdge(attack: (edge: Edge) => Promise<Row>): Promise<Row> {
  const authority = await new TestAuthority().start();
  let server: Server | null = null;
  try {
    const serving = await serve(authority.context);
    server = serving;
    const [cheat, honest] = [await authority.session(accountOf(1), 11), await authority.session(accountOf(2), 12)];
    return await attack({
      authority,
      cheat,
      honest,
      async send(count, request) {
        const statuses = new Map<number, number>();
        for (let i = 0; i < count; i++) {
          const { statusCode } = await serving.inject({ ...request(i), remoteAddress: CHEAT });
          statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        }
        return statuses;
      },
      async isHonestServed() {
        const asked = signedRequest(authority, honest, { url: "/v1/statement", remoteAddress: HONEST });
        return (await serving.inject(asked)).statusCode === 200;
      },
    });
  } finally {
    await server?.close();
    await authority.stop();
  }
}
