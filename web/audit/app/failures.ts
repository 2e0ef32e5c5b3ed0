import { printable } from "../../../protocol/base/text.ts";

const MAX_TEXT = 1_000;

/** An error's words name options of the command line: here they are fields of a form. */
const FIELDS: readonly (readonly [option: RegExp, field: string])[] = [
  [/--rpc and --chain-id/g, "the node's address and the chain's number"],
  [/--rpc\b/g, "the node's address"],
  [/--contract\b/g, "the contract's address"],
  [/--chain-id\b/g, "the chain's number"],
  [/--bundles\b/g, "the bundles"],
  [/--from-block\b/g, "first block"],
  [/--to-block\b/g, "last block"],
];

/** A sentence of one line: a node may have put anything into it. */
export function sayFailure(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const text = FIELDS.reduce((words, [option, field]) => words.replace(option, field), printable(said, MAX_TEXT));
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
