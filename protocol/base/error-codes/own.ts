import { defineCodes } from "./define.ts";

/** This machine failed: its disk, or its files. */
export const MACHINE_CODES = defineCodes(
  { class: "FloodgateError", exit: 9, status: 500 },
  {
    CONTENT_FAILED: ["The download cannot continue.", "Read the reason in the message."],
    DISK_FULL: ["The disk is full.", "Free some space, and start again."],
    FILE_CHANGED: [
      "A file was changed, cut or removed while it was read or written.",
      "Leave published files alone, and give a download again: what is there is kept.",
    ],
    MONTH_LIMIT: [
      "The running peer has moved as much as it may in a month.",
      "Wait for the next one, or raise it by `floodgate peer limit --month`.",
    ],
    STORE_FAILED: ["The peer's store cannot be written.", "Check the disk."],
  },
);

/** This program's own process failed. */
export const FAILURE_CODES = defineCodes(
  { class: "FloodgateError", exit: 1, status: 500 },
  {
    BENCH_FAILED: ["A process of a bench failed.", "Read its last lines."],
    BUILD_FAILED: ["The contracts do not compile.", "Read the compiler's messages."],
    COMMAND_FAILED: ["A command of the demo's network failed.", "Read its message."],
    INTERNAL: ["The program failed in a way that nobody foresaw.", "Report it: it is a bug."],
    STATEMENT_WRONG: ["The authority offered a statement that is not true.", "Keep your vouchers: none was replaced."],
    STORE_CLOSED: ["The peer's store was closed while it was needed.", "Start the peer again."],
  },
);

/** The authority cannot write. What it holds stays readable. */
export const STORE_CODES = defineCodes(
  { class: "FloodgateError", exit: 9, status: 503 },
  {
    STORE_BROKEN: ["The authority's store cannot be written.", "Check the disk, and start the authority again."],
    STORE_FULL: ["The authority's disk is full.", "Free some space: the authority then goes on by itself."],
  },
);

export const INTERRUPT_CODES = defineCodes(
  { class: "FloodgateError", exit: 130, status: 500 },
  { INTERRUPTED: ["A signal stopped the command before it was done.", "Give the command again."] },
);

const REPORT = "Report it: it is a bug.";

/** A rule is broken that only a bug can break. */
export const INVARIANT_CODES = defineCodes(
  { class: "InvariantError", exit: 1, status: 500 },
  {
    ALLOTMENT_SUM: ["The allotments of an account exceed its free deposit.", REPORT],
    BATCH_LANE: ["A row of a batch is not one of its lanes.", REPORT],
    BATCH_TOTAL: ["The books and the chain differ about a batch.", REPORT],
    BYTES_INVALID: ["A number of bytes is out of range.", REPORT],
    CALLER_MISSING: ["A route that takes anybody asks for its caller.", REPORT],
    CALL_EMPTY: ["The contract answered a multicall with nothing.", REPORT],
    ENGINES_DISAGREE: ["Two signature libraries disagree.", REPORT],
    LANE_NOT_STORED: ["A voucher's lane is not in the peer's store.", REPORT],
    LANE_ORDER: ["A lane breaks accepted <= signed <= cap.", REPORT],
    LANE_PAIR: ["A lane belongs to another pair of payer and payee.", REPORT],
    LANE_UNSIGNED: ["A lane has an amount, but no signature.", REPORT],
    LINE_INVALID: ["A line of an audit bundle would be malformed.", REPORT],
    OPERATOR_KEY: ["A transaction's sender is none of the operator's keys.", REPORT],
    PIECE_ASSIGNED_TWICE: ["A piece was assigned to two sources.", REPORT],
    PIECE_BEGUN_TWICE: ["A piece was begun twice with one payee.", REPORT],
    PIECE_NOT_ASSIGNED: ["A piece was requested without an assignment.", REPORT],
    PIECE_NOT_BEGUN: ["A piece was given back that was not begun.", REPORT],
    PIECE_UNPAYABLE: ["A piece was to be requested from a payee without a lane.", REPORT],
    POOL_EXCEEDED: ["A payee served beyond what may be owed in total.", REPORT],
    RECEIPT_MISSING: ["A transaction that was sent has no receipt.", REPORT],
    SETTLED_MISSING: ["A settlement's transaction has no Settled event.", REPORT],
    VOUCHER_CAP: ["A voucher exceeds its lane's cap.", REPORT],
    VOUCHER_GROWS: ["A voucher is not higher than the one before it.", REPORT],
    VOUCHER_LANE: ["A voucher was signed on an unknown lane.", REPORT],
    VOUCHER_OWED: ["Vouchers promise more than is owed.", REPORT],
    WINDOW_EXCEEDED: ["A payee served beyond the credit window.", REPORT],
    WITHDRAWAL_EVENT: ["A withdrawal's transaction has no WithdrawalRequested event.", REPORT],
    WITHDRAWAL_MISSING: ["A transaction belongs to no withdrawal.", REPORT],
  },
);
