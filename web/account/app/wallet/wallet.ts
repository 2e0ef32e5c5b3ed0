import { getAddress, type Hex, hexToBigInt, recoverMessageAddress, recoverTypedDataAddress, stringToHex } from "viem";
import type { Address } from "../../../../protocol/base/ids.ts";
import { codeOf, FlowError, walletError } from "./flow-error.ts";
import type { TypedData } from "./typed-data.ts";

/** An EIP-1193 provider. Whatever it answers is a stranger's word. */
export interface Provider {
  request(request: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): unknown;
  removeListener?(event: string, listener: (value: unknown) => void): unknown;
}

/** `isOwn`: the account's own key signed; false may be a wallet with code (ERC-1271). */
export interface Signed {
  readonly signature: Hex;
  readonly isOwn: boolean;
}

const CHAIN_UNKNOWN = 4902;

/** One account of one wallet. Account and chain are asked before and after each signature. */
export class Wallet {
  readonly name: string;
  readonly account: Address;
  readonly #provider: Provider;
  readonly #chainId: number;

  private constructor(name: string, account: Address, provider: Provider, chainId: number) {
    this.name = name;
    this.account = account;
    this.#provider = provider;
    this.#chainId = chainId;
  }

  /** Asks for the account, and for the contract's chain. @throws {FlowError} */
  static async connect(name: string, provider: Provider, chainId: number): Promise<Wallet> {
    const account = firstOf(await ask(provider, "eth_requestAccounts"));
    if (account === null) throw new FlowError("The wallet has named no account. Unlock it, and try again.");
    const wallet = new Wallet(name, account, provider, chainId);
    if ((await wallet.#readChain()) !== chainId) await wallet.#switchChain();
    return wallet;
  }

  signMessage(text: string): Promise<Signed> {
    return this.#sign("personal_sign", [stringToHex(text), this.account], (signature) =>
      recoverMessageAddress({ message: text, signature }),
    );
  }

  signTypedData(data: TypedData): Promise<Signed> {
    return this.#sign("eth_signTypedData_v4", [this.account, JSON.stringify(data)], (signature) =>
      recoverTypedDataAddress({ ...(data as unknown as Parameters<typeof recoverTypedDataAddress>[0]), signature }),
    );
  }

  /** Sends a transaction for which this account pays the gas. Returns its hash. */
  async sendTransaction(to: Address, data: Hex): Promise<Hex> {
    await this.#check();
    const hash = await ask(this.#provider, "eth_sendTransaction", [
      { from: this.account, to, data, chainId: `0x${this.#chainId.toString(16)}` },
    ]);
    if (typeof hash !== "string" || !/^0x[0-9a-f]{64}$/i.test(hash))
      throw new FlowError("The wallet's answer is not the hash of a transaction. Look there whether it was sent.");
    return hash as Hex;
  }

  /** Calls back when the wallet leaves this account or chain. Returns what ends the watch. */
  watch(onLeft: (why: string) => void): () => void {
    const accounts = (value: unknown): void => {
      if (firstOf(value) !== this.account) onLeft("The wallet has changed to another account.");
    };
    const chain = (value: unknown): void => {
      if (chainOf(value) !== this.#chainId) onLeft("The wallet has changed to another chain.");
    };
    this.#provider.on?.("accountsChanged", accounts);
    this.#provider.on?.("chainChanged", chain);
    return () => {
      this.#provider.removeListener?.("accountsChanged", accounts);
      this.#provider.removeListener?.("chainChanged", chain);
    };
  }

  async #sign(
    method: string,
    params: readonly unknown[],
    signerOf: (signature: Hex) => Promise<Address>,
  ): Promise<Signed> {
    await this.#check();
    const signature = await ask(this.#provider, method, params);
    if (typeof signature !== "string" || !/^0x([0-9a-fA-F]{2}){1,4096}$/.test(signature))
      throw new FlowError("The wallet's answer is not a signature. Nothing was sent.");
    // Whoever changes account or chain while the question is open wants something else now.
    await this.#check();
    const signer = await signerOf(signature as Hex).catch(() => null);
    return { signature: signature as Hex, isOwn: signer?.toLowerCase() === this.account };
  }

  async #check(): Promise<void> {
    if (firstOf(await ask(this.#provider, "eth_accounts")) !== this.account)
      throw new FlowError(
        "The wallet is at another account now. Nothing was sent: connect again with the one that you want.",
      );
    if ((await this.#readChain()) !== this.#chainId)
      throw new FlowError(
        `The wallet is not on chain ${this.#chainId} any more. Nothing was sent: change it back, and try again.`,
      );
  }

  async #readChain(): Promise<number> {
    return chainOf(await ask(this.#provider, "eth_chainId"));
  }

  async #switchChain(): Promise<void> {
    const chainId = `0x${this.#chainId.toString(16)}`;
    try {
      await this.#provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
    } catch (error) {
      if (codeOf(error) === 4001) throw walletError(error);
      const what = codeOf(error) === CHAIN_UNKNOWN ? "does not know" : "does not change to";
      throw new FlowError(
        `The wallet ${what} chain ${this.#chainId}, where this authority's contract is. Add that chain there, and try again.`,
      );
    }
    if ((await this.#readChain()) !== this.#chainId)
      throw new FlowError(`The wallet says that it has changed to chain ${this.#chainId}, and is on another one.`);
  }
}

async function ask(provider: Provider, method: string, params: readonly unknown[] = []): Promise<unknown> {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    throw walletError(error);
  }
}

function firstOf(accounts: unknown): Address | null {
  const first: unknown = Array.isArray(accounts) ? accounts[0] : null;
  if (typeof first !== "string") return null;
  try {
    return getAddress(first).toLowerCase() as Address;
  } catch {
    return null;
  }
}

/** A chain id as EIP-695 has it; NaN for what is none. */
function chainOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^0x[0-9a-fA-F]{1,13}$/.test(value)
    ? Number(hexToBigInt(value as Hex))
    : Number.NaN;
}
