import { randomUUID } from "node:crypto";
import { generatePrivateKey } from "viem/accounts";
import { encodeClaims } from "../../authority/chain/contract-calls.ts";
import type { AuthorityClient } from "../../client/authority-client.ts";
import { pollUntil } from "../../client/poll.ts";
import { requestSession, signIn } from "../../client/wallet/sign-in.ts";
import { openWallet, type Wallet } from "../../client/wallet/wallet.ts";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf, sign } from "../../protocol/base/secp256k1.ts";
import { MAX_UINT96 } from "../../protocol/base/units.ts";
import type { SettleReply, TrackerAnswers } from "../../protocol/http/operator.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../protocol/signed/allotment-json.ts";
import { hashStatement } from "../../protocol/signed/statement.ts";
import { type DomainSeparator, hashDomain } from "../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../protocol/signed/voucher.ts";
import { hashAllotmentRequest } from "../../protocol/wire/announce.ts";
import type { MortalAuthority } from "./mortal-authority.ts";

export const DEPOSIT = 1_000_000_000n;
const RELEASED = 1_000n;
const WITHDRAWN = 5_000n;
const CARD = "4242424242424242";
/** Of one step: it only ends what hangs, on the slowest machine too. */
const LIMIT_MS = 900_000;

/** Someone whose program tries again whatever the authority has not answered. */
export interface Person {
  readonly wallet: Wallet;
  readonly privateKey: Uint8Array;
  readonly sessionKey: `0x${string}`;
  readonly client: AuthorityClient;
}

/** What people do, each step until it is done: the authority may die at any of them. */
export class Scenario {
  readonly #authority: MortalAuthority;
  readonly #content: { readonly infoHash: string; readonly sizeBytes: number };
  #separator!: DomainSeparator;

  constructor(authority: MortalAuthority, content: { readonly infoHash: string; readonly sizeBytes: number }) {
    this.#authority = authority;
    this.#content = content;
  }

