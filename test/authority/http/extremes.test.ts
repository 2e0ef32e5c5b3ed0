import { afterEach, beforeEach, expect, test } from "vitest";
import type { Server } from "../../../authority/http/routes/route.ts";
import { Random } from "../../chaos/random.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { CONTENT, grantLanes } from "../support/lanes.ts";
import { makeValue, type Schema } from "../support/schema-values.ts";
import { serve } from "../support/serve.ts";
import { signedRequest } from "../support/signed-request.ts";

/** Whatever fits the routes' schemas: one account's data must not be a fault of the authority. */

const SEED = 20_261_201;
/** To each route. */
const REQUESTS = process.env.FLOODGATE_DEEP ? 250 : 12;

let authority: TestAuthority;
let server: Server;
let payer: TestSession;
let payee: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(accountOf(1), 11);
  payee = await authority.session(accountOf(21), 21);
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  await grantLanes(authority, payer, [payee]);
  let ms = 0;
  // No limit of requests: time flies.
  server = await serve(authority.context, [], {}, ["t.example"], () => (ms += 3_600_000));
});
afterEach(async () => {
  await server.close();
  await authority.stop();
});

/** Texts of which most patterns take one, and what the account really has. */
const texts = (): string[] => [
  "",
  "0",
  "1",
  "79228162514264337593543950335",
  "99999999999999999999999999999",
  CONTENT,
  "0".repeat(40),
  payer.account,
  payee.account,
  payee.sessionKey,
  payee.publicKey,
  `0x${"0".repeat(40)}`,
  `0x${"0".repeat(64)}`,
  `0x${"f".repeat(64)}`,
  `0x${"0".repeat(128)}`,
  `0x${"f".repeat(128)}`,
  `0x02${"0".repeat(64)}`,
  "0x00",
  "4242424242424242",
  "a\u202eb",
  "\ud800",
];

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[];
}

/** Some requests to one route, at the limits of what it takes. */
function requestsOf(path: string, verb: string, operation: Operation, random: Random) {
  const { requestBody, parameters = [], security = [] } = operation;
  const schema = requestBody?.content["application/json"]?.schema;
  if (verb !== "get" && !schema) return [];
  const make = (own: Schema) => makeValue(own, random, { texts: texts(), now: authority.now });
  const part = (own: Schema): string => encodeURIComponent(String(make(own)).toWellFormed()) || "x";
  const method = verb === "get" ? ("GET" as const) : ("POST" as const);
  const isOperator = security.some((one) => "operatorSecret" in one);
  return Array.from({ length: REQUESTS }, () => {
    let url = path;
    for (const { in: place, name, schema: own } of parameters)
      if (place === "path") url = url.replace(`{${name}}`, part(own));
    const asked = parameters.filter(({ in: place }) => place === "query" && random.chance(0.7));
    const query = asked.map(({ name, schema: own }) => `${name}=${part(own)}`).join("&");
    if (query !== "") url += `?${query}`;
    return { method, url, isOperator, ...(schema && { payload: make(schema) as object }) };
  });
}

test("no request that fits its schema is a fault of the authority", async () => {
  const { paths } = (await server.inject("/openapi.json")).json() as {
    paths: Record<string, Record<string, Operation>>;
  };
  // The test has no terms of a contract to tell, and its sessions go on.
  for (const path of ["/v1/info", "/v1/logout"]) delete paths[path];
  const random = new Random(SEED);
  const requests = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([verb, operation]) => requestsOf(path, verb, operation, random)),
  );
  const faults: unknown[] = [];
  for (const [i, { isOperator, ...request }] of requests.entries()) {
    const signed = signedRequest(authority, random.pick([payer, payee]), request);
    const own = {
      "idempotency-key": `request-number-${i}`,
      ...(isOperator && { authorization: `Bearer ${authority.context.secrets.operator}` }),
    };
    const { statusCode, body } = await server.inject({ ...signed, headers: { ...signed.headers, ...own } });
    if (statusCode === 500) faults.push({ ...request, body });
  }
  expect(faults).toEqual([]);
  expect(requests.length).toBeGreaterThan(REQUESTS * 20);
});
