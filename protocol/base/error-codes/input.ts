import { defineCodes } from "./define.ts";

/** The command line, a request or a value in it is wrong. */
export const INPUT_CODES = defineCodes(
  { class: "InputError", exit: 2, status: 400 },
  {
    ABOVE_CAP: [
      "The voucher promises more than its lane is good for.",
      "Send the highest voucher within the lane's cap.",
    ],
    ADDRESS_INVALID: ["The text is not an address.", "Write 0x and 40 hex digits, with a correct checksum."],
    AMOUNT_INVALID: [
      "The text is not an amount, or the amount is zero or too large.",
      "Write a positive number like 12.5.",
    ],
    IMPORT_INVALID: ["What should be imported is no wallet.", "Give a keystore v3, a private key or a mnemonic."],
    ARTIFACT_MISSING: ["The compiled contract is not there.", "Run `npx hardhat build`."],
    BATCH_INVALID: ["The bytes are not a settlement batch.", "Check where the batch comes from."],
    BOND_OWNER: [
      "Only the owner of the contract can pay in the bond.",
      "Leave --bond out, and run `floodgate bond deposit` with the owner's key.",
    ],
    CARD_INVALID: ["A devnet takes test cards only.", "Use 4242424242424242, which pays."],
    CLAIM_PERIOD_TOO_SHORT: [
      "The claim period is too short for a chain with real money.",
      "Give a --claim-period of two days or more.",
    ],
    CONTENT_PAUSED: ["The content rests.", "Go on with it first: `floodgate peer resume`."],
    CONTENT_STOPPED: ["The download was stopped before it was complete.", "Give the command again to continue."],
    CONTENT_TWICE: ["This content is already running in this peer.", "Wait for the first one, or stop it."],
    CONTRACT_MISSING: [
      "There is no contract at the address.",
      "Run `floodgate deploy`, or check --contract and --rpc.",
    ],
    CONTRACT_OTHER: ["The contract at the address is of another kind.", "Check --contract, or --token."],
    CURSOR_INVALID: ["The cursor is not from an earlier reply.", "Leave it out to start at the newest entry."],
    DISK_QUOTA: [
      "The download needs more than the disk quota leaves.",
      "Raise it with `floodgate peer limit --disk`, or remove a content.",
    ],
    DATA_NOT_OURS: [
      "The files were there before, and are only served.",
      "Leave --data out; move or delete them yourself.",
    ],
    DEPOSIT_REFUSED: ["The contract refuses the deposit, and nothing was charged.", "Read the reason."],
    DIRECTORY_UNUSABLE: ["The directory cannot be read.", "Check that it exists and that you may read it."],
    EVIDENCE_INVALID: [
      "--bundles is neither a server's address nor a directory.",
      "Give an address like http://127.0.0.1:8080, or a directory of bundles.",
    ],
    EVIDENCE_IRRELEVANT: ["The batch paid nothing on this lane.", "Choose the batch that paid the lane."],
    EXPIRED: ["The lane ended too long ago to complain about.", "Complain while the lane can still be settled."],
    FILES_TOO_MANY: ["The folder has more files or pieces than a torrent may have.", "Publish parts of it."],
    FILES_UNMATCHED: ["No file of the content matches the pattern.", "Read its list of files, and write another."],
    FILE_EMPTY: ["The file is empty.", "Publish a file that has content."],
    FILE_TOO_SMALL: [
      "The file is too small to be sold by the piece.",
      "Publish it free, with --price 0, or a folder of several.",
    ],
    FILE_UNUSABLE: ["The folder holds something that is no file: a socket, a device.", "Take it out of the folder."],
    FROM_BLOCK_TOO_LATE: ["The contract is older than --from-block.", "Give an earlier --from-block."],
    HEX_INVALID: ["The text is not hex, or has the wrong length.", "Write 0x and the expected number of hex digits."],
    HOST_INVALID: [
      "This machine cannot listen on that address.",
      "Choose one of this machine's addresses with --host.",
    ],
    IDEMPOTENCY_KEY_INVALID: [
      "The header Idempotency-Key is missing or malformed.",
      "Send 8 to 128 printable characters, new for each deposit.",
    ],
    IDEMPOTENCY_KEY_REUSED: ["The Idempotency-Key belongs to another deposit.", "Use a new one for each deposit."],
    ID_AMBIGUOUS: ["Several contents start with these digits.", "Give more digits of the id."],
    INFOHASH_INVALID: ["The text is not an infohash.", "Write 40 hex digits."],
    LANE_INVALID: [
      "The text names neither a lane nor a transaction.",
      "Write a lane's number, its payer and number, or a transaction's hash.",
    ],
    LANE_UNUSED: ["No batch and no claim used the lane.", "Check the lane's number and payer."],
    LINK_REFUSED: [
      "The folder holds a symbolic link, or one that leads round in a circle.",
      "Take it out, or publish what it leads to with --links follow.",
    ],
    NAMES_COLLIDE: ["Two files of the folder have one name on a file system that ignores case.", "Rename one of them."],
    LISTING_INVALID: [
      "What is said of the content is not taken: its texts, or the signature of the publisher's wallet.",
      "Read the reason.",
    ],
    SHARE_INVALID: [
      "The publisher's share is less than a base unit, or another than before: it cannot change.",
      "Publish with another --share or --price.",
    ],
    LISTING_STALE: ["A later listing of the content is there already.", "Sign it again."],
    NAME_UNSAFE: ["The name cannot be a file name.", "Rename the file."],
    OPTIONS_CONFLICT: ["Two options exclude each other.", "Leave one of them out."],
    OPTIONS_INCOMPLETE: ["An option needs another one.", "Give both, or neither."],
    PASSPHRASE_DIFFERS: ["The two passphrases differ.", "Start again."],
    PASSPHRASE_TOO_SHORT: ["The passphrase is too short.", "Choose a longer one."],
    PRICE_INVALID: [
      "The content is already published at another price.",
      "Leave the price as it is: it cannot change.",
    ],
    PROOF_IMPOSSIBLE: ["What was signed does not prove this payment.", "Choose another lane, or an account."],
    PUBLIC_KEY_INVALID: ["The text is not a compressed secp256k1 public key.", "Write 0x02 or 0x03 and 64 hex digits."],
    QUERY_TOO_LONG: ["The search text is too long.", "Search for fewer characters."],
    REQUEST_INVALID: ["The request does not fit the API.", "Compare it with /openapi.json."],
    SCRAPE_INVALID: ["A scrape names no infohash, or too many.", "Name as many as the tracker's message allows."],
    SESSION_EXPIRY_INVALID: ["The session would last too long.", "Choose an earlier expiry."],
    SESSION_REFUSED: [
      "The contract refuses the session's authorization.",
      "Sign a new one; the message names the reason.",
    ],
    SOURCE_INVALID: ["The text names no content.", "Give an id, a magnet link, or a .torrent file or its address."],
    STATEMENT_INVALID: [
      "The lanes of a statement are too many, or are not in ascending order.",
      "Send 1 to the maximum number of lanes, in ascending order.",
    ],
    STATEMENT_STALE: [
      "The lanes have changed since the statement was made.",
      "Ask for the lanes again, and sign those.",
    ],
    STREAM_FILE_UNKNOWN: ["The content has no such file.", "Give --stream-file a name from the message."],
    TITLE_INVALID: ["The title is not plain text.", "Leave out control characters."],
    TOKEN_MISSING: ["A chain that is not a devnet needs a real token.", "Give --token."],
    TORRENT_INVALID: [
      "The file is not a torrent that can be published.",
      "Make the torrent again with `floodgate publish`.",
    ],
    TO_BLOCK_UNKNOWN: ["The chain ends before --to-block.", "Give an earlier --to-block."],
    SPONSORSHIP_INVALID: [
      "The authority does not take the sponsorship.",
      "Read the reason in the message, and sponsor again.",
    ],
    URL_INVALID: ["The text is not an http address.", "Write it like http://127.0.0.1:8600."],
    USAGE: ["The command line cannot be understood.", "Add --help to see the options."],
    VOUCHERS_INVALID: ["The file does not hold exported vouchers.", "Export the vouchers again."],
    WITHDRAWAL_REFUSED: ["The contract refuses the withdrawal.", "Request it anew; the message names the reason."],
  },
);

/** The request is refused before a route sees it. */
export const HTTP_CODES = {
  ...defineCodes(
    { class: "InputError", exit: 2, status: 413 },
    { BODY_TOO_LARGE: ["The request's body is too large.", "Send less in one request."] },
  ),
  ...defineCodes(
    { class: "InputError", exit: 2, status: 405 },
    { METHOD_WRONG: ["The address answers other methods only.", "Send GET or HEAD."] },
  ),
  ...defineCodes(
    { class: "InputError", exit: 2, status: 415 },
    { MEDIA_TYPE_WRONG: ["The route takes another content type.", "Send the content type that /openapi.json names."] },
  ),
} as const;

/** A file is not what its id says. */
export const MISMATCH_CODES = defineCodes(
  { class: "InputError", exit: 7, status: 400 },
  { FILE_MISMATCH: ["The file is not the published one.", "Seed the published file, or another directory."] },
);
