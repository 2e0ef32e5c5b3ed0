import { createHash } from "node:crypto";
import type { Hex } from "viem";
import type {
  AllotmentLine,
  BundleLine,
  OmissionReason,
  OmittedLine,
  StatementLine,
  VoucherLine,
} from "../../../audit/bundles/format/bundle-format.ts";
import type { HeldVoucher } from "../../../audit/bundles/format/held-vouchers.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { type Batch, buildBatch, buildStatementBatch } from "../../../protocol/contract/batch.ts";
import { type Allotment, hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { createPapers } from "./papers.ts";
import { createKey, type Key, type Party, PERIOD, type Stage } from "./stage.ts";

const INFO_HASH = "ab".repeat(20);
const NONE = `0x${"0".repeat(64)}`;

/** One bundle, line by line, as tests change it. */
export interface DraftBundle {
  /** Its true one. */
  readonly name: Hex;
  readonly lines: readonly BundleLine[];
}

export interface Hands {
  readonly payer: Party;
  readonly second: Party;
  readonly payee: Party;
  readonly allotter: Key;
  readonly clerk: Key;
  grant(terms: Allotment, signer: Key): Hex;
  promise(payer: Party, payee: Party, lane: number, amount: bigint): Hex;
  receive(terms: Pick<Allotment, "payer" | "payee" | "lane">, amount: bigint, at: number, signer: Key): Hex;
}

export function encodeBundle(lines: readonly BundleLine[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

export function nameOf(bytes: Uint8Array): Hex {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

/** T's notebook: what it issued and holds, and the bundles that it made of that. */
class Books {
  readonly bundles: DraftBundle[] = [];
  readonly #head: { chainId: number; contract: Hex };
  #previous: Hex = NONE as Hex;
  #allotments: AllotmentLine[] = [];

  constructor(contract: Hex) {
    this.#head = { chainId: 31_337, contract };
  }

  issue(line: AllotmentLine): void {
    this.#allotments.push(line);
  }

  /** Returns its name. */
  close(
    at: { readonly block: number; readonly time: number },
    vouchers: readonly VoucherLine[],
    statements: readonly StatementLine[],
    omitted: readonly OmittedLine[],
  ): Hex {
    const allotments = this.#allotments;
    this.#allotments = [];
    const lines: BundleLine[] = [
      { kind: "bundle", version: 1, ...this.#head, previous: this.#previous, ...at },
      ...allotments,
      ...vouchers,
      ...statements,
      ...omitted,
      endOf(allotments.length, vouchers.length, statements.length, omitted.length),
    ];
    this.#previous = nameOf(encodeBundle(lines));
    this.bundles.push({ name: this.#previous, lines });
    return this.#previous;
  }
}

export function endOf(allotments: number, vouchers: number, statements: number, omitted: number): BundleLine {
  return { kind: "end", allotments, vouchers, statements, omitted };
}

export function createHands(stage: Stage, payer: Party, second: Party, payee: Party): Hands {
  const separator = hashDomain({ chainId: 31_337, contract: stage.contract });
  const papers = createPapers(stage);
  return {
    payer,
    second,
    payee,
    allotter: stage.allotter,
    clerk: createKey(),
    grant: (terms, signer) => bytesToHex(sign(hashAllotment(separator, terms), signer.secret)),
    promise: (from, to, lane, amount) => bytesToHex(papers.voucher(from, to, lane, amount).signature),
    receive: ({ payer: account, payee: to, lane }, amount, receivedAt, signer) => {
      const receipt = { payer: account, payee: to, lane, amount, receivedAt };
      return bytesToHex(sign(hashReceipt(separator, receipt), signer.secret));
    },
  };
}

type Lane = AllotmentLine & { voucher: Omit<VoucherLine, "kind" | "payer" | "lane"> | null };
type Reasons = Readonly<Record<number, OmissionReason>>;

/** An honest T without a server. */
export class HonestAuthority {
  readonly books: Books;
  allotter: Key;
  readonly #stage: Stage;
  readonly #hands: Hands;
  readonly #lanes = new Map<string, Lane>();

  constructor(stage: Stage, hands: Hands) {
    this.#stage = stage;
    this.#hands = hands;
    this.books = new Books(stage.contract);
    this.allotter = hands.allotter;
  }

  async issue(payer: Party, payee: Party, lane: number, cap: bigint): Promise<void> {
    const { block, time } = await this.#now();
    const terms: Allotment = {
      payer: payer.account,
      payee: payee.account,
      sessionKey: payer.session.address,
      payeeKey: payee.session.address,
      lane,
      cap,
      pricePerGiB: 10_000n,
      credit: 1 << 20,
      infoHash: INFO_HASH,
      expiresAt: time + PERIOD,
    };
    const line: AllotmentLine = {
      kind: "allotment",
      ...terms,
      cap: String(cap),
      pricePerGiB: "10000",
      signature: this.#hands.grant(terms, this.allotter),
      issuedAtBlock: block,
      issuedAt: time,
    };
    this.books.issue(line);
    this.#lanes.set(`${payer.account}/${lane}`, { ...line, voucher: null });
  }

  async receive(payer: Party, payee: Party, lane: number, amount: bigint): Promise<void> {
    const signature = this.#hands.promise(payer, payee, lane, amount);
    const { time } = await this.#now();
    this.#lane(payer, lane).voucher = { amount: String(amount), signature, receivedAt: time };
  }

  async claim(payer: Party, payee: Party, lane: number, amount: bigint): Promise<void> {
    const line = this.#lane(payer, lane);
    const promised = this.#hands.promise(payer, payee, lane, amount);
    const allotment = { ...termsOf(line), infoHash: `0x${INFO_HASH}` };
    await this.#stage.call(this.#stage.root, "claim", allotment, line.signature, amount, promised);
  }

  async settle(lanes: readonly (readonly ["payer" | "second", number])[], omitted: Reasons): Promise<Batch> {
    const rows = lanes.map(([who, lane]) => this.#lane(this.#hands[who], lane));
    const name = this.books.close(await this.#now(), rows.map(voucherLine), [], this.#omit(omitted));
    return buildBatch(
      name,
      rows.map((line) => ({
        payer: line.payer as Hex,
        payee: line.payee as Hex,
        sessionKey: line.sessionKey as Hex,
        lane: line.lane,
        amount: BigInt(line.voucher?.amount ?? 0),
        signature: hexBytes(line.voucher?.signature ?? "0x"),
      })),
    );
  }

  /** Of the payer. */
  async settleStatement(numbers: readonly number[], omitted: Reasons): Promise<Batch> {
    const { payer } = this.#hands;
    const rows = numbers.map((lane) => this.#lane(payer, lane));
    const lanes = rows.map(({ payee, lane, voucher }) => ({
      payee: payee as Hex,
      lane,
      amount: BigInt(voucher?.amount ?? 0),
    }));
    const statement = createPapers(this.#stage).statement(payer, lanes);
    const line: StatementLine = {
      kind: "statement",
      payer: payer.account,
      sessionKey: payer.session.address,
      signature: bytesToHex(statement.signature),
      lanes: numbers,
    };
    const name = this.books.close(await this.#now(), rows.map(voucherLine), [line], this.#omit(omitted));
    return buildStatementBatch(name, [statement]);
  }

  /** What the payee would export: T's receipts over all that it took in, by its current allotter. */
  export(payee: Party): HeldVoucher[] {
    return [...this.#lanes.values()]
      .filter((line) => line.payee === payee.account)
      .map((line): HeldVoucher => {
        const { payer, sessionKey, payeeKey, lane, cap, pricePerGiB, credit, infoHash, expiresAt, voucher } = line;
        const terms = { payer, payee: line.payee, sessionKey, payeeKey, lane, cap, pricePerGiB, credit };
        const promised = voucher?.amount ?? "500";
        return {
          kind: "held",
          ...terms,
          infoHash,
          expiresAt,
          allotmentSignature: line.signature,
          amount: promised,
          voucherSignature: voucher?.signature ?? this.#hands.promise(this.#hands.payer, payee, lane, 500n),
          receipt: voucher && {
            amount: voucher.amount,
            receivedAt: voucher.receivedAt,
            signature: this.#hands.receive(termsOf(line), BigInt(promised), voucher.receivedAt, this.allotter),
          },
        };
      });
  }

  #omit(reasons: Reasons): OmittedLine[] {
    return Object.entries(reasons).map(([lane, reason]) => {
      const line = voucherLine(this.#lane(this.#hands.payer, Number(lane)));
      return { ...line, kind: "omitted", reason };
    });
  }

  #lane(payer: Party, lane: number): Lane {
    return this.#lanes.get(`${payer.account}/${lane}`) as Lane;
  }

  async #now(): Promise<{ block: number; time: number }> {
    const { number, timestamp } = (await this.#stage.rpc("eth_getBlockByNumber", "latest", false)) as {
      number: Hex;
      timestamp: Hex;
    };
    return { block: Number(number), time: Number(timestamp) };
  }
}

function voucherLine({ payer, lane, voucher }: Lane): VoucherLine {
  if (voucher === null) throw new Error(`lane ${lane} has no voucher`);
  return { kind: "voucher", payer, lane, ...voucher };
}

/** The terms of a line, as T signs them. */
export function termsOf(line: AllotmentLine): Allotment {
  const { payer, payee, sessionKey, payeeKey, lane, credit, infoHash, expiresAt } = line;
  const [cap, pricePerGiB] = [BigInt(line.cap), BigInt(line.pricePerGiB)];
  return { payer, payee, sessionKey, payeeKey, lane, cap, pricePerGiB, credit, infoHash, expiresAt } as Allotment;
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.slice(2), "hex"));
}
