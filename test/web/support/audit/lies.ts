import { id } from "ethers";
import { about, type Lie } from "../../../audit/support/lying-node.ts";

interface RpcLog {
  readonly blockNumber: string;
  readonly data: string;
  readonly topics: readonly string[];
}

const SETTLED = id("Settled(uint256,bytes32,bytes32,uint96,uint96)");

/** Lies that no answer contradicts: only the replay finds them. */
export const LIES = {
  "hides its last logs": ({ latest }: Told): Lie =>
    about("eth_getLogs", (logs: RpcLog[]) => logs.filter(({ blockNumber }) => Number(blockNumber) < latest - 5)),
  "tells another total of a batch": (): Lie =>
    about("eth_getLogs", (logs: RpcLog[]) =>
      logs.map((log) => (log.topics[0] === SETTLED ? { ...log, data: withOneMore(log.data) } : log)),
    ),
  "shows code that nobody published": (): Lie => about("eth_getCode", (code: string) => grown(code)),
} satisfies Record<string, (told: Told) => Lie>;

/** `latest`: the last block of the history. */
type Told = { readonly latest: number };

/** The last word of an event's data, plus one. */
function withOneMore(data: string): string {
  const last = BigInt(`0x${data.slice(-64)}`) + 1n;
  return data.slice(0, -64) + last.toString(16).padStart(64, "0");
}

/** Code stays code, and no code stays none. */
function grown(code: string): string {
  return code === "0x" ? code : `${code}00`;
}
