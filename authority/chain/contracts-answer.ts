/**
 * Whether a contract has answered that it has no such function, or refuses. All other errors are
 * the node's. Names are viem's.
 */
export function isContractsAnswer(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++)
    if (/^(ContractFunction(ZeroData|Reverted)|AbiDecoding)/.test(at.name)) return true;
  return false;
}
