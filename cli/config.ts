import { homedir } from "node:os";
import { join } from "node:path";
import { InputError } from "../protocol/base/errors.ts";

/** What the command line reads from the environment: nothing else. */
export interface Environment {
  /**
   * The user's own directory.
   * @throws {InputError} HOME_INVALID when there is none
   */
  readonly userHome: string;
  /**
   * Where a command keeps its files unless --home says otherwise.
   * @throws {InputError} HOME_INVALID
   */
  readonly home: string;
  readonly passphrase: string | undefined;
}

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  return {
    // Read when it is needed: a user without a home directory may name another one.
    get userHome() {
      return env.HOME || systemHome();
    },
    get home() {
      if (env.FLOODGATE_HOME) return expandTilde(env.FLOODGATE_HOME, this);
      return join(env.XDG_DATA_HOME || join(this.userHome, ".local", "share"), "floodgate");
    },
    passphrase: env.FLOODGATE_PASSPHRASE || undefined,
  };
}

/**
 * A shell expands `--home ~/x`, and leaves `--home=~/x` as it is. The directory named `~` is `./~`.
 * @throws {InputError} HOME_INVALID
 */
export function expandTilde(path: string, environment: Pick<Environment, "userHome">): string {
  return path === "~" || path.startsWith("~/") ? join(environment.userHome, path.slice(1)) : path;
}

function systemHome(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new InputError("HOME_INVALID", "this user has no home directory: say where with --home", { cause });
  }
}
