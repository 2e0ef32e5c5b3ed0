import { describe, expect, test } from "vitest";
import { startStreamServer } from "../../../client/stream/stream-server.ts";
import { BYTES, LAST_PIECE, PIECE, Stream } from "./stream-fixture.ts";

const stream = new Stream();

test("a port that is taken is refused in one line", async () => {
  const port = Number(new URL(stream.server.url).port);
  const file = { path: "", part: null, offset: 0, length: 1, pieceLength: 1 };
  const second = startStreamServer({ port, file, name: "a", version: "v", onProblem: () => undefined });

  await expect(second).rejects.toMatchObject({
    code: "PORT_UNUSABLE",
    message: `cannot listen on 127.0.0.1:${port}: choose another --stream-port`,
  });
});

describe("a file that is still being downloaded", () => {
  test("is playable when its first 256 KiB are on disk", async () => {
    let isPlayable = false;
    const playable = stream.server.playable.then(() => {
      isPlayable = true;
    });
    stream.content.arrive(1, 4);
    await (await stream.get({ range: "bytes=0-1" })).bytes();
    const before = isPlayable;
    stream.content.arrive(5);
    await playable;

    expect(before).toBe(false);
  });

  test("announces its size and type before the first byte, then sends each piece as it arrives", async () => {
    const response = await stream.get();
    expect(response.headers.get("content-length")).toBe("1310720");
    const reader = response.body?.getReader();
    let received = 0;
    const read = async (wanted: number): Promise<void> => {
      while (received < wanted) {
        const chunk = await reader?.read();
        if (!chunk?.value) throw new Error("it ended early");
        expect(Buffer.from(chunk.value).equals(BYTES.subarray(received, received + chunk.value.length))).toBe(true);
        received += chunk.value.length;
      }
    };

    stream.content.arrive(1);
    await read(PIECE - 1000);
    expect(received).toBe(PIECE - 1000);
    stream.content.arrive(3, LAST_PIECE);
    stream.content.arrive(2);
    await read(BYTES.length);
    expect((await reader?.read())?.done).toBe(true);
  });

  test("is downloaded from where a reader is, and from the start again when that reader is done", async () => {
    await stream.content.untilSteeredTo(1);
    const end = await stream.get({ range: "bytes=-100" });
    await stream.content.untilSteeredTo(LAST_PIECE);
    stream.content.arrive(LAST_PIECE);

    expect(Buffer.from(await end.arrayBuffer()).equals(BYTES.subarray(-100))).toBe(true);
    await stream.content.untilSteeredTo(1);
  });

  test("no longer waits for a reader that went away", async () => {
    const aborter = new AbortController();
    await stream.get({ range: "bytes=1000000-" }, aborter.signal);
    await stream.content.untilSteeredTo(16);
    aborter.abort();

    await stream.content.untilSteeredTo(1);
    expect(stream.problems).toEqual([]);
  });

  test("stays complete, whatever its content says later", async () => {
    stream.content.arrive(1, 10);
    const response = await stream.get();
    stream.server.completed();

    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test("breaks the connection when it cannot be read, and reports why", async () => {
    stream.content.arrive(1, LAST_PIECE);
    stream.write("film.mp4", BYTES.subarray(0, 500_000));
    const response = await stream.get();

    await expect(response.bytes()).rejects.toThrow("terminated");
    expect(stream.problems).toMatchObject([{ code: "FILE_CHANGED" }]);
  });

  test("breaks every connection when the server is closed", async () => {
    const response = await stream.get();
    const body = response.bytes();
    const { playable } = stream.server;
    await stream.server.close();

    await expect(body).rejects.toThrow("terminated");
    await expect(playable).rejects.toMatchObject({ name: "AbortError" });
  });
});
