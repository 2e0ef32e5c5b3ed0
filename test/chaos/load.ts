import { relaySession } from "../../authority/accounts/sessions.ts";
import { answerAnnounces } from "../../authority/allotments/answer-announce.ts";
import { encodeClaims } from "../../authority/chain/contract-calls.ts";
import { createDeposit } from "../../authority/funding/deposits.ts";
import { offerStatement, takeStatement } from "../../authority/statements/statements.ts";
import { insertSession } from "../../authority/store/tables/sessions.ts";
import { insertTorrent } from "../../authority/store/tables/torrents.ts";
import { pushVouchers } from "../../authority/vouchers/intake.ts";
import { requestWithdrawal } from "../../authority/withdrawals/withdrawals.ts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { publicKeyOf, sign } from "../../protocol/base/secp256k1.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../protocol/signed/allotment-json.ts";
import { hashSessionAuthorization } from "../../protocol/signed/session.ts";
import { hashStatement } from "../../protocol/signed/statement.ts";
import { hashVoucher } from "../../protocol/signed/voucher.ts";
import { hashInstantWithdrawal } from "../../protocol/signed/withdrawal.ts";
import { hashAllotmentRequest } from "../../protocol/wire/announce.ts";
import { type Key, keyOf, signAsWallet } from "../../scripts/tamper/play/people.ts";
import type { ChaosAuthority } from "./authority.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

const CONTENT = "ab".repeat(20);
const PIECE = 128 * 1024;
const SIZE = 1_000 * PIECE;
const DEPOSIT = 1_000_000n;
const CARD = "4242424242424242";

export interface Person {
  readonly name: string;
  readonly wallet: Key;
  readonly session: Key;
  readonly publicKey: Hex;
  deposits: number;
}

export interface Lane {
  readonly allotment: SignedAllotment;
  readonly payer: Person;
  readonly payee: Person;
  /** Of the highest voucher with a receipt. */
  accepted: bigint;
  /** Of the highest voucher that the payer has signed. */
  signed: bigint;
  isClosed: boolean;
}

/** A few people who pay, are paid and take money out, as their programs would do it. */
export class Load {
  readonly payers: readonly Person[];
  readonly payees: readonly Person[];
  readonly lanes = new Map<string, Lane>();
  readonly #authority: ChaosAuthority;
  readonly #random: Random;
  readonly #stage: Stage;

  constructor(authority: ChaosAuthority, stage: Stage, random: Random) {
    this.#authority = authority;
    this.#stage = stage;
    this.#random = random;
    this.payers = ["ann", "ben"].map(personOf);
    this.payees = ["pat", "quin"].map(personOf);
  }

