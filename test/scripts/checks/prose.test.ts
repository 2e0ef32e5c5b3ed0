import { describe, expect, test } from "vitest";
import { findDeadCitations } from "../../../scripts/checks/citations.ts";
import { findDeadLinks } from "../../../scripts/checks/links.ts";
import { anchorsOf } from "../../../scripts/checks/markdown.ts";
import { findWideLines } from "../../../scripts/checks/widths.ts";

const file = (path: string, text: string) => ({ path, lines: text.split("\n") });
const wide = "x".repeat(100);

describe("wide lines", () => {
  test.each([
    ["a.ts", `// ${wide}`],
    ["a.sol", `    /// ${wide}`],
    ["a.ts", ` * ${wide}`],
    ["a.md", `- ${wide}`],
  ])("%s with %s has too many columns", (path, text) => {
    expect(findWideLines([file(path, text)])).toEqual([expect.stringContaining(`${path}:1 has `)]);
  });

  test.each([
    ["a.ts", `const code = "${wide}";`],
    ["a.ts", `// see https://example.org/${wide}`],
    ["a.md", `| ${wide} |`],
    ["a.md", `\`\`\`\n${wide}x\n\`\`\``],
    ["a.json", `// ${wide}`],
  ])("%s with %s is no prose that could wrap", (path, text) => {
    expect(findWideLines([file(path, text)])).toEqual([]);
  });
});

describe("links", () => {
  const paths = ["README.md", "docs/guide.md", "client/peer.ts"];
  const guide = file("docs/guide.md", "# The guide\n## Step 1: `run` it\n## Again\n## Again\n```\n# code\n```");
  const dead = (text: string) => findDeadLinks(paths, [file("README.md", text), guide]);

  test("sections have the anchors that GitHub gives", () => {
    expect(anchorsOf(guide)).toEqual(["the-guide", "step-1-run-it", "again", "again-1"]);
  });

  test.each([
    "[a](docs/guide.md#again-1)",
    "[a](client) and [b](client/)",
    "[a](#title)",
    "[a](https://example.org/none)",
    "`[a](none.md)`",
    "```\n[a](none.md)\n```",
  ])("%s leads somewhere", (text) => {
    expect(dead(`# Title\n${text}`)).toEqual([]);
  });

  test.each(["[a](none.md)", "[a](docs/guide.md#none)", '<img src="none.png">', "![a](none.png)", "[a]: none.md"])(
    "%s leads nowhere",
    (text) => {
      expect(dead(`# Title\n${text}`)).toEqual([expect.stringContaining("README.md:2 links to ")]);
    },
  );

  test("are relative to the document", () => {
    expect(findDeadLinks(paths, [file("docs/guide.md", "[a](../client/peer.ts) [b](client/peer.ts)")])).toEqual([
      "docs/guide.md:1 links to client/peer.ts: docs/client/peer.ts does not exist",
    ]);
  });
});

describe("citations", () => {
  const specification = file("docs/protocol.md", "# Protocol\n## 4 A download\n### 4.5 Serve");

  test.each(["// docs/protocol.md 4.5", "/** As in docs/protocol.md\n * 4.5 and 4 */"])("%s is a section", (text) => {
    expect(findDeadCitations([specification, file("client/a.ts", text)])).toEqual([]);
  });

  test.each(["// docs/protocol.md 4.6", "/** docs/protocol.md\n * 4, 5.1 */"])("%s is none", (text) => {
    expect(findDeadCitations([specification, file("client/a.ts", text)])).toHaveLength(1);
  });
});
