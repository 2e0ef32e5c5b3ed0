import { createHash, randomBytes } from "node:crypto";
import type { Address } from "../../protocol/base/ids.ts";

/** A browser in which an operator has logged in. */
export interface OperatorLogin {
  /** In the cookie: 32 random bytes in hex. */
  readonly id: string;
  /** In each form of its pages: another site can neither read nor guess it. */
  readonly formToken: string;
  /** The owner's, or null: it knew the operator secret. */
  readonly wallet: Address | null;
  /** Names it in the log, and opens nothing: its wallet, or 8 hex digits of the id's hash. */
  readonly name: string;
}

const LIFETIME_MS = 12 * 3_600_000;
const MAX_LOGINS = 64;

/** Who is logged in at the operator's desk. Not stored: a restart logs everyone out. */
export class OperatorLogins {
  readonly #logins = new Map<string, OperatorLogin & { readonly endsAt: number }>();
  readonly #nowMs: () => number;

  /** `nowMs`: milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  begin(wallet: Address | null): OperatorLogin {
    const [oldest] = this.#logins.keys();
    if (this.#logins.size >= MAX_LOGINS && oldest !== undefined) this.#logins.delete(oldest);
    const [id, formToken] = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex")];
    const name = wallet ?? createHash("sha256").update(id).digest("hex").slice(0, 8);
    const login = { id, formToken, wallet, name };
    this.#logins.set(id, { ...login, endsAt: this.#nowMs() + LIFETIME_MS });
    return login;
  }

  find(id: string): OperatorLogin | null {
    const login = this.#logins.get(id);
    if (login === undefined) return null;
    if (login.endsAt > this.#nowMs()) return login;
    this.#logins.delete(id);
    return null;
  }

  end(id: string): void {
    this.#logins.delete(id);
  }
}
