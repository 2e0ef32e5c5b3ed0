import { defineCodes } from "./define.ts";

/** The chain's node, gas or a revert. */
export const CHAIN_CODES = defineCodes(
  { class: "ChainError", exit: 5, status: 503 },
  {
    ALLOTTER_RETIRED: [
      "The contract lists none of the authority's allotter keys any more.",
      "Try later: its operator and its owner put a new key there.",
    ],
    CALL_REFUSED: ["The chain's node refused to run a call.", "Check --contract, or ask another node with --rpc."],
    CHAIN_CALL_FAILED: ["The chain's node refused a request.", "Check the node, or use another with --rpc."],
    CHAIN_FAILED: ["The devnet's node did not start.", "Read its last line in the message."],
    CHAIN_STOPPED: ["The devnet's node ended by itself.", "Start it again."],
    CONTRACT_REFUSED: ["The contract refuses the call.", "Act on the reason in the message."],
    DEPLOY_FAILED: ["The chain reverted the deployment.", "Check the options, then deploy again."],
    DEPOSITS_PAUSED: ["No deposit is possible now, and nothing was charged.", "Try later."],
    RPC_UNAVAILABLE: ["The chain's node gives no usable answer.", "Check that it runs and is in step, and --rpc."],
    SESSION_FAILED: ["The session's authorization did not reach the chain.", "Run `floodgate register` again."],
    STILL_PENDING: ["The transaction is not yet confirmed.", "Give the command again later."],
    TREASURY_EMPTY: ["The authority cannot fund the deposit now.", "Try a smaller one, or try later."],
    TX_REVERTED: ["The chain reverted the transaction, because state had moved.", "Give the command again."],
    WITHDRAWAL_FAILED: ["The withdrawal failed, and paid out nothing.", "Read the reason, then withdraw again."],
  },
);

/** A remote program cannot be reached, or answers nonsense. */
export const NETWORK_CODES = defineCodes(
  { class: "NetworkError", exit: 5, status: 502 },
  {
    AUTHORITY_FAILED: ["The authority answered with a failure.", "Try later, or check its address."],
    AUTHORITY_REFUSED: ["The authority refuses the tracker.", "Check the tracker's operator secret."],
    AUTHORITY_TIMEOUT: ["The authority did not answer in time.", "Try later, or check its address."],
    AUTHORITY_UNREACHABLE: ["The authority cannot be reached.", "Check its address, and that it runs."],
    CARD_TIMEOUT: ["The card network did not answer in time.", "Wait: the authority asks again by itself."],
    CERTIFICATE_WRONG: [
      "The running peer shows another certificate than the one that is known.",
      "Check the address, and --fingerprint with what `floodgate peer start --listen` prints.",
    ],
    EVIDENCE_UNREACHABLE: ["The server of the bundles gives no usable answer.", "Check --bundles."],
    LISTEN_FAILED: ["The server cannot listen on its address.", "Check --host and --port."],
    PAYEE_UNREACHABLE: ["The payee's voucher stream cannot be opened.", "Wait: the peer asks other payees."],
    PEER_ABSENT: ["No peer runs in this home.", "Start one with `floodgate peer start`, or check --home."],
    RECEIPT_INVALID: ["The authority's receipt is not valid.", "Ask the authority's operator; keep the voucher."],
    REPLY_INVALID: ["The answer is not what this version expects.", "Use the authority's version of Floodgate."],
    REPLY_TOO_LARGE: ["The answer is too long.", "Check that the address is a Floodgate authority's."],
    SELLER_MISSING: [
      "Nobody sold a piece for as long as --wait says.",
      "Give the command again later, or with a longer --wait: what is there is kept.",
    ],
    SOURCE_UNREACHABLE: ["The address of the .torrent file does not answer.", "Check the address."],
    TRACKER_UNREACHABLE: ["The tracker gives no usable answer.", "Check that it runs, and its address."],
    WEBHOOK_FAILED: ["The webhook did not take the alarm.", "Check --webhook."],
  },
);

/** The remote broke the protocol. */
export const PROTOCOL_CODES = defineCodes(
  { class: "ProtocolError", exit: 7, status: 400 },
  {
    ACCEPT_INVALID: [
      "The payee's accept contradicts what was signed.",
      "Leave that payee; the peer does so by itself.",
    ],
    ACK_INVALID: ["The payee acknowledged more than was signed.", "Leave that payee; the peer does so by itself."],
    AMOUNT_ABOVE_CAP: ["The voucher promises more than its lane is good for.", "Sign no more than the lane's cap."],
    ANNOUNCE_INVALID: ["The announce is malformed.", "Correct the parameter that the message names."],
    BAD_TOO_OFTEN: ["The payer called too many pieces bad.", "Leave that payer; the peer does so by itself."],
    BENCODE_INVALID: ["The bytes are not bencode.", "Check where they come from."],
    GRANT_INVALID: ["The tracker's grant is damaged.", "Announce again, or check the tracker."],
    LANE_NOT_ACCEPTED: ["A voucher names a lane that was not accepted.", "Offer the lane first."],
    LANE_NOT_OFFERED: ["The payee named a lane that was not offered.", "Leave that payee; the peer does so by itself."],
    MESSAGE_INVALID: ["The bytes are not a message of the voucher stream.", "Compare them with docs/protocol.md."],
    MESSAGE_UNEXPECTED: ["The other side sends messages of the wrong role.", "Compare it with docs/protocol.md."],
    OFFERS_TOO_OFTEN: [
      "A payer offers lanes too fast, or lanes that cannot be accepted.",
      "Leave that payer; the peer does so by itself.",
    ],
    LISTING_FORGED: [
      "The publisher's wallet has not signed what the authority says of a content.",
      "Do not buy it there, and tell the publisher.",
    ],
    METAINFO_INVALID: ["The file is not a usable torrent.", "Get the .torrent file again."],
    PROOF_INVALID: ["The proof does not hold.", "Trust it in nothing; ask for another."],
    SIGNATURE_INVALID: [
      "A signature is not from the key that should have signed.",
      "Sign with the lane's session key.",
    ],
  },
);
