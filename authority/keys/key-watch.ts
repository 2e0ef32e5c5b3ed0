import { InputError } from "../../protocol/base/errors.ts";
import { type AuthorityOptions, parseKeys } from "../config.ts";
import type { Context } from "../context.ts";
import { textOf } from "./keys.ts";

/** Between two looks at the key files. */
const LOOK_SEC = 5;

/**
 * Takes in keys that were added while the authority runs. What cannot be read changes nothing, and
 * is told.
 */
export function createKeyWatch(
  { chain, clock, config, keys, readiness }: Pick<Context, "chain" | "clock" | "config" | "keys" | "readiness">,
  read: AuthorityOptions["readKeys"],
): () => Promise<void> {
  let lookedAt = clock.now();
  let known = textOf(config.keys);
  return async () => {
    if (read === undefined || clock.now() < lookedAt + LOOK_SEC) return;
    lookedAt = clock.now();
    try {
      const found = parseKeys(await read());
      readiness.report("key files", null);
      if (textOf(found) === known) return;
      known = textOf(found);
      keys.replace(found);
      await keys.follow(chain);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      readiness.report("key files", error.message);
    }
  };
}
