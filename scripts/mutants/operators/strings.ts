import type { Source } from "../source.ts";
import type { Edit } from "./edit.ts";

const MEMBER = /\b(address|bool|bytes\d*|u?int\d+) (\w+)/g;
const WIDER: Readonly<Record<string, string>> = { address: "bytes20", bool: "uint8" };

/** EIP-712: names of types, types of members, their order, and the domain's name and version. */
export function* changeTypeStrings({ code, text }: Source): Iterable<Edit> {
  for (const { 0: literal, index } of text.matchAll(/"[^"\n]*"/g)) {
    // A string in a comment, or the path of an import.
    if (!/\b(?:keccak256|EIP712)\((?:\s*|[\s,"]*|\s*"[^;]*)$/.test(text.slice(lastStatement(code, index), index)))
      continue;
    yield { operator: "string", start: index + 1, end: index + 2, replacement: `${literal[1] === "X" ? "Y" : "X"}` };
    const members = [...literal.matchAll(MEMBER)];
    for (const [i, { 0: member, 1: type = "", index: at }] of members.entries()) {
      const start = index + at;
      const replacement = WIDER[type] ?? (type.startsWith("bytes") ? "uint256" : "uint248");
      yield { operator: "string", start, end: start + type.length, replacement };
      const next = members[i + 1];
      if (next) {
        const end = index + next.index + next[0].length;
        yield { operator: "string", start, end, replacement: `${next[0]},${member}` };
      }
    }
  }
}

function lastStatement(code: string, index: number): number {
  return 1 + Math.max(code.lastIndexOf(";", index), code.lastIndexOf("{", index), code.lastIndexOf("}", index));
}
