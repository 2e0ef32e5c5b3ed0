import type { Finding, SourceFile } from "./source-file.ts";

const PAGES = ["README.md", "CONTRIBUTING.md"];

/**
 * Two numbers: the Node that runs everything (.nvmrc, and the optional dependency `node`), and the
 * oldest one that can start the launcher (`engines`). Every page that names a version of Node names
 * one of these.
 */
export function findNodeVersions(files: readonly SourceFile[]): Finding[] {
  const read = (path: string): string => files.find((file) => file.path === path)?.lines.join("\n") ?? "";
  const { engines, optionalDependencies } = JSON.parse(read("package.json")) as {
    engines: { node: string };
    optionalDependencies: { node: string };
  };
  const runs = read(".nvmrc").trim();
  const starts = engines.node.replace(">=", "");
  const installer = /node@(\d+\.\d+\.\d+)/.exec(read("scripts/run.mjs"))?.[1] ?? runs;
  const wrong = [
    ...(runs === optionalDependencies.node
      ? []
      : [`.nvmrc says ${runs}, package.json runs ${optionalDependencies.node}`]),
    ...(runs === installer ? [] : [`.nvmrc says ${runs}, scripts/run.mjs installs under ${installer}`]),
  ];
  const known = [starts, ...runs.split(".").map((_, index, parts) => parts.slice(0, index + 1).join("."))];
  const named = PAGES.flatMap((path) =>
    [...read(path).matchAll(/\bNode(?:\.js)?(?: version)? (?:>= )?(\d+(?:\.\d+)*)/g)].map(([, version]) => ({
      path,
      version,
    })),
  );
  const silent = PAGES.filter((path) => !named.some((found) => found.path === path));
  return [
    ...wrong,
    ...silent.map((path) => `${path} does not say which Node is needed`),
    ...named
      .filter(({ version }) => !known.includes(version as string))
      .map(({ path, version }) => `${path} says Node ${version}, package.json and .nvmrc say ${starts} and ${runs}`),
  ];
}
