import type { TransactionSerializableEIP1559 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { type Address, type PublicKey, parseAddress, toChecksumAddress } from "../../protocol/base/ids.ts";
import { DOMAIN_STAND_IN, nameLoginDomain } from "../../protocol/http/login-domain.ts";
import { SESSION_RESOURCE_PREFIX } from "../../protocol/http/public.ts";
import { hashListing, type Listing } from "../../protocol/signed/listing.ts";
import { hashSessionAuthorization, type SessionAuthorization } from "../../protocol/signed/session.ts";
import type { DomainSeparator } from "../../protocol/signed/typed-data.ts";
import { hashInstantWithdrawal, hashWithdrawal, type Withdrawal } from "../../protocol/signed/withdrawal.ts";

/** What a login with the authority consists of. */
export interface LoginRequest {
  /** Address of the authority's API. */
  readonly apiUrl: URL;
  readonly chainId: number;
  /** Given by the authority, for one use. */
  readonly nonce: string;
  readonly sessionPublicKey: PublicKey;
  /** Seconds since 1970, on the authority's clock. */
  readonly issuedAt: number;
}

/** Bound to its chain. Its signer pays the gas. */
export type GasTransaction = TransactionSerializableEIP1559;

/**
 * An opened wallet. It signs these five things and nothing else, least of all a voucher. Its key
 * cannot be read back. Signatures are 65 bytes r‖s‖v.
 */
export interface Wallet {
  readonly address: Address;
  /** EIP-4361, bound to the authority's host, the chain, one nonce and one session key. */
  signLogin(request: LoginRequest): Promise<{ readonly message: string; readonly signature: Hex }>;
  signSessionAuthorization(separator: DomainSeparator, authorization: SessionAuthorization): Promise<Hex>;
  signWithdrawal(separator: DomainSeparator, withdrawal: Withdrawal): Promise<Hex>;
  /** For `withdrawNowFor`: good for nothing else. */
  signInstantWithdrawal(separator: DomainSeparator, withdrawal: Withdrawal): Promise<Hex>;
  /** What it says, as a publisher, of a content. */
  signListing(separator: DomainSeparator, listing: Listing): Promise<Hex>;
  /** A raw transaction, for what the account does without the authority. */
  signTransaction(transaction: GasTransaction): Promise<Hex>;
}

/** `privateKey` comes from a keystore, so it is in range. */
export function openWallet(privateKey: Hex): Wallet {
  const account = privateKeyToAccount(privateKey);
  return {
    address: parseAddress(account.address),
    signLogin: async (request) => {
      const message = loginMessage(parseAddress(account.address), request);
      return { message, signature: await account.signMessage({ message }) };
    },
    signSessionAuthorization: (separator, authorization) =>
      account.sign({ hash: bytesToHex(hashSessionAuthorization(separator, authorization)) }),
    signWithdrawal: (separator, withdrawal) =>
      account.sign({ hash: bytesToHex(hashWithdrawal(separator, withdrawal)) }),
    signInstantWithdrawal: (separator, withdrawal) =>
      account.sign({ hash: bytesToHex(hashInstantWithdrawal(separator, withdrawal)) }),
    signListing: (separator, listing) => account.sign({ hash: bytesToHex(hashListing(separator, listing)) }),
    signTransaction: (transaction) => account.signTransaction(transaction),
  };
}

function loginMessage(address: Address, request: LoginRequest): string {
  const message = createSiweMessage({
    address: toChecksumAddress(address) as Address,
    chainId: request.chainId,
    domain: DOMAIN_STAND_IN,
    uri: request.apiUrl.origin,
    version: "1",
    nonce: request.nonce,
    issuedAt: new Date(request.issuedAt * 1000),
    statement: "Sign in to Floodgate and let one session key act for this account.",
    resources: [`${SESSION_RESOURCE_PREFIX}${request.sessionPublicKey}`],
  });
  return nameLoginDomain(message, request.apiUrl.host);
}
