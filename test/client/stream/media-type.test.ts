import { describe, expect, test } from "vitest";
import { mediaTypeOf } from "../../../client/stream/media-type.ts";

describe("the media type", () => {
  test.each([
    ["film.mp4", "video/mp4"],
    ["film.webm", "video/webm"],
    ["FILM.MKV", "video/x-matroska"],
    ["a.b.ogv", "video/ogg"],
    ["song.mp3", "audio/mpeg"],
    ["song.m4a", "audio/mp4"],
    ["song.flac", "audio/x-flac"],
    ["song.opus", "audio/ogg"],
  ])("of %s is %s", (name, type) => {
    expect(mediaTypeOf(name)).toBe(type);
  });

  test.each(["page.html", "picture.svg", "feed.xml", "code.js", "book.pdf", "film.mp4.html", "film", ""])(
    "of %j is null: a browser only saves it",
    (name) => {
      expect(mediaTypeOf(name)).toBeNull();
    },
  );
});
