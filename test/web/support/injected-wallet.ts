import type { BrowserContext, Page } from "playwright-core";
import { type Hex, hexToString } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

/** What a wallet does with one method, instead of what it should. */
type Behaviour = (params: readonly unknown[]) => unknown;

/** An error that a wallet gives (EIP-1193). */
export class WalletRefusal {
  readonly code: number;
  readonly message: string;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

/**
 * A wallet in the page, by EIP-1193 and EIP-6963, as an extension injects it. Its keys are here,
 * and the test says how it behaves.
 */
export class InjectedWallet {
  readonly name: string;
  readonly accounts: PrivateKeyAccount[];
  /** What it says that its chain is. */
  chainId = 31_337;
  /** What it was asked, in order. */
  readonly asked: string[] = [];
  /** The last typed data that it showed to its owner. */
  shown: { readonly primaryType: string; readonly message: Record<string, string> } | null = null;
  readonly behaviours = new Map<string, Behaviour>();
  /** Sends raw transactions and reads; without it the wallet has no node. */
  rpc: ((method: string, ...params: readonly unknown[]) => Promise<unknown>) | null = null;
  #page: Page | null = null;

  constructor(name = "Test Wallet", privateKeys: readonly Hex[] = [generatePrivateKey()]) {
    this.name = name;
    this.accounts = privateKeys.map((key) => privateKeyToAccount(key));
  }

  get account(): PrivateKeyAccount {
    return this.accounts[0] as PrivateKeyAccount;
  }

  /** As it was made, but for its own key, which stays its only one. */
  reset(): void {
    this.accounts.splice(0, this.accounts.length - 1);
    this.chainId = 31_337;
    this.behaviours.clear();
  }

  /** Puts itself into each page of this context. */
  async install(context: BrowserContext): Promise<void> {
    await context.exposeBinding("floodgateTestWallet", async ({ page }, method: string, params: unknown[]) => {
      this.#page = page;
      try {
        return { result: await this.#answer(method, params) };
      } catch (error) {
        if (error instanceof WalletRefusal) return { error: { code: error.code, message: error.message } };
        return { error: { code: -32_603, message: String(error) } };
      }
    });
    await context.addInitScript(`(${inPage.toString()})(${JSON.stringify(this.name)})`);
  }

  /** Its owner changes something while the page is open. */
  async emit(event: "accountsChanged" | "chainChanged", value: unknown): Promise<void> {
    await this.#page?.evaluate(`floodgateTestEmit(${JSON.stringify(event)}, ${JSON.stringify(value)})`);
  }

  async #answer(method: string, params: readonly unknown[]): Promise<unknown> {
    this.asked.push(method);
    const behaviour = this.behaviours.get(method);
    if (behaviour !== undefined) return behaviour(params);
    switch (method) {
      case "eth_requestAccounts":
      case "eth_accounts":
        return this.accounts.map(({ address }) => address);
      case "eth_chainId":
        return `0x${this.chainId.toString(16)}`;
      case "wallet_switchEthereumChain":
        this.chainId = Number((params[0] as { chainId: string }).chainId);
        return null;
      case "personal_sign":
        return this.account.signMessage({ message: hexToString(params[0] as Hex) });
      case "eth_signTypedData_v4":
        return this.signTyped(params[1] as string);
      case "eth_sendTransaction":
        return this.send(params[0] as { to: Hex; data: Hex });
      default:
        throw new WalletRefusal(4200, `no such method: ${method}`);
    }
  }

  /** Signs what it shows. `account`: with another of its keys. */
  signTyped(text: string, account = this.account): Promise<Hex> {
    const data = JSON.parse(text);
    this.shown = data;
    return account.signTypedData(data);
  }

  /** A transaction of its first account, which pays the gas. Returns its hash. */
  async send({ to, data }: { to: Hex; data: Hex }): Promise<unknown> {
    const { rpc } = this;
    if (rpc === null) throw new WalletRefusal(4900, "no node");
    const from = this.account.address;
    const nonce = Number(await rpc("eth_getTransactionCount", from, "latest"));
    const fees = { maxFeePerGas: 100_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
    const raw = await this.account.signTransaction({ to, data, nonce, gas: 500_000n, chainId: this.chainId, ...fees });
    return rpc("eth_sendRawTransaction", raw);
  }
}

/** Runs in the page, so it stands alone. */
function inPage(name: string): void {
  const scope = globalThis as unknown as {
    floodgateTestWallet(method: string, params: unknown): Promise<{ result?: unknown; error?: object }>;
    floodgateTestEmit(event: string, value: unknown): void;
    dispatchEvent(event: object): void;
    addEventListener(event: string, listener: () => void): void;
    CustomEvent: new (name: string, init: object) => object;
  };
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const provider = {
    async request({ method, params }: { method: string; params?: unknown }) {
      const { result, error } = await scope.floodgateTestWallet(method, params ?? []);
      if (error) throw Object.assign(new Error(), error);
      return result;
    },
    on(event: string, listener: (value: unknown) => void) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    removeListener(event: string, listener: (value: unknown) => void) {
      listeners.get(event)?.delete(listener);
    },
  };
  scope.floodgateTestEmit = (event, value) => {
    for (const listener of listeners.get(event) ?? []) listener(value);
  };
  const info = {
    uuid: "00000000-0000-4000-8000-000000000001",
    name,
    icon: "data:image/svg+xml,",
    rdns: "example.wallet",
  };
  const announce = (): void => {
    scope.dispatchEvent(
      new scope.CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
    );
  };
  scope.addEventListener("eip6963:requestProvider", announce);
  announce();
}
