import type { Target } from "./messages.ts";

/** The form's fields as they were typed. */
export interface FormValues {
  readonly rpcUrl: string;
  readonly contract: string;
  readonly chainId: string;
  readonly fromBlock: string;
  readonly toBlock: string;
  /** Of a server with bundles; empty: none. */
  readonly bundlesUrl: string;
  readonly isParanoid: boolean;
}

/** What stands in the form at first: what the address says, else what the page was made with. */
export function readFirstValues({ contract = "", chain = "" }: DOMStringMap, hash: string): FormValues {
  const said = new URLSearchParams(hash.replace(/^#/, "").slice(0, 4_096));
  return {
    rpcUrl: said.get("rpc") ?? "",
    contract: said.get("contract") ?? contract,
    // Of another contract nothing is known.
    chainId: said.get("chain") ?? (said.has("contract") ? "" : chain),
    fromBlock: said.get("from") ?? "",
    toBlock: said.get("to") ?? "",
    bundlesUrl: said.get("bundles") ?? "",
    isParanoid: false,
  };
}

/** A string says what is wrong, and in which field. */
export function readTarget(values: FormValues): Target | { readonly field: keyof FormValues; readonly why: string } {
  const rpcUrl = values.rpcUrl.trim();
  const url = URL.parse(rpcUrl);
  if (url === null || !/^https?:$/.test(url.protocol))
    return { field: "rpcUrl", why: "Write the node's address like https://node.example or http://127.0.0.1:8545." };
  if (url.username !== "" || url.password !== "")
    return { field: "rpcUrl", why: "Browsers send no name and password in an address: put the key into its path." };
  const contract = values.contract.trim();
  if (!/^0x[0-9a-fA-F]{40}$/.test(contract))
    return { field: "contract", why: "A contract's address is 0x and 40 hex digits." };
  const bundlesUrl = values.bundlesUrl.trim();
  const place = bundlesUrl === "" ? null : URL.parse(bundlesUrl);
  if (
    bundlesUrl !== "" &&
    (place === null || !/^https?:$/.test(place.protocol) || place.username + place.password !== "")
  )
    return {
      field: "bundlesUrl",
      why: "Write the server's address like https://authority.example, or leave it empty.",
    };
  const numbers = { chainId: values.chainId, fromBlock: values.fromBlock, toBlock: values.toBlock };
  for (const [field, text] of Object.entries(numbers))
    if (!/^\d{0,15}$/.test(text.trim()))
      return { field: field as keyof typeof numbers, why: "Write a number, or leave it empty." };
  const [fromBlock, toBlock] = [numberOf(values.fromBlock), numberOf(values.toBlock)];
  if (fromBlock !== null && toBlock !== null && fromBlock > toBlock)
    return { field: "toBlock", why: "The last block is before the first one." };
  const chainId = numberOf(values.chainId);
  const { isParanoid } = values;
  return {
    rpcUrl,
    contract,
    chainId: chainId === null ? null : BigInt(chainId),
    fromBlock,
    toBlock,
    isParanoid,
    bundles: place && { url: bundlesUrl },
  };
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

/** So that a reload, or someone who gets the link, finds the same form. Nothing of it is sent. */
export function showInAddress({ rpcUrl, contract, chainId, fromBlock, toBlock, bundles }: Target): void {
  const said = new URLSearchParams({ rpc: rpcUrl, contract });
  if (chainId !== null) said.set("chain", String(chainId));
  if (fromBlock !== null) said.set("from", String(fromBlock));
  if (toBlock !== null) said.set("to", String(toBlock));
  if (bundles !== null && "url" in bundles) said.set("bundles", bundles.url);
  history.replaceState(null, "", `#${said}`);
}
