import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { openPeerStore, type PeerStore } from "../../../client/store/peer-store.ts";

/** A fresh home for each test, with its store open. */
export class StoreHome {
  path = "";
  store!: PeerStore;

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), "floodgate-store-"));
      this.open();
    });
    afterEach(() => {
      this.store.close();
      rmSync(this.path, { recursive: true });
    });
  }

  open(): void {
    this.store = openPeerStore(this.path);
  }

  reopen(): void {
    this.store.close();
    this.open();
  }
}
