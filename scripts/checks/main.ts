import { findDeadCitations } from "./citations.ts";
import { findDeadLinks } from "./links.ts";
import { findNodeVersions } from "./node-version.ts";
import { findFullFolders, findLongFiles, findLongFunctions, findLongReadmes } from "./sizes.ts";
import { listPaths, readFiles } from "./source-file.ts";
import { findWideLines } from "./widths.ts";

/** The rules of the house that no linter knows. Prints what breaks one, and then fails. */

const paths = listPaths();
const files = readFiles(paths);
const findings = [
  ...findLongFiles(files),
  ...findLongReadmes(files),
  ...findFullFolders(paths),
  ...findLongFunctions(files),
  ...findWideLines(files),
  ...findDeadLinks(paths, files),
  ...findDeadCitations(files),
  ...findNodeVersions(files),
];
for (const finding of findings) console.log(finding);
console.log(`${files.length} files, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
