import { homedir } from "node:os";
import { join } from "node:path";

/** What the command line reads from the environment: nothing else. */
export interface Environment {
  /** Where a command keeps its files unless --home says otherwise. */
  readonly home: string;
  readonly passphrase: string | undefined;
}

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const dataHome = env.XDG_DATA_HOME || join(homedir(), ".local", "share");
  return {
    home: env.FLOODGATE_HOME || join(dataHome, "floodgate"),
    passphrase: env.FLOODGATE_PASSPHRASE || undefined,
  };
}
