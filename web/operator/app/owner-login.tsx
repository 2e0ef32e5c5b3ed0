import { useSignal } from "@preact/signals";
import { wallets } from "../../account/app/wallet/discovery.ts";
import { logInAsOwner } from "./log-in.ts";

/** A login at the desk by the wallet that owns the contract. */
export function OwnerLogin() {
  const isBusy = useSignal(false);
  const problem = useSignal<string | null>(null);
  const found = wallets.value;
  const run = async (wallet: (typeof found)[number]): Promise<void> => {
    isBusy.value = true;
    problem.value = await logInAsOwner(wallet);
    isBusy.value = false;
  };
  return (
    <section class="login card" aria-labelledby="by-wallet">
      <h2 id="by-wallet">By the owner's wallet</h2>
      {found.length === 0 ? (
        <p>No wallet has shown itself in this browser.</p>
      ) : (
        <ul class="wallets">
          {found.map((wallet) => (
            <li key={wallet.id}>
              <button type="button" disabled={isBusy.value} onClick={() => void run(wallet)}>
                <strong>{wallet.name}</strong>
                <span class="soft">{wallet.maker}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div role="alert">{problem.value !== null && <p class="bad">{problem.value}</p>}</div>
      <p>
        It signs a login and nothing else. The wallet must own the contract, or be one that may propose to the timelock
        that owns it. Its address is in the log of actions.
      </p>
    </section>
  );
}
