import type { FastifyReply } from "fastify";
import type { Site } from "../../../web/kit/site.ts";

/** What pages share: who we are, and how a page goes out. */
export interface PageDesk {
  readonly site: () => Promise<Site>;
  /** Default headers: those of pages. */
  readonly send: (reply: FastifyReply, page: string, headers?: Readonly<Record<string, string>>) => FastifyReply;
}
