import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPeerClock } from "../../../client/clock.ts";
import type { PaidWire, TorrentPort } from "../../../client/exchange.ts";
import type { PeerIdentity } from "../../../client/identity.ts";
import type { PaymentContext } from "../../../client/payment/context.ts";
import { MAX_UNPAID_BYTES } from "../../../client/payment/payee/credit-pools.ts";
import { UPLOAD_SLOTS } from "../../../client/payment/payee/upload-slots.ts";
import { createPayments, type Payments } from "../../../client/payment/payments.ts";
import { openPeerStore, type PeerStore } from "../../../client/store/peer-store.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { NetworkError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/base/secp256k1.ts";
import type { Complaint, Push, PushReply, StatementBody, StatementOffer } from "../../../protocol/http/payments.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { ALLOTTER, CONTENT, NOW, network, PIECE, PIECES, PRICE, separator } from "./network.ts";
import { Time } from "./time.ts";

const MANY_PUSHES = 100;

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
  readonly unbanned: Address[] = [];
  readonly pushed: Push[] = [];
  readonly lines: string[] = [];
  /** So many pushes from now on get no answer in time. */
  latePushes = 0;
  readonly fatal: unknown[] = [];
  /** Lanes that the authority wants closed, in its next answer and in every answer. */
  toClose: PushReply["close"] = [];
  alwaysToClose: PushReply["close"] = [];
  /** Statements that the authority offers to sign, one after the other. */
  readonly offers: StatementOffer[] = [];
  readonly statements: StatementBody[] = [];
  /** Complaints that the authority has kept, and its answer instead of keeping more. */
  readonly complaints: Complaint[] = [];
  complaintsPosted = 0;
  complaintFailure: Error | null = null;
  offersAsked = 0;
  isCopyRight = true;
  isSending = false;
  /** The authority's keys, as it names them when it is asked. */
  allotters = [ALLOTTER];
  uploadSlots = UPLOAD_SLOTS;
  maxUnpaidBytes = MAX_UNPAID_BYTES;
  /** The owner's caps, and what was spent before. */
  spending: PaymentContext["spending"] = null;
  /** Where it listens. */
  host = "127.0.0.1";
  mayDial: (host: string) => boolean = () => true;
  readonly woken: string[] = [];
  readonly resumed: string[] = [];
  onResume = (): void => undefined;
  rechecks = 0;
  reannounced = 0;
  /** Vouchers on their way to the disk. */
  #syncing = 0;
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
    this.identity = {
      account,
      sessionKey,
      privateKey,
      publicKey,
      accessToken: "token",
      announceToken: "announce-token",
      expiresAt: NOW + 3600,
    };
    if (copyOf !== undefined) cpSync(copyOf, this.home, { recursive: true });
    this.store = openPeerStore(this.home);
    const { saveVoucher } = this.store;
    this.store.saveVoucher = (voucher) => {
      this.#syncing++;
      const saved = saveVoucher.call(this.store, voucher);
      const done = (): void => {
        this.#syncing--;
        this.changed();
      };
      // After what the peer itself does then.
      saved.synced.then(
        () => setImmediate(done),
        () => setImmediate(done),
      );
      return saved;
    };
    peers.push(this);
  }

  async start(onDisk: ReadonlySet<number>, push: "answers" | "fails" = "answers"): Promise<void> {
    const torrent: TorrentPort = {
      ban: (remoteKey) => {
        this.banned.push(remoteKey);
        this.changed();
      },
      unban: (remoteKey) => {
        this.unbanned.push(remoteKey);
        this.changed();
      },
      recheckPiece: () => {
        this.rechecks++;
        this.changed();
        return Promise.resolve(this.isCopyRight);
      },
      redial: () => {
        this.reannounced++;
      },
      reannounce: () => {
        this.reannounced++;
        this.changed();
      },
    };
    this.payments = await createPayments(
      {
        identity: this.identity,
        network,
        separator,
        store: this.store,
        clock: createPeerClock(NOW, () => this.time.nowMs),
        torrent,
        mayDial: (host) => this.mayDial(host),
        maxSpend: null,
        spending: this.spending,
        minPrice: () => 0n,
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
        listen: { host: this.host, port: 0 },
        push: async (body) => {
          if (push === "fails") throw new Error("no authority");
          if (this.latePushes-- > 0) throw new NetworkError("AUTHORITY_TIMEOUT", "no reply within 15 s");
          this.pushed.push(body);
          if (this.pushed.length > MANY_PUSHES) throw new Error("the peer pushes without end");
          this.changed();
          return this.answer(body);
        },
        allotters: async () => this.allotters.map((key) => addressOfKey(publicKeyOf(key))),
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
    const size = { pieceLength: PIECE, sizeBytes: PIECES * PIECE, lengthOf: () => PIECE };
    this.payments.addContent({ infoHash: CONTENT, ...size, pricePerGiB: PRICE, sharePercent: 0 }, onDisk);
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
    return { results, close, restores: 0 };
  }

  /** A wire whose torrent side records what payment does with it. */
  wire(facts: WireFacts): PaidWire {
    const { wireId } = facts;
    return {
      ...facts,
      wake: () => {
        this.woken.push(wireId);
        this.changed();
      },
      isUseful: () => true,
      unchoke: () => {
        this.unchoked.add(wireId);
        this.changed();
      },
      choke: () => void this.unchoked.delete(wireId),
      resume: () => {
        this.resumed.push(wireId);
        this.onResume();
        this.changed();
      },
      isSending: () => this.isSending,
    };
  }

  /** So much was paid to it, and no power cut can take it. */
  hasEarned(amount: bigint): boolean {
    return this.#syncing === 0 && this.payments.totals().earned === amount;
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
