import type { Wallet } from "../wallet/wallet.ts";
import type { AccountHome } from "./home.ts";

/**
 * The home, whose wallet stays open once it was unlocked: a person who typed the passphrase is not
 * asked again in the same run.
 */
export function unlockOnce(home: AccountHome): AccountHome {
  let unlocked: Promise<Wallet> | null = null;
  return {
    ...home,
    unlock() {
      unlocked ??= home.unlock().catch((error: unknown) => {
        unlocked = null;
        throw error;
      });
      return unlocked;
    },
  };
}