  /** What the payer has left, and what each payee has earned, by all that they hold. */
  async play(): Promise<{ payer: Person; payees: readonly Person[]; left: bigint; earned: readonly bigint[] }> {
    const [payer, first, second] = [await this.#register(), await this.#register(), await this.#register()];
    await this.#fund(payer);
    const lanes = await this.#lanesOf(payer, [first, second]);
    await this.#close(payer, first, lanes[0] as SignedAllotment, 100_000n);
    await this.#close(payer, second, lanes[1] as SignedAllotment, 60_000n);
    await this.#state(payer);
    await this.#settle();
    await this.#release(payer);
    // One more lane, which a stranger uses up with an old voucher.
    const [burnt] = await this.#lanesOf(payer, [first], lanes);
    await this.#burn(payer, burnt as SignedAllotment, 20_000n);
    await this.#close(payer, first, burnt as SignedAllotment, 50_000n);
    await this.#settle();
    await this.#until(async () => (await first.client.account()).unsettled === "0" || null);
    await this.#withdraw(payer);
    // Batches cost their payees 1 %, claims nothing.
    return {
      payer,
      payees: [first, second],
      left: DEPOSIT - 100_000n - 60_000n - 50_000n - RELEASED - WITHDRAWN,
      earned: [100_000n - 1_000n + 50_000n, 60_000n - 600n],
    };
  }

  async #register(): Promise<Person> {
    const wallet = openWallet(generatePrivateKey());
    const privateKey = hexToBytes(generatePrivateKey());
    const publicKey = publicKeyOf(privateKey);
    const { client } = this.#authority;
    const accessToken = await this.#until(async () => {
      const info = await client.info();
      this.#separator = hashDomain({ chainId: info.chainId, contract: info.contract as Hex });
      return (await signIn(client, wallet, info, publicKey)).accessToken;
    });
    const own = client.withSession({ accessToken, privateKey });
    return { wallet, privateKey, sessionKey: addressOfKey(publicKey), client: own };
  }

  async #fund({ wallet, client, sessionKey }: Person): Promise<void> {
    let key = randomUUID();
    const body = { amount: DEPOSIT.toString(), card: CARD };
    await this.#until(async () => {
      const { state } = await client.deposit(body, key);
      // Nothing was charged: the charge did not arrive. As the `fund` command, they ask anew.
      if (state === "failed") key = randomUUID();
      return state === "credited" || null;
    });
    const info = await this.#until(() => client.info());
    await this.#until(() => requestSession(client, wallet, info, { sessionKey, limit: MAX_UINT96 }));
    await this.#until(async () => (await client.session(sessionKey)).state === "active" || null);
  }

  /** A lane to each payee, in their order, other than those before. */
  async #lanesOf(
    { wallet, privateKey, sessionKey }: Person,
    payees: readonly Person[],
    before: readonly SignedAllotment[] = [],
  ): Promise<SignedAllotment[]> {
    const { infoHash, sizeBytes: bytesLeft } = this.#content;
    return this.#until(async () => {
      const { now: requestedAt } = await this.#authority.client.info();
      const asked = { infoHash, bytesLeft, topUp: [], met: [], requestedAt };
      const digest = hashAllotmentRequest(this.#separator, { account: wallet.address, sessionKey, ...asked });
      const signature = bytesToHex(sign(digest, privateKey));
      const announce = {
        infoHash,
        event: "started",
        bytesLeft,
        session: { account: wallet.address, sessionKey },
        request: { requestedAt, topUp: [], met: [], signature },
        payees: payees.map((payee) => payee.sessionKey),
      };
      const { answers } = await this.#operate<TrackerAnswers>("/v1/tracker/announces", { announces: [announce] });
      const [answer] = answers;
      const granted = answer?.isKnown ? (answer.grant?.lanes ?? []) : [];
      const lanes = granted.map(({ allotment }) => allotmentFromJson(allotment));
      const own = payees.map(({ wallet: payee }) =>
        lanes.find((lane) => lane.payee === payee.address && !before.some((old) => old.lane === lane.lane)),
      );
      return own.includes(undefined) ? null : (own as SignedAllotment[]);
    });
  }

  async #close(payer: Person, payee: Person, lane: SignedAllotment, amount: bigint): Promise<void> {
    const signature = bytesToHex(this.#voucher(payer, lane, amount));
    const voucher = { payer: lane.payer, lane: lane.lane, amount: amount.toString(), signature, final: true };
    await this.#until(async () => {
      const { results } = await payee.client.pushVouchers({ vouchers: [voucher] });
      return results[0] && "signature" in results[0] ? true : null;
    });
  }

  #voucher({ privateKey }: Person, { payer, payee, lane }: SignedAllotment, amount: bigint): Uint8Array {
    return sign(hashVoucher(this.#separator, { payer, payee, lane, amount }), privateKey);
  }

  async #state({ client, wallet, privateKey }: Person): Promise<void> {
    await this.#until(async () => {
      const offer = await client.statement();
      // It was taken, or the authority did not wait for it.
      if (offer.lanes.length === 0) return true;
      const lanes = offer.lanes.map(({ payee, lane, amount }) => ({
        payee: payee as Hex,
        lane,
        amount: BigInt(amount),
      }));
      const digest = hashStatement(this.#separator, { payer: wallet.address, lanes });
      await client.signStatement({ lanes: offer.lanes, signature: bytesToHex(sign(digest, privateKey)) });
      return true;
    });
  }

  async #settle(): Promise<void> {
    await this.#until(async () => {
      const { waiting, batches } = await this.#operate<SettleReply>("/v1/operator/settle", { close: false });
      const isOver = waiting.statement + waiting.company === 0 && batches.every(({ state }) => state === "final");
      return isOver || null;
    });
  }

  async #release({ client, wallet }: Person): Promise<void> {
    const terms = await this.#withdrawal(client, wallet.address, RELEASED);
    const signature = await wallet.signInstantWithdrawal(this.#separator, { account: wallet.address, ...terms });
    const body = { ...terms, amount: `${RELEASED}`, nonce: `${terms.nonce}`, signature, isNow: true as const };
    await this.#until(async () => (await client.withdraw(body)).state === "paid" || null);
  }

  /** Without the authority's word, after the delay. */
  async #withdraw({ client, wallet }: Person): Promise<void> {
    const terms = await this.#withdrawal(client, wallet.address, WITHDRAWN);
    const signature = await wallet.signWithdrawal(this.#separator, { account: wallet.address, ...terms });
    const body = { ...terms, amount: `${WITHDRAWN}`, nonce: `${terms.nonce}`, signature };
    await this.#until(async () => (await client.withdraw(body)).state === "waiting" || null);
    const { allotmentPeriodSec, claimPeriodSec } = await this.#until(() => this.#authority.client.info());
    await this.#authority.rpc("evm_increaseTime", allotmentPeriodSec + claimPeriodSec);
    await this.#until(async () => (await client.withdraw(body)).state === "paid" || null);
  }

  async #withdrawal(client: AuthorityClient, to: `0x${string}`, amount: bigint) {
    const { withdrawalNonce } = await this.#until(() => client.account());
    const { now } = await this.#until(() => this.#authority.client.info());
    return { to, amount, deadline: now + 600, nonce: BigInt(withdrawalNonce) };
  }

  async #burn(payer: Person, allotment: SignedAllotment, amount: bigint): Promise<void> {
    const data = encodeClaims([{ allotment, amount, signature: this.#voucher(payer, allotment, amount) }]);
    const [from] = ((await this.#authority.rpc("eth_accounts")) as string[]).slice(3);
    const { contract: to } = await this.#until(() => this.#authority.client.info());
    await this.#authority.rpc("eth_sendTransaction", { from, to, data });
  }

  async #operate<T>(path: string, body: unknown): Promise<T> {
    const { client, operatorSecret } = this.#authority;
    const headers = { "content-type": "application/json", authorization: `Bearer ${operatorSecret}` };
    const response = await fetch(new URL(path, client.url), { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  }

  /** Tries again while it fails, or has no answer yet. */
  #until<T>(step: () => Promise<T | null>): Promise<T> {
    let last: unknown = null;
    return pollUntil({
      read: async () => {
        if (this.#authority.failure !== null) throw new Error(this.#authority.failure);
        return step().catch((error: unknown) => {
          last = error;
          return null;
        });
      },
      isDone: (answer) => answer !== null,
      signal: new AbortController().signal,
      deadlineMs: LIMIT_MS,
      get pending() {
        return `it did not happen: ${last}`;
      },
    }) as Promise<T>;
  }
}
