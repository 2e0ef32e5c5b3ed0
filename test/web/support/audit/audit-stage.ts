import { runAudit } from "../../../../audit/audit.ts";
import type { AuditReport } from "../../../../audit/audit-report.ts";
import { ensurePages } from "../../../../cli/pages/build-pages.ts";
import { type History, makeHistory } from "../../../audit/support/history.ts";
import { type Lie, type LyingNode, startLyingNode } from "../../../audit/support/lying-node.ts";
import { Stage } from "../stage.ts";

const TOKEN = { symbol: "TUSD", decimals: 6 };

/** A history in which everything happens, nodes that tell of it, and the page that checks it. */
export class AuditStage implements AsyncDisposable {
  readonly history: History;
  /** Its last block. */
  readonly latest: number;
  readonly site: string;
  /** Tells the truth, and lets pages ask it. */
  readonly node: LyingNode;
  readonly #stage: Stage;

  private constructor(history: History, latest: number, stage: Stage, site: string, node: LyingNode) {
    this.history = history;
    this.latest = latest;
    this.#stage = stage;
    this.site = site;
    this.node = node;
  }

  static async open(): Promise<AuditStage> {
    const history = await makeHistory();
    const stage = await Stage.open(TOKEN, await ensurePages());
    const node = await startLyingNode(history.rpcUrl, (_question, honest) => honest);
    const latest = Number(await history.rpc("eth_blockNumber"));
    return new AuditStage(history, latest, stage, await stage.listen(), node);
  }

  lyingNode(lie: Lie): Promise<LyingNode> {
    return startLyingNode(this.history.rpcUrl, lie);
  }

  /** What the command line's auditor finds by the same node. */
  auditByCommand(rpcUrl: string): Promise<AuditReport> {
    return runAudit({ rpcUrl, contract: this.history.contract, signal: AbortSignal.timeout(120_000) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node[Symbol.asyncDispose]();
    await this.#stage[Symbol.asyncDispose]();
    await this.history[Symbol.asyncDispose]();
  }
}
