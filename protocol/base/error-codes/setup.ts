import { defineCodes } from "./define.ts";

/** Configuration is wrong: home directory, key file, deployment, chain or port. */
export const SETUP_CODES = defineCodes(
  { class: "InputError", exit: 3, status: 400 },
  {
    ALLOTTER_UNKNOWN: [
      "The contract does not list the authority's allotter key.",
      "Use the right key, or have the owner add it.",
    ],
    CHAIN_MISMATCH: [
      "The chain, the contract or its token is not the expected one.",
      "Check --rpc and --home; a devnet forgets everything when it stops.",
    ],
    CONFIG_INVALID: ["A setting of the server is wrong.", "Correct the setting that the message names."],
    DEPLOYMENT_INVALID: ["The file is not a deployment file.", "Use the one that `floodgate deploy` writes."],
    DEPLOYMENT_MISSING: ["The deployment file cannot be read.", "Run `floodgate deploy`, or check --deployment."],
    DEPLOYER_MISSING: [
      "The chain lacks the deterministic deployer.",
      "Put it there with its presigned transaction, then deploy again.",
    ],
    DEVNET_ONLY: ["The chain is not a devnet, so there is no faucet.", "Send ether of your own."],
    FILE_EXISTS: ["A file is already there.", "Move it away, or choose another directory."],
    FILE_PERMISSIONS: ["Others can read a key file.", "Run `chmod 600` on it, and treat its key as known to them."],
    ARTIFACT_INVALID: [
      "A file is no artifact of a contract.",
      "Give the JSON file that Hardhat writes: artifacts/contracts/Floodgate.sol/Floodgate.json.",
    ],
    FILE_UNREADABLE: ["A file cannot be read.", "Check its path and permissions."],
    FILE_UNWRITABLE: ["A file cannot be written.", "Check the directory and the disk."],
    BACKUP_EXISTS: ["The directory for the backup exists.", "Choose another --out."],
    HOME_NOT_EMPTY: ["The home has a store already.", "Move it away, or choose another --home."],
    STORE_DAMAGED: ["The authority's store is damaged.", "Restore the last good backup."],
    STORE_MISSING: ["There is no store of an authority.", "Check --home, or the directory of the backup."],
    HOME_INVALID: ["The home directory cannot be used.", "Check its permissions, or choose another --home."],
    HOME_IN_USE: ["Another process uses the home directory.", "Stop it, or choose another --home."],
    KEY_FILE_INVALID: ["The file does not hold one private key.", "Write 0x and 64 hex digits into it."],
    KEY_FILE_MISSING: ["A key file is missing.", "Give the option that the message names, or check --home."],
    NETWORK_CHANGED: [
      "The authority now uses another contract, chain or token than the account.",
      "Choose another --home for it.",
    ],
    NETWORK_FILE_INVALID: [
      "The file that describes the network is damaged.",
      "Delete it and run `floodgate register`.",
    ],
    NETWORK_WRONG: [
      "The authority's store belongs to another chain or contract.",
      "Choose another --home, or start the right chain.",
    ],
    NOT_REGISTERED: ["No account is registered in the home directory.", "Run `floodgate register`, or check --home."],
    OPERATOR_WRONG: ["The operator key is not the contract's operator.", "Use the right key."],
    OWNER_INVALID: ["The owner's key is a hot key of the authority.", "Give another --owner."],
    OWNER_MISSING: ["The contract needs an owner.", "Give --owner."],
    PASSPHRASE_FILE_INVALID: ["The passphrase file cannot be used.", "Check that it holds one line."],
    PORT_IN_USE: ["The port is taken.", "Choose another with --port."],
    PORT_UNUSABLE: ["The peer cannot listen on the port.", "Choose another port."],
    SECRET_FILE_INVALID: ["The file does not hold an operator secret.", "Check --home or --secret-file."],
    SECRET_INVALID: ["A secret file of the authority cannot be used.", "Check its permissions, or remove it."],
    SESSION_INVALID: ["The session file is damaged.", "Delete it and run `floodgate register` again."],
    STORE_TOO_NEW: ["A newer version of Floodgate wrote the store.", "Use that version, or choose another --home."],
    STORE_UNUSABLE: ["The store cannot be opened.", "Check that the directory exists and is yours."],
    UNHEALTHY: ["The doctor found a problem.", "Do what each line says that begins with PROBLEM."],
    WALLET_INVALID: ["The wallet file is damaged or belongs to another account.", "Restore it from your copy."],
    WALLET_MISSING: ["There is no wallet in the home directory.", "Create one with `floodgate wallet new`."],
    WELL_KNOWN_KEY: ["The key is known to everybody.", "Make a key of your own for this chain."],
  },
);
