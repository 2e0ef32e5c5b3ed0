import type { Address } from "../../../protocol/base/ids.ts";
import type { HostPort, VoucherStream } from "../voucher-node.ts";

/**
 * Payer's side of the voucher streams: one long-lived stream per payee, dialed again while it is
 * needed.
 */
export interface PayerLinks {
  /** Opens the stream to this payee unless it is open or on its way. */
  want(payeeKey: Address): void;
  /** The open stream, or null. */
  streamOf(payeeKey: Address): VoucherStream | null;
  /** It has connected to us: a stream to it can be opened now, whether or not it can be dialed. */
  reached(payeeKey: Address): void;
  opened(stream: VoucherStream): void;
  closed(stream: VoucherStream): void;
  stop(): void;
}

export interface DialTarget {
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Tried in this order. */
  readonly addresses: readonly HostPort[];
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

interface Link {
  stream: VoucherStream | null;
  isDialing: boolean;
  /** It connected to us while we dialed. */
  isReached: boolean;
  retryMs: number;
  cancelRetry: (() => void) | null;
}

export function createPayerLinks(options: {
  readonly dial: (publicKey: Uint8Array, addresses: readonly HostPort[]) => Promise<VoucherStream>;
  /** Null: nothing is to be paid there now, or its address is not known. */
  readonly targetOf: (payeeKey: Address) => DialTarget | null;
  readonly setTimer: (run: () => void, ms: number) => () => void;
}): PayerLinks {
  const links = new Map<Address, Link>();
  let isStopped = false;

  const linkOf = (payeeKey: Address): Link => {
    const link = links.get(payeeKey) ?? {
      stream: null,
      isDialing: false,
      isReached: false,
      retryMs: FIRST_RETRY_MS,
      cancelRetry: null,
    };
    links.set(payeeKey, link);
    return link;
  };

  const retry = (payeeKey: Address, link: Link): void => {
    if (isStopped || link.cancelRetry || link.stream) return;
    link.cancelRetry = options.setTimer(() => {
      link.cancelRetry = null;
      dial(payeeKey, link);
    }, link.retryMs);
    link.retryMs = Math.min(MAX_RETRY_MS, 2 * link.retryMs);
  };

  const dial = (payeeKey: Address, link: Link): void => {
    const target = options.targetOf(payeeKey);
    if (isStopped || link.stream || link.isDialing || !target) return;
    link.isDialing = true;
    link.isReached = false;
    options.dial(target.publicKey, target.addresses).then(
      () => {
        link.isDialing = false;
        // The remote may have closed it while it was opened.
        if (!link.stream) retry(payeeKey, link);
      },
      () => {
        link.isDialing = false;
        if (link.isReached) dial(payeeKey, link);
        else retry(payeeKey, link);
      },
    );
  };

  return {
    want(payeeKey) {
      const link = linkOf(payeeKey);
      if (!link.cancelRetry) dial(payeeKey, link);
    },
    reached(payeeKey) {
      const link = links.get(payeeKey);
      if (!link) return;
      link.cancelRetry?.();
      link.cancelRetry = null;
      link.isReached = link.isDialing;
      dial(payeeKey, link);
    },
    streamOf: (payeeKey) => links.get(payeeKey)?.stream ?? null,
    opened(stream) {
      const link = linkOf(stream.remoteKey);
      link.stream = stream;
    },
    closed(stream) {
      const link = linkOf(stream.remoteKey);
      if (link.stream !== stream) return;
      link.stream = null;
      retry(stream.remoteKey, link);
    },
    stop() {
      isStopped = true;
      for (const link of links.values()) {
        link.cancelRetry?.();
        link.stream?.close();
      }
    },
  };
}
