import type { World } from "../../devnet/world.ts";
import type { Accounts } from "./accounts.ts";

/** What all measurements of a run share. */
export interface Bench {
  readonly world: World;
  readonly accounts: Accounts;
  readonly firstPairs: number;
  readonly isSmoke: boolean;
  readonly isTraced: boolean;
  /** Options of Node for the peers. */
  readonly execArgv: readonly string[];
  readonly say: (line: string) => void;
}
