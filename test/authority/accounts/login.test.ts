import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNonce, logIn } from "../../../authority/accounts/login.ts";
import { listLoginDomains } from "../../../authority/accounts/login-domains.ts";
import { createLoginNonces, NONCE_LIFETIME_SEC } from "../../../authority/accounts/login-nonces.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { DOMAIN_STAND_IN, nameLoginDomain } from "../../../protocol/http/login-domain.ts";
import { SESSION_RESOURCE_PREFIX } from "../../../protocol/http/public.ts";
import { accountOf, TestAuthority } from "../support/context.ts";

const DOMAIN = "authority.example";
const wallet = privateKeyToAccount(generatePrivateKey());
const publicKey = bytesToHex(publicKeyOf(new Uint8Array(32).fill(77)));

let authority: TestAuthority;
beforeEach(async () => {
  authority = await new TestAuthority().start();
});
afterEach(() => authority.stop());

interface Change {
  readonly domain?: string;
  readonly chainId?: number;
  readonly nonce?: string;
  readonly resources?: string[];
  readonly issuedAt?: Date;
  readonly expirationTime?: Date;
}

async function login(change: Change, signer = wallet) {
  const { context } = authority;
  const message = createSiweMessage({
    address: wallet.address,
    domain: DOMAIN,
    uri: `https://${DOMAIN}`,
    version: "1",
    chainId: context.chain.facts.chainId,
    nonce: createNonce(context, { account: wallet.address }).nonce,
    issuedAt: new Date(authority.now * 1000),
    resources: [SESSION_RESOURCE_PREFIX + publicKey],
    ...change,
  });
  return logIn(context, { message, signature: await signer.signMessage({ message }) }, [DOMAIN]);
}

test("a login of the wallet itself gives a token for its session key", async () => {
  expect(await login({})).toMatchObject({ account: wallet.address.toLowerCase() });
});

/** As a client writes it for an authority at this host. */
async function loginAt(host: string, domains: readonly string[]) {
  const { context } = authority;
  const standIn = createSiweMessage({
    address: wallet.address,
    domain: DOMAIN_STAND_IN,
    uri: `http://${DOMAIN}`,
    version: "1",
    chainId: context.chain.facts.chainId,
    nonce: createNonce(context, { account: wallet.address }).nonce,
    issuedAt: new Date(authority.now * 1000),
    resources: [SESSION_RESOURCE_PREFIX + publicKey],
  });
  const message = nameLoginDomain(standIn, host);
  return logIn(context, { message, signature: await wallet.signMessage({ message }) }, domains);
}

test.each(["[::1]:8600", "[fd00::1]", "authority:8600", "localhost:8600", "10.1.2.3", DOMAIN])(
  "an authority is logged in to at %s",
  async (host) => {
    expect(await loginAt(host, [host])).toMatchObject({ account: wallet.address.toLowerCase() });
  },
);

test.each([
  "localhost",
  "evil.example",
  `${DOMAIN}@evil.example`,
  `${DOMAIN}/evil.example`,
  `${DOMAIN} evil`,
  "",
  "[::2]",
])("a login for '%s' is refused", async (host) => {
  await expect(loginAt(host, [DOMAIN, "[::1]"])).rejects.toMatchObject({ code: "LOGIN_INVALID" });
});

test.each<[string, Change]>([
  ["for another domain", { domain: "evil.example" }],
  ["for another chain", { chainId: 1 }],
  ["with a nonce of one's own", { nonce: "abcdefgh12345678" }],
  ["with a nonce of the right length", { nonce: "0".repeat(50) }],
  ["with a date that is none", { issuedAt: new Date(8.64e15) }],
  ["without a session key", { resources: [] }],
  ["with two session keys", { resources: [SESSION_RESOURCE_PREFIX, SESSION_RESOURCE_PREFIX] }],
  ["with a session key that is no point", { resources: [`${SESSION_RESOURCE_PREFIX}0x02${"ff".repeat(32)}`] }],
  ["issued long ago", { issuedAt: new Date(0) }],
  ["that has expired", { expirationTime: new Date(1) }],
])("a login %s is refused", async (_name, change) => {
  await expect(login(change)).rejects.toMatchObject({ name: "AccessError", code: "LOGIN_INVALID" });
});

