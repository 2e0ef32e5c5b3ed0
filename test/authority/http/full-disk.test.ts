import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Server } from "../../../authority/http/routes/route.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { serve } from "../support/serve.ts";
import { signedRequest } from "../support/signed-request.ts";

let authority: TestAuthority;
let server: Server;
let session: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  session = await authority.session(accountOf(1), 11);
  server = await serve(authority.context);
});
afterEach(async () => {
  await server.close();
  await authority.stop();
});

const payload = { amount: "100", card: "4242424242424242" };
const deposit = async (key: string) => {
  const headers = { "idempotency-key": key };
  return server.inject(
    signedRequest(authority, session, { method: "POST", url: "/v1/deposits", payload }, { headers }),
  );
};
const read = async (url: string) => server.inject(signedRequest(authority, session, { url }));
/** How many pages of 4 KiB the store may have: SQLite says FULL beyond, as on a full disk. */
const limitPages = (count: number) =>
  sql`pragma max_page_count = ${sql.lit(count)}`.execute(authority.context.store.db);

test("on a full disk writes are refused and reads go on; a deposit passes when there is room, and is charged once", async () => {
  await limitPages(1);
  let reply = await deposit("deposit-0");
  let tried = 1;
  for (; reply.statusCode === 200; tried++) reply = await deposit(`deposit-${tried}`);
  expect([reply.statusCode, reply.json().code]).toEqual([503, "STORE_FULL"]);
  expect((await read("/v1/account")).statusCode).toBe(200);
  expect((await server.inject("/v1/torrents")).statusCode).toBe(200);
  const ready = await server.inject("/readyz");
  expect([ready.statusCode, ready.json().problems]).toEqual([
    503,
    [{ part: "store", problem: expect.stringMatching(/disk is full/) }],
  ]);

  await limitPages(1_000_000);
  // The store tries by itself.
  await expect.poll(async () => (await server.inject("/readyz")).statusCode).toBe(200);
  // It may have been charged before the disk was full.
  expect((await deposit(`deposit-${tried - 1}`)).json()).toMatchObject({ state: "charged" });
  const charges = await authority.context.store.db.selectFrom("cardCharges").select("outcome").execute();
  expect(charges).toHaveLength(tried);
});
