import { Agent, request } from "node:http";
import { createAccessToken } from "../../../authority/access-token.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/base/secp256k1.ts";
import { formatProof, PROOF_HEADER } from "../../../protocol/http/proof.ts";
import { hashApiRequest } from "../../../protocol/signed/api-request.ts";
import { type ApiTarget, keyOf, payeeOf } from "../intake/people.ts";
import { TOKEN_SECRET } from "../rounds/context.ts";

/** People who look at pages: each asks as its page does, by a connection of its own. */

/** Of web/account/app/refresh.ts, while something is under way. */
const ACCOUNT_MS = 4_000;
const READS = ["/v1/account", "/v1/account/timeline", "/v1/deposits", "/v1/withdrawals", "/v1/sessions"] as const;
/** The first two each time, all of them each third time. */
const [FEW, ALL_EVERY] = [2, 3];
/** Of web/kit/scripts/refresh.js. */
const DESK_MS = 5_000;

type Headers = Readonly<Record<string, string>>;

export class Viewer {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;
  readonly #look: () => Promise<void>;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | null = null;
  #looks = 0;
  answers = 0;
  bytes = 0;

  private constructor(port: number, everyMs: number, look: (viewer: Viewer) => Promise<void>) {
    this.#port = port;
    this.#everyMs = everyMs;
    this.#look = () => look(this);
  }

  /** `pace`: looks so many times as often as the page does. */
  static ofAccount(target: ApiTarget, number: number, pace: number): Viewer {
    const asked = READS.map((path) => [path, headersOf(target, number, path)] as const);
    return new Viewer(target.port, ACCOUNT_MS / pace, async (viewer) => {
      const now = viewer.#looks++ % ALL_EVERY === 0 ? asked : asked.slice(0, FEW);
      await Promise.all(now.map(([path, headers]) => viewer.#ask(path, headers)));
    });
  }

  /** `cookie`: of a login at the desk. */
  static ofDesk(target: ApiTarget, cookie: string, pace: number): Viewer {
    return new Viewer(target.port, DESK_MS / pace, (viewer) => viewer.#ask("/operator", { cookie }));
  }

  /** `at`: its first look, milliseconds from now. */
  begin(at: number): void {
    const again = (): void => {
      this.#timer = setTimeout(again, this.#everyMs);
      void this.#look();
    };
    this.#timer = setTimeout(again, at);
  }

  end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#agent.destroy();
  }

  #ask(path: string, headers: Headers): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port: this.#port, agent: this.#agent, path, headers }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${path} was answered with ${answer.statusCode}`));
        answer.on("data", (part: Buffer) => {
          this.bytes += part.length;
        });
        answer.on("end", () => {
          this.answers++;
          resolve();
        });
      });
      // Whoever closes a page breaks what it has asked.
      sent.on("error", () => resolve());
      sent.end();
    });
  }
}

function headersOf({ separator, now }: ApiTarget, number: number, target: string): Headers {
  const privateKey = keyOf(2, number);
  const publicKey = publicKeyOf(privateKey);
  const sessionKey = addressOfKey(publicKey);
  const who = { account: payeeOf(number), sessionKey, publicKey: bytesToHex(publicKey) };
  const digest = hashApiRequest(separator, { sessionKey, method: "GET", target, contentDigest: "", signedAt: now });
  return {
    authorization: `Bearer ${createAccessToken({ ...who, issuedAt: now, expiresAt: now + 3_600 }, TOKEN_SECRET)}`,
    [PROOF_HEADER]: formatProof({ signedAt: now, signature: sign(digest, privateKey) }),
  };
}

/** Logs in at the desk. Returns the cookie. */
export async function logInAtDesk({ port }: ApiTarget, secret: string): Promise<string> {
  const origin = `http://127.0.0.1:${port}`;
  const body = new URLSearchParams({ secret });
  const answer = await fetch(`${origin}/operator/login`, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { origin },
  });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  if (cookie === undefined) throw new Error(`the login at the desk was answered with ${answer.status}`);
  return cookie;
}
