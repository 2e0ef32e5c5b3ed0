import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPeerClock } from "../../../client/clock.ts";
import type { PaidWire, TorrentPort } from "../../../client/exchange.ts";
import type { Network, PeerIdentity } from "../../../client/identity.ts";
import { MAX_UNPAID_BYTES } from "../../../client/payment/payee/credit-pools.ts";
import { UPLOAD_SLOTS } from "../../../client/payment/payee/upload-slots.ts";
import { createPayments, type Payments } from "../../../client/payment/payments.ts";
import { openPeerStore, type PeerStore } from "../../../client/store/peer-store.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/base/secp256k1.ts";
import { owed } from "../../../protocol/base/units.ts";
import type { Complaint, Push, PushReply, StatementBody, StatementOffer } from "../../../protocol/http/payments.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentToJson } from "../../../protocol/signed/allotment-json.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";

export const PIECE = 64 * 1024;
export const PIECES = 200;
export const PRICE = 1_000_003n;
const CONTENT = "ab".repeat(20);
export const NOW = 1_700_000_000;
const ALLOTTER = new Uint8Array(32).fill(3);
const CONTRACT: Address = `0x${"c0".repeat(20)}`;
export const separator = hashDomain({ chainId: 31_337, contract: CONTRACT });

export const network: Network = {
  apiUrl: "http://127.0.0.1:1/",
  separator,
  info: {
    version: "test",
    chainId: 31_337,
    contract: CONTRACT,
    deployedAtBlock: 0,
    token: { address: CONTRACT, symbol: "TUSD", decimals: 6 },
    trackerUrl: "http://127.0.0.1:2/announce",
    allotters: [addressOfKey(publicKeyOf(ALLOTTER))],
    operator: CONTRACT,
    feeBps: 0,
    allotmentPeriodSec: 120,
    claimPeriodSec: 120,
    acceptMarginSec: 10,
    pushIntervalSec: 2,
    bond: { amount: "0", withdrawing: "0", withdrawableAt: 0, budget: "0", spent: "0" },
    payDueSec: 3,
    sessionLifetimeSec: 3600,
    now: NOW,
  },
};

const MANY_PUSHES = 100;

/** Timers and the monotonic clock of one peer, moved by the test. */
export class Time {
  nowMs = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  readonly setTimer = (run: () => void, ms: number): (() => void) => {
    const timer = { atMs: this.nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };

  advance(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= end).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = end;
  }

  /** The process stands still: its timers are late. */
  stall(ms: number): void {
    this.nowMs += ms;
    this.advance(0);
  }
}

type WireFacts = Omit<PaidWire, "wake" | "isUseful" | "unchoke" | "choke" | "resume" | "isSending">;

const peers: TestPeer[] = [];

/** Stops all peers and removes their homes. Returns what would have stopped their processes. */
export async function stopPeers(): Promise<unknown[]> {
  for (const peer of peers) await peer.stop();
  return peers.splice(0).flatMap((peer) => {
    rmSync(peer.home, { recursive: true, force: true });
    return peer.fatal;
  });
}

/** One peer's money side over real libp2p and a real store, with a torrent side that records. */
export class TestPeer {
  readonly home = mkdtempSync(join(tmpdir(), "floodgate-payments-"));
  readonly time = new Time();
  readonly identity: PeerIdentity;
  readonly unchoked = new Set<string>();
  readonly banned: Address[] = [];
  readonly pushed: Push[] = [];
  readonly lines: string[] = [];
  readonly fatal: unknown[] = [];
  /** What T asks for in the next answer, and in every answer. */
  toClose: PushReply["close"] = [];
  alwaysToClose: PushReply["close"] = [];
  /** What T offers to sign, one after the other. */
  readonly offers: StatementOffer[] = [];
  readonly statements: StatementBody[] = [];
  /** What T has kept, and what it says instead of keeping more. */
  readonly complaints: Complaint[] = [];
  complaintsPosted = 0;
  complaintFailure: Error | null = null;
  offersAsked = 0;
  isCopyRight = true;
  isSending = false;
  uploadSlots = UPLOAD_SLOTS;
  maxUnpaidBytes = MAX_UNPAID_BYTES;
  readonly resumed: string[] = [];
  rechecks = 0;
  store: PeerStore;
  payments!: Payments;
  #watchers: (() => void)[] = [];

