import type { ProxiedContent, ProxiedFile } from "./describe-content.ts";

/**
 * Paths, headers and descriptions as clients of model hubs expect them (huggingface_hub's
 * `hf_hub_download` and `snapshot_download`). A content is a repository with one revision, whose
 * commit is its infohash.
 */
export type HubRequest =
  /** /[datasets/|spaces/]ORG/NAME/resolve/REVISION/FILE */
  | { readonly type: "file"; readonly repo: string; readonly revision: string; readonly path: string }
  /** /api/KIND/ORG/NAME[/revision/REVISION] */
  | { readonly type: "repo"; readonly repo: string; readonly revision: string }
  /** /api/KIND/ORG/NAME/tree/REVISION */
  | { readonly type: "tree"; readonly repo: string; readonly revision: string };

const KINDS = ["models", "datasets", "spaces"];
const DEFAULT_REVISION = "main";
const REPO_PART = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;

/** Null: these are not parts of such a path. */
export function parseHubPath(parts: readonly string[]): HubRequest | null {
  if (parts[0] === "api") return parseApiPath(parts.slice(1));
  const [org = "", name = "", verb, revision = "", ...path] = KINDS.includes(parts[0] ?? "") ? parts.slice(1) : parts;
  if (verb !== "resolve" || revision === "" || path.length === 0) return null;
  return isRepo(org, name) ? { type: "file", repo: `${org}/${name}`, revision, path: path.join("/") } : null;
}

function parseApiPath([kind = "", org = "", name = "", verb, revision = DEFAULT_REVISION, ...rest]: string[]) {
  if (!KINDS.includes(kind) || !isRepo(org, name) || rest.length > 0) return null;
  const repo = `${org}/${name}`;
  if (verb === undefined || verb === "revision") return { type: "repo", repo, revision } as const;
  return verb === "tree" ? ({ type: "tree", repo, revision } as const) : null;
}

function isRepo(org: string, name: string): boolean {
  return REPO_PART.test(org) && REPO_PART.test(name);
}

/** `ORG/NAME=ID`; null: it is something else. */
export function parseHubName(text: string): { readonly repo: string; readonly id: string } | null {
  const [, org = "", name = "", id = ""] = /^([^/=]+)\/([^/=]+)=([0-9a-f]{8,40})$/i.exec(text) ?? [];
  // Such a name would be taken for an id.
  if (!isRepo(org, name) || /^[0-9a-f]{8,40}$/.test(org)) return null;
  return { repo: `${org}/${name}`, id: id.toLowerCase() };
}

export function isRevision({ offer }: ProxiedContent, revision: string): boolean {
  return revision === DEFAULT_REVISION || revision === offer.torrent.infoHash;
}

/** What a client needs to keep a file in its cache. */
export function hubHeaders({ infoHash, etag, file }: ProxiedFile): Record<string, string> {
  return { "x-repo-commit": infoHash, "x-linked-etag": etag, "x-linked-size": `${file.length}` };
}

export function describeRepo(repo: string, { offer, files }: ProxiedContent): object {
  const { infoHash, publishedAt, listing } = offer.torrent;
  return {
    id: repo,
    modelId: repo,
    author: repo.slice(0, repo.indexOf("/")),
    sha: infoHash,
    lastModified: new Date(1_000 * publishedAt).toISOString(),
    private: false,
    gated: false,
    disabled: false,
    downloads: 0,
    likes: 0,
    tags: listing?.tags ?? [],
    siblings: files.map(({ path, file, etag }) => ({ rfilename: path, size: file.length, blobId: bare(etag) })),
  };
}

export function describeTree({ files }: ProxiedContent): object[] {
  return files.map(({ path, file, etag }) => ({ type: "file", path, size: file.length, oid: bare(etag) }));
}

function bare(etag: string): string {
  return etag.replaceAll('"', "");
}

/** Clients tell these apart by a header of their own. */
export function hubErrorCode(code: string): string | null {
  if (code === "TORRENT_UNKNOWN") return "RepoNotFound";
  return code === "FILE_UNKNOWN" ? "EntryNotFound" : null;
}
