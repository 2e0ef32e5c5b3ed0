import { expect, test } from "vitest";
import { findNodeVersions } from "../../../scripts/checks/node-version.ts";

const page = (path: string, text: string) => ({ path, lines: [text] });
const repository = (readme: string, runs = "24.21.0") => [
  page(".nvmrc", `${runs}\n`),
  page("package.json", JSON.stringify({ engines: { node: ">=18" }, optionalDependencies: { node: "24.21.0" } })),
  page("README.md", readme),
  page("CONTRIBUTING.md", "Node 24.21 runs the tests."),
];

test.each(["Node 18 or newer", "Node >= 18", "any Node 24", "Node.js 24.21.0"])(
  "%s is what the project says",
  (text) => {
    expect(findNodeVersions(repository(text))).toEqual([]);
  },
);

test.each(["Node 20 or newer", "Node >= 22", "Node 24.20", "nothing about it"])("%s is something else", (text) => {
  expect(findNodeVersions(repository(text))).toEqual([expect.stringContaining("README.md")]);
});

test("the packages are installed under the pinned version", () => {
  const launcher = page("scripts/run.mjs", '["-p", "node@24.20.0"]');

  expect(findNodeVersions([...repository("Node 18"), launcher])).toEqual([
    ".nvmrc says 24.21.0, scripts/run.mjs installs under 24.20.0",
  ]);
});

test("the pinned version is the one that runs", () => {
  expect(findNodeVersions(repository("Node 18", "22.0.0"))).toContain(".nvmrc says 22.0.0, package.json runs 24.21.0");
});