  /**
   * `copyOf`: starts from what is in this home. `owner`: another session of this seed's account.
   */
  constructor(seed: number, copyOf?: string, owner = seed) {
    const privateKey = new Uint8Array(32).fill(seed);
    const publicKey = publicKeyOf(privateKey);
    const account: Address = `0x${owner.toString(16).padStart(2, "0").repeat(20)}`;
    const sessionKey = addressOfKey(publicKey);
    this.identity = { account, sessionKey, privateKey, publicKey, accessToken: "token", expiresAt: NOW + 3600 };
    if (copyOf !== undefined) cpSync(copyOf, this.home, { recursive: true });
    this.store = openPeerStore(this.home);
    peers.push(this);
  }

  async start(onDisk: ReadonlySet<number>, push: "answers" | "fails" = "answers"): Promise<void> {
    const torrent: TorrentPort = {
      ban: (remoteKey) => {
        this.banned.push(remoteKey);
        this.changed();
      },
      recheckPiece: () => {
        this.rechecks++;
        this.changed();
        return Promise.resolve(this.isCopyRight);
      },
      reannounce: () => this.changed(),
    };
    this.payments = await createPayments(
      {
        identity: this.identity,
        network,
        separator,
        store: this.store,
        clock: createPeerClock(NOW, () => this.time.nowMs),
        torrent,
        maxSpend: null,
        uploadSlots: this.uploadSlots,
        maxUnpaidBytes: this.maxUnpaidBytes,
        nowMs: () => this.time.nowMs,
        setTimer: this.time.setTimer,
        log: (line) => {
          this.lines.push(line);
          this.changed();
        },
        onFatal: (error) => void this.fatal.push(error),
      },
      {
        listen: { host: "127.0.0.1", port: 0 },
        push: async (body) => {
          if (push === "fails") throw new Error("no authority");
          this.pushed.push(body);
          if (this.pushed.length > MANY_PUSHES) throw new Error("the peer pushes without end");
          this.changed();
          return this.answer(body);
        },
        allotters: async () => [addressOfKey(publicKeyOf(ALLOTTER))],
        complain: async (body) => {
          this.complaintsPosted++;
          this.changed();
          if (this.complaintFailure) throw this.complaintFailure;
          this.complaints.push(body);
          return { payer: body.payer, lane: body.lane, createdAt: NOW };
        },
        statements: {
          offer: async () => {
            this.offersAsked++;
            this.changed();
            return this.nextOffer();
          },
          sign: async (body) => {
            this.statements.push(body);
            this.changed();
            return this.nextOffer();
          },
        },
      },
    );
    this.payments.addContent(
      { infoHash: CONTENT, pieceLength: PIECE, sizeBytes: PIECES * PIECE, pricePerGiB: PRICE },
      onDisk,
    );
  }

  private nextOffer(): StatementOffer {
    return this.offers.shift() ?? { payer: this.identity.account, lanes: [] };
  }

  private answer({ vouchers }: Push): PushReply {
    const close = [...this.toClose, ...this.alwaysToClose];
    this.toClose = [];
    const results = vouchers.map(({ payer, lane, amount }) => {
      const receipt = {
        payer: payer as Address,
        payee: this.identity.account,
        lane,
        amount: BigInt(amount),
        receivedAt: NOW,
      };
      return {
        payer,
        lane,
        amount,
        receivedAt: NOW,
        signature: bytesToHex(sign(hashReceipt(separator, receipt), ALLOTTER)),
      };
    });
    return { results, close };
  }

  /** A wire whose torrent side records what payment does with it. */
  wire(facts: WireFacts): PaidWire {
    const { wireId } = facts;
    return {
      ...facts,
      wake: () => this.changed(),
      isUseful: () => true,
      unchoke: () => {
        this.unchoked.add(wireId);
        this.changed();
      },
      choke: () => void this.unchoked.delete(wireId),
      resume: () => {
        this.resumed.push(wireId);
        this.changed();
      },
      isSending: () => this.isSending,
    };
  }

  changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  /** Resolves when the condition holds; checked whenever something happens at this peer. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  async stop(): Promise<void> {
    const stopped = this.payments.stop(0);
    this.time.advance(0);
    await stopped;
    this.store.close();
  }

  /** What a kill -9 at this moment would leave on the disk, opened by a new process. */
  copy(): TestPeer {
    return new TestPeer(this.identity.privateKey[0] as number, this.home);
  }
}

