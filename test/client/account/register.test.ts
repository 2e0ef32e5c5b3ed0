import { expect, test } from "vitest";
import { register } from "../../../client/account/register.ts";
import { memoryHome, NOW, openedBy } from "./fakes.ts";

const { signal } = new AbortController();
const NOTHING = { deposit: null, limit: null };

/** Takes or refuses logins. */
const answering = (takesLogin: boolean) =>
  openedBy(({ route }) => {
    if (route === "POST /v1/login/nonce") return { nonce: "12345678", expiresAt: NOW + 600 };
    if (route === "POST /v1/login" && takesLogin)
      return {
        account: `0x${"01".repeat(20)}`,
        sessionKey: `0x${"02".repeat(20)}`,
        accessToken: "t",
        announceToken: "a",
        expiresAt: NOW,
      };
    if (route === "POST /v1/login") return { status: 401, code: "LOGIN_INVALID" };
    return ACCOUNT;
  });

const ACCOUNT = {
  account: `0x${"01".repeat(20)}`,
  block: 1,
  balance: "0",
  withdrawing: "0",
  withdrawableAt: 0,
  reserved: "0",
  free: "0",
  unsettled: "0",
  earned: "0",
  fees: "0",
  paid: "0",
  owing: "0",
  withdrawalNonce: "0",
};

test("an address of the authority that refuses the login is not saved", async () => {
  const home = memoryHome(null);
  const known = {
    apiUrl: "http://10.1.2.3/",
    chainId: 1,
    contract: "0x",
    token: { address: "0x", symbol: "", decimals: 6 },
  };
  await home.network.write(known);
  const wallet = await home.unlock();
  const refused = register(home, wallet, answering(false), NOTHING, { signal, onEvent: () => undefined });
  await expect(refused).rejects.toMatchObject({ code: "LOGIN_INVALID" });
  expect(await home.network.read()).toEqual(known);

  await register(home, wallet, answering(true), NOTHING, { signal, onEvent: () => undefined });
  expect(await home.network.read()).toMatchObject({ apiUrl: "http://127.0.0.1:1/", chainId: 31337 });
});
