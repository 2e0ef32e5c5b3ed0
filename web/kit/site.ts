/** What the pages of one authority have in common. */
export interface Site {
  /** Where the public reaches it: scheme and host, without a slash at the end. */
  readonly url: string;
  readonly token: { readonly symbol: string; readonly decimals: number };
  /** Of what is settled, in hundredths of a percent: the operator's part. */
  readonly feeBps: number;
  readonly contract: string;
  readonly chainId: number;
  /** Paths of style sheet and scripts, with the hash of what is in them. */
  readonly assets: Assets;
}

export interface Assets {
  readonly style: string;
  readonly copy: string;
  readonly mark: string;
  readonly refresh: string;
  /** Null: it was not built. */
  readonly account: string | null;
  readonly operator: string | null;
  readonly desk: string | null;
  readonly audit: string | null;
  readonly auditWorker: string | null;
}
