import type { Address } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, bytesCovered } from "../../protocol/base/units.ts";
import type {
  BatchPicture,
  BlockPicture,
  DeskPicture,
  FlowPicture,
  LogKind,
  PeerPicture,
  Picture,
} from "../../web/live/picture.ts";
import type { Line } from "../devnet/command.ts";

/** Someone of the scene: their home has the vouchers, their account the money. */
export interface Actor {
  readonly name: string;
  readonly account: Address;
  readonly home: string;
  readonly isCheat: boolean;
}

/** A lane on which an actor is paid, as its store has it. */
export interface HeldLane {
  readonly payer: Address;
  readonly infoHash: string;
  readonly pricePerGiB: Amount;
  readonly amount: Amount;
}

interface Shown {
  readonly actor: Actor;
  line: Line;
  state: PeerPicture["state"];
  held: readonly HeldLane[];
  balance: Amount | null;
}

/** What programs and publishers say is shortened, and nothing in it stays hidden. */
const MAX_TEXT = 400;
const MAX_TITLE = 120;
const LOG_LENGTH = 60;
const BLOCKS = 12;
const NOTHING_YET: DeskPicture = { isOpen: false, closedBecause: "The desk opens when the story is told.", cases: [] };

/**
 * What the live page shows, put together from what programs said and stores hold. It asks nobody
 * itself.
 */
export class Scene {
  token = { symbol: "", decimals: 6 };
  desk: () => DeskPicture = () => NOTHING_YET;
  authority = { url: null as string | null, isReachable: false };
  height = 0;
  blocks: readonly BlockPicture[] = [];
  batches: readonly BatchPicture[] = [];
  #title = "";
  #steps: readonly string[] = [];
  #at = 0;
  #content: (Picture["content"] & { readonly infoHash: string }) | null = null;
  #shown = new Map<string, Shown>();
  #log: Picture["log"] = [];
  #logged = 0;

  /** Another story: its actors come one by one. */
  begin(title: string, steps: readonly string[]): void {
    this.#title = title;
    this.#steps = steps;
    this.#at = 0;
    this.#content = null;
    this.#shown = new Map();
  }

  /** The step that begins now, from 0. */
  step(at: number): void {
    this.#at = at;
  }

  say(kind: LogKind, text: string): void {
    this.#log = [{ id: ++this.#logged, kind, text: printable(text, MAX_TEXT) }, ...this.#log].slice(0, LOG_LENGTH);
  }

  publish(content: { infoHash: string; title: string; bytesTotal: number; pricePerGiB: Amount }): void {
    const title = printable(content.title, MAX_TITLE);
    this.#content = { ...content, title, pricePerGiB: content.pricePerGiB.toString() };
  }

  enter(actor: Actor): void {
    this.#shown.set(actor.name, { actor, line: {}, state: "waiting", held: [], balance: null });
  }

  leave(name: string): void {
    const shown = this.#shown.get(name);
    if (shown) shown.state = "stopped";
  }

  get actors(): readonly Actor[] {
    return [...this.#shown.values()].map(({ actor }) => actor);
  }

  /** Actors whose programs have told of their progress. */
  get speaking(): readonly Actor[] {
    return [...this.#shown.values()].filter(({ state }) => state !== "waiting").map(({ actor }) => actor);
  }

  /** A line of this actor's `floodgate get` or `floodgate seed`. */
  hear(name: string, line: Line): void {
    const shown = this.#shown.get(name);
    if (!shown) return;
    if (line.event === "warning") this.say("warning", `${name}: ${String(line.message)}`);
    if (line.event === "ready") shown.state = "seeding";
    if (line.event !== "progress" && line.event !== "done") return;
    shown.line = { ...shown.line, ...line };
    const isWhole = line.event === "done" || line.bytesDone === line.bytesTotal;
    shown.state = isWhole ? "seeding" : "downloading";
  }

  hold(name: string, held: readonly HeldLane[]): void {
    const shown = this.#shown.get(name);
    if (shown) shown.held = held;
  }

  own(name: string, balance: Amount): void {
    const shown = this.#shown.get(name);
    if (shown) shown.balance = balance;
  }

  read(): Picture {
    return {
      token: this.token,
      scene: { title: this.#title, steps: this.#steps, at: this.#at },
      content: this.#content,
      peers: [...this.#shown.values()].map((shown) => this.#peer(shown)),
      flows: this.#flows(),
      authority: this.authority,
      chain: { height: this.height, blocks: this.blocks.slice(0, BLOCKS) },
      batches: this.batches,
      log: this.#log,
      desk: this.desk(),
    };
  }

  #peer({ actor, line, state, balance }: Shown): PeerPicture {
    const number = (name: string): number => Number(line[name] ?? 0);
    return {
      ...{ name: actor.name, account: actor.account, isCheat: actor.isCheat, state },
      bytesDone: number("bytesDone"),
      bytesTotal: number("bytesTotal") || (this.#content?.bytesTotal ?? 0),
      ...(state === "stopped"
        ? { rateDown: 0, rateUp: 0 }
        : { rateDown: number("rateDown"), rateUp: number("rateUp") }),
      promised: String(line.paid ?? "0"),
      holds: String(line.earned ?? "0"),
      balance: balance === null ? null : balance.toString(),
    };
  }

  /** Who has sold whom how much of the content, by the sellers' stores. */
  #flows(): FlowPicture[] {
    const nameOf = new Map(this.actors.map(({ account, name }) => [account, name]));
    const { infoHash } = this.#content ?? {};
    return [...this.#shown.values()].flatMap(({ actor, held }) => {
      const byBuyer = new Map<string, { amount: Amount; bytes: number }>();
      for (const lane of held) {
        const buyer = nameOf.get(lane.payer);
        if (buyer === undefined || lane.infoHash !== infoHash) continue;
        const { amount, bytes } = byBuyer.get(buyer) ?? { amount: 0n, bytes: 0 };
        const more = lane.amount === 0n ? 0 : bytesCovered(lane.amount, lane.pricePerGiB);
        byBuyer.set(buyer, { amount: amount + lane.amount, bytes: bytes + more });
      }
      return [...byBuyer].map(([buyer, { amount, bytes }]) => ({
        ...{ seller: actor.name, buyer, amount: amount.toString(), bytes },
      }));
    });
  }
}
