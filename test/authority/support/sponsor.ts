import { sponsor } from "../../../authority/sponsors/sponsorships.ts";
import { openWallet } from "../../../client/wallet/wallet.ts";
import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import type { SponsorBody, Sponsorship, Ticket } from "../../../protocol/http/sponsors.ts";
import type { TestAuthority, TestSession } from "./context.ts";
import { CONTENT } from "./plan.ts";

/** A wallet that sponsors CONTENT, and the session with which it asks. */
export interface TestSponsor {
  readonly session: TestSession;
  readonly body: (count: number, change?: Partial<SponsorBody>) => Promise<SponsorBody>;
  readonly open: (count: number) => Promise<Sponsorship>;
}

/** `money` is all that is in its account. */
export async function makeSponsor(authority: TestAuthority, money: bigint, device = 77): Promise<TestSponsor> {
  const wallet = openWallet(`0x${device.toString(16).padStart(64, "5")}`);
  const session = await authority.session(wallet.address, device);
  authority.chain.fund(wallet.address, money);
  const body: TestSponsor["body"] = async (count, change = {}) => {
    const terms = { infoHash: CONTENT, limit: `${money}`, expiresAt: authority.now + 7 * 86_400, ...change };
    const { limit, expiresAt } = terms;
    const keys = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const privateKey = bytesToHex(hexToBytes(`0x${(device * 10_000 + i + 1).toString(16).padStart(64, "0")}`));
        const sessionKey = addressOfKey(publicKeyOf(hexToBytes(privateKey)));
        const authorization = { account: wallet.address, sessionKey, limit: BigInt(limit), expiresAt };
        const signature = await wallet.signSessionAuthorization(authority.context.separator, authorization);
        return { privateKey, signature };
      }),
    );
    return { ...terms, keys, ...change };
  };
  return { session, body, open: async (count) => sponsor(authority.context, session, await body(count)) };
}

/** The session of a ticket, as its downloader has it. */
export function sessionOf({ account, privateKey, accessToken }: Ticket): TestSession {
  const key = hexToBytes(privateKey as `0x${string}`);
  const publicKey = publicKeyOf(key);
  return {
    account: account as `0x${string}`,
    sessionKey: addressOfKey(publicKey),
    publicKey: bytesToHex(publicKey),
    privateKey: key,
    accessToken,
  };
}

/** Secret of the `n`-th downloader. */
export function secretOf(n: number): `0x${string}` {
  return `0x${n.toString(16).padStart(64, "0")}`;
}
