import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNonce, logIn } from "../../../authority/accounts/login.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { publicKeyOf } from "../../../protocol/base/secp256k1.ts";
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
    nonce: (await createNonce(context)).nonce,
    issuedAt: new Date(authority.now * 1000),
    resources: [SESSION_RESOURCE_PREFIX + publicKey],
    ...change,
  });
  return logIn(context, { message, signature: await signer.signMessage({ message }) }, DOMAIN);
}

test("a login of the wallet itself gives a token for its session key", async () => {
  expect(await login({})).toMatchObject({ account: wallet.address.toLowerCase() });
});

test.each<[string, Change]>([
  ["for another domain", { domain: "evil.example" }],
  ["for another chain", { chainId: 1 }],
  ["with a nonce of one's own", { nonce: "abcdefgh12345678" }],
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
  const { nonce } = await createNonce(authority.context);
  await login({ nonce });
  await expect(login({ nonce })).rejects.toMatchObject({ code: "LOGIN_INVALID" });
});

test("a login with a session key of another account is refused", async () => {
  const { publicKey: taken } = await authority.session(accountOf(1), 11);
  await expect(login({ resources: [SESSION_RESOURCE_PREFIX + taken] })).rejects.toMatchObject({
    code: "LOGIN_INVALID",
  });
});