  get #context() {
    return this.#authority.context;
  }

  /** Once, while all is well: the content, and everybody's login. */
  async begin(): Promise<void> {
    const { db } = this.#context.store;
    await insertTorrent(db, {
      infoHash: CONTENT,
      title: "content",
      sizeBytes: SIZE,
      pieceLength: PIECE,
      pieceCount: 1_000,
      pricePerGiB: "1000000",
      publisher: this.payees[0]?.wallet.address as Hex,
      publishedAt: this.#authority.now,
      metainfo: new Uint8Array(),
    });
    for (const person of [...this.payers, ...this.payees]) {
      await insertSession(db, { ...this.#caller(person), createdAt: this.#authority.now });
    }
  }

  /** Something that one of them does now. */
  async act(): Promise<void> {
    const payer = this.#random.pick(this.payers);
    const what = this.#random.next();
    if (payer.deposits === 0 || what < 0.08) return this.#deposit(payer);
    if (what < 0.25) return this.#authorize(payer);
    if (what < 0.45) return this.#announce(payer);
    if (what < 0.8) return this.#pay();
    if (what < 0.9) return this.#sign(payer);
    if (what < 0.95) return this.#withdraw(payer);
    return this.#burn();
  }

  #caller({ wallet, session, publicKey }: Person) {
    return { account: wallet.address, sessionKey: session.address, publicKey };
  }

  async #deposit(payer: Person): Promise<void> {
    const key = `${payer.name}-deposit-${payer.deposits}`;
    const body = { amount: DEPOSIT.toString(), card: CARD };
    await createDeposit(this.#context, this.#authority.charges, this.#caller(payer), key, body);
    // Only a request that was answered is not sent again with the same key.
    payer.deposits++;
  }

  async #authorize(payer: Person): Promise<void> {
    const { account, sessionKey } = this.#caller(payer);
    const terms = { limit: 10n * DEPOSIT, expiresAt: this.#authority.now + 3_000 };
    const digest = hashSessionAuthorization(this.#context.separator, { account, sessionKey, ...terms });
    const body = { sessionKey, limit: terms.limit.toString(), expiresAt: terms.expiresAt };
    const signature = signAsWallet(payer.wallet, digest);
    await relaySession(this.#context, this.#caller(payer), { ...body, signature });
  }

  async #announce(payer: Person): Promise<void> {
    const { separator } = this.#context;
    const requestedAt = this.#authority.now;
    const asked = { infoHash: CONTENT, bytesLeft: SIZE, topUp: [], met: [], requestedAt };
    const digest = hashAllotmentRequest(separator, { ...this.#caller(payer), ...asked });
    const { account, sessionKey } = this.#caller(payer);
    const announce = {
      infoHash: CONTENT,
      event: "started" as const,
      bytesLeft: SIZE,
      session: { account, sessionKey },
      request: { requestedAt, topUp: [], met: [], signature: bytesToHex(sign(digest, payer.session.secret)) },
      payees: this.payees.map(({ session }) => session.address),
    };
    const [answer] = (await answerAnnounces(this.#context, [announce])).answers;
    if (!answer?.isKnown || !answer.grant) return;
    for (const { allotment: json } of answer.grant.lanes) {
      const allotment = allotmentFromJson(json);
      const payee = this.payees.find(({ wallet }) => wallet.address === allotment.payee) as Person;
      const name = `${allotment.payer}:${allotment.lane}`;
      const known = this.lanes.get(name);
      // Two promises with one number would be paid twice.
      if (known && known.allotment.payee !== allotment.payee) throw new Error(`lane ${name} was given out twice`);
      if (!known) this.lanes.set(name, { allotment, payer, payee, accepted: 0n, signed: 0n, isClosed: false });
    }
  }

  /** A payee brings a higher voucher of one of its lanes, perhaps its last one. */
  async #pay(): Promise<void> {
    const open = [...this.lanes.values()].filter(({ isClosed }) => !isClosed);
    if (open.length === 0) return;
    const lane = this.#random.pick(open);
    const { cap, payer, payee, lane: number } = lane.allotment;
    const left = cap - lane.signed;
    lane.signed += left > 0n ? 1n + (left * BigInt(this.#random.between(0, 50))) / 100n : 0n;
    const final = this.#random.chance(0.5);
    await this.#push(lane, lane.signed, final, { payer, payee, lane: number });
  }

  async #push(
    lane: Lane,
    amount: bigint,
    final: boolean,
    { payer, payee, lane: number }: Pick<SignedAllotment, "payer" | "payee" | "lane">,
  ): Promise<void> {
    if (amount === 0n) return;
    const digest = hashVoucher(this.#context.separator, { payer, payee, lane: number, amount });
    const signature = bytesToHex(sign(digest, lane.payer.session.secret));
    const vouchers = [{ payer, lane: number, amount: amount.toString(), signature, final }];
    const { results } = await pushVouchers(this.#context, this.#caller(lane.payee), { vouchers });
    const [result] = results;
    if (!result || "code" in result) return;
    lane.accepted = BigInt(result.amount) > lane.accepted ? BigInt(result.amount) : lane.accepted;
    lane.isClosed ||= final;
  }

  /**
   * All payees close what is open, so that everything comes to an end. As their programs do, they
   * bring once more what has no receipt: the authority may have died between its store and its
   * answer.
   */
  async closeAll(): Promise<void> {
    for (const lane of this.lanes.values()) await this.#push(lane, lane.signed, true, lane.allotment);
  }

  async #sign(payer: Person): Promise<void> {
    const offer = await offerStatement(this.#context, this.#caller(payer));
    if (offer.lanes.length === 0) return;
    const lanes = offer.lanes.map(({ payee, lane, amount }) => ({ payee: payee as Hex, lane, amount: BigInt(amount) }));
    const digest = hashStatement(this.#context.separator, { payer: payer.wallet.address, lanes });
    const signature = bytesToHex(sign(digest, payer.session.secret));
    await takeStatement(this.#context, this.#caller(payer), { lanes: offer.lanes, signature });
  }

  async #withdraw(payer: Person): Promise<void> {
    const { address } = payer.wallet;
    const nonce = await this.#context.chain.readWithdrawalNonce(address);
    const terms = { to: address, amount: 1_000n, deadline: this.#authority.now + 100_000, nonce };
    const digest = hashInstantWithdrawal(this.#context.separator, { account: address, ...terms });
    await requestWithdrawal(this.#context, this.#caller(payer), {
      ...terms,
      amount: terms.amount.toString(),
      nonce: nonce.toString(),
      signature: signAsWallet(payer.wallet, digest),
      isNow: true,
    });
  }

  /** A stranger claims an old voucher of a lane, which uses the lane up. */
  async #burn(): Promise<void> {
    const lanes = [...this.lanes.values()].filter(({ accepted }) => accepted > 1n);
    if (lanes.length === 0) return;
    const { allotment, payer, accepted } = this.#random.pick(lanes);
    const voucher = { payer: allotment.payer, payee: allotment.payee, lane: allotment.lane, amount: accepted / 2n };
    const signature = sign(hashVoucher(this.#context.separator, voucher), payer.session.secret);
    await this.#stage.send(encodeClaims([{ allotment, amount: voucher.amount, signature }]));
  }
}

function personOf(name: string): Person {
  const session = keyOf(`chaos session of ${name}`);
  const publicKey = bytesToHex(publicKeyOf(session.secret));
  return { name, wallet: keyOf(`chaos ${name}`), session, publicKey, deposits: 0 };
}
