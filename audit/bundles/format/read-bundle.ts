import type { Rules } from "../../facts/facts.ts";
import type { Hex } from "../../facts/primitives.ts";
import { createSha256 } from "../../facts/sha256.ts";
import { BUNDLE_FORMS, type BundleHeader, type BundleLine, type EndLine, SECTIONS } from "./bundle-format.ts";
import { readLine } from "./json-line.ts";
import { FileFault, type LineLimits, textLines } from "./text-lines.ts";

/**
 * A statement of 255 lanes takes less than 4 KiB, a bundle of 400 rows and 20,000 allotments less
 * than 16 MiB.
 */
const BUNDLE_LIMITS: LineLimits = { file: 256 * 2 ** 20, line: 64 * 2 ** 10 };

export type BodyLine = Exclude<BundleLine, BundleHeader | EndLine>;

/** Takes one bundle's lines before the bundle is known to be intact. */
export interface BundleSink {
  header(header: BundleHeader): void;
  /** `line` counts from 1, the header's. */
  take(line: BodyLine, number: number): void;
}

type Counts = Record<BodyLine["kind"], number>;

/**
 * Reads a bundle as it arrives. What the sink has taken counts only when this returns.
 * @throws {FileFault} truncated, too large, malformed, of another chain or contract, or of another
 * name
 */
export async function readBundle(
  chunks: AsyncIterable<Uint8Array>,
  name: Hex,
  rules: Pick<Rules, "chainId" | "contract">,
  sink: BundleSink,
  limits = BUNDLE_LIMITS,
): Promise<BundleHeader> {
  const digest = await createSha256();
  const counts: Counts = { allotment: 0, voucher: 0, statement: 0, omitted: 0 };
  let [section, number] = [-1, 0];
  let header: BundleHeader | null = null;
  for await (const text of textLines(tap(chunks, digest), limits)) {
    number++;
    const line = readLine<BundleLine>(text, BUNDLE_FORMS);
    if (typeof line === "string") throw new FileFault(`has a line ${number} that ${line}`);
    const next = SECTIONS.indexOf(line.kind);
    const isFirst = line.kind === "bundle";
    if (isFirst !== (section === -1) || next < section || section === SECTIONS.length - 1)
      throw new FileFault(`has a line ${number} of kind ${line.kind} where none may be`);
    section = next;
    if (line.kind === "bundle") {
      checkHeader(line, rules);
      header = line;
      sink.header(line);
    } else if (line.kind === "end") checkCounts(line, counts);
    else {
      counts[line.kind]++;
      sink.take(line, number);
    }
  }
  if (header === null || section !== SECTIONS.length - 1) throw new FileFault("is cut off: it has no end line");
  const actual = `0x${digest.digest("hex")}`;
  if (actual !== name) throw new FileFault(`has the SHA-256 ${actual}, which is not its name`);
  return header;
}

async function* tap(chunks: AsyncIterable<Uint8Array>, digest: { update(bytes: Uint8Array): unknown }) {
  for await (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
}

function checkHeader({ chainId, contract }: BundleHeader, rules: Pick<Rules, "chainId" | "contract">): void {
  if (BigInt(chainId) !== rules.chainId) throw new FileFault(`is of chain ${chainId}, not ${rules.chainId}`);
  if (contract !== rules.contract.toLowerCase()) throw new FileFault(`is of the contract ${contract}`);
}

function checkCounts(end: EndLine, { allotment, voucher, statement, omitted }: Counts): void {
  const isRight =
    end.allotments === allotment && end.vouchers === voucher && end.statements === statement && end.omitted === omitted;
  if (!isRight) throw new FileFault("does not have the numbers of lines that its end line says");
}
