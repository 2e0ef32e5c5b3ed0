import { defineCodes } from "./define.ts";

/** Scripts that watch an audit tell its ends apart by exit code. */

const FINDING_CODES = defineCodes(
  { class: "VerificationError", exit: 7, status: 500 },
  { AUDIT_FAILED: ["The audit found problems.", "Read the report above."] },
);

const REORG_CODES = defineCodes(
  { class: "ChainError", exit: 10, status: 503 },
  { RPC_REORG: ["The chain was reorganized during the audit.", "Run the audit again."] },
);

const DISAGREE_CODES = defineCodes(
  { class: "ChainError", exit: 11, status: 503 },
  {
    RPC_DISAGREE: ["The two nodes do not agree.", "Ask a third node with --rpc: one is not in step, or lies."],
    RPC_INCONSISTENT: ["The node contradicts itself.", "Run again, or ask another node with --rpc."],
  },
);

const PRUNED_CODES = defineCodes(
  { class: "ChainError", exit: 12, status: 503 },
  { RPC_PRUNED: ["The node has deleted old state.", "Ask an archive node, or give --from-block."] },
);

const ANSWER_CODES = defineCodes(
  { class: "ChainError", exit: 13, status: 503 },
  {
    RPC_ANSWER_INVALID: ["The node's answer is malformed.", "Ask another node with --rpc."],
    RPC_ANSWER_TOO_LARGE: ["The node's answer is too long.", "Ask another node with --rpc."],
  },
);

const STATE_CODES = defineCodes(
  { class: "InputError", exit: 14, status: 400 },
  {
    STATE_AHEAD: ["The audit's state is beyond --to-block.", "Give a later --to-block."],
    STATE_FOREIGN: ["The audit's state belongs to another contract or chain.", "Choose another --state."],
    STATE_IN_USE: ["Another audit uses the state.", "Wait for it, or choose another --state."],
    STATE_REORGED: ["The chain replaced a block that the state rests on.", "Delete the state, and start again."],
    STATE_SOURCES: [
      "The audit's state was made with other --bundles or --vouchers.",
      "Give the same, or choose another --state.",
    ],
    STATE_UNUSABLE: ["The audit's state cannot be opened or is damaged.", "Choose another --state, or delete it."],
    STATE_VERSION: ["Another version of Floodgate wrote the state.", "Choose another --state, or delete it."],
  },
);

export const AUDIT_CODES = {
  ...FINDING_CODES,
  ...REORG_CODES,
  ...DISAGREE_CODES,
  ...PRUNED_CODES,
  ...ANSWER_CODES,
  ...STATE_CODES,
} as const;
