import {
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseAbi,
  parseSignature,
  stringToHex,
} from "viem";
import type { Address } from "../../../protocol/base/ids.ts";
import { formatMoney, MAX_UINT96 } from "../../../protocol/base/units.ts";
import type { PermitReply } from "../../../protocol/http/timeline.ts";
import { act } from "./act.ts";
import { amountOf } from "./amount.ts";
import { ApiError } from "./api.ts";
import { refresh } from "./refresh.ts";
import { busy, type Login, login, money, notice } from "./state.ts";
import { FlowError } from "./wallet/flow-error.ts";
import { typedData } from "./wallet/typed-data.ts";

const ABI = parseAbi([
  "struct Signature { uint8 v; bytes32 r; bytes32 s; }",
  "function depositWithPermit(address account, uint96 amount, bytes32 number, uint256 deadline, Signature signature)",
]);
/** Kind of the deposit in its id (contracts/periphery/Depositor.sol). */
const PERMIT = stringToHex("ERC-2612", { size: 32 });
/** Time for the transaction to get into a block. */
const DEADLINE_SEC = 1_800;

type Permit = NonNullable<PermitReply["permit"]>;

/** A payment that was begun. Its number makes it count once, however often it is sent. */
interface Attempt {
  readonly wish: string;
  readonly number: Hex;
  /** As the contract knows it. */
  readonly id: Hex;
}

let attempt: Attempt | null = null;

/** Pays in from the wallet: it signs a permit, and sends one transaction, whose gas it pays. */
export function payInByPermit(amountText: string): Promise<void> {
  return act("Reading what your wallet has.", async () => {
    const current = login.value;
    if (current === null) return;
    const { api, wallet } = current;
    const { token } = api.info;
    const amount = amountOf(amountText, token.decimals);
    const permit = await readPermit(current);
    if (amount > BigInt(permit.tokens) || amount > MAX_UINT96)
      throw new FlowError(`The wallet has ${formatMoney(permit.tokens, token)}: pay in at most that.`);
    const { number } = begin(`${wallet.account} ${permit.depositor} ${amount}`, (number) =>
      idOf(wallet.account, amount, number),
    );
    busy.value = "Sign the permit in your wallet: it lets the Depositor take this amount, once.";
    const deadline = api.now() + DEADLINE_SEC;
    const signature = await signPermit(current, permit, { amount, deadline });
    const data = encodeFunctionData({
      abi: ABI,
      functionName: "depositWithPermit",
      args: [wallet.account, amount, number, BigInt(deadline), signature],
    });
    busy.value = "Send the transaction in your wallet. It pays the gas.";
    await wallet.sendTransaction(permit.depositor as Address, data);
    const text = `Your wallet says that it has sent ${formatMoney(amount, token)}. The timeline has it when its block is final; the same again until then counts once.`;
    notice.value = { kind: "good", text };
    await refresh();
  });
}

async function readPermit({ api }: Login): Promise<Permit> {
  const { permit } = await api.permit().catch((error: unknown) => {
    if (error instanceof ApiError && error.code === "DEPOSITS_PAUSED")
      throw new FlowError("Deposits are paused. Nothing was sent: try again later.");
    throw error;
  });
  if (permit === null)
    throw new FlowError("This token or this authority takes no payments by permit. Pay in by card, or on-chain.");
  return permit;
}

async function signPermit(
  { api, wallet }: Login,
  { depositor, token, name, version, nonce }: Permit,
  { amount, deadline }: { readonly amount: bigint; readonly deadline: number },
) {
  const domain = { name, version, chainId: api.info.chainId, verifyingContract: token as Address };
  const message = {
    owner: wallet.account,
    spender: depositor,
    value: String(amount),
    nonce,
    deadline: String(deadline),
  };
  const { signature, isOwn } = await wallet.signTypedData(typedData(domain, "Permit", message));
  // A permit is the own key's signature alone: tokens know no wallets with code (ERC-2612).
  if (!isOwn || signature.length !== 132)
    throw new FlowError(
      "The wallet signed something else, or with another key, than it was asked to. Nothing was sent. A wallet with code has no permits: pay in by card, or on-chain.",
    );
  const { r, s, yParity } = parseSignature(signature);
  return { v: 27 + yParity, r, s };
}

/** The same wish has the same number until it is on the chain: then it is another payment. */
function begin(wish: string, idFor: (number: Hex) => Hex): Attempt {
  const known = attempt;
  const isDone = money.value?.entries.some((entry) => entry.kind === "deposit" && entry.deposit.id === known?.id);
  if (known !== null && known.wish === wish && !isDone) return known;
  const number = keccak256(crypto.getRandomValues(new Uint8Array(32)));
  attempt = { wish, number, id: idFor(number) };
  return attempt;
}

/** As the Depositor makes it. */
function idOf(account: Address, amount: bigint, number: Hex): Hex {
  const types = ["bytes32", "address", "address", "uint96", "bytes32"].map((type) => ({ type }));
  return keccak256(encodeAbiParameters(types, [PERMIT, account, account, amount, number]));
}
