import { describe, expect, test } from "vitest";
import { chooseStreamFile } from "../../../client/stream/choose-file.ts";

const file = (path: string, length: number) => ({ path, name: path.split("/").at(-1) ?? "", length });
const FILES = [
  file("Show/notes.zip", 9000),
  file("Show/one.mp4", 100),
  file("Show/extra/two.webm", 300),
  file("Show/song.mp3", 200),
];

describe("the file to stream", () => {
  test("is refused when the content has none of that name; the message lists some names", () => {
    const many = [...FILES, file("Show/a", 1), file("Show/b", 1), file("Show/\u001b[31mc", 1)];

    expect(() => chooseStreamFile(many, "four.mp4")).toThrow(
      'no file "four.mp4": give --stream-file one of Show/notes.zip, Show/one.mp4, Show/extra/two.webm, Show/song.mp3, Show/a, and 2 more',
    );
    expect(() => chooseStreamFile(FILES, "two.webm")).toThrow(expect.objectContaining({ code: "STREAM_FILE_UNKNOWN" }));
    expect(() => chooseStreamFile(FILES, "\u001b[31m")).toThrow("\ufffd[31m");
  });

  test("is the largest playable one", () => {
    expect(chooseStreamFile(FILES, null).path).toBe("Show/extra/two.webm");
  });

  test("is the largest when none is playable, the first of equals", () => {
    const files = [file("a.bin", 10), file("b.zip", 20), file("c.exe", 20)];

    expect(chooseStreamFile(files, null).path).toBe("b.zip");
  });

  test("is the one with the given path, with or without the content's own name", () => {
    expect(chooseStreamFile(FILES, "Show/one.mp4").path).toBe("Show/one.mp4");
    expect(chooseStreamFile(FILES, "extra/two.webm").path).toBe("Show/extra/two.webm");
    expect(chooseStreamFile([file("film.bin", 1)], "film.bin").path).toBe("film.bin");
  });
});
