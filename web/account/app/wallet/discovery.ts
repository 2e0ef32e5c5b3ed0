import { signal } from "@preact/signals";
import { createStore } from "mipd";
import { printable } from "../../../../protocol/base/text.ts";
import type { Provider } from "./wallet.ts";

/** A wallet that has announced itself (EIP-6963). Names are what it says of itself. */
export interface FoundWallet {
  readonly id: string;
  readonly name: string;
  readonly maker: string;
  readonly provider: Provider;
}

const MAX_WALLETS = 20;

export const wallets = signal<readonly FoundWallet[]>([]);

/** Looks for wallets while the page lives; one that only sets `window.ethereum` is found, too. */
export function discoverWallets(): void {
  const store = createStore();
  const list = (): void => {
    const announced = store.getProviders().slice(0, MAX_WALLETS);
    wallets.value = announced.map(({ info, provider }) => ({
      id: info.uuid,
      name: printable(String(info.name), 40),
      maker: printable(String(info.rdns), 60),
      provider: provider as unknown as Provider,
    }));
    const { ethereum } = window as { ethereum?: Provider };
    if (announced.length === 0 && typeof ethereum?.request === "function")
      wallets.value = [
        { id: "injected", name: "Wallet of this browser", maker: "window.ethereum", provider: ethereum },
      ];
  };
  store.subscribe(list);
  list();
  addEventListener("ethereum#initialized", list, { once: true });
}
