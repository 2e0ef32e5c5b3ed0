import { connect } from "../log-in.ts";
import { isBusy } from "../state.ts";
import { wallets } from "../wallet/discovery.ts";

/** Which wallet, and what it will be asked. */
export function Connect() {
  const found = wallets.value;
  return (
    <section class="card connect" aria-labelledby="connect">
      <h2 id="connect">Connect a wallet</h2>
      {found.length === 0 ? (
        <p>
          No wallet has shown itself in this browser. Install one that speaks EIP-6963, or use{" "}
          <code>floodgate balance</code> on the command line.
        </p>
      ) : (
        <ul class="wallets">
          {found.map((wallet) => (
            <li key={wallet.id}>
              <button type="button" disabled={isBusy.value} onClick={() => void connect(wallet)}>
                <strong>{wallet.name}</strong>
                <span class="soft">{wallet.maker}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p>
        It is asked for an account, and to sign a login for this site. That login spends nothing: this page's key lives
        in its memory, and a reload forgets it.
      </p>
    </section>
  );
}
