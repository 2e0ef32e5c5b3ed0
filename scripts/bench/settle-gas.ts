import { createPublicClient, createWalletClient, defineChain, http } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { floodgateAbi, testDollarAbi } from "../../protocol/abi.ts";
import { buildBatch, encodeBatch, type SettleableLane } from "../../protocol/batch.ts";
import { bytesToHex, hexToBytes } from "../../protocol/bytes.ts";
import { parseAddress } from "../../protocol/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../../protocol/secp256k1.ts";
import { hashDomain } from "../../protocol/typed-data.ts";
import { hashVoucher } from "../../protocol/voucher.ts";
import { deployFloodgate } from "../deploy.ts";
import { devnetAccount } from "../floodgate/devnet-keys.ts";
import { startDevnet } from "../floodgate/devnet-node.ts";

/**
 * Gas of `settle` per voucher, everything included, on a devnet: `node scripts/run.mjs scripts/bench/settle-gas.ts`. Gas does not depend on
 * the machine. Each shape is settled three times: the first batch makes new storage slots, the later ones are what T pays day by day.
 */

const SHAPES = [
  { payers: 20, payeesPerPayer: 20 },
  { payers: 50, payeesPerPayer: 1 },
  { payers: 1, payeesPerPayer: 1 },
] as const;
const BATCHES = 3;
const DEPOSIT = 1_000_000n;

const { signal } = new AbortController();
await using devnet = await startDevnet({ port: 0, host: "127.0.0.1", chainId: 31_337, signal });
const chain = defineChain({
  id: 31_337,
  name: "devnet",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [devnet.rpcUrl] } },
});
const account = devnetAccount(0);
const client = createPublicClient({ chain, transport: http(), pollingInterval: 50 });
const wallet = createWalletClient({ account, chain, transport: http() });
const operator = parseAddress(account.address);
const { floodgate: contract, token } = await deployFloodgate({
  rpcUrl: devnet.rpcUrl,
  deployer: account as unknown as Parameters<typeof deployFloodgate>[0]["deployer"],
  allotmentPeriodSec: 120,
  claimPeriodSec: 120,
  owner: operator,
  operator,
  allotter: operator,
  bondBudget: 0n,
  feeRecipient: operator,
  feeBps: 100,
});
const separator = hashDomain({ chainId: 31_337, contract });
const floodgate = { address: contract, abi: floodgateAbi } as const;

const mined = async (hash: `0x${string}`) => {
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`${hash} was reverted`);
  return receipt;
};

interface Payer {
  readonly account: `0x${string}`;
  readonly privateKey: Uint8Array;
}

/** Accounts with a deposit and a session, all in a few blocks. */
async function createPayers(count: number): Promise<Payer[]> {
  const nonce = await client.getTransactionCount({ address: operator });
  const payers = Array.from({ length: count }, () => ({
    wallet: privateKeyToAccount(generatePrivateKey()),
    privateKey: hexToBytes(generatePrivateKey()),
  }));
  const hashes: `0x${string}`[] = [];
  for (const [i, payer] of payers.entries()) {
    const address = payer.wallet.address;
    const authorization = {
      account: address,
      sessionKey: addressOfKey(publicKeyOf(payer.privateKey)),
      limit: 2n ** 96n - 1n,
      expiresAt: 2_000_000_000,
    };
    const signature = await payer.wallet.signTypedData({
      domain: { name: "Floodgate", version: "1", chainId: 31_337, verifyingContract: contract },
      types: {
        SessionAuthorization: [
          { name: "account", type: "address" },
          { name: "sessionKey", type: "address" },
          { name: "limit", type: "uint96" },
          { name: "expiresAt", type: "uint40" },
        ],
      },
      primaryType: "SessionAuthorization",
      message: authorization,
    });
    const gas = 300_000n;
    hashes.push(
      await wallet.writeContract({
        ...floodgate,
        functionName: "depositFor",
        args: [address, DEPOSIT],
        nonce: nonce + 2 * i,
        gas,
      }),
      await wallet.writeContract({
        ...floodgate,
        functionName: "authorizeSessionFor",
        args: [authorization, signature],
        nonce: nonce + 2 * i + 1,
        gas,
      }),
    );
  }
  for (const hash of hashes) await mined(hash);
  return payers.map((payer) => ({ account: parseAddress(payer.wallet.address), privateKey: payer.privateKey }));
}

const erc20 = { address: token, abi: testDollarAbi } as const;
await mined(await wallet.writeContract({ ...erc20, functionName: "mint", args: [operator, 10n ** 12n] }));
await mined(await wallet.writeContract({ ...erc20, functionName: "approve", args: [contract, 10n ** 12n] }));

console.log("payers x payees  batch  vouchers  bytes  gas        per voucher");
for (const { payers: payerCount, payeesPerPayer } of SHAPES) {
  const payers = await createPayers(payerCount);
  const payees = Array.from({ length: payeesPerPayer }, () =>
    parseAddress(privateKeyToAccount(generatePrivateKey()).address),
  );
  for (let batch = 0; batch < BATCHES; batch++) {
    const lanes = payers.flatMap(({ account: payer, privateKey }) =>
      payees.map((payee, i): SettleableLane => {
        const voucher = { payer, payee, lane: 1 + batch * payeesPerPayer + i, amount: 1_234n };
        const sessionKey = addressOfKey(publicKeyOf(privateKey));
        return { ...voucher, sessionKey, signature: sign(hashVoucher(separator, voucher), privateKey) };
      }),
    );
    const bytes = encodeBatch(buildBatch(`0x${"00".repeat(32)}`, lanes));
    const hash = await wallet.writeContract({ ...floodgate, functionName: "settle", args: [bytesToHex(bytes)] });
    const { gasUsed, logs } = await mined(hash);
    if (logs.length !== 3) throw new Error("rows were skipped");
    const columns = [
      `${payerCount} x ${payeesPerPayer}`.padEnd(15),
      String(batch + 1).padEnd(5),
      String(lanes.length).padEnd(8),
      String(bytes.length).padEnd(5),
      String(gasUsed).padEnd(9),
      (Number(gasUsed) / lanes.length).toFixed(1),
    ];
    console.log(columns.join("  "));
  }
}
