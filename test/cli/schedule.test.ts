import { expect, test } from "vitest";
import { describeSchedule, scheduleArgument } from "../../cli/schedule.ts";
import { parseSchedule, writeSchedule } from "../../protocol/http/schedule-text.ts";

test("a schedule is read as it is written, and shown again", () => {
  const schedule = scheduleArgument("08:00-18:00 up=1MiB/s down=none; 22:30-06:00  up=none;00:00-24:00 down=512");
  expect(schedule).toEqual([
    { from: 480, to: 1080, uploadLimit: 1_048_576, downloadLimit: null },
    { from: 1350, to: 360, uploadLimit: null },
    { from: 0, to: 0, downloadLimit: 524_288 },
  ]);
  expect(describeSchedule(schedule)).toBe(
    "08:00-18:00 up 1.0 MiB/s down no limit; 22:30-06:00 up no limit; 00:00-00:00 down 512.0 KiB/s",
  );
  // As the peer's page writes it into its form.
  expect(parseSchedule(writeSchedule(schedule))).toEqual(schedule);
  expect(scheduleArgument("none")).toEqual([]);
  expect(describeSchedule([])).toBe("none");
});

test.each([
  "",
  ";",
  "always",
  "08:00-18:00",
  "8:00-18:00 up=100",
  "08:00-18:60 up=100",
  "08:00-24:01 up=100",
  "25:00-26:00 up=100",
  "08:00-18:00 up=15",
  "08:00-18:00 up=1TiB/s",
  "08:00-18:00 up=1.5MiB/s",
  "08:00-18:00 up=-1",
  "08:00-18:00 up=100 up=200",
  "08:00-18:00 up=100 down=100 up=200",
  "08:00-18:00 sideways=100",
  "08:00-18:00 up=99999999999GiB/s",
  Array.from({ length: 25 }, () => "08:00-18:00 up=100").join(";"),
])("%j is refused with an example, or with the limit", (text) => {
  expect(() => scheduleArgument(text)).toThrow(/Write "08:00-18:00 up=1MiB\/s|at most 24 periods/);
});