test("a login signed by another wallet is refused", async () => {
  await expect(login({}, privateKeyToAccount(generatePrivateKey()))).rejects.toMatchObject({ code: "LOGIN_INVALID" });
});

test("a login with a used nonce is refused", async () => {
  const { nonce } = createNonce(authority.context, { account: wallet.address });
  await login({ nonce });
  await expect(login({ nonce })).rejects.toMatchObject({ code: "LOGIN_INVALID" });
});

test("a login with a session key of another account is refused", async () => {
  const { publicKey: taken } = await authority.session(accountOf(1), 11);
  await expect(login({ resources: [SESSION_RESOURCE_PREFIX + taken] })).rejects.toMatchObject({
    code: "LOGIN_INVALID",
  });
});

test("nothing that the text alone shows costs a question to the chain", async () => {
  const asked = vi.spyOn(authority.chain, "verifyMessage");
  await login({});
  await expect(login({ nonce: "abcdefgh12345678" })).rejects.toMatchObject({ code: "LOGIN_INVALID" });
  await expect(login({ domain: "evil.example" })).rejects.toMatchObject({ code: "LOGIN_INVALID" });
  const { nonce } = createNonce(authority.context, { account: wallet.address });
  await expect(login({ nonce }, privateKeyToAccount(generatePrivateKey()))).rejects.toThrow("not signed");
  await expect(login({ nonce }, privateKeyToAccount(generatePrivateKey()))).rejects.toThrow("nonce");
  expect(asked).toHaveBeenCalledTimes(1);
});

test("thousands of nonces that nobody uses keep nobody from logging in", async () => {
  for (let i = 0; i < 20_000; i++) createNonce(authority.context, { account: accountOf(i % 250) });
  expect(await login({})).toMatchObject({ account: wallet.address.toLowerCase() });
});

test("a nonce is good for its account, once, and until it expires", () => {
  const nonces = createLoginNonces();
  const account = parseAddress(accountOf(1));
  const { nonce, expiresAt } = nonces.issue(account, 1_000);
  expect(nonce).toMatch(/^[0-9a-zA-Z]{8,64}$/);
  expect(expiresAt).toBe(1_000 + NONCE_LIFETIME_SEC);
  expect(nonces.take(nonce, accountOf(2), 1_001)).toBe(false);
  expect(createLoginNonces().take(nonce, account, 1_001)).toBe(false);
  expect(nonces.take(nonce, account, expiresAt)).toBe(false);
  expect(nonces.take(nonce, account, expiresAt - 1)).toBe(true);
  expect(nonces.take(nonce, account, expiresAt - 1)).toBe(false);
});

test("used nonces are forgotten when they have expired, or are too many", () => {
  const nonces = createLoginNonces(new Uint8Array(32), 2);
  const [first, second, third] = [1, 2, 3].map(() => nonces.issue(accountOf(1), 1_000).nonce) as [
    string,
    string,
    string,
  ];
  for (const nonce of [first, second, third]) expect(nonces.take(nonce, accountOf(1), 1_001)).toBe(true);
  expect(nonces.take(second, accountOf(1), 1_001)).toBe(false);
  expect(nonces.take(third, accountOf(1), 1_001)).toBe(false);
  // The bound on memory is what allows it.
  expect(nonces.take(first, accountOf(1), 1_001)).toBe(true);
});

test.each([
  ["127.0.0.1", 8600, [], ["127.0.0.1:8600", "localhost:8600", "[::1]:8600"]],
  ["10.1.2.3", 80, ["Floodgate.Example"], ["floodgate.example", "10.1.2.3", "localhost", "127.0.0.1", "[::1]"]],
  ["0.0.0.0", 8600, [], ["10.1.2.3:8600", "[fd00::1]:8600", "localhost:8600", "127.0.0.1:8600", "[::1]:8600"]],
])("an authority at %s, port %i, takes logins for its own names", (host, port, configured, expected) => {
  const addresses = ["10.1.2.3", "fd00::1"];
  expect(listLoginDomains({ configured, host, port, addresses })).toEqual(expected);
});