let wireCount = 0;

/** A BitTorrent wire between the two: each knows the other's token. */
export function connect(payer: TestPeer, payee: TestPeer): { readonly atPayer: string; readonly atPayee: string } {
  const { atPayer, atPayee } = wiresBetween(payer, payee);
  payee.payments.wireOpened(atPayee);
  payer.payments.wireOpened(atPayer);
  return { atPayer: atPayer.wireId, atPayee: atPayee.wireId };
}

/** The same wire as each side sees it. */
export function wiresBetween(
  payer: TestPeer,
  payee: TestPeer,
): { readonly atPayer: PaidWire; readonly atPayee: PaidWire } {
  wireCount++;
  const payerToken = new Uint8Array(16).fill(wireCount);
  const payeeToken = new Uint8Array(16).fill(100 + wireCount);
  const wireOf = (local: TestPeer, remote: TestPeer, localToken: Uint8Array, remoteToken: Uint8Array): PaidWire =>
    local.wire({
      wireId: `wire-${wireCount}-${local.identity.account.slice(2, 4)}`,
      infoHash: CONTENT,
      remoteHost: "127.0.0.1",
      remoteKey: remote.identity.sessionKey,
      remotePort: remote.payments.port,
      localToken,
      remoteToken,
    });
  const atPayer = wireOf(payer, payee, payerToken, payeeToken);
  const atPayee = wireOf(payee, payer, payeeToken, payerToken);
  return { atPayer, atPayee };
}

/** T's announce reply with one lane. */
export function grant(
  payer: TestPeer,
  payee: TestPeer,
  lane: number,
  capPieces: number,
  change: Partial<{
    expiresAt: number;
    pricePerGiB: bigint;
    allotter: Uint8Array;
    credit: number;
    /** T's clock. */
    now: number;
  }> = {},
): void {
  const pricePerGiB = change.pricePerGiB ?? PRICE;
  const now = change.now ?? NOW;
  const allotment = {
    payer: payer.identity.account,
    payee: payee.identity.account,
    sessionKey: payer.identity.sessionKey,
    payeeKey: payee.identity.sessionKey,
    lane,
    cap: owed(capPieces * PIECE, pricePerGiB),
    pricePerGiB,
    credit: change.credit ?? 8 * PIECE,
    infoHash: CONTENT,
    expiresAt: change.expiresAt ?? now + 100,
  };
  const signature = sign(hashAllotment(separator, allotment), change.allotter ?? ALLOTTER);
  const granted = {
    allotment: allotmentToJson({ ...allotment, signature }),
    payeePublicKey: bytesToHex(payee.identity.publicKey),
    payeeHost: "127.0.0.1",
    payeePort: payee.payments.port,
  };
  const text = JSON.stringify({ now, account: payer.identity.account, lanes: [granted], shortage: null });
  payer.payments.announceReplied(CONTENT, text);
}

/**
 * Asks for as many whole pieces as the payer may, gets them from the payee, verifies them. Returns
 * how many came.
 */
export async function exchange(
  payer: TestPeer,
  payee: TestPeer,
  wire: { atPayer: string; atPayee: string },
  first: number,
  isVerified = true,
): Promise<number> {
  const count = Math.floor(payer.payments.payer.askableBytes(wire.atPayer) / PIECE);
  const pieces = Array.from({ length: count }, (_, i) => first + i);
  await payer.payments.payer.assign(wire.atPayer, pieces);
  for (const piece of pieces) payer.payments.payer.begin(wire.atPayer, piece);
  let came = 0;
  for (const piece of pieces) {
    if (serve(payee, wire.atPayee, piece) !== "serve") continue;
    came++;
    if (isVerified) payer.payments.payer.pieceVerified(wire.atPayer, piece);
  }
  return came;
}

export function serve(payee: TestPeer, wireId: string, piece: number): string {
  const decisions = [0, 1, 2, 3].map((block) =>
    payee.payments.payee.decideRequest(wireId, piece, block * 16_384, 16_384),
  );
  return decisions.find((decision) => decision !== "serve") ?? "serve";
}
