import type { Info } from "../../../protocol/http/public.ts";
import type { Assets, Site } from "../../../web/kit/site.ts";

export interface SiteSource {
  readonly info: () => Promise<Info>;
  /** Addresses at which others reach the API, the public one first. */
  readonly urls: () => readonly string[];
}

/** What pages say of this authority. Its address is configured, never what a request names. */
export async function readSite({ info, urls }: SiteSource, assets: Assets): Promise<Site> {
  const { token, feeBps, contract, chainId } = await info();
  return { url: urls()[0] ?? "", token, feeBps, contract, chainId, assets };
}
