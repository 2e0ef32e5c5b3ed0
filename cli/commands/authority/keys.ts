import type { Command } from "commander";
import type { TimelockCall } from "../../../client/chain/timelock.ts";
import { type Address, toChecksumAddress } from "../../../protocol/base/ids.ts";
import { addressArgument } from "../../arguments.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { announce, asOwner, type OwnerOptions, openOwner } from "../owner.ts";

const KINDS = ["allotter", "operator"] as const;
type Kind = (typeof KINDS)[number];

const AT = "--rpc http://127.0.0.1:8545 --contract 0x...";

/** Commands that change the authority's keys while it runs (docs/deploy.md). */
export function addKeyCommands(authority: Command, runtime: Runtime): void {
  for (const kind of KINDS)
    addCommand(authority, `add-${kind}`, `make another ${kind} key, which counts once the owner names it`, [
      `authority add-${kind} --home ~/authority`,
    ]).action((options: CommonOptions) => addKey(contextOf(runtime, options), kind));

  asOwner(addCommand(authority, "set-operator", "name the operator's next key", [`authority set-operator 0x... ${AT}`]))
    .argument("<address>", "the key, with ether and tokens", addressArgument)
    .action((operator: Address, options: OwnerOptions) =>
      act(contextOf(runtime, options), options, async (contract) => {
        const { encodeKeys } = await import("../../../client/chain/bond.ts");
        return [encodeKeys(contract).operator(operator), `${toChecksumAddress(operator)} as operator`];
      }),
    );

  asOwner(
    addCommand(authority, "retire-allotter", "take an allotter key out of use for good", [
      `authority retire-allotter 0x... ${AT}`,
    ]),
  )
    .argument("<address>", "the key", addressArgument)
    .action((allotter: Address, options: OwnerOptions) =>
      act(contextOf(runtime, options), options, async (contract) => {
        const { encodeKeys } = await import("../../../client/chain/bond.ts");
        return [encodeKeys(contract).retire(allotter), `the end of allotter ${toChecksumAddress(allotter)}`];
      }),
    );
}

/** @throws {InputError} KEY_FILE_MISSING, KEY_FILE_INVALID, FILE_PERMISSIONS, FILE_UNWRITABLE */
async function addKey({ output, home }: CommandContext, kind: Kind): Promise<void> {
  const [keys, { privateKeyToAddress }] = await Promise.all([import("../../keys.ts"), import("viem/accounts")]);
  const name = { allotter: keys.ALLOTTER_KEY_FILE, operator: keys.OPERATOR_KEY_FILE }[kind];
  const { file, key } = await keys.addKeyFile(home, name);
  const address = privateKeyToAddress(key);
  const next = {
    allotter: `let the owner name it with \`floodgate bond budget AMOUNT --allotter ${address}\``,
    operator: `send it ether and the operator's tokens, then let the owner name it with \`floodgate authority set-operator ${address}\``,
  }[kind];
  output.event("done", { file, address: address.toLowerCase() }, `${kind} key ${address} is in ${file}: ${next}`);
}

async function act(
  context: CommandContext,
  options: OwnerOptions,
  encode: (contract: Awaited<ReturnType<typeof openOwner>>["contract"]) => Promise<readonly [TimelockCall, string]>,
): Promise<void> {
  const acting = await openOwner(options);
  const { contract, owner, timelock } = acting;
  const [call, what] = await encode(contract);
  if (timelock !== null) return announce(context, acting, [call], what);
  const { send } = await import("../../../client/chain/sender.ts");
  const { transactionHash: txHash } = await send(contract.rpc, owner, call, context.signal);
  context.output.event("done", { txHash }, `${what}: done`);
}
