import { privateKeyToAddress } from "viem/accounts";
import { type Address, parseAddress } from "../../protocol/ids.ts";
import { readKeyFile } from "../../scripts/floodgate/key-file.ts";

export async function readKeyAddress(path: string): Promise<Address> {
  return parseAddress(privateKeyToAddress(await readKeyFile(path)));
}
